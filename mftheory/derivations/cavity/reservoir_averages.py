"""The closure: averages of products of pair functions over the reservoir, expressed through each other.

Ψ[F, G] = (1/N) Σ_ij w_i w'_j F_ij(ω1) G_ij(ω2) has a diagonal part, of single sites, and an off-diagonal one, in which
each pair function is expanded in what the pair exchanges. The exchanges are averaged over the links of the pair, which
the reservoir does not know; what is left is an average of the same kind over the reservoir.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp

from mftheory.action import Field, GaussianEnsemble, Population
from mftheory.derivations.cavity.link_averages import expectation
from mftheory.derivations.cavity.link_ends import EndAverage, LinkEnds, removed_pair
from mftheory.derivations.cavity.pair import Exchange, PairExpansion, PairFunction, PairTerm
from mftheory.derivations.cavity.perturbation import Path
from mftheory.derivations.cavity.removed_sites import Connection, weight_at, weights_latex
from mftheory.derivations.single_site import SingleSite, average_over_sites
from mftheory.formulas import Matrices, restore, typeset

MIN_SUMMED = 3
"""Number of populations that a site is linked to from which a half sum is an unknown of its own."""

Rename = Callable[[sp.Expr], sp.Expr]


@dataclass(frozen=True)
class PairMoment:
    """Ψ[F, G] = (1/N) Σ_ij w_i w'_j F_ij(ω1) G_ij(ω2), the diagonal included: one unknown of the closure."""

    first: PairFunction
    second: PairFunction
    weight_i: sp.Expr
    weight_j: sp.Expr

    @property
    def populations(self) -> tuple[str, str]:
        """Names of the populations of i and j."""
        return self.first.first.population, self.first.second.population

    def latex(self) -> str:
        """Typeset the unknown."""
        weights = weights_latex((("i", self.weight_i), ("j", self.weight_j)))
        return rf"\left[{weights}{self.first.latex(('i', 'j'), 1)}\,{self.second.latex(('i', 'j'), 2)}\right]"


@dataclass(frozen=True)
class ExchangeAverage:
    """Γ: N⟨A(ω1) B(ω2)⟩ over the links of the pair, one term: weights of i and j × an average over the reservoir."""

    weight_i: sp.Expr
    weight_j: sp.Expr
    reservoir: PairMoment | None
    """None where the two sites are linked directly."""

    def latex(self) -> str:
        """Typeset the term."""
        weights = weights_latex((("0", self.weight_i), ("0'", self.weight_j)))
        return weights + ("1" if self.reservoir is None else self.reservoir.latex())


@dataclass(frozen=True)
class Gamma:
    """N⟨A(ω1) B(ω2)⟩ of two exchanges over the links of a pair, as a sum of reservoir averages."""

    first: Exchange
    second: Exchange
    terms: tuple[ExchangeAverage, ...]

    def latex(self) -> str:
        """Typeset the equation."""
        left = rf"N\langle {self.first.latex()}(\omega_1)\, {self.second.latex()}(\omega_2) \rangle"
        return left + " = " + (" + ".join(t.latex() for t in self.terms) or "0")

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


@dataclass(frozen=True)
class HalfSum:
    """Σ_k over the sites that i is linked to of averages over pairs (k, j): one end of a Γ summed, the other not."""

    ends: tuple[EndAverage, ...]
    first: Field
    second: Field
    weight_j: sp.Expr

    def averages(self) -> "dict[Unknown, sp.Expr]":
        """Return the averages that it sums, and their coefficients."""
        total: dict[Unknown, sp.Expr] = {}
        for e in self.ends:
            moment = _reservoir(e, self.first, self.second, self.weight_j)
            total[moment] = total.get(moment, sp.S.Zero) + e.constant
        return total

    def latex(self) -> str:
        """Typeset the sum."""
        terms = (m.latex() if c == 1 else rf"{typeset(restore(c))}\,{m.latex()}" for m, c in self.averages().items())
        return rf"\left\{{{' + '.join(terms)}\right\}}"


Unknown = PairMoment | HalfSum


@dataclass(frozen=True)
class Equation:
    """One equation of the closure: unknown = constant + Σ coefficient × other unknowns."""

    unknown: Unknown
    constant: sp.Expr
    coefficients: dict[Unknown, sp.Expr]

    def latex(self) -> str:
        """Typeset the equation."""
        terms = [] if self.constant == 0 else [typeset(restore(self.constant))]
        for unknown, coefficient in self.coefficients.items():
            factor = "" if coefficient == 1 else rf"\left({typeset(restore(coefficient))}\right)"
            terms.append(factor + unknown.latex())
        return f"{self.unknown.latex()} = " + (" + ".join(terms) or "0")

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


