"""Averages over sites: of whole products of what differs from site to site, never of their factors.

What differs are the site's parameters (D, ρ, G), the propagator of a linear site that feeds back on itself, and the
two-time functions of neurons whose process depends on their parameters. The moment of a product is one symbol or one
`Mean`; this is where participation ratios come from.
"""

from collections.abc import Callable, Sequence

import sympy as sp

from mftheory.action import Parameter
from mftheory.errors import Unsupported
from mftheory.formulas import Mean


def average(
    expr: sp.Expr, parameters: Sequence[Parameter], differs: Callable[[sp.Symbol], bool] = lambda symbol: False
) -> sp.Expr:
    """⟨expr⟩ over independent sites, for an expr that is a polynomial in what differs between them.

    Parameters
    ----------
    expr : SymPy expression
        One product, or a sum of products.
    parameters : sequence of Parameter
        Those of the population: ⟨Dⁿ⟩ = r_n for a parameter D with moments "r".
    differs : callable
        Which further symbols differ from site to site.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.action import Parameter
    >>> from mftheory.derive.moments import average
    >>> D, rho, alpha = Parameter("D", "r"), Parameter("rho", "rho"), sp.Symbol("alpha", positive=True)
    >>> average(alpha * D.symbol**4, [D, rho]), average(alpha * D.symbol * rho.symbol, [D, rho])
    (alpha*r_4, alpha*Mean(D*rho))
    """
    expr = sp.expand(sp.sympify(expr, strict=True))
    if expr == 0:
        return expr
    if expr.is_Add:
        return sp.Add(*(average(term, parameters, differs) for term in expr.args))
    of_site = {p.symbol for p in parameters} | {s for s in expr.free_symbols if differs(s)}
    constant, dependent = expr.as_independent(*of_site, as_Add=False)
    result = constant
    together = sp.S.One
    for factor in sp.Mul.make_args(dependent):
        base, power = factor.as_base_exp()
        if factor != 1 and not (base in of_site and power.is_Integer and power > 0):
            raise Unsupported(f"the average of {factor} over sites: only products of site quantities are derived")
        parameter = next((p for p in parameters if p.symbol == base), None)
        if parameter is not None and parameter.independent:
            result *= _moment(parameter, int(power))
        else:
            together *= factor
    base, power = together.as_base_exp()
    parameter = next((p for p in parameters if p.symbol == base), None)
    if parameter is not None:
        return result * _moment(parameter, int(power))
    return result if together == 1 else result * Mean(together)


def _moment(parameter: Parameter, power: int) -> sp.Symbol:
    return sp.Symbol(f"{parameter.moments}_{power}", positive=True if power % 2 == 0 else None, real=True)
