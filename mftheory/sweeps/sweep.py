"""The driver: what is not finished is executed, and streams into the store."""

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mftheory.errors import InvalidNetwork, MFTheoryError
from mftheory.progress import Progress
from mftheory.results.provenance import provenance
from mftheory.sweeps.dataset import dataset
from mftheory.sweeps.execute import Task, execute, quietly
from mftheory.sweeps.plan import Plan, Unit
from mftheory.sweeps.store import Memory, Record, Results, Store
from mftheory.wording import among, counted

if TYPE_CHECKING:
    import xarray

GOOD = ("converged", "equilibrated")
"""Status of a theory, and of a simulation, as it should be."""

AGAIN = ("InvalidNetwork", "MemoryError")
"""Failures that are not kept: another machine or another setting may do better."""


@dataclass(frozen=True)
class Work:
    """What a worker does: functions that can be found by name in any process.

    Attributes
    ----------
    theory : callable
        (network, observables, tau, alternative, settings) → record with "status", "gain", "observables".
    simulation : callable
        (network, n, seed, observables, tau, settings) → record with "status", "observables", and of the run.
    """

    theory: Callable[..., Record]
    simulation: Callable[..., Record]


def run(
    plan: Plan,
    work: Work,
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

    Raises
    ------
    InvalidNetwork
        If not a single unit could be done, since an argument is wrong.
    InvalidFile
        If the store cannot be used, or its disk is full; what was finished before is kept.
    MFTheoryError
        If workers keep dying; what was finished before is kept.
    """
    results: Results = Memory() if store is None else Store(store, plan.description)
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
            runner.do(plan.theories, lambda unit: _theory_task(plan, work, unit, theory or {}))
            runner.do(plan.simulations, lambda unit: _simulation_task(plan, work, unit, simulation or {}))
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

    def do(self, units: Sequence[Unit], task: Callable[[Unit], Task]) -> None:
        """All of these that have no result yet."""
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
        tasks = [Task(_attempt, (task(units[0]),)) for units in groups]
        for k, record in execute(tasks, self._jobs, self._threads, self._scheduler):
            # What fails by an argument fails fast: after a correction it may be tried again.
            self._finish(groups[k], record, keep=record.get("failed") not in AGAIN)
            self._results.show(self.dataset)

    def dataset(self) -> "xarray.Dataset":
        """All results so far."""
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


def _theory_task(plan: Plan, work: Work, unit: Unit, settings: Mapping[str, Any]) -> Task:
    alternative = plan.what == "compare"
    network = plan.networks[unit.point]
    return Task(work.theory, (network, plan.observables, plan.tau, alternative, dict(settings)))


def _simulation_task(plan: Plan, work: Work, unit: Unit, settings: Mapping[str, Any]) -> Task:
    network = plan.networks[unit.point]
    return Task(work.simulation, (network, unit.n, unit.seed, plan.observables, plan.tau, dict(settings)))


def _attempt(task: Task) -> Record:
    """Its result, or why there is none."""
    try:
        record: Record = quietly(task)
        return record
    except InvalidNetwork as error:
        return {"failed": "InvalidNetwork", "status": f"InvalidNetwork: {error}", "error": error}
    except MFTheoryError as error:
        return {"failed": type(error).__name__, "status": f"{type(error).__name__}: {error}"}
    except MemoryError as error:
        return {"failed": "MemoryError", "status": f"MemoryError: {error}"}


def _refuse_if_nothing_worked(plan: Plan, results: Results) -> None:
    """An argument that no unit can work with is the caller's mistake, not a result."""
    records = [results.finished[unit.key] for unit in plan.units]
    wrong = [r for r in records if "error" in r]
    if wrong and all("observables" not in r for r in records):
        raise wrong[0]["error"]


def _warn(plan: Plan, finished: Mapping[str, Record]) -> None:
    """One line about all that did not go well."""
    records = [finished[unit.key] for unit in plan.units]
    poor = [r for r in records if r["status"] not in GOOD]
    if not poor:
        return
    first = next(r for r in poor if "skipped" not in r)
    without = sum("observables" not in r for r in poor)
    warnings.warn(
        f"{among(len(poor), len(records), 'result')} missing ({without}) or in doubt ({len(poor) - without}), see "
        f"status; such as: {first['status']}",
        stacklevel=5,
    )
