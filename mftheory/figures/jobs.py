"""Figures as jobs: one, all of them, and a summary of the z-scores of all results."""

import time
from pathlib import Path
from typing import Any

from mftheory.figures import registry
from mftheory.figures.frame import Say, write_report
from mftheory.figures.verdicts import of_folder, summary, summary_text

SUMMARY = "summary"
"""Name of the files that sum up all comparisons."""


def make(
    name: str,
    output: Path,
    preset: str | None = None,
    say: Say = print,
    progress: bool = False,
    scheduler: str | None = None,
) -> tuple[dict[str, Any], list[Path]]:
    """Make one figure.

    Parameters
    ----------
    name : str
        One of `mftheory.figures.registry.FIGURES`.
    output : Path
        Folder to write to, made if need be. What is there of the same figure is continued.
    preset : str, optional
        "trial", "quick", "medium" or "full" (the default).
    say : callable
        Takes the report.
    progress : bool
        Show progress bars.
    scheduler : str, optional
        Address of a Dask scheduler that simulates the networks.

    Returns
    -------
    dict, list of Path
        Every number written, and the files.

    Raises
    ------
    InvalidNetwork
        If the figure or the preset does not exist, or the figure's networks cannot be simulated elsewhere.
    """
    figure = registry.load(name)
    protocol = registry.protocol(name, "full" if preset is None else preset)
    record = figure.run(output, protocol, say, progress, scheduler=scheduler)
    return record, [output / file for file in figure.files]


def make_all(
    output: Path, preset: str | None = None, say: Say = print, progress: bool = False, scheduler: str | None = None
) -> dict[str, Any]:
    """Make every figure, each in a folder of its name, and the summary; parameters as of `make`."""
    for name, shows in registry.FIGURES.items():
        say(f"\n== {name}: {shows}")
        start = time.perf_counter()
        make(name, output / name, preset, say, progress, scheduler if registry.load(name).scheduled else None)
        say(f"({time.perf_counter() - start:.0f} s)")
    say("\n== summary")
    return summarise(output, say)


def summarise(folder: Path, say: Say = print) -> dict[str, Any]:
    """Sum up the comparisons of all results in a folder; write ``summary.json`` and ``summary.txt``.

    Raises
    ------
    InvalidFile
        If there is no result of a figure.
    """
    by_figure = of_folder(folder)
    every_row = [row for rows in by_figure.values() for row in rows]
    record = {"all": summary(every_row), "figures": {name: summary(rows) for name, rows in by_figure.items()}}
    lines = []
    for name, one in record["figures"].items():
        chi2 = f", χ² p = {one['chi2_p']:.2f}" if one["independent"] else ""
        lines.append(f"{name}: {one['count']} comparisons, {one['beyond_3']} beyond 3{chi2}")
    lines += ["", summary_text(record["all"])]
    text = "\n".join(lines)
    say(text)
    write_report(SUMMARY, folder, record, text)
    return record
