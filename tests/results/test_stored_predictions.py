"""Predictions for one wiring in files: what comes back is what was saved; what the file does not hold is said."""

import json

import numpy as np
import pytest
import xarray

import mftheory as mf
from mftheory.kernels import committed
from mftheory.results import Comparison, StoredNetwork
from mftheory.results.columns import to_text
from mftheory.results.comparison import ComparedPoint, SizeAverage
from mftheory.results.estimate import Estimate
from mftheory.results.predicted_covariance import Agreement
from mftheory.results.wiring_prediction import Level, Prediction
from mftheory.storage import netcdf as files
from mftheory.theory.one_network import predict_covariance

SEED = 2**70  # more than an attribute holds
J = np.random.default_rng(0).standard_normal((60, 60)) * 0.8 / 60**0.5


@pytest.fixture(scope="module")
def wiring():
    couplings = mf.RandomMode.exponential(1.0, 0.35).sample(100, 0).dense()
    post, pre = np.nonzero(couplings)
    return mf.Connectome.from_edges(pre, post, couplings[post, pre], n=100, source="a ß $.csv")


@pytest.fixture(scope="module")
def prediction(wiring):
    return mf.predict(wiring, 0.7, noise=0.5, networks=2, trajectories=8, duration=20.0)


@pytest.fixture(scope="module")
def covariance():
    return mf.predict_covariance(mf.Network(mf.Given(J), mf.Tanh(), noise=0.5))


def saved_again_is_the_same(result, read, folder) -> None:
    first, second = (files.read(one.save(folder / name))[1] for one, name in ((result, "a.nc"), (read, "b.nc")))
    drop = {"provenance"}  # of the first its time of day
    assert second.drop_attrs(deep=False).identical(first.drop_attrs(deep=False))
    assert {k: v for k, v in second.attrs.items() if k not in drop} == {
        k: v for k, v in first.attrs.items() if k not in drop
    }


def test_a_prediction_comes_back_equal(prediction, tmp_path) -> None:
    read = mf.load(prediction.save(tmp_path / "prediction.nc"))
    assert read.levels == prediction.levels
    assert read["the wiring itself"].agreement == prediction["the wiring itself"].agreement
    assert read.record() == prediction.record()
    assert str(read) == str(prediction)
    assert read.pictures.keys() == prediction.pictures.keys()
    for name, picture in prediction.pictures.items():
        assert np.asarray(read.pictures[name]).tobytes() == np.asarray(picture).tobytes()  # eigenvalues are complex
    assert read.formulas == prediction.formulas == read.origin["formulas"]
    assert read.formulas["random modes"]["x"]["label"] == "psi-x-rmm"
    settings = read.origin["settings"]
    assert (settings["seed"], settings["duration"], settings["g_eff"], settings["noise"]) == (0, 20.0, 0.7, 0.5)
    saved_again_is_the_same(prediction, read, tmp_path)
    assert len(read.plot()) == len(prediction.plot())


def test_levels_of_which_little_is_known_come_back_equal(tmp_path) -> None:
    unknown = Estimate(float("inf"), 0.25)
    levels = (
        Level("nothing", "", remark="no $ <sign>"),
        Level("infinite", "b", {"x": unknown}, predicted_time=float("inf"), simulated_mode_time=0.5, n=3, networks=2),
        Level("compared", "c", simulated={"phi": Estimate(0.1, 0.02)}, agreement=Agreement(0.5, 0.2, 0.3, 1.0, 0.9, 7)),
    )
    found = Prediction({"source": "", "odd": [None, 2.5, {"a": "ü"}]}, "two\nlines", 3.0, 0.0, levels, {})
    read = mf.load(found.save(tmp_path / "found.nc"))
    assert read.levels == levels
    assert (read.report, read.summary, read.settings, read.formulas) == (found.report, found.summary, {}, {})
    quiescent = Prediction({"source": ""}, "", 3.0, 0.0, levels[:1], {})  # no dimension at any level
    assert mf.load(quiescent.save(tmp_path / "quiescent.nc")).levels == levels[:1]


