"""Two-point functions: equations they must solve, limits, refusals, and accuracy under refinement."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mftheory import Erf, NotConverged, Quiescent, Tanh
from mftheory.numerics.panels import Panels, graded_edges
from mftheory.numerics.transform import cosine_transform, spherical_bessel
from mftheory.theory.settings import Settings
from mftheory.theory.stationary import two_point as module
from mftheory.theory.stationary.two_point import two_point

pytestmark = pytest.mark.numeric

DEFAULT = Settings()


def test_reference_point():
    """theory §7: erf, i.i.d., g = 3, to all printed digits."""
    solution = two_point(3.0, Erf(), DEFAULT)
    assert f"{solution.variance:.10f}" == "5.6374319609"
    assert f"{solution.activity_variance:.10f}" == "0.7107297981"
    assert f"{3 * solution.gain:.10f}" == "0.9556244846"


@pytest.mark.parametrize("g", [1.001, 1.2, 3.0, 12.0, 50.0])
def test_solves_the_equation_of_motion(g):
    """C'' = C - g² C^φ, by finite differences, with C^φ the closed form of erf."""
    s = two_point(g, Erf(), DEFAULT)
    k = 0.5 * math.pi * s.variance / (1 + 0.5 * math.pi * s.variance)
    tau = np.array([0.0, 0.3, 1.0, 2.0, 6.0]) / s.decay
    closed = 2 / math.pi * np.arcsin(k * s.covariance("x", tau) / s.variance)
    assert s.covariance("phi", tau) == pytest.approx(closed, rel=1e-12)  # rounding; seen 5e-15
    h = 0.02 / s.decay / max(1.0, math.sqrt(s.variance))

    def c(shift):
        return s.covariance("x", tau + shift * h)

    second = (-(c(2) + c(-2)) + 16 * (c(1) + c(-1)) - 30 * c(0)) / (12 * h * h)
    scale = s.variance * s.delta * max(1.0, g)
    # Fourth-order differences: truncation 1e-7, rounding 1e-16/h²; seen 2e-8 of the scale.
    assert np.abs(second - (c(0) - g * g * closed)).max() < 1e-6 * scale


@pytest.mark.parametrize("nonlinearity", [Erf(), Tanh()])
@pytest.mark.parametrize("g", [1.001, 1.05, 1.5, 3.0, 10.0, 50.0])
def test_refinement_of_every_setting(nonlinearity, g):
    """Every function changes by less than 1e-11 when everything is refined."""
    a, b = two_point(g, nonlinearity, DEFAULT), two_point(g, nonlinearity, DEFAULT.refined())
    tau = np.concatenate([[0.0], np.geomspace(0.01, 40, 30)]) / a.decay
    omega = np.concatenate([[0.0], np.geomspace(0.01, 20, 30)]) * a.decay
    for name in ("x", "phi", "xphi"):
        # Panels' interpolation error; worst seen 1e-12 (tanh, g = 1.5).
        assert a.covariance(name, tau) == pytest.approx(b.covariance(name, tau), rel=1e-11)
        peak = b.spectrum(name, 0.0)
        assert a.spectrum(name, omega) / peak == pytest.approx(b.spectrum(name, omega) / peak, abs=1e-11)
    assert a.delta == pytest.approx(b.delta, rel=1e-12)  # rounding; worst seen 1e-13 (tanh, g = 50)


def test_time_panels_converge_exponentially():
    """Every two nodes gain about the same factor; an algebraic rule of order p would gain (1 + 2/n)^p."""
    exact = two_point(1.5, Erf(), DEFAULT.refined()).covariance("phi", 10.0)
    errors = [
        abs(two_point(1.5, Erf(), replace(DEFAULT, time_order=n)).covariance("phi", 10.0) / exact - 1)
        for n in (14, 16, 18, 20)
    ]
    assert errors[0] > 1e-9  # far above rounding, or there is nothing to see
    assert errors[0] / errors[-1] > 1e3  # seen 5e3: over one decade for two nodes


def test_delta_without_cancellation():
    """δ → (g-1)²/3 as g → 1, to a relative correction of order g - 1, at any distance from onset."""
    for g in (1 + 1e-3, 1 + 1e-4, 1 + 1e-6):
        ratio = two_point(g, Erf(), DEFAULT).delta / ((g - 1) ** 2 / 3)
        assert ratio == pytest.approx(1.0, abs=4 * (g - 1))  # next order: seen 2.7 (g - 1)
    s = two_point(1.3, Erf(), DEFAULT)
    assert s.delta == pytest.approx(1 - (1.3 / math.sqrt(1 + 0.5 * math.pi * s.variance)) ** 2, rel=1e-13)


def test_near_onset_the_covariance_is_a_hyperbolic_secant():
    s = two_point(1.0001, Tanh(), DEFAULT)
    tau = np.array([0.5, 2.0, 5.0]) / s.decay
    # Corrections of relative order g - 1, growing with τ; seen 5e-5.
    assert s.covariance("x", tau) / s.variance == pytest.approx(1 / np.cosh(tau * s.decay), rel=1e-3)


def test_strong_coupling_limit():
    """g → ∞: φ is a sign, C^x(0) → (2 - 4/π) g²."""
    for nonlinearity in (Erf(), Tanh()):
        s = two_point(1000.0, nonlinearity, DEFAULT)
        assert s.variance / 1e6 == pytest.approx(2 - 4 / math.pi, rel=1e-5)  # corrections ~ 1/g²


def test_the_tail_beyond_the_mesh_is_exponential_and_continuous():
    s = two_point(3.0, Erf(), DEFAULT)
    end = s.theta.edges[-1]
    for name in ("x", "phi", "xphi"):
        inside, outside = s.covariance(name, end * (1 - 1e-12)), s.covariance(name, end * (1 + 1e-12))
        assert outside == pytest.approx(inside, rel=1e-9)  # the step in τ itself is worth 2e-11 · decay
        later = s.covariance(name, end + 5.0)
        assert later / outside == pytest.approx(math.exp(-5.0 * s.decay), rel=1e-9)


@given(g=st.floats(1.001, 50.0), tanh=st.booleans())
@settings(max_examples=40, deadline=None)
def test_properties_of_any_solution(g, tanh):
    s = two_point(g, Tanh() if tanh else Erf(), DEFAULT)
    tau = np.linspace(0, 30 / s.decay, 100)
    omega = np.linspace(0, 2 * s.highest_frequency, 200)
    for name in ("x", "phi"):
        c = s.covariance(name, tau)
        assert np.all(np.diff(c) < 0)
        assert np.all(c > 0)
        assert np.all(s.spectrum(name, omega) >= 0)
        assert np.array_equal(s.covariance(name, -tau), c)
    assert 0 < s.activity_variance < 1
    assert 0 < s.delta < 1
    # δ and the gain belong together exactly.
    assert (g * s.gain) ** 2 + s.delta == pytest.approx(1.0, abs=1e-14)
    # Power theorem: C(0) = ∫ dω/2π C(ω), on panels in asinh(ω/√δ).
    mesh = Panels.on(s.density.edges, 24)
    integral = np.sum(mesh.weights * s.density(mesh.nodes) * s.decay * np.cosh(mesh.nodes)) / math.pi
    assert integral == pytest.approx(s.activity_variance, rel=1e-10)  # seen 1e-12


@pytest.mark.parametrize("g", [0.3, 1.0])
def test_quiescent_below_onset(g):
    with pytest.raises(Quiescent, match=r"g_eff = .*needs g_eff > 1"):
        two_point(g, Erf(), DEFAULT)


def test_a_nonlinearity_that_does_not_saturate_is_not_solved(monkeypatch):
    class Linear:
        width = 1.0

        def excess(self, g, c0):
            return g * g - 1

        def gain(self, c0):
            return 1.0

    monkeypatch.setattr(module, "averages", lambda *_: Linear())
    with pytest.raises(NotConverged, match="does φ saturate") as caught:
        two_point(2.0, Erf(), DEFAULT)
    assert len(caught.value.residuals) > 50


def test_a_negative_power_spectrum_is_refused():
    """Panels far too long give a function that is no covariance."""
    with pytest.raises(NotConverged):
        two_point(3.0, Erf(), Settings(time_order=3, time_panel=15.0, time_window=30.0))


def test_transform_of_a_known_function():
    """sech has the transform π sech(πω/2); beyond the panels its tail is exponential."""
    mesh = Panels.on(graded_edges(1.0, 2.0, 1.0, 20.0), 24)
    omega = np.array([0.0, 0.1, 1.0, 3.0, 10.0, 40.0])
    values = cosine_transform(mesh.polynomial(1 / np.cosh(mesh.nodes)), 1.0, 1 / math.cosh(20.0), omega)
    assert values == pytest.approx(np.pi / np.cosh(0.5 * np.pi * omega), abs=1e-14)  # rounding; seen 2e-15


def test_spherical_bessel_against_scipy():
    from scipy.special import spherical_jn

    z = np.concatenate([[0.0], np.geomspace(1e-8, 1e4, 500), np.pi * np.arange(1, 12)])
    ours = spherical_bessel(24, z)
    expected = np.array([spherical_jn(n, z) for n in range(24)])
    assert np.abs(ours - expected).max() < 1e-13  # rounding of both; seen 5e-15
