"""One sampled network as plain data: all that the simulator needs to know, whatever the network was drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mftheory.network.couplings import Couplings
from mftheory.network.dynamics import Dynamics, Leaky
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.nonlinearity import Nonlinearity

Weights = NDArray[np.float64] | None
"""One weight a neuron, shape (size,); None where all are 1."""


@dataclass(frozen=True, eq=False)
class NeuronGroup:
    """A group of consecutive neurons that share a nonlinearity, or a formula for it, and have the same observables.

    Attributes
    ----------
    size : int
        Number of neurons.
    nonlinearity : Nonlinearity or Heterogeneous
        φ, the same for all or with `size` entries of its parameters.
    states, activities : mappings of str to weights
        Observables w_i x_i and w_i φ(x_i) by name, such as ``{"phi": None, "Phi": G}``.
    """

    size: int
    nonlinearity: Nonlinearity | Heterogeneous
    states: Mapping[str, Weights]
    activities: Mapping[str, Weights]


@dataclass(frozen=True, eq=False)
class SampledNetwork:
    """A network T[x] = J φ(x) + σ ξ with one sampled J, its neurons in consecutive groups.

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
    dynamics : Dynamics
        1/T.
    noise : float
        σ.
    """

    couplings: Couplings
    groups: tuple[NeuronGroup, ...]
    scale: float
    observables: tuple[str, ...]
    dynamics: Dynamics = field(default_factory=Leaky)
    noise: float = 0.0


@runtime_checkable
class Samplable(Protocol):
    """The interface of anything that can be simulated."""

    def draw(self, n: int, seed: int) -> SampledNetwork: ...
