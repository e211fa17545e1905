"""The propagator W = (1 - S̃ J)⁻¹ of a linear network at one frequency, and the covariances from independent noise."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import zherk
from scipy.linalg.lapack import zgetrf, zgetri

from mftheory.errors import CondensedModes
from mftheory.network.couplings import Couplings, Factored

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def propagator(J: Couplings, response: Complex, omega: float) -> Complex:
    """Return W = (1 - S̃ J)⁻¹, gains in J: from one decomposition, of an m × m matrix where J has few modes.

    Parameters
    ----------
    J : Couplings
    response : complex array of shape (n,) or (1,)
        S̃ of the neurons.
    omega : float
        The frequency; at 0 the sign of the determinant is looked at.

    Returns
    -------
    complex array of shape (n, n)

    Raises
    ------
    CondensedModes
        If W does not exist, or at ω = 0 an odd number of real eigenvalues of S̃ J is beyond 1.
    """
    response = np.broadcast_to(response, (J.n,))
    if isinstance(J, Factored):
        # Woodbury: S̃ J = A Bᵀ has W = 1 + A (1 - Bᵀ A)⁻¹ Bᵀ.
        left = response[:, None] * J.left
        low_rank: Complex = left @ (_inverse(np.eye(left.shape[1]) - J.right.T @ left, omega) @ J.right.T)
        low_rank[np.diag_indices(J.n)] += 1.0
        return low_rank
    matrix = -response[:, None] * J.dense()
    matrix[np.diag_indices(J.n)] += 1.0
    return _inverse(matrix, omega)


def _inverse(matrix: Complex, omega: float) -> Complex:
    """Return the inverse of 1 - S̃ J, overwriting it; at ω = 0 its determinant says whether S̃ J is stable."""
    lu, pivots, _ = zgetrf(matrix, overwrite_a=True)
    diagonal = np.diagonal(lu)
    exchanges = np.count_nonzero(pivots != np.arange(pivots.size))
    # All eigenvalues of S̃J below 1 make the determinant positive; a negative one needs a real eigenvalue beyond 1.
    negative = np.prod(np.sign(diagonal.real)) * (-1) ** exchanges < 0
    if np.any(diagonal == 0) or (omega == 0 and np.all(diagonal.imag == 0) and negative):
        raise CondensedModes(
            "couplings: this J has a real eigenvalue λ with λ S/(1 + R S) >= 1 at omega = 0: its linear network is "
            "unstable, a mode of this J condenses; use a larger n, a smaller S or, if there is a theory, resolve=True"
        )
    inverse, _ = zgetri(lu, pivots, overwrite_lu=True)
    return np.asarray(inverse)


def covariance(propagator: Complex, independent: Array) -> Complex:
    """Return ⟨φ_i* φ_j⟩ = (W diag(n) W†)*, shape (n, n), at half the cost of a general product."""
    upper = zherk(1.0, propagator * np.sqrt(independent))  # the lower triangle is left zero
    return np.asarray(np.conj(upper) + np.triu(upper, 1).T)
