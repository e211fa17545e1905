"""A Python function as a table: is it one number for each number, over which range, and how fine must the table be?"""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.spline import chebyshev_points, cubic, pieces

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

TOLERANCE = 1e-12
"""Largest interpolation error of a table made of a function, relative to the largest |φ|: 289 points for tanh."""
TAIL = 1e-8
"""Change relative to the largest |φ| from which on a function is taken to have become constant or linear."""
DEGREE = 12
"""Degree of the pieces: a panel is resolved when the next ones would not show."""
MAX_POINTS = 5000
FINEST = 1e-7
"""Smallest length of a piece, relative to the range: a smooth function that bends there is told from a kink."""
LARGEST_RANGE = 8192.0
"""Largest |x| of a range that is found by itself: x/√(1 + x²) needs it."""
FARTHEST = 1e6
"""Largest |x| at which a function is tried out."""
PLACES = np.linspace(0.013, 0.987, 2 * DEGREE)
"""Places on a piece at which its error is measured, in units of its length."""
FORM = "must be a function that takes an array of numbers and returns as many finite numbers, each of its own x alone"
RANGE = "give it a range, Tabulated.of(function, low, high)"


def elementwise(function: Callable[..., Any]) -> Function:
    """Return the function of arrays that a user's function is, called element by element where it takes numbers only.

    Raises
    ------
    InvalidNetwork
        If its values are not real numbers, or depend on the other entries of the array. Those that are not finite
        are left to the caller.
    """
    sample = np.linspace(-1.5, 1.5, 12)
    if isinstance(function, type):
        raise InvalidNetwork("nonlinearity", function, f"is a class: write {function.__name__}()")
    for call in (function, lambda x: np.array([function(v) for v in x.tolist()])):
        try:
            values = _values(call, sample)
        except Exception as error:
            fault = f"{type(error).__name__}: {error}".splitlines()[0][:80]
            continue
        if values is None:
            fault = "its values are no real numbers"
            continue
        again = _values(call, sample[::2])
        if again is not None and np.array_equal(values[::2], again, equal_nan=True):
            return lambda x: _all_values(function, call, x)
        fault = "its values depend on the other entries, or change from call to call"
        break
    raise InvalidNetwork("nonlinearity", function, f"{FORM} ({fault})")


