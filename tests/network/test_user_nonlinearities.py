"""A user's φ: read by a whitelist, plain data, with exact derivatives; nothing else is read and nothing is run."""

import pickle
import subprocess
import sys

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory.network import expression

GIVEN = {
    "x/sqrt(1 + x**2)": lambda x: x / mp.sqrt(1 + x**2),
    "x/(1 + abs(x))": lambda x: x / (1 + abs(x)),
    "3*tanh(5*x) - x**3/(1 + x**4)": lambda x: 3 * mp.tanh(5 * x) - x**3 / (1 + x**4),
    "erf(sqrt(pi)*x/2) + erfc(x) - 1": lambda x: mp.erf(mp.sqrt(mp.pi) * x / 2) + mp.erfc(x) - 1,
    "arctan(2*x) + arcsinh(x)/7": lambda x: mp.atan(2 * x) + mp.asinh(x) / 7,
    "sin(x)*exp(-x**2) + cos(x) - 1": lambda x: mp.sin(x) * mp.exp(-(x**2)) + mp.cos(x) - 1,
    "log(1 + exp(x)) - log1p(e**2)": lambda x: mp.log(1 + mp.exp(x)) - mp.log1p(mp.e**2),
    "expm1(-x) + 2**x - (1 + x**2)**-2*x**3": lambda x: mp.expm1(-x) + mp.mpf(2) ** x - x**3 / (1 + x**2) ** 2,
    "sinh(x)/cosh(x)**2 + sech(x)": lambda x: mp.sinh(x) / mp.cosh(x) ** 2 + mp.sech(x),
    "(1 + x**2)**0.3 + (1 + x**2)**(-1/2)": lambda x: (1 + x**2) ** mp.mpf(0.3) + 1 / mp.sqrt(1 + x**2),
    "(2 + sin(x))**tanh(x)": lambda x: (2 + mp.sin(x)) ** mp.tanh(x),
    "maximum(x, -x/3, 0.1) + minimum(x, 1) + clip(x, -0.4, 0.8)": lambda x: (
        max(x, -x / 3, mp.mpf(0.1)) + min(x, 1) + min(max(x, mp.mpf(-0.4)), mp.mpf(0.8))
    ),
    "sign(x)*abs(x)**1.5": lambda x: mp.sign(x) * abs(x) ** mp.mpf(1.5),
    "-(+x)": lambda x: -x,
    "sigmoid(2*x - 1) + softplus(x)": lambda x: 1 / (1 + mp.exp(1 - 2 * x)) + mp.log1p(mp.exp(x)),
    "maximum(x, 0)**1.5": lambda x: max(x, mp.mpf(0)) ** mp.mpf(1.5),
}


@pytest.mark.numeric
@pytest.mark.parametrize("text", GIVEN)
def test_values_and_derivatives_against_mpmath(text) -> None:
    phi, exact = mf.Nonlinearity(text), GIVEN[text]
    x = np.array([-3.7, -0.9, -0.01, 0.35, 1.3, 6.0])
    values = phi.derivatives(x)
    assert np.array_equal(values[0], phi(x))
    assert np.array_equal(values[1], phi.derivative(x))
    with mp.workdps(40):
        for order, found in enumerate(values):
            expected = [float(mp.diff(exact, mp.mpf(float(v)), order)) for v in x]
            # Rounding of terms of order 1 to 1e4 (x**1.5 near 0 is steepest); seen 4e-15.
            assert found == pytest.approx(expected, rel=1e-13, abs=2e-14)


def test_derivatives_keep_their_digits_far_out() -> None:
    x = np.array([40.0, 340.0, 700.0])
    # tanh' = 4 e^{-2x} there, relative error of the exponential; softplus' is 1 although e^{2x} overflows.
    assert mf.Nonlinearity("tanh(x)").derivative(x[:1]) == pytest.approx(4 * np.exp(-80.0), rel=1e-13)
    softplus = mf.Nonlinearity("log(1 + exp(x))").derivatives(x)
    assert np.array_equal(softplus[1], np.ones(3))
    assert np.abs(softplus[2]).max() < 1e-15  # true: e^{-40}
    # The denominator or its derivatives overflow on the way to quotients that vanish.
    for steep in mf.Nonlinearity("sinh(x)/cosh(18.459*x) + 0.1*x").derivatives(np.linspace(38.0, 100.0, 500)):
        assert np.isfinite(steep).all()


