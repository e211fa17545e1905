"""Piecewise polynomials through a table: of measured points, and of a smooth function at points of one's choice.

A measured table gets a cubic spline that is monotone where the table is. Its slopes are those of the C² cubic spline
(error h⁴ for a smooth function), limited to between 0 and three times the neighbouring secants where the table rises or
falls, which makes every piece monotone [Hyman 1983; R's ``splinefun(method="hyman")``]: a plateau stays flat and a
threshold does not ring. Where a slope was limited φ'' jumps, elsewhere it is continuous. Next to a turning point of the
table nothing is limited, so that a peak keeps its shape.

A smooth function gets pieces of a high degree through Chebyshev points, whose error falls geometrically.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST = 1e307
"""Distance from a knot that stands for an infinite one: 0 times it is 0."""


@dataclass(frozen=True, eq=False)
class Spline:
    """Polynomial pieces between knots, and a linear one on either side.

    Attributes
    ----------
    knots : array of shape (n,)
    origins, scales : arrays of shape (n + 1,)
    coefficients : array of shape (n + 1, degree + 1)
        Powers of t = (x - origin)/scale, from the constant up; the first and the last piece are those beyond the knots.
    odd : bool
        True if the pieces of x >= 0 stand for the others, with a change of sign.
    """

    knots: Array
    origins: Array
    scales: Array
    coefficients: Array
    odd: bool

    def derivatives(self, x: Any) -> tuple[Array, Array, Array]:
        """Return the values and the first two derivatives at x; at a knot those of the piece on its right."""
        x = np.asarray(x, dtype=np.float64)
        v = np.abs(x) if self.odd else x
        piece = np.searchsorted(self.knots, v, side="right")
        scale = self.scales[piece]
        t = np.clip((v - self.origins[piece]) / scale, -LARGEST, LARGEST)
        value, first, second = np.zeros_like(v), np.zeros_like(v), np.zeros_like(v)
        for c in self.coefficients.T[::-1]:
            second = second * t + 2.0 * first
            first = first * t + value
            value = value * t + c[piece]
        second /= scale**2
        if self.odd:
            value, second = np.sign(x) * value, np.where(x < 0, -second, second)
        return value, first / scale, second


def cubic(x: Array, y: Array, linear: tuple[bool, bool] = (False, False), odd: bool = False) -> Spline:
    """Return the monotone cubic spline of a table of at least four points.

    Parameters
    ----------
    x, y : arrays of shape (n,)
        x ascending.
    linear : pair of bool
        Below and above the table: True to go on with the slope at the end, False to stay constant.
    odd : bool
        True for a table that is odd to rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.network.spline import cubic
    >>> step = cubic(np.arange(6.0), np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]))
    >>> step.derivatives(np.array([-9.0, 1.5, 2.5, 9.0]))[0]  # no ringing
    array([0. , 0. , 0.5, 1. ])
    """
    if odd:
        x, y = _antisymmetric(x), _antisymmetric(y)
    slopes = _slopes(x, y)
    if odd:
        slopes = 0.5 * (slopes + slopes[::-1])
    h, secants = np.diff(x), np.diff(y) / np.diff(x)
    left, right = slopes[:-1], slopes[1:]
    inner = np.stack([y[:-1], left, (3.0 * secants - 2.0 * left - right) / h, (left + right - 2.0 * secants) / h**2], 1)
    return _continued(x, x[:-1], np.ones(h.size), inner, y[[0, -1]], slopes[[0, -1]], linear, odd)


def chebyshev_points(low: float, high: float, degree: int) -> Array:
    """Return the degree + 1 points of one piece, both ends included."""
    points = np.sin(0.5 * np.pi * np.linspace(-1.0, 1.0, degree + 1))
    x = 0.5 * (low + high) + 0.5 * (high - low) * 0.5 * (points - points[::-1])
    x[0], x[-1] = low, high
    return np.asarray(x)


def pieces(x: Array, y: Array, degree: int, linear: tuple[bool, bool] = (False, False), odd: bool = False) -> Spline:
    """Return polynomials of this degree through each degree + 1 points of a table; neighbours share a point.

    The other parameters are those of `cubic`.
    """
    if odd:
        x, y = _antisymmetric(x), _antisymmetric(y)
    knots = x[::degree]
    take = np.arange(knots.size - 1)[:, None] * degree + np.arange(degree + 1)
    middle, half = 0.5 * (knots[1:] + knots[:-1]), 0.5 * np.diff(knots)
    series = np.polynomial.chebyshev.chebvander((x[take] - middle[:, None]) / half[:, None], degree)
    # By way of Chebyshev series, which are well conditioned; of a resolved function powers are harmless too.
    inner = np.linalg.solve(series, y[take][..., None])[..., 0] @ _to_powers(degree)
    powers = np.arange(degree + 1)
    slopes = np.array([inner[0] @ (powers * -((-1.0) ** powers)) / half[0], inner[-1] @ powers / half[-1]])
    if odd:
        slopes[:] = slopes.mean()
    return _continued(knots, middle, half, inner, y[[0, -1]], slopes, linear, odd)


@lru_cache(maxsize=16)
def _to_powers(degree: int) -> Array:
    """Return the powers of every Chebyshev polynomial, in rows."""
    rows = np.zeros((degree + 1, degree + 1))
    for n in range(degree + 1):
        rows[n, : n + 1] = np.polynomial.chebyshev.cheb2poly(np.eye(degree + 1)[n, : n + 1])
    return rows


def _antisymmetric(values: Array) -> Array:
    return np.asarray(0.5 * (values - values[::-1]))


def _continued(
    knots: Array, origins: Array, scales: Array, inner: Array, ends: Array, slopes: Array, linear: Any, odd: bool
) -> Spline:
    """Return the pieces with those beyond the table."""
    beyond = np.zeros((2, inner.shape[1]))
    beyond[:, 0], beyond[:, 1] = ends, np.where(linear, slopes, 0.0)
    return Spline(
        knots,
        np.concatenate([knots[:1], origins, knots[-1:]]),
        np.concatenate([[1.0], scales, [1.0]]),
        np.concatenate([beyond[:1], inner, beyond[1:]]),
        odd,
    )


def _slopes(x: Array, y: Array) -> Array:
    """Return the slopes of the monotone cubic spline at the points."""
    from scipy.interpolate import CubicSpline  # imported on use: `import mftheory` loads NumPy at most

    secants = np.diff(y) / np.diff(x)
    turns = np.flatnonzero(secants[:-1] * secants[1:] < 0)  # at point k + 1, between secants k and k + 1
    limited = np.ones(secants.size, dtype=bool)
    limited[turns] = limited[turns + 1] = False
    low = np.where(limited, np.minimum(0.0, 3.0 * secants), -np.inf)
    high = np.where(limited, np.maximum(0.0, 3.0 * secants), np.inf)
    return np.clip(
        CubicSpline(x, y)(x, 1),
        np.maximum(np.append(-np.inf, low), np.append(low, -np.inf)),
        np.minimum(np.append(np.inf, high), np.append(high, np.inf)),
    )
