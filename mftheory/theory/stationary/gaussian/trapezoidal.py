"""Gaussian averages of tanh by a trapezoidal rule."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Tanh
from mftheory.theory.stationary.gaussian.heat import GAUSSIAN_EXTENT

Array = NDArray[np.float64]
Function = Callable[[Array], Any]

STEPS_PER_DEVIATION = 2.8
"""Step in units of the setting times the standard deviation: half a standard deviation at most, at a setting of 0.18;
more is too much beside sixth-order poles."""


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
        """Return ⟨φ'⟩."""
        x, weight = self._line(c0, self.extent)
        return float(weight @ self.first(x))

    def loss(self, c0: float) -> float:
        """Return 1 - ⟨φ'⟩."""
        if c0 > 1.0:
            return 1.0 - self.gain(c0)
        # By parts: Φ = x²/2 - D and ⟨D''⟩ = ⟨(x² - c0) D⟩/c0².
        x, weight = self._line(c0, math.inf)
        return float(weight @ ((np.square(x) - c0) * self.deficit(x))) / (c0 * c0)

    def excess(self, g: float, c0: float) -> float:
        """Return 2g² Var Φ/c0² - 1."""
        x, weight = self._line(c0, math.inf)
        if c0 > 1.0:
            return 2.0 * (g / c0) ** 2 * _variance(self.potential(x), weight) - 1.0
        # Φ = x²/2 - D: Var Φ = c0²/2 - Cov(x², D) + Var D, so the 1 cancels by hand.
        d = self.deficit(x)
        covariance = float(weight @ ((np.square(x) - c0) * d))
        lost = 2.0 * (covariance - _variance(d, weight)) / (c0 * c0)
        return (g - 1.0) * (g + 1.0) - g * g * lost

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return ⟨φ''(p+q) φ''(p-q)⟩, p and q independent of variances c0(1 ± sech θ)/2."""
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
            unit = np.arange(0.0, GAUSSIAN_EXTENT, self._step(float(narrow.max())) / float(narrow.max()))
            q_narrow = narrow * unit
            values = self.second(p[:, None] + q_narrow) * self.second(p[:, None] - q_narrow)
            unit_weight = _normal_weights(unit, np.array(1.0))
            result[~wide] = np.einsum("ip,ipq,q->i", p_weight[~wide], values, unit_weight)
        return result.reshape(theta.shape)

    def _wide(self, scale: Array) -> NDArray[np.bool_]:
        return np.asarray(scale >= 0.5)

    def _half_line(self, narrowest: float, widest: float, extent: float) -> Array:
        """Return nodes of x >= 0 that resolve both φ and a Gaussian of any scale between the two."""
        step = self._step(narrowest)
        return np.arange(0.0, min(GAUSSIAN_EXTENT * widest, extent) + step, step)

    def _step(self, scale: float) -> float:
        """Return the step of a lattice that resolves φ and a Gaussian of that scale.

        A step h leaves e^{-2π²(scale/h)²} of the Gaussian and e^{-2πd/h + d²/(2 scale²)} of a singularity d away.
        """
        return self.step * min(1.0, STEPS_PER_DEVIATION * scale)

    def _line(self, c0: float, extent: float) -> tuple[Array, Array]:
        scale = math.sqrt(c0)
        x = self._half_line(scale, scale, extent)
        return x, _normal_weights(x, np.array(scale))


def _normal_weights(x: Array, scale: Array) -> Array:
    """Return the trapezoidal weights of a centred Gaussian average of an even function on a lattice x >= 0."""
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
    """Return tanh'' = -2 tanh sech², sech² by an exponential: it keeps its digits in the tails, and near 0."""
    e = np.exp(-2.0 * np.abs(x))
    return np.asarray(-8.0 * np.tanh(x) * e / np.square(1.0 + e))


def _tanh_deficit(x: Array) -> Array:
    """Return x²/2 - ln cosh x = x⁴/12 - x⁶/45 + …"""
    small = np.abs(x) < 0.5
    z = np.square(np.where(small, x, 0.0))
    series = np.zeros_like(z)
    for coefficient in reversed(_log_cosh_series()):
        series = coefficient + z * series
    return np.asarray(np.where(small, -z * z * series, 0.5 * np.square(x) - _log_cosh(x)))


@lru_cache(maxsize=1)
def _log_cosh_series(terms: int = 20) -> tuple[float, ...]:
    """Return the coefficients of x⁴, x⁶, … in ln cosh x, from tanh' = 1 - tanh²."""
    tanh = [1.0]
    for n in range(1, terms + 1):
        tanh.append(-sum(tanh[i] * tanh[n - 1 - i] for i in range(n)) / (2 * n + 1))
    return tuple(coefficient / (2 * n + 2) for n, coefficient in enumerate(tanh) if n > 0)


def tanh_averages(step: float) -> QuadratureAverages:
    """Return the averages of tanh."""
    return QuadratureAverages(_log_cosh, _tanh_deficit, Tanh().derivative, _tanh_second, extent=20.0, step=step)
