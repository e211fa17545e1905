"""Random networks over the whole space that can be solved: limits, identities and symmetries of the theory.

A few networks, always the same, on every change (40 s of one core); each night ten times as many, and new ones:

    make test-nightly             # prints its seed
    make test-nightly SEED=12345  # repeats it

What fails is printed as ``net=mf.Network(...)``, to be pasted. Neurons that differ and φ that is not odd are in
`test_random_networks_differing.py`, several populations in `test_random_networks_populations.py`, a user's φ with noise
or filters in `test_random_networks_formulas.py`, theory against sampled networks in `test_random_networks_sampled.py`.
"""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import ERF, TANH, FromHypothesis, examples, networks, peak, values
from random_networks_checks import check_symmetries
from scipy.integrate import quad

import mftheory as mf
from mftheory.results import Theory

pytestmark = pytest.mark.numeric

# Near a filter's onset solutions take seconds; 5% above it is near enough here (tests/theory/test_filters_at_onset.py).
LEAKY, FILTERED = networks(), networks(filtered=True, least=0.05)
ANY = st.one_of(LEAKY, FILTERED)
CLOSE = 1e-9
"""Relative; solutions promise some twelve digits, near onset ten."""


def dimensions(network: mf.Network) -> dict[str, float]:
    theory = mf.solve(network)
    return {name: theory.dimension(name) for name in theory.observables}


def without_modes(network: mf.Network) -> mf.IID:
    return mf.IID(network.connectivity.g_eff)


def with_rank(network: mf.Network, rank: float) -> mf.RandomMode:
    return mf.RandomMode.step(network.connectivity.g_eff, rank)


# --- what every solution is --------------------------------------------------------------------------------------


@examples(25)
@given(net=ANY, lags=st.tuples(st.integers(-9, 9), st.integers(-9, 9)))
def test_symmetries_bounds_and_signs(net, lags) -> None:
    """Ψ(τ1, τ2) = Ψ(τ2, τ1) = Ψ(-τ1, -τ2), largest at 0; C largest at 0; spectra >= 0; 0 < PR <= 1."""
    theory = mf.solve(net.network)
    one, two = lags
    unit = net.network.dynamics.time_constant
    if not net.network.dynamics.discrete:
        one, two = one * unit / 3, two * unit / 3
    check_symmetries(theory, one, two, unit)


@examples(20)
@given(net=ANY, omega=st.floats(0.0, 3.0))
def test_the_two_point_functions_solve_their_equation(net, omega) -> None:
    check_two_point(net.network, mf.solve(net.network), omega)


def check_two_point(network: mf.Network, theory: Theory, omega: float) -> None:
    """[two-point, 36]: C^x = |H|² (α r2 C^Φ + σ²), S^φ = ⟨φ'⟩ H, C^Φ = ⟨G²⟩ C^φ; averages by our own sums."""
    rate = omega / network.dynamics.time_constant
    filter_ = complex(network.dynamics.transfer(rate))
    squares = 1.0 if network.gains is None else network.gains.moment(2)
    field = network.connectivity.g_eff**2 * squares * theory.spectrum("phi", rate) + network.noise**2
    # Relative to the largest value, since the spectrum falls to nothing: interpolation.
    scale = float(theory.spectrum("x", [0.0, rate]).max())
    assert abs(theory.spectrum("x", rate) - abs(filter_) ** 2 * field) <= 1e-8 * scale
    assert complex(theory.S(rate)) == pytest.approx(theory.gain * filter_, rel=1e-12)
    if network.gains is not None:
        for name in ("Phi", "readout"):
            assert theory.C(name, 0.0) == pytest.approx(squares * theory.C("phi", 0.0), rel=1e-12)
    # x at one time is Gaussian. The trapezoidal rule is exact to rounding for smooth φ, and of order step² at kinks:
    # for clip at g = 37 it was 1e-5 with steps eight times as long, so 2e-7.
    z = np.linspace(-12.0, 12.0, 96001)
    weight = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    x = z * math.sqrt(float(theory.C("x", 0.0)))
    phi = network.nonlinearity
    assert float(weight @ phi(x) ** 2) == pytest.approx(float(theory.C("phi", 0.0)), rel=2e-6)
    # ⟨φ'⟩ by ⟨x φ⟩ = ⟨φ'⟩ C^x(0), since φ' itself jumps at kinks.
    covariance = float(weight @ (x * phi(x)))
    assert covariance == pytest.approx(theory.gain * float(theory.C("x", 0.0)), rel=2e-6)
    assert theory.C("xphi", 0.0) == pytest.approx(covariance, rel=2e-6)


