"""Four-point functions: committed kernels evaluated on the two-point solution's spectra and integrated.

`Ψ^a(τ1, τ2) = ∬ dω1 dω2/(2π)² e^{i(ω1τ1 + ω2τ2)} Ψ^a(ω1, ω2)` (THEORY.md §1). The kernel names its arguments, so a new
ensemble needs nothing new here. The part of neurons with themselves, C^a(ω1) C^a(ω2) (for w φ, ⟨w⁴⟩ C^φ(ω1) C^φ(ω2)),
is integrated exactly, as C^a(τ1) C^a(τ2); what is left falls off faster with frequency.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import NotConverged
from mftheory.kernels import Kernel
from mftheory.solve.quadrature import Wedges
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import TwoPoint

Array = NDArray[np.float64]

# Rounding of a dimension, relative: seen 1e-14 to 8e-14 between settings finer than the default, and 0.02 to 0.1
# times 2.2e-16/δ at g_eff - 1 = 1e-3 and 1e-4.
ROUNDING = 1e-13
NEAR_ONSET = 2e-17


WEIGHTED = ("Phi", "readout")
"""Observables w φ whose weights w have the law of the gains."""


@dataclass(frozen=True, eq=False)
class FourPoint:
    """Ψ^a of one ensemble at one two-point solution.

    Attributes
    ----------
    kernel_of : callable
        The kernel of an observable, committed or compiled.
    parameters : mapping
        The ensemble's parameters, by the names its kernels use.
    two_point : TwoPoint
    settings : Settings
    """

    kernel_of: Callable[[str], Kernel]
    parameters: Mapping[str, float]
    two_point: TwoPoint
    settings: Settings

    def connected(self, observable: str, omega1: Array, omega2: Array) -> NDArray[np.complex128]:
        """Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast."""
        kernel = self.kernel_of(observable)
        spectra = _Spectra(self.two_point, {"1": omega1, "2": omega2})
        values = {
            name: self.parameters[name] if name in self.parameters else spectra[name] for name in kernel.arguments
        }
        single = "x" if observable == "x" else "phi"
        direct = self._diagonal(observable) * spectra[f"C_{single}_1"] * spectra[f"C_{single}_2"]
        return np.asarray(kernel(**values) - direct)

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Ψ^a(τ1, τ2), of the broadcast shape of the lags."""
        lag1, lag2 = np.broadcast_arrays(np.asarray(tau1, float), np.asarray(tau2, float))
        # Filon's rule integrates the interpolant of degree n - 1, Gauss's one of degree 2n - 1: twice the nodes.
        wedges = self._wedges(2 * self.settings.quadrature_order)
        connected = wedges.transform(lambda w1, w2: self.connected(observable, w1, w2), lag1.ravel(), lag2.ravel())
        single = "x" if observable == "x" else "phi"
        direct = self.two_point.covariance(single, lag1) * self.two_point.covariance(single, lag2)
        return np.asarray(self._diagonal(observable) * direct + connected.reshape(lag1.shape))

    def psi_at_zero(self, observable: str) -> float:
        """Ψ^a(0, 0) = (1/N) Σ_ij C^a_ij(0)².

        Raises NotConverged so close to onset that rounding of the response leaves fewer than three digits.
        """
        if NEAR_ONSET / self.two_point.delta > 1e-3:
            raise NotConverged(
                f"g_eff = {self.two_point.g_eff!r}: too close to onset for double precision "
                f"(1 - g_eff²⟨φ'⟩² = {self.two_point.delta:.1e})"
            )
        wedges = self._wedges(self.settings.quadrature_order)
        connected = wedges.integral(lambda w1, w2: self.connected(observable, w1, w2))
        single = self.two_point.variance if observable == "x" else self.two_point.activity_variance
        value = self._diagonal(observable) * single**2 + connected
        if not value > 0:  # a sum of squares
            raise NotConverged(f"Psi(0, 0) of {observable!r} came out as {value:g}; refine the quadrature settings")
        return value

    def dimension_error(self, observable: str, refined: "FourPoint") -> float:
        """Error of `dimension` measured by the same number at finer settings, rounding included.

        The errors fall exponentially with the settings, so the change under refinement is the coarser one's
        error. Near onset a rounding error of the response is divided by δ.
        """
        value = self.dimension(observable)
        rounding = ROUNDING + NEAR_ONSET / self.two_point.delta
        return 2.0 * abs(value - refined.dimension(observable)) + rounding * value

    def dimension(self, observable: str) -> float:
        """PR^a = C^a(0)²/Ψ^a(0, 0), per neuron."""
        return self._variance(observable) ** 2 / self.psi_at_zero(observable)

    def _variance(self, observable: str) -> float:
        if observable == "x":
            return self.two_point.variance
        scale = self.parameters["q_2"] if observable in WEIGHTED else 1.0
        return scale * self.two_point.activity_variance

    def _diagonal(self, observable: str) -> float:
        """⟨w⁴⟩ for an observable w φ, 1 otherwise: the square of a neuron's own covariance, averaged over neurons."""
        return self.parameters["q_2"] ** 2 / self.parameters["PR_G"] if observable in WEIGHTED else 1.0

    def _wedges(self, order: int) -> Wedges:
        solution = self.two_point
        growth = self.settings.quadrature_growth
        return Wedges.graded(solution.delta, solution.highest_frequency, growth, order)


class _Spectra:
    """Spectra by the kernels' names, each evaluated once: C_phi_1 is C^φ at ω1, S_x_2 is S^x at ω2, …"""

    def __init__(self, two_point: TwoPoint, omega: Mapping[str, Array]) -> None:
        self._two_point = two_point
        self._omega = omega
        self._known: dict[str, NDArray[Any]] = {}

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
