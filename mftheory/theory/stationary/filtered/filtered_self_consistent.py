"""C^x(τ) for any stable rational filter H and any white noise, in continuous time.

With C^φ = a C^x + n(C^x) the self-consistency C^x = |H|² (g² C^φ + σ²) becomes `C^x(τ) = K * (g² n) + σ² K`, where
K = |H|²/(1 - g² a |H|²) is a known sum of exponentials (`filters`). At a = ⟨φ'⟩² the source n decays three times as
fast as C^x, so a mesh need cover n only, and C^x beyond it is an exact sum of exponentials. On τ >= 0 all functions are
smooth, with noise as well, whose kinks are at τ = 0: panels of Legendre polynomials converge exponentially, and the
convolution is exact on them. The equations at the nodes are solved by Newton's method (`filter_equations`).
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.convolution import Convolution, moments
from mftheory.numerics.newton import MAX_ITERATIONS
from mftheory.numerics.panels import Panels, PiecewisePolynomial, graded_edges
from mftheory.numerics.transform import cosine_transform
from mftheory.theory.stationary.continuation import NEWTON_TOLERANCE, ROUGH_WINDOW, unresolved
from mftheory.theory.stationary.filtered.filter_equations import FilterEquations
from mftheory.theory.stationary.filtered.filters import PowerTransfer
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

MAX_CANCELLATION = 30.0
"""Multiple of the rounding error that the partial fractions of K may leave."""
SOURCE_WINDOW = 2.0 / 3.0
"""Length of the source's window in units of `time_window`: n decays three times as fast as C^x."""


@dataclass(frozen=True, eq=False)
class PanelCovariance:
    """C^x(τ) on panels, continued by exponentials.

    Attributes
    ----------
    mesh : Panels
    values : array of shape (p, n)
        C^x at the nodes.
    variance : float
        C^x(0).
    amplitudes, rates : arrays of shape (m,)
        C^x(τ) = Re Σ amplitude e^{-rate (τ - T)} beyond the mesh's end T.
    """

    mesh: Panels
    values: Array
    variance: float
    amplitudes: Complex
    rates: Complex

    @cached_property
    def _polynomial(self) -> PiecewisePolynomial:
        return self.mesh.polynomial(self.values)

    def __call__(self, tau: Array) -> Array:
        """Return C^x(τ), of the shape of τ >= 0."""
        end = self.mesh.edges[-1]
        beyond = np.maximum(tau - end, 0.0)
        tail = np.exp(-np.multiply.outer(beyond, self.rates)) @ self.amplitudes
        return np.asarray(np.where(tau <= end, self._polynomial(np.minimum(tau, end)), tail.real))


@dataclass(frozen=True, eq=False)
class ContinuousSolution:
    """A self-consistent covariance, and what is driven by it.

    Attributes
    ----------
    covariance : PanelCovariance
    activity : ActivityCovariance
        C^φ of C^x.
    loop : float
        g² a, a = ⟨φ'⟩².
    source : PiecewisePolynomial
        n(τ) = C^φ - a C^x on the mesh; zero beyond.
    residuals : tuple of float
    """

    covariance: PanelCovariance
    activity: ActivityCovariance
    loop: float
    source: PiecewisePolynomial
    residuals: tuple[float, ...]

    def transform(self, omega: Array) -> Array:
        """Return n(ω), for one-dimensional ω >= 0."""
        return cosine_transform(self.source, 1.0, 0.0, omega)


