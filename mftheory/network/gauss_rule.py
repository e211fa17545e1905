"""The Gauss quadrature rule of any discrete measure."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def gauss_rule(weights: Array, nodes: Array, order: int) -> tuple[Array, Array]:
    """Return weights and nodes, by Lanczos's recursion and Golub and Welsch's eigenvalues.

    Averages of polynomials up to degree 2 order - 1 are those of the measure.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.network.gauss_rule import gauss_rule
    >>> w, x = gauss_rule(np.full(5, 0.2), np.arange(5.0), 2)
    >>> (w @ x**3).round(12)  # (1 + 8 + 27 + 64)/5
    np.float64(20.0)
    """
    basis = [np.sqrt(weights / weights.sum())]
    diagonal, off_diagonal = [], []
    for _ in range(order):
        vector = nodes * basis[-1]
        diagonal.append(float(vector @ basis[-1]))
        known = np.array(basis)
        for _ in range(2):  # orthogonality is lost to rounding once
            vector = vector - known.T @ (known @ vector)
        off_diagonal.append(float(np.linalg.norm(vector)))
        basis.append(vector / off_diagonal[-1])
    matrix = np.diag(diagonal) + np.diag(off_diagonal[:-1], 1) + np.diag(off_diagonal[:-1], -1)
    values, vectors = np.linalg.eigh(matrix)
    return weights.sum() * vectors[0] ** 2, values
