"""The main job runs from end to end, at a size that takes seconds, and writes what it says."""

import json

import pytest

from mftheory.figures import dimension_figure


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figure")
    said: list[str] = []
    result = dimension_figure.FIGURE.run(folder, dimension_figure.TRIAL, say=said.append)
    return folder, result, "\n".join(said)


def test_pictures_and_json_are_written(record) -> None:
    folder, result, _ = record
    for name in dimension_figure.FIGURE.files:
        assert (folder / name).stat().st_size > 1000
    assert json.loads((folder / "dimension.json").read_text(encoding="utf-8")) == json.loads(json.dumps(result))


def test_every_number_has_its_provenance(record) -> None:
    _, result, _ = record
    assert result["formula"]["label"] == "psi-rmm"
    assert len(result["formula"]["content_hash"]) == 16
    assert set(result["provenance"]["versions"]) >= {"mftheory", "numpy", "numba"}
    assert result["provenance"]["settings"]["g_eff"] == dimension_figure.TRIAL.g_eff
    for point in result["comparison"]["points"]:
        assert {"n", "seed", "dimension"} <= set(point["records"][0])
        assert len(point["records"]) == 9


def test_the_report_says_formula_table_and_validity(record) -> None:
    _, result, said = record
    assert "[psi-rmm]" in said
    assert "z(alt.)" in said
    assert "5552 connected neurons" in said
    assert "large enough for the theory to be trusted" in said
    assert result["wiring"]["report"]["effective_rank"] == pytest.approx(0.896, abs=0.002)
