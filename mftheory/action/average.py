"""The disorder average: every product of two linear couplings becomes a product of two bilinears.

With the couplings -i Σ_ij X_ij ∫dt A_i(t) B_j(t) in the exponent, the average over the Gaussian X gives
-½ N Σ_mn c_mn ∫∫dt dt' O_{A_m A_n}(t,t') O_{B_m B_n}(t,t'), where O_UV(t,t') = (1/N) Σ_i U_i(t) V_i(t') (theory §3).
"""

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from mftheory.action.disorder import Coupling, GaussianEnsemble
from mftheory.action.fields import Field, Operator, Parameter


@dataclass(frozen=True)
class Bilinear:
    """The bilinear O(t,t') = (1/N) Σ_i weight_i U_i(t) V_i(t'), a sum over one population."""

    first: Field
    second: Field
    weight: sp.Expr = sp.S.One

    @property
    def population(self) -> str:
        """Name of the population summed over."""
        return self.first.population

    @property
    def responses(self) -> int:
        """Number of response fields among the two."""
        return self.first.is_response + self.second.is_response

    @property
    def swapped(self) -> "Bilinear":
        """The same with its two times exchanged."""
        return Bilinear(self.second, self.first, self.weight)

    @property
    def latex(self) -> str:
        """Symbol of the bilinear in print, such as O_{φφ}."""
        weight = "" if self.weight == 1 else sp.latex(self.weight) + r"\,"
        return rf"O_{{{weight}{self.first.latex} {self.second.latex}}}"


@dataclass(frozen=True)
class Interaction:
    """The term -½ N c ∫∫dt dt' O_1(t,t') O_2(t,t') of the averaged exponent."""

    strength: sp.Expr
    first: Bilinear
    second: Bilinear


@dataclass(frozen=True, repr=False)
class AveragedExponent:
    """The averaged exponent: interactions between bilinears, one for each ordered pair of couplings."""

    ensemble: GaussianEnsemble
    interactions: tuple[Interaction, ...]

    @cached_property
    def bilinears(self) -> tuple[Bilinear, ...]:
        """All bilinears that the disorder couples, each once, in order of appearance."""
        listed = (b for i in self.interactions for b in (i.first, i.second))
        return tuple(dict.fromkeys(listed))

    def __repr__(self) -> str:
        return f"AveragedExponent of {self.ensemble.name!r}: {self.latex()}"

    def latex(self) -> str:
        """Typeset the averaged exponent."""
        terms = []
        for i in self.interactions:
            strength = "" if i.strength == 1 else sp.latex(i.strength) + r"\,"
            terms.append(rf"{strength}{i.first.latex}(t,t')\,{i.second.latex}(t,t')")
        return r"-\tfrac{N}{2}\iint\! dt\,dt'\,\left[" + " + ".join(terms) + r"\right]"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"


def disorder_average(ensemble: GaussianEnsemble) -> AveragedExponent:
    """Average the exponent of the action over the Gaussian matrices (theory §3, step 3)."""
    interactions = []
    for m, n, value, transposed in ensemble.covarying():
        if transposed:  # X_ij Y_ji: the rows of one are the columns of the other
            pairs = ((m.on_rows, n.on_columns), (m.on_columns, n.on_rows))
        else:
            pairs = ((m.on_rows, n.on_rows), (m.on_columns, n.on_columns))
        constant, on_rows, on_columns = _split(value, m)
        interactions.append(Interaction(constant, _bilinear(*pairs[0], on_rows), _bilinear(*pairs[1], on_columns)))
    return AveragedExponent(ensemble, tuple(interactions))


def _bilinear(first: Operator, second: Operator, weight: sp.Expr) -> Bilinear:
    return Bilinear(first.field, second.field, first.weight * second.weight * weight)


def _split(value: sp.Expr, coupling: Coupling) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Split a covariance into constant × (function of the row site) × (function of the column site)."""
    rows, columns = coupling.matrix.rows, coupling.matrix.columns
    rest, on_rows = _factor_out(value, rows.parameters)
    rest, on_columns = _factor_out(rest, columns.parameters)
    return rest, on_rows, on_columns


def _factor_out(value: sp.Expr, parameters: tuple[Parameter, ...]) -> tuple[sp.Expr, sp.Expr]:
    rest, dependent = value.as_independent(*(p.symbol for p in parameters), as_Add=False)
    return rest, dependent
