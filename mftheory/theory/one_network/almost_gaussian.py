"""The activity φ of an almost Gaussian x in a given J: a gain, and noise that is independent between neurons (ours).

A Gaussian x has φ = Γ x + ξ with Γ = ⟨φ'⟩ and ξ uncorrelated with x at any lag, of spectrum

    n(ω) = C^φ(ω) - Γ² C^x(ω) >= 0.

In the network x = H (J φ + σ ζ), so with S̃ = Γ H and W = (1 - S̃ J)⁻¹

    φ = W (ξ + S̃ σ ζ),   x = H J W (ξ + S̃ σ ζ) + H σ ζ.

The noise comes back to its own neuron by way of the others, as D ξ in x: D = H R/(1 - Γ H R) with theory §6's R of
this J, which is (w - 1)/Γ, w = tr W/N. That part of x is not Gaussian. To first order in R

    S = (Γ + δ) H/(1 - Γ H R),   δ(ω) = ∫_0^∞ dτ D(τ) [∂N/∂c e^{-iωτ} + ∂N/∂c0],   N(c, c0) = C^φ - Γ² c at c = C^x(τ),

the first term from the response of ξ to its own return (⟨ξ'ξ'⟩ = ∂N/∂c), the second from the change that it makes of
⟨φ'⟩ (⟨ξ''ξ⟩ = ∂N/∂c0). And C^φ - |S|² Q is |1 + Γ D|² n up to ⟨ξ ξ' D ξ⟩, so that §6's noise, that over |1 + R S|², is
n itself. So S̃ = (Γ + δ) H in the equations above, and the noise is n.

C^x(0) relative to the theory of partially symmetric couplings (`mftheory.solve`), g = 2 and σ = 1, means of two J of
600 neurons with ϱ = -0.7, -0.4 and 0.4: -0.6%, -1.2% and 1.7%; with δ = 0 0.2%, 0.2% and -5.5%. Dimensions of φ: 0.2%,
1.3% and 1.7 times (17 dimensions in the limit); with δ = 0 -0.4%, -0.8% and 2.2 times. Relative to simulations of five
J of 200 neurons, C^φ(0) at ϱ = -0.4 and 0.4: (-0.4 ± 0.1)% and (1.0 ± 0.3)%; with δ = 0 1.2% and -2.8%.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import sici

from mftheory.numerics.panels import Panels
from mftheory.numerics.transform import oscillatory_weights
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class AlmostGaussianSpectra:
    """Maps from spectra of x on a mesh of frequencies to spectra of the part of φ beyond Γ x.

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
        """Return C^x(0) from C^x(ω), shape (k,)."""
        return float(self._to_lags[0] @ x)

    def residual(self, x: Array, activity: ActivityCovariance) -> Array:
        """Return n(ω) >= 0, shape (k,), from a C^x(ω) whose variance is that of `activity`."""
        c = self._to_lags[1:] @ x
        nonlinear = activity.nonlinear(np.clip(c, -activity.variance, activity.variance))
        return np.asarray(np.maximum(self._to_frequencies @ nonlinear, 0.0))

    def correction(
        self, x: Array, feedback: Array, activity: ActivityCovariance, nearby: ActivityCovariance
    ) -> Complex:
        """Return δ(ω), shape (k,).

        Parameters
        ----------
        x, feedback : arrays of shape (k,)
            C^x(ω) and Re D(ω).
        activity, nearby : ActivityCovariance
            φ at the variance of x, and at one nearby.
        """
        c = np.clip(self._to_lags[1:] @ x, -activity.variance, activity.variance)
        kernel = 2.0 * (self._to_lags[1:] @ feedback)  # causal
        response = self._transform.conj() @ (kernel * activity.nonlinear_slope(c))
        change = (nearby.nonlinear(c) - activity.nonlinear(c)) / (nearby.variance - activity.variance)
        return np.asarray(response + self.lags.weights.ravel() @ (kernel * change))

    def slope(self, x: Array, activity: ActivityCovariance) -> Array:
        """Return ∂n(ω)/∂C^x(ω') at fixed variance, shape (k, k)."""
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
        return np.asarray(2.0 * self._transform.real)

    @cached_property
    def _transform(self) -> Complex:
        """∫_0^∞ dτ f(τ) e^{iωτ} from f at the lags."""
        return np.asarray(oscillatory_weights(self.lags, self.mesh.nodes.ravel()))


def to_lags(mesh: Panels, tau: Array) -> Array:
    """Return the matrix from C(ω) at the nodes to C(τ), shape (t, k); beyond the nodes C(ω) goes on as 1/ω²."""
    weights = oscillatory_weights(mesh, tau).real / np.pi
    # ∫_Ω^∞ cos(ωτ)/ω² dω = cos(Ωτ)/Ω - τ (π/2 - Si(Ωτ)), times C(Ω)Ω², C(Ω) taken at the last node.
    end = mesh.edges[-1]
    beyond = np.cos(end * tau) / end - tau * (np.pi / 2 - sici(end * tau)[0])
    weights[:, -1] += beyond * mesh.nodes[-1, -1] ** 2 / np.pi
    return np.asarray(weights)
