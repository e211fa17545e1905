"""Singular values of a coupling matrix, their participation ratio, and the effective rank it implies."""

from typing import Literal

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork, Unsupported

MAX_DENSE_NEURONS = 20_000
"""Largest matrix decomposed densely: above, its n² numbers no longer fit in a few GB."""

_MAX_BLOCK_PRODUCTS = 2e7  # entries of J Jᵀ at a time, a few hundred MB


def singular_values(
    matrix: sp.csr_array | NDArray[np.float64], method: Literal["gram", "svd"] = "gram"
) -> NDArray[np.float64]:
    """Compute all singular values of a square matrix, largest first.

    Parameters
    ----------
    matrix : array or scipy.sparse array of shape (n, n)
        The couplings J.
    method : {"gram", "svd"}
        ``"gram"`` takes the square roots of the eigenvalues of J Jᵀ (about three times faster). Rounding gives the
        eigenvalues an absolute error of order ε n σ_max², ε = 2.2e-16, so singular values below σ_max √(ε n) (4e-6 at
        n = 5,552 and σ_max = 3.6) are noise: they are returned as exact zeros. Large ones keep full precision.
        ``"svd"`` decomposes J itself and resolves singular values down to ε σ_max.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    InvalidNetwork
        If the matrix is not square, not finite, or zero.
    Unsupported
        If n is above `MAX_DENSE_NEURONS`: decompose a part of the wiring.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.connectome import singular_values
    >>> singular_values(np.array([[0.0, 2.0], [-1.0, 0.0]])).tolist()
    [2.0, 1.0]
    """
    n = _dense_size(matrix)
    if method == "svd":
        dense = matrix.toarray() if sp.issparse(matrix) else np.asarray(matrix)
        return np.asarray(scipy.linalg.svdvals(dense))
    if method != "gram":
        raise InvalidNetwork("method", method, "must be 'gram' or 'svd'")
    squares = np.linalg.eigvalsh(_gram(matrix))[::-1]
    noise = np.finfo(float).eps * n * squares[0]
    return np.sqrt(np.where(squares > noise, squares, 0.0))


def dense_modes(matrix: sp.csr_array) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Compute all singular values and vectors, (σ, U, V) with J = U diag(σ) Vᵀ, through the eigenvectors of Jᵀ J.

    Columns of U whose σ is zero (see `singular_values`) are zero.

    Raises
    ------
    InvalidNetwork, Unsupported
        As `singular_values`.
    """
    n = _dense_size(matrix)
    values, vectors = np.linalg.eigh(_gram(matrix.T.tocsr()))
    squares, right = values[::-1], vectors[:, ::-1]
    squares = np.where(squares > np.finfo(float).eps * n * squares[0], squares, 0.0)
    left = matrix @ right
    norms = np.linalg.norm(left, axis=0)
    left = np.where(squares > 0, left / np.where(norms > 0, norms, 1.0), 0.0)
    return np.sqrt(squares), left, right


def checked_size(matrix: sp.csr_array | NDArray[np.float64]) -> int:
    """Return the number of neurons; refuse a matrix that is not square, not finite, or zero."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidNetwork("matrix", matrix.shape, "must be square")
    n = int(matrix.shape[0])
    entries = matrix.data if sp.issparse(matrix) else matrix
    if not np.all(np.isfinite(entries)) or not np.any(entries):
        raise InvalidNetwork("matrix", f"{n} x {n}", "must have finite entries, not all zero")
    return n


def _dense_size(matrix: sp.csr_array | NDArray[np.float64]) -> int:
    """Return the number of neurons; refuse a matrix that cannot be decomposed densely."""
    n = checked_size(matrix)
    if n > MAX_DENSE_NEURONS:
        raise Unsupported(
            f"all singular values of {n} neurons: the dense decomposition is for {MAX_DENSE_NEURONS} at most"
        )
    return n


