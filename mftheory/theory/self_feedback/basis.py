"""Functions of frequency to smooth sampled estimates with: causal ones for responses, even ones for power.

Both are polynomials in e^{-iθ(ω)} = (1 - iω/a)/(1 + iω/a), a rate a setting the scale: Laguerre functions in time, and
rational Chebyshev functions in frequency.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def causal(omega: Array, rate: float, count: int) -> Complex:
    """Return the Fourier transforms of the Laguerre functions (-1)^k √(2a) e^{-aτ} L_k(2aτ), shape (count, k)."""
    turn = (rate - 1j * omega) / (rate + 1j * omega)
    return np.asarray(np.sqrt(2.0 * rate) / (rate + 1j * omega) * turn ** np.arange(count)[:, None])


def at_once(rate: float, count: int) -> Array:
    """Return the causal functions at τ = 0⁺, shape (count,)."""
    return np.asarray(np.sqrt(2.0 * rate) * (-1.0) ** np.arange(count))


def even(omega: Array, rate: float, count: int) -> Array:
    """Return cos kθ(ω), θ = 2 atan(ω/a), k = 0, 1, …; shape (count, k)."""
    return np.asarray(np.cos(np.arange(count)[:, None] * 2.0 * np.arctan(omega / rate)))
