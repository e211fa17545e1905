from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

from mftheory import (
    IID,
    Erf,
    InvalidNetwork,
    Network,
    Nonlinearity,
    NotConverged,
    PartiallySymmetric,
    Quiescent,
    RandomMode,
    Tanh,
)
from mftheory.simulation import equilibration
from mftheory.simulation.network_simulation import simulate

NET = Network(IID(3.0))
SMALL = {"trajectories": 8, "duration": 20.0, "burn_in": 5.0}


def test_one_seed_is_one_result():
    first, again, other = (simulate(NET, 60, seed, **SMALL) for seed in (3, 3, 4))
    assert first.dimension() == again.dimension()
    assert first.dimension() != other.dimension()
    assert first.provenance() == again.provenance()


@pytest.mark.statistical
def test_initial_conditions_do_not_reuse_the_stream_of_the_couplings():
    couplings = NET.connectivity.sample(60, 5).dense()
    run = simulate(
        NET, 60, 5, trajectories=64, duration=0.2, burn_in=1e-9, dt=0.1, sampling_interval=0.1, keep_states=True
    )
    # J regenerated from the start it would have had, had both used one stream: correlation 1; independent: 1/60.
    start = run.states[:, 0]
    same_stream = couplings @ Erf()(np.random.default_rng(5).standard_normal((60, 64)) * 3.0)
    correlation = np.corrcoef(start.T.ravel(), same_stream.ravel())[0, 1]
    assert abs(correlation) < 0.5


@pytest.mark.statistical
def test_published_dimension_and_exact_two_point_function():
    """[CMvML25] Fig. 4(a): PR^φ = 0.0617 at g_eff = 10, effective rank 1; C^φ(0) = 0.9154 at N → ∞."""
    net = Network(RandomMode.exponential(10.0, 1.0))
    runs = [simulate(net, 500, seed, trajectories=16, duration=60) for seed in range(12)]
    log = np.log([run.dimension().value for run in runs])
    error = log.std(ddof=1) / np.sqrt(12)
    # Spread between networks 0.24, so 0.07 for the mean; a 1/N term of about +0.08 is allowed for in full.
    assert abs(log.mean() - 0.04 - np.log(0.0617)) < 4 * error + 0.04
    c = np.array([run.C().value for run in runs])
    # 1/N correction and spread are below 0.2% at N = 500; observed 0.9149(5).
    assert abs(c.mean() - 0.91544) < 0.003


@pytest.mark.statistical
def test_integrators_and_precisions_agree_in_their_statistics():
    common = {"trajectories": 48, "duration": 80.0}
    runs = [
        simulate(NET, 120, 1, **common),
        simulate(NET, 120, 1, **common, integrator="rk4", dt=0.2),
        simulate(NET, 120, 1, **common, dtype=np.float64),
    ]
    for quantity in ("C", "Psi", "dimension"):
        for observable in ("phi", "x"):
            values = [getattr(run, quantity)(observable) for run in runs]
            for other in values[1:]:
                # One network, independent trajectories (chaos): a difference of two estimates, two-sided 4 sigma.
                assert abs(values[0].value - other.value) < 4 * np.hypot(values[0].error, other.error)


@pytest.mark.statistical
def test_lagged_functions_are_consistent():
    run = simulate(NET, 100, 0, trajectories=32, duration=60.0, sampling_interval=0.5)
    assert run.C("phi", 0.0).value > run.C("phi", 0.5).value > run.C("phi", 2.0).value
    assert run.Psi("phi", 1.0, 2.0) == run.Psi("phi", 2.0, 1.0)
    assert 0 < run.timescale("phi", 2.0).value < 1
    assert run.timescale("phi", 0.0).value == pytest.approx(1.0, abs=1e-12)
    data = run.to_xarray(max_lag=2.0)
    assert data["C"].shape == (2, 5)
    assert float(data["Psi"].sel(observable="x", tau=1.0)) == run.Psi("x", 1.0, 0.0).value
    assert data.attrs["seed"] == 0


