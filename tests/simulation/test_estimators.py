"""The estimators on samples whose true moments are known."""

import numpy as np
import pytest
from made_samples import MEMORY, autoregressive, measured, simulation
from scipy.stats import kstest

from mftheory.results.jackknife import jackknife, leave_one_out_pair_mean
from mftheory.results.moments import mean_of_pairs
from mftheory.simulation.accumulate import MAX_SEGMENTS, block_length
from mftheory.simulation.gram import lagged_products


@pytest.mark.numeric
@pytest.mark.parametrize("lags", [0, 3, 5])
def test_time_by_time_equals_neuron_by_neuron(lags):
    """Products of pairs of trajectories against covariance matrices, entry for entry, at all lags."""
    a = np.random.default_rng(0).standard_normal((4, 30, 7))
    parts = (slice(0, 10), slice(10, 30))
    found = lagged_products(a, lags, parts)
    two, rows = found.two, found.pairs

    def covariance(b, lag):
        return a[b, : 30 - lag].T @ a[b, lag:] / (30 - lag)

    for lag1 in range(lags + 1):
        own = [np.trace(covariance(b, lag1)) / 7 for b in range(4)]
        assert np.allclose(two[lag1], own, rtol=1e-12, atol=1e-15)  # the same sums in another order: rounding
        for lag2 in range(lags + 1):
            # Each pair of trajectories gives the lags in one order, odd and even ones in different orders.
            pairs = np.zeros((4, 4))
            for b in range(4):
                for c in range(b + 1, 4):
                    large, small = max(lag1, lag2), min(lag1, lag2)
                    first, second = (large, small) if (c - b) % 2 else (small, large)
                    pairs[b, c] = pairs[c, b] = np.sum(covariance(b, first) * covariance(c, second)) / 7
            assert np.allclose(rows[lag1, lag2], pairs.sum(axis=1) / 3, rtol=1e-12, atol=1e-15)
    for k, part in enumerate(parts):
        alone = lagged_products(np.ascontiguousarray(a[:, part]), 0, ())
        assert np.allclose(found.part_two[k], alone.two[0], rtol=1e-12)
        assert np.allclose(found.part_pairs[k], alone.pairs[0, 0], rtol=1e-12)


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
        states = autoregressive(np.random.default_rng([7, repetition]), 24, 40, n)
        run = simulation(states, names=("x",), lags=2, covariance=True, block=20)
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
    double = autoregressive(np.random.default_rng(3), 12, 40, 200)
    for observable in ("x", "phi"):
        precise, rough = (simulation(states).dimension(observable) for states in (double, double.astype(np.float32)))
        # Rounding of states and products, averaged over many; observed 1e-7. Sampling error here is 2e-2.
        assert abs(rough.value / precise.value - 1) < 3e-6


@pytest.mark.numeric
def test_blocks_keep_the_estimate_and_nearly_all_its_precision():
    values = {}
    for width in (32, 128):
        values[width] = [
            simulation(autoregressive(np.random.default_rng([5, k]), 12, 128, 30), names=("x",), block=width).Psi("x")
            for k in range(60)
        ]
    full, blocks = (np.array([estimate.value for estimate in values[width]]) for width in (128, 32))
    difference = blocks - full
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(60)
    # Fewer pairs, same trajectories: the standard deviation grows by 2% here; 20% would be a broken weight.
    assert blocks.std() < 1.2 * full.std()


@pytest.mark.exact
def test_joining_stretches_of_a_run_changes_nothing_and_bounds_their_number():
    states = autoregressive(np.random.default_rng(2), 5, 400, 6)
    squares = (states**2).mean(axis=2)
    for block in (100, 8, 3):
        (many,) = measured(states, names=("x",), block=block)
        assert len(many.segments) == MAX_SEGMENTS
        assert sum(s.times for s in many.segments) == many.times == 400
        # Joined where it is shortest: no stretch is longer than a few of the shortest.
        assert max(s.times for s in many.segments) <= 4 * 400 / MAX_SEGMENTS
        assert np.allclose(many.moments().two[0], squares.mean(axis=1), rtol=1e-12)  # rounding
        edges = np.cumsum([0, *(s.times for s in many.segments)])
        for segment, start, stop in zip(many.segments, edges[:-1], edges[1:], strict=True):
            assert np.allclose(segment.two, squares[:, start:stop].mean(axis=1), rtol=1e-12)


@pytest.mark.parametrize(
    ("n", "trajectories", "lags", "times"), [(100, 4, 10, 20), (5000, 64, 0, 100), (50, 64, 20, 50)]
)
def test_blocks_hold_the_lags_and_no_more_than_the_run(n, trajectories, lags, times):
    assert lags + 2 <= block_length(n, trajectories, lags, times, longest=10**6) <= max(lags + 2, times)


def test_covariance_is_the_plain_average():
    states = autoregressive(np.random.default_rng(1), 5, 9, 4).astype(np.float32)
    flat = states.reshape(-1, 4).astype(np.float64)
    run = simulation(states, covariance=True)
    # Sums of 45 products in single precision: round-off.
    assert np.allclose(run.covariance("x"), flat.T @ flat / 45, rtol=1e-5, atol=1e-6)
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


@pytest.mark.exact
def test_the_mean_of_pairs_needs_only_each_units_mean_over_its_partners():
    pairs = np.random.default_rng(0).standard_normal((7, 7))
    pairs += pairs.T
    rows = (pairs.sum(axis=1) - np.diag(pairs)) / 6
    expected, found = leave_one_out_pair_mean(pairs), mean_of_pairs(rows)
    assert np.isclose(found[0], expected[0], rtol=1e-12)
    assert np.allclose(found[1], expected[1], rtol=1e-12)
