"""Random ensembles of several populations: limits, identities and symmetries of the theory.

As `test_random_networks.py`, of declared ensembles; what fails is printed as a program to be pasted.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import NIGHTLY, FromGenerator, examples, networks
from random_networks_checks import check_spectra, check_symmetries
from random_populations import Populations, declared, describe, populations

import mftheory as mf

pytestmark = pytest.mark.numeric

# Any φ takes ten seconds; some at night. Found so: fast sin(x) beside slow atan(x), without noise far above onset (√
# of the largest eigenvalue 20), ends in NotConverged, the time axis not resolved; so up to 5.
ANY, ANY_PLAIN = (
    st.one_of(populations(modes=modes), populations(modes=modes, formulas=True, most=5.0))
    if NIGHTLY
    else populations(modes=modes)
    for modes in (None, False)
)
CLOSE = 1e-9
"""Relative; 1/δ, which magnifies rounding, is 1e4 at most."""


def dimensions(net: Populations) -> dict[str, float]:
    theory = net.solve()
    return {name: theory.dimension(name) for name in theory.observables}


def part(whole: float, size: float) -> float:
    """PR^a of a random part of the neurons of a network of PR^a = `whole`: pairs are fewer."""
    return 1.0 / (1.0 + size * (1.0 / whole - 1.0))


# --- what every solution is --------------------------------------------------------------------------------------


@examples(5, 30)
@given(net=ANY, lags=st.tuples(st.integers(-9, 9), st.integers(-9, 9)))
def test_symmetries_bounds_and_signs(net, lags) -> None:
    theory = net.solve()
    check_symmetries(theory, lags[0] / 3, lags[1] / 3)


@examples(8, 30)
@given(net=ANY, omega=st.floats(0.0, 3.0), tau=st.floats(0.0, 5.0))
def test_the_two_point_functions_solve_their_equations(net, omega, tau) -> None:
    """C^x_p = |H|² (Σ_q G_pq C^φ_q + σ_p²), averages over x ~ N(0, C^x(0)) by our own sums, spectra by transforms."""
    theory = net.solve()
    phi = net.phi
    gains = np.asarray(theory.gain)
    couplings = net.strengths() / np.square([phi[f"phi{q}"].slope_at_zero for q in net.names])
    sent = np.array([theory.spectrum(f"phi{q}", [0.0, omega]) for q in net.names])
    noise = np.array([net.parameters[f"noise{p}"] for p in net.names])[:, None]
    expected = (couplings @ sent + noise) / (1 + np.array([0.0, omega]) ** 2)
    z = np.linspace(-12.0, 12.0, 96001)
    weight = np.exp(-0.5 * z**2) / np.exp(-0.5 * z**2).sum()
    for k, p in enumerate(net.names):
        found = theory.spectrum(f"x{p}", [0.0, omega])
        # Relative to the largest value: interpolation.
        assert found == pytest.approx(expected[k], abs=1e-8 * found.max())
        assert complex(theory.S(omega, f"phi{p}")) == pytest.approx(gains[k] / (1 + 1j * omega), rel=1e-12)
        variance = float(theory.C(f"x{p}", 0.0))
        x = z * np.sqrt(variance)
        y = phi[f"phi{p}"](x)
        # Of order step² at kinks, as in test_random_networks.py.
        assert float(weight @ y**2) == pytest.approx(float(theory.C(f"phi{p}", 0.0)), rel=2e-6)
        assert float(weight @ (x * y)) == pytest.approx(gains[k] * variance, rel=2e-6)
    # With noise C ~ ω⁻²: up to the highest frequency of the rule, and without resolving the lag there.
    check_spectra(theory, theory.observables, *((0.0, 1e-6) if noise.any() else (tau, 1e-7)))


# --- limits and equal networks -----------------------------------------------------------------------------------


@examples(4, 50)
@given(net=networks(least=0.05, with_gains=False), sizes=st.tuples(st.floats(0.1, 2.0), st.floats(0.1, 2.0)))
def test_a_network_cut_in_two(net, sizes) -> None:
    """Populations that differ in nothing but their size are parts of one network, for every φ."""
    g, whole = net.network.connectivity.g_eff, sum(sizes)
    numbers = {f"f{p}": size for p, size in zip("AB", sizes, strict=True)}
    numbers |= {f"w{p}{q}": g * g / whole for p in "AB" for q in "AB"} | {"noiseA": 0.0, "noiseB": 0.0}
    theory = mf.solve(declared("AB", False), parameters=numbers, nonlinearity=net.network.nonlinearity)
    one = mf.solve(net.changed(connectivity=mf.IID(g)))
    for p, size in zip("AB", sizes, strict=True):
        for name in ("phi", "x"):
            expected = part(one.dimension(name), size / whole)
            assert theory.dimension(name + p) == pytest.approx(expected, rel=CLOSE)
            at_zero = float(one.C(name, 0.0))
            assert theory.C(name + p, [0.0, 2.0]) == pytest.approx(one.C(name, [0.0, 2.0]), abs=CLOSE * at_zero)


@examples(6)
@given(net=populations("A", modes=True))
def test_modes_beside_independent_couplings(net) -> None:
    """J = X + modes of f N neurons is modes of g² = f (w + α⟨D²⟩) and κ = f³ α⟨D⁴⟩/g⁴, by other kernels."""
    given, (phi,) = net.parameters, net.phi.values()
    squares, fourths = (given["alpha"] * np.mean(np.power(given["D"], k)) for k in (2, 4))
    size, strength = given["fA"], given["wAA"] + squares
    # Vectors of f N entries have the length √f, and there are α/f of them for each.
    modes = mf.RandomMode.step(math.sqrt(strength * size), strength**2 / (size * fourths))
    one = mf.solve(mf.Network(modes, phi, noise=math.sqrt(given["noiseA"])))
    theory = net.solve()
    for name in ("phi", "x"):
        assert theory.dimension(name + "A") == pytest.approx(one.dimension(name), rel=CLOSE)
        at_zero = float(one.C(name, 0.0))
        assert theory.C(name + "A", [0.0, 2.0]) == pytest.approx(one.C(name, [0.0, 2.0]), abs=CLOSE * at_zero)


@examples(8)
@given(net=populations(modes=False))
def test_a_population_that_hears_only_itself(net) -> None:
    """w_AB = 0: A is a network of its own, whatever it drives."""
    given = net.parameters
    own = given["wAA"] * given["fA"] * net.phi["phiA"].slope_at_zero ** 2
    # Above onset, or with noise, alone.
    alone = net.with_parameters(wAB=0.0, wAA=given["wAA"] * max(1.0, 1.2 / own), wBA=given["wBA"] + 0.1)
    theory = alone.solve()
    numbers = alone.parameters
    g = math.sqrt(numbers["wAA"] * numbers["fA"])
    one = mf.solve(mf.Network(mf.IID(g), alone.phi["phiA"], noise=math.sqrt(numbers["noiseA"])))
    for name in ("phi", "x"):
        assert theory.dimension(name + "A") == pytest.approx(one.dimension(name), rel=CLOSE)
        at_zero = float(one.C(name, 0.0))
        assert theory.C(name + "A", [0.0, 2.0]) == pytest.approx(one.C(name, [0.0, 2.0]), abs=CLOSE * at_zero)


@examples(6)
@given(net=populations(modes=False, noise=False, least=0.3, most=10.0), shares=st.tuples(*[st.floats(0.05, 2.0)] * 2))
def test_vanishing_noise_in_populations(net, shares) -> None:
    """σ² → 0 in proportion in all populations: the solution with noise meets the one without, to first order in σ²."""

    def at(noise: float) -> dict[str, float]:
        return dimensions(net.with_parameters(noiseA=shares[0] * noise, noiseB=shares[1] * noise))

    none, near, far = (at(scale * float(np.min(net.solve().two_point.variance))) for scale in (0.0, 2e-5, 1e-4))
    for name in none:
        # A fifth at first order.
        assert abs(near[name] - none[name]) <= 0.3 * abs(far[name] - none[name]) + CLOSE * none[name]


# --- symmetries --------------------------------------------------------------------------------------------------


@examples(8, 30)
@given(net=ANY_PLAIN, factor=st.floats(0.1, 10.0))
def test_names_and_units_of_size_do_not_matter(net, factor) -> None:
    """A is B by another name; sizes times c with variances over c are the same network, of c times the neurons."""
    given = net.parameters
    swap = str.maketrans("AB", "BA")
    scale = {"f": factor, "w": 1 / factor, "n": 1.0}
    other = replace(
        net,
        parameters={name.translate(swap): value * scale[name[0]] for name, value in given.items()},
        nonlinearities={name.translate(swap): source for name, source in net.nonlinearities.items()},
    )
    here, there = dimensions(net), dimensions(other)
    for name, value in here.items():
        assert there[name.translate(swap)] == pytest.approx(value, rel=CLOSE)


@examples(5)
@given(net=populations(modes=True), data=st.data())
def test_order_copies_and_silent_modes_do_not_matter(net, data) -> None:
    """Of the modes only α⟨D²⟩ and α⟨D⁴⟩ matter."""
    here = dimensions(net)
    strengths = list(data.draw(st.permutations(net.parameters["D"])))
    silent = [*strengths, *[0.0] * len(strengths)]
    there = dimensions(net.with_parameters(D=silent, alpha=2 * net.parameters["alpha"]))
    # α modes of strength D are 16 α times as many, of D/2, in α⟨D⁴⟩, and 4 α in α⟨D²⟩: the rest is independent.
    weaker = [d / 2 for d in strengths]
    rest = net.parameters["wAA"] - 3 * net.parameters["alpha"] * float(np.mean(np.square(strengths)))
    for name, value in here.items():
        assert there[name] == pytest.approx(value, rel=CLOSE)
    if rest > 0:
        third = dimensions(net.with_parameters(D=weaker, alpha=16 * net.parameters["alpha"], wAA=rest))
        for name, value in here.items():
            assert third[name] == pytest.approx(value, rel=CLOSE)


def test_what_is_printed_can_be_pasted() -> None:
    """The program that a failure prints gives the same numbers."""
    net = describe(FromGenerator(np.random.default_rng(0)), modes=True)
    pasted: dict = {}
    exec(repr(net), pasted)
    for name, value in dimensions(net).items():
        assert pasted["theory"].dimension(name) == pytest.approx(value, rel=1e-12)  # derived anew: order of terms
