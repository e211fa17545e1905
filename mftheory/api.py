"""The verbs that need more than one package: numbers of an ensemble of your own, theory against the network itself."""

import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mftheory.errors import InvalidNetwork, Quiescent, Unsupported
from mftheory.network import IID, Erf, Network, Nonlinearity, PartiallySymmetric, RandomMode, _check
from mftheory.network.overlaps import Sigmoid

if TYPE_CHECKING:
    from os import PathLike

    import xarray

    from mftheory.action import GaussianEnsemble
    from mftheory.action.sampling import SamplableEnsemble
    from mftheory.formulas import Formula
    from mftheory.kernels import Kernel
    from mftheory.network.sampled import Samplable
    from mftheory.planning.plan import Plan
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
    network: "Network | GaussianEnsemble | Sequence[Network | GaussianEnsemble] | xarray.Dataset",
    n: int | Sequence[int] = (500, 1000, 2000),
    seeds: int | Sequence[int] | Mapping[int, int | Sequence[int]] = 8,
    observable: str = "phi",
    labels: Sequence[Mapping[str, float]] | None = None,
    jobs: int = -1,
    progress: bool = False,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
    sampling: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
    common_disorder: bool = False,
    threads: int = 1,
    scheduler: str | None = None,
    **simulation: Any,
) -> "Comparison":
    """Theory against simulation: dimensions of sampled networks, extrapolated in 1/N, in standard errors.

    Parameters
    ----------
    network : Network or GaussianEnsemble, or a sequence of them, or the data set of a sweep
        One or several points; or what ``mf.sweep(..., what="compare")`` returned or stored, of which only `observable`
        is chosen and nothing is computed again.
    n : int or sequence of int
        Sizes to simulate; with several, the limit N → ∞ is extrapolated from all of them.
    seeds : int, sequence of int, or mapping
        Networks a size: their number, their seeds, or either of these for each size. At least two. From a number, seeds
        are made of `seed`, the network's parameters, its size and its place among them: the same at every call,
        whatever else is compared; equal networks have equal ones.
    observable : str
        Whose dimension is compared: "phi" or "x"; of an ensemble, any that it declares.
    labels : sequence of mappings, optional
        How to name each point; by default its ``g_eff`` and, for modes, ``effective_rank``; for an ensemble its name
        and numbers.
    jobs : int
        Processes; all cores by default. Results do not depend on their number.
    progress : bool
        Show a progress bar; in a log, a line now and then.
    parameters, nonlinearity : for ensembles
        As for `simulate`; the same at every point.
    sampling : dict, where neurons hear themselves
        How long the theory samples, such as ``{"target": 0.003}``; see `solve`. Its standard error counts in z.
    seed : int
        What seeds are made from.
    common_disorder : bool
        Make them without the parameters: all points then draw from the same random numbers. Curves become smooth, and
        the deviations of their points correlated.
    threads : int
        Of each process; worth more than 1 where there are fewer networks than cores. Results repeat for equal
        `threads`.
    scheduler : str, optional
        Address of a Dask scheduler whose workers simulate instead; see `sweep`.
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
    from mftheory.network.digest import digest
    from mftheory.progress import Progress
    from mftheory.sweeps.execute import Task, execute, quietly
    from mftheory.sweeps.seeds import network_seeds

    if hasattr(network, "data_vars"):
        from mftheory.sweeps.dataset import comparison

        return comparison(network, observable)  # type: ignore[arg-type]
    networks = list(network) if isinstance(network, Sequence) and not isinstance(network, str) else [network]
    if not networks:
        raise InvalidNetwork("network", network, "must be a Network or a GaussianEnsemble, or some of them")
    drawn_from = [_samplable(net, parameters, nonlinearity) for net in networks]
    sizes = _sizes(n)
    _check_settings(simulation)
    seed = _check.integer("seed", seed, at_least=0)
    runs = [
        (k, size, own)
        for k, net in enumerate(drawn_from)
        for size in sizes
        for own in network_seeds(seeds, size, digest(net), seed, common_disorder)
    ]
    # Before any simulation: a network may be quiescent.
    sampled = {"progress": progress, **(sampling or {})}
    theories = [solve(net, parameters=parameters, nonlinearity=nonlinearity, **sampled) for net in networks]
    predicted = [theory.dimension(observable) for theory in theories]
    # Long runs first, so that no core waits for the last one.
    order = sorted(range(len(runs)), key=lambda i: -runs[i][1])
    tasks = [
        Task(quietly, (_simulated, drawn_from[k], size, own, (observable,), (), simulation)) for k, size, own in runs
    ]
    records: dict[int, dict[str, Any]] = {}
    costs = [float(size) ** 2 for _, size, _ in runs]
    with Progress(sum(costs), "simulate", "network", parts=len(runs), enabled=progress) as bar:
        for j, record in execute([tasks[i] for i in order], jobs, threads, scheduler):
            records[order[j]] = record["observables"][observable]
            bar.update(costs[order[j]])
    poor = [record["status"] for record in records.values() if record["status"] != "equilibrated"]
    if poor:
        warnings.warn(f"{len(poor)} of {len(runs)} networks are in doubt, such as: {poor[0]}", stacklevel=2)
    return compare_records(
        [
            Point(
                theory=predicted[k],
                records=[records[i] for i, run in enumerate(runs) if run[0] == k],
                alternative=_simpler(net, observable),
                label=_label(net, parameters) if labels is None else labels[k],
                size=theories[k].sizes.get(observable, 1.0),
                theory_error=theories[k].dimension_error(observable),
            )
            for k, net in enumerate(networks)
        ],
        observable,
    )


def sweep(
    family: "Callable[..., Network | SamplableEnsemble]",
    over: Mapping[str, Sequence[Any]],
    what: str = "solve",
    store: "str | PathLike[str] | None" = None,
    *,
    observables: str | Sequence[str] = "phi",
    tau: Sequence[float] = (),
    n: int | Sequence[int] = (500, 1000, 2000),
    seeds: int | Sequence[int] | Mapping[int, int | Sequence[int]] = 8,
    seed: int = 0,
    common_disorder: bool = False,
    jobs: int = -1,
    threads: int = 1,
    scheduler: str | None = None,
    progress: bool = False,
    sampling: Mapping[str, Any] | None = None,
    **simulation: Any,
) -> "xarray.Dataset":
    """Solve, simulate or compare on a grid of parameters, in parallel, resumably.

    Parameters
    ----------
    family : callable
        From the parameters in `over`, by keyword, to a Network; or to an ensemble with its numbers
        (`mftheory.action.sampling.SamplableEnsemble`). Any function will do, a lambda too: it is called here.
    over : dict of str to sequence
        Values of each parameter, numbers or texts. Every combination is a point.
    what : {"solve", "simulate", "compare"}
        The theory of each point; some networks of each; or both, with the theory's deviation in standard errors.
    store : path, optional
        A netCDF file (.nc) into which results stream, to be opened with xarray at any time, and beside it its journal.
        The same command continues where it was stopped, by whatever, and more values, sizes or networks extend it;
        another command on the same store is refused. Without it, results are only returned.
    observables : str or sequence of str
        "phi", "x", with gains "Phi" and "readout"; of an ensemble any that it declares.
    tau : sequence of float, optional
        Lags, in units of the neurons' time constant, at which C(τ) and Ψ(τ, 0)/Ψ(0, 0) are kept as well; of
        simulations multiples of the sampling interval.
    n, seeds
        Sizes, and networks a size, as for `compare`; a simulation may have one network a size.
    seed : int
        What the seeds of networks are made from, together with the network's own parameters, its size and its place
        among them: no result depends on what else is in the sweep, on the order, or on `jobs`.
    common_disorder : bool
        Make them without the parameters: all points then draw from the same random numbers. Curves become smooth, and
        the deviations of their points correlated.
    jobs : int
        Processes; all cores by default.
    threads : int
        Of each process. Results repeat bit for bit, on one machine, for equal `threads`.
    scheduler : str, optional
        Address of a Dask scheduler, such as "tcp://host:8786", whose workers do the work instead of processes here.
        They need this package in the same version; numbers of other machines may differ in their last digits.
    progress : bool
        Show a progress bar with the time to go; in a log, a line now and then.
    sampling : dict, where neurons hear themselves
        How long the theory samples, such as ``{"target": 0.003}``; see `solve`.
    **simulation
        Settings of `simulate`, such as ``trajectories``, ``duration`` and ``target``.

    Returns
    -------
    xarray.Dataset
        Dimensions are the parameters and "observable"; of networks also "n" and "network". Variables have their units
        and meaning, the data set its provenance. Where there is no number (a quiescent point, say) there is NaN, the
        reason in `status`, and one warning that counts them. ``mf.compare(data)`` makes a `Comparison` of a compared
        sweep, with its table and picture; `mftheory.plots.sweep` draws any.

    Raises
    ------
    InvalidNetwork
        Naming the argument, also if nothing can be done with it at any point.
    InvalidFile
        If the store belongs to another sweep or is in use, or its disk is full: what was finished is kept.
    MFTheoryError
        If workers keep dying: what was finished is kept.

    Notes
    -----
    Seeds are spawn keys of `numpy.random.SeedSequence`; assumptions are those of `solve` and `simulate` (THEORY.md §0,
    §8).

    Examples
    --------
    >>> import mftheory as mf
    >>> def family(g_eff, effective_rank):
    ...     return mf.Network(mf.RandomMode.exponential(g_eff, effective_rank))
    >>> data = mf.sweep(family, over={"g_eff": [3.0, 6.0], "effective_rank": [0.5, 1.0]}, jobs=1)
    >>> data["dimension"].sel(observable="phi").round(4).values
    array([[0.0195, 0.028 ],
           [0.0361, 0.051 ]])
    """
    from importlib.metadata import version
    from pathlib import Path

    from mftheory.solve.self_feedback.sampling import Sampling
    from mftheory.sweeps.grid import Grid
    from mftheory.sweeps.plan import Plan
    from mftheory.sweeps.sweep import Work, run

    if what not in ("solve", "simulate", "compare"):
        raise InvalidNetwork("what", what, "must be 'solve', 'simulate' or 'compare'")
    grid = Grid.of(over)
    names = (observables,) if isinstance(observables, str) else tuple(observables)
    if not names or len(set(names)) < len(names) or not all(isinstance(a, str) for a in names):
        raise InvalidNetwork("observables", observables, "must be the name of an observable, or different ones")
    lags = tuple(dict.fromkeys(_check.nonnegative("tau", t) for t in tau))
    _check_settings(simulation)
    if what == "solve" and simulation:
        raise InvalidNetwork(next(iter(simulation)), next(iter(simulation.values())), "is not for what='solve'")
    Sampling.of(sampling or {})
    networks = grid.networks(family)
    plan = Plan.of(
        what,  # type: ignore[arg-type]
        grid,
        networks,
        names,
        tau=lags,
        n=_sizes(n),
        seeds=seeds,
        seed=_check.integer("seed", seed, at_least=0),
        common_disorder=bool(common_disorder),
        threads=threads,
        simulation=simulation,
        theory=sampling,
        version=version("mftheory"),
    )
    return run(
        plan,
        Work(_solved, _simulated),
        None if store is None else Path(store),
        jobs=jobs,
        threads=threads,
        scheduler=scheduler,
        progress=progress,
        theory=sampling,
        simulation=simulation,
    )


def plan(
    network: Network,
    target: float = 0.01,
    n: int | Sequence[int] | None = None,
    seconds: float | None = None,
    max_memory: float = 4e9,
    observable: str = "phi",
) -> "Plan":
    """Which sizes, how many networks and how long a simulation a comparison needs, and what it costs on this machine.

    Nothing is simulated: the theory is solved, two short operations are timed (0.2 s), and measured laws say how much
    sampled networks differ from each other and from the limit (`mftheory.planning.precision`).

    Parameters
    ----------
    network : Network
        What to simulate.
    target : float
        Wanted standard error of the dimension at N → ∞, as a fraction of it, above 0 and below 1.
    n : int or sequence of int, optional
        Sizes, if they are given already: how many networks then, and how long. One size is not extrapolated.
    seconds : float, optional
        Wall time allowed: if it is not enough for the target, the error that it is enough for.
    max_memory : float
        Bytes allowed, all processes together.
    observable : str
        Whose dimension: "phi" or "x"; with gains also "Phi" or "readout".

    Returns
    -------
    Plan
        Print its `.table()`; run it by ``mf.compare(network, **plan.arguments)``. Its `.distinguish` are the runs that
        tell the theory from its simpler neighbour (overlaps, κ or symmetry removed) at five standard errors.

    Raises
    ------
    InvalidNetwork
        Naming the argument that is out of range.
    Quiescent
        If the network has no fluctuating state.
    Unsupported
        For a GaussianEnsemble, and where the theory has no solution.

    Notes
    -----
    Assumes what the theory does (THEORY.md §0), and that the laws, measured for independent couplings and modes (§8),
    hold: the predicted error is then within a factor 1.3 of the one that `compare` finds, the time within a factor 2.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0))
    >>> plan = mf.plan(net, target=0.1)
    >>> plan.smallest, plan.measure.error <= 0.1, sorted(plan.arguments)
    (358, True, ['duration', 'jobs', 'n', 'observable', 'seeds', 'trajectories'])
    """
    from mftheory.planning.make import make

    if not isinstance(network, Network):
        if isinstance(network, type) or not hasattr(network, "populations"):
            raise InvalidNetwork("network", network, "must be a Network")
        raise Unsupported("plan: the spread between networks was measured for networks, not for a GaussianEnsemble")
    target = _check.positive("target", target)
    if target >= 1:
        raise InvalidNetwork("target", target, "must be above 0 and below 1")
    sizes = None if n is None else _sizes(n)
    seconds = None if seconds is None else _check.positive("seconds", seconds)
    theory = solve(network)
    theory.dimension(observable)  # an unknown one is refused before more is solved
    return make(
        network,
        theory,
        _simpler(network, observable),
        target=target,
        sizes=sizes,
        seconds=seconds,
        max_memory=_check.positive("max_memory", max_memory),
        observable=observable,
        label=_label(network, None),
    )


def _sizes(n: int | Sequence[int]) -> list[int]:
    sizes = [n] if not isinstance(n, Iterable) else list(n)
    if not sizes or len(set(sizes)) < len(sizes) or not all(isinstance(size, Integral) and size >= 2 for size in sizes):
        raise InvalidNetwork("n", n, "must be a whole number of at least 2, or several different ones")
    return [int(size) for size in sizes]


def _check_settings(simulation: Mapping[str, Any]) -> None:
    """Settings of `simulate` by name; those that a comparison or a sweep has of its own are not among them."""
    from inspect import signature

    from mftheory.simulate.simulate import simulate as simulate_network

    own = {"network", "n", "seed", "observables", "progress"}
    own |= {"covariance", "components", "response", "keep_states"}  # of what they add nothing would be kept
    known = [name for name in signature(simulate_network).parameters if name not in own]
    for name, value in simulation.items():
        if name not in known:
            raise InvalidNetwork(name, value, f"is no setting of these simulations; those are {', '.join(known)}")


_SOLVED_ENSEMBLES: "dict[str, GaussianEnsemble]" = {}


def _solved(
    network: "Samplable",
    observables: tuple[str, ...],
    tau: tuple[float, ...],
    alternative: bool,
    sampling: Mapping[str, Any],
) -> dict[str, Any]:
    """The numbers of one theory, JSON-ready: what a worker returns."""
    if isinstance(network, Network):
        given: Network | GaussianEnsemble = network
        theory = solve(network, **{"jobs": 1, **sampling})
    else:
        from mftheory.action.sampling import SamplableEnsemble
        from mftheory.network.digest import digest

        assert isinstance(network, SamplableEnsemble)
        # Each task brings a copy of its own; what was derived for one serves all that are equal.
        given = _SOLVED_ENSEMBLES.setdefault(digest(network.ensemble), network.ensemble)
        theory = solve(given, parameters=network.parameters, nonlinearity=network.nonlinearity)
    found: dict[str, Any] = {}
    for a in observables:
        found[a] = {
            "dimension": float(theory.dimension(a)),
            "dimension_error": float(theory.dimension_error(a)),
            "C": float(theory.C(a, 0.0)),
            "C_error": float(theory.C_error(a, 0.0)),
            "share": float(theory.sizes.get(a, 1.0)),
        }
        if alternative:
            found[a]["alternative"] = _simpler(given, a)
        if tau:
            found[a] |= {
                "C_tau": theory.C(a, tau).tolist(),
                "C_tau_error": theory.C_error(a, tau).tolist(),
                "timescale": theory.timescale(a, tau).tolist(),
                "timescale_error": [math.nan] * len(tau),  # not estimated
            }
    gain = float(theory.gain) if np.ndim(theory.gain) == 0 else None
    return {"status": theory.status, "gain": gain, "observables": found}


def _simulated(
    network: "Samplable",
    n: int,
    seed: int,
    observables: tuple[str, ...],
    tau: tuple[float, ...],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """The numbers of one network, JSON-ready: what a worker returns."""
    from mftheory.simulate.simulate import simulate

    # Longer lags cost time and are asked for by nobody.
    run = simulate(network, n, seed, **{"max_lag": max(tau, default=0.0), **settings}, observables=observables)
    found: dict[str, Any] = {}
    for a in observables:
        errors = {"two_point_error": run.C(a).error, "four_point_error": run.Psi(a).error}
        found[a] = run.record(a) | errors
        if tau:
            for name, estimates in (
                ("C_tau", [run.C(a, t) for t in tau]),
                ("timescale", [run.timescale(a, t) for t in tau]),
            ):
                found[a] |= {name: [e.value for e in estimates], f"{name}_error": [e.error for e in estimates]}
    about = {name: float(getattr(run, name)) for name in ("duration", "burn_in", "drift")}
    return {"status": run.status, **about, "observables": found}


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
