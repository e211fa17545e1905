"""The command line: what it prints, and one line with exit code 2 for anything wrong."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mftheory as mf
from mftheory import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


SIMULATE = ("simulate", "--g", "3", "--n", "20", "--trajectories", "4", "--duration", "5")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("solve", "--g", "0.9"), "g_eff"),
        (("solve", "--g", "nan"), "g"),
        (("solve", "--g", "three"), "--g"),
        (("solve",), "--g"),
        (("solve", "--g", "3", "--effective-rank", "0"), "effective_rank"),
        (("solve", "--g", "3", "--effective-rank", "-1"), "effective_rank"),
        (("solve", "--g", "3", "--nonlinearity", "relux"), "nonlinearity"),
        (("solve", "--g", "3", "--nonlinearity", "__import__('os')"), "nonlinearity"),
        (("solve", "--g", "3", "--n", "0"), "n"),
        (("solve", "--g", "3", "--noise", "-1"), "noise"),
        (("solve", "--g", "3", "--noise", "loud"), "--noise"),
        (("solve", "--g", "3", "--dynamics", "lazy"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "leaky:slow"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "euler"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "euler:3"), "delta"),
        (("solve", "--g", "3", "--dynamics", "rational:1"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "rational:1/1,a"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "rational:1/1,2/3"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "rational:__import__('os')/1,1"), "dynamics"),
        (("solve", "--g", "3", "--dynamics", "rational:1,1/1,1"), "numerator"),
        (("solve", "--g", "3", "--dynamics", "rational:1/1,-1"), "denominator"),
        (("derive", "--observable", "y"), "observable"),
        (("derive", "--route", "replica"), "route"),
        (("simulate", "--g", "3", "--n", "1"), "n = 1"),
        ((*SIMULATE, "--seed", "-1"), "seed"),
        (("compare", "--g", "3", "--n", "20", "--networks", "1"), "seeds"),
        (("figure", "nonesuch"), "figure"),
        (("connectome", "nonesuch.npz"), "nonesuch.npz"),
        (("nonesuch",), "nonesuch"),
        (("solve", "--g", "3", "--colour"), "--colour"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(capsys, arguments, names) -> None:
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("mftheory: ")
    assert err.count("\n") == 1
    assert names in err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"pre,post,weight\n",
        b"pre,post,weight\n0,1,nan\n",
        b"pre,post,weight\n0,1,heavy\n",
        b"a,b,c\n0,1,2\n",
        b"\xff\xfe\x00",
    ],
)
@pytest.mark.parametrize("name", ["wiring.csv", "wiring.npz"])
def test_malformed_connectomes_are_one_line_and_exit_code_2(capsys, tmp_path: Path, content, name) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    code, out, err = run(capsys, "connectome", str(path))
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_no_traceback_from_a_real_process() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "mftheory.cli", "solve", "--g", "1"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1


def test_derive_prints_the_formula(capsys) -> None:
    code, out, _ = run(capsys, "derive", "--effective-rank", "0.5")
    assert code == 0
    assert out.startswith("[psi-rmm]")
    assert "1 - S_12__φ⋅g_eff" in out
    assert "kappa" in run(capsys, "derive", "--effective-rank", "0.5", "--json")[1]
    assert r"\Psi^{x}_{12}" in run(capsys, "derive", "--observable", "x", "--latex")[1]
    assert "% Hessian" in run(capsys, "derive", "--steps")[1]
    cavity = run(capsys, "derive", "--effective-rank", "0.5", "--route", "cavity", "--steps")[1]
    assert "% two sites of latents" in cavity
    assert "% closure" in cavity


def test_formulas_are_listed_and_printed(capsys) -> None:
    code, out, _ = run(capsys, "formulas")
    assert code == 0
    assert {"psi-iid", "psi-x-rmm", "psi-sym", "psi-overlap"} <= {line.split()[0] for line in out.splitlines()}
    assert r"\left|{1 - U}\right|" in run(capsys, "formulas", "psi-overlap", "--latex")[1]
    assert "@vectorize" in run(capsys, "formulas", "psi-overlap", "--python")[1]
    assert "% saddle point" in run(capsys, "formulas", "psi-sym", "--derive")[1]
    assert "X_12 = " in run(capsys, "formulas", "psi-overlap")[1]
    code, _, err = run(capsys, "formulas", "psi-nonesuch")
    assert (code, err.count("\n")) == (2, 1)


def test_solve_prints_numbers_and_json(capsys) -> None:
    code, out, _ = run(capsys, "solve", "--g", "3", "--effective-rank", "1", "--n", "1000", "--json")
    record = json.loads(out)
    assert code == 0
    assert record["dimension_phi"] == pytest.approx(0.0280088559, abs=1e-10)  # theory §7, as printed there
    assert record["trusted"] is True
    assert "dimension_phi" in run(capsys, "solve", "--g", "3")[1]


def test_noise_below_onset(capsys) -> None:
    """Without noise, g = 0.8 is quiescent; with it the numbers are those of the library."""
    code, out, _ = run(capsys, "solve", "--g", "0.8", "--noise", "0.5", "--effective-rank", "1", "--json")
    record = json.loads(out)
    theory = mf.solve(mf.Network(mf.RandomMode.exponential(0.8, 1.0), noise=0.5))
    assert code == 0
    assert record["noise"] == 0.5
    assert record["dimension_phi"] == theory.dimension("phi")
    assert record["C_x"] == float(theory.C("x", 0.0))
    code, _, err = run(capsys, "solve", "--g", "0.8", "--noise", "0")
    assert (code, err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("text", "dynamics"),
    [
        ("leaky", mf.Leaky()),
        ("leaky:2", mf.Leaky(tau=2.0)),
        ("euler:0.2", mf.EulerMap(0.2)),
        ("rational:1/1,0.8,1", mf.Rational([1.0], [1.0, 0.8, 1.0])),
        ("rational:1,0.5/1,1.5,1", mf.Rational([1.0, 0.5], [1.0, 1.5, 1.0])),
    ],
)
def test_dynamics_by_name(capsys, text, dynamics) -> None:
    code, out, _ = run(capsys, "solve", "--g", "1.2", "--dynamics", text, "--noise", "0.5", "--json")
    record = json.loads(out)
    assert code == 0
    assert record["dynamics"] == text
    assert record["dimension_phi"] == mf.solve(mf.Network(mf.IID(1.2), dynamics=dynamics, noise=0.5)).dimension("phi")


def test_simulate_takes_noise_and_dynamics(capsys) -> None:
    code, out, _ = run(capsys, *SIMULATE, "--noise", "0.5", "--dynamics", "euler:0.5", "--json")
    found = json.loads(out)
    net = mf.Network(mf.IID(3.0), dynamics=mf.EulerMap(0.5), noise=0.5)
    expected = mf.simulate(net, 20, 0, trajectories=4, duration=5.0)
    assert code == 0
    assert found["C_phi"] == expected.C("phi").value
    assert found["noise"] == 0.5


def test_simulate_and_compare_print(capsys) -> None:
    code, out, _ = run(capsys, *SIMULATE, "--json")
    assert code == 0
    assert json.loads(out)["n"] == 20
    code, out, _ = run(capsys, "compare", "--g", "3", "--n", "80", "--n", "120", "--networks", "3")
    assert code == 0
    assert out.splitlines()[0].split()[:2] == ["g_eff", "theory"]


def test_connectome_of_a_small_wiring(capsys, tmp_path: Path) -> None:
    path, picture = tmp_path / "wiring.csv", tmp_path / "wiring.png"
    modes = mf.RandomMode.exponential(g_eff=1.0, effective_rank=0.3).sample(80, seed=0).dense()
    random = mf.IID(1.0).sample(80, seed=0).dense()
    for matrix, rank in ((modes, True), (random, False)):
        rows = "\n".join(f"{j},{i},{matrix[i, j]}" for i in range(80) for j in range(80))
        path.write_text("pre,post,weight\n" + rows + "\n")
        arguments = ("--g-eff", "3", "--networks", "2", "--duration", "20", "--plot", str(picture), "--json")
        code, out, _ = run(capsys, "connectome", str(path), *arguments)
        record = json.loads(out)
        assert code == 0
        wanted = "n edges fraction_inhibitory pr_singular_values effective_rank spectral_radius overlaps"
        assert {*wanted.split(), "g_eff", "dimension"} <= record.keys()
        levels = record["dimension"]
        assert list(levels) == ["i.i.d.", "random modes", "modes with overlaps", "the wiring itself"]
        assert all({"phi", "x", "error"} <= level.keys() for level in levels.values())
        assert (levels["random modes"]["phi"] is not None) == rank == (record["effective_rank"] is not None)
        assert 0 < levels["i.i.d."]["phi"] < 0.06
        assert picture.stat().st_size > 10_000
        picture.unlink()


def test_a_measured_curve_from_a_file(tmp_path, capsys) -> None:
    x = np.linspace(-3.0, 3.0, 13)
    files = {
        "curve.csv": "current,rate\n" + "".join(f"{a},{b}\n" for a, b in zip(x, np.tanh(x), strict=True)),
        "curve.txt": "# measured\n" + "".join(f"{a}  {b}\n" for a, b in zip(x, np.tanh(x), strict=True)),
    }
    expected = mf.solve(mf.Network(mf.IID(3.0), mf.Tabulated(x, np.tanh(x)))).dimension("phi")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(SystemExit) as stopped:
            cli.main(["solve", "--g", "3", "--nonlinearity", str(tmp_path / name), "--json"])
        assert stopped.value.code == 0
        assert str(expected) in capsys.readouterr().out
