"""C^φ of C^x for any φ and any mean: what fluctuates beyond the linear response, about a static part.

x and y are jointly Gaussian of mean m, variance v = q + y0 and covariance q + y: q is what stays (a static field, which
differs from neuron to neuron), y what fluctuates, -y0 <= y <= y0. With F the mean of φ(x) φ(y),

    F(q + y) = F(q) + a y + N(y),   a = F'(q) = ⟨⟨φ'⟩²⟩ over the static fields,   N'' = F'' = ⟨φ''(x) φ''(y)⟩

(Price). N is integrated from its curvature, so that nothing cancels: it vanishes as y², and for odd φ without mean as
y³. In u, u² = 1 - ρ with ρ = (q + y)/v, what kinks of φ leave at y = y0 is smooth.
"""

import math
from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network import Nonlinearity
from mftheory.network.expression import parse, scaled_function
from mftheory.numerics.panels import Panels, PiecewisePolynomial
from mftheory.theory.stationary.gaussian.hermite import MAX_TERMS, coefficients, power_series
from mftheory.theory.stationary.gaussian.line import LineAverages
from mftheory.theory.stationary.gaussian.resolved_panels import halved

Array = NDArray[np.float64]

EXTENT = 9.0
"""Standard deviations beyond which a Gaussian is neglected."""
ROUGH_NODES, BENT_NODES = 4001, 121
"""Nodes of averages that are good to 0.01 even if φ is steep, and of those that a few standard deviations resolve."""
EDGE_RATIO = 2.5
"""Ratio of successive panel edges in u."""
FIRST_PANEL = 0.5
"""Width of the panel at u = 0, in units of 1/√(1 + v/width²): a steep φ leaves structure on that scale."""
SERIES_END = 40.0
"""-ln ρ^k from which on terms are negligible."""
LONGEST_PANEL = 0.5
"""Length of a panel, in standard deviations, on which 16 nodes resolve some 2,000 Hermite polynomials."""
PAIR_SPACING = 0.55
"""Largest distance of nodes, in units of the width √(1 - ρ²) of the correlated Gaussian, for a double sum of 1e-13."""


class Line:
    """One φ resolved, and its Gaussian averages by sums over nodes, whatever the mean and the variance.

    Parameters
    ----------
    phi : Nonlinearity
        Continuous; smooth between kinks.
    step : float
        Fineness, as of the trapezoidal rule for tanh: the nodes per panel are 2.9/step, 16 by default.

    Attributes
    ----------
    width, smooth_over : float
        Length over which φ bends, and that over which it is smooth: 0 with kinks.
    """

    def __init__(self, phi: Nonlinearity, step: float) -> None:
        self.phi, self.odd = phi, phi.odd
        self._averages = LineAverages(phi, step)
        self.width = self._averages.width
        self.smooth_over = 0.0 if self._averages.line(1.0).kinks.size else self.width

    def nodes(self, mean: float, variance: float, half: bool) -> tuple[Array, Array, Array]:
        """Return z, the weights of φ, φ' and φ'' there, of shape (3, n), and the distance to neighbours.

        Kinks are nodes of φ'' alone, at no distance of anything. With `half`, x > 0 stands for the line.
        """
        scale = math.sqrt(variance)
        line = self._averages.line((abs(mean) / EXTENT + scale) ** 2)
        panels = line.panels
        low, high = (0.0 if half else mean - EXTENT * scale), mean + EXTENT * scale
        inside = panels.edges[(panels.edges > low) & (panels.edges < high)]
        mesh = Panels.on(halved(np.concatenate([[low], inside, [high]]), LONGEST_PANEL * scale), panels.rule.nodes.size)
        kinks = (line.kinks > low) & (line.kinks < high)
        z = (np.append(mesh.nodes, line.kinks[kinks]) - mean) / scale
        density = np.exp(-0.5 * z * z) / (math.sqrt(2.0 * math.pi) * scale)
        none = np.zeros(np.count_nonzero(kinks))
        tables = [mesh.weights * panels.polynomial(table[0])(mesh.nodes) for table in line.tables]
        values = np.array([np.append(f, none) for f in tables[:2]] + [np.append(tables[2], line.strengths[kinks])])
        spacing = np.broadcast_to(2.0 * mesh.half / mesh.rule.nodes.size, mesh.nodes.shape)
        return z, values * density * (2.0 if half else 1.0), np.append(spacing, none) / scale

    def mean_square(self, derivative: int, mean: float, shared: float, apart: float) -> float:
        """Return ⟨f(x) f(y)⟩, f = φ, φ' or φ'' (0, 1, 2), of the covariance `shared`, by smoothing f over `apart`."""
        total = (math.sqrt(abs(shared)) + abs(mean) / EXTENT) ** 2
        if shared < 0:
            return self._averages.mirrored(derivative, mean, -shared, total, apart)
        if shared == 0:
            return float(self._averages.line(total + apart).smoothed(derivative, np.array([mean]), apart)[0] ** 2)
        return float(self._averages.mean_squares(derivative, np.array([mean]), shared, total, apart)[0])

    def equal_time(self, derivative: int, mean: float, variance: float) -> float:
        """Return ⟨f²⟩, f = φ or φ' (0, 1), at one mean and variance."""
        if variance <= 0:
            at_mean = self.phi.derivatives(np.array([mean]))[derivative]
            return float(at_mean[0] ** 2)
        return float(self.smoothed(np.array([mean]), variance, derivative, squared=True)[0])

    def bent(self, means: Array, variance: float) -> Array:
        """Return to a few digits what no linear function of x gives of ⟨φ²⟩ at each mean; nothing cancels."""
        z, weights = _normal(BENT_NODES)
        values = self.phi(means[:, None] + math.sqrt(variance) * z)
        rest = values - (values @ weights)[:, None] - np.multiply.outer(values @ (weights * z), z)
        return np.asarray(np.square(rest) @ weights)

    def roughly(self, mean: float, variance: float) -> float:
        """Return ⟨φ²⟩ to 0.01, from φ alone at a few thousand points; infinite where it overflows."""
        z, weights = _normal(ROUGH_NODES)
        with np.errstate(over="ignore"):
            return float(weights @ np.square(self.phi(mean + math.sqrt(variance) * z)))

    def smoothed(self, x: Array, variance: float, derivative: int = 0, squared: bool = False) -> Array:
        """Return ⟨f(x + z)⟩ or ⟨f²⟩ of f = φ or φ' (0, 1) at each x, z Gaussian of a variance."""
        line = self._averages.line((math.sqrt(variance) + np.abs(x).max(initial=0.0) / EXTENT) ** 2)
        return np.asarray(line.smoothed(derivative, x, variance, squared))


