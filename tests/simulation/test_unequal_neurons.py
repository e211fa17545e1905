"""Neurons that differ in noise, constant input, time constant and filter: schemes, statistics, clock, the whole."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from made_samples import neurons
from scipy.integrate import solve_ivp
from scipy.linalg import block_diag, solve_continuous_lyapunov
from scipy.signal import tf2ss

import mftheory as mf
from mftheory.network import Dense
from mftheory.network.sampled import NeuronGroup, SampledNetwork
from mftheory.simulation.clock import clock
from mftheory.simulation.integrate import ExponentialAdams, RungeKutta
from mftheory.simulation.network_simulation import simulate
from mftheory.simulation.neuron_filters import adams_weights
from mftheory.simulation.nonlinearities import activation
from mftheory.simulation.observables import observables
from mftheory.simulation.pushed_response import measure_response
from mftheory.simulation.steppers import stepper

PHI = activation(mf.Erf(), np.float64)
FILTER = mf.Rational([1.0, 0.3], [2.0, 3.0, 2.0, 1.0])
ALPHA = mf.Rational([1.0], [1.0, 1.0, 0.25])
SIZES = (8, 7, 5)
TAU, BIAS = np.linspace(0.6, 3.0, 8), np.linspace(-1.0, 1.0, 20)
SIGMA = np.linspace(0.2, 1.4, 20)


def linear(x, out):
    np.copyto(out, x)


def mixture(noise=False):
    """Leaky neurons with time constants of their own, and two filters."""
    dynamics = (mf.Leaky(tau=TAU), FILTER, ALPHA)
    parts = np.split(BIAS, np.cumsum(SIZES)[:-1]), np.split(SIGMA if noise else 0 * SIGMA, np.cumsum(SIZES)[:-1])
    return tuple(neurons(n, d, sigma, b)[0] for n, d, b, sigma in zip(SIZES, dynamics, *parts, strict=True))


def system(groups):
    """(A, B, C) of all neurons by SciPy's canonical form, states neuron by neuron."""
    blocks = []
    for group in groups:
        for tau in np.broadcast_to(group.tau, group.size):
            n, d = (
                ([1.0], [1.0, tau])
                if isinstance(group.dynamics, mf.Leaky)
                else (
                    group.dynamics.numerator,
                    group.dynamics.denominator,
                )
            )
            blocks.append(tf2ss(n[::-1], d[::-1])[:3])
    return tuple(block_diag(*each) for each in zip(*blocks, strict=True))


def couplings():
    return mf.IID(2.0).sample(20, seed=1)


def reference(J, x0, groups, time):
    """x at a time, from filters at rest under the drive x0, by an independent integrator at tolerance 1e-12."""
    A, B, C = system(groups)
    start = -np.linalg.solve(A, B @ x0)

    def velocity(_, z):
        return A @ z + B @ (J @ mf.Erf()(C @ z) + BIAS)

    return C @ solve_ivp(velocity, (0, time), start, method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]


