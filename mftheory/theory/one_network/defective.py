"""Matrices with feedforward parts have too few eigenvectors, or nearly parallel ones; next to each there are others.

A random change of 1e-7 of the matrix itself makes the eigenvectors well enough conditioned, with probability close to 1
(Banks, Garza-Vargas, Kulkarni and Srivastava, 2020); 1e-16/1e-7 is the rounding error that is left. Sums of squares
such as ‖(1 - sJ)⁻¹‖² lose twice as many digits: of matrices without any cycle, chains and layers, they are right to
1e-5 only, and rough at that level. A change of 1e-5 makes them smooth (`LARGE_PERTURBATION`).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RELATIVE_PERTURBATION, LARGE_PERTURBATION = 1e-7, 1e-5  # norm of the random change over that of the matrix


def perturbed(matrix: Array, seed: int, size: float = RELATIVE_PERTURBATION) -> Array:
    """Return the matrix changed at random by the part `size` of its norm, shape (n, n)."""
    noise = np.random.default_rng(seed).standard_normal(matrix.shape)
    return np.asarray(matrix + size * np.linalg.norm(matrix) / len(matrix) * noise)
