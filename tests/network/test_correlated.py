"""Partially symmetric couplings and mode overlaps: refusals, statistics of samples, laws."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import mftheory as mf
from mftheory.network import Factored
from mftheory.network.overlaps import Sigmoid
from mftheory.network.strengths import Exponential, Step

NOT_CORRELATIONS = [1.001, -2, math.nan, math.inf, "1", None, [0.5], True, 1j]
RANKS = [0.01, 0.1, 0.5, 0.8, 1.0, 2.0]


def within(values, expected: float, errors: float = 4.0, bias: float = 0.0) -> bool:
    """Whether a mean of independent values is the expected one, two-sided, in standard errors."""
    values = np.asarray(values)
    return abs(values.mean() - expected) < errors * values.std(ddof=1) / math.sqrt(values.size) + bias


# --- partial symmetry -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", NOT_CORRELATIONS)
def test_symmetry_must_be_a_correlation(value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^symmetry = .*from -1 to 1") as caught:
        mf.PartiallySymmetric(2.0, value)
    assert "\n" not in str(caught.value)


def test_partially_symmetric_as_a_network() -> None:
    net = mf.Network(mf.PartiallySymmetric(2.0, symmetry=0.5))
    assert net.ensemble == "partially-symmetric"
    assert net.g_eff == 2.0
    assert net.parameters == {"g": 2.0, "sigma": 2.0}
    assert hash(net) == hash(mf.Network(mf.PartiallySymmetric(2, 0.5)))
    with pytest.raises(mf.InvalidNetwork, match=r"^g = "):
        mf.PartiallySymmetric(0.0, 0.5)


@pytest.mark.statistical
@pytest.mark.parametrize("symmetry", [-1.0, -0.4, 0.0, 0.6, 1.0])
def test_reciprocal_pairs_have_the_declared_correlation(symmetry: float) -> None:
    n, g = 300, 1.7
    above = np.triu_indices(n, 1)
    J = mf.PartiallySymmetric(g, symmetry).sample(n, seed=3).dense()
    scaled, mirrored = math.sqrt(n) * J[above], math.sqrt(n) * J.T[above]
    assert within(scaled, 0.0)
    assert within(scaled**2, g**2)
    assert within(mirrored**2, g**2)
    assert within(scaled * mirrored, symmetry * g**2)
    if abs(symmetry) == 1:
        assert np.allclose(J, symmetry * J.T, rtol=0, atol=1e-15)


def test_no_symmetry_is_the_independent_ensemble() -> None:
    assert np.array_equal(mf.PartiallySymmetric(2.0, 0.0).sample(20, 1).dense(), mf.IID(2.0).sample(20, 1).dense())


# --- overlaps: description ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", NOT_CORRELATIONS)
def test_overlap_amplitude_must_be_a_correlation(value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^overlap_amplitude = .*from -1 to 1"):
        mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=value)


@pytest.mark.parametrize("overlaps", [[0.1], [0.1, 0.2, 0.3], [[0.1, 0.2]], 0.5, "some", ["a", "b"], [1j, 0]])
def test_overlaps_must_match_the_strengths(overlaps) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^overlaps = .*array of 2 numbers from -1 to 1"):
        mf.RandomMode([1.0, 2.0], overlaps=overlaps)


@pytest.mark.parametrize("bad", [1.5, -1.01, math.nan, math.inf])
def test_a_bad_overlap_is_named(bad: float) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^overlaps\[1\] = .*from -1 to 1"):
        mf.RandomMode([1.0, 2.0], overlaps=[0.0, bad])


def test_laws_of_strengths_and_overlaps_must_be_of_one_kind() -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^overlaps.*overlap_amplitude"):
        mf.RandomMode(Exponential(1.0), overlaps=[0.1])
    with pytest.raises(mf.InvalidNetwork, match=r"^overlaps.*array"):
        mf.RandomMode([1.0], overlaps=Sigmoid(0.5, 0.5))


def test_networks_with_overlaps_compare_by_value() -> None:
    net = mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, -0.2]))
    assert net.ensemble == "random-mode-overlaps"
    assert net == mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, -0.2]))
    assert hash(net) == hash(mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, -0.2])))
    assert net != mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.1, -0.3]))
    assert net != mf.Network(mf.RandomMode([1.0, 2.0]))


def test_no_amplitude_is_no_overlaps() -> None:
    plain = mf.RandomMode.exponential(3.0, 0.5)
    assert mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=0.0) == plain
    zero = mf.RandomMode(np.array([2.0, 1.0]), overlaps=[0.0, 0.0])
    assert np.array_equal(zero.sample(50, 1).dense(), mf.RandomMode([2.0, 1.0]).sample(50, 1).dense())


# --- overlaps: laws -------------------------------------------------------------------------------------------------


@pytest.mark.numeric
@pytest.mark.parametrize("rank", RANKS)
def test_sigmoidal_overlaps_leave_no_self_coupling(rank: float) -> None:
    """u_flip solves ⟨Dρ⟩ = 0, by an integral of another kind; the law is theory §2's."""
    gamma = 0.7
    modes = mf.RandomMode.exponential(3.0, rank, overlap_amplitude=gamma)
    beta, flip = modes.strengths.beta, modes.overlaps.flip

    def rho(u: float) -> float:
        return gamma * (1 - 2 / (1 + math.exp(-16.0 * (u - flip))))

    scale = -math.expm1(-beta) / beta if beta else 1.0
    mean = quad(lambda u: math.exp(-beta * u) * rho(u), 0, 1, epsabs=1e-14, points=[flip], limit=200)[0]
    assert abs(mean) < 1e-12 * scale  # rounding of the root and of both integrals; seen 6e-15
    u = (np.arange(modes.mode_overlaps(200).size) + 0.5) / modes.mode_overlaps(200).size
    assert np.allclose(modes.mode_overlaps(200), [rho(v) for v in u], rtol=0, atol=1e-14)
    if beta == 0:
        assert flip == pytest.approx(0.5, abs=1e-13)  # by symmetry


