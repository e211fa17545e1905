"""What the step and the precision do to the statistics of one network: nothing that long runs can see."""

import math

import numpy as np
import pytest

import mftheory as mf

NET = mf.Network(mf.IID(3.0))
MANY = {"n": 100, "seed": 0, "trajectories": 192, "burn_in": 60.0, "sampling_interval": 2.0, "max_lag": 2.0}


def difference(a, b):
    """(relative difference, its standard error) of two independent estimates."""
    return a.value / b.value - 1, math.hypot(a.error / a.value, b.error / b.value)


@pytest.mark.long
@pytest.mark.statistical
@pytest.mark.parametrize("halved", [{"dt": 0.05}, {"dt": 0.1, "integrator": "rk4"}])
def test_half_the_step_and_another_scheme_give_the_same_dimension(halved):
    """Exact bias of the default in the limit: 6e-5 (see `integrate`). Euler's scheme at dt = 0.05 would be 2% off."""
    run, other = (mf.simulate(NET, duration=4000.0, **{**MANY, **options}) for options in ({"dt": 0.1}, halved))
    for observable in ("phi", "x"):
        found, error = difference(run.dimension(observable), other.dimension(observable))
        assert error < 0.003
        assert abs(found) < 4 * error, observable  # two-sided, 1 in 16000
        found, error = difference(run.C(observable), other.C(observable))
        assert error < 0.001
        assert abs(found) < 4 * error, observable


@pytest.mark.long
@pytest.mark.statistical
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_single_precision_does_no_harm(noise):
    net = mf.Network(mf.IID(3.0), noise=noise)
    run, double = (mf.simulate(net, duration=3000.0, dtype=dtype, **MANY) for dtype in (np.float32, np.float64))
    assert (run.dtype, double.dtype) == ("float32", "float64")
    for observable in ("phi", "x"):
        for quantity, most in (("dimension", 0.005), ("Psi", 0.005), ("C", 0.002)):
            for lag in (0.0, 2.0):
                lags = {"dimension": (), "C": (lag,), "Psi": (lag, lag)}[quantity]
                found, error = difference(
                    getattr(run, quantity)(observable, *lags), getattr(double, quantity)(observable, *lags)
                )
                assert error < most * (1 if lag == 0 else 2)
                assert abs(found) < 4 * error, (observable, quantity, lag)


@pytest.mark.numeric
def test_moments_of_single_precision_states_are_summed_in_double_precision():
    """A run of one step from the same states: what float32 states give is what float64 sums of them give."""
    run = mf.simulate(
        NET, n=400, seed=1, trajectories=16, duration=40.0, burn_in=20.0, keep_states=True, dtype=np.float32
    )
    phi = mf.Erf()(run.states.astype(np.float64))
    # erf in float32 is off by up to 5e-7, without a preferred sign on average; observed 2e-8. Sums of 256 000
    # float32 squares in float32 would be off by some 1e-5.
    assert run.C("phi").value == pytest.approx(np.mean(phi**2), rel=2e-7)
    assert run.C("x").value == pytest.approx(np.mean(run.states.astype(np.float64) ** 2), rel=2e-7)
