"""Sparse couplings: the same products and the same trajectories as the matrix with its zeros."""

import numpy as np
import pytest
from made_samples import neurons
from scipy.linalg import solve_continuous_lyapunov

import mftheory as mf
from mftheory.network import Dense, Sparse
from mftheory.simulation.nonlinearities import activation
from mftheory.simulation.steppers import stepper


def wiring(n, density, g, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, n)) * (rng.random((n, n)) < density) * g / np.sqrt(n * density)


@pytest.mark.numeric
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_are_those_of_the_matrix(dtype):
    J, activity = wiring(70, 0.1, 1.0), np.random.default_rng(1).standard_normal((70, 9)).astype(dtype)
    J[5] = 0  # a neuron that hears nobody
    couplings, gains = Sparse.of(J), np.random.default_rng(2).random(70)
    for sparse, dense in ((couplings, Dense(J)), (couplings.with_gains(gains), Dense(J).with_gains(gains))):
        product = sparse.astype(dtype) @ activity
        assert product.dtype == dtype
        assert product.flags.c_contiguous  # the steppers see it flat
        # Sums of about 7 terms of order 1: rounding; observed 2e-7 and 4e-16.
        assert np.allclose(product, dense.astype(dtype) @ activity, atol=20 * np.finfo(dtype).eps)
        assert np.array_equal(sparse.dense(), dense.dense())
    assert couplings.n == 70
    assert couplings.entries == np.count_nonzero(J)


@pytest.mark.numeric
@pytest.mark.parametrize("dynamics", [mf.Leaky(), mf.Rational([1.0], [1.0, 2.0, 1.0]), mf.EulerMap(0.3)])
@pytest.mark.parametrize("integrator", ["adams", "rk4"])
def test_trajectories_are_those_of_the_matrix(dynamics, integrator):
    J = wiring(50, 0.08, 3.0)
    phi, seeds = activation(mf.Tanh(), np.float64), np.random.SeedSequence(4).spawn(6)
    found = []
    for couplings in (Dense(J), Sparse.of(J)):
        x = np.random.default_rng(3).standard_normal((50, 6))
        run = stepper(integrator, couplings, phi, x, 0.1, neurons(50, dynamics, 0.2), seeds)
        run.advance(20)
        found.append(run.x.copy())
    # Sums in another order: rounding, amplified by chaos over two time constants; observed 1e-15.
    assert np.allclose(*found, atol=1e-12)


@pytest.mark.statistical
@pytest.mark.parametrize("density", [0.05, 0.3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_variance_of_a_given_linear_network(density, dtype):
    """One J, φ(x) = x, gains and noise: C^x against the continuous Lyapunov equation of that very J."""
    n, sigma, gains = 60, 0.7, np.linspace(0.5, 1.5, 60)
    J = wiring(n, density, 0.5)
    net = mf.Network(mf.Given(J), mf.Nonlinearity("x"), gains=gains, noise=sigma)
    run = mf.simulate(net, n=n, seed=5, trajectories=64, duration=200.0, burn_in=20.0, dtype=dtype)
    exact = solve_continuous_lyapunov(J * gains - np.eye(n), -(sigma**2) * np.eye(n))
    C = run.C("x")
    # Four standard errors, and 1e-3 for the scheme (its noise: see `integrate`); the error itself is 0.3%.
    assert C.error < 0.006 * C.value
    assert abs(C.value - exact.trace() / n) < 4 * C.error + 1e-3 * C.value


@pytest.mark.statistical
def test_a_given_sample_of_an_ensemble_is_that_sample():
    """Given(J) of the J that the ensemble draws has the ensemble's statistics; the same seed, the same trajectories."""
    options = {"n": 80, "seed": 3, "trajectories": 8, "duration": 20.0}
    J = mf.IID(3.0).sample(80, 3).dense()
    drawn = mf.simulate(mf.Network(mf.IID(3.0), mf.Tanh()), **options)
    given = mf.simulate(mf.Network(mf.Given(J), mf.Tanh()), **options)
    # They start from states of scale g_eff, here 3.0 and that of this J, so trajectories differ, statistics do not.
    a, b = drawn.C("phi"), given.C("phi")
    assert abs(a.value - b.value) < 4 * np.hypot(a.error, b.error)
    assert given.observables == ("phi", "x")
    other = mf.simulate(mf.Network(mf.Given(J), mf.Tanh()), **{**options, "seed": 4})
    assert other.C("phi").value != given.C("phi").value  # the same J, other initial states
