"""Singular values, PR_S and the effective rank."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp

from mftheory.connectome import effective_rank, participation_ratio, singular_values
from mftheory.connectome.spectrum import MAX_DENSE_NEURONS
from mftheory.errors import InvalidNetwork, Unsupported


@pytest.mark.numeric
def test_singular_values_by_both_methods_and_storages():
    rng = np.random.default_rng(0)
    j = rng.standard_normal((80, 30)) @ rng.standard_normal((30, 80))  # 50 zero singular values
    reference = scipy.linalg.svdvals(j)
    # Rounding of a 80 x 80 decomposition, σ_max ≈ 146, by the same library routine; observed 0.
    np.testing.assert_allclose(singular_values(j, method="svd"), reference, atol=1e-11)
    for matrix in (j, sp.csr_array(j)):
        gram = singular_values(matrix)
        # J Jᵀ loses half the digits of the small ones: the 50 zeros come out as exact zeros, the rest
        # in full (observed 9e-16).
        assert np.count_nonzero(gram == 0) == 50
        np.testing.assert_allclose(gram[:30], reference[:30], rtol=1e-10)


@pytest.mark.exact
def test_singular_values_refuse_what_they_cannot_do():
    with pytest.raises(InvalidNetwork, match="square"):
        singular_values(np.ones((2, 3)))
    with pytest.raises(InvalidNetwork, match="finite"):
        singular_values(np.array([[np.nan, 1.0], [1.0, 1.0]]))
    with pytest.raises(InvalidNetwork, match="not all zero"):
        singular_values(np.zeros((2, 2)))
    with pytest.raises(InvalidNetwork, match="method"):
        singular_values(np.eye(2), method="none")
    n = MAX_DENSE_NEURONS + 1
    with pytest.raises(Unsupported, match=str(n)):
        singular_values(sp.csr_array(sp.eye_array(n)))


@pytest.mark.numeric
def test_participation_ratio_from_traces_equals_that_of_singular_values():
    rng = np.random.default_rng(1)
    j = rng.standard_normal((70, 70)) * (rng.random((70, 70)) < 0.2)
    expected = participation_ratio(scipy.linalg.svdvals(j))
    # The same sums in another order; observed 2e-16.
    assert participation_ratio(j) == pytest.approx(expected, rel=1e-12)
    assert participation_ratio(sp.csr_array(j)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.exact
def test_effective_rank_inverts_sv_pr():
    for rank in (0.01, 0.3, 1.0, 7.0):
        assert effective_rank(rank / (1 + 2 * rank)) == pytest.approx(rank, rel=1e-13)
    for pr in (0.5, 0.52, 1.0):
        with pytest.raises(Unsupported, match=r"i\.i\.d\."):
            effective_rank(pr)
    for pr in (0.0, -0.1, 1.5, float("nan")):
        with pytest.raises(InvalidNetwork, match="pr_s"):
            effective_rank(pr)
