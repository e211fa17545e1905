"""Formulas evaluated for a network's own D, ρ, G: against Π(1-KΠ)⁻¹ built as numbers, and against sampled couplings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf

pytestmark = pytest.mark.numeric

complexes = st.complex_numbers(min_magnitude=0.05, max_magnitude=0.6, allow_nan=False, allow_infinity=False)


@pytest.fixture(scope="module")
def formulas():
    net = mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, 0.2]))
    gains = mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, 0.2]), gains=[1.0, 2.0])
    return {
        "overlaps": mf.derive(net).four_point("phi"),
        "overlaps x": mf.derive(net).four_point("x"),
        "overlaps+gains": mf.derive(gains).four_point("Phi"),
        "symmetric": mf.derive(mf.Network(mf.PartiallySymmetric(1.0, 0.5))).four_point("phi"),
    }


def pi_k(d, rho, alpha, S, C, G=None):
    """The entry of Π(1-KΠ)⁻¹ for ΦΦ, typed in as numbers; operators φφ, x̃x̃, x̃φ, φx̃ of neurons, z likewise.

    S, C: one value at each frequency, or one a neuron; G: gains.
    """
    G = np.ones(1) if G is None else G
    S1, S2, C1, C2 = (np.broadcast_to(v, G.shape) for v in (*S, *C))
    returned = [np.mean(G * s) for s in (S1, S2)]
    total = [np.mean(G**2 * c) for c in (C1, C2)]
    P = [1 / (1 - d * rho * s) for s in returned]
    noise = [d**2 * c for c in total]
    Z = [{"zz": abs(p) ** 2 * n, "hz": p, "zh": p.conj(), "hh": 0 * p} for p, n in zip(P, noise, strict=True)]
    X = [
        {"ff": c.astype(complex), "hf": s, "fh": np.conj(s), "hh": 0 * s}
        for s, c in ((S1, C1), (S2, C2))
    ]  # fmt: skip
    neurons = [("f", "f", G**2), ("h", "h", G**0), ("h", "f", G), ("f", "h", G)]
    latents = [("z", "z", d**0), ("h", "h", d**2), ("z", "h", d * rho), ("h", "z", d * rho)]
    Pi = np.zeros((8, 8), complex)
    for offset, listed, two, size in ((0, neurons, X, 1.0), (4, latents, Z, alpha)):
        for i, (u, v, w) in enumerate(listed):
            for j, (a, b, wb) in enumerate(listed):
                Pi[offset + i, offset + j] = size * np.mean(w * wb * two[0][u + a] * two[1][v + b])
    K = np.zeros((8, 8))
    for i, j in ((1, 4), (0, 5), (2, 6), (3, 7)):
        K[i, j] = K[j, i] = 1
    return (Pi @ np.linalg.inv(np.eye(8) - K @ Pi))[0, 0]


@settings(max_examples=30, deadline=None)
@given(complexes, complexes, st.floats(0.1, 3), st.floats(0.1, 3), st.integers(0, 10**6))
def test_overlaps_on_arrays_equal_numerical_pi_k(formulas, S1, S2, C1, C2, seed) -> None:
    rng = np.random.default_rng(seed)
    d, rho, alpha = rng.uniform(0.1, 0.9, 6), rng.uniform(-0.9, 0.6, 6), rng.uniform(0.2, 1.5)
    net = mf.Network(mf.RandomMode(d, alpha=alpha, overlaps=rho))
    exact = pi_k(d, rho, alpha, (S1, S2), (C1, C2))
    # Round-off of an 8×8 inverse near 1 - U = 0 at worst; 1e-13 seen.
    assert formulas["overlaps"].evaluate(net, C=(C1, C2), S=(S1, S2)) == pytest.approx(exact, rel=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_overlaps_with_gains_take_arrays_over_neurons(formulas, seed) -> None:
    rng = np.random.default_rng(seed)
    d, rho, G = rng.uniform(0.1, 0.8, 5), rng.uniform(-0.8, 0.5, 5), rng.uniform(0.2, 1.2, 4)
    S = 0.4 * (rng.standard_normal((2, 4)) + 1j * rng.standard_normal((2, 4)))
    C = rng.uniform(0.2, 2.0, (2, 4))
    net = mf.Network(mf.RandomMode(d, alpha=0.6, overlaps=rho), gains=G)
    exact = pi_k(d, rho, 0.6, tuple(S), tuple(C), G)
    found = formulas["overlaps+gains"].evaluate(net, C=tuple(C), S=tuple(S))
    assert found == pytest.approx(exact, rel=1e-9)  # as above, with more terms; 1e-12 seen


def test_overlaps_without_overlaps_are_random_modes(formulas) -> None:
    d = np.array([0.3, 0.5, 0.9])
    values = {"C": (1.0, 0.7), "S": (0.3 + 0.2j, 0.4 - 0.1j)}
    without = mf.Network(mf.RandomMode(d))
    zero = mf.Network(mf.RandomMode(d, overlaps=np.zeros(3)))
    plain = mf.derive(without).four_point("phi").evaluate(without, **values)
    assert formulas["overlaps"].evaluate(zero, **values) == pytest.approx(plain, rel=1e-12)


def test_many_weak_modes_of_both_signs_are_partial_symmetry(formulas) -> None:
    """D²α = g², α → ∞, ρ = ±ρ: the error falls as 1/α (V and X do)."""
    g, rho = 1.2, 0.7
    values = {"C": (1.0, 0.7), "S": (0.5 + 0.2j, 0.4 - 0.3j)}
    net = mf.Network(mf.PartiallySymmetric(g, rho**2))
    limit = formulas["symmetric"].evaluate(net, **values)
    errors = []
    for alpha in (100.0, 1000.0, 10000.0):
        modes = mf.RandomMode(np.full(2, g / np.sqrt(alpha)), alpha=alpha, overlaps=[rho, -rho])
        errors.append(abs(formulas["overlaps"].evaluate(mf.Network(modes), **values) - limit))
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(10, rel=0.02)


def linear_equivalent(J: np.ndarray, S: complex, C: float, Q: float, R: complex) -> np.ndarray:
    """C_ij(ω) of the linear network with the same J and a self-coupling kernel R (theory §6)."""
    returned = S / (1 + R * S)
    inverse = np.linalg.inv(np.eye(len(J)) - returned * J)
    return (C - abs(S) ** 2 * Q) / abs(1 + R * S) ** 2 * (inverse @ inverse.conj().T)


@pytest.mark.statistical
@pytest.mark.parametrize("which", ["overlaps", "symmetric"])
def test_self_feeding_networks_equal_sampled_couplings(formulas, which) -> None:
    """The linear-equivalent network at N = 200 and 500, extrapolated in 1/N, within 4 standard errors."""
    S, C = (0.55 * np.exp(0.4j), 0.6 * np.exp(-0.5j)), (1.0, 0.8)
    if which == "symmetric":
        net = mf.Network(mf.PartiallySymmetric(1.0, -0.6))
        Q = [1.0 * c for c in C]
        R = [net.parameters["sigma"] * s for s in S]
    else:
        net = mf.Network(mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[0.3, -0.6, -0.5]))
        w, d, rho = net.connectivity.mode_law()
        back = [1 / (1 - d * rho * s) for s in S]
        Q = [0.6 * np.sum(w * d**2 * abs(b) ** 2) * c for b, c in zip(back, C, strict=True)]
        R = [0.6 * np.sum(w * d * rho * b) for b in back]
    means, errors = [], []
    for n in (200, 500):
        found = []
        for seed in range(24):
            J = net.connectivity.sample(n, seed).dense()
            a, b = (linear_equivalent(J, S[k], C[k], Q[k], R[k]) for k in range(2))
            found.append(np.sum(a * b) / n)
        means.append(np.mean(found))
        errors.append(np.std(found, ddof=1) / np.sqrt(24))
    extrapolated, error = (5 * means[1] - 2 * means[0]) / 3, np.hypot(5 * errors[1], 2 * errors[0]) / 3
    theory = formulas[which].evaluate(net, C=C, S=S)
    assert abs(extrapolated - theory) < 4 * error + 1e-3 * abs(theory)
    # It would have noticed independent couplings of the same strength.
    plain = C[0] * C[1] / abs(1 - net.g_eff**2 * S[0] * S[1]) ** 2
    assert abs(extrapolated - plain) > 6 * error


@pytest.mark.parametrize("modules", ["numpy", "mpmath"])
def test_formulas_can_be_lambdified(formulas, modules: str) -> None:
    import sympy as sp

    formula = formulas["overlaps x"]
    symbols = [i.symbol for i in formula.symbols.values()]
    values = [0.3 + 0.1 * k + (0 if s.is_real else 0.2j) for k, s in enumerate(symbols)]
    expected = complex(formula.expr.subs(dict(zip(symbols, values, strict=True))))
    assert complex(sp.lambdify(symbols, formula.expr, modules)(*values)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("name", "arguments"), [("C_phi", {"S": (0.1, 0.2)}), ("S_phi", {"C": (1.0, 1.0)})])
def test_missing_spectra_are_named(formulas, name, arguments) -> None:
    net = mf.Network(mf.RandomMode([1.0], overlaps=[0.1]))
    with pytest.raises(mf.InvalidNetwork, match=f"^{name}"):
        formulas["overlaps"].evaluate(net, **arguments)
    with pytest.raises(mf.InvalidNetwork, match=r"^network.*random-mode-overlaps"):
        formulas["overlaps"].evaluate(mf.Network(mf.IID(2.0)), C=(1, 1), S=(0, 0))


@pytest.mark.parametrize("values", ["ab", [[1.0, 2.0], [3.0]], [], None, [1.0, float("nan")], [[1.0, 2.0]]])
def test_values_in_a_mean_that_are_no_numbers_are_refused(values: object) -> None:
    psi = mf.derive(mf.Network(mf.PartiallySymmetric(2.0, 0.3), gains=[1.0, 2.0])).four_point("phi")
    numbers = {**mf.Network(mf.PartiallySymmetric(2.0, 0.3), gains=[1.0, 2.0]).parameters, "G": values}
    given = {"C": (1.0, 1.0), "S": (0.1, 0.1)}
    with pytest.raises(mf.InvalidNetwork, match=r"^network\['G'\] = .*must be a finite number, or an array of one"):
        psi.evaluate(numbers, **given)
    # One number for all sites, which was a KeyError, is an array of equal ones.
    one, equal = (psi.evaluate({**numbers, "G": g}, **given) for g in (1.5, [1.5, 1.5]))
    assert one == pytest.approx(equal, rel=1e-14)  # rounding of a mean of equal numbers
