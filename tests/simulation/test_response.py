"""The response of neurons to their own input: linear networks, where it is known, and the theory's."""

import numpy as np
import pytest
from scipy.linalg import expm

import mftheory as mf
from mftheory.simulation.state_space import StateSpace

LINEAR = mf.Nonlinearity("x")
FILTER = mf.Rational([1.0, 0.3], [2.0, 3.0, 2.0, 1.0])


@pytest.mark.statistical
@pytest.mark.parametrize("integrator", ["adams", "rk4"])
@pytest.mark.parametrize("dynamics", [mf.Leaky(), FILTER])
@pytest.mark.parametrize("connectivity", [mf.IID(0.6), mf.PartiallySymmetric(0.45, symmetry=0.9)])
def test_a_linear_network_responds_as_its_matrix_says(connectivity, dynamics, integrator):
    """S(τ) = (1/N) tr of the impulse response of this J. With reciprocal couplings neurons hear their own push back."""
    n = 30
    net = mf.Network(connectivity, LINEAR, dynamics=dynamics, noise=0.5)
    how = {"trajectories": 16, "duration": 40.0, "burn_in": 5.0, "response": 4.0, "integrator": integrator}
    run = mf.simulate(net, n=n, seed=1, **how)
    system = StateSpace.of(dynamics)
    J = connectivity.sample(n, 1).dense()
    A = np.kron(system.A, np.eye(n)) + np.kron(np.outer(system.B, system.C), J)
    into, out = np.kron(system.B[:, None], np.eye(n)), np.kron(system.C, np.eye(n))
    tau = run.dt * np.arange(round(run.response.longest / run.dt) + 1)
    exact = np.array([np.trace(out @ expm(A * t) @ into) / n for t in tau])
    found = [run.S_lag(t, "x") for t in tau]
    value, error = (np.array([getattr(e, name) for e in found]) for name in ("value", "error"))
    # The scheme starts anew after the push, at first order: seen 2e-3 of S(0) with strong reciprocal couplings.
    assert np.all(np.abs(value - exact) < 5 * error + 3e-3 * exact.max())
    assert error.max() < 0.03 * exact.max()
    for omega in (0.0, 1.0):
        integral = np.trapezoid(np.exp(-1j * omega * tau) * exact, dx=run.dt)
        # Trapezia against Simpson's rule: dt²/12 of the slope, below 1e-3.
        assert abs(run.S(omega, "x").value - integral) < 5 * run.S(omega, "x").error + 5e-3 * abs(integral)


@pytest.mark.statistical
def test_without_noise_and_beyond_linear_it_is_the_theorys():
    """S^φ(0⁺) = ⟨φ'⟩; S^x(τ) = e^{-τ}: for i.i.d. couplings there is no self-feedback (N → ∞)."""
    net = mf.Network(mf.IID(3.0))
    runs = [
        mf.simulate(net, n=400, seed=seed, trajectories=16, duration=50.0, response=3.0, max_lag=0.0)
        for seed in range(4)
    ]
    theory = mf.solve(net)
    for tau in (0.0, 1.0, 3.0):
        for name, expected in (("phi", theory.gain * np.exp(-tau)), ("x", np.exp(-tau))):
            value = np.array([run.S_lag(tau, name).value for run in runs])
            error = np.hypot(value.std(ddof=1), np.mean([run.S_lag(tau, name).error for run in runs])) / 2
            # At N = 400 ⟨φ'⟩ is about 2% larger than in the limit.
            assert abs(value.mean() - expected) < 5 * error + 0.03 * theory.gain


def test_weights_count_and_bad_questions_name_the_argument():
    net = mf.Network(mf.IID(2.0), gains=mf.Gains.exponential(0.5))
    how = {"trajectories": 4, "duration": 10.0, "burn_in": 5.0}
    run = mf.simulate(net, n=30, seed=0, response=1.0, **how)
    # Each push moves x_i by itself, and G_i φ_i by G_i times as much as φ_i.
    assert run.S_lag(0.0, "x").value == pytest.approx(1.0, rel=1e-6)
    assert run.S_lag(0.0, "Phi").value != run.S_lag(0.0, "phi").value
    assert run.to_xarray()["S"].shape == (4, 6)
    for question, argument in (
        (lambda: run.S_lag(0.05), "tau"),
        (lambda: run.S_lag(2.0), "tau"),
        (lambda: run.S(0.0, "nothing"), "observable"),
        (lambda: mf.simulate(net, n=30, seed=0, **how).S(0.0), "response"),
        (lambda: mf.simulate(net, n=30, seed=0, response=-1.0, **how), "response"),
        (lambda: mf.simulate(net, n=30, seed=0, response=float("nan"), **how), "response"),
    ):
        with pytest.raises(mf.InvalidNetwork) as caught:
            question()
        assert caught.value.argument == argument
