"""Matrices with feedforward parts have too few eigenvectors, or nearly parallel ones; next to each there are others.

A random change of 1e-7 of the matrix itself makes the eigenvectors well enough conditioned, with probability close to 1
(Banks, Garza-Vargas, Kulkarni and Srivastava, 2020); 1e-16/1e-7 is the rounding error that is left.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHATTER = 1e-7


def shattered(matrix: Array, seed: int) -> Array:
    """The matrix changed at random by 1e-7 of its norm."""
    noise = np.random.default_rng(seed).standard_normal(matrix.shape)
    return np.asarray(matrix + SHATTER * np.linalg.norm(matrix) / len(matrix) * noise)
