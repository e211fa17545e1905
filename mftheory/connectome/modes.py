"""Singular values and vectors of a sparse coupling matrix: all of them, or the leading ones and an estimated tail."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import structural_rank
from scipy.sparse.linalg import ArpackError, svds

from mftheory.connectome import spectrum, tail
from mftheory.errors import InvalidNetwork, NotConverged

Real = NDArray[np.float64]

MAX_NEURONS_ALL_VECTORS = 2_000
"""Number of neurons up to which all singular vectors are computed (about 2 s on two cores)."""

MAX_NEURONS_ALL_VALUES = 8_000
"""Number of neurons up to which all singular values are computed (about 25 s); above, the tail is estimated."""

LEADING_VECTORS = 200
"""Number of singular vectors computed where not all are."""


@dataclass(frozen=True, eq=False)
class Modes:
    """The singular modes of J = Σ_a σ_a u_a v_aᵀ, as far as they were computed.

    Attributes
    ----------
    singular_values : array of shape (n,)
        Largest first; from `exact` on estimated.
    exact : int
        Number of singular values computed.
    tail : {"exact", "estimated"}
        Whether all n singular values were computed; if not, Σσ² and Σσ⁴ are still exact (traces of sparse products).
    tail_error : float
        Of the distribution of the estimated ones, 0 where all are exact; see `tail.Tail`.
    left, right : arrays of shape (n, k)
        Leading singular vectors u_a and v_a, as columns.
    diagonal : array of shape (n,)
        u_aᵀ v_a: the first k from the vectors, the others averages over neighbouring modes, estimated; zero where σ is.
    """

    singular_values: Real
    exact: int
    tail: Literal["exact", "estimated"]
    tail_error: float
    left: Real
    right: Real
    diagonal: Real


def singular_modes(matrix: sp.csr_array, modes: int | None = None, progress: bool = False) -> Modes:
    """Decompose a sparse square matrix as far as its size allows.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array of shape (n, n)
        J[post, pre].
    modes : int, optional
        Number of singular vectors. By default all up to n = `MAX_NEURONS_ALL_VECTORS`, `LEADING_VECTORS` above. All n
        are computed at any n up to `spectrum.MAX_DENSE_NEURONS` if asked for.
    progress : bool
        Show the progress of the estimate of the tail.

    Raises
    ------
    InvalidNetwork
        If modes is not from 1 to n, or the matrix is zero.
    Unsupported
        If all vectors are asked for at more than `spectrum.MAX_DENSE_NEURONS` neurons.
    NotConverged
        If the leading singular vectors are not found.
    """
    n = matrix.shape[0]
    k = (n if n <= MAX_NEURONS_ALL_VECTORS else LEADING_VECTORS) if modes is None else modes
    if not 1 <= k <= n:
        raise InvalidNetwork("modes", modes, f"must be from 1 to the number of neurons, {n}")
    trace = float(matrix.diagonal().sum())
    if n <= MAX_NEURONS_ALL_VECTORS or 2 * k > n:  # svds is for a few of many
        sigma, left, right = spectrum.dense_modes(matrix)
        diagonal = np.einsum("ia,ia->a", left, right)
        resolved = max(1, min(k, int(np.count_nonzero(sigma))))
        return Modes(sigma, n, "exact", 0.0, left[:, :resolved], right[:, :resolved], diagonal)

    try:
        # ARPACK starts at random; a fixed start makes two runs agree.
        left, leading, transposed = svds(matrix, k=k, v0=np.ones(n) / np.sqrt(n), return_singular_vectors=True)
    except ArpackError as error:
        raise NotConverged(f"the leading {k} singular vectors: {error}") from None
    order = np.argsort(leading)[::-1]
    left, leading, right = left[:, order], leading[order], transposed[order].T
    resolved = max(1, int(np.count_nonzero(leading > 1e-7 * leading[0])))
    left, leading, right = left[:, :resolved], leading[:resolved], right[:, :resolved]
    diagonal = np.einsum("ia,ia->a", left, right)
    second, fourth = spectrum.traces(matrix)
    # Without numerical coincidences a singular value is zero exactly where no assignment of entries avoids it.
    zeros = n - int(structural_rank(matrix))
    if resolved + zeros >= n or second - np.sum(leading**2) <= 1e-12 * second:
        pad = np.zeros(n - resolved)
        return Modes(np.append(leading, pad), n, "exact", 0.0, left, right, np.append(diagonal, pad))
    estimated = tail.estimate(
        matrix,
        right,
        second=second - float(np.sum(leading**2)),
        fourth=fourth - float(np.sum(leading**4)),
        trace=trace - float(leading @ diagonal),
        zeros=zeros,
        largest=float(leading[-1]),
        progress=progress,
    )
    overlaps = np.append(diagonal, estimated.overlaps)
    if n > MAX_NEURONS_ALL_VALUES:
        sigma = np.append(leading, estimated.singular_values)
        return Modes(sigma, resolved, "estimated", estimated.error * (n - resolved) / n, left, right, overlaps)
    sigma = spectrum.singular_values(matrix)
    overlaps[sigma == 0] = 0.0
    # The estimate gave tr J with its own singular values; with the computed ones it is off by their differences.
    overlaps[resolved:][sigma[resolved:] > 0] += (trace - sigma @ overlaps) / np.sum(sigma[resolved:])
    return Modes(sigma, n, "exact", 0.0, left, right, overlaps)
