"""Are small and slow networks told apart, and are the errors of the others true? `mftheory.simulate` against long runs.

    python validation/equilibration_study.py --output validation/equilibration/study.json

Every network of `equilibration_reference.py` is simulated as a user would, with the defaults, and held against its long
reference: whether rest, cycles and several attractors are told, and, of the runs that call themselves equilibrated, the
deviations of C(0), Ψ(0, 0) and the dimension in standard errors (of run and reference), by Kolmogorov and Smirnov
against the standard normal. A few minutes of one core.
"""

import argparse
import json
import time
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from equilibration_reference import cases, key_of
from scipy import stats

import mftheory as mf

REFERENCE = Path(__file__).parent / "equilibration" / "reference.json"
QUANTITIES = ("C", "Psi", "dimension")


def truth(reference: Mapping[str, Any]) -> str:
    """What the long integration shows."""
    rest, periodic, irregular = (reference[kind] for kind in ("at_rest", "periodic", "irregular"))
    if 2 * rest >= rest + periodic + irregular:
        return "at rest"
    if irregular == 0:
        return "periodic" if rest == 0 else "several attractors"
    return "several attractors" if rest + periodic > 0 else "irregular"


def told(status: str) -> str:
    """What the run says: the word its status begins with."""
    return "at rest" if status.startswith("Quiescent") else status.split(":")[0].split(",")[0].split(";")[0]


def run(network: mf.Network, n: int, seed: int) -> dict[str, Any]:
    """Numbers and status of one run with the defaults."""
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = mf.simulate(network, n, seed)
        except mf.Quiescent as error:
            return {"status": f"Quiescent: {error}", "seconds": round(time.perf_counter() - begun, 3)}
    record: dict[str, Any] = {"status": found.status, "burn_in": found.burn_in, "drift": round(found.drift, 2)}
    for name in QUANTITIES:
        estimate = getattr(found, name)()
        record[name] = [estimate.value, estimate.error if np.isfinite(estimate.error) else None]
    record["seconds"] = round(time.perf_counter() - begun, 3)
    return record


def deviation(found: Mapping[str, Any], reference: Mapping[str, Any], name: str) -> float:
    """Of a run from its reference, in standard errors of both."""
    return float((found[name][0] - reference[name][0]) / np.hypot(found[name][1], reference[name][1]))


def summary(runs: Mapping[str, Any], references: Mapping[str, Any]) -> dict[str, Any]:
    """How many are told apart, and how normal the deviations of the others are."""
    regular = [k for k in runs if truth(references[k]) != "irregular"]
    irregular = [k for k in runs if truth(references[k]) == "irregular"]
    flags = ("at rest", "periodic", "several attractors")
    missed = [k for k in regular if told(runs[k]["status"]) not in flags]
    alarms = [k for k in irregular if told(runs[k]["status"]) != "equilibrated"]
    good = [k for k in runs if told(runs[k]["status"]) == "equilibrated"]
    normal: dict[str, Any] = {}
    for name in QUANTITIES:
        z = np.array([deviation(runs[k], references[k], name) for k in good])
        normal[name] = {
            "p": float(stats.kstest(z, "norm").pvalue),
            "mean": float(z.mean()),
            "standard deviation": float(z.std(ddof=1)),
            "largest": float(np.abs(z).max()),
            "worst": good[int(np.abs(z).argmax())],
        }
    table = Counter(f"{truth(references[k])} -> {told(runs[k]['status'])}" for k in runs)
    return {
        "networks": len(runs),
        "truth -> told": dict(sorted(table.items())),
        "told of those at rest, periodic or on several attractors": 1 - len(missed) / len(regular),
        "missed": missed,
        "flagged of the others": len(alarms) / len(irregular),
        "alarms": alarms,
        "equilibrated": len(good),
        "deviations": normal,
        "seconds, median": float(np.median([r["seconds"] for r in runs.values()])),
        "seconds, median of the equilibrated": float(np.median([runs[k]["seconds"] for k in good])),
        "seconds, total": float(sum(r["seconds"] for r in runs.values())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    path = parser.parse_args().output
    references = json.loads(REFERENCE.read_text(encoding="utf-8"))["networks"]
    runs = {}
    for name, network, n, seed in cases():
        key = key_of(name, network, n, seed)
        if key in references:
            runs[key] = run(network, n, seed)
    result = {"summary": summary(runs, references), "runs": runs}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result["summary"], indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
