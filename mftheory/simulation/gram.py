"""Products between the trajectories of one block of times, from which two- and four-point functions are estimated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Products:
    """The products of one block of times, by trajectory b.

    Attributes
    ----------
    two : array of shape (L + 1, B)
        ⟨C_bb(t, t + lag)⟩.
    pairs : array of shape (L + 1, L + 1, B)
        N ⟨C_bc(t, t') C_bc(t + lag1, t' + lag2)⟩ averaged over c ≠ b. The two orders of the lags are equal in the mean;
        each pair of trajectories contributes one of them.
    part_two, part_pairs : arrays of shape (P, B)
        The same at lag 0 from each of P parts of the block alone.
    """

    two: Array
    pairs: Array
    part_two: Array
    part_pairs: Array


def lagged_products(a: NDArray[Any], lags: int, parts: Sequence[slice]) -> Products:
    """Return two-point functions of every trajectory, and products of the covariances of every two, up to a lag.

    Parameters
    ----------
    a : array of shape (B, times, N), C-contiguous
        a_i^b(t).
    lags : int
        Longest lag L, below the number of times.
    parts : sequence of slice
        Stretches of the block's times.
    """
    count, times, n = a.shape
    two, pairs = np.empty((lags + 1, count)), np.zeros((lags + 1, lags + 1, count))
    part_two, part_pairs = np.empty((len(parts), count)), np.zeros((len(parts), count))
    with_later = np.empty((count, lags + 1, lags + 1))
    for b in range(count):
        # One product gives the covariances of trajectory b with itself and with all later ones.
        gram = (a[b] @ a[b:].reshape(-1, n).T).reshape(times, count - b, times)
        _diagonals(gram, two[:, b])
        if b + 1 < count:
            _products(gram, lags, with_later[b + 1 :])
            pairs[:, :, b] += with_later[b + 1 :].sum(axis=0)
            pairs[:, :, b + 1 :] += with_later[b + 1 :].transpose(1, 2, 0)
        for p, part in enumerate(parts):
            width = part.stop - part.start
            part_two[p, b] = np.trace(gram[part, 0, part]) / (width * n)
            squares = np.einsum("tcu,tcu->c", gram[part, 1:, part], gram[part, 1:, part]) / (width**2 * n * (count - 1))
            part_pairs[p, b] += squares.sum()
            part_pairs[p, b + 1 :] += squares
    terms = times - np.arange(lags + 1.0)
    two /= (terms * n)[:, None]
    pairs /= (np.outer(terms, terms) * n * (count - 1))[:, :, None]
    return Products(two, pairs, part_two, part_pairs)


# Sums may be reordered, else they would not use vector instructions; each is over one block only, the rest in float64.
@njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _diagonals(gram: NDArray[Any], out: Array) -> None:
    times = gram.shape[0]
    for lag in range(out.size):
        total = 0.0
        for t in range(times - lag):
            total += gram[t, 0, t + lag]
        out[lag] = total


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _products(gram: NDArray[Any], lags: int, out: Array) -> None:
    """Sum over t, t' gram(t, t') gram(t + lag1, t' + lag2) with every later trajectory, symmetric in the lags."""
    times, count, _ = gram.shape
    zero = gram[0, 0, 0] * 0  # of gram's precision
    for c in range(1, count):
        for i in range(lags + 1):
            for j in range(i + 1):
                lag1, lag2 = (i, j) if c % 2 else (j, i)
                total = 0.0
                for t in range(times - lag1):
                    row = zero
                    here, there = gram[t, c], gram[t + lag1, c]
                    for u in range(times - lag2):
                        row += here[u] * there[u + lag2]
                    total += row
                out[c - 1, i, j] = total
                out[c - 1, j, i] = total
