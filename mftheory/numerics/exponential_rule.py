"""Integrals of polynomials times an exponential, on the nodes of a panel."""

import math

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.panels import rule

Complex = NDArray[np.complex128]

NODES = 32
MAX_EXPONENT = 12.0
"""|z| u on one piece: with NODES nodes e^{-zu} times a polynomial of degree 30 is exact to rounding."""
NEGLIGIBLE_EXPONENT = 42.0
"""Exponent from which e^{-x} is below rounding."""


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
    fine = rule(NODES)
    u = (np.arange(pieces)[:, None] + 0.5 * (fine.nodes + 1.0)).ravel() / pieces  # of the way back from the target
    w = np.tile(0.5 * fine.weights / pieces, pieces)
    span = np.minimum(targets + 1.0, reach)[:, None]
    distance = span * u
    legendre = np.polynomial.legendre.legvander(targets[:, None] - distance, order - 1)
    in_legendre = np.einsum("iu,iun->in", w * span * np.exp(-z * distance), legendre)
    return np.asarray(in_legendre @ r.to_coefficients)
