"""How often does `mftheory.compare` call the right theory wrong where dimensions are few?

    python validation/equilibration_alarms.py --output validation/equilibration/alarms.json

The whole protocol (networks drawn, simulated, those at rest left out, extrapolated in 1/N) at g_eff = 3, effective rank
0.3, where N·PR is 2 to 9 at these sizes, again and again with other seeds. |z| > 3 happens by chance once in 370
repetitions. Ten minutes of one core; the file is written after every repetition and the same command continues it.
"""

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf

NETWORK = mf.Network(mf.RandomMode.exponential(3.0, 0.3))
PROTOCOL: dict[str, Any] = {"n": [100, 200, 400], "seeds": 6, "trajectories": 16, "duration": 50.0, "jobs": 1}
REPETITIONS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    path = parser.parse_args().output
    found = json.loads(path.read_text(encoding="utf-8"))["repetitions"] if path.exists() else []
    for seed in range(len(found), REPETITIONS):
        begun = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = mf.compare(NETWORK, seed=seed, **PROTOCOL)
        point = result.points[0]
        extrapolated = [point.extrapolated.value, point.extrapolated.error]
        counts = {"at_rest": len(point.resting), "in_doubt": len(point.doubtful)}
        seconds = round(time.perf_counter() - begun, 1)
        found.append({"seed": seed, "z": point.z, "extrapolated": extrapolated, **counts, "seconds": seconds})
        z = np.array([f["z"] for f in found])
        summary = {
            "theory": point.theory,
            "repetitions": len(found),
            "beyond 3": int(np.sum(np.abs(z) > 3)),
            "largest |z|": float(np.abs(z).max()),
            "mean z": float(z.mean()),
            "standard deviation of z": float(z.std(ddof=1)) if len(z) > 1 else None,
        }
        settings = {"network": repr(NETWORK), **PROTOCOL}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"summary": summary, "settings": settings, "repetitions": found}, indent=1) + "\n")
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
