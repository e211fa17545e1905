"""The command of published figures: `figure`."""

from pathlib import Path
from typing import Annotated

import typer

from mftheory.cli import completion
from mftheory.cli.options import Json, Progress
from mftheory.cli.output import check_folder, print_json, silent


def figure(
    name: Annotated[
        str,
        typer.Argument(
            help="Of the figure, such as effective_rank; all of them; or summary.",
            autocompletion=completion.figure_names,
        ),
    ],
    output: Annotated[Path, typer.Option("--output", help="Folder for pictures, tables and JSON.")] = Path("figures"),
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            help="trial (seconds; concludes nothing), quick, medium or full (default): the published sizes.",
            autocompletion=completion.presets,
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="The same as --preset trial.")] = False,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Dask scheduler for the networks, such as tcp://host:8786.")
    ] = None,
    progress: Progress = False,
    as_json: Json = False,
) -> None:
    """A published figure, made again: picture, table, JSON.

    `all` makes each in a folder of its own; `summary` says what the z-scores of all results in a folder amount to. The
    same command continues what was stopped.
    """
    from mftheory.figures import jobs

    check_folder("output", output)
    if quick:
        preset = "trial"
    say = silent if as_json else typer.echo
    if name == "summary":
        record = jobs.summarise(output, say)
    elif name == "all":
        record = jobs.make_all(output, preset, say, progress, scheduler)
    else:
        record, files = jobs.make(name, output, preset, say, progress, scheduler)
        say(f"\nWritten: {', '.join(map(str, files))}")
    if as_json:
        print_json(record)
