"""The command of wiring diagrams: `connectome`."""

from pathlib import Path
from typing import Annotated

import typer

import mftheory as mf
from mftheory.cli import completion
from mftheory.cli.options import Json, Phi, Progress, nonlinearity_of, pairs
from mftheory.cli.output import check_picture, print_json
from mftheory.cli.refusals import in_shell
from mftheory.errors import InvalidFile, InvalidNetwork
from mftheory.wording import did_you_mean, meant


def connectome(
    file: Annotated[
        Path,
        typer.Argument(
            help="Edge list (.csv, .tsv, .parquet, .xlsx, .json ...), matrix (.npz, .npy, .xlsx) or .graphml; or a "
            "sample: celegans, fly-optic-lobe.",
            autocompletion=completion.wirings,
        ),
    ],
    g_eff: Annotated[
        float, typer.Option("--g-eff", help="Coupling scale √(Σ J²/n): a choice, the wiring does not fix it.")
    ] = 3.0,
    noise: Annotated[float, typer.Option("--noise", help="Intensity σ of independent white noise.")] = 0.0,
    nonlinearity: Phi = "erf",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="Unusual column names: pre=NAME, post=NAME, weight=NAME, sign, transmitter, kind; weight= alone, with "
            "no name, counts every row as one synapse.",
        ),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Only edges whose column has this value: COLUMN=VALUE.")
    ] = None,
    signs: Annotated[
        str | None,
        typer.Option(
            "--signs",
            help="Where signs are from: weight, column or transmitter.",
            autocompletion=completion.among(completion.SIGNS),
        ),
    ] = None,
    transmitter: Annotated[
        list[str] | None, typer.Option("--transmitter", help="Sign of a transmitter: glutamate=1; others are left out.")
    ] = None,
    neurons: Annotated[
        Path | None, typer.Option("--neurons", help="A table that names each neuron's transmitter.")
    ] = None,
    gap_junctions: Annotated[bool, typer.Option("--gap-junctions", help="Keep gap junctions.")] = False,
    transpose: Annotated[
        bool | None, typer.Option("--transpose/--no-transpose", help="A matrix is J[pre, post], or J[post, pre].")
    ] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="Of a text table; \\t is a tab.")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Of a spreadsheet.")] = None,
    simulate: Annotated[bool, typer.Option(help="Simulate what is predicted.")] = True,
    networks: Annotated[int, typer.Option("--networks", help="Surrogates simulated at each level.")] = 4,
    duration: Annotated[float, typer.Option("--duration", help="Of each simulation, in time constants.")] = 100.0,
    seed: Annotated[int, typer.Option("--seed", help="Of the surrogates and the runs.")] = 0,
    all_eigenvalues: Annotated[
        bool, typer.Option("--all-eigenvalues", help="Also above 2,000 neurons (5,552: a minute or two).")
    ] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Picture to be written.")] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """The theory of a wiring diagram, read from a file.

    Levels of description: independent couplings of equal variance, random modes with the wiring's singular values,
    these with its overlaps, and the wiring itself; each predicted and simulated.
    """
    check_picture(plot)
    wiring = mf.Connectome.read(
        _file_of(file),
        columns={role: name or None for role, name in pairs("column", column).items()},
        where=pairs("where", where),
        signs=signs,
        transmitters=_signs(transmitter),
        neurons=neurons,
        gap_junctions=gap_junctions,
        transpose=transpose,
        delimiter="\t" if delimiter == "\\t" else delimiter,
        sheet=sheet,
    )
    result = mf.predict(
        wiring,
        g_eff,
        nonlinearity=nonlinearity_of(nonlinearity),
        noise=noise,
        simulate=simulate,
        networks=networks,
        duration=duration,
        seed=seed,
        all_eigenvalues=True if all_eigenvalues else None,
        progress=progress,
    )
    if plot is not None:
        from mftheory import plots

        plots.save(result.plot(), plot)
    print_json(result.record()) if as_json else typer.echo(in_shell(str(result), connectome))


def _file_of(named: Path) -> Path:
    """Return the file, or that of the sample of this name."""
    name, samples = str(named), mf.connectome.SAMPLES
    if named.exists() or name not in samples:
        if not named.exists() and (likely := meant(name, samples)):
            raise InvalidFile("path", name, "no such file" + did_you_mean(likely))
        return named
    return mf.connectome.sample_data(name)


def _signs(texts: list[str] | None) -> dict[str, int] | None:
    """Return the signs of transmitters, if any are given."""
    signs = pairs("transmitter", texts)
    for name, sign in signs.items():
        if sign not in ("1", "+1", "-1"):
            raise InvalidNetwork("transmitter", f"{name}={sign}", "must be NAME=1 or NAME=-1")
    return {name: int(sign) for name, sign in signs.items()} or None
