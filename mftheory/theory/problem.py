"""A network, or an ensemble of one's own with its numbers, in the terms that methods solve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mftheory.kernels import Kernel, committed
from mftheory.network import Dynamics, Leaky, Network
from mftheory.network.network import as_modes
from mftheory.network.traits import Traits
from mftheory.theory.stationary.populations.driven_populations import CoupledPopulations
from mftheory.theory.stationary.weighted_observables import Observable

DIFFERING = "heterogeneous"
"""Name of the ensemble whose kernels serve neurons that differ, be it by their static fields."""


@dataclass(frozen=True)
class CommittedKernels:
    """The committed kernels of an ensemble, by the observables of a theory.

    Attributes
    ----------
    ensemble : str
    names : mapping
        Names of observables in the kernels, where these are others.
    """

    ensemble: str
    names: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, observable: str) -> Kernel:
        """Return the kernel of an observable."""
        return committed(self.ensemble, self.names.get(observable, observable))


@dataclass(frozen=True, eq=False)
class Problem:
    """A network in the terms that a method solves.

    Attributes
    ----------
    network : Network or GaussianEnsemble
        The network itself, for the record.
    traits : Traits
    parameters : mapping
        Numbers of the ensemble, by the names that the kernels use.
    kernel_of : callable
        The kernel of an observable.
    observables : mapping of str to Observable
    g_eff : float
    nonlinearity : Nonlinearity or Heterogeneous
    dynamics : Leaky, Rational or EulerMap
    noise : float
        σ of one population.
    populations : CoupledPopulations, optional
        The populations, where there are several.
    """

    network: Any
    traits: Traits
    parameters: Mapping[str, Any]
    kernel_of: Callable[[str], Kernel]
    observables: Mapping[str, Observable]
    g_eff: float = 0.0
    nonlinearity: Any = None
    dynamics: Dynamics = field(default_factory=Leaky)
    noise: float = 0.0
    populations: CoupledPopulations | None = None

    @classmethod
    def of(cls, network: Network) -> "Problem":
        """Return the problem of a network."""
        traits = network.traits
        observables = {"phi": Observable("phi"), "x": Observable("x")}
        if traits.differing or not traits.odd:
            kernels, parameters = CommittedKernels(DIFFERING, {"phi": "Phi"}), as_modes(network.connectivity)
        else:
            kernels, parameters = CommittedKernels(network.ensemble), network.parameters
        if network.gains is not None:
            second, fourth = network.gains.moment(2), network.gains.moment(4)
            observables |= {name: Observable("phi", second, fourth) for name in ("Phi", "readout")}
        return cls(
            network,
            traits,
            parameters,
            kernels,
            observables,
            network.g_eff,
            network.nonlinearity,
            network.dynamics,
            network.noise,
        )
