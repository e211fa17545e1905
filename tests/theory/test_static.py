"""Non-odd φ: static fields and fluctuations about them, against closed forms, references and sampled networks."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from theory.coupled import mean_square_gain, solved

import mftheory as mf
from mftheory.results.extrapolate import intercept
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.gaussian.line import LineAverages

POINTS = json.loads((Path(__file__).parents[2] / "validation/references/heterogeneous.json").read_text())["points"]
STEP = Settings().average_step


@pytest.mark.numeric
@pytest.mark.parametrize("text", ["tanh(x)", "erf(sqrt(pi)*x/2)", "tanh(5*x)", "clip(x, -1, 1)"])
def test_averages_on_the_line_of_odd_functions(text):
    """The same averages as by the methods for odd functions."""
    line, known = LineAverages(mf.Nonlinearity(text), STEP), averages(mf.Nonlinearity(text))
    for c0 in (0.05, 2.0, 40.0):
        activity = ActivityCovariance(known, c0)
        for theta in (0.05, 0.6, 3.0):
            c = c0 / math.cosh(theta)
            t = 2 * c * math.sinh(theta / 2) ** 2
            # Two quadratures; 3e-14 seen, where a steep φ is averaged at a variance of 40.
            assert line.mean_square(0, c, t) == pytest.approx(activity(np.array(c)), rel=3e-13)
            slope = activity.gain**2 + activity.nonlinear_slope(np.array(c))
            assert line.mean_square(1, c, t) == pytest.approx(slope, rel=3e-13)
            curvature = known.curvature(c0, np.array([theta]))[0]
            assert line.mean_square(2, c, t) == pytest.approx(curvature, rel=1e-11)


@pytest.mark.numeric
def test_averages_on_the_line_of_others_in_closed_form():
    rectified = LineAverages(mf.Nonlinearity("maximum(x, 0)"), STEP)
    wave = LineAverages(mf.Nonlinearity("sin(3*x + 0.7)"), STEP)
    even, odd = math.sin(0.7) ** 2, math.cos(0.7) ** 2
    for c0, ratio in ((0.3, 0.9), (2.0, 0.4), (2.0, 0.0)):
        c, t = c0 * ratio, c0 * (1 - ratio)
        angle = math.acos(ratio)  # arc-cosine kernels, to rounding; seen 4e-16
        kernel = c0 / (2 * math.pi) * (math.sin(angle) + (math.pi - angle) * ratio)
        assert rectified.mean_square(0, c, t) == pytest.approx(kernel, rel=1e-13)
        assert rectified.mean_square(1, c, t) == pytest.approx((math.pi - angle) / (2 * math.pi), rel=1e-13)
        both = math.exp(-9 * c0) * np.array([odd * math.sinh(9 * c), even * math.cosh(9 * c)])
        assert wave.mean_square(0, c, t) == pytest.approx(both.sum(), rel=1e-11)  # cancellation of an oscillation
    assert rectified.mean(2.0) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-14)


@pytest.mark.numeric
@pytest.mark.parametrize("point", [p for p in POINTS if not p["parameters"]], ids=lambda p: p["nonlinearity"])
def test_against_references(point):
    """Within 1e-9 of other methods in more digits (validation/references/heterogeneous.py)."""
    g, kappa = float(point["g"]), float(point["kappa"])
    theory = mf.solve(mf.Network(mf.RandomMode.step(g, 1.0 / kappa), mf.Nonlinearity(point["nonlinearity"])))
    expected = {
        "static": theory.static("x"),
        "mean": theory.mean("phi"),
        "variance": theory.C("x", 0.0),
        "C_phi_0": theory.C("phi", 0.0),
        "mean_gain": theory.gain,
        "mean_square_gain": mean_square_gain(theory.two_point),
        "delta": theory.two_point.delta,
    }
    for name, found in expected.items():
        # Rounding, 1e-14; and of a sum over static fields a rule, 6e-12.
        rounding = 1e-10 if name == "C_phi_0" else 1e-12
        assert found == pytest.approx(float(point[name]), rel=rounding), name
    for observable, variance in (("phi", "C_phi_0"), ("x", "variance")):
        reference = float(point[variance]) ** 2 / float(point[f"Psi_{observable}"])
        error = abs(theory.dimension(observable) - reference)
        assert error < 1e-9 * reference  # what is asked; seen 1e-13
        assert error <= theory.dimension_error(observable) < 1e-10 * reference


@pytest.mark.numeric
def test_a_solution_fulfils_its_conditions():
    """Fixed point at infinity, the equation of motion at τ = 0, and the law of the means, all by other averages."""
    g, phi = 6.0, mf.Nonlinearity("clip(x + 0.5, 0, 1)")
    found = solved(g, phi)
    static, total = found.statics["x"], found.statics["x"] + found.variance

    def normal(f):
        points = [-0.5 / math.sqrt(total), 0.5 / math.sqrt(total)]
        whole = quad(lambda z: f(math.sqrt(total) * z) * math.exp(-z * z / 2), -12, 12, points=points, epsabs=1e-13)
        return whole[0] / math.sqrt(2 * math.pi)

    second = normal(lambda x: float(phi(np.array(x))) ** 2)
    assert float(found.covariance("phi", 0.0)) + found.statics["phi"] == pytest.approx(
        second, rel=1e-11
    )  # quad asks for 1e-13
    assert g**2 * found.statics["phi"] == pytest.approx(static, rel=1e-12)
    # ⟨m⟩ and ⟨m²⟩ over neurons from the law of the means, a smooth function, by the trapezoidal rule.
    z = np.linspace(-12, 12, 2001)
    w = np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum()
    means = found.neuron_means(z)
    assert w @ means == pytest.approx(found.means["phi"], rel=1e-12)  # rounding
    assert w @ means**2 == pytest.approx(found.statics["phi"], rel=1e-12)
    assert means[0] == pytest.approx(float(ndtr(-40)), abs=1e-12)  # silent: far below threshold
    # C'' = C - g² C^φ, by differences at a lag of 1: h² C''''/12, and rounding/h².
    h = 1e-3
    c = found.covariance("x", 1.0 + h * np.array([-1.0, 0.0, 1.0]))
    force = found.covariance("x", 1.0) - g**2 * found.covariance("phi", 1.0)
    assert (c[0] - 2 * c[1] + c[2]) / h**2 == pytest.approx(force, abs=1e-6 * g**2)


@pytest.mark.numeric
def test_a_small_bias_tends_to_the_odd_network():
    odd = mf.solve(mf.Network(mf.IID(3.0), mf.Tanh()))
    deviations = []
    for epsilon in (2e-3, 1e-3):
        theory = mf.solve(mf.Network(mf.IID(3.0), mf.Nonlinearity(f"tanh(x) + {epsilon}*tanh(x)**2")))
        deviations.append(
            [theory.dimension(a) / odd.dimension(a) - 1 for a in ("phi", "x")]
            + [theory.static("x"), theory.C("x", 0.0) / odd.C("x", 0.0) - 1]
        )
    # All are of second order in ε.
    assert np.array(deviations[0]) / deviations[1] == pytest.approx(4.0, rel=1e-2)
    assert np.all(np.abs(deviations[1]) < 1e-4)


@pytest.mark.numeric
def test_onset_of_fluctuations_out_of_static_activity():
    """tanh(x + ½): fluctuations set in where g²⟨φ'²⟩ = 1 at the fixed point, with y0 = 3δ/κ in a cubic potential."""
    phi = mf.Nonlinearity("tanh(x + 0.5)")
    line = LineAverages(phi, STEP)
    ratios = []
    for g in (1.58, 1.57):
        found = solved(g, phi)
        kappa = g**2 * line.mean_square(2, found.statics["x"], found.variance)
        ratios.append(found.variance * kappa / (3 * found.delta) - 1)
        theory = mf.solve(mf.Network(mf.IID(g), phi))
        assert theory.dimension_error() < 1e-9 * theory.dimension()
    # The correction is of first order in δ, which falls by about 1.6 between the two.
    assert abs(ratios[1]) < abs(ratios[0]) < 0.05
    with pytest.raises(mf.Quiescent, match="comes to rest at a fixed point"):
        solved(1.55, phi)


