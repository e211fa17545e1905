"""Strengths from singular values: the free-probability law against sampled networks, and back."""

import numpy as np
import pytest

from mftheory.connectome import (
    component_strengths,
    participation_ratio,
    plain_strengths,
    random_mode_surrogate,
    singular_values,
)
from mftheory.connectome.free_probability import kolmogorov_distance, solve_psi
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import RandomMode

N = 1000


def spectrum_of(modes, n=N, seed=0):
    return singular_values(modes.sample(n, seed).dense())


def sampled_distance(a, b):
    """Two-sample Kolmogorov distance."""
    x = np.sort(np.concatenate([a, b]))
    cdf = [np.searchsorted(np.sort(s), x, side="right") / len(s) for s in (a, b)]
    return np.max(np.abs(cdf[0] - cdf[1]))


LAWS = {
    "exponential": RandomMode.exponential(g_eff=1.0, effective_rank=0.3),
    "step": RandomMode.step(g_eff=1.0, effective_rank=0.3),
    "two steps": RandomMode(np.repeat([2.0, 0.5], [N // 5, 4 * N // 5]), g_eff=1.0),
    "all modes equal": RandomMode(np.ones(N), g_eff=1.0),
    "more modes than neurons": RandomMode.step(g_eff=1.0, effective_rank=1.5),
}


@pytest.mark.numeric
@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("angle", [np.pi, 1.0, 0.05])
def test_equal_strengths_obey_the_published_cubic(alpha, angle):
    # [sv-law]: z M = (1 + M)(1 + αM)², z = 1/u, M the ψ of the αN values: ours is per neuron, w = αM.
    radius = np.geomspace(1e-3, 1e3, 40)
    u = radius * np.exp(1j * angle)
    m = solve_psi(np.array([1.0]), np.array([alpha]), radius, angle) / alpha
    left, right = m / u, (1 + m) * (1 + alpha * m) ** 2
    # Newton to rounding; observed 3e-16 relative to the terms' size.
    assert np.max(np.abs(left - right) / (np.abs(m / u) + 1)) < 1e-13
    if angle < np.pi:  # ψ maps the upper half-plane to itself: the physical root of the three
        assert np.all(m.imag > 0)


@pytest.mark.numeric
def test_first_two_moments_obey_sv_pr():
    # ψ = m1 u + m2 u² + … at small u; PR_S = m1²/m2 = αPR_D/(1 + 2 αPR_D), D² ∈ {1, 3} with 0.4 and 0.6 modes a neuron.
    squares, weights = np.array([1.0, 3.0]), np.array([0.4, 0.6])
    first, fourth = weights @ squares, weights @ squares**2
    rank = first**2 / fourth
    radius = np.array([1e-3, 2e-3])
    w = -solve_psi(squares, weights, radius, np.pi).real / radius  # m1 - m2 r + O(r²)
    m1, m2 = 2 * w[0] - w[1], (w[0] - w[1]) / (radius[1] - radius[0])
    # The O(r²) terms of the two-point differences; observed 1e-4 and 3e-2 (r times m3/m2).
    assert m1 == pytest.approx(first, rel=1e-3)
    assert m1**2 / m2 == pytest.approx(rank / (1 + 2 * rank), rel=5e-2)


@pytest.mark.statistical
@pytest.mark.parametrize("name", LAWS)
def test_law_of_sampled_networks(name):
    modes = LAWS[name]
    # Singular values are rigid: the distribution of one network of n differs from its limit by a few 1/n = 0.001, plus
    # 1/512 for the binned law. Observed 0.0005 to 0.0025; with (1 + w) for (1 + w)² in the law 0.1 and more.
    assert kolmogorov_distance(spectrum_of(modes), modes.mode_strengths(N)) < 0.005


@pytest.mark.statistical
@pytest.mark.parametrize("name", LAWS)
def test_round_trip(name):
    modes = LAWS[name]
    measured = spectrum_of(modes)
    fit = component_strengths(measured)

    # The effective rank is the inversion of [sv-pr] exactly, and the network's own up to its 1/n fluctuations
    # (observed up to 1%).
    pr = participation_ratio(measured)
    found = random_mode_surrogate(fit, g_eff=3.0)
    assert found.effective_rank == pytest.approx(pr / (1 - 2 * pr), rel=1e-9)
    assert found.effective_rank == pytest.approx(modes.effective_rank, rel=0.03)
    assert found.g_eff == pytest.approx(3.0, rel=1e-12)
    # Scale: Σσ² fluctuates by about 1/n; observed 0.3%.
    assert np.sqrt(fit.alpha * np.mean(fit.values**2)) == pytest.approx(modes.g_eff, rel=0.02)

    # Another network with the strengths found has the measured spectrum: observed 0.003 to 0.006 (1/n of rigid spectra
    # and the smoothing of the law of D), against 0.05 (step) to 0.22 for the plain identification.
    again = spectrum_of(RandomMode(fit.values, alpha=fit.alpha), seed=1)
    assert sampled_distance(measured, again) < 0.012
    assert participation_ratio(again) == pytest.approx(pr, rel=0.02)  # observed up to 0.7%
    assert fit.distance < 0.01  # observed 0.002 to 0.005
    assert plain_strengths(measured).distance > 8 * fit.distance


@pytest.mark.statistical
def test_round_trip_gives_back_the_law():
    modes = LAWS["exponential"]
    fit = component_strengths(spectrum_of(modes))
    truth = modes.mode_strengths(N)
    positions = ((1 - np.array([0.05, 0.2, 0.4, 0.6, 0.8])) * N).astype(int)
    # Quantiles of D; observed within 10%, the smallest ones worst (they hardly show in the spectrum).
    np.testing.assert_allclose(fit.values[positions], truth[positions], rtol=0.15)

    fit = component_strengths(spectrum_of(LAWS["step"]))
    present = fit.values[fit.values > 0]
    # 300 equal strengths of 1/√0.3: number and value; the law is smoothed over about 10% by construction (observed 302
    # modes, 5% to 95% quantiles 0.96 to 1.04 of the value).
    assert present.size == pytest.approx(300, abs=15)
    np.testing.assert_allclose(np.quantile(present, [0.05, 0.5, 0.95]) * np.sqrt(0.3), 1.0, atol=0.1)


@pytest.mark.numeric
def test_units_and_number_of_modes():
    measured = spectrum_of(LAWS["exponential"])
    fit = component_strengths(measured)
    scaled = component_strengths(1000 * measured)
    np.testing.assert_allclose(scaled.values, 1000 * fit.values, rtol=1e-6)  # rounding through the fit

    # Spare modes get strength 0 and change nothing: α = 2 against α = 1.
    one, two = component_strengths(measured, alpha=1.0), component_strengths(measured, alpha=2.0)
    assert one.values.size == N
    assert two.values.size == 2 * N
    assert np.count_nonzero(two.values) <= 1.05 * N  # observed 1.001 N
    assert two.effective_rank == pytest.approx(one.effective_rank, rel=1e-12)
    assert abs(one.distance - two.distance) < 0.002

    # Too few modes cannot have the bulk: α below 1.5 is a worse description of a network with α = 1.5.
    wide = spectrum_of(LAWS["more modes than neurons"])
    rank = participation_ratio(wide) / (1 - 2 * participation_ratio(wide))
    with pytest.raises(InvalidNetwork, match=r"alpha = 1\.0: must be at least the effective rank"):
        component_strengths(wide, alpha=1.0)
    # At α = effective rank all strengths are equal.
    tight = component_strengths(wide, alpha=np.ceil(rank * N) / N)
    assert np.ptp(tight.values) / np.mean(tight.values) < 0.2


@pytest.mark.numeric
def test_zero_singular_values_mean_missing_modes():
    modes = RandomMode(np.repeat([1.0, 0.0], [N // 2, N // 2]))
    fit = component_strengths(spectrum_of(modes))
    # Rank N/2 exactly; the number of modes is fitted, observed 500.
    assert np.count_nonzero(fit.values) == pytest.approx(N // 2, abs=25)
    assert fit.values.size == N


@pytest.mark.exact
def test_spectra_outside_the_theory_are_refused():
    iid_like = np.linspace(0.5, 1.0, 50)
    with pytest.raises(Unsupported, match=r"i\.i\.d\. surrogate"):
        component_strengths(iid_like)
    for bad in ([], [1.0], [1.0, np.nan], [1.0, -1.0], [0.0, 0.0], [[1.0, 2.0]]):
        with pytest.raises(InvalidNetwork, match="singular_values"):
            component_strengths(bad)
    with pytest.raises(InvalidNetwork, match="alpha"):
        component_strengths([5.0, 1.0, 0.5, 0.1], alpha=float("nan"))
