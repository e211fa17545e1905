"""Four-point functions: committed kernels evaluated on the two-point solution's spectra and integrated.

`Ψ^a(τ1, τ2) = ∬ dω1 dω2/(2π)² e^{i(ω1τ1 + ω2τ2)} Ψ^a(ω1, ω2)` (theory §1). The kernel names its arguments, so a new
ensemble needs nothing new here. The part of neurons with themselves, C^a(ω1) C^a(ω2) (for w φ, ⟨w⁴⟩ C^φ(ω1) C^φ(ω2)),
is integrated exactly, as C^a(τ1) C^a(τ2); what is left falls off faster with frequency.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.kernels import Kernel
from mftheory.solve.double_integral import DoubleIntegral, change_under_refinement, refuse_negative
from mftheory.solve.filtered.pole_quadrature import PoleQuadrature
from mftheory.solve.filtered.solution import FilteredTwoPoint
from mftheory.solve.quadrature import Wedges
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import TwoPoint

Array = NDArray[np.float64]

# Rounding of a dimension, relative: seen 1e-15 to 3e-14 against references of more digits (test_references.py).
ROUNDING = 5e-14


WEIGHTED = ("Phi", "readout")
"""Observables w φ whose weights w have the law of the gains."""


@dataclass(frozen=True, eq=False)
class FourPoint(DoubleIntegral):
    """Ψ^a of one ensemble at one two-point solution.

    Attributes
    ----------
    kernel_of : callable
        The kernel of an observable, committed or compiled.
    parameters : mapping
        The ensemble's parameters, by the names its kernels use.
    two_point : TwoPoint or FilteredTwoPoint
    settings : Settings
    """

    kernel_of: Callable[[str], Kernel]
    parameters: Mapping[str, Any]
    two_point: TwoPoint | FilteredTwoPoint
    settings: Settings

    def connected(self, observable: str, omega1: Array, omega2: Array, total: Array) -> NDArray[np.complex128]:
        """Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast; `total` is ω1 + ω2, to all its digits."""
        kernel = self.kernel_of(observable)
        spectra = _Spectra(self.two_point, {"1": omega1, "2": omega2})
        if self._is_critical(kernel):
            names = kernel.inputs
            spectra.know("one_minus_s", self.two_point.one_minus_s(omega1, omega2, total))
        else:
            names = kernel.arguments
        values = {name: self.parameters[name] if name in self.parameters else spectra[name] for name in names}
        single = "x" if observable == "x" else "phi"
        direct = self._diagonal(observable) * spectra[f"C_{single}_1"] * spectra[f"C_{single}_2"]
        return np.asarray(kernel(**values) - direct)

    def own(self, observable: str, tau1: Array, tau2: Array) -> Array:
        """The part of neurons with themselves, at lags of one shape."""
        single = "x" if observable == "x" else "phi"
        direct = self.two_point.covariance(single, tau1) * self.two_point.covariance(single, tau2)
        return np.asarray(self._diagonal(observable) * direct)

    def psi_at_zero(self, observable: str) -> float:
        """Ψ^a(0, 0) = (1/N) Σ_ij C^a_ij(0)²."""
        return float(self._psi_at_zero(observable))

    def psi_at_zero_of_each(self, observable: str, parameters: Sequence[Mapping[str, float]]) -> Array:
        """Ψ^a(0, 0) at several values of the parameters.

        The spectra do not depend on them. For leaky neurons they are evaluated once.
        """
        if not isinstance(self.wedges(1), Wedges):
            return np.array([replace(self, parameters=each).psi_at_zero(observable) for each in parameters])
        names = parameters[0].keys()
        stacked = {name: np.array([each[name] for each in parameters])[:, None, None, None] for name in names}
        return replace(self, parameters=stacked)._psi_at_zero(observable)

    def _psi_at_zero(self, observable: str) -> Array:
        wedges = self.wedges(1)
        connected = np.asarray(wedges.integral(partial(self.connected, observable)))
        single = self.two_point.variance if observable == "x" else self.two_point.activity_variance
        diagonal = np.broadcast_to(np.squeeze(self._diagonal(observable)), connected.shape)
        value = np.asarray(diagonal * single**2 + connected)
        refuse_negative(observable, float(value.min()))
        return value

    def dimension_error(self, observable: str, refined: "FourPoint") -> float:
        """Error of `dimension` measured by the same number at finer settings, rounding included."""
        rounding = ROUNDING + self.two_point.rounding
        return change_under_refinement(self.dimension(observable), refined.dimension(observable), rounding)

    def variance(self, observable: str) -> float:
        """C^a(0)."""
        if observable == "x":
            return self.two_point.variance
        scale = self.parameters["q_2"] if observable in WEIGHTED else 1.0
        return scale * self.two_point.activity_variance

    def _diagonal(self, observable: str) -> Any:
        """⟨w⁴⟩ for an observable w φ, 1 otherwise: the square of a neuron's own covariance, averaged over neurons."""
        return self.parameters["q_2"] ** 2 / self.parameters["PR_G"] if observable in WEIGHTED else 1.0

    def _is_critical(self, kernel: Kernel) -> bool:
        """Whether the kernel's 1 - s is that of the two-point solution, s = g_eff² S^φ(ω1) S^φ(ω2)."""
        loop = kernel.loops.get("one_minus_s")
        if loop is None or kernel.loops.keys() != {"one_minus_s"}:
            return False
        at_one = {**self.parameters, "S_phi_1": 1.0, "S_phi_2": 1.0}
        if not set(loop.arguments) <= at_one.keys():
            return False
        # In an ensemble of a user's own g_eff² is a sum of parameters, equal up to rounding.
        strength = 1.0 - loop(**{name: at_one[name] for name in loop.arguments})
        return bool(np.all(np.isclose(strength, self.two_point.g_eff**2, rtol=1e-12, atol=0.0)))

    def wedges(self, nodes: int) -> Wedges | PoleQuadrature:
        """The rule for the double integral."""
        return self.two_point.wedges(self.settings.quadrature_growth, nodes * self.settings.quadrature_order)


class _Spectra:
    """Spectra by the kernels' names, each evaluated once: C_phi_1 is C^φ at ω1, S_x_2 is S^x at ω2, …"""

    def __init__(self, two_point: TwoPoint | FilteredTwoPoint, omega: Mapping[str, Array]) -> None:
        self._two_point = two_point
        self._omega = omega
        self._known: dict[str, NDArray[Any]] = {}

    def know(self, name: str, value: NDArray[Any]) -> None:
        """Set a value that is known by other means."""
        self._known[name] = value

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._known:
            kind, observable, which = name.split("_")
            omega = self._omega[which]
            if kind == "S":
                value: NDArray[Any] = self._two_point.response(observable, omega)
            elif observable == "phi":
                value = self._two_point.spectrum("phi", omega)
            else:
                # C^x and C^{xφ} follow from C^φ, which is the costly one.
                value = self[f"C_phi_{which}"] * self._two_point.transfer(observable, omega)
            self._known[name] = value
        return self._known[name]