@pytest.mark.numeric
def test_error_estimates_cover_what_refinement_changes():
    for text, g in (("exp(-x**2)", 4.0), ("maximum(0, tanh(x))", 3.0)):
        theory = mf.solve(mf.Network(mf.RandomMode.step(g, 0.5), mf.Nonlinearity(text)))
        fine = mf.solve(
            mf.Network(mf.RandomMode.step(g, 0.5), mf.Nonlinearity(text)), settings=Settings().refined().refined()
        )
        for observable in ("phi", "x"):
            error = theory.dimension_error(observable)
            assert abs(theory.dimension(observable) - fine.dimension(observable)) <= error
            assert error < 1e-9 * theory.dimension(observable)


@pytest.mark.parametrize(
    ("text", "g", "error", "reason"),
    [
        ("tanh(x + 0.5)", 0.5, mf.Quiescent, "g_eff²⟨φ'²⟩ = 0.15"),
        ("1/(1 + exp(-x))", 8.0, mf.Quiescent, "comes to rest at a fixed point"),
        ("tanh(x) + 0.3*tanh(x)**2", 1.0, mf.Quiescent, "x = 0 is stable"),
        ("maximum(x, 0)", 2.0, mf.NotConverged, "does φ saturate"),
        ("log(1 + exp(x))", 3.0, mf.NotConverged, "does φ saturate"),
        ("sign(x) + 0.1", 3.0, mf.Unsupported, "jumps at x = "),
        ("exp(-sqrt(abs(x)))", 3.0, mf.Unsupported, "not smooth near x = "),
    ],
)
def test_what_has_no_fluctuations_to_describe_says_why(text, g, error, reason):
    with pytest.raises(error, match=reason) as caught:
        mf.solve(mf.Network(mf.IID(g), mf.Nonlinearity(text)))
    assert "\n" not in str(caught.value)


