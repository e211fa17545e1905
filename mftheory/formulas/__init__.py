"""Formulas as objects: expression, symbols, assumptions, citation, exact comparison."""

from mftheory.formulas.conjugates import canonical, conjugate_symbol, conjugated, restore, separate
from mftheory.formulas.formula import Formula, SymbolInfo

__all__ = ["Formula", "SymbolInfo", "canonical", "conjugate_symbol", "conjugated", "restore", "separate"]
