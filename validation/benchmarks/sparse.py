"""When a sparse matrix product is faster than a dense one, and whether a compiled loop would beat SciPy's.

Run as ``python validation/benchmarks/sparse.py [--sizes 1000 4000] [--trajectories 16 64]``. `mftheory.Given` keeps
couplings sparse up to the density where both take equal time. One thread, in processor time; dense products speed up
with the threads of BLAS, SciPy's sparse product does not, so with k threads the density of equal times is a k-th.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits


def seconds(action: Callable[[], object], budget: float = 0.5, rounds: int = 5) -> float:
    """Shortest mean processor time of a call."""
    action()
    start = time.thread_time()
    action()
    repetitions = max(1, int(budget / rounds / max(time.thread_time() - start, 1e-7)))
    best = np.inf
    for _ in range(rounds):
        start = time.thread_time()
        for _ in range(repetitions):
            action()
        best = min(best, (time.thread_time() - start) / repetitions)
    return best


@njit(error_model="numpy")
def _add(total: NDArray[Any], factor: float, row: NDArray[Any]) -> None:
    for i in range(total.size):
        total[i] += factor * row[i]


@njit(error_model="numpy")
def compiled_product(values: Any, columns: Any, starts: Any, activity: Any, out: Any) -> None:
    """The straightforward loop: each entry adds its multiple of a row of activities."""
    for i in range(starts.size - 1):
        row = out[i]
        row[:] = 0
        for k in range(starts[i], starts[i + 1]):
            _add(row, values[k], activity[columns[k]])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 4000])
    parser.add_argument("--trajectories", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--densities", type=float, nargs="+", default=[0.01, 0.1])
    a = parser.parse_args(arguments)
    print("ns an entry and trajectory (dense: an entry of the whole matrix), and the density of equal times")
    print(
        f"{'N':>6} {'dtype':>8} {'traj.':>6} {'density':>8} {'dense':>8} {'scipy':>8} {'compiled':>9} {'equal at':>9}"
    )
    rng = np.random.default_rng(0)
    with threadpool_limits(1):
        for n in a.sizes:
            normal, chance = rng.standard_normal((n, n)), rng.random((n, n))
            for dtype in (np.float32, np.float64):
                for b in a.trajectories:
                    activity = rng.standard_normal((n, b)).astype(dtype)
                    out, matrix = np.empty_like(activity), normal.astype(dtype)
                    dense = seconds(lambda m=matrix, x=activity: m @ x) / (n * n * b) * 1e9  # type: ignore[misc]
                    for density in a.densities:
                        J = csr_array((normal * (chance < density)).astype(dtype))
                        entries = J.nnz * b
                        scipy = seconds(lambda J=J, x=activity: J @ x) / entries * 1e9  # type: ignore[misc]
                        parts = (J.data, J.indices, J.indptr, activity, out)
                        loop = seconds(lambda p=parts: compiled_product(*p)) / entries * 1e9  # type: ignore[misc]
                        print(
                            f"{n:6d} {np.dtype(dtype).name:>8} {b:6d} {density:8.0%} {dense:8.4f} {scipy:8.3f} "
                            f"{loop:9.3f} {dense / scipy:9.0%}",
                            flush=True,
                        )


if __name__ == "__main__":
    main()