def test_covariances_come_back_to_the_last_bit(covariance, tmp_path) -> None:
    read = mf.load(covariance.save(tmp_path / "covariance.nc"))
    assert repr(read) == repr(covariance)
    assert (read.gain, read.variance, read.edge, read.self_feedback) == (
        *(covariance.gain, covariance.variance),
        *(covariance.edge, covariance.self_feedback),
    )
    assert (read.network, read.seed) == (covariance.network, None)
    lags = np.linspace(-20.0, 20.0, 203)
    for a in ("phi", "x"):
        assert np.array_equal(read.covariance(a), covariance.covariance(a))
        assert np.array_equal(read.covariance(a, [5, 2]), covariance.covariance(a, [5, 2]))
        assert read.dimension(a) == covariance.dimension(a)
        # The spline through the lags kept: 1e-7 of C(0) at most by construction, seen 2e-10.
        assert read.C(a, lags) == pytest.approx(covariance.C(a, lags), abs=2e-7 * float(covariance.C(a)))
        # The same sum of the same numbers; NumPy's order of them depends on where arrays lie: one bit was seen.
        assert read.C(a) == pytest.approx(covariance.C(a), rel=1e-15)
    with pytest.raises(mf.InvalidNetwork, match="the file holds no more") as caught:
        read.C("phi", 1e6)
    assert "\n" not in str(caught.value)
    saved_again_is_the_same(covariance, read, tmp_path)


