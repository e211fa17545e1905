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
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import Unsupported
from mftheory.network import Erf, Nonlinearity, Tanh
from mftheory.network.curve import checked
from mftheory.network.expression import parse, scaled_function
from mftheory.theory.stationary.gaussian.resolved_panels import named
from mftheory.theory.stationary.gaussian.trapezoidal import tanh_averages

Array = NDArray[np.float64]


class Averages(Protocol):
    """The averages of an odd, continuous nonlinearity that the two-point solution needs."""

    def __hash__(self) -> int: ...

    @property
    def width(self) -> float:
        """Length over which φ bends, about 1 for tanh(x) or less, shorter where kinks are closer."""
        ...

    def gain(self, c0: float) -> float:
        """Return ⟨φ'⟩ at variance c0."""
        ...

    def excess(self, g: float, c0: float) -> float:
        """Return 2g² (⟨Φ²⟩ - ⟨Φ⟩²)/c0² - 1, zero at the self-consistent variance."""
        ...

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return ⟨φ''(x) φ''(y)⟩ at covariance c0 sech θ, elementwise."""
        ...


class OneFunction(Averages, Protocol):
    """The averages of a single nonlinearity, and how far its gain is from that at rest."""

    @property
    def slope(self) -> float:
        """φ'(0)."""
        ...

    def loss(self, c0: float) -> float:
        """Return φ'(0) - ⟨φ'⟩, which keeps its digits as c0 → 0."""
        ...


def averages(nonlinearity: Nonlinearity, step: float = 0.18) -> OneFunction:
    """Return the Gaussian averages of a nonlinearity: closed forms for erf and sin, else quadrature on the scale of φ.

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
    >>> from mftheory.theory.stationary.gaussian.averages import averages
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
        return tanh_averages(step)
    nonlinearity = checked(nonlinearity)
    if not nonlinearity.odd:
        raise Unsupported(
            f"{named(nonlinearity)}: not odd, so the mean activity does not vanish; only solve(Network(...)) takes it"
        )
    if nonlinearity.slope_at_zero < 0:
        raise Unsupported(f"{named(nonlinearity)}: falls at 0; take its negative, which is the same with J -> -J")
    text = nonlinearity.expression
    scaled = scaled_function(parse(text)) if text else None
    if scaled is not None and scaled[1] in ("erf", "sin", "tanh"):
        a, name, b = scaled
        if b < 0:
            a, b = -a, -b
        if name == "erf":
            return ScaledAverages(ErfAverages(), a, 2.0 * b / math.sqrt(math.pi))
        return ScaledAverages(SinAverages() if name == "sin" else tanh_averages(step), a, b)
    from mftheory.theory.stationary.gaussian.piecewise import PiecewiseAverages  # loads numba's compiled kernels

    return PiecewiseAverages(nonlinearity, step)


@dataclass(frozen=True)
class ScaledAverages:
    """Averages of a ψ(b x) from those of ψ.

    Attributes
    ----------
    unit : OneFunction
        Averages of ψ.
    a, b : float
        Factors above 0.
    """

    unit: OneFunction
    a: float
    b: float

    @property
    def width(self) -> float:
        """Length over which φ bends: that of ψ, over b."""
        return self.unit.width / self.b

    @property
    def slope(self) -> float:
        """φ'(0)."""
        return self.a * self.b * self.unit.slope

    def loss(self, c0: float) -> float:
        """Return φ'(0) - ⟨φ'⟩."""
        return self.a * self.b * self.unit.loss(self.b**2 * c0)

    def gain(self, c0: float) -> float:
        """Return ⟨φ'⟩."""
        return self.a * self.b * self.unit.gain(self.b**2 * c0)

    def excess(self, g: float, c0: float) -> float:
        """Return 2g² Var Φ/c0² - 1."""
        return self.unit.excess(g * self.a * self.b, self.b**2 * c0)

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return ⟨φ''(x) φ''(y)⟩."""
        return np.asarray((self.a * self.b**2) ** 2 * self.unit.curvature(self.b**2 * c0, theta))


class SinAverages:
    """Closed forms for φ(x) = sin(x): C^φ = e^{-c0} sinh c, ⟨φ'⟩ = e^{-c0/2}."""

    width: ClassVar[float] = 1.0
    slope: ClassVar[float] = 1.0

    def gain(self, c0: float) -> float:
        """Return ⟨cos x⟩ = e^{-c0/2}."""
        return math.exp(-0.5 * c0)

    def loss(self, c0: float) -> float:
        """Return 1 - e^{-c0/2}."""
        return -math.expm1(-0.5 * c0)

    def excess(self, g: float, c0: float) -> float:
        """Return (g (1 - e^{-c0})/c0)² - 1, written so that it keeps its digits as g → 1 and c0 → 0."""
        above = (g - 1.0) - g * _exponential_deficit(c0)
        return above * (2.0 + above)

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return e^{-c0} sinh(c0 sech θ)."""
        c = c0 / np.cosh(theta)
        apart = 2.0 * c * np.square(np.sinh(0.5 * np.asarray(theta)))  # c0 - c
        return np.asarray(-0.5 * np.exp(-apart) * np.expm1(-2.0 * c))


def _exponential_deficit(x: float) -> float:
    """Return 1 - (1 - e^{-x})/x = x/2 - x²/6 + …, to full relative precision."""
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
        """Return ⟨φ'⟩ = 1/√(1 + (π/2) c0)."""
        return 1.0 / math.sqrt(1.0 + 0.5 * math.pi * c0)

    def loss(self, c0: float) -> float:
        """Return 1 - ⟨φ'⟩."""
        steep = 0.5 * math.pi * c0
        root = math.sqrt(1.0 + steep)
        return steep / (root * (1.0 + root))

    def excess(self, g: float, c0: float) -> float:
        """Return g² (1 - k) (1 + q) - 1, written so that it keeps its digits as g → 1 and k → 0."""
        steep = 0.5 * math.pi * c0
        k = steep / (1.0 + steep)
        q = _asin_potential(k)
        return ((g - 1.0) * (g + 1.0) + g * g * q - steep) / (1.0 + steep)

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return (2/π) (k/c0)² k t / (1 - k² t²)^{3/2}, t = sech θ."""
        steep = 0.5 * math.pi * c0
        k = steep / (1.0 + steep)
        t = 1.0 / np.cosh(theta)
        # 1 - k²t² as a sum of positive terms: (1 - k²) + k² tanh²θ
        rest = (1.0 + k) / (1.0 + steep) + np.square(k * np.tanh(theta))
        return np.asarray((2.0 / math.pi) * (k / c0) ** 2 * k * t / (rest * np.sqrt(rest)))


def _asin_potential(k: float) -> float:
    """Return q(k) = 2 (k asin k + √(1-k²) - 1)/k² - 1 = k²/12 + …, to full relative precision."""
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
