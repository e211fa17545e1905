"""Every state of leaky units without noise that keep means: those that fluctuate, and stable fixed points.

Couplings have mean zero, but the mean activities of the neurons send each of them a static field, Gaussian over
neurons with the variance c∞ = C^x(∞). Around it x fluctuates with the variance y0 = C^x(0) - c∞. The force
F(c) = g² C^φ(c) - c = V'(c) on the particle `∂_τ² C^x = -V'(C^x)`, g² C^φ summed over the classes of neurons, is convex
in c for a given c0, as C^φ(c) is a power series with coefficients >= 0 (Mehler's formula). So it has at most one zero
c∞ with δ = -F'(c∞) > 0, the smaller one, to which Newton's method from c = 0 rises monotonically; and V(c0) = V(c∞)
needs F(c0) >= 0 and F'(c0) > 0:

    g²⟨φ²⟩ >= c0,    g²⟨φ'²⟩ > 1.

Averages at equal times are cheap, so the first is looked at from far below to where φ is bounded (g² sup φ² < c0 leaves
nothing); its ends, g²⟨φ²⟩ = c0, are the fixed points of the network, stable where g²⟨φ'²⟩ < 1. Between two of them all
sign changes of V(c0) - V(c∞) are the fluctuating states. Where there is no c∞ the particle cannot rest: that counts as
positive.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.numerics.panels import Panels
from mftheory.numerics.scan import LARGEST_VARIANCE, Bracket, sign_changes, variance_grid, zero
from mftheory.theory.stationary.classes.neuron_classes import Classes
from mftheory.theory.stationary.classes.rest import imbalance, received
from mftheory.theory.stationary.gaussian.activity import EDGE_RATIO, FIRST_PANEL
from mftheory.theory.stationary.gaussian.correlated_activity import Series
from mftheory.theory.stationary.quiescent import GROWS

Array = NDArray[np.float64]

SMALLEST_VARIANCE = 1e-3
"""Start of the scan, in units of the smallest variance at which something can happen; see `_range`."""
LEAST_START = 1e-12
"""Smallest C^x(0) from which the scan starts."""
ROUGH_ORDER, ORDER = 4, 12
"""Nodes on each panel, in the search and in the end."""
NEAR_ONSET = 0.3
"""g²⟨φ'²⟩ - 1 at a fixed point, below which the cubic potential is a guess worth trying."""
MAX_ITERATIONS = 60
TOLERANCE = 1e-12
"""Largest residual of the two conditions, each of order 1."""
BRACKET_WIDTHS = (0.02, 1e-3, 1e-5)
"""Widths of a bracket, in units of y0, from which Newton's method is tried."""
BRACKET_MARGIN = 1e-6
"""Relative distance by which a root may be outside the bracket that rough averages gave."""


@dataclass(frozen=True)
class States:
    """The states that the search found.

    Attributes
    ----------
    fluctuating : tuple of (float, float)
        (C^x(∞), C^x(0) - C^x(∞)) of every fluctuating state, that of the largest C^x(0) first.
    resting : tuple of (float, float)
        (C^x(0), g²⟨φ'²⟩) of every stable fixed point, from small to large C^x(0); 0 for x = 0.
    searched : pair of float
        Range of C^x(0) that was looked at; above there is nothing.
    """

    fluctuating: tuple[tuple[float, float], ...]
    resting: tuple[tuple[float, float], ...]
    searched: tuple[float, float]


class _Averages:
    """Averages of the activities of all classes of neurons, weighted by what they give to the field."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._each = [(float(g), c) for g, c in zip(classes.strengths[0], classes.neurons, strict=True)]
        self._at: tuple[float, list[Series]] = (0.0, [])
        self.width = min(c.line.width for c in classes.neurons)

    def mean_square(self, derivative: int, c: float, t: float) -> float:
        """Return g²⟨f(x) f(y)⟩ of f = φ, φ' or φ'' (0, 1, 2) at covariance c and variance c + t, t > 0."""
        if abs(c + t - self._at[0]) > 1e-15 * (c + t):  # one variance at a time is looked at
            self._at = c + t, [Series(of.line, of.mean, c + t) for _, of in self._each]
        return sum(
            g * series.mean_square(derivative, c) for (g, _), series in zip(self._each, self._at[1], strict=True)
        )

    def equal_time(self, derivative: int, c0: float) -> float:
        """Return g²⟨f²⟩ of f = φ or φ' (0, 1) at variance c0; at 0 of neurons that receive their bias alone."""
        return float(received(self.classes, np.array([c0]), derivative)[0])


