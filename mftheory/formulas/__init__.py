"""Formulas as objects: expression, symbols, assumptions, citation, exact comparison.

In: expressions that `mftheory.derivations` derived. Out: `Formula`, which prints, evaluates and (`mftheory.kernels`)
compiles. Next: `formula`; then `matrix_form`, the linear system behind it, `conjugates`, how conjugates are written,
and `means`, how means over sites are.
"""

from mftheory.formulas.conjugates import Re, canonical, conjugate_symbol, conjugated, restore, separate, vanishes
from mftheory.formulas.formula import Formula, SymbolInfo
from mftheory.formulas.matrix_form import LabelledMatrix, Matrices
from mftheory.formulas.means import Mean
from mftheory.formulas.typeset import symbol_latex, typeset

__all__ = [
    "Formula",
    "LabelledMatrix",
    "Matrices",
    "Mean",
    "Re",
    "SymbolInfo",
    "canonical",
    "conjugate_symbol",
    "conjugated",
    "restore",
    "separate",
    "symbol_latex",
    "typeset",
    "vanishes",
]
