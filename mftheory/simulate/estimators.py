"""Unbiased estimators of two- and four-point functions from independent trajectories of one network.

Neuron-by-neuron and time-by-time covariances hold the same information (THEORY.md §1): with
C_bc(t, t') = (1/N) Σ_i a_i^b(t) a_i^c(t') for trajectories b ≠ c,

    Ψ^a(τ1, τ2) = N ⟨C_bc(t, t') C_bc(t + τ1, t' + τ2)⟩   over t, t' and pairs b ≠ c,

which needs no N × N matrix and no long run, and is unbiased because b and c are independent given J. If φ is odd, the
mean activity of every network is zero over both of its mirror-image states and nothing is subtracted.

If φ is not odd, neuron i has a mean m_i, common to all trajectories, and covariances are about it, C = A - m mᵀ with A
the raw second moments. Means that are themselves estimated would leave a bias; products of independent trajectories do
not. With μ^b the means over the time of trajectory b, all indices different, u^b_c(t) = (1/N) Σ_i a_i^b(t) μ_i^c and
M_bc = (1/N) Σ_i μ_i^b μ_i^c,

    C^a(τ) = (1/N) Σ_i ⟨a_i^b(t) a_i^b(t+τ)⟩ - ⟨M_bc⟩,
    Ψ^a(τ1, τ2) = N ⟨C_bc(t, t') C_bc(t+τ1, t'+τ2)⟩ - N ⟨u^b_c(t) (u^b_d(t+τ1) + u^b_d(t+τ2))⟩ + N ⟨M_bc M_de⟩.

That is exact for a stationary state that all trajectories share, whatever constant is subtracted from a_i first (the
mean over all trajectories: else the three parts of Ψ would be large and nearly cancel). Where trajectories keep
different means, in several attractors, it is not: `equilibration.attractors` looks for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.results.jackknife import leave_one_out_mean, leave_one_out_pair_mean
from mftheory.simulate.nonlinearities import Activation


@dataclass
class Samples:
    """Sampled states of every trajectory, and what is estimated from them.

    Parameters
    ----------
    states : array of shape (trajectories, times, n)
        x at equally spaced times, float32 or float64.
    activation : callable
        ``activation(x, out)`` writes φ(x): only x is stored.
    weights : mapping of str to array of shape (n,), optional
        Further observables w_i φ_i, by name: "Phi" with w = G, and "readout".
    of_state : set of str, optional
        Names of the observables that are x_i, or w_i x_i, itself.
    centred : bool
        Whether covariances are about each neuron's mean, as they must be if φ is not odd; needs five trajectories.
    """

    states: NDArray[Any]
    activation: Activation
    weights: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    of_state: frozenset[str] = frozenset({"x"})
    centred: bool = False
    _cache: dict[tuple[Any, ...], NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @property
    def trajectories(self) -> int:
        """Number of independent trajectories."""
        return int(self.states.shape[0])

    @property
    def times(self) -> int:
        """Number of samples of each."""
        return int(self.states.shape[1])

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.states.shape[2])

    def observable(self, observable: str, start: int, stop: int) -> NDArray[Any]:
        """a_i^b(t) for sample times start … stop - 1, shape (trajectories, stop - start, n).

        If centred, less each neuron's mean over all trajectories and times.
        """
        a = self._observed(observable, start, stop)
        return a - self.time_means(observable).mean(axis=0).astype(a.dtype) if self.centred else a

    def time_means(self, observable: str) -> NDArray[np.float64]:
        """⟨a_i^b⟩ over the time of each trajectory, nothing subtracted, shape (trajectories, n)."""
        key = ("means", observable)
        if key not in self._cache:
            total = np.zeros((self.trajectories, self.n))
            for first, last in _windows(0, self.times, self._window(0)):
                total += self._observed(observable, first, last).sum(axis=1, dtype=np.float64)
            self._cache[key] = total / self.times
        return self._cache[key]

    def two_point_replicates(self, observable: str, lag: int) -> tuple[float, NDArray[np.float64]]:
        """Estimate of C^a, and the same without each trajectory in turn."""
        each = self.two_point(observable, lag)
        value, deleted = float(each.mean()), leave_one_out_mean(each)
        if self.centred:
            means = self._mean_products(observable)
            mean, mean_deleted = leave_one_out_pair_mean(means @ means.T / self.n)
            value, deleted = value - mean, deleted - mean_deleted
        return value, deleted

    def four_point_replicates(self, observable: str, lag1: int, lag2: int) -> tuple[float, NDArray[np.float64]]:
        """Estimate of Ψ^a, and the same without each trajectory in turn."""
        value, deleted = leave_one_out_pair_mean(self.pair_products(observable, lag1, lag2))
        if self.centred:
            for lag in (lag1, lag2):
                part, part_deleted = _distinct_triples(self._projections(observable, lag))
                value, deleted = value - part, deleted - part_deleted
            means = self._mean_products(observable)
            part, part_deleted = _distinct_quadruples(means @ means.T / self.n)
            value, deleted = value + self.n * part, deleted + self.n * part_deleted
        return value, deleted

    def _mean_products(self, observable: str) -> NDArray[np.float64]:
        """μ^b, less the mean that `observable` subtracts."""
        means = self.time_means(observable)
        return np.asarray(means - means.mean(axis=0).astype(self.states.dtype))

    def _projections(self, observable: str, lag: int) -> NDArray[np.float64]:
        """N ⟨u^b_c(t) u^b_d(t + lag)⟩_t, shape (trajectories, trajectories, trajectories)."""
        means = self._mean_products(observable).astype(self.states.dtype)
        total = np.zeros((self.trajectories,) * 3)
        for first, last in _windows(0, self.times - lag, self._window(lag)):
            u = (self.observable(observable, first, last + lag) @ means.T).astype(np.float64)
            total += np.swapaxes(u[:, : last - first], 1, 2) @ u[:, lag:]
        return total / ((self.times - lag) * self.n)

    def _observed(self, observable: str, start: int, stop: int) -> NDArray[Any]:
        a = np.ascontiguousarray(self.states[:, start:stop])
        if observable not in self.of_state:
            phi = np.empty_like(a)
            self.activation(a, phi)
            a = phi
        if observable in self.weights:
            a = a * self.weights[observable].astype(a.dtype)
        return a

    def two_point(self, observable: str, lag: int, span: tuple[int, int] | None = None) -> NDArray[np.float64]:
        """C^a of each trajectory at `lag` samples, shape (trajectories,): (1/N) Σ_i ⟨a_i(t) a_i(t + lag)⟩_t."""
        start, stop = span or (0, self.times)
        key = ("two", observable, lag, start, stop)
        if key not in self._cache:
            total = np.zeros(self.trajectories)
            for first, last in _windows(start, stop - lag, self._window(0)):
                a = self.observable(observable, first, last + lag)
                products = a[:, : last - first] * a[:, lag:]
                total += products.sum(axis=(1, 2), dtype=np.float64)
            self._cache[key] = total / ((stop - start - lag) * self.n)
        return self._cache[key]

    def pair_products(
        self, observable: str, lag1: int, lag2: int, span: tuple[int, int] | None = None
    ) -> NDArray[np.float64]:
        """N ⟨C_bc(t, t') C_bc(t + lag1, t' + lag2)⟩ of each pair, symmetric, shape (trajectories, trajectories).

        The diagonal (b = c), which would be biased, is left at zero. Times t, t' are paired within windows of about
        2N samples over all trajectories: beyond that more pairs cost more and tell no more.
        """
        start, stop = span or (0, self.times)
        key = ("four", observable, lag1, lag2, start, stop)
        if key not in self._cache:
            lag = max(lag1, lag2)
            b_count = self.trajectories
            total = np.zeros((b_count, b_count))
            weight = 0
            for first, last in _windows(start, stop - lag, self._window(lag)):
                a = self.observable(observable, first, last + lag)
                width = last - first
                weight += width * width
                for b in range(b_count - 1):
                    total[b, b + 1 :] += _pair_row(a[b], a[b + 1 :], lag1, lag2, width)
            total /= weight * self.n
            self._cache[key] = total + total.T
        return self._cache[key]

    def covariance(self, observable: str, max_bytes: float) -> NDArray[np.float64]:
        """Plug-in equal-time covariance ⟨a_i a_j⟩ over all trajectories and times, shape (n, n), float64."""
        need = 2 * 8 * self.n**2
        if need > max_bytes:
            allowed = f"its covariance needs {need / 1e9:.1f} GB, above max_memory = {max_bytes / 1e9:.1f} GB"
            raise InvalidNetwork("n", self.n, allowed)
        total = np.zeros((self.n, self.n))
        for first, last in _windows(0, self.times, max(1, 4096 // self.trajectories)):
            a = self.observable(observable, first, last).reshape(-1, self.n).astype(np.float64)
            total += a.T @ a
        return total / (self.trajectories * self.times)

    def _window(self, lag: int) -> int:
        return max(32, 2 * lag, -(-2 * self.n // self.trajectories))


def _distinct_triples(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Mean of values[b, c, d] over indices that all differ, and the same without each index in turn."""
    m = values.shape[0]
    k = np.arange(m)
    left = values.copy()
    left[k, k, :] = left[k, :, k] = left[:, k, k] = 0.0
    total = float(left.sum())
    without = total - left.sum(axis=(1, 2)) - left.sum(axis=(0, 2)) - left.sum(axis=(0, 1))
    return total / (m * (m - 1) * (m - 2)), without / ((m - 1) * (m - 2) * (m - 3))


