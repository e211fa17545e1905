"""`mftheory formulas`: the list, and one formula in each form."""

import json

import pytest

import mftheory as mf
from mftheory import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["formulas", *arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_every_label_is_one_line(capsys) -> None:
    code, out, _ = run(capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(mf.labels())


def test_one_formula_in_each_form(capsys) -> None:
    formula = mf.formula("psi-x-iid")
    assert run(capsys, "psi-x-iid", "--latex")[1].strip() == formula.latex()
    assert run(capsys, "psi-x-iid", "--python")[1].strip() == formula.kernel().standalone().strip()
    code, out, _ = run(capsys, "psi-x-iid", "--derive")
    assert code == 0
    # The derivation of this observable, not of the ensemble's first.
    assert formula.latex() in out
    steps = json.loads(run(capsys, "psi-x-iid", "--derive", "--json")[1])
    assert steps["four-point function"] == formula.latex()


@pytest.mark.parametrize(
    "arguments", [("--latex",), ("psi-iid", "--latex", "--python"), ("psi-nonesuch",), ("psi-nonesuch", "--derive")]
)
def test_anything_else_is_one_line_and_exit_code_2(capsys, arguments) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("mftheory: ")
    assert err.count("\n") == 1
