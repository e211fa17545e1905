"""Expressions and linear systems modulo a prime: exact arithmetic at the speed of machine integers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class Arithmetic:
    """Rational expressions as numbers, or as residues modulo a prime, each part of them computed once.

    Parameters
    ----------
    values : mapping
        Numbers of the symbols, by name.
    modulus : int or None
        A prime below 2³¹, so that products of two residues fit into 63 bits; None for numbers as they are.
    convert : callable
        Makes a number of a constant in an expression.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        modulus: int | None = None,
        convert: Callable[[sp.Expr], Any] = complex,
    ) -> None:
        self.modulus = modulus
        self._convert = convert
        self._symbols = values
        self._known: dict[sp.Expr, Any] = {}

    def reduced(self, value: Any) -> Any:
        """Return the residue of a number."""
        return value if self.modulus is None else value % self.modulus

    def of(self, expr: sp.Expr) -> Any:
        """Evaluate a rational expression.

        Raises
        ------
        ZeroDivisionError
            If a denominator is 0.
        ValueError
            If the expression is not rational in its symbols.
        """
        if expr.is_Symbol:
            return self.reduced(self._symbols[expr.name])
        if expr not in self._known:
            self._known[expr] = self._of(expr)
        return self._known[expr]

    def _of(self, expr: sp.Expr) -> Any:
        if expr.is_Mul:
            value: Any = 1
            for factor in expr.args:
                value = self.reduced(value * self.of(factor))
            return value
        if expr.is_Add:
            return self.reduced(sum(self.of(term) for term in expr.args))
        if expr.is_Pow and expr.exp.is_Integer:
            base, power = self.of(expr.base), int(expr.exp)
            return base**power if self.modulus is None else self._power(base, power)
        if self.modulus is None:
            return self._convert(expr) if expr.is_number else self._refuse(expr)
        if expr.is_Float:
            expr = sp.Rational(expr)
        if expr.is_Rational:
            return expr.p * self._power(expr.q, -1) % self.modulus
        return self._refuse(expr)

    def _power(self, base: int, power: int) -> int:
        assert self.modulus is not None
        if power < 0 and base % self.modulus == 0:
            raise ZeroDivisionError("a pole modulo the prime")
        return pow(base, power, self.modulus)

    def _refuse(self, expr: sp.Expr) -> Any:
        raise ValueError(f"{expr} is not a rational function of its symbols")


def solve_modulo(matrix: Integers, right: Integers, modulus: int) -> Integers:
    """Solve A x = b modulo a prime below 2³¹ by elimination, n³/3 products for n unknowns.

    Raises
    ------
    ZeroDivisionError
        If A is singular modulo the prime.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.formulas.modular import solve_modulo
    >>> solve_modulo(np.array([[2, 1], [1, 1]]), np.array([3, 5]), 7)
    array([5, 0])
    """
    A = np.column_stack([matrix, right]).astype(np.int64)
    n = len(A)
    for k in range(n):
        candidates = np.flatnonzero(A[k:, k])
        if not len(candidates):
            raise ZeroDivisionError("the system is singular modulo the prime")
        pivot = k + candidates[0]
        if pivot != k:
            A[[k, pivot]] = A[[pivot, k]]
        A[k, k:] = A[k, k:] * pow(int(A[k, k]), -1, modulus) % modulus
        below = k + 1 + np.flatnonzero(A[k + 1 :, k])
        across = k + np.flatnonzero(A[k, k:])
        if len(below):
            # Of sparse systems only where something changes.
            A[np.ix_(below, across)] = (A[np.ix_(below, across)] - A[below, k, None] * A[k, across]) % modulus
    x = np.zeros(n, dtype=np.int64)
    for k in reversed(range(n)):
        # Each product is below 2⁶²: reduced before they are added.
        x[k] = (A[k, n] - (A[k, k + 1 : n] * x[k + 1 :] % modulus).sum()) % modulus
    return x
