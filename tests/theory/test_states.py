"""Every state of a network: fluctuating ones beside each other and beside rest, against methods that share no code."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy.integrate import cumulative_simpson
from scipy.optimize import brentq, minimize_scalar
from theory.coupled import alike, solved

import mftheory as mf
from mftheory.network.kinds import Kind
from mftheory.numerics.scan import sign_changes, zero
from mftheory.results.extrapolate import intercept
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
from mftheory.theory.stationary.classes.leaky_states import leaky_states
from mftheory.theory.stationary.classes.populations_two_point import populations_two_point
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.variance import variances

STEP = Settings().average_step
CUBIC, STEEPER = "tanh(x**3)", "tanh(x + 2*x**3)"
FUNCTIONS = {CUBIC: lambda x: np.tanh(x**3), STEEPER: lambda x: np.tanh(x + 2 * x**3)}


def coupling_of(text: str, c0: float) -> float:
    """The g of which C^x(0) = c0 is a fluctuating state: equal energies, g² Var Φ = c0²/2, on a line of Simpson's."""
    x = np.linspace(-10.0, 10.0, 200_001) * math.sqrt(c0)
    weights = np.exp(-0.5 * x * x / c0)
    weights /= weights.sum()
    potential = cumulative_simpson(FUNCTIONS[text](x), x=x, initial=0.0)
    return c0 / math.sqrt(2.0 * float(weights @ (potential - weights @ potential) ** 2))


def all_of(text: str, g: float) -> tuple[float, ...]:
    return variances(g, mf.Nonlinearity(text), averages(mf.Nonlinearity(text), STEP))


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("text", "g", "expected"),
    [
        (STEEPER, 0.9, ("0.242", "0.027")),
        (STEEPER, 1.05, ("0.4725",)),
        (CUBIC, 3.0, ("5.453", "0.110")),
    ],
)
def test_fluctuating_states_beside_rest(text, g, expected):
    """To the digits known (theory §12, coexistence), and to those of another quadrature."""
    found = all_of(text, g)
    assert tuple(f"{c0:.{len(e) - 2}f}" for c0, e in zip(found, expected, strict=True)) == expected
    for c0 in found:
        near = brentq(lambda c: coupling_of(text, c) - g, 0.99 * c0, 1.01 * c0, xtol=1e-14)
        assert c0 == pytest.approx(near, rel=1e-10)  # Simpson's rule; seen 2e-13
    theory = mf.solve(mf.Network(mf.IID(g), mf.Nonlinearity(text)))
    assert float(theory.C("x", 0.0)) == pytest.approx(found[0], rel=1e-14)
    assert theory.dimension_error() < 1e-9 * theory.dimension()
    notes = " ".join(theory.notes)
    assert ("x = 0 is stable as well" in notes) == (g * mf.Nonlinearity(text).slope_at_zero < 1)
    assert all(f"{c0:.4g}" in notes for c0 in found[1:])
    assert all(note in repr(theory) for note in theory.notes)


@pytest.mark.numeric
@pytest.mark.parametrize("dynamics", [mf.Leaky(), mf.Rational([1.0], [1.0, 2.0, 1.0])])
@pytest.mark.parametrize(
    ("text", "phi", "g", "bias"),
    [
        ("1/(1 + exp(-x))", lambda x: 1 / (1 + np.exp(-x)), 8.0, 0.0),
        ("maximum(x, 0)", lambda x: np.maximum(x, 0), 1.2, 10.0),
    ],
)
def test_a_fixed_point_is_listed_however_large_it_is(text, phi, g, bias, dynamics):
    """Alone, far from x = 0: q = g²⟨φ²⟩ is solved by iteration, with a sum over a line."""
    z = np.linspace(-10.0, 10.0, 20_001)
    weights = np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum()
    q = 1.0
    for _ in range(400):
        q = g * g * float(weights @ phi(bias + math.sqrt(q) * z) ** 2)
    found = mf.states(mf.Network(mf.IID(g), mf.Nonlinearity(text), dynamics=dynamics, bias=bias))
    assert [(s.fluctuating, s.stable) for s in found] == [(False, True)]
    assert found[0].static_variance == pytest.approx(bias**2 + q, rel=1e-9)  # the sum across a kink: 4e-12