class ContinuousTime(FilterEquations[PowerTransfer, PanelCovariance, ContinuousSolution]):
    """The equations of one network in continuous time."""

    @cached_property
    def unit_noise(self) -> float:
        """C^x(0) of a neuron that receives white noise of unit intensity and nothing else."""
        # At the loop 0 the poles of an alpha function coincide; a little above, they do not.
        return float(self.power.dressed(1e-4 * self.critical).exponentials()[0].sum().real)

    def first(self, level: float) -> PanelCovariance:
        """Return a start at strong noise: the shape of a linear network's covariance."""
        variance = (self.g**2 + level**2) * self.unit_noise
        _, amplitudes, rates = _conditioned(self.power, min(self.loop(variance), 0.5 * self.critical), self.critical)
        mesh = Panels.on(np.array([0.0, 1e-9]), 2)
        amplitudes = amplitudes * (variance / amplitudes.sum().real)
        return PanelCovariance(mesh, np.full((1, 2), variance), variance, amplitudes, rates)

    def rough_mesh(self, loop: float, state: PanelCovariance) -> Panels:
        """Return panels of few nodes."""
        return Panels.on(self._edges(loop, state.variance, ROUGH_WINDOW, 3.0), self.order)

    def exact(self, noise: float, state: PanelCovariance, loop: float) -> ContinuousSolution:
        """Return the solution to rounding: a = ⟨φ'⟩², panels halved until they resolve C^x and the source."""
        settings = self.settings
        window = SOURCE_WINDOW * settings.time_window
        edges = self._edges(loop, state.variance, window, 2.0)
        for _ in range(MAX_ITERATIONS):
            dressing = _conditioned(self.power, loop, self.critical)[0]
            # (A loop that had to be moved leaves a linear part in the source, which decays no faster than C^x.)
            end = (window if dressing == loop else 2.0 * settings.time_window) / self._decay(loop)
            if edges[-1] < 0.9 * end:
                edges = self._edges(loop, state.variance, end * self._decay(loop), 2.0)
            mesh = Panels.on(edges, settings.time_order)
            state = self.newton(noise, loop, mesh, state, NEWTON_TOLERANCE)
            activity = self.activity(state.variance)
            source = activity.nonlinear(state.values)  # split anew: at a = ⟨φ'⟩² nothing cancels, also at small C^x
            refined = self.loop(state.variance)
            if refined >= self.critical:
                raise self.failure("the state found is unstable")
            coarse = unresolved(mesh, source) | unresolved(mesh, state.values)
            if not coarse.any() and abs(refined - loop) <= 1e-9 * (self.critical - loop):
                return ContinuousSolution(state, activity, refined, mesh.polynomial(source), tuple(self.residuals))
            loop = refined
            edges = self.halved(edges, coarse)
        raise self.failure("the time axis was not resolved")

    def newton(
        self, noise: float, loop: float, mesh: Panels, start: PanelCovariance, tolerance: float
    ) -> PanelCovariance:
        """Solve for C^x at τ = 0 and at the nodes by Newton's method."""
        dressing, amplitudes, rates = _conditioned(self.power, loop, self.critical)
        convolution = Convolution(mesh, amplitudes, rates)
        tau = np.append(0.0, mesh.nodes.ravel())
        driven = noise**2 * (np.exp(-np.multiply.outer(tau, rates)) @ amplitudes).real
        shape = mesh.nodes.shape
        c = self.newton_iterations(
            np.append(start.variance, start(mesh.nodes.ravel())),
            lambda n: convolution(n.reshape(shape)),
            driven,
            slice(1, None),
            loop,
            dressing,
            tolerance,
        )
        values, variance = c[1:].reshape(shape), float(c[0])
        activity = self.activity(variance)
        last = self.g**2 * (activity.nonlinear(values) + (activity.gain**2 - dressing / self.g**2) * values)
        end = mesh.edges[-1]
        tail = np.array(
            [
                amplitude * (moments(mesh, last, rate) + noise**2 * np.exp(-rate * end))
                for amplitude, rate in zip(amplitudes, rates, strict=True)
            ]
        )
        return PanelCovariance(mesh, values, variance, tail, rates)

    def _edges(self, loop: float, variance: float, window: float, growth: float) -> Array:
        """Return panels from the fastest scale of K (shorter yet for a steep φ) to a few decay times of its slowest."""
        _, rates = self.power.dressed(loop).exponentials()
        slowest = rates[np.argmin(rates.real)]
        first = 0.5 / (np.abs(rates).max() * math.hypot(1.0, math.sqrt(variance) / self.gaussian.width))
        longest = 3.0 * self.settings.time_panel / abs(slowest)
        return graded_edges(float(min(first, longest)), growth, float(longest), window / float(slowest.real))

    def _decay(self, loop: float) -> float:
        return float(self.power.dressed(loop).exponentials()[1].real.min())


def _conditioned(power: PowerTransfer, loop: float, critical: float) -> tuple[float, Complex, Complex]:
    """Return (loop, A, q) of K at the given loop, or at one nearby where no two poles (nearly) coincide.

    Partial fractions of close poles are large and cancel. Any loop gives the same covariance.
    """
    best = None
    for dressing in (loop, 0.9 * loop, 0.7 * loop, loop + 0.01 * critical, 0.1 * critical, 0.3 * critical):
        if dressing >= critical and dressing != loop:
            continue
        amplitudes, rates = power.dressed(dressing).exponentials()
        cancellation = float(np.abs(amplitudes).sum() / max(abs(amplitudes.sum()), 1e-300))
        if best is None or cancellation < 0.1 * best[0]:
            best = cancellation, dressing, amplitudes, rates
        if cancellation < MAX_CANCELLATION:
            break
    assert best is not None
    return best[1:]
