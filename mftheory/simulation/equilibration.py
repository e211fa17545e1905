"""Has a run forgotten its initial condition? Parts of it are compared."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife, leave_one_out_mean, normal_deviate
from mftheory.results.moments import mean_of_pairs
from mftheory.simulation.accumulate import Accumulator, Segment, total
from mftheory.simulation.orbits import Orbits

MIN_BURN_IN = 40.0
"""Default time that is discarded at least, in relaxation times of a neuron."""

MAX_DOUBLINGS = 4
"""Maximum number of doublings of it, while the run is seen to drift, or some of its trajectories to come to rest."""

MAX_SETTLED_DRIFT = 2.0
"""Largest drift, in standard errors, of a run that counts as settled. By chance beyond in one case of ten: that costs
time, whereas a drift that is missed costs bias."""

MAX_DRIFT = 4.0
"""Largest drift, in standard errors, of a measured run that counts as equilibrated. By chance beyond: one in 10⁴."""

NEGLIGIBLE_CHANGE = 1e-3
"""Relative change that counts as none, however many standard errors: fixed points and cycles have next to no error."""

MAX_SHARE_OF_MEANS = 0.02
"""Share of C^φ(0) in the trajectories' own means above which a run counts as having several attractors."""

MIN_LOOK_BACK = 30
"""Minimum number of samples in which rest and cycles are looked for while a run settles: all but the first quarter of
the shortest burn-in."""

Record = Callable[[int], list[Accumulator]]
"""Function that advances the run by a number of samples and returns their moments."""


