"""A user's φ in the simulator: the same trajectories as the built-in functions, and the theory's numbers."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import mftheory as mf
from mftheory.simulation.nonlinearities import BLOCK_ELEMENTS, activation

FORMULAS = (
    "x/sqrt(1 + x**2)",
    "x/(1 + abs(x))",
    "clip(x, -1, 1)",
    "atan(x)",
    "erf(0.3*x) + erf(0.1)*x/(1 + x**2)",
    "sin(x)",
    "1/(1 + exp(-x)) - 0.5",
)


def filled(nonlinearity, x):
    out = np.full_like(x, np.nan)
    activation(nonlinearity, x.dtype)(x, out)
    return out


@pytest.mark.numeric
@pytest.mark.parametrize("text", FORMULAS)
def test_values_at_both_precisions_across_blocks(text):
    phi = mf.Nonlinearity(text)
    x = np.random.default_rng(0).normal(scale=4, size=(3, BLOCK_ELEMENTS - 5))
    double = filled(phi, x)
    if "erf" in text:
        # The rational erf of `nonlinearities` in place of SciPy's: 1.4e-15 each; observed 1.3e-15.
        assert np.abs(double - phi(x)).max() < 3e-15
    else:
        assert np.array_equal(double, phi(x))
    single = filled(phi, x.astype(np.float32))
    assert single.dtype == np.float32
    # Some roundings of 6e-8, and 5e-7 of the fast erf; observed 4.6e-7.
    assert np.abs(single - phi(x.astype(np.float32).astype(np.float64))).max() < 1e-6


@pytest.mark.numeric
def test_overflowing_terms_are_silent_and_harmless():
    x = np.array([-1e4, -200.0, 0.0, 200.0, 1e4], dtype=np.float32)
    with np.errstate(all="raise"):
        values = filled(mf.Nonlinearity("1/(1 + exp(-x)) - 0.5"), x)
    assert np.array_equal(values, np.float32([-0.5, -0.5, 0.0, 0.5, 0.5]))


def test_the_function_can_be_sent_to_other_processes():
    phi = activation(mf.Nonlinearity("atan(x)"), np.float32)
    x = np.linspace(-2, 2, 5, dtype=np.float32)
    out = np.empty_like(x)
    pickle.loads(pickle.dumps(phi))(x, out)
    assert np.allclose(out, np.arctan(x))


def run(phi, duration=10.0, **options):
    how = {"n": 60, "seed": 1, "trajectories": 6, "burn_in": 1, "dt": 0.1, "keep_states": True}
    return mf.simulate(mf.Network(mf.IID(3.0), phi), duration=duration, **how, **options)


def test_tanh_spelt_out_takes_the_same_steps():
    built_in, formula = run(mf.Tanh()), run(mf.Nonlinearity("tanh(x)"))
    assert np.array_equal(built_in.states, formula.states)


@pytest.mark.numeric
def test_erf_spelt_out_takes_nearly_the_same_steps():
    built_in = run(mf.Erf(), 2.0, dtype=np.float64)
    formula = run(mf.Nonlinearity("erf(sqrt(pi)*x/2)"), 2.0, dtype=np.float64)
    # Rounding (√π x / 2 multiplied in another order), amplified by chaos over three time constants; observed 0.
    assert np.abs(built_in.states - formula.states).max() < 1e-12


def test_functions_that_grow_too_fast_end_in_an_error():
    with pytest.raises(mf.NotConverged), np.errstate(all="ignore"):
        run(mf.Nonlinearity("x + x**3"))


@pytest.mark.statistical
@pytest.mark.parametrize("observable", ["phi", "x"])
@pytest.mark.parametrize(("text", "g"), [("x/sqrt(1 + x**2)", 3.0), ("2*clip(3*x, -1, 1)", 0.5), ("sin(x)", 2.0)])
def test_networks_agree_with_their_theory(text, g, observable):
    net = mf.Network(mf.RandomMode.step(g, 1.0), mf.Nonlinearity(text))
    runs = [mf.simulate(net, n=400, seed=s, trajectories=16, duration=30).C(observable).value for s in range(8)]
    error = np.std(runs, ddof=1) / np.sqrt(len(runs))
    expected = mf.solve(net).C(observable, 0.0)
    # Four standard errors over networks, and a correction of order 1/N: 4/N allowed, seen less than 1%.
    assert abs(np.mean(runs) - expected) < 4 * error + 0.01 * expected
    assert error < 0.05 * expected


def test_simulating_needs_no_sympy():
    code = (
        "import sys, mftheory as mf;"
        "net = mf.Network(mf.IID(2.0), mf.Nonlinearity('x/sqrt(1+x**2)'));"
        "mf.simulate(net, n=20, seed=0, duration=20.0, trajectories=4);"
        "assert not {'sympy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
