"""Figures as jobs: one, all of them, and what the z-scores of all results amount to."""

import json
import time
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from mftheory.errors import InvalidNetwork
from mftheory.figures import registry
from mftheory.figures.verdicts import of_folder, summary, summary_text
from mftheory.storage import make_folder, write

Say = Callable[[str], None]
SUMMARY = "summary"
"""Name of the files that say what all comparisons amount to."""


def make(
    name: str,
    output: Path,
    preset: str | None = None,
    say: Say = print,
    progress: bool = False,
    scheduler: str | None = None,
) -> tuple[dict[str, Any], list[Path]]:
    """Makes one figure.

    Parameters
    ----------
    name : str
        One of `mftheory.figures.registry.FIGURES`.
    output : Path
        Folder to write to, made if need be. What is there of the same figure is continued.
    preset : str, optional
        "trial", "quick", "medium" or "full" (the default).
    say : callable
        Where the report goes.
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
    module = registry.load(name)
    protocol = registry.protocol(name, "full" if preset is None else preset)
    options: dict[str, Any] = {"say": say, "progress": progress}
    if scheduler is not None:
        if "scheduler" not in signature(module.run).parameters:
            raise InvalidNetwork("scheduler", scheduler, f"is not for figure {name}, whose work is done here")
        options["scheduler"] = scheduler
    make_folder(output, "output")
    record = module.run(output, protocol, **options)
    return record, [output / file for file in module.FILES]


def make_all(
    output: Path, preset: str | None = None, say: Say = print, progress: bool = False, scheduler: str | None = None
) -> dict[str, Any]:
    """Makes every figure, each in a folder of its name, and the summary; parameters as of `make`."""
    for name, shows in registry.FIGURES.items():
        say(f"\n== {name}: {shows}")
        start = time.perf_counter()
        local = "scheduler" not in signature(registry.load(name).run).parameters
        make(name, output / name, preset, say, progress, None if local else scheduler)
        say(f"({time.perf_counter() - start:.0f} s)")
    say("\n== summary")
    return summarise(output, say)


def summarise(folder: Path, say: Say = print) -> dict[str, Any]:
    """What the comparisons of all results in a folder amount to; writes ``summary.json`` and ``summary.txt``.

    Raises
    ------
    InvalidFile
        If there is no result of a figure.
    """
    found = of_folder(folder)
    everything = [row for rows in found.values() for row in rows]
    record = {"all": summary(everything), "figures": {name: summary(rows) for name, rows in found.items()}}
    lines = []
    for name, one in record["figures"].items():
        beyond = f"{one['beyond_3']} beyond 3"
        lines.append(
            f"{name}: {one['count']} comparisons, {beyond}"
            + (f", χ² p = {one['chi2_p']:.2f}" if one["independent"] else "")
        )
    lines += ["", summary_text(record["all"])]
    text = "\n".join(lines)
    say(text)
    write(folder / f"{SUMMARY}.json", json.dumps(record, indent=1) + "\n", "output")
    write(folder / f"{SUMMARY}.txt", text + "\n", "output")
    return record