def _values(call: Callable[[Array], Any], x: Array) -> Array | None:
    """Return the values, None if they are not as many real numbers."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = np.asarray(call(x.copy()))
    if values.shape != x.shape or values.dtype.kind not in "biuf":
        return None
    return values.astype(np.float64)


def _all_values(function: Any, call: Callable[[Array], Any], x: Array) -> Array:
    try:
        values = _values(call, x)
    except Exception as error:
        raise InvalidNetwork("nonlinearity", function, f"{FORM} ({type(error).__name__}: {error})") from None
    if values is None:
        raise InvalidNetwork("nonlinearity", function, FORM)
    return values


def settled_range(function: Any, f: Function) -> tuple[float, float, tuple[bool, bool]]:
    """Return the range outside which a function is constant or linear, and on which sides it is linear.

    Raises
    ------
    InvalidNetwork
        If there is none up to ±8192.
    """
    far = np.append(np.geomspace(0.5, FARTHEST / 2, 600), FARTHEST)
    ends: list[float] = []
    linear: list[bool] = []
    scale = max(float(np.max(np.abs(_finite(function, f, side * far[far <= 16.0])))) for side in (-1.0, 1.0))
    for side in (-1.0, 1.0):
        values = f(side * far)
        if not np.isfinite(values[-2:]).all():
            values = np.full(far.size, np.nan)
        slope = (values[-1] - values[-2]) / (far[-1] - far[-2])
        for straight, rest in ((False, values - values[-1]), (True, values - values[-1] - slope * (far - far[-1]))):
            away = np.flatnonzero(~(np.abs(rest) <= TAIL * scale + 1e-15 * FARTHEST * abs(slope)))
            settled = far[min(away[-1] + 1, far.size - 1)] if away.size else far[0]
            if settled <= LARGEST_RANGE:
                # A line is longer by its slope's error: where x + e^{-x} has settled to 1e-8, the slope has to 1e-8.
                ends.append(side * 2.0 ** (math.ceil(math.log2(settled)) + straight))
                linear.append(straight)
                break
        else:
            raise InvalidNetwork(
                "nonlinearity",
                function,
                f"must become constant or linear, to {TAIL:g}, within |x| <= {LARGEST_RANGE:g} (not so for x "
                f"{'<' if side < 0 else '>'} 0): {RANGE}",
            )
    return ends[0], ends[1], (linear[0], linear[1])


def error_beyond(function: Any, f: Function, phi: Callable[[Any], Any], low: float, high: float) -> float:
    """Return the largest error of a continuation, up to five times the range."""
    far = np.concatenate([end * np.geomspace(1.0, 5.0, 200) for end in (low, high)])
    return float(np.abs(phi(far) - _finite(function, f, far)).max())


def uniform(function: Any, f: Function, low: float, high: float, points: int) -> tuple[Array, Array, float]:
    """Return a table of points at equal distances and the error of its cubic spline, measured between them."""
    x = np.linspace(low, high, points)
    y = _finite(function, f, x)
    between = (x[:-1, None] + np.diff(x)[:, None] * PLACES).ravel()
    error = np.abs(cubic(x, y).derivatives(between)[0] - _finite(function, f, between)).max()
    return x, y, float(error)


def resolved(function: Any, f: Function, low: float, high: float, tolerance: float) -> tuple[Array, Array, float]:
    """Return a table for pieces of degree 12, halved until their error is small, and that error.

    What is narrower than a 1/200 of the range, and not near 0, may be overlooked.

    Raises
    ------
    InvalidNetwork
        If the function is not finite, or not smooth.
    """
    open_pieces = np.stack([(edges := _first_edges(low, high))[:-1], edges[1:]], axis=1)
    done: dict[float, tuple[Array, Array]] = {}
    largest = error = 0.0
    while open_pieces.size:
        x = np.array([chebyshev_points(a, b, DEGREE) for a, b in open_pieces])
        between = open_pieces[:, :1] + np.diff(open_pieces) * PLACES
        y, exact = (_finite(function, f, at.ravel()).reshape(at.shape) for at in (x, between))
        largest = max(largest, float(np.abs(y).max()))
        errors = np.array([
            np.abs(pieces(x[k], y[k], DEGREE).derivatives(between[k])[0] - exact[k]).max() for k in range(len(x))
        ])  # fmt: skip
        good = errors <= tolerance * largest
        if low == -high:  # an odd function has an odd table, whatever rounding decides
            good &= good[::-1]
        error = max(error, float(errors[good].max(initial=0.0)))
        done |= {x[k, 0]: (x[k], y[k]) for k in np.flatnonzero(good)}
        left, right = open_pieces[~good].T
        if left.size and (
            (len(done) + left.size) * DEGREE > MAX_POINTS or np.min(right - left) < FINEST * (high - low)
        ):
            where = round(float(left[np.argmin(right - left)]), 4) + 0.0
            raise InvalidNetwork(
                "nonlinearity",
                function,
                f"must be smooth, to {tolerance:g} (not so, or too steep, near x = {where:g}): write kinks as a "
                f"formula with maximum, abs or clip, or give a table, Tabulated(x, rate)",
            )
        middle = 0.5 * (left + right)
        open_pieces = np.stack([left, middle, middle, right], axis=1).reshape(-1, 2)
    table = [done[start] for start in sorted(done)]
    points, rates = (np.append(table[0][n][0], np.concatenate([piece[n][1:] for piece in table])) for n in (0, 1))
    return points, rates, error


def _first_edges(low: float, high: float) -> Array:
    x = np.linspace(low, high, 17)
    near = 2.0 ** np.arange(-1, 14)
    near = np.concatenate([-near, [0.0], near])  # finer about 0, where most input is
    return np.unique(np.concatenate([x, near[(near > low) & (near < high)]]))


def _finite(function: Any, f: Function, x: Array) -> Array:
    values = f(x)
    wrong = ~np.isfinite(values)
    if wrong.any():
        where = x[wrong][np.argmin(np.abs(x[wrong]))]
        raise InvalidNetwork("nonlinearity", function, f"{FORM} (not so at x = {where:.3g})")
    return values
