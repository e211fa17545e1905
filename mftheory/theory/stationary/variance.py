"""C^x(0) of every fluctuating state of an odd φ: the roots of equal potential energy at C^x(0) and at 0.

The excess 2 (V(C^x(0)) - V(0))/C^x(0)² = 2 ∫_0^1 (1 - ρ) (g²⟨φ'(x) φ'(y)⟩ - 1) dρ, ρ the correlation of x and y, tends
to (g φ'(0))² - 1 as C^x(0) → 0. Where φ' >= 0 falls with |x| it falls with C^x(0), so that there is one root above
g φ'(0) = 1 and none below. Where φ is steeper away from zero it may rise first: then fluctuating states exist below
g φ'(0) = 1 too, beside x = 0, and the whole axis is looked at. Above g² sup φ² there is none: the force on the
particle, g² C^φ(c) - c, is convex in c by Mehler's formula, 0 at c = 0, and negative at c = C^x(0).
"""

from mftheory.errors import NotConverged
from mftheory.numerics.scan import LARGEST_VARIANCE, bracket_of_fall, sign_changes, variance_grid, zero
from mftheory.theory.stationary.gaussian.averages import Averages
from mftheory.theory.stationary.quiescent import Shape, refuse_at_rest

SMALLEST_VARIANCE = 1e-3
"""Start of the scan, in units of φ's width squared times the distance of (g φ'(0))² from 1: there the excess still has
the sign it has at 0, from which it differs by the order of C^x(0)/width²."""
SMALLEST_DISTANCE = 1e-8
"""Least value of that distance, for g φ'(0) = 1."""


def variances(g: float, phi: Shape, gaussian: Averages) -> tuple[float, ...]:
    """Return C^x(0) of every fluctuating state, the largest first.

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
    residuals: list[float] = []

    def excess(c0: float) -> float:
        residuals.append(gaussian.excess(g, c0))
        return residuals[-1]

    if above > 0 and phi.steepest_at_zero:
        # (g-1)(g+1), g in units of its critical value, is the scale of C^x(0) near onset and far from it alike, in
        # units of φ's width squared.
        only = bracket_of_fall(excess, above * gaussian.width**2)
        if only is None:
            raise _unbounded(g, above, residuals)
        return (zero(excess, only, what),)
    low = smallest_variance(above, gaussian.width)
    high = max(min((g * phi.bound) ** 2, LARGEST_VARIANCE), 2.0 * low)
    brackets = sign_changes(excess, list(variance_grid(low, high)))
    if excess(high) >= 0:
        raise _unbounded(g, above, residuals)
    if not brackets:
        refuse_at_rest(g, phi, searched=(low, high))
    return tuple(zero(excess, bracket, what) for bracket in reversed(brackets))


def smallest_variance(above: float, width: float) -> float:
    """Return the C^x(0) below which no state fluctuates, `above` = (g φ'(0))² - 1, `width` that of φ."""
    return SMALLEST_VARIANCE * width**2 * max(SMALLEST_DISTANCE, min(1.0, abs(above)))


def _unbounded(g: float, above: float, residuals: list[float]) -> NotConverged:
    rest = "" if above > 0 else "x = 0 is stable, and larger activity grows without bound: "
    return NotConverged(f"g_eff = {g:g}: {rest}no variance balances the potential; does φ saturate?", residuals)