def test_a_run_that_still_drifts_says_so():
    near_onset = Network(IID(1.3))
    with pytest.warns(UserWarning, match="not equilibrated"):
        run = simulate(near_onset, 200, 0, trajectories=64, duration=20.0, burn_in=0.1)
    assert "not equilibrated" in run.status
    assert run.drift > 4


def test_the_default_burn_in_extends_itself_until_stationary(monkeypatch):
    monkeypatch.setattr(equilibration, "MIN_BURN_IN", 0.1)
    run = simulate(NET, 200, 2, trajectories=64, duration=10.0)
    assert run.status == "equilibrated"
    assert run.drift < 4
    assert run.burn_in >= 10.1 - 1e-9
    assert run.duration == pytest.approx(10.0)


@pytest.mark.statistical
@pytest.mark.parametrize(("seed", "slowest"), [(1, 13), (2, 80), (9, 136)])
def test_burn_in_is_found_out_where_one_mode_is_slow(seed, slowest):
    """Linear networks with noise, whose slowest mode relaxes in 13, 80 and 136 time constants of a neuron."""
    net = Network(IID(0.97), Nonlinearity("x"), noise=1.0)
    J = net.connectivity.sample(50, seed).dense()
    assert 1 / (1 - np.linalg.eigvals(J).real.max()) == pytest.approx(slowest, rel=0.05)
    P = solve_continuous_lyapunov(J - np.eye(50), -np.eye(50))
    run = simulate(net, 50, seed, trajectories=32)
    assert run.status == "equilibrated"
    assert run.burn_in >= min(slowest, 80)  # seen 40, 80, 320
    # Chance: 4 errors; had the slow mode not settled, C would be 20% too small: 4 to 6 errors more.
    assert abs(run.C("x").z(np.trace(P) / 50)) < 4
    assert abs(run.Psi("x").z(np.sum(P * P) / 50)) < 4


def test_states_that_grow_without_bound_do_not_pass():
    net = Network(IID(0.97), Nonlinearity("x"), noise=1.0)
    slow, fast = (0.9, 4), (3.0, 0)  # growth rates 0.02 and 2
    with pytest.warns(UserWarning, match="not equilibrated|too short a run"):
        run = simulate(replace(net, connectivity=IID(slow[0])), 50, slow[1], trajectories=8)
    assert run.status != "equilibrated"
    with pytest.raises(NotConverged, match=r"no longer finite|beyond all bounds"):
        simulate(replace(net, connectivity=IID(fast[0])), 50, fast[1], trajectories=8)


def test_the_default_step_is_as_long_as_its_bias_allows():
    small = {"n": 20, "seed": 0, "trajectories": 4, "duration": 4.0, "burn_in": 1.0}
    cases = [
        (Network(IID(2.0)), 1 / 5),
        (Network(RandomMode.exponential(6.0, 0.5)), 1 / 8),
        (Network(IID(20.0), Tanh()), 1 / 15),
        (Network(IID(2.0), noise=0.5), 1 / 10),
        (Network(PartiallySymmetric(2.0, 0.3)), 1 / 10),
        (Network(IID(2.0), Nonlinearity("atan(x)")), 1 / 10),
    ]
    for net, step in cases:
        assert simulate(net, **small).dt == pytest.approx(step, rel=1e-12)
        assert simulate(net, **small).sampling_interval == pytest.approx(1.0, rel=1e-12)
    # Given the time between samples, a whole number of steps.
    assert simulate(NET, **small, sampling_interval=0.5).dt == pytest.approx(1 / 6, rel=1e-12)


def test_activity_that_dies_out_is_an_error():
    with pytest.raises(Quiescent, match="died out"):
        simulate(Network(IID(0.5)), 40, 0, trajectories=4)


@pytest.mark.parametrize("formula", ["log(1 + exp(x))", "tanh(x + 0.5)"])
def test_rest_at_a_fixed_point_is_not_called_dead(formula):
    with pytest.raises(Quiescent, match=r"came to rest at a fixed point \(mean square .* of x\)"):
        simulate(Network(IID(0.9), Nonlinearity(formula)), 40, 0, trajectories=5)


