"""The factors 1 - s of a formula's denominators, s the gain of a loop of responses.

s(ω1, ω2) comes close to 1 near onset, where 1 - s formed from the responses in double precision keeps few digits. So a
kernel takes each such factor as an argument of its own: computed from the responses by default, or given by a caller
that knows it better.
"""

import sympy as sp

from mftheory.formulas import Formula, canonical, conjugated, restore, separate
from mftheory.formulas.conjugates import SUFFIX


def with_loops_apart(formula: Formula) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """Replace each factor 1 - s of the denominators by a symbol; return the expression and the s of each symbol.

    A factor qualifies if s is one product of two-time functions, or one moment of them, times parameters. It is called
    ``one_minus_s`` where the responses at ω1 and ω2 enter alike, ``one_minus_r`` (a reciprocal loop) where one of them
    enters conjugated; several of one kind are numbered.
    """
    loops: dict[sp.Symbol, sp.Expr] = {}
    replacements: dict[sp.Expr, sp.Expr] = {}
    for base in sorted(_denominators(formula.expr), key=str):
        factor = separate(base)
        sign = factor.as_coeff_Add()[0]
        gain = 1 - sign * factor
        if sign not in (1, -1) or not _is_one_product(gain):
            continue
        replacements[base] = sign * _symbol(gain, formula, loops)
    return formula.expr.xreplace(replacements), {symbol: restore(gain) for symbol, gain in loops.items()}


def _denominators(expr: sp.Expr) -> set[sp.Expr]:
    """Return the sums in a denominator, also under |·|."""
    bases = {power.base for power in expr.atoms(sp.Pow) if power.exp.is_negative}
    bases = {base.args[0] if isinstance(base, sp.Abs) else base for base in bases}
    return {base for base in bases if base.is_Add}


def _is_one_product(gain: sp.Expr) -> bool:
    functions = sorted((s for s in gain.free_symbols if not s.is_real), key=str)
    return bool(functions) and gain.is_polynomial(*functions) and len(sp.Poly(gain, *functions).terms()) == 1


def _symbol(gain: sp.Expr, formula: Formula, loops: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Return the symbol of 1 - gain, new or known, conjugated where it is the known one's conjugate."""
    for symbol, known in loops.items():
        if canonical(gain - known) == 0:
            return symbol
        if canonical(gain - conjugated(known)) == 0:
            return sp.conjugate(symbol)
    if _upside_down(gain):
        return sp.conjugate(_symbol(conjugated(gain), formula, loops))
    kind = "one_minus_r" if _reciprocal(gain, formula) else "one_minus_s"
    number = sum(symbol.name.startswith(kind) for symbol in loops)
    symbol = sp.Symbol(f"{kind}_{number + 1}" if number else kind, complex=True)
    loops[symbol] = gain
    return symbol


def _upside_down(gain: sp.Expr) -> bool:
    """Return True if the conjugate is the more natural one to name: fewer conjugates, then alphabetically first."""
    mirrored = conjugated(gain)
    return (_conjugates(mirrored), str(mirrored)) < (_conjugates(gain), str(gain))


def _conjugates(gain: sp.Expr) -> int:
    return sum(s.name.endswith(SUFFIX) for s in gain.free_symbols)


def _reciprocal(gain: sp.Expr, formula: Formula) -> bool:
    """Return True if some of the responses enter conjugated, in the product itself or in a moment's definition."""
    definitions = [formula.symbols[s.name].definition for s in gain.free_symbols if s.name in formula.symbols]
    return _conjugates(gain) > 0 or any(_conjugates(d) > 0 for d in definitions if d is not None)
