"""Sums over the neurons of a large J from Krylov spaces, against those of the same J decomposed."""

import numpy as np
import pytest

import mftheory as mf
from mftheory.errors import NotConverged
from mftheory.network.couplings import Couplings, Dense, Factored, Sparse
from mftheory.theory.one_network import predict_covariance
from mftheory.theory.one_network.equal_times import Eigenbasis
from mftheory.theory.one_network.krylov import KrylovBasis, bilinear, krylov_spaces, products
from mftheory.theory.one_network.order_parameters import OrderParameters, order_parameters

pytestmark = pytest.mark.numeric

N = 400
S = 0.6 / (1.0 + 1j * np.array([0.0, 0.3, 1.0, 5.0, 50.0]))


def of(n: int, g: float = 1.2, seed: int = 2) -> np.ndarray:
    return mf.IID(g).sample(n, seed).dense()


def norms(J: np.ndarray) -> np.ndarray:
    n = len(J)
    return np.array([np.linalg.norm(np.linalg.inv(np.eye(n) - s * J)) ** 2 / n for s in S])


def solved(basis, J: np.ndarray, noise: float = 0.5) -> OrderParameters:
    return order_parameters(basis, mf.Erf(), noise, float(np.linalg.norm(J)) / len(J) ** 0.5)


def test_steps_converge_geometrically() -> None:
    """Arnoldi with m steps is exact for polynomials of degree m - 1 in J: (0.6 · 1.2)^m, squared."""
    J = Dense(of(N))
    exact = KrylovBasis(J, steps=100).powers(S)[0][0]
    steps = np.array([4, 8, 12, 16, 20])
    errors = [abs(KrylovBasis(J, steps=int(m)).powers(S)[0][0] / exact - 1) for m in steps]
    rate = np.polyfit(steps, np.log(errors), 1)[0]
    assert rate < 1.5 * np.log(0.72), errors  # between once and twice ln 0.72; 1.9 seen
    assert errors[-1] < 1e-4
    assert abs(KrylovBasis(J, steps=50).powers(S)[0][0] / exact - 1) < 2e-7  # vectors in float32, change of H: 1e-8


