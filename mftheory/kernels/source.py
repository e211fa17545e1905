"""Formula → readable numba source."""

import hashlib
import keyword
import textwrap
import unicodedata

import sympy as sp

from mftheory.errors import InvalidNetwork
from mftheory.formulas import Formula
from mftheory.kernels.loops import with_loops_apart
from mftheory.kernels.printer import Printer, dict_source, with_squares

OF_KERNELS = frozenset(
    {"np", "njit", "vectorize", "abs2", "kernel", "psi", "PairSolver", "coefficients", "monomials", "one_minus_s"}
)
"""Names that the files of kernels give to something else."""

_TEMPLATE = '''\
"""[{label}] {title}

Generated from the derived formula by `make kernels`; do not edit.

{formula}
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = {label_text}
ENSEMBLE = {ensemble!r}
OBSERVABLE = {observable!r}
ARGUMENTS = {arguments!r}
CONTENT_HASH = {content_hash!r}

INPUTS = {inputs!r}
SPECTRA = {spectra}
MEANS = {means}


@vectorize([{signature!r}], cache=True)
def kernel({parameters}):
{body}
{loops}'''

_LOOP = """

def {name}({parameters}):
    return 1 - {gain}
"""


def content_hash(formula: Formula) -> str:
    """Return a fingerprint of a kernel's content: its expression and the order of its arguments."""
    # str, not srepr: the latter shows how a symbol's assumptions happened to be written.
    types = [info.domain for info in formula.symbols.values()]
    return hashlib.sha256(repr((str(formula.expr), formula.arguments, types)).encode()).hexdigest()[:16]


def source(formula: Formula) -> str:
    """Return the source of the numba kernel of a formula: a ufunc over broadcast arrays of its inputs.

    Its inputs are the formula's arguments without those that enter only through a factor 1 - s of a denominator, and
    these factors, each with a function for its value from the arguments. Real symbols are float64, complex ones
    complex128; the result is complex128.
    """
    check_names(formula)
    apart, loops = with_loops_apart(formula)
    shared, (result,) = sp.cse(
        with_squares(apart), symbols=sp.numbered_symbols("t"), optimizations="basic", order="canonical"
    )
    printer = Printer()
    lines = [f"{symbol} = {printer.doprint(value)}" for symbol, value in shared]
    lines.append(f"return {printer.doprint(result)}")
    left = {name for name in formula.arguments if formula.symbols[name].symbol in apart.free_symbols}
    inputs = [formula.symbols[name].symbol for name in formula.arguments if name in left]
    inputs += sorted(loops, key=str)
    types = ["float64" if symbol.is_real else "complex128" for symbol in inputs]
    names = tuple(symbol.name for symbol in inputs)
    return _TEMPLATE.format(
        **described(formula),
        formula=_in_docstring(textwrap.fill(str(formula.expr), width=110, break_long_words=False)),
        content_hash=content_hash(formula),
        signature=f"complex128({', '.join(types)})",
        inputs=names,
        parameters=", ".join(names),
        body=textwrap.indent("\n".join(lines), "    "),
        loops="".join(_loop(symbol, loops[symbol], formula, printer) for symbol in sorted(loops, key=str)),
    )


def check_names(formula: Formula) -> None:
    """Refuse symbols that cannot be the arguments of a function, or would hide what a kernel uses."""
    for name in formula.arguments:
        read = unicodedata.normalize("NFKC", name)  # as Python reads it
        if not name.isidentifier() or keyword.iskeyword(name) or read != name or name in OF_KERNELS:
            allowed = (
                "must have an identifier as its name, other than Python's keywords and what kernels use themselves"
            )
            raise InvalidNetwork("symbol", name, allowed)


def described(formula: Formula) -> dict[str, object]:
    """Return what every kernel's source says of its formula, by the names of the templates."""
    symbols = formula.symbols
    return {
        "label": _in_docstring(formula.label),
        "title": _in_docstring(f"Ψ^{formula.observable}(ω1, ω2) of the ensemble {formula.ensemble}."),
        "label_text": repr(formula.label),
        "ensemble": formula.ensemble,
        "observable": formula.observable,
        "arguments": formula.arguments,
        "spectra": dict_source({name: info.two_time[0] for name, info in symbols.items() if info.kind == "spectrum"}),
        "means": dict_source({name: info.two_time for name, info in symbols.items() if info.kind == "moment"}),
    }


def _in_docstring(text: str) -> str:
    """Escape a text so that it cannot end the docstring that it stands in."""
    return text.replace("\\", "\\\\").replace('"', "'")


def _loop(symbol: sp.Symbol, gain: sp.Expr, formula: Formula, printer: Printer) -> str:
    names = [name for name, info in formula.symbols.items() if info.symbol in gain.free_symbols]
    return _LOOP.format(name=symbol.name, parameters=", ".join(names), gain=printer.parenthesize(gain, 40))
