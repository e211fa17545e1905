"""Modes by their strength and overlap: few of them stand for a long list."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.network import RandomMode
from mftheory.network.connectivity import Connectivity

Array = NDArray[np.float64]

DEGREE = 30
"""Highest power of Dρ whose means are kept. Those of 1/(1 - Dρ s) are then kept to 1e-7 up to Dρ|s| = 0.8."""


@dataclass(frozen=True, eq=False)
class RepresentativeModes:
    """Weighted modes for averages ⟨f(D, ρ)⟩ = Σ weights f(D, rho), shape (m,); empty for couplings without modes."""

    weights: Array
    D: Array
    rho: Array

    @classmethod
    def exactly(cls, connectivity: Connectivity) -> "RepresentativeModes":
        """Return the law of modes of couplings as it stands."""
        if not isinstance(connectivity, RandomMode):
            return cls(np.empty(0), np.empty(0), np.empty(0))
        return cls(*connectivity.mode_law())

    @classmethod
    def of(cls, connectivity: Connectivity, degree: int = DEGREE) -> "RepresentativeModes":
        """Return the law of modes of couplings, thinned if it is long."""
        law = cls.exactly(connectivity)
        return law.thinned(degree) if law.weights.size > 5 * degree else law

    def thinned(self, degree: int) -> "RepresentativeModes":
        """Return some of the modes, reweighted so that ⟨D^p (Dρ)^k⟩ is kept for p = 0, 2, 4 and k up to `degree`.

        Non-negative least squares finds such weights, by Tchakaloff's theorem on no more modes than moments.
        """
        from numpy.polynomial.chebyshev import chebvander
        from scipy.optimize import nnls

        z = self.D * self.rho
        middle, half = 0.5 * (z.max() + z.min()), 0.5 * float(np.ptp(z)) or 1.0
        powers = chebvander((z - middle) / half, degree)
        strength = self.D / np.sqrt(self.weights @ self.D**2)
        moments = np.concatenate([powers.T * strength**p for p in (0, 2, 4)])
        weights, _ = nnls(moments, moments @ self.weights)
        positive = weights > 0
        return RepresentativeModes(weights[positive], self.D[positive], self.rho[positive])
