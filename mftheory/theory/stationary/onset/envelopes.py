"""Functions of two times close to onset: envelopes of a carrier in time, peaks around its harmonics in frequency."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.panels import Panels, PiecewisePolynomial

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Envelopes:
    """C^x(τ) = weight Re Σ_k F_k(τ) e^{ikω*τ} for τ >= 0, continued by an exponential.

    Attributes
    ----------
    carrier : float
        ω*; π for a map whose sign alternates.
    parts : sequence of PiecewisePolynomial
        Re F_k and Im F_k by turns.
    harmonics : array of shape (h,)
        k.
    weight : float
    variance : float
        C^x(0).
    amplitude, rate : complex
        C^x(τ) = weight Re amplitude e^{-rate τ} beyond the panels.
    """

    carrier: float
    parts: tuple[PiecewisePolynomial, ...]
    harmonics: Array
    weight: float
    variance: float
    amplitude: complex
    rate: complex

    def __call__(self, tau: Array) -> Array:
        """Return C^x(τ), of the shape of τ >= 0."""
        end = self.parts[0].edges[-1]
        inside = np.minimum(tau, end)
        total = np.zeros(np.shape(tau))
        for k, real, imaginary in zip(self.harmonics, self.parts[::2], self.parts[1::2], strict=True):
            phase = k * self.carrier * inside
            total += np.cos(phase) * real(inside) - np.sin(phase) * imaginary(inside)
        tail = (self.amplitude * np.exp(-self.rate * np.asarray(tau))).real
        return np.asarray(self.weight * np.where(tau <= end, total, tail))


@dataclass(frozen=True, eq=False)
class Peaks:
    """n(ω) as peaks far apart, each a piecewise polynomial of the distance from its center.

    Attributes
    ----------
    centers : array of shape (h,)
    shapes : sequence of PiecewisePolynomial
        All on the same panels.
    """

    centers: Array
    shapes: tuple[PiecewisePolynomial, ...]

    @property
    def edges(self) -> Array:
        """Frequencies ω >= 0 between which n is smooth; beyond the last it is negligible."""
        every = self.centers[:, None] + self.shapes[0].edges
        return np.unique(np.append(every[every > 0], 0.0))

    def __call__(self, omega: Array) -> Array:
        """Return n(ω) for ω >= 0, of the shape of ω."""
        total = np.zeros(np.shape(omega))
        for center, shape in zip(self.centers, self.shapes, strict=True):
            away = omega - center
            near = np.abs(away) < shape.edges[-1]
            total[near] += shape(away[near])
        return total


@dataclass(frozen=True, eq=False)
class TwoTimeGrid:
    """A periodic grid in T, the time of the envelope, and in θ, the phase of the carrier.

    Attributes
    ----------
    spacing : float
        Step in T.
    size : int
        Nodes in T.
    carrier : float
        ω*; 0 for none.
    harmonics : array of shape (h,)
        1, 3, 5, …; 1 alone without a carrier.
    """

    spacing: float
    size: int
    carrier: float
    harmonics: Array

    @property
    def steps(self) -> Array:
        """T/spacing, in the order of the fast Fourier transform: 0 first."""
        return np.asarray(np.fft.fftfreq(self.size, 1.0 / self.size))

    @property
    def frequencies(self) -> Array:
        """Frequencies Ω of the envelope, in that order."""
        return np.asarray(2.0 * np.pi * np.fft.fftfreq(self.size, self.spacing))

    @property
    def weight(self) -> float:
        """2 for conjugate pairs of harmonics, else 1."""
        return 2.0 if self.oscillates else 1.0

    @property
    def oscillates(self) -> bool:
        """True if there is a carrier."""
        return self.carrier != 0

    def phases(self) -> Complex:
        """Return e^{ikθ} at equidistant θ in [0, π), which is enough for odd k; shape (phases, h)."""
        if not self.oscillates:
            return np.ones((1, 1), dtype=np.complex128)
        count = 2 * self.harmonics.size + 2
        return np.asarray(np.exp(1j * np.multiply.outer(np.pi * np.arange(count) / count, self.harmonics)))


def waves(mesh: Panels, frequencies: Array, amplitudes: Array | Complex) -> Complex:
    """Return Σ_j amplitude_j e^{i frequency_j x} at the nodes, for each row of amplitudes; shape (h, p, n)."""
    rows = [np.exp(1j * np.multiply.outer(x, frequencies)) @ amplitudes.T for x in mesh.nodes]
    return np.asarray(np.moveaxis(np.stack(rows), -1, 0))
