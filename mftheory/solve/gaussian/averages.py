"""Averages of a nonlinearity over Gaussian preactivations.

For jointly Gaussian x, y of variance c0 and covariance c, with Φ' = φ, Price's theorem makes every average that
the two-point solution needs follow from three:

- the gain ⟨φ'⟩,
- the potential ∫_0^{c0} C^φ dc = ⟨Φ²⟩ - ⟨Φ⟩², a one-dimensional average, and
- the curvature ∂²C^φ/∂c² = ⟨φ''(x) φ''(y)⟩, which has the sign of c for odd φ, so that integrals of it build
  C^φ, the potential's shape and δ = 1 - g²⟨φ'⟩² without cancellation.

The covariance is given as θ, c = c0 sech θ, in which 1 - c/c0 is exact at both ends.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import Unsupported
from mftheory.network import Erf, Nonlinearity, Tanh
from mftheory.network.expression import parse, scaled_function
from mftheory.network.nonlinearity import checked

Array = NDArray[np.float64]
Function = Callable[[Array], Any]


class Averages(Protocol):
    """What the two-point solution asks of a nonlinearity, odd and continuous."""

    @property
    def width(self) -> float:
        """Length over which φ bends, about 1 for tanh(x) or less, shorter where kinks are closer."""
        ...

    def gain(self, c0: float) -> float:
        """⟨φ'⟩ at variance c0."""
        ...

    def excess(self, g: float, c0: float) -> float:
        """2g² (⟨Φ²⟩ - ⟨Φ⟩²)/c0² - 1, zero at the self-consistent variance."""
        ...

    def curvature(self, c0: float, theta: Array) -> Array:
        """⟨φ''(x) φ''(y)⟩ at covariance c0 sech θ, elementwise."""
        ...


class OneFunction(Averages, Protocol):
    """Of a single nonlinearity, also how far its gain is from that at rest."""

    @property
    def slope(self) -> float:
        """φ'(0)."""
        ...

    def loss(self, c0: float) -> float:
        """φ'(0) - ⟨φ'⟩, which keeps its digits as c0 → 0."""
        ...


def averages(nonlinearity: Nonlinearity, step: float = 0.18) -> OneFunction:
    """The Gaussian averages of a nonlinearity: closed forms for erf and sin, else quadrature on the scale of φ.

    Parameters
    ----------
    nonlinearity : Nonlinearity
        Odd, with φ'(0) >= 0. a F(b x) with F one of erf, sin and tanh takes the averages of F.
    step : float
        Largest trapezoidal step in x for tanh; at 0.18 the error of a function with triple poles at ±iπ/2, as tanh'',
        is below rounding. Other functions take a number of nodes per panel in proportion to its inverse.

    Raises
    ------
    InvalidNetwork
        If it is not a Nonlinearity.
    Unsupported
        If φ is not odd, falls at 0, jumps, or is not piecewise smooth.

    Examples
    --------
    >>> from mftheory import Erf, Nonlinearity, Tanh
    >>> from mftheory.solve.gaussian.averages import averages
    >>> round(averages(Erf()).gain(5.6374319609), 10)
    0.3185414949
    >>> round(averages(Tanh()).gain(1e4), 12)  # x spread over ±100, φ' over ±1
    0.007978517519
    >>> round(averages(Nonlinearity("clip(x, -1, 1)")).gain(1.0), 10)  # the probability of |x| < 1
    0.6826894921
    """
    if isinstance(nonlinearity, Erf):
        return ErfAverages()
    if isinstance(nonlinearity, Tanh):
        return QuadratureAverages(
            potential=_log_cosh,
            deficit=_tanh_deficit,
            first=nonlinearity.derivative,
            second=_tanh_second,
            extent=20.0,
            step=step,
        )
    text = checked(nonlinearity).expression
    if not nonlinearity.odd:
        raise Unsupported(
            f"nonlinearity = {text!r}: not odd, so the mean activity does not vanish; only solve(Network(...)) takes it"
        )
    if nonlinearity.slope_at_zero < 0:
        raise Unsupported(f"nonlinearity = {text!r}: falls at 0; take its negative, which is the same with J -> -J")
    found = scaled_function(parse(text))
    if found is not None and found[1] in ("erf", "sin", "tanh"):
        a, name, b = found
        if b < 0:
            a, b = -a, -b
        if name == "erf":
            return ScaledAverages(ErfAverages(), a, 2.0 * b / math.sqrt(math.pi))
        return ScaledAverages(SinAverages() if name == "sin" else averages(Tanh(), step), a, b)
    from mftheory.solve.gaussian.piecewise import PiecewiseAverages  # loads numba's compiled kernels

    return PiecewiseAverages(nonlinearity, step)