class ScaledLine(Line):
    """Averages of a ψ(b x) from those of ψ."""

    def __init__(self, unit: Line, phi: Nonlinearity, a: float, b: float) -> None:
        self.phi, self.odd = phi, phi.odd
        self.width, self.smooth_over = unit.width / abs(b), unit.smooth_over / abs(b)
        self._unit, self._a, self._b = unit, a, b

    def nodes(self, mean: float, variance: float, half: bool) -> tuple[Array, Array, Array]:
        """Return z, weights and distances of `Line.nodes`."""
        b = self._b
        z, weights, spacing = self._unit.nodes(abs(b) * mean, b * b * variance, half)
        factors = self._a * np.array([1.0, abs(b), b * b])
        return z, weights * factors[:, None], spacing

    def mean_square(self, derivative: int, mean: float, shared: float, apart: float) -> float:
        """Return ⟨f(x) f(y)⟩ of `Line.mean_square`."""
        b = abs(self._b)
        of_unit = self._unit.mean_square(derivative, b * mean, b * b * shared, b * b * apart)
        return (self._a * b**derivative) ** 2 * of_unit

    def equal_time(self, derivative: int, mean: float, variance: float) -> float:
        """Return ⟨f²⟩ of `Line.equal_time`."""
        b = abs(self._b)
        return (self._a * b**derivative) ** 2 * self._unit.equal_time(derivative, b * mean, b * b * variance)

    def smoothed(self, x: Array, variance: float, derivative: int = 0, squared: bool = False) -> Array:
        """Return the average of `Line.smoothed`."""
        factor = self._a * self._b**derivative
        of_unit = self._unit.smoothed(self._b * x, self._b**2 * variance, derivative, squared)
        return (factor * factor if squared else factor) * of_unit


@cache
def _normal(nodes: int) -> tuple[Array, Array]:
    """Return a trapezoidal rule for averages over a standard normal variable."""
    z = np.linspace(-EXTENT, EXTENT, nodes)
    density = np.exp(-0.5 * z * z)
    return z, density / density.sum()


def lines_of(functions: Sequence[Nonlinearity], step: float) -> list[Line]:
    """Return the averages of several φ: equal ones are resolved once, and so are those that read a ψ(b x)."""
    units: dict[Nonlinearity, Line] = {}
    found: list[Line] = []
    for phi in functions:
        scaled = scaled_function(parse(phi.expression)) if phi.expression else None  # a table has none
        a, name, b = scaled or (1.0, "", 1.0)
        unit = Nonlinearity(f"{name}(x)") if name and b > 0 else phi
        if unit not in units:
            units[unit] = Line(unit, step)
        found.append(units[unit] if unit is phi else ScaledLine(units[unit], phi, a, b))
    return found


