"""Averages over per-site parameters: polynomials become moments, anything else a named mean."""

from collections.abc import Sequence

import sympy as sp

from mftheory.action import Parameter


class Mean(sp.Function):
    """⟨f⟩ over the sites of a population, for an f that is not a polynomial in its parameters."""

    def _latex(self, printer: object, exp: str | None = None) -> str:
        text = rf"\left\langle {printer._print(self.args[0])} \right\rangle"  # type: ignore[attr-defined]
        return text if exp is None else rf"{text}^{{{exp}}}"


def average(expr: sp.Expr, parameters: Sequence[Parameter]) -> sp.Expr:
    """⟨expr⟩ over independent sites; a parameter D with moments "r" gives ⟨Dⁿ⟩ = r_n.

    The average is of the whole product, never of its factors: this is where participation ratios come from.
    """
    symbols = [p.symbol for p in parameters]
    expr = sp.sympify(expr)
    if not expr.free_symbols.intersection(symbols):
        return expr
    numerator, denominator = sp.fraction(sp.cancel(expr))
    if denominator.free_symbols.intersection(symbols):
        constant, dependent = sp.factor(numerator / denominator).as_independent(*symbols, as_Add=False)
        return constant * Mean(dependent)
    terms = sp.Poly(numerator, *symbols).terms()
    return sp.Add(*(c * moment(parameters, powers) for powers, c in terms)) / denominator


def moment(parameters: Sequence[Parameter], powers: Sequence[int]) -> sp.Expr:
    """⟨Π_k p_kⁿᵏ⟩ as a symbol: r_n for one parameter, a mean of the product for several."""
    used = [(p, n) for p, n in zip(parameters, powers, strict=True) if n]
    if not used:
        return sp.S.One
    if len(used) == 1:
        parameter, n = used[0]
        return sp.Symbol(f"{parameter.moments}_{n}", positive=True if n % 2 == 0 else None)
    return Mean(sp.Mul(*(p.symbol**n for p, n in used)))
