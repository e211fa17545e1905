"""The saddle point: what each single site feels, and the two-time functions of its fields.

At the saddle point conjugate fields vanish, and every bilinear with two response fields of a site multiplies the mean
of its partner: a Gaussian input. A bilinear with one response field is a feedback of the site on itself.

Response fields enter here as x̃ = -i x̂, so that ⟨u x̃⟩ is the response S^u itself and every coefficient is real.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from mftheory.action import AveragedExponent, Bilinear, Field, Interaction, Population, omega
from mftheory.derive import spectra
from mftheory.derive.moments import average
from mftheory.errors import Unsupported
from mftheory.formulas import conjugated, restore, typeset


@dataclass(frozen=True)
class SingleSite:
    """T[u] = η + Σ_v R_v∘v: the equation of motion of one site of a population, at one frequency."""

    population: Population
    noise: sp.Expr
    """Power spectrum of the Gaussian input η."""
    feedback: dict[Field, sp.Expr]
    """R_v(ω) for each field v that the site feeds back on itself."""

    @property
    def gaussian(self) -> bool:
        """Whether the state is Gaussian: linear site, or no feedback through a nonlinearity."""
        return self.population.linear or not any(f.kind == "activity" for f in self.feedback)


@dataclass(frozen=True)
class SaddlePoint:
    """The single-site processes of all populations (THEORY.md §3, step 4).

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

    def latex(self) -> str:
        """The single-site equations, typeset."""
        rows = []
        for site in self.sites.values():
            p = site.population
            u, eta = p.state.field.latex, rf"\eta^{{{p.state.field.latex}}}"
            motion = u if p.inverse_transfer == 1 else rf"T[{u}]"
            back = "".join(rf" + \left[{typeset(restore(r))}\right]\circ {f.latex}" for f, r in site.feedback.items())
            rows.append(rf"{motion} = {eta}{back},\quad \langle \eta\eta \rangle = {typeset(restore(site.noise))}")
        return r" \qquad ".join(rows)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    # The populations being solved for are carried along, so that a circle of linear populations is noticed.

    def _solve(self, population: Population, k: int, open_: tuple[str, ...]) -> SingleSite:
        if population.name in open_:
            raise Unsupported(
                f"linear populations {', '.join(open_)} drive each other in a circle: eliminate one by hand"
            )
        if population.linear:
            open_ = (*open_, population.name)
        noise = population.noise.subs(omega, sp.Symbol(f"omega_{k}", real=True))
        feedback: dict[Field, sp.Expr] = {}
        for o, other, strength in _occurrences(self.averaged.interactions, population.name):
            if o.responses == 2:
                noise += strength * o.weight * self._mean(other, k, open_)
            elif o.responses == 1:
                # Half: a pair with one response field on each side appears in both of its time orders.
                returned, kernel = (o.second, other.swapped) if o.first.is_response else (o.first, other)
                term = strength * o.weight * self._mean(kernel, k, open_) / 2
                feedback[returned] = feedback.get(returned, sp.S.Zero) + term
        feedback = {f: sp.factor(r) for f, r in feedback.items() if sp.expand(r) != 0}
        return SingleSite(population, sp.factor(noise), feedback)

    def average(self, expr: sp.Expr, population: Population) -> sp.Expr:
        """⟨expr⟩ over the sites of a population, as one product."""
        names = self._site_functions(population)
        return average(expr, population.parameters, lambda symbol: spectra.base_name(symbol) in names)

    def gaussian_input_strength(self) -> sp.Expr:
        """g_eff²: the input spectrum of the one population of leaky neurons over its C^φ.

        Raises
        ------
        Unsupported
            If there are several such populations, the input is not g_eff² C^φ, or the neuron feeds back on itself.
        """
        neurons = [p for p in self.averaged.ensemble.populations if not p.linear]
        if len(neurons) != 1 or neurons[0].size != 1 or sp.expand(neurons[0].inverse_transfer - 1 - sp.I * omega) != 0:
            raise Unsupported("solve knows ensembles with one population of N leaky neurons")
        (x,) = neurons
        site = self.sites[x.name]
        strength = sp.cancel(site.noise / self.two_time(x.activity.field, x.activity.field, 1))
        if not site.gaussian or any(s.name[:2] in {"C_", "S_", "P_"} for s in strength.free_symbols):
            raise Unsupported("solve knows ensembles in which a neuron's input is Gaussian, of spectrum g_eff² C^φ")
        return strength

    def propagators(self) -> dict[sp.Symbol, sp.Expr]:
        """What each propagator symbol stands for, in the parameters of its site and the neurons' response."""
        return self._of_propagators(lambda p, k, feedback: 1 / (self._inverse_transfer(p, k) - feedback))

    def returned_responses(self) -> dict[sp.Symbol, sp.Expr]:
        """For each propagator symbol the response of the neurons that it feeds back, without the site's parameters."""
        return self._of_propagators(
            lambda p, k, feedback: feedback.as_independent(*(q.symbol for q in p.parameters), as_Add=False)[0]
        )

    def _of_propagators(self, expression: Callable[[Population, int, sp.Expr], sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
        """An expression of each linear site that feeds back on itself, by the symbol of its propagator."""
        found: dict[sp.Symbol, sp.Expr] = {}
        for p in self.averaged.ensemble.populations:
            for k in (1, 2):
                feedback = self.site(p, k).feedback if p.linear else {}
                if feedback:
                    value = expression(p, k, feedback[p.state.field])
                    symbol = spectra.propagator(p.state.field, k)
                    found |= {symbol.symbol: value, symbol.conjugate: conjugated(value)}
        return found

    def _site_functions(self, p: Population) -> set[str]:
        """Names of the two-time functions that differ between the sites of a population."""
        state = p.state.field.name
        if p.linear:
            return {f"P_{state}"}
        activities = [f.name for f in p.fields if f.kind == "activity"]
        everything = {f"{letter}_{name}" for letter in "CS" for name in (state, *activities)}
        pairs = {f"C_{a}{b}": {a, b} for a in (state, *activities) for b in activities if a != b}
        if self._input_differs(p):
            return everything | pairs.keys()
        own = {f"{letter}_{name}" for letter in "CS" for name in p.heterogeneous}
        return own | {name for name, pair in pairs.items() if pair & set(p.heterogeneous)}

    def _input_differs(self, p: Population) -> bool:
        """Whether a site's input or feedback depends on its own parameters."""
        own = {q.symbol for q in p.parameters}
        return any(
            o.responses > 0 and o.weight.free_symbols & own
            for o, _, _ in _occurrences(self.averaged.interactions, p.name)
        )

    def _mean(self, bilinear: Bilinear, k: int, open_: tuple[str, ...]) -> sp.Expr:
        population = self.averaged.ensemble.population(bilinear.population)
        inner = bilinear.weight * self._two_time(bilinear.first, bilinear.second, k, open_)
        return population.size * self.average(inner, population)

    def _two_time(self, first: Field, second: Field, k: int, open_: tuple[str, ...]) -> sp.Expr:
        if first.population != second.population:
            return sp.S.Zero
        if first.is_response and second.is_response:
            return sp.S.Zero
        population = self.averaged.ensemble.population(first.population)
        if population.linear:
            return self._linear(population, first, second, k, open_)
        if first.is_response:
            return spectra.response(second, k).symbol
        if second.is_response:
            return spectra.response(first, k).conjugate
        order = [f.name for f in population.fields]
        if order.index(first.name) > order.index(second.name):
            return spectra.correlation(second, first, k).conjugate
        return spectra.correlation(first, second, k).symbol

    def _linear(self, p: Population, first: Field, second: Field, k: int, open_: tuple[str, ...]) -> sp.Expr:
        site = self._solve(p, k, open_)
        if site.feedback:
            gain = spectra.propagator(p.state.field, k).symbol
        else:
            gain = 1 / self._inverse_transfer(p, k)
        if first.is_response:
            return gain
        if second.is_response:
            return conjugated(gain)
        return gain * conjugated(gain) * site.noise

    def _inverse_transfer(self, p: Population, k: int) -> sp.Expr:
        return spectra.transfer(p.name, k).symbol if p.inverse_transfer.has(omega) else p.inverse_transfer


def _occurrences(interactions: tuple[Interaction, ...], population: str) -> list[tuple[Bilinear, Bilinear, sp.Expr]]:
    """Each (own bilinear, partner, strength) through which the interactions reach a population."""
    found = []
    for i in interactions:
        for own, other in ((i.first, i.second), (i.second, i.first)):
            if own.population == population:
                found.append((own, other, i.strength))
    return found
