"""`mftheory.measure`: estimators on recordings whose covariances are known, and what a recording may not be."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

import mftheory as mf
from mftheory.errors import InvalidNetwork
from mftheory.simulation.recorded import squared_variances

NEURONS, STRETCHES, TIMES = 30, 16, 30
DECAY = 0.6  # of the autocorrelation, a sample


def factor(seed: int = 0) -> np.ndarray:
    """A with C = A Aᵀ: neurons of different variance, a few shared directions."""
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((NEURONS, NEURONS)) / np.sqrt(NEURONS) + np.outer(
        0.3 * rng.random(NEURONS), [1, *[0] * 29]
    )
    return np.exp(0.4 * rng.standard_normal(NEURONS))[:, None] * mixing


def recordings(count: int, seed: int) -> np.ndarray:
    """Stationary AR(1) activity of covariance A Aᵀ about means that are not zero, by recording."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((count, STRETCHES, TIMES, NEURONS))
    for t in range(1, TIMES):
        z[:, :, t] = DECAY * z[:, :, t - 1] + np.sqrt(1 - DECAY**2) * z[:, :, t]
    return z @ factor().T + np.linspace(-2, 2, NEURONS)


def exact(lag: int = 0) -> dict[str, float]:
    C = factor() @ factor().T
    variance, psi, squares = np.trace(C) / NEURONS, np.sum(C**2) / NEURONS, np.mean(np.diag(C) ** 2)
    return {
        "C": variance * DECAY**lag,
        "Psi": psi * DECAY**lag,
        "squares": squares,
        "spread": squares / variance**2,
        "shared": (psi - squares) / (NEURONS - 1) / variance**2,
        "dimension": variance**2 / psi,
        "dimension of 300": variance**2 / (squares + 299 / (NEURONS - 1) * (psi - squares)),
    }


@pytest.fixture(scope="module")
def measured() -> list[mf.results.recording.Recording]:
    return [mf.measure(a, max_lag=2) for a in recordings(400, seed=1)]


ASKED = {
    "C": lambda r: r.C(),
    "Psi": lambda r: r.Psi(),
    "spread": lambda r: r.spread(),
    "shared": lambda r: r.shared(),
    "dimension": lambda r: r.dimension(),
    "dimension of 300": lambda r: r.dimension(300),
}


@pytest.mark.statistical
@pytest.mark.parametrize("name", ASKED)
def test_unbiased_with_true_errors(measured, name: str) -> None:
    estimates = [ASKED[name](r) for r in measured]
    values = np.array([e.value for e in estimates])
    standard = values.std(ddof=1) / np.sqrt(values.size)
    # C and Ψ are exactly unbiased; ratios have a bias of second order in 1/stretches. Seen: 1.9 standard errors.
    # Beyond 4 by chance once in 16,000.
    assert abs(values.mean() - exact()[name]) < 4 * standard
    # The jackknife's squared error is the variance, or more where products of pairs of few stretches matter: 0.98 to
    # 1.35 times seen.
    assert 0.8 < np.mean([e.error**2 for e in estimates]) / values.var(ddof=1) < 1.6
    z = np.array([e.z(exact()[name]) for e in estimates])
    assert stats.kstest(z, stats.t(STRETCHES - 1).cdf).pvalue > 1e-5


@pytest.mark.statistical
def test_plug_in_estimates_fail_the_same_test() -> None:
    """What the estimators are for: the covariance matrix's own participation ratio is biased."""
    values = []
    for a in recordings(100, seed=1):
        eigenvalues = np.linalg.eigvalsh(np.cov(a.reshape(-1, NEURONS).T))
        values.append(eigenvalues.sum() ** 2 / NEURONS / np.sum(eigenvalues**2))
    standard = np.std(values, ddof=1) / 10
    assert (np.mean(values) - exact()["dimension"]) / standard < -6


@pytest.mark.statistical
def test_lags(measured) -> None:
    for lag in (1, 2):
        for of in ("C", "Psi"):
            values = np.array([(r.C(lag) if of == "C" else r.Psi(lag, 0)).value for r in measured])
            # Means are over a stretch less its end, an effect of order lag/times² of their variance.
            assert abs(values.mean() - exact(lag)[of]) < 4 * values.std(ddof=1) / np.sqrt(values.size)
    assert measured[0].Psi(1, 2).value == measured[0].Psi(2, 1).value


WHAT_IS_ADDED = {
    # By stretch, by time in it, and what it must be called.
    "ramp of 3 SD": (np.linspace(-1.5, 1.5, STRETCHES * TIMES).reshape(STRETCHES, TIMES, 1), "trend of the means"),
    "stimulus": (np.sin(np.arange(TIMES) / 4)[:, np.newaxis], "time course that all stretches share"),
}


