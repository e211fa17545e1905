"""The law of the singular values of random-mode couplings: derived, counted, published and sampled."""

import random

import numpy as np
import pytest
import sympy as sp

from mftheory import InvalidNetwork, RandomMode
from mftheory.connectome.free_probability import solve_psi
from mftheory.connectome.spectrum import singular_values
from mftheory.derivations import singular_values as derived
from mftheory.derivations.singular_values import G, N, alpha, r, w, z
from mftheory.formulas import canonical
from mftheory.network.strengths import Exponential, Step

PR_D = sp.Symbol("PR_D", positive=True)


# --- published ---------------------------------------------------------------------------------------------


@pytest.mark.exact
def test_law_equals_published():
    """[sv-law, C12]: z M = (1+M)(1+αM)²."""
    law = derived.law()
    assert canonical(law.lhs - law.rhs - (z * w - (1 + w) * (1 + alpha * w) ** 2)) == 0


@pytest.mark.exact
def test_participation_ratio_equals_published():
    """[sv-pr, 13]: PR_S = αPR_D/(1 + 2αPR_D), at most 1/2."""
    assert canonical(derived.participation_ratio() - alpha * PR_D / (1 + 2 * alpha * PR_D)) == 0


@pytest.mark.exact
def test_edges_equal_published():
    """[sv-edge, 14], the lower one 0 from α = 1 on."""
    center, half = 1 + 5 * alpha / 2 - alpha**2 / 8, (1 + alpha / 8) ** sp.Rational(3, 2) * sp.sqrt(8 * alpha)
    lower, upper = derived.edges()
    assert sp.expand(sp.radsimp(upper - (center + half))) == 0
    roots = [a for a in lower.args if a != 0]
    assert lower.func == sp.Max
    assert [sp.expand(sp.radsimp(root - (center - half))) for root in roots] == [0]
    # The product of the two roots is (1 - α)³, and the larger is positive: the sign of the smaller is that of 1 - α.
    polynomial = derived.edge_polynomial().monic()
    assert canonical(polynomial.coeff_monomial(1) - (1 - alpha) ** 3) == 0
    assert [lower.subs(alpha, a) for a in (1, 2, 5)] == [0, 0, 0]
    assert lower.subs(alpha, sp.Rational(1, 2)) > 0


@pytest.mark.exact
@pytest.mark.parametrize("at", [sp.Rational(1, 3), sp.Integer(1), sp.Rational(5, 2)])
def test_edges_bound_where_the_cubic_has_complex_roots(at):
    """A density between the edges and nowhere else, at rational points on either side: exact real-root counts."""
    lower, upper = (e.subs(alpha, at) for e in derived.edges())
    for point, complex_roots in (
        (sp.nsimplify(lower.evalf() * 0.99, rational=True), 0),
        (sp.nsimplify(lower.evalf() + (upper - lower).evalf() / 100, rational=True), 2),
        (sp.nsimplify(upper.evalf() * 0.99, rational=True), 2),
        (sp.nsimplify(upper.evalf() * 1.01, rational=True), 0),
    ):
        if point > 0:
            at_point = sp.Poly(derived.stieltjes_cubic().as_expr().subs({alpha: at, z: point}), G)
            assert 3 - at_point.count_roots() == complex_roots


# --- two routes --------------------------------------------------------------------------------------------


@pytest.mark.exact
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_wishart_moments_by_wick_pairings(order):
    """The self-consistent equation against a count of all pairings, and against Narayana's numbers."""
    from_equation = derived.moments_of_s_transform(derived.wishart_s_transform(), order)[-1]
    narayana = sum(
        sp.binomial(order, k) * sp.binomial(order, k - 1) / order * alpha ** (k - 1) for k in range(1, order + 1)
    )
    assert sp.expand(from_equation - derived.wick_moment(order, strengths=False)) == 0
    assert sp.expand(from_equation - narayana) == 0


@pytest.mark.exact
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_moments_of_any_law_by_wick_pairings(order):
    """Freeness is not used on the other side: (2k-1)!!² pairings of L and of R, the planar ones kept."""
    assert sp.expand(derived.moments(order)[-1] - derived.wick_moment(order)) == 0
    assert sp.expand(sp.limit(derived.wick_moment(order, N), N, sp.oo) - derived.wick_moment(order)) == 0


@pytest.mark.exact
def test_equal_strengths_are_the_law_with_unit_moments():
    """M(z) = Σ m_k z^{-k} with the moments at D ≡ 1 solves [sv-law] order by order; a wrong moment does not."""
    order, u = 4, derived.u
    equal = [m.subs({r(2 * n): 1 for n in range(1, order + 1)}) for m in derived.moments(order)]

    def residual(moments):
        series = sum(m * u**k for k, m in enumerate(moments, 1))
        law = derived.law()
        at = sp.expand((u * (law.lhs - law.rhs)).subs({w: series, z: 1 / u}))
        return [sp.expand(at.coeff(u, k)) for k in range(order + 1)]

    assert residual(equal) == [0] * (order + 1)
    assert residual([*equal[:-1], equal[-1] + 1])[-1] != 0


