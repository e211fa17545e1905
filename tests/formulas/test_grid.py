"""Formulas on grids of frequencies: equal to point by point, and the same for arrays of per-site values."""

import numpy as np
import pytest
from derivations.declared import correlated_blocks

import mftheory as mf
from mftheory.derivations.derivation import derive
from mftheory.errors import InvalidNetwork

pytestmark = pytest.mark.numeric

NETWORKS = {
    "modes": mf.Network(mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6)),
    "overlaps": mf.Network(mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[0.3, -0.4, 0.2])),
    "gains": mf.Network(mf.PartiallySymmetric(0.8, -0.5), gains=[0.5, 1.0, 2.0]),
    "overlaps, gains": mf.Network(
        mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[0.3, -0.4, 0.2]), gains=[0.5, 1.0, 2.0]
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_grid_equals_point_by_point(name: str) -> None:
    rng = np.random.default_rng(0)
    network = NETWORKS[name]
    sites = (3,) if "gains" in name else ()
    C = [rng.uniform(0.5, 2.0, (k, *sites)) for k in (4, 3)]
    S = [rng.uniform(0.1, 0.5, (k, *sites)) * np.exp(1j * rng.uniform(-1, 1, (k, *sites))) for k in (4, 3)]
    formula = derive(network).four_point("phi")
    found = formula.grid(network, C=tuple(C), S=tuple(S))
    for a in range(4):
        for b in range(3):
            expected = formula.evaluate(network, C=(C[0][a], C[1][b]), S=(S[0][a], S[1][b]))
            # The same numbers in another order of summation: 1e-15 seen.
            assert abs(found[a, b] - expected) < 1e-13 * abs(expected)


def test_ensemble_of_ones_own_by_arrays() -> None:
    formula = derive(correlated_blocks()).four_point("phi")
    numbers = {"D1": [0.9, 0.5], "D2": [1.1, 0.6], "rho12": [0.8, -0.5], "rho21": [-0.7, 0.4], "alpha": 0.8}
    C, S = ([1.0, 0.7], [0.6]), ([0.4 + 0.2j, 0.5 - 0.3j], [0.3j])
    found = formula.grid(numbers, C=C, S=S)
    for a in range(2):
        expected = formula.evaluate(numbers, C=(C[0][a], C[1][0]), S=(S[0][a], S[1][0]))
        assert abs(found[a, 0] - expected) < 1e-13 * abs(expected)  # as above
    for name, wrong in (("alpha", None), ("rho12", [0.1, 0.2, 0.3])):
        bad = {k: v for k, v in numbers.items() if k != name} | ({} if wrong is None else {name: wrong})
        with pytest.raises(InvalidNetwork, match=r"alpha|one length"):
            formula.evaluate(bad, C=(1.0, 1.0), S=(0.1, 0.1))
