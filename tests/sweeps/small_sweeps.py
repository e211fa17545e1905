"""A sweep that takes about a second, and what is equal in two results of it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf

RUN = {"trajectories": 8, "duration": 10.0, "burn_in": 10.0}
OVER = {"g": [2.0, 3.0], "symmetry": [0.0]}
SETTINGS: dict[str, Any] = {"over": OVER, "what": "simulate", "n": [40, 60], "seeds": 3, **RUN}
UNITS = 12


def family(g: float, symmetry: float = 0.0) -> mf.Network:
    return mf.Network(mf.IID(g) if symmetry == 0 else mf.PartiallySymmetric(g, symmetry))


def small_sweep(**changes: Any):
    return mf.sweep(family, **{"jobs": 1, **SETTINGS, **changes})


def assert_equal(one, other) -> None:
    """Every number bit for bit, and every attribute but where and when they were made and what files add."""
    assert one.equals(other), [name for name in one if not one[name].equals(other[name])]
    for name in one.variables:
        assert one[name].attrs == other[name].attrs
    assert _plain(one.attrs) == _plain(other.attrs)


def _plain(attributes) -> dict[str, Any]:
    added = ("provenance", "content_hash")
    return {k: v for k, v in attributes.items() if k not in added and not k.startswith("mftheory_")}


def dimensions(data) -> np.ndarray:
    return data["dimension"].sel(observable="phi").values


def journal_of(store: Path) -> Path:
    return store.with_name(store.name + ".journal")


def lines(store: Path) -> int:
    """Results in the journal."""
    path = journal_of(store)
    return path.read_bytes().count(b'{"key":') if path.exists() else 0


SCRIPT = """
import sys, json
sys.path.insert(0, {here!r})
from small_sweeps import small_sweep
small_sweep(store={store!r}, **json.loads({changes!r}))
"""


def start(store: Path, changes: str = "{}", **popen: Any) -> subprocess.Popen:
    """The small sweep in a process group of its own, so that it can be killed with all it started."""
    code = SCRIPT.format(here=str(Path(__file__).parent), store=str(store), changes=changes)
    return subprocess.Popen([sys.executable, "-c", code], start_new_session=True, **popen)
