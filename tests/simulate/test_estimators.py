"""The estimators on samples whose true moments are known."""

import numpy as np
import pytest
from scipy.stats import kstest

from mftheory import Erf, Network
from mftheory.network import IID
from mftheory.results.jackknife import jackknife, leave_one_out_pair_mean
from mftheory.results.simulation import Simulation
from mftheory.simulate.estimators import Samples
from mftheory.simulate.nonlinearities import activation

MEMORY = 0.7  # autoregression coefficient: covariance at lag k is MEMORY**k Σ


def gaussian_samples(rng, trajectories=12, times=40, n=30, dtype=np.float64):
    """Stationary autoregressive Gaussian states with spectrum λ_i = 1/(1 + i) of the covariance Σ (diagonal)."""
    scale = np.sqrt(1 / (1 + np.arange(n)))
    states = np.empty((trajectories, times, n))
    states[:, 0] = rng.standard_normal((trajectories, n))
    for t in range(1, times):
        kick = np.sqrt(1 - MEMORY**2) * rng.standard_normal((trajectories, n))
        states[:, t] = MEMORY * states[:, t - 1] + kick
    return Samples((states * scale).astype(dtype), activation(Erf(), dtype))


def simulation(samples):
    return Simulation(
        network=Network(IID(2.0)),
        n=samples.n,
        seed=0,
        trajectories=samples.trajectories,
        dt=0.1,
        duration=float(samples.times),
        burn_in=0.0,
        sampling_interval=1.0,
        dtype=samples.states.dtype.name,
        integrator="adams",
        status="equilibrated",
        drift=0.0,
        max_memory=1e9,
        samples=samples,
    )


@pytest.mark.numeric
@pytest.mark.parametrize("observable", ["x", "phi"])
@pytest.mark.parametrize(("lag1", "lag2"), [(0, 0), (3, 0), (2, 5)])
def test_time_by_time_equals_neuron_by_neuron(observable, lag1, lag2):
    samples = gaussian_samples(np.random.default_rng(0), trajectories=4, times=30, n=7)
    a = samples.observable(observable, 0, samples.times)
    width = samples.times - max(lag1, lag2)

    def covariance(b, lag):
        return a[b, :width].T @ a[b, lag : lag + width] / width

    pairs = samples.pair_products(observable, lag1, lag2)
    for b in range(4):
        for c in range(4):
            if b != c:
                one_way = np.sum(covariance(b, lag1) * covariance(c, lag2))
                other_way = np.sum(covariance(b, lag2) * covariance(c, lag1))
                # The same sums in another order: round-off; observed 1e-15 relative.
                assert np.isclose(pairs[b, c], (one_way + other_way) / 2 / samples.n, rtol=1e-12)


@pytest.mark.statistical
def test_two_and_four_point_functions_are_unbiased_with_honest_errors():
    n, repetitions = 30, 120
    spectrum = 1 / (1 + np.arange(n))
    c, psi = spectrum.mean(), np.sum(spectrum**2) / n
    truth = {"C": c, "C(2)": c * MEMORY**2, "Psi": psi, "Psi(2,1)": psi * MEMORY**3, "dimension": c**2 / psi}
    truth["timescale"] = MEMORY**2
    found = {name: [] for name in truth}
    plug_in = []
    for repetition in range(repetitions):
        run = simulation(gaussian_samples(np.random.default_rng([7, repetition]), trajectories=24))
        estimates = {
            "C": run.C("x"),
            "C(2)": run.C("x", 2),
            "Psi": run.Psi("x"),
            "Psi(2,1)": run.Psi("x", 2, 1),
            "dimension": run.dimension("x"),
            "timescale": run.timescale("x", 2),
        }
        for name, estimate in estimates.items():
            found[name].append((estimate.value, estimate.error))
        plug_in.append(run.plug_in_dimension("x"))
    for name, pairs in found.items():
        value, error = np.array(pairs).T
        # Mean value: within 4 of its own standard errors (a chance of 1 in 16,000 each). Observed below 1.5.
        bias = (value.mean() - truth[name]) / (value.std(ddof=1) / np.sqrt(repetitions))
        assert abs(bias) < 4, (name, bias)
        # Quoted error: a standard deviation from 120 repetitions is known to 6.5%.
        assert 0.75 < np.sqrt(np.mean(error**2)) / value.std(ddof=1) < 1.3, (name, error.mean(), value.std())
        z = (value - truth[name]) / error
        assert kstest(z, "t", args=(23,)).pvalue > 1e-3, (name, kstest(z, "t", args=(23,)).pvalue)
    plug_in = np.array(plug_in)
    # The plug-in estimator at 960 correlated samples is biased low: it must be seen to be.
    assert plug_in.mean() < truth["dimension"] - 3 * plug_in.std() / np.sqrt(repetitions)


@pytest.mark.numeric
def test_single_precision_states_change_nothing_visible():
    double = gaussian_samples(np.random.default_rng(3), n=200)
    single = Samples(double.states.astype(np.float32), activation(Erf(), np.float32))
    for observable in ("x", "phi"):
        precise, rough = simulation(double).dimension(observable), simulation(single).dimension(observable)
        # Rounding of states and products, averaged over many; observed 1e-7. Sampling error here is 2e-2.
        assert abs(rough.value / precise.value - 1) < 3e-6


@pytest.mark.numeric
def test_windows_keep_the_estimate_and_nearly_all_its_precision(monkeypatch):
    values = {}
    for width in (32, 1000):
        monkeypatch.setattr(Samples, "_window", lambda self, lag, w=width: w)
        values[width] = [
            simulation(gaussian_samples(np.random.default_rng([5, k]), times=128)).Psi("x").value for k in range(60)
        ]
    full, windowed = np.array(values[1000]), np.array(values[32])
    difference = windowed - full
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(60)
    # Fewer pairs, same trajectories: the standard deviation grows by 2% here; 20% would be a broken weight.
    assert windowed.std() < 1.2 * full.std()


def test_covariance_is_the_plain_average():
    samples = gaussian_samples(np.random.default_rng(1), trajectories=5, times=9, n=4, dtype=np.float32)
    flat = samples.states.reshape(-1, 4).astype(np.float64)
    run = simulation(samples)
    # Sums of 45 products in float64: round-off.
    assert np.allclose(run.covariance("x"), flat.T @ flat / 45, rtol=1e-12)
    eigenvalues = run.eigenvalues("x")
    assert np.all(np.diff(eigenvalues) <= 0)
    ratio = eigenvalues.sum() ** 2 / (4 * np.sum(eigenvalues**2))
    assert np.isclose(run.plug_in_dimension("x"), ratio, rtol=1e-12)


@pytest.mark.exact
def test_jackknife_removes_first_order_bias():
    # The square of a mean is biased by variance/m; its jackknife is the unbiased pair product, exactly.
    units = np.random.default_rng(0).standard_normal(9)
    deleted = ((units.sum() - units) / 8) ** 2
    pairs, _ = leave_one_out_pair_mean(np.outer(units, units))
    assert np.isclose(jackknife(units.mean() ** 2, deleted).value, pairs, rtol=1e-12)
