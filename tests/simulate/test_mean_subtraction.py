"""Covariances about each neuron's mean: unbiased, in spite of means that are themselves estimated."""

import itertools
import warnings

import numpy as np
import pytest

import mftheory as mf
from mftheory.results.jackknife import jackknife
from mftheory.simulate import equilibration
from mftheory.simulate.estimators import Samples, _distinct_quadruples, _distinct_triples
from mftheory.simulate.nonlinearities import activation

MEMORY = 0.7  # autoregression coefficient: covariance at lag k is MEMORY**k Σ


def samples_with_means(rng, means, trajectories=8, times=30, attractors=0.0):
    """Autoregressive Gaussian states with covariances 1/(1 + i), about means that all trajectories share, or not."""
    n = means.size
    scale = np.sqrt(1 / (1 + np.arange(n)))
    states = np.empty((trajectories, times, n))
    states[:, 0] = rng.standard_normal((trajectories, n))
    for t in range(1, times):
        kick = np.sqrt(1 - MEMORY**2) * rng.standard_normal((trajectories, n))
        states[:, t] = MEMORY * states[:, t - 1] + kick
    own = attractors * scale * rng.standard_normal((trajectories, 1, n))
    return Samples(states * scale + means + own, activation(mf.Tanh(), np.float64), centred=True)


@pytest.mark.exact
def test_means_over_indices_that_differ():
    rng = np.random.default_rng(0)
    triples, pairs = rng.standard_normal((6, 6, 6)), rng.standard_normal((6, 6))
    pairs += pairs.T

    def brute(indices, of, function):
        return np.mean([function(*chosen) for chosen in itertools.permutations(indices, of)])

    for found, of, function in (
        (_distinct_triples(triples), 3, lambda b, c, d: triples[b, c, d]),
        (_distinct_quadruples(pairs), 4, lambda a, b, c, d: pairs[a, b] * pairs[c, d]),
    ):
        assert found[0] == pytest.approx(brute(range(6), of, function), rel=1e-13)  # rounding
        for k in range(6):
            left = [i for i in range(6) if i != k]
            assert found[1][k] == pytest.approx(brute(left, of, function), rel=1e-12)


@pytest.mark.numeric
def test_what_is_subtracted_first_does_not_matter():
    """Exactly, at equal times and where all pairs of times count alike: here against no subtraction at all."""
    rng = np.random.default_rng(1)
    samples = samples_with_means(rng, rng.standard_normal(12), trajectories=6, times=25)
    value = samples.four_point_replicates("x", 0, 0)[0]
    a, n = samples.states, samples.n
    b, c = np.array(list(itertools.permutations(range(6), 2))).T
    means = a.mean(axis=1)
    moments = np.einsum("bti,btj->bij", a, a) / 25
    plain = np.einsum("bij,cij->bc", moments, moments)[b, c].mean() / n
    plain -= 2.0 * _distinct_triples(np.einsum("bij,ci,dj->bcd", moments, means, means))[0] / n
    plain += _distinct_quadruples(means @ means.T)[0] / n
    assert value == pytest.approx(plain, rel=1e-10)  # rounding of terms ten times as large; seen 1e-13


@pytest.mark.statistical
def test_estimates_about_means_are_unbiased_with_honest_errors():
    n, repetitions = 20, 150
    means = 3.0 * np.random.default_rng(5).standard_normal(n)  # far larger than the fluctuations
    spectrum = 1 / (1 + np.arange(n))
    truth = {
        "C": spectrum.mean(),
        "C(2)": spectrum.mean() * MEMORY**2,
        "Psi": np.sum(spectrum**2) / n,
        "Psi(2,1)": np.sum(spectrum**2) / n * MEMORY**3,
        "static": np.mean(means**2),
    }
    found = {name: [] for name in truth}
    naive = []
    for repetition in range(repetitions):
        samples = samples_with_means(np.random.default_rng([9, repetition]), means)
        products = samples.time_means("x") @ samples.time_means("x").T / n
        for name, estimate in {
            "C": jackknife(*samples.two_point_replicates("x", 0)),
            "C(2)": jackknife(*samples.two_point_replicates("x", 2)),
            "Psi": jackknife(*samples.four_point_replicates("x", 0, 0)),
            "Psi(2,1)": jackknife(*samples.four_point_replicates("x", 2, 1)),
        }.items():
            found[name].append((estimate.value, estimate.error))
        off = products[~np.eye(8, dtype=bool)]
        found["static"].append((off.mean(), np.nan))
        naive.append(samples.two_point("x", 0).mean())
    for name, pairs in found.items():
        values, errors = np.array(pairs).T
        spread = values.std(ddof=1)
        assert abs(values.mean() - truth[name]) < 4 * spread / np.sqrt(repetitions), name
        if name != "static":
            # A jackknife over 8 trajectories overstates the error of a ratio or product somewhat; seen 0.95 to 1.2.
            assert 0.8 < np.sqrt(np.mean(errors**2)) / spread < 1.4, name
    # Subtracting estimated means alone would be far off: the test can fail.
    assert truth["C"] - np.mean(naive) > 4 * np.std(naive) / np.sqrt(repetitions)


@pytest.mark.statistical
def test_trajectories_in_several_attractors_are_noticed():
    means = np.linspace(-1, 1, 40)
    for seed in range(5):
        alike = samples_with_means(np.random.default_rng(seed), means, trajectories=16, times=100)
        apart = samples_with_means(np.random.default_rng(seed), means, trajectories=16, times=100, attractors=0.5)
        assert equilibration.attractors(alike) == 0.0  # 4 standard errors: by chance once in 10⁴
        # A quarter of x's variance is kept, in tanh(x) about as much; seen 0.16 to 0.25.
        assert 0.1 < equilibration.attractors(apart) < 0.4


def test_networks_that_rest_in_different_fixed_points_are_not_called_equilibrated():
    """A strong positive self-feedback leaves many fixed points; trajectories choose their own."""
    phi = mf.Nonlinearity("tanh(x + 0.1)")
    net = mf.Network(mf.PartiallySymmetric(2.0, symmetry=1.0), phi)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = mf.simulate(net, n=60, seed=3, trajectories=16, duration=40.0)
    assert run.status.startswith("several attractors")
    assert any("several attractors" in str(w.message) for w in caught)


def test_fewer_trajectories_than_the_estimators_need_are_refused():
    with pytest.raises(mf.InvalidNetwork, match="trajectories"):
        mf.simulate(mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)")), n=50, seed=0, trajectories=4)


def test_odd_functions_have_nothing_subtracted():
    run = mf.simulate(mf.Network(mf.IID(3.0)), n=50, seed=0, trajectories=4, duration=10.0, burn_in=5.0)
    assert not run.samples.centred
    shifted = mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)"))
    run = mf.simulate(shifted, n=50, seed=0, trajectories=6, duration=10.0, burn_in=5.0)
    assert run.samples.centred
    assert np.max(np.abs(run.samples.time_means("phi").mean(axis=0))) > 0.1
    assert np.max(np.abs(run.samples.observable("phi", 0, 10).mean(axis=(0, 1)))) < 1e-6  # float32
    assert run.static("phi").value > run.mean("phi").value ** 2
