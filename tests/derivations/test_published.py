"""The published formulas of theory §3-4, derived and compared exactly, then again at random complex points."""

import random
from dataclasses import replace

import pytest
import sympy as sp

import mftheory as mf
from mftheory.action import Bilinear, Coupling, Covariance, GaussianEnsemble, GaussianMatrix
from mftheory.action.built_in import BUILT_IN, heterogeneous, leaky_neurons
from mftheory.derivations.derivation import derive
from mftheory.formulas import Mean, Re, canonical, conjugate_symbol, conjugated, separate, vanishes

pytestmark = pytest.mark.exact

C1, C2 = sp.symbols("C_phi_1 C_phi_2", real=True)
Cx1, Cx2 = sp.symbols("C_x_1 C_x_2", real=True)
S1, S2, Sx1, Sx2 = sp.symbols("S_phi_1 S_phi_2 S_x_1 S_x_2", complex=True)
Cxp1, Cxp2 = sp.symbols("C_xphi_1 C_xphi_2", complex=True)
S1c, S2c = sp.conjugate(S1), sp.conjugate(S2)
g, g_eff, alpha = sp.symbols("g g_eff alpha", positive=True)
r2, r4 = sp.symbols("r_2 r_4", positive=True)
kappa, sigma = sp.Symbol("kappa", nonnegative=True), sp.Symbol("sigma", real=True)
S12, C12 = S1 * S2, C1 * C2
S12c = sp.conjugate(S12)


def x_target(strength: sp.Symbol, extra: sp.Expr) -> sp.Expr:
    """[psi-x-iid] and [psi-x-rmm], U as printed."""
    U = strength**2 * Sx1 * Sx2 / (1 - strength**2 * S12)
    return Cx1 * Cx2 + (1 + extra) * sp.Abs(U) ** 2 * C12 + 2 * sp.re(U * Cxp1 * Cxp2)


FOUR_POINT = {
    "psi-iid": ("iid", "phi", C12 / sp.Abs(1 - g**2 * S12) ** 2),
    "psi-x-iid": ("iid", "x", x_target(g, sp.S.Zero)),
    "psi-rmm": (
        "random-mode",
        "phi",
        (1 + kappa * sp.Abs(g_eff**2 * S12) ** 2) / sp.Abs(1 - g_eff**2 * S12) ** 2 * C12,
    ),
    "psi-x-rmm": ("random-mode", "x", x_target(g_eff, kappa)),
}


def psi_het(normalised: bool) -> sp.Expr:
    """[psi-het, J12] and the normalised observable [J16], with averages over neurons as means."""
    CP1, CP2 = (Mean(sp.Symbol(f"C_Phi_{k}", real=True)) for k in (1, 2))
    CC = Mean(sp.Symbol("C_Phi_1", real=True) * sp.Symbol("C_Phi_2", real=True))
    SS = Mean(sp.Symbol("S_Phi_1", complex=True) * sp.Symbol("S_Phi_2", complex=True))
    SSc = Mean(sp.Symbol("S_Phi_1_conj", complex=True) * sp.Symbol("S_Phi_2_conj", complex=True))
    if not normalised:
        return (CC + alpha * r4 * SS * SSc * CP1 * CP2) / ((1 - alpha * r2 * SS) * (1 - alpha * r2 * SSc))
    cross = Mean(sp.Symbol("C_Phiphi_1", complex=True) * sp.Symbol("C_Phiphi_2", complex=True))
    crossc = Mean(sp.Symbol("C_Phiphi_1_conj", complex=True) * sp.Symbol("C_Phiphi_2_conj", complex=True))
    A, Ac = alpha * r2 * S12 / (1 - alpha * r2 * SS), alpha * r2 * separate(S12c) / (1 - alpha * r2 * SSc)
    kappa_ = r4 / (alpha * r2**2)
    # ℭ^{Φφ} is ∫dτ e^{-iωτ}⟨Φ(t)φ(t+τ)⟩; its conjugate goes with A where the response is S(ω) of the later time.
    return A * Ac * (CC + kappa_ * CP1 * CP2) + A * crossc + Ac * cross + C12


