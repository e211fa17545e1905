"""Processes that are killed: the sweep, its workers. What was finished is kept, and the numbers stay the same."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import xarray
from small_sweeps import assert_equal, family, lines, small_sweep, start

import mftheory as mf
from mftheory.errors import MFTheoryError
from mftheory.sweeps import execute as module
from mftheory.sweeps.execute import execute

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals are POSIX"),
    pytest.mark.filterwarnings("ignore:.* results are missing:UserWarning"),
]

LONGER = {"seeds": 40, "n": [40, 100], "duration": 40.0}
UNITS = 160


def kill_group(process: subprocess.Popen) -> None:
    """The process and all that it started: their group is their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def killed_until_done(store: Path, jobs: int, kills: int, seed: int) -> list[int]:
    """Results in the journal at each kill; then left to finish."""
    rng, counts = np.random.default_rng(seed), []
    for _ in range(kills):
        before = lines(store)
        process = start(store, json.dumps({**LONGER, "jobs": jobs}), stderr=subprocess.DEVNULL)
        # Some moments while it starts, most while it works: from its first new result on.
        while process.poll() is None and lines(store) <= before and rng.random() > 0.002:
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.15))
        kill_group(process)
        counts.append(lines(store))
    process = start(store, json.dumps({**LONGER, "jobs": jobs}), stderr=subprocess.DEVNULL)
    assert process.wait() == 0
    return counts


@pytest.mark.exact
@pytest.mark.parametrize(("jobs", "kills"), [(1, 3), pytest.param(1, 10, marks=pytest.mark.long)])
def test_killed_at_random_moments_the_same_command_ends_with_the_same_numbers(tmp_path, jobs, kills) -> None:
    store = tmp_path / "s.nc"
    counts = killed_until_done(store, jobs, kills, seed=kills)
    reference = small_sweep(**LONGER)
    assert counts == sorted(counts)  # nothing that was finished is lost
    assert counts[0] < UNITS  # killed before the end at least once; seen: most times
    assert_equal(xarray.load_dataset(store), reference)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.nc", "s.nc.journal", "s.nc.lock"]


@pytest.mark.exact
@pytest.mark.long
def test_killed_with_its_workers(tmp_path) -> None:
    store = tmp_path / "s.nc"
    killed_until_done(store, 2, 10, seed=2)
    assert_equal(xarray.load_dataset(store), small_sweep(**LONGER))


def children_of(pid: int) -> list[int]:
    psutil = pytest.importorskip("psutil")
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def alive(pid: int) -> bool:
    psutil = pytest.importorskip("psutil")
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_workers_end_when_the_sweep_alone_is_killed_even_in_the_middle_of_a_run(tmp_path) -> None:
    store = tmp_path / "s.nc"
    process = start(store, json.dumps({"jobs": 2, "n": [40], "duration": 1e6}), stderr=subprocess.DEVNULL)
    workers: list[int] = []
    deadline = time.monotonic() + 30
    while len(workers) < 4 and time.monotonic() < deadline:  # two of them, and the trackers of what they share
        time.sleep(0.2)
        workers = children_of(process.pid)
    time.sleep(1.5)  # they begin to work
    workers = children_of(process.pid)
    assert len(workers) >= 2
    process.kill()  # this one alone
    process.wait()
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))


def _die_once(marker: str, value: int) -> int:
    """Kills its own process, a worker, the first time that it is called."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return value
    os.kill(os.getpid(), signal.SIGKILL)
    return -1


def _die_always() -> None:
    time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.exact
def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path) -> None:
    tasks = [partial(_die_once, str(tmp_path / "dead"), 7), *(partial(pow, 2, k) for k in range(6))]
    assert dict(execute(tasks, jobs=2)) == {0: 7, **{k + 1: 2**k for k in range(6)}}


@pytest.mark.exact
@pytest.mark.long
def test_a_worker_killed_from_outside_changes_no_number(tmp_path) -> None:
    store = tmp_path / "s.nc"
    process = start(store, json.dumps({**LONGER, "jobs": 2}), stderr=subprocess.PIPE, text=True)
    while not lines(store):
        assert process.poll() is None
        time.sleep(0.01)
    psutil = pytest.importorskip("psutil")
    workers = [c for c in psutil.Process(process.pid).children() if "LokyProcess" in " ".join(c.cmdline())]
    workers[0].send_signal(signal.SIGKILL)
    assert process.wait() == 0, process.stderr.read()
    assert_equal(xarray.load_dataset(store), small_sweep(**LONGER))


def test_workers_that_keep_dying_end_in_a_clear_error(monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_FAILURES", 2)
    with pytest.raises(MFTheoryError, match=r"workers died 2 times .* 1 of 3 tasks are left") as caught:
        list(execute([_die_always, partial(pow, 2, 2), partial(pow, 2, 3)], jobs=2))
    assert "\n" not in str(caught.value)


def test_an_interrupt_ends_in_one_line_and_the_same_command_continues(tmp_path) -> None:
    store = tmp_path / "s.nc"
    command = ["sweep", "--g", "2", "--g", "3", "--what", "simulate", "--n", "60", "--networks", "100"]
    command += ["--trajectories", "8", "--duration", "100", "--jobs", "1", "--store", str(store)]
    process = subprocess.Popen(
        [sys.executable, "-m", "mftheory.cli", *command],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # pytest may run where it is not
    )
    while not lines(store):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    *said, last = process.stderr.read().splitlines()
    assert last == "mftheory: stopped"
    assert all("the same command continues" in line for line in said)
    assert len(said) <= 1
    kept = lines(store)
    assert 0 < kept < 200
    data = mf.sweep(
        family, {"g": [2.0, 3.0]}, "simulate", store, n=[60], seeds=100, trajectories=8, duration=100.0, jobs=1
    )
    assert data.attrs["units_finished"] == 200
    assert lines(store) == 200
