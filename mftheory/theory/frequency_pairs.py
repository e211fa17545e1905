"""Spectra of fields at pairs of frequencies, for four-point functions."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.kernels import TwoTime
from mftheory.theory.stationary.weighted_observables import Weighted

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


class GaussianTwoPoint(Weighted):
    """Two-point functions of one kind of neuron with Gaussian x."""

    g_eff: float

    @abstractmethod
    def transfer(self, name: str, omega: Array) -> Array:
        """Return C^x(ω)/C^φ(ω), or C^{xφ}(ω)/C^φ(ω)."""

    @abstractmethod
    def response(self, observable: str, omega: ArrayLike) -> Complex:
        """Return S^x(ω) or S^φ(ω)."""

    @abstractmethod
    def one_minus_s(self, omega1: Array, omega2: Array, total: Array) -> Complex:
        """Return 1 - s(ω1, ω2), s = g_eff² S^φ(ω1) S^φ(ω2), to full precision near its zero; `total` is ω1 + ω2."""

    @property
    def critical_strength(self) -> float:
        """g_eff²: s = g_eff² S^φ(ω1) S^φ(ω2) is the one of `one_minus_s`."""
        return self.g_eff**2

    def pair(self, omega1: Array, omega2: Array, total: Array) -> "GaussianPair":
        """Return the spectra at pairs of frequencies; `total` is ω1 + ω2, to all its digits."""
        return GaussianPair(self, omega1, omega2, total)


class GaussianPair:
    """Spectra of x and φ at ω1 and ω2, each evaluated once; C^x and C^{xφ} from C^φ, which is the costly one."""

    def __init__(self, two_point: GaussianTwoPoint, omega1: Array, omega2: Array, total: Array) -> None:
        self._two_point: Any = two_point
        self._omega = omega1, omega2
        self._total = total
        self._spectra: Any = {}

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """Return a two-time function at one of the two frequencies."""
        if of not in self._spectra:
            omega = self._omega[of.frequency - 1]
            if of.kind == "S":
                value: NDArray[Any] = self._two_point.response(of.field, omega)
            elif of.field == "phi":
                value = self._two_point.field_spectrum("phi", omega)
            else:
                value = self.spectrum(of._replace(field="phi")) * self._two_point.transfer(of.field, omega)
            self._spectra[of] = value
        return np.asarray(self._spectra[of])

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """Return a mean over neurons, which are alike: the product itself."""
        return np.asarray(np.prod([self.spectrum(of) for of in product], axis=0))

    def one_minus_s(self) -> Complex:
        """Return 1 - s to full precision near its zero."""
        return np.asarray(self._two_point.one_minus_s(*self._omega, self._total))

    def pair_spectrum(self, observable: str) -> Array:
        """Return ⟨C_i(ω1) C_i(ω2)⟩ over neurons."""
        weighted = self._two_point.observable(observable)
        first, second = (self.spectrum(TwoTime("C", weighted.field, k)) for k in (1, 2))
        return np.asarray(weighted.fourth * (first * second))
