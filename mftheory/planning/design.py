"""The cheapest set of runs whose extrapolation has a wanted error: sizes, networks a size, trajectories, duration."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mftheory.planning import precision
from mftheory.planning.cost import Workload
from mftheory.results.extrapolate import CURVATURE, coefficients
from mftheory.results.theory import FEWEST_DIMENSIONS

FEWEST_NETWORKS = 4
"""Minimum number of networks of a size: with fewer the error bar itself is too uncertain (Student's t with 3 degrees of
freedom)."""

STARTUP = 2.0
"""Seconds until worker processes have imported what they need."""

_SIZE_RATIOS = (1, 2, 4)  # sizes, as multiples of the smallest: with three, a 1/N² term would show in the comparison
_TRAJECTORY_COUNTS = (16, 32, 64)
_DURATIONS = (20.0, 30.0, 40.0, 60.0, 80.0, 100.0, 150.0, 200.0)  # in sampling intervals
_LEAST_CORRELATION_TIMES = 2.0  # shortest run: one that drifts must be able to show it
_NETWORK_EXPONENTS = (0.0, 0.5, 1.0, 1.5, 2.0)  # networks a size ∝ n^-p
_SMALLEST_SIZE_FACTORS = (1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 8.0)  # smallest size, as a multiple of the smallest allowed
_TRIAL_NETWORKS = 256  # networks at the smallest size while their ratios are tried: rounded, they keep the ratios


@dataclass(frozen=True)
class Situation:
    """Quantities on which the choice of runs depends.

    Attributes
    ----------
    dimensions : float
        PR of φ, predicted dimensions per neuron: sets the spread between networks and the size term.
    trusted : float
        PR of the observable times its share of the neurons: `FEWEST_DIMENSIONS` of them are needed.
    correlation_time : float
        As `precision.correlation_time` gives it.
    work : Workload
        Costs of a network.
    """

    dimensions: float
    trusted: float
    correlation_time: float
    work: Workload

    def estimate(self, n: int, trajectories: int, duration: float) -> float:
        """Return the relative standard error of one network's dimension."""
        block = self.work.block(n, trajectories, duration) * self.work.sampling_interval
        return precision.estimate_error(n * self.dimensions, self.correlation_time, trajectories, duration, block)

    @property
    def smallest(self) -> int:
        """Number of neurons that have `FEWEST_DIMENSIONS`."""
        return max(2, math.ceil(FEWEST_DIMENSIONS / self.trusted))


@dataclass(frozen=True)
class Design:
    """Runs, their errors and their costs.

    Attributes
    ----------
    networks : mapping of int to int
        Number of networks of each size.
    trajectories, duration
        Number and length of the trajectories of each network.
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
    """Return the design of least wall time whose error is at most `target`; of the given sizes, if there are any."""
    designs = [
        _cheapest_networks(situation, target, chosen, trajectories, duration)
        for chosen in _sizes(situation, target, sizes)
        for trajectories in _TRAJECTORY_COUNTS
        for duration in _durations(situation)
    ]
    return min(designs, key=lambda design: (design.memory > situation.work.max_memory, design.seconds))


def within(situation: Situation, design: Design, seconds: float) -> Design:
    """Return the design with fewer networks, so that it takes at most `seconds`; two of each size are the least."""
    share = (seconds - STARTUP) / (design.seconds - STARTUP)
    networks = {n: max(2, math.floor(share * count)) for n, count in design.networks.items()}
    return evaluate(situation, networks, design.trajectories, design.duration)


def evaluate(situation: Situation, networks: Mapping[int, int], trajectories: int, duration: float) -> Design:
    """Return a design with its error and cost, by the weights of the fit that `mf.compare` makes."""
    work, sizes = situation.work, list(networks)
    weight = coefficients(networks)
    variance = variances(situation, sizes, trajectories, duration)
    error = math.sqrt(sum(weight[n] ** 2 * variance[n] / networks[n] for n in sizes))
    curvature = sum(weight[n] / (n * situation.dimensions) ** 2 for n in sizes) if len(sizes) > 1 else 0.0
    largest = work.memory(max(sizes), trajectories, duration)
    jobs = min(work.machine.cores, sum(networks.values()), max(1, int(work.max_memory // largest)))
    seconds = {n: work.seconds(n, trajectories, duration) for n in sizes}
    total = sum(seconds[n] * networks[n] for n in sizes)
    return Design(
        networks=dict(networks),
        trajectories=trajectories,
        duration=duration,
        error=error,
        curvature=CURVATURE * abs(curvature),
        jobs=jobs,
        # Long runs come first, so the last worker is late by at most one run.
        seconds=STARTUP + max(total / jobs, max(seconds.values())),
        memory=jobs * largest,
    )


def duration_alone(situation: Situation, n: int, trajectories: int, target: float) -> float:
    """Return the duration after which one network's own dimension is known to `target`."""
    duration = situation.correlation_time
    while situation.estimate(n, trajectories, duration) > target:
        duration *= 1.25
    return duration


