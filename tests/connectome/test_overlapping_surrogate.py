"""Round trips: networks of a known ensemble through the pipeline, and the surrogates' outliers against the wiring's."""

import json

import numpy as np
import pytest

import mftheory as mf
from mftheory.connectome import (
    Connectome,
    decompose,
    eigenvalues,
    iid_surrogate,
    overlapping_surrogate,
    participation_ratio_iid,
    read,
    sample_data,
    surrogate,
)
from mftheory.errors import Unsupported

N = 1000


def wiring(couplings):
    post, pre = np.divmod(np.arange(couplings.size), couplings.shape[0])
    return Connectome.from_edges(pre, post, couplings.ravel(), n=couplings.shape[0])


def with_strong_overlaps():
    """Six modes that stand out over a law, and no self-coupling on average."""
    d = np.concatenate([np.geomspace(6, 2.5, 6), mf.RandomMode.exponential(1.0, 0.6).mode_strengths(N - 6)])
    rho = np.concatenate([[0.7, 0.2, -0.6, 0.1, 0.8, 0.0], np.zeros(N - 6)])
    rho[6:] = -(d @ rho) / d[6:].sum()
    return mf.RandomMode(d, overlaps=rho)


@pytest.mark.statistical
@pytest.mark.parametrize("normalised", [False, True])
def test_surrogate_has_the_real_outliers_of_the_wiring(normalised):
    modes = with_strong_overlaps()
    found = decompose(wiring(modes.sample(N, seed=0).dense()), normalised=normalised)
    own = eigenvalues(found)
    fitted = found.mode_overlaps
    assert found.strengths.resolved == 5
    assert fitted.residual < 0.003  # observed 0.001

    # Of the modes that were put in, by rank. Observed within 0.04 (l·r fluctuates by √((1 + ρ²)/N) = 0.04).
    np.testing.assert_allclose(fitted.overlaps[:5], modes.mode_overlaps(N)[:5], atol=0.12)

    # Real outliers: 4.24, 2.52, 1.40, -2.49 as drawn (3.86, 2.37, 1.30, -2.33 balanced); a fourth is near the margin.
    measured = np.array([own.real_outliers[0], own.real_outliers[1], own.real_outliers[-1]])
    predicted = np.sort(fitted.strengths * fitted.overlaps)
    # D_a ρ_a of the modes that stand out; observed within 0.12: 1/√N times the strength of the others.
    np.testing.assert_allclose(predicted[[-1, -2, 0]], measured, atol=0.25)

    g_eff = float(np.sqrt(fitted.alpha * np.mean(fitted.strengths**2)))
    again = overlapping_surrogate(found, g_eff)
    assert again.g_eff == pytest.approx(g_eff)
    drawn = [again.sample(N, seed).dense() for seed in range(10, 14)]
    outliers = []
    for couplings in drawn:
        real = eigenvalues(couplings).real_outliers
        outliers.append([real[0], real[1], real[-1]])
    # Single networks scatter by 0.25, 0.15, 0.2 (D/√N and the radius of the rest), means of four by half of it; the
    # wiring itself is one draw. Observed differences of the means up to 0.2.
    np.testing.assert_allclose(np.mean(outliers, axis=0), measured, atol=0.6)

    # The other numbers: PR_S within the scatter between networks (4%, set by the strongest few modes), tr J of
    # fluctuation √(n ⟨σ²⟩/n) ≈ 1, overlaps averaged over 5, 45 and 150 modes.
    again_found = [decompose(wiring(j), normalised=False) for j in drawn]
    pr = np.mean([f.pr_singular_values for f in again_found])
    assert pr == pytest.approx(found.pr_singular_values, rel=0.1)  # observed 3%
    assert np.mean([f.trace for f in again_found]) == pytest.approx(found.trace, abs=2.5)  # observed 0.6
    profile = np.mean([f.modes.diagonal for f in again_found], axis=0)
    for first, last, tolerance in ((0, 5, 0.1), (5, 50, 0.04), (50, 200, 0.02)):
        expected = np.mean(found.modes.diagonal[first:last])
        assert np.mean(profile[first:last]) == pytest.approx(expected, abs=tolerance)  # observed 0.02, 0.01, 0.01

    # Without overlaps: none.
    plain = surrogate(found, g_eff)
    assert eigenvalues(plain.sample(N, seed=10).dense()).outliers.size == 0


