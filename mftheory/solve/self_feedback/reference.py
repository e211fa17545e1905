"""Exact statistics of φ for Gaussian x: what the sampled part of the solution is measured against."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Nonlinearity
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import Averages, averages
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]

# Nodes in log C^x(0) on a factor of two. Averages are singular at C^x(0) < 0, π away in the logarithm: 8 leave 1e-10.
ORDER = 8
LEAST, MOST = 1e-12, 1e12  # C^x(0) in between, or the iteration is on its way to nothing or without bound


@dataclass(frozen=True)
class GaussianReference:
    """⟨φ'⟩ and C^φ(τ) of a Gaussian process of given covariance, for an odd φ.

    An iteration asks at many variances that are close to one another, and averages of a user's φ at one take a tenth of
    a second. So they are made at a few variances an octave and interpolated between these, at fixed correlation.
    """

    gaussian: Averages
    _octaves: dict[int, list[ActivityCovariance]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, nonlinearity: Nonlinearity, settings: Settings) -> "GaussianReference":
        """For one nonlinearity; raises Unsupported if it is not odd."""
        return cls(averages(nonlinearity, settings.average_step))

    def __call__(self, covariance: Array) -> tuple[float, Array]:
        """(⟨φ'⟩, C^φ) from C^x at lags of which the first is 0, elementwise; NotConverged if it is no covariance."""
        variance = float(covariance[0])
        if not LEAST < variance < MOST:
            raise NotConverged(f"the iteration left the fluctuating state: C^x(0) = {variance:.3g}")
        position, octave = math.modf(math.log2(variance))
        if position < 0:
            position, octave = position + 1.0, octave - 1.0
        at = self._at(int(octave))
        weights = _lagrange(position)
        gain = sum(w * a.gain for w, a in zip(weights, at, strict=True))
        activity = sum(w * a(covariance * (a.variance / variance)) for w, a in zip(weights, at, strict=True))
        return float(gain), np.asarray(activity)

    def _at(self, octave: int) -> list[ActivityCovariance]:
        if octave not in self._octaves:
            self._octaves[octave] = [ActivityCovariance(self.gaussian, 2.0 ** (octave + x)) for x in _NODES]
        return self._octaves[octave]


_NODES = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ORDER) + 0.5) / ORDER)  # Chebyshev's, on [0, 1]


def _lagrange(x: float) -> Array:
    """Values at x of the polynomials that are 1 at one node and 0 at the others."""
    differences = np.subtract.outer(_NODES, _NODES)
    np.fill_diagonal(differences, 1.0)
    distances = np.tile(x - _NODES, (ORDER, 1))
    np.fill_diagonal(distances, 1.0)
    return np.asarray(np.prod(distances / differences, axis=1))
