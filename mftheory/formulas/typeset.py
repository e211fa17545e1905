"""Formulas as the field prints them: F_12 for F(ω1)F(ω2), parameters before spectra, |1 - s|² rather than |s - 1|²."""

import re
from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.stringpict import prettyForm

_NAMED = {"g_eff": r"g_{\mathrm{eff}}", "kappa": r"\kappa", "alpha": r"\alpha"}


def typeset(expr: Any, named: Mapping[sp.Symbol, str] | None = None) -> str:
    """Return the LaTeX of an expression or matrix in the two-time functions and parameters of a derivation.

    `named` gives the LaTeX of further symbols.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.formulas import typeset
    >>> S1, S2 = sp.symbols("S_phi_1 S_phi_2", complex=True)
    >>> g = sp.Symbol("g", positive=True)
    >>> print(typeset(1 / sp.Abs(1 - g**2 * S1 * S2) ** 2))
    \\frac{1}{\\left|{1 - g^{2} S^{\\phi}_{12}}\\right|^{2}}
    """
    merged = expr.applyfunc(_merge_pairs) if isinstance(expr, sp.MatrixBase) else _merge_pairs(expr)
    renamed, names = {}, {}
    for symbol in merged.free_symbols:
        text = (named or {}).get(symbol) or symbol_latex(symbol.name)
        # SymPy sorts factors by name: this puts numbers, then parameters, then spectra.
        sorted_first = sp.Symbol(("~" if _is_spectrum(symbol.name) else "!") + symbol.name, **symbol.assumptions0)
        renamed[symbol], names[sorted_first] = sorted_first, text
    return str(_Printer({"symbol_names": names, "order": "rev-lex"}).doprint(merged.xreplace(renamed)))


def pretty(expr: sp.Expr) -> str:
    """Print an expression in characters, over several lines, for a terminal."""
    merged = _merge_pairs(expr)
    renamed = {}
    for symbol in merged.free_symbols:
        letter, _, rest = symbol.name.partition("_")
        # SymPy's own notation: a double underscore raises, a single one lowers.
        name = f"{letter}__{rest.replace('xphi', 'xφ')}" if _is_spectrum(symbol.name) else symbol.name
        renamed[symbol] = sp.Symbol(name, **symbol.assumptions0)
    printer = _Pretty({"use_unicode": True, "order": "rev-lex"})
    return str(printer.doprint(merged.xreplace(renamed)))


def symbol_latex(name: str) -> str:
    """Return the LaTeX of one symbol: C_phi_1 as C^φ_1, g_eff with an upright index.

    Examples
    --------
    >>> from mftheory.formulas.typeset import symbol_latex
    >>> symbol_latex("C_xphi_2")
    'C^{x\\\\phi}_{2}'
    >>> symbol_latex("C_xphiE_1")
    'C^{x\\\\phi E}_{1}'
    """
    if not _is_spectrum(name):
        return _NAMED.get(name, str(sp.latex(sp.Symbol(name))))
    letter, _, rest = name.partition("_")
    field, _, k = rest.rpartition("_")
    # A space ends the macro where letters follow: φE of a population E.
    typeset = re.sub(r"phi(?=[A-Za-z])", r"\\phi ", field)
    typeset = re.sub(r"(?<!\\)phi", r"\\phi", typeset)
    return rf"{letter}^{{{typeset}}}_{{{k}}}"


def _is_spectrum(name: str) -> bool:
    letter, _, rest = name.partition("_")
    return letter in {"C", "S", "T"} and rest.rpartition("_")[2] in {"1", "2", "12"}


def _merge_pairs(expr: sp.Expr) -> sp.Expr:
    """Write products F_1 F_2 of one function at both frequencies as F_12, also under |·| and conjugation."""
    if not expr.args:
        return expr
    rebuilt = expr.func(*(_merge_pairs(a) for a in expr.args))
    if not rebuilt.is_Mul:
        return rebuilt
    powers = dict(f.as_base_exp() for f in rebuilt.args)
    for base in list(powers):
        partner = base.xreplace(_retimed(base, "_2"))
        if partner != base and base in powers and powers.get(partner) == powers[base]:
            exponent = powers.pop(base)
            powers.pop(partner)
            powers[base.xreplace(_retimed(base, "_12"))] = exponent
    return sp.Mul(*(b**e for b, e in powers.items()))


def _retimed(base: sp.Expr, suffix: str) -> dict[sp.Symbol, sp.Symbol]:
    """Return the substitution F_1 → F_2 or F_12, where `base` is F_1, |F_1| or its conjugate and nothing else."""
    inner = base.args[0] if isinstance(base, sp.Abs | sp.conjugate) else base
    if not inner.is_Symbol or not _is_spectrum(inner.name) or not inner.name.endswith("_1"):
        return {}
    return {inner: sp.Symbol(inner.name.removesuffix("_1") + suffix, **inner.assumptions0)}


def _positive(inner: sp.Expr) -> sp.Expr:
    """Return f or -f, which are equal under a modulus: the one with a positive constant."""
    return -inner if inner.is_Add and inner.as_coeff_Add()[0].is_negative else inner


class _Pretty(PrettyPrinter):
    def _print_Abs(self, expr: sp.Expr) -> prettyForm:
        return prettyForm(*self._print(_positive(expr.args[0])).parens("|", "|"))

    def _print_Re(self, expr: sp.Expr) -> prettyForm:
        inside = prettyForm(*self._print(expr.args[0]).parens("[", "]"))
        return prettyForm(*inside.left("Re"))


class _Printer(LatexPrinter):
    def _print_Abs(self, expr: sp.Expr, exp: str | None = None) -> str:
        text = rf"\left|{{{self._print(_positive(expr.args[0]))}}}\right|"
        return text if exp is None else rf"{text}^{{{exp}}}"

    def _print_Re(self, expr: sp.Expr, exp: str | None = None) -> str:
        text = rf"\mathrm{{Re}}\left[{self._print(expr.args[0])}\right]"
        return text if exp is None else rf"{text}^{{{exp}}}"
