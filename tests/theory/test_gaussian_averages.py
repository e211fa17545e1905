"""Gaussian averages of erf and tanh against other methods."""

import math

import mpmath as mp
import numpy as np
import pytest

from mftheory import Erf, Tanh
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.gaussian.trapezoidal import QuadratureAverages

pytestmark = pytest.mark.numeric


def erf_by_quadrature(step=0.15):
    """The generic quadrature, given erf: exercises it against closed forms."""
    from scipy.special import erf

    root = 0.5 * math.sqrt(math.pi)

    def potential(x):
        return x * erf(root * x) + (np.exp(-np.square(root * x)) - 1) * 2 / math.pi

    return QuadratureAverages(
        potential=potential,
        deficit=lambda x: 0.5 * np.square(x) - potential(x),
        first=Erf().derivative,
        second=lambda x: -0.5 * math.pi * x * Erf().derivative(x),
        extent=14.0,
        step=step,
    )


@pytest.mark.parametrize("c0", [0.02, 0.5, 3.0, 70.0, 1800.0])
def test_quadrature_agrees_with_the_closed_forms_of_erf(c0):
    closed, quadrature = averages(Erf()), erf_by_quadrature()
    theta = np.array([0.0, 1e-3, 0.03, 0.3, 1.0, 2.5, 5.0])
    assert quadrature.gain(c0) == pytest.approx(closed.gain(c0), rel=1e-13)  # rounding; seen 4e-15
    # Rounding: the two signs of φ''φ'' cancel by a factor of about c0; seen 1e-13 at c0 = 1800.
    assert quadrature.curvature(c0, theta) == pytest.approx(closed.curvature(c0, theta), rel=1e-12)
    assert quadrature.excess(2.0, c0) == pytest.approx(closed.excess(2.0, c0), abs=1e-12)


@pytest.mark.parametrize("c0", [0.01, 1.0, 140.0, 290.0])  # 290 is tanh at g = 20
def test_tanh_gain_against_mpmath(c0):
    with mp.workdps(25):

        def density(x):
            return mp.exp(-x * x / (2 * c0)) / mp.sqrt(2 * mp.pi * c0)

        top = min(9.0 * math.sqrt(c0), 30.0)
        gain = 2 * mp.quad(lambda x: mp.sech(x) ** 2 * density(x), mp.linspace(0, top, 12))
    assert averages(Tanh()).gain(c0) == pytest.approx(float(gain), rel=1e-13)  # rounding; seen 3e-15


@pytest.mark.parametrize("theta", [0.02, 0.8, 3.0])
@pytest.mark.parametrize("c0", [0.3, 75.0, 290.0])
def test_tanh_curvature_against_its_fourier_representation(c0, theta):
    """⟨φ''φ''⟩ = ∬ k² q² ŝ(k) ŝ(q) e^{-c0(k²+q²)/2 - ckq}-type integral with ŝ the transform of sech²."""
    c = c0 / math.cosh(theta)
    step = 0.4 / math.sqrt(c0) if c0 > 4 else 0.2
    k = (np.arange(-2000, 2000) + 0.5) * step
    k = k[np.abs(k) < 30]
    # sech² has the transform πk/sinh(πk/2); (sech²)' multiplies it by ik.
    hat = np.pi * k / np.sinh(0.5 * np.pi * k) * k
    q = k[:, None]
    exponent = -0.5 * c0 * (q + k) ** 2 + (c0 - c) * q * k  # ⟨e^{ikx + iqy}⟩ written so that nothing overflows
    total = -(hat @ np.exp(np.minimum(exponent, 700.0)) @ hat) * (step / (2 * np.pi)) ** 2
    # Cancellation between the signs of the transform costs the reference digits at small c; seen 1e-12.
    assert averages(Tanh()).curvature(c0, np.array([theta]))[0] == pytest.approx(total, rel=1e-10)


def test_step_error_falls_exponentially():
    """Halving the trapezoidal step squares its error: the error is e^{-2π·(π/2)/step}-like."""
    theta = np.array([0.5, 2.0])
    exact = averages(Tanh(), 0.1).curvature(20.0, theta)
    error = [np.max(np.abs(averages(Tanh(), h).curvature(20.0, theta) / exact - 1)) for h in (1.2, 0.6, 0.3)]
    assert error[0] > 1e-3
    # Observed 1.3 decades from 1.2 to 0.6 and 4.5 from 0.6 to 0.3; an algebraic method gains the same each time.
    assert math.log(error[1] / error[2]) > 1.6 * math.log(error[0] / error[1]) > 0
    assert error[2] < 1e-6


def test_excess_keeps_its_digits_near_onset():
    """At small variance the two forms of the excess potential differ by cancellation only."""
    tanh = averages(Tanh())
    g, c0 = 1.001, 1e-3
    with mp.workdps(40):
        x = mp.mpf(c0)
        # Var(ln cosh) by moments of its Taylor series
        coefficients = mp.taylor(lambda y: mp.log(mp.cosh(y)), 0, 24)[2::2]

        def moment(n):
            return mp.fac2(2 * n - 1) * x**n

        variance = mp.fsum(
            a * b * (moment(i + j + 2) - moment(i + 1) * moment(j + 1))
            for i, a in enumerate(coefficients)
            for j, b in enumerate(coefficients)
        )
        exact = 2 * mp.mpf(g) ** 2 * variance / x**2 - 1
    # Rounding of terms of size c0; the series is asymptotic, its last term 1e-20; seen 1e-18.
    assert tanh.excess(g, c0) == pytest.approx(float(exact), abs=1e-14 * c0)