U, W, X12, X21 = sp.symbols("U W X_12 X_21", complex=True)
V = sp.Symbol("V", real=True)
PR_G, q2 = sp.Symbol("PR_G", positive=True), sp.Symbol("q_2", positive=True)
s_ = g_eff**2 * S12
ONE_S = sp.Abs(1 - s_) ** 2
FOUR_POINT |= {
    "psi-sym": (
        "partially-symmetric",
        "phi",
        (1 - sp.Abs(sigma * S1c * S2) ** 2) / (sp.Abs(1 - g**2 * S12) ** 2 * sp.Abs(1 - sigma * S1c * S2) ** 2) * C12,
    ),
    "psi-overlap": (
        "random-mode-overlaps",
        "phi",
        (V - 1 + 2 * Re((1 + X12) * (1 + sp.conjugate(X21)) / (1 - sp.conjugate(W)))) / sp.Abs(1 - U) ** 2 * C12,
    ),
    # [46a, 46b, J18]: unnormalised, normalised, and independent readout gains of the same law.
    "random-mode+gains/Phi": ("random-mode+gains", "Phi", (1 / PR_G + kappa * sp.Abs(s_) ** 2) / ONE_S * q2**2 * C12),
    "psi-rmm+gains": ("random-mode+gains", "phi", (1 + (1 / PR_G + kappa - 1) * sp.Abs(s_) ** 2) / ONE_S * C12),
    "random-mode+gains/readout": (
        "random-mode+gains",
        "readout",
        ((1 / PR_G - 1) * (ONE_S + sp.Abs(s_) ** 2) + 1 + kappa * sp.Abs(s_) ** 2) / ONE_S * q2**2 * C12,
    ),
}

HESSIANS = {
    "F15": (
        "iid",
        ("C_phi", "Chat_phi"),
        [[0, -1 + g**2 * S12], [-1 + g**2 * S12c, -C12]],
    ),
    "I20": (
        "random-mode",
        ("C_phi", "Chat_z", "C_z", "Chat_phi"),  # C_z is the published Q
        [
            [0, alpha * r2, 0, -1],
            [alpha * r2, -alpha * r4 * C12, -1, 0],
            [0, -1, 0, S12],
            [-1, 0, S12c, -C12],
        ],
    ),
    "H18": (
        "partially-symmetric",
        ("C_phi", "Chat_phi", "S_phi", "Shat_phi"),
        # As printed, with the two frequencies (and so S and Ŝ's time orders) exchanged: ours has x̂ first in S.
        [
            [0, -1 + g**2 * S12, 0, 0],
            [-1 + g**2 * S12c, -C12, sigma * S2c * C1, sigma * S1c * C2],
            [0, sigma * S2 * C1, 0, sigma - sigma**2 * S2 * S1c],
            [0, sigma * S1 * C2, sigma - sigma**2 * S2c * S1, 0],
        ],
    ),
}


def site_mean(expr: sp.Expr) -> sp.Expr:
    return alpha * Mean(separate(expr))


def test_hessian_k29_entry_for_entry() -> None:
    """[K29] in the order (C, Q̂, S, S', Q, Ĉ, Ŝ', Ŝ), u, v, w, x12 as means with σ = 1/(1 - DρS)."""
    D, rho = sp.symbols("D rho", real=True)
    P1, P2 = sp.symbols("P_z_1 P_z_2", complex=True)
    P1c, P2c = sp.conjugate(P1), sp.conjugate(P2)
    u, uc = site_mean(D**2 * P1 * P2), site_mean(D**2 * P1c * P2c)
    v = site_mean(D**4 * P1 * P1c * P2 * P2c)
    w, wc = site_mean(D**2 * rho**2 * P1c * P2), site_mean(D**2 * rho**2 * P1 * P2c)
    x12, x12c = site_mean(D**3 * rho * P1 * P2 * P2c), site_mean(D**3 * rho * P1c * P2 * P2c)
    x21, x21c = site_mean(D**3 * rho * P2 * P1 * P1c), site_mean(D**3 * rho * P2c * P1 * P1c)
    printed = sp.Matrix([
        [0, u, 0, 0, 0, -1, 0, 0],
        [uc, -v * C1 * C2, x12c * C2, x21c * C1, -1, 0, 0, 0],
        [0, x12 * C2, 0, -wc, 0, 0, 0, 1],
        [0, x21 * C1, -w, 0, 0, 0, 1, 0],
        [0, -1, 0, 0, 0, S1 * S2, 0, 0],
        [-1, 0, 0, 0, S1c * S2c, -C1 * C2, S1c * C2, S2c * C1],
        [0, 0, 0, 1, 0, S1 * C2, 0, -S1 * S2c],
        [0, 0, 1, 0, 0, S2 * C1, -S1c * S2, 0],
    ]).applyfunc(separate)  # fmt: skip
    order = ("C_phi", "Chat_z", "S_phi_swapped", "S_phi", "C_z", "Chat_phi", "Shat_phi", "Shat_phi_swapped")
    ours = derive(BUILT_IN["random-mode-overlaps"]()).hessian.in_order(order)
    assert (ours - printed).applyfunc(sp.expand).is_zero_matrix


