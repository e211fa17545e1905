"""Speed and memory of the Gaussian single-site theory, warm, one core.

Run `OMP_NUM_THREADS=1 python validation/benchmarks/solve.py`; prints a table, asserts nothing.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from mftheory import Erf, Network, RandomMode, Tanh
from mftheory.api.solving import solve
from mftheory.theory.dimension_grid import dimension
from mftheory.theory.lyapunov import lyapunov_exponent
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.two_point import two_point

LAGS = np.linspace(0.0, 20.0, 50)


def best(action: Callable[[], object], repeats: int = 7) -> float:
    """Shortest of a few runs, after one to warm up, in milliseconds."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def main() -> None:
    """Print the table."""
    settings = Settings()
    print(f"{'':34} {'erf':>9} {'tanh':>9}   (milliseconds, best of 7)")
    for g in (1.001, 1.5, 3.0, 10.0, 50.0):
        rows: dict[str, list[float]] = {}
        for nonlinearity in (Erf(), Tanh()):
            network = Network(RandomMode.exponential(g_eff=g, effective_rank=1.0), nonlinearity)
            four_point = solve(network).four_point
            for name, action in (
                ("two-point solution", lambda g=g, phi=nonlinearity: two_point(g, phi, settings)),
                ("dimension of phi, given it", lambda f=four_point: f.dimension("phi")),
                ("dimension of x, given it", lambda f=four_point: f.dimension("x")),
                (
                    "Lyapunov exponent, given it",
                    lambda f=four_point, n=nonlinearity: lyapunov_exponent(f.two_point, n, settings),
                ),
                ("Psi(tau, 0) at 50 lags", lambda f=four_point: f.psi("phi", LAGS, 0.0)),
            ):
                rows.setdefault(name, []).append(best(action))
        for name, (erf, tanh) in rows.items():
            print(f"{name:27} g = {g:5g} {erf:9.2f} {tanh:9.2f}")
    grid_g, grid_rank = np.linspace(1.1, 20.0, 100)[:, None], np.geomspace(0.01, 10.0, 100)
    for nonlinearity in (Erf(), Tanh()):
        taken = best(lambda phi=nonlinearity: dimension(grid_g, grid_rank, "phi", phi), repeats=2)
        print(f"100 x 100 grid of dimensions, {nonlinearity.name:5} {taken:9.0f}")
    code = "import mftheory; mftheory.dimension(3.0)"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    print(f"first number in a new process      {1e3 * (time.perf_counter() - start):9.0f}")
    print(f"peak memory of this process        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB")


if __name__ == "__main__":
    main()
