"""Two-point functions of non-odd φ: a static part C^x(∞) stays, and every neuron keeps a static field.

Couplings have mean zero, so ⟨x⟩ over neurons is 0. But the mean activities m_j of the neurons do not vanish, and send
each neuron a static field h_i = Σ_j J_ij m_j, Gaussian over neurons with variance c∞ = C^x(∞). Around it x fluctuates
with variance y0 = C^x(0) - c∞. C^φ(c) = ⟨φ(x) φ(y)⟩ at covariance c and variance c0 = c∞ + y0 gives the potential
V(c) = -c²/2 + g² ∫ C^φ dc of the particle `∂_τ² C^x = -V'(C^x)`, which comes to rest at its maximum c∞:

    V'(c∞) = 0:            c∞ = g² C^φ(c∞),
    V(c0) = V(c∞):         2 ∫_0^1 (1 - ρ) (g² ⟨φ'φ'⟩(c∞ + ρ y0) - 1) dρ = 0.

In y = C^x - c∞ everything is as for odd φ [two-point, 36]: C^φ(c∞ + y) - C^φ(c∞) has the slope ⟨⟨φ'⟩_h²⟩_h at y = 0
(⟨·⟩_h over the fluctuations of a neuron with field h) and the curvature ⟨φ''φ''⟩ > 0, so that nothing cancels and
δ = 1 - g² ⟨⟨φ'⟩_h²⟩_h > 0 is an integral of the curvature.

By Mehler's formula C^φ(c) is a power series with coefficients >= 0. So g² C^φ(c) - c is convex: for a given c0 it has
at most one zero with δ > 0, the smaller one, to which Newton's method from c = 0 rises monotonically. Where there is
none, or where V(c0) > V(c∞), c0 is too small, where V(c0) < V(c∞), too large.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged, Quiescent
from mftheory.network import Nonlinearity
from mftheory.solve.gaussian.activity import NEAREST, RATIO
from mftheory.solve.heterogeneous.line import LineAverages
from mftheory.solve.heterogeneous.two_point import QuenchedTwoPoint, clock, quenched
from mftheory.solve.panels import Panels
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import trajectory

Array = NDArray[np.float64]

LARGEST = 1e12  # c0 at which the search gives up
SMALLEST = 1e-12
ROUGH = 4  # nodes a panel of the search
STEP = 0.7  # of the search, a factor of c0
EQUAL = 1e-14  # 1 - c/c0 at which ⟨f(x) f(y)⟩ is ⟨f²⟩
NEAR_ONSET = 0.3  # g²⟨φ'²⟩ - 1 at a fixed point, below which the cubic potential is a guess worth trying
MAX_ITERATIONS = 60
RESIDUAL = 1e-12  # of the two conditions, each of order 1


@dataclass(frozen=True)
class _Conditions:
    """c∞ and the energy balance at a given c0."""

    static: float
    excess: float


class _Equations:
    """The two conditions on c∞ and y0."""

    def __init__(self, g: float, averages: LineAverages) -> None:
        self.g = g
        self.averages = averages

    def excess(self, static: float, y0: float, mesh: Panels) -> float:
        """2 (V(c0) - V(c∞))/y0², by a rule in u, ρ = 1 - u², in which kinks of φ are smooth too."""
        u, weights = mesh.nodes.ravel(), mesh.weights.ravel()
        slope = np.array([self.averages.mean_square(1, static + (1 - v * v) * y0, v * v * y0) for v in u])
        return float(np.sum(4.0 * u**3 * weights * (self.g**2 * slope - 1.0)))

    def growth(self, c0: float) -> float:
        """g²⟨φ²⟩ - c0: zero at fixed points."""
        return self.g**2 * self._equal_time(0, c0) - c0

    def slope(self, c0: float) -> float:
        """g²⟨φ'²⟩ at a fixed point, stable if below 1."""
        return self.g**2 * self._equal_time(1, c0)

    def bend(self, c0: float) -> float:
        """κ = g²⟨φ''²⟩, or about that if φ has kinks."""
        return self.g**2 * self.averages.mean_square(2, 0.9 * c0, 0.1 * c0)

    def fixed_point(self, low: float, high: float) -> float:
        """c0 = g²⟨φ²⟩, between a c0 that is too small and one that is too large, by the secant method, bracketed."""
        at_low, at_high = self.growth(low), self.growth(high)
        for _ in range(MAX_ITERATIONS):
            new = low + (high - low) * at_low / (at_low - at_high)
            value = self.growth(new)
            if value > 0:
                low, at_low, at_high = new, value, 0.5 * at_high
            else:
                high, at_high, at_low = new, value, 0.5 * at_low
            if abs(value) <= 1e-12 * new:
                break
        return new

    def _equal_time(self, derivative: int, c0: float) -> float:
        """⟨f²⟩ at variance c0, as that of a covariance equal to it but for rounding."""
        return self.averages.mean_square(derivative, c0 * (1.0 - EQUAL), c0 * EQUAL)

    def static(self, c0: float) -> float | None:
        """c∞ at a given c0: the smaller zero of g² C^φ(c) - c in [0, c0); None if there is none."""
        c = 0.0
        for _ in range(MAX_ITERATIONS):
            t = c0 - c
            above = self.g**2 * self.averages.mean_square(0, c, t) - c
            fall = 1.0 - self.g**2 * self.averages.mean_square(1, c, t)
            if fall <= 0:
                return None
            last, c = c, c + above / fall
            if c >= c0 * (1 - 1e-15):
                return None
            if c - last <= 1e-13 * c:
                return c
        return None  # a double zero, to rounding

    def at(self, c0: float) -> _Conditions | None:
        """Both conditions roughly, for the search."""
        static = self.static(c0)
        if static is None:
            return None
        return _Conditions(static, self.excess(static, c0 - static, u_mesh(c0 - static, self.averages.width, ROUGH)))

    def refined(self, static: float, y0: float, order: int) -> tuple[float, float]:
        """(c∞, y0) from a guess: Newton's method with Broyden's updates, on a rough rule first.

        In y0, not in c0: near onset the solutions lie within a range of c0 as narrow as y0².
        """
        scale, width = static + y0, self.averages.width
        jacobian: Array | None = None
        z = np.array([0.0, static / scale])  # ln y0, and c∞, relative to the guess
        for nodes, target in ((ROUGH, 1e-4), (order, RESIDUAL)):
            mesh = u_mesh(y0, width, nodes)

            def residual(z: Array, mesh: Panels = mesh) -> Array:
                y, c = y0 * math.exp(z[0]), scale * z[1]
                balance = (self.g**2 * self.averages.mean_square(0, c, y) - c) / scale
                return np.array([self.excess(c, y, mesh), balance])

            value = residual(z)
            if jacobian is None:
                steps = 1e-4 * np.eye(2)
                jacobian = np.stack([(residual(z + step) - value) / 1e-4 for step in steps], axis=1)
            history = [float(np.max(np.abs(value)))]
            best = z, history[0]
            # Down to the target; then on, until rounding stops it.
            while len(history) < MAX_ITERATIONS and (best[1] > target or (nodes == order and history[-1] <= best[1])):
                if not np.linalg.cond(jacobian) < 1e14:  # a bad guess leads nowhere
                    break
                step = -np.linalg.solve(jacobian, value)
                step *= min(1.0, 1.0 / max(abs(step[0]), 1e-300))  # y0 by a factor e at most
                step[1] = max(step[1], -z[1])
                z = z + step
                value = residual(z)
                history.append(float(np.max(np.abs(value))))
                if history[-1] < best[1]:
                    best = z, history[-1]
                if history[-1] == 0.0:
                    break
                jacobian = jacobian + np.outer(value, step) / float(step @ step)
            if best[1] > target:
                raise NotConverged(f"g_eff = {self.g:g}: C(0) and C(∞) did not converge", history)
            z = best[0]
        return scale * float(z[1]), y0 * math.exp(z[0])


