"""Rest, cycles, several attractors and chaos told apart, against long integrations that share no code with them."""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy import stats

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population
from mftheory.action.built_in import leaky_neurons
from mftheory.comparison.statistics import Point
from mftheory.comparison.statistics import compare as compare_records
from mftheory.results.attractors import AT_REST, IRREGULAR, PERIODIC
from mftheory.simulation.orbits import classify

VALIDATION = Path(__file__).parents[2] / "validation"
REFERENCES = json.loads((VALIDATION / "equilibration" / "reference.json").read_text(encoding="utf-8"))["networks"]
TRAJECTORIES, TIMES = 16, 100


@pytest.fixture(scope="module")
def study():
    sys.path.insert(0, str(VALIDATION))
    try:
        import equilibration_study

        yield equilibration_study
    finally:
        sys.path.remove(str(VALIDATION))


def cycles(frequencies: tuple[float, ...], seed: int = 0) -> np.ndarray:
    """Trajectories that began at different times on one cycle (torus) of these frequencies, in 8 directions."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, 1000, (TRAJECTORIES, 1, 1)) + np.arange(TIMES)[:, np.newaxis]
    places, offset = rng.uniform(0, 2 * np.pi, (len(frequencies), 8)), rng.standard_normal(8)
    return (sum(np.cos(f * t + place) for f, place in zip(frequencies, places, strict=True)) + offset).astype(
        np.float32
    )


def diffusing(seed: int, decay: float) -> np.ndarray:
    """Trajectories that never return: autoregressive noise in 8 directions."""
    x = np.random.default_rng(seed).standard_normal((TRAJECTORIES, TIMES, 8))
    for t in range(1, TIMES):
        x[:, t] = decay * x[:, t - 1] + np.sqrt(1 - decay**2) * x[:, t]
    return x.astype(np.float32)


@pytest.mark.numeric
@pytest.mark.parametrize("period", [3.7, 11.3, 30.1, 65.0])
def test_a_cycle_of_any_period_up_to_two_thirds_of_the_samples_is_one(period: float) -> None:
    w = 2 * np.pi / period
    found = classify(cycles((w, 2 * w)), odd=True)
    assert found.kinds == (PERIODIC,) * TRAJECTORIES
    assert set(found.places) == {0}


@pytest.mark.numeric
def test_fixed_points_up_to_the_sign_and_how_many() -> None:
    points = np.random.default_rng(1).standard_normal((2, 8))
    signs = np.array([1, -1] * 8)[:, np.newaxis]
    states = np.repeat((signs * points[[0, 1] * 4 + [0] * 8])[:, np.newaxis], TIMES, axis=1).astype(np.float32)
    odd, any_sign = classify(states, odd=True), classify(states, odd=False)
    assert odd.kinds == any_sign.kinds == (AT_REST,) * TRAJECTORIES
    assert (odd.different(AT_REST), any_sign.different(AT_REST)) == (2, 3)


@pytest.mark.statistical
@pytest.mark.parametrize("decay", [0.0, 0.8, 0.97])
def test_noise_is_neither_at_rest_nor_periodic(decay: float) -> None:
    # Seen: none of 1600 at each decay; by chance 1 or 2 of them would do no harm.
    counts = [classify(diffusing(seed, decay), odd=True).count(IRREGULAR) for seed in range(20)]
    assert sum(counts) >= 20 * TRAJECTORIES - 2


@pytest.mark.numeric
def test_what_spirals_into_a_fixed_point_is_coming_to_rest() -> None:
    t = np.arange(TIMES)[:, np.newaxis]
    spiral = 1 + 0.02 * np.exp(-t / 40) * np.cos(0.4 * t + np.arange(8))
    states = np.concatenate([cycles((0.3,))[:8], np.repeat(spiral[np.newaxis], 8, axis=0)]).astype(np.float32)
    found = classify(states, odd=True)
    assert found.kinds == (PERIODIC,) * 8 + (AT_REST,) * 8
    assert not found.at_rest or found.count(AT_REST) == 8


CASES = {
    "iid 1.5, N = 80, seed 0": "at rest",
    "iid 3, N = 20, seed 50": "at rest",
    "iid 3, N = 30, seed 60": "periodic",
    "trained 3, 1.5, N = 30, seed 0": "several attractors",
    "modes 5 rank 0.3, N = 30, seed 80": "several attractors",
    "iid 5, N = 120, seed 170": "equilibrated",
    "symmetry 4, -0.2, N = 100, seed 107": "equilibrated",
}


@pytest.mark.statistical
@pytest.mark.parametrize("key", CASES)
def test_networks_are_called_what_long_integration_shows(study, key: str) -> None:
    (network, n, seed), reference = next(c[1:] for c in study.cases() if study.key_of(*c) == key), REFERENCES[key]
    run = study.run(network, n, seed)
    assert study.told(run["status"]) == CASES[key]
    assert study.truth(reference) == ("irregular" if CASES[key] == "equilibrated" else CASES[key])
    if CASES[key] in ("equilibrated", "periodic"):
        for name in study.QUANTITIES:
            # Steps bias both by up to 1e-3.
            error = np.hypot(run[name][1], reference[name][1])
            assert abs(run[name][0] - reference[name][0]) < 4 * error + 2e-3 * reference[name][0]


@pytest.mark.statistical
@pytest.mark.parametrize("seed", range(8))
def test_a_transient_that_all_trajectories_leave_one_by_one_is_waited_for(seed: int) -> None:
    """One network whose chaos lasts some 150 time constants, then a cycle: C = 0.7232, PR = 0.0538 (long reference)."""
    network = mf.Network(mf.Given(mf.IID(3.0).sample(50, 0).dense()))
    with pytest.warns(UserWarning, match=r"^periodic|6[0-3] periodic|trajectories periodic"):
        run = mf.simulate(network, n=50, seed=seed)
    reference = REFERENCES["given iid 3, N = 50, seed 0"]
    # Where too short a burn-in was taken for enough: C = 0.7205 ± 0.0005, PR = 0.0555 ± 0.0003. Steps bias C by 1e-4.
    assert abs(run.C().value - reference["C"][0]) < 4 * run.C().error + 1e-4
    assert abs(run.dimension().value - reference["dimension"][0]) < 4 * run.dimension().error + 1e-4
    assert run.dimension().error < 4e-4


@pytest.mark.statistical
def test_rest_is_told_in_status_error_and_repr() -> None:
    with pytest.warns(UserWarning, match="at rest: 16 of 16 trajectories"):
        run = mf.simulate(mf.Network(mf.IID(1.5)), n=80, seed=0, trajectories=16, duration=40)
    assert run.dimension().error == np.inf
    assert "± inf, at rest: 16 of 16 trajectories at rest (at one fixed point)" in repr(run)
    assert run.attractors.at_rest


def test_what_trajectories_do_is_kept_in_a_file(tmp_path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = mf.simulate(mf.Network(mf.IID(3.0)), n=30, seed=60, trajectories=8)
    same = mf.load(run.save(tmp_path / "run.nc"))
    assert same.attractors == run.attractors
    assert (same.error_factor, same.C(), same.status) == (run.error_factor, run.C(), run.status)


@pytest.mark.statistical
def test_comparisons_name_networks_at_rest_and_keep_the_others() -> None:
    network, seeds = mf.Network(mf.IID(2.0)), {60: [1, 2, 5, 7], 100: [0, 3, 5]}
    with pytest.warns(UserWarning, match="1 of 7 networks is at rest and left out: n = 60: seed 7"):
        result = mf.compare(network, n=[60, 100], seeds=seeds, trajectories=16, duration=40.0, jobs=1)
    (point,) = result.points
    assert (point.resting, point.doubtful) == (((60, 7),), ((60, 1), (60, 2)))
    assert [size.networks for size in point.sizes] == [3, 3]
    assert len(point.records) == 7
    assert "1 at rest, left out (n = 60: seed 7), 2 in doubt, see their status" in result.table()
    assert "1 network at rest left out" in repr(result)


def test_a_comparison_is_that_of_the_networks_that_fluctuate() -> None:
    moving = [
        {"n": n, "seed": s, "dimension": 0.05 + 0.001 * s, "status": "equilibrated"}
        for n in (100, 200)
        for s in range(4)
    ]
    resting = [
        {"n": 100, "seed": 7, "dimension": 0.01, "status": "at rest: all"},
        {"n": 200, "seed": 8, "status": "Quiescent: died out"},
    ]
    alone, together = (compare_records([Point(0.05, records)]).points[0] for records in (moving, moving + resting))
    assert (alone.z, alone.extrapolated, alone.sizes) == (together.z, together.extrapolated, together.sizes)
    assert together.resting == ((100, 7), (200, 8))
    with pytest.raises(mf.Quiescent, match="2 of 2 networks are at rest"):
        compare_records([Point(0.05, [{**resting[0], "seed": s} for s in (0, 1)])])


@pytest.mark.long
@pytest.mark.statistical
def test_all_networks_of_the_study(study) -> None:
    """What `validation/equilibration_study.py` does: 0.98 told, 0.05 flagged, p = 0.01 to 0.4 seen."""
    runs = {study.key_of(*case): study.run(*case[1:]) for case in study.cases()}
    found = study.summary(runs, REFERENCES)
    assert found["told of those at rest, periodic or on several attractors"] >= 0.95
    assert found["flagged of the others"] <= 0.10
    for name in study.QUANTITIES:
        assert found["deviations"][name]["p"] > 1e-3


@pytest.mark.exact
def test_the_committed_study_meets_its_terms(study) -> None:
    """Of the runs as committed; that they repeat is the long test's."""
    runs = json.loads((VALIDATION / "equilibration" / "study.json").read_text(encoding="utf-8"))["runs"]
    assert set(runs) == set(REFERENCES) == {study.key_of(*case) for case in study.cases()}
    found = study.summary(runs, REFERENCES)
    assert len(runs) >= 100
    assert found["told of those at rest, periodic or on several attractors"] >= 0.95
    assert found["flagged of the others"] <= 0.10
    good = [k for k in runs if study.told(runs[k]["status"]) == "equilibrated"]
    for name in study.QUANTITIES:
        z = [study.deviation(runs[k], REFERENCES[k], name) for k in good]
        assert stats.kstest(z, "norm").pvalue > 1e-3


def test_a_mode_that_has_condensed_is_named() -> None:
    """A population of one latent is a mode of its own: with overlap 3 it condenses, and nothing moves."""
    x, z = leaky_neurons(), Population("latents", "z", size=sp.Symbol("alpha", positive=True))
    left, right = GaussianMatrix("l", x, z), GaussianMatrix("r", x, z)
    one = GaussianEnsemble(
        "rank one",
        (x, z),
        (Coupling(left, x.response, z.state), Coupling(right, x.activity, z.response)),
        tuple(Covariance(*pair, 3) for pair in ((left, left), (right, right), (left, right))),
    )
    with pytest.warns(UserWarning, match="at rest"):
        run = mf.simulate(one, 300, 0, parameters={"alpha": 1 / 300}, trajectories=8, duration=20.0)
    assert run.status.startswith("at rest: 8 of 8 trajectories at rest")
    assert "an outlying eigenvalue 3" in run.status
    assert "one mode has condensed" in repr(run)
    assert run.dimension().error == np.inf