class StaticConditions:
    """The two conditions on c∞ and y0."""

    def __init__(self, averages: _Averages) -> None:
        self.averages = averages

    def excess(self, static: float, y0: float, mesh: Panels) -> float:
        """Return 2 (V(c0) - V(c∞))/y0², by a rule in u, ρ = 1 - u², in which kinks of φ are smooth too."""
        u, weights = mesh.nodes.ravel(), mesh.weights.ravel()
        slope = np.array([self.averages.mean_square(1, static + (1 - v * v) * y0, v * v * y0) for v in u])
        return float(np.sum(4.0 * u**3 * weights * (slope - 1.0)))

    def imbalance(self, c0: float) -> float:
        """Return g²⟨φ²⟩/c0 - 1, zero at fixed points; far below it only roughly."""
        return imbalance(self.averages.classes, c0)

    def slope(self, c0: float) -> float:
        """Return g²⟨φ'²⟩ at a fixed point, stable if below 1."""
        return self.averages.equal_time(1, c0)

    def mean_square_curvature(self, c0: float) -> float:
        """Return κ = g²⟨φ''²⟩, or about that if φ has kinks."""
        return self.averages.mean_square(2, 0.9 * c0, 0.1 * c0)

    def static(self, c0: float) -> float | None:
        """Return c∞ at a given c0: the smaller zero of g² C^φ(c) - c in [0, c0); None if there is none."""
        c = 0.0
        for _ in range(MAX_ITERATIONS):
            t = c0 - c
            above = self.averages.mean_square(0, c, t) - c
            fall = 1.0 - self.averages.mean_square(1, c, t)
            if fall <= 0:
                return None
            last, c = c, c + above / fall
            if c >= c0 * (1 - 1e-15):
                return None
            if c - last <= 1e-13 * c:
                return c
        return None  # a double zero, to rounding

    def balance(self, c0: float) -> float:
        """Return 2 (V(c0) - V(c∞))/y0² roughly: infinite where there is no c∞, below 0 where F(c0) is."""
        if self.imbalance(c0) < 0:
            return -1.0
        if self.slope(c0) <= 1.0 or (static := self.static(c0)) is None:
            return math.inf
        return self.excess(static, c0 - static, u_mesh(c0 - static, self.averages.width, ROUGH_ORDER))

    def is_barrier(self, static: float, y0: float) -> bool:
        """Return True if V rises on both sides of c∞: δ > 0."""
        return y0 > 0 and self.averages.mean_square(1, static, y0) < 1.0

    def refined(self, static: float, y0: float) -> tuple[float, float]:
        """Return (c∞, y0) from a guess: Newton's method with Broyden's updates, on a rough rule first.

        In y0, not in c0: near onset the solutions lie within a range of c0 as narrow as y0².
        """
        scale, width = static + y0, self.averages.width
        jacobian: Array | None = None
        z = np.array([0.0, static / scale])  # ln y0, and c∞, relative to the guess
        for nodes, target in ((ROUGH_ORDER, 1e-4), (ORDER, TOLERANCE)):
            mesh = u_mesh(y0, width, nodes)

            def residual(z: Array, mesh: Panels = mesh) -> Array:
                y, c = y0 * math.exp(z[0]), scale * z[1]
                balance = (self.averages.mean_square(0, c, y) - c) / scale
                return np.array([self.excess(c, y, mesh), balance])

            value = residual(z)
            if jacobian is None:
                steps = 1e-4 * np.eye(2)
                jacobian = np.stack([(residual(z + step) - value) / 1e-4 for step in steps], axis=1)
            history = [float(np.max(np.abs(value)))]
            best = z, history[0]
            # Down to the target; then on, until rounding stops it.
            while len(history) < MAX_ITERATIONS and (best[1] > target or (nodes == ORDER and history[-1] <= best[1])):
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
                raise NotConverged("C(0) and C(∞) did not converge", history)
            z = best[0]
        return scale * float(z[1]), y0 * math.exp(z[0])


def u_mesh(y0: float, width: float, order: int) -> Panels:
    """Return panels of u, C^x - c∞ = y0 (1 - u²), that shrink to the scale that a steep φ leaves at u = 0."""
    first = FIRST_PANEL / math.sqrt(1.0 + y0 / width**2)
    panels = max(1, math.ceil(math.log(1.0 / first) / math.log(EDGE_RATIO)))
    return Panels.on(np.append(0.0, np.geomspace(first, 1.0, panels + 1)), order)


