"""Where tasks run: threads are pinned, results come as they are ready, errors come back."""

import os
import time
from functools import partial

import pytest

import mftheory as mf
from mftheory.sweeps.execute import execute, quietly


def thread_counts() -> set[int]:
    """Of every library with threads in this process."""
    import numba
    import threadpoolctl

    return {library["num_threads"] for library in threadpoolctl.threadpool_info()} | {numba.get_num_threads()}


def wait(seconds: float) -> tuple[float, int]:
    time.sleep(seconds)
    return seconds, os.getpid()


def fail() -> None:
    raise mf.NotConverged("no luck", [1.0, 0.5])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("jobs", [1, 2])
def test_threads_of_every_library_are_pinned_in_workers_and_given_back_here(jobs: int, threads: int) -> None:
    if threads > (os.cpu_count() or 1):
        pytest.skip("not so many cores")
    before = thread_counts()
    for counts in dict(execute([thread_counts] * 4, jobs, threads)).values():
        assert counts == {threads}
    assert thread_counts() == before


def test_results_come_as_they_are_ready_from_two_processes() -> None:
    list(execute([partial(wait, 0.0)] * 4, jobs=2))  # both have started
    found = list(execute([partial(wait, s) for s in (1.0, 0.1, 0.1)], jobs=2))
    assert [k for k, _ in found][-1] == 0
    assert {k: seconds for k, (seconds, _) in found} == {0: 1.0, 1: 0.1, 2: 0.1}
    assert os.getpid() not in {pid for _, (_, pid) in found}


@pytest.mark.parametrize("jobs", [1, 2])
def test_errors_come_back_whole(jobs: int) -> None:
    with pytest.raises(mf.NotConverged, match="no luck") as caught:
        list(execute([fail] * 2, jobs))
    assert caught.value.residuals == (1.0, 0.5)


def test_nothing_to_do() -> None:
    assert list(execute([], jobs=2)) == []
    assert list(execute([], scheduler="tcp://127.0.0.1:1")) == []


def test_quietly_is_quiet_and_gives_the_result(recwarn) -> None:
    import warnings

    def loud(value: int) -> int:
        warnings.warn("heard", stacklevel=1)
        return value

    assert quietly(loud, 3) == 3
    assert not recwarn
