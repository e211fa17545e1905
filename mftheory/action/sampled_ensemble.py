"""One network of a declared ensemble: its Gaussian matrices drawn, its instantaneous populations eliminated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.action.composition import effective_couplings, site_weights, units
from mftheory.action.disorder import GaussianEnsemble
from mftheory.action.fields import Operator, Population, omega
from mftheory.action.joint import covarying_groups
from mftheory.action.matrices import draw_group
from mftheory.action.population_filters import at_sites, is_instantaneous, population_filter
from mftheory.action.values import Values
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Couplings, Erf, Nonlinearity
from mftheory.network.arithmetic import OF_ENSEMBLES, NoArithmetic
from mftheory.network.curve import checked as checked_nonlinearity
from mftheory.network.sampled import NeuronGroup, SampledNetwork

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SamplableEnsemble(NoArithmetic):
    """An ensemble with a number for each of its symbols: networks can be drawn from it.

    Parameters
    ----------
    ensemble : GaussianEnsemble
        Populations of neurons with rational filters, coupled directly or through linear populations, which have filters
        of their own or are instantaneous.
    parameters : mapping
        Numbers for its symbols and values for its per-site parameters; see `Values`.
    nonlinearity : Nonlinearity or mapping, optional
        φ of all neurons, or one for each activity by its name, such as ``{"phiE": Erf(), "phiI": Tanh()}``. Erf() by
        default.

    Raises
    ------
    InvalidNetwork
        Naming the parameter that is missing, unknown or out of range.
    Unsupported
        If the filter of a population is not rational, strictly proper and stable (or 1, of a linear one); if a
        nonlinearity differs between neurons; if noise is not white, or drives instantaneous sites.

    Notes
    -----
    In a network of n, a population has round(size·n) sites and a covariance is value/n. Entries X_ii of a matrix with
    ⟨X_ij X_ji⟩ = σ/n have the variance (⟨X_ij²⟩ + ⟨X_ij X_ji⟩): the choice does not matter as n → ∞.

    Examples
    --------
    >>> from mftheory.action.built_in import BUILT_IN
    >>> from mftheory.action.sampled_ensemble import SamplableEnsemble
    >>> modes = SamplableEnsemble(BUILT_IN["random-mode"](), {"alpha": 0.2, "D": [3.0, 6.0]})
    >>> network = modes.draw(100, seed=0)
    >>> type(network.couplings).__name__, network.couplings.dense().shape, network.observables
    ('Factored', (100, 100), ('phi', 'x'))
    """

    ensemble: GaussianEnsemble
    parameters: Mapping[str, Any]
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] = field(default_factory=Erf)
    _values: Values = field(init=False, repr=False)
    _nonlinearities: dict[str, Nonlinearity] = field(init=False, repr=False)

    _instead = OF_ENSEMBLES

    def __post_init__(self) -> None:
        if not isinstance(self.ensemble, GaussianEnsemble):
            raise InvalidNetwork("network", self.ensemble, "must be a Network or a GaussianEnsemble")
        for population in self.ensemble.populations:
            _check_simulated(population)
        _check_sources(self.ensemble)
        if not self._neurons:
            raise Unsupported(f"ensemble {self.ensemble.name!r} has no neurons: every population is linear")
        values = Values(self.ensemble, self.parameters)
        values.check(moments=False)
        for population in units(self.ensemble):
            population_filter(population, values, None)  # refused before anything is drawn
        object.__setattr__(self, "_values", values)
        phis = nonlinearities_of(self._neurons, self.nonlinearity)
        object.__setattr__(self, "_nonlinearities", phis)
        alike = not isinstance(self.nonlinearity, Mapping)
        object.__setattr__(self, "nonlinearity", next(iter(phis.values())) if alike else phis)  # functions as tables

    def draw(self, n: int, seed: int) -> SampledNetwork:
        """Draw one network: couplings between all units, the instantaneous populations eliminated.

        Linear populations with a filter come after all neurons, each state of their sites as a unit with φ(x) = x that
        has no observables.
        """
        n = checks.integer("n", n, at_least=2)
        seed = checks.integer("seed", seed, at_least=0)
        sites, sizes = self.sites(n, seed), self._sizes(n)
        couplings = effective_couplings(self.ensemble, self.matrices(n, seed), sizes, sites)
        groups = tuple(
            group
            for p in units(self.ensemble)
            for group in [self._group(p, sizes[p.name], sites[p.name])] * len(p.states)
        )
        return SampledNetwork(couplings, groups, _scale(couplings, seed), tuple(self._observables()))

    def matrices(self, n: int, seed: int) -> dict[str, Array]:
        """Draw the Gaussian matrices by name, each of shape (sites of its rows, sites of its columns)."""
        rng = np.random.default_rng(checks.integer("seed", seed, at_least=0))
        sites, sizes = self.sites(n, seed), self._sizes(n)
        drawn: dict[str, Array] = {}
        for group in covarying_groups(self.ensemble):
            drawn |= draw_group(group, self.ensemble.covariances, self._values, sites, sizes, rng)
        return {name: matrix / np.sqrt(n) for name, matrix in drawn.items()}

    def sites(self, n: int, seed: int) -> dict[str, dict[str, Array]]:
        """Return the values of every per-site parameter, by population and parameter."""
        sizes = self._sizes(n)
        return {p.name: self._values.sites(p, sizes[p.name], seed) for p in self.ensemble.populations}

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_short(value)}" for name, value in self.parameters.items())
        return f"SamplableEnsemble({self.ensemble.name!r}, {shown}; {self.nonlinearity!r})"

    @property
    def _neurons(self) -> list[Population]:
        return [p for p in self.ensemble.populations if not p.linear]

    def _group(self, population: Population, size: int, sites: Mapping[str, Array]) -> NeuronGroup:
        """Return the neurons of a population, or the sites of a linear one in one of their states."""
        measured = {
            name: (operator.field.kind, site_weights(operator, sites, size))
            for name, operator in self._observables().items()
            if operator.field.population == population.name
        }
        return NeuronGroup(
            size,
            Nonlinearity("x") if population.linear else self._nonlinearities[population.activity_name],
            states={name: weights for name, (kind, weights) in measured.items() if kind == "state"},
            activities={name: weights for name, (kind, weights) in measured.items() if kind == "activity"},
            dynamics=population_filter(population, self._values, sites),
            noise=self._noise(population, sites),
        )

    def _noise(self, population: Population, sites: Mapping[str, Array]) -> float | Array:
        """Return σ of all sites of a population, or of each."""
        power = population.white_noise
        own = {p.symbol for p in population.parameters}
        numbers = {s: self._values.number(s.name) for s in power.free_symbols - own}
        levels = at_sites(power.subs(numbers), sites)
        if levels.min() < 0:
            raise InvalidNetwork(f"population {population.name!r}: noise", float(levels.min()), "must not be negative")
        return float(np.sqrt(levels)) if levels.ndim == 0 else np.sqrt(levels)

    def _sizes(self, n: int) -> dict[str, int]:
        return {p.name: self._values.size(p, n) for p in self.ensemble.populations}

    def _observables(self) -> dict[str, Operator]:
        """Return the neurons' observables: states, and the activities that are sent."""
        own = {f for p in self._neurons for f in (p.state.field, p.activity.field)}
        return {name: operator for name, operator in self.ensemble.observables.items() if operator.field in own}