def leaky_states(classes: Classes) -> States:
    """Return every state, looked for everywhere.

    Parameters
    ----------
    classes : Classes
        Of one population, all leaky with the time constant 1, without noise.

    Raises
    ------
    NotConverged
        If activity grows without bound (φ does not saturate), or a state was seen in the search and not reached.
    """
    conditions = StaticConditions(_Averages(classes))
    low, high = _range(conditions.averages)
    resting: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []  # (c0, g²⟨φ'²⟩) of the fixed points
    # Below `low` there is only the fixed point that x = 0 has become.
    if conditions.imbalance(low) < 0 and conditions.slope(low) < 1.0:
        resting.append((conditions.averages.equal_time(0, 0.0), conditions.slope(low)))
    for bracket in sign_changes(conditions.imbalance, list(variance_grid(low, high))):
        c0 = zero(conditions.imbalance, bracket, "a fixed point")
        ends.append((c0, conditions.slope(c0)))
    resting += [(c0, slope) for c0, slope in ends if slope < 1.0]
    if conditions.imbalance(high) >= 0:  # activity that is large enough grows
        if not resting:
            raise NotConverged(f"{GROWS}; does φ saturate?")
        high = ends[-1][0] if ends else low
    fluctuating: list[tuple[float, float]] = []
    for left, right in zip([(low, math.nan), *ends], ends, strict=False):
        middle = math.sqrt(left[0] * right[0])
        if conditions.imbalance(middle) < 0:
            continue
        at_ends = {c0: math.inf if slope <= 1.0 else -1.0 for c0, slope in (left, right) if c0 != low}

        def balance(c0: float, at_ends: dict[float, float] = at_ends) -> float:
            return at_ends[c0] if c0 in at_ends else conditions.balance(c0)

        for bracket in sign_changes(balance, list(variance_grid(left[0], right[0]))):
            end = next((e for e in (left, right) if e[0] in (bracket.low, bracket.high)), None)
            fluctuating.append(_between(conditions, bracket, end))
    fluctuating.sort(key=sum, reverse=True)
    return States(tuple(fluctuating), tuple(resting), (low, high))


def _range(averages: _Averages) -> tuple[float, float]:
    """Return the range of C^x(0) from where φ is its tangent to where it is bounded.

    Below, g²⟨φ²⟩ = g²φ(0)² + (g φ'(0))² c0: that is above c0, or the one fixed point it has is x = 0, if φ(0) = 0.
    """
    scale = averages.equal_time(0, 0.0) or averages.width**2 * min(1.0, abs(averages.equal_time(1, 0.0) - 1.0))
    low = max(LEAST_START, SMALLEST_VARIANCE * scale)
    return low, max(min(float(averages.classes.bound[0]) * (1.0 + 1e-9), LARGEST_VARIANCE), 2.0 * low)


def _between(conditions: StaticConditions, bracket: Bracket, end: tuple[float, float] | None) -> tuple[float, float]:
    """Return the fluctuating state with c0 in a bracket; `end` is a fixed point that is one of its ends."""

    def accepted(static: float, y0: float) -> tuple[float, float] | None:
        try:
            state = conditions.refined(static, y0)
        except NotConverged:
            return None
        inside = bracket.low * (1.0 - BRACKET_MARGIN) <= sum(state) <= bracket.high * (1.0 + BRACKET_MARGIN)
        return state if inside and conditions.is_barrier(*state) else None

    if end is not None and 0 < end[1] - 1.0 < NEAR_ONSET:
        # The potential is cubic then, with its zeros of V' at c∞ and two thirds of the way to c0, where V' = δ, so
        # y0 = 3δ/2κ, δ = g²⟨φ'²⟩ - 1; c0 itself is the fixed point's to second order.
        y0 = min(1.5 * (end[1] - 1.0) / conditions.mean_square_curvature(end[0]), 0.999 * end[0])
        if (state := accepted(end[0] - y0, y0)) is not None:
            return state
    # The positive end may have no c∞, and then is no start for Newton's method.
    negative, positive = (bracket.low, bracket.high) if bracket.at_low < 0 else (bracket.high, bracket.low)
    for close in BRACKET_WIDTHS:
        for _ in range(MAX_ITERATIONS):
            static = conditions.static(positive)
            if static is not None and abs(positive - negative) < close * (positive - static):
                break
            middle = 0.5 * (positive + negative)
            if conditions.balance(middle) < 0:
                negative = middle
            else:
                positive = middle
        if static is not None and (state := accepted(static, positive - static)) is not None:
            return state
    raise NotConverged(
        f"a fluctuating state near C(0) = {positive:.6g} was seen, not reached; is this the onset of fluctuations?"
    )