@pytest.mark.numeric
@pytest.mark.parametrize(("text", "digits"), [(STEEPER, "0.834"), (CUBIC, "1.658")])
def test_states_are_found_up_to_the_fold(text, digits):
    """The two states meet where the g of which c0 is a state is smallest: not one found below, both just above."""
    least = minimize_scalar(lambda c: coupling_of(text, math.exp(c)), bounds=(-4.0, 1.0), options={"xatol": 1e-9})
    assert f"{least.fun:.3f}" == digits
    below, above = least.fun * (1 - 1e-6), least.fun * (1 + 1e-6)
    upper, lower = all_of(text, above)
    assert lower < math.exp(least.x) < upper < 1.02 * lower
    with pytest.raises(
        mf.Quiescent, match=r"x = 0 is stable, and no fluctuating state was found at any C\^x\(0\) from"
    ):
        all_of(text, below)


@pytest.mark.numeric
def test_filters_maps_and_populations_follow_the_state_from_strong_noise():
    """Newton's method at lowered noise and the energy of a particle are two routes to one state."""
    phi, expected = mf.Nonlinearity(STEEPER), all_of(STEEPER, 0.9)[0]
    leaky = solved(0.9, phi)
    assert leaky.variance == pytest.approx(expected, rel=1e-12)  # seen 1e-15
    halves = tuple(Neurons(name, f"x{name}", f"phi{name}", 0.5, (Kind(1.0, phi),)) for name in "AB")
    pair = populations_two_point(CoupledPopulations(halves, np.full((2, 2), 0.405)), Settings())
    assert pair.variance == pytest.approx(expected, rel=1e-11)  # seen 1e-13
    for found in (leaky, pair):
        assert "stable as well" in found.notes[0]
    with pytest.raises(mf.Quiescent, match=r"x = 0 is stable, up to 1 .* leads to no other state"):
        solved(0.6, phi, mf.EulerMap(0.5))
    with pytest.raises(mf.Quiescent, match=r"is 0\.36, and lowering the noise .* leads to no other state"):
        populations_two_point(CoupledPopulations(halves, np.full((2, 2), 0.18)), Settings())


def test_what_is_known_is_said_flatly_and_the_rest_as_what_was_looked_at():
    for text in ("erf(x)", "tanh(x)", "sin(x)", "clip(x, -1, 1)", "x*exp(-x**2)"):
        with pytest.raises(
            mf.Quiescent, match=r"x = 0 is stable; a fluctuating state that grows out of it needs g_eff > "
        ):
            mf.solve(mf.Network(mf.IID(0.8), mf.Nonlinearity(text)))
    with pytest.raises(mf.Quiescent, match=r"from .* to .*; one may exist at a larger g_eff, or with noise"):
        mf.solve(mf.Network(mf.IID(1.0), mf.Nonlinearity(CUBIC)))
    with pytest.raises(mf.NotConverged, match="x = 0 is stable, and larger activity grows without bound"):
        mf.solve(mf.Network(mf.IID(2.0), mf.Nonlinearity("x*abs(x)")))
    with pytest.raises(mf.Quiescent, match="other states beside it were not looked for"):
        mf.solve(mf.Network(mf.PartiallySymmetric(3.0, 0.3), mf.Nonlinearity(CUBIC)))


def test_several_states_are_told_wherever_a_number_comes_out(tmp_path):
    net = mf.Network(mf.IID(0.9), mf.Nonlinearity(STEEPER))
    theory = mf.solve(net)
    assert mf.load(theory.save(tmp_path / "theory.nc")).notes == theory.notes != ()
    assert mf.solve(mf.Network(mf.IID(3.0))).notes == ()
    with pytest.warns(UserWarning, match="2 values of g_eff have several states, such as g_eff = 0.85: x = 0 is"):
        mf.dimension([0.85, 0.9, 1.2], nonlinearity=mf.Nonlinearity(STEEPER))
    with pytest.warns(UserWarning, match="x = 0 is stable as well"):
        data = mf.sweep(lambda g: mf.Network(mf.IID(g), mf.Nonlinearity(STEEPER)), over={"g": [0.9, 1.2]}, jobs=1)
    assert data["status"].values.tolist() == [theory.status_and_notes, "converged"]