def u_mesh(y0: float, width: float, order: int) -> Panels:
    """Panels of u, C^x - c∞ = y0 (1 - u²), that shrink to the scale that a steep φ leaves at u = 0."""
    first = NEAREST / math.sqrt(1.0 + y0 / width**2)
    panels = max(1, math.ceil(math.log(1.0 / first) / math.log(RATIO)))
    return Panels.on(np.append(0.0, np.geomspace(first, 1.0, panels + 1)), order)


def variances(g: float, averages: LineAverages, order: int = 12) -> tuple[float, float]:
    """(C^x(∞), C^x(0) - C^x(∞)) of the fluctuating state.

    Where several states exist, that of the largest C^x(0).

    Raises
    ------
    Quiescent
        If there is none: every fixed point that the theory finds is stable.
    NotConverged
        If no variance is large enough (φ does not saturate), or the conditions were not met.
    """
    equations = _Equations(g, averages)
    high = max(1.0, averages.width**2)
    while equations.growth(high) >= 0:
        high *= 4.0
        if high > LARGEST:
            raise NotConverged(f"g_eff = {g:g}: no variance balances the potential; does φ saturate?")
    smallest = max(SMALLEST, 1e-3 * (g * averages.mean(SMALLEST)) ** 2)
    fixed_points: list[float] = []
    upper = equations.at(high)
    while high > smallest:
        low = STEP * high
        lower = equations.at(low)
        if upper is not None and upper.excess < 0 and (lower is None or lower.excess >= 0):
            found = _between(equations, low, lower, high, order, fixed_points)
            if found is not None:
                return found
        high, upper = low, lower
    raise Quiescent(_at_rest(g, averages, fixed_points))


