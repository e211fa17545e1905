"""Overlaps of modes from overlaps of singular vectors: the law against sampled networks, and back."""

import numpy as np
import pytest

from mftheory.connectome import component_strengths, mode_overlaps
from mftheory.connectome.free_probability import solve_psi
from mftheory.connectome.overlap_law import self_energies, transforms
from mftheory.errors import InvalidNetwork
from mftheory.network import RandomMode

N = 1000
RANK = (np.arange(N) + 0.5) / N
PROFILES = {
    "sigmoid": 0.5 * np.tanh(-8 * (RANK - 0.15)),
    "constant": np.full(N, 0.4),
    "none": np.zeros(N),
}


def measured(d, rho, seed=0):
    """σ and u·v of one network."""
    u, sigma, vt = np.linalg.svd(RandomMode(d, overlaps=rho).sample(N, seed).dense())
    return sigma, np.einsum("ia,ai->a", u, vt)


@pytest.mark.statistical
@pytest.mark.parametrize("effective_rank", [0.05, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("profile", ["sigmoid", "constant"])
def test_law_of_sampled_networks(effective_rank, profile):
    d = RandomMode.exponential(1.0, effective_rank).mode_strengths(N)
    rho = PROFILES[profile]
    sigma, overlaps = measured(d, rho)
    levels = np.quantile(sigma**2, [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
    for angle, s_error, t_error in ((0.3, 0.025, 0.02), (1.0, 0.006, 0.008), (np.pi, 0.003, 0.008)):
        zeta = np.sqrt(levels) * np.exp(0.5j * (2 * np.pi - angle))
        p, q = transforms(sigma, overlaps, zeta)
        s, t = self_energies(d, rho, np.full(N, 1 / N), p, q)
        plus, minus = 1 / (p + q), 1 / (p - q)
        # One network against the limit: a few 1/N, more near the axis. Observed at most 0.011 and 0.006 at 0.3,
        # 0.002 and 0.003 at 1, 0.0006 and 0.003 at π; s p is about 0.9, t p from 0.04 to 0.25.
        assert np.max(np.abs((s - 0.5 * (plus + minus) - zeta) * p)) < s_error
        assert np.max(np.abs((t - 0.5 * (plus - minus)) * p)) < t_error
        assert np.max(np.abs(0.5 * (plus - minus) * p)) > 3 * t_error or effective_rank < 0.2


@pytest.mark.numeric
def test_law_without_overlaps_is_the_law_of_singular_values():
    d, weight = np.array([0.5, 1.0, 2.0]), np.array([0.3, 0.5, 0.1])
    radius = np.geomspace(0.05, 5, 9)
    w = solve_psi(d**2, weight, radius, 0.7)
    zeta = 1 / np.sqrt(radius * np.exp(0.7j))
    p = -(1 + w) / zeta
    s, t = self_energies(d, np.zeros(3), weight, p, np.zeros_like(p))
    # Newton to rounding; observed 1e-15.
    assert np.max(np.abs(1 / p - (s - zeta)) * np.abs(p)) < 1e-12
    assert np.all(t == 0)


@pytest.mark.statistical
@pytest.mark.parametrize("effective_rank", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("profile", PROFILES)
def test_overlaps_come_back(effective_rank, profile):
    d = RandomMode.exponential(1.0, effective_rank).mode_strengths(N)
    rho = PROFILES[profile]
    sigma, overlaps = measured(d, rho)
    found = mode_overlaps(sigma, overlaps, component_strengths(sigma))
    assert found.clipped == 0
    assert found.residual < 0.004  # observed up to 0.002

    # Identities, to rounding.
    assert found.strengths @ found.overlaps == pytest.approx(sigma @ overlaps, abs=1e-9 * N)
    trace = sigma @ overlaps
    assert np.sum(found.strengths**2) == pytest.approx(np.sum(sigma**2) - trace**2 / N, rel=1e-9)
    assert np.all(np.abs(found.overlaps) <= 0.98)

    # ρ by parts of the modes that carry the couplings. At effective rank 0.05 observed within 0.006, at 0.3 within 0.02
    # and 0.06 for the ten strongest (modes of like strength mix, so the ends of ρ(D) are seen least). At 0.9 D hardly
    # varies: ρ(D) within the strongest is not determined (0.3 off for the first ten), only averages are.
    parts = {0.05: (0.06, 0.03, 0.03, None), 0.3: (0.15, 0.06, 0.04, 0.03), 0.9: (None, None, None, 0.06)}
    for first, last, tolerance in zip((0, 10, 50, 200), (10, 50, 200, 500), parts[effective_rank], strict=True):
        if tolerance is not None:
            assert np.mean(found.overlaps[first:last]) == pytest.approx(np.mean(rho[first:last]), abs=tolerance)

    # Another network with what was found has the overlaps that were measured, and the singular values.
    again_sigma, again = measured(found.strengths[: found.n], found.overlaps[: found.n], seed=1)
    for first, last, tolerance in ((0, 10, 0.06), (10, 50, 0.05), (50, 200, 0.03), (200, 500, 0.03)):
        # Standard error of the mean of m chance overlaps is 1/√(N m) = 0.01 (m = 10); observed within 0.02, then 0.01.
        assert np.mean(again[first:last]) == pytest.approx(np.mean(overlaps[first:last]), abs=tolerance)
    np.testing.assert_allclose(again_sigma[50:500:50], sigma[50:500:50], rtol=0.1, atol=0.01)


@pytest.mark.statistical
def test_modes_that_stand_out_keep_their_own():
    d = np.concatenate([np.geomspace(5, 2.5, 6), np.ones(N - 6)])  # 15% apart
    rho = np.concatenate([[0.2, 0.6, -0.3, 0.5, 0.0, -0.5], np.zeros(N - 6)])
    rho[6:] = -(d @ rho) / (N - 6)
    sigma, overlaps = measured(d, rho)
    strengths = component_strengths(sigma)
    assert strengths.resolved == 6
    # σ is above D by 5 to 25%; D fluctuates by 1/√N. Observed within 3%.
    np.testing.assert_allclose(strengths.values[:6], d[:6], rtol=0.06)
    found = mode_overlaps(sigma, overlaps, strengths)
    # l·r fluctuates by √((1 + ρ²)/N) = 0.035, and neighbours mix a little. Observed within 0.12.
    np.testing.assert_allclose(found.overlaps[:6], rho[:6], atol=0.16)
    assert np.max(np.abs(found.overlaps[6:])) < 0.1


@pytest.mark.exact
def test_arrays_must_fit():
    sigma = np.array([5.0, 1.0, 0.5, 0.1])
    strengths = component_strengths(sigma)
    with pytest.raises(InvalidNetwork, match="one overlap"):
        mode_overlaps(sigma, np.zeros(3), strengths)
    with pytest.raises(InvalidNetwork, match="-1 to 1"):
        mode_overlaps(sigma, np.array([0.0, 2.0, 0.0, 0.0]), strengths)
