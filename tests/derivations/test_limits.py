"""Limits and symmetries of the derived four-point functions (theory §4), exact where the statement is algebraic."""

import cmath
import math

import pytest
import sympy as sp
from derivations.declared import random_mode_on_background
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory.action.built_in import BUILT_IN
from mftheory.formulas import canonical, separate

C1, C2, Cx1, Cx2 = sp.symbols("C_phi_1 C_phi_2 C_x_1 C_x_2", real=True)
S1, S2, Sx1, Sx2 = sp.symbols("S_phi_1 S_phi_2 S_x_1 S_x_2", complex=True)
Cxp1, Cxp2 = sp.symbols("C_xphi_1 C_xphi_2", complex=True)
g, g_eff, alpha = sp.symbols("g g_eff alpha", positive=True)
r2, r4 = sp.symbols("r_2 r_4", positive=True)
kappa, sigma = sp.Symbol("kappa", nonnegative=True), sp.Symbol("sigma", real=True)
s = g_eff**2 * S1 * S2
U = g_eff**2 * Sx1 * Sx2 / (1 - s)


def conj(symbol):
    return separate(sp.conjugate(symbol))


@pytest.fixture(scope="module")
def psi():
    """The derived expressions by ensemble and observable, g renamed g_eff for i.i.d. couplings."""
    iid, modes = mf.derive(mf.Network(mf.IID(2.0))), mf.derive(mf.Network(mf.RandomMode.step(2.0, 1.0)))
    return {("iid", a): iid.four_point(a).expr.subs(g, g_eff) for a in ("phi", "x")} | {
        ("random-mode", a): modes.four_point(a).expr for a in ("phi", "x")
    }


# --- limits of the parameters ------------------------------------------------------------------------------


@pytest.mark.exact
@pytest.mark.parametrize("observable", ["phi", "x"])
def test_infinite_effective_rank_is_iid(psi, observable):
    """κ → 0 gives [psi-iid] and [psi-x-iid]; κ = 1 does not."""
    modes, iid = psi["random-mode", observable], psi["iid", observable]
    assert canonical(modes.subs(kappa, 0) - iid) == 0
    assert canonical(modes.subs(kappa, 1) - iid) != 0


@pytest.mark.exact
def test_ratio_to_iid_of_phi(psi):
    """Ψ^φ/Ψ^φ_iid = 1 + κ|s|² at any frequencies."""
    ratio = psi["random-mode", "phi"] / psi["iid", "phi"]
    assert canonical(ratio - (1 + kappa * sp.Abs(s) ** 2)) == 0


@pytest.mark.exact
@pytest.mark.parametrize("observable", ["phi", "x"])
def test_onset_divides_the_dimension_by_one_plus_kappa(psi, observable):
    """As s → 1 both Ψ diverge as 1/|1-s|², with coefficients in the ratio 1 + κ: PR/PR_iid → 1/(1 + κ)."""
    # s = 1 - ε, and its conjugate, from any direction in the complex plane.
    epsilon, its_conj = sp.symbols("epsilon epsilon_conj")
    near = {S2: (1 - epsilon) / (g_eff**2 * S1), conj(S2): (1 - its_conj) / (g_eff**2 * conj(S1))}

    def coefficient(expr):
        singular = sp.cancel(sp.together(separate(expr)).subs(near, simultaneous=True) * epsilon * its_conj)
        return singular.subs({epsilon: 0, its_conj: 0})

    modes, iid = (coefficient(psi[name, observable]) for name in ("random-mode", "iid"))
    assert iid != 0
    assert sp.cancel(modes / iid - (1 + kappa)) == 0


@pytest.mark.exact
@pytest.mark.parametrize(
    ("observable", "target"),
    [("phi", sp.Abs(s / (1 - s)) ** 2 * C1 * C2), ("x", sp.Abs(U) ** 2 * C1 * C2)],
)
def test_vanishing_effective_rank(psi, observable, target):
    """αPR_D → 0: Ψ^a/κ → |s/(1-s)|² C^φ_12 or |U|² C^φ_12, so PR^a → K^a αPR_D with C^a(0)² over its integral."""
    modes = separate(psi["random-mode", observable])
    inverse = sp.Symbol("effective_rank", positive=True)
    limit = sp.cancel(sp.together(modes.subs(kappa, 1 / inverse)) * inverse).subs(inverse, 0)
    assert canonical(limit - target) == 0
    # Ψ is affine in κ: nothing is between the limit and the i.i.d. part.
    assert canonical(modes - kappa * limit - psi["iid", observable]) == 0