def _cheapest_networks(
    situation: Situation, target: float, sizes: Sequence[int], trajectories: int, duration: float
) -> Design:
    """Return the cheapest design of these runs: ratios of networks are tried, their scale follows from the error."""
    variance = variances(situation, sizes, trajectories, duration)
    designs = []
    for exponent in _NETWORK_EXPONENTS if len(sizes) > 1 else (0.0,):
        shares = {n: max(2, round(_TRIAL_NETWORKS * (n / min(sizes)) ** -exponent)) for n in sizes}
        weight = coefficients(shares)
        scale = sum(weight[n] ** 2 * variance[n] / shares[n] for n in sizes) / target**2
        networks = {n: max(FEWEST_NETWORKS, math.ceil(scale * shares[n])) for n in sizes}
        design = evaluate(situation, networks, trajectories, duration)
        while design.error > target:  # whole networks weigh a little differently
            networks = {n: count + max(1, count // 50) for n, count in networks.items()}
            design = evaluate(situation, networks, trajectories, duration)
        designs.append(design)
    return min(designs, key=lambda design: design.seconds)


def variances(situation: Situation, sizes: Sequence[int], trajectories: int, duration: float) -> dict[int, float]:
    """Return the variance of one network's estimate, relative to the limit; the spread between networks is in it."""
    variance = {}
    for n in sizes:
        x = n * situation.dimensions
        estimate = situation.estimate(n, trajectories, duration)
        variance[n] = (precision.spread(x) ** 2 + estimate**2) * precision.mean(x) ** 2
    return variance


def _sizes(situation: Situation, target: float, given: Sequence[int] | None) -> Iterator[tuple[int, ...]]:
    """Return the sizes that are tried: those given, else three, from the smallest allowed or above it."""
    if given is not None:
        yield tuple(sorted(given))
        return
    for factor in _SMALLEST_SIZE_FACTORS:
        smallest = _rounded(factor * situation.smallest)
        sizes = tuple(smallest * multiple for multiple in _SIZE_RATIOS)
        curvature = evaluate(situation, dict.fromkeys(sizes, 2), _TRAJECTORY_COUNTS[0], 1.0).curvature
        if curvature <= 0.5 * target or factor == _SMALLEST_SIZE_FACTORS[-1]:
            yield sizes


def _rounded(n: float) -> int:
    """Round up to two digits."""
    unit = 10 ** max(0, math.floor(math.log10(n)) - 1)
    return math.ceil(n / unit) * unit


def _durations(situation: Situation) -> list[float]:
    """Return the durations that are tried: long enough for a run that drifts to show it."""
    interval = situation.work.sampling_interval
    least = _LEAST_CORRELATION_TIMES * situation.correlation_time
    long_enough = [interval * d for d in _DURATIONS if interval * d >= least]
    return long_enough or [interval * math.ceil(least / interval)]
