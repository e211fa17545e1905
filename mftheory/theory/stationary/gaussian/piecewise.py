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

SERIES_CORRELATION = 0.5
"""c/c0 below which the curvature is taken from a power series."""
SERIES_TERMS = 16
"""Terms of the series: (c/c0)² <= 1/4 and its singularity is at 1, so each gains a factor 14."""
UNRESOLVED = 1e-14
"""Size of its last terms, relative to the largest, above which it is not used."""


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
    slope : float
        φ'(0).

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
    >>> from mftheory.theory.stationary.gaussian.piecewise import PiecewiseAverages
    >>> kinked = PiecewiseAverages(Nonlinearity("x*abs(x)"), 0.18)  # φ'' = 2 sign(x): an arc-cosine kernel
    >>> curvature = kinked.curvature(1.0, np.array([0.5]))[0]
    >>> bool(abs(curvature - 8 / np.pi * np.arcsin(1 / np.cosh(0.5))) < 1e-14)
    True
    """

    def __init__(self, phi: Nonlinearity, step: float) -> None:
        self._phi = phi
        self._order = max(8, round(2.9 / step))
        self._name = named(phi)
        self.slope = phi.slope_at_zero
        self._meshes: dict[tuple[float, float], _Mesh] = {}
        self._end_of_range, self._flat_beyond = self._range()
        mesh = self._resolved(1.0, 64.0 if self._end_of_range > 64.0 else 16.0)
        kinks = np.unique(np.concatenate([-mesh.kinks, mesh.kinks]))
        self.width = width(mesh.panels, mesh.values, kinks, kinks)

    def gain(self, c0: float) -> float:
        """Return ⟨φ'⟩."""
        line, density = self._line(c0)
        _, first, _ = self._derivatives(line.nodes)
        return float(np.sum(density * first))

    def loss(self, c0: float) -> float:
        """Return φ'(0) - ⟨φ'⟩."""
        line, density = self._line(c0)
        return float(np.sum(density * self._loss(c0, line, self._derivatives(line.nodes)[2])))

    def excess(self, g: float, c0: float) -> float:
        """Return 2g² Var Φ/c0² - 1, Φ the integral of φ: zero at the self-consistent C^x(0)."""
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
        s = self.slope
        lost = 2.0 * s * float(np.sum(density * loss)) - 2.0 * _variance(deficit, density) / (c0 * c0)
        return (g * s - 1.0) * (g * s + 1.0) - g * g * lost

    def _loss(self, c0: float, line: Panels, second: Array) -> Array:
        """Return φ'(0) - φ' on a line, as an integral of φ''."""
        mesh = self._mesh(c0)
        passed = np.searchsorted(mesh.kinks, line.edges[:-1], side="right")
        jumps = np.concatenate([[0.0], np.cumsum(mesh.strengths)])[passed]
        return np.asarray(-(line.from_left(second) + jumps[:, None]))

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return ⟨φ''(x) φ''(y)⟩ at covariance c0 sech θ, elementwise."""
        theta = np.asarray(theta, dtype=np.float64)
        flat = theta.ravel()
        ratio = 1.0 / np.cosh(flat)
        result = np.empty_like(flat)
        direct = np.ones(flat.shape, dtype=bool)
        far = ratio <= SERIES_CORRELATION
        if np.count_nonzero(far) > SERIES_TERMS and (series := self._far_series(c0)) is not None:
            direct = ~far
            local = 2.0 * np.square(ratio[far] / SERIES_CORRELATION) - 1.0
            result[far] = ratio[far] * np.polynomial.chebyshev.chebval(local, series)
        result[direct] = [self._curvature(c0, angle) for angle in flat[direct]]
        return result.reshape(theta.shape)

    def _far_series(self, c0: float) -> Array | None:
        """Return the Chebyshev series in (c/c0)² of the curvature over c/c0, for c/c0 <= 0.5; None if it is too short.

        For odd φ the curvature is c/c0 times a power series in (c/c0)² with positive coefficients (Mehler).
        """
        nodes = np.cos(math.pi * (np.arange(SERIES_TERMS) + 0.5) / SERIES_TERMS)
        ratio = SERIES_CORRELATION * np.sqrt(0.5 * (1.0 + nodes))
        values = np.array([self._curvature(c0, math.acosh(1.0 / r)) for r in ratio]) / ratio
        series = np.polynomial.chebyshev.chebfit(nodes, values, SERIES_TERMS - 1)
        # An oscillating φ at a large variance has a curvature that rises faster than 16 terms can follow.
        resolved = np.max(np.abs(series[-2:])) <= UNRESOLVED * np.max(np.abs(series))
        return np.asarray(series) if resolved else None

    def _curvature(self, c0: float, theta: float) -> float:
        c = c0 / math.cosh(theta)
        t = 2.0 * c * math.sinh(0.5 * theta) ** 2  # c0 - c
        mesh = self._mesh(c0)
        spread, finest = math.sqrt(c), 0.7 * math.sqrt(t)
        end = GAUSSIAN_EXTENT * spread
        edges = smoothed_edges(mesh.panels.edges, mesh.breaks, 0.0, end, finest, 1.5 * spread)
        shared = Panels.on(edges, self._order)
        u = shared.nodes.ravel()
        table = (mesh.panels.edges, mesh.values, mesh.coefficients)
        unit = mesh.panels.rule
        f = smoothed(u, t, *table, unit.nodes, unit.weights, mesh.kinks, mesh.strengths, True, False)
        return float(np.sum(shared.weights.ravel() * _density(u, c) * np.square(f)))

    def _line(self, c0: float) -> tuple[Panels, Array]:
        """Return panels of x >= 0 that resolve φ and the Gaussian, and the weights of ⟨·⟩ for even functions."""
        scale = math.sqrt(c0)
        edges = self._mesh(c0).panels.edges
        edges = np.append(edges[edges < GAUSSIAN_EXTENT * scale], GAUSSIAN_EXTENT * scale)
        line = Panels.on(halved(edges, 1.5 * scale), self._order)
        return line, line.weights * _density(line.nodes, c0)

    def _mesh(self, c0: float) -> _Mesh:
        scale = math.sqrt(c0)
        first = 2.0 ** min(0.0, math.floor(math.log2(scale)))
        end = max(first, 2.0 ** math.ceil(math.log2((GAUSSIAN_EXTENT + 0.5) * scale)))
        key = first, end
        if key not in self._meshes:
            self._meshes[key] = self._resolved(first, end)
        return self._meshes[key]

    def _resolved(self, first: float, end: float) -> _Mesh:
        doublings = round(math.log2(end / first))
        start = np.concatenate([[0.0], first * 2.0 ** np.arange(doublings + 1)])
        suspected = suspects(self._phi, end, odd=True)
        edges = np.unique(np.concatenate([start, suspected]))
        panels = resolve(self._derivatives, edges, self._order, odd=True, name=self._name)
        values = self._derivatives(panels.nodes)
        kinks, strengths, bends = breaks(panels, values, odd=True, name=self._name)
        coefficients = values[2] @ panels.rule.to_coefficients.T
        return _Mesh(panels, values[2], coefficients, kinks, strengths, np.unique(np.concatenate([bends, suspected])))

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
        """Return x beyond which φ is not finite, and x beyond which its derivatives, which may overflow, are 0."""
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


def _density(x: Array, variance: float) -> Array:
    """Return the density of the modulus of a Gaussian variable: weights of averages of even functions."""
    return np.asarray(np.exp(-0.5 * np.square(x) / variance) * math.sqrt(2.0 / (math.pi * variance)))


def _variance(values: Array, density: Array) -> float:
    mean = float(np.sum(density * values))
    return float(np.sum(density * np.square(values - mean)))


def _last_before(x: Array, bad: NDArray[np.bool_]) -> float:
    return float(x[max(0, int(np.argmax(bad)) - 1)]) if bad.any() else math.inf
