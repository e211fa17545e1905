"""Any filter and any map just above onset, without noise: against the energy solution, universal limits, invariances.

For small C, with H the filter, ω* where |H| is largest, L = max|H|², 1 - |H(ω* + Ω)|²/L ≈ mΩ² and the group delay
D = -d arg H/dω at ω*, and for φ'(0) = 1, φ'''(0) = -c₃, g √L = 1 + ε:

1. *Two-point functions.* The envelope F of C = F(τ) cos ω*τ obeys m F'' = δF - A F³, as in test_onset.py, with
   A = c₃²/6 where there is no carrier (ω* = 0; or π, for a map), and three quarters of it under one, since
   cos³ = (3/4) cos + third harmonic. So F = C(0) sech(√(δ/m) τ), C(0) = 2ε/c₃ by the definition of δ, and
   **δ = ε²/3 without a carrier, ε²/4 with**.
2. *The ridge.* ω1 = ω* + Ω, ω2 = -ω1 + v: 1 - s ≈ δ + mΩ² + ivD, whose |·|⁻² integrates over v to π/(D (δ + mΩ²)).
   C(ω* + Ω) is (π C(0)/κ) sech(πΩ/2κ), κ = √(δ/m), half of that at each of ±ω* with a carrier. So
   **PR = (12/π²) (D/√m) δ^{3/2} without a carrier, twice that with**; and once that again where H(ω*) is real, since
   then ω1 = ω2 = ω* is as critical as ω1 = -ω2, which doubles Ψ.
"""

import math

import numpy as np
import pytest
from theory.coupled import solved, solved_in_general

import mftheory as mf
from mftheory.theory.stationary.filters import power_of
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.onset.onset_two_point import OnsetTwoPoint

pytestmark = pytest.mark.numeric

LEAKY = mf.Rational([1.0], [1.0, 1.0])
ALPHA = mf.Rational([1.0], [1.0, 2.0, 1.0])
THIRD = mf.Rational([2.0, 1.0], [2.0, 4.0, 3.0, 1.0])
RESONANCE = mf.Rational([1.0], [1.0, 0.8, 1.0])
SHARP = mf.Rational([1.0], [1.0, 0.2, 1.0])
BAND = mf.Rational([0.0, 1.5], [1.0, 1.0, 1.0])  # real at its peak


def network(dynamics, epsilon, phi=None, connectivity=mf.IID):
    phi = mf.Erf() if phi is None else phi
    g = (1 + epsilon) / math.sqrt(power_of(dynamics).largest()[1]) / phi.slope_at_zero
    return mf.Network(connectivity(g), phi, dynamics=dynamics)


def assert_true(value, error, exact, others=0.0):
    """The stated error bounds the true one, up to that of what it is compared with."""
    assert abs(value - exact) <= error + others


@pytest.mark.parametrize("phi", [mf.Erf(), mf.Tanh()], ids=str)
@pytest.mark.parametrize("epsilon", [0.04, 1e-2, 1e-3, 1e-4, 1e-6])
def test_a_leaky_unit_written_as_a_filter_keeps_all_digits(epsilon, phi):
    """Two methods: envelopes on a Fourier grid, and the particle in a potential."""
    theory = mf.solve(network(LEAKY, epsilon, phi))
    exact = mf.solve(mf.Network(mf.IID(1 + epsilon), phi))
    assert isinstance(theory.two_point, OnsetTwoPoint)
    assert theory.two_point.delta == pytest.approx(exact.two_point.delta, rel=2e-13)  # rounding; seen 2e-14
    tau = np.array([0.0, 0.3, 2.0, 6.0, 17.0, 19.0, 30.0]) / exact.two_point.decay
    for name in ("x", "phi"):
        # Rounding relative to C(0) in the panels, 1e-16, of a function that falls by 1e-8 there. Without wide
        # instructions 7e-7 was seen, and 9e-15 of C(0) at small lags.
        assert theory.C(name, tau) == pytest.approx(exact.C(name, tau), rel=1e-13 * math.exp(18.0), abs=0)
        assert theory.C(name, tau) == pytest.approx(exact.C(name, tau), abs=1e-13 * float(exact.C(name, 0.0)))
        omega = np.array([0.0, 0.5, 3.0]) * exact.two_point.decay
        assert theory.spectrum(name, omega) == pytest.approx(exact.spectrum(name, omega), rel=1e-11)  # seen 1e-12
        assert_true(theory.dimension(name), theory.dimension_error(name), exact.dimension(name))
        assert theory.dimension_error(name) < 1e-12 * theory.dimension(name)


