"""The driver of a sweep: all units that are not finished are executed, and their results stream into the store."""

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mftheory.errors import InvalidNetwork, MFTheoryError
from mftheory.progress import Progress
from mftheory.results.provenance import provenance
from mftheory.sweeps.dataset import dataset
from mftheory.sweeps.execute import execute, quietly
from mftheory.sweeps.store import Record, Results, Store
from mftheory.sweeps.tasks import Plan, Unit
from mftheory.wording import among, counted

if TYPE_CHECKING:
    import xarray

GOOD_STATUSES = ("converged", "equilibrated")
"""Status of a theory, and of a simulation, that are as they should be."""

RETRIED_FAILURES = ("InvalidNetwork", "MemoryError")
"""Failures that are not stored: another machine or another setting may do better."""


def run(
    plan: Plan,
    solve: Callable[..., Record],
    simulate: Callable[..., Record],
    store: str | os.PathLike[str] | None = None,
    *,
    jobs: int = -1,
    threads: int = 1,
    scheduler: str | None = None,
    progress: bool = False,
    theory: Mapping[str, Any] | None = None,
    simulation: Mapping[str, Any] | None = None,
) -> "xarray.Dataset":
    """Do all of a plan that its store does not hold yet.

    Parameters
    ----------
    plan : Plan
    solve : callable
        (network, observables, tau, alternative, settings) → record with "status", "gain" and "observables". It has to
        be found by name in any process, as does `simulate`.
    simulate : callable
        (network, n, seed, observables, tau, settings) → record with "status", "observables" and numbers of the run.
    store : path, optional
        The netCDF file; without it, results are only returned.
    jobs, threads, scheduler, progress
        As for `mftheory.sweep`.
    theory, simulation : mapping, optional
        Settings of the two functions.

    Raises
    ------
    InvalidNetwork
        If not a single unit could be done, since an argument is wrong.
    InvalidFile
        If the store cannot be used, or its disk is full; what was finished before is kept.
    MFTheoryError
        If workers keep dying; what was finished before is kept.
    """
    results = Results() if store is None else Store(store, plan.description)
    try:
        known = {unit.key for unit in plan.units} & results.finished.keys()
        bar = Progress(
            sum(unit.cost for unit in plan.units),
            "sweep",
            "theory" if plan.what == "solve" else "run",
            parts=len(plan.units),
            done=sum(unit.cost for unit in plan.units if unit.key in known),
            parts_done=sum(unit.key in known for unit in plan.units),
            enabled=progress,
        )
        runner = _Runner(plan, results, bar, jobs, threads, scheduler)
        with bar:
            runner.do(plan.theories, solve, (plan.observables, plan.tau, plan.what == "compare", dict(theory or {})))
            runner.do(plan.simulations, simulate, (plan.observables, plan.tau, dict(simulation or {})))
        _refuse_if_nothing_worked(plan, results)
        results.show(runner.dataset, last=True)
    except (KeyboardInterrupt, SystemExit) as stopped:
        if store is not None and results.finished:
            results.show(runner.dataset, last=True)
            kept = counted(len(results.finished), "result")
            stopped.add_note(f"{kept} kept in {os.fspath(store)}; the same command continues")
        raise
    finally:
        results.close()
    _warn(plan, results.finished)
    return runner.dataset()


class _Runner:
    """Executes units, each key once, and hands every result on."""

    def __init__(
        self, plan: Plan, results: Results, bar: Progress, jobs: int, threads: int, scheduler: str | None
    ) -> None:
        self._plan, self._results, self._bar = plan, results, bar
        self._jobs, self._threads, self._scheduler = jobs, threads, scheduler
        self._provenance = provenance()

    def do(self, units: Sequence[Unit], function: Callable[..., Record], settings: tuple[Any, ...]) -> None:
        """Execute all units that have no result yet."""
        left: dict[str, list[Unit]] = {}
        for unit in units:
            if unit.key in self._results.finished:
                continue
            failed = self._failed_theory(unit)
            if failed is None:
                left.setdefault(unit.key, []).append(unit)
            else:  # without a theory, there is nothing to compare a network with
                self._finish([unit], {"status": f"not simulated: {failed}", "skipped": True}, keep=False)
        groups = list(left.values())
        tasks = [
            partial(_attempt, function, self._plan.networks[unit.point], *unit.arguments, *settings)
            for unit, *_ in groups
        ]
        for k, record in execute(tasks, self._jobs, self._threads, self._scheduler):
            # What fails by an argument fails fast: after a correction it may be tried again.
            self._finish(groups[k], record, keep=record.get("failed") not in RETRIED_FAILURES)
            self._results.show(self.dataset)

    def dataset(self) -> "xarray.Dataset":
        """Return the data set of all results so far."""
        return dataset(self._plan, self._results.finished, self._provenance)

    def _finish(self, units: Sequence[Unit], record: Record, keep: bool) -> None:
        self._results.add(units[0].key, record, keep)
        for unit in units:
            self._bar.update(unit.cost)

    def _failed_theory(self, unit: Unit) -> str | None:
        if unit.n is None or self._plan.what != "compare":
            return None
        record = self._results.finished[self._plan.theories[unit.point].key]
        return None if "observables" in record else str(record["status"])


def _attempt(function: Callable[..., Record], *arguments: Any) -> Record:
    """Return what a function does, or a record that says why it fails."""
    try:
        record: Record = quietly(function, *arguments)
        return record
    except InvalidNetwork as error:
        return {"failed": "InvalidNetwork", "status": f"InvalidNetwork: {error}", "error": error}
    except MFTheoryError as error:
        return {"failed": type(error).__name__, "status": f"{type(error).__name__}: {error}"}
    except MemoryError as error:
        return {"failed": "MemoryError", "status": f"MemoryError: {error}"}


def _refuse_if_nothing_worked(plan: Plan, results: Results) -> None:
    """Raise the error of an argument that no unit can work with: it is the caller's mistake, not a result."""
    records = [results.finished[unit.key] for unit in plan.units]
    wrong = [r for r in records if "error" in r]
    if wrong and all("observables" not in r for r in records):
        raise wrong[0]["error"]


def _warn(plan: Plan, finished: Mapping[str, Record]) -> None:
    """Warn in one line about all that did not go well."""
    records = [finished[unit.key] for unit in plan.units]
    poor = [r for r in records if r["status"] not in GOOD_STATUSES]
    if not poor:
        return
    first = next(r for r in poor if "skipped" not in r)
    without = sum("observables" not in r for r in poor)
    warnings.warn(
        f"{among(len(poor), len(records), 'result')} missing ({without}) or in doubt ({len(poor) - without}), see "
        f"status; such as: {first['status']}",
        stacklevel=5,
    )
