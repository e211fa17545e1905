"""Random networks of a user's φ with noise, filters or discrete time, where each solution takes a second or more.

As `test_random_networks.py`, few each time.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import ERF, TANH, examples, networks
from random_networks_checks import check_symmetries
from test_random_networks import check_two_point

import mftheory as mf

pytestmark = pytest.mark.numeric

FORMULAS = networks(filtered=True, formulas=True, least=0.05)
BUILT_IN = {"erf(sqrt(pi)*x/2)": ERF, "tanh(x)": TANH}


@examples(3, 30)
@given(net=FORMULAS, lags=st.tuples(st.integers(-9, 9), st.integers(-9, 9)), omega=st.floats(0.0, 3.0))
def test_what_every_solution_is(net, lags, omega) -> None:
    """Symmetries, bounds and signs; the two-point functions solve their equation."""
    network = net.network
    theory = mf.solve(network)
    unit = network.dynamics.time_constant
    one, two = lags if network.dynamics.discrete else (lag * unit / 3 for lag in lags)
    check_symmetries(theory, one, two, unit)
    check_two_point(network, theory, omega)


@examples(3)
@given(net=networks(phi=TANH, filtered=True, least=0.05), a=st.floats(0.2, 5.0), b=st.floats(0.2, 5.0), data=st.data())
def test_a_formula_is_what_it_says(net, a, b, data) -> None:
    """a φ(b x), spelt out, with couplings of g/(ab) and noise of σ/b, against built-in φ: other averages over x."""
    text = data.draw(st.sampled_from(list(BUILT_IN)))
    built_in = mf.Tanh() if BUILT_IN[text] is TANH else mf.Erf()
    own = net.network.connectivity
    weaker = replace(own, **{"g" if isinstance(own, mf.IID) else "g_eff": own.g_eff / (a * b)})
    spelt = mf.Nonlinearity(f"{a!r}*{text.replace('x', f'({b!r}*x)')}")
    here = mf.solve(net.changed(nonlinearity=built_in))
    there = mf.solve(net.changed(connectivity=weaker, nonlinearity=spelt, noise=net.network.noise / b))
    for name in here.observables:
        # Rounding of g counts 1/(g - 1) times, 20 at most.
        assert there.dimension(name) == pytest.approx(here.dimension(name), rel=1e-9)
        unit = 1 / b if name == "x" else a
        at_zero = float(here.C(name, 0.0))
        lags = np.arange(3.0)
        assert there.C(name, lags) == pytest.approx(unit**2 * here.C(name, lags), abs=1e-9 * unit**2 * at_zero)


@examples(2, 15)
@given(net=FORMULAS, rank=st.floats(0.05, 20.0))
def test_the_inverse_dimension_is_affine_in_kappa(net, rank) -> None:
    """From i.i.d. couplings on, for every observable."""
    g = net.network.connectivity.g_eff
    iid, near, far = (
        mf.solve(net.changed(connectivity=c))
        for c in (mf.IID(g), mf.RandomMode.step(g, rank), mf.RandomMode.step(g, rank / 3))
    )
    for name in iid.observables:
        first, second = (1 / theory.dimension(name) - 1 / iid.dimension(name) for theory in (near, far))
        # The effect may be rounding, so relative to 1/PR.
        assert second == pytest.approx(3 * first, rel=1e-7, abs=1e-9 * (1 + 1 / rank) / iid.dimension(name))


@examples(2, 15)
@given(net=networks(least=0.5, most=6.0, kinks=False))
def test_vanishing_noise(net) -> None:
    """σ → 0 is approached as σ²: a solver of its own meets the one without noise, for any φ."""
    none = mf.solve(net.network)
    size = float(np.sqrt(none.C("x", 0.0)))  # in units of x, and where PR is no longer of first order in σ²
    far, near = (mf.solve(net.changed(noise=sigma * size)) for sigma in (0.01, 0.005))
    for name in none.observables:
        value = none.dimension(name)
        # A quarter at second order, and what is of fourth.
        assert abs(near.dimension(name) - value) <= 0.3 * abs(far.dimension(name) - value) + 1e-9 * value