@pytest.mark.numeric
def test_named_functions_are_finite_and_precise_at_any_input() -> None:
    x = np.array([-1e4, -745.0, -40.0, -1e-300, 0.0, 1e-300, 40.0, 745.0, 1e4])
    with mp.workdps(30):
        exact = {
            mf.Softplus(): lambda v: mp.log1p(mp.exp(v)),
            mf.Sigmoid(): lambda v: 1 / (1 + mp.exp(-v)),
            mf.ReLU(): lambda v: max(v, 0),
            mf.ThresholdPower(2.5): lambda v: max(v, mp.mpf(0)) ** 2.5,
        }
        for phi, function in exact.items():
            expected = [float(function(mp.mpf(float(v)))) for v in x]
            assert phi(x) == pytest.approx(expected, rel=1e-15, abs=5e-324)  # rounding; the tails too
            for derivative in phi.derivatives(x):
                assert np.isfinite(derivative).all()
    # At 0 as everywhere: the formula by maximum and abs would have one-sided slopes there.
    assert [float(part) for part in mf.Softplus().derivatives(np.array(0.0))] == [np.log(2.0), 0.5, 0.25]
    assert [float(part) for part in mf.Sigmoid().derivatives(np.array(0.0))] == [0.5, 0.25, 0.0]
    assert mf.ThresholdPower(2) == mf.Nonlinearity("maximum(x, 0)**2")
    assert mf.ThresholdPower(1).derivative(np.array(-1.0)) == 0
    for exponent in (0.5, 0, -1, np.nan, np.inf, "2", None):
        with pytest.raises(mf.InvalidNetwork, match=r"^exponent = .*must be"):
            mf.ThresholdPower(exponent)


def test_odd_functions_are_told_from_others() -> None:
    odd = ["x", "sin(x)", "1/(1+exp(-x)) - 1/2", "x/(1+abs(x))", "clip(x,-1,1)", "2**x - 2**(-x)", "x*cos(x)", "x**3"]
    other = ["maximum(x,0)", "1/(1+exp(-x))", "tanh(x) + 1e-12*x**2", "abs(x)", "clip(x,-1,2)", "tanh(x-1)", "exp(x)"]
    assert [mf.Nonlinearity(t).odd for t in odd] == [True] * len(odd)
    assert [mf.Nonlinearity(t).odd for t in other] == [False] * len(other)


def test_slopes_at_zero() -> None:
    for text, slope in (
        ("sign(x)*log(1+2*abs(x))", 2.0),
        ("3*tanh(5*x)", 15.0),
        ("x/(1+abs(x))", 1.0),
        ("x*sqrt(x**2)", 0.0),
        ("clip(x,-1,1)", 1.0),
    ):
        assert mf.Nonlinearity(text).slope_at_zero == pytest.approx(slope, abs=1e-15)


def test_plain_data() -> None:
    phi = mf.Nonlinearity("x / sqrt( 1+x **2 )")
    same = mf.Nonlinearity("(x/sqrt(1 + (x**2)))")
    assert phi == same
    assert hash(phi) == hash(same)
    assert phi != mf.Nonlinearity("x/sqrt(2 + x**2)")
    assert pickle.loads(pickle.dumps(phi)) == phi
    assert eval(repr(phi), {"Nonlinearity": mf.Nonlinearity}) == phi
    assert mf.Nonlinearity(phi.expression).expression == phi.expression
    assert mf.Nonlinearity("Max(x, Abs(x))") == mf.Nonlinearity("maximum(x, abs(x))")
    assert mf.Erf() == mf.Erf() != mf.Tanh()
    assert mf.Network(mf.IID(2.0), phi) == mf.Network(mf.IID(2.0), same)
    with pytest.raises(AttributeError):
        phi.expression = "x"  # type: ignore[misc]


