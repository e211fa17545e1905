"""Throughput of the simulator against the bare matrix product it contains, and where the rest of the time goes.

Run as ``python validation/benchmarks/simulate.py [--trajectories 16 64] [--sizes 250 500 1000 2000]``. The BLAS library
takes its number of threads from the environment (OPENBLAS_NUM_THREADS), before Python starts. Best of three, since
other programs on the machine only ever slow it down.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from mftheory import Network, RandomMode
from mftheory.simulate.estimators import Samples
from mftheory.simulate.integrate import ExponentialAdams
from mftheory.simulate.nonlinearities import activation

SAMPLES = 80  # sampling times of the estimators' benchmark
STEPS_PER_SAMPLE = 10


def best(action: Callable[[], object], repetitions: int, rounds: int = 3) -> float:
    """Shortest mean time of one call, in seconds."""
    action()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(repetitions):
            action()
        times.append((time.perf_counter() - start) / repetitions)
    return min(times)


def row(n: int, trajectories: int) -> str:
    network = Network(RandomMode.exponential(6.0, 1.0))
    sampling = best(lambda: network.connectivity.sample(n, 0).astype(np.float32), 1)
    couplings = network.connectivity.sample(n, 0).astype(np.float32)
    phi = activation(network.nonlinearity, np.float32)
    x = np.random.default_rng(0).standard_normal((n, trajectories)).astype(np.float32) * 6
    out = np.empty_like(x)
    repetitions = max(5, int(3e9 / (n * n * trajectories)))

    product = best(lambda: couplings @ x, repetitions)
    nonlinearity = best(lambda: phi(x, out), repetitions)
    stepper = ExponentialAdams(couplings, phi, x.copy(), 0.1)
    step = best(lambda: stepper.advance(1), repetitions)
    states = np.random.default_rng(1).standard_normal((trajectories, SAMPLES, n)).astype(np.float32)
    estimate = best(lambda: Samples(states, phi).pair_products("phi", 0, 0), 1)
    per_sample_step = estimate / (SAMPLES * STEPS_PER_SAMPLE)
    gflops = 2 * n * n * trajectories / product / 1e9
    return (
        f"{n:6d} {trajectories:6d} {gflops:9.0f} {product * 1e6:10.0f} {step * 1e6:9.0f} {product / step:9.0%} "
        f"{nonlinearity / step:7.1%} {per_sample_step / step:10.1%} {trajectories / step:14.3g} {sampling * 1e3:12.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000, 2000])
    parser.add_argument("--trajectories", type=int, nargs="+", default=[16, 64])
    arguments = parser.parse_args()
    print(
        f"{'n':>6} {'traj.':>6} {'GFLOP/s':>9} {'product/us':>10} {'step/us':>9} {'prod/step':>9} {'phi':>7} "
        f"{'estimators':>10} {'traj.steps/s':>14} {'sample J/ms':>12}"
    )
    for n in arguments.sizes:
        for trajectories in arguments.trajectories:
            print(row(n, trajectories), flush=True)


if __name__ == "__main__":
    main()
