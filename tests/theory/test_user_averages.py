"""Gaussian averages and whole solutions of users' nonlinearities, against stored references of other methods."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory import cli
from mftheory.numerics.panels import Panels
from mftheory.theory.settings import Settings
from mftheory.theory.stationary import two_point as module
from mftheory.theory.stationary.gaussian import resolved_panels
from mftheory.theory.stationary.gaussian.averages import (
    ErfAverages,
    ScaledAverages,
    SinAverages,
    averages,
)
from mftheory.theory.stationary.gaussian.piecewise import PiecewiseAverages
from mftheory.theory.stationary.gaussian.trapezoidal import QuadratureAverages
from mftheory.theory.stationary.two_point import two_point

pytestmark = pytest.mark.numeric

STORED = json.loads((Path(__file__).parents[2] / "validation/references/nonlinearities.json").read_text())
DEFAULT = Settings()
STEP = DEFAULT.average_step
SMOOTH = ("x/sqrt(1 + x**2)", "atan(x)", "tanh(5*x)", "sin(x)", "x*exp(-x**2)", "erf(2*x) + tanh(x)/3")
KINKED = ("x/(1 + abs(x))", "x/(1 + abs(x)**3)", "clip(x, -1, 1)", "clip(atan(2*x), -0.75, 0.75)")


@pytest.fixture
def general(monkeypatch):
    """Every solution by the general averages, whatever `averages` would choose."""
    monkeypatch.setattr(module, "averages", PiecewiseAverages)


@pytest.mark.parametrize("method", [averages, PiecewiseAverages])
@pytest.mark.parametrize("reference", STORED["averages"], ids=lambda r: f"{r['nonlinearity']} c0={r['c0']}")
def test_averages_against_30_digits(reference, method):
    phi, c0 = mf.Nonlinearity(reference["nonlinearity"]), float(reference["c0"])
    found = method(phi, STEP)
    # Rounding; seen 6e-15 (x e^{-x²}, whose φ' changes sign). ⟨cos x⟩ = e^{-c0/2} vanishes among terms of order 1.
    assert found.gain(c0) == pytest.approx(float(reference["gain"]), rel=1e-13, abs=1e-16)
    if "excess" in reference:
        strength = float(STORED["strength"])
        # Seen 4e-15 and, relative to 17.7, 1.3e-15.
        assert found.excess(strength, c0) == pytest.approx(float(reference["excess"]), rel=1e-14, abs=2e-14)
    theta = np.array([float(angle) for angle in reference["curvature"]])
    expected = np.array([float(value) for value in reference["curvature"].values()])
    # Rounding; seen 1e-14, and 6e-13 for clip between its kinks, where the density of both is 1e-9. The trapezoidal
    # rule of tanh loses digits where c/c0 and with it the curvature is small: seen 2.3e-9 (1.2e-10 on another
    # processor) at c/c0 = 2e-4.
    trapezoidal = isinstance(getattr(found, "unit", found), QuadratureAverages)
    assert found.curvature(c0, theta) == pytest.approx(expected, rel=2e-8 if trapezoidal else 2e-12, abs=1e-25)


@pytest.mark.parametrize("reference", STORED["solutions"], ids=lambda r: r["nonlinearity"])
def test_whole_solutions_against_80_bits(reference):
    """Mehler's series, plain time grid, plain double sum (validation/references)."""
    numbers = {name: float(value) for name, value in reference.items() if name != "nonlinearity"}
    phi, g = mf.Nonlinearity(reference["nonlinearity"]), numbers["g"]
    solution = two_point(g, phi, DEFAULT)
    for name, value in (
        ("C_x_0", solution.variance), ("C_phi_0", solution.activity_variance), ("gain", solution.gain),
        ("delta", solution.delta),
    ):  # fmt: skip
        assert value == pytest.approx(numbers[name], rel=1e-13), name  # rounding; seen 8e-16
    for observable in ("phi", "x"):
        for kappa in (0.0, 1.0, 10.0):
            psi = numbers[f"Psi_{observable}"] + kappa * numbers[f"Psi_{observable}_per_kappa"]
            exact = numbers[f"C_{observable}_0"] ** 2 / psi
            rank = 1 / kappa if kappa else math.inf
            value, error = mf.dimension(g, rank, observable, nonlinearity=phi, error=True)
            assert value == pytest.approx(exact, rel=1e-12)  # quadrature's rounding; seen 4e-14
            assert abs(value - exact) <= error


