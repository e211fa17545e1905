"""Corners of the solver of classes: what is linear, poles that coincide, weak couplings, filters that stop a band."""

import math

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad
from theory.by_lags import Neurons, pair

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.theory.problem import Problem
from mftheory.theory.stationary.gaussian.correlated_activity import Line
from mftheory.theory.stationary.gaussian.line import LineAverages

BAND = mf.Rational([0.0, 1.0], [1.0, 1.0, 1.0])
SLOW = mf.Rational([1.0], [1.0, 1.6, 1.0])
LINEAR = mf.Nonlinearity("x")
BUMP = mf.Nonlinearity("x*exp(-x**2)")


@pytest.mark.numeric
@pytest.mark.parametrize(("text", "bias"), [("clip(x, -1, 1)", 0.0), ("x", 0.0), ("maximum(x, 0)", 20.0)])
@pytest.mark.parametrize("dynamics", [mf.Leaky(), mf.Leaky(tau=2.0), mf.Rational([1.0], [1.0, 1.0])])
def test_the_dimension_of_linear_neurons(text, bias, dynamics):
    """φ linear over all that x reaches: [psi] = ∬ C₁C₂/|1 - g²H₁H₂/(...)|², all in closed form for the leaky unit."""
    theory = mf.solve(mf.Network(mf.IID(0.7), mf.Nonlinearity(text), dynamics=dynamics, noise=0.03, bias=bias))
    expected = mf.solve(mf.Network(mf.IID(0.7), LINEAR, noise=0.03))  # in another unit of time
    if not bias:  # else each neuron's own C differs, by its static field
        assert theory.dimension() == pytest.approx(expected.dimension(), rel=1e-9)
        assert theory.dimension() == pytest.approx(0.6333806, rel=1e-6)  # a double integral by another's quadrature
    leaky = mf.solve(
        mf.Network(mf.IID(0.7), mf.Nonlinearity(text), noise=0.03 / math.sqrt(theory_tau(dynamics)), bias=bias)
    )
    assert theory.dimension("x") == pytest.approx(leaky.dimension("x"), rel=1e-6)


def theory_tau(dynamics) -> float:
    """Time constant of leaky units, however they are written."""
    return getattr(dynamics, "tau", 1.0)


def chain(feedback: bool, variance=1):
    """Two populations, A drives B; each drives itself or not."""
    half, T = sp.Rational(1, 2), 1 + sp.I * omega
    a = Population("A", "xa", "a", size=half, inverse_transfer=T, noise=1)
    b = Population("B", "xb", "b", size=half, inverse_transfer=T, noise=1, index="k")
    used = [(b, a, 1), *([(a, a, 1), (b, b, variance)] if feedback else [])]
    matrices = [GaussianMatrix(f"J{p.name}{q.name}", p, q) for p, q, _ in used]
    couplings = tuple(Coupling(m, p.response, q.activity) for m, (p, q, _) in zip(matrices, used, strict=True))
    return GaussianEnsemble(
        "chain", (a, b), couplings, tuple(Covariance(m, m, v) for m, (*_, v) in zip(matrices, used, strict=True))
    )


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("variance", "rel"), [(1, 1e-11), (1 + sp.Rational(1, 10**12), 1e-11), (1 + sp.Rational(1, 10**8), 1e-7)]
)
def test_equal_populations_that_drive_each_other_in_a_row(variance, rel):
    """Responses in a Jordan block: C_b = ∫dω/2π [1/(ω² + ½) + ½/(ω² + ½)²] = 3/√8."""
    theory = mf.solve(chain(True, variance), nonlinearity=LINEAR)
    assert theory.C("xa", 0.0) == pytest.approx(math.sqrt(0.5), rel=1e-12)
    assert theory.C("xb", 0.0) == pytest.approx(3 / math.sqrt(8), rel=rel)


@pytest.mark.numeric
def test_populations_without_a_loop():
    """C_a = e^{-|τ|}/2, C_b = ½ + ½ ∫ e^{-|s|} ½ C_a(s) ds; small differences fade as in one neuron."""
    theory = mf.solve(chain(False), nonlinearity=LINEAR)
    assert theory.C("xa", 0.0) == pytest.approx(0.5, rel=1e-13)
    assert theory.C("xb", 0.0) == pytest.approx(0.5 + 0.125, rel=1e-11)
    assert theory.lyapunov_exponent == pytest.approx(-1.0, abs=1e-9)


