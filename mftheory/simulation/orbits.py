"""Rest, cycle or chaos? The attractor of each trajectory, told from its variance and its returns in time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mftheory.results.attractors import AT_REST, IRREGULAR, NOWHERE, PERIODIC, Attractors
from mftheory.results.jackknife import jackknife, leave_one_out_mean, normal_deviate

Array = NDArray[np.float32]

RANDOM_DIRECTIONS = 32
"""Number of random directions onto which states are projected: distances are those of the whole states to 1/√(32·10) or
so, averaged over ten times or more, and a return is a return in all of them."""

MAX_SAMPLES = 256
"""Maximum number of samples that are kept and examined: 2 MB for 64 trajectories, 0.1 s."""

MIN_SAMPLES = 24
"""Minimum number of samples to look for a cycle, or an approach to rest: in fewer, chaos does either by chance."""

VARIANCE_AT_REST = 1e-6
"""Largest variance in time, relative to the mean square, of a trajectory at rest. Single precision leaves 1e-14; an
approach to a fixed point in 30 time constants gets there in 200."""

VARIANCE_OF_DEPARTED = 0.01
"""Largest variance in time, relative to the median of all trajectories, of one that left them for a fixed point."""

VARIANCE_OF_APPROACH = 1e-3
"""Largest variance in time, relative to the mean square, of a trajectory that approaches a fixed point."""

VARIANCE_RATIO_OF_APPROACH = 0.5
"""Largest ratio of its variances at the end and at the beginning of the samples."""

MIN_EXCURSION = 0.5
"""Squared distance, relative to that of unrelated states, that a trajectory must have reached before it returns."""

MAX_RETURN_DISTANCE = 0.005
"""Largest squared distance, likewise, between a cycle and itself one period later. Seen at lags of 33 to 66: on
cycles 0.003 at most, once they are reached; in chaos 0.05 or more, 1 trajectory of 1000 below 0.01 in networks of few
dimensions."""

MAX_DISTANCE_ON_ONE_CYCLE = 0.05
"""Largest squared distance, likewise, of two trajectories on one cycle, in the best of their relative phases."""

MAX_FADING = 4.0
"""Largest change of the variance in time, in standard errors, that counts as none. By chance beyond: one in 10⁴."""

NEGLIGIBLE_CHANGE = 0.02
"""Largest relative change of the variance in time that counts as none, however many standard errors it is."""


class Orbits:
    """The latest samples of all trajectories, projected onto a few random directions.

    Parameters
    ----------
    n : int
        Neurons.
    odd : bool
        True if x and -x are equivalent.
    driven : bool
        True if noise moves every trajectory, so that none rests or returns.
    """

    def __init__(self, n: int, odd: bool, driven: bool) -> None:
        self._directions: Array | None = None
        if n > RANDOM_DIRECTIONS:
            self._directions = np.random.default_rng(0).standard_normal((n, RANDOM_DIRECTIONS)).astype(np.float32)
        self._parts: list[Array] = []
        self._odd = odd
        self._driven = driven

    def add(self, states: NDArray[np.floating]) -> None:
        """Account for states of shape (trajectories, times, n), the next samples."""
        if self._directions is None:
            new = np.array(states, dtype=np.float32)  # a copy
        else:
            flat = states.reshape(-1, states.shape[2]).astype(np.float32, copy=False)
            new = (flat @ self._directions).reshape(*states.shape[:2], -1)
        self._parts.append(new)
        total = sum(part.shape[1] for part in self._parts)
        while total - self._parts[0].shape[1] >= MAX_SAMPLES:
            total -= self._parts.pop(0).shape[1]

    def attractors(self, samples: int) -> Attractors:
        """Return the attractors of the last `samples`, at most 256; cycles are looked for in all that are kept."""
        latest = self._latest(MAX_SAMPLES)
        if self._driven:
            return Attractors((IRREGULAR,) * len(latest), (NOWHERE,) * len(latest))
        return classify(latest, self._odd, samples)

    def settled(self, samples: int) -> bool:
        """Say if nothing in the last `samples` suggests that trajectories are still on their way to an attractor."""
        attractors = self.attractors(samples)
        # Variances that fade as all trajectories come to rest fade for ever.
        all_at_rest = attractors.count(AT_REST) == len(attractors.kinds)
        return attractors.settled and (all_at_rest or self.fading(samples) <= MAX_FADING)

    def fading(self, samples: int) -> float:
        """Return the change of the variances in time between the halves of the last `samples`, in standard errors.

        A spiral into a fixed point, or out of it onto a cycle, shows here long before it does in C(0).
        """
        latest = self._latest(samples)
        half = latest.shape[1] // 2
        if half < 2:
            return 0.0
        least = VARIANCE_AT_REST * np.mean(np.sum(latest.astype(np.float64) ** 2, axis=2), axis=1)
        first, second = (
            np.log(np.maximum(np.sum(np.var(part, axis=1, dtype=np.float64), axis=1), least) + 1e-300)
            for part in (latest[:, :half], latest[:, half : 2 * half])
        )
        change = second - first
        mean = jackknife(float(change.mean()), leave_one_out_mean(change))
        if abs(mean.value) <= NEGLIGIBLE_CHANGE or mean.error == 0:
            return 0.0
        return abs(normal_deviate(mean.z(0.0), change.size - 1))

    def _latest(self, samples: int) -> Array:
        return np.concatenate(self._parts, axis=1)[:, -min(samples, MAX_SAMPLES) :]


def classify(states: Array, odd: bool, samples: int | None = None) -> Attractors:
    """Return the attractors of trajectories in the last `samples` of those given, (trajectories, times, directions).

    A trajectory is at rest if it does not vary in time, or hardly does in the last quarter of the samples while others
    do, or varies little and ever less. It is periodic if it returns after some time to where it was, at all times,
    having been away: d(τ) = ⟨|x(t + τ) - x(t)|²⟩/(2 ⟨|x - ⟨x⟩|²⟩), which is 1 for unrelated states and 0 a period
    later, is below `MAX_RETURN_DISTANCE` at some lag from a third to two thirds of the samples (among them is a
    multiple of any period up to two thirds); or, for longer cycles, the same holds for all samples given. Cycles longer
    yet are not told from chaos, nor are tori that take longer to return.
    """
    latest = states if samples is None else states[:, -samples:]
    about, variance = _about_mean(latest)
    level = np.mean(np.sum(latest * latest, axis=2, dtype=np.float64), axis=1)
    # A trajectory that dies out where others do not has no level of its own.
    resting = variance <= VARIANCE_AT_REST * np.maximum(level, level.mean())
    periodic = np.zeros_like(resting)
    if (times := latest.shape[1]) >= MIN_SAMPLES:
        first, last = (
            np.sum(np.var(part, axis=1, dtype=np.float64), axis=1)
            for part in (about[:, : times // 4], about[:, -(times // 4) :])
        )
        resting |= last <= VARIANCE_OF_DEPARTED * np.median(last)
        resting |= (last <= VARIANCE_OF_APPROACH * level) & (last <= VARIANCE_RATIO_OF_APPROACH * first)
        periodic |= closest_return(about, variance) < MAX_RETURN_DISTANCE
        if states.shape[1] > times and not np.all(resting | periodic):
            periodic |= closest_return(*_about_mean(states)) < MAX_RETURN_DISTANCE
    kinds = [AT_REST if r else PERIODIC if p else IRREGULAR for r, p in zip(resting, periodic, strict=True)]
    return Attractors(tuple(kinds), places(states, kinds, odd))


def _about_mean(states: Array) -> tuple[Array, NDArray[np.float64]]:
    """Return the states about each trajectory's mean, and its variance in time."""
    about = states - states.mean(axis=1, keepdims=True)
    return about, np.mean(np.sum(about * about, axis=2, dtype=np.float64), axis=1)


