"""`mftheory sweep`: tables, JSON, pictures, stores, and one line for anything wrong."""

import json
from pathlib import Path

import pytest

import mftheory as mf
from mftheory import cli

NETWORKS = ("--n", "40", "--n", "60", "--networks", "2", "--trajectories", "8", "--duration", "20", "--jobs", "1")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["sweep", *arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_theory_on_a_grid(capsys, tmp_path: Path) -> None:
    picture = tmp_path / "rank.png"
    code, out, err = run(capsys, "--g", "3", "--g", "0.5", "--effective-rank", "0.5:1:2", "--jobs", "1", "--json")
    rows = json.loads(out)["rows"]
    assert code == 0
    assert [(row["g"], row["effective_rank"]) for row in rows] == [(3.0, 0.5), (3.0, 1.0), (0.5, 0.5), (0.5, 1.0)]
    assert rows[1]["dimension"] == mf.dimension(3.0, 1.0) or abs(rows[1]["dimension"] - mf.dimension(3.0, 1.0)) < 1e-12
    assert rows[2]["dimension"] is None
    assert rows[2]["status"].startswith("Quiescent")
    assert err.count("\n") == 1
    assert "2 of 4 results are missing" in err
    code, out, _ = run(capsys, "--g", "3:6:3", "--effective-rank", "0.5", "--jobs", "1", "--plot", str(picture))
    assert len(out.splitlines()) == 4
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("finished", [0, 1])
def test_a_stopped_sweep_says_what_is_kept_and_continues(capsys, tmp_path: Path, monkeypatch, finished: int) -> None:
    from mftheory.api import work

    store, real, calls = tmp_path / "s.nc", work.solved, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) > finished:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(work, "solved", interrupted)
    arguments = ("--g", "3", "--g", "6", "--jobs", "1", "--store", str(store))
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (130, "")
    kept = f"mftheory: 1 result kept in {store}; the same command continues\n" if finished else ""
    assert err == f"{kept}mftheory: stopped\n"
    assert store.exists() == bool(finished)
    if finished:
        assert mf.load(store).attrs["units_finished"] == 1
    monkeypatch.undo()
    assert run(capsys, *arguments)[0] == 0
    assert mf.load(store).attrs["units_finished"] == 2


def test_networks_and_comparisons(capsys, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "--g", "3", "--what", "simulate", *NETWORKS)
    assert (code, len(out.splitlines())) == (0, 5)
    store = tmp_path / "s.nc"
    compare = ("--g", "3", "--g", "6", "--what", "compare", *NETWORKS, "--store", str(store))
    code, table, _ = run(capsys, *compare, "--observable", "phi", "--observable", "x")
    assert code == 0
    assert table.split()[:3] == ["g", "theory", "simulated"]
    code, out, _ = run(capsys, *compare, "--observable", "phi", "--observable", "x", "--json")
    found = json.loads(out)
    import xarray

    again = mf.compare(xarray.load_dataset(store), observable="x")
    assert found["comparison"]["x"]["points"][1]["z"] == again.points[1].z
    assert table.endswith(again.table() + "\n")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ((), "--g"),
        (("--g", "three"), "g = 'three'"),
        (("--g", "1:2"), "g = '1:2'"),
        (("--g", "1:2:3:4"), "g = "),
        (("--g", "3", "--g", "3"), "over['g']"),
        (("--g", "nan"), "over['g']"),
        (("--g", "-1"), "g = -1"),
        (("--g", "3", "--what", "guess", "--n", "40"), "what"),
        (("--g", "3", "--what", "compare"), "n = "),
        (("--g", "3", "--what", "compare", "--n", "40", "--networks", "1"), "seeds"),
        (("--g", "3", "--effective-rank", "0.5", "--symmetry", "0.5"), "symmetry"),
        (("--g", "3", "--store", "nonesuch/s.nc"), "store"),
        (("--g", "3", "--scheduler", "tcp://127.0.0.1:1"), "scheduler"),
        (("--g", "3", "--jobs", "0"), "jobs"),
        (("--g", "3", "--observable", "y"), "observable"),
        (("--g", "3", "--duration", "5"), "duration"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(capsys, arguments, names) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("mftheory: ")
    assert err.count("\n") == 1
    assert names in err
