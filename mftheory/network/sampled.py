"""One sampled network as plain data: all that the simulator needs to know, whatever the network was drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.couplings import Couplings
from mftheory.network.dynamics import Dynamics, Leaky, Rational
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.nonlinearity import Nonlinearity

Weights = NDArray[np.float64] | None
"""One weight a neuron, shape (size,); None where all are 1."""


Numbers = float | NDArray[np.float64]
"""One number for all neurons of a group, or one for each, shape (size,)."""


@dataclass(frozen=True, eq=False)
class NeuronGroup:
    """A group of consecutive neurons that share a nonlinearity, or a formula for it, and have the same observables.

    They share a filter as well, or are leaky units, each with a time constant of its own.

    Attributes
    ----------
    size : int
        Number of neurons.
    nonlinearity : Nonlinearity or Heterogeneous
        φ, the same for all or with `size` entries of its parameters.
    states, activities : mappings of str to weights
        Observables w_i x_i and w_i φ(x_i) by name, such as ``{"phi": None, "Phi": G}``.
    dynamics : Dynamics
        1/T; the time constant of leaky units is a number or an array of shape (size,).
    noise, bias : float or array of shape (size,)
        Intensity σ_i of white noise and constant input b_i, both of which the filter receives.
    """

    size: int
    nonlinearity: Nonlinearity | Heterogeneous
    states: Mapping[str, Weights]
    activities: Mapping[str, Weights]
    dynamics: Dynamics = field(default_factory=Leaky)
    noise: Numbers = 0.0
    bias: Numbers = 0.0

    @property
    def tau(self) -> Numbers:
        """Time constants of leaky units; 1 of other neurons."""
        tau: Any = self.dynamics.tau if isinstance(self.dynamics, Leaky) else 1.0
        return tau if isinstance(tau, float) else np.asarray(tau)

    @property
    def time_constant(self) -> float:
        """Largest time constant of a neuron."""
        return float(np.max(self.tau)) if isinstance(self.dynamics, Leaky) else self.dynamics.time_constant

    @property
    def relaxation_time(self) -> float:
        """Time in which the slowest neuron forgets."""
        return float(np.max(self.tau)) if isinstance(self.dynamics, Leaky) else self.dynamics.relaxation_time

    @property
    def shortest_time(self) -> float:
        """Shortest time in which a neuron changes: 1/|p| of the fastest pole p, at most 1 for a filter; 1 for a map."""
        if isinstance(self.dynamics, Leaky):
            return float(np.min(self.tau))
        if isinstance(self.dynamics, Rational):
            return 1.0 / max(1.0, float(np.abs(self.dynamics.poles).max()))
        return 1.0


@dataclass(frozen=True, eq=False)
class SampledNetwork:
    """A network T_i[x_i] = Σ_j J_ij φ(x_j) + b_i + σ_i ξ_i with one sampled J, its neurons in consecutive groups.

    Attributes
    ----------
    couplings : Couplings
        J between all neurons, with whatever multiplies φ absorbed.
    groups : tuple of NeuronGroup
        In the order of J's rows and columns.
    scale : float
        Scale of the preactivations to start from, such as g_eff.
    observables : tuple of str
        Names of all observables, the first one the most important.

    Raises
    ------
    InvalidNetwork
        If some groups are maps in discrete time and others are not.
    """

    couplings: Couplings
    groups: tuple[NeuronGroup, ...]
    scale: float
    observables: tuple[str, ...]

    def __post_init__(self) -> None:
        if len({group.dynamics.discrete for group in self.groups}) > 1:
            given = [group.dynamics for group in self.groups]
            raise InvalidNetwork("dynamics", given, "must be maps in all groups of neurons, or in none")

    @property
    def discrete(self) -> bool:
        """True if time is discrete."""
        return self.groups[0].dynamics.discrete

    @property
    def time_constant(self) -> float:
        """Largest time constant of a neuron."""
        return max(group.time_constant for group in self.groups)

    @property
    def relaxation_time(self) -> float:
        """Time in which the slowest neuron forgets."""
        return max(group.relaxation_time for group in self.groups)

    @property
    def shortest_time(self) -> float:
        """Shortest time in which a neuron changes, as of a group."""
        return min(group.shortest_time for group in self.groups)

    @property
    def noisy(self) -> bool:
        """True if any neuron receives noise."""
        return any(np.any(np.asarray(group.noise) > 0) for group in self.groups)

    @property
    def biased(self) -> bool:
        """True if any neuron receives a constant input."""
        return any(np.any(group.bias) for group in self.groups)


@runtime_checkable
class Samplable(Protocol):
    """The interface of anything that can be simulated."""

    def draw(self, n: int, seed: int) -> SampledNetwork: ...
