"""The names that the engine gives to what it derives, and the refusal of declarations that use them for something else.

Symbols are told apart by their names: in formulas, in kernels, and in the numbers that a user gives for them. So a name
must stand for one thing only. Two-time functions are C_phi_1, S_phi_1, T_neurons_1, P_z_1 (their conjugates with
``_conj``), moments ⟨Dⁿ⟩ of a parameter with the letter r are r_n, means over sites begin with ``mean_`` or are letters
that the ensemble declares.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import sympy as sp

from mftheory.errors import InvalidNetwork

if TYPE_CHECKING:
    from mftheory.action.disorder import GaussianEnsemble
    from mftheory.action.fields import Field, Parameter, Population

CONJUGATE = "_conj"
MEAN = "mean_"
TWO_TIME = ("C_", "S_", "T_", "P_")
"""How the names of two-time functions begin: spectra, responses, inverse transfer functions, propagators."""
_DISPLAYED = {"N": "the number of neurons", "t": "time"} | dict.fromkeys(("omega", "omega_1", "omega_2"), "a frequency")


def correlation(first: "Field", second: "Field") -> str:
    """Return the name of a correlation function: C_phi, or C_xphi of two fields."""
    return f"C_{first.name}" if first == second else f"C_{first.name}{second.name}"


def response(field: "Field") -> str:
    """Return the name of a response function, such as S_phi."""
    return f"S_{field.name}"


def transfer(population: str) -> str:
    """Return the name of an inverse transfer function, such as T_neurons."""
    return f"T_{population}"


def propagator(state: "Field", source: "Field") -> str:
    """Return the name of a propagator: P_z, or P_z1z2 where a site has several states."""
    return f"P_{state.name}" if state == source else f"P_{state.name}{source.name}"


def moment(parameter: "Parameter", order: int) -> sp.Symbol:
    """Return the symbol of ⟨Dⁿ⟩, such as r_2."""
    return sp.Symbol(f"{parameter.moments}_{order}", positive=True if order % 2 == 0 else None, real=True)


def moment_order(parameter: "Parameter", name: str) -> int | None:
    """Return n if `name` is that of ⟨Dⁿ⟩, otherwise None."""
    match = re.fullmatch(re.escape(parameter.moments) + r"_([1-9]\d*)", name)
    return int(match[1]) if match else None


def two_time_functions(population: "Population") -> Iterator[str]:
    """Return the names of all two-time functions of a population's fields, without frequency: C_phi, T_neurons"""
    fields = [f for f in population.fields if not f.is_response]
    yield from (correlation(a, b) for k, a in enumerate(fields) for b in fields[k:])
    yield from (response(f) for f in fields)
    yield transfer(population.name)
    if population.linear:
        states = [u.field for u in population.states]
        yield from (propagator(u, v) for u in states for v in states)


def check(ensemble: "GaussianEnsemble") -> None:
    """Refuse a declaration in which one name would stand for two things.

    Raises
    ------
    InvalidNetwork
        Naming the name, and what it stands for already.
    """
    _check_parameters(ensemble.parameters)
    taken = _two_time_names(ensemble.populations)
    for parameter in ensemble.parameters:
        _refuse_taken("parameters", parameter.name, taken, ensemble.parameters)
        taken[parameter.name] = f"the parameter {parameter.name}: use its `.symbol`"
    letters = list(ensemble.moment_names.values())
    for letter in letters:
        if letters.count(letter) > 1:
            raise InvalidNetwork("moment_names", letter, "is given to two moments; each needs a letter of its own")
        for name in (letter, f"{letter}_12", f"{letter}_21"):
            _refuse_taken("moment_names", name, taken, ensemble.parameters)
            taken[name] = f"the moment named {letter}"
    symbols = _check_symbols(ensemble, taken)
    _check_definitions(ensemble, taken, symbols)


def _check_parameters(parameters: "Iterable[Parameter]") -> None:
    letters: dict[str, list[str]] = {}
    for p in parameters:
        for what, name in (("name", p.name), ("moments", p.moments)):
            if not (isinstance(name, str) and name.isidentifier()):
                raise InvalidNetwork(f"parameter {p.name!r}: {what}", name, "must be an identifier")
        _refuse_taken(f"moments of {p.name}", f"{p.moments}_1", {}, ())
        others = letters.setdefault(p.moments, [])
        if p.law_of and p.law_of not in others:
            allowed = f"must be a parameter declared before, with the letter {p.moments!r} for its moments"
            raise InvalidNetwork(f"parameter {p.name!r}: law_of", p.law_of, allowed)
        if others and not p.law_of:
            allowed = (
                f"is the letter of {others[0]} already: choose another, or say law_of={others[0]!r} if their law is one"
            )
            raise InvalidNetwork(f"parameter {p.name!r}: moments", p.moments, allowed)
        others.append(p.name)