def test_shape_and_precision_are_kept() -> None:
    for text in GIVEN:
        phi = mf.Nonlinearity(text)
        for dtype in (np.float32, np.float64):
            x = np.linspace(-2, 2, 6, dtype=dtype).reshape(2, 3)
            assert phi(x).dtype == dtype
            assert phi(x).shape == (2, 3)


def test_sympy_expressions() -> None:
    sympy = pytest.importorskip("sympy")
    y = sympy.Symbol(r"\theta", real=True)
    x = np.linspace(-2.1, 2.2, 8)
    for formula in (
        y / sympy.sqrt(1 + y**2),
        sympy.erf(sympy.sqrt(sympy.pi) * y / 2),
        sympy.Max(-1, sympy.Min(1, y)) + sympy.sign(y) * abs(y) ** sympy.Rational(3, 2),
        sympy.Float(0.1) * sympy.E * sympy.asinh(y) + sympy.sech(y),
        sympy.diff(sympy.tanh(y), y),
    ):
        # Not by lambdify: that of SymPy 1.13 prints Max and Min for numbers only.
        numbers = [float(formula.subs(y, sympy.Float(float(at), 30))) for at in x]
        assert mf.Nonlinearity(formula)(x) == pytest.approx(numbers, rel=1e-14, abs=1e-15)  # rounding; seen 4e-16
    for formula in (
        y * sympy.Symbol("z"),
        sympy.gamma(y),
        sympy.Integer(3),
        sympy.I * y,
        sympy.Piecewise((y, y < 1), (1, True)),
    ):
        with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = ") as caught:
            mf.Nonlinearity(formula)
        assert "\n" not in str(caught.value)


