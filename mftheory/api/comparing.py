"""`mftheory.compare`: theory against sampled networks."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mftheory import checks
from mftheory.api.neighbour import label_of, simpler_dimension
from mftheory.api.simulating import samplable
from mftheory.api.solving import solve
from mftheory.api.work import check_memory, check_settings, checked_sizes, simulated_or_died_out
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.network import Network, Nonlinearity
from mftheory.wording import among, counted

if TYPE_CHECKING:
    import xarray

    from mftheory.action import GaussianEnsemble
    from mftheory.results import Comparison


@checked_call
def compare(
    network: Network | GaussianEnsemble | Sequence[Network | GaussianEnsemble] | xarray.Dataset,
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
) -> Comparison:
    """Compare theory and simulation: dimensions of sampled networks, extrapolated in 1/N, in standard errors.

    Parameters
    ----------
    network : Network or GaussianEnsemble, or a sequence of them, or the data set of a sweep
        One or several points; or the data set that ``mf.sweep(..., what="compare")`` returned or stored: then only
        `observable` is chosen, and nothing is computed again.
    n : int or sequence of int
        Sizes to simulate; with several, the limit N → ∞ is extrapolated from all of them.
    seeds : int, sequence of int, or mapping
        Networks of each size: their number, their seeds, or either of these for each size; at least two. From a number,
        seeds are made of `seed`, the network's parameters, its size and its place among them: the same at every call,
        whatever else is compared; equal networks have equal ones.
    observable : str
        Observable whose dimension is compared: "phi" or "x"; with gains also "Phi" or "readout"; of an ensemble, any
        that it declares.
    labels : sequence of mappings, optional
        Names of each point; by default its ``g_eff`` and, for modes, ``effective_rank``; for an ensemble its name
        and numbers.
    jobs : int
        Processes; all cores by default. Results do not depend on their number.
    progress : bool
        Show a progress bar; in a log, a line now and then.
    parameters, nonlinearity : for ensembles
        As for `simulate`; the same at every point.
    sampling : dict, where neurons have self-feedback
        How long the theory samples, such as ``{"target": 0.003}``; see `solve`. Its standard error counts in z.
    seed : int
        Number that seeds are made from.
    common_disorder : bool
        Make seeds without the parameters: all points then draw from the same random numbers. Curves become smooth, and
        the deviations of their points correlated.
    threads : int
        Threads of each process; worth more than 1 where there are fewer networks than cores. Results repeat for equal
        `threads`.
    scheduler : str, optional
        Address of a Dask scheduler whose workers simulate instead; see `sweep`.
    **simulation
        Settings of `simulate`, such as ``trajectories`` and ``duration``.

    Returns
    -------
    Comparison
        z-scores are two-sided and include the spread between networks, and the theory's standard error. Networks that
        came to rest, or died out, are left out of all averages, and named in `.points[…].resting`, in the table and in
        a warning: what remains is an average over those that fluctuate. A size of which fewer than two do is not used;
        networks whose status is otherwise in doubt are kept and counted. Each point
        states its power against a simpler theory: of modes that overlap, the same modes without overlaps; of random
        modes, and of partial symmetry, an i.i.d. network of equal g_eff.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a size, a seed or a setting is not allowed.
    Quiescent, CondensedModes, NotConverged, Unsupported
        If fewer than two sampled networks of any size fluctuate, or the theory has no solution; see `solve`.
    MFTheoryError
        If workers keep dying.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0))
    >>> result = mf.compare(net, n=[60, 120], seeds=4, trajectories=16, duration=20.0)
    >>> len(result.points[0].records)
    8
    """
    from mftheory.comparison.statistics import Point
    from mftheory.comparison.statistics import compare as compare_records
    from mftheory.network.digest import digest
    from mftheory.progress import Progress
    from mftheory.results.attractors import in_doubt, left_out, named_networks
    from mftheory.sweeps.execute import cost_of, execute, quietly
    from mftheory.sweeps.seeds import network_seeds

    if hasattr(network, "data_vars"):
        from mftheory.sweeps.dataset import comparison

        return comparison(network, observable)  # type: ignore[arg-type]
    networks = list(network) if isinstance(network, Sequence) and not isinstance(network, str) else [network]
    if not networks:
        raise InvalidNetwork("network", network, "must be a Network or a GaussianEnsemble, or some of them")
    drawn_from = [samplable(net, parameters, nonlinearity) for net in networks]
    if labels is not None and len(labels) != len(networks):
        raise InvalidNetwork("labels", labels, f"must be as many as the points, {len(networks)}")
    sizes = checked_sizes(n)
    check_memory(drawn_from, sizes)
    check_settings(compare, simulation)
    seed = checks.integer("seed", seed, at_least=0)
    runs = [
        (k, size, network_seed)
        for k, net in enumerate(drawn_from)
        for size in sizes
        for network_seed in network_seeds(seeds, size, digest(net), seed, common_disorder)
    ]
    # Before any simulation: a network may be quiescent.
    sampled = {"progress": progress, **(sampling or {})}
    theories = [solve(net, parameters=parameters, nonlinearity=nonlinearity, **sampled) for net in networks]
    noted = [theory.status_and_notes for theory in theories if theory.notes]
    if noted:
        several = f"several states: {len(noted)} of {counted(len(theories), 'network')}"
        warnings.warn(f"{several}, such as: {noted[0]}", stacklevel=3)
    predicted = [theory.dimension(observable) for theory in theories]
    # Long runs first, so that no core waits for the last one.
    order = sorted(range(len(runs)), key=lambda i: -runs[i][1])
    tasks = [
        partial(quietly, simulated_or_died_out, drawn_from[k], size, network_seed, (observable,), (), simulation)
        for k, size, network_seed in runs
    ]
    records: dict[int, dict[str, Any]] = {}
    costs = [cost_of(size) for _, size, _ in runs]
    with Progress(sum(costs), "simulate", "network", parts=len(runs), enabled=progress) as bar:
        for j, record in execute([tasks[i] for i in order], jobs, threads, scheduler):
            records[order[j]] = record["observables"][observable]
            bar.update(costs[order[j]])
    resting = [(r["n"], r["seed"]) for _, r in sorted(records.items()) if left_out(r["status"])]
    if resting:
        named = named_networks(resting)
        warnings.warn(f"{among(len(resting), len(runs), 'network')} at rest and left out: {named}", stacklevel=3)
    poor = [r["status"] for _, r in sorted(records.items()) if in_doubt(r["status"])]
    if poor:
        warnings.warn(f"{among(len(poor), len(runs), 'network')} in doubt, such as: {poor[0]}", stacklevel=3)
    comparison_of_points = compare_records(
        [
            Point(
                theory=predicted[k],
                records=[records[i] for i, run in enumerate(runs) if run[0] == k],
                alternative=simpler_dimension(net, observable),
                label=label_of(net, parameters) if labels is None else labels[k],
                size=theories[k].sizes.get(observable, 1.0),
                theory_error=theories[k].dimension_error(observable),
            )
            for k, net in enumerate(networks)
        ],
        observable,
    )
    formulas = [theory.formulas[observable] for theory in theories if observable in theory.formulas]
    return replace(
        comparison_of_points,
        networks=tuple(drawn_from),
        formulas={formula["label"]: formula for formula in formulas},
        settings={
            **{"n": sizes, "seeds": seeds if isinstance(seeds, Mapping | int) else list(seeds), "seed": seed},
            **{"common_disorder": bool(common_disorder), "threads": threads, "sampling": dict(sampling or {})},
            **simulation,
        },
    )
