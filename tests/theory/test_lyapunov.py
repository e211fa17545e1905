"""The largest Lyapunov exponent: against another eigenvalue solver, the derived onset law, and networks themselves.

Onset. With β = g²⟨φ'''⟩² and η = g²⟨φ⁽⁵⁾⟩², C^φ = ⟨φ'⟩² C + ⟨φ'''⟩² C³/6 + ⟨φ⁽⁵⁾⟩² C⁵/120 gives
C'' = δC - βC³/6 - ηC⁵/120 and W = δ - βC²/2 - ηC⁴/24. To first order C = √(12δ/β) sech y, y = √δ τ, so
W/δ = 1 - 6 sech² y: the bound states of this well (Pöschl–Teller, l = 2) are E₀ = -3δ and E₁ = 0, the latter ∂_τC.
Hence λ = -1 + √(1 + 3δ) → (3/2) δ, and with δ = ε²/3, ε = g - 1 (test_onset.py), **λ → ε²/2** for every φ [SCS88].

Next order. u = 1/C² obeys u'² = 4(δu² - βu/12 - η/360), so u = A + B cosh 2y with A = β/24δ and B = A (1 + r),
r = (4/5) γ² δ, γ = φ⁽⁵⁾(0)/φ'''(0)²; then W/δ = 1 - 6s + r (6s - 10.5 s²), s = sech² y. (It leaves E₁ at 0: on
sech y tanh y both terms average to 1.6 over the same norm.) On the ground state sech² y the perturbation averages to
-2.4 r, so E₀ = -3δ (1 + 0.64 γ² δ) and

    λ = (3/2) δ [1 + (0.64 γ² - 0.75) δ + …],    λ = (ε²/2) [1 + (1/3 - γ) ε + …],

the second from √δ = (ε/√3)(1 + (1/6 - γ/2) ε).
"""

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from derivations.declared import random_mode_on_background
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory import IID, Erf, Network, RandomMode, Tanh
from mftheory.theory.lyapunov import ground_state_energy, lyapunov_exponent
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.two_point import two_point

EPSILONS = np.array([0.02, 0.01, 0.005, 0.0025])
GAMMA = {"erf": 3, "tanh": 4}  # φ⁽⁵⁾(0)/φ'''(0)², as test_onset.py computes it
NONLINEARITIES = {"erf": Erf(), "tanh": Tanh()}


def exponent(g, nonlinearity=None, numerics=None):
    phi = Erf() if nonlinearity is None else nonlinearity
    numerics = Settings() if numerics is None else numerics
    return lyapunov_exponent(two_point(g, phi, numerics), phi, numerics)


def extrapolated(values):
    """Limit of a sequence in powers of ε, ε halving from one to the next: Richardson's table."""
    values, factor = np.asarray(values, dtype=float), 1.0
    while values.size > 1:
        factor *= 2
        values = (factor * values[1:] - values[:-1]) / (factor - 1)
    return float(values[0])


# --- numbers by another method -----------------------------------------------------------------------------


def slope_correlation(nonlinearity, c0, c):
    """C^{φ'} = ⟨φ'(x) φ'(y)⟩: the derivative of the published C^φ for erf, a plain double sum for tanh."""
    if isinstance(nonlinearity, Erf):
        k = 0.5 * np.pi / (1 + 0.5 * np.pi * c0)
        return 2 / np.pi * k / np.sqrt(1 - (k * c) ** 2)
    xi = np.arange(-9.0, 9.0, 0.06)
    weight = np.exp(-xi * xi / 2)
    weight /= weight.sum()
    result = []
    for each in c:
        plus, minus = math.sqrt((c0 + each) / 2), math.sqrt((c0 - each) / 2)
        x, y = (plus * xi[:, None] + sign * minus * xi for sign in (1, -1))
        result.append(weight @ (1 / np.cosh(x) ** 2 / np.cosh(y) ** 2) @ weight)
    return np.array(result)


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("name", "g", "step"), [("erf", 1.2, 0.4), ("erf", 3.0, 0.12), ("erf", 10.0, 0.06), ("tanh", 3.0, 0.12)]
)
def test_eigenvalues_on_a_uniform_grid(name, g, step):
    """-∂² + W in a basis of sinc functions: E₀ as ours, and E₁ = 0, the eigenfunction ∂_τC^x."""
    nonlinearity = NONLINEARITIES[name]
    two = two_point(g, nonlinearity, Settings())
    half = np.arange(0, int(14 / two.decay / step) + 1)
    well = 1 - g**2 * slope_correlation(nonlinearity, two.variance, two.covariance("x", half * step))
    k = np.arange(-half[-1], half[-1] + 1)
    apart = k[:, None] - k
    with np.errstate(divide="ignore"):
        kinetic = np.where(apart == 0, np.pi**2 / 3, 2.0 * (-1.0) ** apart / apart.astype(float) ** 2) / step**2
    energies = np.linalg.eigvalsh(kinetic + np.diag(well[np.abs(k)]))
    ours = ground_state_energy(two, nonlinearity, Settings())
    # Rounding of the grid's large kinetic energies, and the ends of the grid, e^(-28). Seen: 4e-12 and 1e-12.
    assert ours == pytest.approx(energies[0], rel=1e-10)
    assert energies[1] == pytest.approx(0, abs=1e-10)


