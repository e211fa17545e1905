"""Covariance matrices and principal components of a run, and what a run may cost in memory."""

import tracemalloc

import numpy as np
import pytest

import mftheory as mf

NET = mf.Network(mf.IID(2.0), noise=1.0)
HOW = {"trajectories": 16, "burn_in": 40.0}


@pytest.fixture(scope="module")
def run():
    return mf.simulate(NET, n=60, seed=0, duration=400.0, components=60, max_lag=6.0, **HOW)


@pytest.mark.statistical
def test_all_components_together_are_the_network(run):
    """Σ_k λ_k ρ_k(τ)/Σ_k λ_k = C(τ)/C(0), and with λ_k² about Ψ(τ, 0)/Ψ(0, 0): different times, so within errors."""
    found = run.components["phi"]
    assert found.count == 60
    assert np.allclose(found.vectors.T @ found.vectors, np.eye(60), atol=1e-12)
    for lag, tau in enumerate(found.tau):
        C = run.C("phi", tau)
        assert (
            abs(found.weighted(1)[lag] - C.value / run.C("phi").value) < 5 * 1.5 * C.error / run.C("phi").value + 1e-9
        )
        assert (
            abs(found.weighted(2)[lag] - run.timescale("phi", tau).value) < 0.05 + 5 * run.timescale("phi", tau).error
        )
    total = sum(found.variance(k).value for k in range(60)) / 60
    assert total == pytest.approx(run.C("phi").value, rel=0.03)  # seen 0.5%


@pytest.mark.statistical
def test_directions_are_ordered_and_their_variances_less_spread_than_the_eigenvalues(run):
    found = run.components["phi"]
    eigenvalues = run.eigenvalues("phi")
    assert np.allclose(found.eigenvalues, eigenvalues, rtol=1e-9)
    assert np.all(np.diff(eigenvalues) <= 0)
    # Noise spreads eigenvalues: the first ten are above, and the last ten below, the variance along their directions.
    variances = np.array([found.variance(k).value for k in range(60)])
    assert variances[:10].sum() < eigenvalues[:10].sum()
    assert variances[-10:].sum() > eigenvalues[-10:].sum()
    assert np.all(found.timescales() > 0)
    assert found.timescales()[:5].mean() > found.timescales()[-5:].mean()  # strong ones are slow


def test_traces_are_there_to_be_looked_at(run):
    found = run.components["phi"]
    assert found.traces.shape == (60, 400)
    assert found.traces[0].std() > 3 * found.traces[-1].std()
    assert "of 60" in repr(found)
    data = run.to_xarray()
    assert data["component_variance_phi"].shape == (60,)
    assert data["covariance_phi"].shape == (60, 60)


def test_components_about_means():
    net = mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)"), noise=1.0)
    run = mf.simulate(net, n=40, seed=0, duration=100.0, components=5, **HOW)
    found = run.components["phi"]
    assert found.centred
    # With the mean activity left in, the first direction would be the mean's, of far more variance.
    assert found.variance(0).value == pytest.approx(found.eigenvalues[0], rel=0.3)
    assert np.allclose(found.autocorrelations()[0], 1.0)


def test_what_does_not_fit_is_refused_and_the_rest_goes_on():
    how = {"trajectories": 4, "duration": 20.0, "burn_in": 5.0, "max_memory": 7e5}
    with pytest.raises(mf.InvalidNetwork, match="C, Psi and dimension need none") as caught:
        mf.simulate(NET, n=200, seed=0, covariance=True, **how)
    assert caught.value.argument == "covariance"
    run = mf.simulate(NET, n=200, seed=0, **how)
    assert run.dimension().value > 0
    with pytest.raises(mf.InvalidNetwork, match="covariance=True"):
        run.covariance("phi")
    with pytest.raises(mf.InvalidNetwork, match="max_memory"):
        mf.simulate(NET, n=200, seed=0, keep_states=True, **{**how, "duration": 1e4})


@pytest.mark.numeric
def test_memory_does_not_grow_with_time():
    """Peaks of runs of 100, 400 and 1600 samples, by NumPy's own count; the first run compiles."""
    peaks = []
    for duration in (20.0, 100.0, 400.0, 1600.0):
        tracemalloc.start()
        mf.simulate(NET, n=64, seed=0, trajectories=4, duration=duration, burn_in=5.0, covariance=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # From several blocks on, nothing more: seen 1% apart. States alone would be 1.6 MB.
    assert peaks[3] < 1.1 * peaks[2]
    assert peaks[3] < 1.2e6


def test_bad_questions_name_the_argument():
    for changes, argument in (
        ({"covariance": "Phi"}, "covariance"),
        ({"covariance": ["phi", "nothing"]}, "covariance"),
        ({"components": -1}, "components"),
        ({"components": 1.5}, "components"),
        ({"observables": ["psi"]}, "observables"),
        ({"observables": []}, "observables"),
        ({"max_lag": 0.5}, "max_lag"),
        ({"max_lag": 51.0}, "max_lag"),
        ({"max_lag": float("nan")}, "max_lag"),
    ):
        with pytest.raises(mf.InvalidNetwork) as caught:
            mf.simulate(NET, n=20, seed=0, trajectories=4, duration=100.0, burn_in=1.0, **changes)
        assert caught.value.argument == argument
