"""Moments summed block by block of time: what is kept does not grow with the length of the run."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.results.moments import Moments, distinct_triples
from mftheory.simulate.gram import lagged_products
from mftheory.simulate.observables import Observable

Array = NDArray[np.float64]

PARTS = 4
"""Stretches of a block that are told apart, if it has two samples for each."""

SEGMENTS = 16
"""Stretches of the run that are told apart, at most; then neighbours are joined."""


@dataclass(frozen=True, eq=False)
class Segment:
    """What a stretch of time says alone, by trajectory: for comparing parts of a run.

    Attributes
    ----------
    times : int
    two, pairs : arrays of shape (B,)
        As of `Moments`, at lag 0.
    means : array of shape (B, N), optional
        Means of each neuron about the reference, in single precision.
    """

    times: int
    two: Array
    pairs: Array
    means: NDArray[np.float32] | None

    def joined(self, other: "Segment") -> "Segment":
        """Both stretches together."""
        times = self.times + other.times
        share = np.float32(other.times / times)
        means = None
        if self.means is not None and other.means is not None:
            means = self.means + share * (other.means - self.means)
        two, pairs = (one + share * (more - one) for one, more in ((self.two, other.two), (self.pairs, other.pairs)))
        return Segment(times, two, pairs, means)


class Accumulator:
    """Moments of one observable, block after block.

    Parameters
    ----------
    observable : Observable
    lags : int
        Longest lag, in samples.
    reference : array of shape (size,), optional
        What is subtracted from a_i first, measured before; given where activity has means.
    """

    def __init__(self, observable: Observable, lags: int, reference: NDArray[Any] | None = None) -> None:
        self.observable = observable
        self.segments: list[Segment] = []
        self.times = 0
        self._lags = lags
        self._reference = reference
        self._two: Any = 0.0  # sums over blocks, weighted by their times
        self._pairs: Any = 0.0
        self._triples: Any = 0.0
        self._sums: Any = 0.0  # (B, N), of a about the reference

    @property
    def centred(self) -> bool:
        """Whether covariances are about each neuron's mean."""
        return self._reference is not None

    def add(self, states: NDArray[Any]) -> None:
        """Account for states of shape (trajectories, times, neurons), the next block."""
        a = self.observable.of(states)
        if self._reference is not None:
            a -= self._reference.astype(a.dtype)
        times = a.shape[1]
        parts = stretches(times, min(PARTS, max(1, times // 2)))
        with np.errstate(over="ignore", invalid="ignore"):
            found = lagged_products(a, self._lags, parts)
        if not np.isfinite(found.pairs[0, 0].sum()):
            raise NotConverged(
                "the simulated state grows beyond all bounds: lower the coupling strength, or let φ saturate"
            )
        self._two += times * found.two
        self._pairs += times * found.pairs
        sums = [a[:, part].sum(axis=1, dtype=np.float64) for part in parts]
        self._sums += sum(sums)
        self.times += times
        if self.centred:
            self._triples += times * self._projected(a)
        for k, part in enumerate(parts):
            width = part.stop - part.start
            # What is compared of means is compared of the activity that stands for its group.
            means = (sums[k] / width).astype(np.float32) if self.centred and self.observable.first else None
            self.segments.append(Segment(width, found.part_two[k], found.part_pairs[k], means))
        while len(self.segments) > SEGMENTS:
            self.segments = _coarser(self.segments)

    def moments(self) -> Moments:
        """Of all blocks."""
        own, n = self._sums / self.times, self.observable.size
        means = self.means()
        return Moments(
            size=n,
            two=self._two / self.times,
            pairs=self._pairs / self.times,
            means=means.mean(axis=1),
            mean_products=means @ means.T / n,
            about_reference=own @ own.T / n if self.centred else None,
            triples=self._triples / self.times if self.centred else None,
        )

    def means(self) -> Array:
        """⟨a_i⟩ of every trajectory, shape (B, N)."""
        own = self._sums / self.times
        return np.asarray(own if self._reference is None else own + self._reference)

    def _projected(self, a: NDArray[Any]) -> Array:
        """N ⟨u^b_c(t) u^b_d(t + lag)⟩, replicates by lag, with the trajectories' means up to the end of this block.

        Those of c and d are independent of trajectory b whatever times they are over.
        """
        mu = (self._sums / self.times).astype(a.dtype)
        times = a.shape[1]
        u = (a @ mu.T).astype(np.float64)
        found = np.empty((self._lags + 1, 1 + a.shape[0]))
        for lag in range(self._lags + 1):
            products = np.swapaxes(u[:, : times - lag], 1, 2) @ u[:, lag:]
            value, deleted = distinct_triples(products / ((times - lag) * self.observable.size))
            found[lag, 0], found[lag, 1:] = value, deleted
        return found


def total(segments: Sequence[Segment]) -> Segment:
    """Neighbouring stretches as one."""
    whole = segments[0]
    for segment in segments[1:]:
        whole = whole.joined(segment)
    return whole


def stretches(times: int, count: int) -> list[slice]:
    """`times` samples as consecutive stretches of nearly the same length."""
    edges = np.linspace(0, times, count + 1).round().astype(int).tolist()
    return [slice(start, stop) for start, stop in itertools.pairwise(edges)]


def block_length(n: int, trajectories: int, lags: int, times: int, longest: int) -> int:
    """Samples a block, of a run of about `times` of them, where memory holds `longest`.

    Products of C_bc(t, t') are over times t, t' of one block, which cost as much as its length. Where there are many
    trajectories their pairs hold most of the information: with 64 of 1000 neurons, blocks of 8, 16, 32 samples leave an
    error of the dimension that is 5%, 4%, 2% larger than one block of 128 does. With N samples over all trajectories
    the products cost a twentieth of the integration. Lags up to half a block are estimated.
    """
    wanted = max(16, 2 * lags, -(-n // trajectories))
    return max(lags + 2, min(wanted, times, longest))


def _coarser(segments: Sequence[Segment]) -> list[Segment]:
    """The two neighbours that are the shortest together as one, the earliest of equals."""
    together = [a.times + b.times for a, b in itertools.pairwise(segments)]
    k = int(np.argmin(together))
    return [*segments[:k], segments[k].joined(segments[k + 1]), *segments[k + 2 :]]
