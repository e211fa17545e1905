"""How large a rational expression is as a ratio of polynomials, without forming them: degrees and coefficients."""

from collections.abc import Iterable
from math import log2
from typing import NamedTuple

import sympy as sp


class Ratio(NamedTuple):
    """Bounds for numerator and denominator, polynomials of integer coefficients.

    Attributes
    ----------
    degree_above, degree_below : int
        Total degrees.
    bits_above, bits_below : float
        Base-2 logarithms of the sums of the absolute values of the coefficients.
    """

    degree_above: int = 0
    degree_below: int = 0
    bits_above: float = 0.0
    bits_below: float = 0.0

    def times(self, other: "Ratio") -> "Ratio":
        """Return the bounds of a product."""
        degrees = self.degree_above + other.degree_above, self.degree_below + other.degree_below
        return Ratio(*degrees, self.bits_above + other.bits_above, self.bits_below + other.bits_below)

    def power(self, n: int) -> "Ratio":
        """Return the bounds of an integer power."""
        m = abs(n)
        powered = Ratio(m * self.degree_above, m * self.degree_below, m * self.bits_above, m * self.bits_below)
        above, below, bits_above, bits_below = powered
        return powered if n > 0 else Ratio(below, above, bits_below, bits_above)


def total(terms: Iterable[Ratio]) -> Ratio:
    """Return the bounds of a sum of ratios, over the product of their denominators."""
    listed = list(terms)
    below, bits = sum(t.degree_below for t in listed), sum(t.bits_below for t in listed)
    above = max((t.degree_above + below - t.degree_below for t in listed), default=0)
    largest = max((t.bits_above + bits - t.bits_below for t in listed), default=0.0)
    return Ratio(above, below, largest + log2(max(1, len(listed))), bits)


def ratio(expr: sp.Expr) -> Ratio:
    """Return the bounds of a rational expression.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.formulas.polynomial_size import ratio
    >>> a, b = sp.symbols("a b")
    >>> ratio(a**2 * b)[:2], ratio(1 / a + b)[:2], ratio(4 * a)[2]
    ((3, 0), (2, 1), 2.0)
    """
    if expr.is_Add:
        return total(ratio(e) for e in expr.args)
    if expr.is_Mul:
        product = Ratio()
        for factor in expr.args:
            product = product.times(ratio(factor))
        return product
    if expr.is_Pow and expr.exp.is_Integer:
        return ratio(expr.base).power(int(expr.exp))
    if expr.is_Float:
        expr = sp.Rational(expr)
    if expr.is_Rational:
        return Ratio(0, 0, log2(max(1, abs(expr.p))), log2(expr.q))
    return Ratio(1, 0)
