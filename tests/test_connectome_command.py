"""`mftheory connectome`: what it prints and writes, and one line with exit code 2 for anything wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

import mftheory as mf
from mftheory import cli

WORM = str(mf.connectome.sample_data("celegans"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["connectome", *arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--column", "weight"), "NAME=VALUE"),
        (("--column", "pre=nope"), "'nope'"),
        (("--where", "kind"), "NAME=VALUE"),
        (("--where", "kind=nothing"), "`where`"),
        (("--signs", "maybe"), "signs"),
        (("--transmitter", "glutamate=2"), "glutamate=2"),
        (("--transmitter", "glutamate"), "NAME=VALUE"),
        (("--delimiter", ";"), "commas"),
        (("--neurons", "nonesuch.csv"), "nonesuch.csv"),
        (("--g-eff", "0"), "g_eff"),
        (("--g-eff", "-1"), "g_eff"),
        (("--g-eff", "nan"), "g_eff"),
        (("--g-eff", "inf"), "g_eff"),
        (("--g-eff", "three"), "--g-eff"),
        (("--noise", "-1"), "noise"),
        (("--noise", "nan"), "noise"),
        (("--networks", "0"), "networks"),
        (("--duration", "0"), "duration"),
        (("--seed", "-1"), "seed"),
        (("--nonlinearity", "__import__('os')"), "nonlinearity"),
        (("--plot", "picture.bogus"), "plot"),
        (("--plot", "."), "plot"),
        (("--colour",), "--colour"),
    ],
)
def test_bad_arguments_are_one_line(capsys, tmp_path: Path, monkeypatch, arguments, names) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, WORM, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("mftheory: ")
    assert err.count("\n") == 1
    assert names in err
    assert written(tmp_path) == set()


def test_a_picture_that_cannot_be_written_is_refused_before_any_work(capsys, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(mf, "predict", lambda *a, **k: pytest.fail("worked first"))
    for picture in (tmp_path / "file" / "a.png", tmp_path / "a.xyz", tmp_path):
        code, out, err = run(capsys, WORM, "--plot", str(picture))
        assert (code, out, err.count("\n")) == (2, "", 1)
    assert written(tmp_path) == {"file"}


@pytest.mark.parametrize("name", ["wiring.csv", "wiring.npz", "wiring.npy", "wiring.graphml", "wiring.parquet"])
def test_random_bytes_are_one_line(capsys, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(np.random.default_rng(0).bytes(10**7))
    code, out, err = run(capsys, str(path))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert name in err


def test_what_is_only_a_choice_of_words_in_python_can_be_said_in_a_shell(capsys, tmp_path: Path) -> None:
    """A tab, and rows that are counted as synapses."""
    rows = [(i, j) for i in range(12) for j in range(12) if (i * j) % 5 < 2 and i != j]
    path = tmp_path / "synapses.txt"
    path.write_text("pre\tpost\n" + "".join(f"{i}\t{j}\n" for i, j in (*rows, *rows[:5])))
    arguments = ("--g-eff", "0.5", "--noise", "1", "--no-simulate", "--json")
    code, out, err = run(capsys, str(path), "--delimiter", "\\t", "--column", "weight=", *arguments)
    assert code == 0, err
    assert json.loads(out)["parallel_edges"] == 5


def test_a_folder_and_nothing_are_one_line(capsys, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nonesuch.csv"):
        code, out, err = run(capsys, str(path))
        assert (code, out, err.count("\n")) == (2, "", 1)


def edges(path: Path, triples) -> str:
    path.write_text("pre,post,weight\n" + "".join(f"{pre},{post},{weight}\n" for pre, post, weight in triples))
    return str(path)


def test_feedforward_wirings_are_refused_in_one_line(capsys, tmp_path: Path) -> None:
    for name, triples in (
        ("all to later", [(i, j, (-1) ** i) for i in range(12) for j in range(i + 1, 12)]),
        ("a chain", [(i, i + 1, 1) for i in range(50)]),
        ("itself", [(0, 0, 1)]),
    ):
        code, out, err = run(capsys, edges(tmp_path / f"{name}.csv", triples))
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "both input and output" in err


def test_feedforward_with_two_neurons_that_answer(capsys, tmp_path: Path) -> None:
    """A chain into a pair and out of it: the pair is all that is recurrent."""
    triples = [*[(i, i + 1, 1 + i) for i in range(20)], (10, 9, -2)]
    for noise in ("0", "1"):
        arguments = ("--noise", noise, "--networks", "1", "--duration", "10", "--json")
        code, out, err = run(capsys, edges(tmp_path / "pair.csv", triples), *arguments)
        assert code == 0, err
        assert json.loads(out, parse_constant=lambda name: pytest.fail(name))["n"] >= 2


def test_quiescent_is_said_at_each_level(capsys) -> None:
    code, out, _ = run(capsys, WORM, "--g-eff", "0.1", "--networks", "1", "--duration", "10")
    assert code == 0
    assert "x = 0 is stable" in out
    assert "x = 0 is stable" in out


def test_gap_junctions_are_kept_if_asked_for(capsys) -> None:
    arguments = ("--no-simulate", "--g-eff", "0.5", "--noise", "1", "--json")
    records = [json.loads(run(capsys, WORM, *arguments, *more)[1]) for more in ((), ("--gap-junctions",))]
    assert records[0]["edges"] == 2386
    assert records[1]["edges"] > records[0]["edges"]
    assert any("gap" in reason for reason in records[0]["left_out"])
    assert not records[1]["left_out"]
    for record in records:
        own = record["dimension"]["the wiring itself"]
        assert 0.1 < own["phi"] < 1
        assert "simulated_phi" not in own


def test_the_printed_page_and_the_picture(capsys, tmp_path: Path) -> None:
    picture = tmp_path / "worm.svg"
    arguments = ("--g-eff", "0.5", "--noise", "1", "--networks", "1", "--duration", "20", "--plot", str(picture))
    code, out, err = run(capsys, WORM, *arguments)
    assert code == 0, err
    assert "g_eff = 0.5, noise 1" in out
    for level in ("i.i.d.", "random modes", "modes with overlaps", "the wiring itself"):
        assert any(line.startswith(level) for line in out.splitlines())
    assert "correlation" in out
    assert "nan" not in out
    assert picture.read_text().lstrip().startswith("<?xml")
    assert written(tmp_path) == {"worm.svg"}