class Series:
    """⟨f(x) f(y)⟩ of f = φ, φ' and φ'' at one mean and variance as power series in the correlation of x and y.

    Attributes
    ----------
    gain, mean_activity : float
        ⟨φ'⟩ and ⟨φ⟩.
    orders : tuple of three arrays
        Hermite coefficients of φ, φ' and φ''.
    """

    def __init__(self, line: Line, mean: float, variance: float, even: bool = False) -> None:
        self._line, self._mean, self.variance = line, mean, variance
        z, weights, spacing = line.nodes(mean, variance, even)
        second = coefficients(z, weights[2], odd=even)
        if even:
            weights[0] = 0.0
        self._ends = second.size < MAX_TERMS
        self.nodes = z, weights[2], spacing
        self.mean_activity, self.gain = float(weights[0].sum()), float(weights[1].sum())
        k = np.arange(second.size)
        # φ' = ⟨φ'⟩ + Σ √v a_k/√(k+1) h_{k+1}, and φ likewise: nothing cancels where φ is almost linear.
        first = np.append(self.gain, math.sqrt(variance) * second / np.sqrt(k + 1.0))
        zeroth = np.append(
            [self.mean_activity, math.sqrt(variance) * self.gain], variance * second / np.sqrt((k + 1.0) * (k + 2.0))
        )
        self.orders = zeroth, first, second

    def summed(self, rho: Array) -> NDArray[np.bool_]:
        """Return for which correlations the series ends."""
        with np.errstate(divide="ignore"):
            return np.asarray(self._ends | (-np.log(np.abs(rho)) * MAX_TERMS >= SERIES_END))

    def mean_square(self, derivative: int, shared: float) -> float:
        """Return ⟨f(x) f(y)⟩, f = φ, φ' or φ'' (0, 1, 2), of the covariance `shared`; above 0, below the variance."""
        rho = np.array([shared / self.variance])
        if self.summed(rho)[0]:
            return float(power_series(np.square(self.orders[derivative]), rho)[0])
        return self._line.mean_square(derivative, self._mean, shared, self.variance - shared)


