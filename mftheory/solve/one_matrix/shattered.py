"""Matrices with feedforward parts have too few eigenvectors, or nearly parallel ones; next to each there are others.

A random change of 1e-7 of the matrix itself makes the eigenvectors well enough conditioned, with probability close to 1
(Banks, Garza-Vargas, Kulkarni and Srivastava, 2020); 1e-16/1e-7 is the rounding error that is left. Sums of squares
such as ‖(1 - sJ)⁻¹‖² lose twice as many digits: of matrices without any cycle, chains and layers, they are right to
1e-5 only, and rough at that level. A change of 1e-5 makes them smooth (`EAGER`).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHATTER, EAGER = 1e-7, 1e-5


def shattered(matrix: Array, seed: int, size: float = SHATTER) -> Array:
    """The matrix changed at random by this part of its norm."""
    noise = np.random.default_rng(seed).standard_normal(matrix.shape)
    return np.asarray(matrix + size * np.linalg.norm(matrix) / len(matrix) * noise)
