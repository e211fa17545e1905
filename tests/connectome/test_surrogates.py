"""From a wiring to an ensemble, end to end."""

import json

import numpy as np
import pytest

from mftheory.connectome import (
    Connectome,
    decompose,
    effective_rank,
    participation_ratio,
    read,
    sample_data,
    singular_values,
    surrogate,
)
from mftheory.errors import InvalidNetwork, Unsupported


def dense_wiring(matrix):
    post, pre = np.divmod(np.arange(matrix.size), matrix.shape[0])
    return Connectome.from_edges(pre, post, matrix.ravel(), n=matrix.shape[0])


@pytest.mark.statistical
def test_a_random_mode_matrix_comes_through_the_pipeline():
    import mftheory as mf

    n = 600
    modes = mf.RandomMode.exponential(g_eff=1.0, effective_rank=0.4)
    found = decompose(dense_wiring(modes.sample(n, seed=0).dense()))
    # Already nearly balanced: fully connected with random signs, so balancing is exact and changes little.
    assert found.normalised.balanceable
    assert found.normalised.residual < 1e-8
    # 1/n fluctuations, and the balancing evens out rows: observed 0.404.
    assert found.effective_rank == pytest.approx(0.4, rel=0.08)
    assert found.strengths.distance < 0.02
    again = surrogate(found, g_eff=3.0)
    assert again.g_eff == pytest.approx(3.0, rel=1e-12)
    assert again.effective_rank == pytest.approx(found.effective_rank, rel=1e-9)
    json.dumps(found.report(), allow_nan=False)


@pytest.mark.statistical
def test_an_iid_matrix_has_no_effective_rank():
    # PR_S of n i.i.d. couplings is 1/2 + O(1/n); equal row and column norms put it above 1/2.
    # Observed 0.5051 at n = 400.
    found = decompose(dense_wiring(np.random.default_rng(0).standard_normal((400, 400))))
    assert found.pr_singular_values == pytest.approx(0.5, abs=0.01)
    assert found.strengths is None
    assert found.report()["effective_rank"] is None
    with pytest.raises(Unsupported, match=r"i\.i\.d\."):
        surrogate(found, g_eff=3.0)


@pytest.mark.exact
def test_surrogate_of_a_one_to_one_wiring_is_refused():
    ring = Connectome.from_edges([0, 1, 2], [1, 2, 0], [1.0, 2.0, 3.0], n=3)  # balanced: a permutation, PR_S = 1
    with pytest.raises(Unsupported):
        surrogate(ring, g_eff=3.0)
    with pytest.raises(InvalidNetwork):
        surrogate(dense_wiring(np.zeros((3, 3)) + np.triu(np.ones((3, 3)), 1)), g_eff=3.0)


@pytest.mark.long
@pytest.mark.statistical
def test_fly_optic_lobe_end_to_end():
    found = decompose(read(sample_data()))
    assert found.normalised.n == 5552
    # Two routes: all singular values, and traces of the sparse matrix. Rounding; observed 1e-14.
    assert found.pr_singular_values == pytest.approx(participation_ratio(found.normalised.matrix), rel=1e-10)
    assert found.effective_rank == pytest.approx(0.896, abs=0.002)
    modes = surrogate(found, g_eff=3.0)
    assert modes.effective_rank == pytest.approx(effective_rank(found.pr_singular_values), rel=1e-9)

    # No random-mode network has this spectrum (a nearly i.i.d. bulk, 4% zeros, outliers). Observed distances: 0.069 for
    # the fit, 0.100 with α = 1, 0.218 for the plain identification.
    assert 0.05 < found.strengths.distance < 0.08
    sampled = singular_values(modes.sample(1500, seed=0).dense())
    x = np.linspace(0, 3, 400)
    rms = [s / np.sqrt(np.mean(s**2)) for s in (found.singular_values, sampled)]
    cdf = [np.searchsorted(np.sort(s), x) / s.size for s in rms]
    # The limit law is what networks drawn with the strengths have; observed 0.072.
    assert np.max(np.abs(cdf[0] - cdf[1])) == pytest.approx(found.strengths.distance, abs=0.01)