# ----- φ that is not odd, by Mehler's series on a dense grid

ORDER, POINTS, FINE = 240, 4001, 0.02


@cache
def hermite():
    """Orthonormal Hermite polynomials times the weights of a trapezoidal rule."""
    z = np.linspace(-11.0, 11.0, POINTS)
    function = np.exp(-0.25 * z * z) / (2 * math.pi) ** 0.25  # times the root of the density, or they overflow
    rows = [function, z * function]
    for k in range(2, ORDER):
        rows.append((z * rows[-1] - math.sqrt(k - 1) * rows[-2]) / math.sqrt(k))
    return z, np.array(rows) * rows[0] * (z[1] - z[0])


class TooClose(Exception):
    """Two states, or the onset of one, that the grid does not tell apart."""


def brute_force(phi, g, low, high):
    """(roughly C^x(0) of every fluctuating state, stable fixed points), from C^φ(c) = Σ a_k² (c/c0)^k."""
    z, weighted = hermite()
    c0 = np.exp(np.arange(math.log(low), math.log(high), FINE))
    squares = g * g * np.square(phi(np.sqrt(c0)[:, None] * z) @ weighted.T)  # (c0, k)
    k, rho = np.arange(ORDER), np.linspace(0.0, 1.0, 2001)
    force = squares @ (rho ** k[:, None]) - c0[:, None] * rho
    energy = squares @ (rho ** (k[:, None] + 1) / (k[:, None] + 1)) - 0.5 * c0[:, None] * rho**2
    positive = np.empty(c0.size, dtype=bool)
    for i, f in enumerate(force):
        rests = np.flatnonzero((f[:-1] >= 0) & (f[1:] < 0))
        # (Where C^φ(0) is too small to be seen, the rest is c = 0.)
        at = rests[0] if rests.size else (0 if f[1] < 0 else None)
        positive[i] = True if at is None else energy[i, -1] > energy[i, at : at + 2].max()
    growth = force[:, -1]
    slope = (squares @ k) / c0  # g²⟨φ'²⟩, as ⟨φ'²⟩ = Σ k a_k²/c0
    turns, fixed = np.flatnonzero(np.diff(positive)), np.flatnonzero(np.diff(growth > 0))
    if np.any(np.abs(slope[fixed] - 1.0) < 0.05):  # onset: narrower than the grid
        raise TooClose
    stable = [i for i in fixed if slope[i] < 1]
    unmatched = [i for i in turns if not any(abs(int(i) - int(j)) <= 1 for j in stable)]
    if len(unmatched) != len(turns) - len(stable) or any(b - a <= 3 for a, b in pairwise(unmatched)):
        raise TooClose
    return [c0[i] for i in unmatched], [c0[i] for i in stable]


@st.composite
def not_odd(draw):
    steep, threshold = draw(st.floats(0.5, 4.0)), draw(st.floats(-1.0, 2.0))
    u = f"{steep:.4g}*(x - {threshold:.4g})"
    height = f"{draw(st.floats(0.5, 3.0)):.4g}"
    kind = draw(st.sampled_from(["sigmoid", "ramp", "tanh", "bump"]))
    shapes = {
        "sigmoid": f"{height}/(1 + exp(-{u}))",
        "ramp": f"{height}*clip({u}, 0, 1)",
        "tanh": f"{height}*tanh({u})",
        "bump": f"{height}*exp(-({u})**2)",
    }
    return shapes[kind]


