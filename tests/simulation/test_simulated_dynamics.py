"""Noise, filters and maps in simulation: schemes against exact linear algebra, orders of accuracy, the interface."""

import math

import numpy as np
import pytest
from made_samples import neurons
from scipy.integrate import solve_ivp
from scipy.linalg import solve_continuous_lyapunov, solve_discrete_lyapunov

import mftheory as mf
from mftheory.network import Dense, Factored
from mftheory.results.estimate import Estimate
from mftheory.simulation.integrate import ExponentialAdams, RungeKutta
from mftheory.simulation.neuron_filters import adams_weights
from mftheory.simulation.nonlinearities import activation
from mftheory.simulation.state_space import StateSpace
from mftheory.simulation.steppers import MapStepper

PHI = activation(mf.Erf(), np.float64)
FILTER = mf.Rational([1.0, 0.3], [2.0, 3.0, 2.0, 1.0])  # poles -1 and (-1 ± i√7)/2
SYSTEM = StateSpace.of(FILTER)


def linear(x, out):
    np.copyto(out, x)


def couplings(n=20, g=2.0):
    return mf.IID(g).sample(n, seed=1)


def reference(J, x0, time):
    """The filter's states by an independent integrator at tolerance 1e-12, from rest under the drive x0."""
    start = SYSTEM.at_rest()[:, None, None] * x0

    def velocity(_, flat):
        z = flat.reshape(start.shape)
        drive = J @ mf.Erf()(np.tensordot(SYSTEM.C, z, axes=1))
        return (np.tensordot(SYSTEM.A, z, axes=1) + SYSTEM.B[:, None, None] * drive).ravel()

    return (
        solve_ivp(velocity, (0, time), start.ravel(), method="DOP853", rtol=1e-12, atol=1e-13)
        .y[:, -1]
        .reshape(start.shape)
    )


@pytest.mark.numeric
@pytest.mark.parametrize("dynamics", [mf.Leaky(), FILTER, mf.Rational([1.0], [1.0, 0.02, 1e-4])])
def test_the_state_space_has_the_filters_transfer_function(dynamics):
    system = StateSpace.of(dynamics)
    for omega in (0.0, 0.3, 5.0):
        H = system.C @ np.linalg.solve(1j * omega * np.eye(system.A.shape[0]) - system.A, system.B)
        assert abs(H - complex(dynamics.transfer(omega))) < 1e-12 * abs(H)  # rounding
    assert system.C @ system.at_rest() == pytest.approx(dynamics.transfer(0.0).real, rel=1e-12)


@pytest.mark.numeric
def test_weights_of_the_leaky_state_space_are_those_of_the_leaky_scheme():
    for order in (1, 2, 3):
        assert StateSpace.of(mf.Leaky()).weights(0.1, order)[:, 0] == pytest.approx(
            adams_weights(0.1, order), rel=1e-12
        )


@pytest.mark.numeric
@pytest.mark.parametrize("dt", [0.05, 1.0])
def test_noise_gathered_in_a_step_is_exact(dt):
    """P = E P Eᵀ + L Lᵀ at any step, with P the stationary covariance A P + P Aᵀ + B Bᵀ = 0."""
    P = solve_continuous_lyapunov(SYSTEM.A, -np.outer(SYSTEM.B, SYSTEM.B))
    E, L = SYSTEM.flow(dt), SYSTEM.noise_root(dt)
    assert np.abs(E @ P @ E.T + L @ L.T - P).max() < 1e-13 * np.abs(P).max()  # rounding; seen 1e-15


@pytest.mark.numeric
@pytest.mark.parametrize(("scheme", "order"), [(ExponentialAdams, 3), (RungeKutta, 4)])
def test_filtered_schemes_converge_at_their_order(scheme, order):
    J, x0 = couplings(), 2.0 * np.random.default_rng(2).standard_normal((20, 3))
    errors = []
    for dt in (0.1, 0.05, 0.025):
        stepper = scheme(J, PHI, x0.copy(), dt, neurons(20, FILTER))
        if scheme is ExponentialAdams:  # exact past inputs, as in test_integrate
            past = [reference(J, x0, k * dt) for k in (2, 1, 0)]
            stepper.state()[...] = past[0].reshape(-1, 3)
            stepper._read()
            for z in reversed(past[1:]):
                stepper.past.remember(J @ mf.Erf()(np.tensordot(SYSTEM.C, z, axes=1)))
        stepper.advance(round(1 / dt) - (2 if scheme is ExponentialAdams else 0))
        exact = np.tensordot(SYSTEM.C, reference(J, x0, 1.0), axes=1)
        errors.append(np.max(np.abs(stepper.x - exact)))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(np.abs(orders - order) < 0.4), (errors, orders)


