"""A network, or an ensemble of one's own with its numbers, in the terms that methods solve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mftheory.kernels import Kernel, committed
from mftheory.network import Network, Nonlinearity
from mftheory.network.network import HETEROGENEOUS, UNEQUAL, as_modes
from mftheory.network.traits import Traits
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
from mftheory.theory.stationary.weighted_observables import Observable


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
    populations : CoupledPopulations
        The neurons of a network, one population, or those of an ensemble.
    """

    network: Any
    traits: Traits
    parameters: Mapping[str, Any]
    kernel_of: Callable[[str], Kernel]
    observables: Mapping[str, Observable]
    populations: CoupledPopulations

    @classmethod
    def of(cls, network: Network) -> "Problem":
        """Return the problem of a network."""
        traits = network.traits
        observables = {"phi": Observable("phi"), "x": Observable("x")}
        if traits.all_differs:
            kernels, parameters = CommittedKernels(UNEQUAL), as_modes(network.connectivity)
        elif traits.differing or not traits.odd:
            kernels, parameters = CommittedKernels(HETEROGENEOUS, {"phi": "Phi"}), as_modes(network.connectivity)
        else:
            kernels, parameters = CommittedKernels(network.ensemble), network.parameters
        if network.gains is not None and traits.all_differs:
            observables["Phi"] = Observable("Phi")
        elif network.gains is not None:
            second, fourth = network.gains.moment(2), network.gains.moment(4)
            observables |= {name: Observable("phi", second, fourth) for name in ("Phi", "readout")}
        differ = traits.all_differs or traits.differing or not traits.odd
        neurons = Neurons("neurons", "x", "phi", 1.0, network.kinds, sent="Phi" if differ else "")
        populations = CoupledPopulations((neurons,), np.array([[network.connectivity.g_eff**2]]))
        return cls(network, traits, parameters, kernels, observables, populations)

    @property
    def g_eff(self) -> float:
        """Effective coupling strength of one population."""
        return self.populations.g_eff

    @property
    def nonlinearity(self) -> Nonlinearity:
        """φ of neurons alike."""
        return self.populations.neurons[0].kinds[0].nonlinearity
