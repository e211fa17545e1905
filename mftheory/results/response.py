"""The measured response of a network's neurons to their own input."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mftheory.results.schema import stored


@dataclass(frozen=True, eq=False)
class Response:
    """The response S^a(τ) = (1/N) Σ_i δa_i(t)/δI_i(t - τ) of each trajectory, from small pushes.

    Attributes
    ----------
    step : float
        Time between lags, in units of the neurons' time constant.
    discrete : bool
        True in discrete time: S is then a sequence, and its transform a sum.
    kicks : int
        Number of pushes of each trajectory.
    by_observable : mapping of str to array of shape (lags, trajectories)
        S^a at τ = 0, step, 2 step, …, in continuous time just after the push.
    """

    step: float = field(metadata=stored("time between lags", "time constant"))
    discrete: bool = field(metadata=stored("1: time is discrete"))
    kicks: int = field(metadata=stored("pushes of each trajectory"))
    by_observable: Mapping[str, NDArray[np.float64]] = field(
        metadata=stored(
            "response of {key} to own input, of each trajectory", dims="lag_{key} trajectory_{key}", name=""
        )
    )

    @property
    def longest(self) -> float:
        """The longest lag."""
        first = next(iter(self.by_observable.values()))
        return (first.shape[0] - 1) * self.step

    def at_frequency(self, observable: str, omega: float) -> NDArray[np.complex128]:
        """Return ∫ dτ e^{-iωτ} S^a(τ) of each trajectory, up to the longest lag; Σ e^{-iωn} S^a(n) in discrete time."""
        S = self.by_observable[observable]
        tau = np.arange(S.shape[0]) * self.step
        phase = np.exp(-1j * omega * tau)[:, None]
        if self.discrete:
            return np.asarray((phase * S).sum(axis=0))
        from scipy.integrate import simpson  # imported on use: results are read without scipy

        return np.asarray(simpson(phase * S, dx=self.step, axis=0))