@examples(12)
@given(net=networks(phi=ERF), tau=st.floats(0.0, 5.0))
def test_spectra_are_transforms_of_the_covariances(net, tau) -> None:
    """C(τ) = ∫ dω/π cos(ωτ) C(ω), by SciPy's adaptive rule."""
    theory = mf.solve(net.network)
    decay = theory.two_point.decay
    for name in ("phi", "x"):
        edges = [0.0, decay, *np.geomspace(3 * decay, theory.two_point.highest_frequency, 12)]

        def integrand(omega: float, name: str = name) -> float:
            return float(theory.spectrum(name, omega)) * math.cos(omega * tau)

        pieces = [quad(integrand, a, b, epsrel=1e-8, limit=200)[0] for a, b in pairwise(edges)]
        # The tail beyond is rounding; the pieces cancel for τ > 0, so relative to C(0).
        assert sum(pieces) / math.pi == pytest.approx(float(theory.C(name, tau)), abs=1e-7 * theory.C(name, 0.0))


@examples(12)
@given(net=LEAKY)
def test_activity_without_noise_is_chaotic(net) -> None:
    """λ > 0, however close to onset, and at most what the couplings alone would do: λ <= g φ'max - 1."""
    exponent = mf.solve(net.network).lyapunov_exponent
    slopes = net.network.nonlinearity.derivative(np.linspace(0.0, 40.0, 40001))
    assert 0 < exponent <= net.network.g_eff * float(np.abs(slopes).max()) - 1


# --- limits ------------------------------------------------------------------------------------------------------


@examples(12)
@given(net=ANY, rank=st.floats(0.05, 20.0))
def test_the_inverse_dimension_is_affine_in_kappa(net, rank) -> None:
    """From i.i.d. couplings (a kernel of their own) at κ = 0 on, for every observable; 1/PR rises with κ."""
    network = net.network
    kappa = 1.0 / rank
    iid, near, far = (
        dimensions(net.changed(connectivity=c))
        for c in (without_modes(network), with_rank(network, rank), with_rank(network, rank / 3))
    )
    none = dimensions(net.changed(connectivity=with_rank(network, 1e12)))
    for name in iid:
        assert none[name] == pytest.approx(iid[name], rel=CLOSE)
        first, second = 1 / near[name] - 1 / iid[name], 1 / far[name] - 1 / iid[name]
        # The effect may be rounding (sin at g = 19), so relative to 1/PR.
        assert second == pytest.approx(3 * first, rel=1e-7, abs=CLOSE * (1 + kappa) / iid[name])
        assert near[name] <= iid[name] * (1 + CLOSE)
        # |s| < 1: κ costs at most the factor 1 + κ; of an observable with gains, part of Ψ is there without couplings.
        assert iid[name] <= near[name] * (1 + kappa) * (1 + CLOSE)


@examples(12)
@given(net=networks(with_gains=False), pr=st.floats(0.05, 0.95), kappa=st.floats(0.0, 10.0))
def test_gains_count_as_kappa_for_normalised_activity(net, pr, kappa) -> None:
    """[46b]: κ and 1/PR_G - 1 enter Ψ^φ and Ψ^x by their sum; PR_G → 1 gives back what has no gains."""
    network = net.network
    g = network.connectivity.g_eff
    modes = mf.RandomMode.step(g, 1 / kappa) if kappa > 1e-6 else mf.IID(g)
    with_gains = dimensions(net.changed(connectivity=modes, gains=mf.Gains.exponential(pr)))
    as_modes = dimensions(net.changed(connectivity=mf.RandomMode.step(g, 1 / (kappa + 1 / pr - 1))))
    for name in ("phi", "x"):
        assert with_gains[name] == pytest.approx(as_modes[name], rel=1e-6 if kappa < 1e-6 else CLOSE)
    equal = dimensions(net.changed(connectivity=modes, gains=mf.Gains.exponential(1.0)))
    none = dimensions(net.changed(connectivity=modes))
    for name in equal:  # Phi and the readout are φ itself then
        assert equal[name] == pytest.approx(none["x" if name == "x" else "phi"], rel=CLOSE)


