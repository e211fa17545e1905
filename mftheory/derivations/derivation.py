"""The derivation of one ensemble, step by step; every intermediate is kept and can be printed."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import sympy as sp

from mftheory.action import (
    Action,
    AveragedExponent,
    Bilinear,
    FactorisedAction,
    GaussianEnsemble,
    Operator,
    factorise,
    msrdj,
    names,
)
from mftheory.arguments import checked_call, checked_calls
from mftheory.derivations.agreement import Agreement, compare
from mftheory.derivations.cavity.cavity import Cavity
from mftheory.derivations.declarations import DERIVE
from mftheory.derivations.naming import Names
from mftheory.derivations.path_integral import fluctuations
from mftheory.derivations.path_integral.correlators import Correlators
from mftheory.derivations.path_integral.saddle_point import SaddlePoint
from mftheory.derivations.present import present
from mftheory.errors import InvalidNetwork
from mftheory.formulas import Formula, LabelledMatrix, Matrices, Mean, SymbolInfo, conjugate_symbol, restore
from mftheory.formulas.formula import MAX_EXPANDED_WORK, MAX_OPERATIONS
from mftheory.network import Network
from mftheory.wording import one_of

ASSUMPTIONS = (
    "N → ∞ at fixed αN modes, leading order in 1/N",
    "stationary fluctuating state, φ odd (no static part)",
    "no condensed modes",
)

MAX_SIMPLIFIED_WORK = 12_000
"""Operations times symbols up to which a four-point function is brought into a readable form: 10,064 for latents that
drive each other, in 5 s; 18,500 took 23 s."""

MAX_SOLVED_WORK = 3_100
"""`Matrices.work` up to which the cavity's system is solved where Ψ is short: 3,064 for modes on a background, in 2 s;
4,040 for latents that drive each other take 9 s."""

MAX_CAVITY_OPERATIONS = 3_000
"""Operations up to which the cavity's form of a short formula is kept: subtracted from it, 1,925 vanish in 0.2 s, the
12,319 of three layers in half a minute."""


@checked_calls
class Derivation:
    """The derivation from the action of a random network to its four-point functions (theory §3).

    Each attribute is one step, in order: `action`, `averaged`, `factorised`, `saddle_point`, `correlators` (Π),
    `couplings` (K), `hessian`; then `four_point(observable)`. All are SymPy objects with ``.latex()``. The second
    derivation, by two removed sites (theory §5), is `cavity`.

    Parameters
    ----------
    ensemble : GaussianEnsemble
        The declared disorder.

    Examples
    --------
    >>> import mftheory as mf
    >>> d = mf.derive(mf.Network(mf.IID(2.0)))
    >>> d.hessian.names
    ('C_phi', 'Chat_phi')
    >>> d.hessian.entry("C_phi", "Chat_phi")
    S_phi_1*S_phi_2*g**2 - 1
    """

    def __init__(self, ensemble: GaussianEnsemble) -> None:
        self.ensemble = ensemble

    @cached_property
    def action(self) -> Action:
        """The MSRDJ action before averaging."""
        return msrdj(self.ensemble)

    @cached_property
    def averaged(self) -> AveragedExponent:
        """The exponent after the Gaussian average: products of bilinears."""
        return self.action.averaged()

    @cached_property
    def factorised(self) -> FactorisedAction:
        """Order parameters, their conjugates, and the single-site weights."""
        return factorise(self.averaged)

    @cached_property
    def saddle_point(self) -> SaddlePoint:
        """Single-site processes: input spectrum and self-feedback of each population."""
        return SaddlePoint(self.averaged)

    @cached_property
    def correlators(self) -> Correlators:
        """The matrix Π of connected single-site correlators in the separated limit."""
        return Correlators(self.saddle_point)

    @property
    def couplings(self) -> LabelledMatrix:
        """The matrix K of the couplings between bilinears that the disorder makes."""
        return self.correlators.couplings

    @cached_property
    def cavity(self) -> Cavity:
        """The second derivation, by the two-site cavity; it shares nothing with the steps above but the ensemble."""
        return Cavity(self.ensemble)

    @cached_property
    def hessian(self) -> LabelledMatrix:
        """Hessian of the action in the order parameters and their conjugates."""
        return self._hessian.labelled

    def latex(self) -> str:
        """Typeset the action before, and the exponent after, averaging over the disorder."""
        return rf"\begin{{gathered}} {self.action.latex()} \\ {self.averaged.latex()} \end{{gathered}}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        return f"Derivation({self.ensemble.name!r}: four-point functions of {', '.join(self.observables)})"

    @property
    def observables(self) -> tuple[str, ...]:
        """Observables whose four-point function can be asked for."""
        return tuple(sorted(self.ensemble.observables, key=lambda name: name != "phi"))

    def four_point(self, observable: str = "phi", route: str = "path-integral") -> Formula:
        """Derive Ψ^a(ω1, ω2) = (1/N) Σ_ij C^a_ij(ω1) C^a_ij(ω2).

        Parameters
        ----------
        observable : str
            "phi" or "x" for the built-in ensembles; any state or activity that the ensemble declares.
        route : str
            "path-integral" (through the Hessian with conjugate fields), "compact" (Π(1 - KΠ)⁻¹) or "cavity" (two
            removed sites, no action at all): equal.

        Raises
        ------
        InvalidNetwork
            If the observable or the route is not one of those.
        """
        operator = self._operator(observable)
        bilinear = Bilinear(operator.field, operator.field, operator.weight**2)
        routes: dict[str, Callable[[], Matrices]] = {
            "path-integral": lambda: self._hessian.matrices(bilinear),
            "compact": lambda: fluctuations.compact(self.correlators, bilinear, self._names.rename),
            "cavity": lambda: self.cavity.matrices(operator),
        }
        make = routes[one_of("route", route, routes, quoted=True)]
        if (observable, route) not in self._formulas:
            self._formulas[observable, route] = self._formula(observable, make(), route)
        return self._formulas[observable, route]

    def compare_routes(
        self, observable: str = "phi", routes: tuple[str, str] = ("path-integral", "cavity")
    ) -> Agreement:
        """Compare Ψ^a by two routes: exactly where it is short, else at random points modulo random primes.

        Parameters
        ----------
        observable : str
        routes : pair of str
            Two of "path-integral", "compact" and "cavity".

        Returns
        -------
        Agreement
            True or false as a whole; it says how sure that is.

        Raises
        ------
        InvalidNetwork
            If the observable or a route is not one of those, or there are not two routes.

        Examples
        --------
        >>> import mftheory as mf
        >>> print(mf.derive(mf.Network(mf.IID(2.0))).compare_routes("phi"))
        [psi-iid] by path-integral and by cavity: equal, compared exactly
        """
        if not isinstance(routes, Sequence) or len(routes) != 2 or routes[0] == routes[1]:
            raise InvalidNetwork("routes", routes, "must be two different ones, such as ('compact', 'cavity')")
        first, second = (self.four_point(observable, route) for route in routes)
        return compare(first, second, (routes[0], routes[1]))

    def steps(self, route: str = "path-integral", observable: str = "") -> dict[str, Any]:
        """Return every intermediate of a route by name, in order, for a printed derivation of one observable."""
        observable = observable or self.observables[0]
        if route == "cavity":
            operator, cavity = self._operator(observable), self.cavity
            pairs = {f"two sites of {p.name}": cavity.two_sites(p.name) for p in self.ensemble.populations}
            return {
                "wiring": cavity.wiring,
                **pairs,
                "single sites": cavity.sites,
                "a pair": cavity.pair(operator),
                "averages Γ over links": cavity.gammas(operator),
                "closure": cavity.closure(operator),
                "four-point function": self.four_point(observable, route),
            }
        return {
            "action": self.action,
            "disorder average": self.averaged,
            "factorised action": self.factorised,
            "saddle point": self.saddle_point,
            "correlators Π": self.correlators.labelled,
            "couplings K": self.couplings,
            "Hessian": self.hessian,
            "four-point function": self.four_point(observable, route),
        }

    @cached_property
    def _formulas(self) -> dict[tuple[str, str], Formula]:
        return {}

    @cached_property
    def _names(self) -> Names:
        return Names(self.ensemble, self.saddle_point.site)

    @cached_property
    def _hessian(self) -> fluctuations.Hessian:
        return fluctuations.Hessian(self.factorised, self.correlators, self._names.rename)

    def _operator(self, observable: str) -> Operator:
        return self.ensemble.observables[one_of("observable", observable, self.observables, quoted=True)]

    def _formula(self, observable: str, matrices: Matrices, route: str) -> Formula:
        names = self.cavity.names if route == "cavity" else self._names
        closed = self._closed(matrices, names) if self._is_short(observable, matrices, route) else None
        longest = MAX_CAVITY_OPERATIONS if route == "cavity" else MAX_OPERATIONS
        if closed is not None and sp.count_ops(closed) > longest:
            closed = None
        symbols = matrices.symbols if closed is None else closed.free_symbols
        info = [self._describe(s, names) for s in symbols]
        kinds = ("spectrum", "moment", "parameter")
        info.sort(key=lambda i: (kinds.index(i.kind), i.symbol.name[0] != "C", i.symbol.name))
        return Formula(
            label=self.ensemble.labels.get(observable, f"{self.ensemble.name}/{observable}"),
            ensemble=self.ensemble.name,
            observable=observable,
            matrices=matrices,
            closed=closed,
            symbols={i.symbol.name: i for i in info},
            assumptions=ASSUMPTIONS,
            citation=self.ensemble.citation,
            name=rf"\Psi^{{{self._latex_of(observable)}}}_{{12}}",
        )

    def _is_short(self, observable: str, matrices: Matrices, route: str) -> bool:
        """Say if Ψ is worth writing out: the cavity has P² unknowns in place of P, but the same closed form."""
        if route != "cavity":
            return matrices.work <= MAX_EXPANDED_WORK
        return matrices.work <= MAX_SOLVED_WORK and self.four_point(observable).closed is not None

    def _closed(self, matrices: Matrices, names: Names) -> sp.Expr:
        """Return the system solved, as one expression for the reader."""
        raw, moments = matrices.expand(), names.moments
        of_correlations = [
            symbol
            for m in moments.values()
            for symbol in (m.symbol, conjugate_symbol(m.symbol))
            if any(c.name.startswith("C_") for c in m.product.free_symbols)
        ]
        # Factoring a very large result takes hours; it is as true unfactored.
        work = sp.count_ops(raw) * len(raw.free_symbols)
        return present(raw, of_correlations) if work <= MAX_SIMPLIFIED_WORK else restore(raw)

    def _latex_of(self, observable: str) -> str:
        field = self.ensemble.observables[observable].field
        return field.latex if field.name == observable else rf"\mathrm{{{observable}}}"

    def _describe(self, symbol: sp.Symbol, names: Names) -> SymbolInfo:
        domain, spectra = "real" if symbol.is_real else "complex", self._spectra
        if symbol in names.moments:
            moment = names.moments[symbol]
            definition = moment.definition.xreplace(names.propagators)
            factors = [spectra[s.name][1] for s in sp.ordered(moment.product.free_symbols) if s.name in spectra]
            complete = len(factors) == len(sp.Mul.make_args(moment.product))
            meaning = f"mean over {moment.population.name}"
            return SymbolInfo(symbol, meaning, domain, "moment", definition, tuple(factors) if complete else ())
        if symbol.name in spectra:
            meaning, two_time = spectra[symbol.name]
            return SymbolInfo(symbol, meaning, domain, "spectrum", two_time=(two_time,))
        meaning = self.ensemble.meanings.get(symbol.name, "network parameter")
        return SymbolInfo(symbol, meaning, domain, "parameter", of_sites=self._moment(symbol.name))

    def _moment(self, name: str) -> sp.Expr | None:
        """Return the mean over sites that a moment r_n stands for, None of another parameter."""
        orders = ((p, names.moment_order(p, name)) for p in self.ensemble.parameters)
        return next((Mean(p.symbol**n) for p, n in orders if n is not None), None)

    @property
    def two_time_functions(self) -> dict[str, tuple[str, str, int]]:
        """Every two-time function that a formula may contain, by name: its letter, its field, and which frequency."""
        return {name: two_time for name, (_, two_time) in self._spectra.items()}

    @cached_property
    def _spectra(self) -> dict[str, tuple[str, tuple[str, str, int]]]:
        """Every two-time function that a formula may contain, by name: its meaning, and what `SymbolInfo` keeps."""
        functions = {
            names.transfer(p.name): (f"inverse transfer function of {p.name}", "T", p.name)
            for p in self.ensemble.populations
        }
        fields = [f for p in self.ensemble.populations if not p.linear for f in p.fields if not f.is_response]
        for f in fields:
            functions[names.response(f)] = f"response of {f.name} to its site's input", "S", f.name
            for g in fields:
                both = f.name if f == g else f"{f.name}{g.name}"
                what = f"power spectrum of {both}" if f == g else f"cross spectrum {both}"
                functions[names.correlation(f, g)] = what, "C", both
        return {
            f"{name}_{k}": (f"{meaning} at ω{k}", (kind, field, k))
            for name, (meaning, kind, field) in functions.items()
            for k in (1, 2)
        }


@checked_call
def derive(network: Network | GaussianEnsemble) -> Derivation:
    """Derive the theory of a network, or of an ensemble of the user's own.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        What to derive; only the ensemble matters, not the numbers in it, and whether φ is odd.

    Returns
    -------
    Derivation
        Of neurons that differ, and of φ that is not odd (neurons that differ by their static field), "Phi" is a
        neuron's own output, about its mean: [psi-het].

    Raises
    ------
    InvalidNetwork
        If it is neither.
    Unsupported
        If the theory is not derived: neurons that differ, or φ that is not odd, with gains or with couplings by which
        neurons have self-feedback.

    Notes
    -----
    Assumes a stationary fluctuating state and no condensed modes (theory §0, §3); nothing of x being Gaussian.

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.derive(mf.Network(mf.IID(3.0))).four_point("phi").label
    'psi-iid'
    >>> mf.derive(mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)"))).four_point("Phi").label
    'psi-het'
    """
    if isinstance(network, GaussianEnsemble):
        return Derivation(network)
    if not isinstance(network, Network):
        raise InvalidNetwork("network", network, "must be a Network or a GaussianEnsemble")
    return Derivation(DERIVE.choose(network.traits).run(network))
