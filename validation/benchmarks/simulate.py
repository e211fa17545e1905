"""Steps of the simulator against the bare matrix product that each contains, and where the rest of the time goes.

Run as ``python validation/benchmarks/simulate.py [--sizes 1000 2000] [--trajectories 64] [--threads 1 2] [--quick]``.
A step is J φ(x), φ, the update and the noise; the product is ``J @ φ`` with the same arrays, threads and precision.
Both are timed in turns and the best of each is taken, since other programs on the machine only ever slow them down.
One thread is timed by its processor time, which a busy machine changes little; with several, trust the fractions of a
quiet machine. The last table is of everything else: filters, modes, sparse couplings, maps.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import mftheory as mf
from mftheory.network import Couplings
from mftheory.network.sampled import NeuronGroup
from mftheory.simulation.nonlinearities import activation
from mftheory.simulation.steppers import stepper

NONLINEARITIES = {"erf": mf.Erf(), "tanh": mf.Tanh(), "x/sqrt(1+x^2)": mf.Nonlinearity("x/sqrt(1 + x**2)")}
ALPHA = mf.Rational([1.0], [1.0, 2.0, 1.0])


def in_turns(actions: Sequence[Callable[[], object]], threads: int, budget: float, rounds: int = 7) -> list[float]:
    """Shortest mean time of one call of each, in seconds; about `budget` seconds are spent on all of them."""
    clock = time.thread_time if threads == 1 else time.perf_counter
    repetitions = []
    for action in actions:
        action()
        start = clock()
        action()
        repetitions.append(max(1, int(budget / rounds / len(actions) / (clock() - start))))
    best = [np.inf] * len(actions)
    for _ in range(rounds):
        for k, action in enumerate(actions):
            start = clock()
            for _ in range(repetitions[k]):
                action()
            best[k] = min(best[k], (clock() - start) / repetitions[k])
    return best


def steps(
    couplings: Couplings,
    trajectories: int,
    dtype: Any,
    cases: Sequence[tuple[mf.Nonlinearity, mf.Leaky | mf.Rational | mf.EulerMap, float, str]],
    threads: int,
    budget: float,
) -> list[float]:
    """Seconds of the bare product, then of a step of every case."""
    J = couplings.astype(dtype)
    start = np.random.default_rng(0).standard_normal((J.n, trajectories)).astype(dtype)
    seeds = np.random.SeedSequence(0).spawn(trajectories)
    actions: list[Callable[[], object]] = [lambda: J @ start]
    for nonlinearity, dynamics, noise, integrator in cases:
        phi = activation(nonlinearity, dtype)
        group = NeuronGroup(J.n, nonlinearity, {}, {}, dynamics, noise)
        run = stepper(integrator, J, phi, start.copy(), 0.1, [group], seeds)
        actions.append(lambda run=run: run.advance(1))  # type: ignore[misc]
    with threadpool_limits(threads):
        return in_turns(actions, threads, budget)


def dense(sizes: Sequence[int], trajectories: Sequence[int], threads: Sequence[int], budget: float) -> None:
    cases = [(phi, mf.Leaky(), noise, "adams") for phi in NONLINEARITIES.values() for noise in (0.0, 0.5)]
    names = [name + noise for name in NONLINEARITIES for noise in ("", " +s")]
    print("\nA step's share that is the matrix product (+s: with noise)")
    print(f"{'N':>6} {'traj.':>6} {'threads':>8} {'dtype':>8} {'GFLOP/s':>8}", end="")
    print("".join(f"{name:>17}" for name in names) + f"{'traj.steps/s (erf)':>21}")
    for n in sizes:
        J = mf.IID(3.0).sample(n, 0)
        for count in threads:
            for dtype in (np.float32, np.float64):
                for b in trajectories:
                    product, *each = steps(J, b, dtype, cases, count, budget)
                    shares = "".join(f"{product / step:17.0%}" for step in each)
                    gflops = 2 * n * n * b / product / 1e9
                    print(
                        f"{n:6d} {b:6d} {count:8d} {np.dtype(dtype).name:>8} {gflops:8.0f}{shares}{b / each[0]:21.3g}",
                        flush=True,
                    )


def others(n: int, trajectories: int, threads: Sequence[int], budget: float) -> None:
    rng = np.random.default_rng(1)
    kinds: list[tuple[str, Couplings, Any, float, str, int]] = [
        ("alpha-function filter", mf.IID(3.0).sample(n, 0), ALPHA, 0.0, "adams", 1),
        ("alpha-function filter, noise", mf.IID(3.0).sample(n, 0), ALPHA, 0.5, "adams", 1),
        ("map", mf.IID(3.0).sample(n, 0), mf.EulerMap(0.2), 0.0, "adams", 1),
        ("map, noise", mf.IID(3.0).sample(n, 0), mf.EulerMap(0.2), 0.5, "adams", 1),
        ("Runge-Kutta (4 products)", mf.IID(3.0).sample(n, 0), mf.Leaky(), 0.0, "rk4", 4),
        ("0.2 N modes, factored", mf.RandomMode.step(3.0, 0.2).sample(n, 0), mf.Leaky(), 0.0, "adams", 1),
        ("0.2 N modes, noise", mf.RandomMode.step(3.0, 0.2).sample(n, 0), mf.Leaky(), 0.5, "adams", 1),
    ]
    for density in (0.01, 0.05):
        wiring = rng.standard_normal((n, n)) * (rng.random((n, n)) < density) * (3.0 / np.sqrt(density * n))
        kinds.append((f"sparse, {density:.0%}", mf.Given(wiring).J, mf.Leaky(), 0.0, "adams", 1))
    print(f"\nThe same for other networks: erf, N = {n}, {trajectories} trajectories")
    print(f"{'':>30} {'threads':>8} {'dtype':>8} {'product/us':>11} {'step/us':>9} {'share':>7} {'traj.steps/s':>13}")
    for name, J, dynamics, noise, integrator, products in kinds:
        for count in threads:
            for dtype in (np.float32, np.float64):
                case = (mf.Erf(), dynamics, noise, integrator)
                product, step = steps(J, trajectories, dtype, [case], count, budget / 2)
                print(
                    f"{name:>30} {count:8d} {np.dtype(dtype).name:>8} {product * 1e6:11.0f} {step * 1e6:9.0f} "
                    f"{products * product / step:7.0%} {trajectories / step:13.3g}",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 2000, 5000])
    parser.add_argument("--trajectories", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="of BLAS")
    parser.add_argument("--budget", type=float, default=4.0, help="seconds a row")
    parser.add_argument("--quick", action="store_true", help="N = 1000 and 2000, 64 trajectories, a second a row")
    a = parser.parse_args()
    if a.quick:
        a.sizes, a.trajectories, a.budget = [1000, 2000], [64], 1.0
    dense(a.sizes, a.trajectories, a.threads, a.budget)
    others(a.sizes[0], 64, a.threads, a.budget)


if __name__ == "__main__":
    main()
