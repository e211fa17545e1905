"""What a sweep gives: the numbers of the verbs, whatever else is in it, in whatever order, on however many workers."""

import json
import warnings

import numpy as np
import pytest
from small_sweeps import OVER, RUN, SETTINGS, assert_equal, dimensions, family, small_sweep

import mftheory as mf
from mftheory.network.digest import digest
from mftheory.sweeps.seeds import network_seed

pytestmark = pytest.mark.filterwarnings("ignore:.* results are missing:UserWarning")


@pytest.fixture(scope="module")
def reference():
    return small_sweep()


@pytest.mark.exact
def test_a_network_is_the_one_that_simulate_makes_of_its_seed(reference) -> None:
    at = reference.isel(g=1, symmetry=0, n=0, network=2)
    run = mf.simulate(family(3.0), n=40, seed=int(at["seed"]), **RUN)
    at = at.sel(observable="phi")
    for name, estimate in (("dimension", run.dimension()), ("C", run.C()), ("Psi", run.Psi())):
        assert (float(at[name]), float(at[f"{name}_error"])) == (estimate.value, estimate.error)
    assert at["status"].item() == run.status
    assert float(at["duration"]) == run.duration
    assert int(at["seed"]) == network_seed(0, digest(family(3.0)), 40, 2)


@pytest.mark.exact
def test_two_workers_give_what_one_gives(reference) -> None:
    assert_equal(small_sweep(jobs=2), reference)


@pytest.mark.exact
def test_a_point_does_not_depend_on_what_else_is_in_the_sweep_or_on_the_order(reference) -> None:
    other = small_sweep(over={"g": [3.0, 5.0, 2.0], "symmetry": [0.0]}, n=[60, 30, 40], seeds=2)
    for name in ("seed", "dimension", "Psi_error", "drift"):
        shared = other[name].sel(g=[2.0, 3.0], n=[40, 60])
        assert np.array_equal(shared.values, reference[name].isel(network=slice(2)).values), name


@pytest.mark.exact
def test_compare_draws_the_networks_that_a_sweep_draws() -> None:
    data = small_sweep(what="compare", over={"g": [3.0]})
    direct = mf.compare([family(2.5), family(3.0)], n=[40, 60], seeds=3, jobs=1, **RUN).points[1]
    (point,) = mf.compare(data).points
    assert (point.theory, point.z, point.extrapolated) == (direct.theory, direct.z, direct.extrapolated)
    assert point.alternative == direct.alternative
    for mine, theirs in zip(point.records, direct.records, strict=True):
        assert {k: mine[k] for k in theirs} == theirs
    assert float(data["z"].item()) == direct.z
    assert mf.compare(data).table().splitlines()[1].startswith("3 ")


@pytest.mark.exact
def test_common_disorder_is_the_same_matrix_scaled_and_otherwise_seeds_differ(reference) -> None:
    common = small_sweep(common_disorder=True)
    assert np.array_equal(common["seed"].isel(g=0), common["seed"].isel(g=1))
    assert len(np.unique(common["seed"].isel(g=0))) == 6
    assert len(np.unique(reference["seed"])) == 12
    J = [mf.IID(g).sample(40, int(common["seed"][0, 0, 0, 0])).dense() / g for g in (2.0, 3.0)]
    # Scaled up and down again: two roundings.
    assert np.allclose(J[0], J[1], rtol=1e-15, atol=0)


@pytest.mark.statistical
def test_common_disorder_makes_neighbouring_points_go_together() -> None:
    """Between networks at N = 40 dimensions spread by a third, most of it the couplings': seen 0.97 and 0.05."""
    settings = {"over": {"g": [3.0, 3.05]}, "n": [40], "seeds": 24, **RUN, "duration": 40.0}
    together, apart = (
        np.corrcoef(dimensions(small_sweep(**{**settings, "common_disorder": common}))[:, 0])[0, 1]
        for common in (True, False)
    )
    assert together > 0.6
    # Independent: a correlation of 24 pairs has a standard error of 0.2.
    assert abs(apart) < 0.6


@pytest.mark.exact
def test_seed_and_compare_common_disorder() -> None:
    nets = [family(2.0), family(3.0)]
    settings = {"n": [30], "seeds": 2, "jobs": 1, **RUN}

    def seeds(**changes):
        return [[r["seed"] for r in p.records] for p in mf.compare(nets, **settings, **changes).points]

    plain = seeds()
    assert seeds() == plain
    assert seeds(seed=1) != plain
    first, second = seeds(common_disorder=True)
    assert first == second
    assert plain[0] != plain[1]