@pytest.mark.numeric
@pytest.mark.parametrize("mixed", [False, True], ids=["leaky", "mixed"])
@pytest.mark.parametrize(("scheme", "order"), [(ExponentialAdams, 3), (RungeKutta, 4)])
def test_schemes_converge_at_their_order(scheme, order, mixed):
    groups = mixture() if mixed else neurons(20, mf.Leaky(tau=np.linspace(0.6, 3.0, 20)), bias=BIAS)
    J, x0 = couplings(), 2.0 * np.random.default_rng(2).standard_normal(20)
    errors = []
    for dt in (0.1, 0.05, 0.025):
        # Exact past inputs are not known before the start: it is made by small steps of Runge-Kutta.
        run = scheme(J, PHI, x0[:, None].copy(), dt, groups)
        fine = RungeKutta(J, PHI, x0[:, None].copy(), dt / 16, groups)
        if scheme is ExponentialAdams:
            for _ in range(2):
                run.past.remember(J @ mf.Erf()(fine.x) + BIAS[:, None])
                fine.advance(16)
            run.state()[...] = fine.state()
            run._read()
        run.advance(round(1 / dt) - (2 if scheme is ExponentialAdams else 0))
        errors.append(np.abs(run.x[:, 0] - reference(J, x0, groups, 1.0)).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    # The next power of dt contributes; observed 2.9 to 3.2 and 3.9 to 4.1.
    assert np.all(np.abs(orders - order) < 0.4), (errors, orders)
    assert errors[-1] < 1e-4


@pytest.mark.numeric
@pytest.mark.parametrize("integrator", ["adams", "rk4"])
def test_the_fixed_point_of_constant_inputs_is_exact(integrator):
    """φ(x) = x without noise: x = H(0) (J x + b), whatever the step."""
    J = 0.3 * np.random.default_rng(0).standard_normal((20, 20)) / math.sqrt(20)
    run = stepper(integrator, Dense(J), linear, np.zeros((20, 2)), 0.2, mixture(), np.random.SeedSequence(0).spawn(2))
    run.advance(600)
    H0 = np.repeat([1.0, FILTER.transfer(0.0).real, 1.0], SIZES)
    exact = np.linalg.solve(np.diag(1 / H0) - J, BIAS)
    assert np.allclose(run.x, exact[:, None], atol=1e-12)  # rounding; seen 1e-15


@pytest.mark.numeric
def test_slow_neurons_keep_their_time_constant_in_single_precision():
    """e^{-dt/τ} is within 1e-5 of 1, of which float32 has two digits; the leak itself has all."""
    tau = np.array([1.0, 1e4])
    x = np.ones((2, 3), np.float32)
    run = ExponentialAdams(Dense(np.zeros((2, 2), np.float32)), linear, x, 0.1, neurons(2, mf.Leaky(tau=tau)))
    run.advance(10000)
    # With the factor rounded to float32 the error is 1.4e-4; with the leak, rounding of each step: seen 7e-7.
    assert run.x[1] == pytest.approx(math.exp(-0.1), rel=1e-5)


@pytest.mark.numeric
def test_weights_of_slow_neurons_are_those_of_their_own_time():
    tau = np.array([0.5, 1.0, 4.0])
    run = ExponentialAdams(Dense(np.zeros((3, 3))), linear, np.zeros((3, 1)), 0.1, neurons(3, mf.Leaky(tau=tau)))
    expected = [adams_weights(0.1 / t, 3) for t in tau]
    assert np.allclose(run._parts[0][0]._weights[2], expected, rtol=1e-14)


CASES = {
    "adams": ("adams", 0.7, 60, (mf.Leaky(tau=np.tile([0.7, 1.0, 5.0, 0.8], 500)),)),
    "rk4": ("rk4", 0.025, 800, (mf.Leaky(tau=np.tile([0.7, 1.0, 2.0, 0.8], 500)),)),
    "mixed": ("adams", 0.7, 60, (mf.Leaky(tau=np.tile([0.7, 3.0], 500)), FILTER)),
    "mixed-rk4": ("rk4", 0.025, 1200, (mf.Leaky(tau=np.tile([0.7, 2.0], 500)), FILTER)),
    "maps": ("adams", 1.0, 100, (mf.EulerMap(0.4), mf.EulerMap(1.3))),
}


@pytest.mark.statistical
@pytest.mark.parametrize("case", CASES)
def test_noise_and_mean_of_uncoupled_neurons(case):
    """J = 0: mean H(0) b_i and variance σ_i² ∫ h², σ_i²/(2τ_i) of a leaky neuron; 4000 independent numbers."""
    integrator, dt, steps, dynamics = CASES[case]
    size = 2000 // len(dynamics)
    sigma, bias = np.tile([0.5, 1.0, 2.0, 4.0], size // 4), np.tile([0.0, -1.0, 2.0, 5.0, 1.0], size // 5)
    groups = [neurons(size, d, sigma, bias)[0] for d in dynamics]
    seeds = np.random.SeedSequence(11).spawn(2)
    zero = mf.network.Factored(np.zeros((2000, 1)), np.zeros((2000, 1)))
    run = stepper(integrator, zero, linear, np.zeros((2000, 2)), dt, groups, seeds)
    run.advance(steps)
    for k, d in enumerate(dynamics):
        if isinstance(d, mf.EulerMap):
            unit, H0 = d.delta**2 / (1 - (1 - d.delta) ** 2), 1.0
        elif isinstance(d, mf.Leaky):
            unit, H0 = 1 / (2 * np.asarray(d.tau)), 1.0
        else:
            A, B, C = tf2ss(d.numerator[::-1], d.denominator[::-1])[:3]
            unit, H0 = (C @ solve_continuous_lyapunov(A, -B @ B.T) @ C.T).item(), d.transfer(0.0).real
        x = run.x[k * size : (k + 1) * size]
        z = (x - (H0 * bias)[:, None]) / (sigma * np.sqrt(unit))[:, None]
        # Two-sided, five standard errors: of each kind of neuron too, which are every fourth. Runge-Kutta's own
        # error is (dt/τ)²/12 or so of the variance, 1e-4.
        for part in (z, *(z[j::4] for j in range(4))):
            assert abs(np.mean(part**2) - 1) < 5 * math.sqrt(2 / part.size)
            assert abs(np.mean(part)) < 5 / math.sqrt(part.size)
        assert abs(np.corrcoef(z.T)[0, 1]) < 5 / math.sqrt(size)  # trajectories hear different noise


@dataclass(frozen=True)
class Fixed:
    """A network that is drawn already."""

    drawn: SampledNetwork

    def draw(self, n: int, seed: int) -> SampledNetwork:
        return self.drawn


def linear_network(groups, J, scale=0.5):
    made = tuple(
        NeuronGroup(g.size, mf.Nonlinearity("x"), {f"x{k}": None}, {f"phi{k}": None}, g.dynamics, g.noise, g.bias)
        for k, g in enumerate(groups)
    )
    names = tuple(name for k in range(len(made)) for name in (f"phi{k}", f"x{k}"))
    return Fixed(SampledNetwork(Dense(J), made, scale, names))


@pytest.mark.statistical
@pytest.mark.parametrize("integrator", ["adams", "rk4"])
def test_covariance_of_a_linear_network_of_different_filters(integrator):
    """One J, three kinds of neurons, noise and constant input of each: the Lyapunov equation, and the means."""
    groups = mixture(noise=True)
    J = 0.4 * np.random.default_rng(0).standard_normal((20, 20)) / math.sqrt(20)
    run = simulate(
        linear_network(groups, J),
        20,
        3,
        trajectories=64,
        duration=300.0,
        burn_in=60.0,
        integrator=integrator,
        covariance=True,
    )
    A, B, C = system(groups)
    A = A + B @ J @ C
    P = C @ solve_continuous_lyapunov(A, -B @ np.diag(SIGMA**2) @ B.T) @ C.T
    start = 0
    for k, size in enumerate(SIZES):
        exact = P[start : start + size, start : start + size]
        found = run.covariance(f"x{k}")
        # 64 trajectories of about 75 independent times: the error of an entry is about √(C_ii C_jj)/70; two-sided,
        # 4.5 of them and the scheme's 1e-3.
        scale = np.sqrt(np.outer(exact.diagonal(), exact.diagonal()))
        assert np.abs(found - exact).max() < (4.5 / 70 + 1e-3) * scale.max()
        assert np.abs(found.diagonal() / exact.diagonal() - 1).max() < 6 / 70
        C0 = run.C(f"x{k}")
        assert abs(C0.value - exact.trace() / size) < 4.5 * C0.error + 2e-3 * C0.value
        start += size


@pytest.mark.numeric
def test_maps_are_the_map():
    J, delta = couplings().dense(), np.repeat([0.3, 1.6], 10)
    groups = [neurons(10, mf.EulerMap(d), bias=b)[0] for d, b in zip((0.3, 1.6), np.split(BIAS, 2), strict=True)]
    x = np.random.default_rng(0).standard_normal((20, 4))
    run = stepper("adams", Dense(J), PHI, x.copy(), 1.0, groups, np.random.SeedSequence(0).spawn(4))
    run.advance(7)
    for _ in range(7):
        x = (1 - delta[:, None]) * x + delta[:, None] * (J @ mf.Erf()(x) + BIAS[:, None])
    assert np.allclose(run.x, x, rtol=1e-12)  # rounding, amplified by seven steps


@pytest.mark.numeric
@pytest.mark.parametrize("integrator", ["adams", "rk4"])
def test_response_of_uncoupled_neurons(integrator):
    """J = 0, φ(x) = x: S(t) = ⟨e^{-t/τ}/τ⟩ over the neurons, exactly."""
    tau = np.array([0.5, 1.0, 2.0, 4.0])
    group = NeuronGroup(4, mf.Nonlinearity("x"), {"x": None}, {}, mf.Leaky(tau=tau))
    seeds = np.random.SeedSequence(0).spawn(8)
    run = stepper(integrator, Dense(np.zeros((4, 4))), linear, np.ones((4, 8)), 0.05, [group], seeds)
    response = measure_response(run, observables([group], ("x",), None, float), 0, 0.05, 40, 2, False, lambda _: None)
    exact = np.mean(np.exp(-0.05 * np.arange(41)[:, None] / tau) / tau, axis=1)
    # Pushes of 1e-6 keep ten digits; Runge-Kutta's own error is (dt/τ)⁴/120 a time constant.
    assert np.allclose(response.by_observable["x"], exact[:, None], rtol=1e-6)


def test_steps_fit_the_fastest_neuron_and_durations_the_slowest():
    drawn = linear_network(mixture(), np.zeros((20, 20))).drawn
    times = clock(Fixed(drawn), drawn, None, None, None, None, None, None)
    fastest = np.abs(np.concatenate([FILTER.poles, ALPHA.poles])).max()
    assert times.dt == pytest.approx(0.1 / fastest)  # 0.05: faster than the leaky ones
    assert times.interval == pytest.approx(3.0, abs=times.dt)
    assert times.times * times.interval == pytest.approx(300.0, rel=0.02)
    assert times.shortest * times.interval == pytest.approx(40 * 3.0, rel=0.05)
    with pytest.raises(mf.InvalidNetwork, match=r"shortest time constant, 0\.5"):
        clock(Fixed(drawn), drawn, 0.6, None, None, None, None, None)


def test_one_time_constant_of_all_is_a_unit_of_time():
    """With τ = 4 everything is as with τ = 1, four times slower: the same states, bit for bit."""
    runs = []
    for tau in (1.0, 4.0):
        net = mf.Network(mf.IID(3.0), dynamics=mf.Leaky(tau=tau))
        unit = {"duration": 10 * tau, "burn_in": 5 * tau, "trajectories": 4, "keep_states": True}
        runs.append(mf.simulate(net, n=20, seed=0, **unit))
    assert runs[1].dt == 4 * runs[0].dt
    assert np.array_equal(runs[0].states, runs[1].states)


def test_maps_beside_other_neurons_are_refused():
    groups = (*neurons(2), *neurons(2, mf.EulerMap(0.5)))
    with pytest.raises(mf.InvalidNetwork, match="maps in all groups"):
        SampledNetwork(Dense(np.zeros((4, 4))), groups, 1.0, ("x",))


def of_each_neuron(states):
    """Mean, variance and covariance at a lag of one sample of each neuron, (3, n), of each trajectory (times, n, B)."""
    about = states - states.mean(axis=(0, 2), keepdims=True)
    each = states.mean(axis=0), np.mean(about**2, axis=0), np.mean(about[1:] * about[:-1], axis=0)
    values = np.array(each)
    return values.mean(axis=2), values.var(axis=2, ddof=1) / values.shape[2]


@pytest.mark.long
@pytest.mark.statistical
def test_a_network_against_euler_maruyama():
    """400 neurons that differ in τ, noise and constant input, the same J: plain NumPy with a small step."""
    n, dt, trajectories, draw = 400, 0.005, 24, np.random.default_rng(5)
    tau, sigma, bias = draw.uniform(0.5, 2.0, n), draw.uniform(0.1, 0.8, n), 0.5 * draw.standard_normal(n)
    net = mf.Network(mf.IID(1.0), mf.Tanh(), dynamics=mf.Leaky(tau=tau), noise=sigma, bias=bias)
    settings = {"duration": 120.0, "burn_in": 40.0, "sampling_interval": 1.0, "keep_states": True}
    run = mf.simulate(net, n=n, seed=4, trajectories=48, **settings)
    J = net.connectivity.sample(n, 4).dense()
    x, samples = draw.standard_normal((n, trajectories)), []
    every = round(1 / dt)
    for step in range(80 * every):
        velocity = J @ np.tanh(x) + bias[:, None] - x
        x += (dt * velocity + math.sqrt(dt) * sigma[:, None] * draw.standard_normal(x.shape)) / tau[:, None]
        if step >= 20 * every and step % every == 0:
            samples.append(x.copy())
    plain, its_variance = of_each_neuron(np.array(samples))
    found, variance = of_each_neuron(np.moveaxis(run.states.astype(float), 0, 2))
    z = (found - plain) / np.sqrt(variance + its_variance)
    # Two-sided. The 400 deviates of each kind are nearly independent, of variance 1.05 (Student's t), and Euler's step
    # adds 0.3% of a variance, 0.06 of its error. Seen: means up to 0.07, mean
    # squares 1.00 to 1.12.
    assert np.all(np.abs(np.mean(z, axis=1)) < 0.06 + 4.5 / math.sqrt(n))
    assert np.all(np.abs(np.mean(z**2, axis=1) - 1.05) < 6 * math.sqrt(2 / n))
    # It has power: against the numbers of another neuron the deviates are much larger.
    other = (np.roll(found, 1, axis=1) - plain) / np.sqrt(np.roll(variance, 1, axis=1) + its_variance)
    assert np.all(np.mean(other**2, axis=1) > 10)
    C = run.C("x")
    assert (
        abs(C.value - plain[1].mean())
        < 4.5 * math.hypot(C.error, math.sqrt(its_variance[1].mean() / n)) + 4e-3 * C.value
    )
