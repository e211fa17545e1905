"""Gaussian disorder: matrices, how they couple populations, and how their entries covary.

Everything that tells one ensemble from another is data of this module; the engine that averages over it never asks
which ensemble it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp
from sympy.utilities.iterables import strongly_connected_components

from mftheory.action import joint, names
from mftheory.action.fields import Field, Operator, Parameter, Population, finite
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network.arithmetic import OF_ENSEMBLES, OF_PARTS, NoArithmetic


@checked_calls
@dataclass(frozen=True)
class GaussianMatrix(NoArithmetic):
    """A matrix of zero-mean Gaussian entries, one for each (row site, column site)."""

    name: str
    rows: Population
    columns: Population

    _instead = OF_PARTS

    def __post_init__(self) -> None:
        _check_kinds(self, {"name": str, "rows": Population, "columns": Population})


@checked_calls
@dataclass(frozen=True)
class Coupling(NoArithmetic):
    """The term Σ_ij X_ij ∫dt A_i(t) B_j(t) of the action, A on the rows of X and B on its columns.

    Exactly one of the two is a response field: the matrix carries the other one into that site's input.
    """

    matrix: GaussianMatrix
    on_rows: Operator
    on_columns: Operator

    _instead = OF_PARTS

    def __post_init__(self) -> None:
        _check_kinds(self, {"matrix": GaussianMatrix, "on_rows": Operator, "on_columns": Operator})

    @property
    def target_on_rows(self) -> bool:
        """True if the matrix carries a field from its columns to the equations on its rows."""
        return self.on_rows.field.is_response

    @property
    def target(self) -> Operator:
        """The response field of the equation that the matrix drives, times its weight at each site."""
        return self.on_rows if self.target_on_rows else self.on_columns

    @property
    def source(self) -> Operator:
        """Field that drives it, with the source's weight."""
        return self.on_columns if self.target_on_rows else self.on_rows


ONE_SITE_SHARED = {"chain": "⟨X_ij X_jk⟩", "convergent": "⟨X_ij X_ik⟩", "divergent": "⟨X_ij X_kj⟩"}
"""Covariances of couplings that share one site, by the name that they have in the literature."""


@checked_calls
@dataclass(frozen=True)
class Covariance(NoArithmetic):
    """⟨X_ij Y_ij⟩ = value/N, or with `transposed` ⟨X_ij Y_ji⟩ = value/N; all other entries are independent.

    `value` may contain per-site parameters of the row or column site, such as the overlap ρ_a of mode a, as a single
    product; of a matrix within one population, those of the row site.

    Raises
    ------
    Unsupported
        Of chain, convergent and divergent covariances, asked for by name.
    """

    first: GaussianMatrix
    second: GaussianMatrix
    value: sp.Expr
    transposed: bool = False

    _instead = OF_PARTS

    def __post_init__(self) -> None:
        if isinstance(self.transposed, str):
            self._refuse_pattern(self.transposed)
        _check_kinds(self, {"first": GaussianMatrix, "second": GaussianMatrix, "transposed": bool})
        object.__setattr__(self, "value", finite("value", self.value))

    def _refuse_pattern(self, name: str) -> None:
        both = "Covariance(X, Y, value) is ⟨X_ij Y_ij⟩, with transposed=True ⟨X_ij Y_ji⟩"
        if name in ONE_SITE_SHARED:
            raise Unsupported(
                f"{name} covariances, {ONE_SITE_SHARED[name]}: the same for all sites they make a part of rank one, "
                f"which is not derived; {both}"
            )
        raise InvalidNetwork("transposed", name, f"must be True or False: {both}")


