"""Normalisation (theory §9): exact where a balanced matrix exists, and honest where none does."""

import functools
import importlib

import numpy as np
import pytest
import scipy.sparse as sp

from mftheory.connectome import Connectome, normalise, participation_ratio, read, sample_data, unscaled
from mftheory.errors import InvalidNetwork

HALF = np.sqrt(0.5)


def wiring(matrix):
    coo = sp.coo_array(np.asarray(matrix, dtype=float))
    return Connectome.from_edges(coo.coords[1], coo.coords[0], coo.data, n=coo.shape[0])


def part_norms(matrix, axis):
    """Norms of the excitatory and inhibitory parts along an axis, those that exist."""
    norms = [np.sqrt((np.where(sign * matrix > 0, matrix, 0) ** 2).sum(axis=axis)) for sign in (1, -1)]
    return np.concatenate([part[part > 0] for part in norms])


def literally(matrix, sweeps):
    """The recipe of theory §9, word for word: rows, then columns, E and I parts to 1/√2."""
    matrix = np.array(matrix, dtype=float)
    for _ in range(sweeps):
        for axis in (1, 0):
            for sign in (1, -1):
                part = sign * matrix > 0
                norm = np.sqrt((np.where(part, matrix, 0) ** 2).sum(axis=axis, keepdims=True))
                matrix = np.where(part, matrix * HALF / np.where(norm > 0, norm, 1), matrix)
    return matrix


@pytest.mark.numeric
def test_fully_connected_signs_balance_to_rounding():
    rng = np.random.default_rng(0)
    j = rng.lognormal(sigma=1.5, size=(60, 60)) * rng.choice([-1, 1], size=(60, 60))
    balanced = normalise(wiring(j))
    matrix = balanced.matrix.toarray()
    assert balanced.balanceable
    assert np.array_equal(np.sign(matrix), np.sign(j))
    # Linear convergence stopped at a relative change of 1e-13; observed 8e-13 on the rows, 3e-16 on the columns.
    assert np.max(np.abs(part_norms(matrix, 1) - HALF)) < 1e-11
    assert np.max(np.abs(part_norms(matrix, 0) - HALF)) < 1e-14
    assert balanced.residual == pytest.approx(np.max(np.abs(part_norms(matrix, 1) - HALF)), abs=1e-15)


@pytest.mark.numeric
def test_without_a_fixed_point_the_residual_is_reported():
    # Column 0 is all excitatory, column 1 all inhibitory. Columns exact: every entry ±1/2, so each part of a row has
    # norm 1/2 and misses 1/√2 by 0.2071.
    balanced = normalise(wiring([[3.0, -1.0], [7.0, -2.0]]))
    assert not balanced.balanceable
    assert balanced.scaled_last == "columns"
    assert balanced.stalled
    # Rounding only.
    np.testing.assert_allclose(balanced.matrix.toarray(), [[0.5, -0.5], [0.5, -0.5]], atol=1e-14)
    assert balanced.residual == pytest.approx(HALF - 0.5, abs=1e-14)
    assert balanced.residual_last < 1e-14
    assert balanced.row_norms == pytest.approx((HALF, HALF), abs=1e-14)
    assert "columns scaled last" in balanced.summary
    assert "no rescaling" in balanced.summary


@pytest.mark.numeric
def test_entries_that_a_balanced_matrix_cannot_have_keep_their_sign():
    # Excitatory pattern [[x, x], [x, 0]]: balanced only with entry (0, 0) at 0, approached as 1/sweeps.
    balanced = normalise(wiring([[1.0, 1.0], [1.0, -1.0]]), max_sweeps=1000)
    matrix = balanced.matrix.toarray()
    assert balanced.balanceable
    assert not balanced.stalled
    assert 0 < matrix[0, 0] < 0.03  # squared entry ≈ 1/(4 sweeps): 0.016 observed
    assert balanced.residual < 1e-3  # the same 1/sweeps; observed 2e-4
    assert matrix[1, 1] == pytest.approx(-HALF, abs=1e-14)  # alone in its row and column


@pytest.mark.numeric
def test_sparse_code_follows_the_recipe():
    rng = np.random.default_rng(1)
    j = rng.lognormal(size=(40, 40)) * rng.choice([-1, 1], size=(40, 40)) * (rng.random((40, 40)) < 0.2)
    balanced = normalise(wiring(j), tolerance=0.0, max_sweeps=25)
    assert balanced.sweeps == 25
    assert balanced.removed == 0
    # Rounding of 25 sweeps; observed 3e-16.
    np.testing.assert_allclose(balanced.matrix.toarray(), literally(j, 25), atol=1e-13)


