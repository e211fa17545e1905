"""Two-point functions close to onset, for any stable rational filter and discrete time, without noise.

In the terms of `two_point.TwoPoint`, for leaky units:

    S^x = H,  S^φ = ⟨φ'⟩ H,  C^x = |H|² g² C^φ,  C^{xφ} = ⟨φ'⟩ C^x

(the second and the last by Price's theorem: x is Gaussian). Spectra are kept as n(ω), the spectrum of
n = C^φ - a C^x with a = ⟨φ'⟩²: all poles near the real axis are in the rational factors that multiply it, exactly, and
δ is known to its own digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import Dynamics, EulerMap, Leaky, Nonlinearity, Rational
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.frequency_pairs import GaussianTwoPoint
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.filters import PowerTransfer
from mftheory.theory.stationary.frequency_panels import probe, refuse_negative
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.onset.criticality import Criticality, map_one_minus_s, rational_one_minus_s
from mftheory.theory.stationary.onset.envelopes import Peaks
from mftheory.theory.stationary.onset.onset_solution import Onset, OnsetSolution
from mftheory.theory.stationary.pole_quadrature import PoleQuadrature
from mftheory.theory.stationary.two_point import leaky_one_minus_s
from mftheory.theory.stationary.weighted_observables import Observable

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class OnsetTwoPoint(GaussianTwoPoint):
    """The two-point functions at one g_eff, at any τ and ω. Times in units of the dynamics, steps for a map.

    Attributes
    ----------
    g_eff : float
    dynamics : Leaky, Rational or EulerMap
    power : PowerTransfer
        |H|².
    solution : OnsetSolution
    source : Peaks
        n(ω).
    observables : mapping of str to Observable
        With gains C^Φ = ⟨G²⟩ C^φ for Φ = G φ, and for a readout with independent gains of that law [J9].
    """

    g_eff: float
    dynamics: Dynamics
    power: PowerTransfer
    solution: OnsetSolution
    source: Peaks
    observables: Mapping[str, Observable] = field(default_factory=dict)

    notes = ()

    @property
    def variance(self) -> float:
        """C^x(0)."""
        return self.solution.covariance.variance

    @property
    def gain(self) -> float:
        """⟨φ'⟩."""
        return self.solution.activity.gain

    @property
    def delta(self) -> float:
        """δ = 1 - g_eff²⟨φ'⟩² max|H|², the distance from criticality."""
        return self.solution.delta

    @property
    def decay(self) -> float:
        """Rate of the slowest decay of C^x(τ)."""
        return float(self._dressed.exponentials()[1].real.min())

    @cached_property
    def _dressed(self) -> PowerTransfer:
        """K = |H|²/(1 - g_eff² a |H|²)."""
        return self.power.near_onset(self.delta)

    @cached_property
    def _largest(self) -> tuple[float, float]:
        return self.power.largest()

    @property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are negligible; π for a map."""
        return np.pi if self.dynamics.discrete else float(self.source.edges[-1])

    def field_covariance(self, name: str, tau: Array) -> Array:
        """Return C^x(τ), C^φ(τ) or C^{xφ}(τ) = ⟨φ'⟩ C^x(τ) ("xphi"); even in τ, of the shape of τ.

        Raises InvalidNetwork in discrete time for lags that are not whole numbers.
        """
        tau = np.abs(tau)
        if self.dynamics.discrete:
            refuse_fractions(tau)
        c = self.solution.covariance(tau)
        if name == "x":
            return np.asarray(c)
        return np.asarray(self.gain * c if name == "xphi" else self.solution.activity(c))

    def field_spectrum(self, name: str, omega: Array) -> Array:
        """Return C^x(ω), C^φ(ω) or C^{xφ}(ω): real, even, never negative; per step for a map."""
        x, phi = (np.maximum(spectrum, 0.0) for spectrum in self._unclipped(omega))
        if name == "x":
            return np.asarray(x)
        return np.asarray(self.gain * x if name == "xphi" else phi)

    def refuse_negative(self) -> None:
        """Raise NotConverged if a spectrum is negative beyond rounding, which no covariance has."""
        x, phi = self._unclipped(probe(self.source.edges))
        refuse_negative({"x": x, "phi": phi})

    def transfer(self, name: str, omega: Array) -> Array:
        """Return C^x(ω)/C^φ(ω) = g_eff² |H|², or C^{xφ}(ω)/C^φ(ω)."""
        return np.asarray(self.power(omega) * self.g_eff**2 * (1.0 if name == "x" else self.gain))

    def response(self, observable: str, omega: ArrayLike) -> Complex:
        """Return S^x(ω) = H(ω), S^φ(ω) = ⟨φ'⟩ H(ω)."""
        return np.asarray((self.gain if observable == "phi" else 1.0) * self.dynamics.transfer(omega))

    def one_minus_s(self, omega1: Array, omega2: Array, total: Array) -> Complex:
        """Return 1 - s(ω1, ω2), s = g_eff² S^φ(ω1) S^φ(ω2); `total` is ω1 + ω2 exactly."""
        if self.dynamics == Leaky():
            return leaky_one_minus_s(self.delta, omega1, omega2, total)
        if isinstance(self.dynamics, EulerMap):
            return map_one_minus_s(self.dynamics, self.delta, omega1, omega2, total)
        assert isinstance(self.dynamics, Leaky | Rational)
        return rational_one_minus_s(self.dynamics, self._dressed, (1.0 - self.delta) / self._largest[1], omega1, total)

    @property
    def rounding(self) -> float:
        """Rounding that a dimension inherits, relative: that of frequencies near a resonance, over its width.

        Seen, for resonances in different units of time: 1e-16 to 1e-15 of ω*/decay; and where H(ω*) is real, so that
        ω1 = ω2 = ω* is critical as well, over δ.
        """
        peak, largest = self._largest
        if peak == 0 or self.dynamics.discrete:
            return 1e-15 * peak / self.decay
        at_peak, beside = self.dynamics.transfer(np.array([peak, (1.0 + 1e-6) * peak]))
        delayed = 1e6 * abs(np.angle(beside / at_peak))  # group delay times ω*
        return float(1e-15 * (peak / self.decay + delayed / abs(1.0 - (1.0 - self.delta) * at_peak**2 / largest)))

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature | PoleQuadrature:
        """Return the rule for double integrals over frequencies."""
        if self.dynamics == Leaky():
            return TriangleQuadrature.graded(self.delta, self.highest_frequency, growth, order)
        strength = (self.g_eff * self.gain) ** 2
        _, rates = self._dressed.exponentials()
        return PoleQuadrature.of(self.dynamics, strength, rates, self.highest_frequency, growth, order)

    def _unclipped(self, omega: Array) -> tuple[Array, Array]:
        """Return C^x(ω) and C^φ(ω) as they come out, below 0 by rounding where they vanish."""
        n = self.source(np.abs(omega))
        x = self._dressed(omega) * self.g_eff**2 * n
        return x, n + self.gain**2 * x


