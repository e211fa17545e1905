"""φ as data: a spline that keeps monotone tables monotone, and tables of functions that are as precise as they say."""

import math
import pickle
import subprocess
import sys

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory.network.digest import digest
from mftheory.network.spline import cubic

DENSE = np.linspace(-40.0, 40.0, 20_001)


def naka_rushton(points: int = 15) -> mf.Tabulated:
    x = np.linspace(0.0, 4.0, points)
    return mf.Tabulated(x, x**2 / (1 + x**2))


@pytest.mark.numeric
@pytest.mark.parametrize(("function", "ends"), [(np.tanh, 5.0), (lambda x: np.exp(-(x**2)) * (1 + x), 4.0)])
def test_the_error_falls_as_the_fourth_power_of_the_distance(function, ends) -> None:
    """A monotone function and one with turning points, whose tables turn between points."""
    between = np.linspace(-ends, ends, 9_999)
    tables = [mf.Tabulated.of(function, -ends, ends, points=n) for n in (61, 121, 241)]
    errors = [np.abs(table(between) - function(between)).max() for table in tables]
    # Ratios of successive errors tend to 16; seen 12.8 to 17.4.
    assert np.all(np.abs(np.divide(errors[:-1], errors[1:]) - 16.0) < 6.0)
    for table, error in zip(tables, errors, strict=True):
        assert table.error == pytest.approx(error, rel=0.1)  # both are maxima over points between; seen 2%


@pytest.mark.numeric
def test_the_estimated_error_of_data_is_of_half_as_many_points() -> None:
    x = np.linspace(-5.0, 5.0, 121)
    table, half = mf.Tabulated(x, np.tanh(x)), mf.Tabulated(x[::2], np.tanh(x[::2]))
    error = np.abs(half(DENSE) - np.tanh(np.clip(DENSE, -5, 5))).max()
    assert table.error == pytest.approx(error, rel=0.1)  # at its points, near the middles of those of the other
    assert math.isnan(mf.Tabulated(x[:6], np.tanh(x[:6])).error)


HEIGHTS = st.sampled_from([0.0, 0.0, 1e-6, 1.0]) | st.floats(0.0, 100.0)


@given(st.lists(st.tuples(st.floats(0.01, 10.0), HEIGHTS), min_size=3, max_size=30))
@settings(max_examples=200, deadline=None)
def test_monotone_tables_give_monotone_curves(steps: list[tuple[float, float]]) -> None:
    x, y = np.cumsum([[0.0, 0.0], *steps], axis=0).T
    curve = cubic(x, y)
    between = (x[:-1, None] + np.diff(x)[:, None] * np.linspace(0.0, 1.0, 50, endpoint=False)).ravel()
    value, slope, _ = curve.derivatives(between)
    steepest = np.max(np.diff(y) / np.diff(x))
    assert np.all(slope >= -1e-12 * steepest)  # rounding; seen 1e-15
    assert np.all(value >= y[0] - 1e-12 * y[-1])
    assert np.array_equal(curve.derivatives(x[:-1])[0], y[:-1])


def test_a_peak_keeps_its_shape_and_a_threshold_stays_flat() -> None:
    x = np.linspace(-3.0, 3.0, 24)  # the peak lies between two points
    bump = mf.Tabulated(x, np.exp(-(x**2)))
    assert bump(np.array([0.0]))[0] == pytest.approx(1.0, abs=1e-3)  # h⁴/32 = 1.4e-4
    rise = mf.Tabulated(np.arange(8.0), [0, 0, 0, 0, 3, 5, 6, 6])
    assert not rise(np.linspace(-5.0, 3.0, 99)).any()
    assert np.all(rise(np.linspace(6.0, 99.0, 99)) == 6.0)


FUNCTIONS = {
    "tanh": np.tanh,
    "Hill": lambda x: np.maximum(x, 0) ** 4 / (1 + np.maximum(x, 0) ** 4),
    "x/sqrt(1+x**2)": lambda x: x / np.sqrt(1 + x * x),
    "logistic": lambda x: 1 / (1 + np.exp(-np.clip(x, -700, 700))),
    "softplus": lambda x: np.logaddexp(0, x),
    "rectifier": lambda x: np.maximum(x, 0),
    "steep": lambda x: np.tanh(30 * (x - 0.3)),
    "bump": lambda x: x * np.exp(-((x - 0.5) ** 2)),
    "one number at a time": lambda x: math.tanh(x),
}


@pytest.mark.numeric
@pytest.mark.parametrize("name", FUNCTIONS)
def test_tables_of_functions_are_as_precise_as_they_say(name) -> None:
    f = FUNCTIONS[name]
    phi = mf.Network(mf.IID(2.0), f).nonlinearity
    exact = np.array([f(x) for x in DENSE.tolist()])
    # Measured at other points; and beyond a range that is found, where 1e-8 of the largest |φ| is allowed.
    assert np.all(np.abs(phi(DENSE) - exact) <= 2.0 * phi.error + 2e-14 * np.abs(exact))  # and rounding; seen 1.1e-14
    assert phi.error <= 1e-8 * np.abs(phi(DENSE)).max()
    inside = np.linspace(phi.x[0], phi.x[-1], 9_999)
    exact = np.array([f(x) for x in inside.tolist()])
    assert np.abs(phi(inside) - exact).max() <= 2e-12 * np.abs(phi.rate).max()  # the tolerance, at other points


