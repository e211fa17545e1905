"""A mean of the couplings: found, told from chance, and told in which mode it is."""

import numpy as np
import pytest

import mftheory as mf
from mftheory.connectome import Connectome, decompose


def mixed(fraction: float, n: int = 200, seed: int = 1) -> Connectome:
    """Neurons that excite or inhibit, each with 20 inputs drawn at random."""
    rng = np.random.default_rng(seed)
    pre, post = np.nonzero(rng.random((n, n)) < 20 / n)
    weight = (1.0 + rng.poisson(3, pre.size)) * np.where(pre < fraction * n, 1.0, -1.0)
    return Connectome.from_edges(pre, post, weight, n=n)


@pytest.mark.exact
def test_value_and_shares_are_those_of_the_matrix() -> None:
    found = decompose(mixed(0.75))
    J = found.normalised.matrix.toarray()
    mean = found.mean_coupling
    # Rounding of sums of n terms: 0, 4e-16 and 7e-16 observed.
    assert mean.value == pytest.approx(J.sum() / len(J), rel=1e-12)
    u, s, vt = np.linalg.svd(J)
    parts = s * u.sum(axis=0) * vt.sum(axis=1) / len(J)
    assert parts.sum() == pytest.approx(mean.value, rel=1e-10)
    assert mean.share == pytest.approx(parts.max() / mean.value, rel=1e-8)


@pytest.mark.statistical
@pytest.mark.parametrize(("fraction", "sign"), [(1.0, 1), (0.75, 1), (0.25, -1)])
def test_excitation_that_outweighs_inhibition_is_warned_of(fraction: float, sign: int) -> None:
    found = decompose(mixed(fraction))
    mean = found.mean_coupling
    assert np.sign(mean.value) == sign
    assert mean.stands_out
    assert mean.mode == 0
    assert mean.share > 0.9  # observed 0.995 to 0.999
    # It is the eigenvalue outside the bulk, up to what the rest adds, of order 1/√n = 0.07; observed 0.1%, 3%, 2%.
    assert mf.connectome.eigenvalues(found).real_outliers == pytest.approx([mean.value], rel=0.2)
    assert found.overlap_significance.outstanding[0] == 0
    assert "do not balance" in found.summary
    assert "in mode 1" in found.summary


@pytest.mark.statistical
def test_balance_is_not_warned_of() -> None:
    for seed in range(5):
        found = decompose(mixed(0.5, seed=seed))
        # By chance about normal with standard deviation 1/√200 = 0.07: never beyond 1; observed at most 0.04.
        assert abs(found.mean_coupling.ratio) < 0.5
        assert found.warnings == ()
        assert "warning" not in found.summary


@pytest.mark.statistical
def test_a_prediction_says_what_sets_the_wiring_apart() -> None:
    found = mf.predict(mixed(0.75), 0.7, noise=0.5, simulate=False)
    own = found["the wiring itself"]
    assert own.predicted["phi"].value < 0.1 * found["modes with overlaps"].predicted["phi"].value
    assert "from the mean of its couplings, is in none of the ensembles" in own.remark
    assert any("do not balance" in sentence for sentence in found.report["warnings"])
    assert "only in mode 1 (O = 0.4" in found.summary
    balanced = mf.predict(mixed(0.5), 0.7, noise=0.5, simulate=False)
    assert "ensembles" not in balanced["the wiring itself"].remark


@pytest.mark.numeric
def test_remarks_of_quiescence_are_short_and_say_what_helps() -> None:
    found = mf.predict(mixed(0.75), 0.3, simulate=False)
    for level in found.levels:
        assert level.predicted == {}
        assert "RandomMode(" not in level.remark
        assert "noise" in level.remark
        assert len(level.remark) < 250