@pytest.mark.exact
def test_low_rank_coefficient_and_iid_dimension_meet_at_onset(psi):
    """K^φ/PR^φ_iid → 1 for g → 1⁺: the two integrands differ by the factor |s|², 1 on the ridge."""
    low_rank = separate(psi["random-mode", "phi"]).diff(kappa)
    assert canonical(low_rank / psi["iid", "phi"] - sp.Abs(s) ** 2) == 0


@pytest.mark.exact
@pytest.mark.parametrize(("ensemble", "observable"), [(e, a) for e in ("iid", "random-mode") for a in ("phi", "x")])
def test_without_couplings_each_neuron_is_alone(psi, ensemble, observable):
    """g_eff → 0: Ψ^a → C^a_12, the diagonal alone."""
    expr = separate(psi[ensemble, observable]).subs(g_eff, 0)
    assert canonical(expr - (C1 * C2 if observable == "phi" else Cx1 * Cx2)) == 0


@pytest.mark.exact
def test_without_reciprocity_partial_symmetry_is_iid(psi):
    expr = mf.derive(BUILT_IN["partially-symmetric"]()).four_point("phi").expr.subs(g, g_eff)
    assert canonical(expr.subs(sigma, 0) - psi["iid", "phi"]) == 0


@pytest.mark.exact
def test_random_modes_on_a_background_have_both_limits(psi):
    """Not published: a sum of two ensembles gives back each where the other vanishes."""
    expr = mf.derive(random_mode_on_background()).four_point("phi").expr
    named = {r2: g_eff**2 / alpha, r4: kappa * g_eff**4 / alpha}
    assert canonical(separate(expr).subs(g, 0).subs(named) - psi["random-mode", "phi"]) == 0
    assert canonical(separate(expr).subs({r2: 0, r4: 0}).subs(g, g_eff) - psi["iid", "phi"]) == 0


# --- symmetries --------------------------------------------------------------------------------------------


@pytest.mark.exact
@pytest.mark.parametrize(("ensemble", "observable"), [(e, a) for e in ("iid", "random-mode") for a in ("phi", "x")])
def test_symmetric_in_the_frequencies_and_real(psi, ensemble, observable):
    """Ψ(ω1, ω2) = Ψ(ω2, ω1), and Ψ(-ω1, -ω2) = Ψ(ω1, ω2)*, which is Ψ itself."""
    expr = separate(psi[ensemble, observable])
    pairs = ((C1, C2), (Cx1, Cx2), (S1, S2), (Sx1, Sx2), (Cxp1, Cxp2))
    exchange = {a: b for one, two in pairs for a, b in ((one, two), (two, one))}
    exchange |= {conj(a): conj(b) for a, b in exchange.items()}
    assert canonical(expr.xreplace(exchange) - expr) == 0
    conjugate = {a: conj(a) for pair in pairs for a in pair}
    conjugate |= {conj(a): a for pair in pairs for a in pair}
    assert canonical(expr.xreplace(conjugate) - expr) == 0


def opposite_frequencies():
    """ω2 = -ω1: every function at the second frequency is the conjugate of that at the first."""
    return {C2: C1, Cx2: Cx1} | {
        new: old
        for one, two in ((S1, S2), (Sx1, Sx2), (Cxp1, Cxp2))
        for new, old in ((two, conj(one)), (conj(two), one))
    }


@pytest.mark.exact
def test_opposite_frequencies_phi(psi):
    """Ψ^φ(ω,-ω) = (1/N) Σ_ij |C_ij(ω)|²: positive, with s = g_eff² |S|² real."""
    expr = separate(psi["random-mode", "phi"]).xreplace(opposite_frequencies())
    real_s = g_eff**2 * sp.Abs(S1) ** 2
    assert canonical(expr - C1**2 * (1 + kappa * real_s**2) / (1 - real_s) ** 2) == 0