@dataclass(frozen=True)
class ScaledAverages:
    """Averages of a ψ(b x) from those of ψ.

    Attributes
    ----------
    unit : OneFunction
        Of ψ.
    a, b : float
        Above 0.
    """

    unit: OneFunction
    a: float
    b: float

    @property
    def width(self) -> float:
        """That of ψ, over b."""
        return self.unit.width / self.b

    @property
    def slope(self) -> float:
        """φ'(0)."""
        return self.a * self.b * self.unit.slope

    def loss(self, c0: float) -> float:
        """φ'(0) - ⟨φ'⟩."""
        return self.a * self.b * self.unit.loss(self.b**2 * c0)

    def gain(self, c0: float) -> float:
        """⟨φ'⟩."""
        return self.a * self.b * self.unit.gain(self.b**2 * c0)

    def excess(self, g: float, c0: float) -> float:
        """2g² Var Φ/c0² - 1."""
        return self.unit.excess(g * self.a * self.b, self.b**2 * c0)

    def curvature(self, c0: float, theta: Array) -> Array:
        """⟨φ''(x) φ''(y)⟩."""
        return np.asarray((self.a * self.b**2) ** 2 * self.unit.curvature(self.b**2 * c0, theta))


class SinAverages:
    """Closed forms for φ(x) = sin(x): C^φ = e^{-c0} sinh c, ⟨φ'⟩ = e^{-c0/2}."""

    width: ClassVar[float] = 1.0
    slope: ClassVar[float] = 1.0

    def gain(self, c0: float) -> float:
        """⟨cos x⟩ = e^{-c0/2}."""
        return math.exp(-0.5 * c0)

    def loss(self, c0: float) -> float:
        """1 - e^{-c0/2}."""
        return -math.expm1(-0.5 * c0)

    def excess(self, g: float, c0: float) -> float:
        """(g (1 - e^{-c0})/c0)² - 1, written so that it keeps its digits as g → 1 and c0 → 0."""
        above = (g - 1.0) - g * _exponential_deficit(c0)
        return above * (2.0 + above)

    def curvature(self, c0: float, theta: Array) -> Array:
        """e^{-c0} sinh(c0 sech θ)."""
        c = c0 / np.cosh(theta)
        apart = 2.0 * c * np.square(np.sinh(0.5 * np.asarray(theta)))  # c0 - c
        return np.asarray(-0.5 * np.exp(-apart) * np.expm1(-2.0 * c))


def _exponential_deficit(x: float) -> float:
    """1 - (1 - e^{-x})/x = x/2 - x²/6 + …, to full relative precision."""
    if x > 0.5:
        return 1.0 + math.expm1(-x) / x
    total, term, n = 0.0, -1.0, 1
    while abs(term) > 1e-17 * abs(total):
        n += 1
        term *= -x / n
        total += term
    return total


class ErfAverages:
    """Closed forms for φ(x) = erf(√π x/2) (theory §7).

    With k = (π/2)c0 / (1 + (π/2)c0): C^φ = (2/π) asin(k c/c0), ⟨φ'⟩ = √(1 - k).
    """

    width: ClassVar[float] = 1.0
    slope: ClassVar[float] = 1.0

    def gain(self, c0: float) -> float:
        """⟨φ'⟩ = 1/√(1 + (π/2) c0)."""
        return 1.0 / math.sqrt(1.0 + 0.5 * math.pi * c0)

    def loss(self, c0: float) -> float:
        """1 - ⟨φ'⟩."""
        steep = 0.5 * math.pi * c0
        root = math.sqrt(1.0 + steep)
        return steep / (root * (1.0 + root))

    def excess(self, g: float, c0: float) -> float:
        """g² (1 - k) (1 + q) - 1, written so that it keeps its digits as g → 1 and k → 0."""
        steep = 0.5 * math.pi * c0
        k = steep / (1.0 + steep)
        q = _asin_potential(k)
        return ((g - 1.0) * (g + 1.0) + g * g * q - steep) / (1.0 + steep)

    def curvature(self, c0: float, theta: Array) -> Array:
        """(2/π) (k/c0)² k t / (1 - k² t²)^{3/2}, t = sech θ."""
        steep = 0.5 * math.pi * c0
        k = steep / (1.0 + steep)
        t = 1.0 / np.cosh(theta)
        # 1 - k²t² as a sum of positive terms: (1 - k²) + k² tanh²θ
        rest = (1.0 + k) / (1.0 + steep) + np.square(k * np.tanh(theta))
        return np.asarray((2.0 / math.pi) * (k / c0) ** 2 * k * t / (rest * np.sqrt(rest)))


