"""The cheapest set of runs whose extrapolation has a wanted error: sizes, networks a size, trajectories, duration."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mftheory.planning import precision
from mftheory.planning.cost import Workload
from mftheory.results.extrapolate import CURVATURE, intercept
from mftheory.results.theory import FEWEST_DIMENSIONS

FEWEST_NETWORKS = 4
"""A size: with fewer the error bar itself is too uncertain (Student's t with 3 degrees of freedom)."""

STARTUP = 2.0
"""Seconds until worker processes have imported what they need."""

_SPAN = (1, 2, 4)  # sizes, as multiples of the smallest: with three, a 1/N² term would show in the comparison
_TRAJECTORIES = (16, 32, 64)
_DURATIONS = (20.0, 30.0, 40.0, 60.0, 80.0, 100.0, 150.0, 200.0)  # in sampling intervals
_CORRELATION_TIMES = 2.0  # shortest run: one that drifts must be able to show it
_FALL = (0.0, 0.5, 1.0, 1.5, 2.0)  # networks a size ∝ n^-p
_RAISE = (1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 8.0)  # smallest size, as a multiple of the smallest allowed
_MOST = 4096  # values a size that the fit is shown
_MANY = 256  # networks at the smallest size while their ratios are tried: rounded, they keep the ratios


@dataclass(frozen=True)
class Situation:
    """What the choice depends on.

    Attributes
    ----------
    dimensions : float
        PR of φ, predicted dimensions per neuron: sets the spread between networks and the size term.
    trusted : float
        PR of the observable times its share of the neurons: `FEWEST_DIMENSIONS` of them are needed.
    correlation_time : float
        See `precision.correlation_time`.
    work : Workload
        What a network costs.
    max_memory : float
        Bytes.
    """

    dimensions: float
    trusted: float
    correlation_time: float
    work: Workload
    max_memory: float

    def estimate(self, n: int, trajectories: int, duration: float) -> float:
        """Relative standard error of one network's dimension."""
        block = self.work.block(n, trajectories, duration) * self.work.sampling_interval
        return precision.estimate_error(n * self.dimensions, self.correlation_time, trajectories, duration, block)

    @property
    def smallest(self) -> int:
        """Neurons that have `FEWEST_DIMENSIONS`."""
        return max(2, math.ceil(FEWEST_DIMENSIONS / self.trusted))


@dataclass(frozen=True)
class Design:
    """Runs, and what they give.

    Attributes
    ----------
    networks : mapping of int to int
        Networks of each size.
    trajectories, duration
        Of each network.
    error, curvature : float
        Relative standard error of the extrapolation; a relative error that a 1/N² term may add.
    jobs : int
        Processes that fit into memory side by side; at least 1.
    seconds, memory : float
        Wall time with so many processes; bytes that they take together.
    """

    networks: Mapping[int, int]
    trajectories: int
    duration: float
    error: float
    curvature: float
    jobs: int
    seconds: float
    memory: int


def cheapest(situation: Situation, target: float, sizes: Sequence[int] | None = None) -> Design:
    """The design of least wall time whose error is at most `target`; of the given sizes, if they are given."""
    found = [
        _enough(situation, target, chosen, trajectories, duration)
        for chosen in _sizes(situation, target, sizes)
        for trajectories in _TRAJECTORIES
        for duration in _durations(situation)
    ]
    return min(found, key=lambda design: (design.memory > situation.max_memory, design.seconds))


def within(situation: Situation, design: Design, seconds: float) -> Design:
    """The same with fewer networks, so that it takes at most `seconds`; two of each size are the least."""
    share = (seconds - STARTUP) / (design.seconds - STARTUP)
    networks = {n: max(2, math.floor(share * count)) for n, count in design.networks.items()}
    return evaluate(situation, networks, design.trajectories, design.duration)


def evaluate(situation: Situation, networks: Mapping[int, int], trajectories: int, duration: float) -> Design:
    """Error and cost of a design, by the weights of the fit that `mf.compare` makes."""
    work, sizes = situation.work, list(networks)
    weight = weights(networks)
    variance = variances(situation, sizes, trajectories, duration)
    error = math.sqrt(sum(weight[n] ** 2 * variance[n] / networks[n] for n in sizes))
    bend = sum(weight[n] / (n * situation.dimensions) ** 2 for n in sizes) if len(sizes) > 1 else 0.0
    largest = work.memory(max(sizes), trajectories, duration)
    jobs = min(work.machine.cores, sum(networks.values()), max(1, int(situation.max_memory // largest)))
    each = {n: work.seconds(n, trajectories, duration) for n in sizes}
    busy = sum(each[n] * networks[n] for n in sizes)
    return Design(
        networks=dict(networks),
        trajectories=trajectories,
        duration=duration,
        error=error,
        curvature=CURVATURE * abs(bend),
        jobs=jobs,
        # Long runs come first, so the last worker is late by at most one run.
        seconds=STARTUP + max(busy / jobs, max(each.values())),
        memory=jobs * largest,
    )


def duration_alone(situation: Situation, n: int, trajectories: int, target: float) -> float:
    """How long one network is to be measured until its own dimension is known to `target`."""
    duration = situation.correlation_time
    while situation.estimate(n, trajectories, duration) > target:
        duration *= 1.25
    return duration


def weights(networks: Mapping[int, int]) -> dict[int, float]:
    """What the average of each size counts in the extrapolation: asked of the fit itself, one size at a time.

    Examples
    --------
    >>> from mftheory.planning.design import weights
    >>> {n: round(w, 3) for n, w in weights({250: 8, 500: 8, 1000: 8}).items()}
    {250: -0.385, 500: 0.154, 1000: 1.231}
    """
    share = min(1.0, _MOST / max(networks.values()))  # only their ratios matter
    networks = {n: max(2, round(share * count)) for n, count in networks.items()}
    return {n: intercept({m: np.full(count, float(m == n)) for m, count in networks.items()}).value for n in networks}


def _enough(situation: Situation, target: float, sizes: Sequence[int], trajectories: int, duration: float) -> Design:
    """The cheapest numbers of networks; their ratios are tried, their scale follows from the error."""
    variance = variances(situation, sizes, trajectories, duration)
    best: Design | None = None
    for fall in _FALL if len(sizes) > 1 else (0.0,):
        shares = {n: max(2, round(_MANY * (n / min(sizes)) ** -fall)) for n in sizes}
        weight = weights(shares)
        scale = sum(weight[n] ** 2 * variance[n] / shares[n] for n in sizes) / target**2
        networks = {n: max(FEWEST_NETWORKS, math.ceil(scale * shares[n])) for n in sizes}
        design = evaluate(situation, networks, trajectories, duration)
        while design.error > target:  # whole networks weigh a little differently
            networks = {n: count + max(1, count // 50) for n, count in networks.items()}
            design = evaluate(situation, networks, trajectories, duration)
        if best is None or design.seconds < best.seconds:
            best = design
    assert best is not None
    return best


def variances(situation: Situation, sizes: Sequence[int], trajectories: int, duration: float) -> dict[int, float]:
    """Relative to the limit: of one network's estimate at each size, spread between networks included."""
    found = {}
    for n in sizes:
        x = n * situation.dimensions
        estimate = situation.estimate(n, trajectories, duration)
        found[n] = (precision.spread(x) ** 2 + estimate**2) * precision.mean(x) ** 2
    return found


def _sizes(situation: Situation, target: float, given: Sequence[int] | None) -> Iterator[tuple[int, ...]]:
    if given is not None:
        yield tuple(sorted(given))
        return
    for factor in _RAISE:
        smallest = _rounded(factor * situation.smallest)
        sizes = tuple(smallest * multiple for multiple in _SPAN)
        bend = evaluate(situation, dict.fromkeys(sizes, 2), _TRAJECTORIES[0], 1.0).curvature
        if bend <= 0.5 * target or factor == _RAISE[-1]:
            yield sizes


def _rounded(n: float) -> int:
    """Up to two digits."""
    unit = 10 ** max(0, math.floor(math.log10(n)) - 1)
    return math.ceil(n / unit) * unit


def _durations(situation: Situation) -> list[float]:
    interval = situation.work.sampling_interval
    least = _CORRELATION_TIMES * situation.correlation_time
    enough = [interval * d for d in _DURATIONS if interval * d >= least]
    return enough or [interval * math.ceil(least / interval)]
