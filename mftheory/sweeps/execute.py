"""Workers: processes on this machine, or a Dask cluster; results as they come, workers that die replaced."""

import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mftheory.errors import InvalidNetwork, MFTheoryError

PATIENCE = 3
"""How often in a row workers may die without a single result."""

ANSWERING = 5.0
"""Seconds in which something has to answer at a scheduler's address."""

CONNECTING = 30.0
"""Seconds in which it has to introduce itself: on a busy machine a scheduler was seen to take more than 5."""

ARRIVING = 5.0
"""Seconds until it is said that there are no workers yet."""


@dataclass(frozen=True)
class Task:
    """One call, to be made anywhere: function and arguments travel by pickle."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __call__(self) -> Any:
        return self.function(*self.arguments)


def cost_of(n: int) -> float:
    """Time that a network of n neurons takes, relative to a very small one: what progress is judged by.

    It is a fixed part, that of the states, and that of the products with J. Seconds measured with 64 trajectories of
    100 time constants, i.i.d. couplings and one thread: 0.22, 0.35, 0.63, 1.46, 4.42 at n = 100, 250, 500, 1000, 2000;
    0.13 times this: 0.19, 0.31, 0.59, 1.46, 4.42. Where large networks come first, the time to go that is judged by n²
    alone is 0.15 to 0.83 of the truth, by this 0.88 to 0.99 (these sizes, forty networks each).
    """
    return 1.0 + n / 250.0 + (n / 400.0) ** 2


def quietly(function: Callable[..., Any], *arguments: Any) -> Any:
    """A call without its warnings, which nobody sees in a worker: what is wrong, a record's status says as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments)


def execute(
    tasks: Sequence[Task], jobs: int = -1, threads: int = 1, scheduler: str | None = None
) -> Iterator[tuple[int, Any]]:
    """Run tasks, and give (position, result) as each is finished, in any order.

    Parameters
    ----------
    tasks : sequence of Task
        The first ones are begun first.
    jobs : int
        Processes on this machine; -1 for all cores, 1 for none but this one.
    threads : int
        Of each for linear algebra and compiled loops. Sums in single precision depend on it, and chaos amplifies their
        last digit, so that results repeat for equal `threads`, whatever `jobs`.
    scheduler : str, optional
        Address of a Dask scheduler, such as "tcp://host:8786", whose workers are used instead. They need this package.

    Raises
    ------
    InvalidNetwork
        If `jobs` or `threads` is no number of them, or no scheduler answers.
    MFTheoryError
        If workers keep dying; and whatever a task raises.

    Examples
    --------
    >>> from mftheory.sweeps.execute import Task, execute
    >>> sorted(execute([Task(pow, (2, k)) for k in range(3)], jobs=1))
    [(0, 1), (1, 2), (2, 4)]
    """
    for name, value in (("jobs", jobs), ("threads", threads)):
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not (value >= 1 or (name == "jobs" and value == -1)):
            allowed = "must be a number of processes, or -1 for all cores" if name == "jobs" else "must be at least 1"
            raise InvalidNetwork(name, value, allowed)
    if not tasks:
        return iter(())
    if scheduler is None:
        from joblib import cpu_count

        workers = min(cpu_count() if jobs == -1 else jobs, len(tasks))
        return _here(tasks, threads) if workers == 1 else _in_processes(tasks, workers, threads)
    return _on_cluster(tasks, threads, scheduler)


def _here(tasks: Sequence[Task], threads: int) -> Iterator[tuple[int, Any]]:
    for k, task in enumerate(tasks):
        with _pinned(threads):
            result = task()
        yield k, result


def _in_processes(tasks: Sequence[Task], workers: int, threads: int) -> Iterator[tuple[int, Any]]:
    """All tasks; those that were lost with a process again, in new ones."""
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    left = dict(enumerate(tasks))
    failures = 0
    parent = os.getpid()
    while left:
        results: Any = None
        try:
            # The configuration is read when the pool starts; it must not stay while whoever asks for results does
            # other things.
            with parallel_config(backend="loky", n_jobs=workers, inner_max_num_threads=threads), _deaf():
                results = Parallel(return_as="generator_unordered")(
                    delayed(_remotely)(k, task, threads, parent) for k, task in list(left.items())
                )
            for k, result in results:
                del left[k]
                failures = 0
                yield k, result
        except BrokenProcessPool as error:
            failures += 1
            if failures >= PATIENCE:
                raise _died(f"workers died {failures} times without finishing anything", len(left), tasks) from error
        finally:
            with _deaf():  # interrupted again, joblib would leave semaphores behind, and say so
                if results is not None:
                    if left:
                        _silence_pool()
                    quietly(results.close)  # joblib warns of tasks that nobody waits for any more