@checked_calls
@dataclass(frozen=True)
class GaussianEnsemble(NoArithmetic):
    """A random network as populations, operators and Gaussian matrices: the engine's only input.

    Parameters
    ----------
    name : str
        Key of the ensemble.
    populations : tuple of Population
        Neurons, latents, …
    couplings : tuple of Coupling
        How each matrix enters the equations of motion.
    covariances : tuple of Covariance
        Second moments of the matrices; pairs that are not listed are independent. A matrix must have a variance.
    observables : dict, optional
        What can be measured, by name; by default every state and activity of the nonlinear populations.
    definitions : dict, optional
        Names for combinations of moments in which results are to be read, such as {g_eff: sqrt(α r_2)}.
    moment_names : dict, optional
        Letters for moments of several site quantities, by the product of parameters in them, such as {D²: "U"}.
    labels : dict, optional
        Published label of the four-point function of an observable, where there is one.
    meanings : dict, optional
        What each symbol means, for the reader of a formula.
    citation : str, optional
        Where the ensemble comes from.

    Raises
    ------
    InvalidNetwork
        If the declaration is not consistent; the message says which part.

    Examples
    --------
    An i.i.d. network, in full:

    >>> import sympy as sp
    >>> from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
    >>> x = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega)
    >>> J = GaussianMatrix("J", rows=x, columns=x)
    >>> g = sp.Symbol("g", positive=True)
    >>> net = GaussianEnsemble("mine", (x,), (Coupling(J, x.response, x.activity),), (Covariance(J, J, g**2),))
    """

    name: str
    populations: tuple[Population, ...]
    couplings: tuple[Coupling, ...]
    covariances: tuple[Covariance, ...]
    observables: dict[str, Operator] = field(default_factory=dict)
    definitions: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)
    moment_names: dict[sp.Expr, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    citation: str = ""

    _instead = OF_ENSEMBLES

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not re.fullmatch(r"\w[\w +.,()-]*", self.name):
            raise InvalidNetwork("name", self.name, "must be a name of letters, digits, spaces and + - . , ( ) _")
        self._check_types()
        _check_populations(self.populations)
        if not self.observables:
            fields = [f for p in self.populations if not p.linear for f in p.fields if not f.is_response]
            object.__setattr__(self, "observables", {f.name: Operator(f) for f in fields})
        for coupling in self.couplings:
            _check_coupling(coupling, self.populations)
        _check_observables(self.observables, self.populations)
        used: dict[str, GaussianMatrix] = {}
        for matrix in (coupling.matrix for coupling in self.couplings):
            if used.setdefault(matrix.name, matrix) != matrix:
                raise InvalidNetwork("matrices", matrix.name, "is the name of two matrices between different sites")
        listed = [(frozenset((c.first.name, c.second.name)), c.transposed) for c in self.covariances]
        for covariance in self.covariances:
            _check_covariance(covariance, used)
            pair = frozenset((covariance.first.name, covariance.second.name))
            if listed.count((pair, covariance.transposed)) > 1:
                raise InvalidNetwork("covariances", ", ".join(sorted(pair)), "is declared twice")
        for name in used:
            if not any(c.first.name == c.second.name == name and not c.transposed for c in self.covariances):
                raise InvalidNetwork("covariances", name, "each matrix needs a variance, Covariance(X, X, value)")
        names.check(self)
        _check_correlations(self.covariances)
        joint.check(self, _number, {})
        if not self.couplings:
            raise InvalidNetwork("couplings", self.couplings, "must be at least one Coupling")

    def _check_types(self) -> None:
        for name, kind in (("populations", Population), ("couplings", Coupling), ("covariances", Covariance)):
            value = getattr(self, name)
            if not (isinstance(value, tuple) and all(isinstance(item, kind) for item in value)):
                raise InvalidNetwork(name, value, f"must be a tuple of {kind.__name__} objects")
        for name, key, value in (
            ("observables", str, Operator),
            ("definitions", sp.Symbol, sp.Expr),
            ("moment_names", sp.Expr, str),
        ):
            given = getattr(self, name)
            if not isinstance(given, dict) or not all(
                isinstance(k, key) and isinstance(v, value) for k, v in given.items()
            ):
                raise InvalidNetwork(name, given, f"must be a dict from {key.__name__} to {value.__name__}")
        known = {q.symbol for q in self.parameters}
        for product, letter in self.moment_names.items():
            if not (letter.isidentifier() and product.free_symbols <= known and _is_monomial(product, known)):
                allowed = "must be the letter, an identifier, of a product of parameters"
                raise InvalidNetwork(f"moment_names: {product}", letter, allowed)

    def __hash__(self) -> int:
        return hash((self.name, self.populations, self.couplings, self.covariances))  # the rest is in dicts

    def population(self, name: str) -> Population:
        """Return the population of that name."""
        return next(p for p in self.populations if p.name == name)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The per-site parameters of all populations."""
        return tuple(p for population in self.populations for p in population.parameters)

    def covarying(self) -> Iterator[tuple[Coupling, Coupling, sp.Expr, bool]]:
        """Return every ordered pair of couplings whose matrices covary: (first, second, value, transposed)."""
        for first in self.couplings:
            partners = self._covariances.get(first.matrix.name, {})
            for second in self.couplings:
                for c in partners.get(second.matrix.name, ()):
                    if c.value != 0:
                        yield first, second, c.value, c.transposed

    def covariances_of(self, first: GaussianMatrix, second: GaussianMatrix) -> tuple[Covariance, ...]:
        """Return the declared covariances of two matrices, in either order."""
        return self._covariances.get(first.name, {}).get(second.name, ())

    @cached_property
    def _covariances(self) -> dict[str, dict[str, tuple[Covariance, ...]]]:
        found: dict[str, dict[str, tuple[Covariance, ...]]] = {}
        for c in self.covariances:
            for one, other in {(c.first.name, c.second.name), (c.second.name, c.first.name)}:
                partners = found.setdefault(one, {})
                partners[other] = (*partners.get(other, ()), c)
        return found

    def site_dependence(self, population: Population) -> frozenset[sp.Symbol]:
        """Return the parameters of a site on which its two-time functions C and S (if linear: its propagator) depend.

        What enters the equation of motion of a neuron does: its dynamics and noise, the weights with which it receives
        input, and its feedback on itself. Of a linear site the input is written out, with the parameters in it; its
        propagator depends on its dynamics and feedback.
        """
        parameters = {p.symbol for p in population.parameters}
        entering = population.inverse_transfer.free_symbols
        entering |= set() if population.linear else population.noise.free_symbols
        for a, b, weight in self._meetings.get(population.name, ()):
            if a.is_response != b.is_response or (a.is_response and not population.linear):
                entering |= weight.free_symbols
        return frozenset(entering & parameters)

    def feedback(self, population: Population) -> frozenset[Field]:
        """Return the fields of a site that come back to it by way of the others."""
        return frozenset(
            f
            for a, b, _ in self._meetings.get(population.name, ())
            if a.is_response != b.is_response
            for f in (a, b)
            if not f.is_response
        )

    def circle(self, population: Population) -> tuple[Population, ...]:
        """Return the linear populations that a linear one drives and is driven by, directly or not, itself included."""
        return next((together for together in self._circles if population in together), (population,))

    @cached_property
    def _circles(self) -> list[tuple[Population, ...]]:
        linear = {p.name: p for p in self.populations if p.linear}
        drives = {
            (here[0].field.population, there[0].field.population)
            for sides, _ in self._sides()
            for here, there in (sides, sides[::-1])
            if any(operator.field.is_response for operator in here)
        }
        edges = sorted((a, b) for a, b in drives if a in linear and b in linear)
        return [tuple(linear[name] for name in found) for found in strongly_connected_components((list(linear), edges))]

    @cached_property
    def _meetings(self) -> dict[str, list[tuple[Field, Field, sp.Expr]]]:
        """The two fields, and their weight, of each ordered pair of covarying couplings, by the site they meet at."""
        met: dict[str, list[tuple[Field, Field, sp.Expr]]] = {}
        for sides, value in self._sides():
            for a, b in sides:
                met.setdefault(a.field.population, []).append((a.field, b.field, a.weight * b.weight * value))
        return met

    def _sides(self) -> Iterator[tuple[list[tuple[Operator, Operator]], sp.Expr]]:
        """Yield the operators of each ordered pair of covarying couplings that meet at one site, and at the other."""
        for m, n, value, transposed in self.covarying():
            of_second = (n.on_columns, n.on_rows) if transposed else (n.on_rows, n.on_columns)
            yield list(zip((m.on_rows, m.on_columns), of_second, strict=True)), value


def _check_kinds(part: object, kinds: dict[str, type]) -> None:
    for name, kind in kinds.items():
        value = getattr(part, name)
        if not isinstance(value, kind):
            such = " such as x.response or D * x.activity" if kind is Operator else ""
            raise InvalidNetwork(name, value, f"must be of type {kind.__name__}{such}")


def _check_populations(populations: tuple[Population, ...]) -> None:
    of_populations = [p.name for p in populations]
    fields = [f.name for p in populations for f in p.fields]
    parameters = [q.name for p in populations for q in p.parameters]
    for what, listed in (("populations", of_populations), ("fields", fields), ("parameters", parameters)):
        if len(set(listed)) != len(listed):
            raise InvalidNetwork(what, listed, "names must differ between populations")


def _check_observables(observables: dict[str, Operator], populations: tuple[Population, ...]) -> None:
    measurable = [f for p in populations for f in p.fields if not f.is_response]
    for name, operator in observables.items():
        if operator.field not in measurable:
            allowed = f"must be a state or an activity of the ensemble: {', '.join(f.name for f in measurable)}"
            raise InvalidNetwork(f"observable {name}", operator.field.name, allowed)


def _check_coupling(coupling: Coupling, populations: tuple[Population, ...]) -> None:
    matrix = coupling.matrix
    responses = 0
    for operator, side in ((coupling.on_rows, matrix.rows), (coupling.on_columns, matrix.columns)):
        if side not in populations:
            raise InvalidNetwork(f"matrix {matrix.name}", side.name, "is between populations not in the ensemble")
        if operator.field.population not in {p.name for p in populations}:
            raise InvalidNetwork("operator", operator.field.name, "belongs to no population of the ensemble")
        if operator.field.population != side.name:
            raise InvalidNetwork(
                f"matrix {matrix.name}",
                operator.field.name,
                f"is used on {side.name}, where that field is not",
            )
        if not _is_monomial(operator.weight, {p.symbol for p in side.parameters}):
            raise InvalidNetwork("weight", str(operator.weight), f"must be a product of the parameters of {side.name}")
        responses += operator.field.is_response
    if responses != 1:
        raise InvalidNetwork(f"matrix {matrix.name}", responses, "must couple exactly one response field")


def _check_covariance(covariance: Covariance, used: dict[str, GaussianMatrix]) -> None:
    first, second = covariance.first, covariance.second
    for matrix in (first, second):
        if used.get(matrix.name) != matrix:
            raise InvalidNetwork("covariances", matrix.name, "names a matrix that no coupling uses")
    shape = (second.columns, second.rows) if covariance.transposed else (second.rows, second.columns)
    if (first.rows, first.columns) != shape:
        raise InvalidNetwork(
            "covariances",
            f"{first.name}, {second.name}",
            "the two matrices do not have these sites in common",
        )
    known = {p.symbol for side in (first.rows, first.columns) for p in side.parameters}
    if covariance.transposed and first.rows == first.columns and covariance.value.free_symbols & known:
        raise InvalidNetwork(
            "covariances", f"{first.name}, {second.name}: {covariance.value}", "cannot tell whose parameter is meant"
        )
    if not _is_monomial(covariance.value, known, allow_constants=True):
        raise InvalidNetwork("covariances", str(covariance.value), "must be a product, not a sum, of parameters")


def _check_correlations(covariances: tuple[Covariance, ...]) -> None:
    """Refuse numbers that no joint Gaussian has: |covariance| above the geometric mean of the variances."""
    variance = {c.first.name: c.value for c in covariances if c.first.name == c.second.name and not c.transposed}
    for name, value in variance.items():
        if value.is_negative:
            raise InvalidNetwork("covariances", f"{name}, {name}: {value}", "a variance must not be negative")
    for c in covariances:
        excess = c.value**2 - variance[c.first.name] * variance[c.second.name]
        if excess.is_positive:
            raise InvalidNetwork(
                "covariances", f"{c.first.name}, {c.second.name}: {c.value}", "gives a correlation above 1"
            )


def _number(expr: sp.Expr) -> float:
    if expr.free_symbols:
        raise KeyError
    return float(expr)


def _is_monomial(expr: sp.Expr, parameters: set[sp.Symbol], allow_constants: bool = False) -> bool:
    if expr == 0:
        return allow_constants
    constant, dependent = sp.sympify(expr, strict=True).as_independent(*parameters, as_Add=False)
    if not allow_constants and (constant.free_symbols or dependent.free_symbols - parameters):
        return False
    return all(factor.as_base_exp()[0] in parameters or factor == 1 for factor in sp.Mul.make_args(dependent))
