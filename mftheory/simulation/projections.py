"""Sums over the activity along principal components, block by block, after the directions are known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.results.components import PrincipalComponents
from mftheory.simulation.observables import Observable
from mftheory.simulation.run import Run

Array = NDArray[np.float64]

TRACE_SAMPLES = 400
"""Maximum number of samples of the first trajectory that are kept, for pictures."""


class Projections:
    """Sums for the autocovariances of p_k = u_k · a along the leading eigenvectors u_k of a covariance matrix.

    Parameters
    ----------
    observable : Observable
    covariance : array of shape (N, N)
    count : int
        Number K of leading directions.
    lags : int
        Longest lag L, in samples.
    reference : array of shape (N,), optional
        Mean activity, given where activity has means.
    """

    def __init__(
        self, observable: Observable, covariance: Array, count: int, lags: int, reference: NDArray[Any] | None
    ) -> None:
        from scipy.linalg import eigh

        n = observable.size
        count = min(count, n)
        values, vectors = eigh(covariance, subset_by_index=(n - count, n - 1))
        self._observable = observable
        self._values, self._vectors = values[::-1].copy(), vectors[:, ::-1].copy()
        self._reference = reference
        self._lags = lags
        self._sums: Array | None = None  # (L + 1, K, B)
        self._terms = np.zeros(lags + 1)
        self._means: Array | None = None  # (K, B)
        self._traces: list[Array] = []
        self._traced = 0

    def add(self, states: NDArray[Any]) -> None:
        """Account for states of shape (trajectories, times, neurons), more times than lags."""
        a = self._observable.of(states, self._reference)
        p = (a @ self._vectors.astype(a.dtype)).astype(np.float64)  # (B, times, K)
        trajectories, times, count = p.shape
        if self._sums is None or self._means is None:
            self._sums = np.zeros((self._lags + 1, count, trajectories))
            self._means = np.zeros((count, trajectories))
        for lag in range(self._lags + 1):
            self._sums[lag] += np.einsum("btk,btk->kb", p[:, : times - lag], p[:, lag:])
            self._terms[lag] += times - lag
        self._means += p.sum(axis=1).T
        if self._traced < TRACE_SAMPLES:
            self._traces.append(p[0, : TRACE_SAMPLES - self._traced].T)
            self._traced += self._traces[-1].shape[1]

    def components(self, interval: float) -> PrincipalComponents:
        """Return the components and their autocovariances."""
        assert self._sums is not None
        assert self._means is not None
        return PrincipalComponents(
            vectors=self._vectors,
            eigenvalues=self._values,
            autocovariances=self._sums / self._terms[:, None, None],
            means=self._means / self._terms[0],
            traces=np.concatenate(self._traces, axis=1),
            interval=interval,
            centred=self._reference is not None,
        )


def follow(
    run: Run, observable: Observable, covariance: Array, count: int, reference: NDArray[Any] | None
) -> PrincipalComponents:
    """Follow the leading components of a covariance matrix for the run's duration."""
    projections = Projections(observable, covariance, count, run.clock.lags, reference)
    run.progress.total += run.clock.times * run.clock.stride
    for states in run.blocks(run.clock.times):
        projections.add(states)
    return projections.components(run.clock.interval)