@pytest.mark.exact
def test_theory_on_a_grid_is_that_of_solve_and_failures_are_told() -> None:
    over = {"effective_rank": [0.5, 1.0], "g_eff": [0.5, 3.0]}
    with pytest.warns(UserWarning, match=r"2 of 4 results are missing \(2\)"):
        data = mf.sweep(
            lambda g_eff, effective_rank: mf.Network(mf.RandomMode.exponential(g_eff, effective_rank)),
            over,
            observables=["phi", "x"],
            tau=[0.0, 1.0],
            jobs=1,
        )
    theory = mf.solve(mf.Network(mf.RandomMode.exponential(3.0, 1.0)))
    at = data.sel(effective_rank=1.0, g_eff=3.0)
    for a in ("phi", "x"):
        assert float(at["dimension"].sel(observable=a)) == theory.dimension(a)
        assert float(at["C"].sel(observable=a)) == float(theory.C(a, 0.0))
        assert np.array_equal(at["timescale"].sel(observable=a), theory.timescale(a, [0.0, 1.0]))
    assert at["status"].item() == "converged"
    quiet = data.sel(g_eff=0.5)
    assert quiet["dimension"].isnull().all()
    assert all(text.startswith("Quiescent: g_eff = 0.5") for text in quiet["status"].values)


@pytest.mark.exact
def test_networks_of_a_point_without_a_theory_are_not_simulated() -> None:
    with pytest.warns(UserWarning, match=r"of 14 results are missing \(7\) or in doubt"):
        data = small_sweep(what="compare", over={"g": [0.5, 3.0]}, n=[40], seeds=6)
    assert all(text.startswith("not simulated: Quiescent") for text in data["status"].isel(g=0).values.ravel())
    assert np.isnan(data["z"].values[0, 0])
    assert np.isfinite(data["z"].values[1, 0])
    (point,) = mf.compare(data).points
    assert point.label == {"g": 3.0}


@pytest.mark.exact
def test_a_comparison_needs_a_compared_sweep(reference) -> None:
    with pytest.raises(mf.InvalidNetwork, match="what='compare'"):
        mf.compare(reference)


@pytest.mark.exact
def test_lags_and_several_observables_and_numbers_of_networks_by_size() -> None:
    data = small_sweep(observables=("x", "phi"), tau=[0, 2], seeds={40: 2, 60: [7, 8, 9]}, over={"g": [3.0]})
    run = mf.simulate(family(3.0), n=60, seed=9, **RUN)
    at = data.isel(g=0).sel(n=60, network=2, observable="x")
    assert float(at["C_tau"].sel(tau=2)) == run.C("x", 2.0).value
    assert float(at["timescale_error"].sel(tau=2)) == run.timescale("x", 2.0).error
    missing = data.isel(g=0).sel(n=40, network=2)
    assert int(missing["seed"]) == -1
    assert missing["dimension"].isnull().all()
    assert missing["status"].item() == ""
    assert data.attrs["units_planned"] == data.attrs["units_finished"] == 5


def test_everything_has_a_meaning_and_units(reference) -> None:
    for name in reference.data_vars:
        assert reference[name].attrs["long_name"], name
        assert "units" in reference[name].attrs or reference[name].dtype.kind in "OUi", name
    provenance = json.loads(reference.attrs["provenance"])
    assert provenance["versions"]["mftheory"]
    described = json.loads(reference.attrs["sweep"])
    assert described["over"] == OVER
    assert described["simulation"] == RUN
    assert described["threads"] == 1


def test_texts_are_coordinates_too() -> None:
    phi = {"erf": mf.Erf(), "tanh": mf.Tanh()}
    data = mf.sweep(lambda name: mf.Network(mf.IID(3.0), phi[name]), {"name": ["erf", "tanh"]}, jobs=1)
    expected = mf.solve(mf.Network(mf.IID(3.0), mf.Tanh())).dimension()
    assert float(data["dimension"].sel(name="tanh", observable="phi")) == expected


def test_an_ensemble_of_ones_own_can_be_swept() -> None:
    from mftheory.action.built_in import BUILT_IN
    from mftheory.action.sampled_ensemble import SamplableEnsemble

    declared = BUILT_IN["random-mode"]()

    def with_alpha(alpha):
        return SamplableEnsemble(declared, {"alpha": alpha, "D": [3.0, 6.0]})

    data = mf.sweep(with_alpha, {"alpha": [0.5]}, "compare", n=[40], seeds=2, jobs=1, **RUN)
    numbers = {"alpha": 0.5, "D": [3.0, 6.0]}
    assert float(data["theory"].item()) == mf.solve(declared, parameters=numbers).dimension()
    direct = mf.compare(declared, n=40, seeds=2, parameters=numbers, jobs=1, **RUN)
    assert float(data["z"].item()) == direct.points[0].z