def test_what_is_not_solved_says_so():
    phi = mf.Nonlinearity("tanh(x + 0.5)")
    with pytest.raises(mf.Unsupported) as caught:
        mf.solve(mf.Network(mf.PartiallySymmetric(3.0, 0.3), phi))
    assert "\n" not in str(caught.value)
    with pytest.raises(mf.Unsupported, match="odd where there are gains"):
        mf.dimension(3.0, gains_pr=0.5, nonlinearity=phi)


@pytest.mark.numeric
def test_grids_of_dimensions_know_static_fields():
    phi, ranks = mf.Nonlinearity("tanh(x + 0.5)"), [0.5, 2.0]
    found = mf.dimension(3.0, effective_rank=ranks, nonlinearity=phi)
    each = [mf.solve(mf.Network(mf.RandomMode.step(3.0, 0.5), phi)).dimension()]
    assert found[0] == pytest.approx(each[0], rel=1e-12)  # rounding
    assert found[1] > found[0]


@pytest.mark.statistical
def test_sampled_networks_agree():
    """exp(-x²): most of C^x is static; without the static fields' ⟨C_h C_h⟩ the dimension would be 17% larger."""
    net = mf.Network(mf.IID(3.0), mf.Nonlinearity("exp(-x**2)"))
    theory = mf.solve(net)
    sizes = {160: 24, 320: 16, 640: 8}
    runs = {
        n: [mf.simulate(net, n=n, seed=1000 * n + s, trajectories=16, duration=40.0) for s in range(count)]
        for n, count in sizes.items()
    }
    assert all(run.status == "equilibrated" for found in runs.values() for run in found)
    for expected, ask, precision in (
        (theory.mean("phi"), lambda r: r.mean("phi"), 0.02),
        (theory.static("x"), lambda r: r.static("x"), 0.08),
        (float(theory.C("phi", 0.0)), lambda r: r.C("phi"), 0.05),
        (float(theory.C("x", 2.0)), lambda r: r.C("x", 2.0), 0.08),
        (theory.dimension("phi"), lambda r: r.dimension("phi"), 0.05),
        (theory.dimension("x"), lambda r: r.dimension("x"), 0.05),
        (float(theory.Psi("phi", 2.0, 0.0)), lambda r: r.Psi("phi", 2.0, 0.0), 0.1),
    ):
        limit = intercept({n: np.array([ask(run).value for run in found]) for n, found in runs.items()})
        assert abs(limit.z(expected)) < 4  # standard errors over networks, seven numbers
        assert limit.error < precision * expected
