"""One rule for printed numbers: value ± error, to the digit of the error; and what a sampled number remains."""

import copy
import json
import pickle

import numpy as np
import pytest

import mftheory as mf
from mftheory.results import Estimate
from mftheory.results.estimate import Sampled, with_errors


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.0447758894053322, 0.00043909284805, "0.0448 ± 0.0004"),
        (10.303148, 0.0220, "10.30 ± 0.02"),
        (1234.5, 67.0, "1234 ± 67"),
        (0.04974221095, 5.6e-15, "0.04974221095 ± 6e-15"),
        (5.637431961, 0.0, "5.637431961 ± 0"),
        (0.0, 0.0, "0 ± 0"),
        (-0.5, 0.01, "-0.50 ± 0.01"),
        (0.016666, np.inf, "0.01667 ± inf"),
    ],
)
def test_digits_are_those_that_the_error_leaves(value: float, error: float, shown: str) -> None:
    assert str(Estimate(value, error)) == shown
    assert with_errors({"a": value, "a_error": error, "n": 3}) == {"a": shown, "n": "3"}


def test_a_sampled_dimension_prints_with_its_error_and_is_a_float() -> None:
    theory = mf.solve(mf.Network(mf.PartiallySymmetric(3.0, symmetry=0.3)), target=0.1)
    value = theory.dimension("x")
    assert isinstance(value, float)
    assert repr(value) == str(value) == str(Estimate(float(value), theory.dimension_error("x")))
    assert "±" in repr(theory)
    assert type(2 * value) is float
    assert json.loads(json.dumps(value)) == value == pickle.loads(pickle.dumps(value)) == copy.deepcopy(value)
    assert not isinstance(mf.solve(mf.Network(mf.IID(3.0))).dimension(), Sampled)


def test_the_settings_that_a_type_checker_knows_are_those_there_are() -> None:
    from mftheory.api.simulating import Settings
    from mftheory.arguments import names_of
    from mftheory.simulation.network_simulation import simulate

    assert list(Settings.__annotations__) == [n for n in names_of(simulate) if n not in ("network", "n", "seed")]


def test_one_given_J_has_its_size_and_may_be_run_without_more() -> None:
    J = mf.IID(2.0).sample(40, seed=1).dense()
    net = mf.Network(mf.Given(J), noise=0.5)
    short = {"trajectories": 4, "duration": 5.0}
    assert mf.simulate(net, **short).C("x") == mf.simulate(net, n=40, seed=0, **short).C("x")
    with pytest.raises(mf.InvalidCall, match="arguments 'n', 'seed' are missing"):
        mf.simulate(mf.Network(mf.IID(2.0)), **short)
