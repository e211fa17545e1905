"""C^φ as a function of C^x: ⟨φ(x) φ(y)⟩ of Gaussian x, y of variance c0 and covariance c, |c| <= c0.

By Price's theorem its second derivative in c is the curvature A = ⟨φ''φ''⟩, which for odd φ has the sign of c, and its
first derivative at c = 0 is ⟨φ'⟩². So `C^φ = ⟨φ'⟩² c + N(c)` with N = ∬A: nothing cancels, and N, the part beyond the
linear response, vanishes as c³.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.panels import Panels
from mftheory.theory.stationary.gaussian.averages import Averages

Array = NDArray[np.float64]

EDGE_RATIO = 2.5
"""Ratio of successive panel edges in u."""
FIRST_PANEL = 0.5
"""Width of the panel at u = 0, in units of 1/√(1 + c0/width²)."""


class ActivityCovariance:
    """C^φ(c) at one variance c0, as piecewise polynomials of u, u² = 1 - |c|/c0.

    In u the square roots that kinks of φ leave at c = c0 are smooth. Panels shrink towards u = 0, where a steep φ
    leaves structure on the scale width/√c0, in units of φ's own width.

    Parameters
    ----------
    gaussian : Averages
        Averages of an odd φ.
    variance : float
        c0 > 0.
    order : int
        Gauss–Legendre nodes on each panel.

    Attributes
    ----------
    gain : float
        ⟨φ'⟩.
    """

    def __init__(self, gaussian: Averages, variance: float, order: int = 24) -> None:
        self.variance = variance
        self.order = order
        self.gain = gaussian.gain(variance)
        first = FIRST_PANEL / math.hypot(1.0, math.sqrt(variance) / gaussian.width)
        panels = max(1, int(np.ceil(np.log(1.0 / first) / np.log(EDGE_RATIO))))
        mesh = Panels.on(np.append(0.0, np.geomspace(first, 1.0, panels + 1)), order)
        u = mesh.nodes
        theta = 2.0 * np.arctanh(u / np.sqrt(2.0 - u * u))  # sech θ = 1 - u²
        measure = 2.0 * u * variance  # dc = -measure du
        slope = mesh.to_right(measure * gaussian.curvature(variance, theta))
        self._slope = mesh.polynomial(slope)
        self._value = mesh.polynomial(mesh.to_right(measure * slope))

    def nonlinear(self, c: Array) -> Array:
        """Return N(c) = C^φ(c) - ⟨φ'⟩² c."""
        return np.asarray(np.copysign(self._value(self._argument(c)), c))

    def nonlinear_slope(self, c: Array) -> Array:
        """Return dN/dc = ⟨φ'φ'⟩ - ⟨φ'⟩², even in c."""
        return self._slope(self._argument(c))

    def __call__(self, c: Array) -> Array:
        """Return C^φ(c)."""
        return np.asarray(self.gain**2 * c + self.nonlinear(c))

    def _argument(self, c: Array) -> Array:
        return np.asarray(np.sqrt(np.maximum(1.0 - np.abs(c) / self.variance, 0.0)))


@lru_cache(maxsize=64)
def activity_covariance(gaussian: Averages, variance: float, order: int) -> ActivityCovariance:
    """Return C^φ at one variance; the last ones are not computed again."""
    return ActivityCovariance(gaussian, variance, order)
