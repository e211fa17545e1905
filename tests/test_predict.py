"""From a wiring to its activity: `mftheory.predict` level by level, and what it says where there is nothing to say."""

import json
import sys

import numpy as np
import pytest

import mftheory as mf
from mftheory.connectome import Connectome, decompose, overlapping_surrogate, surrogate
from mftheory.errors import InvalidNetwork

pytestmark = pytest.mark.numeric

LEVELS = ["i.i.d.", "random modes", "modes with overlaps", "the wiring itself"]
QUICK = {"networks": 2, "trajectories": 8, "duration": 20.0}


def wiring(J: np.ndarray) -> Connectome:
    n = len(J)
    post, pre = np.divmod(np.arange(n * n), n)
    return Connectome.from_edges(pre, post, J.ravel(), n=n)


@pytest.fixture(scope="module")
def modes() -> mf.connectome.Decomposition:
    """Sampled random modes with weak overlaps, taken as they are."""
    J = mf.RandomMode.exponential(1.0, 0.35, 0.15).sample(150, 0).dense()
    return decompose(wiring(J), normalised=False)


def orthogonal() -> mf.connectome.Decomposition:
    """All singular values equal: no surrogate with modes."""
    return decompose(wiring(np.linalg.qr(mf.IID(1.0).sample(100, 0).dense())[0]), normalised=False)


@pytest.fixture(scope="module")
def worm() -> Connectome:
    return Connectome.read(mf.connectome.sample_data("celegans"))


def test_theory_of_each_level_is_that_of_its_ensemble(modes) -> None:
    found = mf.predict(modes, 0.8, noise=0.7, simulate=False)
    assert [level.name for level in found.levels] == LEVELS
    ensembles = [mf.IID(0.8), surrogate(modes, 0.8), overlapping_surrogate(modes, 0.8)]
    for level, ensemble in zip(found.levels[:3], ensembles, strict=True):
        theory = mf.solve(mf.Network(ensemble, noise=0.7))
        for observable in ("phi", "x"):
            assert level.predicted[observable].value == theory.dimension(observable)
            assert level.predicted[observable].error == theory.dimension_error(observable)
        # Half-times by linear interpolation between whole time constants.
        before = int(level.predicted_time)
        C = [float(theory.C("phi", tau)) / float(theory.C("phi", 0.0)) for tau in (before, before + 1)]
        assert C[0] >= 0.5 > C[1]
        assert level.predicted_time == pytest.approx(before + (C[0] - 0.5) / (C[0] - C[1]))
    couplings = modes.normalised.matrix * (0.8 / modes.bulk_radius)
    own = mf.predict_covariance(mf.Network(mf.Given(couplings), noise=0.7))
    assert mf.Given(couplings).g_eff == pytest.approx(0.8, rel=1e-12)
    for observable in ("phi", "x"):
        assert found["the wiring itself"].predicted[observable] == own.dimension(observable)
    # Each level knows more; this wiring has what the third one knows.
    dimensions = [level.predicted["phi"].value for level in found.levels]
    assert dimensions[0] > 1.2 * dimensions[1]
    assert abs(np.log(dimensions[2] / dimensions[3])) < abs(np.log(dimensions[0] / dimensions[3]))
    assert found.settings["simulated"] is False
    for level in found.levels:
        assert level.simulated == {}
        assert level.networks == 0
        assert level.simulated_time is None
        assert level.agreement is None
        assert not any(name.startswith("simulated_phi") for name in level.record())


def test_no_effective_rank_is_said() -> None:
    found = mf.predict(orthogonal(), 0.8, noise=0.5, simulate=False)
    assert found.report["effective_rank"] is None
    for name in ("random modes", "modes with overlaps"):
        assert found[name].predicted == {}
        assert "effective rank" in found[name].remark
        assert "effective rank" in found.table()
    assert found["i.i.d."].predicted["phi"].value > 0
    assert found["the wiring itself"].predicted["phi"].value > 0


@pytest.fixture(scope="module")
def simulated(modes):
    return mf.predict(modes, 0.8, noise=0.7, seed=3, **QUICK)