@pytest.mark.exact
def test_s_transform_and_moments_are_inverse():
    m = list(sp.symbols("m_1:5", positive=True))
    back = derived.moments_of_s_transform(derived.s_transform_of_moments(m), 4)
    assert [sp.cancel(a - b) for a, b in zip(back, m, strict=True)] == [0] * 4


@pytest.mark.exact
def test_law_of_a_few_strengths_has_the_general_moments():
    """Two values of D²: the polynomial law and the S-transform series agree to fourth order."""
    atoms = [(sp.Integer(1), sp.Rational(1, 3)), (sp.Integer(4), sp.Rational(2, 3))]
    values = {r(2 * n): sum(p * d**n for d, p in atoms) for n in range(1, 5)}
    u = derived.u
    series = sum(m.subs(values) * u**k for k, m in enumerate(derived.moments(4), 1))
    law = derived.law_of(atoms)
    degree = sp.Poly(law, z).degree()
    at = sp.expand(sp.expand(law * u**degree).subs({w: series, z: 1 / u}))
    assert [sp.expand(at.coeff(u, k)) for k in range(5)] == [0] * 5


@pytest.mark.exact
def test_more_modes_than_neurons_leave_zeros():
    """zG(z) at z → 0 is the weight of λ = 0 among the M values: 1 - 1/α, or nothing."""
    weight = sp.Symbol("weight")
    at_zero = sp.cancel(derived.stieltjes_cubic().as_expr().subs(G, weight / z) * z).subs(z, 0)
    assert {sp.expand(root) for root in sp.solve(at_zero, weight)} == {0, 1 - 1 / alpha}


@pytest.mark.exact
@pytest.mark.parametrize(
    "call",
    [
        lambda: derived.moments(0),
        lambda: derived.moments(1.5),
        lambda: derived.wick_moment(True),
        lambda: derived.s_transform_of_moments([]),
        lambda: derived.law_of([]),
        lambda: derived.law_of([(1, sp.Rational(1, 2))]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidNetwork):
        call()


# --- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("values", "weights"), [([1.0], [0.4]), ([1.0], [2.0]), ([0.5, 3.0], [0.2, 0.5]), ([0.1, 1.0, 5.0], [0.5, 0.5, 1])]
)
def test_numeric_inversion_obeys_the_derived_law(values, weights):
    """`connectome.free_probability` counts ψ per neuron, αM, and follows roots: each must satisfy the polynomial."""
    exact = [sp.Rational(str(p)) for p in weights]
    law = derived.law_of([(sp.Rational(str(d)), p / sum(exact)) for d, p in zip(values, exact, strict=True)])
    total = sum(weights)
    residual = sp.lambdify((w, z, alpha), law)
    slope = sp.lambdify((w, z, alpha), law.diff(w))
    rng = random.Random(0)
    radius = np.array([10 ** rng.uniform(-2, 1) for _ in range(8)])
    for angle in (rng.uniform(0.1, 3.0) for _ in range(3)):
        psi = solve_psi(np.array(values), np.array(weights), radius, angle)
        M, at = psi / total, 1 / (radius * np.exp(1j * angle))
        error = np.abs(residual(M, at, total) / slope(M, at, total))
        # The Newton step that is left, relative: rounding, 1.4e-14 seen.
        assert np.max(error / np.abs(M)) < 1e-12
        wrong = np.abs(residual(psi, at, total) / slope(psi, at, total)) / np.abs(psi)
        assert np.min(wrong) > 1e-3  # M confused with ψ per neuron is off by 3e-2 at least


def sampled(modes, n, seeds):
    """Squared singular values of sampled J, one a mode, shape (seeds, M): zeros of J that modes do not account for go.

    With fewer neurons than modes the M - N that the neurons do not show are put back as zeros.
    """
    m = round(modes.alpha * n)
    found = [np.square(singular_values(modes.sample(n, seed).dense(), method="svd")) for seed in range(seeds)]
    return np.array([np.concatenate([lam[:m], np.zeros(max(0, m - n))]) for lam in found])


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("law", "a"), [(Step(1.0), 0.5), (Step(1.0), 2.0), (Exponential(2.0), 1.0)], ids=["half", "twice", "exponential"]
)
def test_sampled_moments_are_the_derived_ones(law, a):
    """Means over 60 matrices of ⟨λ⟩, ⟨λ²⟩, ⟨λ³⟩ against all Wick pairings at this N, not only planar ones."""
    n, modes = 120, RandomMode(law, alpha=a)
    lam, strengths = sampled(modes, n, seeds=60), modes.mode_strengths(n)
    point = {alpha: a, N: n} | {r(k): float(np.mean(strengths**k)) for k in (2, 4, 6)}
    for k in (1, 2, 3):
        each = np.mean(lam**k, axis=1)
        error = np.std(each, ddof=1) / np.sqrt(each.size)
        exact = float(derived.wick_moment(k, N).subs(point))
        # Seen: 0.1 to 1.2 standard errors, and 2.5 to 2.7 for a = 2, whose three moments rise and fall together (400
        # seeds give -0.2, -0.8, -1.0 there). Planar pairings alone are up to 1.8 errors away from this.
        assert abs(each.mean() - exact) < 3 * error
        # What the Wishart factors add to ⟨D²ᵏ⟩ is worth tens of standard errors.
        assert k == 1 or exact - point[r(2 * k)] > 20 * error


