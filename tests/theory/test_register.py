"""Who solves what: one register decides, for every combination as before it existed."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from golden import combinations
from readme_table import table

import mftheory as mf
from mftheory.api.method import REGISTERS
from mftheory.methods import FEEDBACK, ODD, Method, Requirement
from mftheory.network.traits import Traits
from mftheory.theory.problem import Problem
from mftheory.theory.register import LYAPUNOV, SOLVE
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.solution import Solution

PACKAGE = Path(mf.__file__).parent
HELD = json.loads((Path(__file__).parents[1] / "golden" / "outcomes.json").read_text(encoding="utf-8"))["outcomes"]


def choices() -> dict[str, str | None]:
    """The method of every combination; None where there is none."""
    return {name: mf.method(combinations.network(name)).name for name in combinations.NAMES}


EXPECTED = {name: held.get("method") for name, held in HELD["solve"].items()}


def test_every_combination_goes_to_the_method_that_solved_it_before() -> None:
    assert choices() == EXPECTED


@pytest.mark.parametrize("left_out", [m.name for m in SOLVE.methods])
def test_without_a_method_some_combination_is_not_solved_or_solved_by_another(left_out: str, monkeypatch) -> None:
    monkeypatch.setattr(SOLVE, "methods", [m for m in SOLVE.methods if m.name != left_out])
    assert choices() != EXPECTED


def test_the_order_is_that_of_preference() -> None:
    """Where two fit the first is taken: it is the faster one, or the only one that is exact."""
    names = [m.name for m in SOLVE.methods]
    swapped = {
        frozenset((a, b))
        for a in names
        for b in names
        if any(SOLVE.named(a).needs(t) is SOLVE.named(b).needs(t) is None for t in every_traits()) and a != b
    }
    assert swapped == {frozenset(("closed form", "classes of neurons"))}
    assert names.index("closed form") < names.index("classes of neurons")


def every_traits() -> list[Traits]:
    return [combinations.network(name).traits for name in combinations.NAMES]


def test_a_refusal_is_one_line_that_says_what_the_nearest_methods_need() -> None:
    for traits in every_traits():
        if all(method.needs(traits) for method in SOLVE.methods):
            refusal = SOLVE.refusal(traits)
            assert "\n" not in refusal
            assert refusal.startswith("solve ")
            assert "needs" in refusal
            assert len(refusal) < 340  # seen 334
    with pytest.raises(mf.Unsupported, match=r"has no method for a network with self-feedback, φ that is not .*needs"):
        SOLVE.choose(Traits(odd=False, self_feedback=True))


def test_what_a_method_is_asked_for_is_said() -> None:
    net = mf.Network(mf.IID(3.0), noise=0.1)
    assert mf.method(net).name == "classes of neurons"
    assert mf.method(net).needs["closed form"] == "neurons without noise"
    assert "'closed form' needs neurons without noise" in repr(mf.method(net))
    for verb in REGISTERS:
        assert mf.method(net, verb)
    refused = mf.method(mf.Network(mf.PartiallySymmetric(3.0, 0.3)), "lyapunov_exponent")
    assert not refused
    assert "without self-feedback" in repr(refused)
    with pytest.raises(mf.InvalidNetwork, match="verb = 'slove'"):
        mf.method(net, "slove")
    with pytest.raises(mf.InvalidNetwork, match="network = 3"):
        mf.method(3)
    with pytest.raises(ValueError, match="has a method 'closed form'"):
        SOLVE.add(SOLVE.methods[0])


def test_declared_ensembles_go_by_their_traits() -> None:
    assert mf.method(combinations.coupled.blocks("EI")).name == "classes of neurons"
    from mftheory.action.built_in import BUILT_IN

    assert mf.method(BUILT_IN["iid"]()).name == "closed form"
    assert not mf.method(BUILT_IN["partially-symmetric"]())


def toy(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Partial symmetry in discrete time, as if x were Gaussian: wrong, and enough for a test of the register."""
    independent = replace(problem, network=mf.Network(mf.IID(problem.g_eff)))
    return SOLVE.named("closed form").run(independent, settings, sampling)


