"""C^x(τ) for any stable rational filter H and any white noise, in continuous time.

With C^φ = a C^x + n(C^x) the self-consistency C^x = |H|² (g² C^φ + σ²) becomes `C^x(τ) = K * (g² n) + σ² K`, where
K = |H|²/(1 - g² a |H|²) is a known sum of exponentials (`filters`). At a = ⟨φ'⟩² the source n decays three times as
fast as C^x, so a mesh need cover n only, and C^x beyond it is an exact sum of exponentials. On τ >= 0 all functions are
smooth, with noise as well, whose kinks are at τ = 0: panels of Legendre polynomials converge exponentially, and the
convolution is exact on them. The equations at the nodes are solved by Newton's method (`continuation`).
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.solve.filtered.continuation import CONVERGED, WINDOW, Equations
from mftheory.solve.filtered.convolution import Convolution, moments
from mftheory.solve.filtered.filters import PowerTransfer
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.newton import ITERATIONS
from mftheory.solve.panels import Panels, PiecewisePolynomial, graded_edges
from mftheory.solve.transform import cosine_transform

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

RESOLVED = 1e-13  # last Legendre coefficients of a panel, relative to the function
MAX_PANELS = 5000
CANCELLATION = 30.0  # of the partial fractions: up to this many times the rounding error is accepted
SOURCE_WINDOW = 2.0 / 3.0  # n decays three times as fast as C^x: its window is shorter, with room to spare


@dataclass(frozen=True, eq=False)
class Covariance:
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
        """C^x(τ), of the shape of τ >= 0."""
        end = self.mesh.edges[-1]
        beyond = np.maximum(tau - end, 0.0)
        tail = np.exp(-np.multiply.outer(beyond, self.rates)) @ self.amplitudes
        return np.asarray(np.where(tau <= end, self._polynomial(np.minimum(tau, end)), tail.real))


@dataclass(frozen=True, eq=False)
class Solution:
    """A self-consistent covariance, and what is driven by it.

    Attributes
    ----------
    covariance : Covariance
    activity : ActivityCovariance
        C^φ of C^x.
    loop : float
        g² a, a = ⟨φ'⟩².
    source : PiecewisePolynomial
        n(τ) = C^φ - a C^x on the mesh; zero beyond.
    residuals : tuple of float
    """

    covariance: Covariance
    activity: ActivityCovariance
    loop: float
    source: PiecewisePolynomial
    residuals: tuple[float, ...]

    def transform(self, omega: Array) -> Array:
        """n(ω), for one-dimensional ω >= 0."""
        return cosine_transform(self.source, 1.0, 0.0, omega)


class ContinuousTime(Equations[Covariance]):
    """The equations of one network in continuous time; `power` is a PowerTransfer."""

    def unit_noise(self) -> float:
        """C^x(0) of a neuron that hears white noise of unit intensity and nothing else."""
        return self._unit_noise

    @cached_property
    def _unit_noise(self) -> float:
        # At the loop 0 the poles of an alpha function coincide; a little above, they do not.
        return float(self.power.dressed(1e-4 * self.critical).exponentials()[0].sum().real)

    def first(self, noise: float) -> Covariance:
        """A start at strong noise: the shape of a linear network's covariance."""
        variance = (self.g**2 + noise**2) * self._unit_noise
        _, amplitudes, rates = _conditioned(self.power, min(self.loop(variance), 0.5 * self.critical), self.critical)
        mesh = Panels.on(np.array([0.0, 1e-9]), 2)
        amplitudes = amplitudes * (variance / amplitudes.sum().real)
        return Covariance(mesh, np.full((1, 2), variance), variance, amplitudes, rates)

    def rough_mesh(self, loop: float, variance: float) -> Panels:
        """Panels of few nodes."""
        return Panels.on(self._edges(loop, variance, WINDOW, 3.0), self.order)

    def exact(self, noise: float, state: Covariance, loop: float) -> Solution:
        """The solution to rounding: a = ⟨φ'⟩², panels halved until they resolve C^x and the source."""
        settings = self.settings
        window = SOURCE_WINDOW * settings.time_window
        edges = self._edges(loop, state.variance, window, 2.0)
        for _ in range(ITERATIONS):
            used = _conditioned(self.power, loop, self.critical)[0]
            # (A loop that had to be moved leaves a linear part in the source, which decays no faster than C^x.)
            end = (window if used == loop else 2.0 * settings.time_window) / self._decay(loop)
            if edges[-1] < 0.9 * end:
                edges = self._edges(loop, state.variance, end * self._decay(loop), 2.0)
            mesh = Panels.on(edges, settings.time_order)
            state = self.newton(noise, loop, mesh, state, CONVERGED)
            activity = self.activity(state.variance)
            source = activity.nonlinear(state.values)  # split anew: at a = ⟨φ'⟩² nothing cancels, also at small C^x
            found = self.loop(state.variance)
            if found >= self.critical:
                raise self.failure("the state found is unstable")
            coarse = unresolved(mesh, source) | unresolved(mesh, state.values)
            if not coarse.any() and abs(found - loop) <= 1e-9 * (self.critical - loop):
                return Solution(state, activity, found, mesh.polynomial(source), tuple(self.residuals))
            loop = found
            halves = 0.5 * (edges[:-1] + edges[1:])[coarse]
            # At τ = 0 noise and a kink of φ leave powers of √τ: many scales, reached in few rounds.
            closer = edges[1] * 0.25 ** np.arange(1.0, 4.0) if coarse[0] else []
            edges = np.unique(np.concatenate([edges, halves, closer]))
            if edges.size > MAX_PANELS:
                break
        raise self.failure("the time axis was not resolved")

    def newton(self, noise: float, loop: float, mesh: Panels, start: Covariance, tolerance: float) -> Covariance:
        """Newton's method on C^x at τ = 0 and at the nodes."""
        used, amplitudes, rates = _conditioned(self.power, loop, self.critical)
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
            used,
            tolerance,
        )
        values, variance = c[1:].reshape(shape), float(c[0])
        activity = self.activity(variance)
        last = self.g**2 * (activity.nonlinear(values) + (activity.gain**2 - used / self.g**2) * values)
        end = mesh.edges[-1]
        tail = np.array(
            [
                amplitude * (moments(mesh, last, rate) + noise**2 * np.exp(-rate * end))
                for amplitude, rate in zip(amplitudes, rates, strict=True)
            ]
        )
        return Covariance(mesh, values, variance, tail, rates)

    def _edges(self, loop: float, variance: float, window: float, growth: float) -> Array:
        """Panels from the fastest scale of K (shorter yet for a steep φ) to a few decay times of its slowest."""
        _, rates = self.power.dressed(loop).exponentials()
        slowest = rates[np.argmin(rates.real)]
        first = 0.5 / (np.abs(rates).max() * math.hypot(1.0, math.sqrt(variance) / self.gaussian.width))
        longest = 3.0 * self.settings.time_panel / abs(slowest)
        return graded_edges(float(min(first, longest)), growth, float(longest), window / float(slowest.real))

    def _decay(self, loop: float) -> float:
        return float(self.power.dressed(loop).exponentials()[1].real.min())


def _conditioned(power: PowerTransfer, loop: float, critical: float) -> tuple[float, Complex, Complex]:
    """(loop, A, q) of K at the given loop, or at one nearby where no two poles (nearly) coincide.

    Partial fractions of close poles are large and cancel. Any loop gives the same covariance.
    """
    best = None
    for used in (loop, 0.9 * loop, 0.7 * loop, loop + 0.01 * critical, 0.1 * critical, 0.3 * critical):
        if used >= critical and used != loop:
            continue
        amplitudes, rates = power.dressed(used).exponentials()
        cancellation = float(np.abs(amplitudes).sum() / max(abs(amplitudes.sum()), 1e-300))
        if best is None or cancellation < 0.1 * best[0]:
            best = cancellation, used, amplitudes, rates
        if cancellation < CANCELLATION:
            break
    assert best is not None
    return best[1:]


def unresolved(mesh: Panels, values: Array) -> NDArray[np.bool_]:
    """Panels whose last Legendre coefficients have not fallen to rounding."""
    coefficients = np.abs(mesh.polynomial(values).coefficients)
    return np.asarray(coefficients[:, -2:].max(axis=1) > RESOLVED * np.abs(values).max())
