"""Places where φ may have kinks: zeros of what abs, sign, maximum, minimum and clip decide by; points of a table."""

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity, Tabulated
from mftheory.network.expression import evaluate, kink_arguments, parse

Array = NDArray[np.float64]

BISECTIONS = 70
"""Bisections from a grid spacing down to rounding."""


def possible_kinks(phi: Nonlinearity, grid: Array) -> Array:
    """Return the zeros of the arguments of functions with kinks, on the range of an ascending grid; sorted.

    A zero between two points of the grid is found by the change of sign, one on a point by itself. Of a table they are
    its pieces' ends: there φ''' jumps, φ'' where a slope was limited, and φ' at the ends of the table.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Nonlinearity
    >>> from mftheory.theory.stationary.gaussian.kinks import possible_kinks
    >>> possible_kinks(Nonlinearity("clip(x, -0.5, 1)"), np.linspace(-3, 3, 8)).round(12)
    array([-0.5,  1. ])
    """
    if isinstance(phi, Tabulated):
        knots = phi.spline.knots
        return knots[(knots >= grid[0]) & (knots <= grid[-1])]
    zeros: list[Array] = []
    for argument in kink_arguments(parse(phi.expression)):

        def sign(x: Array, tree: object = argument) -> Array:
            with np.errstate(all="ignore"):
                return np.sign(np.broadcast_to(evaluate(tree, x), x.shape))  # type: ignore[arg-type]

        at = sign(grid)
        change = at[:-1] * at[1:] < 0
        left, right, from_left = grid[:-1][change], grid[1:][change], at[:-1][change]
        for _ in range(BISECTIONS):
            middle = 0.5 * (left + right)
            same = sign(middle) == from_left
            left, right = np.where(same, middle, left), np.where(same, right, middle)
        beside = (np.append(at[1:], 1) != 0) | (np.append(1, at[:-1]) != 0)
        zeros += [right, grid[(at == 0) & beside]]
    return np.unique(np.concatenate(zeros)) if zeros else np.empty(0)
