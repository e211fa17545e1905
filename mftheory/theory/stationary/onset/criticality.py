"""The distance from criticality, δ = 1 - g²⟨φ'⟩² max|H|², and 1 - s(ω1, ω2), without cancellation."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network.dynamics import EulerMap, Leaky, Rational
from mftheory.theory.stationary.filters import PowerTransfer
from mftheory.theory.stationary.gaussian.averages import OneFunction

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Criticality:
    """The distance of a network from where its fluctuations would grow.

    Attributes
    ----------
    g : float
        Effective coupling strength.
    largest : float
        max|H|².
    gaussian : OneFunction
        Averages of φ.
    """

    g: float
    largest: float
    gaussian: OneFunction

    @property
    def strength(self) -> float:
        """g² max|H|²."""
        return self.g**2 * self.largest

    @cached_property
    def excess(self) -> float:
        """g φ'(0) max|H| - 1, above 0 where the state x = 0 is unstable."""
        return self.g * self.gaussian.slope * float(self.largest**0.5) - 1.0

    def distance(self, variance: float) -> float:
        """Return δ at C^x(0) = variance.

        It is 1 - (1 + y)² with y = g ⟨φ'⟩ max|H| - 1, from how far ⟨φ'⟩ is below φ'(0): then δ answers to C^x(0) in
        proportion, however small both are. (That `excess` was rounded changes g by as much, and δ by little, since
        C^x(0) follows.)
        """
        y = self.excess - self.g * float(self.largest**0.5) * self.gaussian.loss(variance)
        return -y * (2.0 + y)


def rational_one_minus_s(
    dynamics: Leaky | Rational, dressed: PowerTransfer, strength: float, omega1: Array, total: Array
) -> Complex:
    """Return 1 - strength H(ω1) H(ω2) at ω2 = total - ω1, of H = n/d.

    Over d(z1) d(z2), z = iω, it is what it is on the ridge ω2 = -ω1, the denominator of `dressed` at ω1, and a multiple
    of `total`, by divided differences.

    Parameters
    ----------
    dynamics : Rational
    dressed : PowerTransfer
        K = |H|²/(1 - strength |H|²), as it keeps its digits.
    strength : float
    omega1, total : arrays
    """
    first, both = np.broadcast_arrays(np.asarray(omega1, dtype=np.float64), np.asarray(total, dtype=np.float64))
    n, d = (np.array(p, dtype=np.float64) for p in (dynamics.numerator, dynamics.denominator))
    values = _rational(n, d, dressed.denominator, dressed.center, strength, first.ravel(), both.ravel())
    return np.asarray(values.reshape(first.shape))


@njit(cache=True, error_model="numpy")
def _rational(n: Array, d: Array, ridge: Array, center: float, strength: float, omega1: Array, total: Array) -> Complex:
    result = np.empty(omega1.size, dtype=np.complex128)
    for k in range(omega1.size):
        on_ridge = 0.0
        v = -(omega1[k] - center) * (omega1[k] + center)
        for c in ridge[::-1]:
            on_ridge = on_ridge * v + c
        z1, apart = 1j * omega1[k], 1j * total[k]  # z2 = apart - z1, so `apart` is z2 - (-z1)
        n1, _ = _horner(n, z1, 0j)
        d1, _ = _horner(d, z1, 0j)
        _, n_slope = _horner(n, -z1, apart - z1)
        d2, d_slope = _horner(d, -z1, apart - z1)
        d2 += apart * d_slope
        result[k] = (on_ridge + apart * (d1 * d_slope - strength * n1 * n_slope)) / (d1 * d2)
    return result


@njit(cache=True, error_model="numpy")
def _horner(coefficients: Array, b: complex, a: complex) -> tuple[complex, complex]:
    """Return p(b) and the divided difference (p(a) - p(b))/(a - b), by Horner's scheme for p/(x - b)."""
    value, difference = complex(coefficients[-1]), 0j
    for c in coefficients[-2::-1]:
        difference = difference * a + value
        value = value * b + c
    return value, difference


def map_one_minus_s(dynamics: EulerMap, delta: float, omega1: Array, omega2: Array, total: Array) -> Complex:
    """Return 1 - s of a map at the distance `delta` from criticality: s = (1-δ) (1-|m|)²/((e^{iω1} - m)(e^{iω2} - m)).

    Times the denominator, with frequencies measured from where |H| is largest (π if m < 0), it is
    e^{iT} - 1 - 2|m| (e^{iT/2} cos(D/2) - 1) + δ (1-|m|)², T the sum of the two frequencies and D their difference.
    """
    memory = 1.0 - dynamics.delta
    least = dynamics.delta if memory >= 0 else 2.0 - dynamics.delta
    apart = omega1 - omega2 - (0.0 if memory >= 0 else 2.0 * np.pi)
    both = np.expm1(0.5j * total) * np.cos(0.5 * apart) - 2.0 * np.square(np.sin(0.25 * apart))
    numerator = np.expm1(1j * total) - 2.0 * abs(memory) * both + delta * least**2
    return np.asarray(numerator / ((np.exp(1j * omega1) - memory) * (np.exp(1j * omega2) - memory)))