@pytest.mark.statistical
@pytest.mark.parametrize("a", [0.3, 1.0, 2.0])
def test_sampled_singular_values_fill_the_interval_between_the_edges(a):
    """Extreme values approach the edges as Tracy and Widom have it, and the distribution is the cubic's."""
    modes, seeds, sizes = RandomMode(Step(1.0), alpha=a), 40, (100, 400)
    lower, upper = (float(e.subs(alpha, a)) for e in derived.edges())
    smallest = []
    for n in sizes:
        lam = sampled(modes, n, seeds)
        nonzero = np.sort(lam, axis=1)[:, max(0, lam.shape[1] - n) :]
        smallest.append(nonzero[:, 0].mean())
        # Beyond Tracy and Widom the edge shifts by order 1/N; 300 to 1500 matrices at N = 50, 100, 200 gave N times
        # -2.6, -3.7, -7.7(20) at a = 0.3 (0.38, 0.23, 0.18 at its lower edge), -4.7, -6.1, -8.0(30) at 1, -8.7, -9.0,
        # -9.7(42) at 2: about one edge, and two to four of the lower one.
        ends = [(nonzero[:, -1] - upper, upper, 1)] + ([(nonzero[:, 0] - lower, lower, 4)] if lower > 0 else [])
        for to_edge, edge, shift in ends:
            expected = tracy_widom_mean(a, edge, round(a * n))
            error = to_edge.std(ddof=1) / np.sqrt(seeds)
            assert abs(to_edge.mean() - expected) < 3 * error + shift * edge / n
            assert abs(expected) > 5 * error  # without its distance of order N^(-2/3) the comparison would fail
    if lower == 0:  # a hard edge: λ falls at least as 1/N² (seen: by 47 and 10 where N is four times as large)
        assert smallest[1] < smallest[0] / 4
    # 40 spectra of 400a values: rigid to a few 1/M. Seen: 0.0038, 0.0013, 0.0007.
    assert distance(lam, a, lower, upper) < 0.006


def tracy_widom_mean(a, edge, m):
    """Mean of extreme value minus edge: Tracy and Widom's -1.2065 (real matrices), in the scale of the cubic's root.

    At a soft edge G - G₀ = c √|z - z₀| with c² = 2/|z''(G)|, so the density of m values is (mc/π)√|z - z₀|, which is
    that of the Airy process in units of (mc)^(-2/3).
    """
    at = {alpha: sp.nsimplify(a), z: sp.Float(edge, 30)}
    F = derived.stieltjes_cubic().as_expr()
    flat = np.roots([float(c) for c in sp.Poly(F.diff(G).subs(at), G).all_coeffs()]).real
    G0 = min(flat, key=lambda root: abs(float(F.subs(at).subs(G, root))))  # the double root
    curvature = float((-F.diff(G, 2) / F.diff(z)).subs(at).subs(G, G0))
    # z(G) has its minimum over the decaying branch at the upper edge, its maximum at the lower one.
    return -np.sign(curvature) * 1.2065335745820 * (m * np.sqrt(2 / abs(curvature))) ** (-2 / 3)


def distance(lam, a, lower, upper):
    """Largest difference between the distribution of sampled λ and that of the derived cubic."""
    coefficients = sp.lambdify((z, alpha), derived.stieltjes_cubic().all_coeffs())
    # λ = lower + (upper - lower) t³: the density diverges like λ^(-2/3) or slower at a hard edge.
    t = (np.arange(4000) + 0.5) / 4000
    x = lower + (upper - lower) * t**3
    density = np.array([np.max(np.roots(coefficients(at, a)).imag) for at in x]) / np.pi
    zeros = max(0.0, 1 - 1 / a)
    cumulative = zeros + np.cumsum(density * 3 * t**2 * (upper - lower)) / t.size
    assert abs(cumulative[-1] - 1) < 1e-3  # the density is normalised: midpoint rule on 4000 points
    empirical = np.searchsorted(np.sort(lam.ravel()), x) / lam.size
    return np.max(np.abs(empirical - cumulative))
