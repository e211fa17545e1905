"""Four-point functions: kernels evaluated on the spectra of a two-point solution, and integrated over both frequencies.

`Ψ^a(τ1, τ2) = ∬ dω1 dω2/(2π)² e^{i(ω1τ1 + ω2τ2)} Ψ^a(ω1, ω2)` (theory §1). The kernel names its arguments and the
two-point solution provides them, so a new ensemble or method needs nothing new here. The part of neurons with
themselves, ⟨C^a_i(ω1) C^a_i(ω2)⟩, is integrated exactly, as ⟨C^a_i(τ1) C^a_i(τ2)⟩; what is left falls off faster with
frequency.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import NotConverged
from mftheory.kernels import Kernel, TwoTime
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.pole_quadrature import PoleQuadrature
from mftheory.theory.stationary.weighted_observables import Observable

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ROUNDING = 5e-14
"""Relative rounding error of a dimension; seen 1e-15 to 3e-14 against references of more digits (test_references)."""


class PairSpectra(Protocol):
    """The spectra of a two-point solution at pairs of frequencies, each evaluated once."""

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """Return a two-time function at one of the two frequencies."""

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """Return a mean over neurons that a kernel takes: its name there, and the two-time functions in it."""

    def one_minus_s(self) -> Complex:
        """Return 1 - s to full precision near its zero."""

    def pair_spectrum(self, observable: str) -> NDArray[Any]:
        """Return ⟨C_i(ω1) C_i(ω2)⟩ over neurons."""


class TwoPointSolution(Protocol):
    """The part of a two-point solution that four-point functions need."""

    @property
    def critical_strength(self) -> float | None:
        """g² of s = g² S(ω1) S(ω2) whose 1 - s the solution knows to full precision ("one_minus_s"), if it does."""

    @property
    def rounding(self) -> float:
        """Rounding that a dimension inherits, relative."""

    def observable(self, name: str) -> Observable: ...

    def covariance(self, name: str, tau: ArrayLike) -> Array: ...

    def pair_covariance(self, name: str, tau1: Array, tau2: Array) -> Array:
        """Return ⟨C_i(τ1) C_i(τ2)⟩ over neurons."""

    def pair(self, omega1: Array, omega2: Array, total: Array) -> PairSpectra:
        """Return spectra at ω1 and ω2, which broadcast; `total` is ω1 + ω2, to all its digits."""

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature | PoleQuadrature:
        """Return the rule for double integrals over frequencies."""


@dataclass(frozen=True, eq=False)
class FourPoint:
    """Ψ^a of one ensemble at one two-point solution.

    Attributes
    ----------
    kernel_of : callable
        The kernel of an observable, committed or compiled.
    parameters : mapping
        The ensemble's parameters, by the names its kernels use.
    two_point : TwoPointSolution
    growth : float
        Ratio of successive panels of the quadrature.
    order : int
        Nodes of the quadrature on each panel.
    """

    kernel_of: Callable[[str], Kernel]
    parameters: Mapping[str, Any]
    two_point: Any  # a TwoPointSolution, with what its method has beyond it
    growth: float
    order: int

    @classmethod
    def at(
        cls, kernel_of: Callable[[str], Kernel], parameters: Mapping[str, Any], two_point: Any, settings: Settings
    ) -> "FourPoint":
        """Return the four-point functions with the quadrature of some settings."""
        return cls(kernel_of, parameters, two_point, settings.quadrature_growth, settings.quadrature_order)

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Return Ψ^a(τ1, τ2), of the broadcast shape of the lags."""
        lag1, lag2 = np.broadcast_arrays(np.asarray(tau1, float), np.asarray(tau2, float))
        # Filon's rule integrates the interpolant of degree n - 1, Gauss's one of degree 2n - 1: twice the nodes.
        connected = self._rule(2).transform(partial(self.connected, observable), lag1.ravel(), lag2.ravel())
        return np.asarray(self.two_point.pair_covariance(observable, lag1, lag2) + connected.reshape(lag1.shape))

    def psi_at_zero(self, observable: str) -> Any:
        """Return Ψ^a(0, 0) = (1/N) Σ_ij C^a_ij(0)²; an array where the parameters are."""
        connected = np.asarray(self._rule(1).integral(partial(self.connected, observable)))
        zero = np.zeros(())
        of_each = self.two_point.pair_covariance(observable, zero, zero)
        value = np.ravel(of_each) + connected
        if not value.min() > 0:  # it is a sum of squares
            raise NotConverged(
                f"Psi(0, 0) of {observable!r} came out as {value.min():g}; refine the quadrature settings"
            )
        return value if connected.ndim else float(value[0])

    def psi_at_zero_of_each(
        self,
        observable: str,
        parameters: Sequence[Mapping[str, float]],
        observables: Sequence[Mapping[str, Observable]],
    ) -> Array:
        """Return Ψ^a(0, 0) at several values of the parameters, on which the spectra do not depend.

        For leaky neurons they are evaluated once.
        """
        each = zip(parameters, observables, strict=True)
        points = [replace(self, parameters=p, two_point=replace(self.two_point, observables=o)) for p, o in each]
        if not isinstance(self._rule(1), TriangleQuadrature):
            return np.array([point.psi_at_zero(observable) for point in points])
        fourth = np.array([o[observable].fourth for o in observables])[:, None, None, None]
        stacked = {name: np.array([p[name] for p in parameters])[:, None, None, None] for name in parameters[0]}
        weighted = {observable: replace(observables[0][observable], fourth=fourth)}
        together = replace(self, parameters=stacked, two_point=replace(self.two_point, observables=weighted))
        return np.asarray(together.psi_at_zero(observable))

    def dimension(self, observable: str) -> float:
        """Return PR^a = C^a(0)²/Ψ^a(0, 0), per neuron."""
        return float(self.two_point.covariance(observable, 0.0)) ** 2 / float(self.psi_at_zero(observable))

    def dimension_error(self, observable: str, refined: "FourPoint") -> float:
        """Return the error of `dimension`, measured by the same number at finer settings, rounding included.

        Errors fall exponentially with the settings, so the change under refinement is the coarser one's error.
        """
        value = self.dimension(observable)
        return 2.0 * abs(value - refined.dimension(observable)) + (ROUNDING + self.two_point.rounding) * value

    def formula_of(self, observable: str) -> dict[str, str]:
        """Return the label and content hash of the formula behind an observable's kernel."""
        kernel = self.kernel_of(observable)
        return {"label": kernel.label, "content_hash": kernel.content_hash}

    def connected(self, observable: str, omega1: Array, omega2: Array, total: Array) -> Complex:
        """Return Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast; `total` is ω1 + ω2 exactly."""
        kernel = self.kernel_of(observable)
        pair: PairSpectra = self.two_point.pair(omega1, omega2, total)
        values: dict[str, Any] = {}
        for name in kernel.inputs if self._is_critical(kernel) else kernel.arguments:
            if name in kernel.spectra:
                values[name] = pair.spectrum(kernel.spectra[name])
            elif name in kernel.means:
                values[name] = pair.moment(name, kernel.means[name])
            else:
                values[name] = pair.one_minus_s() if name in kernel.loops else self.parameters[name]
        return np.asarray(
            kernel(**values) / self.two_point.observable(observable).size - pair.pair_spectrum(observable)
        )

    def _rule(self, nodes: int) -> TriangleQuadrature | PoleQuadrature:
        """Return the rule for the double integral, with `nodes` times the nodes that Gauss's needs."""
        rule: TriangleQuadrature | PoleQuadrature = self.two_point.quadrature(self.growth, nodes * self.order)
        return rule

    def _is_critical(self, kernel: Kernel) -> bool:
        """Return True if the kernel's 1 - s is that of the two-point solution."""
        loop, strength = kernel.loops.get("one_minus_s"), self.two_point.critical_strength
        if strength is None or loop is None or kernel.loops.keys() != {"one_minus_s"}:
            return False
        # In an ensemble of a user's own g_eff² is a sum of parameters, equal up to rounding.
        functions = kernel.spectra.keys() | kernel.means.keys()
        at_one = 1.0 - loop(**{name: 1.0 if name in functions else self.parameters[name] for name in loop.arguments})
        return bool(np.all(np.isclose(at_one, strength, rtol=1e-12, atol=0.0)))
