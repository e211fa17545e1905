"""Numbers for what an ensemble leaves open: its symbols, and the per-site parameters of its populations."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mftheory.action import joint
from mftheory.action.disorder import GaussianEnsemble
from mftheory.action.fields import Parameter, Population, omega
from mftheory.action.names import moment_order
from mftheory.arguments import refuse_masked
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Gains
from mftheory.network.strengths import Exponential, Measured, Step
from mftheory.wording import did_you_mean, meant

Array = NDArray[np.float64]

_SITE_VALUES = "must be an array, a number, a law such as Gains.exponential(pr), or a function of u in [0, 1]"
_Law = Gains | Exponential | Step | Measured
_AGREEMENT_TOLERANCE = 1e-9  # relative difference up to which two ways to give one number agree
_MOMENT_TOLERANCE = 1e-6  # relative difference of moments up to which two laws are one
_CHECKED_SITES = 64  # sites of a law at which covariances are checked
_MIDPOINTS = 2**16  # midpoints at which a function of u is averaged: to 1e-10 if it is smooth, to 1e-5 if it jumps


@dataclass(frozen=True, eq=False)
class Values:
    """The numbers behind an ensemble's symbols and parameters.

    Parameters
    ----------
    ensemble : GaussianEnsemble
    given : mapping
        A number for each symbol, such as g or alpha. For each per-site parameter, such as D: an array (the law as it
        stands; at another number of sites resampled by quantiles), one number (the same for all sites), a law with
        ``values(m)`` (such as `Gains.exponential`), or a function of u in [0, 1], the position of a site in its
        population, from an array to an array. Parameters of one population belong together site by site, unless
        declared independent.

    Raises
    ------
    InvalidNetwork
        Naming the entry, if it is missing when asked for, unknown, not finite, of the wrong length or not of the sign
        that its symbol was declared with.

    Examples
    --------
    >>> from mftheory.action.built_in import BUILT_IN
    >>> from mftheory.action.values import Values
    >>> values = Values(BUILT_IN["random-mode"](), {"alpha": 0.5, "D": [1.0, 3.0]})
    >>> values.moment("r_2"), values.sites(values.ensemble.population("latents"), 2, seed=0)["D"]
    (5.0, array([1., 3.]))
    """

    ensemble: GaussianEnsemble
    given: Mapping[str, Any]

    def __post_init__(self) -> None:
        checked = {}
        if not isinstance(self.given, Mapping):
            raise InvalidNetwork("parameters", self.given, "must be a dict from names to numbers")
        for key, value in self.given.items():
            name = key.name if isinstance(key, sp.Symbol) else key
            if not isinstance(name, str):
                raise InvalidNetwork("parameters", key, "must be a dict from names to numbers")
            refuse_masked({f"parameters[{name!r}]": value})
            if name in self._of_sites:
                checked[name] = _site_values(f"parameters[{name!r}]", value)
            else:
                checked[name] = self._number(name, value)
        object.__setattr__(self, "given", checked)
        for population in self.ensemble.populations:
            _check_together([p for p in population.parameters if not p.independent], checked)

    def check(self, moments: bool) -> None:
        """Refuse numbers that are unknown, contradict one another, or fit no Gaussian or no law.

        With `moments`, the moments of a parameter, and what the ensemble defines through them, may be given instead of
        its values; drawing a network takes the values themselves.
        """
        for name, value in self.given.items():
            if name not in self._needed and not (moments and self._follows(name)):
                raise InvalidNetwork(f"parameters[{name!r}]", value, self._why_unknown(name))
        self._check_moments()
        if moments:
            self._check_laws()
        for name in self.given.keys() - self._needed:
            self._check_repeated(name)
        joint.check(self.ensemble, self._known, self._checked_sites())

    def scalar(self, expr: sp.Expr) -> float:
        """Return the number behind an expression in the ensemble's symbols."""
        if differing := self._of_sites & {s.name for s in expr.free_symbols}:
            raise Unsupported(f"{expr}: is asked for as one number, but {_listed(differing)} differs from site to site")
        return float(expr.subs({s: self.number(s.name) for s in expr.free_symbols}))

    def number(self, name: str, needed: Iterable[str] | None = None) -> float:
        """Return the number behind a symbol: as given, a moment of a given parameter, or a combination of these.

        If it is missing, the error lists what is `needed`; by default what is needed to draw a network.
        """
        if name in self.given:
            value: float = self.given[name]
            return value
        moment = self.moment(name)
        if moment is not None:
            return moment
        for symbol, expr in self.ensemble.definitions.items():
            if symbol.name == name and expr != symbol:
                return self.scalar(expr)
        raise self._missing(name, needed)

    def moment(self, name: str) -> float | None:
        """Return the moment ⟨Dⁿ⟩ of that name, such as r_2; None if no parameter of that letter is given."""
        for parameter in self.ensemble.parameters:
            order = moment_order(parameter, name)
            if order is not None and parameter.name in self.given:
                return _moment(parameter.name, self.given[parameter.name], order)
        return None

    def sites(self, population: Population, count: int, seed: int) -> dict[str, Array]:
        """Return each parameter's values at `count` sites, shape (count,)."""
        together = [p.name for p in population.parameters if not p.independent]
        result = _at_sites({name: self._law(name) for name in together}, count)
        # Spawn key 2: independent of the matrices (no key) and of the initial conditions (key 1).
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
        for name in (p.name for p in population.parameters if p.independent):
            result[name] = rng.permutation(_at_sites({name: self._law(name)}, count)[name])
        return result

    def size(self, population: Population, n: int) -> int:
        """Return the number of sites of a population in a network of n neurons, round(size·n)."""
        count = round(self.scalar(population.size) * n)
        if count < 1:
            raise InvalidNetwork("n", n, f"leaves no {population.name}: their number is {population.size} n")
        return count

    @cached_property
    def _of_sites(self) -> set[str]:
        """Names of the per-site parameters."""
        return {p.name for p in self.ensemble.parameters}

    @cached_property
    def _symbols(self) -> set[sp.Symbol]:
        """The symbols in sizes, noise, dynamics and covariances."""
        expressions = [e for p in self.ensemble.populations for e in (p.size, p.noise, p.inverse_transfer)]
        expressions += [c.value for c in self.ensemble.covariances]
        return {s for e in expressions for s in e.free_symbols if s.name not in self._of_sites} - {omega}

    @property
    def _needed(self) -> set[str]:
        """Names of the symbols and parameters that need a value before a network can be drawn."""
        return self._of_sites | {s.name for s in self._symbols}

    def _number(self, name: str, value: Any) -> float:
        allowed = "must be a finite number"
        try:
            number = float(value) if np.ndim(value) == 0 and not isinstance(value, str | bool) else np.nan
        except (TypeError, ValueError):
            number = np.nan
        if not np.isfinite(number):
            raise InvalidNetwork(f"parameters[{name!r}]", value, allowed)
        for symbol in self._symbols | self.ensemble.definitions.keys():
            if symbol.name == name and ((symbol.is_positive and number <= 0) or (symbol.is_nonnegative and number < 0)):
                at_least = "above 0" if symbol.is_positive else "of at least 0"
                raise InvalidNetwork(f"parameters[{name!r}]", value, f"must be a number {at_least}")
        return number

    def _follows(self, name: str) -> bool:
        """Return whether a name is that of a moment, or of a combination that the ensemble defines."""
        defined = {s.name for s, expr in self.ensemble.definitions.items() if s != expr}
        return name in defined or any(moment_order(p, name) is not None for p in self.ensemble.parameters)

    def _why_unknown(self, name: str) -> str:
        for parameter in self.ensemble.parameters:
            if moment_order(parameter, name) is not None:
                return f"is a moment: a network needs the values of {parameter.name} themselves"
        hint = did_you_mean(meant(name, sorted(self._needed)))
        return f"is not a parameter of this ensemble{hint}; it has {_listed(self._needed)}"

    def _check_moments(self) -> None:
        """Refuse moments of no law: even ones are positive, and ln⟨|D|ⁿ⟩ is convex in n."""
        for parameter in self.ensemble.parameters:
            orders = {n: v for name, v in self.given.items() if (n := moment_order(parameter, name)) is not None}
            for n, value in orders.items():
                if n % 2 == 0 and value <= 0:
                    raise InvalidNetwork(f"parameters['{parameter.moments}_{n}']", value, "must be a number above 0")
            known = {0: 1.0, **orders}
            for a, c in itertools.combinations(sorted(n for n in known if n % 2 == 0), 2):
                for b in (n for n in known if a < n < c):
                    largest = (known[a] ** (c - b) * known[c] ** (b - a)) ** (1 / (c - a))
                    if abs(known[b]) > largest * (1 + _AGREEMENT_TOLERANCE):
                        name, bounds = parameter.name, " and ".join(f"⟨{parameter.name}^{n}⟩" for n in (a, c) if n)
                        allowed = f"is of no law: with this {bounds}, ⟨{name}^{b}⟩ is at most {largest:g}"
                        raise InvalidNetwork(f"parameters['{parameter.moments}_{b}']", known[b], allowed)

    def _check_laws(self) -> None:
        """Refuse different moments of parameters of one law, whose moments share one symbol."""
        for parameter in self.ensemble.parameters:
            if parameter.law_of and {parameter.name, parameter.law_of} <= self.given.keys():
                for n in range(1, 9):
                    moment, reference = (
                        _moment(name, self.given[name], n) for name in (parameter.name, parameter.law_of)
                    )
                    if abs(moment - reference) > _MOMENT_TOLERANCE * max(abs(moment), abs(reference)):
                        allowed = f"must have the law of {parameter.law_of}, as declared: the same values in any order"
                        raise InvalidNetwork(f"parameters[{parameter.name!r}]", self.given[parameter.name], allowed)

    def _check_repeated(self, name: str) -> None:
        """Refuse a number that is given as well but contradicts the others, from which it follows."""
        others = Values(self.ensemble, {n: v for n, v in self.given.items() if n != name})
        try:
            follows = others.number(name)
        except InvalidNetwork:  # it does not follow from them
            return
        if not abs(follows - self.given[name]) <= _AGREEMENT_TOLERANCE * abs(follows):
            allowed = f"contradicts the others, from which it follows to be {follows:.10g}: leave it out"
            raise InvalidNetwork(f"parameters[{name!r}]", self.given[name], allowed)

    def _known(self, expr: sp.Expr) -> float:
        """Return the number behind an expression; raise KeyError where something is not given."""
        if not {s.name for s in expr.free_symbols} <= self.given.keys() - self._of_sites:
            raise KeyError
        return self.scalar(expr)

    def _checked_sites(self) -> dict[str, dict[str, Array]]:
        """Return the values of the per-site parameters that are given, at sites for checks."""
        sites = {}
        for population in self.ensemble.populations:
            known = [p for p in population.parameters if p.name in self.given]
            laws = {p.name: self.given[p.name] for p in known}
            sizes = [law.size for law in laws.values() if _is_array(law)]
            count = min(max(sizes, default=_CHECKED_SITES), 16 * _CHECKED_SITES)
            together = _at_sites({p.name: laws[p.name] for p in known if not p.independent}, count)
            apart = (_at_sites({p.name: laws[p.name]}, count) for p in known if p.independent)
            sites[population.name] = together | {name: values for one in apart for name, values in one.items()}
        return sites

    def _law(self, name: str) -> Any:
        if name not in self.given:
            raise self._missing(name)
        return self.given[name]

    def _missing(self, name: str, needed: Iterable[str] | None = None) -> InvalidNetwork:
        needed = self._needed if needed is None else needed
        return InvalidNetwork(f"parameters[{name!r}]", None, f"must be given; needed are {_listed(needed)}")


