"""One site on its own: what it feels, and the two-time functions of its fields at one frequency.

Both routes find what a site feels, each in its way; what follows from it is elementary and said here once. A neuron's
two-time functions C^{uv} and S^u stay symbols, to be solved for; those of a linear site follow from its input.
"""

from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp

from mftheory.action import Field, GaussianEnsemble, Population, names, omega
from mftheory.derivations import spectra
from mftheory.derivations.site_averages import average
from mftheory.formulas import conjugated, restore, typeset
from mftheory.formulas.linear import MAX_FACTORED_SYMBOLS

Pair = tuple[Field, Field]

MAX_EXPANDED_OPERATIONS = 1_000
"""Operations up to which what a site feels is expanded, to see if it vanishes; a zero that is kept is only longer."""


@dataclass(frozen=True)
class SingleSite:
    """The process T[u_y] = η_y + Σ_v R_yv∘v of each state u_y of one site of a population, at frequency ω_k.

    Parameters
    ----------
    population : Population
    k : int
        1 or 2.
    inputs : dict
        Cross spectrum of the Gaussian inputs η_y, η_y' by the response fields of their equations.
    feedback : dict
        R_yv(ω_k), by the response field of the equation and the field v that is fed back.
    """

    population: Population
    k: int
    inputs: dict[Pair, sp.Expr] = field(default_factory=dict)
    feedback: dict[Pair, sp.Expr] = field(default_factory=dict)

    @property
    def noise(self) -> sp.Expr:
        """Power spectrum of the input of a site with one state."""
        y = self.population.response.field
        return self.inputs.get((y, y), sp.S.Zero)

    @property
    def gaussian(self) -> bool:
        """True if the state is Gaussian: the site is linear, or has no feedback through a nonlinearity."""
        return self.population.linear or not any(v.kind == "activity" for _, v in self.feedback)

    def two_time(self, first: Field, second: Field) -> sp.Expr:
        """Return ∫dτ e^{-iωτ} ⟨u(t) v(t+τ)⟩ of two fields of this site; it may depend on the site's parameters.

        With a response field ŷ first it is the response S^{vy} of v to the input of equation y, with it last the
        conjugate; with two response fields it vanishes.
        """
        if first.is_response and second.is_response:
            return sp.S.Zero
        if second.is_response:
            return conjugated(self.two_time(second, first))
        p = self.population
        if p.linear:
            return self._linear(first, second)
        if first.is_response:
            return spectra.response(second, self.k).symbol
        order = [f.name for f in p.fields]
        if order.index(first.name) > order.index(second.name):
            return spectra.correlation(second, first, self.k).conjugate
        return spectra.correlation(first, second, self.k).symbol

    @cached_property
    def propagators(self) -> dict[sp.Symbol, sp.Expr]:
        """The entries of (T - R)⁻¹ that the response symbols of a linear site stand for, where sites differ."""
        if not (self.population.linear and self._has_propagator):
            return {}
        states, equations = self._states
        matrix = self._inverse_matrix
        inverse = matrix.inv().applyfunc(sp.factor) if len(states) > 1 else sp.Matrix([1 / matrix[0, 0]])
        entries = {}
        for a, u in enumerate(states):
            for b, _ in enumerate(equations):
                symbol = self._propagator(u, states[b])
                entries[symbol.symbol] = inverse[a, b]
                entries[symbol.conjugate] = conjugated(entries[symbol.symbol])
        return entries

    @property
    def fed_back_response(self) -> dict[sp.Symbol, sp.Expr]:
        """The response that the propagator of a site with one state feeds back, without site parameters."""
        if not (self.population.linear and self.feedback) or len(self.population.states) != 1:
            return {}
        (feedback,) = self.feedback.values()
        parameters = (q.symbol for q in self.population.parameters)
        response = feedback.as_independent(*parameters, as_Add=False)[0]
        symbol = self._propagator(self.population.state.field, self.population.state.field)
        return {symbol.symbol: response, symbol.conjugate: conjugated(response)}

    def latex(self) -> str:
        """Typeset the equations of the site."""
        rows = []
        p = self.population
        for u, hat in zip(p.states, p.responses, strict=True):
            name, y = u.field.latex, hat.field
            motion = name if p.inverse_transfer == 1 else rf"T[{name}]"
            feedback = "".join(
                rf" + \left[{typeset(restore(r))}\right]\circ {v.latex}"
                for (e, v), r in self.feedback.items()
                if e == y
            )
            rows.append(rf"{motion} = \eta^{{{name}}}{feedback}")
        for (y, other), spectrum in self.inputs.items():
            if spectrum != 0:
                names = (self._state_of(y).latex, self._state_of(other).latex)
                rows.append(rf"\langle \eta^{{{names[0]}}}\eta^{{{names[1]}}} \rangle = {typeset(restore(spectrum))}")
        return r",\quad ".join(rows)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def _linear(self, first: Field, second: Field) -> sp.Expr:
        if first.is_response:
            return self._response(second, self._state_of(first))
        total = sp.S.Zero
        for (y, other), spectrum in self.inputs.items():
            a, b = self._response(first, self._state_of(y)), self._response(second, self._state_of(other))
            total += conjugated(a) * b * spectrum
        return total

    def _response(self, u: Field, source: Field) -> sp.Expr:
        """Return the response of state u to the input of another state's equation."""
        if self.feedback or (self._has_propagator and u == source):
            return self._propagator(u, source).symbol
        return 1 / self._inverse_transfer if u == source else sp.S.Zero

    @property
    def _has_propagator(self) -> bool:
        """True if the response of a linear site has a symbol, as the site feeds back or has dynamics of its own."""
        p = self.population
        own_dynamics = p.inverse_transfer.free_symbols & {q.symbol for q in p.parameters}
        return bool(self.feedback) or bool(own_dynamics)

    def _propagator(self, u: Field, source: Field) -> spectra.Spectrum:
        return spectra.propagator(u, source, self.k)

    @property
    def _states(self) -> tuple[list[Field], list[Field]]:
        return [u.field for u in self.population.states], [hat.field for hat in self.population.responses]

    @property
    def _inverse_matrix(self) -> sp.Matrix:
        states, equations = self._states
        feedback = sp.Matrix([[self.feedback.get((y, v), sp.S.Zero) for v in states] for y in equations])
        return self._inverse_transfer * sp.eye(len(states)) - feedback

    @property
    def _inverse_transfer(self) -> sp.Expr:
        p = self.population
        return spectra.transfer(p.name, self.k).symbol if p.inverse_transfer.has(omega) else p.inverse_transfer

    def _state_of(self, equation: Field) -> Field:
        states, equations = self._states
        return states[equations.index(equation)]