@examples(10)
@given(net=networks(filtered=True, least=0.05), size=st.floats(0.5, 2.0))
def test_without_couplings_every_neuron_is_a_dimension(net, size) -> None:
    """g → 0 with noise: PR^φ, PR^x → 1 and PR^Φ → PR_G as g⁴, as a covariance of two neurons enters squared."""
    law = net.network.gains
    limit = {"phi": 1.0, "x": 1.0, "Phi": 1.0, "readout": 1.0}
    if law is not None:
        limit |= {"Phi": law.participation_ratio, "readout": law.participation_ratio}

    def off(g: float) -> dict[str, float]:
        scaled = g / (peak(net.network.dynamics) * (1.0 if law is None else math.sqrt(law.moment(2))))
        found = dimensions(net.changed(connectivity=mf.IID(scaled), noise=size))
        return {name: abs(found[name] / limit[name] - 1) for name in found}

    far, near = off(0.02), off(0.01)
    for name in far:
        # ⟨J²⟩ ~ g²/N for N² pairs: 1/PR - 1 is g² times a number of order one.
        assert near[name] <= 1e-3
        assert near[name] <= 0.3 * far[name] + 1e-9


@examples(8)
@given(net=networks(least=0.5, most=10.0, phi=TANH))
def test_vanishing_noise(net) -> None:
    """σ → 0 is approached as σ²: a solver of its own meets the one without noise."""
    none = dimensions(net.network)
    far, near = (dimensions(net.changed(noise=sigma)) for sigma in (0.02, 0.01))
    for name in none:
        # A quarter at second order, and what is of fourth.
        assert abs(near[name] - none[name]) <= 0.3 * abs(far[name] - none[name]) + CLOSE * none[name]


@examples(4, 30)
@given(net=networks(least=0.3, most=10.0, phi=ERF))
def test_a_fine_map_is_a_leaky_unit(net) -> None:
    """Euler's scheme is of first order in δ: its extrapolation is closer to the leaky unit by a factor of order δ."""
    leaky = dimensions(net.network)
    coarse, fine = (dimensions(net.changed(dynamics=mf.EulerMap(delta))) for delta in (0.1, 0.05))
    for name in leaky:
        off = abs(coarse[name] - leaky[name])
        # Without the extrapolation it would be 0.5; with it, of order δ.
        assert abs(2 * fine[name] - coarse[name] - leaky[name]) <= 0.1 * off + CLOSE * leaky[name]


@examples(12)
@given(net=networks(least=1e-5, most=1 + 1e-5, kinks=False))
def test_onset_is_universal(net) -> None:
    """PR → 0.2339 (g - 1)³/(1/PR_G + κ) for every smooth φ: [CMvML25]'s number for erf holds for all of them."""
    network = net.network
    theory = mf.solve(network)
    epsilon = network.g_eff * network.nonlinearity.slope_at_zero - 1
    kappa = network.parameters.get("kappa", 0.0)
    spread = 1.0 if network.gains is None else 1 / network.gains.participation_ratio
    # Corrections of relative order g - 1, times numbers up to 100 (fifth against third derivative; κ). g is 1 to six
    # digits, and given to ten, so g - 1 to four.
    for name in ("phi", "x"):
        assert theory.dimension(name) * (spread + kappa) / epsilon**3 == pytest.approx(0.23391, rel=1e-3)
    assert theory.lyapunov_exponent == pytest.approx(epsilon**2 / 2, rel=1e-3)


