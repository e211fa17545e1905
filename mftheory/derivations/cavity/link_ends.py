"""Averages over the links of one removed site: each end of an exchange on its own.

An exchange of a pair goes from one removed site through one of its links into the reservoir, and out of it through one
link of the other site. The two exchanges of a Γ have four links, which pair at each removed site: links of different
sites are independent. So Γ is a sum over what pairs at one end times a sum over what pairs at the other, and with P
populations 2P covariances are looked up in place of P².
"""

from dataclasses import dataclass

import sympy as sp

from mftheory.action import Field, GaussianEnsemble, Population
from mftheory.derivations.cavity.link_averages import expectation
from mftheory.derivations.cavity.perturbation import FieldTerm, Path, TwoSites
from mftheory.derivations.cavity.removed_sites import Connection, Site, weight_at

Influence = tuple[Field, Field]
"""The equation that is driven at one site, and the field of the other that drives it."""


@dataclass(frozen=True)
class EndAverage:
    """N⟨X_0k Y_0k'⟩ of a removed site's links at ω1 and ω2, which leaves fields of one reservoir site k.

    Attributes
    ----------
    constant, weight, reservoir_weight : SymPy expressions
        The covariance's constant, and the parameters of the removed site and of the site k.
    first, second : Field
        The fields of k at ω1 and at ω2.
    """

    constant: sp.Expr
    weight: sp.Expr
    reservoir_weight: sp.Expr
    first: Field
    second: Field


class LinkEnds:
    """The averages over the links of removed sites of an ensemble, each found once."""

    def __init__(self, ensemble: GaussianEnsemble, wiring: tuple[Connection, ...]) -> None:
        self.ensemble = ensemble
        self._wiring = wiring
        self._terms: dict[tuple[str, str], dict[Field, list[tuple[FieldTerm, Field]]]] = {}
        self._averages: dict[tuple[str, Field, Field], tuple[EndAverage, ...]] = {}
        self._links: dict[tuple[str, str], dict[Influence, list[Path]]] = {}

    def averages(self, p: Population, first: Field, second: Field) -> tuple[EndAverage, ...]:
        """Return what the links of a site of p average to, for exchanges that end in these fields of the site."""
        key = (p.name, first, second)
        if key not in self._averages:
            collected: dict[tuple[sp.Expr, sp.Expr, Field, Field], sp.Expr] = {}
            site = _removed(p)
            for one, field in self._ends(p, "k").get(first, ()):
                for two, other in self._ends(p, "k'").get(second, ()):
                    for pairing in expectation((one.link, two.link), self.ensemble):
                        assert pairing.same, "a removed site has no link to itself"
                        weights = (*one.weights, *two.weights, *pairing.weights)
                        at_k = weight_at(weights, one.at) * weight_at(weights, two.at)
                        found = (weight_at(weights, site), at_k, field, other)
                        collected[found] = collected.get(found, sp.S.Zero) + pairing.constant
            self._averages[key] = tuple(
                EndAverage(constant, weight, at_k, u, v)
                for (weight, at_k, u, v), constant in collected.items()
                if constant != 0
            )
        return self._averages[key]

    def direct(self, p: Population, q: Population) -> dict[Influence, list[Path]]:
        """Return the direct influences of a site of q on one of p."""
        if (p.name, q.name) not in self._links:
            self._links[p.name, q.name] = TwoSites(self._wiring, *removed_pair(p, q)).direct()
        return self._links[p.name, q.name]

    def influences(self, p: Population, q: Population) -> set[Influence]:
        """Return which field of a site of q drives which equation of one of p, directly or through the reservoir."""
        heard = [f for f in self._ends(p, "k") if f.is_response]
        sent = [f for f in self._ends(q, "k") if not f.is_response]
        return set(self.direct(p, q)) | {(y, v) for y in heard for v in sent}

    def _ends(self, p: Population, label: str) -> dict[Field, list[tuple[FieldTerm, Field]]]:
        """Return the links of a site of p by the field of an exchange there, each with its field in the reservoir."""
        if (p.name, label) not in self._terms:
            site = _removed(p)
            alone = TwoSites(self._wiring, site, site)
            ends: dict[Field, list[tuple[FieldTerm, Field]]] = {}
            for term in alone.cavity_field(site, label):
                ends.setdefault(term.equation, []).append((term, term.field))
            for term in alone.kick(site, label):
                ends.setdefault(term.field, []).append((term, term.equation))
            self._terms[p.name, label] = ends
        return self._terms[p.name, label]


def removed_pair(p: Population, q: Population) -> tuple[Site, Site]:
    """Return the two removed sites of a pair."""
    return _removed(p), Site("0'", q, removed=True)


def _removed(p: Population) -> Site:
    return Site("0", p, removed=True)
