"""The verb that needs both sides: theory against the network itself."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.errors import InvalidNetwork
from mftheory.network import IID, Network, RandomMode

if TYPE_CHECKING:
    from mftheory.results import Comparison


def compare(
    network: Network | Sequence[Network],
    n: int | Sequence[int] = (500, 1000, 2000),
    seeds: int | Sequence[int] | Mapping[int, int] = 8,
    observable: str = "phi",
    labels: Sequence[Mapping[str, float]] | None = None,
    jobs: int = -1,
    progress: bool = False,
    **simulation: Any,
) -> "Comparison":
    """Theory against simulation: dimensions of sampled networks, extrapolated in 1/N, in standard errors.

    Parameters
    ----------
    network : Network or sequence of Network
        One or several points.
    n : int or sequence of int
        Sizes to simulate; with several, the limit N → ∞ is extrapolated from all of them.
    seeds : int, sequence of int, or mapping
        Networks a size: their number, their seeds, or a number for each size. At least two. From a number, seeds are
        made that differ between points and sizes, the same at every call.
    observable : {"phi", "x"}
        Whose dimension is compared.
    labels : sequence of mappings, optional
        How to name each point; by default its ``g_eff`` and, for modes, ``effective_rank``.
    jobs : int
        Processes, each with its share of the cores; all cores by default. Results are reproducible on one machine for
        equal `jobs`.
    progress : bool
        Show a progress bar.
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
    from mftheory.solve.theory import solve

    networks = list(network) if isinstance(network, Sequence) else [network]
    if not networks or not all(isinstance(net, Network) for net in networks):
        raise InvalidNetwork("network", network, "must be a Network, or a non-empty sequence of them")
    sizes = _sizes(n)
    if not isinstance(jobs, int) or jobs == 0:
        raise InvalidNetwork("jobs", jobs, "must be a number of processes, or -1 for all cores")
    runs = [(k, size, seed) for k in range(len(networks)) for size in sizes for seed in _seeds(seeds, k, size)]
    theories = [solve(net) for net in networks]  # before any simulation: a network may be quiescent
    predicted = [theory.dimension(observable) for theory in theories]
    # Long runs first, so that no core waits for the last one.
    runs.sort(key=lambda run: -run[1])
    found = _simulate_all([(networks[k], size, seed) for k, size, seed in runs], observable, simulation, jobs, progress)
    records: list[list[dict[str, Any]]] = [[] for _ in networks]
    for (k, _, _), record in zip(runs, found, strict=True):
        records[k].append(record)
    return compare_records(
        [
            Point(
                theory=predicted[k],
                records=records[k],
                alternative=_without_modes(net, observable),
                label=_label(net) if labels is None else labels[k],
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
    runs: list[tuple[Network, int, int]], observable: str, settings: dict[str, Any], jobs: int, progress: bool
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


def _simulated(network: Network, n: int, seed: int, observable: str, settings: dict[str, Any]) -> dict[str, Any]:
    from mftheory.simulate.simulate import simulate

    return simulate(network, n, seed, **settings).record(observable)


def _without_modes(network: Network, observable: str) -> float | None:
    """The prediction with κ removed: what a comparison must be able to tell from the theory."""
    from mftheory.solve.theory import solve

    if not isinstance(network.connectivity, RandomMode):
        return None
    without = Network(IID(network.connectivity.g_eff), network.nonlinearity, network.gains)
    return solve(without).dimension(observable)


def _label(network: Network) -> dict[str, float]:
    label = {"g_eff": network.g_eff}
    if isinstance(network.connectivity, RandomMode):
        label["effective_rank"] = network.connectivity.effective_rank
    if network.gains is not None:
        label["PR_G"] = network.gains.participation_ratio
    return label
