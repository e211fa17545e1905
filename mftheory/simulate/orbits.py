"""Rest, cycle or chaos? What each trajectory does, told from its own variance and returns in time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mftheory.results.attractors import AT_REST, IRREGULAR, NOWHERE, PERIODIC, Attractors
from mftheory.results.jackknife import jackknife, leave_one_out_mean, normal_deviate

Array = NDArray[np.float32]

DIRECTIONS = 32
"""Random directions that states are kept along: distances are those of the whole states to 1/√(32·10) or so, averaged
over ten times or more, and a return is a return in all of them."""

LONGEST = 256
"""Samples that are kept and looked at, at most: 2 MB of 64 trajectories, 0.1 s."""

FEWEST = 24
"""Samples below which no cycle is looked for, and no approach to rest: of fewer, chaos does either by chance."""

STILL = 1e-6
"""Variance in time, relative to the mean square, of a trajectory at rest. Single precision leaves 1e-14; a fixed point
that is approached in 30 time constants gets there in 200."""

QUIET = 0.01
"""Variance in time, relative to the median of all trajectories, of one that left the others for a fixed point."""

SMALL, SHRINKING = 1e-3, 0.5
"""Variance in time, relative to the mean square, and to what it was before, of one that approaches a fixed point."""

AWAY = 0.5
"""Squared distance, relative to that of unrelated states, that a trajectory must have reached before it returns."""

RETURN = 0.005
"""Squared distance, likewise, that a cycle stays below one period later. Seen at lags of 33 to 66: on cycles 0.003 at
most, once they are reached; in chaos 0.05 or more, 1 trajectory of 1000 below 0.01 in networks of few dimensions."""

SAME = 0.05
"""Squared distance, likewise, of two trajectories that are on one cycle, in the best of their relative phases."""

FADING = 4.0
"""Change of the variance in time, in standard errors, up to which it is none. By chance beyond: about one in 10⁴."""

NEGLIGIBLE = 0.02
"""Relative change of the variance in time that is none, however many standard errors."""


class Orbits:
    """The latest samples of all trajectories, along a few random directions.

    Parameters
    ----------
    n : int
        Neurons.
    odd : bool
        Whether x and -x are equivalent.
    driven : bool
        Whether noise moves every trajectory, so that none rests or returns.
    """

    def __init__(self, n: int, odd: bool, driven: bool) -> None:
        self._directions: Array | None = None
        if n > DIRECTIONS:
            self._directions = np.random.default_rng(0).standard_normal((n, DIRECTIONS)).astype(np.float32)
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
        kept = sum(part.shape[1] for part in self._parts)
        while kept - self._parts[0].shape[1] >= LONGEST:
            kept -= self._parts.pop(0).shape[1]

    def attractors(self, samples: int) -> Attractors:
        """What the trajectories did in the last `samples`, the last 256 at most; of cycles, in all that are kept."""
        kept = np.concatenate(self._parts, axis=1)[:, -LONGEST:]
        if self._driven:
            return Attractors((IRREGULAR,) * len(kept), (NOWHERE,) * len(kept))
        return classify(kept, self._odd, samples)

    def settled(self, samples: int) -> bool:
        """Whether nothing in the last `samples` says that trajectories are still on their way to where they end."""
        found = self.attractors(samples)
        # What fades as all come to rest goes on fading for ever.
        return found.settled and (found.count(AT_REST) == len(found.kinds) or self.fading(samples) <= FADING)

    def fading(self, samples: int) -> float:
        """Change of the trajectories' variances in time between the halves of the last `samples`, in standard errors.

        What spirals into a fixed point, or out of it onto a cycle, shows here long before it does in C(0).
        """
        latest = self._latest(samples)
        half = latest.shape[1] // 2
        if half < 2:
            return 0.0
        least = STILL * np.mean(np.sum(latest.astype(np.float64) ** 2, axis=2), axis=1)
        first, second = (
            np.log(np.maximum(np.sum(np.var(part, axis=1, dtype=np.float64), axis=1), least) + 1e-300)
            for part in (latest[:, :half], latest[:, half : 2 * half])
        )
        change = second - first
        found = jackknife(float(change.mean()), leave_one_out_mean(change))
        if abs(found.value) <= NEGLIGIBLE or found.error == 0:
            return 0.0
        return abs(normal_deviate(found.z(0.0), change.size - 1))

    def _latest(self, samples: int) -> Array:
        return np.concatenate(self._parts, axis=1)[:, -min(samples, LONGEST) :]


def classify(states: Array, odd: bool, samples: int | None = None) -> Attractors:
    """What trajectories did in the last `samples` of those given, of shape (trajectories, times, directions).

    At rest is what does not vary in time, or next to not in the last quarter of the samples while others do, or little
    and ever less. Periodic is what is back a time later where it was, at all times, having been away: of
    d(τ) = ⟨|x(t + τ) - x(t)|²⟩/(2 ⟨|x - ⟨x⟩|²⟩), which is 1 for unrelated states and 0 a period later, some value at
    lags from a third to two thirds of the samples (among them is a multiple of any period up to two thirds) is below
    `RETURN`; or the same of all that is given, for longer cycles. Those longer yet are not told from chaos, nor are
    tori that take longer to return.
    """
    latest = states if samples is None else states[:, -samples:]
    about, variance = _about_mean(latest)
    level = np.mean(np.sum(latest * latest, axis=2, dtype=np.float64), axis=1)
    # A trajectory that dies out where others do not has no level of its own.
    resting = variance <= STILL * np.maximum(level, level.mean())
    periodic = np.zeros_like(resting)
    if (times := latest.shape[1]) >= FEWEST:
        first, last = (
            np.sum(np.var(part, axis=1, dtype=np.float64), axis=1)
            for part in (about[:, : times // 4], about[:, -(times // 4) :])
        )
        resting |= last <= QUIET * np.median(last)
        resting |= (last <= SMALL * level) & (last <= SHRINKING * first)
        periodic |= closest_return(about, variance) < RETURN
        if states.shape[1] > times and not np.all(resting | periodic):
            periodic |= closest_return(*_about_mean(states)) < RETURN
    kinds = [AT_REST if r else PERIODIC if p else IRREGULAR for r, p in zip(resting, periodic, strict=True)]
    return Attractors(tuple(kinds), places(states, kinds, odd))


def _about_mean(states: Array) -> tuple[Array, NDArray[np.float64]]:
    """States about each trajectory's mean, and its variance in time."""
    about = states - states.mean(axis=1, keepdims=True)
    return about, np.mean(np.sum(about * about, axis=2, dtype=np.float64), axis=1)


