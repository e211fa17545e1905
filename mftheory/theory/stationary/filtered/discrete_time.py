"""C^x at whole lags of the map x(n+1) = (1-δ) x(n) + δ (J φ(x(n)) + σ ξ(n)).

As in continuous time (`self_consistent`), C^x = K * (g² n) + σ² K with the source n = C^φ - a C^x and
K = |H|²/(1 - g² a |H|²), whose value at lag k is A ρ^|k|. Nothing is approximated but the window, beyond which n is
below rounding. The equations are solved by Newton's method, the convolution being a recursion.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.compiling import njit
from mftheory.network.dynamics import EulerMap
from mftheory.numerics.newton import MAX_ITERATIONS
from mftheory.theory.stationary.continuation import NEWTON_TOLERANCE, ROUGH_WINDOW
from mftheory.theory.stationary.filtered.filter_equations import FilterEquations
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

MAX_LAGS = 400_000


@dataclass(frozen=True)
class MapPower:
    """|H(ω)|² = b/(c - 2(1-δ) cos ω) of a map, dressed or not.

    Attributes
    ----------
    memory : float
        1 - δ.
    numerator : float
        b.
    excess : float
        c - 2|1-δ|, the denominator at its smallest.
    """

    memory: float
    numerator: float
    excess: float

    @classmethod
    def of(cls, dynamics: EulerMap) -> "MapPower":
        """Return |H|² = δ²/|e^{iω} - (1-δ)|² of a map."""
        memory = 1.0 - dynamics.delta
        # (1 - |1-δ|)², from δ itself where δ < 1 so that small δ keeps its digits.
        least = dynamics.delta if memory >= 0 else 2.0 - dynamics.delta
        return cls(memory, dynamics.delta**2, least**2)

    falloff = 0

    def __call__(self, omega: ArrayLike) -> Array:
        """Return |H(ω)|²."""
        half = 0.5 * np.asarray(omega, dtype=np.float64)
        # |m| (2 - 2 cos ω) = 4 |m| sin²(ω/2), or its mirror image for m < 0
        rest = 4.0 * abs(self.memory) * np.square(np.sin(half) if self.memory >= 0 else np.cos(half))
        return np.asarray(self.numerator / (self.excess + rest))

    def beside(self, harmonic: float | Array, omega: Array) -> Array:
        """Return |H|² at ω from its peak, wherever that is: at π all odd harmonics are the same."""
        omega = np.broadcast_to(omega, np.broadcast_shapes(np.shape(harmonic), np.shape(omega)))
        return np.asarray(self.numerator / (self.excess + 4.0 * abs(self.memory) * np.square(np.sin(0.5 * omega))))

    def largest(self) -> tuple[float, float]:
        """Return (ω, |H(ω)|²) at the largest |H|."""
        return (0.0 if self.memory >= 0 else math.pi), self.numerator / self.excess

    def dressed(self, loop: float) -> "MapPower":
        """Return |H|² with the linear part of φ fed back: K = |H|²/(1 - loop |H|²)."""
        return MapPower(self.memory, self.numerator, self.excess - loop * self.numerator)

    def near_onset(self, delta: float) -> "MapPower":
        """Return K = |H|²/(1 - (1-δ) |H|²/max|H|²)."""
        return MapPower(self.memory, self.numerator, delta * self.excess)

    def exponentials(self) -> tuple[Complex, Complex]:
        """Return (A, q) with K(k) = A e^{-q|k|}."""
        m = abs(self.memory)
        # cosh q - 1 = excess/(2m), so small rates keep their digits; without memory e^{-q} is to be 0.
        rate = 2.0 * math.asinh(math.sqrt(self.excess / (4.0 * m))) if m > 0 else 750.0
        phase = 0.0 if self.memory >= 0 else math.pi
        root = math.sqrt(self.excess * (self.excess + 4.0 * m))
        return np.array([self.numerator / root + 0j]), np.array([complex(rate, phase)])


@dataclass(frozen=True, eq=False)
class Lags:
    """C^x at lags 0, 1, …, continued by an exponential.

    Attributes
    ----------
    values : array of shape (k,)
    ratio : float
        Ratio e^{-rate} of successive values beyond; negative for a sign that alternates.
    """

    values: Array
    ratio: float

    @property
    def variance(self) -> float:
        """C^x(0)."""
        return float(self.values[0])

    def __call__(self, tau: Array) -> Array:
        """Return C^x at whole lags >= 0."""
        last = self.values.size - 1
        lag = np.minimum(tau, last).astype(np.intp)
        beyond = np.maximum(tau - last, 0.0)
        sign = np.where(beyond % 2 == 1, np.sign(self.ratio), 1.0)
        return np.asarray(self.values[lag] * np.where(beyond > 0, sign * abs(self.ratio) ** beyond, 1.0))


@dataclass(frozen=True, eq=False)
class DiscreteSolution:
    """A self-consistent covariance at whole lags, and what is driven by it.

    Attributes
    ----------
    covariance : Lags
    activity : ActivityCovariance
        C^φ of C^x.
    loop : float
        g² a, a = ⟨φ'⟩².
    source : array of shape (k,)
        n = C^φ - a C^x at lags 0, 1, …
    residuals : tuple of float
    """

    covariance: Lags
    activity: ActivityCovariance
    loop: float
    source: Array
    residuals: tuple[float, ...]

    def transform(self, omega: Array) -> Array:
        """Return n(ω) = n_0 + 2 Σ n_k cos kω, for one-dimensional ω."""
        total = np.full(omega.shape, self.source[0])
        for start in range(1, self.source.size, 1000):
            k = np.arange(start, min(start + 1000, self.source.size))
            total += 2.0 * np.cos(np.multiply.outer(omega, k)) @ self.source[k]
        return total


class DiscreteTime(FilterEquations[MapPower, Lags, DiscreteSolution]):
    """The equations of one network in discrete time."""

    @property
    def unit_noise(self) -> float:
        """C^x(0) of a neuron that receives white noise of unit variance and nothing else."""
        return float(self.power.exponentials()[0].real[0])

    def first(self, level: float) -> Lags:
        """Return a start at strong noise: the shape of a linear network's covariance."""
        variance = (self.g**2 + level**2) * self.unit_noise
        return Lags(np.array([variance]), self._ratio(min(self.loop(variance), 0.5 * self.critical)))

    def rough_mesh(self, loop: float, state: Lags) -> int:
        """Return the number of lags."""
        return self._lags(loop, ROUGH_WINDOW)

    def exact(self, noise: float, state: Lags, loop: float) -> DiscreteSolution:
        """Return the solution to rounding, at a = ⟨φ'⟩²."""
        for _ in range(MAX_ITERATIONS):
            state = self.newton(noise, loop, self._lags(loop, self.settings.time_window), state, NEWTON_TOLERANCE)
            refined = self.loop(state.variance)
            if refined >= self.critical:
                raise self.failure("the state found is unstable")
            if abs(refined - loop) <= 1e-9 * (self.critical - loop):
                activity = self.activity(state.variance)
                source = activity.nonlinear(state.values)  # split anew, at a = ⟨φ'⟩²
                return DiscreteSolution(state, activity, refined, source, tuple(self.residuals))
            loop = refined
        raise self.failure("the window was not found")

    def newton(self, noise: float, loop: float, mesh: int, start: Lags, tolerance: float) -> Lags:
        """Solve for C^x at the lags 0 … mesh - 1 by Newton's method."""
        amplitude = float(self.power.dressed(loop).exponentials()[0].real[0])
        ratio = self._ratio(loop)
        lags = np.arange(mesh, dtype=np.float64)
        driven = noise**2 * amplitude * np.power(ratio, lags)
        c = self.newton_iterations(
            start(lags),
            lambda n: amplitude * _convolve(np.ascontiguousarray(n), ratio),
            driven,
            slice(None),
            loop,
            loop,
            tolerance,
        )
        return Lags(c, ratio)

    def _ratio(self, loop: float) -> float:
        rate = complex(self.power.dressed(loop).exponentials()[1][0])
        return math.exp(-rate.real) * (1.0 if rate.imag == 0 else -1.0)

    def _lags(self, loop: float, window: float) -> int:
        rate = float(self.power.dressed(loop).exponentials()[1].real[0])
        count = 4 + math.ceil(window / rate)
        if count > MAX_LAGS:
            raise self.failure(f"{count} lags would be needed")
        return count


@njit(cache=True, error_model="numpy")
def _convolve(n: Array, ratio: float) -> Array:
    """Return Σ_j ratio^|k-j| n_|j| at the lags k of n, an even sequence."""
    size = n.size
    result = np.empty(size)
    ahead = 0.0
    for k in range(size - 1, -1, -1):  # Σ_{j >= k} ratio^{j-k} n_j
        ahead = n[k] + ratio * ahead
        result[k] = ahead
    behind = ahead - n[0]  # Σ_{j < k} ratio^{k-j} n_|j|, at k = 0 by symmetry
    for k in range(size):
        if k > 0:
            behind = ratio * (behind + n[k - 1])
        result[k] += behind
    return result
