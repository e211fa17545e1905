"""The singular values of a large sparse matrix below the leading ones, and their overlaps, by random probes.

Stochastic Lanczos quadrature (Ubaru, Chen & Saad, SIAM J. Matrix Anal. Appl. 38, 1075 (2017)): a random vector x, freed
from the leading right singular vectors, is started into the Lanczos recursion of JᵀJ. The eigenvalues θ of the
tridiagonal matrix and the squared first components of its eigenvectors are a quadrature of xᵀ f(JᵀJ) x ≈ Σ f(σ_a²), and
the same run gives xᵀ J f(JᵀJ) x ≈ Σ f(σ_a²) σ_a u_aᵀ v_a.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

from mftheory.network.strengths import bent_to_participation_ratio
from mftheory.progress import tracked

Real = NDArray[np.float64]

LANCZOS_PROBES = 10
LANCZOS_STEPS = 100
_GRID_POINTS = 4000  # points in σ at which the distributions of the probes are averaged
_BINS = 40  # parts of equal number of modes, in each of which the overlap is a constant


@dataclass(frozen=True, eq=False)
class Tail:
    """Estimates for the modes below the leading ones.

    Attributes
    ----------
    singular_values : array of shape (m,)
        Largest first, with the given Σσ² and Σσ⁴ to rounding.
    overlaps : array of shape (m,)
        u_aᵀ v_a, averaged over neighbouring modes; zero where σ is.
    error : float
        Of the distribution of the singular values, where it is largest, as a fraction of the modes: the standard error
        between probes, and half the largest weight of a node, within which a quadrature fixes the distribution
        (Chebyshev, Markov and Stieltjes).
    """

    singular_values: Real
    overlaps: Real
    error: float


def estimate(
    matrix: sp.csr_array,
    right: Real,
    second: float,
    fourth: float,
    trace: float,
    zeros: int,
    largest: float,
    probes: int = LANCZOS_PROBES,
    steps: int = LANCZOS_STEPS,
    progress: bool = False,
) -> Tail:
    """Estimate singular values and overlaps of the modes that are orthogonal to the leading ones.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array of shape (n, n)
        J.
    right : array of shape (n, k)
        The leading right singular vectors.
    second, fourth, trace : float
        Σσ², Σσ⁴ and Σ σ_a u_aᵀ v_a of the modes asked for: those of J less those of the leading modes.
    zeros : int
        Number of singular values that are zero.
    largest : float
        The smallest of the leading singular values.
    probes, steps : int
        Random vectors, and Lanczos steps with each.

    Notes
    -----
    Resolution is about largest/steps in σ; noise falls as 1/√(n probes). The probes are drawn with a fixed seed.
    """
    n, k = right.shape
    m = n - k
    start = np.random.default_rng(0).standard_normal((probes, n))
    start -= (start @ right) @ right.T
    grid = np.linspace(0.0, largest, _GRID_POINTS)
    edges = np.linspace(zeros, m, _BINS + 1)  # counted from the smallest singular value
    below, sums, half = [], [], []
    for theta, counts, cross in _quadratures(matrix, right, start, min(steps, m), progress):
        counts = counts * m
        # Half of a node's weight is below it: the distribution is known to within a weight, and this is its middle.
        middle = np.maximum(np.cumsum(counts) - 0.5 * counts, zeros)
        half.append(0.5 * float(counts[np.cumsum(counts) > zeros].max()))
        node = np.sqrt(np.maximum(theta, 0.0))
        below.append(np.interp(grid, np.append(0.0, node), np.append(zeros, middle), right=m))
        whole = np.maximum(np.cumsum(counts), zeros)
        sums.append(np.interp(edges, np.append(zeros, whole), np.append(0.0, np.cumsum(cross))))
    distribution = np.mean(below, axis=0)
    error = (float(np.max(np.std(below, axis=0, ddof=1))) / np.sqrt(probes) + float(np.mean(half))) / m

    count = m - zeros
    sigma = np.interp(zeros + np.arange(count)[::-1] + 0.5, distribution, grid)
    sigma = bent_to_participation_ratio(np.maximum(sigma, 1e-9 * largest), min(1.0, second**2 / (count * fourth)))
    sigma *= np.sqrt(second / np.sum(sigma**2))

    which = np.minimum(((count - 1 - np.arange(count)) * _BINS) // count, _BINS - 1)
    weight = np.bincount(which, sigma, _BINS)
    profile = np.diff(np.mean(sums, axis=0)) / weight
    profile += (trace - profile @ weight) / weight.sum()  # what the probes miss of the trace, spread evenly
    pad = np.zeros(zeros)
    return Tail(np.append(sigma, pad), np.append(profile[which], pad), error)


def _quadratures(
    matrix: sp.csr_array, right: Real, start: Real, steps: int, progress: bool
) -> Iterator[tuple[Real, Real, Real]]:
    """Return, for each start x, the nodes θ in order, their share of |x|², and their part of xᵀ J x."""
    probes, n = start.shape
    transposed = matrix.T.tocsr()
    basis = np.empty((probes, steps, n))
    diagonal, off = np.empty((probes, steps)), np.zeros((probes, steps))
    size = np.linalg.norm(start, axis=1)
    current = start / size[:, None]
    for j in tracked(range(steps), "tail of the spectrum", "step", enabled=progress):
        basis[:, j] = current
        y = np.ascontiguousarray((transposed @ (matrix @ current.T)).T)
        diagonal[:, j] = np.sum(current * y, axis=1)
        y -= (y @ right) @ right.T  # without it, leading modes come back by rounding
        for q, each in zip(basis[:, : j + 1], y, strict=True):
            for _ in range(2):
                each -= (q @ each) @ q
        off[:, j] = np.linalg.norm(y, axis=1)
        current = y / np.maximum(off[:, j], np.finfo(float).tiny)[:, None]
    for d, e, q, x, norm in zip(diagonal, off, basis, start, size, strict=True):
        # Where the recursion ends early, in an invariant subspace, the quadrature is exact and what follows is noise.
        ended = np.flatnonzero(e[:-1] <= 1e-10 * np.abs(d).max())
        length = int(ended[0]) + 1 if ended.size else steps
        nodes, vectors = eigh_tridiagonal(d[:length], e[: length - 1])
        theta = np.asarray(nodes, dtype=np.float64)
        first = np.asarray(vectors[0], dtype=np.float64)
        yield theta, first**2, first * norm * (vectors.T @ (q[:length] @ (transposed @ x)))