@pytest.mark.parametrize("observable", ["Phi", "phi"])
def test_heterogeneous_neurons(observable: str) -> None:
    """[psi-het, J12] and, normalised, [J16]; path integral and compact form."""
    d = derive(heterogeneous())
    field = d.ensemble.observables[observable].field
    raw = d._hessian.matrices(Bilinear(field, field)).expand()
    back = {m.symbol: m.definition for m in d._names.moments.values()}
    back |= {conjugate_symbol(m.symbol): conjugated(m.definition) for m in d._names.moments.values()}
    assert sp.cancel(sp.together(raw.xreplace(back) - psi_het(observable == "phi"))) == 0
    # The same through the compact form.
    compact = d.four_point(observable, route="compact").expr
    assert canonical(compact - d.four_point(observable).expr) == 0


def test_phi_that_is_not_odd_is_not_given_the_odd_formula() -> None:
    """Neurons differ by their static fields: [psi-het]; with gains, in all; nothing where that is not derived."""
    shifted = mf.Nonlinearity("tanh(x + 0.5)")
    assert derive(mf.Network(mf.IID(3.0), shifted)).four_point("Phi").label == "psi-het"
    assert derive(mf.Network(mf.IID(3.0), shifted, gains=[0.5, 1.0])).four_point("Phi").label == "unequal/Phi"
    with pytest.raises(mf.Unsupported, match="not odd"):
        derive(mf.Network(mf.PartiallySymmetric(3.0, 0.3), shifted))


def test_hessian_j11() -> None:
    """[J11]: as I20 with 𝔰12 and ℭ12 averaged over neurons; C12 in the second row stays the product of averages."""
    C_1, C_2 = sp.symbols("C_Phi_1 C_Phi_2", real=True)
    S_1, S_2 = sp.symbols("S_Phi_1 S_Phi_2", complex=True)
    SS, CC = Mean(S_1 * S_2), Mean(C_1 * C_2)
    printed = sp.Matrix([
        [0, alpha * r2, 0, -1],
        [alpha * r2, -alpha * r4 * Mean(C_1) * Mean(C_2), -1, 0],
        [0, -1, 0, SS],
        [-1, 0, Mean(conjugated(S_1 * S_2)), -CC],
    ])  # fmt: skip
    ours = derive(heterogeneous()).hessian.in_order(("C_Phi", "Chat_z", "C_z", "Chat_Phi"))
    assert (ours - printed).applyfunc(sp.expand).is_zero_matrix


def test_self_coupling_kernel_expands_into_motifs() -> None:
    """[50]: R = ⟨J_ii⟩ + ⟨N J_ij J_ji⟩ S + …, with ⟨J_ii⟩ = α⟨Dρ⟩ and ⟨N J_ij J_ji⟩ = α⟨(Dρ)²⟩."""
    saddle = derive(BUILT_IN["random-mode-overlaps"]()).saddle_point
    (R,) = saddle.sites["neurons"].feedback.values()
    (mean,) = R.atoms(Mean)
    inner = mean.args[0].xreplace(saddle.sites["latents"].propagators)
    D, rho = sp.symbols("D rho", real=True)
    series = sp.series(inner, S1, 0, 3).removeO()
    assert sp.cancel(R / mean) == alpha
    assert [sp.expand(series.coeff(S1, n)) for n in range(3)] == [D * rho, (D * rho) ** 2, (D * rho) ** 3]


@pytest.mark.parametrize("label", FOUR_POINT)
@pytest.mark.parametrize("route", ["path-integral", "compact"])
def test_four_point_function_equals_published(label: str, route: str) -> None:
    """Every closed form of theory §4, with gains [46a], [46b], [J18]; neurons that differ have a test of their own."""
    ensemble, observable, target = FOUR_POINT[label]
    formula = derive(BUILT_IN[ensemble]()).four_point(observable, route=route)
    assert formula.label == label
    assert canonical(formula.expr - target) == 0
    rng = random.Random(0)
    for _ in range(5):
        point = {
            s: sp.Float(rng.gauss(0, 1), 40) + (0 if s.is_real else sp.I * sp.Float(rng.gauss(0, 1), 40))
            for s in formula.expr.free_symbols
        }
        difference = sp.N((formula.expr - target).subs(point), 30)
        # 30 digits asked of mpmath, 1e-29 seen: rounding, nothing else.
        assert abs(difference) < 1e-25 * (1 + abs(sp.N(target.subs(point), 30)))