def settle(
    skip: Callable[[int], None], record: Record, orbits: Orbits, shortest: int, passed: int = 0
) -> tuple[int, list[Accumulator]]:
    """Let a run settle: compare its second half with the quarter before it, and double it until they agree.

    An exponential relaxation has moved between the two by about the square root of what is left of it at the end: a
    drift that does not show leaves next to nothing. A chaotic transient does not relax: each trajectory leaves it
    suddenly, at its own time, and averages move by less than their errors for long. It shows in that some
    trajectories are at rest or periodic already while others are not.

    Parameters
    ----------
    skip : callable
        Function that advances the run by a number of samples without sampling it.
    record : callable
    orbits : Orbits
        The samples that `record` has taken.
    shortest : int
        Samples to discard at least, 8 or more.
    passed : int
        Samples of a run that was taken for settled and was not: as many again are discarded.

    Returns
    -------
    samples : int
        Number of samples discarded, `passed` included.
    last : list of Accumulator
        Moments of the last stretch.
    """
    samples = 2 * passed or shortest
    if not passed:
        skip(samples // 4)
    stretch = passed or samples - samples // 4
    earlier, last = record(stretch // 3), record(stretch - stretch // 3)
    while samples < longest_burn_in(shortest):
        moved = max(change([a.segments for a in earlier], [a.segments for a in last]))
        if moved <= MAX_SETTLED_DRIFT and orbits.settled(max(samples // 2, min(samples, MIN_LOOK_BACK))):
            break
        earlier, last = last, record(samples)
        samples *= 2
    return samples, last


def longest_burn_in(shortest: int) -> int:
    """Return the largest number of samples that the burn-in may take."""
    return int(shortest * 2**MAX_DOUBLINGS)


def drift(accumulators: Sequence[Accumulator]) -> float:
    """Return the largest change of C(0) or Ψ(0,0) between the halves of a run, in standard errors.

    The activities of every group of neurons are compared. Trajectories are independent, so the errors are a jackknife
    over them, their small number allowed for. A drift slower than the whole run is not seen: near the onset of chaos,
    lengthen `duration` and compare.
    """
    watched = [a.segments for a in watch(accumulators)]
    if min(map(len, watched)) < 2:
        return 0.0
    return max(change([until(s, 0.5) for s in watched], [since(s, 0.5) for s in watched]))


def watch(accumulators: Sequence[Accumulator]) -> list[Accumulator]:
    """Return the activities that stand for their groups; all observables, if none of them is measured."""
    return [a for a in accumulators if a.observable.first] or list(accumulators)


def change(before: Sequence[Sequence[Segment]], after: Sequence[Sequence[Segment]]) -> list[float]:
    """Return the changes of C(0) and Ψ(0,0) of each observable between two stretches of time, in standard errors."""
    scores = []
    for one, two in zip(map(total, before), map(total, after), strict=True):
        moved = two.two - one.two
        scores.append(
            _score(jackknife(float(moved.mean()), leave_one_out_mean(moved)), float(two.two.mean()), moved.size)
        )
        moved = two.pairs - one.pairs
        scores.append(_score(jackknife(*mean_of_pairs(moved)), float(two.pairs.mean()), moved.size))
    return scores


def unevenness(accumulators: Sequence[Accumulator], chosen: NDArray[np.bool_]) -> float:
    """Return how far C(0) or Ψ(0,0) of some trajectories is from that of all, at most, in standard errors of all.

    Parameters
    ----------
    accumulators : sequence of Accumulator
    chosen : array of bool, shape (B,)
        The trajectories that are compared; the deviation of none, or of all, is 0.
    """
    if chosen.all() or not chosen.any():
        return 0.0
    scores = [0.0]
    for accumulator in watch(accumulators):
        whole = total(accumulator.segments)
        for rows, of_all in ((whole.two, leave_one_out_mean(whole.two)), (whole.pairs, mean_of_pairs(whole.pairs)[1])):
            error = jackknife(float(rows.mean()), of_all).error
            if error > 0:
                scores.append(abs(float(rows[chosen].mean() - rows.mean())) / error)
    return max(scores)


def memory_of_trajectories(accumulators: Sequence[Accumulator]) -> str:
    """Return in words what trajectories keep to themselves; empty if it may be chance.

    Trajectories that share one attractor have the same long-time averages, so that the deviations of the first and of
    the last third of a trajectory from the average of all are independent. Compared are C(0) and, where φ is not odd,
    the means of the neurons.
    """
    for accumulator in watch(accumulators):
        segments = accumulator.segments
        if len(segments) < 3:
            continue
        first, last = total(until(segments, 1 / 3)), total(since(segments, 2 / 3))
        variance = accumulator.moments().two_point(0)[0]
        if first.means is not None and last.means is not None:
            own_variance = _variance_of_own_means(first.means, last.means)
            if own_variance > MAX_SHARE_OF_MEANS * variance:
                return f"{own_variance / variance:.0%} of the variance of φ is in means"
        spread = float(last.two.std())
        if spread > NEGLIGIBLE_CHANGE * variance and _remembered(first.two, last.two):
            return f"{spread / variance:.1%} of C(0) is in differences"
    return ""


def _remembered(first: NDArray[Any], last: NDArray[Any]) -> bool:
    """Say if trajectories differ now mostly by what they differed by before (Fisher's z of a correlation)."""
    correlation = float(np.corrcoef(first, last)[0, 1]) if first.std() > 0 and last.std() > 0 else 0.0
    beyond_chance = np.tanh(MAX_DRIFT / np.sqrt(max(first.size - 3, 1)))
    return correlation > max(0.5, beyond_chance)


def _variance_of_own_means(first: NDArray[Any], last: NDArray[Any]) -> float:
    """Return the variance of the trajectories' own means, from means (B, N) at two times; 0 if it may be chance."""
    one, two = first.astype(np.float64), last.astype(np.float64)
    each = np.mean((one - one.mean(axis=0)) * (two - two.mean(axis=0)), axis=1)
    variance = jackknife(float(each.mean()), leave_one_out_mean(each))
    if variance.error == 0 or normal_deviate(variance.z(0.0), each.size - 1) < MAX_DRIFT:
        return 0.0
    return variance.value


def until(segments: Sequence[Segment], fraction: float) -> Sequence[Segment]:
    """Return the beginning of a run, about this fraction of its time; one stretch at least and not all."""
    return segments[: _at(segments, fraction)]


def since(segments: Sequence[Segment], fraction: float) -> Sequence[Segment]:
    """Return the rest of a run after about this fraction of its time."""
    return segments[_at(segments, fraction) :]


def _at(segments: Sequence[Segment], fraction: float) -> int:
    ends = np.cumsum([s.times for s in segments])[:-1]
    return 1 + int(np.argmin(np.abs(ends - fraction * sum(s.times for s in segments))))


def _score(moved: Estimate, value: float, trajectories: int) -> float:
    if abs(moved.value) <= NEGLIGIBLE_CHANGE * abs(value) or moved.error == 0:
        return 0.0
    return abs(normal_deviate(moved.z(0.0), trajectories - 1))
