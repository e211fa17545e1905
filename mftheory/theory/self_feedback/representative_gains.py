"""Neurons by their gains: a few values of G stand for a whole law of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Network

Array = NDArray[np.float64]

MOST_VALUES = 6
"""Values of G at most: averages of polynomials up to degree 11 are exact, those of C and S, smooth in G, to 1e-6."""


@dataclass(frozen=True, eq=False)
class GainGroups:
    """Kinds of neurons, each with its share and its gain, for averages ⟨f(G)⟩ = Σ weights f(gains).

    Attributes
    ----------
    weights, gains : arrays of shape (c,)
    """

    weights: Array
    gains: Array

    @classmethod
    def of(cls, network: Network, most: int = MOST_VALUES) -> "GainGroups":
        """Return the Gauss quadrature rule of a network's law of gains, or the law itself where it has few values."""
        weights, gains = network.gain_law()
        values, kind = np.unique(gains, return_inverse=True)
        shares = np.bincount(kind, weights).astype(np.float64)
        if values.size <= most:
            return cls(shares, values)
        return cls(*_gauss(shares, values, most))

    def mean(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return ⟨f⟩ of values of shape (c, ...)."""
        return np.asarray(np.tensordot(self.weights, values, axes=1))


def _gauss(weights: Array, nodes: Array, order: int) -> tuple[Array, Array]:
    """Return the Gauss rule of a discrete measure, by Lanczos's recursion and Golub and Welsch's eigenvalues."""
    basis = [np.sqrt(weights / weights.sum())]
    diagonal, off_diagonal = [], []
    for _ in range(order):
        vector = nodes * basis[-1]
        diagonal.append(float(vector @ basis[-1]))
        # Twice: orthogonality is lost to rounding once.
        for _ in range(2):
            for b in basis:
                vector = vector - (vector @ b) * b
        off_diagonal.append(float(np.linalg.norm(vector)))
        basis.append(vector / off_diagonal[-1])
    matrix = np.diag(diagonal) + np.diag(off_diagonal[:-1], 1) + np.diag(off_diagonal[:-1], -1)
    values, vectors = np.linalg.eigh(matrix)
    return weights.sum() * vectors[0] ** 2, values
