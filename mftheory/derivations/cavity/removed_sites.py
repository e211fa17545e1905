"""Sites that are removed, sites of the reservoir, and the random links between them."""

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp

from mftheory.action import Coupling, GaussianEnsemble, GaussianMatrix, Operator, Population


@dataclass(frozen=True)
class Site:
    """A site by its label: one that is removed, such as 0, or a summed one of the reservoir, such as k."""

    label: str
    population: Population
    removed: bool = False


@dataclass(frozen=True)
class Link:
    """One entry of a Gaussian matrix, X_{row, column}."""

    matrix: GaussianMatrix
    row: Site
    column: Site

    def latex(self) -> str:
        """Typeset the entry."""
        return rf"{self.matrix.name}_{{{self.row.label}{self.column.label}}}"


@dataclass(frozen=True)
class Connection:
    """A coupling read as cause and effect: equation y of the target receives w_y(i) Σ_k X_ik w_u(k) u_k."""

    coupling: Coupling

    @property
    def target(self) -> Operator:
        """Response field of the equation that is driven, with the target's weight."""
        return self.coupling.target

    @property
    def source(self) -> Operator:
        """Field that drives it, with the source's weight."""
        return self.coupling.source

    def latex(self) -> str:
        """Typeset the term that the connection adds to the equation's input."""
        i, k = Site("i", self.populations[0]), Site("k", self.populations[1])
        weights = weights_latex((("i", self.target.weight), ("k", self.source.weight)))
        return rf"\sum_k {weights}{self.link(i, k).latex()}\, {self.source.field.latex}_k"

    @property
    def populations(self) -> tuple[Population, Population]:
        """Populations of the target and of the source."""
        m = self.coupling.matrix
        return (m.rows, m.columns) if self.coupling.target_on_rows else (m.columns, m.rows)

    def link(self, target: Site, source: Site) -> Link:
        """Return the entry that carries the source's field to the target."""
        ends = (target, source) if self.coupling.target_on_rows else (source, target)
        return Link(self.coupling.matrix, *ends)


def connections(ensemble: GaussianEnsemble) -> tuple[Connection, ...]:
    """Return every coupling of the ensemble as a connection."""
    return tuple(Connection(c) for c in ensemble.couplings)


Weights = tuple[tuple[Site, sp.Expr], ...]
"""Products of site parameters, by the site that they belong to."""


def weight_at(weights: Weights, site: Site) -> sp.Expr:
    """Return the product of all weights of one site."""
    return sp.Mul(*(w for s, w in weights if s == site))


def weights_latex(weights: Iterable[tuple[str, sp.Expr]]) -> str:
    """Typeset weights by the label of their site, each parameter with its index."""
    text = ""
    for label, weight in weights:
        if weight != 1:
            named = {s: sp.Symbol(f"{sp.latex(s)}_{{{label}}}") for s in weight.free_symbols}
            text += sp.latex(weight.xreplace(named)) + r"\,"
    return text
