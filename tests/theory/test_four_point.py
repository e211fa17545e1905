"""Four-point functions, dimensions and timescales."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mftheory import IID, Erf, InvalidNetwork, Network, Quiescent, RandomMode, Tanh
from mftheory.api.solving import solve
from mftheory.kernels import committed
from mftheory.theory.dimension_grid import dimension, low_rank_coefficient
from mftheory.theory.four_point import FourPoint
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.two_point import two_point

pytestmark = pytest.mark.numeric

DEFAULT = Settings()


def four_point(g, nonlinearity=None, kappa=0.0, numerics=DEFAULT):
    phi = Erf() if nonlinearity is None else nonlinearity
    return FourPoint.at(
        partial(committed, "random-mode"), {"g_eff": g, "kappa": kappa}, two_point(g, phi, numerics), numerics
    )


# --- numbers that others computed -------------------------------------------------------------------------


def test_reference_point():
    """theory §7, to all printed digits."""
    assert f"{dimension(3.0):.10f}" == "0.0497422109"
    assert f"{dimension(3.0, observable='x'):.10f}" == "0.0341995036"
    assert f"{dimension(3.0, effective_rank=1.0):.10f}" == "0.0280088559"


def test_published_dimensions():
    """[CMvML25], Fig. 4(a): effective rank 1 at g_eff = 3, 6, 10, to the printed digits."""
    values = dimension([3.0, 6.0, 10.0], effective_rank=1.0)
    assert [f"{value:.4f}" for value in values] == ["0.0280", "0.0510", "0.0617"]


# --- errors: their size, their scaling, their estimate --------------------------------------------------------


@pytest.mark.parametrize("nonlinearity", [Erf(), Tanh()])
@pytest.mark.parametrize("g", [1.01, 1.1, 1.5, 3.0, 10.0, 20.0, 50.0])
@pytest.mark.parametrize("observable", ["phi", "x"])
def test_dimension_under_refinement_of_everything(nonlinearity, g, observable):
    """Twelve digits stand. Worst seen: 5e-14 (rounding)."""
    coarse, fine = (
        four_point(g, nonlinearity, 1.0, numerics).dimension(observable) for numerics in (DEFAULT, DEFAULT.refined())
    )
    assert coarse == pytest.approx(fine, rel=1e-12)


def test_quadrature_converges_exponentially():
    """Each two nodes a panel gain the same factor; an algebraic rule's gain would fall off as 1/n."""
    f = four_point(3.0, kappa=1.0)
    exact = f.dimension("phi")
    orders = (3, 5, 7, 9)
    errors = [abs(replace(f, order=n).dimension("phi") / exact - 1) for n in orders]
    decades = np.diff(-np.log10(errors))
    assert np.all(decades > 1.5)  # seen about 2.5 for two nodes


@given(
    g=st.floats(1.05, 30.0),
    kappa=st.floats(0.0, 20.0),
    observable=st.sampled_from(["phi", "x"]),
    order=st.integers(4, 8),
)
@settings(max_examples=40, deadline=None)
def test_error_estimate_of_coarse_numerics_is_true(g, kappa, observable, order):
    """With settings coarse enough to see an error, the estimate bounds it and is within a factor of 100."""
    coarse = replace(DEFAULT, quadrature_order=order, time_order=order + 12)
    f, finer = (four_point(g, None, kappa, numerics) for numerics in (coarse, coarse.refined()))
    exact = four_point(g, None, kappa).dimension(observable)
    value = f.dimension(observable)
    estimate = f.dimension_error(observable, finer)
    error = abs(value - exact)
    # `exact` itself is good to 1e-12; an accidental zero of the error cannot be demanded of the estimate.
    assert error <= estimate + 1e-12 * exact
    assert estimate <= 100 * max(error, 1e-12 * exact)


@pytest.mark.parametrize("g", [1.001, 1.3, 3.0, 20.0])
def test_error_estimate_at_the_defaults_is_useful(g):
    value, error = dimension(g, 1.0, error=True)
    assert error < 1e-9 * value


# --- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("observable", ["phi", "x"])
def test_infinite_rank_is_the_independent_network(observable):
    iid = solve(Network(IID(4.0))).dimension(observable)
    assert dimension(4.0, observable=observable) == pytest.approx(iid, rel=1e-13)  # rounding; seen 1e-15
    assert dimension(4.0, 1e9, observable) == pytest.approx(iid, rel=1e-8)  # κ = 1e-9 itself


@pytest.mark.parametrize("observable", ["phi", "x"])
def test_low_rank_limit(observable):
    coefficient = low_rank_coefficient(3.0, observable)
    ranks = np.array([1e-2, 1e-3, 1e-4])
    deviation = dimension(3.0, ranks, observable) / (coefficient * ranks) - 1
    assert np.abs(deviation).max() < 0.03
    # First order in the rank: each decade gains a factor of 10, up to the second order, 2%.
    assert deviation[:-1] / deviation[1:] == pytest.approx(10.0, rel=0.03)


def test_low_rank_coefficient_relative_to_the_independent_network():
    """K^φ/PR_iid rises from 1 at onset to about 1.53 at strong coupling (theory §4)."""
    ratio = [low_rank_coefficient(g) / dimension(g) for g in (1.001, 1.5, 3.0, 10.0, 100.0, 300.0)]
    assert ratio[0] == pytest.approx(1.0, abs=5e-3)  # first order in g - 1
    assert np.all(np.diff(ratio) > 0)
    assert ratio[-1] == pytest.approx(1.53, abs=0.01)