def _silence_pool() -> None:
    """Let nothing be printed of what the pool's own thread raises when it is closed before its work is done."""
    before = threading.excepthook

    def hook(args: threading.ExceptHookArgs) -> None:
        if not type(args.thread).__module__.startswith("joblib."):
            before(args)

    threading.excepthook = hook


ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait; processes started inside never hear them.

    A terminal sends Ctrl-C to the workers as well, which would each print a traceback. It is this process that ends
    them, or its end that does (`_die_with`).
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # started later, it would open our ears again (before Python 3.14)
    held: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        # Blocked here, a signal reaches another thread, such as one of BLAS, and its handler runs here all the same.
        for number in ENDING:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                handlers[number] = signal.signal(number, lambda number, _: held.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # what a new process inherits
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if held:
            signal.raise_signal(held[0])


def _on_cluster(tasks: Sequence[Task], threads: int, scheduler: str) -> Iterator[tuple[int, Any]]:
    """Not through joblib: with one worker at the start it would run everything here, and leave later ones idle."""
    try:
        from concurrent.futures import CancelledError

        from distributed import Client, as_completed
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise InvalidNetwork("scheduler", scheduler, "needs Dask: pip install 'mftheory[cluster]'") from None
    _check_answers(scheduler)
    try:
        client = Client(scheduler, timeout=CONNECTING, set_as_default=False)
    except Exception as error:  # whatever another kind of server makes of it, such as a MemoryError
        allowed = f"is no Dask scheduler, or one of another version ({type(error).__name__})"
        raise InvalidNetwork("scheduler", scheduler, allowed) from None
    waiting = list(enumerate(tasks))[::-1]
    begun: dict[Any, int] = {}
    with client:
        running = as_completed(loop=client.loop)

        def submit() -> None:
            """As many as keep all present workers busy: arguments of tasks may be large."""
            wanted = 2 * max(1, sum(client.nthreads().values()))
            while waiting and len(begun) < wanted:
                k, task = waiting.pop()
                future = client.submit(_remotely, k, task, threads, None, pure=False)
                begun[future.key] = k
                running.add(future)

        try:
            client.wait_for_workers(1, timeout=ARRIVING)
        except TimeoutError:  # they may be in a queue, or start when there is work: wait, but say so
            warnings.warn(f"the scheduler {scheduler} has no workers yet; waiting for them", stacklevel=2)
        try:
            submit()
            for future in running:
                k, result = future.result()
                del begun[future.key]
                submit()
                yield k, result
        except KilledWorker as error:
            left = len(waiting) + len(begun)
            raise _died("workers died again and again at the same task", left, tasks) from error
        except (CancelledError, CommClosedError) as error:
            raise MFTheoryError(f"the scheduler {scheduler} went away; the same command continues") from error


def _died(what: str, left: int, tasks: Sequence[Task]) -> MFTheoryError:
    return MFTheoryError(f"{what} (out of memory?): {left} of {len(tasks)} tasks are left")


def _check_answers(scheduler: str) -> None:
    """A plain connection first: it fails at once and quietly, where Dask would try again for long."""
    address = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}")
    try:
        host, port = address.hostname, address.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise InvalidNetwork("scheduler", scheduler, "must be an address such as tcp://host:8786")
    try:
        socket.create_connection((host, port), timeout=ANSWERING).close()
    except OSError as error:
        raise InvalidNetwork("scheduler", scheduler, f"no Dask scheduler answers there ({error})") from None


def _remotely(k: int, task: Task, threads: int, parent: int | None) -> tuple[int, Any]:
    if parent is not None:  # of a Dask worker; its scheduler looks after it
        _die_with(parent)
    _pin(threads)
    return k, task()


def _pin(threads: int) -> None:
    """For good: a worker does nothing else, and its threads (of a Dask worker) share what is limited here."""
    _libraries().limit(limits=threads)
    _numba_threads(threads)


@contextmanager
def _pinned(threads: int) -> Iterator[None]:
    before = _numba_threads(threads)
    try:
        with _libraries().limit(limits=threads):
            yield
    finally:
        _numba_threads(before)


_found: dict[str, Any] = {"modules": 0}


def _libraries() -> Any:
    """Those with threads in this process; looked for again, which takes a millisecond, when more has been imported."""
    import scipy.linalg  # noqa: F401  # it has a BLAS of its own, to be limited before its first use
    from threadpoolctl import ThreadpoolController

    if _found["modules"] != len(sys.modules):
        _found.update(modules=len(sys.modules), controller=ThreadpoolController())
    return _found["controller"]


def _numba_threads(threads: int) -> int:
    """Set the number of threads of compiled loops, and give the one before."""
    import numba

    before: int = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    return before


_watched: set[int] = set()


def _die_with(parent: int) -> None:
    """End this worker when the process that started it is gone, even killed: nobody waits for its results."""
    if os.name != "posix" or parent in _watched or os.getpid() == parent:  # nested in a worker: no process of its own
        return
    if os.getppid() != parent:  # killed while this worker was starting
        os._exit(1)
    _watched.add(parent)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="mftheory-parent-watch").start()
