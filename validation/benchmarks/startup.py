"""What a user waits for before anything is computed: importing, the first dimension of a process, the command's help.

    python validation/benchmarks/startup.py [PROCESSES]

Each row is measured in processes of its own, taken in turn with those of the other rows, so that a change in the load
of the machine meets all of them; one of each before, not counted, leaves bytecode and compiled kernels in their
caches. Times are wall times: of an import from within its process, of the others of the whole process. The minimum is
what the work itself takes, the median what one sees on a machine that does other things too.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TIMED = "import time; started = time.perf_counter(); import {}; print(time.perf_counter() - started)"
FIRST = (
    "import mftheory as mf; "
    "mf.solve(mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=0.5))).dimension('phi')"
)


def of_import(module: str) -> float:
    """Seconds that an import takes in a new process."""
    run = subprocess.run([sys.executable, "-c", TIMED.format(module)], capture_output=True, text=True, check=True)
    return float(run.stdout)


def of_process(*command: str) -> float:
    """Seconds from a process's start to its end."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


ROWS: dict[str, Callable[[], float]] = {
    "import numpy": lambda: of_import("numpy"),
    "import mftheory": lambda: of_import("mftheory"),
    "first dimension": lambda: of_process(sys.executable, "-c", FIRST),
    "mftheory --help": lambda: of_process(str(Path(sys.executable).with_name("mftheory")), "--help"),
}


def measure(names: list[str], processes: int) -> dict[str, list[float]]:
    """Seconds of each row in that many processes."""
    for name in names:
        ROWS[name]()
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(processes):
        for name in names:
            times[name].append(ROWS[name]())
    return times


def main() -> None:
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times = measure(list(ROWS), processes)
    print(f"{'seconds, of ' + str(processes) + ' processes':28} minimum   median")
    for name, of_name in times.items():
        print(f"{name:28} {min(of_name):7.3f}  {statistics.median(of_name):7.3f}")
    ratios = [f(times["import mftheory"]) / f(times["import numpy"]) for f in (min, statistics.median)]
    print(f"{'import mftheory / numpy':28} {ratios[0]:7.2f}  {ratios[1]:7.2f}")


if __name__ == "__main__":
    main()
