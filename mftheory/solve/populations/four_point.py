"""Four-point functions of several populations: derived kernels on their spectra, integrated.

Ψ^a(ω1, ω2) = (1/N_p) Σ_ij C^a_ij(ω1) C^a_ij(ω2) over the neurons of the population p that has the observable. As in
`mftheory.solve.four_point`, the part of neurons with themselves is integrated exactly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.kernels import Kernel
from mftheory.solve.double_integral import DoubleIntegral, change_under_refinement
from mftheory.solve.four_point import ROUNDING
from mftheory.solve.populations.network import Observable
from mftheory.solve.populations.two_point import PopulationsTwoPoint
from mftheory.solve.quadrature import Wedges
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
KernelOf = Callable[[str], tuple[Kernel, Mapping[str, float]]]


@dataclass(frozen=True, eq=False)
class PopulationsFourPoint(DoubleIntegral):
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

    def own(self, observable: str, tau1: Array, tau2: Array) -> Array:
        """The part of neurons with themselves, at lags of one shape."""
        measured = self.observables[observable]
        return np.asarray(measured.fourth * (self._covariance(measured, tau1) * self._covariance(measured, tau2)))

    def variance(self, observable: str) -> float:
        """C^a(0), over the neurons of its population."""
        measured = self.observables[observable]
        return measured.second * float(self._covariance(measured, np.zeros(())))

    def wedges(self, nodes: int) -> Wedges:
        """The rule for the double integral."""
        return self.two_point.wedges(self.settings.quadrature_growth, nodes * self.settings.quadrature_order)

    def dimension_error(self, observable: str, refined: "PopulationsFourPoint") -> float:
        """Error of `dimension` measured by the same number at finer settings, rounding included."""
        rounding = ROUNDING + self.two_point.rounding
        return change_under_refinement(self.dimension(observable), refined.dimension(observable), rounding)

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
