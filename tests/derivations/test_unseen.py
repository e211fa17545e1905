"""Ensembles the engine has never seen, against numbers built without it and against sampled couplings."""

import numpy as np
import pytest
import sympy as sp
from derivations.declared import random_mode_on_background, with_overlaps
from hypothesis import given, settings
from hypothesis import strategies as st

from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix
from mftheory.action.built_in import BUILT_IN, leaky_neurons, mode_latents
from mftheory.action.sampled_ensemble import SamplableEnsemble
from mftheory.derivations.derivation import Derivation
from mftheory.formulas import Mean, canonical, conjugate_symbol, conjugated, separate
from mftheory.theory.one_network.linear_network import linear_equivalent

D, RHO = sp.symbols("D rho", real=True)


@pytest.fixture(scope="module")
def derivations() -> dict[str, Derivation]:
    return {
        "background": Derivation(random_mode_on_background()),
        "overlaps": Derivation(with_overlaps()),
    }


def numbers(expr: sp.Expr, values: dict[str, complex], strengths: np.ndarray, overlaps: np.ndarray) -> complex:
    """A derived expression at given numbers, its averages taken over arrays of (D, ρ)."""
    expr = separate(expr)
    named = dict(values)
    named.update({n + "_conj": np.conj(v) for n, v in values.items()})
    means = {}
    for k, mean in enumerate(expr.atoms(Mean)):
        inner = mean.args[0]
        arguments = sorted(inner.free_symbols - {D, RHO}, key=str)
        f = sp.lambdify([D, RHO, *arguments], inner)
        means[mean] = sp.Symbol(f"mean{k}")
        named[f"mean{k}"] = complex(np.mean(f(strengths, overlaps, *(named[s.name] for s in arguments))))
    for n in (2, 4):
        named[f"r_{n}"] = float(np.mean(strengths**n))
    expr = expr.xreplace(means)
    symbols = sorted(expr.free_symbols, key=str)
    return complex(sp.lambdify(symbols, expr)(*(named[s.name] for s in symbols)))


def pi_and_k_background(v: dict[str, complex], strengths: np.ndarray) -> complex:
    """Π(1-KΠ)⁻¹ typed in as numbers, operators (φφ, x̃x̃, zz, (Dz̃)(Dz̃))."""
    S12, C12 = v["S_phi_1"] * v["S_phi_2"], v["C_phi_1"] * v["C_phi_2"]
    r2, r4 = np.mean(strengths**2), np.mean(strengths**4)
    Pi = np.zeros((4, 4), complex)
    Pi[0, 0], Pi[0, 1], Pi[1, 0] = C12, np.conj(S12), S12
    Pi[2, 2], Pi[2, 3], Pi[3, 2] = v["alpha"] * r4 * C12, v["alpha"] * r2, v["alpha"] * r2
    K = np.zeros((4, 4))
    K[0, 1] = K[1, 0] = v["g"] ** 2
    K[1, 2] = K[2, 1] = 1
    K[0, 3] = K[3, 0] = 1
    return (Pi @ np.linalg.inv(np.eye(4) - K @ Pi))[0, 0]


complexes = st.complex_numbers(min_magnitude=0.05, max_magnitude=0.6, allow_nan=False, allow_infinity=False)
positives = st.floats(0.1, 3.0)


@pytest.mark.numeric
@settings(max_examples=40, deadline=None)
@given(complexes, complexes, positives, positives, st.floats(0.1, 0.9), st.floats(0.2, 2.0), st.integers(1, 6))
def test_unseen_sum_of_ensembles_equals_numerical_pi_k(derivations, S1, S2, C1, C2, g, alpha, seed) -> None:
    strengths = np.random.default_rng(seed).uniform(0.1, 0.8, size=5)
    values = {"S_phi_1": S1, "S_phi_2": S2, "C_phi_1": C1, "C_phi_2": C2, "g": g, "alpha": alpha}
    derived = numbers(derivations["background"].four_point("phi").expr, values, strengths, strengths * 0)
    # Round-off of a 4×4 inverse: 1e-14 seen.
    assert derived == pytest.approx(pi_and_k_background(values, strengths), rel=1e-10)