def _between(
    equations: _Equations, low: float, lower: _Conditions | None, high: float, order: int, fixed_points: list[float]
) -> tuple[float, float] | None:
    """The fluctuating state with c0 in [low, high], if there is one; else a stable fixed point has been added."""
    if lower is None and equations.growth(high) < 0:
        c0 = equations.fixed_point(low, high)
        unstable = equations.slope(c0) - 1.0
        if unstable <= 0:
            fixed_points.append(c0)
            return None
        if unstable < NEAR_ONSET:
            # The potential is cubic then: c∞ and the well's bottom, c0 itself, are 2δ/κ apart, δ = g²⟨φ'²⟩ - 1.
            y0 = 3.0 * unstable / equations.bend(c0)
            try:
                return equations.refined(max(c0 - 2.0 / 3.0 * y0, 1e-3 * c0), y0, order)
            except NotConverged:
                pass
    for _ in range(60):
        if lower is not None and high - low < 0.02 * (low - lower.static):
            break
        middle = 0.5 * (low + high)
        between = equations.at(middle)
        if between is not None and between.excess < 0:
            high = middle
        else:
            low, lower = middle, between
    if lower is None:
        raise NotConverged(f"g_eff = {equations.g:g}: C(∞) was not found; is this the onset of fluctuations?")
    return equations.refined(lower.static, low - lower.static, order)


def _at_rest(g: float, averages: LineAverages, fixed_points: list[float]) -> str:
    if not fixed_points:
        return f"g_eff = {g:g}: x = 0 is stable, and no other state was found"
    c0 = fixed_points[0]
    slope = _Equations(g, averages).slope(c0)
    return (
        f"g_eff = {g:g}: activity comes to rest at a fixed point, stable as g_eff²⟨φ'²⟩ = {slope:.4g} < 1, with the "
        f"variance {c0:.4g} of x over neurons; there are no fluctuations to describe"
    )


class _Curvature:
    """⟨φ''φ''⟩ at C^x = c∞ + y0 sech θ, interpolated in u."""

    def __init__(self, averages: LineAverages, static: float, y0: float, mesh: Panels) -> None:
        self.width = averages.width
        values = np.array(
            [averages.mean_square(2, static + (1 - u * u) * y0, u * u * y0) for u in mesh.nodes.ravel()]
        ).reshape(mesh.nodes.shape)
        self._times_u = mesh.polynomial(values * mesh.nodes)  # kinks leave 1/u

    def curvature(self, c0: float, theta: Array) -> Array:
        """The curvature, elementwise; c0 is y0 here."""
        u = np.sqrt(2.0 / np.cosh(theta)) * np.sinh(0.5 * theta)
        return np.asarray(self._times_u(u) / u)


