"""Overlaps against chance: unrelated vectors pass as such, related ones do not."""

import math

import numpy as np
import pytest

from mftheory.connectome import Connectome, decompose, significance
from mftheory.errors import InvalidNetwork
from mftheory.network import RandomMode


def decomposed(couplings, **how):
    post, pre = np.divmod(np.arange(couplings.size), couplings.shape[0])
    return decompose(Connectome.from_edges(pre, post, couplings.ravel(), n=couplings.shape[0]), normalised=False, **how)


@pytest.mark.statistical
def test_independent_couplings_have_chance_overlaps():
    n = 500
    j = np.random.default_rng(0).standard_normal((n, n)) / np.sqrt(n)
    found = decomposed(j).overlap_significance
    assert found.level == pytest.approx(1 / np.sqrt(n))
    assert found.modes == 200
    # Σ of 200 squares of standard normals: p < 1e-4 by chance once in 10⁴; observed 0.4.
    assert 1e-4 < found.p_diagonal < 1 - 1e-4
    # Off the diagonal 39,800 pairs, slightly dependent: rms 1 ± 0.004; observed 0.998. Share 0.27% ± 0.03%.
    assert found.off_diagonal_rms == pytest.approx(1.0, abs=0.02)
    assert found.share_off_diagonal == pytest.approx(found.share_expected, abs=0.0013)
    # Of the largest of 200: p < 1e-4 by chance once in 10⁴; observed 0.09.
    assert found.p_largest > 1e-4
    assert not found.related
    assert found.summary.startswith("no overlaps of left and right modes beyond chance: ")


@pytest.mark.exact
@pytest.mark.parametrize("k", [1, 2, 200])
def test_the_largest_overlap_has_the_law_of_the_largest_of_k(k):
    n, z = 400, 3.5
    o = np.zeros((k, k))
    o[-1, -1] = -z / np.sqrt(n)
    found = significance(o, n)
    one = math.erfc(z / math.sqrt(2))
    # 1 - (1 - p)^k as written here cancels: 6e-14 observed.
    assert found.p_largest == pytest.approx(1 - (1 - one) ** k, rel=1e-9)
    assert found.largest == k - 1
    assert (found.outstanding == (k - 1,)) == (found.p_largest < 1e-3)
    assert (found.p_others == 1.0) or k > 1


@pytest.mark.statistical
def test_one_strong_mode_is_not_lost_among_many():
    n, k = 200, 200
    o = np.random.default_rng(2).standard_normal((k, k)) / np.sqrt(n)
    o[4, 4] = 0.5
    found = significance(o, n)
    assert found.p_diagonal > 1e-6  # the sum over 200 hardly sees it: observed 5e-4
    assert found.p_largest < 1e-9
    assert found.outstanding == (4,)
    assert found.p_others > 1e-4  # by chance below once in 10⁴; observed 0.02
    said = found.summary
    assert said.startswith("left and right modes are related, only in mode 5 (O = 0.50, z = 7.1); ")
    assert f"in {np.sum(np.abs(found.z_diagonal) > 3)} of the 200 leading modes" in said


@pytest.mark.statistical
def test_related_patterns_are_seen_on_the_diagonal():
    n = 500
    laws = RandomMode(RandomMode.exponential(1.0, 0.1).mode_strengths(n), overlaps=np.full(n, 0.4))
    result = decomposed(laws.sample(n, 0).dense())
    found = result.overlap_significance
    assert found.p_diagonal < 1e-12
    # ρ √n ≈ 9 for the strongest; observed 9.4.
    assert np.mean(found.z_diagonal[:20]) == pytest.approx(0.4 * np.sqrt(n), rel=0.3)
    assert found.share_diagonal > 0.9
    assert found.summary.startswith("left and right modes are related")

    # Signs of pairs of vectors are free: nothing changes.
    signs = np.where(np.arange(found.modes) % 2, 1.0, -1.0)
    flipped = significance(signs[:, None] * result.overlaps[:200, :200] * signs, n)
    assert np.array_equal(flipped.z_diagonal, found.z_diagonal)
    assert flipped.share_off_diagonal == found.share_off_diagonal


@pytest.mark.exact
def test_only_square_matrices():
    with pytest.raises(InvalidNetwork, match="square"):
        significance(np.zeros((2, 3)), 10)