@pytest.mark.statistical
@pytest.mark.parametrize("name", WHAT_IS_ADDED)
def test_what_neurons_share_and_is_no_fluctuation_is_told(name: str) -> None:
    added, words = WHAT_IS_ADDED[name]
    (still,) = recordings(1, seed=3)
    moving = still + added * np.sqrt(exact()["C"])
    assert mf.measure(still).warnings == ()
    with pytest.warns(UserWarning, match=words):
        seen = mf.measure(moving)
    assert any(words in warning for warning in seen.warnings)
    assert "not stationary" in repr(seen)
    # It is the dimension that is wrong: 0.17 and 0.22 seen, instead of 0.27.
    assert seen.dimension().value < 0.9 * exact()["dimension"]


@pytest.mark.statistical
def test_a_variance_that_changes_is_told() -> None:
    (still,) = recordings(1, seed=4)
    with pytest.warns(UserWarning, match="variance changes along the recording"):
        mf.measure((still - still.mean(axis=(0, 1))) * np.linspace(0.6, 1.4, STRETCHES)[:, np.newaxis, np.newaxis])


@pytest.mark.statistical
def test_one_long_recording_with_a_ramp_is_cut_where_it_would_be_without(tmp_path) -> None:
    rng = np.random.default_rng(5)
    z = rng.standard_normal((4000, NEURONS))
    for t in range(1, len(z)):
        z[t] = DECAY * z[t - 1] + np.sqrt(1 - DECAY**2) * z[t]
    with pytest.warns(UserWarning, match="trend of the means"):
        seen = mf.measure(z @ factor().T + np.linspace(0, 3, 4000)[:, np.newaxis] * np.sqrt(exact()["C"]))
    assert seen.gap == 5
    assert mf.load(seen.save(tmp_path / "seen.nc")).warnings == seen.warnings != ()


@pytest.mark.statistical
def test_stationary_recordings_are_seldom_called_otherwise(measured) -> None:
    # Three tests of 10⁻⁴ each: more than 3 of 400 by chance less than once in 10⁵.
    assert sum(bool(seen.warnings) for seen in measured) <= 3


@pytest.mark.exact
@given(hnp.arrays(float, (2, 6, 3), elements=st.floats(-1, 1)))
def test_squared_variances_over_distinct_stretches(values) -> None:
    """The power sums against a loop over all different indices."""
    s, m = values

    def loop(s, m):
        def mean(k, product):
            return np.mean([product(*places) for places in itertools.permutations(range(len(s)), k)], axis=0)

        pairs = mean(2, lambda b, c: s[b] * s[c])
        triples = mean(3, lambda b, c, d: s[b] * m[c] * m[d])
        return (pairs - 2 * triples + mean(4, lambda b, c, d, e: m[b] * m[c] * m[d] * m[e])).mean()

    value, without = squared_variances(s, m)
    # Rounding of sums of 360 terms of order 1: 1e-15 seen.
    assert value == pytest.approx(loop(s, m), abs=1e-12)
    assert without == pytest.approx([loop(np.delete(s, k, 0), np.delete(m, k, 0)) for k in range(6)], abs=1e-12)


