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

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.newton import MAX_ITERATIONS, Diverged, newton_krylov
from mftheory.numerics.panels import Panels
from mftheory.numerics.scan import bracket_of_fall, zero
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.filters import PowerTransfer
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance, activity_covariance
from mftheory.theory.stationary.gaussian.averages import OneFunction
from mftheory.theory.stationary.onset.criticality import Criticality
from mftheory.theory.stationary.onset.envelopes import Envelopes, Peaks, TwoTimeGrid, waves

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

LARGEST_EXCESS = 0.05
"""Value of g φ'(0) max|H| - 1 up to which the shape of the envelope is known well enough to start from."""
SPACING = 2.4
"""Step of the grid, in decay times times time_panel/time_order: 0.1 of a decay time by default."""
HALF_WINDOW = 2.0
"""Half the length of the grid in units of time_window: 40 decay times by default."""
MAX_HARMONICS = 24
RESOLVED = 1e-13
"""Size of what is left at the grid's ends, in time and in frequency, relative to the largest."""
NEWTON_TOLERANCE = 2e-14
"""Residual relative to the largest spectrum at the end."""
ROUNDING_RESIDUAL = 1e-13
"""Residuals that stall below this are rounding errors."""
DELTA_TOLERANCE = 1e-13
"""Relative change of δ at which it has converged."""
BAND = 0.85
"""Part of the grid's highest frequency up to which spectra are used."""
TAIL_START = 18.0
"""Decay times from which C^x is one exponential, to rounding."""


@dataclass(frozen=True, eq=False)
class OnsetSolution:
    """A solution close to onset: C^x, C^φ, δ and the nonlinear part n of C^φ.

    Attributes
    ----------
    covariance : Envelopes
    activity : ActivityCovariance
        C^φ of C^x.
    delta : float
        δ = 1 - g²⟨φ'⟩² max|H|², to its digits.
    residuals : tuple of float
    grid : TwoTimeGrid
    source : array of shape (h, m)
        n_k at the nodes in T, T = 0 first.
    peak : float
        Where |H| is largest: ω*, or for a map 0 or π.
    """

    covariance: Envelopes
    activity: ActivityCovariance
    delta: float
    residuals: tuple[float, ...]
    grid: TwoTimeGrid
    source: Complex
    peak: float

    def spectrum(self, settings: Settings) -> Peaks:
        """Return n(ω)."""
        grid, decay = self.grid, self.covariance.rate.real
        # n is cubic in C^x at least: its spectra are analytic up to three decay rates from the real axis.
        end = BAND * math.pi / grid.spacing
        count = math.ceil(end / (settings.frequency_panel * decay))
        mesh = Panels.on(np.linspace(-end, end, 2 * count + 1), settings.frequency_order)
        values = grid.spacing * waves(mesh, -grid.spacing * grid.steps, self.source).real
        size = np.abs(values).max(axis=(1, 2))
        significant = size > settings.frequency_cutoff * size[0]
        centers = self.peak * grid.harmonics
        return Peaks(centers[significant], tuple(mesh.polynomial(v) for v in values[significant]))


