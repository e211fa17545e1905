"""State-space form of a rational filter: z' = A z + B u, x = C z, and its exact step for polynomial input and noise.

All that a stepper adds to a state is linear, and its matrices are computed once: the flow e^{A dt}, the weights of past
inputs, and the root of the covariance of the noise gathered in a step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Leaky, Rational
from mftheory.simulation.stepping import lagrange

Array = NDArray[np.float64]

QUADRATURE_NODES = 24
"""Number of Gauss–Legendre nodes in a step. With |pole| dt <= 5 the integrals over a step are exact to rounding."""


@dataclass(frozen=True, eq=False)
class StateSpace:
    """The linear system z' = A z + B u, x = C z.

    Attributes
    ----------
    A : array of shape (m, m)
    B, C : arrays of shape (m,)
    """

    A: Array
    B: Array
    C: Array

    @classmethod
    def of(cls, dynamics: Leaky | Rational) -> "StateSpace":
        """Return the controller form of a filter, its states scaled so that all change at the same rate."""
        d = np.array(dynamics.denominator) / dynamics.denominator[-1]
        n = np.array(dynamics.numerator) / dynamics.denominator[-1]
        m = d.size - 1
        A = np.diag(np.ones(m - 1), 1)
        A[-1] = -d[:-1]
        B = np.eye(m)[-1]
        C = np.pad(n, (0, m - n.size))
        rate = float(np.abs(dynamics.poles).mean())
        scale = rate ** np.arange(m - 1, -1, -1.0)
        return cls(A * scale[:, None] / scale, B * scale, C / scale)

    def flow(self, t: float) -> Array:
        """Return e^{A t}, shape (m, m)."""
        from scipy.linalg import expm

        return np.asarray(expm(self.A * t))

    def weights(self, dt: float, order: int) -> Array:
        """Return the weights of the inputs at t, t - dt, …: ∫ e^{A(dt-s)} B L_k(s) ds, with Lagrange polynomials L_k.

        Returns
        -------
        array of shape (order, m)
        """
        s, weight, flows = self._step(dt)
        rows = [np.einsum("q,qij,j->i", weight * p, flows, self.B) for p in lagrange(s, dt, order)]
        return np.array(rows)

    def noise_root(self, dt: float) -> Array:
        """Return L with L Lᵀ = ∫_0^dt e^{As} B Bᵀ e^{Aᵀs} ds, what unit white noise adds in a step, exactly."""
        _, weight, flows = self._step(dt)
        shots = flows @ self.B
        values, vectors = np.linalg.eigh(np.einsum("q,qi,qj->ij", weight, shots, shots))
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))

    def at_rest(self) -> Array:
        """Return the state under a constant unit input, shape (m,)."""
        return np.asarray(-np.linalg.solve(self.A, self.B))

    def _step(self, dt: float) -> tuple[Array, Array, Array]:
        node, weight = np.polynomial.legendre.leggauss(QUADRATURE_NODES)
        s = dt * (node + 1.0) / 2.0
        return s, weight * dt / 2.0, np.array([self.flow(dt - t) for t in s])
