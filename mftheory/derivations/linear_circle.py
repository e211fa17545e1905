"""Linear populations that drive each other in a circle: what their sites feel, found for all of them together.

What one of them feels contains means over the others' sites. These means are unknowns; each follows from what the sites
feel, so that they obey a linear system [psi-circle]. It has one solution unless the circle amplifies without bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import sympy as sp

from mftheory.action import Field, GaussianEnsemble, Population
from mftheory.derivations.single_site import SingleSite, average_over_sites
from mftheory.errors import Unsupported
from mftheory.formulas.linear import blocks, solve


@dataclass
class LinearCircle:
    """A population, with the linear ones that it drives and that drive it, at one frequency.

    Parameters
    ----------
    populations : tuple of Population
        One alone is a circle if it drives itself; if it does not, nothing is unknown.
    ensemble : GaussianEnsemble

    Attributes
    ----------
    amplification : Matrix
        How the unknowns follow from each other, once `close` has run: of eigenvalues below 1 in modulus if the circle
        is stable.
    """

    populations: tuple[Population, ...]
    ensemble: GaussianEnsemble
    amplification: sp.MatrixBase = field(default_factory=sp.ImmutableMatrix)
    _unknowns: dict[tuple[Field, Field, sp.Expr], sp.Dummy] = field(default_factory=dict)

    def __contains__(self, population: Population) -> bool:
        return population.linear and population in self.populations

    def mean(self, first: Field, second: Field, weight: sp.Expr) -> sp.Symbol:
        """Return the unknown that stands for size × ⟨weight u v⟩ over sites of a population of the circle.

        Raises
        ------
        Unsupported
            If it is a response: sites that feed back on themselves through each other obey no linear equations.
        """
        if first.is_response or second.is_response:
            name = first.population
            raise Unsupported(
                f"sites of {name!r} feed back on themselves through linear sites that do: reciprocal covariances "
                f"between linear populations. Give {name!r} an activity, of which the nonlinearity is then x: its "
                "spectra are symbols of the formula, for you to give"
            )
        return self._unknowns.setdefault((first, second, weight), sp.Dummy(f"mean_{first.name}{second.name}"))

    def close(self, sites: Sequence[SingleSite]) -> list[SingleSite]:
        """Return the sites with the unknowns solved for."""
        if not self._unknowns:
            return list(sites)
        unknowns = list(self._unknowns.values())
        means = [self._mean_of(sites, *asked) for asked in self._unknowns]
        amplification, constants = sp.linear_eq_to_matrix(means, unknowns)
        self.amplification = amplification.as_immutable()
        matrix = (sp.eye(len(unknowns)) - self.amplification).todok()
        right = {k: -c for k, c in enumerate(constants) if c != 0}
        solution = solve(matrix, right, blocks(matrix, len(unknowns)))
        values = {unknown: solution[k] for k, unknown in enumerate(unknowns)}
        return [replace(s, inputs={pair: e.xreplace(values) for pair, e in s.inputs.items()}) for s in sites]

    def _mean_of(self, sites: Sequence[SingleSite], first: Field, second: Field, weight: sp.Expr) -> sp.Expr:
        site = next(s for s in sites if s.population.name == first.population)
        of_site = weight * site.two_time(first, second)
        return site.population.size * average_over_sites(of_site, site.population, self.ensemble)
