"""Several populations against numbers by other methods (validation/references/populations.py)."""

import json
from pathlib import Path

import numpy as np
import pytest
from theory.coupled import blocks, numbers

import mftheory as mf

pytestmark = pytest.mark.numeric

PATH = Path(__file__).parents[2] / "validation/references/populations.json"
REFERENCES = json.loads(PATH.read_text(encoding="utf-8"))["points"]
PHI = {
    "erf": mf.Erf(),
    "tanh": mf.Tanh(),
    "erf(3*x)": mf.Nonlinearity("erf(3*x)"),
    "sin(x)": mf.Nonlinearity("sin(x)"),
}


LONGEST = "three"  # populations: as long as the others together
POINTS = [pytest.param(p, id=p["name"], marks=[pytest.mark.long] * (p["name"] == LONGEST)) for p in REFERENCES]


@pytest.mark.parametrize("point", POINTS)
def test_against_references(point) -> None:
    """FFT and Newton-Krylov, or solve_bvp with noise, and plain double sums of a Ψ that is not derived.

    Worst seen: 6e-14 without noise; 1e-11 with it, the reference's own error (its change on refinement).
    """
    names = "ABC"[: len(point["sizes"])]
    given = numbers(names, point["sizes"], point["variances"], point["noise"])
    if point["alpha"]:
        given |= {"alpha": point["alpha"], "D": point["strengths"]}
    phis = {f"phi{p}": PHI[name] for p, name in zip(names, point["nonlinearities"], strict=True)}
    theory = mf.solve(blocks(names, modes=bool(point["alpha"])), parameters=given, nonlinearity=phis)

    tolerance = 1e-9 if any(point["noise"]) else 1e-11
    assert theory.two_point.variance == pytest.approx(np.array(point["C_x_0"]), rel=tolerance)
    assert theory.gain == pytest.approx(np.array(point["gain"]), rel=tolerance)
    assert theory.two_point.delta == pytest.approx(point["delta"], rel=tolerance)
    for k, p in enumerate(names):
        assert theory.C(f"phi{p}", 0.0) == pytest.approx(point["C_phi_0"][k], rel=tolerance)
        for observable in ("phi", "x"):
            found, reference = theory.dimension(observable + p), point[f"dimension_{observable}"][k]
            assert found == pytest.approx(reference, rel=tolerance)
            error = theory.dimension_error(observable + p)
            # Of the reference: its change on refinement, and rounding (2e-13 seen).
            assert abs(found - reference) <= error + (point["change_on_refinement"] + 1e-12) * reference
            assert error < 1e-11 * found


def test_what_the_references_cover() -> None:
    assert {len(point["sizes"]) for point in REFERENCES} == {2, 3}
    assert any(point["alpha"] for point in REFERENCES)
    assert any(len(set(point["noise"])) > 1 for point in REFERENCES)
    assert all(point["change_on_refinement"] < 1e-9 for point in REFERENCES)