@pytest.mark.parametrize("label", HESSIANS)
def test_hessian_equals_published_entry_for_entry(label: str) -> None:
    """[F15], [I20], [H18]."""
    ensemble, order, target = HESSIANS[label]
    hessian = derive(BUILT_IN[ensemble]()).hessian.in_order(order)
    assert (hessian - sp.Matrix(target).applyfunc(separate)).applyfunc(sp.cancel).is_zero_matrix


@pytest.mark.parametrize("name", BUILT_IN)
def test_two_forms_and_the_inverse_entry_agree(name: str) -> None:
    """The compact form, the Hessian with a source term [F23], and the Hessian's own inverse."""
    d = derive(BUILT_IN[name]())
    for observable in d.observables:
        hessian, compact = (d.four_point(observable, route) for route in ("path-integral", "compact"))
        assert vanishes(hessian.expr - compact.expr)
    named = next(o for o in d.observables if o == ("Phi" if "gains" in name else "phi"))
    assert vanishes(d.four_point(named).expr - d._hessian.inverse_entry("C_phi"))


def test_saddle_point_36_same_input_as_an_iid_network() -> None:
    """[two-point, 36]."""
    iid, modes = (derive(BUILT_IN[name]()).saddle_point.sites["neurons"] for name in ("iid", "random-mode"))
    assert sp.cancel(iid.noise - g**2 * C1) == 0
    assert sp.cancel(modes.noise - alpha * r2 * C1) == 0  # g_eff² C^φ
    assert iid.feedback == modes.feedback == {}
    assert iid.gaussian
    assert modes.gaussian


def test_external_noise_adds_to_the_input_and_leaves_the_four_point_function() -> None:
    """Independent noise enters through C^φ and S^φ alone (ours: [psi-iid] holds with noise)."""
    noisy = replace(leaky_neurons(), noise=sp.Symbol("noise", positive=True))
    J = GaussianMatrix("J", noisy, noisy)
    d = derive(
        GaussianEnsemble("noisy", (noisy,), (Coupling(J, noisy.response, noisy.activity),), (Covariance(J, J, g**2),))
    )
    assert sp.expand(d.saddle_point.sites["neurons"].noise - sp.Symbol("noise", positive=True) - g**2 * C1) == 0
    assert canonical(d.four_point("phi").expr - FOUR_POINT["psi-iid"][2]) == 0


def test_partial_symmetry_saddle_point_h16() -> None:
    """[H16]: T[x] = η + σ S∗φ."""
    site = derive(BUILT_IN["partially-symmetric"]()).saddle_point.sites["neurons"]
    assert not site.gaussian
    assert [sp.cancel(r - sigma * S1) for r in site.feedback.values()] == [0]


def test_overlaps_saddle_point_48_49() -> None:
    """[48, 49]: Q = α⟨D²/|1 - DρS|²⟩ C and R = α⟨Dρ/(1 - DρS)⟩, the average over pairs left as one mean."""
    d = derive(BUILT_IN["random-mode-overlaps"]())
    site = d.saddle_point.sites["neurons"]
    assert not site.gaussian
    D, rho = sp.symbols("D rho", real=True)
    propagators = d.saddle_point.sites["latents"].propagators
    (R,) = (r.xreplace(propagators) for r in site.feedback.values())
    noise = site.noise.xreplace(propagators)
    for (total, inner), target in (
        (_single_mean(R), D * rho / (1 - D * rho * S1)),
        (_single_mean(noise), D**2 / ((1 - D * rho * S1) * (1 - D * rho * separate(S1c))) * C1),
    ):
        assert sp.cancel(total * inner - alpha * target) == 0


def _single_mean(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """factor and argument of factor × Mean(argument)."""
    (mean,) = expr.atoms(Mean)
    return sp.cancel(expr / mean), mean.args[0]


def test_whole_derivation_is_printable() -> None:
    for declare in BUILT_IN.values():
        d = derive(declare())
        for name, step in d.steps().items():
            assert step.latex().strip(), name
        for observable in d.observables:
            formula = d.four_point(observable)
            assert formula.pretty().strip()
            assert formula.latex().count("{") == formula.latex().count("}")
