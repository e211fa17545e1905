"""What a sweep costs beside its work, and how much faster two workers are than one.

Run on a quiet machine:  python validation/benchmarks/sweep.py  [--n 1000] [--duration 60] [--units 8]

Overheads are per unit, of units that do nothing: handing them to a worker and back, and keeping their results. The
speed-up is of networks that take a second or two each; start-up of the workers (imports, compiled functions from the
cache) is outside the time, as a sweep is long compared with it; it is printed beside.
"""

import argparse
import json
import tempfile
import time
from functools import partial
from pathlib import Path

import mftheory as mf
from mftheory.sweeps.execute import execute
from mftheory.sweeps.store import Store


def nothing(k: int) -> dict[str, int]:
    return {"k": k}


def per_unit(jobs: int, count: int = 2000) -> float:
    """Seconds."""
    list(execute([partial(nothing, k) for k in range(4)], jobs))  # workers start
    start = time.perf_counter()
    list(execute([partial(nothing, k) for k in range(count)], jobs))
    return (time.perf_counter() - start) / count


def per_record(count: int = 2000) -> float:
    """Seconds of keeping one result in a journal."""
    record = mf.sweep(family, {"g": [2.0]}, "simulate", n=[40], seeds=1, jobs=1, duration=10.0, trajectories=8)
    plain = {name: float(record[name].values.ravel()[0]) for name in ("dimension", "C", "Psi", "duration")}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "s.nc", {"what": "benchmark"})
        start = time.perf_counter()
        for k in range(count):
            store.add(f"{k:032x}", plain)
        store.close()
        return (time.perf_counter() - start) / count


def family(g: float) -> mf.Network:
    return mf.Network(mf.IID(g))


def seconds(jobs: int, units: int, n: int, duration: float) -> float:
    """Of a sweep of so many networks, workers warm."""
    settings = {"n": [n], "trajectories": 32, "burn_in": 20.0, "jobs": jobs}
    mf.sweep(family, {"g": [3.0]}, "simulate", seeds=8, seed=1, duration=20.0, **settings)  # on every worker
    start = time.perf_counter()
    mf.sweep(family, {"g": [2.0, 3.0]}, "simulate", seeds=units // 2, duration=duration, **settings)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--duration", type=float, default=60.0)
    parser.add_argument("--units", type=int, default=8)
    given = parser.parse_args()
    start = time.perf_counter()
    list(execute([partial(nothing, k) for k in range(2)], 2))
    started = time.perf_counter() - start
    one, two = (seconds(jobs, given.units, given.n, given.duration) for jobs in (1, 2))
    record = {
        "start of two workers, s": started,
        "overhead of a unit, one worker, ms": 1e3 * per_unit(1),
        "overhead of a unit, two workers, ms": 1e3 * per_unit(2),
        "keeping a result, ms": 1e3 * per_record(),
        "n": given.n,
        "units": given.units,
        "a unit, s": one / given.units,
        "one worker, s": one,
        "two workers, s": two,
        "speed-up": one / two,
    }
    print(json.dumps({name: round(value, 4) for name, value in record.items()}, indent=1))


if __name__ == "__main__":
    main()
