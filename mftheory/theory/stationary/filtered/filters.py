"""A neuron's filter |H|², and K, the filter dressed by the linear response of the network.

`C^x = |H|² (g² C^φ + σ²)` and `C^φ = a C^x + N` for any a give

    C^x = K (g² N + σ²),   K = |H|² / (1 - g² a |H|²).

Close to onset K has a peak of width √δ, δ = 1 - g² a max|H|², which keeps its digits if δ itself is given and K written
in v = -(ω² - ω*²), ω* the frequency of the largest |H|: `near_onset`.

With a = ⟨φ'⟩², N vanishes as (C^x)³, so at long lags C^x decays with K's own poles: the rates of the network's
linear response. K is a rational function of ω², K(τ) a sum of exponentials e^{-q|τ|}.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray

from mftheory.network.dynamics import Leaky, Rational

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

SMALL_ZERO = 1e-6
"""Ratio of zeros below which the smaller ones are computed apart."""


class Power(Protocol):
    """|H|² of a filter, in continuous or in discrete time."""

    @property
    def falloff(self) -> int: ...
    def __call__(self, omega: ArrayLike) -> Array: ...
    def beside(self, harmonic: float | Array, omega: Array) -> Array: ...
    def largest(self) -> tuple[float, float]: ...
    def near_onset(self, delta: float) -> "Power": ...
    def dressed(self, loop: float) -> "Power": ...
    def exponentials(self) -> tuple[Complex, Complex]: ...


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

    @classmethod
    def of(cls, dynamics: Leaky | Rational) -> "PowerTransfer":
        """Return |H|² = n(z) n(-z) / (d(z) d(-z)) of H = n/d, z = iω."""
        return cls(_even_square(dynamics.numerator), _even_square(dynamics.denominator))

    @property
    def falloff(self) -> int:
        """Degree by which |H|² falls off in ω: it goes as ω^-falloff."""
        return 2 * (self.denominator.size - self.numerator.size)

    def __call__(self, omega: ArrayLike) -> Array:
        """Return |H(ω)|²."""
        return self.beside(0.0, np.asarray(omega, dtype=np.float64))

    def beside(self, harmonic: float | Array, omega: Array) -> Array:
        """Return |H|² at harmonic · center + ω: small distances from the peak keep their digits."""
        v = -(omega + (harmonic - 1.0) * self.center) * (omega + (harmonic + 1.0) * self.center)
        return np.asarray(polynomial.polyval(v, self.numerator) / polynomial.polyval(v, self.denominator))

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
        denominator = polynomial.polysub(self.denominator, loop * self.numerator)
        return PowerTransfer(self.numerator, np.asarray(denominator, dtype=np.float64))

    def exponentials(self) -> tuple[Complex, Complex]:
        """Return (A, q) with K(τ) = Σ A e^{-q|τ|}, Re q > 0: its partial fractions, of distinct poles."""
        roots = _roots(self.denominator)
        residues = polynomial.polyval(roots, self.numerator) / polynomial.polyval(
            roots, polynomial.polyder(self.denominator)
        )
        rates = np.sqrt(roots - self.center**2)
        return -residues / (2.0 * rates), rates


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
