"""Time to derive every built-in ensemble from scratch, by both routes, and to prove the routes equal.

Run: python validation/benchmarks/derive.py
"""

import time
from collections.abc import Callable
from typing import Any

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


if __name__ == "__main__":
    main()
