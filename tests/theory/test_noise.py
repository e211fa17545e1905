"""External white noise: limits, closed forms of the linear network, self-consistency, tails, networks."""

import math
import warnings
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import IntegrationWarning, quad
from theory.coupled import solved_in_general

import mftheory as mf
from mftheory.numerics.panels import PiecewisePolynomial
from mftheory.results.estimate import Estimate
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.two_point import two_point

DEFAULT = Settings()
LINEAR = mf.Nonlinearity("x")


def solved(g, sigma, nonlinearity=None, settings=DEFAULT):
    return solved_in_general(g, nonlinearity or mf.Erf(), noise=sigma, settings=settings)


@pytest.mark.numeric
@pytest.mark.parametrize("nonlinearity", [mf.Erf(), mf.Tanh()])
@pytest.mark.parametrize("g", [1.05, 1.5, 3.0, 10.0])
def test_without_noise_it_is_the_energy_solution(g, nonlinearity):
    """Two methods: Newton's on the convolution equation, and the particle in a potential."""
    a, b = solved(g, 0.0, nonlinearity), two_point(g, nonlinearity, DEFAULT)
    tau = np.append(0.0, np.geomspace(0.01, 20, 30)) / b.decay
    omega = np.append(0.0, np.geomspace(0.01, 10, 30)) * b.decay
    # Rounding over δ, and of the spectra's panels; worst seen 5e-13 (spectra, g = 1.05).
    assert a.variance == pytest.approx(b.variance, rel=1e-11)
    assert a.delta == pytest.approx(b.delta, rel=1e-11)
    assert a.decay == pytest.approx(b.decay, rel=1e-11)
    for name in ("x", "phi", "xphi"):
        assert np.abs(a.covariance(name, tau) - b.covariance(name, tau)).max() < 1e-11 * b.variance
        assert (
            np.abs(
                a.spectrum(name, omega) / b.spectrum(name, 0.0) - b.spectrum(name, omega) / b.spectrum(name, 0.0)
            ).max()
            < 1e-11
        )


