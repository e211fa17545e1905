"""The law of singular values and diagonal overlaps of random modes whose patterns covary (theory §2, §9; ours).

J = L D Rᵀ with rows of L and R bivariate normal, variance 1/N and covariance ρ_a/N. In the resolvent of
[[0, J], [Jᵀ, 0]] at ζ, the two traces a neuron

    p(ζ) = (1/N) Σ_a ζ / (σ_a² - ζ²),        q(ζ) = (1/N) Σ_a σ_a u_aᵀv_a / (σ_a² - ζ²),

hold what is measured: the singular values and the overlaps of their vectors. A mode sees its neurons' resolvent as
Γ_a = [[p, ρ_a q], [ρ_a q, p]] (l_a and r_a are independent of it, and covary by ρ_a), so it scatters with
T_a = ([[0, 1/D_a], [1/D_a, 0]] + Γ_a)⁻¹, and all modes give the neurons the self-energies (N → ∞)

    s = (1/N) Σ_a p / (p² - b_a²),    t = -(1/N) Σ_a ρ_a b_a / (p² - b_a²),    b_a = 1/D_a + ρ_a q,

    1/(p ± q) = s - ζ ± t.

At ρ = 0 this is ψ_D((1 + w)² u) = w of `free_probability`, with p = -(1 + w)/ζ and u = 1/ζ². To first order in 1/ζ,
Σ_a σ_a u_aᵀv_a = Σ_a D_a ρ_a.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


def transforms(sigma: Real, diagonal: Real, zeta: Complex) -> tuple[Complex, Complex]:
    """Return p and q of measured singular values and overlaps, at each ζ."""
    p, q = np.empty((2, zeta.size), dtype=np.complex128)
    squares, weighted = np.square(sigma), sigma * diagonal
    for k, z in enumerate(zeta):
        pole = 1 / (squares - z * z)
        p[k], q[k] = z * pole.mean(), (pole @ weighted) / sigma.size
    return p, q


def self_energies(d: Real, rho: Real, weight: Real, p: Complex, q: Complex) -> tuple[Complex, Complex]:
    """Return s and t of modes of strength d and overlap rho, of which there are `weight` a neuron, at each (p, q)."""
    b = 1 / d + rho * q[:, None]
    terms = weight / (p[:, None] ** 2 - b**2)
    return p * terms.sum(axis=1), -(terms * rho * b).sum(axis=1)


@dataclass(frozen=True)
class _Response:
    """Derivatives of p and q at one ζ, outside the spectrum: by ζ, and by z where J becomes J - z."""

    p_zeta: float
    q_zeta: float
    p_z: float
    q_z: float


def single_mode(d: Real, rho: Real, weight: Real, overlap: float, p: float, q: float) -> float:
    """Find ρ of a mode that stands out, from the overlap of its own singular vectors.

    Parameters
    ----------
    d, rho, weight : arrays of shape (m,)
        The other modes, as in `self_energies`.
    overlap : float
        u_aᵀ v_a of the mode.
    p, q : float
        Measured at ζ = σ_a, without the mode.

    Notes
    -----
    σ_a is a pole of T_a: 1/D + ρ q + p = 0. As u_aᵀ v_a = -dσ_a/dz for J - z, the overlap is
    (p_z + ρ q_z)/(p_ζ + ρ q_ζ), the derivatives being the linear response of the other modes.
    """
    r = _response(d, rho, weight, p, q)
    return (overlap * r.p_zeta - r.p_z) / (r.q_z - overlap * r.q_zeta)


def _response(d: Real, rho: Real, weight: Real, p: float, q: float) -> _Response:
    b = 1 / d + rho * q
    inverse = 1 / (p * p - b * b)
    s_p = np.sum(weight * (inverse - 2 * (p * inverse) ** 2))
    s_q = np.sum(weight * 2 * p * b * rho * inverse**2)
    t_p = np.sum(weight * rho * 2 * p * b * inverse**2)
    t_q = -np.sum(weight * rho**2 * (inverse + 2 * (b * inverse) ** 2))
    plus, minus = 1 / (p + q) ** 2, 1 / (p - q) ** 2
    # Differentials of 1/(p ± q) = s - ζ ± (t - z).
    matrix = np.array([[plus + s_p + t_p, plus + s_q + t_q], [minus + s_p - t_p, -minus + s_q - t_q]])
    (p_zeta, p_z), (q_zeta, q_z) = np.linalg.solve(matrix, np.array([[1.0, 1.0], [1.0, -1.0]]))
    return _Response(float(p_zeta), float(q_zeta), float(p_z), float(q_z))