def local_shape(dynamics):
    """(ω*, m, D), by differences."""
    power = power_of(dynamics)
    peak, largest = power.largest()
    h = 1e-4
    m = float(2 - (power(peak + h) + power(peak - h)) / largest) / (2 * h * h)
    delay = -float(np.angle(dynamics.transfer(peak + h) / dynamics.transfer(peak - h))) / (2 * h)
    return peak, m, delay


@pytest.mark.parametrize(
    "dynamics", [ALPHA, THIRD, RESONANCE, SHARP, BAND, mf.EulerMap(0.5), mf.EulerMap(1.6)], ids=str
)
def test_universal_limits(dynamics):
    """(1) and (2), to the next order in ε, which halves with ε."""
    peak, m, delay = local_shape(dynamics)
    carrier = peak > 0 and not dynamics.discrete
    at_peak = complex(dynamics.transfer(peak))
    ridges = 2.0 if carrier and abs(at_peak.imag) < 1e-6 * abs(at_peak) else 1.0
    rest = []
    for epsilon in (2e-3, 1e-3):
        theory = mf.solve(network(dynamics, epsilon))
        delta = theory.two_point.delta
        shape = delta / epsilon**2 * (4 if carrier else 3)
        number = (
            theory.dimension() / (12 / math.pi**2 * delay / math.sqrt(m) * delta**1.5) * ridges / (2 if carrier else 1)
        )
        rest.append([shape - 1, number - 1])
    rest = np.abs(rest)
    assert np.all(rest[0] < 0.02)
    # Halving up to the next order; where the first order vanishes or is small the ratio is larger.
    assert np.all(rest[1] < 0.6 * rest[0])
    # c₃ = π/2 for erf, and C(0) → 2ε/c₃
    assert float(theory.C("x", 0.0)) == pytest.approx(2e-3 / (math.pi / 2), rel=0.01)


@pytest.mark.parametrize("dynamics", [ALPHA, RESONANCE, BAND], ids=str)
def test_the_other_solver_agrees_where_both_work(dynamics):
    """Newton's method in time, whose digits go as 1e-15/δ; a harmonic less would show."""
    net = network(dynamics, 0.04)
    g = net.connectivity.g_eff
    near = solved(g, mf.Erf(), dynamics)
    other = solved_in_general(g, mf.Erf(), dynamics)
    assert isinstance(near, OnsetTwoPoint)
    assert near.variance == pytest.approx(other.variance, rel=1e-11)
    assert near.delta == pytest.approx(other.delta, rel=1e-11)  # seen 6e-13
    tau = np.linspace(0.0, 3.0, 40) / other.decay
    for name in ("x", "phi"):
        scale = float(other.covariance(name, 0.0))
        assert np.abs(near.covariance(name, tau) - other.covariance(name, tau)).max() < 1e-11 * scale
        omega = np.linspace(0.0, 4.0, 400)
        peak = other.spectrum(name, omega).max()
        assert np.abs(near.spectrum(name, omega) - other.spectrum(name, omega)).max() < 1e-10 * peak  # seen 1e-11


@pytest.mark.parametrize("epsilon", [1e-2, 1e-3, 1e-4])
def test_a_map_and_its_mirror_image(epsilon):
    """δ → 2 - δ: C(n) → (-1)^n C(n), the same dimension; frequencies near π have fewer digits, as the error says."""
    a, b = (mf.solve(network(mf.EulerMap(d), epsilon)) for d in (1.6, 0.4))
    n = np.arange(0, 50)
    assert a.C("x", n) == pytest.approx((-1.0) ** n * b.C("x", n), rel=1e-11)
    for name in ("phi", "x"):
        assert_true(a.dimension(name), a.dimension_error(name), b.dimension(name), b.dimension_error(name))
        assert a.dimension_error(name) < 1e-9 * a.dimension(name)