def closest_return(states: Array, variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest d(τ) of each trajectory, see `classify`, between samples by a parabola; 1 if there is no return."""
    times = states.shape[1]
    shortest, longest = times // 3, 2 * times // 3
    d = _squared_changes(states, longest + 1) / (2 * np.maximum(variance, np.finfo(float).tiny)[:, np.newaxis])
    away = np.maximum.accumulate(d, axis=1)
    before, at, after = d[:, :-2], d[:, 1:-1], d[:, 2:]
    bend = before - 2 * at + after
    least = at - (before - after) ** 2 / (8 * np.where(bend > 0, bend, np.inf))
    returned = (at <= before) & (at <= after) & (bend > 0) & (away[:, 1:-1] > AWAY)
    least = np.where(returned, np.maximum(least, 0.0), 1.0)[:, shortest - 2 :]
    return np.asarray(least.min(axis=1))


def places(states: Array, kinds: Sequence[str], odd: bool) -> tuple[int, ...]:
    """Which trajectories are on the same fixed point or cycle, by number."""
    known: list[tuple[str, Array]] = []
    found = []
    for path, kind in zip(states, kinds, strict=True):
        if kind == IRREGULAR:
            found.append(NOWHERE)
            continue
        # Of a fixed point there is no variance to compare with: distances are relative to its own square.
        about = path - path.mean(axis=0) if kind == PERIODIC else path / np.float32(np.sqrt(2))
        scale = 2 * float(np.mean(np.sum(about * about, axis=1)))
        for k, (other, there) in enumerate(known):
            if other == kind and _apart(path, there, kind, odd) <= SAME * scale:
                found.append(k)
                break
        else:
            found.append(len(known))
            known.append((kind, path))
    return tuple(found)


def _apart(one: Array, other: Array, kind: str, odd: bool) -> float:
    """Mean squared distance of two trajectories, in the best of their relative phases and signs."""
    signs = (1.0, -1.0) if odd else (1.0,)
    if kind == AT_REST:
        return min(float(np.sum((one[-1] - sign * other[-1]) ** 2)) for sign in signs)
    third = len(one) // 3
    windows = np.lib.stride_tricks.sliding_window_view(other, third, axis=0).transpose(0, 2, 1)
    return min(float(_mean_square(windows - sign * one[-third:]).min()) for sign in signs)


def _squared_changes(states: Array, longest: int) -> NDArray[np.float64]:
    """⟨|x(t + lag) - x(t)|²⟩ at lags from 1 to the longest, shape (trajectories, longest)."""
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
    """Mean over times (the axis before the last) of the square, in double precision."""
    return np.asarray(np.mean(np.sum(states * states, axis=-1), axis=-1), dtype=np.float64)
