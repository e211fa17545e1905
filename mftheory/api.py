"""The verbs that need more than one package: numbers of an ensemble of your own, theory against the network itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mftheory.errors import InvalidNetwork, Quiescent, Unsupported
from mftheory.network import IID, Erf, Network, Nonlinearity, PartiallySymmetric, RandomMode
from mftheory.network.overlaps import Sigmoid

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.formulas import Formula
    from mftheory.kernels import Kernel
    from mftheory.network.sampled import Samplable
    from mftheory.results import Comparison, Simulation, Theory
    from mftheory.solve.settings import Settings

KEPT_DERIVATIONS = 16


def solve(
    network: "Network | GaussianEnsemble",
    settings: "Settings | None" = None,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
    **sampling: Any,
) -> "Theory":
    """Solve the mean-field theory of a network, or of an ensemble of your own.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        A network of independent couplings or modes, with or without gains; or an ensemble of one or several populations
        of leaky neurons whose inputs are Gaussian, their spectra sums of the activities' spectra and white noise.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.
    parameters : dict, for an ensemble
        The numbers behind its symbols, such as ``{"g": 2.0, "alpha": 0.5, "r_2": 1.0, "r_4": 1.5}``; or, instead of
        moments, the values of a per-site parameter as for `simulate`, ``{"g": 2.0, "alpha": 0.5, "D": [0.5, 1.0]}``.
    nonlinearity : Nonlinearity, or one for each activity by name, for an ensemble
        Erf() by default.
    **sampling
        Where neurons hear themselves (partial symmetry, overlaps): ``target``, the relative standard error of the
        dimension to be reached (0.01), ``seed``, ``jobs``, ``progress``; see `mftheory.solve.self_feedback.sampling`.

    Returns
    -------
    Theory
        Two- and four-point functions, dimensions and timescales in the limit N → ∞; with gains also of "Phi" and
        "readout"; of several populations those that the ensemble declares, each over the neurons of its population.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if it is neither, or a parameter is missing.
    Quiescent
        Without noise, if g_eff φ'(0) max|H(ω)| <= 1 (for leaky units, g_eff φ'(0) <= 1); of several populations, if
        one of them is still.
    NotConverged
        If the two-point solution was not found.
    CondensedModes
        Naming the mode, if overlaps put activity on single modes.
    Unsupported
        If the combination is not solved: where neurons hear themselves other dynamics than leaky or a φ that is not
        odd; of an ensemble of one's own, neurons that hear themselves.

    Notes
    -----
    Assumes a stationary fluctuating state, no condensed modes, N·PR ≫ 1 (THEORY.md §0). Time is in units of the
    neurons' time constant. Two-point functions [two-point, 36]; four-point functions from the derived kernels
    [psi-iid], [psi-x-iid], [psi-rmm], [psi-x-rmm], with gains [46a, 46b, J18]. With partial symmetry [H16, psi-sym] and
    overlaps [48, 49, psi-overlap] x is not Gaussian: what it differs by from a Gaussian process that responds as it
    does is sampled, and `Theory.dimension_error` is mostly the standard error of that.

    Examples
    --------
    >>> import mftheory as mf
    >>> theory = mf.solve(mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0)))
    >>> round(theory.dimension("phi"), 10)
    0.0280088559
    >>> theory = mf.solve(mf.Network(mf.PartiallySymmetric(3.0, symmetry=-0.3)), target=0.02, seed=0)
    >>> bool(theory.dimension_error() < 0.03 * theory.dimension()), list(theory.error_sources())
    (True, ['samples', 'iteration', 'step', 'period', 'smoothing'])
    """
    from mftheory.solve.self_feedback.sampling import Sampling
    from mftheory.solve.theory import solve as solve_network

    if not isinstance(network, Network):
        Sampling.of(sampling)  # checked, though nothing is sampled
        return _solve_ensemble(network, settings, parameters or {}, Erf() if nonlinearity is None else nonlinearity)
    _refuse_numbers(parameters, nonlinearity)
    return solve_network(network, settings, **sampling)


def _solve_ensemble(
    ensemble: "GaussianEnsemble",
    settings: "Settings | None",
    parameters: Mapping[str, Any],
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity],
) -> "Theory":
    from mftheory.action.sampling import nonlinearities_of
    from mftheory.action.values import Values
    from mftheory.solve.theory import assemble

    derived = _Derived.of(ensemble)
    if not _is_one_population(ensemble):
        return _solve_populations(derived, settings, parameters, nonlinearity)
    strength = derived.derivation.saddle_point.gaussian_input_strength()
    formulas = {name: derived.formula(name) for name in ("phi", "x")}
    (noise,) = (p.white_noise for p in ensemble.populations if not p.linear)
    needed = {s.name for expr in (strength, noise) for s in expr.free_symbols}
    for formula in formulas.values():
        needed |= {name for name, info in formula.symbols.items() if info.kind == "parameter"}
    values = Values(ensemble, parameters)
    used = {name: values.number(name, needed) for name in sorted(needed)}
    g_eff = float(strength.subs({s: used[s.name] for s in strength.free_symbols})) ** 0.5
    level = values.scalar(noise)
    if level < 0:
        raise InvalidNetwork("noise", level, "must not be negative")
    (phi,) = nonlinearities_of([p for p in ensemble.populations if not p.linear], nonlinearity).values()
    return assemble(ensemble, g_eff, phi, used, derived.kernel, settings=settings, noise=level**0.5)


class _Derived:
    """The derivation of an ensemble with its formulas and kernels, each made when first asked for and kept."""

    _known: ClassVar[dict[int, "_Derived"]] = {}

    def __init__(self, ensemble: "GaussianEnsemble") -> None:
        from mftheory.derive.derivation import derive

        self.derivation = derive(ensemble)
        self._formulas: dict[str, Formula] = {}
        self._kernels: dict[str, Kernel] = {}

    @classmethod
    def of(cls, ensemble: "GaussianEnsemble") -> "_Derived":
        """That of this very object, so that parameters can be varied without deriving again."""
        # By identity: an ensemble contains dicts. The derivation holds it, so its id is not given to another.
        found = cls._known.pop(id(ensemble), None) or cls(ensemble)
        cls._known[id(ensemble)] = found
        while len(cls._known) > KEPT_DERIVATIONS:
            del cls._known[next(iter(cls._known))]
        return found

    def formula(self, observable: str) -> "Formula":
        """Ψ of an observable."""
        if observable not in self._formulas:
            self._formulas[observable] = self.derivation.four_point(observable)
        return self._formulas[observable]

    def kernel(self, observable: str) -> "Kernel":
        """The formula, compiled."""
        if observable not in self._kernels:
            self._kernels[observable] = self.formula(observable).kernel()
        return self._kernels[observable]


def _is_one_population(ensemble: "GaussianEnsemble") -> bool:
    """Whether it is solved as a network is: N neurons, of "x" and "phi", and nothing else to be observed."""
    neurons = [p for p in ensemble.populations if not p.linear]
    fields = {name: (o.field.name, o.weight) for name, o in ensemble.observables.items()}
    return len(neurons) == 1 and neurons[0].size == 1 and fields == {"phi": ("phi", 1), "x": ("x", 1)}


def _solve_populations(
    derived: _Derived,
    settings: "Settings | None",
    parameters: Mapping[str, Any],
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity],
) -> "Theory":
    """Populations with inputs from each other: their declaration in numbers, kernels derived when first asked for."""
    from mftheory.action.sampling import nonlinearities_of
    from mftheory.action.values import Values
    from mftheory.solve.populations.network import CoupledPopulations, Neurons, Observable
    from mftheory.solve.populations.theory import assemble_populations

    ensemble, saddle_point = derived.derivation.ensemble, derived.derivation.saddle_point
    populations, strengths = saddle_point.gaussian_input_strengths()
    number = Values(ensemble, parameters).scalar
    phi = nonlinearities_of(populations, nonlinearity)
    neurons = tuple(
        Neurons(
            p.name,
            p.state.field.name,
            p.activity_name,
            number(p.size),
            phi[p.activity_name],
            number(p.white_noise),
        )
        for p in populations
    )
    coupled = CoupledPopulations(neurons, np.array([[number(g) for g in row] for row in strengths.tolist()]))
    observables = {}
    for name, operator in ensemble.observables.items():
        for k, p in enumerate(populations):
            if operator.field in (p.state.field, p.activity.field):
                second, fourth = (number(saddle_point.moment(operator.weight**n, p)) for n in (2, 4))
                observables[name] = Observable(k, operator.field.name, second, fourth)
    if not observables:
        raise Unsupported(f"ensemble {ensemble.name!r} declares nothing to observe of its neurons")

    @cache  # asked for at every evaluation of the integrand
    def kernel_of(name: str) -> "tuple[Kernel, dict[str, float]]":
        formula = derived.formula(name)
        means = [info.definition for info in formula.symbols.values() if info.kind == "moment"]
        if means:
            raise Unsupported(f"Psi of {name!r} contains {means[0]}: means of several parameters are not solved")
        used = {n: number(info.symbol) for n, info in formula.symbols.items() if info.kind == "parameter"}
        return derived.kernel(name), used

    kernel_of(next(iter(observables)))  # a parameter that is missing is missed at once
    return assemble_populations(ensemble, coupled, observables, kernel_of, settings)


def simulate(
    network: "Network | GaussianEnsemble",
    n: int,
    seed: int,
    *,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
    **settings: Any,
) -> "Simulation":
    """Simulate one network drawn from the ensemble: independent trajectories of the same couplings.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        What to simulate. Of an ensemble, populations of leaky neurons, coupled directly or through linear populations.
    n : int
        Neurons, at least 2; of an ensemble, its N: a population has round(size·n) sites.
    seed : int
        Seed of the couplings and, by independent streams, of the initial conditions and of independent parameters.
    parameters : dict, for an ensemble
        The numbers behind its symbols and the values of its per-site parameters, such as
        ``{"g": 2.0, "alpha": 0.5, "D": [0.5, 1.0]}``. Values are an array (resampled by quantiles to the number of
        sites), one number, a law (`Gains.exponential`), or a function of u in [0, 1], from an array to an array.
    nonlinearity : Nonlinearity, or one for each activity by name, for an ensemble
        Erf() by default.
    **settings
        Of the integration: ``target``, ``trajectories``, ``duration``, ``dt``, ``burn_in``, ``sampling_interval``,
        ``dtype``, ``integrator``, ``max_memory``, ``progress``; see `mftheory.simulate.simulate.simulate`.

    Returns
    -------
    Simulation
        Two- and four-point functions, dimensions and timescales with standard errors. Observables are "phi" and "x";
        with gains also "Phi" and "readout"; of an ensemble those that it declares, by default every state and activity
        of its neurons, each averaged over the neurons of its population. Its `.status` says whether the run was
        stationary; if not, a warning is given as well.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if one is out of range, missing, or the covariances belong to no Gaussian.
    NotConverged
        If the state overflows.
    Unsupported
        If a population of the ensemble cannot be simulated.

    Notes
    -----
    Assumes an odd φ (no mean to subtract) and a stationary state that forgets its initial condition (THEORY.md §0, §8).
    Results repeat bit for bit on one machine with the same arguments and BLAS threads.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.action.ensembles import BUILT_IN
    >>> mine = BUILT_IN["random-mode"]()  # or one of your own
    >>> numbers = {"alpha": 0.5, "D": [3.0, 6.0]}
    >>> run = mf.simulate(mine, n=100, seed=0, parameters=numbers, trajectories=16, duration=20.0)
    >>> run.observables, run.status
    (('phi', 'x'), 'equilibrated')
    """
    from mftheory.simulate.simulate import simulate as simulate_network

    return simulate_network(_samplable(network, parameters, nonlinearity), n, seed, **settings)


def _samplable(
    network: "Network | GaussianEnsemble",
    parameters: Mapping[str, Any] | None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None,
) -> "Samplable":
    """A network as it is, an ensemble with its numbers."""
    if isinstance(network, Network):
        _refuse_numbers(parameters, nonlinearity)
        return network
    from mftheory.action.sampling import SamplableEnsemble

    return SamplableEnsemble(network, parameters or {}, Erf() if nonlinearity is None else nonlinearity)


def _refuse_numbers(parameters: Any, nonlinearity: Any) -> None:
    for name, value in (("parameters", parameters), ("nonlinearity", nonlinearity)):
        if value is not None:
            raise InvalidNetwork(name, value, "is for a GaussianEnsemble; a Network has its own")


def compare(
    network: "Network | GaussianEnsemble | Sequence[Network | GaussianEnsemble]",
    n: int | Sequence[int] = (500, 1000, 2000),
    seeds: int | Sequence[int] | Mapping[int, int | Sequence[int]] = 8,
    observable: str = "phi",
    labels: Sequence[Mapping[str, float]] | None = None,
    jobs: int = -1,
    progress: bool = False,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
    sampling: Mapping[str, Any] | None = None,
    **simulation: Any,
) -> "Comparison":
    """Theory against simulation: dimensions of sampled networks, extrapolated in 1/N, in standard errors.

    Parameters
    ----------
    network : Network or GaussianEnsemble, or a sequence of them
        One or several points.
    n : int or sequence of int
        Sizes to simulate; with several, the limit N → ∞ is extrapolated from all of them.
    seeds : int, sequence of int, or mapping
        Networks a size: their number, their seeds, or either of these for each size. At least two. From a number, seeds
        are made that differ between points and sizes, the same at every call.
    observable : str
        Whose dimension is compared: "phi" or "x"; of an ensemble, any that it declares.
    labels : sequence of mappings, optional
        How to name each point; by default its ``g_eff`` and, for modes, ``effective_rank``; for an ensemble its name
        and numbers.
    jobs : int
        Processes, each with its share of the cores; all cores by default. Results are reproducible on one machine for
        equal `jobs`.
    progress : bool
        Show a progress bar.
    parameters, nonlinearity : for ensembles
        As for `simulate`; the same at every point.
    sampling : dict, where neurons hear themselves
        How long the theory samples, such as ``{"target": 0.003}``; see `solve`. Its standard error counts in z.
    **simulation
        Settings of `simulate`, such as ``trajectories`` and ``duration``.

    Returns
    -------
    Comparison
        z-scores are two-sided and include the spread between networks, and the theory's standard error. Each point
        states its power against a simpler theory: of modes that overlap, the same modes without overlaps; of random
        modes, and of partial symmetry, an i.i.d. network of equal g_eff.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a size, a seed or a setting is not allowed.
    Quiescent
        If a network has no fluctuating state.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0))
    >>> result = mf.compare(net, n=[60, 120], seeds=4, trajectories=16, duration=20.0)
    >>> len(result.points[0].records)
    8
    """
    from mftheory.compare.compare import Point
    from mftheory.compare.compare import compare as compare_records

    networks = list(network) if isinstance(network, Sequence) and not isinstance(network, str) else [network]
    if not networks:
        raise InvalidNetwork("network", network, "must be a Network or a GaussianEnsemble, or some of them")
    drawn_from = [_samplable(net, parameters, nonlinearity) for net in networks]
    sizes = _sizes(n)
    if not isinstance(jobs, int) or jobs == 0:
        raise InvalidNetwork("jobs", jobs, "must be a number of processes, or -1 for all cores")
    runs = [(k, size, seed) for k in range(len(networks)) for size in sizes for seed in _seeds(seeds, k, size)]
    # Before any simulation: a network may be quiescent.
    sampled = {"progress": progress, **(sampling or {})}
    theories = [solve(net, parameters=parameters, nonlinearity=nonlinearity, **sampled) for net in networks]
    predicted = [theory.dimension(observable) for theory in theories]
    # Long runs first, so that no core waits for the last one.
    runs.sort(key=lambda run: -run[1])
    found = _simulate_all(
        [(drawn_from[k], size, seed) for k, size, seed in runs], observable, simulation, jobs, progress
    )
    records: list[list[dict[str, Any]]] = [[] for _ in networks]
    for (k, _, _), record in zip(runs, found, strict=True):
        records[k].append(record)
    return compare_records(
        [
            Point(
                theory=predicted[k],
                records=records[k],
                alternative=_simpler(net, observable),
                label=_label(net, parameters) if labels is None else labels[k],
                size=theories[k].sizes.get(observable, 1.0),
                theory_error=theories[k].dimension_error(observable),
            )
            for k, net in enumerate(networks)
        ],
        observable,
    )


def _sizes(n: int | Sequence[int]) -> list[int]:
    sizes = [n] if not isinstance(n, Iterable) else list(n)
    if not sizes or len(set(sizes)) < len(sizes) or not all(isinstance(size, Integral) and size >= 2 for size in sizes):
        raise InvalidNetwork("n", n, "must be a whole number of at least 2, or several different ones")
    return sizes


def _seeds(seeds: int | Sequence[int] | Mapping[int, int | Sequence[int]], point: int, size: int) -> Sequence[int]:
    if isinstance(seeds, Mapping):
        if size not in seeds:
            raise InvalidNetwork("seeds", dict(seeds), f"must have an entry for n = {size}")
        seeds = seeds[size]
    if isinstance(seeds, int):
        # Independent between points and sizes: shared disorder would correlate their deviations.
        keys = [(point, size, k) for k in range(seeds)]
        listed = [int(np.random.SeedSequence(0, spawn_key=key).generate_state(1)[0]) for key in keys]
    else:
        listed = list(seeds)
    if len(set(listed)) < 2:
        raise InvalidNetwork("seeds", seeds, "must give at least two different networks a size")
    return listed


def _simulate_all(
    runs: list[tuple["Samplable", int, int]], observable: str, settings: dict[str, Any], jobs: int, progress: bool
) -> list[dict[str, Any]]:
    from joblib import Parallel, cpu_count, delayed, parallel_config

    workers = min(jobs if jobs > 0 else cpu_count(), len(runs))
    threads = max(1, cpu_count() // workers)
    with parallel_config(backend="loky", n_jobs=workers, inner_max_num_threads=threads):
        done: Iterable[dict[str, Any]] = Parallel(return_as="generator")(
            delayed(_simulated)(net, size, seed, observable, settings) for net, size, seed in runs
        )
        if progress:
            from tqdm import tqdm

            done = tqdm(done, total=len(runs), desc="simulate", unit="network", disable=None)  # silent in a log
        return list(done)


def _simulated(network: "Samplable", n: int, seed: int, observable: str, settings: dict[str, Any]) -> dict[str, Any]:
    from mftheory.simulate.simulate import simulate

    return simulate(network, n, seed, **settings).record(observable)


def _simpler(network: "Network | GaussianEnsemble", observable: str) -> float | None:
    """The prediction with overlaps, else κ, else the symmetry removed: what a comparison must tell from the theory."""
    if not isinstance(network, Network) or isinstance(network.connectivity, IID):
        return None
    connectivity = network.connectivity
    if isinstance(connectivity, RandomMode) and connectivity.overlaps is not None:
        simpler: RandomMode | IID = replace(connectivity, overlaps=None)
    else:
        simpler = IID(connectivity.g_eff)
    try:
        return solve(replace(network, connectivity=simpler)).dimension(observable)
    except Quiescent:  # it fluctuates because its neurons hear themselves
        return None


def _label(network: "Network | GaussianEnsemble", parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    if not isinstance(network, Network):
        numbers = {name: value for name, value in (parameters or {}).items() if np.ndim(value) == 0}
        return {"ensemble": network.name, **{k: v for k, v in numbers.items() if isinstance(v, Real)}}
    label = {"g_eff": network.g_eff}
    connectivity = network.connectivity
    if isinstance(connectivity, RandomMode):
        label["effective_rank"] = connectivity.effective_rank
        if isinstance(connectivity.overlaps, Sigmoid):
            label["overlap_amplitude"] = connectivity.overlaps.amplitude
    if isinstance(connectivity, PartiallySymmetric):
        label["symmetry"] = connectivity.symmetry
    if network.gains is not None:
        label["PR_G"] = network.gains.participation_ratio
    if network.noise > 0:
        label["noise"] = network.noise
    return label