@pytest.mark.exact
def test_opposite_frequencies_x(psi):
    """Ψ^x(ω,-ω) as squares and the incoherence C^x C^φ - |C^{xφ}|² >= 0 of x and φ(x)."""
    expr = separate(psi["random-mode", "x"]).xreplace(opposite_frequencies())
    real_U = g_eff**2 * sp.Abs(Sx1) ** 2 / (1 - g_eff**2 * sp.Abs(S1) ** 2)
    squares = (Cx1 + real_U * C1) ** 2 + kappa * (real_U * C1) ** 2
    assert canonical(expr - (squares - 2 * real_U * (Cx1 * C1 - sp.Abs(Cxp1) ** 2))) == 0


@pytest.mark.exact
def test_gaussian_preactivations(psi):
    """Leaky units, no feedback: Ψ^x = (2 + κ - |s|²)/|1-s|² C^x_12, ours; 1 + κ on the ridge s = 1, as for φ."""
    gain = sp.Symbol("gain", positive=True)
    # C^x = |S^x|² g_eff² C^φ; by Price's theorem S^φ = ⟨φ'⟩ S^x and C^{xφ} = ⟨φ'⟩ C^x.
    gaussian = {Cx: g_eff**2 * Sx * conj(Sx) * C for Cx, Sx, C in ((Cx1, Sx1, C1), (Cx2, Sx2, C2))}
    gaussian |= {
        Cxp: gain * gaussian[Cx] for Cxp, Cx in ((Cxp1, Cx1), (Cxp2, Cx2), (conj(Cxp1), Cx1), (conj(Cxp2), Cx2))
    }
    gaussian |= {S: gain * Sx for S, Sx in ((S1, Sx1), (S2, Sx2), (conj(S1), conj(Sx1)), (conj(S2), conj(Sx2)))}
    target = (2 + kappa - sp.Abs(s) ** 2) / sp.Abs(1 - s) ** 2 * Cx1 * Cx2
    difference = separate(psi["random-mode", "x"]) - separate(target)
    assert canonical(difference.subs(gaussian, simultaneous=True)) == 0


# --- positivity --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kernels(psi):
    """The random-mode expressions as plain functions of spectra, their conjugates, g_eff and κ."""
    complex_symbols = (S1, S2, Sx1, Sx2, Cxp1, Cxp2)
    order = (C1, C2, Cx1, Cx2, *complex_symbols, *map(conj, complex_symbols), g_eff, kappa)
    return {a: sp.lambdify(order, separate(psi["random-mode", a])) for a in ("phi", "x")}


POLAR = st.tuples(st.floats(0.0, 3.0), st.floats(-math.pi, math.pi)).map(lambda p: cmath.rect(*p))
POSITIVE = st.floats(0.01, 10.0)


@pytest.mark.numeric
@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    C=st.tuples(POSITIVE, POSITIVE),
    Cx=st.tuples(POSITIVE, POSITIVE),
    S=st.tuples(POLAR, POLAR),
    Sx=st.tuples(POLAR, POLAR),
    coherence=st.tuples(POLAR, POLAR).map(lambda p: [z / 3 for z in p]),
    strength=st.floats(0.1, 3.0),
    rank=st.floats(0.05, 20.0),
)
def test_never_negative(kernels, C, Cx, S, Sx, coherence, strength, rank):
    """Ψ^a >= 0 for any spectra with |C^{xφ}|² <= C^x C^φ, and a smaller rank never lowers it."""
    assume(abs(1 - strength**2 * S[0] * S[1]) > 1e-6)
    cross = [z * math.sqrt(a * b) for z, a, b in zip(coherence, Cx, C, strict=True)]
    complex_values = (*S, *Sx, *cross)
    point = (*C, *Cx, *complex_values, *(z.conjugate() for z in complex_values), strength)
    for kernel in kernels.values():
        iid, modes, scale = (complex(kernel(*point, k)) for k in (0.0, 1 / rank, 1.0))
        # Rounding of sums whose terms are no larger than a few times the value at κ = 1.
        slack = 1e-12 * abs(scale)
        assert max(abs(iid.imag), abs(modes.imag)) <= slack * (1 + 1 / rank)
        assert iid.real >= -slack
        assert modes.real >= iid.real - slack
