"""Modes that activity condenses on: outside the theory."""

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import CondensedModes

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def refuse_condensed(d: Array, rho: Array, omega: Array, returned: Complex) -> None:
    """Raise CondensedModes where a latent z = η^z + Dρ s∘z is unstable, by Nyquist's criterion on what is known of s.

    The curve Dρ s(ω), s(-ω) = s(ω)*, s(∞) = 0, must not go around 1. It is known at the given frequencies and taken
    straight between them; so for s(τ) >= 0, where |s(ω)| <= s(0), ω = 0 alone decides.

    Parameters
    ----------
    d, rho : arrays of shape (M,)
    omega : array of shape (k,)
    returned : array of shape (k,)
        s(ω), the mean response that a mode hears.
    """
    order = np.argsort(np.abs(omega))[::-1]
    upper = np.where(omega < 0, np.conj(returned), returned)[order]
    curve = np.concatenate([[0.0], np.conj(upper), upper[::-1], [0.0]])
    strength = d * rho
    distance = 1.0 - np.multiply.outer(strength, curve)
    # On the segment through 1 the winding is not defined: that is condensation as well.
    real = np.abs(returned.imag) <= 1e-12 * np.abs(returned)
    largest = float(np.max(returned.real[real], initial=0.0))
    smallest = float(np.min(returned.real[real], initial=0.0))
    unstable = np.maximum(strength * largest, strength * smallest) >= 1
    touched = np.any(distance == 0, axis=1)
    distance[touched] = 1.0
    winding = np.sum(np.angle(distance[:, 1:] / distance[:, :-1]), axis=1) / (2 * np.pi)
    unstable |= touched | (np.round(winding) != 0)
    if np.any(unstable):
        worst = int(np.argmax(np.where(unstable, np.abs(strength), 0.0)))
        k = int(np.argmax((strength[worst] * returned).real))
        reached = (strength[worst] * returned[k]).real
        raise CondensedModes(
            f"mode with {named(d[worst], rho[worst])}: activity condenses on it, "
            f"1 - Dρ S^φ has lost its stability (Dρ S^φ = {reached:.4g} at omega = {omega[k]:g})"
        )


def named(d: float, rho: float) -> str:
    """What to call a mode."""
    return f"D = {d:.4g}, overlap = {rho:.4g}"
