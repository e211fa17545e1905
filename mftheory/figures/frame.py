"""How every figure is made: it computes, reports, draws and writes; a figure's module declares what differs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Picture

from mftheory import plots, storage
from mftheory.errors import InvalidNetwork
from mftheory.figures.records_on_disk import Records
from mftheory.figures.verdicts import summary, summary_text, table
from mftheory.results.attractors import in_doubt, named_networks
from mftheory.results.provenance import provenance

Say = Callable[[str], None]
"""Where lines of a report go."""


@dataclass(frozen=True)
class FigureWork:
    """Where the work of a figure is done, and by what.

    Attributes
    ----------
    name : str
        The figure's name.
    folder : Path
        Where its files are written.
    say : callable
        Takes lines that are printed and written to the report.
    progress : bool
        Show progress bars.
    jobs : int
        Processes here; -1 for as many as there are cores.
    scheduler : str or None
        Address of a Dask scheduler that simulates the networks.
    """

    name: str
    folder: Path
    say: Say
    progress: bool
    jobs: int
    scheduler: str | None

    @property
    def records(self) -> Records:
        """Results of single networks or points, in ``points/``."""
        return Records(self.folder / "points")

    @property
    def sweep_options(self) -> dict[str, Any]:
        """Arguments of `mftheory.sweep` that say where the work is done."""
        return {"jobs": self.jobs, "scheduler": self.scheduler, "progress": self.progress}

    def store(self, networks: Mapping[int, int], name: str | None = None) -> Path:
        """Return the file that networks stream into: one for each preset, named by their largest size."""
        return self.folder / f"{name or self.name}_N{max(networks)}.nc"


@dataclass(frozen=True)
class Outcome:
    """Numbers of a figure, before they are reported and drawn.

    Attributes
    ----------
    record : dict
        Every number that is written, JSON-ready, with its ``comparisons``.
    title : str or None
        Line above the table of comparisons; None if the figure has made its report by `FigureWork.say`.
    notes : tuple of str
        Lines below the table.
    aside : tuple of str
        Lines that are said after the report, and not written.
    drawn : mapping
        What is drawn beside the record, and not written.
    """

    record: dict[str, Any]
    title: str | None = None
    notes: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    drawn: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A published figure: how it is computed and drawn, at several sizes.

    Attributes
    ----------
    name : str
        The name of its files.
    presets : mapping of str to Protocol
        What is solved and simulated, by the names of `mftheory.figures.registry.PRESETS`.
    compute : callable
        (protocol, work) → `Outcome`.
    draw : callable
        The record, as it is written, → the picture.
    more_files : tuple of str
        Names of files that `compute` writes itself.
    scheduled : bool
        True if a Dask scheduler may simulate the networks.
    """

    name: str
    presets: Mapping[str, Any]
    compute: Callable[[Any, FigureWork], Outcome]
    draw: Callable[[Mapping[str, Any]], Picture]
    more_files: tuple[str, ...] = ()
    scheduled: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that are written: picture, JSON and report among them."""
        return (f"{self.name}.png", *self.more_files, f"{self.name}.json", f"{self.name}.txt")

    def run(
        self,
        output: Path,
        protocol: Any = None,
        say: Say = print,
        progress: bool = False,
        jobs: int = -1,
        scheduler: str | None = None,
    ) -> dict[str, Any]:
        """Solve, simulate, compare; write picture, JSON and report. What was simulated is kept, and not done again.

        Parameters
        ----------
        output : Path
            Folder to write to, made if need be.
        protocol : Protocol of the figure's module, optional
            What to solve and to simulate; the preset "full" by default, of the published sizes.
        say : callable
            Takes the report.
        progress : bool
            Show progress bars.
        jobs : int
            Processes here; -1 for as many as there are cores.
        scheduler : str, optional
            Address of a Dask scheduler that simulates the networks.

        Returns
        -------
        dict
            Every number written, JSON-ready; ``comparisons`` as `mftheory.figures.verdicts.verdict` makes them.

        Raises
        ------
        InvalidNetwork
            If there is a scheduler, and the figure's networks cannot be simulated elsewhere.
        """
        if scheduler is not None and not self.scheduled:
            raise InvalidNetwork("scheduler", scheduler, f"is not for figure {self.name}, whose work is done here")
        protocol = self.presets["full"] if protocol is None else protocol
        storage.make_folder(output, "output")
        lines: list[str] = []

        def report(line: str) -> None:
            lines.append(line)
            say(line)

        outcome = self.compute(protocol, FigureWork(self.name, output, report, progress, jobs, scheduler))
        record = outcome.record
        if outcome.title is not None:
            record |= {"figure": self.name, "summary": summary(record["comparisons"])}
            notes = [*outcome.notes, *_notes_on_networks(record)]
            report("\n".join([outcome.title, table(record["comparisons"]), *notes, summary_text(record["summary"])]))
        for line in outcome.aside:
            say(line)
        record["provenance"] = provenance(**asdict(protocol))
        write_report(self.name, output, record, "\n".join(lines))
        plots.save(self.draw({**record, **outcome.drawn}), output / f"{self.name}.png")
        return record


def _notes_on_networks(record: Mapping[str, Any]) -> list[str]:
    """Return lines on networks that are at rest or in doubt, if these were looked for."""
    notes = []
    if record.get("resting"):
        notes.append(f"at rest and left out: {named_networks(record['resting'])}")
    networks = [network for of_size in record.get("networks", {}).values() for network in of_size]
    if in_question := [network for network in networks if in_doubt(network["status"])]:
        notes.append(f"{len(in_question)} of the networks are in doubt, see their status")
    return notes


def write_report(name: str, output: Path, record: Mapping[str, Any], text: str) -> None:
    """Write NAME.json and NAME.txt."""
    storage.make_folder(output, "output")
    storage.write(output / f"{name}.json", json.dumps(record, indent=1) + "\n", "output")
    storage.write(output / f"{name}.txt", text + "\n", "output")
