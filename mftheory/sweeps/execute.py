"""Workers: processes on this machine, or a Dask cluster; results are yielded as they come, dead workers replaced."""

import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from mftheory.errors import InvalidNetwork, MFTheoryError

MAX_FAILURES = 3
"""Maximum number of times in a row that workers may die without a single result."""

ANSWER_TIMEOUT = 5.0
"""Time in which something has to answer at a scheduler's address, in s."""

CONNECT_TIMEOUT = 30.0
"""Time in which it has to introduce itself, in s: on a busy machine a scheduler was seen to take more than 5."""

WORKER_TIMEOUT = 5.0
"""Time until the user is told that there are no workers yet, in s."""


Task = Callable[[], Any]
"""One call, to be made in any process: a `functools.partial` of a function that is found by name, sent by pickle."""


def cost_of(n: int) -> float:
    """Return the time that a network of n neurons takes, relative to a very small one: progress is judged by it.

    The terms are a fixed part, that of the states, and that of the products with J. Seconds measured with 64
    trajectories of 100 time constants, i.i.d. couplings and one thread: 0.22, 0.35, 0.63, 1.46, 4.42 at n = 100, 250,
    500, 1000, 2000; 0.13 times this function: 0.19, 0.31, 0.59, 1.46, 4.42. Where large networks come first, the time
    to go that is judged by n² alone is 0.15 to 0.83 of the truth, by this function 0.88 to 0.99 (these sizes, forty
    networks each).
    """
    return 1.0 + n / 250.0 + (n / 400.0) ** 2


def quietly(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function without its warnings, which nobody sees in a worker: a record's status says the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments)


def execute(
    tasks: Sequence[Task], jobs: int = -1, threads: int = 1, scheduler: str | None = None
) -> Iterator[tuple[int, Any]]:
    """Run tasks, and give (position, result) as each is finished, in any order.

    Parameters
    ----------
    tasks : sequence of callables without arguments
        The first ones are begun first.
    jobs : int
        Processes on this machine; -1 for all cores, 1 for none but this one.
    threads : int
        Threads of each, for linear algebra and compiled loops. Sums in single precision depend on it, and chaos
        amplifies their last digit, so that results repeat for equal `threads`, whatever `jobs`.
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
    >>> from functools import partial
    >>> from mftheory.sweeps.execute import execute
    >>> sorted(execute([partial(pow, 2, k) for k in range(3)], jobs=1))
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
    """Run all tasks; those that were lost with a process are run again, in new processes."""
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
            with parallel_config(backend="loky", n_jobs=workers, inner_max_num_threads=threads), _ending_signals_wait():
                results = Parallel(return_as="generator_unordered")(
                    delayed(_remotely)(k, task, threads, parent) for k, task in list(left.items())
                )
            for k, result in results:
                del left[k]
                failures = 0
                yield k, result
        except BrokenProcessPool as error:
            failures += 1
            if failures >= MAX_FAILURES:
                raise _died(f"workers died {failures} times without finishing anything", len(left), tasks) from error
        finally:
            with _ending_signals_wait():  # interrupted again, joblib would leave semaphores behind, and say so
                if results is not None:
                    if left:
                        _silence_pool()
                    quietly(results.close)  # joblib warns of tasks that nobody waits for any more


def _silence_pool() -> None:
    """Print nothing of what the pool's own thread raises when it is closed before its work is done."""
    before = threading.excepthook

    def hook(args: threading.ExceptHookArgs) -> None:
        if not type(args.thread).__module__.startswith("joblib."):
            before(args)

    threading.excepthook = hook


ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _ending_signals_wait() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait; processes started inside never receive them.

    A terminal sends Ctrl-C to the workers as well, which would each print a traceback. It is this process that ends
    them, or its end that does (`_die_with`).
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # started later, it would unblock the signals (before Python 3.14)
    held: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        # Blocked here, a signal reaches another thread, such as one of BLAS, and its handler runs here all the same.
        for number in ENDING_SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                handlers[number] = signal.signal(number, lambda number, _: held.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)  # what a new process inherits
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if held:
            signal.raise_signal(held[0])


def _on_cluster(tasks: Sequence[Task], threads: int, scheduler: str) -> Iterator[tuple[int, Any]]:
    """Run tasks on Dask's workers, not through joblib, which leaves later workers idle if there is one at first."""
    try:
        from concurrent.futures import CancelledError

        from distributed import Client, as_completed
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise InvalidNetwork("scheduler", scheduler, "needs Dask: pip install 'mftheory[cluster]'") from None
    _check_answers(scheduler)
    try:
        client = Client(scheduler, timeout=CONNECT_TIMEOUT, set_as_default=False)
    except Exception as error:  # whatever another kind of server makes of it, such as a MemoryError
        allowed = f"is no Dask scheduler, or one of another version ({type(error).__name__})"
        raise InvalidNetwork("scheduler", scheduler, allowed) from None
    waiting = list(enumerate(tasks))[::-1]
    begun: dict[Any, int] = {}
    with client:
        running = as_completed(loop=client.loop)

        def submit() -> None:
            """Submit as many tasks as keep all present workers busy: their arguments may be large."""
            wanted = 2 * max(1, sum(client.nthreads().values()))
            while waiting and len(begun) < wanted:
                k, task = waiting.pop()
                future = client.submit(_remotely, k, task, threads, None, pure=False)
                begun[future.key] = k
                running.add(future)

        try:
            client.wait_for_workers(1, timeout=WORKER_TIMEOUT)
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
    """Try a plain connection first: it fails at once and quietly, where Dask would try again for long."""
    address = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}")
    try:
        host, port = address.hostname, address.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise InvalidNetwork("scheduler", scheduler, "must be an address such as tcp://host:8786")
    try:
        socket.create_connection((host, port), timeout=ANSWER_TIMEOUT).close()
    except OSError as error:
        raise InvalidNetwork("scheduler", scheduler, f"no Dask scheduler answers there ({error})") from None


def _remotely(k: int, task: Task, threads: int, parent: int | None) -> tuple[int, Any]:
    if parent is not None:  # of a Dask worker; its scheduler looks after it
        _die_with(parent)
    _pin(threads)
    return k, task()


def _pin(threads: int) -> None:
    """Limit the threads of a worker for good: it does nothing else, and a Dask worker's threads share the limit."""
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


_controller: dict[str, Any] = {"modules": 0}


def _libraries() -> Any:
    """Return the libraries with threads; they are looked for again (1 ms) when more has been imported."""
    import scipy.linalg  # noqa: F401  # it has a BLAS of its own, to be limited before its first use
    from threadpoolctl import ThreadpoolController

    if _controller["modules"] != len(sys.modules):
        _controller.update(modules=len(sys.modules), controller=ThreadpoolController())
    return _controller["controller"]


def _numba_threads(threads: int) -> int:
    """Set the number of threads of compiled loops, and return the one before."""
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
