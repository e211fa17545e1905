"""Gaussian averages at all correlations at once: Hermite coefficients, and Mehler's formula.

For x = m + √v z and y alike, of correlation ρ, and any two functions f, g of polynomial growth

    ⟨f(x) g(y)⟩ = Σ_k f_k g_k ρ^k,   f_k = ⟨f(m + √v z) h_k(z)⟩,

h_k the orthonormal Hermite polynomials. One pass over the nodes at which f is known gives all coefficients, kinks
(δ-functions of φ'') included; a thousand of them take a few tenths of a millisecond. What is left is ρ → 1, where the
series of a φ with kinks, or a steep one, ends late: there averages are taken otherwise (`activity`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit

Array = NDArray[np.float64]

MAX_TERMS = 16_384
"""Terms of the series: enough for correlations up to 0.9975, by e^{-41}."""
NEGLIGIBLE = 3e-9
"""Size of coefficients, relative to the largest, from which on they are left out: averages hold their squares."""
RUN = 64
"""Number of coefficients in a row that must be negligible for the series to end: those of an even φ are 0 by turns."""


def coefficients(z: Array, weights: Array, terms: int = MAX_TERMS, odd: bool = False) -> Array:
    """Return Σ_i weights_i h_k(z_i) for k = 0, 1, …, up to where they are negligible.

    Parameters
    ----------
    z : array of shape (n,)
        Nodes in units of the standard deviation.
    weights : array of shape (n,)
        Values of the function times weights of the Gaussian average.
    terms : int
        Largest number of coefficients.
    odd : bool
        True for an odd function that is given at z > 0 alone, its weights doubled.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.theory.stationary.gaussian.hermite import coefficients
    >>> z, w = np.polynomial.hermite_e.hermegauss(20)
    >>> abs(coefficients(z, w / w.sum() * z**2, 4).round(12))  # z² = 1 + √2 h_2
    array([1.        , 0.        , 1.41421356, 0.        ])
    """
    found, count = _coefficients(z, np.ascontiguousarray(weights), terms, odd)
    return np.asarray(found[:count])


@njit(cache=True, error_model="numpy")
def _coefficients(z, weights, terms, odd):  # type: ignore[no-untyped-def]
    before, last = weights.copy(), weights * z
    found = np.zeros(max(terms, 2))
    found[0], found[1] = 0.0 if odd else before.sum(), last.sum()
    largest = max(abs(found[0]), abs(found[1]))
    small = 0
    for k in range(1, terms - 1):
        up, down = 1.0 / math.sqrt(k + 1.0), math.sqrt(k / (k + 1.0))
        total = 0.0
        for i in range(z.size):
            following = up * z[i] * last[i] - down * before[i]
            before[i] = last[i]
            last[i] = following
            total += following
        if odd and k % 2 == 1:
            total = 0.0
        found[k + 1] = total
        largest = max(largest, abs(total))
        small = small + 1 if abs(total) <= NEGLIGIBLE * largest else 0
        if small == RUN:
            return found, k + 2
    return found, terms


@njit(cache=True, error_model="numpy")
def power_series(terms, x):  # type: ignore[no-untyped-def]
    """Return Σ_k terms_k x^k at every x, |x| <= 1, without the powers that are negligible."""
    result = np.empty(x.size)
    for i in range(x.size):
        size = abs(x[i])
        count = terms.size
        if size < 1.0:
            count = min(count, 2 + int(40.0 / -math.log(max(size, 1e-300))))
        total = 0.0
        for k in range(count - 1, -1, -1):
            total = total * x[i] + terms[k]
        result[i] = total
    return result
