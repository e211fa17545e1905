"""A periodic axis of time and its frequencies."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class PeriodicAxis:
    """Times 0, dt, … of one period, and frequencies 0, 2π/period, … up to the highest that the step resolves.

    Functions that decay over less than half a period, with spectra that end below the highest frequency, lose nothing:
    the trapezoidal rule converges exponentially for them.

    Attributes
    ----------
    period : float
        In units of the neurons' time constant.
    size : int
        Points in time, even.
    """

    period: float
    size: int

    @property
    def step(self) -> float:
        """Spacing in time."""
        return self.period / self.size

    @cached_property
    def tau(self) -> Array:
        """Lags from 0 to half a period, shape (size/2 + 1,)."""
        return np.asarray(self.step * np.arange(self.size // 2 + 1), dtype=np.float64)

    @cached_property
    def omega(self) -> Array:
        """Frequencies, shape (size/2 + 1,)."""
        return np.asarray(2.0 * np.pi / self.period * np.arange(self.size // 2 + 1), dtype=np.float64)

    @cached_property
    def weights(self) -> Array:
        """Σ weights f(omega) = ∫ dω/2π f(ω) over both signs of ω, for even f."""
        weights: Array = np.full(self.omega.shape, 2.0 / self.period)
        weights[[0, -1]] = 1.0 / self.period
        return weights

    def to_time(self, spectrum: Complex | Array) -> Array:
        """Return ∫ dω/2π e^{iωt} f(ω) along the last axis: one period in time, shape (..., size)."""
        return np.asarray(fft.irfft(spectrum, self.size) / self.step, dtype=np.float64)

    def to_frequency(self, values: Array) -> Complex:
        """Return ∫ dt e^{-iωt} f(t) along the last axis, shape (..., size/2 + 1)."""
        return np.asarray(fft.rfft(values) * self.step)

    def finer(self) -> "PeriodicAxis":
        """Return an axis of half the step."""
        return PeriodicAxis(self.period, 2 * self.size)

    def longer(self) -> "PeriodicAxis":
        """Return an axis of twice the period."""
        return PeriodicAxis(2.0 * self.period, 2 * self.size)


def onto(values: NDArray[Any], old: PeriodicAxis, new: PeriodicAxis) -> NDArray[Any]:
    """Return functions of frequency, shape (c, k), on another axis: linear between frequencies, constant beyond."""
    return np.array([np.interp(new.omega, old.omega, row) for row in values])