def compare_with_brute_force(text, g):
    phi = mf.Nonlinearity(text)
    found = leaky_states(alike(g, phi).classes(STEP))
    low, high = max(found.searched[0], 1e-4), found.searched[1]
    try:
        fluctuating, resting = brute_force(phi, g, low, high)
    except TooClose:
        reject()
    ours = sorted(static + y0 for static, y0 in found.fluctuating)
    assert len(ours) == len(fluctuating), (text, g, ours, fluctuating)
    assert ours == pytest.approx(fluctuating, rel=3 * FINE)  # two steps of its grid
    assert [c0 for c0, _ in found.resting if c0 > low] == pytest.approx(resting, rel=3 * FINE)


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("text", "g"),
    [
        ("clip(x - 0.9, 0, 5)", 3.0),
        ("5*tanh(log(1 + exp(4*(x - 1)))/20)", 3.0),
        ("tanh(x + 0.5)", 3.0),
        ("1/(1 + exp(-20*(x - 1)))", 3.0),
    ],
)
def test_every_state_that_a_dense_scan_sees(text, g):
    compare_with_brute_force(text, g)


@pytest.mark.numeric
@given(text=not_odd(), g=st.floats(0.5, 6.0))
@settings(max_examples=3, deadline=None)
def test_random_functions_have_as_many_states_as_a_dense_scan_sees(text, g):
    compare_with_brute_force(text, g)


@pytest.mark.long
@pytest.mark.numeric
@given(text=not_odd(), g=st.floats(0.5, 6.0))
@settings(max_examples=150, deadline=None)
def test_many_random_functions_have_as_many_states_as_a_dense_scan_sees(text, g):
    compare_with_brute_force(text, g)


def test_a_scan_sees_two_zeros_between_neighbours():
    for gap in (1e-1, 1e-3, 1e-5):
        found = sign_changes(lambda x, gap=gap: math.log(x / 2.3) ** 2 - gap**2, [0.5, 1.0, 2.0, 4.0, 8.0])
        roots = [zero(lambda x, gap=gap: math.log(x / 2.3) ** 2 - gap**2, b, "it") for b in found]
        assert roots == pytest.approx([2.3 * math.exp(-gap), 2.3 * math.exp(gap)], rel=1e-9)
    assert sign_changes(lambda x: math.log(x / 2.3) ** 2 + 1e-3, [0.5, 1.0, 2.0, 4.0, 8.0]) == []


# ----- sampled networks

LONG = pytest.mark.long
DENIED = [f"clip(x - {threshold}, 0, 5)" for threshold in (0.9, 1.0, 1.1, 1.3)]
ALL_SIZES, FEW = {250: 24, 500: 16, 1000: 8}, {250: 24, 500: 12}


@pytest.mark.statistical
@pytest.mark.filterwarnings("ignore:several attractors")  # with a static part, which differs between starts
@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        pytest.param(DENIED[0], FEW, id=DENIED[0]),
        *(
            pytest.param(text, ALL_SIZES, marks=LONG, id=f"{text} to 1000")
            for text in (*DENIED, "5*tanh(log(1 + exp(4*(x - 1)))/20)", CUBIC)
        ),
    ],
)
def test_sampled_networks_fluctuate_as_the_theory_says(text, sizes):
    """States beside a stable x = 0 or fixed point; the other fluctuating state has a fifth or less of C^x(0)."""
    net = mf.Network(mf.IID(3.0), mf.Nonlinearity(text))
    theory = mf.solve(net)
    assert "stable as well" in theory.notes[0]
    runs = {n: [mf.simulate(net, n=n, seed=1000 * n + s, trajectories=16) for s in range(m)] for n, m in sizes.items()}
    expected = {
        lambda r: r.C("x", 0.0).value: float(theory.C("x", 0.0)),
        lambda r: r.static("x").value: theory.static("x"),
    }
    if theory.trusted(min(sizes)):  # few dimensions differ too much between networks to be extrapolated
        expected[lambda r: r.dimension("phi").value] = theory.dimension("phi")
    for ask, value in expected.items():
        limit = intercept({n: np.array([ask(run) for run in found]) for n, found in runs.items()})
        assert abs(limit.z(value)) < 4.5  # standard errors over networks, 20 numbers: by chance 1e-4
        assert limit.error < 0.25 * value or value == 0
