"""Time to derive every built-in ensemble from scratch by both routes, and to prove the routes equal.

Then the same, a kernel, and the numbers of all dimensions for many fully coupled populations.

Run: python validation/benchmarks/derive.py
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianMatrix, Population, omega
from mftheory.action.built_in import BUILT_IN, heterogeneous
from mftheory.derivations.derivation import Derivation
from mftheory.formulas import vanishes


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What `work` returns, and processor seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def main() -> None:
    """A row an ensemble: all its observables."""
    print(f"{'ensemble':28s}{'observables':>12s}{'path integral':>15s}{'cavity':>9s}{'equality':>10s}   (processor s)")
    totals = [0.0, 0.0, 0.0]
    for name, declare in {**BUILT_IN, "heterogeneous": heterogeneous}.items():
        d = Derivation(declare())
        path, first = timed(lambda d=d: [d.four_point(o) for o in d.observables])
        cavity, second = timed(lambda d=d: [d.four_point(o, "cavity") for o in d.observables])
        equal, third = timed(
            lambda path=path, cavity=cavity: all(vanishes(a.expr - b.expr) for a, b in zip(path, cavity, strict=True))
        )
        totals = [a + b for a, b in zip(totals, (first, second, third), strict=True)]
        print(f"{name:28s}{len(path):12d}{first:15.2f}{second:9.2f}{third:10.2f}   {'equal' if equal else 'DIFFERENT'}")
    print(f"{'all':28s}{'':12s}{totals[0]:15.2f}{totals[1]:9.2f}{totals[2]:10.2f}")

    print(
        f"\n{'coupled populations':20s}{'derived, compared':>19s}{'kernel':>9s}{'pair, µs':>10s}{'dimensions':>12s} (s)"
    )
    for count in (2, 4, 8, 16):
        many_populations(count)


def many_populations(count: int) -> None:
    """A row: `count` populations of equal size, each coupled to each; two-point functions and all dimensions of φ."""
    x = [
        Population(f"p{k}", f"x{k}", f"phi{k}", size=sp.Rational(1, count), inverse_transfer=1 + sp.I * omega)
        for k in range(count)
    ]
    matrices = [GaussianMatrix(f"J{p.name}{q.name}", p, q) for p in x for q in x]
    variances = {m.name: sp.Symbol(f"w_{m.name}", positive=True) for m in matrices}
    ensemble = mf.GaussianEnsemble(
        "blocks",
        tuple(x),
        tuple(Coupling(m, m.rows.response, m.columns.activity) for m in matrices),
        tuple(Covariance(m, m, variances[m.name]) for m in matrices),
    )
    agreement, both = timed(lambda: Derivation(ensemble).compare_routes("phi0"))
    psi = Derivation(ensemble).four_point("phi0")
    arguments = dict.fromkeys(psi.arguments, 0.3)
    pairs = {name: np.full((30, 30), value) for name, value in arguments.items() if "_phi0_" in name}

    def compile_and_run() -> Any:
        kernel = psi.kernel()
        kernel(**{**arguments, **pairs})
        return kernel

    kernel, compiling = timed(compile_and_run)
    _, running = timed(lambda: kernel(**{**arguments, **pairs}))
    strengths = np.random.default_rng(0).uniform(5.0, 15.0, len(matrices))
    given = dict(zip((s.name for s in variances.values()), strengths, strict=True))

    def dimensions() -> list[float]:
        theory = mf.solve(ensemble, parameters=given)
        return [theory.dimension(f"phi{k}") for k in range(count)]

    _, solving = timed(dimensions)
    verdict = "" if agreement else "   DIFFERENT"
    print(f"{count:<20d}{both:19.2f}{compiling:9.2f}{running / 900 * 1e6:10.1f}{solving:12.2f}{verdict}")


if __name__ == "__main__":
    main()