@dataclass(frozen=True, eq=False)
class StaticTwoPoint(QuenchedTwoPoint):
    """Two-point functions with a static part; `covariance` and the like are of the fluctuations.

    Attributes
    ----------
    static_variance : float
        C^x(∞).
    static_activity : float
        C^φ(∞), the mean square over neurons of their mean activity.
    mean : float
        ⟨φ⟩ over neurons and time.
    averages : LineAverages
    """

    static_variance: float
    static_activity: float
    mean: float
    averages: LineAverages

    def neuron_means(self, z: Array) -> Array:
        """Mean activity of neurons whose static field is z standard deviations."""
        fields = np.sqrt(self.static_variance) * np.asarray(z, dtype=np.float64)
        line = self.averages.line(self.static_variance + self.variance)
        values = line.smoothed(0, fields.ravel(), self.variance)
        return np.asarray(values.reshape(fields.shape))


def static_two_point(g: float, nonlinearity: Nonlinearity, settings: Settings) -> StaticTwoPoint:
    """Solve for the two-point functions of the fluctuating state, φ not odd.

    Parameters
    ----------
    g : float
        Effective coupling strength, finite and positive.
    nonlinearity : Nonlinearity
    settings : Settings

    Raises
    ------
    Unsupported
        If φ jumps or is not piecewise smooth.
    Quiescent, NotConverged
        As `variances`; NotConverged also as `two_point`.

    Examples
    --------
    >>> from mftheory import Nonlinearity
    >>> from mftheory.solve.heterogeneous.static import static_two_point
    >>> from mftheory.solve.settings import Settings
    >>> solution = static_two_point(3.0, Nonlinearity("tanh(x + 0.5)"), Settings())
    >>> print(f"{solution.static_variance:.8f} {solution.variance:.8f} {solution.mean:.8f}")
    1.56788677 4.13022149 0.15556680
    """
    averages = LineAverages(nonlinearity, settings.average_step)
    static, y0 = variances(g, averages, settings.time_order // 2)
    mean_square_gain = averages.mean_square(1, static, y0)
    # ⟨φ''φ''⟩ does not vanish with y as it does for odd φ: followed down to e^{-2 window}.
    settings = replace(settings, time_window=min(2.0 * settings.time_window, 200.0))
    mesh = u_mesh(y0, averages.width, settings.time_order * 2 // 3)
    found = trajectory(g, y0, math.sqrt(mean_square_gain), _Curvature(averages, static, y0, mesh), settings)

    # Neurons by their field h ~ N(0, c∞), on panels that resolve φ smoothed by the fluctuations.
    line = averages.line(static + y0)
    fields = Panels.on(line.edges(y0, math.sqrt(static)), line.panels.rule.nodes.size)
    h = fields.nodes.ravel()
    weights = fields.weights.ravel() * np.exp(-0.5 * h * h / static) / math.sqrt(2.0 * math.pi * static)
    gains = line.smoothed(1, h, y0)
    slopes = np.stack(
        [
            averages.mean_squares(1, h, (1 - u * u) * y0, static + (1 - u * u) * y0, u * u * y0)
            for u in mesh.nodes.ravel()
        ],
        axis=1,
    ).reshape(h.size, *mesh.nodes.shape)
    axis = clock(found, settings)
    theta = found.theta(axis.nodes)
    u = np.sqrt(2.0 / np.cosh(theta)) * np.sinh(0.5 * theta)
    ratios = np.empty((h.size, *axis.nodes.shape))
    for k, gain in enumerate(gains):
        # (1/y) ∫_0^y (⟨φ'φ'⟩_h - ⟨φ'⟩_h²) dy at y = y0 (1 - u²)
        beyond = mesh.to_right((slopes[k] - gain**2) * 2.0 * mesh.nodes) / (1.0 - np.square(mesh.nodes))
        ratios[k] = gain**2 + mesh.polynomial(beyond)(u)
    return StaticTwoPoint(
        **vars(
            quenched(found, averages.mean_slope(static + y0), weights, ratios, gains**2, settings, 1e-15 / found.delta)
        ),
        static_variance=static,
        static_activity=averages.mean_square(0, static, y0),
        mean=averages.mean(static + y0),
        averages=averages,
    )