@pytest.mark.numeric
def test_weak_noise_changes_everything_in_proportion_to_its_power():
    base = mf.solve(mf.Network(mf.IID(3.0))).dimension()
    change = [mf.solve(mf.Network(mf.IID(3.0), noise=s)).dimension() - base for s in (1e-2, 1e-3, 1e-4)]
    # The next order is σ⁴; then rounding, 1e-15 of a change of 1e-10. Seen 100.005 and 99.9999.
    assert change[0] / change[1] == pytest.approx(100.0, rel=1e-3)
    assert change[1] / change[2] == pytest.approx(100.0, rel=1e-3)


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "sigma"), [(0.5, 1.0), (3.0, 1.0), (1.5, 0.1), (8.0, 0.3)])
def test_the_spectra_solve_their_equation(g, sigma):
    """C^x(ω) = |H|² (g² C^φ(ω) + σ²), the transforms of C^x(τ) and of erf's closed form by scipy's quadrature."""
    s = solved(g, sigma)
    k = 0.5 * math.pi * s.variance / (1 + 0.5 * math.pi * s.variance)

    def c_x(t):
        return float(s.covariance("x", t))

    def c_phi(t):
        return 2 / math.pi * math.asin(k * c_x(t) / s.variance)

    end = 36.0 / s.decay

    def transform(f, omega):
        options = {"epsabs": 1e-13, "epsrel": 1e-12, "limit": 400}
        if omega == 0:
            return 2 * quad(f, 0, end, points=[0.1, 1.0, 4.0, 10.0], **options)[0]
        with warnings.catch_warnings():  # of rounding, at tolerances this small
            warnings.simplefilter("ignore", IntegrationWarning)
            return 2 * quad(f, 0, end, weight="cos", wvar=omega, **options)[0]

    for omega in (0.0, 0.4, 2.0, 9.0):
        x, phi = transform(c_x, omega), transform(c_phi, omega)
        # The end of the window, e^{-36}, and quad's own error; worst seen 4e-13.
        scale = s.spectrum("x", 0.0)
        assert abs(x - (g * g * phi + sigma**2) / (1 + omega**2)) < 1e-10 * scale
        assert abs(x - s.spectrum("x", omega)) < 1e-10 * scale
        assert abs(phi - s.spectrum("phi", omega)) < 1e-10 * scale


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "sigma"), [(0.3, 1.0), (0.9, 2.0)])
def test_a_linear_network_is_solved_exactly(g, sigma):
    """φ(x) = x: C^x(τ) = σ² e^{-κ|τ|}/2κ, κ² = 1 - g²; Ψ = C12/|1 - g² S12|² by a nested quadrature."""
    theory = mf.solve(mf.Network(mf.IID(g), LINEAR, noise=sigma))
    kappa = math.sqrt(1 - g * g)
    tau = np.array([0.0, 0.5, 3.0, 30.0])
    exact = sigma**2 / (2 * kappa) * np.exp(-kappa * tau)
    for name in ("x", "phi"):
        assert theory.C(name, tau) == pytest.approx(exact, rel=1e-12)  # rounding; seen 3e-16

    def ridge(w1, w2):
        s = g * g / ((1 + 1j * w1) * (1 + 1j * w2))
        return sigma**4 / ((kappa**2 + w1 * w1) * (kappa**2 + w2 * w2) * abs(1 - s) ** 2)

    def line(angle):
        w2 = kappa * math.tan(angle)
        parts = [-math.inf, min(-w2, 0.0) - 1.0, -w2, max(-w2, 0.0) + 1.0, math.inf]
        value = sum(quad(ridge, a, b, args=(w2,), epsrel=1e-12)[0] for a, b in pairwise(parts))
        return value * kappa / math.cos(angle) ** 2

    psi = 2 * quad(line, 0, math.pi / 2, epsrel=1e-11)[0] / (2 * math.pi) ** 2
    # scipy's tolerances; seen 2e-12.
    assert theory.dimension("x") == pytest.approx(exact[0] ** 2 / psi, rel=1e-10)
    assert theory.dimension("phi") == pytest.approx(theory.dimension("x"), rel=1e-12)


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "sigma"), [(0.7, 0.6), (3.0, 1.5)])
def test_kinks_and_the_tails_they_leave(g, sigma):
    """C^x'(0⁺) = -σ²/2; C^x ~ σ²/ω², C^φ ~ ⟨φ'²⟩σ²/ω², ⟨φ'²⟩ = 1/√(1 + π C^x(0)) for erf."""
    s = solved(g, sigma)
    h = 1e-3
    c = s.covariance("x", np.arange(4) * h)
    slope = (-11 * c[0] + 18 * c[1] - 9 * c[2] + 2 * c[3]) / (6 * h)
    assert slope == pytest.approx(-(sigma**2) / 2, rel=1e-8)  # third-order difference: h³; seen 3e-10
    omega = 1e3
    # The next term of the expansion is of relative order 1/ω²; seen 1e-6.
    assert omega**2 * s.spectrum("x", omega) == pytest.approx(sigma**2, rel=1e-5)
    squared_gain = 1 / math.sqrt(1 + math.pi * s.variance)
    assert omega**2 * s.spectrum("phi", omega) == pytest.approx(squared_gain * sigma**2, rel=1e-5)
    # Beyond the panels the tails go on.
    far = 30 * s.highest_frequency
    assert far**2 * s.spectrum("phi", far) == pytest.approx(squared_gain * sigma**2, rel=1e-5)
    assert far**2 * s.spectrum("x", far) == pytest.approx(sigma**2, rel=1e-9)


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "sigma"), [(0.5, 1.0), (1.02, 0.05), (3.0, 0.3), (20.0, 5.0), (1e-3, 1.0)])
@pytest.mark.parametrize("nonlinearity", [mf.Erf(), mf.Tanh()])
def test_refinement_and_the_error_it_gives(g, sigma, nonlinearity):
    a, b = solved(g, sigma, nonlinearity), solved(g, sigma, nonlinearity, DEFAULT.refined())
    tau = np.append(0.0, np.geomspace(0.01, 20, 20)) / a.decay
    omega = np.append(0.0, np.geomspace(0.01, 1e3, 20)) * a.decay
    for name in ("x", "phi"):
        # Rounding; worst seen 2e-14.
        assert np.abs(a.covariance(name, tau) - b.covariance(name, tau)).max() < 1e-12 * a.covariance(name, 0.0)
        assert np.abs(a.spectrum(name, omega) - b.spectrum(name, omega)).max() < 1e-12 * b.spectrum(name, 0.0)
    theory = mf.solve(mf.Network(mf.IID(g), nonlinearity, noise=sigma))
    for name in ("phi", "x"):
        assert theory.dimension_error(name) < 1e-10 * theory.dimension(name)
        once = theory.refined().dimension(name)
        assert abs(once - theory.dimension(name)) <= theory.dimension_error(name)


