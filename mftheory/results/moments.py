"""Two- and four-point moments of one observable by trajectory: estimates, and the same without each trajectory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftheory.results.jackknife import leave_one_out_mean, leave_one_out_pair_mean
from mftheory.results.schema import stored

Array = NDArray[np.float64]
Replicates = tuple[float, Array]
"""An estimate, and the same without each trajectory in turn."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of an observable a in B independent trajectories of one network, up to L lags (theory §1).

    With C_bc(t, t') = (1/N) Σ_i a_i^b(t) a_i^c(t') for trajectories b and c,

        C^a(τ) = ⟨C_bb(t, t + τ)⟩,      Ψ^a(τ1, τ2) = N ⟨C_bc(t, t') C_bc(t + τ1, t' + τ2)⟩   over pairs b ≠ c,

    which needs no N × N matrix and no long run, and is unbiased because b and c are independent given J. If φ is odd,
    the mean activity of every network is zero over both of its mirror-image states and nothing is subtracted.

    If φ is not odd, neuron i has a mean m_i, common to all trajectories, and covariances are about it, C = A - m mᵀ
    with A the raw second moments. Means that are themselves estimated would leave a bias; products of independent
    trajectories do not. With μ^b the means over time of trajectory b, all indices different,
    u^b_c(t) = (1/N) Σ_i a_i^b(t) μ_i^c and M_bc = (1/N) Σ_i μ_i^b μ_i^c,

        C^a(τ) = ⟨C_bb(t, t + τ)⟩ - ⟨M_bc⟩,
        Ψ^a(τ1, τ2) = N ⟨C_bc(t, t') C_bc(t+τ1, t'+τ2)⟩ - N ⟨u^b_c(t) (u^b_d(t+τ1) + u^b_d(t+τ2))⟩ + N ⟨M_bc M_de⟩.

    That is exact for a stationary state that all trajectories share, whatever constant is subtracted from a_i first (a
    mean measured before: else the three parts of Ψ would be large and nearly cancel).

    Attributes
    ----------
    size : int
        N, the neurons that have the observable.
    two : array of shape (L + 1, B)
        ⟨C_bb(t, t + lag)⟩ of each trajectory.
    pairs : array of shape (L + 1, L + 1, B)
        N ⟨C_bc(t, t') C_bc(t + lag1, t' + lag2)⟩ averaged over c ≠ b, symmetric in the lags.
    means : array of shape (B,)
        ⟨a⟩ over neurons and time.
    mean_products : array of shape (B, B)
        (1/N) Σ_i μ_i^b μ_i^c, nothing subtracted.
    about_reference : array of shape (B, B), optional
        M_bc about the constant that was subtracted, where means are (φ not odd); `two` and `pairs` are then about it.
    triples : array of shape (L + 1, 1 + B), optional
        N ⟨u^b_c(t) u^b_d(t + lag)⟩, and the same without each trajectory in turn.
    """

    size: int = field(metadata=stored("neurons that have the observable"))
    two: Array = field(metadata=stored("⟨C_bb(t, t + lag)⟩ of each trajectory", dims="lag trajectory"))
    pairs: Array = field(
        metadata=stored("N ⟨C_bc(t, t') C_bc(t + lag1, t' + lag2)⟩ of each trajectory", dims="lag other_lag trajectory")
    )
    means: Array = field(metadata=stored("⟨a⟩ over neurons and time", dims="trajectory"))
    mean_products: Array = field(metadata=stored("(1/N) Σ_i μ_i^b μ_i^c", dims="trajectory other_trajectory"))
    about_reference: Array | None = field(
        default=None,
        metadata=stored("the same about the constant that was subtracted", dims="trajectory other_trajectory"),
    )
    triples: Array | None = field(
        default=None,
        metadata=stored("N ⟨u^b_c(t) u^b_d(t + lag)⟩, and without each trajectory", dims="lag all_and_without"),
    )

    @property
    def trajectories(self) -> int:
        """Number B of trajectories."""
        return int(self.two.shape[1])

    @property
    def lags(self) -> int:
        """Longest lag L, in samples."""
        return int(self.two.shape[0]) - 1

    def two_point(self, lag: int) -> Replicates:
        """Return C^a at a lag."""
        value, deleted = float(self.two[lag].mean()), leave_one_out_mean(self.two[lag])
        if self.about_reference is not None:
            mean, mean_deleted = leave_one_out_pair_mean(self.about_reference)
            value, deleted = value - mean, deleted - mean_deleted
        return value, deleted

    def four_point(self, lag1: int, lag2: int) -> Replicates:
        """Return Ψ^a at two lags."""
        value, deleted = mean_of_pairs(self.pairs[lag1, lag2])
        if self.about_reference is not None and self.triples is not None:
            for lag in (lag1, lag2):
                value, deleted = value - float(self.triples[lag, 0]), deleted - self.triples[lag, 1:]
            part, part_deleted = distinct_quadruples(self.about_reference)
            value, deleted = value + self.size * part, deleted + self.size * part_deleted
        return value, deleted

    def dimension(self) -> Replicates:
        """Return C^a(0)²/Ψ^a(0, 0)."""
        (variance, variance_without), (psi, psi_without) = self.two_point(0), self.four_point(0, 0)
        return variance**2 / psi, variance_without**2 / psi_without

    def timescale(self, lag: int) -> Replicates:
        """Return Ψ^a(lag, 0)/Ψ^a(0, 0)."""
        (lagged, lagged_without), (psi, psi_without) = self.four_point(lag, 0), self.four_point(0, 0)
        return lagged / psi, lagged_without / psi_without

    def mean(self) -> Replicates:
        """Return ⟨a⟩."""
        return float(self.means.mean()), leave_one_out_mean(self.means)

    def static(self) -> Replicates:
        """Return (1/N) Σ_i m_i²."""
        return leave_one_out_pair_mean(self.mean_products)


def mean_of_pairs(rows: Array) -> Replicates:
    """Return the mean over pairs from the mean over partners of each of m units, and that without each unit in turn."""
    m = rows.size
    return float(rows.mean()), (m * rows.mean() - 2.0 * rows) / (m - 2)


def distinct_triples(values: Array) -> Replicates:
    """Return the mean of values[b, c, d] over indices that all differ, and the same without each index in turn."""
    m = values.shape[0]
    k = np.arange(m)
    left = values.copy()
    left[k, k, :] = left[k, :, k] = left[:, k, k] = 0.0
    total = float(left.sum())
    without = total - left.sum(axis=(1, 2)) - left.sum(axis=(0, 2)) - left.sum(axis=(0, 1))
    return total / (m * (m - 1) * (m - 2)), without / ((m - 1) * (m - 2) * (m - 3))


def distinct_quadruples(values: Array) -> Replicates:
    """Return the mean of v[a, b] v[c, d], v symmetric, over indices that all differ, and without each in turn."""

    def mean(v: Array) -> float:
        m = v.shape[0]
        v = v - np.diag(np.diag(v))
        total = v.sum() ** 2 - 4.0 * np.sum(v.sum(axis=0) ** 2) + 2.0 * np.sum(v * v)
        return float(total / (m * (m - 1) * (m - 2) * (m - 3)))

    def without(k: int) -> Array:
        return np.delete(np.delete(values, k, axis=0), k, axis=1)

    return mean(values), np.array([mean(without(k)) for k in range(values.shape[0])])