@examples(3, 20)
@given(
    net=networks(phi=ERF, with_gains=False, least=0.5, most=6.0),
    sign=st.sampled_from([-1.0, 1.0]),
    rank=st.floats(0.2, 1.0),
)
def test_a_little_self_feedback_changes_little(net, sign, rank) -> None:
    """Symmetry → 0 and overlaps → 0, by the sampled solver; at 0 itself it says what the one without feedback says."""
    g, small = net.network.connectivity.g_eff, 5e-4 * sign
    iid = dimensions(net.changed(connectivity=mf.IID(g)))["phi"]
    modes = dimensions(net.changed(connectivity=mf.RandomMode.exponential(g, rank)))["phi"]
    for connectivity, limit in (
        (mf.PartiallySymmetric(g, small), iid),
        (mf.PartiallySymmetric(g, 0.0), iid),
        (mf.RandomMode.exponential(g, rank, overlap_amplitude=small), modes),
    ):
        theory = mf.solve(net.changed(connectivity=connectivity), target=0.03, seed=1)
        # To first order in the feedback, relative, times a number of order one; and the error of sampling.
        assert abs(theory.dimension() / limit - 1) <= 10 * abs(small) + 4 * theory.dimension_error() / limit


def test_little_noise_far_above_onset_of_a_steep_filter() -> None:
    """Found by these tests: C^φ rounded to 0 beyond its edge, and σ²/C^φ was taken."""
    dynamics = mf.Rational([1.0], [1.0, 0.7412, 1.0])
    dimensions(mf.Network(mf.IID(34.42105778), dynamics=dynamics, noise=0.08066))


@examples(3, 40)
@given(net=networks(filtered=True, least=0.05, maps=False), digits=st.tuples(st.floats(5, 7), st.floats(5, 7)))
def test_zeros_and_poles_far_off_change_nothing(net, digits) -> None:
    """n(iω) + ε (iω)^k and d(iω) + ε' (iω)^k tend to n and d. Found by these tests: scales that differ lost digits."""
    numerator, denominator = net.network.dynamics.numerator, net.network.dynamics.denominator
    zero, pole = (10.0**-d for d in digits)
    here = dimensions(net.network)
    # A zero goes beside the last coefficient, so that the filter stays proper; a double one on both sides.
    far_zero = mf.Rational([*numerator, zero] if len(numerator) + 1 < len(denominator) else numerator, denominator)
    far_pole = mf.Rational(numerator, [*denominator, pole])
    for dynamics, small in ((far_zero, zero), (far_pole, pole)):
        there = dimensions(net.changed(dynamics=dynamics))
        for name, value in here.items():
            # Of first order in ε, times a number that is large near onset or a resonance: 30 seen.
            assert there[name] == pytest.approx(value, rel=1e3 * small + CLOSE)


# --- identities --------------------------------------------------------------------------------------------------


@st.composite
def arrays(draw) -> list[float]:
    return values(FromHypothesis(draw))


@examples(8)
@given(net=ANY, strengths=arrays(), gain_values=arrays(), alpha=st.floats(0.05, 5.0), data=st.data())
def test_order_copies_silent_modes_and_scales_of_arrays_do_not_matter(net, strengths, gain_values, alpha, data) -> None:
    """Of D and G only their laws matter; of D and α only α⟨D²⟩ and αPR_D."""
    g = net.network.connectivity.g_eff
    mean_square = 1.0 if net.network.gains is None else net.network.gains.moment(2)
    law = mf.Gains(gain_values, mean_square=mean_square)
    here = dimensions(net.changed(connectivity=mf.RandomMode(strengths, alpha, g_eff=g), gains=law))
    shuffled, twice = data.draw(st.permutations(strengths)), list(data.draw(st.permutations(gain_values))) * 2
    silent = [*shuffled, *[0.0] * (2 * len(shuffled))]
    same = mf.RandomMode(silent, 3 * alpha, g_eff=g)
    there = dimensions(net.changed(connectivity=same, gains=mf.Gains(twice, mean_square=mean_square)))
    # A factor that J and G share: D → 4 D, G → G/4.
    weaker = mf.Gains(twice, mean_square=mean_square / 16)
    exchanged = dimensions(net.changed(connectivity=mf.RandomMode(silent, 3 * alpha, g_eff=4 * g), gains=weaker))
    law_of_the_moments = mf.RandomMode.exponential(g, same.effective_rank)
    third = dimensions(net.changed(connectivity=law_of_the_moments, gains=law))
    for name, value in here.items():
        for other in (there, exchanged, third):
            assert other[name] == pytest.approx(value, rel=CLOSE)