@pytest.mark.numeric
def test_the_map_is_the_map():
    J, x = couplings(5), np.random.default_rng(0).standard_normal((5, 4))
    stepper = MapStepper(J, PHI, x.copy(), neurons(5, mf.EulerMap(0.3)))
    stepper.advance(7)
    for _ in range(7):
        x = 0.7 * x + 0.3 * (J @ mf.Erf()(x))
    assert np.allclose(stepper.x, x, rtol=1e-13)  # rounding


def lyapunov_error(dt, order, J):
    """Of exponential Adams on a linear network with noise: its stationary covariance less the exact one."""
    n = J.shape[0]
    stepper = ExponentialAdams(Dense(J), linear, np.zeros((n, 2)), dt, neurons(n, noise=1.0))
    weights = adams_weights(dt, order)
    flow = np.zeros((order * n, order * n))
    flow[:n] = np.hstack([w * J for w in weights])
    flow[:n, :n] += math.exp(-dt) * np.eye(n)
    flow[n:, :-n] += np.eye((order - 1) * n)
    added = np.zeros_like(flow)
    added[:n, :n] = float(stepper._noise.scale) ** 2 * np.eye(n)
    return solve_discrete_lyapunov(flow, added)[:n, :n]


@pytest.mark.numeric
def test_order_of_the_noisy_covariance():
    """Exact linear algebra, no sampling: the scheme's own discrete Lyapunov equation (the table in `integrate`)."""
    J = 0.8 * np.random.default_rng(0).standard_normal((6, 6)) / math.sqrt(6)
    exact = solve_continuous_lyapunov(J - np.eye(6), -np.eye(6))
    steps = (0.2, 0.1, 0.05)
    adams = [np.abs(lyapunov_error(dt, 3, J) - exact).max() / exact.max() for dt in steps]
    runge_kutta = []
    for dt in steps:
        M = dt * (J - np.eye(6))
        flow = np.eye(6) + M + M @ M / 2 + M @ M @ M / 6 + M @ M @ M @ M / 24
        scale = float(RungeKutta(Dense(J), linear, np.zeros((6, 2)), dt, neurons(6, noise=1.0))._noise.scale)
        P = solve_discrete_lyapunov(flow, scale**2 * (flow @ flow.T + np.eye(6)))
        runge_kutta.append(np.abs(P - exact).max() / exact.max())
    assert np.log2(adams[0] / adams[1]) == pytest.approx(2.7, abs=0.2)
    assert np.log2(adams[1] / adams[2]) == pytest.approx(2.6, abs=0.2)
    assert np.log2(runge_kutta[1] / runge_kutta[2]) == pytest.approx(2.0, abs=0.05)
    assert adams[1] < 2e-3
    assert runge_kutta[1] < 4e-3


@pytest.mark.numeric
def test_the_linear_map_of_the_test_above_is_the_steppers():
    """One noiseless step of the stepper equals the matrix that the Lyapunov equation uses."""
    J, x = couplings(6).dense(), np.random.default_rng(3).standard_normal((6, 2))
    stepper = ExponentialAdams(Dense(J), linear, x.copy(), 0.1, neurons(6))
    for oldest_first in (3, 2):
        stepper.past.remember(J @ (oldest_first * x))
    stepper.advance(1)
    w = adams_weights(0.1, 3)
    expected = math.exp(-0.1) * x + J @ ((w[0] + 2 * w[1] + 3 * w[2]) * x)
    assert np.allclose(stepper.x, expected, rtol=1e-13)  # rounding


