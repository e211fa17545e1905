"""The published formulas of THEORY.md §3-4, derived and compared exactly, then again at random complex points."""

import random

import pytest
import sympy as sp
from derive.declared import partially_symmetric, with_overlaps

from mftheory.action.ensembles import BUILT_IN
from mftheory.derive.derivation import Derivation, derive
from mftheory.formulas import canonical, separate

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
}


@pytest.mark.parametrize("label", FOUR_POINT)
@pytest.mark.parametrize("route", ["path-integral", "compact"])
def test_four_point_function_equals_published(label: str, route: str) -> None:
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
    ensemble, order, target = HESSIANS[label]
    hessian = derive(BUILT_IN[ensemble]()).hessian.in_order(order)
    assert (hessian - sp.Matrix(target).applyfunc(separate)).applyfunc(sp.cancel).is_zero_matrix


@pytest.mark.parametrize("name", [*BUILT_IN, "partially-symmetric"])
def test_order_parameter_is_its_entry_of_the_inverse_hessian(name: str) -> None:
    d = Derivation(BUILT_IN[name]() if name in BUILT_IN else partially_symmetric())
    entry = d._hessian.inverse_entry("C_phi")
    for route in ("path-integral", "compact"):
        assert canonical(d.four_point("phi", route).expr - _named(d, entry)) == 0


def _named(d: Derivation, raw: sp.Expr) -> sp.Expr:
    from mftheory.derive.naming import name_moments

    return name_moments(raw, d.ensemble.definitions)


def test_saddle_point_36_same_input_as_an_iid_network() -> None:
    iid, modes = (derive(BUILT_IN[name]()).saddle_point.sites["neurons"] for name in ("iid", "random-mode"))
    assert sp.cancel(iid.noise - g**2 * C1) == 0
    assert sp.cancel(modes.noise - alpha * r2 * C1) == 0  # g_eff² C^φ
    assert iid.feedback == modes.feedback == {}
    assert iid.gaussian
    assert modes.gaussian


def test_partial_symmetry_published_form_and_saddle_point() -> None:
    """[psi-sym, H19] and [H16]: an ensemble that is not built in yet, same engine."""
    d = Derivation(partially_symmetric())
    target = (
        (1 - sp.Abs(sigma * S1c * S2) ** 2) / (sp.Abs(1 - g**2 * S12) ** 2 * sp.Abs(1 - sigma * S1c * S2) ** 2) * C12
    )
    assert canonical(d.four_point("phi").expr - target) == 0
    site = d.saddle_point.sites["neurons"]
    assert not site.gaussian
    assert [sp.cancel(r - sigma * S1) for r in site.feedback.values()] == [0]


def test_overlaps_saddle_point_48_49() -> None:
    """Q = α⟨D²/|1 - DρS|²⟩ C and R = α⟨Dρ/(1 - DρS)⟩, the average over pairs left as one mean."""
    d = Derivation(with_overlaps())
    site = d.saddle_point.sites["neurons"]
    assert not site.gaussian
    D, rho = sp.symbols("D rho", real=True)
    propagators = d.saddle_point.propagators()
    (R,) = (r.xreplace(propagators) for r in site.feedback.values())
    noise = site.noise.xreplace(propagators)
    for (total, inner), target in (
        (_single_mean(R), D * rho / (1 - D * rho * S1)),
        (_single_mean(noise), D**2 / ((1 - D * rho * S1) * (1 - D * rho * separate(S1c))) * C1),
    ):
        assert sp.cancel(total * inner - alpha * target) == 0


def _single_mean(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """factor and argument of factor × Mean(argument)."""
    from mftheory.derive.moments import Mean

    (mean,) = expr.atoms(Mean)
    return sp.cancel(expr / mean), mean.args[0]


def test_whole_derivation_is_printable() -> None:
    for declare in BUILT_IN.values():
        for name, step in derive(declare()).steps().items():
            assert step.latex().strip(), name
