"""Sums of moments over blocks of time: the memory they take does not grow with the length of the run."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.results.moments import Moments, distinct_triples
from mftheory.simulation.gram import lagged_products
from mftheory.simulation.observables import Observable
from mftheory.simulation.stepping import UNBOUNDED

Array = NDArray[np.float64]

PARTS_PER_BLOCK = 4
"""Number of stretches of a block whose moments are kept apart, if it has two samples for each."""

MAX_SEGMENTS = 16
"""Maximum number of stretches of the run whose moments are kept apart; beyond, neighbours are joined."""


@dataclass(frozen=True, eq=False)
class Segment:
    """The moments of one stretch of time, by trajectory: for comparing parts of a run.

    Attributes
    ----------
    times : int
    two, pairs : arrays of shape (B,)
        Two-point functions and pair products at lag 0, as in `Moments`.
    means : array of shape (B, N), optional
        Means of each neuron about the reference, in single precision.
    """

    times: int
    two: Array
    pairs: Array
    means: NDArray[np.float32] | None

    def joined(self, other: "Segment") -> "Segment":
        """Return the moments of both stretches together."""
        times = self.times + other.times
        share = np.float32(other.times / times)
        means = None
        if self.means is not None and other.means is not None:
            means = self.means + share * (other.means - self.means)
        two, pairs = (one + share * (more - one) for one, more in ((self.two, other.two), (self.pairs, other.pairs)))
        return Segment(times, two, pairs, means)


class Accumulator:
    """Sums of the moments of one observable, block after block.

    Parameters
    ----------
    observable : Observable
    lags : int
        Longest lag, in samples.
    reference : array of shape (size,), optional
        Mean activity measured before, which is subtracted from a_i first; given where activity has means.
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
        """Say if covariances are about each neuron's mean."""
        return self._reference is not None

    def add(self, states: NDArray[Any]) -> None:
        """Account for states of shape (trajectories, times, neurons), the next block."""
        a = self.observable.of(states, self._reference)
        times = a.shape[1]
        parts = stretches(times, min(PARTS_PER_BLOCK, max(1, times // 2)))
        with np.errstate(over="ignore", invalid="ignore"):
            products = lagged_products(a, self._lags, parts)
        if not np.isfinite(products.pairs[0, 0].sum()):
            raise NotConverged(UNBOUNDED)
        self._two += times * products.two
        self._pairs += times * products.pairs
        sums = [a[:, part].sum(axis=1, dtype=np.float64) for part in parts]
        self._sums += sum(sums)
        self.times += times
        if self.centred:
            self._triples += times * self._projected(a)
        for k, part in enumerate(parts):
            width = part.stop - part.start
            # Means are compared for the activity that stands for its group only.
            means = (sums[k] / width).astype(np.float32) if self.centred and self.observable.first else None
            self.segments.append(Segment(width, products.part_two[k], products.part_pairs[k], means))
        while len(self.segments) > MAX_SEGMENTS:
            self.segments = _join_shortest(self.segments)

    def moments(self) -> Moments:
        """Return the moments of all blocks."""
        about_reference, n = self._sums / self.times, self.observable.size
        means = self.means()
        return Moments(
            size=n,
            two=self._two / self.times,
            pairs=self._pairs / self.times,
            means=means.mean(axis=1),
            mean_products=means @ means.T / n,
            about_reference=about_reference @ about_reference.T / n if self.centred else None,
            triples=self._triples / self.times if self.centred else None,
        )

    def means(self) -> Array:
        """Return ⟨a_i⟩ of every trajectory, shape (B, N)."""
        about_reference = self._sums / self.times
        return np.asarray(about_reference if self._reference is None else about_reference + self._reference)

    def _projected(self, a: NDArray[Any]) -> Array:
        """Return N ⟨u^b_c(t) u^b_d(t + lag)⟩, replicates by lag; means are those up to the end of this block.

        The means of c and d are independent of trajectory b whatever times they are over.
        """
        mu = (self._sums / self.times).astype(a.dtype)
        times = a.shape[1]
        u = (a @ mu.T).astype(np.float64)
        triples = np.empty((self._lags + 1, 1 + a.shape[0]))
        for lag in range(self._lags + 1):
            products = np.swapaxes(u[:, : times - lag], 1, 2) @ u[:, lag:]
            value, deleted = distinct_triples(products / ((times - lag) * self.observable.size))
            triples[lag, 0], triples[lag, 1:] = value, deleted
        return triples


def total(segments: Sequence[Segment]) -> Segment:
    """Join neighbouring stretches to one."""
    whole = segments[0]
    for segment in segments[1:]:
        whole = whole.joined(segment)
    return whole


def stretches(times: int, count: int) -> list[slice]:
    """Divide `times` samples into consecutive stretches of nearly the same length."""
    edges = np.linspace(0, times, count + 1).round().astype(int).tolist()
    return [slice(start, stop) for start, stop in itertools.pairwise(edges)]


def block_length(n: int, trajectories: int, lags: int, times: int, longest: int) -> int:
    """Return the number of samples in a block, of a run of about `times` of them, where memory holds `longest`.

    Products of C_bc(t, t') are over times t, t' of one block, which cost as much as its length. Where there are many
    trajectories their pairs hold most of the information: with 64 of 1000 neurons, blocks of 8, 16, 32 samples leave an
    error of the dimension that is 5%, 4%, 2% larger than one block of 128 does. With N samples over all trajectories
    the products cost a twentieth of the integration. Lags up to half a block are estimated.
    """
    wanted = max(16, 2 * lags, -(-n // trajectories))
    return max(lags + 2, min(wanted, times, longest))


def _join_shortest(segments: Sequence[Segment]) -> list[Segment]:
    """Join the two neighbours that are the shortest together, the earliest of equals."""
    lengths = [a.times + b.times for a, b in itertools.pairwise(segments)]
    k = int(np.argmin(lengths))
    return [*segments[:k], segments[k].joined(segments[k + 1]), *segments[k + 2 :]]