@pytest.mark.parametrize("g", [1.001, 1.3, 3.0, 20.0, 50.0])
@pytest.mark.parametrize(("text", "built_in"), [("tanh(x)", mf.Tanh()), ("erf(sqrt(pi)*x/2)", mf.Erf())])
def test_formulas_of_the_built_in_functions(text, built_in, g):
    for observable in ("phi", "x"):
        one = mf.dimension(g, 0.7, observable, nonlinearity=mf.Nonlinearity(text))
        assert one == pytest.approx(mf.dimension(g, 0.7, observable, nonlinearity=built_in), rel=1e-13)


@pytest.mark.usefixtures("general")
@pytest.mark.parametrize("g", [1.001, 1.3, 3.0, 20.0])
@pytest.mark.parametrize(("text", "built_in"), [("tanh(x)", mf.Tanh()), ("erf(sqrt(pi)*x/2)", mf.Erf())])
def test_the_general_method_on_the_built_in_functions(text, built_in, g, monkeypatch):
    found = [mf.dimension(g, 0.7, a, nonlinearity=mf.Nonlinearity(text)) for a in ("phi", "x")]
    monkeypatch.setattr(module, "averages", averages)
    expected = [mf.dimension(g, 0.7, a, nonlinearity=built_in) for a in ("phi", "x")]
    # Rounding of C^x(0), divided by g - 1 near onset: seen 7e-13 at g = 1.001, 1e-13 elsewhere.
    assert found == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("text", ["2*tanh(3*x)", "2*x*3/sqrt(1 + (3*x)**2)", "2*clip(3*x, -1, 1)", "-2*sin(-3*x)"])
def test_rescaling_the_axes_rescales_g(text):
    """a ψ(bx) at g is ψ at abg: C^x over b², C^φ times a², all shapes the same."""
    unit = {"2*tanh(3*x)": "tanh(x)", "2*x*3/sqrt(1 + (3*x)**2)": "x/sqrt(1+x**2)"}.get(
        text, text[2:].replace("3*", "")
    )
    unit = "sin(x)" if "sin" in text else unit
    a, b = two_point(0.4, mf.Nonlinearity(text), DEFAULT), two_point(2.4, mf.Nonlinearity(unit), DEFAULT)
    tau = np.array([0.0, 0.5, 3.0, 20.0])
    # Rounding, and for the formula panels that lie elsewhere; seen 2e-14.
    assert 9 * a.covariance("x", tau) == pytest.approx(b.covariance("x", tau), rel=1e-12)
    assert a.covariance("phi", tau) == pytest.approx(4 * b.covariance("phi", tau), rel=1e-12)
    assert a.delta == pytest.approx(b.delta, rel=1e-12)


@pytest.mark.parametrize("g", [1.02, 2.0, 15.0])
@pytest.mark.parametrize("text", SMOOTH + KINKED)
def test_solutions_solve_the_equation_of_motion(text, g):
    """C^φ is that of φ at C^x, by a plain double sum, and C'' = C - g² C^φ, by differences."""
    phi = mf.Nonlinearity(text)
    strength = g / phi.slope_at_zero
    s = two_point(strength, phi, DEFAULT)
    tau = np.array([0.0, 0.4, 1.5, 5.0]) / s.decay
    for t in tau:
        c = float(s.covariance("x", t))
        # Kinks cost the plain sum up to 1e-4; smooth φ are exact to rounding.
        assert s.covariance("phi", t) == pytest.approx(
            _double_sum(phi, s.variance, c), rel=2e-4 if text in KINKED else 1e-10
        )
    h = 0.02 / s.decay / max(1.0, math.sqrt(s.variance) * phi.slope_at_zero)

    def c_x(shift):
        return s.covariance("x", tau[1:] + shift * h)

    second = (-(c_x(2) + c_x(-2)) + 16 * (c_x(1) + c_x(-1)) - 30 * c_x(0)) / (12 * h * h)
    scale = s.variance * s.delta * max(1.0, g)
    residual = second - (c_x(0) - strength**2 * s.covariance("phi", tau[1:]))
    assert np.abs(residual).max() < 1e-5 * scale  # truncation of the differences; seen 2e-6
    # Power theorem, heavy tails of the spectrum included.
    mesh = Panels.on(s.density.edges, 24)
    power = np.sum(mesh.weights * s.density(mesh.nodes) * s.decay * np.cosh(mesh.nodes)) / math.pi
    assert power == pytest.approx(s.activity_variance, rel=2e-11)  # kinks: power beyond the last panel; seen 4e-12


