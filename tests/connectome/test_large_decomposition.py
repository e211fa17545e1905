"""Large wirings: the leading modes computed, the rest estimated, against the full decomposition."""

import json

import numpy as np
import pytest
import scipy.sparse as sp

from mftheory.connectome import Connectome, decompose, modes, participation_ratio, read, sample_data, tail
from mftheory.connectome.spectrum import dense_modes, traces
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import RandomMode


def wiring(matrix):
    coo = sp.coo_array(matrix)
    return Connectome.from_edges(coo.coords[1], coo.coords[0], coo.data, n=coo.shape[0])


def sparse_random_modes(n=900, seed=0):
    """Couplings with overlaps, half of them kept, and 40 neurons with one of 20 targets each."""
    rho = 0.5 * np.tanh(8 * (0.15 - (np.arange(n) + 0.5) / n))
    laws = RandomMode(RandomMode.exponential(1.0, 0.1).mode_strengths(n), overlaps=rho)
    j = laws.sample(n, seed).dense()
    rng = np.random.default_rng(seed)
    j *= rng.random((n, n)) < 0.5
    j[:, -40:] = 0.0
    j[np.arange(40) % 20, n - 40 + np.arange(40)] = 0.1 + 0.01 * np.arange(40)  # 40 neurons with 20 targets: 20 zeros
    return sp.csr_array(j)


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(modes, "MAX_NEURONS_ALL_VECTORS", 100)
    monkeypatch.setattr(modes, "MAX_NEURONS_ALL_VALUES", 200)


@pytest.mark.statistical
def test_estimated_tail_against_the_full_decomposition(small_limits):
    j = sparse_random_modes()
    n = j.shape[0]
    sigma, left, right = dense_modes(j)
    full = np.einsum("ia,ia->a", left, right)
    found = modes.singular_modes(j, modes=60)
    assert (found.tail, found.exact) == ("estimated", 60)
    assert found.singular_values.shape == found.diagonal.shape == (n,)
    assert np.all(np.diff(found.singular_values[60:]) <= 0)

    # Leading modes by another algorithm: rounding; observed 2e-14 and 1e-12.
    np.testing.assert_allclose(found.singular_values[:60], sigma[:60], rtol=1e-10)
    np.testing.assert_allclose(found.diagonal[:60], full[:60], atol=1e-8)
    np.testing.assert_allclose(found.left.T @ found.left, np.eye(60), atol=1e-10)

    # Sums are exact: rounding.
    second, fourth = traces(j)
    assert np.sum(found.singular_values**2) == pytest.approx(second, rel=1e-10)
    assert np.sum(found.singular_values**4) == pytest.approx(fourth, rel=1e-10)
    assert found.singular_values @ found.diagonal == pytest.approx(j.diagonal().sum(), abs=1e-9)
    assert np.count_nonzero(found.singular_values == 0) == np.count_nonzero(sigma == 0) == 20

    # The distribution within the error stated; observed 0.009, stated 0.025.
    x = np.linspace(0, sigma[60], 500)
    distance = np.max(np.abs(np.searchsorted(sigma[::-1], x) - np.searchsorted(found.singular_values[::-1], x)) / n)
    assert distance < found.tail_error
    assert found.tail_error < 0.04

    # Overlaps of the tail, averaged over tenths of it: noise of 10 probes √(1/(10·84)) ≈ 0.035 in units of
    # rms σ over the part's mean σ.
    parts = np.array_split(np.arange(60, np.count_nonzero(sigma)), 8)
    rms = np.sqrt(np.mean(sigma[60:] ** 2))
    for part in parts:
        expected, estimated = (np.sum(sigma[part] * o[part]) / part.size for o in (full, found.diagonal))
        assert abs(expected - estimated) < 4.5 * rms * np.sqrt(1 / (tail.LANCZOS_PROBES * part.size))


@pytest.mark.numeric
def test_values_in_full_where_vectors_are_not(monkeypatch):
    j = sparse_random_modes()
    monkeypatch.setattr(modes, "MAX_NEURONS_ALL_VECTORS", 100)
    found = modes.singular_modes(j, modes=30)
    assert (found.tail, found.exact, found.left.shape) == ("exact", j.shape[0], (j.shape[0], 30))
    # Same algorithm; rounding.
    np.testing.assert_allclose(found.singular_values, dense_modes(j)[0], atol=1e-6)
    assert found.singular_values @ found.diagonal == pytest.approx(j.diagonal().sum(), abs=1e-9)


@pytest.mark.numeric
def test_a_matrix_of_low_rank_has_no_tail(small_limits):
    rng = np.random.default_rng(0)
    j = sp.csr_array(rng.standard_normal((300, 12)) @ rng.standard_normal((12, 300)))
    found = modes.singular_modes(j, modes=40)
    assert found.tail == "exact"
    assert np.count_nonzero(found.singular_values) == found.left.shape[1] == 12
    assert np.linalg.norm(j - (found.left * found.singular_values[:12]) @ found.right.T) < 1e-8 * np.linalg.norm(
        j.toarray()
    )


@pytest.mark.numeric
def test_traces_in_blocks(monkeypatch):
    from mftheory.connectome import spectrum

    rng = np.random.default_rng(0)
    j = sp.random_array((400, 400), density=0.02, rng=rng, data_sampler=rng.standard_normal).tocsr()
    dense = j.toarray()
    expected = np.sum(dense**2), np.sum((dense @ dense.T) ** 2)
    monkeypatch.setattr(spectrum, "_MAX_BLOCK_PRODUCTS", 500.0)  # blocks of some rows
    # Rounding of the same sums.
    assert traces(j) == pytest.approx(expected, rel=1e-12)


@pytest.mark.exact
def test_number_of_modes_is_checked():
    small = wiring(np.random.default_rng(0).standard_normal((20, 20)))
    for wrong in (0, 21, -3):
        with pytest.raises(InvalidNetwork, match="modes"):
            decompose(small, modes=wrong)
    large = sp.csr_array(sp.eye_array(20_001))
    with pytest.raises(Unsupported, match="20000"):
        modes.singular_modes(large, modes=20_001)


@pytest.mark.long
@pytest.mark.statistical
def test_fly_optic_lobe_estimated_against_exact(monkeypatch):
    wired = read(sample_data())
    exact = decompose(wired)
    assert exact.modes.tail == "exact"
    monkeypatch.setattr(modes, "MAX_NEURONS_ALL_VALUES", 1000)
    found = decompose(wired)
    assert (found.modes.tail, found.modes.exact) == ("estimated", 200)
    # Exact by construction; rounding.
    assert found.pr_singular_values == pytest.approx(exact.pr_singular_values, rel=1e-9)
    assert found.effective_rank == pytest.approx(exact.effective_rank, rel=1e-9)
    assert participation_ratio(found.singular_values) == pytest.approx(found.pr_singular_values, rel=1e-12)
    # Observed 207 (neurons that share their targets), as the structural rank says; distance 0.013, stated
    # 0.044.
    assert np.count_nonzero(found.singular_values == 0) == np.count_nonzero(exact.singular_values == 0) == 207
    x = np.linspace(0, 3.6, 2000)
    a, b = (np.searchsorted(d.singular_values[::-1], x) / d.n for d in (found, exact))
    assert np.max(np.abs(a - b)) < found.modes.tail_error < 0.08
    # The estimate is good enough for the strengths; observed 3.399 both, α 1.38 both.
    np.testing.assert_allclose(found.strengths.values[:15], exact.strengths.values[:15], rtol=0.01)
    assert "200 computed, the others estimated" in found.summary
    json.dumps(found.report(), allow_nan=False)