def test_a_method_in_one_file_is_solved_saved_plotted_cited_and_in_the_table(monkeypatch, tmp_path) -> None:
    slow = Requirement(lambda t: t.dynamics == "map", "discrete time")
    net = mf.Network(mf.PartiallySymmetric(3.0, 0.2), dynamics=mf.EulerMap(0.1))
    with pytest.raises(mf.Unsupported):
        mf.solve(net)
    monkeypatch.setattr(SOLVE, "methods", [*SOLVE.methods])
    SOLVE.add(Method("toy", "a toy", (FEEDBACK, ODD, slow), toy))
    theory = mf.solve(net)
    assert (theory.method, mf.method(net).name) == ("toy", "toy")
    assert theory.C("phi", 0.0) == pytest.approx(mf.solve(mf.Network(mf.IID(3.0))).C("phi", 0.0))
    read = mf.load(theory.save(tmp_path / "toy.nc"))
    assert (read.method, read.dimension()) == ("toy", theory.dimension())
    assert len(theory.plot()) > 0
    assert "MBO18" in mf.cite(theory).keys
    row = table({"toy networks": [net]}).splitlines()[2]
    assert row == "| toy networks | φ, x | φ, x | φ, x | φ, x |"


# Modules other than the register that raise Unsupported, and why the register cannot.
ELSEWHERE = {
    "action/composition.py": "populations of a sum that do not fit: found while declaring",
    "action/disorder.py": "chain, convergent and divergent covariances: no argument takes them",
    "action/fields.py": "a noise that is not white: found in an expression",
    "action/forgetting.py": "dynamics or noise that never forget: found in an expression",
    "action/population_filters.py": "filters that are not solved or simulated: found in their expressions",
    "action/sampled_ensemble.py": "declarations that cannot be simulated: found in their expressions",
    "action/values.py": "a parameter of each site where one number is asked for",
    "api/ensemble_problem.py": "kernels with means of several parameters, and nothing to observe: found in formulas",
    "api/planning.py": "of ensembles no spread was measured",
    "connectome/eigenvalues.py": "too many neurons",
    "connectome/spectrum.py": "too many neurons, or a tail that no law fits",
    "derivations/site_averages.py": "an average that is no product: found in an expression",
    "derivations/naming.py": "names that clash: found while deriving",
    "derivations/path_integral/saddle_point.py": "means of several parameters, or populations: found while deriving",
    "derivations/linear_circle.py": "reciprocal linear populations: found while deriving",
    "formulas/formula.py": "an expression too long to be read: found by counting",
    "formulas/linear.py": "a system that is singular: found while solving it",
    "kernels/kernel.py": "no committed kernel of that name",
    "results/linear_equivalent.py": "what was not kept, or not asked for",
    "results/predicted_covariance.py": "what was not kept",
    "results/theory.py": "what a file does not hold",
    "theory/stationary/gaussian/averages.py": "a φ that falls at 0, or is not odd: found in the formula",
    "theory/stationary/gaussian/resolved_panels.py": "a φ that jumps, or is not piecewise smooth: found in the formula",
}


def test_unsupported_is_raised_by_the_register_alone_or_for_a_reason() -> None:
    raising = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = node.exc.func
                if isinstance(name, ast.Name) and name.id == "Unsupported":
                    raising.add(str(path.relative_to(PACKAGE)))
    assert raising == {"methods.py", *ELSEWHERE}


def test_no_name_of_an_ensemble_is_compared_outside_the_traits() -> None:
    """The name is a key of kernels and derivations; what a network is its traits say."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                for side in (node.left, *node.comparators):
                    if isinstance(side, ast.Attribute) and side.attr == "ensemble":
                        wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    # A formula is evaluated for a network of its own ensemble only: the name is what tells.
    assert {where.split(":")[0] for where in wrong} <= {"formulas/formula.py"}


def test_lyapunov_exponents_are_for_gaussian_neurons() -> None:
    """In closed form where the theory is; by classes for the others."""
    for method, solving in zip(LYAPUNOV.methods, ("closed form", "classes of neurons"), strict=True):
        fits = {name for name in combinations.NAMES if method.needs(combinations.network(name).traits) is None}
        assert {name for name, found in EXPECTED.items() if found == solving} <= fits
    assert np.isfinite(mf.solve(mf.Network(mf.IID(2.0), noise=0.2)).lyapunov_exponent)
