"""The command line: `mftheory derive | solve | simulate | compare | sweep | figure | connectome`."""

import json
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

import mftheory as mf
from mftheory.errors import InvalidNetwork, MFTheoryError

app = typer.Typer(
    help="Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

NONLINEARITIES: dict[str, mf.Nonlinearity] = {"erf": mf.Erf(), "tanh": mf.Tanh()}

G = Annotated[float, typer.Option("--g", help="Effective coupling strength g_eff, above 1 without noise.")]
Rank = Annotated[
    float | None, typer.Option("--effective-rank", help="Effective rank α PR_D of random modes; else i.i.d.")
]
Overlap = Annotated[
    float,
    typer.Option("--overlap-amplitude", help="γ of the overlaps of --effective-rank's modes: ±γ, sigmoidal, ⟨Dρ⟩ = 0."),
]
Symmetry = Annotated[
    float, typer.Option("--symmetry", help="ϱ, the correlation of reciprocal couplings; without --effective-rank.")
]
Phi = Annotated[str, typer.Option("--nonlinearity", help="erf, tanh, or a formula such as 'x/sqrt(1+x**2)'.")]
Noise = Annotated[float, typer.Option("--noise", help="Intensity σ of independent white noise; needed below --g 1.")]
Dynamics = Annotated[
    str,
    typer.Option(
        "--dynamics",
        help="leaky; euler:STEP, a map; or rational:N/D, coefficients of H(ω) = N(iω)/D(iω) from the constant term up, "
        "such as rational:1/1,0.8,1.",
    ),
]
Target = Annotated[
    float | None,
    typer.Option(
        "--target", help="Relative standard error of the dimension, with --overlap-amplitude or --symmetry: 0.01."
    ),
]
Observable = Annotated[str, typer.Option("--observable", help="phi or x.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Progress = Annotated[bool, typer.Option("--progress", help="Show progress bars.")]


@app.command()
def derive(
    effective_rank: Rank = None,
    overlap_amplitude: Overlap = 0.0,
    symmetry: Symmetry = 0.0,
    observable: Observable = "phi",
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    steps: Annotated[bool, typer.Option("--steps", help="Print every step, as LaTeX.")] = False,
    route: Annotated[str, typer.Option("--route", help="path-integral, compact or cavity: equal.")] = "path-integral",
    as_json: Json = False,
) -> None:
    """Derive Ψ(ω1, ω2).  Example: mftheory derive --effective-rank 0.5 --route cavity --steps"""
    derivation = mf.derive(mf.Network(_couplings(2.0, effective_rank, overlap_amplitude, symmetry)))
    formula = derivation.four_point(observable, route)
    if steps and not as_json:
        _print_steps(derivation.steps(route, observable))
    else:
        _print_formula(formula, latex, False, as_json)


@app.command()
def formulas(
    label: Annotated[str | None, typer.Argument(help="A label, such as psi-overlap; none: list them.")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    python: Annotated[bool, typer.Option("--python", help="Print the kernel's source.")] = False,
    steps: Annotated[bool, typer.Option("--derive", help="Print every step of the derivation, as LaTeX.")] = False,
    as_json: Json = False,
) -> None:
    """List the formulas, or print one.  Example: mftheory formulas psi-overlap --latex"""
    if label is None:
        known = mf.labels()
        width = max(map(len, known))
        lines = [f"{name:<{width}}  {observable} of {ensemble}" for name, (ensemble, observable) in known.items()]
        typer.echo(json.dumps(known, indent=1) if as_json else "\n".join(lines))
    elif steps:
        _print_steps(mf.derivation(label).steps())
    else:
        _print_formula(mf.formula(label), latex, python, as_json)


@app.command()
def solve(
    g: G,
    effective_rank: Rank = None,
    overlap_amplitude: Overlap = 0.0,
    symmetry: Symmetry = 0.0,
    nonlinearity: Phi = "erf",
    noise: Noise = 0.0,
    dynamics: Dynamics = "leaky",
    n: Annotated[int | None, typer.Option("--n", help="A size to judge the theory's validity at.")] = None,
    target: Target = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of that sampling.")] = 0,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """Dimensions and two-point functions.  Example: mftheory solve --g 3 --effective-rank 0.5 --n 1000"""
    couplings = _couplings(g, effective_rank, overlap_amplitude, symmetry)
    sampling: dict[str, Any] = {"seed": seed, "progress": progress, **({} if target is None else {"target": target})}
    theory = mf.solve(_network(couplings, nonlinearity, noise, dynamics), **sampling)
    record: dict[str, Any] = {
        "g_eff": g,
        "effective_rank": effective_rank,
        **_feedback(overlap_amplitude, symmetry),
        "noise": noise,
        "dynamics": dynamics,
        "gain": theory.gain,
        "status": theory.status,
    }
    for a in ("phi", "x"):
        record[f"C_{a}"] = float(theory.C(a, 0.0))
        record[f"C_error_{a}"] = float(theory.C_error(a, 0.0))
        record[f"dimension_{a}"] = theory.dimension(a)
        record[f"dimension_error_{a}"] = theory.dimension_error(a)
    if n is not None:
        record["number_of_dimensions"] = theory.number_of_dimensions(n)
        record["trusted"], record["reason"] = theory.trusted(n)
    _report(record, as_json)


@app.command()
def simulate(
    g: G,
    n: Annotated[int, typer.Option("--n", help="Neurons.")],
    seed: Annotated[int, typer.Option("--seed", help="Seed of the couplings and of the initial conditions.")] = 0,
    effective_rank: Rank = None,
    overlap_amplitude: Overlap = 0.0,
    symmetry: Symmetry = 0.0,
    nonlinearity: Phi = "erf",
    noise: Noise = 0.0,
    dynamics: Dynamics = "leaky",
    trajectories: Annotated[int, typer.Option("--trajectories", help="Independent trajectories.")] = 64,
    duration: Annotated[float, typer.Option("--duration", help="Measured time of each.")] = 100.0,
    target: Annotated[
        float | None, typer.Option("--target", help="Go on until the dimension is known to this relative error: 0.01.")
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture of C(τ) and Ψ(τ, 0), to be written.")] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """One network.  Example: mftheory simulate --g 3 --effective-rank 0.5 --n 500 --target 0.02"""
    net = _network(_couplings(g, effective_rank, overlap_amplitude, symmetry), nonlinearity, noise, dynamics)
    result = mf.simulate(net, n, seed, trajectories=trajectories, duration=duration, target=target, progress=progress)
    record: dict[str, Any] = {
        "n": n,
        "seed": seed,
        "g_eff": g,
        "effective_rank": effective_rank,
        **_feedback(overlap_amplitude, symmetry),
        "noise": noise,
        "dynamics": dynamics,
    }
    for a in ("phi", "x"):
        for name, estimate in ((f"C_{a}", result.C(a)), (f"dimension_{a}", result.dimension(a))):
            record[name], record[f"{name}_error"] = estimate.value, estimate.error
    record["duration"], record["burn_in"], record["status"] = result.duration, result.burn_in, result.status
    if plot is not None:
        _draw(result.plot, plot)
    _report(record, as_json)


@app.command()
def compare(
    g: G,
    n: Annotated[list[int], typer.Option("--n", help="A size; give several to extrapolate in 1/N.")],
    effective_rank: Rank = None,
    overlap_amplitude: Overlap = 0.0,
    symmetry: Symmetry = 0.0,
    nonlinearity: Phi = "erf",
    noise: Noise = 0.0,
    dynamics: Dynamics = "leaky",
    networks: Annotated[int, typer.Option("--networks", help="Networks a size.")] = 8,
    observable: Observable = "phi",
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture of dimension against 1/N.")] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """Theory against networks.  Example: mftheory compare --g 3 --effective-rank 1 --n 250 --n 500 --n 1000"""
    net = _network(_couplings(g, effective_rank, overlap_amplitude, symmetry), nonlinearity, noise, dynamics)
    result = mf.compare(net, n=n, seeds=networks, observable=observable, progress=progress)
    if plot is not None:
        _draw(result.plot, plot)
    if as_json:
        _print_json(result.to_dict())
    else:
        typer.echo(result.table())


@app.command()
def sweep(
    g: Annotated[list[str], typer.Option("--g", help="Coupling strengths: give several, or FROM:TO:COUNT.")],
    what: Annotated[str, typer.Option("--what", help="solve, simulate or compare.")] = "solve",
    effective_rank: Annotated[
        list[str] | None, typer.Option("--effective-rank", help="Effective ranks of random modes; else i.i.d.")
    ] = None,
    overlap_amplitude: Annotated[
        list[str] | None, typer.Option("--overlap-amplitude", help="Amplitudes γ of their overlaps.")
    ] = None,
    symmetry: Annotated[
        list[str] | None, typer.Option("--symmetry", help="Correlations of reciprocal couplings.")
    ] = None,
    noise: Annotated[list[str] | None, typer.Option("--noise", help="Intensities σ of white noise.")] = None,
    nonlinearity: Phi = "erf",
    dynamics: Dynamics = "leaky",
    n: Annotated[list[int] | None, typer.Option("--n", help="Sizes of the networks.")] = None,
    networks: Annotated[int, typer.Option("--networks", help="Networks a size.")] = 8,
    seed: Annotated[int, typer.Option("--seed", help="What the seeds of networks are made from.")] = 0,
    common_disorder: Annotated[
        bool, typer.Option("--common-disorder", help="The same random numbers at every point: smooth curves.")
    ] = False,
    observable: Annotated[
        list[str] | None, typer.Option("--observable", help="phi (the default) or x, or both.")
    ] = None,
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
    """A grid of parameters.  Example: mftheory sweep --g 3 --g 6 --effective-rank 0.1:1:10 --store rank.nc"""
    from mftheory.sweeps import report

    given = {
        "g": g,
        "effective_rank": effective_rank,
        "overlap_amplitude": overlap_amplitude,
        "symmetry": symmetry,
        "noise": noise,
    }
    over = {name: _values(name, texts) for name, texts in given.items() if texts}

    def family(
        g: float,
        effective_rank: float | None = None,
        overlap_amplitude: float = 0.0,
        symmetry: float = 0.0,
        noise: float = 0.0,
    ) -> mf.Network:
        return _network(_couplings(g, effective_rank, overlap_amplitude, symmetry), nonlinearity, noise, dynamics)

    if what != "solve" and not n:
        raise InvalidNetwork("n", n, f"must be given: --what {what} needs sizes of networks")
    settings: dict[str, Any] = {"trajectories": trajectories, "duration": duration, "target": target}
    settings = {name: value for name, value in settings.items() if value is not None}
    sampling = {}
    if what != "simulate" and "target" in settings:  # of the theory too, where it is sampled
        sampling = {"target": settings["target"]}
    if what == "solve":
        settings.pop("target", None)
    with warnings.catch_warnings(record=True) as caught:
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

        _draw(lambda ax: plots.sweep(data, ax), plot)
    comparisons = {}
    if what == "compare" and bool(data["z"].notnull().any()):
        comparisons = {a: mf.compare(data, observable=a) for a in data["observable"].values.tolist()}
    if as_json:
        _print_json({**report.plain(data), "comparison": {a: c.to_dict() for a, c in comparisons.items()}})
    elif comparisons:
        typer.echo("\n\n".join(c.table() for c in comparisons.values()))
    else:
        typer.echo(report.table(data))


@app.command()
def plan(
    g: G,
    target: Annotated[float, typer.Option("--target", help="Wanted relative standard error of the dimension.")] = 0.01,
    n: Annotated[list[int] | None, typer.Option("--n", help="A size, if it is given already; several times.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Wall time allowed.")] = None,
    max_memory: Annotated[float, typer.Option("--max-memory", help="Bytes allowed.")] = 4e9,
    effective_rank: Rank = None,
    overlap_amplitude: Overlap = 0.0,
    symmetry: Symmetry = 0.0,
    nonlinearity: Phi = "erf",
    noise: Noise = 0.0,
    dynamics: Dynamics = "leaky",
    observable: Observable = "phi",
    as_json: Json = False,
) -> None:
    """Sizes, networks, time and memory before a run.  Example: mftheory plan --g 3 --target 0.02"""
    net = _network(_couplings(g, effective_rank, overlap_amplitude, symmetry), nonlinearity, noise, dynamics)
    made = mf.plan(net, target, n or None, seconds, max_memory, observable)
    if as_json:
        _print_json(made.to_dict())
    else:
        typer.echo(made.table())


@app.command()
def figure(
    name: Annotated[str, typer.Argument(help="Of the figure, such as effective_rank; all of them; or summary.")],
    output: Annotated[Path, typer.Option("--output", help="Folder for pictures, tables and JSON.")] = Path("figures"),
    preset: Annotated[
        str | None, typer.Option("--preset", help="quick, medium or full (default): the published sizes.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Seconds instead of minutes; concludes nothing.")] = False,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Dask scheduler for the networks, such as tcp://host:8786.")
    ] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """Published figures: picture, table, JSON.  Example: mftheory figure all --preset quick --output figures

    `all` makes each in a folder of its own; `summary` says what the z-scores of all results in a folder amount to. The
    same command continues what was stopped.
    """
    from mftheory.figures import jobs

    chosen = "trial" if quick else preset
    say = _silent if as_json else typer.echo
    if name == "summary":
        record = jobs.summarise(output, say)
    elif name == "all":
        record = jobs.make_all(output, chosen, say, progress, scheduler)
    else:
        record, files = jobs.make(name, output, chosen, say, progress, scheduler)
        say(f"\nWritten: {', '.join(map(str, files))}")
    if as_json:
        _print_json(record)


@app.command()
def connectome(
    file: Annotated[Path, typer.Argument(help="Edge list (.csv) or .npz with pre, post, weight, n.")],
    g: Annotated[list[float] | None, typer.Option("--g", help="Coupling strengths to predict for.")] = None,
    as_json: Json = False,
) -> None:
    """Singular values, effective rank and predicted dimension of a wiring diagram."""
    found = mf.connectome.decompose(mf.connectome.read(file))
    record = found.report()
    modes = found.strengths is not None
    record["surrogate"] = "random modes" if modes else "i.i.d. (PR_S >= 1/2: no effective rank below i.i.d.)"
    for strength in g or [3.0, 6.0, 10.0]:
        net = mf.Network(mf.connectome.surrogate(found, strength) if modes else mf.connectome.iid_surrogate(strength))
        record[f"dimension at g_eff = {strength:g}"] = mf.solve(net).dimension("phi")
    _report(record, as_json)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: bad input is one line on stderr and exit code 2, never a traceback."""
    try:
        code = app(arguments, prog_name="mftheory", standalone_mode=False)
    except MFTheoryError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(error.format_message())
    except typer.Abort:
        _fail("stopped", 130)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int = 2) -> None:
    print("mftheory: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(code)


Couplings = mf.IID | mf.PartiallySymmetric | mf.RandomMode


def _couplings(g: float, effective_rank: float | None, overlap_amplitude: float, symmetry: float) -> Couplings:
    if effective_rank is not None:
        if symmetry != 0:
            raise InvalidNetwork("symmetry", symmetry, "is for couplings without modes: leave out --effective-rank")
        return mf.RandomMode.exponential(g, effective_rank, overlap_amplitude)
    if overlap_amplitude != 0:
        raise InvalidNetwork("overlap_amplitude", overlap_amplitude, "is for modes: give --effective-rank")
    return mf.IID(g) if symmetry == 0 else mf.PartiallySymmetric(g, symmetry)


def _feedback(overlap_amplitude: float, symmetry: float) -> dict[str, float]:
    given = {"overlap_amplitude": overlap_amplitude, "symmetry": symmetry}
    return {name: value for name, value in given.items() if value != 0}


def _network(couplings: Couplings, nonlinearity: str, noise: float = 0.0, dynamics: str = "leaky") -> mf.Network:
    phi = NONLINEARITIES[nonlinearity] if nonlinearity in NONLINEARITIES else mf.Nonlinearity(nonlinearity)
    return mf.Network(couplings, phi, dynamics=_dynamics(dynamics), noise=noise)


def _values(name: str, texts: list[str]) -> list[float]:
    """Numbers, one an option, or FROM:TO:COUNT for several at equal distances."""
    found: list[float] = []
    for text in texts:
        first, *rest = text.split(":")
        try:
            if not rest:
                found.append(float(first))
            else:
                last, count = rest
                found += np.linspace(float(first), float(last), int(count)).tolist()
        except ValueError:
            raise InvalidNetwork(name, text, "must be a number, or FROM:TO:COUNT") from None
    return found


def _dynamics(text: str) -> mf.Leaky | mf.Rational | mf.EulerMap:
    """Named, with its numbers after a colon."""
    name, _, numbers = text.partition(":")
    try:
        if name == "leaky" and not numbers:
            return mf.Leaky()
        if name == "euler":
            return mf.EulerMap(float(numbers))
        if name == "rational":
            numerator, denominator = (tuple(float(c) for c in part.split(",")) for part in numbers.split("/"))
            return mf.Rational(numerator, denominator)
    except ValueError as error:
        if isinstance(error, MFTheoryError):  # the numbers are numbers, but no filter
            raise
    raise InvalidNetwork("dynamics", text, "must be leaky, euler:STEP or rational:N/D, such as rational:1/1,0.8,1")


def _draw(draw: Callable[[Any], Any], file: Path) -> None:
    """A picture of one panel."""
    from mftheory import plots

    fig, (ax,) = plots.figure(1)
    draw(ax)
    plots.save(fig, file)


def _print_steps(steps: Mapping[str, Any]) -> None:
    for name, step in steps.items():
        typer.echo(f"% {name}\n{step.latex()}\n")


def _print_formula(formula: Any, latex: bool, python: bool, as_json: bool) -> None:
    where = {name: str(i.definition) for name, i in formula.symbols.items() if i.definition is not None}
    if as_json:
        _print_json(
            {
                "label": formula.label,
                "expression": str(formula.expr),
                "latex": formula.latex(),
                "symbols": {name: info.meaning for name, info in formula.symbols.items()},
                "moments": where,
                "assumptions": formula.assumptions,
                "citation": formula.citation,
            }
        )
    elif python:
        typer.echo(formula.kernel().source)
    elif latex:
        typer.echo(formula.latex())
    else:
        heading = f"[{formula.label}]  Ψ(ω1, ω2) of {formula.observable}, where F_12 = F(ω1) F(ω2):\n\n"
        moments = "".join(f"\n{name} = {definition}" for name, definition in where.items())
        typer.echo(heading + formula.pretty() + ("\n" + moments if moments else ""))


def _report(record: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(record)
        return
    width = max(map(len, record))
    for name, value in record.items():
        typer.echo(f"{name:<{width}}  {value:.10g}" if isinstance(value, float) else f"{name:<{width}}  {value}")


def _print_json(record: Any) -> None:
    typer.echo(json.dumps(record, indent=1, default=float))


def _silent(line: str) -> None:
    del line


if __name__ == "__main__":
    main()