class ReservoirClosure:
    """The linear system of averages of pair functions that one observable needs: [L32-L39] for random modes.

    Parameters
    ----------
    ensemble : GaussianEnsemble
    wiring : tuple of Connection
        The ensemble's connections.
    site : callable
        The single site of a population at frequency ω_k.
    """

    def __init__(
        self,
        ensemble: GaussianEnsemble,
        wiring: tuple[Connection, ...],
        site: Callable[[Population, int], SingleSite],
    ) -> None:
        self.ensemble = ensemble
        self._site = site
        self._ends = LinkEnds(ensemble, wiring)
        self._used: dict[tuple[str, str, Exchange, Exchange], None] = {}
        self._expansions: dict[tuple[str, str, int], PairExpansion] = {}
        self._averages: dict[tuple[str, sp.Expr], sp.Expr] = {}

    def system(self, wanted: PairMoment) -> list[Equation]:
        """Return the equations that determine `wanted`, sums over one end of a pair as unknowns of their own.

        P populations have P² averages that depend on P² each. By way of the half sums each depends on P.
        """
        return _all_equations(wanted, self._by_halves)

    def equations(self, wanted: PairMoment) -> list[Equation]:
        """Return the equation of `wanted` and of every average over the reservoir that it leads to, as met."""
        return _all_equations(wanted, self.equation)

    def equation(self, unknown: PairMoment) -> Equation:
        """Express one average through others: its diagonal, and its pair functions expanded."""
        halves = self._by_halves(unknown)
        collected: dict[Unknown, sp.Expr] = {}
        for half, factor in halves.coefficients.items():
            for moment, constant in half.averages().items() if isinstance(half, HalfSum) else [(half, sp.S.One)]:
                collected[moment] = collected.get(moment, sp.S.Zero) + factor * constant
        return Equation(unknown, halves.constant, {m: c for m, c in collected.items() if c != 0})

    def _by_halves(self, unknown: Unknown) -> Equation:
        if isinstance(unknown, HalfSum):
            return Equation(unknown, sp.S.Zero, unknown.averages())
        p, q = (self.ensemble.population(name) for name in unknown.populations)
        constant = self._diagonal(unknown)
        collected: dict[Unknown, sp.Expr] = {}
        second = self.expansion(p, q, 2).terms(unknown.second)
        for a in self.expansion(p, q, 1).terms(unknown.first):
            for b in second:

                def factor(at_i: sp.Expr, at_j: sp.Expr, a: PairTerm = a, b: PairTerm = b) -> sp.Expr:
                    of_i = self._average(unknown.weight_i * at_i * a.at_first * b.at_first, p)
                    of_j = self._average(unknown.weight_j * at_j * a.at_second * b.at_second, q)
                    return p.size * q.size * of_i * of_j

                for term in self._direct(p, q, a.exchange, b.exchange):
                    constant += term.constant * factor(term.weight_i, term.weight_j)
                for half, (at_i, at_j, value) in self._halves(p, q, a.exchange, b.exchange):
                    coefficient = value * factor(at_i, at_j)
                    collected[half] = collected.get(half, sp.S.Zero) + coefficient
        return Equation(unknown, constant, {m: c for m, c in collected.items() if c != 0})

    def _diagonal(self, unknown: PairMoment) -> sp.Expr:
        """Return the part of a site with itself."""
        name, other = unknown.populations
        if name != other:
            return sp.S.Zero
        p = self.ensemble.population(name)
        alone = self._site(p, 1).two_time(unknown.first.first, unknown.first.second) * self._site(p, 2).two_time(
            unknown.second.first, unknown.second.second
        )
        return p.size * self._average(unknown.weight_i * unknown.weight_j * alone, p)

    def expansion(self, p: Population, q: Population, k: int) -> PairExpansion:
        """Return the expansion of the pair functions of a site of p and one of q at ω_k."""
        key = (p.name, q.name, k)
        if key not in self._expansions:
            onto_i, onto_j = self._ends.influences(p, q), self._ends.influences(q, p)
            self._expansions[key] = PairExpansion(self._site(p, k), self._site(q, k), onto_i, onto_j)
        return self._expansions[key]

    @property
    def gammas(self) -> tuple[Gamma, ...]:
        """Every Γ used so far."""
        populations = {p.name: p for p in self.ensemble.populations}
        return tuple(self.gamma(populations[p], populations[q], a, b) for p, q, a, b in self._used)

    def gamma(self, p: Population, q: Population, a: Exchange, b: Exchange) -> Gamma:
        """Return Γ of two exchanges between a site of p and one of q, at ω1 and ω2: N⟨A B⟩ over the pair's links.

        Each exchange is √N times a path through two links, so that a term of two pairs of links and two summed sites is
        of order N · N⁻² · Σ_kl, an average over the reservoir; a direct link gives N · N⁻¹.
        """
        terms = [ExchangeAverage(t.constant * t.weight_i, t.weight_j, None) for t in self._direct(p, q, a, b)]
        for e in self._ends.averages(p, a.first, b.first):
            for f in self._ends.averages(q, a.second, b.second):
                reservoir = _reservoir(e, f.first, f.second, f.reservoir_weight)
                terms.append(ExchangeAverage(e.constant * f.constant * e.weight, f.weight, reservoir))
        return Gamma(a, b, tuple(terms))

    def _halves(
        self, p: Population, q: Population, a: Exchange, b: Exchange
    ) -> Iterator[tuple[Unknown, tuple[sp.Expr, sp.Expr, sp.Expr]]]:
        """Yield the sums over i's end of a Γ, with the weights of i and j and the constant of j's end."""
        at_i: dict[sp.Expr, list[EndAverage]] = {}
        for e in self._ends.averages(p, a.first, b.first):
            at_i.setdefault(e.weight, []).append(e)
        at_j = self._ends.averages(q, a.second, b.second)
        if at_i and at_j:
            self._used[p.name, q.name, a, b] = None
        for weight, ends in at_i.items():
            for f in at_j:
                if len(ends) >= MIN_SUMMED:
                    half = HalfSum(tuple(ends), f.first, f.second, f.reservoir_weight)
                    yield half, (weight, f.weight, f.constant)
                    continue
                for e in ends:
                    average = _reservoir(e, f.first, f.second, f.reservoir_weight)
                    yield average, (weight, f.weight, f.constant * e.constant)

    def _direct(self, p: Population, q: Population, a: Exchange, b: Exchange) -> Iterator["DirectAverage"]:
        """Yield what the link between the two sites averages to."""
        i, j = removed_pair(p, q)
        for one in self._links(p, q, a):
            for two in self._links(p, q, b):
                for pairing in expectation((*one.links, *two.links), self.ensemble):
                    self._used[p.name, q.name, a, b] = None
                    weights = (*one.weights, *two.weights, *pairing.weights)
                    yield DirectAverage(pairing.constant, weight_at(weights, i), weight_at(weights, j))

    def _links(self, p: Population, q: Population, exchange: Exchange) -> list[Path]:
        """Return the direct links of an exchange; those from i to j join the same two removed sites."""
        pair = (exchange.first, exchange.second)
        if exchange.first.is_response:
            return self._ends.direct(p, q).get(pair, [])
        i, j = removed_pair(p, q)
        return [path.between(j, i) for path in self._ends.direct(q, p).get(pair[::-1], [])]

    def _average(self, expr: sp.Expr, population: Population) -> sp.Expr:
        key = (population.name, expr)
        if key not in self._averages:
            self._averages[key] = average_over_sites(expr, population, self.ensemble)
        return self._averages[key]