@pytest.mark.parametrize(
    "J",
    [
        np.tril(of(N), -1),  # nilpotent: no eigenvector but one
        np.kron(np.eye(4), of(N // 4)),  # every eigenvalue four times
        np.outer(*np.random.default_rng(0).standard_normal((2, N))) / N,
        mf.PartiallySymmetric(0.8, 0.7).sample(N, 0).dense(),
    ],
    ids=["feedforward", "repeated", "rank one", "symmetric"],
)
def test_any_matrix_has_its_powers(J: np.ndarray) -> None:
    errors = []
    for seed in range(3):
        total, others = KrylovBasis(Dense(J), seed=seed, steps=60).powers(S)
        errors.append(total / norms(J) - 1)
        # ‖W‖² - ‖W - 1‖² = 2 Re tr W - N
        trace = [2 * np.trace(np.linalg.inv(np.eye(N) - s * J)).real / N - 1 for s in S]
        np.testing.assert_allclose(total - others, trace, atol=0.05)  # random vectors: 0.012 seen
    # The mean over random vectors is right: 40 × 3 of them leave 1% at most.
    assert np.all(np.abs(np.mean(errors, axis=0)) < 0.02), errors
    assert np.all(np.abs(errors) < 0.08)


@pytest.mark.parametrize("n", [2, 5, 10, 11, 12, 13, 20, 60])
def test_small_matrices_need_no_random_vectors(n: int) -> None:
    """Where the exact space is everything, so is the answer."""
    J = 0.5 * of(n)
    total, _ = KrylovBasis(Dense(J)).powers(S)
    if n <= 10:
        np.testing.assert_allclose(total, norms(J), rtol=1e-6)  # float32, change of H: 1e-8 seen
    else:
        np.testing.assert_allclose(total, norms(J), rtol=0.1)


def test_the_three_kinds_of_couplings_are_one() -> None:
    modes = mf.RandomMode(np.ones(60), alpha=0.2, g_eff=1.2)
    factored = modes.sample(300, 1)
    assert isinstance(factored, Factored)
    matrix = factored.dense()
    sparse = np.where(np.random.default_rng(0).random((300, 300)) < 0.1, of(300), 0.0) * 10**0.5
    kinds: list[list[Couplings]] = [[factored, Dense(matrix)], [Sparse.of(sparse), Dense(sparse)]]
    for one, other in kinds:
        a, b = KrylovBasis(one, steps=60), KrylovBasis(other, steps=60)
        assert a.squares == pytest.approx(b.squares, rel=1e-12)
        assert a.squares == pytest.approx(np.sum(other.dense() ** 2), rel=1e-12)
        # One matrix in two forms, by Arnoldi to its tolerance: 9e-16 seen.
        np.testing.assert_allclose(a.eigenvalues.real.max(), b.eigenvalues.real.max(), rtol=1e-8)
        # From the same vectors: the leading spaces may differ by one of a complex pair.
        starts = np.random.default_rng(1).standard_normal((300, 5))
        weights = np.ones(S.size)
        forms = [
            bilinear(krylov_spaces(products(J)[1], starts, 60), S, weights, weights, weights) for J in (one, other)
        ]
        np.testing.assert_allclose(forms[0], forms[1], rtol=1e-5, atol=1e-5 * np.max(forms[0]))  # float32


@pytest.mark.long
def test_a_chain_says_what_it_is() -> None:
    with pytest.raises(NotConverged, match="feedforward chain"):
        KrylovBasis(Dense(np.eye(N, k=1)))


@pytest.mark.parametrize(
    "J",
    [
        mf.PartiallySymmetric(0.8, 0.4).sample(N, 2).dense(),
        mf.RandomMode.step(1.3, 0.5).sample(N, 2).dense(),
    ],
    ids=["symmetric", "modes"],
)
def test_as_predicted_from_all_eigenvectors(monkeypatch, J: np.ndarray) -> None:
    net = mf.Network(mf.Given(J), noise=0.5)
    exact = mf.predict_covariance(net)
    monkeypatch.setattr(predict_covariance, "LARGEST_DECOMPOSED", N - 1)
    estimated = mf.predict_covariance(net)
    assert exact.exact
    assert not estimated.exact
    # Traces by 40 random vectors: 0.2% of the variance and 0.5% of the largest entry seen.
    assert estimated.variance == pytest.approx(exact.variance, rel=0.01)
    assert estimated.gain == pytest.approx(exact.gain, rel=0.005)
    assert estimated.edge == pytest.approx(exact.edge, abs=0.005)
    assert estimated.self_feedback == pytest.approx(exact.self_feedback, abs=0.005)
    some = np.arange(0, N, 9)
    above = np.triu_indices(some.size, 1)
    for observable in ("phi", "x"):
        a, b = (one.covariance(observable, some) for one in (exact, estimated))
        np.testing.assert_allclose(b, a, atol=0.02 * np.trace(a) / some.size)
        assert np.corrcoef(a[above], b[above])[0, 1] > 0.9999
        tau = np.array([0.0, 1.0, 3.0])
        np.testing.assert_allclose(estimated.C(observable, tau), exact.C(observable, tau), rtol=0.02)
        one = estimated.dimensions[observable]
        # The numerical errors, and that of the variance, which moves eigenvalues next to an instability: 3% seen.
        assert abs(np.log(one.value / exact.dimension(observable).value)) < 0.06 + 4 * one.error / one.value
        assert one.error < 0.2 * one.value  # 40 neurons of 400: 0.12 seen
    with pytest.raises(mf.MFTheoryError, match="give among"):
        estimated.covariance()


@pytest.mark.statistical
@pytest.mark.parametrize("symmetry", [0.0, 0.4])
def test_errors_of_dimensions_are_those_of_the_random_vectors(symmetry: float) -> None:
    J = mf.PartiallySymmetric(0.9, symmetry).sample(N, 2).dense()
    basis = Eigenbasis(J, perturb=True)
    found = solved(basis, J)
    some = np.arange(0, found.omega.size, 8)  # fewer frequencies: the same ones for both
    s, n, w = (v[some] for v in (found.response, found.weights * found.independent, found.weights * found.white))
    per = 1.0 / np.abs(found.gain + found.correction[some]) ** 2
    factor = np.sqrt(per) * np.ones(some.size)
    phi = basis.covariance(s, np.ones((1, 1)), n + w)
    x = basis.covariance(s, factor[:, None] * s[:, None] * basis.eigenvalues, n) + basis.covariance(
        s, factor[:, None], w
    )
    scores, powers = [], []
    for seed in range(20):
        krylov = KrylovBasis(Dense(J), seed=seed, steps=40)
        forms = bilinear(krylov.spaces, s, n, w, per)
        for form, C in zip(forms, (phi, x), strict=True):
            one = krylov.dimension(form)
            scores.append((one.value - np.trace(C) ** 2 / N / np.sum(C**2)) / one.error)
        powers.append(krylov.powers(s)[0] / basis.powers(s)[0] - 1)
    # φ and x nearly agree, so 20 independent scores: mean 0 ± 0.22, rms 1 ± 0.16; 0.4 and -0.1, 1.1 and 0.9 seen.
    assert abs(np.mean(scores)) < 1.0, scores
    assert 0.4 < np.sqrt(np.mean(np.square(scores))) < 1.8, scores
    mean, error = np.mean(powers, axis=0), np.std(powers, axis=0, ddof=1) / 20**0.5
    assert np.all(np.abs(mean) < 5 * error + 1e-6)
    assert np.all(error < 0.005)
