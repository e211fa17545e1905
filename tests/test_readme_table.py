"""The README's table of what is covered: every cell is tried."""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import mftheory as mf

README = Path(__file__).parents[1] / "README.md"
NAMES = {"φ": "phi", "x": "x", "Gφ": "Phi", "Φ": "Phi", "readout": "readout"}

GAINS = mf.Gains.exponential(0.7)
SYMMETRIC = mf.PartiallySymmetric(3.0, -0.3)
MODES = mf.RandomMode.exponential(3.0, 0.5)
OVERLAPPING = mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=-0.2)
DIFFERENT = mf.Heterogeneous("a*tanh(b*x)", {"a": [0.8, 1.2], "b": [1.0, 2.0]})
SHIFTED = mf.Nonlinearity("tanh(x + 0.5)")

# By the beginning of the row: networks that it is about.
ROWS = {
    "i.i.d. couplings": [mf.Network(mf.IID(3.0))],
    "random modes `RandomMode`": [mf.Network(MODES), mf.Network(mf.RandomMode([1.0, 2.0, 3.0], g_eff=3.0))],
    "partially symmetric couplings": [mf.Network(SYMMETRIC)],
    "random modes whose patterns overlap": [mf.Network(OVERLAPPING)],
    "i.i.d. or modes, with gains": [mf.Network(mf.IID(3.0), gains=GAINS), mf.Network(MODES, gains=GAINS)],
    "partially symmetric or overlapping, with gains": [mf.Network(SYMMETRIC, gains=GAINS)],
    "neurons that differ": [mf.Network(mf.IID(3.0), DIFFERENT), mf.Network(MODES, DIFFERENT)],
    "φ that is not odd": [mf.Network(mf.IID(3.0), SHIFTED)],
    "one wiring": [mf.Network(mf.Given(np.random.default_rng(0).standard_normal((60, 60)) / 4))],
}


def table() -> dict[str, list[str]]:
    """First cell of each row -> the others."""
    section = README.read_text(encoding="utf-8").split("## What it can do")[1]
    rows = re.findall(r"^\| (.+) \|$", section.split("\n\n")[1], re.MULTILINE)
    header, *body = (row.split(" | ") for row in rows)
    assert header == ["network", "formulas", "numbers", "one given J", "simulation"]
    return {row[0]: row[1:] for row in body}


def offered(function, refusals=mf.Unsupported) -> set[str]:
    """Observables of what a verb returns; none if it says that it does not cover the network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # small networks and few samples say so
        try:
            return set(function().observables)
        except refusals:
            return set()


def promised(cell: str) -> set[str]:
    return set() if cell == "–" else {NAMES[name] for name in cell.removesuffix(" (sampled)").split(", ")}


def one_given(network: mf.Network):
    """Covariances of one J, from the theory, or for that J alone."""
    if isinstance(network.connectivity, mf.Given):
        return mf.predict_covariance(network)
    return mf.linear_equivalent(network, n=60, seed=2, omega=[5.0])


def test_rows_are_those_tried() -> None:
    rows = [first for first in table() if not first.startswith("your own")]
    assert [next((start for start in ROWS if row.startswith(start)), row) for row in rows] == list(ROWS)


@pytest.mark.parametrize("start", ROWS)
def test_cells_are_true(start: str) -> None:
    (cells,) = (cells for first, cells in table().items() if first.startswith(start))
    formulas, numbers, given, simulation = map(promised, cells)
    for network in ROWS[start]:
        sampling = {"target": 0.2} if "(sampled)" in cells[1] else {}
        assert offered(lambda network=network: mf.derive(network)) == formulas
        assert offered(lambda network=network, s=sampling: mf.solve(network, **s)) == numbers
        # Without C and S, where no theory has them.
        refusals = (mf.Unsupported, mf.InvalidNetwork)
        assert offered(lambda network=network: one_given(network), refusals) == given
        run = {"n": 60, "seed": 0, "trajectories": 8, "duration": 20.0}
        assert offered(lambda network=network, run=run: mf.simulate(network, **run)) == simulation
    if formulas and not sampling:
        derivation = mf.derive(ROWS[start][0])
        for name in formulas:
            both = [derivation.four_point(name, route=route).expr for route in ("path-integral", "cavity")]
            assert both[0].equals(both[1]) is not False