@pytest.mark.numeric
def test_derivatives_against_mpmath() -> None:
    phi = mf.Tabulated.of(np.tanh)
    x = np.array([-7.3, -1.1, -0.02, 0.4, 2.7, 11.0])
    with mp.workdps(30):
        expected = [[float(mp.diff(mp.tanh, mp.mpf(float(v)), order)) for v in x] for order in range(3)]
    # An error e of a polynomial of degree 12 on a length h is one of up to e (144/h)ᵏ of its derivatives; seen 3e-14,
    # 3e-13 and 1e-11.
    for found, exact, tolerance in zip(phi.derivatives(x), expected, (1e-12, 2e-11, 1e-9), strict=True):
        assert found == pytest.approx(exact, abs=tolerance)
    assert phi.derivative(np.array(0.0)) == phi.slope_at_zero


def test_plain_data() -> None:
    x = np.linspace(-5.0, 5.0, 101)
    phi, same = mf.Tabulated(x, np.tanh(x)), mf.Tabulated(list(x), tuple(np.tanh(x)), error=0.5)
    others = [
        mf.Tabulated(x, np.tanh(2 * x)),
        mf.Tabulated(x, np.tanh(x), "linear"),
        mf.Tabulated(x + 1, np.tanh(x)),
        mf.Tanh(),
    ]
    assert phi == same
    assert hash(phi) == hash(same)
    assert digest(phi) == digest(same)
    assert all(phi != other and digest(phi) != digest(other) for other in others)
    copy = pickle.loads(pickle.dumps(phi))
    assert copy == phi
    assert copy.error == phi.error
    table = mf.Tabulated.of(np.tanh)
    assert pickle.loads(pickle.dumps(table)) == table != phi
    with pytest.raises(ValueError, match="read-only"):
        phi.x[0] = 0.0
    assert mf.Network(mf.IID(2.0), np.tanh) == mf.Network(mf.IID(2.0), table)
    assert x.flags.writeable
    for dtype in (np.float32, np.float64):
        assert phi(np.zeros((2, 3), dtype)).dtype == dtype
        assert phi(np.zeros((2, 3), dtype)).shape == (2, 3)
    assert "table of 101 points" in mf.Network(mf.IID(2.0), phi)._repr_latex_()


def test_shape() -> None:
    x = np.linspace(-5.0, 5.0, 101)  # not symmetric to the last bit
    odd = mf.Tabulated(x, np.tanh(x))
    assert odd.odd
    assert np.array_equal(odd(-DENSE), -odd(DENSE))
    assert odd.steepest_at_zero
    assert odd.within_tangent
    assert odd.bound == pytest.approx(math.tanh(5.0), rel=1e-15)
    assert mf.Tabulated(x, np.tanh(1e4 * x)).odd  # rounding of x, times the slope
    assert all(
        mf.Tabulated.of(lambda x, b=b: np.tanh(b * x) - 0.3 * np.tanh(3 * b * x)).odd for b in np.geomspace(0.1, 99, 20)
    )
    assert not mf.Tabulated(x, np.tanh(x) + 1e-9).odd
    assert not mf.Tabulated(x, np.tanh(x), ("constant", "linear")).odd
    linear = mf.Tabulated(x, np.tanh(x) + x, "linear")
    assert linear.odd
    assert linear.bound == math.inf
    assert linear(np.array([1e3]))[0] == pytest.approx(math.tanh(5) + 5 + 995 * (1 + 1 - math.tanh(5) ** 2), rel=1e-6)
    assert np.array_equal(odd(np.array([-np.inf, np.inf, 1e300])), np.tanh([-5.0, 5.0, 5.0]))
    assert np.isnan(odd(np.array([np.nan]))).all()
    assert naka_rushton().bound == 16 / 17
    curve = mf.Tabulated(x, np.tanh(x**3))
    assert not curve.steepest_at_zero
    assert not curve.within_tangent


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: x / np.max(x), "depend on the other entries"),
        (lambda x: np.random.default_rng().normal(size=np.shape(x)), "change from call to call"),
        (lambda x: "a", "no real numbers"),
        (lambda x: x + 1j, "no real numbers"),
        (lambda x, y: x, "missing 1 required"),
        (lambda: 0.0, "TypeError"),
        (lambda x: np.sqrt(np.abs(x)), "constant or linear"),
        (lambda x: np.exp(x), "constant or linear"),
        (lambda x: np.where(x > 3, np.nan, x), "not so at x = "),
        (np.sin, "give it a range"),
        (np.sign, "smooth"),
        (lambda x: np.clip(x, -1 / 3, 1), "near x = -0.3333"),
        (mf.Tanh, "write Tanh()"),
        (mf.ReLU, "takes none"),
    ],
    ids=range(14),
)
def test_functions_that_are_refused_in_one_line(function, said: str) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = ") as caught:
        mf.Network(mf.IID(2.0), function)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_error_inside_the_function_is_said() -> None:
    def fails(x):
        raise RuntimeError("first\nsecond")

    with pytest.raises(mf.InvalidNetwork, match=r"RuntimeError: first\)$"):
        mf.Tabulated.of(fails)

    def fails_far_out(x):
        if np.max(np.abs(x)) > 20:
            raise RuntimeError("far")
        return np.tanh(x)

    with pytest.raises(mf.InvalidNetwork, match="RuntimeError: far"):
        mf.Tabulated.of(fails_far_out)
    assert mf.Tabulated.of(fails_far_out, -10, 10).error < 1e-11


def test_describing_a_measured_curve_loads_nothing_heavy() -> None:
    code = (
        "import sys, mftheory as mf; x = [0, 1, 2, 3, 4, 5]; mf.Network(mf.IID(2.0), mf.Tabulated(x, x));"
        "assert not {'sympy', 'scipy', 'numba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
