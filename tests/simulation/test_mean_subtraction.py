"""Covariances about each neuron's mean: unbiased, in spite of means that are themselves estimated."""

import itertools
import warnings

import numpy as np
import pytest
from made_samples import MEMORY, autoregressive, measured, simulation

import mftheory as mf
from mftheory.results.moments import distinct_quadruples, distinct_triples
from mftheory.simulation import equilibration


def states_with_means(rng, means, trajectories=8, times=30, attractors=0.0):
    """Autoregressive Gaussian states with covariances 1/(1 + i), about means that all trajectories share, or not."""
    scale = np.sqrt(1 / (1 + np.arange(means.size)))
    own = attractors * scale * rng.standard_normal((trajectories, 1, means.size))
    return autoregressive(rng, trajectories, times, means.size) + means + own


@pytest.mark.exact
def test_means_over_indices_that_differ():
    rng = np.random.default_rng(0)
    triples, pairs = rng.standard_normal((6, 6, 6)), rng.standard_normal((6, 6))
    pairs += pairs.T

    def brute(indices, of, function):
        return np.mean([function(*chosen) for chosen in itertools.permutations(indices, of)])

    for found, of, function in (
        (distinct_triples(triples), 3, lambda b, c, d: triples[b, c, d]),
        (distinct_quadruples(pairs), 4, lambda a, b, c, d: pairs[a, b] * pairs[c, d]),
    ):
        assert found[0] == pytest.approx(brute(range(6), of, function), rel=1e-13)  # rounding
        for k in range(6):
            left = [i for i in range(6) if i != k]
            assert found[1][k] == pytest.approx(brute(left, of, function), rel=1e-12)


@pytest.mark.numeric
def test_what_is_subtracted_first_does_not_matter():
    """Exactly, at equal times and where all pairs of times count alike: here against no subtraction at all."""
    rng = np.random.default_rng(1)
    a = states_with_means(rng, rng.standard_normal(12), trajectories=6, times=25)
    n = 12
    (found,) = measured(a, names=("x",), reference=rng.standard_normal(n))
    b, c = np.array(list(itertools.permutations(range(6), 2))).T
    means = a.mean(axis=1)
    moments = np.einsum("bti,btj->bij", a, a) / 25
    plain = np.einsum("bij,cij->bc", moments, moments)[b, c].mean() / n
    plain -= 2.0 * distinct_triples(np.einsum("bij,ci,dj->bcd", moments, means, means))[0] / n
    plain += distinct_quadruples(means @ means.T)[0] / n
    # Rounding of terms ten times as large; seen 1e-13.
    assert found.moments().four_point(0, 0)[0] == pytest.approx(plain, rel=1e-10)


@pytest.mark.statistical
def test_estimates_about_means_are_unbiased_with_honest_errors():
    n, repetitions = 20, 150
    means = 3.0 * np.random.default_rng(5).standard_normal(n)  # far larger than the fluctuations
    reference = means + 0.3 * np.random.default_rng(6).standard_normal(n)  # measured before, with an error
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
        states = states_with_means(np.random.default_rng([9, repetition]), means)
        run = simulation(states, names=("x",), lags=2, reference=reference, block=10)
        for name, estimate in {
            "C": run.C("x"),
            "C(2)": run.C("x", 2),
            "Psi": run.Psi("x"),
            "Psi(2,1)": run.Psi("x", 2, 1),
            "static": run.static("x"),
        }.items():
            found[name].append((estimate.value, estimate.error))
        naive.append(np.mean((states - states.mean(axis=1, keepdims=True)) ** 2))
    for name, pairs in found.items():
        values, errors = np.array(pairs).T
        spread = values.std(ddof=1)
        assert abs(values.mean() - truth[name]) < 4 * spread / np.sqrt(repetitions), name
        # A jackknife over 8 trajectories overstates the error of a ratio or product somewhat; seen 0.95 to 1.2.
        assert 0.8 < np.sqrt(np.mean(errors**2)) / spread < 1.4, name
    # Subtracting estimated means alone would be far off: the test can fail.
    assert truth["C"] - np.mean(naive) > 4 * np.std(naive) / np.sqrt(repetitions)


@pytest.mark.statistical
def test_trajectories_in_several_attractors_are_noticed():
    means = np.linspace(-1, 1, 40)
    how = {"phi": mf.Tanh(), "names": ("phi",), "reference": np.tanh(means), "block": 25}
    for seed in range(5):
        alike, apart = (
            measured(states_with_means(np.random.default_rng(seed), means, 16, 100, strength), **how)
            for strength in (0.0, 0.5)
        )
        assert equilibration.memory_of_trajectories(alike) == ""  # 4 standard errors: by chance once in 10⁴
        # A quarter of x's variance is kept, in tanh(x) about as much; seen 16% to 25%.
        assert 10 < float(equilibration.memory_of_trajectories(apart).split("%")[0]) < 40


def test_networks_that_rest_in_different_fixed_points_are_called_at_rest():
    """A strong positive self-feedback leaves many fixed points; trajectories choose their own."""
    phi = mf.Nonlinearity("tanh(x + 0.1)")
    net = mf.Network(mf.PartiallySymmetric(2.0, symmetry=1.0), phi)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = mf.simulate(net, n=60, seed=3, trajectories=16, duration=40.0)
    assert run.status.startswith("at rest: 16 of 16 trajectories at rest (at ")
    assert run.attractors.different("at rest") > 5  # 13 seen
    assert any("at rest" in str(w.message) for w in caught)


def test_fewer_trajectories_than_the_estimators_need_are_refused():
    with pytest.raises(mf.InvalidNetwork, match="trajectories"):
        mf.simulate(mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)")), n=50, seed=0, trajectories=4)


def test_odd_functions_have_nothing_subtracted():
    run = mf.simulate(mf.Network(mf.IID(3.0)), n=50, seed=0, trajectories=4, duration=10.0, burn_in=5.0)
    assert run.moments["phi"].about_reference is None
    shifted = mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)"))
    for burn_in in (5.0, 0.1, None):  # with and without samples before the measurement, and found out
        run = mf.simulate(shifted, n=50, seed=0, trajectories=6, duration=10.0, burn_in=burn_in)
        assert run.moments["phi"].about_reference is not None
        assert run.static("phi").value > run.mean("phi").value ** 2 > 0