def _two_time_names(populations: "Iterable[Population]") -> dict[str, str]:
    """Return what each name of a two-time function stands for; refuse two functions of one name."""
    taken: dict[str, str] = {}
    for p in populations:
        for name in two_time_functions(p):
            for k in (1, 2):
                for full in (f"{name}_{k}", f"{name}_{k}{CONJUGATE}"):
                    if full in taken:
                        allowed = f"would give two functions the name {name}; rename a field"
                        raise InvalidNetwork(f"fields of {p.name}", ", ".join(f.name for f in p.fields), allowed)
                    taken[full] = f"a two-time function of {p.name}"
    return taken


def _check_symbols(ensemble: "GaussianEnsemble", taken: dict[str, str]) -> dict[str, sp.Symbol]:
    """Check the constants that the declaration itself contains, by name."""
    everything = {p.symbol for p in ensemble.parameters}
    symbols: dict[str, sp.Symbol] = {}
    for what, expr, parameters, frequency in _expressions(ensemble):
        if expr.has(sp.nan, sp.oo, -sp.oo, sp.zoo):
            raise InvalidNetwork(what, str(expr), "must be finite")
        if frequency is None and expr.is_real is False:
            raise InvalidNetwork(what, str(expr), "must be real")
        for symbol in expr.free_symbols:
            if symbol in parameters or symbol == frequency:
                continue
            if symbol in everything:
                raise InvalidNetwork(what, str(expr), f"contains {symbol}, a parameter of other sites")
            if symbol.name == "omega":
                where = "use `mftheory.action.omega`" if frequency is not None else "must not depend on the frequency"
                raise InvalidNetwork(what, str(expr), f"contains a symbol named omega: {where}")
            _refuse_taken(what, symbol.name, taken, ensemble.parameters)
            if not symbol.is_real:
                allowed = f"contains a symbol that may be complex: Symbol({symbol.name!r}, real=True), or positive=True"
                raise InvalidNetwork(what, str(expr), allowed)
            _refuse_second(what, symbols.setdefault(symbol.name, symbol), symbol)
    return symbols


def _expressions(
    ensemble: "GaussianEnsemble",
) -> "Iterator[tuple[str, sp.Expr, set[sp.Symbol], sp.Symbol | None]]":
    """Yield each expression of the declaration, with a description, the site parameters allowed, and the frequency."""
    from mftheory.action.fields import omega

    for p in ensemble.populations:
        parameters = {q.symbol for q in p.parameters}
        yield f"population {p.name}: size", p.size, set(), None
        yield f"population {p.name}: noise", p.noise, parameters, omega
        yield f"population {p.name}: inverse_transfer", p.inverse_transfer, parameters, omega
    for c in ensemble.covariances:
        sites = {q.symbol for p in (c.first.rows, c.first.columns) for q in p.parameters}
        yield f"covariance of {c.first.name}, {c.second.name}", c.value, sites, None
    for coupling in ensemble.couplings:
        for operator in (coupling.on_rows, coupling.on_columns):
            parameters = {q.symbol for q in ensemble.population(operator.field.population).parameters}
            yield f"weight of {operator.field.name} in {coupling.matrix.name}", operator.weight, parameters, None
    for name, operator in ensemble.observables.items():
        parameters = {q.symbol for q in ensemble.population(operator.field.population).parameters}
        yield f"observable {name}", operator.weight, parameters, None


def _check_definitions(ensemble: "GaussianEnsemble", taken: dict[str, str], symbols: dict[str, sp.Symbol]) -> None:
    for symbol, expr in ensemble.definitions.items():
        what = f"definitions: {symbol}"
        for used in expr.free_symbols:
            moments = [moment(p, n) for p in ensemble.parameters if (n := moment_order(p, used.name)) is not None]
            known = moments[0] if moments else symbols.get(used.name)
            if known is None:
                raise InvalidNetwork(what, str(expr), f"contains {used}, which is no symbol or moment of the ensemble")
            _refuse_second(what, known, used)
        if expr != symbol:  # else it keeps its own name
            if symbol.name in symbols:
                raise InvalidNetwork("definitions", str(symbol), "is a symbol of the declaration already")
            _refuse_taken("definitions", symbol.name, taken, ensemble.parameters)
            taken[symbol.name] = "another definition"


def _refuse_second(what: str, first: sp.Symbol, second: sp.Symbol) -> None:
    if first != second:
        allowed = "is a second symbol of that name, with other assumptions: use one symbol for both"
        raise InvalidNetwork(what, str(second), allowed)


def _refuse_taken(what: str, name: str, taken: dict[str, str], parameters: "Iterable[Parameter]") -> None:
    meaning = taken.get(name) or _DISPLAYED.get(name)
    for parameter in parameters:
        if moment_order(parameter, name) is not None:
            meaning = f"a moment of {parameter.name}, whose letter is {parameter.moments}"
    if name.startswith(TWO_TIME):
        meaning = meaning or f"two-time functions, which begin with {', '.join(TWO_TIME)}"
    if name.startswith(MEAN):
        meaning = "a mean over sites"
    if name.endswith(CONJUGATE):
        meaning = f"the conjugate of {name.removesuffix(CONJUGATE)}"
    if meaning is not None:
        raise InvalidNetwork(what, name, f"stands for something else already ({meaning}); choose another name")
