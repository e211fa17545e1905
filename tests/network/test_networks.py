"""Networks: validated at construction, laws in their limit and at a given size, samples with the right statistics."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mftheory as mf
from mftheory.network.strengths import Exponential, Measured, Step

BAD_POSITIVE = [0, -1, -0.5, math.nan, math.inf, -math.inf, "3", None, [1.0, 2.0], True, 1j]


@pytest.mark.parametrize("value", BAD_POSITIVE)
@pytest.mark.parametrize(
    ("argument", "build"),
    [
        ("g", mf.IID),
        ("effective_rank", lambda v: mf.RandomMode.exponential(3.0, v)),
        ("effective_rank", lambda v: mf.RandomMode.step(3.0, v)),
        ("g_eff", lambda v: mf.RandomMode.exponential(v, 0.5)),
        ("alpha", lambda v: mf.RandomMode([1.0], alpha=v)),
    ],
)
def test_numbers_that_must_be_positive(argument, build, value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=rf"^{argument} = .*above 0") as caught:
        build(value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "strengths",
    [[], [[1.0, 2.0]], [1.0, math.nan], [1.0, -2.0], [math.inf], [0.0, 0.0], "exponential", ["a"], 3.0, None],
)
def test_bad_strengths_name_the_argument(strengths) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^strengths") as caught:
        mf.RandomMode(strengths)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("n", [1, 0, -3, 2.5, math.nan, "ten", None])
def test_bad_sizes(n) -> None:
    for connectivity in (mf.IID(2.0), mf.RandomMode.step(2.0, 0.5)):
        with pytest.raises(mf.InvalidNetwork, match=r"^n = "):
            connectivity.sample(n, seed=0)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None])
def test_bad_seeds(seed) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^seed = "):
        mf.IID(2.0).sample(10, seed=seed)


def test_networks_of_something_else() -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^connectivity"):
        mf.Network("iid")  # type: ignore[arg-type]
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity.*Erf"):
        mf.Network(mf.IID(2.0), nonlinearity="relu")  # type: ignore[arg-type]
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity"):
        mf.Network(mf.IID(2.0), nonlinearity=mf.Erf)  # type: ignore[arg-type]


def test_networks_are_frozen_and_compare_by_value() -> None:
    net = mf.Network(mf.RandomMode([1.0, 2.0], g_eff=3.0))
    assert net == mf.Network(mf.RandomMode([1.0, 2.0], g_eff=3.0))
    assert hash(net) == hash(mf.Network(mf.RandomMode([1.0, 2.0], g_eff=3.0)))
    assert net != mf.Network(mf.RandomMode([1.0, 2.5], g_eff=3.0))
    with pytest.raises(AttributeError):
        net.connectivity.alpha = 2.0  # type: ignore[misc]


def test_strengths_are_copied() -> None:
    given_array = np.array([1.0, 2.0])
    modes = mf.RandomMode(given_array)
    given_array[0] = 100.0
    assert modes.moment(2) == pytest.approx(2.5)


@given(st.floats(0.01, 0.999))
def test_exponential_law_has_the_effective_rank_asked_for(rank: float) -> None:
    law = Exponential.with_participation_ratio(rank)
    # tanh(β)/β = rank to round-off; near 1 the root β ~ √(3(1 - rank)) keeps its relative precision in rank.
    assert math.tanh(law.beta) / law.beta == pytest.approx(rank, rel=1e-12)
    assert mf.RandomMode.exponential(2.0, rank).effective_rank == pytest.approx(rank, rel=1e-9)


@given(st.floats(1.0, 50.0), st.floats(0.5, 20.0))
def test_effective_rank_above_one_comes_from_alpha(rank: float, g_eff: float) -> None:
    for build in (mf.RandomMode.exponential, mf.RandomMode.step):
        modes = build(g_eff, rank)
        assert modes.alpha == pytest.approx(rank)
        assert modes.effective_rank == pytest.approx(rank)
        assert modes.g_eff == pytest.approx(g_eff)


@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=20), st.floats(0.1, 5.0), st.floats(0.01, 100.0))
def test_rescaling_strengths_changes_g_eff_only(strengths, alpha: float, factor: float) -> None:
    modes = mf.RandomMode(strengths, alpha=alpha)
    scaled = mf.RandomMode(np.array(strengths) * factor, alpha=alpha)
    assert scaled.g_eff == pytest.approx(modes.g_eff * factor)
    assert scaled.effective_rank == pytest.approx(modes.effective_rank)
    pinned = mf.RandomMode(np.array(strengths) * factor, alpha=alpha, g_eff=2.0)
    assert pinned.g_eff == 2.0
    assert math.sqrt(alpha * pinned.moment(2)) == pytest.approx(2.0)


def test_laws_at_a_size_approach_their_moments() -> None:
    """Midpoint values: the error of a smooth law falls as 1/m²."""
    law = Exponential(2.0)
    errors = [abs(np.mean(law.values(m) ** 2) - law.moment(2)) for m in (50, 100, 200)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.01)  # second order; 4.000 seen
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.01)
    assert Step(0.3).values(10).sum() == 3
    assert Step(0.001).values(10).sum() == 1


def test_measured_spectrum_is_kept_at_its_own_size_and_resampled_at_others() -> None:
    strengths = np.array([3.0, 1.0, 2.0, 0.0])
    law = Measured(strengths)
    assert np.array_equal(law.values(4), strengths)
    assert np.allclose(law.values(8), [3, 3, 2, 2, 1, 1, 0, 0], rtol=1e-14)


@pytest.mark.numeric
@pytest.mark.parametrize("n", [50, 301, 3000])
def test_resampled_spectrum_keeps_scale_and_effective_rank(n: int) -> None:
    """A few outliers carry most of ⟨D⁴⟩: bare quantiles miss them (effective rank off by 20% to 50%)."""
    modes = mf.RandomMode(np.append(np.full(3, 6.0), np.linspace(1.5, 0.0, 597)), alpha=1.2, g_eff=2.0)
    d = modes.mode_strengths(n)
    assert d.size == round(1.2 * n)
    # αN is rounded to whole modes: up to half a mode in 1.2 n.
    rounding = 0.5 / d.size + 1e-9
    assert np.sum(d**2) ** 2 / np.sum(d**4) / n == pytest.approx(modes.effective_rank, rel=rounding)
    assert np.sum(d**2) / n == pytest.approx(4.0, rel=rounding)
    # The largest strength mends the effective rank, the bulk stays: 4% off seen at n = 50.
    assert np.median(d) == pytest.approx(modes.moment(0) * np.median(np.linspace(1.5, 0, 597)) * modes._scale, rel=0.1)


@pytest.mark.parametrize("n", [2, 43, 50])
@pytest.mark.parametrize("strengths", [[3.85], [1.0, 1.0 - 1e-12, 1.0], np.append(10.0, np.full(999, 0.01))])
def test_extreme_spectra_can_be_resampled(strengths, n: int) -> None:
    """One mode, modes equal to rounding, and one mode that carries all: an effective rank below one mode at n = 50."""
    modes = mf.RandomMode(strengths)
    d = modes.mode_strengths(n)
    assert np.sum(d**2) / n == pytest.approx(modes.g_eff**2, rel=1e-9)
    assert np.sum(d**2) ** 2 / np.sum(d**4) == pytest.approx(max(1.0, n * modes.effective_rank), rel=1e-3)


@pytest.mark.statistical
@pytest.mark.parametrize(
    "connectivity", [mf.IID(1.7), mf.RandomMode.exponential(1.7, 0.1), mf.RandomMode.step(1.7, 2.0)]
)
def test_samples_have_the_declared_variance(connectivity) -> None:
    n = 400
    totals = [np.sum(connectivity.sample(n, seed=s).dense() ** 2) / n for s in range(20)]
    error = np.std(totals, ddof=1) / math.sqrt(20)
    expected = connectivity.g_eff**2
    # Midpoint values differ from the law by 1e-4 here; the rest is sampling.
    assert abs(np.mean(totals) - expected) < 4 * error + 1e-3 * expected
    # Reproducible by seed.
    assert np.array_equal(connectivity.sample(30, 5).dense(), connectivity.sample(30, 5).dense())


def test_low_rank_samples_are_factored_and_multiply_alike() -> None:
    couplings = mf.RandomMode.step(2.0, 0.1).sample(60, seed=1)
    assert isinstance(couplings, mf.network.Factored)
    activity = np.random.default_rng(0).standard_normal((60, 3))
    assert np.allclose(couplings @ activity, couplings.dense() @ activity)
    assert isinstance(mf.RandomMode.step(2.0, 1.0).sample(60, seed=1), mf.network.Dense)
    assert couplings.astype(np.float32).dense().dtype == np.float32
