"""Small linear systems at every pair of frequencies: how a kernel in matrix form is evaluated.

What differs between formulas is data, the list of terms; the compiled code is the same for all of them, so that its
size does not grow with the number of populations.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mftheory.compiling import njit

MAX_NUMBERS = 1 << 20
"""Complex numbers that are laid out at a time, 16 MB."""


class PairSolver:
    """Ψ = own + r·x, A x = b, as a function of arrays.

    Parameters
    ----------
    coefficients, monomials : callable
        Lists of numbers that do not depend on the pair, and of arrays over pairs, from all inputs.
    terms : sequence of (row, column, coefficient, monomial)
        The entries as sums of products. Column -1 is b; the row after the last is r, and there column -1 is own.
    sizes : sequence of int
        Sizes of the diagonal blocks, in the order in which they are solved.
    inputs, constant : tuple of str
        Names of all inputs, and of those that the coefficients take.
    types : str
        A letter for each input: d for a real one, D for a complex one.
    """

    def __init__(
        self,
        coefficients: Callable[..., Any],
        monomials: Callable[..., Any],
        terms: Sequence[tuple[int, int, int, int]],
        sizes: Sequence[int],
        inputs: tuple[str, ...],
        constant: tuple[str, ...],
        types: str,
    ) -> None:
        self.types = [f"{types}->D"]
        self._coefficients, self._monomials = coefficients, monomials
        self._terms = np.array(sorted(terms), dtype=np.int64).reshape(-1, 4)
        self._sizes = np.array(sizes, dtype=np.int64)
        self._inputs, self._constant = inputs, constant

    def __call__(self, *values: Any) -> Any:
        """Evaluate at values of the inputs, broadcast against each other."""
        given = dict(zip(self._inputs, map(np.asarray, values), strict=True))
        shape = np.broadcast_shapes(*(v.shape for v in given.values()))
        result = np.empty(shape, dtype=np.complex128)
        out = np.atleast_1d(result)  # a view
        constants = np.broadcast_shapes(*(given[name].shape for name in self._constant))
        constants = (1,) * (out.ndim - len(constants)) + constants
        # Mostly one point. Where parameters are arrays each of their points has all its pairs.
        for point in np.ndindex(constants):
            chosen = tuple(slice(k, k + 1) if n > 1 else slice(None) for k, n in zip(point, constants, strict=True))
            here = {name: _part(v, chosen) for name, v in given.items()}
            numbers = self._coefficients(**{name: here[name].ravel()[0] for name in self._constant})
            monomials = [np.asarray(m) for m in self._monomials(**here)]
            self._solve(np.array(numbers, dtype=np.complex128), monomials, out[chosen])
        return result[()]

    def _solve(self, numbers: Any, monomials: Sequence[Any], out: Any) -> None:
        rest = max(1, out[0].size if len(out) else 1)
        step = max(1, MAX_NUMBERS // (rest * max(1, len(monomials))))
        spread = [np.broadcast_to(m, out.shape) for m in monomials]
        for first in range(0, len(out), step):
            part = out[first : first + step]
            values = np.empty((part.size, len(spread)), dtype=np.complex128)
            for k, monomial in enumerate(spread):
                values[:, k] = monomial[first : first + step].ravel()
            found = np.empty(part.size, dtype=np.complex128)
            _solve_pairs(self._sizes, self._terms, numbers, values, found)
            part[...] = found.reshape(part.shape)


def _part(array: Any, chosen: tuple[slice, ...]) -> Any:
    """Return an array at one point of the parameters; axes that it does not have, or has of length 1, stay."""
    own = chosen[len(chosen) - array.ndim :]
    return array[tuple(s if n > 1 else slice(None) for s, n in zip(own, array.shape, strict=True))]


@njit(cache=True, error_model="numpy")
def _solve_pairs(sizes, terms, coefficients, monomials, out):  # type: ignore[no-untyped-def]
    """Solve the system of each pair, block after block, by elimination with row pivots."""
    n = sizes.sum()
    largest = sizes.max() if len(sizes) else 0
    A = np.empty((largest, largest), dtype=np.complex128)
    x = np.empty(n, dtype=np.complex128)
    for pair in range(len(out)):
        t, start = 0, 0
        for size in sizes:
            A[:size, :size] = 0.0
            x[start : start + size] = 0.0
            while t < len(terms) and terms[t, 0] < start + size:
                row, column = terms[t, 0], terms[t, 1]
                value = coefficients[terms[t, 2]] * monomials[pair, terms[t, 3]]
                if column < 0:
                    x[row] += value
                elif column < start:
                    x[row] -= value * x[column]
                else:
                    A[row - start, column - start] += value
                t += 1
            b = x[start : start + size]
            for k in range(size):
                pivot = k
                for i in range(k + 1, size):
                    if abs(A[i, k].real) + abs(A[i, k].imag) > abs(A[pivot, k].real) + abs(A[pivot, k].imag):
                        pivot = i
                if pivot != k:
                    for j in range(k, size):
                        A[k, j], A[pivot, j] = A[pivot, j], A[k, j]
                    b[k], b[pivot] = b[pivot], b[k]
                if A[k, k] == 0.0:  # singular: Ψ has a pole there
                    A[k, k] = np.nan
                inverse = 1.0 / A[k, k]
                for i in range(k + 1, size):
                    factor = A[i, k] * inverse
                    if factor != 0.0:
                        for j in range(k + 1, size):
                            A[i, j] -= factor * A[k, j]
                        b[i] -= factor * b[k]
            for k in range(size - 1, -1, -1):
                for j in range(k + 1, size):
                    b[k] -= A[k, j] * b[j]
                b[k] /= A[k, k]
            start += size
        total = 0.0 + 0.0j
        while t < len(terms):
            value = coefficients[terms[t, 2]] * monomials[pair, terms[t, 3]]
            total += value if terms[t, 1] < 0 else value * x[terms[t, 1]]
            t += 1
        out[pair] = total
