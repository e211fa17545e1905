"""`mf.simulate` against a NumPy loop and SciPy's `solve_ivp`, at equal statistical error; its cost against N.

Run as ``python validation/benchmarks/baselines.py [--sizes 1000 2000] [--threads 2] [--quick]``.

The baselines integrate one trajectory of the same J after another, in float64, with one matrix-vector product for each
evaluation of the velocity: the classical Runge-Kutta scheme at dt = 0.05 (the published protocol), and RK45 of
``scipy.integrate.solve_ivp`` at its default tolerances (rtol 1e-3, atol 1e-6) and at rtol 1e-6. They run for a few
time constants, after as many to warm up, and their cost is proportional to time.

Equal statistical error of the dimension PR^phi means equal total time of trajectories, as long as each is much longer
than the correlation time, and the same estimator. That is checked in the same run: `mf.simulate` with few long
trajectories instead of many short ones, whose errors must agree. All are scaled to the target (1%) by (error/target)²
of the measured part. The baselines are charged for this total time and for one burn-in of 40; not for their estimator.
`mf.simulate` is charged for everything: sampling J, the burn-in of every trajectory, estimation of PR^phi.

Bias by the step, at g = 3: exponential Adams 3 at dt = 0.2 (the default there) 6e-4, at 0.1 6e-5 (integrators.py,
exact); Runge-Kutta at 0.05 none that could be seen; RK45 at its defaults -0.5(4)%, at rtol 1e-6 taken as the reference
(two networks of 100 neurons, 256 trajectories of 1000).

One thread is timed by its processor time, which a busy machine changes little; with several, trust a quiet machine.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.special import erf
from threadpoolctl import threadpool_limits

import mftheory as mf

BURN_IN = 40.0
FINE = 0.1
clock = time.perf_counter
FACTOR = 0.5 * np.sqrt(np.pi)


def timed(action: Callable[[], object], rounds: int = 3) -> float:
    best = np.inf
    for _ in range(rounds):
        start = clock()
        action()
        best = min(best, clock() - start)
    return best


def runge_kutta(J: NDArray[np.float64], x: NDArray[np.float64], span: float, dt: float = 0.05) -> NDArray[np.float64]:
    """What one would write down first: states at every time constant of one trajectory."""

    def velocity(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(J @ erf(FACTOR * x) - x)

    kept, every = [], round(1 / dt)
    for step in range(1, round(span / dt) + 1):
        k1 = velocity(x)
        k2 = velocity(x + dt / 2 * k1)
        k3 = velocity(x + dt / 2 * k2)
        k4 = velocity(x + dt * k3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if step % every == 0:
            kept.append(x)
    return np.array(kept)


def adaptive(J: NDArray[np.float64], x: NDArray[np.float64], span: float, rtol: float) -> tuple[NDArray, int]:
    """(the same by `solve_ivp`, evaluations of the velocity)"""
    times = np.arange(1.0, span + 0.5)
    found = solve_ivp(lambda _, x: J @ erf(FACTOR * x) - x, (0, span), x, t_eval=times, rtol=rtol)
    return found.y.T, found.nfev


def relative_error(run: mf.simulate) -> float:  # type: ignore[valid-type]
    estimate = run.dimension("phi")  # type: ignore[attr-defined]
    return float(estimate.error / estimate.value)


def to_target(seconds: float, duration: float, error: float, target: float) -> float:
    """Seconds that a run takes to the target, its measured part scaled."""
    measured = seconds * duration / (duration + BURN_IN)
    return seconds - measured + measured * (error / target) ** 2


def against_baselines(n: int, g: float, span: float, duration: float, target: float, check: bool) -> None:
    net = mf.Network(mf.IID(g))
    options = {"n": n, "seed": 0, "burn_in": BURN_IN, "observables": ["phi"], "max_lag": 0}

    def ours(dt: float | None) -> None:
        nonlocal run
        run = mf.simulate(net, trajectories=64, duration=duration, dt=dt, **options)
        run.dimension("phi")

    run = mf.simulate(net, n=20, seed=0, trajectories=4, duration=10.0)  # loads and compiles
    slow = timed(lambda: ours(FINE), rounds=2)
    cost = timed(lambda: ours(None), rounds=2)
    error = relative_error(run)
    fine = to_target(slow, duration, error, target)
    needed, total = to_target(cost, duration, error, target), 64 * duration * (error / target) ** 2
    J = net.connectivity.sample(n, 0).dense()
    x = runge_kutta(J, g * np.random.default_rng(1).standard_normal(n), span)[-1]
    print(f"\nN = {n}, g = {g:g}: PR^phi to {error:.2%} in {cost:.2f} s, from 64 trajectories of {duration:g}")
    if check:
        few = mf.simulate(net, trajectories=8, duration=8 * duration, **options)
        print(f"to {relative_error(few):.2%} from the same total time in 8 trajectories")
    print(f"to {target:.2%}: mf.simulate {needed:.1f} s, {total:.3g} time constants in all")
    print(f"{'baseline':>34} {'products/tau':>13} {'s a tau':>9} {'s to the same':>14} {'ratio':>7}", end="")
    print(f" {f'at dt = {FINE:g}':>12}")
    rows: list[tuple[str, float, float]] = [
        ("NumPy Runge-Kutta, dt = 0.05", 80.0, timed(lambda: runge_kutta(J, x, span)) / span)
    ]
    for rtol in (1e-3, 1e-6):
        evaluations = adaptive(J, x, span, rtol)[1] / span
        rows.append(
            (f"solve_ivp RK45, rtol {rtol:g}", evaluations, timed(lambda r=rtol: adaptive(J, x, span, r)) / span)  # type: ignore[misc]
        )
    for name, products, each in rows:
        equal = each * (total + BURN_IN)
        ratios = f"{equal / needed:7.1f} {equal / fine:12.1f}"
        print(f"{name:>34} {products:13.0f} {each:9.3g} {equal:14.0f} {ratios}", flush=True)


def cost_against_size(sizes: list[int], g: float, duration: float, target: float) -> None:
    print(
        f"\nOne network to {target:.0%} in PR^phi, g = {g:g}: measured for {duration:g} time constants of 64 "
        f"trajectories, the measurement scaled by (error/{target:g})²; products: their share of the seconds"
    )
    print(f"{'N':>6} {'seconds':>9} {'PR^phi':>9} {'error':>7} {'s to target':>12} {'products':>9} {'GFLOP/s':>8}")
    net = mf.Network(mf.IID(g))
    scaled, plain = [], []
    for n in sizes:
        start = clock()
        how = {"observables": ["phi"], "max_lag": 0}
        run = mf.simulate(net, n=n, seed=1, trajectories=64, duration=duration, burn_in=BURN_IN, **how)
        error, value = relative_error(run), run.dimension("phi").value
        seconds = clock() - start
        needed = to_target(seconds, duration, error, target)
        J = net.connectivity.sample(n, 1).astype(np.float32)
        x = np.ones((n, 64), np.float32)
        J @ x
        product = timed(lambda J=J, x=x: J @ x, rounds=10)  # type: ignore[misc]
        steps = (duration + BURN_IN) / run.dt
        print(
            f"{n:6d} {seconds:9.2f} {value:9.4f} {error:7.2%} {needed:12.1f} {steps * product / seconds:9.0%} "
            f"{steps * 2 * n * n * 64 / seconds / 1e9:8.0f}",
            flush=True,
        )
        scaled.append(needed)
        plain.append(seconds)
    if len(sizes) > 1:
        exponents = [np.polyfit(np.log(sizes), np.log(values), 1)[0] for values in (plain, scaled)]
        print(
            f"fitted: seconds for a given time ~ N^{exponents[0]:.2f} (N² B T products; sampling J, φ, updates and the "
            f"estimator grow more slowly), seconds to the target ~ N^{exponents[1]:.2f} (with the error, itself noisy)"
        )


def reach(n: int, g: float, target: float) -> None:
    start = clock()
    run = mf.simulate(mf.Network(mf.IID(g)), n=n, seed=1, target=target)
    print(
        f"\nmf.simulate(..., n={n}, target={target:g}): {clock() - start:.1f} s, PR^phi = "
        f"{run.dimension('phi')}, {relative_error(run):.2%}, {run.status}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 2000], help="against the baselines")
    parser.add_argument("--costs", type=int, nargs="*", default=[500, 1000, 2000, 4000], help="sizes of the cost table")
    parser.add_argument("--g", type=float, default=3.0)
    parser.add_argument("--span", type=float, default=20.0, help="time constants that the baselines run")
    parser.add_argument("--duration", type=float, default=100.0, help="of each trajectory of mf.simulate")
    parser.add_argument("--threads", type=int, default=2, help="of BLAS, for all")
    parser.add_argument("--target", type=float, default=0.01)
    parser.add_argument("--reach", type=int, nargs="*", default=[2000], help="sizes to take to the target")
    parser.add_argument("--quick", action="store_true", help="short runs at N = 1000, cost of 500 and 1000")
    a = parser.parse_args()
    if a.quick:
        a.sizes, a.costs, a.span, a.duration, a.reach = [1000], [500, 1000], 10.0, 40.0, []
    global clock
    if a.threads == 1:
        clock = time.process_time
    with threadpool_limits(a.threads):
        for n in a.sizes:
            against_baselines(n, a.g, a.span, a.duration, a.target, check=not a.quick)
        if a.costs:
            cost_against_size(a.costs, a.g, a.duration, a.target)
        for n in a.reach:
            reach(n, a.g, a.target)


if __name__ == "__main__":
    main()
