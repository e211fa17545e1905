"""The self-consistent C^φ and S^φ, given corrections that are sampled.

Write y = H(η) for what x would be without the neuron's own past, of spectrum Y; Ŝ = S^φ/H for the response of φ to y.
Then, exactly,

    C^φ = |Ŝ|² Y + n,

n the part of φ that no linear filter of y gives, and S^x/H = B = 1 + K S^φ with the kernel K through which it receives
its own φ. Next to x there is a Gaussian process x_G = B y, with the response of x itself. Everything about φ(x_G) is
known exactly: its response ⟨φ'⟩ B, its spectrum, hence its n_G. What is sampled is how φ(x) differs,

    Ŝ = ⟨φ'⟩_G B + ΔS/H   and   n = ν n_G,

with ΔS and ν that are smooth, small (ν near 1) and hardly change as C and S do (`corrections`). So they are sampled at
some (C, S), and the equations, which amplify errors near criticality, are solved with them held fixed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.anderson import fixed_point
from mftheory.theory.self_feedback.corrections import Corrections
from mftheory.theory.self_feedback.periodic_axis import PeriodicAxis
from mftheory.theory.self_feedback.received_field import ReceivedField
from mftheory.theory.self_feedback.reference import GaussianReference

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


RELATIVE_FLOOR = 1e-12  # of C^φ, relative to its largest value
TOLERANCE = 1e-8  # of √C and S, relative to the largest value


@dataclass(frozen=True, eq=False)
class SelfConsistentState:
    """The order parameters and what follows from them, at the frequencies of a grid; c kinds of neurons.

    Attributes
    ----------
    C : array of shape (c, k)
        C^φ.
    S : array of shape (c, k)
        S^φ.
    Q : array of shape (k,)
        Spectrum of the field.
    K : array of shape (c, k)
        Kernel through which a neuron receives its own φ.
    Y : array of shape (k,)
        Spectrum of y.
    amplification : array of shape (c, k)
        B = 1 + K S.
    gain : array of shape (c,)
        ⟨φ'⟩ of the Gaussian reference.
    reference_noise : array of shape (c, k)
        n_G.
    variance : array of shape (c,)
        Of the Gaussian reference.
    """

    C: Array
    S: Complex
    Q: Array
    K: Complex
    Y: Array
    amplification: Complex
    gain: Array
    reference_noise: Array
    variance: Array

    @property
    def reference_response(self) -> Complex:
        """Response of φ(x_G) to y."""
        return np.asarray(self.gain[:, None] * self.amplification)


@dataclass(frozen=True, eq=False)
class SelfConsistency:
    """The equations for C^φ and S^φ at given sampled corrections, on one axis of times and frequencies.

    Attributes
    ----------
    grid : PeriodicAxis
    transfer : array of shape (k,)
        H of the neurons.
    white : array of shape (k,)
        Spectrum of the white noise in x, sampled on the grid (all its frequencies folded into those).
    field : ReceivedField
    reference : GaussianReference
    """

    grid: PeriodicAxis
    transfer: Complex
    white: Array
    field: ReceivedField
    reference: GaussianReference

    def state(self, C: Array, S: Complex) -> SelfConsistentState:
        """Return all that follows from C and S, self-consistent or not."""
        Q, K = self.field(C, S)
        Y = np.abs(self.transfer) ** 2 * Q + self.white
        B = 1.0 + K * S
        gain, variance, noise = np.empty(len(S)), np.empty(len(S)), np.empty(C.shape)
        for c, amplified in enumerate(B):
            linear = np.abs(amplified) ** 2 * Y
            covariance = self.grid.to_time(linear)
            gain[c], activity = self.reference(covariance)
            variance[c] = covariance[0]
            noise[c] = np.maximum(self.grid.to_frequency(activity).real - gain[c] ** 2 * linear, 0.0)
        return SelfConsistentState(C, S, Q, K, Y, B, gain, noise, variance)

    def image(self, state: SelfConsistentState, response: Complex, power: Array) -> tuple[Array, Complex]:
        """Return C and S as they follow from a state, given ΔS and ν at the frequencies of the grid, shape (c, k)."""
        # S = ⟨φ'⟩ H (1 + K S) + ΔS with the S of the new state on both sides: that converges where K S is large.
        direct = state.gain[:, None] * self.transfer
        S = (direct + response) / (1.0 - direct * state.K)
        return np.abs(S / self.transfer) ** 2 * state.Y + power * state.reference_noise, S

    def solve(
        self, C: Array, S: Complex, corrections: Corrections, tolerance: float = TOLERANCE
    ) -> SelfConsistentState:
        """Return the state that is its own image, from a start.

        Raises
        ------
        NotConverged
            With the history of residuals.
        """
        shape = S.shape
        response, power = corrections.on(self.grid.omega)

        def image(packed: Array) -> Array:
            return _packed(*self.image(self.state(*_unpacked(packed, shape)), response, power))

        packed = fixed_point(image, _packed(C, S), tolerance, "the order parameters did not converge")
        return self.state(*_unpacked(packed, shape))


def _packed(C: Array, S: Complex) -> Array:
    """Return C and S as one real vector."""
    # The root keeps spectra positive; below the floor it would show the rounding of a Fourier transform.
    return np.concatenate([np.sqrt(np.maximum(C, RELATIVE_FLOOR * C.max())).ravel(), S.real.ravel(), S.imag.ravel()])


def _unpacked(packed: Array, shape: tuple[int, ...]) -> tuple[Array, Complex]:
    """Return C and S from the vector."""
    root, real, imaginary = packed.reshape(3, *shape)
    return root**2, real + 1j * imaginary
