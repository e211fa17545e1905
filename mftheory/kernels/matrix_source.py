"""Formula in matrix form → the data of its kernel: terms of the entries, and what they are products of."""

import hashlib
import textwrap
from functools import lru_cache

import sympy as sp

from mftheory.formulas import Formula, restore
from mftheory.formulas.conjugates import SUFFIX
from mftheory.kernels.printer import Printer
from mftheory.kernels.source import check_names, described

_TEMPLATE = '''\
"""[{label}] {title}

Generated from the derived formula; do not edit. {unknowns} unknowns, solved for at each pair of frequencies.
"""

from mftheory.kernels.pairs import PairSolver

LABEL = {label_text}
ENSEMBLE = {ensemble!r}
OBSERVABLE = {observable!r}
ARGUMENTS = {arguments!r}
CONTENT_HASH = {content_hash!r}

INPUTS = ARGUMENTS
SPECTRA = {spectra}
MEANS = {means}


def coefficients({constant}):
    return [
{coefficients}
    ]


def monomials({parameters}):
    return [
{monomials}
    ]


SIZES = {sizes!r}
TERMS = [
{terms}
]

kernel = PairSolver(coefficients, monomials, TERMS, SIZES, INPUTS, {constant_names!r}, {types!r})
'''


@lru_cache(maxsize=10_000)  # the observables of one ensemble have most of their entries in common
def _code(expr: sp.Expr) -> str:
    return str(Printer().doprint(restore(expr)))


def matrix_source(formula: Formula) -> tuple[str, str]:
    """Return the source of the kernel of a formula that is kept as matrices, and a fingerprint of its content."""
    check_names(formula)
    symbols = formula.symbols
    constant = {info.symbol for info in symbols.values() if info.kind == "parameter"}
    terms, coefficients, monomials = _terms(formula, constant)
    used = {s.name.removesuffix(SUFFIX) for c in coefficients for s in c.free_symbols}

    def lines(expressions: list[sp.Expr]) -> str:
        return textwrap.indent("\n".join(f"{_code(e)}," for e in expressions), " " * 8)

    of_coefficients = tuple(name for name in formula.arguments if name in used)
    sizes = tuple(len(block.columns) for block in formula.matrices.blocks)
    types = "".join("d" if info.symbol.is_real else "D" for info in symbols.values())
    written = lines(coefficients), lines(monomials)
    content = repr((written, terms, sizes, formula.arguments, types))
    key = hashlib.sha256(content.encode()).hexdigest()[:16]
    text = _TEMPLATE.format(
        **described(formula),
        unknowns=formula.matrices.unknowns,
        content_hash=key,
        constant=", ".join(of_coefficients),
        coefficients=written[0],
        parameters=", ".join(formula.arguments),
        monomials=written[1],
        sizes=sizes,
        terms=textwrap.indent("\n".join(f"{term}," for term in terms), " " * 4),
        constant_names=of_coefficients,
        types=types,
    )
    return text, key


def _terms(
    formula: Formula, constant: set[sp.Symbol]
) -> tuple[list[tuple[int, int, int, int]], list[sp.Expr], list[sp.Expr]]:
    """Return (row, column, coefficient, monomial) of each term, and the coefficients and monomials that occur."""
    m = formula.matrices
    place = {c: n for n, c in enumerate(c for block in m.blocks for c in block.columns)}
    row = {r: place[c] for block in m.blocks for r, c in zip(block.rows, block.columns, strict=True)}
    entries = [
        (row[r], place[c], m.matrix[r, c])
        for block in m.blocks
        for r in block.rows
        for c in block.entries[r]
        if c in place
    ]
    entries += [(row[r], -1, e) for r, e in m.right.items() if r in row]
    entries += [(len(place), place[c], e) for c, e in m.row.items() if c in place]
    entries += [(len(place), -1, m.own)]
    coefficients: dict[sp.Expr, int] = {}
    monomials: dict[sp.Expr, int] = {}
    found = []
    for r, c, entry in entries:
        for term in sp.Add.make_args(sp.expand(entry)):
            varying = term.free_symbols - constant
            number, product = term.as_independent(*varying, as_Add=False)
            if number != 0:
                k = coefficients.setdefault(number, len(coefficients))
                found.append((r, c, k, monomials.setdefault(product, len(monomials))))
    return found, list(coefficients), list(monomials)
