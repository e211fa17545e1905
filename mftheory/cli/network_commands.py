"""The commands of networks: `simulate`, `compare`, `sweep`, `plan`."""

import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

import mftheory as mf
from mftheory.cli import completion
from mftheory.cli.console import notes_when_stopped
from mftheory.cli.options import (
    Dynamics,
    Json,
    NetworkOptions,
    Observable,
    Observables,
    Phi,
    Progress,
    numbers,
    observables_of,
    with_network_options,
)
from mftheory.cli.output import check_picture, draw_panel, print_json, print_report
from mftheory.errors import InvalidNetwork
from mftheory.wording import one_of


@with_network_options
def simulate(
    *,
    n: Annotated[int, typer.Option("--n", help="Neurons.")],
    seed: Annotated[int, typer.Option("--seed", help="Seed of the couplings and of the initial conditions.")] = 0,
    network: NetworkOptions,
    trajectories: Annotated[int, typer.Option("--trajectories", help="Independent trajectories.")] = 64,
    duration: Annotated[float, typer.Option("--duration", help="Measured time of each.")] = 100.0,
    observable: Observables = None,
    target: Annotated[
        float | None, typer.Option("--target", help="Go on until the dimension is known to this relative error: 0.01.")
    ] = None,
    max_lag: Annotated[float | None, typer.Option("--max-lag", help="Largest lag τ that is kept.")] = None,
    max_memory: Annotated[float, typer.Option("--max-memory", help="Bytes allowed for states.")] = 4e9,
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture of C(τ) and Ψ(τ, 0), to be written.")] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """One network, simulated, with standard errors."""
    check_picture(plot)
    net = network.network()
    asked = observables_of(observable, network.gains_pr)
    result = mf.simulate(
        net,
        n,
        seed,
        observables=asked,
        trajectories=trajectories,
        duration=duration,
        target=target,
        max_lag=max_lag,
        max_memory=max_memory,
        progress=progress,
    )
    record = {"n": n, "seed": seed, **network.record()}
    for a in asked:
        for name, estimate in ((f"C_{a}", result.C(a)), (f"dimension_{a}", result.dimension(a))):
            record[name], record[f"{name}_error"] = estimate.value, estimate.error
    record["duration"], record["burn_in"], record["status"] = result.duration, result.burn_in, result.status
    if plot is not None:
        draw_panel(result.plot, plot)
    print_report(record, as_json)


@with_network_options
def compare(
    *,
    n: Annotated[list[int], typer.Option("--n", help="A size; give several to extrapolate in 1/N.")],
    network: NetworkOptions,
    networks: Annotated[int, typer.Option("--networks", help="Networks a size.")] = 8,
    observable: Observable = "phi",
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture of dimension against 1/N.")] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """Theory against networks of several sizes, extrapolated in 1/N."""
    check_picture(plot)
    result = mf.compare(network.network(), n=n, seeds=networks, observable=observable, progress=progress)
    if plot is not None:
        draw_panel(result.plot, plot)
    print_json(result.to_dict()) if as_json else typer.echo(result.table())


def sweep(
    g: Annotated[list[str], typer.Option("--g", help="Coupling strengths: give several, or FROM:TO:COUNT.")],
    what: Annotated[
        str,
        typer.Option(
            "--what",
            help="solve, simulate or compare.",
            autocompletion=completion.among(completion.WHAT),
        ),
    ] = "solve",
    effective_rank: Annotated[
        list[str] | None, typer.Option("--effective-rank", help="Effective ranks of random modes; else i.i.d.")
    ] = None,
    overlap_amplitude: Annotated[
        list[str] | None, typer.Option("--overlap-amplitude", help="Amplitudes γ of their overlaps.")
    ] = None,
    symmetry: Annotated[
        list[str] | None, typer.Option("--symmetry", help="Correlations of reciprocal couplings.")
    ] = None,
    gains_pr: Annotated[list[str] | None, typer.Option("--gains-pr", help="PR_G of single-neuron gains.")] = None,
    noise: Annotated[list[str] | None, typer.Option("--noise", help="Intensities σ of white noise.")] = None,
    nonlinearity: Phi = "erf",
    dynamics: Dynamics = "leaky",
    n: Annotated[list[int] | None, typer.Option("--n", help="Sizes of the networks.")] = None,
    networks: Annotated[int, typer.Option("--networks", help="Networks a size.")] = 8,
    seed: Annotated[int, typer.Option("--seed", help="What the seeds of networks are made from.")] = 0,
    common_disorder: Annotated[
        bool, typer.Option("--common-disorder", help="The same random numbers at every point: smooth curves.")
    ] = False,
    observable: Observables = None,
    trajectories: Annotated[int | None, typer.Option("--trajectories", help="Independent trajectories.")] = None,
    duration: Annotated[float | None, typer.Option("--duration", help="Measured time of each.")] = None,
    target: Annotated[
        float | None, typer.Option("--target", help="Relative standard error of each dimension to stop at.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="netCDF file to stream into; the same command continues.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Dask scheduler to work on, such as tcp://host:8786.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", help="Processes here; -1 for all cores.")] = -1,
    threads: Annotated[int, typer.Option("--threads", help="Threads of each; results repeat for equal ones.")] = 1,
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture: dimension against the first parameter.")] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """A grid of parameters: theory, networks, or both.

    Numbers are given one by one, or as FROM:TO:COUNT. With --store, the same command continues what was stopped.
    """
    from mftheory.sweeps import report

    check_picture(plot)
    one_of("what", what, completion.WHAT)
    given = {
        "g": g,
        "effective_rank": effective_rank,
        "overlap_amplitude": overlap_amplitude,
        "symmetry": symmetry,
        "gains_pr": gains_pr,
        "noise": noise,
    }
    over = {name: numbers(name, texts) for name, texts in given.items() if texts}

    def family(**parameters: float) -> mf.Network:
        return NetworkOptions(nonlinearity=nonlinearity, dynamics=dynamics, **parameters).network()

    if what != "solve" and not n:
        raise InvalidNetwork("n", n, f"must be given: --what {what} needs sizes of networks")
    settings: dict[str, Any] = {"trajectories": trajectories, "duration": duration}
    if what != "solve":
        settings["target"] = target
    settings = {name: value for name, value in settings.items() if value is not None}
    # The target is that of the theory too, where it is sampled.
    sampling = {} if what == "simulate" or target is None else {"target": target}
    with warnings.catch_warnings(record=True) as caught, notes_when_stopped():
        warnings.simplefilter("always", UserWarning)
        data = mf.sweep(
            family,
            over,
            what,
            store,
            observables=observable or "phi",
            n=n or 500,
            seeds=networks,
            seed=seed,
            common_disorder=common_disorder,
            jobs=jobs,
            threads=threads,
            scheduler=scheduler,
            progress=progress,
            sampling=sampling,
            **settings,
        )
    for warning in caught:
        typer.echo(f"mftheory: {warning.message}", err=True)
    if plot is not None:
        from mftheory import plots

        draw_panel(lambda ax: plots.sweep(data, ax), plot)
    comparisons = {}
    if what == "compare" and bool(data["z"].notnull().any()):
        comparisons = {a: mf.compare(data, observable=a) for a in data["observable"].values.tolist()}
    if as_json:
        print_json({**report.plain(data), "comparison": {a: c.to_dict() for a, c in comparisons.items()}})
    elif comparisons:
        typer.echo("\n\n".join(c.table() for c in comparisons.values()))
    else:
        typer.echo(report.table(data))


@with_network_options
def plan(
    *,
    target: Annotated[float, typer.Option("--target", help="Wanted relative standard error of the dimension.")] = 0.01,
    n: Annotated[list[int] | None, typer.Option("--n", help="A size, if it is given already; several times.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Wall time allowed.")] = None,
    max_memory: Annotated[float, typer.Option("--max-memory", help="Bytes allowed.")] = 4e9,
    network: NetworkOptions,
    observable: Observable = "phi",
    as_json: Json = False,
) -> None:
    """Before a run: the sizes, networks, time and memory it needs."""
    result = mf.plan(network.network(), target, n or None, seconds, max_memory, observable)
    print_json(result.to_dict()) if as_json else typer.echo(result.table())


COMMANDS = (simulate, compare, sweep, plan)
