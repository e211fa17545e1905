"""Values, first and second derivatives carried through a computation together (truncated Taylor series)."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np


class Taylor:
    """A truncated Taylor series: f, f' and f'' at the same points.

    Attributes
    ----------
    value, first, second : float or array
    """

    __slots__ = ("first", "second", "value")
    __array_ufunc__ = None  # array * Taylor is Taylor's affair

    def __init__(self, value: Any, first: Any = 0.0, second: Any = 0.0) -> None:
        self.value, self.first, self.second = value, first, second

    @classmethod
    def of(cls, other: Any) -> "Taylor":
        """Return a constant as a series."""
        return other if isinstance(other, Taylor) else cls(other)

    @staticmethod
    def larger(a: Any, b: Any) -> "Taylor":
        """Return maximum(a, b) with its one-sided derivatives."""
        a, b = Taylor.of(a), Taylor.of(b)
        first = a.value >= b.value
        return Taylor(
            np.where(first, a.value, b.value),
            np.where(first, a.first, b.first),
            np.where(first, a.second, b.second),
        )

    def apply(self, value: Any, first: Any, second: Any) -> "Taylor":
        """Return F(self), given F, F' and F'' at self.value."""
        return Taylor(value, first * self.first, second * self.first * self.first + first * self.second)

    def __neg__(self) -> "Taylor":
        return Taylor(-self.value, -self.first, -self.second)

    def __add__(self, other: Any) -> "Taylor":
        b = Taylor.of(other)
        return Taylor(self.value + b.value, self.first + b.first, self.second + b.second)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Taylor":
        return self + (-Taylor.of(other))

    def __rsub__(self, other: Any) -> "Taylor":
        return (-self) + other

    def __mul__(self, other: Any) -> "Taylor":
        b = Taylor.of(other)
        return Taylor(
            self.value * b.value,
            self.first * b.value + self.value * b.first,
            self.second * b.value + 2.0 * self.first * b.first + self.value * b.second,
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Taylor":
        # From q b = a: it keeps its digits where the textbook quotient of squares overflows.
        b = Taylor.of(other)
        value = self.value / b.value
        first = (self.first - value * b.first) / b.value
        second = (self.second - 2.0 * first * b.first - value * b.second) / b.value
        overflow = np.isinf(b.value) | np.isinf(b.first) | np.isinf(b.second)
        if np.any(gone := overflow & (np.abs(value) < 1e-200)):  # 0 · ∞ on the way, of a quotient that vanishes
            first, second = np.where(gone, 0.0, first), np.where(gone, 0.0, second)
        return Taylor(value, first, second)

    def __rtruediv__(self, other: Any) -> "Taylor":
        return Taylor.of(other) / self

    def __pow__(self, exponent: float) -> "Taylor":
        value = self.value**exponent
        first = exponent * self.value ** (exponent - 1.0)
        second = exponent * (exponent - 1.0) * self.value ** (exponent - 2.0)
        if exponent > 1.0:  # maximum(x, 0)**1.5 is constant below 0, although its base has an infinite φ'' at 0
            flat = (np.asarray(self.first) == 0) & (np.asarray(self.second) == 0)
            first, second = np.where(flat, 0.0, first), np.where(flat, 0.0, second)
        return self.apply(value, first, second)


class Function:
    """A function F of one argument, applied to floats, arrays and Taylor series.

    Parameters
    ----------
    value : callable
        F(v).
    series : callable
        (v, F(v.value)) -> F(v) for a Taylor series v.
    """

    def __init__(self, value: Callable[[Any], Any], series: Callable[[Taylor, Any], Taylor]) -> None:
        self._value, self._series = value, series

    def __call__(self, v: Any) -> Any:
        return self._series(v, self._value(v.value)) if isinstance(v, Taylor) else self._value(v)


def _erf(v: Any) -> Any:
    from scipy.special import erf  # imported on use: `import mftheory` loads NumPy at most

    return erf(v)


def _erfc(v: Any) -> Any:
    from scipy.special import erfc

    return erfc(v)


def _erf_series(v: Taylor, f: Any) -> Taylor:
    first = 2.0 / math.sqrt(math.pi) * np.exp(-v.value * v.value)
    return v.apply(f, first, -2.0 * v.value * first)


def _erfc_series(v: Taylor, f: Any) -> Taylor:
    first = -2.0 / math.sqrt(math.pi) * np.exp(-v.value * v.value)
    return v.apply(f, first, -2.0 * v.value * first)


def _sech(v: Any) -> Any:
    # 1/cosh would overflow on the way to 0.
    e = np.exp(-np.abs(v))
    return 2.0 * e / (1.0 + e * e)


def _sigmoid(v: Any) -> Any:
    # By an exponential that underflows, with all digits in either tail.
    e = np.exp(-np.abs(v))
    return np.where(v >= 0, 1.0, e) / (1.0 + e)


def _sigmoid_series(v: Taylor, f: Any) -> Taylor:
    other = _sigmoid(-v.value)
    return v.apply(f, f * other, f * other * (other - f))


def _softplus(v: Any) -> Any:
    return np.maximum(v, 0.0) + np.log1p(np.exp(-np.abs(v)))


def _softplus_series(v: Taylor, f: Any) -> Taylor:
    first = _sigmoid(v.value)
    return v.apply(f, first, first * _sigmoid(-v.value))


def _tanh_series(v: Taylor, f: Any) -> Taylor:
    # 1 - tanh² would lose all digits in the tails.
    first = _sech(v.value) ** 2
    return v.apply(f, first, -2.0 * f * first)


def _sech_series(v: Taylor, f: Any) -> Taylor:
    return v.apply(f, -f * np.tanh(v.value), f * (1.0 - 2.0 * f * f))


def _expm1_series(v: Taylor, f: Any) -> Taylor:
    first = np.exp(v.value)
    return v.apply(f, first, first)


def _atan_series(v: Taylor, f: Any) -> Taylor:
    first = 1.0 / (1.0 + v.value * v.value)
    return v.apply(f, first, -2.0 * v.value * first * first)


def _asinh_series(v: Taylor, f: Any) -> Taylor:
    first = 1.0 / np.sqrt(1.0 + v.value * v.value)
    return v.apply(f, first, -v.value * first**3)


# Three whose squares would overflow, or underflow, unnoticed: from e^f = v, e^f = 1 + v and f² = v.


def _log_series(v: Taylor, f: Any) -> Taylor:
    first = v.first / v.value
    return Taylor(f, first, v.second / v.value - first * first)


def _log1p_series(v: Taylor, f: Any) -> Taylor:
    return _log_series(1.0 + v, f)


def _sqrt_series(v: Taylor, f: Any) -> Taylor:
    first = 0.5 * v.first / f
    return Taylor(f, first, (0.5 * v.second - first * first) / f)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": Function(np.abs, lambda v, f: v.apply(f, np.sign(v.value), 0.0)),
    "sign": Function(np.sign, lambda v, f: Taylor(f)),
    "sqrt": Function(np.sqrt, _sqrt_series),
    "exp": Function(np.exp, lambda v, f: v.apply(f, f, f)),
    "expm1": Function(np.expm1, _expm1_series),
    "log": Function(np.log, _log_series),
    "log1p": Function(np.log1p, _log1p_series),
    "sin": Function(np.sin, lambda v, f: v.apply(f, np.cos(v.value), -f)),
    "cos": Function(np.cos, lambda v, f: v.apply(f, -np.sin(v.value), -f)),
    "sinh": Function(np.sinh, lambda v, f: v.apply(f, np.cosh(v.value), f)),
    "cosh": Function(np.cosh, lambda v, f: v.apply(f, np.sinh(v.value), f)),
    "tanh": Function(np.tanh, _tanh_series),
    "sech": Function(_sech, _sech_series),
    "atan": Function(np.arctan, _atan_series),
    "asinh": Function(np.arcsinh, _asinh_series),
    "sigmoid": Function(_sigmoid, _sigmoid_series),
    "softplus": Function(_softplus, _softplus_series),
    "erf": Function(_erf, _erf_series),
    "erfc": Function(_erfc, _erfc_series),
}
"""Functions that a formula may call, by name."""
