"""Convolution of even functions with sums of exponentials, exact for piecewise polynomials."""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.numerics.panels import Panels, rule

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NODES = 32
MAX_EXPONENT = 12.0
"""|z| u on one piece: with NODES nodes e^{-zu} times a polynomial of degree 30 is exact to rounding."""
NEGLIGIBLE_EXPONENT = 42.0
"""Exponent from which e^{-x} is below rounding."""


class Convolution:
    """f ↦ K * f at τ = 0 and at the nodes of a mesh on [0, T], K(τ) = Σ A e^{-q|τ|}.

    f is even and ends with the mesh. Each exponential is carried from panel to panel, so the cost is proportional to
    the number of nodes.

    Parameters
    ----------
    mesh : Panels
    amplitudes, rates : arrays of shape (m,)
        A and q, Re q > 0; complex ones in conjugate pairs.
    """

    def __init__(self, mesh: Panels, amplitudes: Complex, rates: Complex) -> None:
        self.mesh = mesh
        upper = rates.imag >= 0  # one of a pair stands for both: real parts count twice
        self._rates = rates[upper]
        amplitudes = amplitudes[upper] * np.where(self._rates.imag > 0, 2.0, 1.0)
        panels, order = mesh.nodes.shape
        shape = (self._rates.size, panels, order)
        self._ends = np.empty(shape, dtype=np.complex128)  # weights of ∫ e^{-q(b-s)} f over a panel with right end b
        local = np.empty((panels, order, order))
        half = mesh.half[:, 0]
        for length in np.unique(half):
            same = half == length
            inner = np.zeros((order, order))
            for m, (amplitude, rate) in enumerate(zip(amplitudes, self._rates, strict=True)):
                weights = length * exponential_rule(complex(rate * length), order)
                self._ends[m, same] = weights[-1]
                inner += (amplitude * (weights[:-1] + weights[-2::-1, ::-1])).real
            local[same] = inner
        self._local = local  # both sides of each node within its own panel
        rate = self._rates[:, None, None]
        self._decay = np.exp(-np.multiply.outer(self._rates, np.diff(mesh.edges)))
        self._from_left = amplitudes[:, None, None] * np.exp(-rate * (mesh.nodes - mesh.edges[:-1, None]))
        self._from_right = amplitudes[:, None, None] * np.exp(-rate * (mesh.edges[1:, None] - mesh.nodes))
        self._amplitudes = amplitudes

    def __call__(self, values: Array) -> Array:
        """Return K * f at 0 and at the nodes, flat, from f's values at the nodes, of shape (p, n)."""
        forward = np.einsum("mpn,pn->mp", self._ends, values)
        backward = np.einsum("mpn,pn->mp", self._ends[:, :, ::-1], values)
        left, right, at_zero = _carry(forward, backward, self._decay)
        result = np.einsum("pij,pj->pi", self._local, values)
        result += np.einsum("mp,mpn->pn", left, self._from_left).real
        result += np.einsum("mp,mpn->pn", right, self._from_right).real
        return np.append((self._amplitudes @ at_zero).real, result.ravel())


@njit(cache=True, error_model="numpy")
def _carry(forward: Complex, backward: Complex, decay: Complex) -> tuple[Complex, Complex, Complex]:
    """Return ∫ e^{-q|x-s|} f(s) ds over s < x at each panel's left end x, over s > x at its right end, and at 0."""
    count, panels = forward.shape
    left = np.zeros_like(forward)
    right = np.zeros_like(forward)
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


def moments(mesh: Panels, values: Array, rate: complex) -> complex:
    """Return ∫_0^T (e^{-q(T-s)} + e^{-q(T+s)}) f(s) ds, the amplitude at T of the exponential beyond T."""
    order = mesh.nodes.shape[1]
    direct = mirror = 0j
    end = mesh.edges[-1]
    for p, length in enumerate(mesh.half[:, 0]):
        ends = length * exponential_rule(complex(rate * length), order)[-1]
        direct += np.exp(-rate * (end - mesh.edges[p + 1])) * (ends @ values[p])
        mirror += np.exp(-rate * (end + mesh.edges[p])) * (ends[::-1] @ values[p])
    return complex(direct + mirror)


def exponential_rule(z: complex, order: int) -> Complex:
    """Return the weights of ∫_{-1}^{x} e^{-z(x-y)} f(y) dy, x a Gauss–Legendre node or 1; f by its values there.

    Returns
    -------
    array of shape (order + 1, order)
    """
    r = rule(order)
    targets = np.append(r.nodes, 1.0)
    reach = min(2.0, NEGLIGIBLE_EXPONENT / z.real) if z.real > 0 else 2.0
    pieces = max(1, math.ceil(abs(z) * reach / MAX_EXPONENT))
    node, weight = np.polynomial.legendre.leggauss(NODES)
    u = (np.arange(pieces)[:, None] + 0.5 * (node + 1.0)).ravel() / pieces  # of the way back from the target
    w = np.tile(0.5 * weight / pieces, pieces)
    span = np.minimum(targets + 1.0, reach)[:, None]
    distance = span * u
    legendre = np.polynomial.legendre.legvander(targets[:, None] - distance, order - 1)
    in_legendre = np.einsum("iu,iun->in", w * span * np.exp(-z * distance), legendre)
    return np.asarray(in_legendre @ r.to_coefficients)
