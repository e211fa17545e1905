"""Gaussian matrices whose entries covary, by the small covariance matrix of the entries that belong together."""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import memory

Array = NDArray[np.float64]

_ROUNDING_TOLERANCE = 1e-10  # an eigenvalue this far below 0, relative to the largest, is a zero with rounding error


def covarying_matrices(names: tuple[str, ...], same: Array, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """Draw matrices X^1 … X^k with ⟨X^a_ij X^b_ij⟩ = same[i, j, a, b], all else independent.

    Parameters
    ----------
    names : tuple of str
        What to call the k matrices in an error.
    same : array of shape (rows or 1, columns or 1, k, k)
        Covariances; an axis of length 1 means the same for all rows, or columns.
    shape : (rows, columns)
    rng : numpy Generator

    Returns
    -------
    array of shape (k, rows, columns)

    Raises
    ------
    InvalidNetwork
        Naming the matrices, if no Gaussian has these covariances.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.network.covarying import covarying_matrices
    >>> cov = np.array([[1.0, -1.0], [-1.0, 1.0]])[None, None]
    >>> X, Y = covarying_matrices(("X", "Y"), cov, (3, 4), np.random.default_rng(0))
    >>> X.shape, bool(np.allclose(X, -Y))
    ((3, 4), True)
    """
    memory.check("n", max(shape), 16.0 * len(names) * math.prod(shape), "drawing the couplings")
    root = _root(names, same)
    normal = rng.standard_normal((len(names), *shape))
    result = np.zeros_like(normal)
    for a, b in np.ndindex(root.shape[2:]):
        if root[..., a, b].any():
            result[a] += root[..., a, b] * normal[b]
    return result


def reciprocal_matrices(
    names: tuple[str, ...], same: Array, transposed: Array, n: int, rng: np.random.Generator
) -> Array:
    """Draw square matrices with ⟨X^a_ij X^b_ij⟩ = same[i, j, a, b] and ⟨X^a_ij X^b_ji⟩ = transposed[i, j, a, b].

    On the diagonal the two add up, as they do for symmetric and antisymmetric matrices.

    Parameters
    ----------
    names : tuple of str
        What to call the k matrices in an error.
    same, transposed : arrays of shape (n or 1, n or 1, k, k)
        Covariances; an axis of length 1 means the same for all rows, or columns.
    n : int
        Rows and columns.
    rng : numpy Generator

    Returns
    -------
    array of shape (k, n, n)

    Raises
    ------
    InvalidNetwork
        Naming the matrices, if no Gaussian has these covariances.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.network.covarying import reciprocal_matrices
    >>> one = np.ones((1, 1, 1, 1))
    >>> (X,) = reciprocal_matrices(("X",), one, -one, 3, np.random.default_rng(0))
    >>> bool(np.allclose(X, -X.T))
    True
    """
    k = len(names)
    memory.check("n", n, 8.0 * (2 * k + 1) * n * n, "drawing the couplings")  # matrices, normal numbers and indices
    i, j = np.triu_indices(n, 1)
    normal = rng.standard_normal((i.size, 2 * k))
    root = _root(names * 2, _both_ways(same, transposed, i, j))
    pairs = normal @ root[0] if len(root) == 1 else np.einsum("pab,pb->pa", root, normal)  # the root is symmetric
    result = np.empty((k, n, n))
    result[:, i, j], result[:, j, i] = pairs[:, :k].T, pairs[:, k:].T
    sites = np.arange(n)
    diagonal_root = _root(names, _at(same, sites, sites) + _at(transposed, sites, sites))
    result[:, sites, sites] = np.einsum(
        "pab,pb->ap", np.broadcast_to(diagonal_root, (n, k, k)), rng.standard_normal((n, k))
    )
    return result


def check_positive(names: tuple[str, ...], same: Array, transposed: Array | None = None) -> None:
    """Refuse covariances that no Gaussian has; shapes as for `reciprocal_matrices`.

    Raises
    ------
    InvalidNetwork
        Naming the matrices.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.network.covarying import check_positive
    >>> check_positive(("X", "Y"), np.array([[4.0, 20.0], [20.0, 4.0]])[None, None])
    Traceback (most recent call last):
        ...
    mftheory.errors.InvalidNetwork: covariances = 'X, Y: 20': gives a correlation above 1
    """
    if transposed is None:
        _root(names, same)
    else:
        i, j = np.triu_indices(same.shape[0], 0)  # the pair (i, i) stands for two sites that are alike
        _root(names * 2, _both_ways(same, transposed, i, j))


def _both_ways(same: Array, transposed: Array, i: NDArray[np.intp], j: NDArray[np.intp]) -> Array:
    """Return the covariance of (X^1_ij … X^k_ij, X^1_ji … X^k_ji), shape (pairs or 1, 2k, 2k)."""
    k = same.shape[-1]
    forward, backward, across = _at(same, i, j), _at(same, j, i), _at(transposed, i, j)
    block = np.empty((max(len(forward), len(backward), len(across)), 2 * k, 2 * k))
    block[:, :k, :k], block[:, k:, k:] = forward, backward
    block[:, :k, k:], block[:, k:, :k] = across, np.swapaxes(across, 1, 2)
    return block


def _at(grid: Array, i: NDArray[np.intp], j: NDArray[np.intp]) -> Array:
    """Return grid[i, j], of length 1 where the grid is the same for all sites."""
    only = np.zeros(1, dtype=np.intp)
    return np.asarray(grid[i if grid.shape[0] > 1 else only, j if grid.shape[1] > 1 else only])


def _root(names: tuple[str, ...], covariance: Array) -> Array:
    """Return the symmetric square roots of covariance matrices, singular ones included, shape (..., k, k)."""
    values, vectors = np.linalg.eigh(covariance)
    wrong = values[..., 0] < -_ROUNDING_TOLERANCE * np.abs(values).max(axis=-1)
    if wrong.any():
        raise _refused(names, covariance[tuple(axis[0] for axis in np.nonzero(wrong))])
    scaled = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    return np.asarray(scaled @ np.swapaxes(vectors, -1, -2))


def _refused(names: tuple[str, ...], covariance: Array) -> InvalidNetwork:
    """Return the error that describes a covariance matrix with a negative eigenvalue."""
    variance = np.diag(covariance)
    for name, value in zip(names, variance, strict=True):
        if value < 0:
            return InvalidNetwork("covariances", f"{name}, {name}: {value:g}", "a variance must not be negative")
    bound = np.sqrt(np.outer(variance, variance))
    a, b = np.unravel_index(np.argmax(np.abs(covariance) - bound), covariance.shape)
    if abs(covariance[a, b]) > bound[a, b] * (1 + _ROUNDING_TOLERANCE):
        shown = f"{names[a]}, {names[b]}: {covariance[a, b]:g}"
        return InvalidNetwork("covariances", shown, "gives a correlation above 1")
    listed = ", ".join(dict.fromkeys(names))
    return InvalidNetwork("covariances", listed, "no Gaussian has these covariances: their matrix is not positive")
