"""The frame of the figures: registry, presets, verdicts in standard errors, their summary, and the command line."""

import json
from dataclasses import replace
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

import mftheory as mf
from mftheory.cli import main
from mftheory.errors import InvalidFile, InvalidNetwork
from mftheory.figures import jobs, registry, simulated_networks
from mftheory.figures.frame import FigureWork
from mftheory.figures.simulated_networks import Case, compared, simulated, size_error
from mftheory.figures.verdicts import of_folder, summary, table, verdict


@pytest.mark.parametrize("name", registry.FIGURES)
def test_every_figure_has_what_the_frame_needs(name) -> None:
    figure = registry.load(name)
    assert figure.name == name
    assert {"quick", "full"} <= set(figure.presets) <= set(registry.PRESETS)
    assert {f"{name}.png", f"{name}.json", f"{name}.txt"} <= set(figure.files)


def test_every_figure_has_its_module() -> None:
    assert all(find_spec(f"mftheory.figures.{name}_figure") for name in registry.FIGURES)


def test_presets() -> None:
    known = registry.load("low_rank").presets
    assert registry.protocol("low_rank", "medium") == known["medium"]
    assert registry.protocol("low_rank", "trial") == known["quick"]
    assert registry.protocol("onset", "medium") == registry.load("onset").presets["quick"]
    with pytest.raises(InvalidNetwork, match="preset"):
        registry.protocol("onset", "huge")
    with pytest.raises(InvalidNetwork, match="figure"):
        registry.load("nonesuch")


def test_errors_add_in_quadrature_and_count_in_every_z() -> None:
    row = verdict({"g": 3.0}, 0.05, 0.06, {"networks": 0.003, "size": 0.004, "theory": 0.012}, {"a": 0.112, "b": 0.05})
    assert row["error"] == pytest.approx(0.013)
    assert row["z"] == pytest.approx(0.01 / 0.013)
    assert row["wrong"] == {"a": pytest.approx(-4.0)}  # b says the same as the theory here: nothing to be told from
    assert row["effect"] == pytest.approx(0.062)
    assert row["informative"] is False


def test_few_networks_make_z_smaller() -> None:
    many, few = (verdict({}, 0.0 + 1.0, 4.0, {"networks": 1.0}, degrees_of_freedom=f)["z"] for f in (1e9, 5))
    # Student's t of 3 at 5 degrees of freedom has the probability of a normal deviate of 2.17.
    assert many == pytest.approx(3.0)
    assert few == pytest.approx(2.17, abs=0.01)