@pytest.mark.numeric
@pytest.mark.parametrize("phi", ["clip(x, -1, 1)", "sin(x)", "x/sqrt(1 + x**2)"])
def test_other_nonlinearities(phi):
    """Kinks included, which with noise leave powers of √τ at τ = 0."""
    theory = mf.solve(mf.Network(mf.IID(1.5), mf.Nonlinearity(phi), noise=1.0))
    assert theory.dimension_error() < 1e-9 * theory.dimension()


@pytest.mark.numeric
def test_a_formula_and_its_built_in_twin_agree():
    a, b = solved(2.0, 0.5, mf.Tanh()), solved(2.0, 0.5, mf.Nonlinearity("tanh(x)"))
    assert a.variance == pytest.approx(b.variance, rel=1e-12)  # rounding


@pytest.mark.numeric
def test_random_modes_and_gains_with_noise():
    """Ψ is affine in κ, and gains of one value are no gains."""
    psi = [
        float(mf.solve(mf.Network(mf.RandomMode.step(1.5, rank), noise=0.5)).Psi("phi", 0.0, 0.0))
        for rank in (1.0, 0.5, 1 / 3)
    ]
    assert psi[2] - psi[1] == pytest.approx(psi[1] - psi[0], rel=1e-11)  # rounding; seen 6e-15
    one = mf.solve(mf.Network(mf.IID(1.5), gains=[1.0, 1.0], noise=0.5))
    none = mf.solve(mf.Network(mf.IID(1.5), noise=0.5))
    for name in ("phi", "x"):
        assert one.dimension(name) == pytest.approx(none.dimension(name), rel=1e-12)
    assert one.dimension("Phi") == pytest.approx(none.dimension("phi"), rel=1e-12)
    spread = mf.solve(mf.Network(mf.IID(1.5), gains=mf.Gains([0.5, 1.5], mean_square=4.0), noise=0.5))
    assert spread.C("Phi", 0.7) == pytest.approx(4.0 * spread.C("phi", 0.7), rel=1e-14)


@pytest.mark.numeric
@given(g=st.floats(0.05, 6.0), sigma=st.floats(0.05, 5.0))
@settings(max_examples=15, deadline=None)
def test_properties_of_any_noisy_network(g, sigma):
    weak, strong = (mf.solve(mf.Network(mf.IID(g), noise=s)) for s in (sigma, 1.5 * sigma))
    tau = np.linspace(0, 20 / weak.two_point.decay, 60)
    omega = np.append(0.0, np.geomspace(1e-3, 1e7, 60))
    for name in ("x", "phi"):
        c = weak.C(name, tau)
        assert np.all(np.diff(c) < 0)
        assert np.all(c > 0)
        assert np.all(weak.spectrum(name, omega) > 0)
        assert 0 < weak.dimension(name) < strong.dimension(name) < 1  # independent noise fills every direction
    assert weak.C("x", 0.0) >= 0.5 * sigma**2
    assert 0 < weak.two_point.delta < 1


@pytest.mark.numeric
def test_noise_holds_up_a_network_that_would_be_quiescent():
    with pytest.raises(mf.Quiescent):
        mf.solve(mf.Network(mf.IID(0.9)))
    assert mf.solve(mf.Network(mf.IID(0.9), noise=1e-3)).C("x", 0.0) > 0


