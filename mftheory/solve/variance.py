"""C^x(0) of every fluctuating state of an odd φ: the roots of equal potential energy at C^x(0) and at 0.

The excess 2 (V(C^x(0)) - V(0))/C^x(0)² = 2 ∫_0^1 (1 - ρ) (g²⟨φ'(x) φ'(y)⟩ - 1) dρ, ρ the correlation of x and y, tends
to (g φ'(0))² - 1 as C^x(0) → 0. Where φ' >= 0 falls with |x| it falls with C^x(0), so that there is one root above
g φ'(0) = 1 and none below. Where φ is steeper away from zero it may rise first: then fluctuating states exist below
g φ'(0) = 1 too, beside x = 0, and the whole axis is looked at. Above g² sup φ² there is none: the force on the
particle, g² C^φ(c) - c, is convex in c by Mehler's formula, 0 at c = 0, and negative at c = C^x(0).
"""

import math

from mftheory.errors import NotConverged
from mftheory.solve.gaussian.averages import Averages
from mftheory.solve.quiescent import Shape, refuse_at_rest
from mftheory.solve.scan import LARGEST_VARIANCE, MAX_ITERATIONS, Bracket, sign_changes, variance_grid, zero

START = 1e-3
"""Of the scan, in units of φ's width squared times the distance of (g φ'(0))² from 1: there the excess still has the
sign it has at 0, from which it differs by the order of C^x(0)/width²."""
NEAREST = 1e-8  # of that distance, at g φ'(0) = 1


def variances(g: float, phi: Shape, gaussian: Averages) -> tuple[float, ...]:
    """C^x(0) of every fluctuating state, the largest first.

    Raises
    ------
    Quiescent
        If there is none.
    NotConverged
        If activity that is large enough grows without bound, or a root did not converge.
    """
    above = (g * phi.slope_at_zero - 1.0) * (g * phi.slope_at_zero + 1.0)
    if above <= 0 and phi.within_tangent:
        refuse_at_rest(g, phi)
    what = f"g_eff = {g:g}: the variance"
    if above > 0 and phi.steepest_at_zero:
        return (zero(lambda c0: gaussian.excess(g, c0), _only(g, above, gaussian), what),)
    low = smallest_variance(above, gaussian.width)
    high = max(min((g * phi.bound) ** 2, LARGEST_VARIANCE), 2.0 * low)
    residuals: list[float] = []

    def excess(c0: float) -> float:
        residuals.append(gaussian.excess(g, c0))
        return residuals[-1]

    found = sign_changes(excess, list(variance_grid(low, high)))
    if excess(high) >= 0:
        raise _unbounded(g, above, residuals)
    if not found:
        refuse_at_rest(g, phi, searched=(low, high))
    return tuple(zero(lambda c0: gaussian.excess(g, c0), bracket, what) for bracket in reversed(found))


def smallest_variance(above: float, width: float) -> float:
    """C^x(0) below which no state fluctuates, `above` = (g φ'(0))² - 1, `width` that of φ."""
    return START * width**2 * max(NEAREST, min(1.0, abs(above)))


def _only(g: float, above: float, gaussian: Averages) -> Bracket:
    """The bracket of the only root, of an excess that falls with C^x(0)."""
    residuals: list[float] = []

    def excess(log_c0: float) -> float:
        residuals.append(gaussian.excess(g, math.exp(log_c0)))
        return residuals[-1]

    # (g-1)(g+1), g in units of its critical value, is the scale of C^x(0) near onset and far from it alike, in units
    # of φ's width squared.
    low = high = math.log(above * gaussian.width**2)
    at_low = at_high = excess(low)
    while at_low <= 0 and len(residuals) < MAX_ITERATIONS:
        high, at_high = low, at_low
        low -= 1.0
        at_low = excess(low)
    while at_high > 0 and len(residuals) < MAX_ITERATIONS:
        low, at_low = high, at_high
        high += 1.0
        at_high = excess(high)
    if not at_low > 0 >= at_high:
        raise _unbounded(g, above, residuals)
    return Bracket(math.exp(low), math.exp(high), at_low, at_high)


def _unbounded(g: float, above: float, residuals: list[float]) -> NotConverged:
    rest = "" if above > 0 else "x = 0 is stable, and larger activity grows without bound: "
    return NotConverged(f"g_eff = {g:g}: {rest}no variance balances the potential; does φ saturate?", residuals)
