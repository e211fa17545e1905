"""What a Gaussian x makes of φ in a given J: a gain, noise of the neurons' own, and how that noise comes back (ours).

A Gaussian x has φ = Γ x + ξ with Γ = ⟨φ'⟩ and ξ uncorrelated with x at any lag, of spectrum

    N(ω) = C^φ(ω) - Γ² C^x(ω) >= 0.

In the network x = H (J φ + σ ζ), so with S̃ = Γ H and W = (1 - S̃ J)⁻¹

    φ = W (ξ + S̃ σ ζ),   Γ x = (W - 1) ξ + W S̃ σ ζ.

Noise of spectrum n put in place of ξ comes back to its own neuron by way of the others: the diagonal of this linear
network's ⟨φφ†⟩ is that of Γ² ⟨xx†⟩ plus (2 Re W_ii - 1) n. In the mean over neurons it is C^φ, as it must, with

    n = N / (2 Re tr W/N - 1).

1 - N/tr W = S̃ R is the self-feedback of THEORY.md §6 for this J, and this n its n(ω): without noise n = C^φ N/‖W‖².
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import sici

from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.panels import Panels
from mftheory.solve.transform import oscillatory_weights

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Closure:
    """From spectra of x on a mesh of frequencies to spectra of what φ has beyond Γ x.

    Attributes
    ----------
    mesh : Panels
        Frequencies from 0 up; beyond them C^x falls as 1/ω² (white noise, filtered by the neuron), or is nothing.
    lags : Panels
        Times from 0 to where C^x has decayed.
    """

    mesh: Panels
    lags: Panels

    def variance(self, x: Array) -> float:
        """C^x(0) of C^x(ω), shape (k,)."""
        return float(self._to_lags[0] @ x)

    def residual(self, x: Array, activity: ActivityCovariance) -> Array:
        """N(ω) >= 0, shape (k,), of C^x(ω) whose variance is that of `activity`."""
        c = self._to_lags[1:] @ x
        nonlinear = activity.nonlinear(np.clip(c, -activity.variance, activity.variance))
        return np.asarray(np.maximum(self._to_frequencies @ nonlinear, 0.0))

    def slope(self, x: Array, activity: ActivityCovariance) -> Array:
        """∂N(ω)/∂C^x(ω') at fixed variance, shape (k, k)."""
        c = self._to_lags[1:] @ x
        slope = activity.nonlinear_slope(np.clip(c, -activity.variance, activity.variance))
        return np.asarray((self._to_frequencies * slope) @ self._to_lags[1:])

    @property
    def to_variance(self) -> Array:
        """∂C^x(0)/∂C^x(ω), shape (k,)."""
        return self._to_lags[0]

    @cached_property
    def _to_lags(self) -> Array:
        return to_lags(self.mesh, np.append(0.0, self.lags.nodes.ravel()))

    @cached_property
    def _to_frequencies(self) -> Array:
        return np.asarray(2.0 * oscillatory_weights(self.lags, self.mesh.nodes.ravel()).real)


def to_lags(mesh: Panels, tau: Array) -> Array:
    """C(ω) at the nodes -> C(τ) at each τ >= 0, the tail beyond the mesh included, shape (t, k)."""
    weights = oscillatory_weights(mesh, tau).real / np.pi
    # ∫_Ω^∞ cos(ωτ)/ω² dω = cos(Ωτ)/Ω - τ (π/2 - Si(Ωτ)), times C(Ω)Ω², C(Ω) taken at the last node.
    end = mesh.edges[-1]
    tail = np.cos(end * tau) / end - tau * (np.pi / 2 - sici(end * tau)[0])
    weights[:, -1] += tail * mesh.nodes[-1, -1] ** 2 / np.pi
    return np.asarray(weights)