@pytest.mark.exact
@given(st.floats(-50, 50), st.sampled_from([1e-6, -3.0, 1e5]), st.integers(0, 10**6))
def test_units_zero_points_and_order_do_not_matter(shift: float, scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = recordings(1, seed)[0, :, :20, :10]
    one = mf.measure(a)
    order, offsets = rng.permutation(10), shift * rng.standard_normal(10)
    two = mf.measure(scale * (a[::-1][:, :, order] + offsets))
    for name in ("dimension", "spread", "shared"):
        e, f = getattr(one, name)(), getattr(two, name)()
        # Rounding, amplified by means up to 100 times the standard deviation: 1e-11 seen.
        assert (f.value, f.error) == pytest.approx((e.value, e.error), rel=1e-7, abs=1e-9)
    assert two.C().value == pytest.approx(scale**2 * one.C().value, rel=1e-9)


@pytest.mark.statistical
def test_one_long_recording_is_cut() -> None:
    rng = np.random.default_rng(5)
    z = rng.standard_normal((4000, NEURONS))
    for t in range(1, len(z)):
        z[t] = DECAY * z[t - 1] + np.sqrt(1 - DECAY**2) * z[t]
    seen = mf.measure(z @ factor().T, interval=0.5, max_lag=1.0)
    # C falls to a tenth in ln 10/ln(1/0.6) = 4.5 samples.
    assert (seen.stretches, seen.gap) == (20, 2.5)
    assert seen.times == (4000 - 19 * 5) // 20
    for name in ("dimension", "spread", "shared"):
        assert abs(getattr(seen, name)().z(exact()[name])) < 4


@pytest.mark.statistical
def test_noise_of_the_measurement_leaves_shared_covariance() -> None:
    """Independent noise adds to variances alone: C_ij, i ≠ j, is `shared` times C², as without it."""
    a = recordings(30, seed=2)
    noisy = a + np.random.default_rng(3).standard_normal(a.shape)
    for of in (a, noisy):
        estimates = [mf.measure(x) for x in of]
        off = np.array([(r.shared().value * r.C().value ** 2) for r in estimates])
        assert abs(off.mean() - exact()["shared"] * exact()["C"] ** 2) < 4 * off.std(ddof=1) / np.sqrt(30)


def test_kept_and_read_back(tmp_path) -> None:
    seen = mf.measure(recordings(1, 0)[0], interval=0.1, max_lag=0.5)
    same = mf.load(seen.save(tmp_path / "recording.nc"))
    for asked in (*ASKED.values(), lambda r: r.Psi(0.3, 0.2), lambda r: (r.neurons, r.stretches, r.interval, r.gap)):
        assert asked(same) == asked(seen)
    assert same.origin["versions"]["mftheory"] == mf.__version__


def test_labelled_and_drawn() -> None:
    seen = mf.measure(recordings(1, 0)[0], interval=0.1, max_lag=0.5)
    data = seen.to_xarray()
    assert data.sizes == {"tau": 6}
    assert all({"units", "long_name"} <= set(v.attrs) for v in data.variables.values())
    assert float(data["shared"]) == seen.shared().value
    assert "30 neurons" in repr(seen)
    assert "<table>" in seen._repr_html_()
    assert len(seen.plot()) == 2


def test_what_is_probably_a_mistake_is_said() -> None:
    a = np.random.default_rng(0).standard_normal((400, 20))
    with pytest.warns(UserWarning, match="are times and neurons exchanged"):
        mf.measure(np.repeat(a.T[:, None, :], 5, axis=1).reshape(100, 400)[:40], stretches=5, gap=0)
    a[:, 3] = 1.0
    with pytest.warns(UserWarning, match="1 of 20 neurons do not vary"):
        seen = mf.measure(a)
    assert seen.neurons == 20


GOOD = np.random.default_rng(0).standard_normal((8, 20, 4))


@pytest.mark.parametrize(
    ("activity", "options", "said"),
    [
        (np.where(GOOD > 2.5, np.nan, GOOD), {}, "must be finite"),
        (GOOD * np.inf, {}, "must be finite"),
        (GOOD[0, 0], {}, "must be (stretches, times, neurons)"),
        (GOOD[:4], {}, "at least 5"),
        (GOOD[:, :1], {}, "at least 2 samples"),
        (GOOD[:, :, :1], {}, "at least 2"),
        (GOOD[:, :, :0], {}, "at least 2"),
        (np.ones((8, 20, 4)), {}, "must vary"),
        ("spikes.csv", {}, "must be an array of numbers"),
        ([[1, 2], [3]], {}, "must be an array of numbers"),
        (GOOD, {"interval": 0.0}, "must be a positive time"),
        (GOOD, {"interval": float("nan")}, "must be a positive time"),
        (GOOD, {"max_lag": 19}, "must be between 0 and 18"),
        (GOOD, {"max_lag": -1}, "must be between 0 and 18"),
        (GOOD, {"stretches": 5}, "is for (times, neurons) only"),
        (GOOD, {"gap": 1.0}, "is for (times, neurons) only"),
        (GOOD[0], {}, "ask for fewer"),
        (GOOD.reshape(-1, 4), {"stretches": 2}, "at least 5"),
        (GOOD.reshape(-1, 4), {"gap": -1.0}, "not negative"),
        (GOOD.reshape(-1, 4), {"gap": 100.0}, "ask for fewer"),
    ],
)
def test_bad_recordings_are_refused(activity, options, said: str) -> None:
    with pytest.raises(InvalidNetwork, match=said.replace("(", r"\(").replace(")", r"\)")) as error:
        mf.measure(activity, **options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("neurons", [1, 2.5, True, "all"])
def test_bad_sizes_are_refused(neurons) -> None:
    with pytest.raises(InvalidNetwork, match="whole number"):
        mf.measure(GOOD).dimension(neurons)
