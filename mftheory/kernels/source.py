"""Formula → readable numba source."""

import hashlib
import textwrap

import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from mftheory.formulas import Formula
from mftheory.kernels.loops import with_loops_apart

_TEMPLATE = '''\
"""[{label}] {title}

Generated from the derived formula by `make kernels`; do not edit.

{formula}
"""

from numba import vectorize

from mftheory.kernels.runtime import abs2

LABEL = {label!r}
ENSEMBLE = {ensemble!r}
OBSERVABLE = {observable!r}
ARGUMENTS = {arguments!r}
CONTENT_HASH = {content_hash!r}

INPUTS = {inputs!r}


@vectorize([{signature!r}], cache=True)
def kernel({parameters}):
{body}
{loops}'''

_LOOP = """

def {name}({parameters}):
    return 1 - {gain}
"""

# Longest product written out: x*x*x*x is faster than a complex power and as readable.
_WRITTEN_OUT = 8


class _abs2(sp.Function):
    """|z|² as one call."""


class _Printer(PythonCodePrinter):
    """Python that numba compiles well: no complex powers, no square root under |·|²."""

    def _print_Pow(self, expr: sp.Expr, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if not exponent.is_Integer or abs(exponent) > _WRITTEN_OUT:
            return str(super()._print_Pow(expr, rational=rational))
        factor = self.parenthesize(base, 51)  # above the precedence of a product
        product = "*".join([factor] * abs(int(exponent)))
        return product if exponent > 0 else f"1.0/({product})"

    def _print__abs2(self, expr: sp.Expr) -> str:
        return f"abs2({self._print(expr.args[0])})"

    def _print_Re(self, expr: sp.Expr) -> str:
        return f"({self._print(expr.args[0])}).real"

    def _print_conjugate(self, expr: sp.Expr) -> str:
        return f"{self.parenthesize(expr.args[0], 1000)}.conjugate()"

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"({expr.p}.0/{expr.q}.0)"


def content_hash(formula: Formula) -> str:
    """Fingerprint of what a kernel computes: expression and order of arguments."""
    # str, not srepr: the latter shows how a symbol's assumptions happened to be written.
    types = [info.domain for info in formula.symbols.values()]
    return hashlib.sha256(repr((str(formula.expr), formula.arguments, types)).encode()).hexdigest()[:16]


def source(formula: Formula) -> str:
    """Source of the numba kernel of a formula: a ufunc over broadcast arrays of its inputs.

    Its inputs are the formula's arguments without those that enter only through a factor 1 - s of a denominator, and
    these factors, each with a function for its value from the arguments. Real symbols are float64, complex ones
    complex128; the result is complex128.
    """
    apart, loops = with_loops_apart(formula)
    squares = apart.replace(
        lambda e: e.is_Pow and isinstance(e.base, sp.Abs) and e.exp.is_even,
        lambda e: _abs2(e.base.args[0]) ** (e.exp / 2),
    )
    shared, (result,) = sp.cse(squares, symbols=sp.numbered_symbols("t"), optimizations="basic", order="canonical")
    printer = _Printer({"fully_qualified_modules": False, "standard": "python3"})
    lines = [f"{symbol} = {printer.doprint(value)}" for symbol, value in shared]
    lines.append(f"return {printer.doprint(result)}")
    left = {name for name in formula.arguments if formula.symbols[name].symbol in apart.free_symbols}
    inputs = [formula.symbols[name].symbol for name in formula.arguments if name in left]
    inputs += sorted(loops, key=str)
    types = ["float64" if symbol.is_real else "complex128" for symbol in inputs]
    names = tuple(symbol.name for symbol in inputs)
    return _TEMPLATE.format(
        label=formula.label,
        title=f"Ψ^{formula.observable}(ω1, ω2) of the ensemble {formula.ensemble}.",
        formula=textwrap.fill(str(formula.expr), width=110, break_long_words=False),
        ensemble=formula.ensemble,
        observable=formula.observable,
        arguments=formula.arguments,
        content_hash=content_hash(formula),
        signature=f"complex128({', '.join(types)})",
        inputs=names,
        parameters=", ".join(names),
        body=textwrap.indent("\n".join(lines), "    "),
        loops="".join(_loop(symbol, loops[symbol], formula, printer) for symbol in sorted(loops, key=str)),
    )


def _loop(symbol: sp.Symbol, gain: sp.Expr, formula: Formula, printer: _Printer) -> str:
    names = [name for name, info in formula.symbols.items() if info.symbol in gain.free_symbols]
    return _LOOP.format(name=symbol.name, parameters=", ".join(names), gain=printer.parenthesize(gain, 40))
