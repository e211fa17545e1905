"""Speed of the general solver, and of corners that once took long: filters, noise, kinks, means, classes of neurons.

Run `OMP_NUM_THREADS=1 python validation/benchmarks/solve_classes.py`; prints a table of seconds of processor time, with
everything compiled, asserts nothing. `warm` is a start from the solution at couplings 1% stronger.
"""

import contextlib
import time
from dataclasses import replace

import numpy as np

import mftheory as mf
from mftheory.theory.problem import Problem
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.class_two_point import ClassTwoPoint
from mftheory.theory.stationary.classes.populations_two_point import populations_two_point

EIGHT = np.linspace(-1.0, 1.0, 8)
SHARP = mf.Rational([1.0, 0.1936328483771538], [1.0, 0.03928257087349264, 0.2283381499196764])


def formula(text: str) -> mf.Nonlinearity:
    """φ of a formula."""
    return mf.Nonlinearity(text)


def network(g: float, text: str, **others: object) -> mf.Network:
    """I.i.d. couplings."""
    return mf.Network(mf.IID(g), formula(text), **others)


CASES = {
    "tanh, noise": network(3.0, "tanh(x)", noise=0.5),
    "tanh, filter, noise": network(2.0, "tanh(x)", dynamics=mf.Rational([1.0], [1.0, 1.5, 1.0]), noise=0.3),
    "tanh(x + 0.5)": network(3.0, "tanh(x + 0.5)"),
    "tanh(x + 0.5), noise": network(3.0, "tanh(x + 0.5)", noise=0.4),
    "clip, filter": network(3.0, "clip(x, -1, 1)", dynamics=mf.Rational([1.0], [1.0, 1.5, 1.0])),
    "clip(x - 0.2, 0, 2), noise": network(3.0, "clip(x - 0.2, 0, 2)", noise=0.4),
    "8 time constants": mf.Network(mf.IID(3.0), mf.Tanh(), dynamics=mf.Leaky(tau=np.exp(EIGHT))),
    "8 thresholds, noise": mf.Network(mf.IID(3.0), mf.Tanh(), bias=EIGHT, noise=0.4),
    "8 noises": mf.Network(mf.IID(3.0), mf.Tanh(), noise=1.0 + 0.5 * EIGHT),
    "x/(1+|x|), weak noise": network(2.1254, "x/(1+abs(x))", noise=1.7e-8),
    "atan, gains, weak noise": network(222.0, "2/pi*atan(pi*x/2)", noise=1.6e-7, gains=0.037),
    "tanh(x) + 0.3 sin(5x)": network(1.82, "tanh(x)+0.3*sin(5*x)", noise=1e-4),
    "x/sqrt(1+x²), filter": network(12.0, "x/sqrt(1+x**2)", dynamics=mf.Rational([1, 1.05], [1, 8.05, 63.4])),
    "erf, resonance near onset": mf.Network(mf.IID(1.37919574), dynamics=SHARP),
    "clip, noise": network(2.0, "clip(x,-1,1)", noise=0.5),
    "tanh(x + 0.01)": network(3.0, "tanh(x + 0.01)"),
    "Euler's map of 0.001": mf.Network(mf.IID(3.0), mf.Tanh(), dynamics=mf.EulerMap(1e-3)),
    "tanh(10⁶ x)": network(1.0, "tanh(1000000*x)"),
    "tanh(20x)/20, noise": network(173.0, "tanh(20*x)/20", noise=5.126),
}


def seconds(action: object) -> tuple[float, object]:
    """Return the processor time of a call, and what it returned."""
    start = time.process_time()
    result = action()  # type: ignore[operator]
    return time.process_time() - start, result


def warm(case: mf.Network) -> float:
    """Return the time from the solution at couplings 1% stronger."""
    problem, settings = Problem.of(case), Settings()
    stronger = replace(problem.populations, strengths=1.02 * problem.populations.strengths)
    beside = populations_two_point(stronger, settings)
    if not isinstance(beside, ClassTwoPoint):
        return float("nan")
    start = beside.spectra.solution.covariances
    return seconds(lambda: populations_two_point(problem.populations, settings, start))[0]


def main() -> None:
    """Print the table."""
    for case in CASES.values():  # compile
        with contextlib.suppress(mf.MFTheoryError):
            mf.solve(case).dimension()
    print(f"{'':28} {'solve':>7} {'warm':>7} {'dimension':>9} {'its error':>9}  C_x(0)")
    for name, case in CASES.items():
        try:
            solving, theory = seconds(lambda case=case: mf.solve(case))
            dimension, _ = seconds(lambda theory=theory: theory.dimension())
            error, _ = seconds(lambda theory=theory: theory.dimension_error())
            variance = float(theory.C("x", 0.0))
            print(
                f"{name:28} {solving:7.2f} {warm(case):7.2f} {dimension:9.2f} {error:9.2f}  {variance:.10g}", flush=True
            )
        except mf.MFTheoryError as refused:
            print(f"{name:28} {type(refused).__name__}: {refused}", flush=True)
    failed = []
    taken, _ = seconds(lambda: [failed.append(g) for g in np.arange(170.0, 176.01, 0.05) if not _solved(float(g))])
    print(f"tanh(20x)/20, g = 170 to 176: {len(failed)} of 121 not solved, {taken:.0f} s")


def _solved(g: float) -> bool:
    try:
        mf.solve(network(g, "tanh(20*x)/20", noise=5.126))
    except mf.NotConverged:
        return False
    return True


if __name__ == "__main__":
    main()
