"""Observables w x and w φ of neurons, whose weights w enter by their moments."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Observable:
    """w_i x_i or w_i φ_i of the neurons of one population, w independent of the neuron's activity.

    Attributes
    ----------
    field : str
        Name of the state x or of the activity φ.
    second, fourth : float
        ⟨w²⟩ and ⟨w⁴⟩.
    size : float
        Number of neurons that have it, as a multiple of N.
    """

    field: str
    second: Any = 1.0
    fourth: Any = 1.0
    size: float = 1.0


class Weighted(ABC):
    """Two-point functions of weighted observables, from those of the fields.

    A function of a neuron's state and activity ("xphi") is a field too, and is not weighted.
    """

    observables: Mapping[str, Observable]

    @abstractmethod
    def field_covariance(self, name: str, tau: Array) -> Array:
        """Return C(τ) of a field, of the shape of τ."""

    @abstractmethod
    def field_spectrum(self, name: str, omega: Array) -> Array:
        """Return C(ω) of a field: real, even, never negative, of the shape of ω."""

    def observable(self, name: str) -> Observable:
        """Return an observable by its name; a field's own name is always understood."""
        return self.observables.get(name) or Observable(name)

    def covariance(self, name: str, tau: ArrayLike) -> Array:
        """Return C(τ) of an observable or a field, of the shape of τ."""
        weighted = self.observable(name)
        return np.asarray(weighted.second * self.field_covariance(weighted.field, np.asarray(tau, dtype=np.float64)))

    def spectrum(self, name: str, omega: ArrayLike) -> Array:
        """Return C(ω) of an observable or a field, of the shape of ω."""
        weighted = self.observable(name)
        return np.asarray(weighted.second * self.field_spectrum(weighted.field, np.asarray(omega, dtype=np.float64)))

    def pair_covariance(self, name: str, tau1: Array, tau2: Array) -> Array:
        """Return ⟨C_i(τ1) C_i(τ2)⟩ over neurons, at lags of one shape."""
        weighted = self.observable(name)
        first = self.field_covariance(weighted.field, tau1)
        second = first if tau2 is tau1 else self.field_covariance(weighted.field, tau2)
        return np.asarray(weighted.fourth * first * second)
