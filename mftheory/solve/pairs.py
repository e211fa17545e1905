"""Spectra of fields at pairs of frequencies, for four-point functions."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.kernels import TwoTime
from mftheory.solve.observables import Observable

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


class GaussianFields(Protocol):
    """Two-point functions of one kind of neuron with Gaussian x."""

    def observable(self, name: str) -> Observable: ...

    def field_spectrum(self, name: str, omega: Array) -> Array: ...

    def transfer(self, name: str, omega: Array) -> Array:
        """C^x(ω)/C^φ(ω), or C^{xφ}(ω)/C^φ(ω)."""

    def response(self, name: str, omega: Array) -> Complex: ...

    def one_minus_s(self, omega1: Array, omega2: Array, total: Array) -> Complex: ...


class GaussianPair:
    """The spectra of x and φ at ω1 and ω2, each evaluated once; C^x and C^{xφ} from C^φ, which is the costly one."""

    def __init__(self, two_point: GaussianFields, omega1: Array, omega2: Array, total: Array) -> None:
        self._two_point = two_point
        self._omega = omega1, omega2
        self._total = total
        self._known: dict[TwoTime, NDArray[Any]] = {}

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """A two-time function at one of the two frequencies."""
        if of not in self._known:
            omega = self._omega[of.frequency - 1]
            if of.kind == "S":
                value: NDArray[Any] = self._two_point.response(of.field, omega)
            elif of.field == "phi":
                value = self._two_point.field_spectrum("phi", omega)
            else:
                value = self.spectrum(of._replace(field="phi")) * self._two_point.transfer(of.field, omega)
            self._known[of] = value
        return self._known[of]

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """A mean over neurons, which are alike: the product itself."""
        return np.asarray(np.prod([self.spectrum(of) for of in product], axis=0))

    def one_minus_s(self) -> Complex:
        """1 - s to full precision near its zero."""
        return self._two_point.one_minus_s(*self._omega, self._total)

    def own(self, observable: str) -> Array:
        """⟨C_i(ω1) C_i(ω2)⟩ over neurons."""
        measured = self._two_point.observable(observable)
        first, second = (self.spectrum(TwoTime("C", measured.field, k)) for k in (1, 2))
        return np.asarray(measured.fourth * (first * second))
