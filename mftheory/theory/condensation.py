"""Modes that activity condenses on, where the theory does not hold: the rule, and where others like it stand.

`refuse_condensed` is the rule for modes that feed back on themselves. Beside it: `self_feedback.received_field` says
when a mode nearly condenses, `one_network.cavity_field` refuses loops of the whole network, `one_network.equal_times`
and `.linear_propagator` a J whose linear network is unstable (a mode of that J); `results.diagnosis` warns of a mode
that stands out, and `network.outlier` names it where a simulated network came to rest.
"""

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import CondensedModes

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def refuse_condensed(d: Array, rho: Array, omega: Array, mean_response: Complex) -> None:
    """Raise CondensedModes where a latent z = η^z + Dρ s∘z is unstable, by Nyquist's criterion on what is known of s.

    The curve Dρ s(ω), s(-ω) = s(ω)*, s(∞) = 0, must not go around 1. It is known at the given frequencies and taken
    straight between them; so for s(τ) >= 0, where |s(ω)| <= s(0), ω = 0 alone decides.

    Parameters
    ----------
    d, rho : arrays of shape (M,)
    omega : array of shape (k,)
    mean_response : array of shape (k,)
        s(ω), the mean response through which a mode feeds back on itself.
    """
    order = np.argsort(np.abs(omega))[::-1]
    upper = np.where(omega < 0, np.conj(mean_response), mean_response)[order]
    curve = np.concatenate([[0.0], np.conj(upper), upper[::-1], [0.0]])
    strength = d * rho
    distance = 1.0 - np.multiply.outer(strength, curve)
    # On the segment through 1 the winding is not defined: that is condensation as well.
    real = np.abs(mean_response.imag) <= 1e-12 * np.abs(mean_response)
    largest = float(np.max(mean_response.real[real], initial=0.0))
    smallest = float(np.min(mean_response.real[real], initial=0.0))
    unstable = np.maximum(strength * largest, strength * smallest) >= 1
    touched = np.any(distance == 0, axis=1)
    distance[touched] = 1.0
    winding = np.sum(np.angle(distance[:, 1:] / distance[:, :-1]), axis=1) / (2 * np.pi)
    unstable |= touched | (np.round(winding) != 0)
    if np.any(unstable):
        worst = int(np.argmax(np.where(unstable, np.abs(strength), 0.0)))
        k = int(np.argmax((strength[worst] * mean_response).real))
        reached = (strength[worst] * mean_response[k]).real
        raise CondensedModes(
            f"mode with {named(d[worst], rho[worst])}: activity condenses on it, "
            f"1 - Dρ S^φ has lost its stability (Dρ S^φ = {reached:.4g} at omega = {omega[k]:g})"
        )


def named(d: float, rho: float) -> str:
    """Return the words for a mode."""
    return f"D = {d:.4g}, overlap = {rho:.4g}"