class Fluctuations:
    """C^φ(y) - C^φ(∞) of one φ at one mean, static variance and variance of what fluctuates.

    Parameters
    ----------
    line : Line
    mean, static, fluctuating : float
        m, q >= 0 and y0 > 0.
    order : int
        Gauss–Legendre nodes on each panel.

    Attributes
    ----------
    mean_activity, gain : float
        ⟨φ⟩ and ⟨φ'⟩.
    static_activity, slope : float
        F(q) and a = F'(q).
    """

    def __init__(self, line: Line, mean: float, static: float, fluctuating: float, order: int = 24) -> None:
        self._line, self._mean = line, mean
        self.static, self._fluctuating, self.variance = static, fluctuating, static + fluctuating
        self._even = line.odd and mean == 0 and static == 0  # N is odd in y, and its slope even
        self._series = series = Series(line, mean, self.variance, self._even)
        self.mean_activity, self.gain = series.mean_activity, series.gain
        z, weights, spacing = series.nodes
        largest = np.abs(weights).max(initial=0.0)
        used = np.flatnonzero(np.abs(weights) > 1e-17 * largest)
        used = used[np.argsort(z[used])]
        self._pairs = z[used], weights[used]
        # Squares are what is summed: smaller ones need not be resolved.
        self._spacing = float(spacing[np.abs(weights) > 1e-7 * largest].max(initial=0.0))
        zeroth, _, second = series.orders
        self._by_variance = zeroth[: second.size] * second  # ⟨φ φ''⟩
        self.static_activity, self.slope = (series.mean_square(n, static) for n in (0, 1))
        self._set_panels(math.sqrt(fluctuating / self.variance), order)

    def nonlinear(self, y: Array) -> Array:
        """Return N(y)."""
        if self._even:
            return np.asarray(np.copysign(self._above[0](self._argument(np.abs(y))), y))
        return self._piecewise(0, y)

    def nonlinear_slope(self, y: Array) -> Array:
        """Return dN/dy."""
        return self._above[1](self._argument(np.abs(y))) if self._even else self._piecewise(1, y)

    def by_variance(self, y: Array) -> Array:
        """Return the derivative of F(q + y) - F(q) by the variance, at fixed q and y, to a few digits."""
        of_lag = self._product(self._argument(np.abs(y) if self._even else y))
        return np.asarray(np.sign(y) * of_lag if self._even else of_lag - self.static_by_variance)

    @property
    def static_by_variance(self) -> float:
        """The derivative of F(q) by the variance, at fixed q, to a few digits."""
        return 0.0 if self._even else float(self._product(np.array(self._end)))

    def __call__(self, y: Array) -> Array:
        """Return F(q + y) - F(q)."""
        return np.asarray(self.slope * y + self.nonlinear(y))

    def _set_panels(self, end: float, order: int) -> None:
        """Integrate the curvature from y = 0, at u = end, to either side."""
        self._end = end
        first = FIRST_PANEL / math.hypot(1.0, math.sqrt(self.variance) / self._line.width)
        count = max(1, math.ceil(math.log(end / first) / math.log(EDGE_RATIO))) if end > first else 0
        edges = np.append(0.0, np.geomspace(first, end, count + 1) if count else [end])
        mesh = Panels.on(edges, order)
        measure = 2.0 * mesh.nodes * self.variance  # dy = -measure du
        slope = mesh.to_right(measure * self._curvature(mesh.nodes))
        self._above = mesh.polynomial(mesh.to_right(measure * slope)), mesh.polynomial(slope)
        lowest = math.sqrt(1.0 - max(2.0 * self.static / self.variance - 1.0, -1.0))
        self._first, self._lowest, self._order = first, lowest, order
        # Fine in u, where φ is steep, and in u² near its end: differences matter where what fluctuates is small.
        near = np.linspace(0.0, end * end, 16)
        square = np.unique(np.concatenate([near, np.linspace(0.0, lowest, 40) ** 2]))
        self._products = square, power_series(self._by_variance, 1.0 - square)

    @cached_property
    def _below(self) -> tuple[PiecewisePolynomial, PiecewisePolynomial]:
        """N and its slope at y < 0, which few covariances reach: in w = √(1 + ρ), as ρ = -1 is like ρ = 1."""
        low, high = math.sqrt(max(2.0 - self._lowest**2, 0.0)), math.sqrt(2.0 - self._end**2)
        count = max(1, math.ceil(math.log(high / self._first) / math.log(EDGE_RATIO)))
        edges = np.append(0.0, np.geomspace(self._first, high, count + 1))
        mesh = Panels.on(np.unique(np.clip(edges, low, high)), self._order)
        measure = 2.0 * mesh.nodes * self.variance  # dy = measure dw
        slope = mesh.to_right(measure * self._curvature(np.sqrt(2.0 - np.square(mesh.nodes))))
        return mesh.polynomial(mesh.to_right(measure * slope)), mesh.polynomial(-slope)

    def _product(self, u: Array) -> Array:
        """Return ⟨φ φ''⟩ at correlations 1 - u², to a few digits."""
        return np.asarray(np.interp(np.square(u), *self._products))

    def _piecewise(self, which: int, y: Array) -> Array:
        u = self._argument(y)
        found = self._above[which](np.minimum(u, self._end))
        under = u > self._end
        if under.any():
            below = self._below[which]
            found[under] = below(np.clip(np.sqrt(2.0 - np.square(u[under])), *below.edges[[0, -1]]))
        return np.asarray(found)

    def _argument(self, y: Array) -> Array:
        return np.asarray(np.sqrt(np.maximum(self._fluctuating - y, 0.0) / self.variance))

    def _curvature(self, u: Array) -> Array:
        """Return ⟨φ''(x) φ''(y)⟩ at correlations 1 - u²."""
        flat = u.ravel()
        rho = 1.0 - flat * flat
        result = np.empty(flat.size)
        series = self._series.summed(rho)
        result[series] = power_series(np.square(self._series.orders[2]), rho[series])
        z, weights = self._pairs
        for n in np.flatnonzero(~series):
            across = flat[n] * math.sqrt(max(1.0 + rho[n], 0.0))  # √(1 - ρ²)
            if self._spacing <= PAIR_SPACING * across:
                result[n] = _pair_sum(z, weights, rho[n], across, self._even)
            else:
                apart = self.variance * min(flat[n] ** 2, 1.0 + rho[n])
                result[n] = self._line.mean_square(2, self._mean, self.variance * rho[n], apart)
        return result.reshape(u.shape)


@njit(cache=True, error_model="numpy")
def _pair_sum(z, weights, rho, across, odd):  # type: ignore[no-untyped-def]
    """Return Σ_ij w_i w_j n(z_i, z_j; ρ)/(n(z_i) n(z_j)); of an odd function from z > 0, its weights doubled."""
    total = 0.0
    for i in range(z.size):
        inner = 0.0
        for j in range(i, z.size):  # ascending: beyond the correlated Gaussian there is nothing
            d = (z[j] - rho * z[i]) / across
            if d > EXTENT:
                break
            part = weights[j] * math.exp(0.5 * (z[j] * z[j] - d * d))
            if odd:
                part *= -0.5 * math.expm1(-2.0 * rho * z[i] * z[j] / (across * across))
            inner += part if i != j else 0.5 * part
        total += weights[i] * inner
    return 2.0 * total / across
