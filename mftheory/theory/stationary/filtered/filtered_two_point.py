"""Two-point functions for any stable rational filter, any white noise, and discrete time.

In the terms of `two_point.TwoPoint`, for noiseless leaky units:

    S^x = H,  S^φ = ⟨φ'⟩ H,  C^x = |H|² (g² C^φ + σ²),  C^{xφ} = ⟨φ'⟩ C^x

(the second and the last by Price's theorem: x is Gaussian). Spectra are kept as n(ω), the spectrum of
n = C^φ - a C^x with a = ⟨φ'⟩²: all poles near the real axis, of a resonance or close to onset, are in the rational
factors that multiply it, exactly.
"""

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork, Quiescent
from mftheory.network import Dynamics, EulerMap, Leaky, Nonlinearity, Rational
from mftheory.numerics.newton import Diverged
from mftheory.numerics.panels import PiecewisePolynomial
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.frequency_pairs import GaussianTwoPoint
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.continuation import AtRest
from mftheory.theory.stationary.filtered.criticality import Criticality, map_one_minus_s, rational_one_minus_s
from mftheory.theory.stationary.filtered.discrete_time import DiscreteSolution, DiscreteTime, MapPower
from mftheory.theory.stationary.filtered.envelopes import Peaks
from mftheory.theory.stationary.filtered.filtered_self_consistent import ContinuousSolution, ContinuousTime
from mftheory.theory.stationary.filtered.filters import PowerTransfer
from mftheory.theory.stationary.filtered.onset import LARGEST_EXCESS, Onset, OnsetSolution
from mftheory.theory.stationary.filtered.pole_quadrature import PoleQuadrature
from mftheory.theory.stationary.frequency_panels import frequency_panels, on_panels, probe, refuse_negative
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.quiescent import FOLLOWED, beside
from mftheory.theory.stationary.two_point import leaky_one_minus_s
from mftheory.theory.stationary.variance import smallest_variance
from mftheory.theory.stationary.weighted_observables import Observable

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class FilteredTwoPoint(GaussianTwoPoint):
    """The two-point functions at one g_eff, at any τ and ω. Times in units of the dynamics, steps for a map.

    Attributes
    ----------
    g_eff, noise : float
    dynamics : Leaky, Rational or EulerMap
    variance, activity_variance : float
        C^x(0) and C^φ(0).
    gain : float
        ⟨φ'⟩.
    delta : float
        δ = 1 - g_eff²⟨φ'⟩² max|H|², the distance from criticality.
    decay : float
        Rate of the slowest decay of C^x(τ).
    lagged : callable
        C^x(τ) for τ >= 0.
    activity : ActivityCovariance
        C^φ as a function of C^x.
    power : PowerTransfer or MapPower
        |H|².
    loop : float
        g_eff² a.
    source : PiecewisePolynomial or Peaks
        n(ω).
    near_onset : bool
        True if δ was found by itself, not as the difference that defines it.
    observables : mapping of str to Observable
        With gains C^Φ = ⟨G²⟩ C^φ for Φ = G φ, and for a readout with independent gains of that law [J9].
    notes : tuple of str
        States that exist beside this one.
    """

    g_eff: float
    noise: float
    dynamics: Dynamics
    variance: float
    activity_variance: float
    gain: float
    delta: float
    decay: float
    lagged: Callable[[Array], Array]
    activity: ActivityCovariance
    power: PowerTransfer | MapPower
    loop: float
    source: PiecewisePolynomial | Peaks
    near_onset: bool = False
    observables: Mapping[str, Observable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @cached_property
    def _dressed(self) -> PowerTransfer | MapPower:
        """K = |H|²/(1 - g_eff² a |H|²)."""
        return self.power.near_onset(self.delta)

    @cached_property
    def largest(self) -> float:
        """max|H|²."""
        return self.power.largest()[1]

    @property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are negligible (with noise: in four-point functions); π for a map."""
        return math.pi if self.dynamics.discrete else float(self.source.edges[-1])

    def field_covariance(self, name: str, tau: Array) -> Array:
        """Return C^x(τ), C^φ(τ) or C^{xφ}(τ) = ⟨φ'⟩ C^x(τ) ("xphi"); even in τ, of the shape of τ.

        Raises InvalidNetwork in discrete time for lags that are not whole numbers.
        """
        tau = np.abs(tau)
        if self.dynamics.discrete and np.any(tau != np.round(tau)):
            wrong = float(tau[tau != np.round(tau)].flat[0])
            raise InvalidNetwork("tau", wrong, "must be whole numbers of steps in discrete time")
        c = self.lagged(tau)
        if name == "x":
            return np.asarray(c)
        return np.asarray(self.gain * c if name == "xphi" else self.activity(c))

    def field_spectrum(self, name: str, omega: Array) -> Array:
        """Return C^x(ω), C^φ(ω) or C^{xφ}(ω): real, even, never negative; per step for a map."""
        x, phi = (np.maximum(spectrum, 0.0) for spectrum in self.unclipped(omega))
        if name == "x":
            return np.asarray(x)
        return np.asarray(self.gain * x if name == "xphi" else phi)

    def refuse_negative(self) -> None:
        """Raise NotConverged if a spectrum is negative beyond rounding, which no covariance has."""
        x, phi = self.unclipped(probe(self.source.edges))
        refuse_negative({"x": x, "phi": phi})

    def unclipped(self, omega: Array) -> tuple[Array, Array]:
        """Return C^x(ω) and C^φ(ω) as they come out, below 0 by rounding where they vanish."""
        return self._of_source(self._source(np.abs(omega)), omega)

    def _of_source(self, n: Array, omega: Array) -> tuple[Array, Array]:
        """Return C^x(ω) and C^φ(ω) of the part n of C^φ that is not the response to x."""
        x = self._dressed(omega) * (self.g_eff**2 * n + self.noise**2)
        return x, n + self.loop / self.g_eff**2 * x

    def transfer(self, name: str, omega: Array) -> Array:
        """Return C^x(ω)/C^φ(ω) = |H|² (g_eff² + σ²/C^φ), or C^{xφ}(ω)/C^φ(ω)."""
        if self.noise > 0:
            # Beyond its edge C^φ is what noise leaves of it, |⟨φ'⟩|² C^x, which rounding must not take below 0.
            x, phi = self._of_source(np.maximum(self._source(np.abs(omega)), 0.0), omega)
            ratio = x / phi
        else:
            ratio = self.power(omega) * self.g_eff**2
        return np.asarray(ratio * (1.0 if name == "x" else self.gain))

    def response(self, observable: str, omega: ArrayLike) -> Complex:
        """Return S^x(ω) = H(ω), S^φ(ω) = ⟨φ'⟩ H(ω)."""
        return np.asarray((self.gain if observable == "phi" else 1.0) * self.dynamics.transfer(omega))

    def one_minus_s(self, omega1: Array, omega2: Array, total: Array) -> Complex:
        """Return 1 - s(ω1, ω2), s = g_eff² S^φ(ω1) S^φ(ω2); `total` is ω1 + ω2 exactly."""
        if isinstance(self.dynamics, Leaky):
            return leaky_one_minus_s(self.delta, omega1, omega2, total)
        if isinstance(self.dynamics, EulerMap):
            return map_one_minus_s(self.dynamics, self.delta, omega1, omega2, total)
        assert isinstance(self.dynamics, Rational)
        assert isinstance(self._dressed, PowerTransfer)
        return rational_one_minus_s(self.dynamics, self._dressed, (1.0 - self.delta) / self.largest, omega1, total)

    @property
    def rounding(self) -> float:
        """Rounding that a dimension inherits, relative.

        Where δ is not found by itself, that of ⟨φ'⟩, over δ: seen, for a leaky unit without noise against the energy
        solution, 2e-16/δ to 7e-16/δ, δ from 3e-3 to 3e-7. Else that of frequencies near a resonance, over its width:
        seen, for resonances in different units of time, 1e-16 to 1e-15 of ω*/decay; and where H(ω*) is real, so that
        ω1 = ω2 = ω* is critical as well, over δ.
        """
        if not self.near_onset:
            return 2e-15 / self.delta
        peak = self.power.largest()[0]
        if peak == 0 or self.dynamics.discrete:
            return 1e-15 * peak / self.decay
        at_peak, beside = self.dynamics.transfer(np.array([peak, (1.0 + 1e-6) * peak]))
        delayed = 1e6 * abs(np.angle(beside / at_peak))  # group delay times ω*
        return float(1e-15 * (peak / self.decay + delayed / abs(1.0 - (1.0 - self.delta) * at_peak**2 / self.largest)))

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature | PoleQuadrature:
        """Return the rule for double integrals over frequencies."""
        if isinstance(self.dynamics, Leaky):
            return TriangleQuadrature.graded(self.delta, self.highest_frequency, growth, order)
        strength = (self.g_eff * self.gain) ** 2
        _, rates = self._dressed.exponentials()
        return PoleQuadrature.of(self.dynamics, strength, rates, self.highest_frequency, growth, order)

    def _source(self, omega: Array) -> Array:
        if isinstance(self.source, Peaks):
            return self.source(omega)
        if self.dynamics.discrete:
            return self.source(np.minimum(omega, self.source.edges[-1]))
        # With noise n falls off as |H|² does; without, it is rounding error beyond the panels.
        return on_panels(self.source, omega, self.power.falloff if self.noise > 0 else None)


def filtered_two_point(
    g_eff: float, nonlinearity: Nonlinearity, dynamics: Dynamics, noise: float, settings: Settings
) -> FilteredTwoPoint:
    """Solve for the two-point functions of the fluctuating state.

    Parameters
    ----------
    g_eff : float
        Effective coupling strength, finite and positive.
    nonlinearity : Nonlinearity
        φ, odd.
    dynamics : Leaky, Rational or EulerMap
    noise : float
        σ >= 0.
    settings : Settings

    Raises
    ------
    Quiescent
        Without noise, if x = 0 is stable, g_eff φ'(0) max|H| <= 1, and lowering the noise from strong to none leads to
        no other state.
    NotConverged
        With the residuals, if the solution was not found, not resolved, or a power spectrum came out negative.

    Examples
    --------
    >>> from mftheory import Erf, Leaky
    >>> from mftheory.theory.stationary.filtered.filtered_two_point import filtered_two_point
    >>> from mftheory.theory.settings import Settings
    >>> solution = filtered_two_point(0.5, Erf(), Leaky(), 1.0, Settings())
    >>> print(f"{solution.variance:.10f}")
    0.5385284212
    """
    assert isinstance(dynamics, Leaky | Rational | EulerMap)
    discrete = isinstance(dynamics, EulerMap)
    power = MapPower.of(dynamics) if isinstance(dynamics, EulerMap) else PowerTransfer.of(dynamics)
    peak, largest = power.largest()
    slope = nonlinearity.slope_at_zero
    at_rest = noise == 0 and g_eff * slope * math.sqrt(largest) <= 1.0
    if at_rest and nonlinearity.within_tangent:
        raise _quiescent(g_eff, slope, peak, largest)
    gaussian = averages(nonlinearity, settings.average_step)
    criticality = Criticality(g_eff, largest, gaussian)
    solution: OnsetSolution | ContinuousSolution | DiscreteSolution | None = None
    if noise == 0 and 0 < criticality.excess < LARGEST_EXCESS:
        with contextlib.suppress(Diverged):  # where the state is not small, or has no slow envelope
            solution = Onset(criticality, power, gaussian, settings, discrete).solve()
    dead = smallest_variance(criticality.excess, gaussian.width) if at_rest else 0.0
    try:
        if solution is None:
            if isinstance(power, MapPower):
                solution = DiscreteTime(g_eff, power, gaussian, settings).solve(noise, dead)
            else:
                solution = ContinuousTime(g_eff, power, gaussian, settings).solve(noise, dead)
    except AtRest:
        raise _quiescent(g_eff, slope, peak, largest, followed=True) from None
    activity, variance = solution.activity, solution.covariance.variance
    delta = solution.delta if isinstance(solution, OnsetSolution) else criticality.distance(variance)
    _, rates = power.near_onset(delta).exponentials()
    source: PiecewisePolynomial | Peaks
    if isinstance(solution, OnsetSolution):
        source = solution.spectrum(settings)
    else:
        end = np.pi if discrete else None
        source = frequency_panels(solution.transform, rates, end, power.falloff, noise, settings)
    two_point = FilteredTwoPoint(
        g_eff=g_eff,
        noise=noise,
        dynamics=dynamics,
        variance=variance,
        activity_variance=float(activity(np.array(variance))),
        gain=activity.gain,
        delta=delta,
        decay=float(rates.real.min()),
        lagged=solution.covariance,
        activity=activity,
        power=power,
        loop=(g_eff * activity.gain) ** 2,
        source=source,
        near_onset=isinstance(solution, OnsetSolution),
        notes=beside([], ["x = 0"] if at_rest else []),
    )
    two_point.refuse_negative()
    return two_point


def _quiescent(g_eff: float, slope: float, peak: float, largest: float, followed: bool = False) -> Quiescent:
    """Return the error; `followed` if a fluctuating state was looked for, where one may exist beside x = 0."""
    where = f"|H| is largest at ω = {peak:g}"
    critical = f"{1.0 / (slope * math.sqrt(largest)):g}" if slope > 0 else "any g_eff"
    if followed:
        return Quiescent(
            f"g_eff = {g_eff:g}: x = 0 is stable, up to {critical} ({where}), and {FOLLOWED}; give noise, or a larger "
            f"g_eff"
        )
    return Quiescent(
        f"g_eff = {g_eff:g}: x = 0 is stable; a fluctuating state needs noise, or g_eff > {critical} ({where})"
    )