def _asin_potential(k: float) -> float:
    """q(k) = 2 (k asin k + √(1-k²) - 1)/k² - 1 = k²/12 + …, to full relative precision."""
    if k > 0.5:
        return 2.0 * (k * math.asin(k) + math.sqrt(1.0 - k * k) - 1.0) / (k * k) - 1.0
    # asin k = Σ a_n k^{2n+1}, hence q = Σ_{n≥1} a_n k^{2n}/(n+1)
    total, coefficient, n = 0.0, 1.0, 0
    while True:
        n += 1
        coefficient *= (2 * n - 1) / (2 * n) * k * k
        term = coefficient / ((2 * n + 1) * (n + 1))
        total += term
        if term <= 1e-17 * total:
            return total


@dataclass(frozen=True)
class QuadratureAverages:
    """Trapezoidal averages whose nodes lie on the nonlinearity's own scale, whatever the variance.

    Gauss–Hermite nodes lie on the scale √c0 instead and fail quietly for steep nonlinearities (theory §7).
    A trapezoidal rule on the line converges exponentially for an analytic integrand: its step must resolve
    the Gaussian and φ, whichever is the narrower.

    Attributes
    ----------
    potential : callable
        Φ(x) = ∫_0^x φ.
    deficit : callable
        x²/2 - Φ(x) for φ'(0) = 1, without cancellation at small x.
    first, second : callables
        φ' and φ''.
    extent : float
        φ'(x) is below rounding error beyond ±extent (φ'' likewise).
    step : float
        Largest step in x.
    """

    potential: Function
    deficit: Function
    first: Function
    second: Function
    extent: float
    step: float
    width: ClassVar[float] = 1.0
    slope: ClassVar[float] = 1.0

    def gain(self, c0: float) -> float:
        """⟨φ'⟩."""
        x, weight = self._line(c0, self.extent)
        return float(weight @ self.first(x))

    def loss(self, c0: float) -> float:
        """1 - ⟨φ'⟩."""
        if c0 > 1.0:
            return 1.0 - self.gain(c0)
        # By parts: Φ = x²/2 - D and ⟨D''⟩ = ⟨(x² - c0) D⟩/c0².
        x, weight = self._line(c0, math.inf)
        return float(weight @ ((np.square(x) - c0) * self.deficit(x))) / (c0 * c0)

    def excess(self, g: float, c0: float) -> float:
        """2g² Var Φ/c0² - 1."""
        x, weight = self._line(c0, math.inf)
        if c0 > 1.0:
            return 2.0 * (g / c0) ** 2 * _variance(self.potential(x), weight) - 1.0
        # Φ = x²/2 - D: Var Φ = c0²/2 - Cov(x², D) + Var D, so the 1 cancels by hand.
        d = self.deficit(x)
        covariance = float(weight @ ((np.square(x) - c0) * d))
        lost = 2.0 * (covariance - _variance(d, weight)) / (c0 * c0)
        return (g - 1.0) * (g + 1.0) - g * g * lost

    def curvature(self, c0: float, theta: Array) -> Array:
        """⟨φ''(p+q) φ''(p-q)⟩, p and q independent of variances c0(1 ± sech θ)/2."""
        theta = np.asarray(theta, dtype=np.float64)
        flat = theta.ravel()
        t = 1.0 / np.cosh(flat)
        p_scale = np.sqrt(0.5 * c0 * (1.0 + t))
        q_scale = np.sqrt(c0 * t) * np.sinh(0.5 * flat)  # 1 - sech θ = 2 sech θ sinh²(θ/2)
        p = self._half_line(math.sqrt(0.5 * c0), math.sqrt(c0), 0.5 * self.extent)
        p_weight = _normal_weights(p, p_scale[:, None])
        result = np.empty_like(flat)
        # Where q is spread wider than φ, all covariances share one lattice and the sum is a matrix product.
        wide = self._wide(q_scale)
        if wide.any():
            q = np.arange(0.0, 0.5 * self.extent + self.step, self.step)
            q_weight = _normal_weights(q, q_scale[wide, None])
            table = self.second(p[:, None] + q) * self.second(p[:, None] - q)
            result[wide] = np.sum((p_weight[wide] @ table) * q_weight, axis=1)
        if not wide.all():
            narrow = q_scale[~wide, None, None]
            unit = np.arange(0.0, _REACH, self._step(float(narrow.max())) / float(narrow.max()))
            q_narrow = narrow * unit
            values = self.second(p[:, None] + q_narrow) * self.second(p[:, None] - q_narrow)
            unit_weight = _normal_weights(unit, np.array(1.0))
            result[~wide] = np.einsum("ip,ipq,q->i", p_weight[~wide], values, unit_weight)
        return result.reshape(theta.shape)

    def _wide(self, scale: Array) -> NDArray[np.bool_]:
        return np.asarray(scale >= 0.5)

    def _half_line(self, narrowest: float, widest: float, extent: float) -> Array:
        """Nodes of x >= 0 that resolve both φ and a Gaussian of any scale between the two."""
        step = self._step(narrowest)
        return np.arange(0.0, min(_REACH * widest, extent) + step, step)

    def _step(self, scale: float) -> float:
        """Of a lattice that resolves φ and a Gaussian of that scale.

        A step h leaves e^{-2π²(scale/h)²} of the Gaussian and e^{-2πd/h + d²/(2 scale²)} of a singularity d away.
        """
        return self.step * min(1.0, _STEPS * scale)

    def _line(self, c0: float, extent: float) -> tuple[Array, Array]:
        scale = math.sqrt(c0)
        x = self._half_line(scale, scale, extent)
        return x, _normal_weights(x, np.array(scale))


