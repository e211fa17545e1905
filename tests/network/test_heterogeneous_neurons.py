"""Neurons that differ: the formula with parameters, the list of neurons, and what a network makes of it."""

import pickle

import numpy as np
import pytest

import mftheory as mf
from mftheory.network import expression

NEURONS = mf.Heterogeneous("a*tanh(b*x)", {"a": [1.0, -0.5, 1.0, 2.0], "b": [1.0, 2.0, 1.0, 0.5]})


def test_neurons_are_the_formula_with_their_numbers() -> None:
    x = np.linspace(-2, 2, 9)
    for k in range(NEURONS.size):
        a, b = (NEURONS.parameters[name][k] for name in "ab")
        assert np.allclose(NEURONS.neuron(k)(x), a * np.tanh(b * x), rtol=1e-15)  # the same operations
    assert NEURONS.odd
    assert not mf.Heterogeneous("tanh(x + b)", {"b": [0.0, 0.1]}).odd
    assert NEURONS.slope_at_zero == pytest.approx(1.0)  # √⟨(a b)²⟩, by hand


def test_negative_numbers_keep_their_place() -> None:
    """-2 ** x is -(2 ** x): numbers are put in as trees, not as text."""
    for value in (2.0, -2.0, 1e-30, -7.5e11):
        text = expression.with_numbers("tanh(x) + c**2 - c - -c/(1 + x**2)", {"c": value})
        assert np.isclose(mf.Nonlinearity(text)(np.array(0.0)), value**2, rtol=1e-9, atol=1e-40)  # c's rounding


def test_neurons_that_are_alike_are_told_once() -> None:
    weights, functions = NEURONS.distinct
    assert len(functions) == 3
    assert sorted(weights) == [0.25, 0.25, 0.5]
    assert weights.sum() == 1.0
    numbers = mf.Heterogeneous("a*tanh(b*x)", {"a": 2.0, "b": [1.0, 2.0]})
    assert np.array_equal(numbers.parameters["a"], [2.0, 2.0])


def test_samples_keep_the_law_and_the_tuples() -> None:
    assert NEURONS.sample(4) is NEURONS
    tuples = {(1.0, 1.0), (-0.5, 2.0), (2.0, 0.5)}
    for n in (2, 3, 7, 40, 401):
        sample = NEURONS.sample(n)
        pairs = list(zip(sample.parameters["a"], sample.parameters["b"], strict=True))
        assert sample.size == n
        assert set(pairs) <= tuples
        for pair, weight in (((1.0, 1.0), 0.5), ((2.0, 0.5), 0.25), ((-0.5, 2.0), 0.25)):
            assert abs(pairs.count(pair) - n * weight) <= 1  # evenly spaced quantiles: never off by more
    many = mf.Heterogeneous("tanh(b*x)", {"b": np.linspace(0, 1, 1000) ** 2})
    assert np.mean(many.sample(100).parameters["b"]) == pytest.approx(1 / 3, abs=1e-3)  # midpoint rule, 2e-4 seen


def test_plain_data() -> None:
    same = mf.Heterogeneous("a * tanh( b*x )", dict(NEURONS.parameters))
    assert same == NEURONS
    assert hash(same) == hash(NEURONS)
    assert mf.Heterogeneous("a*tanh(b*x)", {"a": [1.0], "b": [1.0]}) != NEURONS
    assert pickle.loads(pickle.dumps(NEURONS)) == NEURONS
    with pytest.raises(ValueError, match="read-only"):
        NEURONS.parameters["a"][0] = 3.0
    net = mf.Network(mf.RandomMode.exponential(2.0, 0.5), NEURONS)
    assert net.ensemble == "heterogeneous"
    assert net.parameters["r_4"] / net.parameters["r_2"] ** 2 == pytest.approx(2.0)  # κ = 1/effective rank
    assert mf.Network(mf.IID(2.0), NEURONS).parameters == {"alpha": 1.0, "r_2": 4.0, "r_4": 0.0}


@pytest.mark.parametrize(
    ("formula", "parameters", "reason"),
    [
        ("a*tanh(x)", {}, "at least one"),
        ("a*tanh(x)", {"a": [1.0, np.nan]}, r"parameters\['a'\].*finite"),
        ("a*tanh(x)", {"a": []}, r"parameters\['a'\].*non-empty"),
        ("a*tanh(x)", {"a": [[1.0]]}, "one-dimensional"),
        ("a*tanh(b*x)", {"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]}, "one length"),
        ("a*tanh(c*x)", {"a": [1.0]}, "a formula in x, a made of"),
        ("tanh(x)", {"a": [1.0]}, "must occur"),
        ("x*tanh(x)", {"x": [1.0]}, "identifiers"),
        ("tanh*x", {"tanh": [1.0]}, "identifiers"),
        ("a*exp(x*x)", {"a": [1.0]}, "finite real number for every x"),
        ("a.real*x", {"a": [1.0]}, "must be a formula"),
        (3, {"a": [1.0]}, "as a string or a SymPy expression"),
    ],
)
def test_what_is_no_list_of_neurons_is_refused(formula, parameters, reason) -> None:
    with pytest.raises(mf.InvalidNetwork, match=reason) as caught:
        mf.Heterogeneous(formula, parameters)
    assert "\n" not in str(caught.value)


def test_gains_are_of_the_same_neurons() -> None:
    net = mf.Network(mf.IID(2.0), NEURONS, gains=[1.0, 2.0, 1.0, 4.0])
    assert (net.ensemble, net.traits.unequal, net.traits.differing) == ("heterogeneous+gains", True, True)
    group = net.draw(8, 0).groups[0]
    gains = {(1.0, 1.0): 1.0, (-0.5, 2.0): 2.0, (2.0, 0.5): 4.0}
    pairs = zip(group.nonlinearity.parameters["a"], group.nonlinearity.parameters["b"], strict=True)
    assert [gains[pair] for pair in pairs] == group.activities["Phi"].tolist()
    with pytest.raises(mf.InvalidNetwork, match=r"parameters\['a'\]: 4, .*gains: 2"):
        mf.Network(mf.IID(2.0), NEURONS, gains=[1.0, 2.0])


def test_sympy_formulas() -> None:
    sympy = pytest.importorskip("sympy")
    a, y = sympy.symbols("a y")
    assert mf.Heterogeneous(a * sympy.tanh(y), {"a": [2.0]}).neuron(0)(np.array(1.0)) == 2.0 * np.tanh(1.0)
    with pytest.raises(mf.InvalidNetwork, match="one symbol only besides a"):
        mf.Heterogeneous(a * sympy.tanh(y) * sympy.Symbol("z"), {"a": [2.0]})
