"""Several populations: theory against sampled networks."""

import numpy as np
import pytest
from theory.coupled import blocks, numbers, part

import mftheory as mf

pytestmark = pytest.mark.statistical

ENSEMBLE = blocks("AB", modes=True)
NUMBERS = numbers("AB", (0.6, 0.4), [[0.0, 16.0], [9.0, 16.0]]) | {"alpha": 1.0, "D": [4.0, 8.0]}
PHI = {"phiA": mf.Erf(), "phiB": mf.Tanh()}
RUN = {"parameters": NUMBERS, "nonlinearity": PHI, "trajectories": 16, "duration": 40.0, "burn_in": 30.0}


@pytest.mark.parametrize("observable", ["phiA", pytest.param("phiB", marks=pytest.mark.long)])
def test_dimensions_agree(observable: str) -> None:
    """Extrapolated from 400 and 800 neurons. With 60, 40 and 16 networks up to 1600: z = 1.1 and 0.7."""
    result = mf.compare(ENSEMBLE, n=[400, 800], seeds={400: 40, 800: 24}, observable=observable, **RUN)
    assert result.ok, result.table()
    (point,) = result.points
    # 5% seen: A has 0.084, B 0.122 dimensions per neuron.
    assert point.extrapolated.error < 0.1 * point.theory
    assert point.number_of_dimensions == pytest.approx(400 * {"phiA": 0.6, "phiB": 0.4}[observable] * point.theory)
    assert result.plot()


def test_two_point_functions_and_timescales_agree() -> None:
    theory = mf.solve(ENSEMBLE, parameters=NUMBERS, nonlinearity=PHI)
    runs = [mf.simulate(ENSEMBLE, n=600, seed=seed, **RUN) for seed in range(8)]
    for name in ("phiA", "xB"):
        for tau in (0.0, 2.0):
            found = np.array([run.C(name, tau).value for run in runs])
            error = found.std(ddof=1) / np.sqrt(len(runs))
            # 1/N corrections: 0.9% of C(0) seen
            assert abs(found.mean() - theory.C(name, tau)) < 4 * error + 0.01 * theory.C(name, 0.0)
        lagged = np.array([run.timescale(name, 2.0).value for run in runs])
        error = lagged.std(ddof=1) / np.sqrt(len(runs))
        assert abs(lagged.mean() - theory.timescale(name, 2.0)) < 4.5 * error + 0.02  # 1/N: 0.01 seen


@pytest.mark.parametrize(
    ("names", "sizes", "variances"),
    [
        ("AB", (0.75, 0.25), [[6.0, 60.0], [20.0, 90.0]]),
        ("ABC", (0.4, 0.35, 0.25), [[40.0, 0.0, 0.0], [25.0, 20.0, 0.0], [0.0, 30.0, 60.0]]),
    ],
    ids=["two populations", "three layers"],
)
def test_blocks_agree_and_are_not_one_population(names: str, sizes, variances) -> None:
    """Extrapolated: z = 1.2 and -0.5, errors of 3.5% and 4.9%. Merged with the mean variance: 17 and 15 errors off."""
    parameters = numbers(names, sizes, variances)
    seeds = {300: 96, 600: 48, 1200: 32}
    settings = {"trajectories": 16, "duration": 40.0, "burn_in": 30.0}
    found = mf.compare(blocks(names), n=[*seeds], seeds=seeds, observable="phiB", parameters=parameters, **settings)
    assert found.ok, found.table()
    (point,) = found.points
    assert point.extrapolated.error < 0.05 * point.theory
    of_all = float(np.array(sizes) @ np.array(variances) @ np.array(sizes))
    one = mf.solve(mf.Network(mf.IID(of_all**0.5)))
    merged = part(one.dimension("phi"), float(one.C("phi", 0.0)), sizes[1])
    assert abs(point.extrapolated.value - merged) > 5 * point.extrapolated.error
