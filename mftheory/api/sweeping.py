"""`mftheory.sweep`: grids of parameters, in parallel, resumably."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mftheory import checks
from mftheory.api import work
from mftheory.api.work import check_memory, check_settings, checked_sizes
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.network import Network

if TYPE_CHECKING:
    from os import PathLike

    import xarray

    from mftheory.action.sampled_ensemble import SamplableEnsemble


@checked_call
def sweep(
    family: Callable[..., Network | SamplableEnsemble],
    over: Mapping[str, Sequence[Any]],
    what: str = "solve",
    store: str | PathLike[str] | None = None,
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
) -> xarray.Dataset:
    """Solve, simulate or compare on a grid of parameters, in parallel, resumably.

    Parameters
    ----------
    family : callable
        Function from the parameters in `over`, by keyword, to a Network; or to an ensemble with its numbers
        (`mftheory.action.sampled_ensemble.SamplableEnsemble`). Any function will do, a lambda too: it is called here.
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
        Sizes, and networks of each size, as for `compare`; a simulation may have one network of a size.
    seed : int
        Number that the seeds of networks are made from, together with the network's own parameters, its size and its
        place among them: no result depends on what else is in the sweep, on the order, or on `jobs`.
    common_disorder : bool
        Make seeds without the parameters: all points then draw from the same random numbers. Curves become smooth, and
        the deviations of their points correlated.
    jobs : int
        Processes; all cores by default.
    threads : int
        Threads of each process. Results repeat bit for bit, on one machine, for equal `threads`.
    scheduler : str, optional
        Address of a Dask scheduler, such as "tcp://host:8786", whose workers do the work instead of processes here.
        They need this package in the same version; numbers of other machines may differ in their last digits.
    progress : bool
        Show a progress bar with the time to go; in a log, a line now and then.
    sampling : dict, where neurons have self-feedback
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
    Seeds are spawn keys of `numpy.random.SeedSequence`; assumptions are those of `solve` and `simulate` (theory §0,
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

    from mftheory.sweeps.grid import Grid
    from mftheory.sweeps.sweep import run
    from mftheory.sweeps.tasks import Plan
    from mftheory.theory.settings import Sampling

    if what not in ("solve", "simulate", "compare"):
        raise InvalidNetwork("what", what, "must be 'solve', 'simulate' or 'compare'")
    grid = Grid.of(over)
    names = (observables,) if isinstance(observables, str) else tuple(observables)
    if not names or len(set(names)) < len(names) or not all(isinstance(a, str) for a in names):
        raise InvalidNetwork("observables", observables, "must be the name of an observable, or different ones")
    lags = tuple(dict.fromkeys(checks.nonnegative("tau", t) for t in tau))
    check_settings(sweep, simulation)
    if what == "solve" and simulation:
        raise InvalidNetwork(next(iter(simulation)), next(iter(simulation.values())), "is not for what='solve'")
    Sampling.of(sampling or {})
    networks = grid.networks(family)
    sizes = checked_sizes(n)
    if what != "solve":
        check_memory(networks, sizes)
    plan = Plan.of(
        what,  # type: ignore[arg-type]
        grid,
        networks,
        names,
        tau=lags,
        n=sizes,
        seeds=seeds,
        seed=checks.integer("seed", seed, at_least=0),
        common_disorder=bool(common_disorder),
        threads=threads,
        simulation=simulation,
        theory=sampling,
        version=version("mftheory"),
    )
    return run(
        plan,
        work.solved,
        work.simulated,
        store,
        jobs=jobs,
        threads=threads,
        scheduler=scheduler,
        progress=progress,
        theory=sampling,
        simulation=simulation,
    )
