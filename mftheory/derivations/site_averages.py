"""Averages over sites: of whole products of what differs from site to site, never of their factors.

What differs are the site's parameters (D, ρ, G), the propagator of a linear site that feeds back on itself, and the
two-time functions of neurons whose process depends on their parameters. The moment of a product is one symbol or one
`Mean`; this is where participation ratios come from.
"""

from collections.abc import Callable, Collection, Sequence

import sympy as sp

from mftheory.action import Parameter, names
from mftheory.errors import Unsupported
from mftheory.formulas import Mean


def average(
    expr: sp.Expr,
    parameters: Sequence[Parameter],
    differs: Callable[[sp.Symbol], bool] = lambda symbol: False,
    dependence: Collection[sp.Symbol] = (),
) -> sp.Expr:
    """Average an expression, a polynomial in numbers that differ between sites, over independent sites.

    Parameters
    ----------
    expr : SymPy expression
        One product, or a sum of products.
    parameters : sequence of Parameter
        Those of the population: ⟨Dⁿ⟩ = r_n for a parameter D with moments "r".
    differs : callable
        Which further symbols differ from site to site.
    dependence : collection of symbols
        The parameters that those symbols depend on. An independent parameter among them does not factor out of a
        product with one of those symbols.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.action import Parameter
    >>> from mftheory.derivations.site_averages import average
    >>> D, rho, alpha = Parameter("D", "r"), Parameter("rho", "rho"), sp.Symbol("alpha", positive=True)
    >>> average(alpha * D.symbol**4, [D, rho]), average(alpha * D.symbol * rho.symbol, [D, rho])
    (alpha*r_4, alpha*Mean(D*rho))
    """
    expr = sp.sympify(expr, strict=True)
    alike: dict[sp.Expr, sp.Symbol] = {}
    of_site = {p.symbol for p in parameters} | {s for s in expr.free_symbols if differs(s)}
    expr = sp.expand(_hidden(expr, of_site, alike))
    terms = (_average_of_product(term, parameters, differs, dependence) for term in sp.Add.make_args(expr) if term != 0)
    return sp.Add(*terms).xreplace({symbol: inner for inner, symbol in alike.items()})


def _hidden(expr: sp.Expr, of_site: set[sp.Symbol], alike: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """Put symbols for the sums that are the same at all sites: expanding them may take hours."""
    if (expr.is_Add and not expr.free_symbols & of_site) or isinstance(expr, Mean):
        return alike.setdefault(expr, sp.Dummy())
    return expr.func(*(_hidden(a, of_site, alike) for a in expr.args)) if expr.args else expr


def _average_of_product(
    expr: sp.Expr,
    parameters: Sequence[Parameter],
    differs: Callable[[sp.Symbol], bool],
    dependence: Collection[sp.Symbol],
) -> sp.Expr:
    functions = {s for s in expr.free_symbols if differs(s)}
    of_site = {p.symbol for p in parameters} | functions
    factoring = {p.symbol for p in parameters if p.independent} - (set(dependence) if functions else set())
    result, dependent = expr.as_independent(*of_site, as_Add=False)
    together = sp.S.One
    for factor in sp.Mul.make_args(dependent):
        base, power = factor.as_base_exp()
        if factor != 1 and not (base in of_site and power.is_Integer and power > 0):
            raise Unsupported(f"the average of {factor} over sites: only products of site quantities are derived")
        if base in factoring:
            result *= _moment(base, power, parameters)
        else:
            together *= factor
    base, power = together.as_base_exp()
    if any(p.symbol == base for p in parameters):
        return result * _moment(base, power, parameters)
    return result if together == 1 else result * Mean(together)


def _moment(base: sp.Symbol, power: sp.Expr, parameters: Sequence[Parameter]) -> sp.Symbol:
    return names.moment(next(p for p in parameters if p.symbol == base), int(power))
