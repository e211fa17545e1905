"""A real Dask cluster of processes on this machine: the same call, the same numbers, whatever dies."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import xarray
from small_sweeps import assert_equal, lines, small_sweep

import mftheory as mf
from mftheory.errors import MFTheoryError
from mftheory.sweeps.execute import execute

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore:.* results are missing:UserWarning")

LONGER = {"seeds": 12, "n": [40, 100], "duration": 40.0}


class Cluster:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        file = folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler", "--scheduler-file", str(file), "--host", "127.0.0.1", "--port", "0"
        )
        deadline = time.monotonic() + 60
        while not (file.exists() and file.stat().st_size):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address = str(json.loads(file.read_text())["address"])
        self.workers = [self.worker() for _ in range(2)]

    def worker(self) -> subprocess.Popen:
        return self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0")

    def _start(self, module: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=self.folder, env={**os.environ, "OMP_NUM_THREADS": "1"}, **quiet)

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    yield running
    running.stop()


def when(store: Path, results: int, act) -> threading.Thread:
    """Do something as soon as the journal holds so many results."""

    def wait() -> None:
        while lines(store) < results:
            time.sleep(0.005)
        act()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.exact
def test_a_worker_killed_midway_loses_and_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    store = tmp_path / "s.nc"
    killed = when(store, 5, cluster.workers[0].kill)
    there = small_sweep(store=store, scheduler=cluster.address, **LONGER)
    killed.join()
    assert cluster.workers[0].wait() != 0
    here = small_sweep(**LONGER)
    assert_equal(there, here)
    assert_equal(xarray.load_dataset(store), here)
    # compare takes the same address.
    net, settings = mf.Network(mf.IID(3.0)), {"n": 40, "seeds": 3, "trajectories": 8, "duration": 10.0}
    far, near = mf.compare(net, scheduler=cluster.address, **settings), mf.compare(net, jobs=1, **settings)
    assert far.points[0].records == near.points[0].records


def test_a_scheduler_that_dies_ends_in_one_line(cluster: Cluster) -> None:
    results = execute([partial(time.sleep, 0.2)] * 40, scheduler=cluster.address)
    found = [next(results) for _ in range(3)]
    cluster.scheduler.kill()
    with pytest.raises(MFTheoryError, match=r"the scheduler .* went away; the same command continues") as caught:
        found.extend(results)
    assert "\n" not in str(caught.value)
    assert 3 <= len(found) < 40


def test_workers_that_come_late_are_waited_for(tmp_path: Path, monkeypatch) -> None:
    from mftheory.sweeps import execute

    start = Cluster.worker
    monkeypatch.setattr(execute, "WORKER_TIMEOUT", 1.0)
    monkeypatch.setattr(Cluster, "worker", lambda self: self._start("dask_spec", "--help"))
    empty = Cluster(tmp_path)
    late = threading.Timer(5.0, lambda: empty.workers.append(start(empty)))
    late.start()
    try:
        with pytest.warns(UserWarning, match="has no workers yet; waiting"):
            there = small_sweep(scheduler=empty.address)
        assert_equal(there, small_sweep())
    finally:
        late.join()
        empty.stop()