@pytest.mark.parametrize("epsilon", [1e-2, 1e-4])
@pytest.mark.parametrize(("dynamics", "least"), [(RESONANCE, 1e-10), (SHARP, 1e-9), (BAND, 1e-5)], ids=str)
def test_resonances_in_other_units_of_time(dynamics, least, epsilon):
    """H(ω) → H(scale ω) rounds differently everywhere: what remains is below the stated error, and that is small."""
    theories = []
    for scale in (1.0, 7.3):
        n, d = ([c * scale**k for k, c in enumerate(p)] for p in (dynamics.numerator, dynamics.denominator))
        theories.append(mf.solve(network(mf.Rational(n, d), epsilon)))
    a, b = theories
    errors = a.dimension_error() + b.dimension_error()
    assert abs(a.dimension() - b.dimension()) <= errors
    # BAND's second ridge is known as 1e-16/δ only: seen 1.5e-7 at δ = 2.5e-9.
    assert errors < 2 * least * a.dimension()


def test_random_modes_at_a_resonance():
    """PR_iid/PR → 1 + κ at onset, and Ψ(τ, 0) starts at Ψ(0, 0)."""
    iid = mf.solve(network(RESONANCE, 1e-3))
    modes = mf.solve(network(RESONANCE, 1e-3, connectivity=lambda g: mf.RandomMode.exponential(g, 0.5)))
    assert iid.dimension() / modes.dimension() == pytest.approx(3.0, rel=1e-5)
    tau = np.array([0.0, 1.0])
    at_zero, later = modes.Psi("phi", tau, 0.0) / float(modes.C("phi", 0.0)) ** 2 * modes.dimension()
    assert at_zero == pytest.approx(1.0, rel=1e-9)
    assert abs(later - math.cos(power_of(RESONANCE).largest()[0])) < 0.01  # the envelope has hardly begun to fall


def test_no_slow_envelope_is_no_obstacle():
    """A map without memory has a white covariance at any ε: the general solver, PR = 1 - (g⟨φ'⟩)⁴."""
    theory = mf.solve(network(mf.EulerMap(1.0), 1e-3))
    assert not isinstance(theory.two_point, OnsetTwoPoint)
    assert theory.dimension() == pytest.approx(1 - (1.001 * theory.gain) ** 4, rel=1e-11)


@pytest.mark.parametrize(
    "expression", ["erf(x)", "tanh(x)", "sin(x)", "1.7*tanh(0.3*x)", "x/sqrt(1+x**2)", "x/(1+abs(x))"]
)
@pytest.mark.parametrize("c0", [1e-8, 1e-3, 0.3, 0.999, 1.001, 20.0])
def test_how_far_a_gain_is_below_its_slope(expression, c0):
    """φ'(0) - ⟨φ'⟩ by scipy on φ'(0) - φ', formed where it does not cancel."""
    from scipy.integrate import quad

    phi = mf.Nonlinearity(expression)
    gaussian = averages(phi)
    assert gaussian.loss(c0) + gaussian.gain(c0) == pytest.approx(phi.slope_at_zero, rel=1e-14)
    assert gaussian.slope == pytest.approx(phi.slope_at_zero, rel=1e-15)
    direct = {
        "erf(x)": lambda x: -2 / math.sqrt(math.pi) * math.expm1(-x * x),
        "tanh(x)": lambda x: math.tanh(x) ** 2,
        "sin(x)": lambda x: 2 * math.sin(x / 2) ** 2,
        "1.7*tanh(0.3*x)": lambda x: 0.51 * math.tanh(0.3 * x) ** 2,
        "x/sqrt(1+x**2)": lambda x: -math.expm1(-1.5 * math.log1p(x * x)),
        "x/(1+abs(x))": lambda x: x * (2 + x) / (1 + x) ** 2,
    }[expression]
    scale = math.sqrt(c0)
    expected, _ = quad(
        lambda u: direct(scale * u) * math.exp(-u * u / 2) * math.sqrt(2 / math.pi), 0, 12, epsabs=0, epsrel=1e-13
    )
    assert gaussian.loss(c0) == pytest.approx(expected, rel=1e-12)  # quad's own error
