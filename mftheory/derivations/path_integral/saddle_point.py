"""The saddle point: what each single site feels, and the two-time functions of its fields.

At the saddle point conjugate fields vanish, and every bilinear with two response fields of a site multiplies the mean
of its partner: a Gaussian input. A bilinear with one response field is a feedback of the site on itself.

Response fields enter here as x̃ = -i x̂, so that ⟨u x̃⟩ is the response S^u itself and every coefficient is real.
"""

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from mftheory.action import AveragedExponent, Bilinear, Field, Interaction, Population, names, omega
from mftheory.derivations.linear_circle import LinearCircle
from mftheory.derivations.single_site import Pair, SingleSite, average_over_sites, nonzero
from mftheory.errors import Unsupported
from mftheory.formulas import Mean


@dataclass(frozen=True)
class Inputs:
    """The inputs of the populations of neurons at the saddle point.

    Attributes
    ----------
    populations : tuple of Population
    strengths : Matrix
        G, with input spectra Σ_q G_pq C^φ_q plus white noise.
    amplifications : tuple of Matrix
        How means over linear populations that drive each other follow from each other: of eigenvalues below 1 in
        modulus where such a circle is stable.
    not_leaky, self_feedback, differing, not_sums : tuple of str
        Populations whose neurons are not leaky units; whose past comes back to them; that differ in input, noise,
        dynamics or nonlinearity; whose input spectra are of another form.
    """

    populations: tuple[Population, ...]
    strengths: sp.Matrix
    amplifications: tuple[sp.MatrixBase, ...]
    not_leaky: tuple[str, ...]
    self_feedback: tuple[str, ...]
    differing: tuple[str, ...]
    not_sums: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class SaddlePoint:
    """The single-site processes of all populations (theory §3, step 4).

    Assumes a stationary state with odd φ (no static part) and no condensed modes.
    """

    averaged: AveragedExponent

    @cached_property
    def sites(self) -> dict[str, SingleSite]:
        """Single-site process of each population at ω_1, by population name."""
        return {p.name: self.site(p, 1) for p in self.averaged.ensemble.populations}

    def site(self, population: Population, k: int) -> SingleSite:
        """Return the single-site process of a population at frequency ω_k, k = 1 or 2."""
        if (population.name, k) not in self._solved:
            circle = LinearCircle(self.averaged.ensemble.circle(population), self.averaged.ensemble)
            for site in circle.close([self._feels(p, k, circle) for p in circle.populations]):
                self._solved[site.population.name, k] = site
                self._circles[site.population.name, k] = circle
        return self._solved[population.name, k]

    def two_time(self, first: Field, second: Field, k: int) -> sp.Expr:
        """Return ∫dτ e^{-iω_k τ} ⟨u(t) v(t+τ)⟩ of two fields of one site; it may depend on the site's parameters."""
        if first.population != second.population:
            return sp.S.Zero
        population = self.averaged.ensemble.population(first.population)
        site = self.site(population, k) if population.linear else SingleSite(population, k)
        return site.two_time(first, second)

    def average(self, expr: sp.Expr, population: Population) -> sp.Expr:
        """Average an expression over the sites of a population, as one product."""
        return average_over_sites(expr, population, self.averaged.ensemble)

    def moment(self, weight: sp.Expr, population: Population) -> sp.Expr:
        """Average a weight over the sites of a population; raise Unsupported if it is of several parameters at once."""
        mean = self.average(weight, population)
        if mean.has(Mean):
            raise Unsupported(f"the mean of {weight} over {population.name!r}: it is of several parameters at once")
        return mean

    def __repr__(self) -> str:
        return f"SaddlePoint of {self.averaged.ensemble.name!r}: {self.latex()}"

    def latex(self) -> str:
        """Typeset the single-site equations."""
        return r" \qquad ".join(site.latex() for site in self.sites.values())

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    @cached_property
    def inputs(self) -> Inputs:
        """The inputs of neurons, spectra Σ_q G_pq C^φ_q plus white noise, and exceptions to this form."""
        neurons = tuple(p for p in self.averaged.ensemble.populations if not p.linear)
        spectra = [self.two_time(p.activity.field, p.activity.field, 1) for p in neurons]
        exceptions: dict[str, list[str]] = {"not_leaky": [], "self_feedback": [], "differing": [], "not_sums": []}
        rows = []
        for p in neurons:
            site = self.sites[p.name]
            received = sp.expand(site.noise - p.white_noise)
            row = [received.coeff(c) for c in spectra]
            rest = sp.expand(received - sum(g * c for g, c in zip(row, spectra, strict=True)))
            functions = {s.name for g in row for s in g.free_symbols if s.name.startswith(names.TWO_TIME)}
            differs = {*p.state_names, p.activity_name}
            for what, is_so in (
                ("not_leaky", sp.expand(p.inverse_transfer - 1 - sp.I * omega) != 0),
                ("self_feedback", bool(site.feedback)),
                (
                    "differing",
                    bool(self.averaged.ensemble.site_dependence(p)) or bool(differs & {*p.heterogeneous}),
                ),
                ("not_sums", rest != 0 or bool(functions) or received.has(Mean)),
            ):
                if is_so:
                    exceptions[what].append(p.name)
            rows.append(row)
        return Inputs(
            neurons,
            sp.Matrix(rows),
            tuple(m for m in dict.fromkeys(self._circles[name, 1].amplification for name in self.sites) if m),
            **{what: tuple(names) for what, names in exceptions.items()},
        )

    def input_and_feedback(self) -> tuple[sp.Expr, sp.Expr]:
        """Return (Q, K) at ω_1 of the one population of neurons: T[x] = η + K∘φ, η of spectrum Q.

        In C_phi_1, S_phi_1, parameters and means over sites. K is 0 without self-feedback.

        Raises
        ------
        Unsupported
            If there are several populations of neurons.
        """
        neurons = [s for s in self.sites.values() if not s.population.linear]
        if len(neurons) != 1:
            raise Unsupported("what a neuron hears is asked of ensembles with one population of neurons")
        propagators = {p: value for site in self.sites.values() for p, value in site.propagators.items()}
        feedback = sum(neurons[0].feedback.values(), sp.S.Zero)
        return neurons[0].noise.xreplace(propagators), feedback.xreplace(propagators)

    def _feels(self, population: Population, k: int, circle: LinearCircle) -> SingleSite:
        noise = population.noise.subs(omega, sp.Symbol(f"omega_{k}", real=True))
        inputs: dict[Pair, sp.Expr] = {(y.field, y.field): noise for y in population.responses}
        feedback: dict[Pair, sp.Expr] = {}
        for o, other, strength in _occurrences(self.averaged.interactions, population.name):
            if o.responses == 2:
                term = strength * o.weight * self._mean(other, k, circle)
                inputs[o.first, o.second] = inputs.get((o.first, o.second), sp.S.Zero) + term
            elif o.responses == 1:
                # Half: a pair with one response field on each side appears in both of its time orders.
                pair, kernel = ((o.first, o.second), other.swapped) if o.first.is_response else (
                    (o.second, o.first), other)  # fmt: skip
                term = strength * o.weight * self._mean(kernel, k, circle) / 2
                feedback[pair] = feedback.get(pair, sp.S.Zero) + term
        return SingleSite(population, k, nonzero(inputs), nonzero(feedback))

    @cached_property
    def _circles(self) -> dict[tuple[str, int], LinearCircle]:
        return {}

    @cached_property
    def _solved(self) -> dict[tuple[str, int], SingleSite]:
        return {}

    def _mean(self, bilinear: Bilinear, k: int, circle: LinearCircle) -> sp.Expr:
        population = self.averaged.ensemble.population(bilinear.population)
        if population in circle:
            return circle.mean(bilinear.first, bilinear.second, bilinear.weight)
        inner = bilinear.weight * self.two_time(bilinear.first, bilinear.second, k)
        return population.size * self.average(inner, population)


def _occurrences(interactions: tuple[Interaction, ...], population: str) -> list[tuple[Bilinear, Bilinear, sp.Expr]]:
    """Return each (own bilinear, partner, strength) through which the interactions reach a population."""
    occurrences = []
    for i in interactions:
        for own, other in ((i.first, i.second), (i.second, i.first)):
            if own.population == population:
                occurrences.append((own, other, i.strength))
    return occurrences