@pytest.mark.numeric
@pytest.mark.parametrize("g", [1e-3, 1e-6])
def test_weak_couplings(g):
    """x = Jx + noise: the exponent -1 + g, the spectrum σ²/(1 + ω² - g²)."""
    theory = mf.solve(mf.Network(mf.IID(g), LINEAR, noise=1.0))
    assert theory.lyapunov_exponent == pytest.approx(-1.0 + g, abs=1e-12)
    assert theory.spectrum("x", 0.0) == pytest.approx(1 / (1 - g * g), rel=1e-13)
    assert theory.dimension() == pytest.approx(1.0, abs=10 * g)


@pytest.mark.numeric
@pytest.mark.parametrize("g", [0.96, 0.96 * (1 + 1e-10), 0.95])
def test_two_poles_that_coincide(g):
    """d(ω) d(-ω) - g² has a double zero at g = 0.96."""

    def spectrum(w: float) -> float:
        power = 1 / ((1 - w * w) ** 2 + (1.6 * w) ** 2)
        return power / (1 - g * g * power) / math.pi

    exact = quad(spectrum, 0, 20, epsrel=1e-12, limit=200)[0] + quad(spectrum, 20, math.inf, epsrel=1e-12)[0]
    theory = mf.solve(mf.Network(mf.IID(g), LINEAR, dynamics=SLOW, noise=1.0))
    assert theory.C("x", 0.0) == pytest.approx(exact, rel=1e-10)


@pytest.mark.numeric
@pytest.mark.parametrize("noise", [0.01, 0.003])
@pytest.mark.parametrize("dynamics", [mf.Leaky(), mf.EulerMap(0.5)])
def test_exponents_at_weak_noise(noise, dynamics):
    """To first order in the noise that of x = g⟨φ'⟩Jx; the rest is of second order."""
    theory = mf.solve(mf.Network(mf.IID(0.5), mf.Tanh(), noise=noise, dynamics=dynamics))
    rate = 0.5 * float(theory.gain) - 1.0
    expected = rate if dynamics == mf.Leaky() else math.log(1.0 + 0.5 * rate)
    assert theory.lyapunov_exponent == pytest.approx(expected, abs=20 * noise**4)


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "phi", "bias"), [(3.0, mf.Tanh(), 0.5), (3.0, BUMP, 0.1)])
def test_a_filter_without_memory_of_means_takes_no_bias(g, phi, bias):
    biased, plain = (mf.solve(mf.Network(mf.IID(g), phi, dynamics=BAND, bias=b)) for b in (bias, 0.0))
    assert biased.C("x", [0.0, 2.0]) == pytest.approx(plain.C("x", [0.0, 2.0]), rel=1e-11)
    assert (biased.mean("x"), biased.static("phi")) == (0.0, 0.0)


@pytest.mark.numeric
def test_what_fluctuates_without_static_fields_though_activity_has_means():
    """φ not odd behind a filter that stops means: C^x against sums over lags; covariances reach far below 0."""
    theory = mf.solve(mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.3)"), dynamics=BAND))
    neurons = Neurons(1.0, lambda x: np.tanh(x + 0.3))
    tau = np.array([0.0, 0.7, 3.0, 3.8])
    covariance = theory.C("x", tau)
    assert covariance.min() < -0.3 * covariance[0]
    activity = pair(neurons, 0.0, float(covariance[0]), np.append(covariance, 0.0))
    assert theory.C("phi", tau) == pytest.approx(activity[:-1] - activity[-1], rel=1e-9)  # the rule's; seen 1e-11
    assert theory.static("phi") == pytest.approx(activity[-1], rel=1e-9)


@pytest.mark.numeric
@pytest.mark.parametrize("text", ["maximum(x - 0.2, 0)", "clip(x, -0.5, 1)"])
def test_averages_at_negative_covariance(text):
    """⟨φ''(x) φ''(y)⟩ of kinks alone: densities of two Gaussians at them."""
    kinks = {0.2: 1.0} if "maximum" in text else {-0.5: 1.0, 1.0: -1.0}
    m, v, c = 0.1, 1.7, -1.6
    expected = sum(
        s * t * math.exp(-0.5 * (v * (a - m) ** 2 - 2 * c * (a - m) * (b - m) + v * (b - m) ** 2) / (v * v - c * c))
        for a, s in kinks.items()
        for b, t in kinks.items()
    ) / (2 * math.pi * math.sqrt(v * v - c * c))
    line = Line(mf.Nonlinearity(text), 0.18)
    assert line.mean_square(2, m, c, v + c) == pytest.approx(expected, rel=1e-11)


