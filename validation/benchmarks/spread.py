"""How much the dimension differs between networks, between estimates of one network, and from the limit N → ∞.

The laws of `mftheory.planning.precision` come from these numbers. Run as
``python validation/benchmarks/spread.py [--networks 250:200 500:100 1000:48 2000:16] [--part networks runs seconds]``.
The first two parts are reproducible, the seeds are fixed; the third compares the predicted with the real time.

networks
    At every point and size: N·PR of φ, the mean dimension over networks as a multiple of the limit, the standard
    deviation between networks (the estimates' own error subtracted), the relative jackknife error of one network, and
    in brackets each of them over the law. The last lines say how far the laws are off, and what a fit would give.
runs
    The jackknife error of one network for several numbers of trajectories and durations.
seconds
    One network, predicted and real: processor seconds, so pin BLAS to one thread (OPENBLAS_NUM_THREADS=1).
"""

import argparse
import time
import warnings
from dataclasses import dataclass

import numpy as np

import mftheory as mf
from mftheory.planning import precision
from mftheory.planning.cost import workload

exponential = mf.RandomMode.exponential
POINTS = {
    "iid g=2": mf.Network(mf.IID(2.0)),
    "iid g=3": mf.Network(mf.IID(3.0)),
    "iid g=6": mf.Network(mf.IID(6.0)),
    "iid g=12": mf.Network(mf.IID(12.0)),
    "g=3, rank 1": mf.Network(exponential(3.0, 1.0)),
    "g=3, rank 0.4": mf.Network(exponential(3.0, 0.4)),
    "g=6, rank 1": mf.Network(exponential(6.0, 1.0)),
    "g=6, rank 0.3": mf.Network(exponential(6.0, 0.3)),
    "g=12, rank 1": mf.Network(exponential(12.0, 1.0)),
    "g=12, rank 0.3": mf.Network(exponential(12.0, 0.3)),
    "g=10, rank 3": mf.Network(exponential(10.0, 3.0)),
    "tanh g=4": mf.Network(mf.IID(4.0), mf.Tanh()),
    "gains 0.5 g=4": mf.Network(mf.IID(4.0), gains=mf.Gains.exponential(0.5)),
    "symmetry -0.4": mf.Network(mf.PartiallySymmetric(4.0, -0.4)),
    "noise 1 g=3": mf.Network(mf.IID(3.0), noise=1.0),
    "noise 1 g=0.8": mf.Network(mf.IID(0.8), noise=1.0),
    "symmetry 0.3": mf.Network(mf.PartiallySymmetric(4.0, 0.3)),
    "overlaps 0.4": mf.Network(exponential(6.0, 0.8, 0.4)),
}
TRAJECTORIES, DURATION = 16, 60.0


@dataclass(frozen=True)
class Row:
    """One point at one size: relative numbers."""

    x: float
    mean: float
    spread: float
    estimate: float
    estimate_law: float


def measure(point: str, n: int, networks: int, trajectories: int = TRAJECTORIES, duration: float = DURATION) -> Row:
    """Simulate networks whose seeds follow from point, size and number."""
    network, place = POINTS[point], list(POINTS).index(point)
    theory = mf.solve(network)
    found = []
    for k in range(networks):
        seed = int(np.random.SeedSequence(7, spawn_key=(place, n, k)).generate_state(1)[0])
        run = mf.simulate(
            network, n, seed, trajectories=trajectories, duration=duration, max_lag=0.0, observables=("phi",)
        )
        found.append((run.dimension("phi").value, run.dimension("phi").error))
    values, errors = np.array(found).T
    mean, estimate = values.mean(), float(np.mean(errors**2))
    between = float(values.var(ddof=1)) - estimate if networks > 1 else np.nan
    x, length = n * theory.dimension("phi"), precision.correlation_time(theory, "phi")
    block = workload(network).block(n, trajectories, duration)
    return Row(
        x=x,
        mean=float(mean) / theory.dimension("phi"),
        spread=float(np.sqrt(max(between, 0.0)) / mean),
        estimate=float(np.sqrt(estimate) / mean),
        estimate_law=precision.estimate_error(x, length, trajectories, duration, block),
    )


def part_networks(points: list[str], networks: dict[int, int]) -> None:
    print(
        f"{'':16} {'n':>5} {'nets':>4} {'x':>6} {'mean':>6} {'(law)':>7} {'spread':>7} {'(law)':>7} {'est.':>6} (law)"
    )
    for point in points:
        for n, count in networks.items():
            row = measure(point, n, count)
            print(
                f"{point:16} {n:5d} {count:4d} {row.x:6.1f} {row.mean:6.3f} ({row.mean / precision.mean(row.x):5.2f}) "
                f"{row.spread:7.3f} ({row.spread / precision.spread(row.x):5.2f}) "
                f"{row.estimate:6.3f} ({row.estimate / row.estimate_law:4.2f})",
                flush=True,
            )


def part_runs() -> None:
    print(f"{'':16} {'n':>5} {'B':>4} {'T':>5} {'estimate':>9} (law)")
    for point in ("iid g=3", "iid g=12", "g=6, rank 0.3"):
        for n, count in ((250, 16), (1000, 6)):
            for trajectories, duration in ((16, 20.0), (16, 60.0), (16, 200.0), (32, 30.0), (64, 20.0), (64, 100.0)):
                row = measure(point, n, count, trajectories, duration)
                ratio = row.estimate / row.estimate_law
                print(
                    f"{point:16} {n:5d} {trajectories:4d} {duration:5g} {row.estimate:9.4f} ({ratio:4.2f})", flush=True
                )


def part_seconds() -> None:
    print(f"{'':16} {'n':>5} {'B':>4} {'T':>5} {'seconds':>8} {'predicted':>9}")
    for point in ("iid g=3", "g=6, rank 0.3", "tanh g=4"):
        work = workload(POINTS[point])
        for n in (250, 500, 1000, 2000):
            for trajectories, duration in ((16, 30.0), (64, 30.0)):
                start = time.process_time()  # of this process, whatever else the machine does
                settings = {"trajectories": trajectories, "duration": duration, "max_lag": 0.0, "observables": ("phi",)}
                mf.simulate(POINTS[point], n, 0, **settings)
                seconds = time.process_time() - start
                predicted = work.seconds(n, trajectories, duration)
                print(
                    f"{point:16} {n:5d} {trajectories:4d} {duration:5g} {seconds:8.3f} {predicted:9.3f} "
                    f"({seconds / predicted:4.2f})",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--networks", nargs="+", default=["250:200", "500:100", "1000:48", "2000:16"])
    parser.add_argument("--points", nargs="+", default=list(POINTS), choices=list(POINTS), metavar="NAME")
    parser.add_argument("--part", nargs="+", default=["networks", "runs", "seconds"])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # a run that drifts says so; it is counted as it is
    if "networks" in arguments.part:
        part_networks(
            arguments.points, {int(n): int(count) for n, count in (pair.split(":") for pair in arguments.networks)}
        )
    if "runs" in arguments.part:
        part_runs()
    if "seconds" in arguments.part:
        part_seconds()


if __name__ == "__main__":
    main()