@pytest.mark.numeric
@pytest.mark.parametrize("rank", RANKS)
def test_law_of_the_theory_is_accurate_for_smooth_functions(rank: float) -> None:
    modes = mf.RandomMode.exponential(3.0, rank, overlap_amplitude=0.6)
    weight, d, rho = modes.mode_law()
    assert weight.sum() == pytest.approx(1.0, abs=1e-14)
    for order in range(1, 9):
        # Closed forms; rounding, seen 3e-14.
        assert weight @ d**order == pytest.approx(modes.moment(order), rel=1e-12)
    beta, scale = modes.strengths.beta, math.sqrt(modes.moment(2)) / math.sqrt(modes.strengths.moment(2))

    def exact(function) -> complex:
        parts = []
        edges = sorted({0.0, *(u for u in (10 / max(beta, 1e-9), 40 / max(beta, 1e-9)) if u < 1), 1.0})
        for part in (np.real, np.imag):

            def integrand(u: float, part=part) -> float:
                at = np.array(u)
                return float(part(function(scale * modes.strengths.at(at), modes.overlaps.at(at))))

            pieces = pairwise(edges)
            parts.append(sum(quad(integrand, a, b, epsabs=1e-14, epsrel=1e-12, limit=400)[0] for a, b in pieces))
        return complex(*parts)

    largest = 0.6 * d.max()
    for function in (
        lambda D, r: D**2 * r**2,
        lambda D, r: D * r / (1 - D * r * (0.5 - 0.5j) / largest),  # a term of R [49], moderately near its pole
        lambda D, r: D**4 / np.abs(1 - D * r * (0.7 + 0.3j) / largest) ** 4,
    ):
        value = exact(function)
        # Relative to the size of the function; seen 2e-14.
        assert abs(weight @ function(d, rho) - value) < 1e-12 * abs(weight @ np.abs(function(d, rho)))


@pytest.mark.numeric
def test_law_of_a_step_and_of_an_array() -> None:
    weight, d, rho = mf.RandomMode.step(2.0, 0.3).mode_law()
    assert weight @ d**2 == pytest.approx(4.0, rel=1e-14)
    assert weight @ d**4 == pytest.approx(16.0 / 0.3, rel=1e-13)
    assert not rho.any()
    weight, d, rho = mf.RandomMode([1.0, 3.0], overlaps=[0.5, -0.25], g_eff=math.sqrt(20.0)).mode_law()
    assert np.array_equal(weight, [0.5, 0.5])
    assert np.allclose(d, [2.0, 6.0], rtol=1e-15)
    assert np.array_equal(rho, [0.5, -0.25])
    flip = Sigmoid.balanced(Step(0.4), 0.5).flip
    assert flip == pytest.approx(0.2, abs=1e-13)  # by symmetry


# --- overlaps: arrays at another size -------------------------------------------------------------------------------


def pairs(modes: mf.RandomMode, n: int) -> list[tuple[float, float]]:
    return sorted(zip(modes.mode_strengths(n).tolist(), modes.mode_overlaps(n).tolist(), strict=True))


def test_pairs_stay_together() -> None:
    strengths, overlaps = np.array([3.0, 1.0, 2.0, 0.0]), np.array([-0.3, 0.1, 0.2, 0.9])
    modes = mf.RandomMode(strengths, overlaps=overlaps)
    assert np.array_equal(modes.mode_overlaps(4), overlaps)
    # Modes of no strength are not drawn, and their overlap means nothing.
    expected = [(0.0, 0.0)] * 2 + [(1.0, 0.1)] * 2 + [(2.0, 0.2)] * 2 + [(3.0, -0.3)] * 2
    assert np.allclose(pairs(modes, 8), expected, rtol=1e-14)
    shuffled = mf.RandomMode(strengths[[2, 0, 3, 1]], overlaps=overlaps[[2, 0, 3, 1]])
    for n in (3, 5, 8):
        assert pairs(shuffled, n) == pairs(modes, n)


