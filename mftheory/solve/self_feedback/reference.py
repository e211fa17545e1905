"""Exact statistics of φ for Gaussian x: what the sampled part of the solution is measured against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import Averages, averages
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GaussianReference:
    """⟨φ'⟩ and C^φ(τ) of a Gaussian process of given covariance, for an odd φ."""

    gaussian: Averages

    @classmethod
    def of(cls, nonlinearity: Nonlinearity, settings: Settings) -> "GaussianReference":
        """For one nonlinearity; raises Unsupported if it is not odd."""
        return cls(averages(nonlinearity, settings.average_step))

    def __call__(self, covariance: Array) -> tuple[float, Array]:
        """(⟨φ'⟩, C^φ) from C^x at lags of which the first is 0, elementwise."""
        activity = ActivityCovariance(self.gaussian, float(covariance[0]))
        return activity.gain, activity(covariance)
