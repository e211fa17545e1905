"""K(ω) = (diag(1/|H_s|²) - M)⁻¹, how signals that drive each other linearly respond, as a sum of exponentials in time.

Filters are rational functions n_s/d_s of v = -ω², or of v = 2 cos ω - 2 in discrete time. With C_s = n_s y_s the
equations d_s y_s - Σ M_sr n_r y_r = f_s are a matrix pencil linear in v, K = Σ_m right_m left_m/(v - λ_m), and
1/(-ω² - λ) is -e^{-q|τ|}/2q in time, q = √λ.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.numerics.exponential_rule import exponential_rule
from mftheory.numerics.panels import Panels
from mftheory.theory.stationary.filters import PowerTransfer

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

APART = (0.0, 1e-4, 1e-3, 1e-2, 5e-2)
"""Sizes of an addition to the response, in units of what is critical then, tried until poles are apart."""
MOST_CANCELLING = 3e3
"""Size of terms of K relative to itself up to which poles are apart enough."""
BETWEEN_PEAKS = 100
"""Frequencies between the peaks of different filters at which their response together is looked at."""


@dataclass(frozen=True, eq=False)
class Modes:
    """K(τ) = Re Σ_m right_m left_m e^{-q_m|τ|}, one of each conjugate pair.

    Attributes
    ----------
    rates : array of shape (m,)
        q, Re q > 0.
    right, left : arrays of shapes (s, m) and (m, s)
    """

    rates: Complex
    right: Complex
    left: Complex

    @classmethod
    def of(cls, powers: tuple[PowerTransfer, ...], matrix: Array) -> "Modes":
        """Return the modes of signals with these filters, coupled by M."""
        if len(powers) == 1:  # roots to all digits, also where they are almost equal
            amplitudes, rates = powers[0].dressed(float(matrix[0, 0])).exponentials()
            right, left = amplitudes[None], np.ones((rates.size, 1), dtype=np.complex128)
        else:
            rates, right, left = _of_several(powers, matrix)
        discrete = powers[0].discrete
        # Signs that alternate, e^{-q k} with an imaginary part π, are a pair of their own.
        paired = (np.abs(rates.imag) > 1e-14 * np.abs(rates)) & ~(
            discrete & (np.abs(np.abs(rates.imag) - np.pi) < 1e-12)
        )
        kept = ~paired | (rates.imag > 0)
        return cls(rates[kept], right[:, kept] * np.where(paired, 2.0, 1.0)[kept], left[kept])

    def at(self, tau: Array) -> Array:
        """Return K(τ) at lags >= 0, of shape (s, s, lags)."""
        return np.einsum("sm,mr,mt->srt", self.right, self.left, np.exp(-np.multiply.outer(self.rates, tau))).real

    def driven(self, noise: Array, tau: Array) -> Array:
        """Return K(τ) applied to the intensities of noises, at lags >= 0, of shape (s, lags)."""
        each = (self.left @ noise)[:, None] * np.exp(-np.multiply.outer(self.rates, tau))
        return np.asarray((self.right @ each).real)

    @property
    def slowest(self) -> complex:
        """The rate of the slowest decay."""
        return complex(self.rates[np.argmin(self.rates.real)])


def _of_several(powers: tuple[PowerTransfer, ...], matrix: Array) -> tuple[Complex, Complex, Complex]:
    """Return rates, right and left of all modes, eigenvectors of the pencil."""
    orders = [p.denominator.size - 1 for p in powers]
    ends = np.concatenate([[0], np.cumsum(orders)])
    numerators = np.zeros((len(powers), ends[-1]))
    for s, p in enumerate(powers):
        numerators[s, ends[s] : ends[s] + p.numerator.size] = p.numerator
    A, B = np.zeros((ends[-1], ends[-1])), np.zeros((ends[-1], len(powers)))
    for s, p in enumerate(powers):
        first, last, highest = ends[s], ends[s + 1] - 1, p.denominator[-1]
        A[np.arange(first, last), np.arange(first + 1, last + 1)] = 1.0
        A[last, first : last + 1] -= p.denominator[:-1] / highest
        A[last] += matrix[s] @ numerators / highest
        B[last, s] = 1.0 / highest
    eigenvalues, vectors = np.linalg.eig(A)
    root = np.sqrt(eigenvalues.astype(np.complex128))
    # In discrete time v = 2 cosh q - 2, and 1/(v - λ) is -e^{-q|k|}/(2 sinh q).
    rates: Complex = np.asarray(2.0 * np.arcsinh(0.5 * root) if powers[0].discrete else root, dtype=np.complex128)
    left = np.asarray(np.linalg.solve(vectors.astype(np.complex128), B), dtype=np.complex128)
    right = numerators @ vectors / (-2.0 * (np.sinh(rates) if powers[0].discrete else rates))
    return rates, right, left


def kept_apart(powers: tuple[PowerTransfer, ...], matrix: Array, at_peaks: Array) -> tuple[Array, float]:
    """Return what to add to M, so that no poles of K coincide, and how much then larger than K its terms are.

    Nothing where they are apart. What is added to the response is taken off the sources, so it is a matter of choice.
    """
    loop = largest_response(at_peaks, matrix)
    room = 1.0 - loop if loop < 1.0 else 1.0  # what is stable stays so
    each = room * np.diag((1.0 + 0.3 * np.arange(len(powers)) / len(powers)) / at_peaks.max(axis=0))
    found = []
    for size in APART:
        found.append((_cancelling(powers, matrix + size * each, at_peaks[:, :, None]), size))
        if found[-1][0] < MOST_CANCELLING:
            break
    digits, size = min(found)
    return np.asarray(size * each), digits


def _cancelling(powers: tuple[PowerTransfer, ...], matrix: Array, at: Array) -> float:
    """Return how much larger terms of K(ω) are than K where it is largest: digits that it loses."""
    with np.errstate(all="ignore"):
        try:
            modes = Modes.of(powers, matrix)
            whole = np.linalg.solve(np.eye(len(powers)) - at * matrix, at * np.eye(len(powers)))
        except np.linalg.LinAlgError:  # poles coincide
            return np.inf
        width = 1.0 - np.exp(-modes.rates) if powers[0].discrete else modes.rates
        terms = 2.0 * np.einsum("sm,mr->srm", modes.right / width, modes.left)
        return float(np.nan_to_num(np.abs(terms).max() / np.abs(whole).max(), nan=np.inf))


def frequencies_of_peaks(powers: Sequence[PowerTransfer]) -> Array:
    """Return the frequencies among which the response of signals together is largest: peaks, and between them."""
    peaks = np.unique([p.largest()[0] for p in powers])
    return peaks if peaks.size == 1 else np.unique(np.append(peaks, np.linspace(peaks[0], peaks[-1], BETWEEN_PEAKS)))


def at_peaks(powers: Sequence[PowerTransfer]) -> Array:
    """Return |H|² of signals at those frequencies, of shape (f, s)."""
    omega = frequencies_of_peaks(powers)
    return np.stack([p(omega) for p in powers], axis=1)


def largest_response(at_peaks: Array, matrix: Array) -> float:
    """Return the largest eigenvalue of |H|² M, |H|² of each signal given at some frequencies, of shape (f, s)."""
    return float(np.abs(np.linalg.eigvals(at_peaks[:, :, None] * matrix)).max())


class MatrixConvolution:
    """f ↦ K * f at τ = 0 and at the nodes of a mesh on [0, T], exact for piecewise polynomials.

    f is even and ends with the mesh.

    Parameters
    ----------
    mesh : Panels
    modes : Modes
    """

    def __init__(self, mesh: Panels, modes: Modes) -> None:
        self.mesh, self.modes = mesh, modes
        panels, order = mesh.nodes.shape
        shape = (modes.rates.size, panels, order)
        self._ends = np.empty(shape, dtype=np.complex128)  # weights of ∫ e^{-q(b-s)} f over a panel with right end b
        self._local = np.empty((*shape, order), dtype=np.complex128)
        lengths, which = np.unique(mesh.half[:, 0], return_inverse=True)
        for m, rate in enumerate(modes.rates):
            for n, length in enumerate(lengths):
                weights = length * exponential_rule(complex(rate * length), order)
                self._ends[m, which == n] = weights[-1]
                self._local[m, which == n] = weights[:-1] + weights[-2::-1, ::-1]
        rate = modes.rates[:, None, None]
        self._decay = np.exp(-np.multiply.outer(modes.rates, np.diff(mesh.edges)))
        self._from_left = np.exp(-rate * (mesh.nodes - mesh.edges[:-1, None]))
        self._from_right = np.exp(-rate * (mesh.edges[1:, None] - mesh.nodes))

    def __call__(self, values: Array) -> Array:
        """Return K * f, of shape (s, 1 + nodes), from f at the nodes, of shape (s, nodes)."""
        g, forward, backward = self._over_panels(values)
        left, right, at_zero = _carry(forward, backward, self._decay)
        inside = np.matmul(self._local, g[..., None])[..., 0]
        inside += left[..., None] * self._from_left + right[..., None] * self._from_right
        flat = np.concatenate([at_zero[:, None], inside.reshape(len(inside), -1)], axis=1)
        return np.asarray((self.modes.right @ flat).real)

    def tail(self, values: Array) -> Complex:
        """Return the amplitudes, of shape (s, m), at T of the exponentials beyond T."""
        _, forward, backward = self._over_panels(values)
        edges, rates = self.mesh.edges, self.modes.rates
        direct = np.exp(-np.multiply.outer(rates, edges[-1] - edges[1:])) * forward
        mirror = np.exp(-np.multiply.outer(rates, edges[-1] + edges[:-1])) * backward
        return np.asarray(self.modes.right * np.sum(direct + mirror, axis=1))

    def _over_panels(self, values: Array) -> tuple[Complex, Complex, Complex]:
        g = (self.modes.left @ values).reshape(self._ends.shape)
        return g, np.sum(self._ends * g, axis=2), np.sum(self._ends[:, :, ::-1] * g, axis=2)


@njit(cache=True, error_model="numpy")
def _carry(forward, backward, decay):  # type: ignore[no-untyped-def]
    """Return ∫ e^{-q|x-s|} f(s) ds over s < x at each panel's left end x, over s > x at its right end, and at 0."""
    count, panels = forward.shape
    left, right = np.zeros_like(forward), np.zeros_like(forward)
    at_zero = np.zeros(count, dtype=np.complex128)
    for m in range(count):
        total = 0j
        for p in range(panels - 1, -1, -1):
            right[m, p] = total
            total = backward[m, p] + decay[m, p] * total
        at_zero[m] = 2.0 * total
        for p in range(panels):  # f is even: what comes from τ < 0 is what comes from τ > 0
            left[m, p] = total
            total = forward[m, p] + decay[m, p] * total
    return left, right, at_zero
