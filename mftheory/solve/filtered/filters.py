"""A neuron's filter in the loop: |H|² dressed by the linear part of what the network returns.

`C^x = |H|² (g² C^φ + σ²)` and `C^φ = a C^x + N` for any a give

    C^x = K (g² N + σ²),   K = |H|² / (1 - g² a |H|²).

With a = ⟨φ'⟩², N vanishes as (C^x)³, so at long lags C^x decays with K's own poles: the rates of the network's
linear response. K is a rational function of ω², K(τ) a sum of exponentials e^{-q|τ|}.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray

from mftheory.network.dynamics import Leaky, Rational

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class PowerTransfer:
    """|H(ω)|² as a rational function of w = -ω².

    Attributes
    ----------
    numerator, denominator : arrays
        Coefficients in w, the constant term first.
    """

    numerator: Array
    denominator: Array

    @classmethod
    def of(cls, dynamics: Leaky | Rational) -> "PowerTransfer":
        """n(z) n(-z) / (d(z) d(-z)), z² = w."""
        return cls(_even_square(dynamics.numerator), _even_square(dynamics.denominator))

    @property
    def falloff(self) -> int:
        """Degree by which |H|² falls off in ω: it goes as ω^-falloff."""
        return 2 * (self.denominator.size - self.numerator.size)

    def __call__(self, omega: ArrayLike) -> Array:
        """|H(ω)|²."""
        w = -np.square(np.asarray(omega, dtype=np.float64))
        return np.asarray(polynomial.polyval(w, self.numerator) / polynomial.polyval(w, self.denominator))

    def largest(self) -> tuple[float, float]:
        """(ω, |H(ω)|²) at the largest |H|, ω >= 0."""
        # Extrema: n' d = n d', and ω = 0.
        n, d = self.numerator, self.denominator
        slope = polynomial.polysub(
            polynomial.polymul(polynomial.polyder(n), d), polynomial.polymul(n, polynomial.polyder(d))
        )
        roots = polynomial.polyroots(np.trim_zeros(slope, "b")) if np.any(slope) else np.empty(0)
        real = roots[np.abs(roots.imag) <= 1e-6 * np.abs(roots)].real
        candidates = np.append(np.sqrt(-real[real < 0]), 0.0)
        values = self(candidates)
        best = int(np.argmax(values))
        return float(candidates[best]), float(values[best])

    def dressed(self, loop: float) -> "PowerTransfer":
        """K = |H|²/(1 - loop |H|²), loop = g² a."""
        denominator = polynomial.polysub(self.denominator, loop * self.numerator)
        return PowerTransfer(self.numerator, np.asarray(denominator, dtype=np.float64))

    def exponentials(self) -> tuple[Complex, Complex]:
        """(A, q) with K(τ) = Σ A e^{-q|τ|}, Re q > 0: its partial fractions, of distinct poles."""
        roots = polynomial.polyroots(self.denominator).astype(np.complex128)
        slope = polynomial.polyder(self.denominator)
        for _ in range(2):  # polish: the eigenvalues of the companion matrix lose digits where scales differ
            step = polynomial.polyval(roots, self.denominator) / polynomial.polyval(roots, slope)
            roots = roots - np.where(np.isfinite(step) & (np.abs(step) < 1e-3 * np.abs(roots)), step, 0.0)
        residues = polynomial.polyval(roots, self.numerator) / polynomial.polyval(roots, slope)
        rates = np.sqrt(roots)
        return -residues / (2.0 * rates), rates


def _even_square(coefficients: ArrayLike) -> Array:
    """p(z) p(-z) as a polynomial in z²."""
    p = np.asarray(coefficients, dtype=np.float64)
    mirrored = p * (-1.0) ** np.arange(p.size)
    return np.asarray(polynomial.polymul(p, mirrored)[::2])
