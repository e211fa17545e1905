"""The source of a kernel computes the expression, and names and labels cannot break it."""

from dataclasses import replace

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from theory.coupled import blocks

import mftheory as mf
from mftheory.derivations.derivation import derive
from mftheory.kernels.printer import Printer

a, b, c = sp.symbols("a b c", positive=True)
POINT = {"a": 1.3, "b": 0.7, "c": 2.1}


def exact(expr: sp.Expr) -> float:
    return float(expr.subs({sp.Symbol(n, positive=True): sp.Rational(str(v)) for n, v in POINT.items()}))


def value(expr: sp.Expr) -> float:
    """Evaluate the source of an expression in a, b and c."""
    return eval(Printer().doprint(expr), dict(POINT))


@pytest.mark.exact
@pytest.mark.parametrize("expr", [a / b**2, -1 / b**2, a / (b + c) ** 2, a / (2 * b**3), a * c**2 / (b**2 * c), b**-2])
def test_denominators_that_are_powers(expr: sp.Expr) -> None:
    assert value(expr) == pytest.approx(exact(expr), rel=1e-15)


@pytest.mark.exact
@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.sampled_from([a, b, c, sp.Integer(2), sp.Rational(-3, 4), sp.Integer(-1)]),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda t: t[0] + t[1]),
            st.tuples(inner, inner).map(lambda t: t[0] * t[1]),
            st.tuples(inner, st.integers(-4, 4)).map(lambda t: t[0] ** t[1] if t[0] != 0 else t[0]),
        ),
        max_leaves=8,
    )
)
def test_any_rational_expression(expr: sp.Expr) -> None:
    try:
        expected, found = exact(expr), value(expr)
    except (TypeError, ZeroDivisionError, OverflowError):  # a denominator that is 0
        return
    if abs(expected) < 1e6:
        # What is added may cancel: 1e-10 seen.
        assert found == pytest.approx(expected, rel=1e-8, abs=1e-8)


@pytest.mark.exact
def test_a_label_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    label = 'x"""\nprint("executed")\n"""'
    for names in ("AB", "ABC"):
        psi = derive(replace(blocks(names), labels={"phiA": label})).four_point("phiA")
        assert psi.kernel().label == label
    assert "executed" not in capsys.readouterr().out


@pytest.mark.exact
@pytest.mark.parametrize("name", ["lambda", "None", "g x", 'x"y', "µ", "np", "abs2", "one_minus_s"])
def test_names_that_a_kernel_cannot_have(name: str) -> None:
    for names in ("AB", "ABC"):
        ensemble = blocks(names)
        value = sp.Symbol(name, positive=True)
        covariances = (replace(ensemble.covariances[0], value=value), *ensemble.covariances[1:])
        with pytest.raises(mf.InvalidNetwork, match="identifier as its name") as caught:
            derive(replace(ensemble, covariances=covariances)).four_point("phiA").kernel()
        assert "\n" not in str(caught.value)