@examples(5)
@given(net=networks(filtered=True, least=0.05, maps=False), scale=st.floats(0.2, 5.0), zero=st.floats(0.2, 3.0))
def test_units_of_time_and_factors_that_cancel(net, scale, zero) -> None:
    """H(cω) is the same network c times slower (σ → σ√c); n(iω) and d(iω) may share a factor."""
    sides = net.network.dynamics.numerator, net.network.dynamics.denominator
    slower = mf.Rational(*([c * scale**k for k, c in enumerate(side)] for side in sides))
    padded = mf.Rational(*(np.polynomial.polynomial.polymul(side, [1.0, zero]) for side in sides))
    here = mf.solve(net.network)
    slow = mf.solve(net.changed(dynamics=slower, noise=net.network.noise * math.sqrt(scale)))
    same = mf.solve(net.changed(dynamics=padded))
    tau = np.array([0.0, 0.7, 2.0])
    for name in here.observables:
        assert slow.dimension(name) == pytest.approx(here.dimension(name), rel=CLOSE)
        assert same.dimension(name) == pytest.approx(here.dimension(name), rel=CLOSE)
        at_zero = float(here.C(name, 0.0))
        assert slow.C(name, scale * tau) == pytest.approx(here.C(name, tau), abs=CLOSE * at_zero)
        assert same.C(name, tau) == pytest.approx(here.C(name, tau), abs=CLOSE * at_zero)


@examples(12)
@given(net=networks(phi=TANH), a=st.floats(0.2, 5.0), b=st.floats(0.2, 5.0))
def test_units_of_x_and_phi(net, a, b) -> None:
    """φ = a tanh(b x) with couplings of g/(ab) is the network of tanh with couplings of g."""
    own = net.network.connectivity
    name = "g" if isinstance(own, mf.IID) else "g_eff"
    weaker = replace(own, **{name: own.g_eff / (a * b)})
    scaled = net.changed(connectivity=weaker, nonlinearity=mf.Nonlinearity(f"{a!r}*tanh({b!r}*x)"))
    one, two = dimensions(net.network), dimensions(scaled)
    for name in one:
        # Rounding of a b g counts 3/(g - 1) times: 1e-11 at g - 1 = 1e-4.
        assert two[name] == pytest.approx(one[name], rel=CLOSE)


@examples(10)
@given(net=ANY, factor=st.floats(1.02, 1.5))
def test_what_spreads_activity_raises_the_dimension(net, factor) -> None:
    """A larger effective rank does, and gains that are more equal."""
    network = net.network
    rank = getattr(network.connectivity, "effective_rank", 2.0)
    here = dimensions(net.changed(connectivity=with_rank(network, rank)))
    wider = dimensions(net.changed(connectivity=with_rank(network, factor * rank)))
    assert all(wider[name] >= here[name] * (1 - CLOSE) for name in here)
    if network.gains is not None:
        pr = min(network.gains.participation_ratio, 1.0)  # of equal gains 1 + 2e-16
        scale = math.sqrt(network.gains.moment(2))

        def at(pr: float) -> dict[str, float]:
            couplings = mf.RandomMode.step(network.connectivity.g_eff * scale, rank)
            return dimensions(net.changed(connectivity=couplings, gains=mf.Gains.exponential(pr)))

        least, more = at(pr / factor), at(pr)
        assert all(more[name] >= least[name] * (1 - CLOSE) for name in more)