@pytest.mark.parametrize(("formula", "g"), [("log(1 + exp(x))", 3.0), ("x**3", 3.0), ("x", 3.0)])
def test_growth_of_what_does_not_saturate_is_not_blamed_on_the_step(formula, g):
    with pytest.raises(NotConverged, match="let φ saturate"):
        simulate(Network(IID(g), Nonlinearity(formula)), 50, 0, trajectories=5, duration=20.0)


def test_rest_at_fixed_points_is_said_and_known_to_no_precision():
    # Near the onset small networks stop: one dimension, and trajectories that agree to many digits.
    with pytest.warns(UserWarning, match="at rest: 96 of 96 trajectories"):
        run = simulate(Network(IID(1.5)), 100, 1, trajectories=96, duration=40.0, burn_in=100.0)
    assert run.dimension().value == pytest.approx(0.01, rel=1e-2)
    assert run.dimension().error == run.C().error == run.Psi().error == np.inf
    assert run.attractors.count("at rest") == 96
    assert run.attractors.different("at rest") == 1  # and its mirror image
    assert run.record()["at_rest"] == 96


@pytest.mark.statistical
def test_target_lengthens_the_run_until_the_error_is_met():
    short = simulate(NET, 120, 1, trajectories=16, duration=20.0)
    target = 0.5 * short.dimension().error / short.dimension().value
    long = simulate(NET, 120, 1, trajectories=16, duration=20.0, target=target)
    assert long.dimension().error <= target * long.dimension().value
    assert long.duration > 2 * short.duration
    with pytest.warns(UserWarning, match="not reached"):
        simulate(NET, 120, 1, trajectories=4, duration=2.0, target=1e-4)


@pytest.mark.parametrize("nonlinearity", [Erf(), Tanh()])
@pytest.mark.parametrize("rank", [0.2, 0.7, 1.5])
def test_factored_and_dense_couplings_and_both_nonlinearities(nonlinearity, rank):
    run = simulate(Network(RandomMode.step(5.0, rank), nonlinearity), 60, 1, **SMALL)
    assert 0 < run.dimension("x").value < 1
    assert repr(run).startswith("Simulation(n=60, seed=1")


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"n": 1}, "n"),
        ({"n": 10.5}, "n"),
        ({"n": "many"}, "n"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"dt": 0}, "dt"),
        ({"dt": float("nan")}, "dt"),
        ({"duration": -1}, "duration"),
        ({"burn_in": -1}, "burn_in"),
        ({"trajectories": 3}, "trajectories"),
        ({"target": 0}, "target"),
        ({"sampling_interval": 0.25, "dt": 0.1}, "sampling_interval"),
        ({"sampling_interval": -1.0}, "sampling_interval"),
        ({"dtype": "float16"}, "dtype"),
        ({"dtype": "nonsense"}, "dtype"),
        ({"integrator": "euler"}, "integrator"),
        ({"max_memory": 1000.0}, "max_memory"),
        ({"network": IID(2.0)}, "network"),
    ],
)
def test_bad_input_names_the_argument(changes, argument):
    arguments = {"network": NET, "n": 50, "seed": 0, **changes}
    with pytest.raises(InvalidNetwork) as caught:
        simulate(**arguments)
    assert caught.value.argument == argument


def test_bad_questions_name_the_argument():
    run = simulate(NET, 20, 0, **SMALL)
    for question, argument in (
        (lambda: run.dimension("y"), "observable"),
        (lambda: run.covariance("Phi"), "observable"),
        (lambda: run.C("phi", 0.35), "tau"),
        (lambda: run.C("phi", -1.0), "tau"),
        (lambda: run.C("phi", "soon"), "tau"),
        (lambda: run.Psi("phi", 1.0, 1e3), "tau2"),
        (lambda: run.timescale("phi", float("nan")), "tau"),
    ):
        with pytest.raises(InvalidNetwork) as caught:
            question()
        assert caught.value.argument == argument
