"""How states are found: from strong noise, by less noise, and by stronger and weaker couplings.

Newton's method needs a start. With strong noise any will do; each solution is the start of the next, at less noise. At
no noise this is the fluctuating state where rest is unstable; where it is stable it is the one that strong noise leads
to, if any. Where that ends in a fold, or where all states are wanted, the strength of the couplings is varied instead:
the states of all strengths form a curve, followed through its folds by the length of its arc, and those of the network
are where the strength is 1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.numerics.newton import MAX_ITERATIONS, Diverged
from mftheory.theory.stationary.classes.field_equations import Covariances, Linear, Pinned, SelfConsistency, Solution
from mftheory.theory.stationary.quiescent import GROWS

Array = NDArray[np.float64]

NEGLIGIBLE_NOISE = 1e-3
"""C(0) that the rest of the noise makes, relative to C(0), from which on it is left out at once."""
FOLD_STEP, SMALLEST_STEP = 0.9, 0.999
"""Ratios of successive noises that a fold does not let through; beyond which a state cannot be followed."""
WEAKEST, STRONGEST, MAX_LEVELS, LARGEST_SIZE = 0.06, 1e4, 200, 1e6
"""Multiples of the strong noise at which a start is sought; steps; size, in units of that at strong noise."""
ARC, SHORTEST_ARC, MAX_POINTS = 0.35, 1e-3, 300
"""Step along the curve, in relative changes; the one at which the search gives up; number of points."""
SMALLEST_SIZE, SMALLEST_ON_CURVE = 1e-3, 0.03
"""C(0) in units of the width of φ squared, per distance from criticality, or of the strength from 1, from which on
nothing is left to meet: the strength changes with C(0) by about one such unit."""
FIRST_STRENGTH = 0.25
"""Strength of the couplings at which a state is sought first from that of no couplings."""
NEAR, MAX_TURNS = 0.2, 12
"""Distance of an extremum of the strength from 1 from which it is looked at closely; steps towards it."""


class AtRest(Exception):
    """Error: lowering the noise led to rest, or the state followed ended on the way, in a fold."""


@dataclass(frozen=True, eq=False)
class Point:
    """A state, the linear response there, and the noise added, a multiple `level` of the strong noise."""

    state: Covariances
    linear: Linear
    level: float = 0.0

    @property
    def strength(self) -> float:
        """Strength of the couplings."""
        return self.state.strength


class _Fold(Exception):
    """Error: the state followed ended before the noise was lowered to its value, beyond its last point."""

    def __init__(self, last: Point) -> None:
        super().__init__()
        self.last = last


class Continuation:
    """The states of self-consistent equations.

    Parameters
    ----------
    equations : SelfConsistency
    dead : array_like
        C(0) of each signal below which, while the noise is lowered, it is at rest.
    """

    def __init__(self, equations: SelfConsistency, dead: Array | float = 0.0) -> None:
        self.equations, self._dead = equations, np.asarray(dead)
        self._unit_level = float(np.max(equations.strong_noise * equations.unit_noise))

    def state(self) -> Solution:
        """Return the solution that strong noise leads to; where large activity grows, that of weak couplings.

        Raises
        ------
        AtRest
            If the variance became so small that no state is left to meet.
        NotConverged
            With the residuals of all of Newton's steps.
        """
        if not self.equations.classes.grows_without_bound:
            point = self.strong()
        elif self.equations.classes.noise.any():
            return self.from_weak_couplings()
        else:
            raise self.equations.failure(f"{GROWS}; does φ saturate?")
        try:
            return self._less_noise(point)
        except _Fold as fold:
            for above, below in pairwise(self.curve(self._stronger(fold.last))):
                if above.strength >= 1.0 > below.strength:
                    return self.met(above, below)
            raise AtRest from None

    def from_weak_couplings(self) -> Solution:
        """Return the solution that the neurons' own noise leads to as the couplings grow from none."""
        noise, strength, step = self.equations.classes.noise, 0.0, FIRST_STRENGTH
        state = self.equations.first(noise)
        while True:
            goal = min(strength + step, 1.0)
            try:
                state, linear = self.equations.rough(noise, state, Pinned((0.0, 0.0, 1.0), goal, goal))
            except Diverged:
                step *= 0.5
                if step < SHORTEST_ARC:
                    ends = f"what weak couplings lead to ends at {strength:.3g} of their strength"
                    raise self.equations.failure(f"{GROWS}, and {ends}; does φ saturate?") from None
                continue
            if goal == 1.0:
                return self.equations.exact(state, linear)
            strength, step = goal, 2.0 * step

    def strong(self) -> Point:
        """Return a point at strong noise."""
        equations, level, factor = self.equations, 1.0, 4.0
        while WEAKEST <= level <= STRONGEST:
            noise = equations.classes.noise + level * equations.strong_noise
            try:
                return Point(*equations.rough(noise, equations.first(noise)), level)
            except Diverged:
                level *= factor
            except NotConverged:  # φ overflows
                level, factor = 0.25 * level, 0.25
        raise equations.failure("no start was found; does φ saturate?")

    def large(self) -> Point:
        """Return a state of large variance, of couplings at least as strong as the network's."""
        try:
            return self._stronger(self.strong())
        except NotConverged:
            found = self.state().covariances
            start = Point(*self.equations.rough(self.equations.classes.noise, found))
            return self.at_size(start, 1.02 * self.equations.size(found.variance))

    def curve(self, point: Point) -> Iterator[Point]:
        """Yield the points along the curve of all strengths, to smaller variances first, until nothing is left."""
        yield point
        before, step = point, ARC
        direction: Array | None = None
        for _ in range(MAX_POINTS):
            if self._is_rest(before, SMALLEST_ON_CURVE, before.strength - 1.0):
                return
            at = self._coordinates(before.state)
            try:
                if direction is None:
                    after = self.at_size(before, math.exp(-step) * at[0])
                else:
                    after = self._along(before, direction, step)
            except Diverged:
                step *= 0.5
                if step < SHORTEST_ARC:
                    raise self.equations.failure("the state could not be followed") from None
                continue
            change = self._coordinates(after.state) / at - 1.0
            direction = change / max(float(np.linalg.norm(change)), 1e-300)
            yield after
            before, step = after, min(ARC, 1.5 * step)
        raise self.equations.failure("the curve of states did not end")

    def at_size(self, point: Point, size: float, level: float = 0.0) -> Point:
        """Return the state of fluctuations of a given size near a point; `strength` is what makes them so large."""
        ratio = size / self.equations.size(point.state.variance)
        return self._at(point, (ratio, 1.0, 1.0), level, Pinned((1.0, 0.0, 0.0), size, point.strength))

    def close_to_one(self, points: list[Point]) -> list[Point]:
        """Return the points of a curve with one more wherever the strength turns close to 1, where it is 1 twice."""
        result = points[:1]
        for before, here, after in zip(points, points[1:], points[2:], strict=False):
            a, b, c = (point.strength - 1.0 for point in (before, here, after))
            turns = a * b > 0 and b * c > 0 and abs(b) <= min(abs(a), abs(c)) and abs(b) < NEAR
            result += self._turn(before, here, after) if turns else [here]
        return [*result, points[-1]]

    def _turn(self, before: Point, here: Point, after: Point) -> list[Point]:
        """Return points around an extremum of the strength, by parabolas, until one is beyond 1, or none is."""
        near = [before, here, after]
        for _ in range(MAX_TURNS):
            at = [math.log(self._coordinates(point.state)[0]) for point in near]
            strengths = [point.strength - 1.0 for point in near]
            if strengths[1] * strengths[0] <= 0:
                return near[1:2]
            curvature, slope, _ = np.polyfit(np.array(at) - at[1], strengths, 2)
            goal = at[1] - 0.5 * slope / curvature if curvature else at[1]
            if not min(at) < goal < max(at) or abs(goal - at[1]) < 1e-6:
                break
            try:
                found = self.at_size(near[1], math.exp(goal))
            except Diverged:
                break
            if abs(found.strength - 1.0) > abs(strengths[1]) and (found.strength - 1.0) * strengths[1] > 0:
                break
            outer = near[0] if (goal - at[1]) * (at[0] - at[1]) > 0 else near[2]
            near = [near[1], found, outer] if outer is near[2] else [near[0], found, near[1]]
        return [here]

    def met(self, one: Point, other: Point) -> Solution:
        """Return the solution between two points of the curve, the strength of one of which is below 1."""
        noise = self.equations.classes.noise
        for _ in range(MAX_ITERATIONS):
            share = (1.0 - one.strength) / (other.strength - one.strength)
            sizes = [self._coordinates(point.state) for point in (one, other)]
            between = sizes[0] + share * (sizes[1] - sizes[0])
            try:
                state, linear = self.equations.rough(noise, _scaled(one.state, *(between / sizes[0])[:2]))
                low, high = np.minimum(*sizes)[:2], np.maximum(*sizes)[:2]
                margin = 0.1 * (high - low) + 1e-9 * high
                if np.all((low - margin <= (found := self._coordinates(state)[:2])) & (found <= high + margin)):
                    return self.equations.exact(state, linear)
            except Diverged:
                pass
            change = sizes[1] / sizes[0] - 1.0
            length = float(np.linalg.norm(change))
            middle, step = None, 0.5 * length
            while middle is None:
                try:
                    middle = self._along(one, change / length, step)
                except Diverged:
                    step *= 0.5
                    if step < SHORTEST_ARC * length:
                        raise self.equations.failure("the state met could not be refined") from None
            if (middle.strength - 1.0) * (one.strength - 1.0) <= 0.0:
                other = middle
            else:
                one = middle
        raise self.equations.failure("the state met could not be refined")

    def _is_rest(self, point: Point, share: float, distance: float) -> bool:
        """Return True if the variance is below a share of a distance, from criticality or of the strength from 1.

        Never with noise, which rest is not.
        """
        if self.equations.classes.noise.any():
            return False
        classes = self.equations.classes
        of_classes = zip(classes.neurons, classes.signal_of, strict=True)
        size = max(point.state.variance[s] / c.line.width**2 for c, s in of_classes)
        return bool(size < share * min(1.0, abs(distance)))

    def _less_noise(self, point: Point) -> Solution:
        """Follow a state down to its own noise."""
        factor, jump, noise = 0.25, NEGLIGIBLE_NOISE, self.equations.classes.noise
        for _ in range(MAX_LEVELS):
            level = point.level * factor
            if level * self._unit_level < jump * float(np.min(point.state.variance)):
                level = 0.0
            try:
                state, linear = self.equations.rough(noise + level * self.equations.strong_noise, point.state)
            except Diverged:
                jump *= 0.01 if level == 0.0 else 1.0
                factor = math.sqrt(factor)
                if factor > FOLD_STEP:
                    raise _Fold(point) from None
                continue
            if level == 0.0:
                return self.equations.exact(state, linear)
            point = Point(state, linear, level)
            if np.any(state.variance < self._dead) or self._is_rest(point, SMALLEST_SIZE, 1.0 - linear.loop):
                raise AtRest
            factor = max(0.06, factor**1.5)
        raise self.equations.failure("the noise could not be lowered to its value")

    def _stronger(self, point: Point) -> Point:
        """Replace the noise of a point by stronger couplings."""
        factor, jump = 0.25, 0.1
        size = self.equations.size(point.state.variance)
        while point.level > 0.0:
            level = point.level * factor if point.level * factor > jump * size else 0.0
            try:
                point, factor = self.at_size(point, size, level), max(0.1, factor**1.5)
            except Diverged:
                jump *= 0.1 if level == 0.0 else 1.0
                factor = math.sqrt(factor)
                if factor > SMALLEST_STEP:
                    raise self.equations.failure("the noise could not be replaced by stronger couplings") from None
        while point.strength < 1.0:
            size *= 1.5
            if size > LARGEST_SIZE:
                raise self.equations.failure(f"{GROWS}; does φ saturate?")
            point = self.at_size(point, size)
        return point

    def _along(self, point: Point, direction: Array, step: float) -> Point:
        """Return the point a step further along the curve, where a plane across its direction meets it."""
        at = self._coordinates(point.state)
        ratio = np.exp(step * direction)
        weights = direction / at
        pinned = Pinned(tuple(weights.tolist()), float(weights @ (at * ratio)), point.strength * float(ratio[2]))
        return self._at(point, tuple(ratio.tolist()), 0.0, pinned)

    def _at(self, point: Point, ratio: tuple[float, float, float], level: float, pinned: Pinned | None = None) -> Point:
        noise = self.equations.classes.noise + level * self.equations.strong_noise
        return Point(*self.equations.rough(noise, _scaled(point.state, *ratio[:2]), pinned), level)

    def _coordinates(self, state: Covariances) -> Array:
        """Return the size of what fluctuates, of what is static (1 where nothing is), and the strength."""
        static = self.equations.static_size(state.static)
        return np.array([self.equations.size(state.variance), static if static > 0 else 1.0, state.strength])


def _scaled(state: Covariances, fluctuating: float, static: float) -> Covariances:
    return replace(
        state,
        values=state.values * fluctuating,
        amplitudes=state.amplitudes * fluctuating,
        static=state.static * static,
    )
