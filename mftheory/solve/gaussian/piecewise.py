"""Gaussian averages of any odd, piecewise smooth nonlinearity, kinks included.

φ'' is resolved once on panels that shrink to its own scale, plus a δ-function at each kink of φ. With x = u + v and
y = u + v', u shared and v, v' independent of variance t = c0 - c, the curvature is an integral of a square,

    ⟨φ''(x) φ''(y)⟩ = ∫ N(u; c) f_t(u)² du,   f_t(u) = ∫ φ''(u + v) N(v; t) dv,

so that neither steepness, nor kinks (whose δ-functions f_t turns into Gaussians), nor heavy tails of φ' cost digits.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged, Unsupported
from mftheory.network import Nonlinearity
from mftheory.solve.gaussian.heat import REACH, smoothed
from mftheory.solve.gaussian.kinks import possible_kinks
from mftheory.solve.panels import Panels, rule

Array = NDArray[np.float64]

MAX_HALVINGS = 40
MAX_PANELS = 20_000
RESOLVED = 1e-14  # last Legendre coefficients, relative to the function
NEAR = 0.5  # c/c0 above which the curvature is computed directly; below, it is a fast power series
SERIES = 16  # terms of it: (c/c0)² <= 1/4, singularity at 1, so each term gains a factor 14


@dataclass(frozen=True, eq=False)
class _Mesh:
    """φ'' on panels of [0, end]."""

    panels: Panels
    values: Array
    coefficients: Array
    kinks: Array  # > 0
    strengths: Array  # φ'(kink + 0) - φ'(kink - 0)
    breaks: Array  # >= 0: where φ' or φ'' jumps, or may


class PiecewiseAverages:
    """Averages of an odd φ given by a formula.

    Parameters
    ----------
    phi : Nonlinearity
        Odd, continuous; smooth between the kinks that abs, sign, maximum, minimum and clip make.
    step : float
        Fineness, as of the trapezoidal rule for tanh: the nodes per panel are 2.9/step, 16 by default.

    Attributes
    ----------
    width : float
        Length over which φ bends, about 1/2 for tanh(x).

    Raises
    ------
    Unsupported
        If φ jumps or is not piecewise smooth.
    NotConverged
        When asked at a variance for which φ or its derivatives overflow or oscillate too often.

    Notes
    -----
    Errors are rounding errors, about 1e-15 relative (validation/references/nonlinearities.py), except where an average
    vanishes because φ oscillates.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Nonlinearity
    >>> from mftheory.solve.gaussian.piecewise import PiecewiseAverages
    >>> kinked = PiecewiseAverages(Nonlinearity("x*abs(x)"), 0.18)  # φ'' = 2 sign(x): an arc-cosine kernel
    >>> found = kinked.curvature(1.0, np.array([0.5]))[0]
    >>> bool(abs(found - 8 / np.pi * np.arcsin(1 / np.cosh(0.5))) < 1e-14)
    True
    """

    def __init__(self, phi: Nonlinearity, step: float) -> None:
        self._phi = phi
        self._order = max(8, round(2.9 / step))
        self._slope = phi.slope_at_zero
        self._meshes: dict[tuple[float, float], _Mesh] = {}
        self._end_of_range, self._flat_beyond = self._range()
        self.width = self._width()

    def gain(self, c0: float) -> float:
        """⟨φ'⟩."""
        line, density = self._line(c0)
        _, first, _ = self._derivatives(line.nodes)
        return float(np.sum(density * first))

    @property
    def slope(self) -> float:
        """φ'(0)."""
        return self._slope

    def loss(self, c0: float) -> float:
        """φ'(0) - ⟨φ'⟩."""
        line, density = self._line(c0)
        return float(np.sum(density * self._loss(c0, line, self._derivatives(line.nodes)[2])))

    def excess(self, g: float, c0: float) -> float:
        """2g² Var Φ/c0² - 1."""
        line, density = self._line(c0)
        value, _, second = self._derivatives(line.nodes)
        if c0 > self.width**2:
            with np.errstate(over="ignore"):
                variance = _variance(line.from_left(value), density)
            if not math.isfinite(variance):
                raise NotConverged(f"{self._name}: overflows where the variance was sought; does φ saturate?")
            return 2.0 * (g / c0) ** 2 * variance - 1.0
        # Φ = s x²/2 - D with s = φ'(0); D'' = s - φ', and Cov(x², D) = c0² ⟨D''⟩: the 1 cancels by hand.
        loss = self._loss(c0, line, second)
        deficit = line.from_left(line.from_left(loss))
        s = self._slope
        lost = 2.0 * s * float(np.sum(density * loss)) - 2.0 * _variance(deficit, density) / (c0 * c0)
        return (g * s - 1.0) * (g * s + 1.0) - g * g * lost

    def _loss(self, c0: float, line: Panels, second: Array) -> Array:
        """φ'(0) - φ' on a line, as an integral of φ''."""
        mesh = self._mesh(c0)
        passed = np.searchsorted(mesh.kinks, line.edges[:-1], side="right")
        jumps = np.concatenate([[0.0], np.cumsum(mesh.strengths)])[passed]
        return np.asarray(-(line.from_left(second) + jumps[:, None]))

    def curvature(self, c0: float, theta: Array) -> Array:
        """⟨φ''(x) φ''(y)⟩ at covariance c0 sech θ, elementwise."""
        theta = np.asarray(theta, dtype=np.float64)
        flat = theta.ravel()
        ratio = 1.0 / np.cosh(flat)
        result = np.empty_like(flat)
        direct = np.ones(flat.shape, dtype=bool)
        far = ratio <= NEAR
        if np.count_nonzero(far) > SERIES and (series := self._far_series(c0)) is not None:
            direct = ~far
            local = 2.0 * np.square(ratio[far] / NEAR) - 1.0
            result[far] = ratio[far] * np.polynomial.chebyshev.chebval(local, series)
        result[direct] = [self._curvature(c0, angle) for angle in flat[direct]]
        return result.reshape(theta.shape)

    def _far_series(self, c0: float) -> Array | None:
        """Chebyshev series in (c/c0)² of the curvature over c/c0, for c/c0 <= NEAR; None if it is too short.

        For odd φ the curvature is c/c0 times a power series in (c/c0)² with positive coefficients (Mehler).
        """
        nodes = np.cos(math.pi * (np.arange(SERIES) + 0.5) / SERIES)
        ratio = NEAR * np.sqrt(0.5 * (1.0 + nodes))
        values = np.array([self._curvature(c0, math.acosh(1.0 / r)) for r in ratio]) / ratio
        series = np.polynomial.chebyshev.chebfit(nodes, values, SERIES - 1)
        # An oscillating φ at a large variance has a curvature that rises faster than 16 terms can follow.
        resolved = np.max(np.abs(series[-2:])) <= RESOLVED * np.max(np.abs(series))
        return np.asarray(series) if resolved else None

    def _curvature(self, c0: float, theta: float) -> float:
        c = c0 / math.cosh(theta)
        t = 2.0 * c * math.sinh(0.5 * theta) ** 2  # c0 - c
        mesh = self._mesh(c0)
        shared = Panels.on(self._shared_edges(mesh, math.sqrt(c), math.sqrt(t)), self._order)
        u = shared.nodes.ravel()
        table = (mesh.panels.edges, mesh.values, mesh.coefficients)
        unit = mesh.panels.rule
        f = smoothed(u, t, *table, unit.nodes, unit.weights, mesh.kinks, mesh.strengths, True, False)
        return float(np.sum(shared.weights.ravel() * _density(u, c) * np.square(f)))

    def _shared_edges(self, mesh: _Mesh, spread: float, sigma: float) -> Array:
        """Panels for u: those of φ'', merged below the smoothing length σ, graded towards breaks down to it."""
        end = REACH * spread
        finest = 0.7 * sigma
        around = np.concatenate([mesh.breaks, mesh.breaks - finest, mesh.breaks + finest])
        candidates = np.unique(np.concatenate([mesh.panels.edges, around, [end]]))
        edges = [0.0]
        for edge in candidates[(candidates > 0) & (candidates <= end)]:
            if edge - edges[-1] >= 0.99 * finest or edge == end:
                edges.append(float(edge))
        return _halved(_balanced(np.array(edges), finest), 1.5 * spread)

    def _line(self, c0: float) -> tuple[Panels, Array]:
        """Panels of x >= 0 that resolve φ and the Gaussian, and the weights of ⟨·⟩ for even functions."""
        scale = math.sqrt(c0)
        edges = self._mesh(c0).panels.edges
        edges = np.append(edges[edges < REACH * scale], REACH * scale)
        line = Panels.on(_halved(edges, 1.5 * scale), self._order)
        return line, line.weights * _density(line.nodes, c0)

    def _mesh(self, c0: float) -> _Mesh:
        scale = math.sqrt(c0)
        first = 2.0 ** min(0.0, math.floor(math.log2(scale)))
        end = max(first, 2.0 ** math.ceil(math.log2((REACH + 0.5) * scale)))
        key = first, end
        if key not in self._meshes:
            self._meshes[key] = self._resolved(first, end)
        return self._meshes[key]

    def _resolved(self, first: float, end: float) -> _Mesh:
        doublings = round(math.log2(end / first))
        start = np.concatenate([[0.0], first * 2.0 ** np.arange(doublings + 1)])
        suspects = self._suspects(end)
        panels = self._panels(np.unique(np.concatenate([start, suspects])))
        value, slope, second = self._derivatives(panels.nodes)
        coefficients = second @ panels.rule.to_coefficients.T
        edges = panels.edges[:-1]
        jumps, first_jumps, second_jumps = (
            _jumps(f @ panels.rule.to_coefficients.T, parity) for f, parity in ((value, -1), (slope, 1), (second, -1))
        )
        if (broken := np.abs(jumps) > 1e-9 * np.max(np.abs(value))).any():
            raise Unsupported(
                f"{self._name}: jumps at x = {edges[np.argmax(broken)]:.6g}; averages are known for a continuous φ"
            )
        kinked = np.abs(first_jumps) > 1e-10 * np.max(np.abs(slope))
        bent = np.abs(second_jumps) > 1e-9 * np.max(np.abs(second))
        breaks = np.unique(np.concatenate([edges[kinked | bent], suspects]))
        return _Mesh(panels, second, coefficients, edges[kinked], first_jumps[kinked], breaks)

    def _panels(self, edges: Array) -> Panels:
        """Halve panels until φ'' and φ' are polynomials on each."""
        left, right = edges[:-1], edges[1:]
        before = np.full(left.size, np.inf)
        done: list[Array] = [edges[:1], edges[-1:]]
        unit = rule(self._order)
        largest, at, steepest = 0.0, 1.0, 0.0
        for _ in range(MAX_HALVINGS):
            x = 0.5 * (left + right)[:, None] + 0.5 * (right - left)[:, None] * unit.nodes
            _, first, second = self._derivatives(x)
            size = np.abs(second)
            if size.max() > largest:
                largest, at = float(size.max()), float(x.ravel()[np.argmax(size)])
            # A φ'' that is nothing but rounding errors of φ' is taken as 0.
            steepest = max(steepest, float(np.max(np.abs(first))))
            largest = max(largest, 1e-3 * steepest)
            tail = _tail(second @ unit.to_coefficients.T)
            # In the tails rounding errors of φ'' may exceed φ'' itself; there it matters as x²φ''.
            allowed = np.maximum(size.max(axis=1), largest * np.minimum(1.0, np.square(at / right)))
            noise = (tail <= 1e-11 * largest) & (tail > 0.25 * before)
            # (A kink between nodes shows in φ' only.)
            kinked = _tail(first @ unit.to_coefficients.T) > 1e-10 * steepest
            good = ((tail <= RESOLVED * allowed) | noise) & ~kinked
            done += [left[good], right[good]]
            left, right, before = left[~good], right[~good], np.repeat(tail[~good], 2)
            if left.size == 0:
                return Panels.on(np.unique(np.concatenate(done)), self._order)
            middle = 0.5 * (left + right)
            left = np.stack([left, middle], axis=1).ravel()
            right = np.stack([middle, right], axis=1).ravel()
            if left.size > MAX_PANELS:
                raise NotConverged(
                    f"{self._name}: not resolved up to x = {edges[-1]:.3g}, where the variance was sought; "
                    f"does φ saturate?"
                )
        raise Unsupported(
            f"{self._name}: not smooth near x = {left[0]:.6g}; write kinks with abs, sign, maximum, minimum or clip"
        )

    def _suspects(self, end: float) -> Array:
        """Where φ may have kinks in [0, end]."""
        grid = np.unique(np.concatenate([[0.0], np.geomspace(1e-9 * end, end, 2000), np.linspace(0.0, end, 2000)]))
        return possible_kinks(self._phi, grid)

    def _derivatives(self, x: Array) -> tuple[Array, Array, Array]:
        value, first, second = self._phi.derivatives(x)
        if x.max() > self._flat_beyond:
            first, second = (np.where(x > self._flat_beyond, 0.0, f) for f in (first, second))
        wrong = ~(np.isfinite(value) & np.isfinite(first) & np.isfinite(second)) | (x > self._end_of_range)
        if wrong.any():
            raise NotConverged(
                f"{self._name}: overflows at x = {x[wrong].min():.3g}, below where the variance was sought; "
                f"does φ saturate?"
            )
        return value, first, second

    def _range(self) -> tuple[float, float]:
        """x beyond which φ is not a finite number, and x beyond which its derivatives are 0 (they may overflow)."""
        x = np.geomspace(1e-3, 1e30, 5000)
        value, first, second = self._phi.derivatives(x)
        end = _last_before(x, ~np.isfinite(value))
        flat = min(_last_before(x, ~np.isfinite(f)) for f in (first, second))
        if flat < end:
            inside = x <= flat
            size = np.abs(second[inside])
            if size[-1] > 1e-30 * size.max():
                return flat, math.inf
        return end, flat

    def _width(self) -> float:
        mesh = self._resolved(1.0, 64.0) if self._end_of_range > 64.0 else self._resolved(1.0, 16.0)
        largest = float(np.max(np.abs(mesh.values)))
        widths = []
        if largest > 0:
            third = np.polynomial.legendre.legval(
                mesh.panels.rule.nodes, np.polynomial.legendre.legder(mesh.coefficients.T)
            )
            steepest = float(np.max(np.abs(third / mesh.panels.half)))
            # tanh(x) has 1/2, x/(1 + |x|³), whose singularities lie nearest for its bends, what 24 nodes a panel need.
            widths.append(1.3 * largest / steepest if steepest > 0 else math.inf)
        # Two kinks a distance d apart leave e^{-d²/…} at short times, which has no power series: small panels.
        mirrored = np.unique(np.concatenate([-mesh.kinks, mesh.kinks]))
        if mirrored.size:
            widths.append(0.15 * float(np.min(np.diff(mirrored))))
        return min([*widths, float(mesh.panels.edges[-1])])

    @property
    def _name(self) -> str:
        return f"nonlinearity = {self._phi.expression!r}"


