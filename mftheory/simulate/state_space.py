"""State-space form of a rational filter: z' = A z + B u, x = C z, and its exact step for polynomial input and noise.

Everything a stepper adds to a state is a matrix here, computed once: the flow e^{A dt}, the weights of past inputs,
and the root of the covariance of the noise gathered in a step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Leaky, Rational

Array = NDArray[np.float64]

NODES = 24
"""Gauss–Legendre nodes a step. With |pole| dt <= 5 the integrals over a step are exact to rounding."""


@dataclass(frozen=True, eq=False)
class StateSpace:
    """z' = A z + B u, x = C z.

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
        """The controller form, its states scaled so that all change at the same rate."""
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
        """e^{A t}."""
        from scipy.linalg import expm

        return np.asarray(expm(self.A * t))

    def weights(self, dt: float, order: int) -> Array:
        """Weights of the inputs at t, t - dt, …: ∫ e^{A(dt-s)} B L_k(s) ds with the Lagrange polynomials L_k.

        Returns
        -------
        array of shape (order, m)
        """
        s, weight, flows = self._step(dt)
        rows = []
        for k in range(order):
            others = [j for j in range(order) if j != k]
            lagrange = np.prod([(s + j * dt) / ((j - k) * dt) for j in others], axis=0) if others else np.ones_like(s)
            rows.append(np.einsum("q,qij,j->i", weight * lagrange, flows, self.B))
        return np.array(rows)

    def noise_root(self, dt: float) -> Array:
        """L with L Lᵀ = ∫_0^dt e^{As} B Bᵀ e^{Aᵀs} ds: what unit white noise adds in a step, exactly."""
        _, weight, flows = self._step(dt)
        shots = flows @ self.B
        values, vectors = np.linalg.eigh(np.einsum("q,qi,qj->ij", weight, shots, shots))
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))

    def at_rest(self) -> Array:
        """State under a constant unit input."""
        return np.asarray(-np.linalg.solve(self.A, self.B))

    def _step(self, dt: float) -> tuple[Array, Array, Array]:
        node, weight = np.polynomial.legendre.leggauss(NODES)
        s = dt * (node + 1.0) / 2.0
        return s, weight * dt / 2.0, np.array([self.flow(dt - t) for t in s])
