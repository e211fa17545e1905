"""Sums for covariance matrices, block by block."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.simulation.accumulate import Accumulator
from mftheory.simulation.observables import Observable


class SecondMoments:
    """Sum of a_i a_j over trajectories and times: products of a block at the state's precision, their sum in float64.

    Parameters
    ----------
    observable : Observable
    reference : array of shape (size,), optional
        Mean activity, which is subtracted from a_i first.
    """

    def __init__(self, observable: Observable, reference: NDArray[Any] | None) -> None:
        self.observable = observable
        self._reference = reference
        self._sum = np.zeros((observable.size, observable.size))
        self._samples = 0

    def add(self, states: NDArray[Any]) -> None:
        """Account for states of shape (trajectories, times, neurons)."""
        a = self.observable.of(states, self._reference)
        a = a.reshape(-1, a.shape[-1])
        self._sum += a.T @ a
        self._samples += a.shape[0]

    def covariance(self, accumulator: Accumulator) -> NDArray[np.float64]:
        """Return ⟨a_i a_j⟩, about the mean of all trajectories where activity has means; shape (size, size)."""
        matrix = self._sum / self._samples
        if self._reference is not None:
            mean = accumulator.means().mean(axis=0) - self._reference
            matrix -= np.outer(mean, mean)
        return matrix


def check_fits(observables: tuple[Observable, ...], itemsize: int, max_memory: float) -> None:
    """Refuse matrices that need more than `max_memory` bytes: sums in float64, a product at the state's precision."""
    need = sum((8 + itemsize) * o.size**2 for o in observables)
    if need > max_memory:
        raise InvalidNetwork(
            "covariance",
            ", ".join(o.name for o in observables),
            f"needs {need / 1e9:.3g} GB, above max_memory = {max_memory / 1e9:.3g} GB; C, Psi and dimension need none",
        )