def test_a_network_that_noise_drives_to_infinity_is_not_solved():
    with pytest.raises(mf.NotConverged, match="does φ saturate"):
        mf.solve(mf.Network(mf.IID(1.2), LINEAR, noise=1.0))


def test_a_negative_spectrum_is_refused():
    s = solved(2.0, 0.5)
    (n,) = s.spectra.densities
    negative = PiecewisePolynomial(n.edges, n.coefficients - 2.0 * n.coefficients[0, 0])
    wrong = replace(s, spectra=replace(s.spectra, densities=(negative,)))
    s.refuse_negative()
    with pytest.raises(mf.NotConverged, match="negative"):
        wrong.refuse_negative()


@pytest.mark.numeric
@pytest.mark.parametrize("c0", [1e-4, 1.0, 30.0, 1e4])
def test_activity_covariance_against_closed_form(c0):
    """(2/π) asin(k t), its slope, and the odd continuation."""
    c = c0 * np.array([-1.0, -0.3, 1e-3, 0.5, 0.99, 1 - 1e-6, 1.0])
    k = 0.5 * math.pi * c0 / (1 + 0.5 * math.pi * c0)
    activity = ActivityCovariance(averages(mf.Erf()), c0)
    exact = 2 / math.pi * np.arcsin(k * c / c0)
    assert np.abs(activity(c) - exact).max() < 1e-14 * exact.max()  # rounding; seen 2e-15
    slope = 2 / math.pi * k / c0 / np.sqrt((1 - k * c / c0) * (1 + k * c / c0))
    found = activity.nonlinear_slope(c) + activity.gain**2
    assert found == pytest.approx(slope, rel=1e-11)  # 1 - k loses digits in the closed form; seen 4e-13


@pytest.mark.numeric
@pytest.mark.parametrize("width", [1e-3, 0.03, 30.0])
@pytest.mark.parametrize("c0", [0.01, 1.0, 100.0])
def test_activity_covariance_of_steep_and_of_flat_functions(width, c0):
    """erf(x/w): (2/π) asin(2c/(w² + 2c0)), which near c = c0 changes over 1 - c/c0 ~ w²/c0."""
    gap = np.concatenate([[0.0], np.geomspace(1e-12, 1.0, 100)])
    activity = ActivityCovariance(averages(mf.Nonlinearity(f"erf(x/{width})")), c0)
    exact = 2 / math.pi * np.arcsin(2 * c0 / (width**2 + 2 * c0) * (1 - gap))
    # Rounding of 1 - c/c0, over w²/c0; seen 7e-13 at w²/c0 = 1e-8. With panels that do not follow w: 4e-7 to 2e-2.
    assert np.abs(activity(c0 * (1 - gap)) - exact).max() < (1e-14 + 3e-16 * math.sqrt(c0) / width) * exact.max()


@pytest.mark.statistical
@pytest.mark.parametrize(("g", "sigma"), [(0.8, 0.7), (1.2, 1.0)])
def test_agrees_with_networks(g, sigma):
    """Eight networks of 300 neurons: N·PR > 100, so that corrections of order 1/N are below the errors."""
    net = mf.Network(mf.IID(g), noise=sigma)
    theory = mf.solve(net)
    runs = [mf.simulate(net, n=300, seed=seed, trajectories=32, duration=60.0) for seed in range(8)]

    def z(measure, predicted):
        values = [measure(run).value for run in runs]
        error = np.std(values, ddof=1) / math.sqrt(len(values))
        return Estimate(float(np.mean(values)), float(error)).z(float(predicted))

    scores = {
        **{f"C_{a}({t})": z(lambda r, a=a, t=t: r.C(a, t), theory.C(a, t)) for a in ("x", "phi") for t in (0.0, 1.0)},
        **{f"PR_{a}": z(lambda r, a=a: r.dimension(a), theory.dimension(a)) for a in ("x", "phi")},
    }
    # Two-sided; Student's t with 7 degrees of freedom exceeds 4.8 once in 500. Seen up to 2.2.
    assert max(map(abs, scores.values())) < 4.8, scores
    # Without noise's part of the theory the prediction would be off by far more.
    assert abs(z(lambda r: r.dimension("x"), 0.9 * theory.dimension("x"))) > 5