@pytest.mark.numeric
def test_noise_that_differs_much_and_a_kink():
    """0.726, [0.1, 2.2] and bias -1: values of a sum over frequencies by fast transforms, to a few digits."""
    phi = mf.Nonlinearity("maximum(tanh(x), 0)")
    theory = mf.solve(mf.Network(mf.IID(0.726), phi, noise=[0.1, 2.2], bias=-1.0))
    assert theory.C("x", 0.0) == pytest.approx(1.222001, abs=3e-6)  # the grid's; seen 2e-6
    assert theory.static("x") - 1.0 == pytest.approx(0.0062854, abs=1e-7)


@pytest.mark.numeric
def test_activity_below_threshold():
    """The threshold is 28 standard deviations away: nothing is sent."""
    theory = mf.solve(mf.Network(mf.IID(0.5), mf.Nonlinearity("clip(x - 1, 0, 5)"), noise=0.05))
    assert theory.C("x", 0.0) == pytest.approx(0.05**2 / 2, rel=1e-12)
    assert (theory.C("phi", 0.0), theory.gain) == (0.0, 0.0)


@pytest.mark.numeric
def test_states_of_leaky_neurons_alike():
    for g in (1.3, 3.0, 10.0):
        found = mf.states(mf.Network(mf.IID(g), mf.Tanh()))
        assert found[0].variance == pytest.approx(
            float(mf.solve(mf.Network(mf.IID(g), mf.Tanh())).C("x", 0.0)), rel=1e-10
        )
        assert found.complete


@pytest.mark.numeric
def test_a_small_and_a_large_state_with_noise():
    """A threshold-quadratic φ with a ceiling: simulated networks that start small stay at 0.127."""
    network = mf.Network(mf.IID(0.5), mf.Nonlinearity("minimum(maximum(x, 0)**2, 25)"), noise=0.5)
    theory, found = mf.solve(network), mf.states(network)
    assert [s.fluctuating for s in found] == [True] * 3
    assert found[0].variance == pytest.approx(float(theory.C("x", 0.0)), rel=1e-9)
    assert found[2].variance == pytest.approx(0.1271, abs=1e-4)
    assert any("0.1271" in note for note in theory.notes)


@pytest.mark.numeric
def test_what_weak_couplings_lead_to_where_large_activity_grows():
    theory = mf.solve(mf.Network(mf.IID(0.1), mf.ThresholdPower(2), noise=0.5))
    capped = mf.solve(mf.Network(mf.IID(0.1), mf.Nonlinearity("minimum(maximum(x, 0)**2, 25)"), noise=0.5))
    assert theory.C("x", 0.0) == pytest.approx(float(capped.C("x", 0.0)), rel=1e-9)  # the ceiling is 14 deviations away
    assert "grows without bound" in theory.notes[0]
    assert len(mf.states(mf.Network(mf.IID(0.1), mf.ThresholdPower(2), noise=0.5))) == 1
    with pytest.raises(mf.Quiescent, match="fixed point"):
        mf.solve(mf.Network(mf.IID(0.3), mf.ThresholdPower(2), bias=0.5))
    with pytest.raises(mf.NotConverged, match="grows without bound"):
        mf.solve(mf.Network(mf.IID(3.0), mf.ThresholdPower(2), noise=2.0))


@pytest.mark.numeric
def test_means_of_what_neurons_send():
    """⟨Gφ⟩ and the mean square of neurons' own, of gains that go with a bias: sums over the two kinds."""
    theory = mf.solve(mf.Network(mf.IID(2.0), mf.Tanh(), [0.5, 1.5], noise=0.4, bias=[0.2, -0.6]))
    x = float(theory.C("x", 0.0))
    spread = theory.static("x") - 0.5 * (0.2**2 + 0.6**2)
    averages = LineAverages(mf.Tanh(), 0.18)
    of = {b: [float(averages.line(4.0).smoothed(0, np.array([b]), x + spread)[0])] for b in (0.2, -0.6)}
    expected = 0.5 * (0.5 * of[0.2][0] + 1.5 * of[-0.6][0])
    assert theory.mean("Phi") == pytest.approx(expected, rel=1e-9)
    assert theory.static("Phi") > theory.mean("Phi") ** 2
    assert mf.solve(mf.Network(mf.IID(2.0), mf.Tanh(), [0.5, 1.5])).mean("Phi") == 0.0


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "text"), [(3.0, "x/(1 + x**2)**0.25"), (3.0, "tanh(x)"), (1.2, "x*exp(-x**2)")])
def test_fields_are_looked_for_where_activity_is_large(g, text):
    """From about the variance that neurons make themselves, not from the bound of φ, far away where φ is unbounded."""
    network = mf.Network(mf.IID(g), mf.Nonlinearity(text), noise=0.4)
    largest = float(Problem.of(network).populations.classes(0.18).largest_fields[0])
    assert 0.3 < largest / float(mf.solve(network).C("x", 0.0)) < 10.0