def test_pictures_of_every_kind(reference) -> None:
    from matplotlib.figure import Figure

    from mftheory import plots

    grid = {"effective_rank": [0.5, 1.0], "g_eff": [2.0, 3.0]}
    solved = mf.sweep(lambda **p: mf.Network(mf.RandomMode.exponential(**p)), grid, jobs=1)
    compared = small_sweep(what="compare", n=[40])
    for data, artists in ((solved, 2), (reference, 1), (compared, 2)):
        assert len(plots.sweep(data, Figure().subplots())) == artists


BAD = [
    ("what", {"what": "guess"}),
    ("what", {"what": None}),
    ("over", {"over": {}}),
    ("over", {"over": [1.0]}),
    ("over", {"over": {"n": [1, 2]}}),
    ("over", {"over": {"not a name": [1]}}),
    (r"over\['g'\]", {"over": {"g": []}}),
    (r"over\['g'\]", {"over": {"g": [2.0, float("nan")]}}),
    (r"over\['g'\]", {"over": {"g": [2.0, 2.0]}}),
    (r"over\['g'\]", {"over": {"g": [2.0, "a"]}}),
    (r"over\['g'\]", {"over": {"g": 2.0}}),
    (r"over\['g'\]", {"over": {"g": [2.0, None]}}),
    (r"over\['g'\]", {"over": {"g": "ab"}}),
    ("family", {"over": {"h": [2.0]}}),
    ("g", {"over": {"g": [2.0, -1.0]}}),
    ("n", {"n": 1}),
    ("n", {"n": []}),
    ("seeds", {"seeds": 0}),
    ("seeds", {"seeds": [1, 1]}),
    ("seeds", {"seeds": [-1, 2]}),
    ("seeds", {"seeds": {40: 2}}),
    ("seeds", {"seeds": "many"}),
    ("seeds", {"what": "compare", "seeds": 1}),
    ("seed", {"seed": -1}),
    ("observables", {"observables": []}),
    ("observables", {"observables": ["nonesuch"]}),
    ("observable", {"what": "solve", "observables": ["nonesuch"]}),
    ("tau", {"tau": [-1.0]}),
    ("jobs", {"jobs": 0}),
    ("threads", {"threads": 0}),
    ("duration", {"duration": -5.0}),
    ("duration", {"what": "solve", "duration": 5.0}),
    ("targets", {"sampling": {"targets": 0.1}}),
    ("scheduler", {"scheduler": "nonsense"}),
    ("scheduler", {"scheduler": "tcp://127.0.0.1:1"}),
]


@pytest.mark.parametrize(("argument", "changes"), BAD)
def test_bad_input_names_the_argument_and_writes_nothing(tmp_path, argument: str, changes: dict) -> None:
    settings = {**SETTINGS, "jobs": 1, **changes}
    if settings["what"] == "solve":
        settings = {k: v for k, v in settings.items() if k not in RUN or k in changes}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of the mistake there is one message, the error
        with pytest.raises(mf.InvalidNetwork, match=rf"^{argument}( = |\[)") as caught:
            mf.sweep(family, store=tmp_path / "s.nc", **settings)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_unknown_settings_are_refused_before_anything_is_written(tmp_path) -> None:
    with pytest.raises(
        mf.InvalidCall, match=r"^sweep: no argument 'durations' \(did you mean duration\?\); it takes "
    ) as caught:
        mf.sweep(family, over={"g": [2.0]}, what="simulate", store=tmp_path / "s.nc", n=20, jobs=1, durations=5.0)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [None, 3, mf.Network(mf.IID(2.0)), lambda g: None, lambda g: mf.Network, lambda: 1])
def test_a_family_must_make_networks(wrong) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^family = ") as caught:
        mf.sweep(wrong, {"g": [2.0]}, jobs=1)
    assert "\n" not in str(caught.value)


def test_errors_come_back_from_worker_processes_as_they_are() -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^duration = -5"):
        small_sweep(duration=-5.0, jobs=2)
    with pytest.raises(mf.InvalidNetwork, match=r"^dt = "):
        mf.compare(family(2.0), n=20, seeds=2, dt=0.0, jobs=2)
