"""Damped Newton's method for functions on a mesh, its linear equations solved by GMRES."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_ITERATIONS = 25
MAX_HALVINGS = 6
"""Halvings of a step that does not make the residual smaller."""
LINEAR_TOLERANCE = 1e-8
"""Relative tolerance of a step: what it leaves is for the next one, and the result is judged by its residual."""
KRYLOV_DIMENSION, MAX_RESTARTS = 100, 4


class Diverged(Exception):
    """Error: Newton's method failed from this start."""


def newton_krylov(
    x: Array,
    residual: Callable[[Array], tuple[Array, float]],
    jacobian: Callable[[Array], Callable[[Array], Array]],
    tolerance: float,
    stalled: float,
    history: list[float],
    largest_step: Callable[[Array, Array], float] = lambda x, change: 1.0,
    unit: Callable[[Array], Any] = lambda x: 1.0,
) -> Array:
    """Solve residual(x) = 0 from a start near enough.

    Parameters
    ----------
    x : array
        The start.
    residual : callable
        The residual, of the shape of x, and its size.
    jacobian : callable
        At x, the product of the derivative of the residual with an array of the shape of x.
    tolerance : float
        Size of the residual at which the solution is good enough.
    stalled : float
        Size below which a residual that falls no further is a rounding error.
    history : list of float
        List to which the size is appended at each iteration.
    largest_step : callable
        The largest part, at most 1, of a change that may be taken at once, from x and the change.
    unit : callable
        Units of x in which the linear equations are solved, broadcast against it.

    Raises
    ------
    Diverged
        If no step makes the residual smaller, or there are too many.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.numerics.newton import newton_krylov
    >>> def residual(x):
    ...     return x**2 - 2.0, float(np.abs(x**2 - 2.0).max())
    >>> root = newton_krylov(np.ones(2), residual, lambda x: lambda v: 2.0 * x * v, 1e-14, 1e-14, [])
    >>> bool(np.abs(root - 2.0**0.5).max() < 1e-12)
    True
    """
    from scipy.sparse.linalg import LinearOperator, gmres  # imported on use: noiseless leaky networks need none

    r, size = residual(x)
    history.append(size)
    for _ in range(MAX_ITERATIONS):
        if size <= tolerance:
            return x
        product, scale = jacobian(x), unit(x)

        def scaled(v: Array, product: Any = product, scale: Any = scale, shape: tuple[int, ...] = x.shape) -> Array:
            return np.asarray(product(v.reshape(shape) * scale) / scale).ravel()

        operator = LinearOperator((x.size, x.size), matvec=scaled, dtype=np.float64)
        solution, failed = gmres(
            operator, -(r / scale).ravel(), rtol=LINEAR_TOLERANCE, restart=KRYLOV_DIMENSION, maxiter=MAX_RESTARTS
        )
        if failed:
            raise Diverged
        change = solution.reshape(x.shape) * scale
        part, before = largest_step(x, change), size
        for _ in range(MAX_HALVINGS):
            trial = x + part * change
            r, size = residual(trial)
            if size < before:
                break
            part *= 0.5
        else:
            if before <= stalled:
                return x
            raise Diverged
        history.append(size)
        x = trial
    raise Diverged
