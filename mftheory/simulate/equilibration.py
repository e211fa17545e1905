"""Has a run forgotten its initial condition? Its parts are compared."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife, leave_one_out_mean, normal_deviate
from mftheory.results.moments import mean_of_pairs
from mftheory.simulate.accumulate import Accumulator, Segment, total
from mftheory.simulate.orbits import Orbits

BURN_IN = 40.0
"""Relaxation times of a neuron discarded at least, unless told otherwise."""

DOUBLINGS = 4
"""How often that is doubled, at most, while the run is seen to drift, or some of its trajectories to come to rest."""

SETTLED = 2.0
"""Drift, in standard errors, up to which a run is taken to have settled. By chance beyond in one case of ten: that
costs time, whereas a drift that is missed costs bias."""

THRESHOLD = 4.0
"""Drift, in standard errors, above which a measured run counts as not equilibrated. By chance: about one in 10⁴."""

NEGLIGIBLE = 1e-3
"""Relative change that is no drift, however many standard errors: fixed points and cycles have next to no error."""

KEPT = 0.02
"""Fraction of C^φ(0) in means that trajectories keep to themselves, above which a run counts as having attractors."""

LOOK_BACK = 30
"""Samples, at least, in which trajectories are looked at for rest and cycles while a run settles: all but the first
quarter of the shortest burn-in."""

Record = Callable[[int], list[Accumulator]]
"""Advances the run by so many samples and returns their moments."""


def settle(
    skip: Callable[[int], None], record: Record, orbits: Orbits, shortest: int, passed: int = 0
) -> tuple[int, list[Accumulator]]:
    """Let a run settle: its second half against the quarter before it, doubled until they agree.

    What relaxes exponentially has moved between the two by about the square root of what is left of it at the end: a
    drift that does not show leaves next to nothing. A chaotic transient does not relax: each trajectory leaves it
    suddenly, at a time of its own, and averages move by less than their errors for long. It shows in that some
    trajectories are at rest or periodic already while others are not.

    Parameters
    ----------
    skip : callable
        Advances the run by so many samples without looking.
    record : callable
    orbits : Orbits
        What `record` has sampled.
    shortest : int
        Samples to discard at least, 8 or more.
    passed : int
        Samples that have passed where the run was taken for settled and was not: as many again are discarded.

    Returns
    -------
    samples : int
        Discarded, those that had passed included.
    last : list of Accumulator
        Moments of the last stretch.
    """
    samples = 2 * passed or shortest
    if not passed:
        skip(samples // 4)
    stretch = passed or samples - samples // 4
    earlier, last = record(stretch // 3), record(stretch - stretch // 3)
    while samples < longest(shortest):
        moved = max(change([a.segments for a in earlier], [a.segments for a in last]))
        if moved <= SETTLED and orbits.settled(max(samples // 2, min(samples, LOOK_BACK))):
            break
        earlier, last = last, record(samples)
        samples *= 2
    return samples, last


def longest(shortest: int) -> int:
    """Samples from which on no more are discarded, whatever is seen."""
    return int(shortest * 2**DOUBLINGS)


def drift(accumulators: Sequence[Accumulator]) -> float:
    """Change of C(0) or Ψ(0,0) between the halves of a run, the largest of all, in standard errors.

    Of the activities of every group of neurons. Trajectories are independent, so the errors are a jackknife over them,
    their small number allowed for. A drift slower than the whole run is not seen: near the onset of chaos, lengthen
    `duration` and compare.
    """
    watched = watch(accumulators)
    if min(len(a.segments) for a in watched) < 2:
        return 0.0
    halves = [(until(a.segments, 0.5), since(a.segments, 0.5)) for a in watched]
    return max(change([first for first, _ in halves], [second for _, second in halves]))


def watch(accumulators: Sequence[Accumulator]) -> list[Accumulator]:
    """The activities that stand for their groups; all, if none of them is measured."""
    return [a for a in accumulators if a.observable.first] or list(accumulators)


def change(before: Sequence[Sequence[Segment]], after: Sequence[Sequence[Segment]]) -> list[float]:
    """Changes of C(0) and of Ψ(0,0) of each observable from one stretch of time to another, in standard errors."""
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
    """By how much some trajectories differ from all in C(0) or Ψ(0,0), the largest, in standard errors of all.

    Parameters
    ----------
    accumulators : sequence of Accumulator
    chosen : array of bool, shape (B,)
        Which trajectories; of none or all, the answer is 0.
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


def kept_apart(accumulators: Sequence[Accumulator]) -> str:
    """What trajectories keep to themselves, in words; empty if that may be chance.

    Trajectories that share one attractor have the same long-time averages, so that what the first and the last third
    of a trajectory deviate from the average of all is independent. Looked at are C(0) and, where φ is not odd, the
    means of the neurons.
    """
    for accumulator in watch(accumulators):
        segments = accumulator.segments
        if len(segments) < 3:
            continue
        first, last = total(until(segments, 1 / 3)), total(since(segments, 2 / 3))
        variance = accumulator.moments().two_point(0)[0]
        if first.means is not None and last.means is not None:
            kept = _kept(first.means, last.means)
            if kept > KEPT * variance:
                return f"{kept / variance:.0%} of the variance of φ is in means"
        spread = float(last.two.std())
        if spread > NEGLIGIBLE * variance and _remembered(first.two, last.two):
            return f"{spread / variance:.1%} of C(0) is in differences"
    return ""


def _remembered(first: NDArray[Any], last: NDArray[Any]) -> bool:
    """Whether most of what trajectories differ by now is what they differed by before (Fisher's z of a correlation)."""
    correlation = float(np.corrcoef(first, last)[0, 1]) if first.std() > 0 and last.std() > 0 else 0.0
    beyond_chance = np.tanh(THRESHOLD / np.sqrt(max(first.size - 3, 1)))
    return correlation > max(0.5, beyond_chance)


def _kept(first: NDArray[Any], last: NDArray[Any]) -> float:
    """Mean square of what trajectories keep, per neuron, from arrays (B, N) of two times; 0 if it may be chance."""
    one, two = first.astype(np.float64), last.astype(np.float64)
    each = np.mean((one - one.mean(axis=0)) * (two - two.mean(axis=0)), axis=1)
    found = jackknife(float(each.mean()), leave_one_out_mean(each))
    if found.error == 0 or normal_deviate(found.z(0.0), each.size - 1) < THRESHOLD:
        return 0.0
    return found.value


def until(segments: Sequence[Segment], fraction: float) -> Sequence[Segment]:
    """The beginning of a run, about this fraction of its time; one stretch at least and not all."""
    return segments[: _at(segments, fraction)]


def since(segments: Sequence[Segment], fraction: float) -> Sequence[Segment]:
    """The rest of it."""
    return segments[_at(segments, fraction) :]


def _at(segments: Sequence[Segment], fraction: float) -> int:
    ends = np.cumsum([s.times for s in segments])[:-1]
    return 1 + int(np.argmin(np.abs(ends - fraction * sum(s.times for s in segments))))


def _score(moved: Estimate, value: float, trajectories: int) -> float:
    if abs(moved.value) <= NEGLIGIBLE * abs(value) or moved.error == 0:
        return 0.0
    return abs(normal_deviate(moved.z(0.0), trajectories - 1))
