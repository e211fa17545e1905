"""ΔS and ν, by which φ(x) differs from φ of a Gaussian process (see `self_consistency`), smooth in frequency.

ΔS is causal and ν is even, so a few Laguerre functions and a few rational Chebyshev functions represent them at all
frequencies, those included where the input has hardly any power.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mftheory.theory.self_feedback.basis import causal, even

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

SMALLEST_POWER = 1e-3  # lower bound of ν, which is positive, whatever the noise of the fit


@dataclass(frozen=True, eq=False)
class Corrections:
    """The difference between φ(x) and φ(x_G), for c kinds of neurons.

    Attributes
    ----------
    response : array of shape (c, p)
        ΔS = Σ response L(ω).
    power : array of shape (c, q)
        ν = Σ power T(ω).
    slope : array of shape (c,)
        ⟨φ'(x)⟩ - ⟨φ'(x_G)⟩.
    rate : float
        Scale of the functions, in units of the neurons' rate.
    end : float
        Frequency beyond which ν stays level: there is too little power to tell.
    """

    response: Array
    power: Array
    slope: Array
    rate: float
    end: float

    @classmethod
    def none(cls, kinds: int, causal_functions: int, even_functions: int, rate: float) -> "Corrections":
        """Return ΔS = 0 and ν = 1: x taken as Gaussian."""
        power = np.zeros((kinds, even_functions))
        power[:, 0] = 1.0
        return cls(np.zeros((kinds, causal_functions)), power, np.zeros(kinds), rate, np.inf)

    def towards(self, other: "Corrections", part: float) -> "Corrections":
        """Return corrections that are part of the way from these to others."""
        return replace(
            other,
            response=(1.0 - part) * self.response + part * other.response,
            power=(1.0 - part) * self.power + part * other.power,
            slope=(1.0 - part) * self.slope + part * other.slope,
        )

    def on(self, omega: Array) -> tuple[Complex, Array]:
        """Return ΔS and ν, each of shape (c, k), at frequencies of shape (k,)."""
        response = self.response @ causal(omega, self.rate, self.response.shape[1])
        power = self.power @ even(np.minimum(omega, self.end), self.rate, self.power.shape[1])
        return response, np.maximum(power, SMALLEST_POWER)
