"""Theory of tables: averages against SciPy's integrals, solutions against those of the function."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

import mftheory as mf
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.gaussian.correlated_activity import Fluctuations, Line

pytestmark = pytest.mark.numeric

STEP = Settings().average_step
X = np.linspace(0.0, 4.0, 15)
MEASURED = mf.Tabulated(X, X**2 / (1 + X**2))
THRESHOLD = mf.Tabulated(np.arange(-2.0, 6.0), [0, 0, 0, 0.2, 1.1, 1.9, 3.2, 3.9], ("constant", "linear"))
LOGISTIC = mf.Tabulated.of(lambda x: 1 / (1 + np.exp(-np.clip(x, -700, 700))))
ODD = mf.Tabulated(np.arange(-3.0, 4.0), [-1, -0.95, -0.6, 0, 0.6, 0.95, 1])  # seven measured points


def tanh_table(points: int) -> mf.Tabulated:
    x = np.linspace(-18.0, 18.0, points)
    return mf.Tabulated(x, np.tanh(x))


def gaussian(z):
    return np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)


def edges(phi: mf.Tabulated, mean: float, deviation: float, finest: float) -> list[float]:
    """Return ends of intervals, within nine deviations, on which φ is a polynomial and the Gaussian smooth."""
    low, high = mean - 9.0 * deviation, mean + 9.0 * deviation
    knots = phi.spline.knots
    return sorted([*knots[(knots > low) & (knots < high)], *np.linspace(low, high, 2 + int((high - low) / finest))])


def average(f, phi: mf.Tabulated, mean: float, variance: float) -> float:
    deviation = np.sqrt(variance)

    def weighted(x):
        return f(x) * gaussian((x - mean) / deviation) / deviation

    intervals = pairwise(edges(phi, mean, deviation, 0.7 * deviation))
    return sum(integrate.fixed_quad(weighted, a, b, n=16)[0] for a, b in intervals)


def activity(phi: mf.Tabulated, mean: float, variance: float, covariance: float) -> float:
    """Return ⟨φ(x) φ(y)⟩: y given x is Gaussian too, and averaged over for every x."""
    rest = np.sqrt(variance - covariance**2 / variance)
    intervals = list(pairwise(edges(phi, mean, np.sqrt(variance), 0.7 * rest)))

    def of_both(x):
        about = mean + covariance / variance * (x - mean)

        def of_y(y):
            return phi(y) * gaussian((y - about[:, None]) / rest) / rest

        return phi(x) * sum(integrate.fixed_quad(of_y, a, b, n=16)[0] for a, b in intervals)

    return average(of_both, phi, mean, variance)


@pytest.mark.parametrize("phi", [MEASURED, THRESHOLD, LOGISTIC], ids=["measured", "threshold", "logistic"])
def test_averages_of_tables_that_are_not_odd(phi) -> None:
    mean, static, fluctuating = 0.6, 0.5, 1.3
    found = Fluctuations(Line(phi, STEP), mean, static, fluctuating)
    variance = static + fluctuating
    # Quadratures on both sides, of averages of order 1; seen 2e-14 of the first two, 1e-13 of C^φ.
    assert found.mean_activity == pytest.approx(average(phi, phi, mean, variance), abs=1e-12)
    slope = average(phi.derivative, phi, mean, variance)
    assert found.gain == pytest.approx(slope, abs=1e-12)
    of_static = activity(phi, mean, variance, static)
    assert found.static_activity == pytest.approx(of_static, abs=1e-10)
    for y in (-0.9, 0.4):
        expected = activity(phi, mean, variance, static + y) - of_static
        assert found(np.array(y)) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("phi", [ODD, tanh_table(41), mf.Tabulated.of(np.tanh)], ids=["seven", "tanh", "function"])
@pytest.mark.parametrize("c0", [0.3, 12.0])
def test_averages_of_odd_tables(phi, c0: float) -> None:
    found = averages(phi, STEP)
    slope = average(phi.derivative, phi, 0.0, c0)
    assert found.gain(c0) == pytest.approx(slope, rel=1e-11)
    assert found.loss(c0) == pytest.approx(phi.slope_at_zero - slope, rel=1e-10)
    # ∂²C^φ/∂c² by differences of SciPy's C^φ would lose digits; the two ways of the theory share no quadrature.
    c = 0.6 * c0
    step = 1e-3 * c0
    general = Fluctuations(Line(phi, STEP), 0.0, 0.0, c0)
    slopes = general.nonlinear_slope(np.array([c - 2 * step, c - step, c + step, c + 2 * step]))
    by_difference = np.array([1.0, -8.0, 8.0, -1.0]) @ slopes / (12 * step)
    assert found.curvature(c0, np.array([np.arccosh(c0 / c)]))[0] == pytest.approx(by_difference, rel=1e-7)
    assert general(np.array(c)) == pytest.approx(activity(phi, 0.0, c0, c), rel=1e-9)


def test_solutions_converge_as_the_table_does() -> None:
    g = 2.0
    exact = mf.solve(mf.Network(mf.IID(g), mf.Tanh()))
    numbers = [exact.dimension("phi"), exact.C("x", 0.0), exact.gain]
    errors = []
    for points in (91, 181):  # steps 0.4 and 0.2
        theory = mf.solve(mf.Network(mf.IID(g), tanh_table(points)))
        found = [theory.dimension("phi"), theory.C("x", 0.0), theory.gain]
        errors.append(np.abs(np.divide(found, numbers) - 1.0))
    # Fourth order: ratios tend to 16; seen 17 to 28 on the way. The size: h⁴ φ''''/384 = 3e-4 at h = 0.4.
    assert np.all((errors[0] / errors[1] > 11.0) & (errors[0] / errors[1] < 40.0))
    assert np.all(errors[1] < 1e-4)


def test_solution_of_a_function() -> None:
    net = mf.Network(mf.IID(3.0), np.tanh)
    exact, theory = mf.solve(mf.Network(mf.IID(3.0), mf.Tanh())), mf.solve(net)
    assert theory.dimension("phi") == pytest.approx(exact.dimension("phi"), rel=1e-10)  # φ'' of the table; seen 5e-12
    assert theory.C("x", 0.0) == pytest.approx(exact.C("x", 0.0), rel=1e-12)  # seen 2e-15
    assert mf.dimension(3.0, nonlinearity=np.tanh) == pytest.approx(exact.dimension("phi"), rel=1e-10)


def test_tables_that_the_theory_does_not_take_are_named() -> None:
    falling = mf.Tabulated(ODD.x, -ODD.rate)
    for phi, said in ((falling, "falls at 0"), (MEASURED, "not odd")):
        with pytest.raises(mf.Unsupported, match=rf"^nonlinearity = Tabulated\(.*\): {said}"):
            averages(phi, STEP)
