"""Fixed points, x = f(x), by Anderson's acceleration."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged

Array = NDArray[np.float64]

MAX_ITERATIONS = 1000
DEPTH = 16
"""Number of earlier steps that the acceleration combines."""


def fixed_point(
    image: Callable[[Array], Array],
    start: Array,
    tolerance: float,
    failure: str,
    depth: int = DEPTH,
    iterations: int = MAX_ITERATIONS,
    allowed: Callable[[Array], Array] = lambda x: x,
) -> Array:
    """Solve x = image(x) by steps to the combination of the last points whose residuals cancel best.

    Parameters
    ----------
    image : callable
        From a one-dimensional array to one of its shape.
    start : array
    tolerance : float
        Largest residual, relative to the largest entry of x.
    failure : str
        Message of NotConverged.
    depth : int
        Number of earlier steps that are combined.
    iterations : int
    allowed : callable
        Brings a point back to where the image is defined.

    Raises
    ------
    NotConverged
        With the history of residuals.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.numerics.anderson import fixed_point
    >>> round(float(fixed_point(np.cos, np.ones(1), 1e-12, "no")[0]), 9)
    0.739085133
    """
    x = start
    points: list[Array] = []
    residuals: list[Array] = []
    history: list[float] = []
    for _ in range(iterations):
        residual = image(x) - x
        history.append(float(np.max(np.abs(residual)) / np.max(np.abs(x))))
        if history[-1] < tolerance:
            return x
        if not np.isfinite(history[-1]):
            break
        points, residuals = [*points[-depth:], x], [*residuals[-depth:], residual]
        x = x + residual
        if len(points) > 1:
            steps, changes = np.diff(points, axis=0), np.diff(residuals, axis=0)
            # Nearly parallel changes carry no more information than one of them.
            combination = np.linalg.lstsq(changes.T, residual, rcond=1e-8)[0]
            x = x - combination @ (steps + changes)
        x = allowed(x)
    raise NotConverged(failure, history)
