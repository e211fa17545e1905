"""The linear response of leaky populations that drive each other, K(ω) = (1 + ω² - M)⁻¹, to their sources."""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.convolution import Convolution
from mftheory.numerics.panels import Panels

Array = NDArray[np.float64]


class Propagator:
    """f ↦ K * (f + σ² δ) at τ = 0 and at the nodes of a mesh, K(ω) = (1 + ω² - M)⁻¹.

    In the basis of Schur's decomposition M is triangular, and K one convolution with an exponential after the other:
    orthogonal, so exact to rounding also where eigenvectors of M are nearly, or altogether, parallel.

    Parameters
    ----------
    mesh : Panels
        Mesh with which f, and K * f, end.
    matrix : array of shape (P, P)
        M, of spectral radius below 1.
    scales : array of shape (P,)
        Magnitudes of the P functions: rounding is relative to these.

    Attributes
    ----------
    matrix : array of shape (P, P)
        The M in use: if M has complex eigenvalues, one with their real parts instead.
    """

    def __init__(self, mesh: Panels, matrix: Array, scales: Array) -> None:
        from scipy.linalg import schur  # imported on use

        self._scales = scales[:, None]
        triangular, self._basis = schur(matrix * scales / self._scales)
        self._triangular = np.triu(triangular)
        self.matrix = self._basis @ self._triangular @ self._basis.T * self._scales / scales
        rates = [math.sqrt(1.0 - eigenvalue) for eigenvalue in np.diag(self._triangular)]
        tau = np.append(0.0, mesh.nodes.ravel())
        self._shape = mesh.nodes.shape
        self._kernels = [np.exp(-rate * tau) / (2.0 * rate) for rate in rates]
        self._convolutions = [Convolution(mesh, np.array([0.5 / rate + 0j]), np.array([rate + 0j])) for rate in rates]

    def __call__(self, source: Array, noise: Array | None = None) -> Array:
        """Return K * (f + σ² δ), of shape (P, 1 + nodes), from f at the nodes, of shape (P, nodes), and σ²."""
        rotated = self._basis.T @ (source / self._scales)
        white = np.zeros(len(rotated)) if noise is None else self._basis.T @ (noise / self._scales[:, 0])
        result = np.zeros((len(rotated), 1 + rotated.shape[1]))
        for k in reversed(range(len(rotated))):
            passed_on = rotated[k] + self._triangular[k, k + 1 :] @ result[k + 1 :, 1:]
            result[k] = self._convolutions[k](passed_on.reshape(self._shape)) + white[k] * self._kernels[k]
        return np.asarray(self._basis @ result * self._scales)
