"""The fluctuating state close to onset, for any filter or map, without noise.

There C^x is a carrier at the frequency ω* where |H| is largest, under an envelope that lasts 1/√δ and longer: a mesh in
time that resolves both has ever more nodes. So the two times are kept apart. With T = τ and θ = ω*τ as independent
variables,

    C^x(τ) = Σ_k F_k(τ) e^{ikω*τ},  k odd (φ is odd),   F_k(ω) = g² K(kω* + ω) n_k(ω),

n_k(T) the harmonics in θ of the source n(Σ_k F_k(T) e^{ikθ}). Any solution of these equations is one of the original
ones, and its F_k are smooth on the scale of the envelope and analytic, so a few harmonics, a periodic grid in T and the
fast Fourier transform give all digits. Where ω* is 0 (or π, for a map) there is no carrier: one F, which is real.

The distance from criticality δ is small, and is not found as a difference of numbers near 1: at a given δ the equations
have a solution whose C^x(0) answers to δ in proportion, and δ is sought for which that C^x(0) gives it (`criticality`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.solve.filtered.continuation import CONVERGED
from mftheory.solve.filtered.criticality import Criticality
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import OneFunction
from mftheory.solve.newton import ITERATIONS, Diverged, newton_krylov
from mftheory.solve.panels import Panels, PiecewisePolynomial
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NEAR = 0.05  # of g φ'(0) max|H| - 1: up to here the shape of the envelope is known well enough to start from
SPACING = 2.4  # of the grid, in decay times times time_panel/time_order: 0.1 of a decay time by default
WINDOW = 2.0  # half the grid, in units of time_window: 40 decay times by default
MOST_HARMONICS = 24
RESOLVED = 1e-13  # what is left at the grid's ends, in time and in frequency, relative to the largest
STALLED = 1e-13  # residuals that stall below this are rounding errors
CONVERGED_DELTA = 1e-13
FARTHEST = 60  # powers of e
BAND = 0.85  # of the grid's highest frequency: the part of spectra that is kept
TAIL = 18.0  # decay times from which C^x is one exponential, to rounding


@dataclass(frozen=True, eq=False)
class Envelopes:
    """C^x(τ) = weight Re Σ_k F_k(τ) e^{ikω*τ} for τ >= 0, continued by an exponential.

    Attributes
    ----------
    carrier : float
        ω*; π for a map whose sign alternates.
    parts : sequence of PiecewisePolynomial
        Re F_k and Im F_k by turns.
    harmonics : array of shape (h,)
        k.
    weight : float
    variance : float
        C^x(0).
    amplitude, rate : complex
        C^x(τ) = weight Re amplitude e^{-rate τ} beyond the panels.
    """

    carrier: float
    parts: tuple[PiecewisePolynomial, ...]
    harmonics: Array
    weight: float
    variance: float
    amplitude: complex
    rate: complex

    def __call__(self, tau: Array) -> Array:
        """C^x(τ), of the shape of τ >= 0."""
        end = self.parts[0].edges[-1]
        inside = np.minimum(tau, end)
        total = np.zeros(np.shape(tau))
        for k, real, imaginary in zip(self.harmonics, self.parts[::2], self.parts[1::2], strict=True):
            phase = k * self.carrier * inside
            total += np.cos(phase) * real(inside) - np.sin(phase) * imaginary(inside)
        tail = (self.amplitude * np.exp(-self.rate * np.asarray(tau))).real
        return np.asarray(self.weight * np.where(tau <= end, total, tail))


@dataclass(frozen=True, eq=False)
class OnsetSolution:
    """As `self_consistent.Solution`.

    Attributes
    ----------
    covariance : Envelopes
    activity : ActivityCovariance
        C^φ of C^x.
    delta : float
        δ = 1 - g²⟨φ'⟩² max|H|², to its digits.
    residuals : tuple of float
    grid : Grid
    source : array of shape (h, m)
        n_k at the nodes in T, T = 0 first.
    peak : float
        Where |H| is largest: ω*, or for a map 0 or π.
    """

    covariance: Envelopes
    activity: ActivityCovariance
    delta: float
    residuals: tuple[float, ...]
    grid: "Grid"
    source: Complex

    peak: float

    def spectrum(self, settings: Settings) -> "Peaks":
        """n(ω)."""
        grid, decay = self.grid, self.covariance.rate.real
        # n is cubic in C^x at least: its spectra are analytic up to three decay rates from the real axis.
        end = BAND * math.pi / grid.spacing
        count = math.ceil(end / (settings.frequency_panel * decay))
        mesh = Panels.on(np.linspace(-end, end, 2 * count + 1), settings.frequency_order)
        values = grid.spacing * _waves(mesh, -grid.spacing * grid.steps, self.source).real
        size = np.abs(values).max(axis=(1, 2))
        kept = size > settings.frequency_cutoff * size[0]
        centers = self.peak * grid.harmonics
        return Peaks(centers[kept], tuple(mesh.polynomial(v) for v in values[kept]))


@dataclass(frozen=True, eq=False)
class Peaks:
    """n(ω) as peaks far apart, each a piecewise polynomial of the distance from its center.

    Attributes
    ----------
    centers : array of shape (h,)
    shapes : sequence of PiecewisePolynomial
        All on the same panels.
    """

    centers: Array
    shapes: tuple[PiecewisePolynomial, ...]

    @property
    def edges(self) -> Array:
        """Frequencies ω >= 0 between which n is smooth; beyond the last it is negligible."""
        every = self.centers[:, None] + self.shapes[0].edges
        return np.unique(np.append(every[every > 0], 0.0))

    def __call__(self, omega: Array) -> Array:
        """n(ω) for ω >= 0, of the shape of ω."""
        total = np.zeros(np.shape(omega))
        for center, shape in zip(self.centers, self.shapes, strict=True):
            away = omega - center
            near = np.abs(away) < shape.edges[-1]
            total[near] += shape(away[near])
        return total


@dataclass(frozen=True, eq=False)
class Grid:
    """T and θ.

    Attributes
    ----------
    spacing : float
        Of T.
    size : int
        Nodes in T.
    carrier : float
        ω*; 0 for none.
    harmonics : array of shape (h,)
        1, 3, 5, …; with a carrier of no effect one alone.
    """

    spacing: float
    size: int
    carrier: float
    harmonics: Array

    @property
    def steps(self) -> Array:
        """T/spacing, in the order of the fast Fourier transform: 0 first."""
        return np.asarray(np.fft.fftfreq(self.size, 1.0 / self.size))

    @property
    def frequencies(self) -> Array:
        """Ω, in that order."""
        return np.asarray(2.0 * np.pi * np.fft.fftfreq(self.size, self.spacing))

    @property
    def weight(self) -> float:
        """2 for conjugate pairs of harmonics, else 1."""
        return 2.0 if self.oscillates else 1.0

    @property
    def oscillates(self) -> bool:
        """Whether there is a carrier."""
        return self.carrier != 0

    def phases(self) -> Complex:
        """e^{ikθ} at equidistant θ in [0, π), which is enough for odd k; shape (phases, h)."""
        if not self.oscillates:
            return np.ones((1, 1), dtype=np.complex128)
        count = 2 * self.harmonics.size + 2
        return np.asarray(np.exp(1j * np.multiply.outer(np.pi * np.arange(count) / count, self.harmonics)))


class Onset:
    """The equations of one network.

    Parameters
    ----------
    criticality : Criticality
    power : PowerTransfer or MapPower
        |H|².
    gaussian : OneFunction
    settings : Settings
    discrete : bool
        Discrete time.
    """

    def __init__(
        self, criticality: Criticality, power: Any, gaussian: OneFunction, settings: Settings, discrete: bool
    ) -> None:
        self.criticality = criticality
        self.power = power
        self.gaussian = gaussian
        self.settings = settings
        self.discrete = discrete
        self.residuals: list[float] = []
        self._known: ActivityCovariance | None = None
        # At ω = π (of a map) all odd harmonics are the same, (-1)^n.
        self.peak = power.largest()[0]
        self.carrier = 0.0 if discrete else self.peak

    def solve(self) -> OnsetSolution:
        """The solution to rounding; raises Diverged."""
        # For a guess C(0) sech(κτ) cos(ω*τ), N(c) ~ c³ and equal energies at C(0) and at 0, it is
        # δ = g² max|H|² N(C(0))/(2 C(0)), three quarters of that under a carrier.
        share = 0.75 if self.carrier else 1.0
        variance, delta = self._balance(lambda c0: 0.5 * share * self.criticality.strength * self._nonlinear(c0) / c0)
        grid = self._grid(delta, 3 if self.carrier else 1)
        spectra = np.zeros((grid.harmonics.size, grid.size))
        spectra[0] = np.fft.fft(variance / grid.weight / np.cosh(self._decays_per_node() * grid.steps)).real
        before: tuple[float, float] | None = None
        for _ in range(ITERATIONS):
            spectra = self._newton(grid, delta, spectra)
            variance = self._variance(grid, spectra)
            source = self._harmonics(grid, self._activity(variance).nonlinear(self._state(grid, spectra)))
            if grid.oscillates and np.abs(source[-1]).max() > RESOLVED * np.abs(source[0]).max():
                if grid.harmonics.size >= MOST_HARMONICS:
                    raise Diverged
                grid = self._grid(delta, grid.harmonics.size + 2)
                spectra = np.concatenate([spectra, np.zeros((2, grid.size))])
                continue
            # At a given δ the equations have a solution with its own C(0), in proportion to √δ at first order. What
            # is sought is the one whose C(0) gives that δ.
            ratio = delta / variance**2
            drift = (ratio - before[1]) / (delta - before[0]) if before else 0.0
            target, found = self._balance(partial(_in_proportion, delta, ratio, drift))
            if abs(found - delta) <= CONVERGED_DELTA * delta:
                self._check(grid, spectra)
                return self._result(grid, delta, spectra)
            before = delta, ratio
            spectra *= target / variance
            delta, grid = found, self._grid(found, grid.harmonics.size)
        raise Diverged

    def _balance(self, shape: Callable[[float], float]) -> tuple[float, float]:
        """The C(0) at which the distance from criticality is shape(C(0)), and that distance."""
        from scipy.optimize import brentq

        def excess(log_variance: float) -> float:
            variance = math.exp(log_variance)
            return self.criticality.distance(variance) - shape(variance)

        low = high = math.log(self.criticality.excess) + 2.0 * math.log(self.gaussian.width)
        for _ in range(FARTHEST):
            if excess(low) < 0:
                break
            low -= 1.0
        for _ in range(FARTHEST):
            if excess(high) > 0:
                break
            high += 1.0
        if not excess(low) < 0 < excess(high):
            raise Diverged
        variance = math.exp(brentq(excess, low, high, xtol=1e-15, rtol=1e-15))
        return variance, shape(variance)

    def _grid(self, delta: float, harmonics: int) -> Grid:
        per_node = self._decays_per_node()
        spacing = per_node / self._slowest(delta)[0].real
        half = 16 * math.ceil(WINDOW * self.settings.time_window / per_node / 16.0)  # a fast length for Fourier
        highest = math.pi / spacing
        if (self.discrete and spacing < 1.0) or (self.carrier and highest > self.carrier):
            raise Diverged  # the two times are not apart
        return Grid(spacing, 2 * half, self.carrier, np.asarray(2.0 * np.arange(harmonics) + 1.0))

    def _decays_per_node(self) -> float:
        return SPACING * self.settings.time_panel / self.settings.time_order

    def _slowest(self, delta: float) -> tuple[complex, complex]:
        """(q, A) of K's slowest exponential, of a conjugate pair the one that turns as e^{iω*τ}."""
        amplitudes, rates = self.power.near_onset(delta).exponentials()
        slowest = int(np.argmin(rates.real + 1e-9 * rates.real.min() * np.sign(rates.imag)))
        rate, amplitude = complex(rates[slowest]), complex(amplitudes[slowest])
        return (rate if self.carrier else complex(rate.real, -self.peak)), amplitude

    def _response(self, grid: Grid, delta: float) -> Array:
        """g² K(kω* + Ω), of shape (h, m)."""
        K = self.power.near_onset(delta)
        return np.asarray(self.criticality.g**2 * K.beside(grid.harmonics[:, None], grid.frequencies))

    def _state(self, grid: Grid, spectra: Array) -> Array:
        """C^x at (θ, T), T = 0 first."""
        return np.asarray(grid.weight * (grid.phases() @ np.fft.ifft(spectra, axis=1)).real)

    def _variance(self, grid: Grid, spectra: Array) -> float:
        return grid.weight * float(spectra.sum()) / grid.size

    def _activity(self, variance: float) -> ActivityCovariance:
        if self._known is None or self._known.variance != variance:
            self._known = ActivityCovariance(self.gaussian, variance, self.settings.time_order)
        return self._known

    def _nonlinear(self, variance: float) -> float:
        """N(C(0))."""
        return float(ActivityCovariance(self.gaussian, variance).nonlinear(np.array(variance)))

    def _harmonics(self, grid: Grid, values: Array) -> Complex:
        """Those in θ, shape (h, m)."""
        phases = grid.phases()
        return np.asarray(phases.conj().T @ values / phases.shape[0])

    def _newton(self, grid: Grid, delta: float, spectra: Array) -> Array:
        """Newton's method for F_k(Ω), which is real; its linear equations solved by GMRES."""
        response = self._response(grid, delta)

        def driven(source: Array) -> Array:
            return np.asarray(response * np.fft.fft(self._harmonics(grid, source), axis=1).real)

        def residual(spectra: Array) -> tuple[Array, float]:
            variance = self._variance(grid, spectra)
            if not variance > 0:
                return spectra, math.inf
            r = spectra - driven(self._activity(variance).nonlinear(self._state(grid, spectra)))
            return r, float(np.abs(r).max() / np.abs(spectra).max())

        def jacobian(spectra: Array) -> Callable[[Array], Array]:
            c, variance = self._state(grid, spectra), self._variance(grid, spectra)
            activity = self._activity(variance)
            slope = activity.nonlinear_slope(c)
            step = 1e-6 * variance  # of C(0) at fixed C(τ): Newton's method needs it roughly
            stepped = ActivityCovariance(self.gaussian, variance + step, self.settings.time_order)
            by_variance = (stepped.nonlinear(c) - activity.nonlinear(c)) / step
            return lambda v: v - driven(slope * self._state(grid, v) + by_variance * self._variance(grid, v))

        return newton_krylov(spectra, residual, jacobian, CONVERGED, STALLED, self.residuals)

    def _check(self, grid: Grid, spectra: Array) -> None:
        """Whether the grid is fine and long enough."""
        in_time = np.abs(np.fft.ifft(spectra, axis=1))
        half = grid.size // 2
        for values in (np.abs(spectra), in_time):
            if values[:, half - half // 16 : half + half // 16].max() > RESOLVED * values.max():
                raise Diverged

    def _result(self, grid: Grid, delta: float, spectra: Array) -> OnsetSolution:
        variance = self._variance(grid, spectra)
        activity = self._activity(variance)
        source = self._harmonics(grid, activity.nonlinear(self._state(grid, spectra)))
        covariance = self._envelopes(grid, delta, spectra, source[0])
        return OnsetSolution(covariance, activity, delta, tuple(self.residuals), grid, source, self.peak)

    def _envelopes(self, grid: Grid, delta: float, spectra: Array, first: Complex) -> Envelopes:
        """C^x(τ), from its spectra and the first harmonic of n."""
        rate, amplitude = self._slowest(delta)
        end = TAIL / rate.real
        mesh = Panels.on(
            np.linspace(0.0, end, math.ceil(TAIL / self.settings.time_panel) + 1), self.settings.time_order
        )
        values = _waves(mesh, grid.frequencies, spectra) / grid.size
        # Where n is over, F_1 = g² A ∫ e^{-q(T-S)} n_1(S) dS: the slow exponential of K, driven by all of n.
        time = grid.spacing * grid.steps
        within = np.abs(time) < end
        driven = grid.spacing * np.sum(np.exp((rate + 1j * self.peak) * time[within]) * first[within])
        return Envelopes(
            carrier=self.peak,
            parts=tuple(mesh.polynomial(part) for value in values for part in (value.real, value.imag)),
            harmonics=grid.harmonics,
            weight=grid.weight,
            variance=self._variance(grid, spectra),
            amplitude=complex(self.criticality.g**2 * amplitude * driven),
            rate=rate,
        )


def _waves(mesh: Panels, frequencies: Array, amplitudes: Array | Complex) -> Complex:
    """Σ_j amplitude_j e^{i frequency_j x} at the nodes, for each row of amplitudes; shape (h, p, n)."""
    rows = [np.exp(1j * np.multiply.outer(x, frequencies)) @ amplitudes.T for x in mesh.nodes]
    return np.asarray(np.moveaxis(np.stack(rows), -1, 0))


def _in_proportion(delta: float, ratio: float, drift: float, variance: float) -> float:
    """The δ of a state whose δ/C(0)² is `ratio` at δ = delta and changes by `drift` with δ."""
    square = variance**2
    return square * (ratio - drift * delta) / (1.0 - min(drift * square, 0.5))
