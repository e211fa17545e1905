"""The saddle point: what each single site feels, and the two-time functions of its fields.

At the saddle point conjugate fields vanish, and every bilinear with two response fields of a site multiplies the mean
of its partner: a Gaussian input. A bilinear with one response field is a feedback of the site on itself.

Response fields enter here as x̃ = -i x̂, so that ⟨u x̃⟩ is the response S^u itself and every coefficient is real.
"""

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from mftheory.action import AveragedExponent, Bilinear, Field, Interaction, Population, names, omega
from mftheory.derive.single_site import Pair, SingleSite, average_over_sites, nonzero, refuse_circle
from mftheory.errors import Unsupported
from mftheory.formulas import Mean


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
        """Single-site process of a population at frequency ω_k, k = 1 or 2."""
        return self._solve(population, k, ())

    def two_time(self, first: Field, second: Field, k: int) -> sp.Expr:
        """∫dτ e^{-iω_k τ} ⟨u(t) v(t+τ)⟩ of two fields of one site; it may depend on the site's parameters."""
        return self._two_time(first, second, k, ())

    def average(self, expr: sp.Expr, population: Population) -> sp.Expr:
        """⟨expr⟩ over the sites of a population, as one product."""
        return average_over_sites(expr, population, self.averaged.ensemble)

    def moment(self, weight: sp.Expr, population: Population) -> sp.Expr:
        """⟨weight⟩ over the sites of a population; raises Unsupported if it is of several parameters at once."""
        found = self.average(weight, population)
        if found.has(Mean):
            raise Unsupported(f"the mean of {weight} over {population.name!r}: it is of several parameters at once")
        return found

    def __repr__(self) -> str:
        return f"SaddlePoint of {self.averaged.ensemble.name!r}: {self.latex()}"

    def latex(self) -> str:
        """The single-site equations, typeset."""
        return r" \qquad ".join(site.latex() for site in self.sites.values())

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def gaussian_input_strength(self) -> sp.Expr:
        """g_eff²: the input spectrum of the one population of leaky neurons, less its white noise, over its C^φ.

        Raises
        ------
        Unsupported
            If there are several such populations, the input is not g_eff² C^φ, or the neuron feeds back on itself.
        """
        neurons = [p for p in self.averaged.ensemble.populations if not p.linear]
        if len(neurons) != 1 or neurons[0].size != 1 or sp.expand(neurons[0].inverse_transfer - 1 - sp.I * omega) != 0:
            raise Unsupported("solve knows ensembles with one population of N leaky neurons")
        (x,) = neurons
        if differing := self.averaged.ensemble.site_dependence(x):
            listed = ", ".join(sorted(map(str, differing)))
            raise Unsupported(
                f"solve knows ensembles of neurons that are alike; these differ by {listed}: evaluate the formula at "
                f"the spectra of each neuron"
            )
        site = self.sites[x.name]
        strength = sp.cancel((site.noise - x.white_noise) / self.two_time(x.activity.field, x.activity.field, 1))
        if not site.gaussian or any(s.name.startswith(names.TWO_TIME) for s in strength.free_symbols):
            raise Unsupported("solve knows ensembles in which a neuron's input is Gaussian, of spectrum g_eff² C^φ")
        return strength

    def gaussian_input_strengths(self) -> tuple[tuple[Population, ...], sp.Matrix]:
        """The populations of leaky neurons, and G with input spectra Σ_q G_pq C^φ_q plus white noise.

        Raises
        ------
        Unsupported
            Naming the population whose neurons are not leaky, or differ, whose input is of another form, or that feeds
            back on itself.
        """
        neurons = tuple(p for p in self.averaged.ensemble.populations if not p.linear)
        for symbol in {s for p in self.averaged.ensemble.populations for s in p.size.free_symbols}:
            if not symbol.is_real:
                raise Unsupported(f"size {symbol}: declare it real, as Symbol({symbol.name!r}, positive=True)")
        spectra = [self.two_time(p.activity.field, p.activity.field, 1) for p in neurons]
        rows = []
        for p in neurons:
            site = self.sites[p.name]
            differs = bool(self.averaged.ensemble.site_dependence(p)) or p.activity_name in p.heterogeneous
            received = sp.expand(site.noise - p.white_noise)
            row = [received.coeff(c) for c in spectra]
            rest = sp.expand(received - sum(g * c for g, c in zip(row, spectra, strict=True)))
            functions = {s.name for g in row for s in g.free_symbols if s.name.startswith(names.TWO_TIME)}
            for failed, why in (
                (sp.expand(p.inverse_transfer - 1 - sp.I * omega) != 0, "they are not leaky, 1 + i omega"),
                (bool(site.feedback), "each one's past feeds back on it, so x is not Gaussian"),
                (differs, "their input, noise, dynamics or nonlinearity differs from neuron to neuron"),
                (
                    rest != 0 or bool(functions) or received.has(Mean),
                    "their input spectrum is not a sum of the activities' spectra",
                ),
            ):
                if failed:
                    raise Unsupported(f"neurons of population {p.name!r} are not solved: {why}")
            rows.append(row)
        return neurons, sp.Matrix(rows)

    def heard(self) -> tuple[sp.Expr, sp.Expr]:
        """(Q, K) at ω_1 of the one population of neurons: T[x] = η + K∘φ, η of spectrum Q.

        In C_phi_1, S_phi_1, parameters and means over sites. K is 0 where neurons do not hear themselves.

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

    # The populations being solved for are carried along, so that a circle of linear populations is noticed.

    def _solve(self, population: Population, k: int, open_: tuple[str, ...]) -> SingleSite:
        if (population.name, k) in self._solved:
            return self._solved[population.name, k]
        refuse_circle(population, open_)
        if population.linear:
            open_ = (*open_, population.name)
        noise = population.noise.subs(omega, sp.Symbol(f"omega_{k}", real=True))
        inputs: dict[Pair, sp.Expr] = {(y.field, y.field): noise for y in population.responses}
        feedback: dict[Pair, sp.Expr] = {}
        for o, other, strength in _occurrences(self.averaged.interactions, population.name):
            if o.responses == 2:
                term = strength * o.weight * self._mean(other, k, open_)
                inputs[o.first, o.second] = inputs.get((o.first, o.second), sp.S.Zero) + term
            elif o.responses == 1:
                # Half: a pair with one response field on each side appears in both of its time orders.
                pair, kernel = ((o.first, o.second), other.swapped) if o.first.is_response else (
                    (o.second, o.first), other)  # fmt: skip
                term = strength * o.weight * self._mean(kernel, k, open_) / 2
                feedback[pair] = feedback.get(pair, sp.S.Zero) + term
        site = SingleSite(population, k, nonzero(inputs), nonzero(feedback))
        self._solved[population.name, k] = site
        return site

    @cached_property
    def _solved(self) -> dict[tuple[str, int], SingleSite]:
        return {}

    def _mean(self, bilinear: Bilinear, k: int, open_: tuple[str, ...]) -> sp.Expr:
        population = self.averaged.ensemble.population(bilinear.population)
        inner = bilinear.weight * self._two_time(bilinear.first, bilinear.second, k, open_)
        return population.size * self.average(inner, population)

    def _two_time(self, first: Field, second: Field, k: int, open_: tuple[str, ...]) -> sp.Expr:
        if first.population != second.population:
            return sp.S.Zero
        population = self.averaged.ensemble.population(first.population)
        site = self._solve(population, k, open_) if population.linear else SingleSite(population, k)
        return site.two_time(first, second)


def _occurrences(interactions: tuple[Interaction, ...], population: str) -> list[tuple[Bilinear, Bilinear, sp.Expr]]:
    """Each (own bilinear, partner, strength) through which the interactions reach a population."""
    found = []
    for i in interactions:
        for own, other in ((i.first, i.second), (i.second, i.first)):
            if own.population == population:
                found.append((own, other, i.strength))
    return found