class Onset:
    """The equations of one network close to onset.

    Parameters
    ----------
    criticality : Criticality
    power : PowerTransfer
        |H|².
    gaussian : OneFunction
        Averages of φ.
    settings : Settings
    discrete : bool
        True in discrete time.
    """

    def __init__(
        self, criticality: Criticality, power: PowerTransfer, gaussian: OneFunction, settings: Settings, discrete: bool
    ) -> None:
        self.criticality = criticality
        self.power = power
        self.gaussian = gaussian
        self.settings = settings
        self.discrete = discrete
        self.residuals: list[float] = []
        # At ω = π (of a map) all odd harmonics are the same, (-1)^n.
        self.peak = power.largest()[0]
        self.carrier = 0.0 if discrete else self.peak

    def solve(self) -> OnsetSolution:
        """Return the solution to rounding; raise Diverged if it is not found."""
        # For a guess C(0) sech(κτ) cos(ω*τ), N(c) ~ c³ and equal energies at C(0) and at 0, it is
        # δ = g² max|H|² N(C(0))/(2 C(0)), three quarters of that under a carrier.
        share = 0.75 if self.carrier else 1.0
        variance, delta = self._balance(lambda c0: 0.5 * share * self.criticality.strength * self._nonlinear(c0) / c0)
        grid = self._grid(delta, 3 if self.carrier else 1)
        spectra = np.zeros((grid.harmonics.size, grid.size))
        spectra[0] = np.fft.fft(variance / grid.weight / np.cosh(self._decays_per_node() * grid.steps)).real
        before: tuple[float, float] | None = None
        for _ in range(MAX_ITERATIONS):
            spectra = self._newton(grid, delta, spectra)
            variance = self._variance(grid, spectra)
            source = self._harmonics(grid, self._activity(variance).nonlinear(self._state(grid, spectra)))
            if grid.oscillates and np.abs(source[-1]).max() > RESOLVED * np.abs(source[0]).max():
                if grid.harmonics.size >= MAX_HARMONICS:
                    raise Diverged
                grid = self._grid(delta, grid.harmonics.size + 2)
                spectra = np.concatenate([spectra, np.zeros((2, grid.size))])
                continue
            # At a given δ the equations have a solution with its own C(0), in proportion to √δ at first order. What
            # is sought is the one whose C(0) gives that δ.
            ratio = delta / variance**2
            drift = (ratio - before[1]) / (delta - before[0]) if before else 0.0
            target, refined = self._balance(partial(_in_proportion, delta, ratio, drift))
            if abs(refined - delta) <= DELTA_TOLERANCE * delta:
                self._check(grid, spectra)
                return self._result(grid, delta, spectra)
            before = delta, ratio
            spectra *= target / variance
            delta, grid = refined, self._grid(refined, grid.harmonics.size)
        raise Diverged

    def _balance(self, shape: Callable[[float], float]) -> tuple[float, float]:
        """Return the C(0) at which the distance from criticality is shape(C(0)), and that distance."""

        def deficit(variance: float) -> float:
            return shape(variance) - self.criticality.distance(variance)

        bracket = bracket_of_fall(deficit, self.criticality.excess * self.gaussian.width**2)
        if bracket is None:
            raise Diverged
        variance = zero(deficit, bracket, "the distance from criticality")
        return variance, shape(variance)

    def _grid(self, delta: float, harmonics: int) -> TwoTimeGrid:
        per_node = self._decays_per_node()
        spacing = per_node / self._slowest(delta)[0].real
        half = 16 * math.ceil(HALF_WINDOW * self.settings.time_window / per_node / 16.0)  # a fast length for Fourier
        highest = math.pi / spacing
        if (self.discrete and spacing < 1.0) or (self.carrier and highest > self.carrier):
            raise Diverged  # the two times are not apart
        return TwoTimeGrid(spacing, 2 * half, self.carrier, np.asarray(2.0 * np.arange(harmonics) + 1.0))

    def _decays_per_node(self) -> float:
        return SPACING * self.settings.time_panel / self.settings.time_order

    def _slowest(self, delta: float) -> tuple[complex, complex]:
        """Return (q, A), K's slowest exponential A e^{-q|τ|}; of a conjugate pair, the one oscillating as e^{iω*τ}."""
        amplitudes, rates = self.power.near_onset(delta).exponentials()
        slowest = int(np.argmin(rates.real + 1e-9 * rates.real.min() * np.sign(rates.imag)))
        rate, amplitude = complex(rates[slowest]), complex(amplitudes[slowest])
        return (rate if self.carrier else complex(rate.real, -self.peak)), amplitude

    def _response(self, grid: TwoTimeGrid, delta: float) -> Array:
        """Return g² K(kω* + Ω), of shape (h, m)."""
        K = self.power.near_onset(delta)
        return np.asarray(self.criticality.g**2 * K.beside(grid.harmonics[:, None], grid.frequencies))

    def _state(self, grid: TwoTimeGrid, spectra: Array) -> Array:
        """Return C^x at (θ, T), T = 0 first."""
        return np.asarray(grid.weight * (grid.phases() @ np.fft.ifft(spectra, axis=1)).real)

    def _variance(self, grid: TwoTimeGrid, spectra: Array) -> float:
        return grid.weight * float(spectra.sum()) / grid.size

    def _activity(self, variance: float) -> ActivityCovariance:
        return activity_covariance(self.gaussian, variance, self.settings.time_order)

    def _nonlinear(self, variance: float) -> float:
        """Return N(C(0))."""
        return float(ActivityCovariance(self.gaussian, variance).nonlinear(np.array(variance)))

    def _harmonics(self, grid: TwoTimeGrid, values: Array) -> Complex:
        """Return the harmonics in θ of values at (θ, T), of shape (h, m)."""
        phases = grid.phases()
        return np.asarray(phases.conj().T @ values / phases.shape[0])

    def _newton(self, grid: TwoTimeGrid, delta: float, spectra: Array) -> Array:
        """Solve for F_k(Ω), which is real, by Newton's method, its linear equations by GMRES."""
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

        return newton_krylov(spectra, residual, jacobian, NEWTON_TOLERANCE, ROUNDING_RESIDUAL, self.residuals)

    def _check(self, grid: TwoTimeGrid, spectra: Array) -> None:
        """Raise Diverged unless the grid is fine and long enough."""
        in_time = np.abs(np.fft.ifft(spectra, axis=1))
        half = grid.size // 2
        for values in (np.abs(spectra), in_time):
            if values[:, half - half // 16 : half + half // 16].max() > RESOLVED * values.max():
                raise Diverged

    def _result(self, grid: TwoTimeGrid, delta: float, spectra: Array) -> OnsetSolution:
        variance = self._variance(grid, spectra)
        activity = self._activity(variance)
        source = self._harmonics(grid, activity.nonlinear(self._state(grid, spectra)))
        covariance = self._envelopes(grid, delta, spectra, source[0])
        return OnsetSolution(covariance, activity, delta, tuple(self.residuals), grid, source, self.peak)

    def _envelopes(self, grid: TwoTimeGrid, delta: float, spectra: Array, first: Complex) -> Envelopes:
        """Return C^x(τ), from its spectra and the first harmonic of n."""
        rate, amplitude = self._slowest(delta)
        end = TAIL_START / rate.real
        mesh = Panels.on(
            np.linspace(0.0, end, math.ceil(TAIL_START / self.settings.time_panel) + 1), self.settings.time_order
        )
        values = waves(mesh, grid.frequencies, spectra) / grid.size
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


def _in_proportion(delta: float, ratio: float, drift: float, variance: float) -> float:
    """Return the δ of a state whose δ/C(0)² is `ratio` at δ = delta and changes by `drift` with δ."""
    square = variance**2
    return square * (ratio - drift * delta) / (1.0 - min(drift * square, 0.5))
