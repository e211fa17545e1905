"""Names for what a derived expression contains: combinations of moments, and means over sites."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy as sp

from mftheory.action import GaussianEnsemble, Population, names
from mftheory.derivations.single_site import SingleSite
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.formulas import Mean, conjugate_symbol, conjugated


@dataclass(frozen=True)
class NamedMoment:
    """A symbol that stands for factor × size × ⟨product⟩ over the sites of a population.

    The factor holds, for each propagator in the product, the response that it feeds back: the published moments are
    those of Σ = S/(1 - DρS), not of 1/(1 - DρS).
    """

    symbol: sp.Symbol
    product: sp.Expr
    population: Population
    factor: sp.Expr

    @property
    def definition(self) -> sp.Expr:
        """The expression that the symbol stands for."""
        return self.factor * self.population.size * Mean(self.product)


class Names:
    """The names of one derivation: `rename` puts them in place of moments and means.

    Short names early keep the algebra small: an 8×8 Hessian inverts in its named moments, not in averages.
    """

    def __init__(self, ensemble: GaussianEnsemble, site: Callable[[Population, int], SingleSite]) -> None:
        self._ensemble = ensemble
        self._fed_back_responses: dict[sp.Symbol, sp.Expr] = {}
        self.propagators: dict[sp.Symbol, sp.Expr] = {}
        """Return the value of each propagator symbol, in the parameters of its site and the neurons' response."""
        for p in ensemble.populations:
            for k in (1, 2):
                if p.linear:
                    self._fed_back_responses |= site(p, k).fed_back_response
                    self.propagators |= site(p, k).propagators
        self._moments = _solved_for_moments(self._ensemble)
        self._means: dict[sp.Expr, sp.Expr] = {}
        self.moments: dict[sp.Symbol, NamedMoment] = {}

    def rename(self, expr: sp.Expr) -> sp.Expr:
        """Write r_n through g_eff, κ, … and each mean over sites as a symbol; conjugate means get conjugate symbols."""
        means = expr.atoms(Mean)
        for mean in means:
            if mean not in self._means:
                self._name(min(mean, Mean(conjugated(mean.args[0])), key=_fewest_conjugates))
        named = expr.xreplace(self._means) if means else expr
        return named if self._moments.keys().isdisjoint(named.free_symbols) else named.subs(self._moments)

    def _name(self, mean: sp.Expr) -> None:
        product = mean.args[0]
        population = _population_of(product, self._ensemble)
        mirrored = Mean(conjugated(product))
        kind = {"real": True} if mirrored == mean else {"complex": True}
        taken = {s.name for s in self.moments}
        free = [name for name in _candidates(product, self._ensemble) if name not in taken]
        if not free:
            raise Unsupported(f"the mean of {product} would have the name of another; rename a parameter")
        symbol = sp.Symbol(free[0], **kind)
        powers = product.as_powers_dict()
        factor = sp.Mul(*(self._fed_back_responses.get(s, sp.S.One) ** powers[s] for s in product.free_symbols))
        self.moments[symbol] = NamedMoment(symbol, product, population, factor)
        factor = self.rename(factor)  # the returned response may itself be a mean over neurons
        self._means[mean] = symbol / (factor * population.size)
        self._means[mirrored] = conjugate_symbol(symbol) / (conjugated(factor) * population.size)


def _solved_for_moments(ensemble: GaussianEnsemble) -> dict[sp.Symbol, sp.Expr]:
    """Solve for r_2, r_4, … in terms of the names that an ensemble declares for combinations of them.

    A symbol declared as itself keeps its name; the sizes of populations drop out of what is read.
    """
    declared = set(ensemble.definitions).union(*(p.size.free_symbols for p in ensemble.populations))
    equations = [name - defined for name, defined in ensemble.definitions.items() if name != defined]
    unknown = sorted({s for e in equations for s in e.free_symbols} - declared, key=str)
    if not equations:
        return {}
    solutions = sp.solve(equations, unknown, dict=True)
    if len(solutions) != 1:
        listed = ", ".join(f"{name} = {defined}" for name, defined in ensemble.definitions.items())
        raise InvalidNetwork("definitions", listed, "must determine as many moments, in one way; leave some out")
    return dict(solutions[0])


def _fewest_conjugates(mean: sp.Expr) -> tuple[int, str]:
    return sum(s.name.endswith(names.CONJUGATE) for s in mean.free_symbols), str(mean)


def _population_of(product: sp.Expr, ensemble: GaussianEnsemble) -> Population:
    """Return the population whose parameters or two-time functions a product holds."""
    for p in ensemble.populations:
        names_of_population = {q.name for q in p.parameters} | {
            f"{f}_{k}" for f in names.two_time_functions(p) for k in (1, 2)
        }
        if any(s.name.removesuffix(names.CONJUGATE) in names_of_population for s in product.free_symbols):
            return p
    raise ValueError(f"no population of {ensemble.name} has {product}")


def _candidates(product: sp.Expr, ensemble: GaussianEnsemble) -> Iterator[str]:
    """Return a declared letter (with 12 or 21 if the frequencies enter differently), and a name made of the factors."""
    parameters = {q.symbol for q in ensemble.parameters}
    functions, content = product.as_independent(*parameters, as_Add=False)
    letter = ensemble.moment_names.get(content)
    if letter is not None:
        swapped = product.xreplace({s: _other_frequency(s) for s in product.free_symbols})
        symmetric = swapped in (product, conjugated(product))
        yield letter if symmetric else f"{letter}_{'12' if str(product) <= str(swapped) else '21'}"
    # D2 is D² or a parameter of that name: where one name begins with another, powers and products are written out.
    listed = [q.name for q in parameters]
    ambiguous = any(a != b and a.startswith(b) for a in listed for b in listed)
    to_the, times = ("_to_the_", "_times_") if ambiguous else ("", "_")
    tokens = []
    for factor in sorted(sp.Mul.make_args(functions) + sp.Mul.make_args(content), key=str):
        base, power = factor.as_base_exp()
        if factor != 1:
            tokens.append(base.name.replace(names.CONJUGATE, "c") + (f"{to_the}{power}" if power != 1 else ""))
    yield names.MEAN + times.join(tokens)


def _other_frequency(symbol: sp.Symbol) -> sp.Symbol:
    stem, _, k = symbol.name.removesuffix(names.CONJUGATE).rpartition("_")
    if k not in {"1", "2"} or not stem:
        return symbol
    suffix = names.CONJUGATE if symbol.name.endswith(names.CONJUGATE) else ""
    return sp.Symbol(f"{stem}_{3 - int(k)}{suffix}", **symbol.assumptions0)