def _distinct_quadruples(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Mean of values[a, b] values[c, d], values symmetric, over indices that all differ, and without each in turn."""

    def mean(v: NDArray[np.float64]) -> float:
        m = v.shape[0]
        v = v - np.diag(np.diag(v))
        total = v.sum() ** 2 - 4.0 * np.sum(v.sum(axis=0) ** 2) + 2.0 * np.sum(v * v)
        return float(total / (m * (m - 1) * (m - 2) * (m - 3)))

    def without(k: int) -> NDArray[np.float64]:
        return np.delete(np.delete(values, k, axis=0), k, axis=1)

    return mean(values), np.array([mean(without(k)) for k in range(values.shape[0])])


def _pair_row(a: NDArray[Any], others: NDArray[Any], lag1: int, lag2: int, width: int) -> NDArray[np.float64]:
    """Σ over t, t' of N² C_bc(t, t') C_bc(t + lag1, t' + lag2), both orders of the lags averaged, for every c."""
    count, times, n = others.shape
    gram = (a @ others.reshape(-1, n).T).reshape(times, count, times)
    here = gram[:width, :, :width]

    def shifted(first: int, second: int) -> NDArray[np.float64]:
        there = gram[first : first + width, :, second : second + width]
        return np.asarray((here * there).sum(axis=(0, 2), dtype=np.float64))

    return shifted(lag1, lag2) if lag1 == lag2 else 0.5 * (shifted(lag1, lag2) + shifted(lag2, lag1))


def _windows(start: int, stop: int, width: int) -> list[tuple[int, int]]:
    """Consecutive windows of about `width` that tile start … stop, none much shorter than the others."""
    count = max(1, round((stop - start) / width))
    edges = np.linspace(start, stop, count + 1).round().astype(int)
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
