"""Eigenvalues: all against the outermost, outliers where they are known."""

import numpy as np
import pytest
import scipy.sparse as sp

from mftheory.connectome import Connectome, decompose, eigenvalues, normalise, read, sample_data
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import IID, RandomMode


def with_outliers(n=600):
    """Independent couplings of variance 1/n and modes of low rank: real outliers 2.5 and -1.8, a pair 2 e^{±i}."""
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(rng.standard_normal((n, 4)))
    block = np.zeros((4, 4))
    block[0, 0], block[1, 1] = 2.5, -1.8
    block[2:, 2:] = 2 * np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    return rng.standard_normal((n, n)) / np.sqrt(n) + q @ block @ q.T


@pytest.mark.statistical
def test_known_outliers_are_found():
    found = eigenvalues(with_outliers())
    assert found.complete
    assert found.values.size == 600
    assert found.all_outliers
    expected = np.array([2.5, -1.8, 2 * np.exp(1j), 2 * np.exp(-1j)])
    assert found.outliers.size == 4
    # Outliers move by about 1/√n = 0.04; observed up to 0.05.
    for value in expected:
        assert np.min(np.abs(found.outliers - value)) < 0.2
    np.testing.assert_allclose(found.real_outliers, [2.5, -1.8], atol=0.2)
    assert found.spectral_radius == pytest.approx(2.5, abs=0.2)
    assert found.spectral_abscissa == pytest.approx(2.5, abs=0.2)


@pytest.mark.numeric
def test_outermost_agree_with_all():
    j = sp.csr_array(with_outliers())
    every = eigenvalues(j, all_of_them=True)
    outer = eigenvalues(j, all_of_them=False, leading=20)
    assert not outer.complete
    assert outer.all_outliers
    # ARPACK to its tolerance, machine precision; observed 1e-13.
    np.testing.assert_allclose(np.sort_complex(outer.outliers), np.sort_complex(every.outliers), atol=1e-9)
    assert outer.spectral_radius == pytest.approx(every.spectral_radius, abs=1e-9)
    assert outer.spectral_abscissa == pytest.approx(every.spectral_abscissa, abs=1e-9)
    # Pairs are whole, and each value is there once.
    assert np.allclose(np.sort_complex(outer.values), np.sort_complex(outer.values.conj()), atol=1e-9)
    assert np.unique(outer.values.round(8)).size == outer.values.size

    # Too few asked for: said so.
    short = eigenvalues(j, all_of_them=False, leading=2)
    assert not short.all_outliers
    assert "at least" in short.summary


@pytest.mark.statistical
@pytest.mark.parametrize("rank", [0.2, 1.0, None])
def test_independent_modes_have_no_outliers(rank):
    # Largest modulus above the radius by 0.8 of radius/√(2 n PR_S) on average, 2.1 at most in 24 networks of each
    # kind; the margin is 3.
    laws = IID(1.0) if rank is None else RandomMode.exponential(1.0, rank)
    for seed in range(4):
        found = eigenvalues(laws.sample(1000, seed).dense(), all_of_them=False, leading=4)
        assert found.outliers.size == 0
        assert found.spectral_radius > 0.9 * found.bulk_radius


@pytest.mark.exact
def test_what_it_takes_and_refuses():
    j = np.array([[0.0, 2.0], [-2.0, 0.0]])
    assert np.allclose(eigenvalues(j).values, [2j, -2j]) or np.allclose(eigenvalues(j).values, [-2j, 2j])
    wired = Connectome.from_edges([0, 1, 0, 1], [0, 0, 1, 1], [4.0, -1.0, -1.0, 9.0], n=2)
    balanced = normalise(wired)
    for given in (balanced, decompose(wired), balanced.matrix):
        assert eigenvalues(given).spectral_radius == pytest.approx(np.sqrt(2))
    for bad, what in (
        (np.ones((2, 3)), "square"),
        (np.zeros((3, 3)), "not all zero"),
        (np.full((2, 2), np.nan), "fin"),
    ):
        with pytest.raises(InvalidNetwork, match=what):
            eigenvalues(bad)
    with pytest.raises(InvalidNetwork, match="leading"):
        eigenvalues(j, leading=0)
    with pytest.raises(Unsupported, match="20001"):
        eigenvalues(sp.csr_array(sp.eye_array(20_001)), all_of_them=True)


@pytest.mark.statistical
def test_fly_optic_lobe_has_the_known_outliers():
    found = eigenvalues(normalise(read(sample_data())))
    # Known (dense): 1.72, 1.62, 1.55 ± 0.06i; bulk radius 0.73.
    assert found.spectral_radius == pytest.approx(1.72, abs=0.01)
    np.testing.assert_allclose(found.real_outliers[:2], [1.72, 1.62], atol=0.01)
    assert np.min(np.abs(found.outliers - (1.55 + 0.06j))) < 0.01
    assert found.bulk_radius == pytest.approx(0.73, abs=0.005)
    assert not found.all_outliers
