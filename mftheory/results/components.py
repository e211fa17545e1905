"""Principal components of one network's activity and their timescales."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife, leave_one_out_mean, leave_one_out_pair_mean
from mftheory.results.schema import stored

Array = NDArray[np.float64]


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class PrincipalComponents:
    """Leading eigenvectors of a measured covariance, and the activity along them in a stretch of time after it.

    Directions and activity come from different times: the variance along a direction is unbiased for that direction,
    whereas the eigenvalues of the measured covariance are spread by its noise.

    Attributes
    ----------
    vectors : array of shape (N, K)
        Unit vectors u_k, the one with most measured variance first.
    eigenvalues : array of shape (K,)
        Leading eigenvalues of the measured covariance.
    autocovariances : array of shape (L + 1, K, B)
        ⟨p_k(t) p_k(t + lag)⟩ of each trajectory, p_k = u_k · a, less the mean's square where activity has means.
    means : array of shape (K, B)
        ⟨p_k⟩ of each trajectory, about the mean that the covariance is about; zero if φ is odd.
    traces : array of shape (K, times)
        p_k(t) of the first trajectory.
    interval : float
        Time between lags and between the traces' times, in units of the neurons' time constant.
    centred : bool
        Whether activity has means.
    """

    vectors: Array = field(metadata=stored("unit vectors of the principal components", dims="neuron component"))
    eigenvalues: Array = field(metadata=stored("eigenvalues of the measured covariance", dims="component"))
    autocovariances: Array = field(
        metadata=stored("⟨p_k(t) p_k(t + lag)⟩ of each trajectory", dims="lag component trajectory")
    )
    means: Array = field(metadata=stored("⟨p_k⟩ of each trajectory", dims="component trajectory"))
    traces: Array = field(metadata=stored("p_k(t) of the first trajectory", dims="component time"))
    interval: float = field(metadata=stored("time between lags", "time constant"))
    centred: bool = field(metadata=stored("1: activity has means"))

    @property
    def count(self) -> int:
        """Number K of components."""
        return int(self.vectors.shape[1])

    @property
    def tau(self) -> Array:
        """The lags, shape (L + 1,)."""
        return np.asarray(np.arange(self.autocovariances.shape[0]) * self.interval, np.float64)

    def variance(self, k: int, tau: float = 0.0) -> Estimate:
        """Return ⟨p_k(t) p_k(t + τ)⟩ along direction k (from 0), unbiased, with a jackknife error over trajectories."""
        lag = round(tau / self.interval)
        each = self.autocovariances[lag, k]
        value, deleted = float(each.mean()), leave_one_out_mean(each)
        if self.centred:
            mean, mean_deleted = leave_one_out_pair_mean(np.outer(self.means[k], self.means[k]))
            value, deleted = value - mean, deleted - mean_deleted
        return jackknife(value, deleted)

    def autocorrelations(self) -> Array:
        """Return ⟨p_k(t) p_k(t + τ)⟩/⟨p_k²⟩, shape (L + 1, K)."""
        values = self._values()
        return np.asarray(values / values[0])

    def weighted(self, power: int = 1) -> Array:
        """Return Σ_k λ_k^p ρ_k(τ) / Σ_k λ_k^p, autocorrelations ρ_k and variances λ_k, shape (L + 1,).

        For all N components, power 1 gives C^a(τ)/C^a(0). Power 2 is about Ψ^a(τ, 0)/Ψ^a(0, 0).
        """
        weights = self._values()[0] ** power
        return np.asarray(self.autocorrelations() @ weights / weights.sum())

    def timescales(self) -> Array:
        """Return ∫ ρ_k(τ) dτ over the lags by the trapezoidal rule, in time constants, shape (K,)."""
        return np.asarray(np.trapezoid(self.autocorrelations(), dx=self.interval, axis=0))

    def _values(self) -> Array:
        """Return ⟨p_k(t) p_k(t + τ)⟩, shape (L + 1, K)."""
        values = self.autocovariances.mean(axis=2)
        if self.centred:
            values = values - [leave_one_out_pair_mean(np.outer(m, m))[0] for m in self.means]
        return np.asarray(values)

    def __repr__(self) -> str:
        return f"PrincipalComponents({self.count} of {self.vectors.shape[0]}, first variance {self.variance(0)})"
