"""Figures of single networks: their parts against identities and exact values, each from end to end at toy size."""

import json
from functools import cache
from importlib import import_module

import numpy as np
import pytest

from mftheory.figures import (
    components_figure,
    covariance_spectrum_figure,
    duality_figure,
    singular_values_figure,
    timescales_figure,
)
from mftheory.figures.against import compared, limit, seed
from mftheory.results.extrapolate import intercept

MODULES = {
    "singular_values": singular_values_figure,
    "duality": duality_figure,
    "components": components_figure,
    "timescales": timescales_figure,
    "covariance_spectrum": covariance_spectrum_figure,
}
TOY = {name: module.PRESETS["trial"] for name, module in MODULES.items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Figure by name, made once: folder, record, what was said."""

    @cache
    def make(name: str):
        folder, said = tmp_path_factory.mktemp(name), []
        record = run(name, folder, said.append)
        return folder, record, "\n".join(said)

    return make


def run(name, folder, say):
    one_process = {"jobs": 1} if name == "timescales" else {}
    return MODULES[name].FIGURE.run(folder, TOY[name], say=say, **one_process)


@pytest.mark.parametrize("name", TOY)
def test_picture_table_and_json_are_written(name, made) -> None:
    folder, record, said = made(name)
    for file in MODULES[name].FIGURE.files:
        assert (folder / file).stat().st_size > 200
    assert json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) == json.loads(json.dumps(record))
    assert (folder / f"{name}.txt").read_text(encoding="utf-8").strip() == said.strip()


@pytest.mark.parametrize("name", TOY)
def test_comparisons_are_complete(name, made) -> None:
    _, record, _ = made(name)
    assert record["comparisons"]
    for row in record["comparisons"]:
        assert {"label", "theory", "found", "error", "z", "effect", "wrong"} <= row.keys()
        assert row["error"] > 0
        assert np.isfinite([row["theory"], row["found"], row["z"], *row["wrong"].values()]).all()
        resting = [n for n, _ in row.get("resting", record.get("resting", ()))]
        assert all(size["networks"] + resting.count(int(n)) == 3 for n, size in row["sizes"].items())
    settings = json.loads(json.dumps(record["provenance"]["settings"]))
    assert settings["networks"] == {str(n): 3 for n in TOY[name].networks}


@pytest.mark.parametrize("name", [name for name in TOY if name != "singular_values"])  # which simulates nothing
def test_a_second_run_simulates_nothing(name, made, monkeypatch) -> None:
    folder, record, _ = made(name)

    def refuse(*_args, **_kwargs):
        raise AssertionError("simulated again")

    monkeypatch.setattr(import_module("mftheory.simulation.network_simulation"), "measure", refuse)
    assert run(name, folder, lambda line: None)["comparisons"] == record["comparisons"]


def test_presets_are_quick_and_published() -> None:
    for module in MODULES.values():
        assert set(module.PRESETS) == {"trial", "quick", "full"}
        assert max(module.PRESETS["quick"].networks) <= 1000
    assert max(duality_figure.PRESETS["full"].networks) == 2500
    assert duality_figure.PRESETS["full"].g == 2.25
    assert max(components_figure.PRESETS["full"].networks) == 4000
    assert components_figure.PRESETS["full"].g == 6.0
    assert covariance_spectrum_figure.PRESETS["full"].shown == 6500
    assert timescales_figure.PRESETS["full"].g_eff == (3.0, 10.0, 20.0)
    assert timescales_figure.PRESETS["full"].effective_rank == (0.3, 1.0, 10.0)


@pytest.mark.exact
def test_the_limit_is_that_of_compare() -> None:
    rng = np.random.default_rng(0)
    values = {n: rng.standard_normal(k) for n, k in ((100, 7), (200, 5), (400, 3))}
    expected, found = intercept(values), limit(values)
    assert (found.value, found.error, found.degrees_of_freedom) == pytest.approx(
        (expected.value, expected.error, expected.degrees_of_freedom), rel=1e-12
    )  # the same sums in another order: rounding
    assert compared({}, 0.1, values, {})["z"] == pytest.approx(expected.z(0.1), rel=1e-9)
    # Exact data on a line in n^-2/3 extrapolate to its intercept.
    line = {n: 2.0 - 3.0 * n ** (-2 / 3) + np.array([-0.1, 0.1]) for n in (50, 100, 800)}
    assert limit(line, 2 / 3).value == pytest.approx(2.0, abs=1e-12)  # rounding


@pytest.mark.exact
def test_seeds_differ_between_figures_sizes_and_networks() -> None:
    places = [(name, n, k) for name in TOY for n in (250, 500, 1000) for k in range(16)]
    assert len({seed(*place) for place in places}) == len(places)


@pytest.mark.exact
@pytest.mark.parametrize("alpha", [0.1, 0.5, 1.0, 2.0, 4.0])
def test_density_of_singular_values_has_its_moments(alpha: float) -> None:
    """⟨1⟩ = 1, and ⟨σ²⟩ = r2, ⟨σ⁴⟩ = 2α r2² + r4 of M values ([sv-pr] as moments), by Chebyshev's nodes."""
    low, high = singular_values_figure.sigma_edges(alpha)
    angle = (np.arange(20000) + 0.5) * np.pi / 20000
    sigma = (low + high) / 2 + (high - low) / 2 * np.cos(angle)
    weight = singular_values_figure.density(sigma, alpha) * np.sin(angle) * np.pi / 20000 * (high - low) / 2
    per_mode = min(1.0, 1.0 / alpha)  # of M > N values the others are zero
    # Midpoint rule; at α = 1 the density diverges as σ^(-1/3): 2e-5 seen there, 1e-8 elsewhere.
    assert weight.sum() == pytest.approx(1.0, abs=5e-5)
    assert per_mode * weight @ sigma**2 == pytest.approx(1.0, rel=1e-5)
    assert per_mode * weight @ sigma**4 == pytest.approx(2 * alpha + 1, rel=1e-5)


@pytest.mark.exact
@pytest.mark.parametrize("alpha", [0.1, 0.5, 2.0, 4.0])
def test_density_starts_and_ends_at_the_edges(alpha: float) -> None:
    """The cubic's complex roots begin at the published edges: it has three real ones just outside, [sv-edge]."""
    for edge, inside in zip(singular_values_figure.squared_edges(alpha), (1, -1), strict=True):
        if edge == 0.0:
            continue

        def imaginary(z: float) -> float:
            roots = np.roots([alpha**2, alpha**2 + 2 * alpha, 1 + 2 * alpha - z, 1.0])
            return float(np.abs(roots.imag).max())

        assert imaginary(edge * (1 + inside * 1e-6)) > 0
        assert imaginary(edge * (1 - inside * 1e-6)) == 0


@pytest.mark.exact
def test_pairs_of_neurons_and_pairs_of_times_are_the_same_sum() -> None:
    """(1/N) Σ_ij C_ij C'_ij = N ⟨C(t, t')²⟩ for times of either half: the duality itself, rounding apart."""
    rng = np.random.default_rng(1)
    activity = rng.standard_normal((4, 30, 12)) @ rng.standard_normal((12, 12))
    found = duality_figure.estimates(activity, 5)
    first, second = activity[:2].reshape(-1, 12), activity[2:].reshape(-1, 12)
    psi = 12 * np.mean((first @ second.T / 12) ** 2)
    assert found["psi_neurons"] + found["diagonal"] == pytest.approx(psi, rel=1e-12)


@pytest.mark.statistical
def test_both_ways_find_a_known_off_diagonal_variance() -> None:
    """White noise in time with a given covariance C of neurons: ψ = (1/N) Σ_{i≠j} C_ij²."""
    rng = np.random.default_rng(2)
    root = rng.standard_normal((20, 20)) / 4
    covariance = root @ root.T
    expected = (np.sum(covariance**2) - np.sum(np.diag(covariance) ** 2)) / 20
    found = duality_figure.estimates(rng.standard_normal((4, 2000, 20)) @ root.T, 1)
    # 8000 samples: about 2%. Seen: 0.4% and 1.5%. Diagonals included, or self-pairs of times, would add 50% and more.
    assert found["psi_neurons"] == pytest.approx(expected, rel=0.08)
    assert found["psi_times"] == pytest.approx(expected, rel=0.08)


def test_times_far_apart_leave_nothing_of_the_two_point_function() -> None:
    import mftheory as mf

    theory = mf.solve(mf.Network(mf.IID(2.25)))
    apart = duality_figure.far_apart(theory, 1000)
    psi = float(theory.Psi("phi", 0.0, 0.0))
    assert 1000 * theory.C("phi", apart) ** 2 < duality_figure.NEGLIGIBLE * psi < 1000 * theory.C("phi", apart - 1) ** 2


@pytest.mark.statistical
def test_x_has_a_cutoff_at_the_number_of_modes_and_phi_has_none(made) -> None:
    _, record, _ = made("covariance_spectrum")
    every = [one for each in record["networks"].values() for one in each]
    for one in every:
        # Of x what single precision and the initial condition leave: 1e-8 seen. Of φ 0.0005 to 0.1 at this size, where
        # networks may be on limit cycles.
        assert abs(one["share_beyond_x"]) < 1e-6
        assert one["share_beyond"] > 1e-4
    chaotic = [one for one in every if one["status"] == "equilibrated"]
    assert len(chaotic) >= 3
    for one in chaotic:
        assert one["share_beyond_same_times"] < one["share_beyond_other_times"]
    assert "equivalent_phi" not in record["shown"]  # of 160 neurons, more than `largest_equivalent`


@pytest.mark.statistical
def test_weights_of_components_give_both_averages(made) -> None:
    """At any size λ² weights the slow components more, and gives Ψ(τ, 0)/Ψ(0, 0) as pairs of trajectories do."""
    _, record, _ = made("components")
    for each in record["networks"].values():
        for one in each:
            linear, squared, direct = (np.array(values) for values in (*one["weighted"], one["direct"]))
            assert (linear[0], squared[0]) == pytest.approx((1.0, 1.0), abs=1e-12)  # rounding
            assert squared[1] > linear[1]
            # Two estimates of one network from different times: 0.01 seen; the other weights are off by up to 0.15.
            assert squared[1] == pytest.approx(direct[1], abs=0.03)
    shown = record["shown"]  # of all 120 components
    variances, correlations = np.array(shown["variances"]), np.array(shown["autocorrelations"])
    for power, found in zip((1, 2), shown["weighted"], strict=True):
        weights = variances**power / np.sum(variances**power)
        assert weights @ correlations == pytest.approx(np.array(found), abs=1e-4)  # four digits are kept


def test_a_wrong_theory_is_far_away() -> None:
    row = compared({"what": "a"}, 1.0, {100: [1.0, 1.1, 0.9, 1.02]}, {"double": 2.0})
    assert abs(row["z"]) < 1
    assert row["wrong"]["double"] < -3