@pytest.mark.numeric
@pytest.mark.parametrize("name", ["erf", "tanh"])
@pytest.mark.parametrize("g", [1 + 1e-8, 1.001, 1.1, 1.7, 3.0, 10.0, 50.0])
def test_under_refinement_of_everything(name, g):
    """Eight digits are promised; seen 5e-14 at worst (rounding)."""
    assert exponent(g, NONLINEARITIES[name]) == pytest.approx(
        exponent(g, NONLINEARITIES[name], Settings().refined()), rel=1e-12
    )


@pytest.mark.numeric
@pytest.mark.parametrize("order", [12, 14])
@pytest.mark.parametrize("g", [1.1, 3.0, 12.0])
def test_error_estimate_is_true_with_coarse_numerics(g, order):
    coarse = replace(Settings(), time_order=order)
    theory = mf.solve(Network(IID(g)), settings=coarse)
    error = abs(theory.lyapunov_exponent - exponent(g))
    assert error > 1e-11 * exponent(g)  # else there is nothing to estimate
    assert error <= theory.lyapunov_exponent_error <= 100 * error


# --- near onset ----------------------------------------------------------------------------------------------


@pytest.mark.numeric
@pytest.mark.parametrize("name", ["erf", "tanh"])
def test_onset_law(name):
    phi, gamma = NONLINEARITIES[name], GAMMA[name]
    values = np.array([exponent(1 + e, phi) for e in EPSILONS])
    delta = np.array([two_point(1 + e, phi, Settings()).delta for e in EPSILONS])
    # What Richardson's table leaves; seen 3e-7 (erf) and 3e-6 (tanh), and once divided by ε, 4e-5.
    assert extrapolated(values / EPSILONS**2) == pytest.approx(0.5, abs=1e-5)
    assert extrapolated((2 * values / EPSILONS**2 - 1) / EPSILONS) == pytest.approx(1 / 3 - gamma, abs=2e-4)
    slope = (values / (1.5 * delta) - 1) / delta
    assert extrapolated(slope) == pytest.approx(0.64 * gamma**2 - 0.75, rel=1e-3)


@pytest.mark.exact
def test_onset_integrals():
    """The averages of the perturbation 6s - 10.5 s² on the two bound states of 1 - 6 sech²."""
    y = sp.Symbol("y", real=True)
    s = 1 - y**2  # in the variable tanh y, dτ = dy/s
    for state, average in ((s**2, sp.Rational(-12, 5)), (y**2 * s, 0)):
        norm = sp.integrate(sp.expand(state / s), (y, -1, 1))
        found = sp.integrate(sp.expand(sp.cancel(state * (6 * s - sp.Rational(21, 2) * s**2) / s)), (y, -1, 1))
        assert found / norm == average


# --- structure -----------------------------------------------------------------------------------------------


@pytest.mark.numeric
def test_modes_and_gains_enter_through_g_eff():
    expected = exponent(3.0)
    gains = mf.Gains.exponential(pr=0.5)
    for network in (
        Network(IID(3.0)),
        Network(RandomMode.exponential(g_eff=3.0, effective_rank=0.4)),
        Network(IID(3.0), gains=gains),
    ):
        theory = mf.solve(network)
        assert theory.lyapunov_exponent == pytest.approx(expected, rel=1e-12)  # g_eff's rounding
        assert theory.lyapunov_exponent_error < 1e-12
    background = mf.solve(random_mode_on_background(), parameters={"g": 2.0, "alpha": 0.5, "r_2": 10.0, "r_4": 200.0})
    assert background.lyapunov_exponent == pytest.approx(expected, rel=1e-12)