@pytest.mark.exact
@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=9, max_size=9))
def test_random_covariances_among_three_matrices(entries: list[int]) -> None:
    """Three matrices between the same neurons, correlated at random, act as their sum: [psi-sym] with its variances."""
    x = leaky_neurons()
    matrices = [GaussianMatrix(name, x, x) for name in "XYZ"]
    factor = sp.Matrix(3, 3, entries) / 10
    same = factor * factor.T + sp.eye(3) / 5  # a covariance matrix
    across = same / 3  # ⟨X_ij Y_ji⟩, symmetric in the two matrices
    pairs = [(a, b) for a in range(3) for b in range(a, 3)]
    ensemble = GaussianEnsemble(
        "random",
        (x,),
        tuple(Coupling(m, x.response, x.activity) for m in matrices),
        tuple(Covariance(matrices[a], matrices[b], same[a, b]) for a, b in pairs)
        + tuple(Covariance(matrices[a], matrices[b], across[a, b], transposed=True) for a, b in pairs),
    )
    published = Derivation(BUILT_IN["partially-symmetric"]()).four_point("phi").expr
    total, crossed = sum(same), sum(across)
    strength, symmetry = sp.Symbol("g", positive=True), sp.Symbol("sigma", real=True)
    summed = published.subs({strength: sp.sqrt(total), symmetry: crossed})
    assert canonical(Derivation(ensemble).four_point("phi").expr - summed) == 0


@pytest.mark.numeric
def test_overlaps_equal_published_form_on_arrays(derivations) -> None:
    """[psi-overlap, 51] with its moments taken over random arrays of (D, ρ)."""
    rng = np.random.default_rng(1)
    formula = derivations["overlaps"].four_point("phi")
    moments = {i.symbol: separate(i.definition) for i in formula.symbols.values() if i.definition is not None}
    moments |= {conjugate_symbol(s): conjugated(m) for s, m in moments.items()}
    raw = separate(formula.expr).xreplace(moments)
    for _ in range(5):
        d, rho = rng.uniform(0.1, 0.8, 7), rng.uniform(-0.8, 0.5, 7)
        S1, S2 = 0.5 * (rng.standard_normal(2) + 1j * rng.standard_normal(2))
        alpha = 0.7
        sig1, sig2 = S1 / (1 - d * rho * S1), S2 / (1 - d * rho * S2)
        U, V = alpha * np.mean(d**2 * sig1 * sig2), alpha * np.mean(d**4 * abs(sig1 * sig2) ** 2)
        W = alpha * np.mean(d**2 * rho**2 * sig1.conj() * sig2)
        X12 = alpha * np.mean(d**3 * rho * sig1 * abs(sig2) ** 2)
        X21 = alpha * np.mean(d**3 * rho * sig2 * abs(sig1) ** 2)
        cc = (1 + X12) * (1 + X21.conj()) / (1 - W.conj())
        target = (V - 1 + 2 * cc.real) / abs(1 - U) ** 2 * 1.3 * 0.7
        values = {"S_phi_1": S1, "S_phi_2": S2, "C_phi_1": 1.3, "C_phi_2": 0.7, "alpha": alpha}
        # Round-off only: 1e-15 seen.
        assert numbers(raw, values, d, rho) == pytest.approx(target, rel=1e-10)


def surrogate(J: np.ndarray, S: complex, C: float, input_strength: float) -> np.ndarray:
    """C_ij(ω) of φ = S J φ + ξ, theory §6, no self-coupling: written out, without the package's own."""
    inverse = np.linalg.inv(np.eye(len(J)) - S * J)
    return (C - abs(S) ** 2 * input_strength**2 * C) * (inverse @ inverse.conj().T)


@pytest.mark.statistical
def test_unseen_sum_of_ensembles_equals_sampled_couplings(derivations) -> None:
    """The same at N = 200 and 500 for 25 networks a size, extrapolated in 1/N, within 4 standard errors."""
    alpha, g, strengths = 0.3, 0.5, np.array([0.4, 1.0, 1.6])
    S1, S2, C1, C2 = 0.6 * np.exp(0.4j), 0.7 * np.exp(-0.2j), 1.0, 0.8
    total = np.sqrt(g**2 + alpha * np.mean(strengths**2))
    means, errors = [], []
    for n in (200, 500):
        found = []
        for seed in range(25):
            rng = np.random.default_rng((n, seed))
            m = round(alpha * n)
            d = np.resize(strengths, m)
            left, right = rng.standard_normal((2, n, m)) / np.sqrt(n)
            J = (left * d) @ right.T + g * rng.standard_normal((n, n)) / np.sqrt(n)
            a, b = surrogate(J, S1, C1, total), surrogate(J, S2, C2, total)
            found.append(np.sum(a * b).real / n)
        means.append(np.mean(found))
        errors.append(np.std(found, ddof=1) / 5)
    extrapolated = (5 * means[1] - 2 * means[0]) / 3
    error = np.hypot(5 * errors[1], 2 * errors[0]) / 3
    values = {"S_phi_1": S1, "S_phi_2": S2, "C_phi_1": C1, "C_phi_2": C2, "g": g, "alpha": alpha}
    expr = derivations["background"].four_point("phi").expr
    theory = numbers(expr, values, strengths, strengths * 0).real
    assert abs(extrapolated - theory) < 4 * error
    # The comparison has power: it tells the mode structure from an i.i.d. network of the same total strength.
    without_modes = C1 * C2 / abs(1 - total**2 * S1 * S2) ** 2
    assert abs(theory - without_modes) > 5 * error
    assert abs(extrapolated - without_modes) > 4 * error


