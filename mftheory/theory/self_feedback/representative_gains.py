"""Neurons by their gains: a few values of G stand for a whole law of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Network
from mftheory.network.gauss_rule import gauss_rule

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
        return cls(*gauss_rule(shares, values, most))

    def mean(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return ⟨f⟩ of values of shape (c, ...)."""
        return np.asarray(np.tensordot(self.weights, values, axes=1))