def _gram(matrix: sp.csr_array | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return M Mᵀ, dense."""
    if sp.issparse(matrix) and not _is_full(matrix):
        return np.asarray((matrix @ matrix.T).toarray(), dtype=np.float64)
    dense = matrix.toarray() if sp.issparse(matrix) else np.asarray(matrix)
    return dense @ dense.T


def _is_full(matrix: sp.csr_array) -> bool:
    """Return True if dense products are the faster ones, and fit."""
    return bool(matrix.nnz > 0.05 * matrix.shape[0] ** 2 and matrix.shape[0] <= MAX_DENSE_NEURONS)


def participation_ratio(values: ArrayLike | sp.csr_array) -> float:
    """Return PR_S = (Σσ²)² / (n Σσ⁴): the fraction of modes that carry the couplings (theory §2).

    Parameters
    ----------
    values : array of shape (n,), or a matrix of shape (n, n)
        Singular values; or the matrix itself, for which Σσ² = tr J Jᵀ and Σσ⁴ = tr (J Jᵀ)² need no decomposition.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.connectome import participation_ratio
    >>> participation_ratio([1.0, 1.0, 0.0, 0.0])
    0.5
    >>> participation_ratio(np.eye(3))
    1.0
    """
    if sp.issparse(values):
        (second, fourth), n = traces(values), values.shape[0]
    else:
        array = np.asarray(values, dtype=np.float64)
        squares = array @ array.T if array.ndim == 2 else np.square(array)
        second, n = (np.trace(squares) if array.ndim == 2 else squares.sum()), array.shape[0]
        fourth = np.square(squares).sum()
    return float(second**2 / (n * fourth))


def participation_ratio_iid(n: int) -> float:
    """Return PR_S of n × n independent Gaussian couplings: 1/2 with its correction at finite n, 1/(2 + 1/n).

    It is E[Σσ²]²/(n E[Σσ⁴]), with E[Σσ²] = g²n and E[tr (J Jᵀ)²] = g⁴(2n + 1). Fluctuations between matrices
    are of order 1/n as well.

    Examples
    --------
    >>> from mftheory.connectome import participation_ratio_iid
    >>> participation_ratio_iid(50)
    0.49504950495049505
    """
    return 1 / (2 + 1 / n)


def traces(matrix: sp.csr_array) -> tuple[float, float]:
    """Return Σσ² = tr J Jᵀ and Σσ⁴ = tr (J Jᵀ)² of a sparse matrix; J Jᵀ is never stored whole."""
    if _is_full(matrix):
        return float(np.square(matrix.data).sum()), float(np.square(_gram(matrix)).sum())
    rows, transposed = matrix.tocsr(), matrix.T.tocsr()
    block = max(1, int(_MAX_BLOCK_PRODUCTS * matrix.shape[0] / max(1, _products(matrix))))
    fourth = sum(
        float(np.square((rows[first : first + block] @ transposed).data).sum())
        for first in range(0, matrix.shape[0], block)
    )
    return float(np.square(matrix.data).sum()), fourth


def _products(matrix: sp.csr_array) -> float:
    """Return the number of products in J Jᵀ, at least the number of its entries."""
    return float(np.sum(np.square(np.bincount(matrix.indices, minlength=1).astype(float))))


def effective_rank(pr_s: float) -> float:
    """Return the effective rank α PR_D of the random-mode network whose singular values have participation ratio PR_S.

    Inverts [sv-pr], PR_S = α PR_D / (1 + 2 α PR_D) ([CMvML25], Eq. 13).

    Parameters
    ----------
    pr_s : float
        PR_S, dimensionless, between 0 and 1/2.

    Raises
    ------
    InvalidNetwork
        If PR_S is not a number between 0 and 1.
    Unsupported
        If PR_S ≥ 1/2, the value of i.i.d. couplings (infinite effective rank): no random-mode network reaches it.

    Examples
    --------
    >>> from mftheory.connectome import effective_rank
    >>> effective_rank(0.25)
    0.5
    """
    # Equal singular values can give PR_S above 1 by rounding.
    if not 0 < pr_s <= 1 + 1e-9:
        raise InvalidNetwork("pr_s", pr_s, "must be above 0 and at most 1")
    if pr_s >= 0.5:
        raise Unsupported(
            f"pr_s = {pr_s:.4g} has no effective rank, since [sv-pr] inverts below 1/2 only: use the i.i.d. surrogate"
        )
    return pr_s / (1 - 2 * pr_s)
