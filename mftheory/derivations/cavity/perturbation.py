"""Putting removed sites back: the fields they feel, what they do to the reservoir, and to each other.

With sites 0 and 0' removed, the reservoir runs on its own. A removed site feels the reservoir's free activity (its
cavity field) and, in addition, the reservoir's linear response to whatever the removed sites send into it. Every
quantity is kept to first order in its links to the removed sites beyond the cavity field.
"""

from dataclasses import dataclass

from mftheory.action import Field
from mftheory.derivations.cavity.removed_sites import Connection, Link, Site, Weights, weights_latex


@dataclass(frozen=True)
class ReservoirFunction:
    """A function between two reservoir sites: S_kl^{uy}, response of u_k to the input y of l, or C_kl^{uv}."""

    kind: str
    """"S" or "C"."""
    first: Field
    second: Field
    at: tuple[Site, Site]

    def latex(self) -> str:
        """Typeset the function."""
        names = f"{self.first.latex} {self.second.latex}"
        return rf"{self.kind}^{{{names}}}_{{{self.at[0].label}{self.at[1].label}}}"


@dataclass(frozen=True)
class Path:
    """One term of an influence or of a field's covariance: weights × links × a function of the reservoir, if any."""

    links: tuple[Link, ...]
    weights: Weights
    through: ReservoirFunction | None = None

    def between(self, i: Site, j: Site) -> "Path":
        """Return the same direct link between a pair whose sites are read in the other order."""

        def other(site: Site) -> Site:
            return i if site.label == "0" else j

        links = tuple(Link(l.matrix, other(l.row), other(l.column)) for l in self.links)
        return Path(links, tuple((other(site), weight) for site, weight in self.weights))

    def latex(self) -> str:
        """Typeset the term, summed over its reservoir sites."""
        through = "" if self.through is None else " " + self.through.latex()
        labels = "" if self.through is None else "".join(site.label for site in self.through.at)
        total = rf"\sum_{{{labels}}} " if labels else ""
        return (
            total
            + weights_latex((site.label, w) for site, w in self.weights)
            + " ".join(link.latex() for link in self.links)
            + through
        )


@dataclass(frozen=True)
class FieldTerm:
    """One term of an equation's input: a field of the site that sends it, through the link between the two.

    `at` is the reservoir's site of the two: it sends in a cavity field, and receives in a kick.
    """

    equation: Field
    link: Link
    field: Field
    at: Site
    weights: Weights


class TwoSites:
    """Two removed sites i and j put back into the reservoir, to first order in the reservoir's response.

    Parameters
    ----------
    wiring : tuple of Connection
        All connections of the ensemble.
    i, j : Site
        The removed sites; the same site twice for what a site does to itself.
    labels : pair of str
        Letters of the reservoir sites that are summed over, next to i and next to j.
    """

    def __init__(self, wiring: tuple[Connection, ...], i: Site, j: Site, labels: tuple[str, str] = ("k", "l")) -> None:
        self.wiring = wiring
        self.i = i
        self.j = j
        self.labels = labels

    def cavity_field(self, site: Site, label: str) -> list[FieldTerm]:
        """Return the cavity field η_y(0) = Σ_k w_y X_0k w_k u_k of all connections into the site, u the free one."""
        terms = []
        for c in self.wiring:
            if c.target.field.population == site.population.name:
                k = Site(label, c.populations[1])
                weights = ((site, c.target.weight), (k, c.source.weight))
                terms.append(FieldTerm(c.target.field, c.link(site, k), c.source.field, k, weights))
        return terms

    def kick(self, site: Site, label: str) -> list[FieldTerm]:
        """Return δh_y(l) = w_l X_l0 w_0 v_0, which the field v of a removed site adds to the reservoir's inputs."""
        terms = []
        for c in self.wiring:
            if c.source.field.population == site.population.name:
                l = Site(label, c.populations[0])
                weights = ((site, c.source.weight), (l, c.target.weight))
                terms.append(FieldTerm(c.target.field, c.link(l, site), c.source.field, l, weights))
        return terms

    def direct(self) -> dict[tuple[Field, Field], list[Path]]:
        """Return the direct influence of j on i, through the link between them."""
        influence: dict[tuple[Field, Field], list[Path]] = {}
        for c in self.wiring:
            ends = (c.target.field.population, c.source.field.population)
            if ends == (self.i.population.name, self.j.population.name):
                weights = ((self.i, c.target.weight), (self.j, c.source.weight))
                influence.setdefault((c.target.field, c.source.field), []).append(
                    Path((c.link(self.i, self.j),), weights)
                )
        return influence

    def reservoir_response(self) -> dict[tuple[Field, Field], list[Path]]:
        """Return the influence of j on i through the reservoir: η_y(i) with u_k → Σ_l S_kl δh(l)."""
        influence: dict[tuple[Field, Field], list[Path]] = {}
        for reading in self.cavity_field(self.i, self.labels[0]):
            for kick in self.kick(self.j, self.labels[1]):
                through = ReservoirFunction("S", reading.field, kick.equation, (reading.at, kick.at))
                path = Path((reading.link, kick.link), (*reading.weights, *kick.weights), through)
                influence.setdefault((reading.equation, kick.field), []).append(path)
        return influence

    def influence(self) -> dict[tuple[Field, Field], list[Path]]:
        """Return the cavity response f_ij^{yv} by equation y and field v: h_y(i) = η_y(i) + Σ_v f_ij^{yv} v_j."""
        influence = self.direct() if self.i != self.j else {}
        for pair, paths in self.reservoir_response().items():
            influence.setdefault(pair, []).extend(paths)
        return influence

    def field_covariance(self) -> dict[tuple[Field, Field], list[Path]]:
        """Return the covariance c_ij^{yy'} = ⟨η_y(i)* η_y'(j)⟩ of the cavity fields."""
        covariance: dict[tuple[Field, Field], list[Path]] = {}
        for a in self.cavity_field(self.i, self.labels[0]):
            for b in self.cavity_field(self.j, self.labels[1]):
                through = ReservoirFunction("C", a.field, b.field, (a.at, b.at))
                path = Path((a.link, b.link), (*a.weights, *b.weights), through)
                covariance.setdefault((a.equation, b.equation), []).append(path)
        return covariance

    def latex(self) -> str:
        """Typeset the input of each site, and the terms of the influences and of the fields' covariances."""
        i, j = self.i.label, self.j.label
        rows = []
        for pairs, name in ((self.influence(), "f"), (self.field_covariance(), "c")):
            for (a, b), paths in pairs.items():
                total = " + ".join(path.latex() for path in paths)
                rows.append(rf"{name}^{{{a.latex} {b.latex}}}_{{{i}{j}}} = {total}")
        return r" \\ ".join(rows)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle \begin{{gathered}} {self.latex()} \end{{gathered}}$"
