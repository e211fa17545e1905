"""Time and memory to read a wiring diagram of ten million edges, in each format that such large ones come in.

Run: python validation/benchmarks/reading.py [--edges 10000000] [--neurons 130000] [--folder /tmp]

Each file is read in a process of its own, whose peak memory (the largest resident size) is shown, imports included.
Ids have 18 digits; a synapse count and one of three transmitters stand with each edge. Seen on a machine whose two
cores were shared by seven processes, one thread (wall-clock seconds are those of a share of a core):

    file                MB         s   processor s        GB
    w.csv              448      53.6          26.8      1.40
    w.csv.gz           135      54.6          28.6      1.40
    w.parquet           68      13.9           6.9      1.40
    w.npz              400      15.9           8.0      2.06

The number of distinct transmitters hardly matters: 300,000 edges with 3 take 0.33 processor seconds, with 30,000 0.46.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

FORMATS = (".csv", ".csv.gz", ".parquet", ".npz")


def write(folder: Path, edges: int, neurons: int) -> None:
    """The same random edges in every format."""
    random = np.random.default_rng(0)
    ids = 720575940600000000 + random.choice(10**8, neurons, replace=False)
    ends = [ids[random.integers(neurons, size=edges)] for _ in range(2)]
    count = random.geometric(0.2, edges)
    transmitter = np.array(["ACH", "GABA", "GLUT"])[ends[0] % 3]
    table = pd.DataFrame({"pre_root_id": ends[0], "post_root_id": ends[1], "syn_count": count, "nt_type": transmitter})
    table.to_csv(folder / "w.csv", index=False)
    table.to_csv(folder / "w.csv.gz", index=False, compression={"method": "gzip", "compresslevel": 1})
    table.to_parquet(folder / "w.parquet", index=False)
    np.savez(folder / "w.npz", pre=ends[0], post=ends[1], weight=count, transmitter=transmitter.astype("U4"))


def read(path: Path) -> None:
    """One line about one file."""
    import mftheory as mf

    start, processor = time.perf_counter(), time.process_time()
    wiring = mf.Connectome.read(path)
    took, used = time.perf_counter() - start, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    size = path.stat().st_size / 1e6
    print(
        f"{path.name:12s}{size:10.0f}{took:10.1f}{used:14.1f}{peak:10.2f}   n = {wiring.n}, {wiring.edges} edges",
        flush=True,
    )


def main() -> None:
    """A row a format."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edges", type=int, default=10_000_000)
    parser.add_argument("--neurons", type=int, default=130_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--read", type=Path, default=None, help="only this file, in this process")
    given = parser.parse_args()
    if given.read is not None:
        return read(given.read)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        write(Path(name), given.edges, given.neurons)
        print(f"{'file':12s}{'MB':>10s}{'s':>10s}{'processor s':>14s}{'GB':>10s}")
        for suffix in FORMATS:
            subprocess.run([sys.executable, __file__, "--read", str(Path(name) / f"w{suffix}")], check=True)
    return None


if __name__ == "__main__":
    main()
