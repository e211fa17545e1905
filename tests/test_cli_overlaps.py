"""Every verb of the command line takes networks whose neurons have self-feedback: overlaps and partial symmetry."""

import json

import pytest
from test_cli import run

import mftheory as mf

OVERLAPS = ("--g", "6", "--effective-rank", "0.8", "--overlap-amplitude", "-0.3")
SYMMETRY = ("--g", "3", "--symmetry", "-0.3")
CASES = [
    (OVERLAPS, mf.RandomMode.exponential(6.0, 0.8, overlap_amplitude=-0.3), {"overlap_amplitude": -0.3}),
    (SYMMETRY, mf.PartiallySymmetric(3.0, -0.3), {"symmetry": -0.3}),
]
BRIEF = ("--trajectories", "8", "--duration", "10")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("solve", "--g", "3", "--effective-rank", "0.5", "--symmetry", "0.3"), "symmetry"),
        (("solve", "--g", "3", "--overlap-amplitude", "0.3"), "overlap_amplitude"),
        (("solve", "--g", "3", "--effective-rank", "0.5", "--overlap-amplitude", "1.5"), "overlap_amplitude"),
        (("solve", "--g", "3", "--symmetry", "-2"), "symmetry"),
        (("solve", "--g", "3", "--symmetry", "much"), "--symmetry"),
        (("solve", *SYMMETRY, "--target", "-1"), "target"),
        (("solve", *SYMMETRY, "--seed", "-1"), "seed"),
        (("simulate", "--g", "3", "--n", "20", "--overlap-amplitude", "0.3"), "overlap_amplitude"),
        (("compare", "--g", "3", "--n", "20", "--effective-rank", "1", "--symmetry", "0.3"), "symmetry"),
        (("derive", "--symmetry", "nan"), "symmetry"),
        # g (1 + ϱ) < 1: nothing fluctuates.
        (("solve", "--g", "1.2", "--symmetry", "-0.5"), "x = 0 is stable"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(capsys, arguments, names) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("mftheory: ")
    assert names in err


@pytest.mark.parametrize(("arguments", "couplings", "named"), CASES)
def test_solve_prints_the_librarys_numbers_and_their_errors(capsys, arguments, couplings, named) -> None:
    code, out, _ = run(capsys, "solve", *arguments, "--target", "0.2", "--seed", "3", "--n", "500", "--json")
    record = json.loads(out)
    theory = mf.solve(mf.Network(couplings), target=0.2, seed=3)
    assert code == 0
    assert named.items() <= record.items()
    assert record["dimension_phi"] == theory.dimension("phi")  # the same random numbers: to the last bit
    assert record["dimension_error_phi"] == theory.dimension_error("phi") > 0
    assert record["C_error_phi"] == float(theory.C_error("phi", 0.0)) > 0
    assert record["number_of_dimensions"] == 500 * record["dimension_phi"]
    assert record["status"] == "converged"


@pytest.mark.parametrize(("arguments", "couplings", "named"), CASES)
def test_simulate_draws_from_the_ensemble(capsys, arguments, couplings, named) -> None:
    code, out, _ = run(capsys, "simulate", *arguments, "--n", "40", *BRIEF, "--json")
    record = json.loads(out)
    assert code == 0
    assert named.items() <= record.items()
    assert record["C_phi"] == mf.simulate(mf.Network(couplings), 40, 0, trajectories=8, duration=10.0).C("phi").value


@pytest.mark.parametrize(("arguments", "couplings", "named"), CASES)
def test_compare_counts_the_theorys_error(capsys, arguments, couplings, named) -> None:
    code, out, _ = run(capsys, "compare", *arguments, "--n", "100", "--n", "150", "--networks", "2", "--json")
    point = json.loads(out)["points"][0]
    assert code == 0
    assert named.items() <= point["label"].items()
    assert 0 < point["theory_error"] < 0.02 * point["theory"]  # the solver's own target is 1%
    # The rival is the same network without overlaps, or without symmetry.
    rival = mf.RandomMode.exponential(6.0, 0.8) if "overlap_amplitude" in named else mf.IID(3.0)
    assert point["alternative"] == pytest.approx(mf.solve(mf.Network(rival)).dimension("phi"), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        (("--effective-rank", "0.5", "--overlap-amplitude", "0.1"), "[psi-overlap]"),
        (("--symmetry", "0.1"), "[psi-sym]"),
    ],
)
def test_derive_prints_the_ensembles_formula(capsys, arguments, label) -> None:
    code, out, _ = run(capsys, "derive", *arguments)
    assert code == 0
    assert out.startswith(label)