@pytest.mark.statistical
@pytest.mark.parametrize("scheme", ["leaky", "leaky-rk4", "filter", "filter-rk4", "map"])
def test_variance_of_uncoupled_neurons(scheme):
    """J = 0: a Gaussian process whose variance is known; 4000 independent neurons after many correlation times."""
    shape, zero = (2000, 2), Factored(np.zeros((2000, 1)), np.zeros((2000, 1)))
    x, seeds, sigma = np.zeros(shape), np.random.SeedSequence(7).spawn(2), 1.3
    P = solve_continuous_lyapunov(SYSTEM.A, -np.outer(SYSTEM.B, SYSTEM.B))
    filtered = SYSTEM.C @ P @ SYSTEM.C
    leaky, filters = neurons(2000, noise=sigma), neurons(2000, FILTER, sigma)
    steppers = {
        "leaky": (lambda: ExponentialAdams(zero, linear, x, 0.9, leaky, seeds), 20, 0.5),
        "leaky-rk4": (lambda: RungeKutta(zero, linear, x, 0.05, leaky, seeds), 300, 0.5),
        "filter": (lambda: ExponentialAdams(zero, linear, x, 1.1, filters, seeds), 60, filtered),
        "filter-rk4": (lambda: RungeKutta(zero, linear, x, 0.1, filters, seeds), 600, filtered),
        "map": (
            lambda: MapStepper(zero, linear, x, neurons(2000, mf.EulerMap(0.4), sigma), seeds),
            60,
            0.4**2 / (1 - 0.6**2),
        ),
    }
    build, steps, unit = steppers[scheme]
    stepper = build()
    stepper.advance(steps)
    squares = stepper.x.ravel() ** 2 / (sigma**2 * unit)
    # Two-sided, five standard errors of 4000 squared normals: 1 in 10⁶.
    assert abs(squares.mean() - 1) < 5 * math.sqrt(2 / squares.size)
    assert abs(np.corrcoef(stepper.x.T)[0, 1]) < 5 / math.sqrt(2000)  # trajectories hear different noise


@pytest.mark.statistical
@pytest.mark.parametrize("integrator", ["adams", "rk4"])
@pytest.mark.parametrize("dynamics", [mf.Leaky(), FILTER])
def test_covariance_of_one_linear_network(integrator, dynamics):
    """One J, φ(x) = x: the whole N × N covariance against the continuous Lyapunov equation of that J."""
    n, sigma = 40, 0.8
    net = mf.Network(mf.IID(0.5), mf.Nonlinearity("x"), dynamics=dynamics, noise=sigma)
    run = mf.simulate(
        net, n=n, seed=3, trajectories=64, duration=150.0, burn_in=40.0, integrator=integrator, covariance="x"
    )
    J = net.connectivity.sample(n, 3).dense()
    system = StateSpace.of(dynamics)
    A = np.kron(system.A, np.eye(n)) + np.kron(np.outer(system.B, system.C), J)
    shots = np.kron(system.B[:, None], np.eye(n))
    P = solve_continuous_lyapunov(A, -(sigma**2) * shots @ shots.T)
    read = np.kron(system.C, np.eye(n))
    exact = read @ P @ read.T
    found = run.covariance("x")
    # 64 trajectories of about 75 independent times: errors of an entry about 1/√4800 of the variance.
    assert np.abs(found - exact).max() < 6 / math.sqrt(4800) * 2 * exact.diagonal().max()
    assert np.corrcoef(found[~np.eye(n, dtype=bool)], exact[~np.eye(n, dtype=bool)])[0, 1] > 0.8
    C = run.C("x")
    assert abs(Estimate(C.value, C.error + 2e-3 * C.value).z(exact.trace() / n)) < 4.5  # 2e-3: the scheme's own error


def test_defaults_follow_the_dynamics():
    quick = {"n": 20, "seed": 0, "trajectories": 4}
    run = mf.simulate(mf.Network(mf.IID(2.0), dynamics=mf.EulerMap(0.25)), **quick)
    assert (run.dt, run.sampling_interval, run.duration, run.integrator) == (1.0, 4.0, 400.0, "map")
    fast = mf.Rational([20.0], [20.0, 1.0])
    run = mf.simulate(mf.Network(mf.IID(2.0), dynamics=fast), **quick)
    assert run.dt == pytest.approx(0.005)
    assert run.sampling_interval == pytest.approx(0.05)
    assert run.duration == pytest.approx(5.0)


@pytest.mark.parametrize("dt", [0.1, 2.0])
def test_a_map_has_one_step(dt):
    net = mf.Network(mf.IID(2.0), dynamics=mf.EulerMap(0.25))
    with pytest.raises(mf.InvalidNetwork, match=r"^dt = .*discrete time"):
        mf.simulate(net, n=20, seed=0, dt=dt)
    with pytest.raises(mf.InvalidNetwork, match=r"^sampling_interval"):
        mf.simulate(net, n=20, seed=0, sampling_interval=1.5)


@pytest.mark.parametrize("dynamics", [mf.Leaky(), FILTER, mf.EulerMap(0.5)])
def test_noise_is_reproducible_and_its_own(dynamics):
    net = mf.Network(mf.IID(0.8), dynamics=dynamics, noise=0.5)
    options = {"n": 20, "trajectories": 4, "duration": 20.0, "burn_in": 5.0, "keep_states": True}
    a, b, other = (mf.simulate(net, seed=seed, **options) for seed in (0, 0, 1))
    assert np.array_equal(a.states, b.states)
    assert not np.array_equal(a.states, other.states)
