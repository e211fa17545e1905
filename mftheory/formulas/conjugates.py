"""Complex conjugates as symbols of their own, so that formulas are rational functions and equality is exact."""

from typing import Any

import sympy as sp

SUFFIX = "_conj"


class Re(sp.Function):
    """Real part that stays as written: SymPy's own expands products of sums into real and imaginary parts."""

    @classmethod
    def eval(cls, argument: sp.Expr) -> sp.Expr | None:
        """Evaluate the real part of a number, and of nothing else."""
        return sp.re(argument) if argument.is_number else None

    def doit(self, **hints: bool) -> sp.Expr:
        """Return SymPy's own real part."""
        return sp.re(self.args[0])

    def _code(self, printer: Any) -> str:
        return f"({printer._print(self.args[0])}).real"

    _numpycode = _pythoncode = _mpmathcode = _code  # so that `sympy.lambdify` works on a formula


def conjugate_symbol(symbol: sp.Symbol) -> sp.Symbol:
    """Return the conjugate's symbol, S ↔ S_conj; a real symbol is its own partner."""
    if symbol.is_real:
        return symbol
    name = symbol.name.removesuffix(SUFFIX) if symbol.name.endswith(SUFFIX) else symbol.name + SUFFIX
    return sp.Symbol(name, complex=True)


def conjugated(expr: sp.Expr) -> sp.Expr:
    """Return the complex conjugate of a rational expression with separate conjugate symbols."""
    expr = sp.sympify(expr, strict=True)
    return expr.xreplace({s: conjugate_symbol(s) for s in expr.free_symbols})


def separate(expr: sp.Expr) -> sp.Expr:
    """Write |·|, Re and conjugate(·) through separate conjugate symbols.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.formulas import separate
    >>> s = sp.Symbol("s", complex=True)
    >>> separate(sp.Abs(1 - s) ** 2)
    (s - 1)*(s_conj - 1)
    """
    if not expr.args:
        return expr
    arguments = [separate(a) for a in expr.args]
    if isinstance(expr, sp.conjugate):
        return conjugated(arguments[0])
    if isinstance(expr, sp.Abs):
        return sp.sqrt(arguments[0] * conjugated(arguments[0]))
    if isinstance(expr, sp.re | Re):
        return (arguments[0] + conjugated(arguments[0])) / 2
    if isinstance(expr, sp.Pow) and isinstance(expr.base, sp.Abs) and expr.exp.is_even:
        inner = separate(expr.base.args[0])
        return (inner * conjugated(inner)) ** (expr.exp / 2)
    return expr.func(*arguments)


def restore(expr: sp.Expr) -> sp.Expr:
    """Write each separate conjugate symbol as the conjugate of its partner."""
    return expr.xreplace({s: sp.conjugate(conjugate_symbol(s)) for s in expr.free_symbols if s.name.endswith(SUFFIX)})


def canonical(expr: sp.Expr) -> sp.Expr:
    """Return the canonical rational form: two formulas are equal if and only if that of their difference is 0.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.formulas import canonical
    >>> s = sp.Symbol("s", complex=True)
    >>> canonical(sp.Abs(1 - s) ** 2 - 1 + 2 * sp.re(s) - s * sp.conjugate(s))
    0
    """
    return sp.cancel(sp.together(separate(sp.sympify(expr, strict=True))))


def vanishes(expr: sp.Expr) -> bool:
    """Return True if an expression is zero as a rational function, exactly: its numerator is the zero polynomial.

    Decides what ``canonical(expr) == 0`` decides, without dividing out common factors: for large sums of fractions this
    takes a fraction of a second where that does not finish.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.formulas import vanishes
    >>> a, b = sp.symbols("a b")
    >>> vanishes(1 / (a - b) - (a + b) / (a**2 - b**2)), vanishes(1 / (a - b) - 1 / (a + b))
    (True, False)
    """
    numerator = sp.fraction(sp.together(separate(sp.sympify(expr, strict=True))))[0]
    # Means over sites are indeterminates like any other symbol.
    unknowns = sorted(numerator.free_symbols | numerator.atoms(sp.Function), key=str)
    named = {u: sp.Symbol(f"x{n}") for n, u in enumerate(unknowns)}
    numerator = numerator.xreplace(named)
    if not named:
        return bool(sp.expand(numerator) == 0)
    polynomials = sp.polys.rings.ring(list(named.values()), sp.QQ)[0]
    return not polynomials.from_expr(numerator)
