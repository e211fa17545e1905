"""Zeros of a function of one variable, looked for everywhere on a grid."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged

VARIANCE_STEP = 0.35
"""Step of a grid in ln C^x(0). An average at variance c0 is its function smoothed over ln |x| with the density of
ln |z|, z standard normal, whose standard deviation is 1.1: what it does within a third of that is not independent. With
0.35 no zero was missed of 150 random φ, against grids of 0.02 (tests/theory/test_states.py)."""

MAX_GOLDEN_SECTIONS = 24
"""Golden sections of an extremum that may reach zero: the interval is then 1e-5 of two steps."""
GOLDEN_RATIO = 0.5 * (math.sqrt(5.0) - 1.0)
MAX_STEPS = 60
"""Factors e from the start within which a zero is looked for."""
MAX_ITERATIONS = 100
ITERATIONS_TO_ROUNDING, ROUNDING = 40, 1e-14
"""Iterations after which a value this small is a zero: near a fold the zero itself jumps by rounding, and steps do not
become small."""
LARGEST_VARIANCE = 1e12
"""C^x(0) at which the search gives up, for a φ that does not saturate."""


class Bracket(NamedTuple):
    """An interval in which a function changes its sign, and its values at the ends; one of them may be infinite."""

    low: float
    high: float
    at_low: float
    at_high: float


def variance_grid(low: float, high: float) -> NDArray[np.float64]:
    """Return variances from low to high, dense enough to see every zero."""
    return np.geomspace(low, high, max(9, math.ceil(math.log(high / low) / VARIANCE_STEP) + 1))


def sign_changes(function: Callable[[float], float], points: Sequence[float]) -> list[Bracket]:
    """Return all sign changes of a function on a grid, from low to high; zero counts as positive.

    Where three neighbours have one sign and the middle one is the closest to zero, the extremum between them is sought,
    so that two zeros close to each other (a fold) are found as well.

    Parameters
    ----------
    function : callable
        Function of one variable, whose values may be infinite.
    points : sequence of float
        Increasing, above 0: the extremum is sought in their logarithm.

    Examples
    --------
    >>> from mftheory.numerics.scan import sign_changes
    >>> [(b.low, b.high) for b in sign_changes(lambda x: (x - 2.9) * (x - 3.1), [1.0, 3.0, 9.0])]
    [(1.0, 3.0), (3.0, 9.0)]
    >>> len(sign_changes(lambda x: (x - 2.4) * (x - 2.6), [1.0, 3.0, 9.0]))
    2
    """
    grid = [(float(p), function(float(p))) for p in points]
    values = list(grid)
    for (a, at_a), (b, at_b), (c, at_c) in zip(grid, grid[1:], grid[2:], strict=False):
        sign = 1.0 if at_b >= 0 else -1.0
        of_one_sign = (at_a >= 0) == (at_b >= 0) == (at_c >= 0)
        if of_one_sign and sign * at_b < sign * at_a and sign * at_b <= sign * at_c:
            crossing = _across(function, a, b, c, at_b, sign)
            values += [] if crossing is None else [crossing]
    values.sort()
    return [Bracket(a, b, at_a, at_b) for (a, at_a), (b, at_b) in pairwise(values) if (at_a >= 0) != (at_b >= 0)]


def _across(
    function: Callable[[float], float], a: float, b: float, c: float, at_b: float, sign: float
) -> tuple[float, float] | None:
    """Return a point between a and c where the function has the other sign, by golden sections towards its extremum."""
    left, middle, right, best = math.log(a), math.log(b), math.log(c), at_b
    for _ in range(MAX_GOLDEN_SECTIONS):
        wider = right if right - middle > middle - left else left
        new = middle + (1.0 - GOLDEN_RATIO) * (wider - middle)
        value = function(math.exp(new))
        if (value >= 0) != (sign > 0):
            return math.exp(new), value
        if sign * value < sign * best:
            left, right = (middle, right) if new > middle else (left, middle)
            middle, best = new, value
        elif new > middle:
            right = new
        else:
            left = new
    return None


def bracket_of_fall(function: Callable[[float], float], start: float) -> Bracket | None:
    """Return where a function falls through zero, looked for from a start outwards by factors e; None if nowhere.

    Parameters
    ----------
    function : callable
        Positive on the left of its only zero.
    start : float
        Above 0.

    Examples
    --------
    >>> from mftheory.numerics.scan import bracket_of_fall
    >>> bracket = bracket_of_fall(lambda x: 3.0 - x, 1.0)
    >>> round(bracket.low, 3), round(bracket.high, 3)
    (2.718, 7.389)
    """
    low = high = math.log(start)
    at_low = at_high = function(math.exp(low))
    for _ in range(MAX_STEPS):
        if at_low > 0 >= at_high:
            return Bracket(math.exp(low), math.exp(high), at_low, at_high)
        if at_low > 0:
            low, at_low = high, at_high
            high += 1.0
            at_high = function(math.exp(high))
        else:
            high, at_high = low, at_low
            low -= 1.0
            at_low = function(math.exp(low))
    return None


def zero(function: Callable[[float], float], bracket: Bracket, what: str) -> float:
    """Return the zero in a bracket of finite values, of order 1, to rounding.

    By false position in ln x, Illinois variant. (scipy.optimize has better, but its import takes longer than the rest.)

    Raises
    ------
    NotConverged
        Naming `what` was sought.
    """
    low, high, at_low, at_high = math.log(bracket.low), math.log(bracket.high), bracket.at_low, bracket.at_high
    if at_low == 0 or at_high == 0:
        return bracket.low if at_low == 0 else bracket.high
    residuals: list[float] = []
    last, root = math.inf, high
    moved_low = None
    while len(residuals) < MAX_ITERATIONS:
        last, root = root, high - at_high * (high - low) / (at_high - at_low)
        at_root = float(function(math.exp(root)))
        residuals.append(at_root)
        settled = len(residuals) > ITERATIONS_TO_ROUNDING and abs(at_root) <= ROUNDING
        if at_root == 0 or settled or abs(root - last) <= 4e-16 * max(1.0, abs(root)):
            return math.exp(root)
        # The end that stays twice running has its value halved, so that it does not stay for ever.
        moves_low = bool((at_root > 0) == (at_low > 0))
        if moves_low:
            low, at_low = root, at_root
            at_high *= 0.5 if moved_low is True else 1.0
        else:
            high, at_high = root, at_root
            at_low *= 0.5 if moved_low is False else 1.0
        moved_low = moves_low
    raise NotConverged(f"{what} did not converge", residuals)
