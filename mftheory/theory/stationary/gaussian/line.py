"""Gaussian averages of any piecewise smooth nonlinearity, odd or not, by smoothing it.

Of x = u + v and y = u + v', u of variance c shared, v and v' independent of variance t, every average of the theory is
an integral of a square, since v and v' are averaged over first:

    ⟨f(x) f(y)⟩ = ∫ N(u; c) f_t(u)² du,   f_t(u) = ∫ f(u + v) N(v; t) dv,   f one of φ, φ', φ''.

A neuron with a static field h has u centred at h, its fluctuations around its own mean have the slope ⟨φ'φ'⟩ > 0. φ and
its derivatives are resolved once on panels of the whole line that shrink to their own scale, kinks at panel edges; then
neither steepness nor kinks cost digits.
"""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Nonlinearity
from mftheory.numerics.panels import Panels
from mftheory.theory.stationary.gaussian.heat import GAUSSIAN_EXTENT, smoothed
from mftheory.theory.stationary.gaussian.resolved_panels import (
    breaks,
    halved,
    named,
    resolve,
    smoothed_edges,
    suspects,
    width,
)

Array = NDArray[np.float64]

MARGIN = 1.5
"""Length of the line in units of GAUSSIAN_EXTENT √c0: u and v may both be far out."""


class Line:
    """φ, φ' and φ'' on panels of [-end, end], resolved.

    Attributes
    ----------
    panels : Panels
    tables : three pairs of arrays of shape (p, n)
        Values at the nodes and Legendre coefficients, of φ, φ' and φ''.
    kinks, strengths : arrays of shape (k,)
        Where φ' jumps, and by how much: δ-functions of φ''.
    breaks : array
        Where φ' or φ'' jumps, or may.
    """

    def __init__(self, phi: Nonlinearity, end: float, order: int) -> None:
        self._phi = phi
        suspected = suspects(phi, end, odd=False)
        doubled = np.array([0.0, *(end * 2.0 ** -np.arange(0.0, 4.0))])
        edges = np.unique(np.concatenate([-doubled, doubled, suspected]))
        self.panels = resolve(self._derivatives, edges, order, odd=False, name=named(phi))
        values = self._derivatives(self.panels.nodes)
        self.tables = tuple((f, np.ascontiguousarray(f @ self.panels.rule.to_coefficients.T)) for f in values)
        self.kinks, self.strengths, self.bends = breaks(self.panels, values, odd=False, name=named(phi))
        self.breaks = np.unique(np.concatenate([self.bends, suspected]))

    def smoothed(self, derivative: int, u: Array, t: float, squared: bool = False) -> Array:
        """Return f_t(u), f the derivative-th derivative of φ; or of f² instead, f one of φ and φ'."""
        kinks = (self.kinks, self.strengths) if derivative == 2 else (np.empty(0), np.empty(0))
        unit = self.panels.rule
        return smoothed(
            u, t, self.panels.edges, *self.tables[derivative], unit.nodes, unit.weights, *kinks, False, squared
        )

    def edges(self, t: float, spread: float) -> Array:
        """Return panels that resolve f_t and a Gaussian of that spread, where the Gaussian is not negligible."""
        end, finest = GAUSSIAN_EXTENT * spread, 0.7 * math.sqrt(t)
        return smoothed_edges(self.panels.edges, self.breaks, -end, end, finest, 1.5 * spread)

    def _derivatives(self, x: Array) -> tuple[Array, Array, Array]:
        values = self._phi.derivatives(x)
        wrong = ~np.all([np.isfinite(f) for f in values], axis=0)
        if wrong.any():
            raise NotConverged(
                f"{named(self._phi)}: overflows at x = {x[wrong].flat[0]:.3g}, on the way to the variance; "
                f"does φ saturate?"
            )
        return values