_REACH = 9.0  # standard deviations: the Gaussian is at 3e-18 of its peak
_STEPS = 2.8  # half a standard deviation at most, at a step of 0.18; more is too much beside sixth-order poles


def _normal_weights(x: Array, scale: Array) -> Array:
    """Trapezoidal weights of a centred Gaussian average of an even function on a lattice x >= 0."""
    weights = np.exp(-0.5 * np.square(x / scale)) * ((x[1] - x[0]) * math.sqrt(2.0 / math.pi) / scale)
    weights[..., 0] *= 0.5
    return np.asarray(weights)


def _variance(values: Array, weight: Array) -> float:
    mean = float(weight @ values)
    return float(weight @ np.square(values - mean))


def _log_cosh(x: Array) -> Array:
    size = np.abs(x)
    return np.asarray(size + np.log1p(np.exp(-2.0 * size)) - math.log(2.0))


def _tanh_second(x: Array) -> Array:
    """tanh'' = -2 tanh sech², sech² by an exponential: it keeps its digits in the tails, and near 0."""
    e = np.exp(-2.0 * np.abs(x))
    return np.asarray(-8.0 * np.tanh(x) * e / np.square(1.0 + e))


def _tanh_deficit(x: Array) -> Array:
    """x²/2 - ln cosh x = x⁴/12 - x⁶/45 + …"""
    small = np.abs(x) < 0.5
    z = np.square(np.where(small, x, 0.0))
    series = np.zeros_like(z)
    for coefficient in reversed(_log_cosh_series()):
        series = coefficient + z * series
    return np.asarray(np.where(small, -z * z * series, 0.5 * np.square(x) - _log_cosh(x)))


@lru_cache(maxsize=1)
def _log_cosh_series(terms: int = 20) -> tuple[float, ...]:
    """Coefficients of x⁴, x⁶, … in ln cosh x, from tanh' = 1 - tanh²."""
    tanh = [1.0]
    for n in range(1, terms + 1):
        tanh.append(-sum(tanh[i] * tanh[n - 1 - i] for i in range(n)) / (2 * n + 1))
    return tuple(coefficient / (2 * n + 2) for n, coefficient in enumerate(tanh) if n > 0)
