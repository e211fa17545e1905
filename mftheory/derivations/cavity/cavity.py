"""The two-site cavity derivation of one ensemble, step by step."""

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from mftheory.action import GaussianEnsemble, Operator, Population, omega
from mftheory.derivations.cavity.link_averages import expectation
from mftheory.derivations.cavity.link_ends import removed_pair
from mftheory.derivations.cavity.pair import PairExpansion, PairFunction
from mftheory.derivations.cavity.perturbation import Path, TwoSites
from mftheory.derivations.cavity.removed_sites import Connection, Site, connections, weight_at
from mftheory.derivations.cavity.reservoir_averages import (
    Equation,
    Gamma,
    PairMoment,
    ReservoirClosure,
    system,
)
from mftheory.derivations.linear_circle import LinearCircle
from mftheory.derivations.naming import Names
from mftheory.derivations.single_site import Pair, SingleSite, average_over_sites, nonzero
from mftheory.formulas import Matrices


@dataclass(frozen=True)
class EquationLines:
    """Several equations of one step, each with ``.latex()``."""

    entries: tuple[Connection, ...] | tuple[SingleSite, ...] | tuple[Gamma, ...] | tuple[Equation, ...]

    def latex(self) -> str:
        """Typeset the equations, one below the other."""
        return r" \\ ".join(entry.latex() for entry in self.entries)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle \begin{{gathered}} {self.latex()} \end{{gathered}}$"


@dataclass(frozen=True)
class ExpandedPair:
    """A pair function of two removed sites, expanded."""

    expansion: PairExpansion
    function: PairFunction

    def latex(self) -> str:
        """Typeset the expansion."""
        return self.expansion.latex(self.function)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


class Cavity:
    """A derivation by the two-site cavity: from two removed sites to the four-point functions (theory §5).

    Each attribute is one step, in order: `wiring`, `two_sites`, `sites`, then for an observable `pair`, `gammas`,
    `closure`, `solution`. All have ``.latex()``.

    Parameters
    ----------
    ensemble : GaussianEnsemble
        The declared disorder.

    Notes
    -----
    Assumes what the path integral assumes (N → ∞, stationary, odd φ, no condensed modes), and that pair functions of
    different sites are of order 1/√N, so that products of two exchanges between a pair are dropped.

    Examples
    --------
    >>> import mftheory as mf
    >>> cavity = mf.derive(mf.Network(mf.IID(2.0))).cavity
    >>> phi = cavity.ensemble.observables["phi"]
    >>> print(cavity.pair(phi).latex())  # doctest: +ELLIPSIS
    C^{\\phi \\phi}_{00'} = \\overline{S^{\\phi}_{1}}\\,c^{\\hat x \\hat x}_{00'}\\,S^{\\phi}_{1} + ...
    >>> cavity.solution(phi).free_symbols == set(mf.formula("psi-iid").rational.free_symbols)
    True
    """

    def __init__(self, ensemble: GaussianEnsemble) -> None:
        self.ensemble = ensemble
        self._solved: dict[tuple[str, int], SingleSite] = {}

    @cached_property
    def wiring(self) -> EquationLines:
        """The connections: which field drives which equation, through which matrix."""
        return EquationLines(self._connections)

    def two_sites(self, first: str, second: str | None = None) -> TwoSites:
        """Put back two removed sites of the populations named (the same one by default)."""
        p, q = self.ensemble.population(first), self.ensemble.population(second or first)
        return TwoSites(self._connections, *removed_pair(p, q))

    @cached_property
    def sites(self) -> EquationLines:
        """The process of one removed site of each population: its cavity field and its self-feedback."""
        return EquationLines(tuple(self.site(p, 1) for p in self.ensemble.populations))

    def site(self, population: Population, k: int) -> SingleSite:
        """Return the process of one removed site of a population at frequency ω_k."""
        if (population.name, k) not in self._solved:
            circle = LinearCircle(self.ensemble.circle(population), self.ensemble)
            for site in circle.close([self._feels(p, k, circle) for p in circle.populations]):
                self._solved[site.population.name, k] = site
        return self._solved[population.name, k]

    def pair(self, observable: Operator) -> ExpandedPair:
        """Expand the covariance of an observable between two sites, to first order in what they exchange."""
        p = self.ensemble.population(observable.field.population)
        return ExpandedPair(self._closure.expansion(p, p, 1), PairFunction(observable.field, observable.field))

    def gammas(self, observable: Operator) -> EquationLines:
        """Return every average Γ over the links that the closure uses."""
        self.closure(observable)
        return EquationLines(tuple(g for g in self._closure.gammas if g.terms))

    def closure(self, observable: Operator) -> EquationLines:
        """Return the linear system that expresses the averages over the reservoir through each other."""
        return EquationLines(tuple(self._closure.equations(_unknown(observable))))

    def solution(self, observable: Operator) -> sp.Expr:
        """Solve for Ψ(ω1, ω2) of an observable, a sum of terms in the named moments."""
        return self.matrices(observable).expand()

    def matrices(self, observable: Operator) -> Matrices:
        """Return Ψ(ω1, ω2) of an observable as the closure's linear system, in the named moments."""
        unknown = _unknown(observable)
        return system(self._closure.system(unknown), unknown, self.names.rename)

    @cached_property
    def names(self) -> Names:
        """Names for the moments and means that occur."""
        return Names(self.ensemble, self.site)

    @cached_property
    def _connections(self) -> tuple[Connection, ...]:
        return connections(self.ensemble)

    @cached_property
    def _closure(self) -> ReservoirClosure:
        return ReservoirClosure(self.ensemble, self._connections, self.site)

    def _feels(self, p: Population, k: int, circle: LinearCircle) -> SingleSite:
        zero = Site("0", p, removed=True)
        alone = TwoSites(self._connections, zero, zero)
        noise = p.noise.subs(omega, sp.Symbol(f"omega_{k}", real=True))
        inputs: dict[Pair, sp.Expr] = {(y.field, y.field): noise for y in p.responses}
        for pair, paths in alone.field_covariance().items():
            inputs[pair] = inputs.get(pair, sp.S.Zero) + sp.Add(*(self._mean(path, zero, k, circle) for path in paths))
        feedback = {
            pair: sp.Add(*(self._mean(path, zero, k, circle) for path in paths))
            for pair, paths in alone.influence().items()
        }
        return SingleSite(p, k, nonzero(inputs), nonzero(feedback))

    def _mean(self, path: Path, zero: Site, k: int, circle: LinearCircle) -> sp.Expr:
        """Average a path from a site to itself: its two links pair, so that both reservoir sites are one."""
        assert path.through is not None  # a site has no link to itself
        at, through = path.through.at, path.through
        total = sp.S.Zero
        for pairing in expectation(path.links, self.ensemble):
            weights = (*path.weights, *pairing.weights)
            p = at[0].population
            # A response is ⟨.. of the perturbed equation, of the field that moves ..⟩ in `two_time`.
            ends = (through.second, through.first) if through.kind == "S" else (through.first, through.second)
            weight = weight_at(weights, at[0]) * weight_at(weights, at[1])
            if p in circle:
                mean: sp.Expr = circle.mean(*ends, weight)
            else:
                site = self.site(p, k) if p.linear else SingleSite(p, k)
                mean = p.size * average_over_sites(weight * site.two_time(*ends), p, self.ensemble)
            total += pairing.constant * weight_at(weights, zero) * mean
        return total


def _unknown(observable: Operator) -> PairMoment:
    function = PairFunction(observable.field, observable.field)
    return PairMoment(function, function, observable.weight**2, observable.weight**2)