def _density(x: Array, variance: float) -> Array:
    """Of x >= 0 as the modulus of a Gaussian: weights of averages of even functions."""
    return np.asarray(np.exp(-0.5 * np.square(x) / variance) * math.sqrt(2.0 / (math.pi * variance)))


def _variance(values: Array, density: Array) -> float:
    mean = float(np.sum(density * values))
    return float(np.sum(density * np.square(values - mean)))


def _tail(coefficients: Array) -> Array:
    """Size of the last Legendre coefficients on each panel."""
    return np.asarray(np.max(np.abs(coefficients[:, -2:]), axis=1))


def _jumps(coefficients: Array, parity: int) -> Array:
    """Right less left limits at the left edges of panels from 0 on, of an even (1) or odd (-1) function."""
    right = coefficients @ (-1.0) ** np.arange(coefficients.shape[1])
    left = np.concatenate([[parity * right[0]], coefficients[:-1].sum(axis=1)])
    return np.asarray(right - left)


def _last_before(x: Array, bad: NDArray[np.bool_]) -> float:
    return float(x[max(0, int(np.argmax(bad)) - 1)]) if bad.any() else math.inf


def _halved(edges: Array, longest: float) -> Array:
    """Every panel cut into equal parts no longer than `longest`."""
    lengths = np.diff(edges)
    parts = np.maximum(1, np.ceil(lengths / longest).astype(int))
    within = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    return np.append(np.repeat(edges[:-1], parts) + np.repeat(lengths / parts, parts) * within, edges[-1])


def _balanced(edges: Array, finest: float) -> Array:
    """Panels halved until none is longer than twice a neighbour, where a neighbour counts as `finest` at least."""
    while True:
        lengths = np.diff(edges)
        counted = np.maximum(lengths, finest)
        padded = np.concatenate([[np.inf], counted, [np.inf]])
        long = lengths > 2.01 * np.minimum(padded[:-2], padded[2:])
        if not long.any():
            return edges
        edges = np.sort(np.concatenate([edges, 0.5 * (edges[:-1] + edges[1:])[long]]))
