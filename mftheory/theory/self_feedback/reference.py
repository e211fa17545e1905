"""Exact statistics of φ for Gaussian x, the reference of the sampled part of the solution."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Nonlinearity
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import Averages, averages

Array = NDArray[np.float64]

NODES_PER_OCTAVE = 8
"""Nodes in log C^x(0) on a factor of two; averages are singular at C^x(0) < 0, π away in the log: 8 leave 1e-10."""
SMALLEST_VARIANCE, LARGEST_VARIANCE = 1e-12, 1e12  # beyond them the iteration goes to zero or diverges


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
        """Return the reference of a nonlinearity; raise Unsupported if it is not odd."""
        return cls(averages(nonlinearity, settings.average_step))

    def __call__(self, covariance: Array) -> tuple[float, Array]:
        """Return ⟨φ'⟩ and C^φ from C^x at lags of which the first is 0; raise NotConverged if it is no covariance."""
        variance = float(covariance[0])
        if not SMALLEST_VARIANCE < variance < LARGEST_VARIANCE:
            raise NotConverged(f"the iteration left the fluctuating state: C^x(0) = {variance:.3g}")
        octave = math.floor(math.log2(variance))
        nodes = self._of_octave(octave)
        weights = _lagrange(math.log2(variance) - octave)
        gain = weights @ [node.gain for node in nodes]
        return float(gain), weights @ [node(covariance * (node.variance / variance)) for node in nodes]

    def _of_octave(self, octave: int) -> list[ActivityCovariance]:
        if octave not in self._octaves:
            self._octaves[octave] = [ActivityCovariance(self.gaussian, 2.0 ** (octave + x)) for x in _NODES]
        return self._octaves[octave]


_NODES = 0.5 - 0.5 * np.cos(np.pi * (np.arange(NODES_PER_OCTAVE) + 0.5) / NODES_PER_OCTAVE)  # Chebyshev's, on [0, 1]


def _lagrange(x: float) -> Array:
    """Return the values at x of the polynomials that are 1 at one node and 0 at the others."""
    differences = np.subtract.outer(_NODES, _NODES)
    np.fill_diagonal(differences, 1.0)
    distances = np.tile(x - _NODES, (NODES_PER_OCTAVE, 1))
    np.fill_diagonal(distances, 1.0)
    return np.asarray(np.prod(distances / differences, axis=1))