def onset_two_point(
    g: float, nonlinearity: Nonlinearity, dynamics: Dynamics, power: PowerTransfer, settings: Settings
) -> OnsetTwoPoint:
    """Solve for the two-point functions close to onset, φ odd.

    Raises
    ------
    Diverged
        Where the state is not small, or has no slow envelope.
    NotConverged
        If a power spectrum came out negative.

    Examples
    --------
    >>> from mftheory import Erf, Leaky
    >>> from mftheory.theory.settings import Settings
    >>> from mftheory.theory.stationary.filters import PowerTransfer
    >>> from mftheory.theory.stationary.onset.onset_two_point import onset_two_point
    >>> solution = onset_two_point(1.001, Erf(), Leaky(), PowerTransfer.of(Leaky()), Settings())
    >>> print(f"{solution.variance:.10f}")
    0.0012740882
    """
    gaussian = averages(nonlinearity, settings.average_step)
    criticality = Criticality(g, power.largest()[1], gaussian)
    solution = Onset(criticality, power, gaussian, settings, dynamics.discrete).solve()
    two_point = OnsetTwoPoint(g, dynamics, power, solution, solution.spectrum(settings))
    two_point.refuse_negative()
    return two_point


def refuse_fractions(tau: Array) -> None:
    """Raise InvalidNetwork for lags that are not whole numbers, which discrete time does not have."""
    wrong = tau != np.round(tau)
    if np.any(wrong):
        raise InvalidNetwork("tau", float(tau[wrong].flat[0]), "must be whole numbers of steps in discrete time")