def _double_sum(phi, c0, c):
    """⟨φ(x) φ(y)⟩ by Gauss–Legendre in independent variables, on panels that do not know where φ has kinks."""

    def line(variance, most):
        sigma = math.sqrt(variance)
        count = math.ceil(17 * sigma / min(0.2 / phi.slope_at_zero, sigma / 2))
        mesh = Panels.on(np.linspace(-8.5 * sigma, 8.5 * sigma, min(count, most) + 1), 6)
        z = mesh.nodes.ravel()
        return z, mesh.weights.ravel() * np.exp(-0.5 * z * z / variance) / math.sqrt(2 * math.pi * variance)

    if c0 - c < 1e-14 * c0:
        x, weight = line(c0, 100_000)
        return float(weight @ np.square(phi(x)))
    u, shared = line(c, 400)
    v, own = line(c0 - c, 400)
    inner = np.array([own @ phi(here + v) for here in u])
    return float(shared @ np.square(inner))


@pytest.mark.parametrize("g", [1.001, 1.5, 6.0])
@pytest.mark.parametrize("text", SMOOTH + KINKED)
def test_refinement_hardly_changes_a_dimension(text, g):
    phi = mf.Nonlinearity(text)
    value, error = mf.dimension(g / phi.slope_at_zero, 0.7, nonlinearity=phi, error=True)
    assert 0 < value < 1
    assert error < 1e-11 * value  # seen 6e-13; near onset 2.0e-12 with SciPy 1.15


def test_a_function_that_is_not_resolved_is_refused(monkeypatch):
    phi, theta = mf.Nonlinearity("x/sqrt(0.01 + x**2)"), np.array([0.01, 0.2, 0.7, 3.0])
    exact = PiecewiseAverages(phi, 0.12).curvature(20.0, theta)
    assert PiecewiseAverages(phi, STEP).curvature(20.0, theta) == pytest.approx(exact, rel=1e-13)  # seen 2e-15
    # No panel is halved.
    monkeypatch.setattr(resolved_panels, "_tail", lambda coefficients: np.zeros(len(coefficients)))
    with pytest.raises(mf.Unsupported, match="jumps at x = 0"):
        PiecewiseAverages(phi, STEP)


@pytest.mark.parametrize("c0", [1e-6, 0.3, 50.0])
def test_arc_cosine_kernels(c0):
    """φ = x|x| has φ'' = 2 sign(x): ⟨φ''φ''⟩ = (8/π) asin ρ, ⟨φ'⟩ = 2⟨|x|⟩; clip has two δ-functions."""
    theta = np.array([1e-3, 0.2, 1.0, 4.0])
    found = PiecewiseAverages(mf.Nonlinearity("x*abs(x)"), STEP)
    assert found.curvature(c0, theta) == pytest.approx(
        8 / math.pi * np.arcsin(1 / np.cosh(theta)), rel=1e-12
    )  # seen 4e-14
    assert found.gain(c0) == pytest.approx(2 * math.sqrt(2 * c0 / math.pi), rel=1e-13)
    clip = PiecewiseAverages(mf.Nonlinearity("clip(x, -1, 1)"), STEP)
    rho = 1 / np.cosh(theta)
    # Two δ-functions of opposite sign: the bivariate normal density at (1, 1) less that at (1, -1), twice.
    apart = np.exp(-1 / (c0 * (1 + rho))) - np.exp(-1 / (c0 * (1 - rho)))
    assert clip.curvature(c0, theta) == pytest.approx(apart / (math.pi * c0 * np.tanh(theta)), rel=1e-12, abs=1e-290)


def test_the_fast_ways_are_taken():
    assert isinstance(averages(mf.Erf()), ErfAverages)
    for text, kind in (("3*erf(x/2)", ErfAverages), ("-sin(-x)", SinAverages), ("tanh(7*x)/2", QuadratureAverages)):
        found = averages(mf.Nonlinearity(text))
        assert isinstance(found, ScaledAverages)
        assert isinstance(found.unit, kind)


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("x", mf.NotConverged, "does φ saturate"),
        ("x + x**3", mf.NotConverged, "does φ saturate"),
        ("x + 0.5*tanh(x)", mf.NotConverged, "does φ saturate"),
        ("x + sin(x)", mf.NotConverged, "does φ saturate"),
        ("sinh(x)", mf.NotConverged, "does φ saturate"),
        ("x*exp(x**2/1000)", mf.NotConverged, "does φ saturate"),
        ("maximum(x, 0)", (mf.Unsupported, mf.NotConverged), "not odd|does φ saturate"),
        ("-tanh(x)", mf.Unsupported, "falls at 0"),
        ("sign(x)", mf.Unsupported, "jumps at x = 0"),
        ("tanh(x) + sign(x - 1) + sign(x + 1)", mf.Unsupported, "jumps at x = 1"),
        ("sign(x)*sqrt(abs(x))", mf.Unsupported, "not smooth near x = 0"),
        ("x*abs(x)", mf.NotConverged, "x = 0 is stable, and larger activity grows without bound"),
        ("tanh(x**3)/4", mf.Quiescent, "no fluctuating state was found at any .*; one may exist at a larger g_eff"),
        ("tanh(0.4*x)", mf.Quiescent, "needs g_eff > 2.5"),
    ],
)
def test_what_has_no_answer_says_why(text, error, reason):
    for ask in (
        lambda phi: mf.dimension(2.0, nonlinearity=phi),
        lambda phi: mf.solve(mf.Network(mf.RandomMode.step(2.0, 0.5), phi)).dimension(),
    ):
        with pytest.raises(error, match=reason) as caught:
            ask(mf.Nonlinearity(text))
        assert "\n" not in str(caught.value)


