"""Meshes of frequencies that resolve (1 - s J)⁻¹ of leaky neurons."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def resolving(poles: NDArray[Any], end: float) -> Array:
    """Return edges of panels from 0 to `end`, none longer than the distance to the nearest zero of 1 + iω - pole."""
    zeros = 1j * (1.0 - poles)
    pending, edges = [(0.0, end)], [0.0]
    while pending:
        a, b = pending.pop()
        beside = np.maximum(np.maximum(a - zeros.real, zeros.real - b), 0.0)
        if b - a > np.min(np.hypot(beside, zeros.imag)):
            middle = 0.5 * (a + b)
            pending += [(middle, b), (a, middle)]
        else:
            edges.append(b)
    return np.array(edges)