def _site_values(argument: str, value: Any) -> Any:
    """Return an array of numbers, a law or a function as it is; refuse anything else."""
    if isinstance(value, _Law) or callable(value):
        return value
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, value, _SITE_VALUES) from None
    if isinstance(value, str | bool) or array.ndim > 1 or array.size == 0:
        raise InvalidNetwork(argument, value, _SITE_VALUES)
    if not np.isfinite(array).all():
        raise InvalidNetwork(argument, value, "must be finite")
    array.setflags(write=False)
    return array


def _check_together(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> None:
    """Refuse parameters of one site that do not fit together: arrays of unequal length, or an array beside a law."""
    sizes = {p.name: given[p.name].size for p in parameters if _is_array(given.get(p.name))}
    for name, size in sizes.items():
        first = next(iter(sizes))
        if size != sizes[first]:
            allowed = f"must be {sizes[first]} numbers, one for each {first}"
            raise InvalidNetwork(f"parameters[{name!r}]", given[name], allowed)
    laws = [p.name for p in parameters if p.name in given and not isinstance(given[p.name], np.ndarray)]
    if sizes and laws:
        allowed = f"must be an array, as {next(iter(sizes))} of the same sites is one"
        raise InvalidNetwork(f"parameters[{laws[0]!r}]", given[laws[0]], allowed)


def _at_sites(laws: Mapping[str, Any], count: int) -> dict[str, Array]:
    """Return the values of parameters that belong together, at `count` sites."""
    arrays = {name: law for name, law in laws.items() if _is_array(law)}
    resampled = dict(zip(arrays, _resampled(list(arrays.values()), count), strict=True)) if arrays else {}
    return {name: resampled[name] if name in arrays else _law_at_sites(name, law, count) for name, law in laws.items()}


def _resampled(arrays: list[Array], count: int) -> list[Array]:
    """Return quantiles of the sites, ordered by the first array, then the second, …; the arrays themselves if they fit.

    Averages over sites are kept up to O(1/count). One array of non-negative numbers is resampled as the strengths of
    `RandomMode` are, which keeps ⟨D²⟩ and ⟨D⁴⟩.
    """
    size = arrays[0].size
    if count == size:
        return [array.copy() for array in arrays]
    if len(arrays) == 1 and (arrays[0] >= 0).all() and arrays[0].any():
        return [Measured(arrays[0]).values(count)]
    order = np.lexsort(arrays[::-1])[::-1]
    quantiles = order[((np.arange(count) + 0.5) / count * size).astype(np.intp)]
    return [array[quantiles] for array in arrays]


def _law_at_sites(name: str, law: Any, count: int) -> Array:
    """Return a constant, a law at its midpoints, or a function of u at the midpoints."""
    if isinstance(law, np.ndarray):
        return np.full(count, float(law))
    if isinstance(law, _Law):
        return np.asarray(law.values(count), dtype=np.float64)
    try:
        values = np.asarray(law((np.arange(count) + 0.5) / count))
        values = values.astype(np.float64) if values.dtype.kind in "biuf" else np.empty(0)
    except Exception as error:  # whatever a user's function does
        allowed = f"a function of u in [0, 1] must take an array; this one raised {type(error).__name__}: {error}"
        raise InvalidNetwork(f"parameters[{name!r}]", law, allowed.splitlines()[0]) from None
    if values.shape != (count,) or not np.isfinite(values).all():
        allowed = "a function of u must return as many finite numbers as it is given"
        raise InvalidNetwork(f"parameters[{name!r}]", law, allowed)
    return values


def _moment(name: str, law: Any, order: int) -> float:
    if isinstance(law, _Law):
        return float(law.moment(order))
    values = law if _is_array(law) else _law_at_sites(name, law, _MIDPOINTS)
    with np.errstate(over="ignore"):
        moment = float(np.mean(values**order))
    if not np.isfinite(moment):
        raise InvalidNetwork(f"parameters[{name!r}]", law, f"is too large: its moment of order {order} overflows")
    return moment


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 1


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