def nonzero(entries: dict[Pair, sp.Expr]) -> dict[Pair, sp.Expr]:
    """Return the entries that do not vanish, factored: large ones only by what all their terms share."""
    return {pair: _factored(entry) for pair, entry in entries.items() if not _vanishes(entry)}


def _vanishes(entry: sp.Expr) -> bool:
    return bool(entry == 0 or (sp.count_ops(entry) <= MAX_EXPANDED_OPERATIONS and sp.expand(entry) == 0))


def _factored(entry: sp.Expr) -> sp.Expr:
    few = len(entry.free_symbols) <= MAX_FACTORED_SYMBOLS
    return sp.factor(entry) if few else sp.factor_terms(entry)


def average_over_sites(expr: sp.Expr, population: Population, ensemble: GaussianEnsemble) -> sp.Expr:
    """Average an expression over the sites of a population, as one product; the declaration tells what differs."""
    differing = _functions_that_differ(population, ensemble)
    dependence = ensemble.site_dependence(population)
    return average(expr, population.parameters, lambda symbol: spectra.base_name(symbol) in differing, dependence)


def _functions_that_differ(p: Population, ensemble: GaussianEnsemble) -> set[str]:
    """Return the names of the two-time functions that differ between the sites of a population."""
    if p.linear:
        states = [u.field for u in p.states]
        return {names.propagator(u, v) for u in states for v in states}
    feeds_back = {f.name for f in ensemble.feedback(p)}
    of_states = set(p.state_names) & set(p.heterogeneous)
    if ensemble.site_dependence(p) or feeds_back & set(p.heterogeneous) or of_states:
        return set(names.two_time_functions(p))
    fields = [f for f in p.fields if not f.is_response]
    heterogeneous = [f for f in fields if f.name in p.heterogeneous]
    return {names.response(f) for f in heterogeneous} | {
        names.correlation(*pair) for f in heterogeneous for g in fields for pair in ((f, g), (g, f))
    }