@pytest.mark.statistical
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_random_ensemble_equals_numerical_pi_k_and_sampled_couplings(seed: int) -> None:
    """Modes l, r and a background J with random covariances: l with r, r with its like, J with its transpose."""
    rng = np.random.default_rng(seed)
    x, z = leaky_neurons(), mode_latents()
    (D,) = z.parameters
    left, right, J = GaussianMatrix("l", x, z), GaussianMatrix("r", x, z), GaussianMatrix("J", x, x)
    ll, rr, jj = (sp.Rational(int(k), 20) for k in rng.integers(6, 16, 3))
    lr, back = sp.Rational(int(rng.integers(-5, 3)), 20), sp.Rational(int(rng.integers(-5, 4)), 20)
    ensemble = GaussianEnsemble(
        "random",
        (x, z),
        (
            Coupling(left, x.response, z.state),
            Coupling(right, x.activity, D * z.response),
            Coupling(J, x.response, x.activity),
        ),
        (
            *(Covariance(m, m, v) for m, v in ((left, ll), (right, rr), (J, jj))),
            Covariance(left, right, lr),
            Covariance(J, J, back, transposed=True),
        ),
    )
    alpha, strengths = 0.4, rng.uniform(0.3, 1.0, 4)
    C, S = (1.0, 0.7), (0.45 * np.exp(0.3j), 0.5 * np.exp(-0.4j))
    given = {"alpha": alpha, "D": strengths} | {f"r_{n}": float(np.mean(strengths**n)) for n in (2, 4)}
    theory = Derivation(ensemble).four_point("phi").evaluate(given, C=C, S=S).real

    # Π over (u, v) of each population, u at ω1 and v at ω2, and K, with numbers; fields (φ, x̃), (z, D z̃).
    def latents(c: float, s: complex, d: float) -> np.ndarray:
        gain = 1 / (1 - float(lr) * d * s)
        return np.array([[abs(d * gain) ** 2 * float(rr) * c, d * np.conj(gain)], [d * gain, 0]])

    neurons = [np.array([[c, np.conj(s)], [s, 0]]) for c, s in zip(C, S, strict=True)]
    Pi = np.zeros((8, 8), complex)
    Pi[:4, :4] = np.kron(*neurons)
    for d in strengths:
        Pi[4:, 4:] += alpha / len(strengths) * np.kron(*(latents(c, s, d) for c, s in zip(C, S, strict=True)))
    K = np.zeros((8, 8))
    phiphi, phihat, hatphi, hathat = range(4)

    def couple(a: int, b: int, strength: sp.Expr) -> None:
        K[a, b] += float(strength)
        if a != b:
            K[b, a] += float(strength)

    couple(phiphi, hathat, jj)
    couple(phihat, hatphi, back)
    couple(hathat, 4 + phiphi, ll)  # l l: x̃x̃ with zz
    couple(phiphi, 4 + hathat, rr)  # r r: φφ with z̃z̃
    couple(phihat, 4 + hatphi, lr)  # l r: φx̃ with z̃z, and the other order
    couple(hatphi, 4 + phihat, lr)
    numerical = (Pi @ np.linalg.inv(np.eye(8) - K @ Pi))[0, 0]
    assert theory == pytest.approx(numerical.real, rel=1e-10)  # rounding of an 8×8 inverse: 1e-15 seen

    total = float(jj) + alpha * float(ll * rr) * np.array(
        [np.mean(abs(strengths / (1 - float(lr) * strengths * s)) ** 2) for s in S]
    )
    reflected = [float(back) * s + alpha * np.mean(float(lr) * strengths / (1 - float(lr) * strengths * s)) for s in S]
    sampled = SamplableEnsemble(ensemble, {"alpha": alpha, "D": strengths})
    found = []
    for k in range(6):
        couplings = sampled.draw(500, k).couplings.dense()
        predicted = linear_equivalent(couplings, omega=[0.0, 0.5], C=C, S=S, Q=total * np.array(C), R=reflected)
        found.append(predicted.Psi("phi")[0, 1].real)
    # Six networks of 500: 0.1% at most seen.
    assert abs(np.mean(found) / theory - 1) < 0.01
    assert abs(theory / (C[0] * C[1]) - 1) > 0.1
