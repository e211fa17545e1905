"""Symbols for the two-time functions of single sites at two frequencies, with conjugates kept apart.

A conjugate is a symbol of its own during the algebra, so that polynomials stay polynomials.
"""

from dataclasses import dataclass

import sympy as sp

from mftheory.action import Field, names
from mftheory.formulas import conjugate_symbol
from mftheory.formulas.conjugates import SUFFIX


@dataclass(frozen=True)
class Spectrum:
    """One two-time function at frequency ω_k: its symbol, and that of its complex conjugate."""

    symbol: sp.Symbol
    conjugate: sp.Symbol


def correlation(first: Field, second: Field, k: int) -> Spectrum:
    """Return C^{uv}(ω_k) = ∫dτ e^{-iωτ} ⟨u(t) v(t+τ)⟩; real for u = v."""
    name = f"{names.correlation(first, second)}_{k}"
    if first == second:
        symbol = sp.Symbol(name, real=True)
        return Spectrum(symbol, symbol)
    return _complex(name)


def response(field: Field, k: int) -> Spectrum:
    """Return the response S^u(ω_k) of u to its site's input."""
    return _complex(f"{names.response(field)}_{k}")


def transfer(population: str, k: int) -> Spectrum:
    """Return T(ω_k) of a population whose equation of motion has dynamics."""
    return _complex(f"{names.transfer(population)}_{k}")


def propagator(state: Field, source: Field, k: int) -> Spectrum:
    """Return the response P^z(ω_k) of a linear site that feeds back on itself; it differs from site to site.

    P^{uv}, where a site has several states, is the response of u to the input of v's equation.
    """
    return _complex(f"{names.propagator(state, source)}_{k}")


def base_name(symbol: sp.Symbol) -> str:
    """Return the name without frequency, ``C_phi`` for C_phi_1 and its conjugate."""
    return symbol.name.removesuffix(SUFFIX).rpartition("_")[0]


def _complex(name: str) -> Spectrum:
    symbol = sp.Symbol(name, complex=True)
    return Spectrum(symbol, conjugate_symbol(symbol))