def test_a_record_is_json_and_complete(simulated) -> None:
    record = json.loads(json.dumps(simulated.record(), default=float, allow_nan=False))
    assert list(record["dimension"]) == LEVELS
    for level in record["dimension"].values():
        assert {"phi", "x", "error", "simulated_phi", "simulated_phi_error", "remark", "n", "networks"} <= level.keys()
        assert level["simulated_phi"] > 0
    own = record["dimension"]["the wiring itself"]
    assert own["networks"] == 1
    assert own["n"] == 150
    assert 0.5 < own["covariances"]["correlation"] <= 1
    assert record["g_eff"] == 0.8
    assert record["noise"] == 0.7
    expected = {"nonlinearity": "erf", "networks": 2, "seed": 3, "trajectories": 8, "duration": 20.0, "simulated": True}
    assert record["settings"].items() >= expected.items()
    assert record["n"] == 150


def test_a_table_has_a_line_a_level(simulated) -> None:
    lines = simulated.table().splitlines()
    assert lines[0].startswith("level")
    assert [line.split("  ")[0] for line in lines[1:5]] == LEVELS
    assert "2 of 150" in lines[1]
    assert "1 of 150" in lines[4]
    assert lines[5].startswith("the wiring itself: covariances C_ij of φ among 150 neurons")
    assert "nan" not in simulated.table()
    assert str(simulated).startswith(simulated.summary)
    assert simulated["i.i.d."] is simulated.levels[0]
    with pytest.raises(KeyError):
        simulated["nonesuch"]


def test_seeds_repeat_and_differ(modes, simulated) -> None:
    again = mf.predict(modes, 0.8, noise=0.7, seed=3, **QUICK)
    assert again.record() == simulated.record()
    other = mf.predict(modes, 0.8, noise=0.7, seed=4, **QUICK)
    for level, same in zip(other.levels, simulated.levels, strict=True):
        assert level.predicted == same.predicted
        assert level.simulated["phi"].value != same.simulated["phi"].value


@pytest.mark.statistical
def test_simulations_are_those_of_the_levels(modes) -> None:
    found = mf.predict(modes, 0.8, noise=0.7, networks=3, trajectories=32, duration=60.0)
    for level in found.levels:
        one = level.simulated["phi"]
        # 1/N of 150 neurons, and how networks differ: up to 15% seen.
        assert abs(np.log(one.value / level.predicted["phi"].value)) < 0.35 + 4 * one.error / one.value
    assert found["the wiring itself"].agreement.correlation > 0.9 * found["the wiring itself"].agreement.ceiling


def test_a_wiring_of_one_sign_is_warned_of_and_predicted(worm) -> None:
    found = mf.predict(worm, 0.5, noise=1.0, **QUICK)
    assert "no inhibitory edges" in found.summary
    assert found.record()["warnings"]
    own = found["the wiring itself"]
    assert own.simulated["phi"].value == pytest.approx(own.predicted["phi"].value, rel=0.15)  # 20 time constants
    assert own.n == found.report["n"] < worm.n


def test_quiescent_wirings_are_no_error(worm) -> None:
    found = mf.predict(worm, 0.1, **QUICK)
    assert "x = 0 is stable" in found["i.i.d."].remark
    assert "x = 0 is stable" in found["the wiring itself"].remark
    for level in found.levels:
        assert level.predicted == {}
        assert level.simulated == {}
    json.dumps(found.record(), default=float, allow_nan=False)
    found.plot()


def test_two_neurons_are_no_error() -> None:
    for noise in (0.0, 1.0):
        found = mf.predict(Connectome.from_edges([0, 1], [1, 0], [2.0, -3.0], n=2), noise=noise, **QUICK)
        assert found.report["n"] == 2
        json.dumps(found.record(), default=float, allow_nan=False)
        assert found.table().count("\n") >= 4


def test_what_has_no_recurrent_part_is_refused() -> None:
    chain = Connectome.from_edges([0, 1, 2], [1, 2, 3], [1.0, -1.0, 1.0], n=4)
    with pytest.raises(InvalidNetwork, match="both input and output"):
        mf.predict(chain)


def test_progress_is_shown(capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    mf.predict(orthogonal(), 0.8, noise=0.7, simulate=False, progress=True)
    shown = capsys.readouterr()
    assert "levels" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"g_eff": 0.0}, "g_eff"),
        ({"g_eff": float("nan")}, "g_eff"),
        ({"networks": 0}, "networks"),
        ({"duration": 0.0}, "duration"),
        ({"noise": -1.0}, "noise"),
        ({"seed": -1}, "seed"),
        ({"nonlinearity": "erf"}, "nonlinearity"),
        ({"trajectories": 0}, "trajectories"),
    ],
)
def test_arguments_are_checked(modes, arguments, name) -> None:
    with pytest.raises(InvalidNetwork, match=name):
        mf.predict(modes, **{"g_eff": 1.5, "noise": 0.5, **arguments})
