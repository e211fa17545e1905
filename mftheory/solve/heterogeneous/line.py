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

from mftheory.errors import NotConverged, Unsupported
from mftheory.network import Nonlinearity
from mftheory.solve.gaussian.heat import REACH, smoothed
from mftheory.solve.gaussian.kinks import possible_kinks
from mftheory.solve.gaussian.piecewise import _balanced, _halved
from mftheory.solve.panels import Panels, rule

Array = NDArray[np.float64]

MAX_HALVINGS = 40
MAX_PANELS = 20_000
RESOLVED = 1e-14  # last Legendre coefficients, relative to the largest value
MARGIN = 1.5  # of the line, in units of REACH √c0: u and v may both be far out


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
        self._name = f"nonlinearity = {phi.expression!r}"
        self._order = order
        suspects = self._suspects(end)
        doubled = np.array([0.0, *(end * 2.0 ** -np.arange(0.0, 4.0))])
        self.panels = self._resolved(np.unique(np.concatenate([-doubled, doubled, suspects])))
        values = self._derivatives(self.panels.nodes)
        self.tables = tuple((f, np.ascontiguousarray(f @ self.panels.rule.to_coefficients.T)) for f in values)
        inner = self.panels.edges[1:-1]
        scale = [float(np.max(np.abs(f))) for f in values]
        jumps = [_jumps(table) for _, table in self.tables]
        if (broken := np.abs(jumps[0]) > 1e-9 * scale[0]).any():
            raise Unsupported(
                f"{self._name}: jumps at x = {inner[np.argmax(broken)]:.6g}; averages are known for a continuous φ"
            )
        kinked, bent = np.abs(jumps[1]) > 1e-10 * scale[1], np.abs(jumps[2]) > 1e-9 * scale[2]
        self.kinks, self.strengths = inner[kinked], jumps[1][kinked]
        self.breaks = np.unique(np.concatenate([inner[kinked | bent], suspects]))

    def smoothed(self, derivative: int, u: Array, t: float, squared: bool = False) -> Array:
        """f_t(u), f the derivative-th derivative of φ; or of f² instead, f one of φ and φ'."""
        kinks = (self.kinks, self.strengths) if derivative == 2 else (np.empty(0), np.empty(0))
        unit = self.panels.rule
        return smoothed(
            u, t, self.panels.edges, *self.tables[derivative], unit.nodes, unit.weights, *kinks, False, squared
        )

    def edges(self, t: float, spread: float) -> Array:
        """Panels that resolve f_t on [-end, end], end = REACH spread, and a Gaussian of that spread.

        Those of φ, merged below the smoothing length √t, graded towards breaks down to it.
        """
        end, finest = REACH * spread, 0.7 * math.sqrt(t)
        around = np.concatenate([self.breaks, self.breaks - finest, self.breaks + finest])
        candidates = np.unique(np.concatenate([self.panels.edges, around, [end]]))
        edges = [-end]
        for edge in candidates[(candidates > -end) & (candidates <= end)]:
            if edge - edges[-1] >= 0.99 * finest or edge == end:
                edges.append(float(edge))
        return _halved(_balanced(np.array(edges), finest), 1.5 * spread)

    def _resolved(self, edges: Array) -> Panels:
        """Halve panels until φ' and φ'' are polynomials on each."""
        left, right = edges[:-1], edges[1:]
        before = np.full(left.size, np.inf)
        done: list[Array] = [edges[:1], edges[-1:]]
        unit = rule(self._order)
        steepest = curved = 0.0
        for _ in range(MAX_HALVINGS):
            x = 0.5 * (left + right)[:, None] + 0.5 * (right - left)[:, None] * unit.nodes
            _, first, second = self._derivatives(x)
            steepest = max(steepest, float(np.max(np.abs(first))))
            # A φ'' that is nothing but rounding errors of φ' is taken as 0.
            curved = max(curved, float(np.max(np.abs(second))), 1e-3 * steepest)
            tails = [np.max(np.abs((f @ unit.to_coefficients.T)[:, -2:]), axis=1) for f in (first, second)]
            noise = (tails[1] <= 1e-11 * curved) & (tails[1] > 0.25 * before)
            good = ((tails[1] <= RESOLVED * curved) | noise) & (tails[0] <= 1e-10 * steepest)
            done += [left[good], right[good]]
            left, right, before = left[~good], right[~good], np.repeat(tails[1][~good], 2)
            if left.size == 0:
                return Panels.on(np.unique(np.concatenate(done)), self._order)
            middle = 0.5 * (left + right)
            left = np.stack([left, middle], axis=1).ravel()
            right = np.stack([middle, right], axis=1).ravel()
            if left.size > MAX_PANELS:
                raise NotConverged(f"{self._name}: not resolved up to x = {edges[-1]:.3g}; does φ saturate?")
        raise Unsupported(
            f"{self._name}: not smooth near x = {left[0]:.6g}; write kinks with abs, sign, maximum, minimum or clip"
        )

    def _derivatives(self, x: Array) -> tuple[Array, Array, Array]:
        found = self._phi.derivatives(x)
        wrong = ~np.all([np.isfinite(f) for f in found], axis=0)
        if wrong.any():
            raise NotConverged(
                f"{self._name}: overflows at x = {x[wrong].flat[0]:.3g}, on the way to the variance; does φ saturate?"
            )
        return found

    def _suspects(self, end: float) -> Array:
        """Where φ may have kinks in (-end, end)."""
        half = np.concatenate([np.geomspace(1e-9 * end, end, 2000), np.linspace(0.0, end, 2000)])
        return possible_kinks(self._phi, np.unique(np.concatenate([-half, half])))


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
    >>> from mftheory.solve.heterogeneous.line import LineAverages
    >>> rectified = LineAverages(Nonlinearity("maximum(x, 0)"), 0.18)
    >>> print(f"{rectified.mean_square(0, 1.0, 1.0):.12f}")  # (√3 + 2π/3)/2π, the arc-cosine kernel at 60°
    0.608997781044
    """

    def __init__(self, phi: Nonlinearity, step: float) -> None:
        self._phi = phi
        self._order = max(8, round(2.9 / step))
        self._lines: dict[float, Line] = {}
        self.width = self._width()

    def mean(self, c0: float) -> float:
        """⟨φ⟩ at variance c0."""
        return float(self.line(c0).smoothed(0, np.zeros(1), c0)[0])

    def mean_slope(self, c0: float) -> float:
        """⟨φ'⟩ at variance c0."""
        return float(self.line(c0).smoothed(1, np.zeros(1), c0)[0])

    def equal_time(self, derivative: int, c0: float) -> float:
        """⟨f²⟩ of f = φ or φ' (0, 1) at variance c0."""
        return float(self.line(c0).smoothed(derivative, np.zeros(1), c0, squared=True)[0])

    def mean_square(self, derivative: int, c: float, t: float) -> float:
        """⟨f(x) f(y)⟩ of f = φ, φ' or φ'' (0, 1, 2) at covariance c and variance c + t, t > 0."""
        if c <= 0:
            return float(self.line(t).smoothed(derivative, np.zeros(1), t)[0] ** 2)
        return float(self.mean_squares(derivative, np.zeros(1), c, c, t)[0])

    def mean_squares(self, derivative: int, fields: Array, c: float, total: float, t: float) -> Array:
        """∫ N(u - h; c) f_t(u)² du at fields h, where h + u has the variance `total`."""
        line = self.line(total + t)
        mesh = Panels.on(line.edges(t, math.sqrt(total)), self._order)
        values = line.smoothed(derivative, mesh.nodes.ravel(), t).reshape(mesh.nodes.shape)
        coefficients = np.ascontiguousarray(values @ mesh.rule.to_coefficients.T)
        unit = mesh.rule
        none = np.empty(0)
        return smoothed(fields, c, mesh.edges, values, coefficients, unit.nodes, unit.weights, none, none, False, True)

    def line(self, c0: float) -> Line:
        """φ on a line long enough for averages at variance c0."""
        end = 2.0 ** math.ceil(math.log2(MARGIN * REACH * math.sqrt(c0)))
        if end not in self._lines:
            self._lines[end] = Line(self._phi, end, self._order)
        return self._lines[end]

    def _width(self) -> float:
        line = self.line(1.0)
        values, table = line.tables[2]
        largest = float(np.max(np.abs(values)))
        third = np.polynomial.legendre.legval(line.panels.rule.nodes, np.polynomial.legendre.legder(table.T))
        steepest = float(np.max(np.abs(third / line.panels.half)))
        widths = [line.panels.edges[-1]]
        if largest > 0 and steepest > 0:
            widths.append(1.3 * largest / steepest)  # as in mftheory.solve.gaussian.piecewise
        if line.kinks.size > 1:
            widths.append(0.15 * float(np.min(np.diff(line.kinks))))
        return float(min(widths))


def _jumps(coefficients: Array) -> Array:
    """Right less left limits at the inner edges of panels."""
    right = coefficients @ (-1.0) ** np.arange(coefficients.shape[1])
    return np.asarray(right[1:] - coefficients.sum(axis=1)[:-1])
