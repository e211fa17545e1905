"""∫ f(x) N(x - u; t) dx, a function smoothed by a Gaussian of any width, for f given piecewise."""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit

Array = NDArray[np.float64]

GAUSSIAN_EXTENT = 9.0
"""Standard deviations beyond which a Gaussian is neglected: 3e-18 of its peak."""
NODE_SPACING = 0.28
"""Standard deviations per node that a Gauss–Legendre rule of 16 nodes integrates to rounding error."""


@njit(cache=True, error_model="numpy")
def smoothed(
    u: Array,
    t: float,
    edges: Array,
    values: Array,
    coefficients: Array,
    nodes: Array,
    weights: Array,
    kinks: Array,
    strengths: Array,
    odd: bool,
    squared: bool,
) -> Array:
    """Return ∫ f(x) N(x - u; t) dx; for odd f without cancellation, ∫_0^∞ f(x) N(x - u; t) (1 - e^{-2xu/t}) dx.

    Parameters
    ----------
    u : array of shape (m,), >= 0 if f is odd
    t : float
        Variance of the Gaussian.
    edges, values, coefficients : arrays of shapes (p + 1,), (p, n), (p, n)
        f on panels, from 0 on if it is odd: at their Gauss–Legendre nodes, and as Legendre series.
    nodes, weights : arrays of shape (n,)
        The rule on [-1, 1].
    kinks, strengths : arrays of shape (k,)
        Places and strengths of δ-functions that f also has (if it is odd at kinks > 0, and minus them at -kinks).
    odd : bool
    squared : bool
        True for f² instead of f, for f without δ-functions.
    """
    sigma = math.sqrt(t)
    order = nodes.size
    longest = NODE_SPACING * order * sigma
    result = np.empty(u.size)
    for i in range(u.size):
        low, high = u[i] - GAUSSIAN_EXTENT * sigma, u[i] + GAUSSIAN_EXTENT * sigma
        total = 0.0
        p = max(0, np.searchsorted(edges, low, side="right") - 1)
        while p < values.shape[0] and edges[p] < high:
            left, right = max(edges[p], low), min(edges[p + 1], high)
            pieces = max(1, math.ceil((right - left) / longest))
            whole = pieces == 1 and left == edges[p] and right == edges[p + 1]
            half = 0.5 * (right - left) / pieces
            for j in range(pieces):
                middle = left + (2 * j + 1) * half
                for k in range(order):
                    x = middle + half * nodes[k]
                    if whole:
                        f = values[p, k]
                    else:
                        local = (2.0 * x - edges[p] - edges[p + 1]) / (edges[p + 1] - edges[p])
                        f = _legendre(coefficients[p], local)
                    if squared:
                        f *= f
                    total += half * weights[k] * f * _kernel(x, u[i], sigma, odd)
            p += 1
        for k in range(kinks.size):
            total += strengths[k] * _kernel(kinks[k], u[i], sigma, odd)
        result[i] = total / (sigma * math.sqrt(2.0 * math.pi))
    return result


@njit(cache=True, error_model="numpy")
def _kernel(x: float, u: float, sigma: float, odd: bool) -> float:
    d = (x - u) / sigma
    if not odd:
        return math.exp(-0.5 * d * d)
    mirror = 2.0 * (x / sigma) * (u / sigma)
    if mirror > 40.0:
        return math.exp(-0.5 * d * d)
    return -math.exp(-0.5 * d * d) * math.expm1(-mirror)


@njit(cache=True, error_model="numpy")
def _legendre(coefficients: Array, x: float) -> float:
    """Return Σ_n coefficients[n] P_n(x), by Clenshaw's recurrence."""
    ahead, value = 0.0, 0.0
    for n in range(coefficients.size - 1, 0, -1):
        ahead, value = value, coefficients[n] + (2 * n + 1) / (n + 1) * x * value - (n + 1) / (n + 2) * ahead
    return float(coefficients[0] + x * value - 0.5 * ahead)
