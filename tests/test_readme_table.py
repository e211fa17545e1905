"""The README's table of what is covered: every cell is tried."""

import warnings

import pytest
from readme_table import README, ROWS, cells, rewritten

import mftheory as mf

NAMES = {"φ": "phi", "x": "x", "Gφ": "Phi", "Φ": "Phi", "readout": "readout"}


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


def test_it_is_made_from_the_register() -> None:
    page = README.read_text(encoding="utf-8")
    assert rewritten(page) == page, "python tests/readme_table.py rewrites it"


@pytest.mark.parametrize("row", ROWS)
def test_cells_are_true(row: str) -> None:
    shown = cells(ROWS[row])
    formulas, numbers, given, simulation = map(promised, shown)
    for network in ROWS[row][:1]:
        sampling = {"target": 0.2} if "(sampled)" in shown[1] else {}
        assert offered(lambda network=network: mf.derive(network)) == formulas
        assert offered(lambda network=network, s=sampling: mf.solve(network, **s)) == numbers
        # Without C and S, where no theory has them.
        refusals = (mf.Unsupported, mf.InvalidNetwork)
        assert offered(lambda network=network: one_given(network), refusals) == given
        run = {"n": 60, "seed": 0, "trajectories": 8, "duration": 20.0}
        assert offered(lambda network=network, run=run: mf.simulate(network, **run)) == simulation
    if formulas and not sampling:
        derivation = mf.derive(ROWS[row][0])
        for name in formulas:
            both = [derivation.four_point(name, route=route).expr for route in ("path-integral", "cavity")]
            assert both[0].equals(both[1]) is not False