@pytest.mark.numeric
@given(g=st.floats(1.01, 40.0), tanh=st.booleans())
@hypothesis_settings(max_examples=15, deadline=None)
def test_rises_with_coupling(g, tanh):
    phi = Tanh() if tanh else Erf()
    assert 0 < exponent(g, phi) < exponent(g * 1.01, phi)


@pytest.mark.numeric
def test_noise():
    """Strong noise ends chaos; in a linear network all differences decay with the slowest mode, λ = g - 1."""
    values = [mf.solve(Network(IID(2.0), noise=sigma)).lyapunov_exponent for sigma in (0.05, 0.5, 2.0)]
    assert exponent(2.0) > values[0] > values[1] > 0 > values[2]
    # φ' differs from 1 by the noise's variance, 1e-4.
    assert mf.solve(Network(IID(0.5), noise=0.01)).lyapunov_exponent == pytest.approx(-0.5, abs=1e-4)


def test_refusals():
    theory = mf.solve(Network(IID(3.0)))
    with pytest.raises(mf.Unsupported, match="the file holds none"):
        _ = replace(theory, lyapunov=None).lyapunov_exponent


# --- networks ------------------------------------------------------------------------------------------------


def growth_rate(J, noise, rng, trajectories=8, transient=25.0, duration=40.0, step=0.1):
    """Mean growth rate of tangent vectors along independent trajectories of one network of tanh units.

    Runge–Kutta of order four; with noise Heun's method. Nothing of mftheory.
    """
    n = len(J)
    x, v = rng.standard_normal((2, n, trajectories))

    def rate(x, v):
        r = np.tanh(x)
        return J @ r - x, J @ ((1 - r * r) * v) - v

    total = 0.0
    for k in range(round((transient + duration) / step)):
        if noise:
            kick = noise * math.sqrt(step) * rng.standard_normal(x.shape)
            a, da = rate(x, v)
            b, db = rate(x + step * a + kick, v + step * da)
            x, v = x + step / 2 * (a + b) + kick, v + step / 2 * (da + db)
        else:
            a, da = rate(x, v)
            b, db = rate(x + step / 2 * a, v + step / 2 * da)
            c, dc = rate(x + step / 2 * b, v + step / 2 * db)
            d, dd = rate(x + step * c, v + step * dc)
            x, v = x + step / 6 * (a + 2 * b + 2 * c + d), v + step / 6 * (da + 2 * db + 2 * dc + dd)
        size = np.linalg.norm(v, axis=0)
        v /= size
        if (k + 1) * step > transient:
            total += float(np.log(size).mean())
    return total / duration


def sampled_couplings(kind, g, n, rng):
    if kind == "modes":  # effective rank 0.5
        strengths = np.exp(-2.0 * (np.arange(n) + 0.5) / n)
        strengths *= g / math.sqrt(np.mean(strengths**2))
        return (rng.standard_normal((n, n)) * strengths) @ rng.standard_normal((n, n)) / n
    J = g * rng.standard_normal((n, n)) / math.sqrt(n)
    if kind == "gains":
        gains = np.exp(-1.5 * (np.arange(n) + 0.5) / n)
        J *= gains / math.sqrt(np.mean(gains**2))
    return J


CASES = [("iid", 6.0, 0.0), ("modes", 6.0, 0.0), ("gains", 4.0, 0.0), ("iid", 1.5, 0.5)]


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("kind", "g", "noise"), [CASES[0], *(pytest.param(*case, marks=pytest.mark.long) for case in CASES[1:])]
)
def test_networks(kind, g, noise):
    """λ of sampled networks, extrapolated in 1/N from two sizes, within 3.5 standard errors on either side."""
    rng = np.random.default_rng(11)
    means, errors = [], []
    for n, networks in ((200, 16), (400, 12)):
        rates = [growth_rate(sampled_couplings(kind, g, n, rng), noise, rng) for _ in range(networks)]
        means.append(np.mean(rates))
        errors.append(np.std(rates, ddof=1) / math.sqrt(networks))
    limit = 2 * means[1] - means[0]  # seen at N = 250, 500, 1000: the deviation halves from one to the next
    error = math.hypot(2 * errors[1], errors[0])
    predicted = mf.solve(Network(IID(g), Tanh(), noise=noise)).lyapunov_exponent
    assert error < 0.025  # able to tell: at g = 6 a network is 0.05 from the limit at N = 400, and λ is 0.515
    assert abs(limit - predicted) < 3.5 * error