def test_covariances_of_some_neurons_are_kept_where_there_are_many(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(predict_covariance, "LARGEST_DECOMPOSED", 300)
    found = mf.predict_covariance(mf.Network(mf.IID(1.5)), n=400, seed=SEED)
    read = mf.load(found.save(tmp_path / "sampled.nc"))
    assert (read.seed, read.exact, read.neurons.size) == (SEED, False, 40)
    assert np.array_equal(read.neurons, found.neurons)
    some = read.neurons[[3, 0]]
    assert np.array_equal(read.covariance("x", some), found.covariance("x", found.neurons)[np.ix_([3, 0], [3, 0])])
    with pytest.raises(mf.Unsupported, match="give among"):
        read.covariance()
    other = int(np.setdiff1d(np.arange(400), read.neurons)[0])
    with pytest.raises(mf.InvalidNetwork, match="must be among the 40 neurons that the file holds"):
        read.covariance("phi", [other])


def test_neurons_may_be_chosen(covariance, tmp_path) -> None:
    read = mf.load(covariance.save(tmp_path / "some.nc", among=[7, 1]))
    assert np.array_equal(read.covariance("phi", [1, 7]), covariance.covariance("phi", [1, 7]))
    with pytest.raises(mf.Unsupported):
        read.covariance("phi")
    with pytest.raises(mf.InvalidNetwork, match="among"):
        covariance.save(tmp_path / "none.nc", among=[60])
    assert not (tmp_path / "none.nc").exists()


LINEAR = {
    "sampled": lambda: mf.linear_equivalent(mf.Network(mf.IID(3.0), gains=[0.5, 1.5]), 60, SEED, [0.0, 0.4]),
    "factored": lambda: mf.linear_equivalent(mf.Network(mf.RandomMode([1.0] * 5, alpha=0.1)), 60, 1, 0.5, C=1.0, S=0.1),
    "noise": lambda: mf.linear_equivalent(mf.Network(mf.IID(0.8), noise=0.5), 60, 1, [0.0, 0.4]),
    "given": lambda: mf.linear_equivalent(mf.Network(mf.Given(J), gains=[0.5, 1.5]), omega=0.2, C=1.0, S=0.3 - 0.1j),
    "sparse": lambda: mf.linear_equivalent(mf.Network(mf.Given(np.diag(np.arange(40.0) / 80))), C=1.0, S=0.1),
    "array": lambda: mf.linear_equivalent(J, omega=[0.0, -0.0], C=np.ones((2, 60)), S=np.full((2, 60), 0.3 - 0.1j)),
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear_equivalents_come_back_to_the_last_bit(name, tmp_path) -> None:
    found = LINEAR[name]()
    read = mf.load(found.save(tmp_path / "linear.nc"))
    assert repr(read) == repr(found)
    assert (read.network, read.seed, read.observables) == (found.network, found.seed, found.observables)
    assert type(read.couplings) is type(found.couplings)
    for a in found.observables:
        assert np.array_equal(read.cross_spectra(a), found.cross_spectra(a))
        assert np.array_equal(read.Psi(a), found.Psi(a))
    for field in ("omega", "C", "S", "Q", "R", "transfer"):
        assert getattr(read, field).tobytes() == getattr(found, field).tobytes()
    saved_again_is_the_same(found, read, tmp_path)


def test_equal_times_are_kept_if_they_were_asked_for(tmp_path) -> None:
    found = LINEAR["sampled"]()
    read = mf.load(found.save(tmp_path / "before.nc"))
    with pytest.raises(mf.Unsupported, match="ask for them before it is saved"):
        read.dimension("x")
    expected = found.dimension("Phi"), found.covariance("phi")
    read = mf.load(found.save(tmp_path / "after.nc"))
    assert (read.dimension("Phi"), read.covariance("phi").tobytes()) == (expected[0], expected[1].tobytes())


def test_a_comparison_keeps_its_networks_formulas_and_settings(tmp_path) -> None:
    from mftheory.action.built_in import BUILT_IN

    ensemble = BUILT_IN["iid"]()
    runs = {"trajectories": 8, "duration": 10.0, "burn_in": 10.0, "jobs": 1}
    nets = [mf.Network(mf.IID(3.0)), mf.Network(mf.RandomMode([1.0, 2.0], g_eff=3.0), gains=[0.5, 1.5])]
    result = mf.compare(nets, n=[20, 30], seeds=2, **runs)
    read = mf.load(result.save(tmp_path / "comparison.nc"))
    assert (read, read.networks) == (result, tuple(nets))
    assert read.formulas == result.formulas
    assert read.formulas["psi-iid"]["content_hash"] == committed("iid", "phi").content_hash
    assert len(read.formulas) == 2
    assert read.settings.items() >= {"trajectories": 8, "duration": 10.0, "n": [20, 30], "seeds": 2}.items()
    assert mf.cite(read).keys == mf.cite(*nets).keys
    own = mf.compare(ensemble, n=20, seeds=2, parameters={"g": 3.0}, **runs)
    again = mf.load(own.save(tmp_path / "own.nc"))
    assert isinstance(again.networks[0], StoredNetwork)
    assert mf.cite(again).keys == mf.cite(own).keys == mf.cite(ensemble).keys


def test_a_comparison_of_before_is_read(tmp_path) -> None:
    """Files of this format without networks, formulas and settings."""
    sizes = (SizeAverage(50, 2, Estimate(0.1, 0.01), 0.02),)
    result = Comparison((ComparedPoint({"g": 2.0}, 0.1, Estimate(0.08, 0.01), -0.3, 2.5, sizes),))
    kind, data = files.read(result.save(tmp_path / "now.nc"))
    del data.attrs["networks"]
    origin = json.loads(data.attrs["provenance"])
    origin["formulas"] = {}
    data.attrs["provenance"] = to_text(origin)
    files.write(tmp_path / "before.nc", kind, data)
    read = mf.load(tmp_path / "before.nc")
    assert read == result
    assert (read.networks, read.formulas) == ((), {})
    with pytest.raises(mf.InvalidNetwork, match="does not know its networks"):
        mf.cite(read)


THEORIES = {
    "modes": (mf.Network(mf.RandomMode.exponential(3.0, 0.5)), {"phi": "psi-rmm", "x": "psi-x-rmm"}),
    "noise": (mf.Network(mf.IID(0.8), noise=0.5), {"phi": "psi-iid", "x": "psi-x-iid"}),
    "steps": (mf.Network(mf.IID(2.0), dynamics=mf.EulerMap(0.5)), {"phi": "psi-iid", "x": "psi-x-iid"}),
    "means": (mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.3)")), {"phi": "psi-het"}),
    "differing": (mf.Network(mf.IID(2.0), mf.Heterogeneous("tanh(a*x)", {"a": [1.0, 2.0]})), {"phi": "psi-het"}),
}


@pytest.mark.parametrize("name", THEORIES)
def test_every_theory_names_its_formulas_and_settings(name, tmp_path) -> None:
    network, labels = THEORIES[name]
    theory = mf.solve(network)
    assert theory.formulas.keys() == set(theory.observables)
    for observable, label in labels.items():
        assert theory.formulas[observable]["label"] == label
    assert all(len(one["content_hash"]) >= 16 for one in theory.formulas.values())
    read = mf.load(theory.save(tmp_path / "theory.nc"))
    assert read.formulas == theory.formulas
    assert read.origin["settings"]["time_order"] == 24


def check_labelled(data: xarray.Dataset, names: tuple[str, ...] = ()) -> None:
    """Numbers have units and a long name, texts and `names` a long name."""
    for name, variable in data.variables.items():
        assert variable.attrs.get("long_name"), name
        if variable.dtype.kind in "biufc" and name not in names:
            assert variable.attrs.get("units"), name


@pytest.fixture(scope="module")
def results(prediction, covariance):
    run = mf.simulate(
        *(mf.Network(mf.IID(3.0), gains=[0.5, 1.5]), 30, 0),
        **{"covariance": True, "components": 3, "response": 1.0, "keep_states": True},
        **{"trajectories": 8, "duration": 10.0, "burn_in": 10.0},
    )
    return {
        "theory": mf.solve(mf.Network(mf.IID(3.0), gains=[0.5, 1.5])),
        "static": mf.solve(THEORIES["means"][0]),
        "simulation": run,
        "comparison": mf.compare(mf.Network(mf.IID(3.0)), n=[100, 120], seeds=2, trajectories=8, duration=10.0, jobs=1),
        "prediction": prediction,
        "covariance": covariance,
        "linear": LINEAR["noise"](),
    }


KINDS = ("theory", "static", "simulation", "comparison", "prediction", "covariance", "linear")


@pytest.mark.parametrize("name", KINDS)
def test_every_variable_has_a_unit_and_a_meaning(name, results, tmp_path) -> None:
    result = results[name]
    check_labelled(result.to_xarray())
    result.save(tmp_path / "file.nc")
    with xarray.open_dataset(tmp_path / "file.nc", engine="h5netcdf", decode_times=False) as data:
        check_labelled(data)


@pytest.mark.parametrize("name", KINDS)
def test_every_file_says_where_it_came_from(name, results, tmp_path) -> None:
    origin = mf.load(results[name].save(tmp_path / "file.nc")).origin
    assert {"created", "versions", "python", "machine", "cores", "threads", "settings", "formulas"} <= origin.keys()
    assert origin["versions"]["mftheory"] == mf.__version__
    if name in ("theory", "static", "comparison", "prediction"):
        assert origin["formulas"]


def test_the_data_set_of_a_sweep_has_units_and_meanings() -> None:
    data = mf.sweep(
        lambda g: mf.Network(mf.IID(g)),
        {"g": [2.0, 3.0]},
        "compare",
        n=[20, 30],
        seeds=2,
        jobs=1,
        **{"trajectories": 8, "duration": 10.0},
    )
    check_labelled(data, ("seed", "network", "g"))  # names of networks, and a parameter of the user's


def test_what_is_no_result_is_refused() -> None:
    from mftheory.storage.result_kinds import content_hash

    class Theory:  # of a name that there is
        origin = None

    for thing in (3, {"a": 1}, Theory()):
        with pytest.raises(mf.InvalidNetwork, match="must be a result of solve"):
            content_hash(thing)