@pytest.mark.exact
def test_neurons_without_input_or_output_are_removed_until_none_is_left():
    # 0 ⇄ 1 recurrent; 2 → 3 → 0 feeds in (removing 2 leaves 3 without input); 4 isolated; 1 → 5 ends.
    pre, post = [0, 1, 2, 3, 1], [1, 0, 3, 0, 5]
    balanced = normalise(Connectome.from_edges(pre, post, np.ones(5), n=6))
    assert balanced.kept.tolist() == [0, 1]
    assert balanced.removed == 4
    with pytest.raises(InvalidNetwork, match="both input and output"):
        normalise(Connectome.from_edges([0, 1], [1, 2], [1.0, 1.0], n=3))


@pytest.mark.numeric
def test_sweeps_in_blocks_follow_the_recipe():
    # 20 sweeps one by one, then blocks of 10 and of what is left; no fixed point, so that factors drift apart.
    rng = np.random.default_rng(3)
    j = rng.lognormal(sigma=2, size=(50, 50)) * (rng.random((50, 50)) < 0.15)
    j[:, ::3] *= -1
    balanced = normalise(wiring(j), tolerance=0.0, max_sweeps=47)
    assert balanced.sweeps == 47
    assert not balanced.balanceable
    kept = np.ix_(balanced.kept, balanced.kept)
    # Rounding; observed 2e-15.
    np.testing.assert_allclose(balanced.matrix.toarray(), literally(j[kept], 47), atol=1e-12)
    assert balanced.residual_last < 1e-14


@pytest.mark.numeric
def test_a_sparse_fixed_point_is_reached_to_1e_minus_8():
    # Both signs as sums of permutations: a balanced matrix exists.
    rng = np.random.default_rng(4)
    n = 200
    j = np.zeros((n, n))
    for sign in (1, -1):
        for _ in range(6):
            row, column = np.arange(n), rng.permutation(n)
            free = j[row, column] == 0
            j[row[free], column[free]] = sign * rng.lognormal(sigma=1, size=free.sum())
    balanced = normalise(wiring(j))
    assert balanced.balanceable
    assert balanced.stalled
    assert balanced.residual < 1e-8  # observed 3e-12
    assert balanced.residual_last < 1e-10


@pytest.mark.exact
def test_unscaled_couplings_stay_as_they_are():
    rng = np.random.default_rng(5)
    j = rng.standard_normal((30, 30))
    j[:, 7] = 0.0  # no output
    as_is = unscaled(wiring(j))
    keep = np.arange(30) != 7
    assert as_is.kept.tolist() == np.flatnonzero(keep).tolist()
    assert np.array_equal(as_is.matrix.toarray(), j[np.ix_(keep, keep)])
    assert as_is.scaled_last == "neither"
    assert "not rescaled" in as_is.summary
    excitatory = np.sqrt((np.maximum(j[np.ix_(keep, keep)], 0) ** 2).sum(axis=1))
    assert as_is.residual >= np.max(np.abs(excitatory - HALF)) - 1e-12


@pytest.mark.exact
def test_progress_is_shown_when_asked_for(capsys, monkeypatch):
    module = importlib.import_module("mftheory.connectome.normalise")
    monkeypatch.setattr(module, "Progress", functools.partial(module.Progress, first=0.0))
    normalise(wiring(np.random.default_rng(6).standard_normal((20, 20))), progress=True)
    assert "normalise: 100%" in capsys.readouterr().err
    normalise(wiring(np.random.default_rng(6).standard_normal((20, 20))))
    assert capsys.readouterr().err == ""


@pytest.mark.exact
def test_weights_too_far_apart_are_refused():
    with pytest.raises(InvalidNetwork, match="orders of magnitude"):
        normalise(Connectome.from_edges([0, 1], [1, 0], [1e-200, 1.0], n=2))


@pytest.mark.numeric
def test_fly_optic_lobe_has_the_known_numbers():
    wired = read(sample_data())
    balanced = normalise(wired)
    raw = wired.matrix[balanced.kept][:, balanced.kept]
    assert balanced.n == 5552
    assert not balanced.balanceable
    assert balanced.stalled
    # Known to two digits (theory §9); observed 0.0721 and 0.3209 (0.32095 after three times as many sweeps).
    assert participation_ratio(raw) == pytest.approx(0.07, abs=0.005)
    assert participation_ratio(balanced.matrix) == pytest.approx(0.3209, abs=0.0002)
    assert balanced.residual_last < 1e-13
    # Whole-row norms 0.29 to 1.05: the published "0.4 to 1.3" is of fewer sweeps.
    assert 0.2 < balanced.row_norms[0] < 0.5
    assert 1.0 < balanced.row_norms[1] < 1.4
    assert np.array_equal(np.sign(raw.toarray()), np.sign(balanced.matrix.toarray()))
