"""SymPy → Python that numba compiles well and NumPy evaluates on arrays."""

from collections.abc import Mapping

import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

# Longest product written out: x*x*x*x is faster than a complex power and as readable.
_MAX_WRITTEN_FACTORS = 8


class _abs2(sp.Function):
    """|z|² as one call."""


class Printer(PythonCodePrinter):
    """A printer of Python without complex powers, and without a square root under |·|²."""

    def __init__(self) -> None:
        super().__init__({"fully_qualified_modules": False, "standard": "python3"})

    def _print_Pow(self, expr: sp.Expr, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if not exponent.is_Integer or abs(exponent) > _MAX_WRITTEN_FACTORS:
            return str(super()._print_Pow(expr, rational=rational))
        factor = self.parenthesize(base, 51)  # above the precedence of a product
        product = "*".join([factor] * abs(int(exponent)))
        return product if exponent > 0 else f"1.0/({product})"

    def _print_Mul(self, expr: sp.Expr) -> str:
        # SymPy's own leaves out parentheses around a single denominator, as a power needs none: here it is a product.
        below = [f for f in expr.args if f.is_Pow and f.exp.is_Rational and f.exp.is_negative]
        if len(below) != 1 or below[0].exp >= -1 or not below[0].exp.is_Integer:
            return str(super()._print_Mul(expr))
        return f"{self.parenthesize(expr / below[0], 50)}/({self._print(1 / below[0])})"

    def _print__abs2(self, expr: sp.Expr) -> str:
        return f"abs2({self._print(expr.args[0])})"

    def _print_Re(self, expr: sp.Expr) -> str:
        return f"({self._print(expr.args[0])}).real"

    def _print_conjugate(self, expr: sp.Expr) -> str:
        return f"{self.parenthesize(expr.args[0], 1000)}.conjugate()"

    def _print_Integer(self, expr: sp.Integer) -> str:
        return str(expr.p) if abs(expr.p) < 2**63 else f"{expr.p}.0"  # no compiler takes longer ones

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"({expr.p}.0/{expr.q}.0)"


def with_squares(expr: sp.Expr) -> sp.Expr:
    """Write |z|² as one function, instead of the square of an absolute value."""
    return expr.replace(
        lambda e: e.is_Pow and isinstance(e.base, sp.Abs) and e.exp.is_even,
        lambda e: _abs2(e.base.args[0]) ** (e.exp / 2),
    )


def dict_source(values: Mapping[str, object]) -> str:
    """Return the source of a dict, with one entry on each line."""
    return "{" + "".join(f"\n    {name!r}: {value!r}," for name, value in values.items()) + ("\n}" if values else "}")
