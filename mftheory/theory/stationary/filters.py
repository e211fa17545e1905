"""A neuron's filter |H|², and K, the filter dressed by the linear response of the network.

`C^x = |H|² (g² C^φ + σ²)` and `C^φ = a C^x + N` for any a give

    C^x = K (g² N + σ²),   K = |H|² / (1 - g² a |H|²).

Close to onset K has a peak of width √δ, δ = 1 - g² a max|H|², which keeps its digits if δ itself is given and K written
in v = -(ω² - ω*²), ω* the frequency of the largest |H|: `near_onset`.

With a = ⟨φ'⟩², N vanishes as (C^x)³, so at long lags C^x decays with K's own poles: the rates of the network's
linear response. K is a rational function of ω², K(τ) a sum of exponentials e^{-q|τ|}.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray

from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NO_MEMORY = 1e-15
"""Ratio of successive values of a map that keeps nothing: a pole far away in place of none."""
SMALL_ZERO = 1e-6
"""Ratio of zeros below which the smaller ones are computed apart."""


@dataclass(frozen=True, eq=False)
class PowerTransfer:
    """The squared modulus |H(ω)|² of a filter as a rational function of v = -(ω² - center²).

    Attributes
    ----------
    numerator, denominator : arrays
        Coefficients in v, the constant term first.
    center : float
        0 but for `near_onset`.
    """

    numerator: Array
    denominator: Array
    center: float = 0.0

    discrete = False
    """True where v is 2 cos ω - 2, that of discrete time."""

    @classmethod
    def of(cls, dynamics: Leaky | Rational, growth: float = 0.0) -> "PowerTransfer":
        """Return |H|² = n(z) n(-z) / (d(z) d(-z)) of H = n/d, z = iω, n and d in powers of z - λ."""
        n, d = (np.asarray(p, dtype=np.float64) for p in (dynamics.numerator, dynamics.denominator))
        return cls(_even_square(_shifted(n, growth)), _even_square(_shifted(d, growth)))

    @property
    def falloff(self) -> int:
        """Degree by which |H|² falls off in ω: it goes as ω^-falloff."""
        return 2 * (self.denominator.size - self.numerator.size)

    def __call__(self, omega: ArrayLike) -> Array:
        """Return |H(ω)|²."""
        return self.beside(0.0, np.asarray(omega, dtype=np.float64))

    def beside(self, harmonic: float | Array, omega: Array) -> Array:
        """Return |H|² at harmonic · center + ω: small distances from the peak keep their digits."""
        v = self._variable(omega, harmonic)
        return np.asarray(polynomial.polyval(v, self.numerator) / polynomial.polyval(v, self.denominator))

    def _variable(self, omega: Array, harmonic: float | Array) -> Array:
        return np.asarray(-(omega + (harmonic - 1.0) * self.center) * (omega + (harmonic + 1.0) * self.center))

    def largest(self) -> tuple[float, float]:
        """Return (ω, |H(ω)|²) at the largest |H|, ω >= 0."""
        # Extrema: n' d = n d', and ω = 0.
        n, d = self.numerator, self.denominator
        slope = polynomial.polysub(
            polynomial.polymul(polynomial.polyder(n), d), polynomial.polymul(n, polynomial.polyder(d))
        )
        roots = _roots(slope)
        real = roots[np.abs(roots.imag) <= 1e-6 * np.abs(roots)].real
        candidates = np.append(np.sqrt(-real[real < 0]), 0.0)
        values = self(candidates)
        best = int(np.argmax(values))
        return float(candidates[best]), float(values[best])

    def near_onset(self, delta: float) -> "PowerTransfer":
        """Return K = |H|²/(1 - (1-δ) |H|²/max|H|²), in powers of ω*² - ω² so that its peak keeps its digits."""
        center, _ = self.largest()
        n, d = _shifted(self.numerator, -(center**2)), _shifted(self.denominator, -(center**2))
        critical = d[0] / n[0]
        rest = polynomial.polysub(d, critical * n)  # vanishes at v = 0, to second order if ω* is not 0
        rest[: 2 if center > 0 else 1] = 0.0
        return PowerTransfer(n, np.asarray(polynomial.polyadd(rest, delta * critical * n)), center)

    def dressed(self, loop: float) -> "PowerTransfer":
        """Return K = |H|²/(1 - loop |H|²), loop = g² a."""
        return replace(self, denominator=np.asarray(polynomial.polysub(self.denominator, loop * self.numerator)))

    def exponentials(self) -> tuple[Complex, Complex]:
        """Return (A, q) with K(τ) = Σ A e^{-q|τ|}, Re q > 0: its partial fractions, of distinct poles."""
        roots = _roots(self.denominator)
        residues = polynomial.polyval(roots, self.numerator) / polynomial.polyval(
            roots, polynomial.polyder(self.denominator)
        )
        rates = np.sqrt(roots - self.center**2)
        return -residues / (2.0 * rates), rates


@dataclass(frozen=True, eq=False)
class MapTransfer(PowerTransfer):
    """|H(ω)|² of a map as a rational function of v = 2 cos ω - 2."""

    discrete = True

    @classmethod
    def of_map(cls, dynamics: EulerMap, growth: float = 0.0) -> "MapTransfer":
        """Return |H|² = δ²/|e^{λ+iω} - (1-δ)|² = δ²/((e^λ - 1 + δ)² - (1-δ) e^λ v)."""
        delta = dynamics.delta
        memory = 1.0 - delta if delta != 1.0 else NO_MEMORY
        at_zero = (math.expm1(growth) + delta) ** 2
        return cls(np.array([delta**2]), np.array([at_zero, -memory * math.exp(growth)]))

    def _variable(self, omega: Array, harmonic: float | Array) -> Array:
        """Return v from where |H| is largest, v = 0 or, at ω = π, -4: all odd harmonics of π are the same."""
        half = 0.5 * (np.remainder(np.asarray(harmonic) - 1.0, 2.0) * self.center + omega)
        return np.asarray((4.0 if self.center else -4.0) * np.square(np.sin(half)))

    def largest(self) -> tuple[float, float]:
        """Return (ω, |H(ω)|²) at the largest |H|: at 0 or at π."""
        return max(((omega, float(self(omega))) for omega in (0.0, np.pi)), key=lambda at: at[1])

    def near_onset(self, delta: float) -> "MapTransfer":
        """Return K = |H|²/(1 - (1-δ) |H|²/max|H|²)."""
        rate, memory = float(self.numerator[0]) ** 0.5, -float(self.denominator[1])
        least = rate if memory >= 0 else 2.0 - rate  # from the step itself: small ones keep their digits
        memory = memory if rate != 1.0 else NO_MEMORY**2
        return MapTransfer(self.numerator, np.array([delta * least**2, -memory]), 0.0 if memory >= 0 else np.pi)

    def exponentials(self) -> tuple[Complex, Complex]:
        """Return (A, q) with K(k) = Σ A e^{-q|k|}: v = 2 cosh q - 2."""
        root = np.array([-self.denominator[0] / self.denominator[1]], dtype=np.complex128)
        sign = -1.0 if self.center else 1.0
        rates = 2.0 * np.arcsinh(0.5 * np.sqrt(sign * root))
        return -self.numerator / (2.0 * sign * self.denominator[1] * np.sinh(rates)), np.asarray(
            rates + 1j * self.center
        )


def power_of(dynamics: Dynamics, growth: float = 0.0) -> PowerTransfer:
    """Return |H|² of any dynamics; of inputs that grow as e^{λt} |H(ω - iλ)|², λ above the rates of the poles."""
    if isinstance(dynamics, EulerMap):
        return MapTransfer.of_map(dynamics, growth)
    assert isinstance(dynamics, Leaky | Rational)
    return PowerTransfer.of(dynamics, growth)


def _roots(coefficients: ArrayLike) -> Complex:
    """Return the zeros of a polynomial, to all their digits; those beyond the range of numbers are left out.

    Where scales differ, as by a coefficient of 1e-9, the eigenvalues of the companion matrix lose digits of the zeros
    near 0: these are taken from the reversed polynomial.
    """
    p = np.trim_zeros(np.asarray(coefficients, dtype=np.float64), "b")
    at_zero = p.size - np.trim_zeros(p, "f").size
    p = p[at_zero:]
    if p.size < 2:
        return np.zeros(at_zero, dtype=np.complex128)
    with np.errstate(all="ignore"):  # far zeros overflow, double ones divide by 0
        monic = bool(np.all(np.isfinite(p / p[-1])))
        far = polynomial.polyroots(p).astype(np.complex128) if monic else np.empty(0, dtype=np.complex128)
        small = np.abs(far) < SMALL_ZERO * np.abs(far).max(initial=0.0)
        if small.any() or not monic:
            near = 1.0 / polynomial.polyroots(p[::-1]).astype(np.complex128)
            near = near[np.argsort(np.abs(near))]
            zeros = np.concatenate([near[: np.count_nonzero(small)], far[~small]]) if monic else near
            far = zeros[np.isfinite(zeros)]
        slope = polynomial.polyder(p)
        for _ in range(4):  # polish
            step = polynomial.polyval(far, p) / polynomial.polyval(far, slope)
            far = far - np.where(np.isfinite(step) & (np.abs(step) < 0.1 * np.abs(far)), step, 0.0)
    return np.concatenate([np.zeros(at_zero, dtype=np.complex128), far])


def _shifted(coefficients: Array, origin: float) -> Array:
    """Return the coefficients of p(w) in powers of w - origin."""
    shifted = np.zeros(coefficients.size)
    for c in coefficients[::-1]:
        shifted[1:], shifted[0] = origin * shifted[1:] + shifted[:-1], origin * shifted[0] + c
    return shifted


def _even_square(coefficients: ArrayLike) -> Array:
    """Return p(z) p(-z) as a polynomial in z²."""
    p = np.asarray(coefficients, dtype=np.float64)
    mirrored = p * (-1.0) ** np.arange(p.size)
    return np.asarray(polynomial.polymul(p, mirrored)[::2])