def test_the_size_error_is_what_a_line_in_1_over_n_makes_of_1_over_n_squared() -> None:
    theory, counts = 0.02, {250: 16, 500: 12, 1000: 8}
    n = np.array(sorted(counts))
    with_term = {int(k): theory * (1 + 2 / (k * theory) - simulated_networks.CURVATURE / (k * theory) ** 2) for k in n}
    values = {k: [with_term[k] - 1e-9, with_term[k] + 1e-9] * (counts[k] // 2) for k in counts}
    found = simulated_networks.limit(values).value
    assert abs(found / theory - 1) == pytest.approx(size_error(counts, theory), rel=1e-6)  # rounding
    assert size_error({500: 4}, theory) == pytest.approx(simulated_networks.CURVATURE / 100)
    assert size_error(counts, 2 * theory) == pytest.approx(size_error(counts, theory) / 4)


@pytest.mark.statistical
def test_the_summary_accepts_standard_normal_deviations_and_refuses_others() -> None:
    rng = np.random.default_rng(0)

    def rows(shift: float, width: float):
        return [verdict({}, 1.0, 1.0 + 0.1 * (shift + width * z), {"networks": 0.1}) for z in rng.standard_normal(200)]

    good, shifted, wide = summary(rows(0, 1)), summary(rows(0.5, 1)), summary(rows(0, 1.5))
    # Seen: 0.46 and 0.95; 1.6e-4 for the shift, 6e-21 for the width. Half a standard error is 7 of the mean over 200.
    assert min(good["ks_p"], good["chi2_p"]) > 0.01
    assert abs(good["mean_z"]) < 3
    assert shifted["ks_p"] < 1e-3
    assert shifted["mean_z"] > 4
    assert wide["chi2_p"] < 1e-4
    assert wide["beyond_3"] > 3 * wide["expected_beyond_3"]


def test_correlated_comparisons_are_listed_but_not_tested_together() -> None:
    rows = [verdict({}, 1.0, 1.5, {"networks": 1.0}, {"w": 9.0}, independent=k == 0) for k in range(3)]
    found = summary(rows)
    assert (found["count"], found["independent"]) == (3, 1)
    assert found["chi2"] == pytest.approx(0.25)
    assert found["wrong"]["w"] == {"of": 3, "informative": 3, "excluded": 3, "largest": pytest.approx(7.5)}
    assert summary([])["count"] == 0


def test_the_table_says_what_disagrees() -> None:
    rows = [
        verdict({"g": 3.0}, 1.0, 2.0, {"networks": 0.1}, {"no kappa": 1.9}),
        verdict({"g": 6.0}, 1.0, 1.1, {"networks": 0.1}, {"no kappa": 1.2}),
    ]
    _, first, second = table(rows).splitlines()
    assert "DISAGREES" in first
    assert "+10.0" in first
    assert "uninformative" in second
    assert "DISAGREES" not in second


PROTOCOL = SimpleNamespace(networks={100: 4, 200: 4}, simulation={"trajectories": 16, "duration": 20.0})


@pytest.fixture(scope="module")
def small():
    """Two networks of a figure, small enough for seconds."""
    cases = [
        Case(
            {"g_eff": 6.0, "effective_rank": rank},
            mf.Network(mf.RandomMode.exponential(6.0, rank)),
            {"phi": {"w": 0.2}},
        )
        for rank in (1.0, 2.0)
    ]
    return cases, PROTOCOL


def work(folder) -> FigureWork:
    return FigureWork("f", folder, print, progress=False, jobs=1, scheduler=None)


def test_a_second_run_reads_the_store_and_finds_the_same(small, tmp_path, monkeypatch) -> None:
    cases, protocol = small
    first = compared(simulated(cases, protocol, work(tmp_path)), cases, "phi")
    assert (tmp_path / "f_N200.nc").exists()
    simulator = import_module("mftheory.simulation.network_simulation")

    @wraps(simulator.simulate)  # settings are checked against its signature
    def refuse(*_args, **_kwargs):
        raise AssertionError("simulated again")

    monkeypatch.setattr(simulator, "simulate", refuse)
    again = compared(simulated(cases, protocol, work(tmp_path)), cases, "phi")
    assert again == first
    with pytest.raises(AssertionError, match="simulated again"):
        simulated(cases, protocol, replace(work(tmp_path), name="other"))
    assert [len(row["networks"]) for row in first] == [8, 8]
    assert all({"n", "seed", "dimension"} <= set(network) for row in first for network in row["networks"])
    assert len({network["seed"] for row in first for network in row["networks"]}) == 16


def test_the_verdict_is_that_of_compare(small, tmp_path) -> None:
    cases, protocol = small
    counts = protocol.networks
    rows = compared(simulated(cases, protocol, work(tmp_path)), cases, "phi")
    for row, case in zip(rows, cases, strict=True):
        point = mf.compare(case.network, n=list(counts), seeds=counts, jobs=1, **protocol.simulation).points[0]
        assert row["found"] == pytest.approx(point.extrapolated.value, rel=1e-6)  # kept to seven digits
        assert row["errors"]["networks"] == pytest.approx(point.extrapolated.error, rel=1e-5)
        assert abs(row["z"]) < abs(point.z)  # the size term


def test_networks_at_rest_are_left_out_and_named(small, tmp_path) -> None:
    """As `mftheory.compare` does it: one of the networks of each size is said to be at rest."""
    cases, protocol = small
    data = simulated(cases, protocol, work(tmp_path)).copy(deep=True)
    status = data["status"].transpose("point", "n", "network", ...)
    status.values[:, :, 0] = "at rest: 16 of 16 trajectories at rest (at 2 fixed points)"
    data["status"] = status
    for row, expected in zip(compared(data, cases, "phi"), mf.compare(data).points, strict=True):
        # Dimensions are kept to seven digits, and what is extrapolated is a difference of two.
        assert row["found"] == pytest.approx(expected.extrapolated.value, abs=1e-7)
        assert row["resting"] == list(expected.resting)
        assert [size["networks"] for size in row["sizes"].values()] == [
            count - 1 for count in protocol.networks.values()
        ]
    status.values[:] = status.values[0, 0, 0]
    with pytest.raises(mf.Quiescent, match="fewer than two networks of any size fluctuate"):
        compared(data.assign(status=status), cases, "phi")


def test_ratios_are_taken_network_by_network(tmp_path) -> None:
    gains = mf.Gains.exponential(0.5)
    case = Case({"PR_G": 0.5}, mf.Network(mf.RandomMode.exponential(6.0, 2.0), gains=gains), {"Phi/phi": {"one": 1.0}})
    data = simulated([case], PROTOCOL, work(tmp_path), ("phi", "Phi"))
    (ratio,) = compared(data, [case], "Phi", relative_to="phi")
    (phi,) = compared(data, [case], "phi")
    (Phi,) = compared(data, [case], "Phi")
    assert ratio["theory"] == pytest.approx(Phi["theory"] / phi["theory"])
    expected = [a["dimension"] / b["dimension"] for a, b in zip(Phi["networks"], phi["networks"], strict=True)]
    assert [n["dimension"] for n in ratio["networks"]] == pytest.approx(expected, rel=1e-5)
    # The networks' own spread cancels: 0.03 of 1, against 0.1 or more of the dimension.
    assert ratio["errors"]["networks"] / ratio["theory"] < phi["errors"]["networks"] / phi["theory"]


def test_results_are_found_in_folders_and_summed_up(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    rows = [verdict({"g": 3.0}, 1.0, 1.1, {"networks": 0.1}, {"w": 2.0})]
    (tmp_path / "a" / "a.json").write_text(json.dumps({"comparisons": rows}))
    (tmp_path / "b.json").write_text("not json")
    (tmp_path / "c.json").write_text("[1]")
    assert of_folder(tmp_path) == {"a": rows}
    said: list[str] = []
    record = jobs.summarise(tmp_path, said.append)
    assert record["all"]["count"] == 1
    assert (tmp_path / "summary.txt").read_text().strip() == "\n".join(said).strip()
    assert jobs.summarise(tmp_path, said.append)["all"]["count"] == 1  # the summary itself is none of them
    with pytest.raises(InvalidFile, match="output"):
        of_folder(tmp_path / "nothing")


def test_command_line_makes_a_figure_and_refuses_what_it_cannot(tmp_path, capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["figure", "onset", "--preset", "quick", "--output", str(tmp_path)])
    assert stop.value.code == 0
    assert "onset.png" in capsys.readouterr().out
    for arguments, said in (
        (["figure", "onset", "--preset", "vast"], "preset"),
        (["figure", "onset", "--scheduler", "tcp://x:1"], "scheduler"),
        (["figure", "summary", "--output", str(tmp_path / "none")], "output"),
    ):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
        assert said in capsys.readouterr().err


def test_all_makes_each_in_its_own_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(registry, "FIGURES", {"onset": "one that takes a second"})
    said: list[str] = []
    record = jobs.make_all(tmp_path, "quick", said.append)
    assert (tmp_path / "onset" / "onset.png").exists()
    assert record["figures"]["onset"]["count"] == 0
