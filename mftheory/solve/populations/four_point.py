"""Four-point functions of several populations: derived kernels on their spectra, integrated.

Ψ^a(ω1, ω2) = (1/N_p) Σ_ij C^a_ij(ω1) C^a_ij(ω2) over the neurons of the population p that has the observable. As in
`mftheory.solve.four_point`, the part of neurons with themselves is integrated exactly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import NotConverged
from mftheory.kernels import Kernel
from mftheory.solve.four_point import ROUNDING
from mftheory.solve.populations.network import Observable
from mftheory.solve.populations.two_point import PopulationsTwoPoint
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
KernelOf = Callable[[str], tuple[Kernel, Mapping[str, float]]]


@dataclass(frozen=True, eq=False)
class PopulationsFourPoint:
    """Ψ^a of one ensemble at one two-point solution.

    Attributes
    ----------
    kernel_of : callable
        The kernel of an observable, normalised by N, and the values of the ensemble's parameters that it takes.
    observables : mapping of str to Observable
    two_point : PopulationsTwoPoint
    settings : Settings
    """

    kernel_of: KernelOf
    observables: Mapping[str, Observable]
    two_point: PopulationsTwoPoint
    settings: Settings

    def connected(self, observable: str, omega1: Array, omega2: Array, total: Array) -> Complex:
        """Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast; `total` (ω1 + ω2) is not needed."""
        kernel, parameters = self.kernel_of(observable)
        one, two = self._spectra("1", omega1), self._spectra("2", omega2)
        named: dict[str, Any] = {**parameters, **one, **two}
        measured = self.observables[observable]
        direct = measured.fourth * one[f"C_{measured.field}_1"] * two[f"C_{measured.field}_2"]
        whole = kernel(**{name: named[name] for name in kernel.arguments})
        return np.asarray(whole / self._size(measured) - direct)

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Ψ^a(τ1, τ2), of the broadcast shape of the lags."""
        lag1, lag2 = np.broadcast_arrays(np.asarray(tau1, float), np.asarray(tau2, float))
        # Filon's rule integrates the interpolant of degree n - 1, Gauss's one of degree 2n - 1: twice the nodes.
        wedges = self.two_point.wedges(self.settings.quadrature_growth, 2 * self.settings.quadrature_order)
        connected = wedges.transform(partial(self.connected, observable), lag1.ravel(), lag2.ravel())
        measured = self.observables[observable]
        direct = self._covariance(measured, lag1) * self._covariance(measured, lag2)
        return np.asarray(measured.fourth * direct + connected.reshape(lag1.shape))

    def psi_at_zero(self, observable: str) -> float:
        """Ψ^a(0, 0) = (1/N_p) Σ_ij C^a_ij(0)²."""
        wedges = self.two_point.wedges(self.settings.quadrature_growth, self.settings.quadrature_order)
        connected = float(wedges.integral(partial(self.connected, observable)))
        measured = self.observables[observable]
        value = measured.fourth * float(self._covariance(measured, np.zeros(()))) ** 2 + connected
        if not value > 0:  # a sum of squares
            raise NotConverged(f"Psi(0, 0) of {observable!r} came out as {value:g}; refine the quadrature settings")
        return value

    def dimension(self, observable: str) -> float:
        """PR^a = C^a(0)²/Ψ^a(0, 0), per neuron of its population."""
        measured = self.observables[observable]
        variance = measured.second * float(self._covariance(measured, np.zeros(())))
        return variance**2 / self.psi_at_zero(observable)

    def dimension_error(self, observable: str, refined: "PopulationsFourPoint") -> float:
        """Error of `dimension` measured by the same number at finer settings, rounding included."""
        value = self.dimension(observable)
        rounding = ROUNDING + self.two_point.rounding
        return 2.0 * abs(value - refined.dimension(observable)) + rounding * value

    def _covariance(self, measured: Observable, tau: Array) -> Array:
        return self.two_point.field_covariance(measured.field, tau)

    def _size(self, measured: Observable) -> float:
        return self.two_point.network.neurons[measured.population].size

    def _spectra(self, which: str, omega: Array) -> dict[str, NDArray[Any]]:
        """Everything that kernels ask for at one frequency: C_phiE_1, S_xE_1, C_xEphiE_1, …"""
        two = self.two_point
        found: dict[str, NDArray[Any]] = {}
        x, phi = (np.maximum(each, 0.0) for each in two.spectra(omega))
        h = 1.0 / (1.0 + 1j * omega)
        for p, (state, activity, crossed) in enumerate(zip(two.states, two.activities, two.crossed, strict=True)):
            found[f"C_{state}_{which}"], found[f"C_{activity}_{which}"] = x[p], phi[p]
            found[f"C_{crossed}_{which}"] = two.gain[p] * x[p]
            found[f"S_{state}_{which}"], found[f"S_{activity}_{which}"] = h, two.gain[p] * h
        return found