def _check_simulated(population: Population) -> None:
    name = population.name
    if population.linear and not population.inverse_transfer.has(omega) and not is_instantaneous(population):
        given = population.inverse_transfer
        raise Unsupported(
            f"population {name!r}: its transfer {given} is not simulated of linear sites, only 1 or a filter"
        )
    if population.white_noise != 0 and is_instantaneous(population):
        raise Unsupported(f"population {name!r}: noise is simulated in neurons and filters, not in instantaneous sites")
    if population.activity_name in population.heterogeneous:
        raise Unsupported(
            f"population {name!r}: a nonlinearity that differs between neurons is not simulated; "
            f"declare gains as a parameter"
        )


def _check_sources(ensemble: GaussianEnsemble) -> None:
    """Refuse an ensemble whose neurons send something other than their activity."""
    sent = {p.activity.field for p in ensemble.populations if not p.linear}
    sent |= {u.field for p in ensemble.populations if p.linear for u in p.states}
    for coupling in ensemble.couplings:
        for operator in (coupling.on_rows, coupling.on_columns):
            if not operator.field.is_response and operator.field not in sent:
                name, matrix = operator.field.name, coupling.matrix.name
                raise Unsupported(f"matrix {matrix!r} carries {name}: only a neuron's own activity is simulated")


def nonlinearities_of(neurons: Sequence[Population], given: Any) -> dict[str, Nonlinearity]:
    """Return φ of each population of neurons, by the name of its activity."""
    names = [p.activity_name for p in neurons]
    if not isinstance(given, Mapping):
        return dict.fromkeys(names, checked_nonlinearity(given))
    if set(given) != set(names):
        raise InvalidNetwork("nonlinearity", sorted(given), f"must be one for each of {', '.join(names)}")
    return {name: checked_nonlinearity(given[name]) for name in names}


def _scale(couplings: Couplings, seed: int) -> float:
    """Return the root mean square of J ξ for standard normal ξ: g_eff, of this J."""
    # Spawn key 3: independent of the matrices (no key), the initial conditions (1) and the sites (2).
    normal = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,))).standard_normal(couplings.n)
    return float(np.sqrt(np.mean(np.square(couplings @ normal))))


def _short(value: Any) -> str:
    return f"array of {len(value)}" if np.ndim(value) == 1 else repr(value)