class LineAverages:
    """Averages of one nonlinearity at any variances.

    Parameters
    ----------
    phi : Nonlinearity
        Continuous; smooth between the kinks that abs, sign, maximum, minimum and clip make.
    step : float
        Fineness, as of the trapezoidal rule for tanh: the nodes per panel are 2.9/step, 16 by default.

    Raises
    ------
    Unsupported
        If φ jumps or is not piecewise smooth.
    NotConverged
        When asked at a variance for which φ or its derivatives overflow or oscillate too often.

    Examples
    --------
    >>> from mftheory import Nonlinearity
    >>> from mftheory.theory.stationary.gaussian.line import LineAverages
    >>> rectified = LineAverages(Nonlinearity("maximum(x, 0)"), 0.18)
    >>> print(f"{rectified.mean_square(0, 1.0, 1.0):.12f}")  # (√3 + 2π/3)/2π, the arc-cosine kernel at 60°
    0.608997781044
    """

    def __init__(self, phi: Nonlinearity, step: float) -> None:
        self._phi = phi
        self._order = max(8, round(2.9 / step))
        self._lines: dict[float, Line] = {}
        line = self.line(1.0)
        self.width = width(line.panels, line.tables[2][0], line.kinks, line.bends)

    def mean(self, c0: float) -> float:
        """Return ⟨φ⟩ at variance c0."""
        return float(self.line(c0).smoothed(0, np.zeros(1), c0)[0])

    def mean_slope(self, c0: float) -> float:
        """Return ⟨φ'⟩ at variance c0."""
        return float(self.line(c0).smoothed(1, np.zeros(1), c0)[0])

    def equal_time(self, derivative: int, c0: float) -> float:
        """Return ⟨f²⟩ of f = φ or φ' (0, 1) at variance c0."""
        return float(self.line(c0).smoothed(derivative, np.zeros(1), c0, squared=True)[0])

    def mean_square(self, derivative: int, c: float, t: float) -> float:
        """Return ⟨f(x) f(y)⟩ of f = φ, φ' or φ'' (0, 1, 2) at covariance c and variance c + t, t > 0."""
        if c <= 0:
            return float(self.line(t).smoothed(derivative, np.zeros(1), t)[0] ** 2)
        return float(self.mean_squares(derivative, np.zeros(1), c, c, t)[0])

    def mean_squares(self, derivative: int, fields: Array, c: float, total: float, t: float) -> Array:
        """Return ∫ N(u - h; c) f_t(u)² du at fields h, where h + u has the variance `total`."""
        line = self.line(total + t)
        mesh = Panels.on(line.edges(t, math.sqrt(total)), self._order)
        values = line.smoothed(derivative, mesh.nodes.ravel(), t).reshape(mesh.nodes.shape)
        coefficients = np.ascontiguousarray(values @ mesh.rule.to_coefficients.T)
        unit = mesh.rule
        none = np.empty(0)
        return smoothed(fields, c, mesh.edges, values, coefficients, unit.nodes, unit.weights, none, none, False, True)

    def mirrored(self, derivative: int, mean: float, c: float, total: float, t: float) -> float:
        """Return ⟨f(x) f(y)⟩ at the covariance -c: ∫ N(u - m; c) f_t(u) f_t(2m - u) du."""
        line, end = self.line(total + t), GAUSSIAN_EXTENT * math.sqrt(c)
        edges = line.edges(t, math.sqrt(total))
        edges = np.unique(np.clip(np.concatenate([edges, 2.0 * mean - edges]), mean - end, mean + end))
        mesh = Panels.on(halved(edges, 1.5 * math.sqrt(c)), self._order)
        u = mesh.nodes.ravel()
        values = line.smoothed(derivative, u, t) * line.smoothed(derivative, 2.0 * mean - u, t)
        density = np.exp(-0.5 * (u - mean) ** 2 / c) / math.sqrt(2.0 * math.pi * c)
        return float(np.sum(mesh.weights.ravel() * density * values))

    def line(self, c0: float) -> Line:
        """Return φ on a line long enough for averages at variance c0."""
        end = 2.0 ** math.ceil(math.log2(MARGIN * GAUSSIAN_EXTENT * math.sqrt(c0)))
        if end not in self._lines:
            self._lines[end] = Line(self._phi, end, self._order)
        return self._lines[end]
