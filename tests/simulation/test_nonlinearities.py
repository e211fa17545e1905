import numpy as np
import pytest
from scipy.special import erf

from mftheory import Erf, Tanh
from mftheory.simulation.nonlinearities import activation


def filled(nonlinearity, x):
    out = np.empty_like(x)
    activation(nonlinearity, x.dtype)(x, out)
    return out


@pytest.mark.numeric
def test_single_precision_erf_matches_scipy_everywhere():
    x = np.linspace(-9, 9, 400_001).astype(np.float32)
    reference = erf(0.5 * np.sqrt(np.pi) * x.astype(np.float64))
    # Minimax error 1.3e-7 plus float32 rounding of numerator, denominator and quotient; observed 4.9e-7.
    assert np.max(np.abs(filled(Erf(), x) - reference)) < 6e-7


@pytest.mark.numeric
def test_single_precision_erf_is_odd_and_has_unit_slope():
    x = np.geomspace(1e-30, 50, 1000).astype(np.float32)
    assert np.array_equal(filled(Erf(), -x), -filled(Erf(), x))
    small = x[x < 1e-3]
    # φ(x)/x = 1 - (π/12) x²: 3e-7 at x = 1e-3, and the fit's slope is 1.05e-6 low; observed 1.3e-6.
    assert np.max(np.abs(filled(Erf(), small) / small - 1)) < 2e-6


@pytest.mark.numeric
def test_double_precision_erf_matches_scipy_everywhere():
    x = np.concatenate([np.linspace(-9, 9, 400_001), [-1e300, -np.inf, np.inf]])
    # Minimax error 3.6e-16 plus rounding of numerator, denominator and quotient; observed 1.33e-15.
    assert np.max(np.abs(filled(Erf(), x) - erf(0.5 * np.sqrt(np.pi) * x))) < 2e-15


@pytest.mark.numeric
def test_double_precision_erf_keeps_its_relative_precision_at_small_arguments():
    x = np.geomspace(1e-300, 1e-3, 1000)
    # φ(x)/x = 1 - (π/12) x² + (π²/160) x⁴ + O(x⁶); the fit's slope is 4.4e-15 low; observed 4.7e-15.
    assert np.max(np.abs(filled(Erf(), x) / x - (1 - np.pi / 12 * x**2 + np.pi**2 / 160 * x**4))) < 1e-14
    assert np.array_equal(filled(Erf(), -x), -filled(Erf(), x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_erf_of_nothing_known_is_nothing_known(dtype):
    """A state that has become NaN must stay so, for the run to be stopped."""
    assert np.isnan(filled(Erf(), np.full(40, np.nan, dtype))).all()


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("nonlinearity", "dtype", "tolerance"),
    [
        (Erf(), np.float32, 6e-7),  # as above
        (Erf(), np.float64, 2e-15),
        (Tanh(), np.float32, 6e-7),  # a few roundings; observed 9e-8
        (Tanh(), np.float64, 3e-16),  # two evaluations of values below 1; observed 1.1e-16
    ],
)
def test_every_nonlinearity_at_both_precisions(nonlinearity, dtype, tolerance):
    x = np.random.default_rng(0).normal(scale=3, size=(57, 13)).astype(dtype)
    assert np.max(np.abs(filled(nonlinearity, x) - nonlinearity(x.astype(np.float64)))) < tolerance
    assert filled(nonlinearity, x).dtype == dtype