REFUSED = [
    "__import__('os')", "__import__('os').system('true')", "x.__class__", "lambda: 0", "open('f')", "x.real", "x[0]",
    "[x]", "(x, x)", "{x}", "x if x else 1", "x < 1", "x and x", "not x", "~x", "x ^ 2", "x | 1", "x % 2", "x // 2",
    "x @ x", "x := 1", "f'{x}'", "'x'", "b'x'", "1j*x", "True*x", "None", "...", "*x", "x; x", "x\nx", "import os", "y",
    "X", "x(1)", "exp", "exp()", "exp(x, x)", "exp(x=x)", "exp(*x)", "exp(**x)", "exp(exp)", "clip(x)", "maximum(x)",
    "eval('x')", "abs.__call__(x)", "(exp)(x)(x)", "gamma(x)", "1", "pi", "e + 2", "", " ", "\0", "x\0", "(", "x)",
    "#x", "x +", "1e999*x", "10**400*x", "9**9**9**9*x", "x/0", "(-1)**0.5*x", "log(-1)*x", "0**-1*x", "x*" + "9" * 900,
    "x" * 10**6, "(" * 400 + "x" + ")" * 400, "(" * 5000 + "x" + ")" * 5000, "-" * 900 + "x", "x+" * 400 + "x",
    "sin(" * 120 + "x" + ")" * 120, "x**" * 300 + "x",
]  # fmt: skip
NOT_FINITE = ["1/x", "log(x)", "sqrt(x)", "x**0.5", "sin(x)/x", "x**x", "exp(exp(x**2))", "1/(x-1)"]


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: t[:12])
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = .*must ") as caught:
        mf.Nonlinearity(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", NOT_FINITE)
def test_values_must_be_finite_real_numbers(text: str) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = .*finite real number .*not so at x = "):
        mf.Nonlinearity(text)


@pytest.mark.parametrize("value", [None, 3, b"x", ["x"], mf.Erf, np.tanh, lambda x: x])
def test_things_that_are_no_formula(value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = .*must be a formula"):
        mf.Nonlinearity(value)


@pytest.mark.parametrize("value", [None, 3, b"x", ["x"], mf.Erf, "tanh(x)"])
def test_things_that_are_no_nonlinearity(value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity"):
        mf.Network(mf.IID(2.0), value)


PIECES = st.sampled_from(
    ["x", "1", "0.5", "(", ")", "+", "-", "*", "**", "/", ",", " ", "exp", "tanh", "maximum", "pi", ".", "__class__",
     "'", "lambda", ":", "[", "]", "=", "if", "else", "open", "__import__", "os", "\n", "\\", "{", "}", "@", "e", "9"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
@settings(max_examples=400, deadline=None)
def test_no_text_is_run(text: str) -> None:
    """Any text is a formula of whitelisted parts, or refused; a watch on Python's audit events sees nothing run."""
    events: list[str] = []
    _watch(events)
    try:
        phi = mf.Nonlinearity(text)
    except mf.InvalidNetwork as error:
        events += ["several lines"] if "\n" in str(error) else []
    else:
        assert mf.Nonlinearity(phi.expression) == phi
        assert np.isfinite(phi(np.linspace(-3, 3, 7))).all()
    finally:
        _watch(None)
    assert not events


_watched: list[list[str] | None] = [None]
_RUNS = ("exec", "os.", "open", "subprocess.", "import", "socket.", "ctypes.")


def _audit(event: str, arguments: tuple) -> None:
    # scipy.special is imported at the first erf; that is ours.
    if _watched[0] is not None and event.startswith(_RUNS) and "scipy" not in repr(arguments):
        _watched[0].append(event)


sys.addaudithook(_audit)


def _watch(events: list[str] | None) -> None:
    _watched[0] = events


def test_the_watch_sees_what_it_should() -> None:
    events: list[str] = []
    _watch(events)
    try:
        eval("1 + 1")
    finally:
        _watch(None)
    assert "exec" in events


FORMULAS = st.recursive(
    st.one_of(st.just("x"), st.floats(0.1, 3).map(lambda v: f"{v:.3g}")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["sin", "tanh", "atan", "erf", "abs", "sech", "asinh"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(inner, st.integers(0, 3)).map(lambda t: f"{t[0]}**{t[1]}"),
        inner.map(lambda t: f"-{t}"),
    ),
    max_leaves=6,
)


@given(FORMULAS)
@settings(max_examples=150, deadline=None)
def test_any_formula_means_what_python_would_make_of_it(text: str) -> None:
    import scipy.special

    names = {n: getattr(np, n, None) for n in ("sin", "tanh", "abs")}
    names |= {"atan": np.arctan, "asinh": np.arcsinh, "erf": scipy.special.erf, "sech": lambda v: 1 / np.cosh(v)}
    x = np.linspace(-2, 2, 9)
    try:
        phi = mf.Nonlinearity(text)
    except mf.InvalidNetwork:
        return  # a constant, or one that overflows
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(eval(text, {"__builtins__": {}}, {**names, "x": x}), x.shape)
    # Rounding of nested powers, up to a few hundred units in the last place of the largest term.
    assert phi(x) == pytest.approx(expected, rel=1e-10, abs=1e-10 * (1 + np.abs(expected).max()))


def test_scaled_functions_are_recognised() -> None:
    def found(text: str):
        return expression.scaled_function(expression.parse(mf.Nonlinearity(text).expression))

    assert found("-3*tanh(-x*5/2)/6") == (-0.5, "tanh", -2.5)
    assert found("erf(x)") == (1.0, "erf", 1.0)
    assert found("sin(pi*x)*2") == (2.0, "sin", pytest.approx(np.pi))
    for text in ("tanh(x) + x", "tanh(x + 1)", "x", "tanh(x)*x", "tanh(tanh(x))", "1/tanh(1 + x**2)", "tanh(x**2)"):
        assert found(text) is None


def test_nothing_heavy_is_loaded_to_describe_a_network() -> None:
    code = (
        "import sys, mftheory as mf; mf.Network(mf.IID(2.0), mf.Nonlinearity('x/sqrt(1+x**2)'));"
        "assert not {'sympy', 'scipy', 'numba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