def closest_return(states: Array, variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest d(τ) of each trajectory, see `classify`, between samples by a parabola; 1 if none."""
    times = states.shape[1]
    shortest, longest = times // 3, 2 * times // 3
    d = _squared_changes(states, longest + 1) / (2 * np.maximum(variance, np.finfo(float).tiny)[:, np.newaxis])
    away = np.maximum.accumulate(d, axis=1)
    before, at, after = d[:, :-2], d[:, 1:-1], d[:, 2:]
    bend = before - 2 * at + after
    least = at - (before - after) ** 2 / (8 * np.where(bend > 0, bend, np.inf))
    has_returned = (at <= before) & (at <= after) & (bend > 0) & (away[:, 1:-1] > MIN_EXCURSION)
    least = np.where(has_returned, np.maximum(least, 0.0), 1.0)[:, shortest - 2 :]
    return np.asarray(least.min(axis=1))


def places(states: Array, kinds: Sequence[str], odd: bool) -> tuple[int, ...]:
    """Return the number of the fixed point or cycle that each trajectory is on, equal for those on the same one."""
    known: list[tuple[str, Array]] = []
    numbers = []
    for path, kind in zip(states, kinds, strict=True):
        if kind == IRREGULAR:
            numbers.append(NOWHERE)
            continue
        # A fixed point has no variance to compare with: distances are relative to its own square.
        about = path - path.mean(axis=0) if kind == PERIODIC else path / np.float32(np.sqrt(2))
        scale = 2 * float(np.mean(np.sum(about * about, axis=1)))
        for k, (other, there) in enumerate(known):
            if other == kind and _apart(path, there, kind, odd) <= MAX_DISTANCE_ON_ONE_CYCLE * scale:
                numbers.append(k)
                break
        else:
            numbers.append(len(known))
            known.append((kind, path))
    return tuple(numbers)


def _apart(one: Array, other: Array, kind: str, odd: bool) -> float:
    """Return the mean squared distance of two trajectories, in the best of their relative phases and signs."""
    signs = (1.0, -1.0) if odd else (1.0,)
    if kind == AT_REST:
        return min(float(np.sum((one[-1] - sign * other[-1]) ** 2)) for sign in signs)
    third = len(one) // 3
    windows = np.lib.stride_tricks.sliding_window_view(other, third, axis=0).transpose(0, 2, 1)
    return min(float(_mean_square(windows - sign * one[-third:]).min()) for sign in signs)


def _squared_changes(states: Array, longest: int) -> NDArray[np.float64]:
    """Return ⟨|x(t + lag) - x(t)|²⟩ at lags from 1 to the longest, shape (trajectories, longest)."""
    from scipy import fft

    times = states.shape[1]
    size = fft.next_fast_len(times + longest, real=True)
    power = np.abs(fft.rfft(states.astype(np.float64), size, axis=1)) ** 2
    products = fft.irfft(power.sum(axis=2), size, axis=1)[:, 1 : longest + 1]
    squares = np.cumsum(np.sum(states * states, axis=2, dtype=np.float64), axis=1)
    lags = np.arange(1, longest + 1)
    early, late = squares[:, times - 1 - lags], squares[:, -1:] - squares[:, lags - 1]
    return np.asarray((early + late - 2 * products) / (times - lags))


def _mean_square(states: Array) -> NDArray[np.float64]:
    """Return the mean over times (the axis before the last) of the squared norm, in double precision."""
    return np.asarray(np.mean(np.sum(states * states, axis=-1), axis=-1), dtype=np.float64)
