"""The closure: averages of products of pair functions over the reservoir, expressed through each other.

Ψ[F, G] = (1/N) Σ_ij w_i w'_j F_ij(ω1) G_ij(ω2) has a diagonal part, of single sites, and an off-diagonal one, in which
each pair function is expanded in what the pair exchanges. The exchanges are averaged over the links of the pair, which
the reservoir does not know; what is left is an average of the same kind over the reservoir.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from mftheory.action import GaussianEnsemble, Population
from mftheory.derivations.cavity.link_averages import Paired, expectation
from mftheory.derivations.cavity.pair import Exchange, PairExpansion, PairFunction
from mftheory.derivations.cavity.perturbation import Path, TwoSites
from mftheory.derivations.cavity.removed_sites import Connection, Site, Weights, weight_at, weights_latex
from mftheory.derivations.linear import solve
from mftheory.derivations.single_site import SingleSite, average_over_sites
from mftheory.formulas import restore, typeset

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
class Equation:
    """One equation of the closure: unknown = constant + Σ coefficient × other unknowns."""

    unknown: PairMoment
    constant: sp.Expr
    coefficients: dict[PairMoment, sp.Expr]

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
        self._wiring = wiring
        self._site = site
        self._known: dict[tuple[str, str, Exchange, Exchange], Gamma] = {}

    def equations(self, wanted: PairMoment) -> list[Equation]:
        """Return the equation of `wanted` and of every average that it leads to, in the order met."""
        equations: dict[PairMoment, Equation] = {}
        pending = [wanted]
        while pending:
            unknown = pending.pop(0)
            if unknown not in equations:
                equations[unknown] = self.equation(unknown)
                pending += equations[unknown].coefficients
        return list(equations.values())

    def equation(self, unknown: PairMoment) -> Equation:
        """Express one average through others: its diagonal, and its pair functions expanded."""
        p, q = (self.ensemble.population(name) for name in unknown.populations)
        constant = sp.S.Zero
        if p == q:
            alone = self._site(p, 1).two_time(unknown.first.first, unknown.first.second) * self._site(p, 2).two_time(
                unknown.second.first, unknown.second.second
            )
            constant += p.size * self._average(unknown.weight_i * unknown.weight_j * alone, p)
        collected: dict[PairMoment, sp.Expr] = {}
        expansions = [self.expansion(p, q, k) for k in (1, 2)]
        for a in expansions[0].terms(unknown.first):
            for b in expansions[1].terms(unknown.second):
                for term in self.gamma(p, q, a.exchange, b.exchange).terms:
                    at_i = self._average(unknown.weight_i * term.weight_i * a.at_first * b.at_first, p)
                    at_j = self._average(unknown.weight_j * term.weight_j * a.at_second * b.at_second, q)
                    value = p.size * q.size * at_i * at_j
                    if term.reservoir is None:
                        constant += value
                    else:
                        collected[term.reservoir] = collected.get(term.reservoir, sp.S.Zero) + value
        return Equation(unknown, constant, {m: c for m, c in collected.items() if c != 0})

    def expansion(self, p: Population, q: Population, k: int) -> PairExpansion:
        """Return the expansion of the pair functions of a site of p and one of q at ω_k."""
        i, j = removed_pair(p, q)
        onto_i, onto_j = set(TwoSites(self._wiring, i, j).influence()), set(TwoSites(self._wiring, j, i).influence())
        return PairExpansion(self._site(p, k), self._site(q, k), onto_i, onto_j)

    @property
    def gammas(self) -> tuple[Gamma, ...]:
        """Every Γ used so far."""
        return tuple(self._known.values())

    def gamma(self, p: Population, q: Population, a: Exchange, b: Exchange) -> Gamma:
        """Return Γ of two exchanges between a site of p and one of q, at ω1 and ω2."""
        key = (p.name, q.name, a, b)
        if key not in self._known:
            self._known[key] = self._gamma(p, q, a, b)
        return self._known[key]

    def _gamma(self, p: Population, q: Population, a: Exchange, b: Exchange) -> Gamma:
        """Average N⟨A B⟩ over the links that the pair has with the reservoir and with each other.

        Each exchange is √N times the paths below, so that a term of n pairs of links and two summed sites is of order
        N · N⁻² · Σ_kl, an average over the reservoir; a direct link gives N · N⁻¹.
        """
        i, j = removed_pair(p, q)
        constants: dict[tuple[PairMoment | None, sp.Expr, sp.Expr], sp.Expr] = {}
        for one in self._paths(i, j, a, ("k", "l")):
            for two in self._paths(i, j, b, ("k'", "l'")):
                for pairing in expectation((*one.links, *two.links), self.ensemble):
                    weights = (*one.weights, *two.weights, *pairing.weights)
                    reservoir = _reservoir(one, two, weights, pairing)
                    key = (reservoir, weight_at(weights, i), weight_at(weights, j))
                    constants[key] = constants.get(key, sp.S.Zero) + pairing.constant
        return Gamma(a, b, tuple(ExchangeAverage(c * wi, wj, r) for (r, wi, wj), c in constants.items() if c != 0))

    def _paths(self, i: Site, j: Site, exchange: Exchange, labels: tuple[str, str]) -> list[Path]:
        """Return the paths of one exchange, those from i to j read backwards: i's reservoir site comes first."""
        pair = (exchange.first, exchange.second)
        if exchange.first.is_response and exchange.second.is_response:
            return TwoSites(self._wiring, i, j, labels).field_covariance().get(pair, [])
        if exchange.first.is_response:
            return TwoSites(self._wiring, i, j, labels).influence().get(pair, [])
        return TwoSites(self._wiring, j, i, labels[::-1]).influence().get(pair[::-1], [])

    def _average(self, expr: sp.Expr, population: Population) -> sp.Expr:
        return average_over_sites(expr, population, self.ensemble)


def removed_pair(p: Population, q: Population) -> tuple[Site, Site]:
    """Return the two removed sites of a pair."""
    return Site("0", p, removed=True), Site("0'", q, removed=True)


def _reservoir(one: Path, two: Path, weights: Weights, pairing: Paired) -> PairMoment | None:
    """Return the reservoir average left by two paths, over sites k next to i and l next to j; None if none is left."""
    if one.through is None or two.through is None:
        assert one.through is two.through, "direct and indirect links do not pair"
        return None
    functions, at = [], []
    for letter in ("k", "l"):
        (site, _), (other, _) = one.through.at_label(letter), two.through.at_label(letter)
        assert (site, other) in pairing.same or (other, site) in pairing.same, "reservoir sites that stay apart"
        at.append(weight_at(weights, site) * weight_at(weights, other))
    for path in (one, two):
        assert path.through is not None
        functions.append(PairFunction(path.through.at_label("k")[1], path.through.at_label("l")[1]))
    return PairMoment(functions[0], functions[1], at[0], at[1])


def solve_closure(equations: list[Equation], rename: Rename) -> dict[PairMoment, sp.Expr]:
    """Solve for every unknown of the closure, exactly."""
    unknowns = [e.unknown for e in equations]
    matrix = sp.eye(len(unknowns))
    for row, equation in enumerate(equations):
        for other, coefficient in equation.coefficients.items():
            matrix[row, unknowns.index(other)] -= rename(coefficient)
    return dict(zip(unknowns, solve(matrix, [rename(e.constant) for e in equations]), strict=True))