@dataclass(frozen=True)
class DirectAverage:
    """N⟨X_00' Y_00'⟩ of the links between the two sites, with the parameters of both."""

    constant: sp.Expr
    weight_i: sp.Expr
    weight_j: sp.Expr


def _all_equations(wanted: PairMoment, equation: Callable[[Any], Equation]) -> list[Equation]:
    """Return the equation of `wanted` and of every unknown that it leads to, in the order met."""
    equations: dict[Unknown, Equation] = {}
    pending: deque[Unknown] = deque([wanted])
    while pending:
        unknown = pending.popleft()
        if unknown not in equations:
            equations[unknown] = equation(unknown)
            pending.extend(equations[unknown].coefficients)
    return list(equations.values())


def _reservoir(end: EndAverage, first: Field, second: Field, weight: sp.Expr) -> PairMoment:
    """Return the average over sites k next to i and l next to j, where `first` and `second` are fields of l."""
    return PairMoment(PairFunction(end.first, first), PairFunction(end.second, second), end.reservoir_weight, weight)


def system(equations: list[Equation], wanted: PairMoment, rename: Rename) -> Matrices:
    """Return the closure as matrices, for one of its unknowns."""
    place = {e.unknown: n for n, e in enumerate(equations)}
    matrix = {(n, n): sp.S.One for n in range(len(equations))}
    right = {}
    for row, equation in enumerate(equations):
        for other, coefficient in equation.coefficients.items():
            column = place[other]
            matrix[row, column] = matrix.get((row, column), sp.S.Zero) - rename(coefficient)
        if equation.constant != 0:
            right[row] = rename(equation.constant)
    entries = {at: e for at, e in matrix.items() if e != 0}
    return Matrices(tuple(e.unknown.latex() for e in equations), entries, right, {place[wanted]: sp.S.One})