@pytest.mark.statistical
@pytest.mark.parametrize("normalised", [False, True])
def test_independent_modes_come_back_without_overlaps(normalised):
    modes = mf.RandomMode.exponential(g_eff=1.0, effective_rank=0.4)
    found = decompose(wiring(modes.sample(N, seed=0).dense()), normalised=normalised)
    assert found.effective_rank == pytest.approx(0.4, rel=0.06)  # 1/n and balancing; observed 1%
    assert found.overlap_significance.p_diagonal > 1e-4
    assert "no overlaps" in found.overlap_significance.summary
    fitted = found.mode_overlaps
    # ρ averaged over parts of the modes: chance overlaps of σ; observed 0.02.
    for first, last in ((0, 50), (50, 200), (200, 500)):
        assert abs(np.mean(fitted.overlaps[first:last])) < 0.06
    assert eigenvalues(found).outliers.size == 0
    assert eigenvalues(overlapping_surrogate(found, 1.0).sample(N, 1).dense()).outliers.size == 0


@pytest.mark.statistical
@pytest.mark.parametrize("normalised", [False, True])
def test_iid_couplings_come_back_as_such(normalised):
    n = 400
    found = decompose(wiring(mf.IID(1.0).sample(n, seed=0).dense()), normalised=normalised)
    # 1/(2 + 1/n) on average, scatter of order 1/n; balancing evens out the rows. Observed 0.500 and 0.505.
    assert found.pr_singular_values == pytest.approx(participation_ratio_iid(n), abs=0.01)
    assert found.bulk_radius == pytest.approx(1.0, abs=0.01)
    assert eigenvalues(found).outliers.size == 0
    assert found.overlap_significance.p_diagonal > 1e-4
    report = found.report(eigenvalues(found))
    assert report["outliers"] == 0
    if found.strengths is None:
        assert "i.i.d. surrogate" in found.summary
        with pytest.raises(Unsupported, match=r"i\.i\.d\."):
            overlapping_surrogate(found, g_eff=1.0)
        assert iid_surrogate(1.0).g == 1.0
    else:  # just below 1/2: an effective rank too large to tell from i.i.d.
        assert found.effective_rank > 20


@pytest.mark.exact
def test_report_has_the_names_it_promises():
    found = decompose(wiring(np.random.default_rng(0).standard_normal((150, 150))))
    report = found.report()
    names = {
        "n",
        "edges",
        "fraction_inhibitory",
        "pr_singular_values",
        "effective_rank",
        "spectral_radius",
        "overlaps",
        "overlap_level",
    }
    assert names <= report.keys()
    assert report["spectral_radius"] is None
    assert len(report["overlaps"]) == 100
    assert found.report(eigenvalues(found))["spectral_radius"] == eigenvalues(found).spectral_radius
    json.dumps(found.report(eigenvalues(found)), allow_nan=False)


@pytest.mark.long
@pytest.mark.statistical
def test_fly_optic_lobe_surrogate_has_outliers_where_the_wiring_has():
    found = decompose(read(sample_data()))
    own = eigenvalues(found)
    assert found.overlap_significance.summary.startswith("left and right modes are related")
    fitted = found.mode_overlaps
    # The bulk is not that of a random-mode network (distance 0.065), so the fit is not at 1/n: observed 0.077.
    assert 0.02 < fitted.residual < 0.15
    assert fitted.clipped == 0
    assert fitted.strengths @ fitted.overlaps == pytest.approx(found.trace, abs=1e-6)

    g_eff = found.bulk_radius
    with_overlaps = eigenvalues(overlapping_surrogate(found, g_eff).sample(2000, seed=0).dense(), all_of_them=False)
    without = eigenvalues(surrogate(found, g_eff).sample(2000, seed=0).dense(), all_of_them=False)
    # The wiring: 1.72, 1.62, 1.54, ..., beyond 0.77. The surrogate: 1.53, 1.43, 1.26, ...; correlations between modes,
    # which it has not, carry the rest. Without overlaps: none.
    assert own.real_outliers[0] == pytest.approx(1.72, abs=0.01)
    assert 1.3 < with_overlaps.real_outliers[0] < 1.8
    assert with_overlaps.outliers.size > 20
    assert without.outliers.size == 0
    assert without.spectral_radius < 0.8


@pytest.mark.statistical
@pytest.mark.long
def test_the_surrogate_has_the_symmetry_of_the_couplings() -> None:
    """Overlaps that come from elsewhere (a wiring of repeated types) must not make couplings nearly symmetric."""
    found = decompose(read(sample_data("fly-optic-lobe")))
    assert found.reciprocity == pytest.approx(0.0631, abs=1e-4)  # no error: the digits that are quoted
    couplings = overlapping_surrogate(found, 1.0).sample(1500, seed=0).dense()
    again = np.sum(couplings * couplings.T) / np.sum(couplings**2)
    # Sampling at N = 1500: 0.002. Without the constraint ρ(D) made it 0.44, with the same misfit of overlaps.
    assert again == pytest.approx(found.reciprocity, abs=0.012)
    modes = found.mode_overlaps
    assert modes.residual < 0.09