def test_hidden_kinks_are_found_or_refused():
    """A kink made by a square root: found where a panel ends, refused in between rather than averaged wrongly."""
    kink = averages(mf.Nonlinearity("(sqrt((x + 2)**2) - sqrt((x - 2)**2))/2"))
    clip = averages(mf.Nonlinearity("clip(x, -2, 2)"))
    theta = np.array([0.1, 1.0])
    assert kink.curvature(3.0, theta) == pytest.approx(clip.curvature(3.0, theta), rel=1e-12)
    with pytest.raises(mf.Unsupported, match=r"not smooth near x = 0.3"):
        averages(mf.Nonlinearity("sqrt((x + 0.3)**2) - sqrt((x - 0.3)**2)"))


@given(
    g=st.floats(1.01, 20.0),
    a=st.floats(0.0, 1.0),
    b=st.floats(0.3, 4.0),
    kind=st.sampled_from(["atan", "tanh", "erf", "asinh"]),
)
@settings(max_examples=10, deadline=None)
def test_properties_of_any_solution(g, a, b, kind):
    phi = mf.Nonlinearity(f"{a!r}*{kind}({b!r}*x) + x/sqrt(1 + x**2)")
    s = two_point(g / phi.slope_at_zero, phi, DEFAULT)
    tau, omega = np.linspace(0, 30 / s.decay, 100), np.linspace(0, 2 * s.highest_frequency, 200)
    assert np.all(np.diff(s.covariance("phi", tau)) < 0)
    assert np.all(s.spectrum("phi", omega) >= 0)
    assert (s.g_eff * s.gain) ** 2 + s.delta == pytest.approx(1.0, abs=1e-14)
    assert 0 < mf.dimension(s.g_eff, 1.0, nonlinearity=phi) < mf.dimension(s.g_eff, nonlinearity=phi) < 1
    x = np.linspace(-9, 9, 4001) * math.sqrt(s.variance)
    weight = np.exp(-0.5 * x * x / s.variance)
    # Trapezoidal average of an analytic function with ten steps and more in its width; seen 1e-13.
    assert s.activity_variance == pytest.approx(np.sum(weight * phi(x) ** 2) / np.sum(weight), rel=1e-9)


@pytest.mark.parametrize("value", ["tanh(x)", None, 3.0])
def test_only_a_nonlinearity_is_one(value):
    if value is None:
        assert mf.dimension(3.0, nonlinearity=value) == mf.dimension(3.0, nonlinearity=mf.Erf())
    else:
        with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = .*Nonlinearity\('a formula in x'\)"):
            mf.dimension(3.0, nonlinearity=value)


def test_command_line(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["solve", "--g", "3", "--nonlinearity", "x/sqrt(1+x**2)", "--json"])
    assert stopped.value.code == 0
    printed = json.loads(capsys.readouterr().out)
    expected = mf.dimension(3.0, nonlinearity=mf.Nonlinearity("x/sqrt(1 + x**2)"))
    assert printed["dimension_phi"] == pytest.approx(expected, rel=1e-13)  # rounding, by two kernels; seen 1e-15
    for text, reason in (
        ("x.__class__", "must be a formula"),
        ("exp(x)", "does φ saturate"),
        ("sinh(x)", "does φ saturate"),
    ):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["solve", "--g", "3", "--nonlinearity", text])
        out, err = capsys.readouterr()
        assert (stopped.value.code, out, err.count("\n")) == (2, "", 1)
        assert reason in err


def test_solving_needs_no_sympy():
    code = (
        "import sys, mftheory as mf; mf.dimension(2.0, 0.5, nonlinearity=mf.Nonlinearity('x/sqrt(1+x**2)'));"
        "assert not {'sympy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
