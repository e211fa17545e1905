"""The verbs that need more than one package: numbers of an ensemble of your own, theory against the network itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.errors import InvalidNetwork
from mftheory.network import IID, Erf, Network, Nonlinearity, RandomMode

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.network.sampled import Samplable
    from mftheory.results import Comparison, Simulation, Theory
    from mftheory.solve.settings import Settings


def solve(
    network: "Network | GaussianEnsemble",
    settings: "Settings | None" = None,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | None = None,
) -> "Theory":
    """Solve the mean-field theory of a network, or of an ensemble of your own.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        A network of independent couplings or modes, with or without gains; or an ensemble of leaky neurons, state "x"
        and activity "phi", whose input is Gaussian with a spectrum proportional to C^φ, with white noise or without.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.
    parameters : dict, for an ensemble
        The numbers behind its symbols, such as ``{"g": 2.0, "alpha": 0.5, "r_2": 1.0, "r_4": 1.5}``; or, instead of
        moments, the values of a per-site parameter as for `simulate`, ``{"g": 2.0, "alpha": 0.5, "D": [0.5, 1.0]}``.
    nonlinearity : Nonlinearity, for an ensemble
        Erf() by default.

    Returns
    -------
    Theory
        Two- and four-point functions, dimensions and timescales in the limit N → ∞; with gains also of "Phi" and
        "readout".

    Raises
    ------
    InvalidNetwork
        Naming the argument, if it is neither, or a parameter is missing.
    Quiescent
        Without noise, if g_eff φ'(0) max|H(ω)| <= 1 (for leaky units, g_eff φ'(0) <= 1).
    NotConverged
        If the two-point solution was not found.
    Unsupported
        If the single-site process is not Gaussian: partial symmetry, overlaps.

    Notes
    -----
    Assumes a stationary fluctuating state, odd φ, no condensed modes, N·PR ≫ 1 (THEORY.md §0). Time is in units of the
    neurons' time constant. Two-point functions [two-point, 36]; four-point functions from the derived kernels
    [psi-iid], [psi-x-iid], [psi-rmm], [psi-x-rmm], with gains [46a, 46b, J18].

    Examples
    --------
    >>> import mftheory as mf
    >>> theory = mf.solve(mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0)))
    >>> round(theory.dimension("phi"), 10)
    0.0280088559
    """
    from mftheory.solve.theory import solve as solve_network

    if not isinstance(network, Network):
        return _solve_ensemble(network, settings, parameters or {}, Erf() if nonlinearity is None else nonlinearity)
    _refuse_numbers(parameters, nonlinearity)
    return solve_network(network, settings)


def _solve_ensemble(
    ensemble: "GaussianEnsemble",
    settings: "Settings | None",
    parameters: Mapping[str, Any],
    nonlinearity: Nonlinearity,
) -> "Theory":
    from mftheory.action.values import Values
    from mftheory.derive.derivation import derive
    from mftheory.solve.theory import assemble

    derivation = derive(ensemble)
    strength = derivation.saddle_point.gaussian_input_strength()
    formulas = {name: derivation.four_point(name) for name in ("phi", "x")}
    (noise,) = (p.white_noise for p in ensemble.populations if not p.linear)
    needed = {s.name for expr in (strength, noise) for s in expr.free_symbols}
    for formula in formulas.values():
        needed |= {name for name, info in formula.symbols.items() if info.kind == "parameter"}
    values = Values(ensemble, parameters)
    used = {name: values.number(name, needed) for name in sorted(needed)}
    g_eff = float(strength.subs({s: used[s.name] for s in strength.free_symbols})) ** 0.5
    # Asked for at every evaluation of the integrand: generate and compile each once.
    kernel_of = cache(lambda name: formulas[name].kernel())
    level = values.scalar(noise)
    if level < 0:
        raise InvalidNetwork("noise", level, "must not be negative")
    return assemble(ensemble, g_eff, nonlinearity, used, kernel_of, settings=settings, noise=level**0.5)


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
    seeds: int | Sequence[int] | Mapping[int, int] = 8,
    observable: str = "phi",
    labels: Sequence[Mapping[str, float]] | None = None,
    jobs: int = -1,
    progress: bool = False,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | None = None,
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
        Networks a size: their number, their seeds, or a number for each size. At least two. From a number, seeds are
        made that differ between points and sizes, the same at every call.
    observable : {"phi", "x"}
        Whose dimension is compared.
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
    **simulation
        Settings of `simulate`, such as ``trajectories`` and ``duration``.

    Returns
    -------
    Comparison
        z-scores are two-sided and include the spread between networks. For random modes each point states its power
        against the same theory without κ (an i.i.d. network of equal g_eff).

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
    theories = [solve(net, parameters=parameters, nonlinearity=nonlinearity) for net in networks]
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
                alternative=_without_modes(net, observable),
                label=_label(net, parameters) if labels is None else labels[k],
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


def _seeds(seeds: int | Sequence[int] | Mapping[int, int], point: int, size: int) -> Sequence[int]:
    if isinstance(seeds, Mapping):
        if size not in seeds:
            raise InvalidNetwork("seeds", dict(seeds), f"must have a number of networks for n = {size}")
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


def _without_modes(network: "Network | GaussianEnsemble", observable: str) -> float | None:
    """The prediction with κ removed: what a comparison must be able to tell from the theory."""
    if not isinstance(network, Network) or not isinstance(network.connectivity, RandomMode):
        return None
    return solve(replace(network, connectivity=IID(network.connectivity.g_eff))).dimension(observable)


def _label(network: "Network | GaussianEnsemble", parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    if not isinstance(network, Network):
        numbers = {name: value for name, value in (parameters or {}).items() if np.ndim(value) == 0}
        return {"ensemble": network.name, **{k: v for k, v in numbers.items() if isinstance(v, Real)}}
    label = {"g_eff": network.g_eff}
    if isinstance(network.connectivity, RandomMode):
        label["effective_rank"] = network.connectivity.effective_rank
    if network.gains is not None:
        label["PR_G"] = network.gains.participation_ratio
    if network.noise > 0:
        label["noise"] = network.noise
    return label
