"""Covariance and response of a pair of sites, to first order in what they exchange.

Each site's field is u_i = u_i° + ε Σ S_i^{uy} f_ij^{yv} v_j, with ε f the cavity response and ε c the covariance of the
cavity fields, both of order 1/√N; S_i includes what the site does to itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from mftheory.action import Field, Population
from mftheory.derivations.single_site import SingleSite
from mftheory.formulas import conjugated, restore, typeset


@dataclass(frozen=True)
class PairFunction:
    """A two-time function of the pair (i, j) at one frequency.

    With two ordinary fields the covariance C_ij^{uv} = ⟨u_i* v_j⟩. A response field marks the end that is perturbed:
    (u, ŷ) is the response (S_ij^{uy})* of i, and (ŷ, v) the response S_ji^{vy} of j: what occurs in a covariance.
    """

    first: Field
    second: Field

    def latex(self, at: tuple[str, str], frequency: int | None = None) -> str:
        """Typeset the function between two sites."""
        i, j = at
        argument = "" if frequency is None else rf"(\omega_{frequency})"
        if self.second.is_response:
            return rf"S^{{{self.first.latex}*}}_{{{i}{j}}}{argument}"
        if self.first.is_response:
            return rf"S^{{{self.second.latex}}}_{{{j}{i}}}{argument}"
        return rf"C^{{{self.first.latex} {self.second.latex}}}_{{{i}{j}}}{argument}"


@dataclass(frozen=True)
class Exchange:
    """An exchange of a pair: c_ij^{yy'} (two response fields), (f_ij^{yv})* (y, v) or f_ji^{yv} (v, y)."""

    first: Field
    second: Field

    def latex(self, at: tuple[str, str] = ("0", "0'")) -> str:
        """Typeset the exchange."""
        i, j = at
        names = f"{self.first.latex} {self.second.latex}"
        if self.first.is_response and self.second.is_response:
            return rf"c^{{{names}}}_{{{i}{j}}}"
        if self.first.is_response:
            return rf"f^{{{names}\,*}}_{{{i}{j}}}"
        return rf"f^{{{self.second.latex} {self.first.latex}}}_{{{j}{i}}}"


@dataclass(frozen=True)
class PairTerm:
    """One term of a pair function: a factor of site i, an exchange of the pair, a factor of site j."""

    at_first: sp.Expr
    exchange: Exchange
    at_second: sp.Expr


@dataclass(frozen=True)
class Perturbed:
    """One term of a perturbed field: the site's own (order 0), or response × the other site's field v (order 1)."""

    order: int
    response: sp.Expr
    equation: Field | None
    field: Field


class PairExpansion:
    """The expansion of pair functions of two sites, at one frequency.

    Parameters
    ----------
    first, second : SingleSite
        The two sites i and j on their own.
    onto_first, onto_second : set of (Field, Field)
        Which (equation, field) the influences f_ij and f_ji have.
    """

    def __init__(
        self,
        first: SingleSite,
        second: SingleSite,
        onto_first: set[tuple[Field, Field]],
        onto_second: set[tuple[Field, Field]],
    ) -> None:
        self.first = first
        self.second = second
        self._onto_first = sorted(onto_first, key=str)
        self._onto_second = sorted(onto_second, key=str)

    def terms(self, function: PairFunction) -> list[PairTerm]:
        """Expand the pair function to order ε, as a sum of terms; those that vanish are left out."""
        if function.second.is_response:
            terms = self._response(function.first, function.second)
        elif function.first.is_response:
            terms = self._response_of_second(function.second, function.first)
        else:
            terms = self._covariance(function.first, function.second)
        return [t for t in terms if t.at_first != 0 and t.at_second != 0]

    def latex(self, function: PairFunction) -> str:
        """Typeset the expansion."""
        at = ("0", "0'")
        terms = [
            rf"{_factor(typeset(restore(t.at_first)))}\,{t.exchange.latex(at)}\,{_factor(typeset(restore(t.at_second)))}"
            for t in self.terms(function)
        ]
        return rf"{function.latex(at)} = " + " + ".join(terms)

    def _covariance(self, u: Field, v: Field) -> Iterator[PairTerm]:
        """Expand ⟨u_i* v_j⟩, the product of both perturbed fields, without terms of order ε²."""
        for a in _perturbed(self.first, u, self._onto_first):
            for b in _perturbed(self.second, v, self._onto_second):
                if a.order + b.order > 1:
                    continue
                if a.equation is None and b.equation is None:
                    yield from self._of_cavity_fields(u, v)
                elif a.equation is not None:  # the other site's own field, correlated with v_j there
                    exchange = Exchange(a.equation, a.field)
                    yield PairTerm(conjugated(a.response), exchange, self.second.two_time(a.field, v))
                elif b.equation is not None:
                    yield PairTerm(self.first.two_time(u, b.field), Exchange(b.field, b.equation), b.response)

    def _of_cavity_fields(self, u: Field, v: Field) -> Iterator[PairTerm]:
        """Expand ⟨u_i°* v_j°⟩ = Σ (S_i^{uy})* c_ij^{yy'} S_j^{vy'}, of weakly correlated Gaussian fields (Price)."""
        for y in _equations(self.first.population):
            for other in _equations(self.second.population):
                at_first = conjugated(self.first.two_time(y, u))
                yield PairTerm(at_first, Exchange(y, other), self.second.two_time(other, v))

    def _response(self, u: Field, source: Field) -> Iterator[PairTerm]:
        """Expand (δu_i/δI_j)*: the kicked site's field v_j moves, and i with it."""
        for term in _perturbed(self.first, u, self._onto_first):
            if term.equation is not None:
                moved = self.second.two_time(source, term.field)
                yield PairTerm(conjugated(term.response), Exchange(term.equation, term.field), conjugated(moved))

    def _response_of_second(self, v: Field, source: Field) -> Iterator[PairTerm]:
        """Expand δv_j/δI_i."""
        for term in _perturbed(self.second, v, self._onto_second):
            if term.equation is not None:
                moved = self.first.two_time(source, term.field)
                yield PairTerm(moved, Exchange(term.field, term.equation), term.response)


def _perturbed(site: SingleSite, u: Field, onto: list[tuple[Field, Field]]) -> Iterator[Perturbed]:
    """Expand u_i = u_i° + ε Σ_{y,v} S_i^{uy} f_ij^{yv} v_j."""
    yield Perturbed(0, sp.S.One, None, u)
    for equation, sent in onto:
        yield Perturbed(1, site.two_time(equation, u), equation, sent)


def _equations(population: Population) -> list[Field]:
    return [hat.field for hat in population.responses]


def _factor(text: str) -> str:
    return text if text[:1] not in "-" and " + " not in text and " - " not in text else rf"\left({text}\right)"