@pytest.mark.numeric
def test_overlaps_of_equal_strengths_are_resampled_by_their_own_quantiles() -> None:
    overlaps = np.random.default_rng(0).permutation(np.linspace(-0.8, 0.4, 1200))
    modes = mf.RandomMode(np.ones(1200), overlaps=overlaps)
    # 300 midpoints of a uniform law, each the nearest of 1200: within one of their spacings.
    assert np.allclose(np.sort(modes.mode_overlaps(300)), -0.8 + 1.2 * (np.arange(300) + 0.5) / 300, atol=1.2 / 1200)


@pytest.mark.numeric
@pytest.mark.parametrize("n", [100, 701, 2000])
def test_resampled_law_of_overlaps_keeps_its_moments(n: int) -> None:
    law = mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=0.6)
    array = mf.RandomMode(law.mode_strengths(1000), overlaps=law.mode_overlaps(1000))
    d, rho = array.mode_strengths(n), array.mode_overlaps(n)
    assert np.sum(d**2) / n == pytest.approx(9.0, rel=1e-5)
    assert np.sum(d**2) ** 2 / np.sum(d**4) / n == pytest.approx(0.5, rel=1e-5)
    weight, exact_d, exact_rho = law.mode_law()
    # Steps between quantiles, O(1/n); seen 0.4/n for both.
    assert abs(np.mean(d * rho)) < 2.0 / n
    assert np.mean((d * rho) ** 2) == pytest.approx(weight @ (exact_d * exact_rho) ** 2, rel=2.0 / n)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.1, 10.0), st.floats(-1.0, 1.0)), min_size=1, max_size=30),
    st.integers(2, 60),
)
def test_resampled_pairs_keep_strength_and_use_given_overlaps(given_pairs, n: int) -> None:
    strengths, overlaps = (np.array(part) for part in zip(*given_pairs, strict=True))
    modes = mf.RandomMode(strengths, overlaps=overlaps)
    d, rho = modes.mode_strengths(n), modes.mode_overlaps(n)
    assert np.sum(d**2) / n == pytest.approx(modes.g_eff**2, rel=1e-9)
    assert np.all(np.isin(rho[d > 0], overlaps))


# --- overlaps: samples ----------------------------------------------------------------------------------------------


@pytest.mark.statistical
@pytest.mark.parametrize("gamma", [0.6, -1.0])
def test_sampled_modes_overlap_as_declared(gamma: float) -> None:
    n = 2000
    rho = np.linspace(-gamma, gamma, 200)
    modes = mf.RandomMode(np.tile([1.0, 3.0], 100), alpha=0.1, overlaps=rho)
    J = modes.sample(n, seed=2)
    assert isinstance(J, Factored)
    left = J.left / modes.mode_strengths(n)
    found = np.sum(left * J.right, axis=0)
    # l·r has mean ρ and variance (1 + ρ²)/n.
    score = (found - rho) * np.sqrt(n / (1 + rho**2))
    assert within(score, 0.0)
    assert within(score**2, 1.0)
    for factor in (left, J.right):
        assert within(n * factor.ravel() ** 2, 1.0)
    # Different modes stay independent.
    cross = (left[:, 1:] * J.right[:, :-1]).sum(axis=0) * math.sqrt(n)
    assert within(cross, 0.0)
    assert within(cross**2, 1.0)


@pytest.mark.statistical
def test_motifs_of_sampled_couplings() -> None:
    """[50]: ⟨J_ii⟩ = α⟨Dρ⟩ = 0, N⟨J_ij J_ji⟩ = α⟨(Dρ)²⟩, N⟨J_ij²⟩ = g_eff²."""
    n = 400
    modes = mf.RandomMode.exponential(2.0, 0.8, overlap_amplitude=0.5)
    weight, d, rho = modes.mode_law()
    off = ~np.eye(n, dtype=bool)
    samples = [modes.sample(n, seed).dense() for seed in range(12)]
    reciprocal = [np.mean((J * J.T)[off]) * n for J in samples]
    # Midpoint values differ from the limit by 1e-3 at most; the rest is sampling.
    assert within(reciprocal, modes.alpha * float(weight @ (d * rho) ** 2), bias=1e-3)
    assert within([np.trace(J) / n for J in samples], 0.0, bias=1e-3)
    assert within([np.mean(J[off] ** 2) * n for J in samples], 4.0, bias=2e-3)