@pytest.mark.parametrize("kappa", [0.5, 4.0])
def test_near_onset_modes_divide_the_dimension(kappa):
    """g_eff → 1⁺: PR (1 + κ) → PR_iid; the correction is of order (g - 1)², that of δ."""
    deviations = [dimension(1 + e, 1 / kappa) * (1 + kappa) / dimension(1 + e) - 1 for e in (1e-2, 1e-3)]
    assert abs(deviations[1]) < 1e-5
    # A decade in g - 1 gains a factor of 100, up to the next order, a few (g - 1).
    assert deviations[0] / deviations[1] == pytest.approx(100.0, rel=0.05)


def test_onset_exponent():
    """PR_iid → 0.234 (g-1)³ for erf (theory §4)."""
    near = [dimension(1 + e) / e**3 for e in (1e-3, 1e-4)]
    limit = (10 * near[1] - near[0]) / 9  # first-order extrapolation
    assert limit == pytest.approx(0.234, abs=5e-4)


def test_far_apart_lags_decouple_to_nothing():
    f = four_point(3.0, kappa=1.0)
    assert abs(float(f.psi("phi", 150.0, 0.0))) < 1e-12 * f.psi_at_zero("phi")


# --- structure --------------------------------------------------------------------------------------------------


@given(
    g=st.floats(1.02, 40.0),
    rank=st.floats(0.01, 100.0),
    lags=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
    observable=st.sampled_from(["phi", "x"]),
    tanh=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_symmetries_and_positivity(g, rank, lags, observable, tanh):
    f = four_point(g, Tanh() if tanh else Erf(), 1 / rank)
    a, b = lags
    values = f.psi(observable, [0.0, a, b, -a], [0.0, b, a, -b])
    assert values[0] > 0
    assert values[1:] == pytest.approx(np.full(3, values[1]), abs=1e-11 * values[0])  # rounding; seen 1e-15
    assert abs(values[1]) <= values[0] * (1 + 1e-11)  # Cauchy–Schwarz with Ψ(τ, -τ) <= Ψ(0, 0)
    # Filon's rule and Gauss's rule meet at lag 0; seen 1e-12 at g = 1.02.
    assert values[0] == pytest.approx(f.psi_at_zero(observable), rel=1e-10)


@given(g=st.floats(1.01, 40.0), rank=st.floats(0.01, 100.0), observable=st.sampled_from(["phi", "x"]))
@settings(max_examples=30, deadline=None)
def test_dimension_rises_with_coupling_and_rank(g, rank, observable):
    here = dimension(g, rank, observable)
    assert 0 < here < 1
    assert dimension(g, rank * 1.01, observable) > here
    assert dimension(g * 1.01, rank, observable) > here


def test_affine_in_kappa():
    """What the arrays of `dimension` rely on, for the derived kernels themselves."""
    for name in ("phi", "x"):
        zero, one, seven = (four_point(3.0, kappa=k).psi_at_zero(name) for k in (0.0, 1.0, 7.0))
        assert seven == pytest.approx(zero + 7 * (one - zero), rel=1e-13)


def test_zero_lag_sum_is_a_product_grid():
    """Ψ(τ1, τ2) against a plain trapezoidal double sum over the plane of the published formula [psi-rmm, 38]."""
    g, kappa = 3.0, 1.0
    f = four_point(g, kappa=kappa)
    two = f.two_point
    v = np.linspace(-5.4, 5.4, 321)
    omega = two.decay * np.sinh(v)
    weight = two.decay * np.cosh(v) * (v[1] - v[0]) / (2 * np.pi)
    s = g * g * two.gain**2 / np.multiply.outer(1 + 1j * omega, 1 + 1j * omega)
    c = two.spectrum("phi", omega)
    published = np.multiply.outer(c, c) * (1 + kappa * np.abs(s) ** 2) / np.abs(1 - s) ** 2
    for tau1, tau2 in ((0.0, 0.0), (1.0, 0.0), (2.0, -1.5)):
        sides = [weight * np.exp(1j * omega * tau) for tau in (tau1, tau2)]
        # The product grid is good to 1e-11 at this g.
        assert float(f.psi("phi", tau1, tau2)) == pytest.approx((sides[0] @ published @ sides[1]).real, rel=1e-9)


def test_broadcasting():
    grid = dimension(np.array([[2.0], [5.0]]), [0.1, 1.0, np.inf])
    assert grid.shape == (2, 3)
    # From two integrals for all ranks, or from one for one rank: they differ by rounding.
    assert grid[1, 1] == pytest.approx(dimension(5.0, 1.0), rel=1e-14)
    assert isinstance(dimension(5.0, 1.0), float)
    value, error = dimension([2.0, 3.0], 1.0, error=True)
    assert value.shape == error.shape == (2,)


# --- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"g_eff": math.nan}, "g_eff"),
        ({"g_eff": -1.0}, "g_eff"),
        ({"g_eff": math.inf}, "g_eff"),
        ({"g_eff": [3.0, math.nan]}, "g_eff"),
        ({"g_eff": "three"}, "g_eff"),
        ({"g_eff": 3.0, "effective_rank": 0.0}, "effective_rank"),
        ({"g_eff": 3.0, "effective_rank": [1.0, -2.0]}, "effective_rank"),
        ({"g_eff": 3.0, "effective_rank": math.nan}, "effective_rank"),
        ({"g_eff": 3.0, "observable": "Phi"}, "observable"),
        ({"g_eff": 3.0, "observable": 3}, "observable"),
    ],
)
def test_bad_input_names_the_argument(arguments, named):
    with pytest.raises(InvalidNetwork) as caught:
        dimension(**arguments)
    assert caught.value.argument == named
    assert "\n" not in str(caught.value)


def test_quiescent():
    with pytest.raises(Quiescent, match=r"g_eff = 0\.9"):
        dimension([3.0, 0.9])
    with pytest.raises(Quiescent):
        solve(Network(RandomMode.exponential(g_eff=1.0, effective_rank=0.5)))
