"""Stable fixed points of networks without noise: what is left where nothing fluctuates.

At a fixed point every neuron keeps its x, Gaussian over the neurons of a class, of the mean H(0) b and the variance
H(0)² q_f. It is q = Σ_c G_fc ⟨φ²⟩, and stable where the linear response Σ_c G_fc ⟨φ'²⟩ |H|² stays below 1.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.scan import LARGEST_VARIANCE, sign_changes, variance_grid, zero
from mftheory.theory.stationary.classes.linear_response import largest_response
from mftheory.theory.stationary.classes.neuron_classes import Classes

Array = NDArray[np.float64]

MAX_ITERATIONS, TOLERANCE = 1000, 1e-12
SAME = 1e-6
"""Difference of static variances, relative to their own or 1e-3 of the largest, up to which a fixed point is the same:
iteration that comes to rest slowly stops that far from it."""
FAR_BELOW = -0.05
"""Where rough averages, good to 0.01, are that far below what a fixed point needs, others are not taken."""


@dataclass(frozen=True)
class Rest:
    """A fixed point.

    Attributes
    ----------
    static : array of shape (fields,)
        q_f.
    variances : tuple of float
        Mean square of x over the neurons of each population.
    loop : float
        The largest linear response round the loop, stable below 1.
    """

    static: Array
    variances: tuple[float, ...]
    loop: float

    @property
    def variance(self) -> float:
        """Mean square of x over the neurons of the first population."""
        return self.variances[0]


def fixed_points(classes: Classes) -> list[Rest]:
    """Return the fixed points found, those of the smallest variance first.

    With one field all of them are looked for, on a grid of q; with several those that iteration leads to, from rest and
    from the largest fields.
    """
    largest = np.minimum(np.minimum(4.0 * classes.largest_fields, 1.0001 * classes.bound), LARGEST_VARIANCE)
    found: list[Array] = []
    if largest.size == 1:
        if received(classes, np.zeros(1))[0] == 0:
            found.append(np.zeros(1))
        high, of_q = float(largest[0]), partial(imbalance, classes)
        for bracket in sign_changes(of_q, list(variance_grid(1e-12 * high, high))):
            found.append(np.array([zero(of_q, bracket, "a fixed point")]))
    else:
        for q in (np.zeros(largest.size), largest):
            for _ in range(MAX_ITERATIONS):
                before, q = q, received(classes, q)
                if np.all(np.abs(q - before) <= TOLERANCE * (q + largest)):
                    close = 1e-3 * SAME * float(largest.max())
                    if not any(np.allclose(q, other, rtol=SAME, atol=close) for other in found):
                        found.append(q)
                    break
    return [_rest(classes, q) for q in found]


def imbalance(classes: Classes, q: float) -> float:
    """Return Σ G ⟨φ²⟩/q - 1 of one field, zero at fixed points; far below it only roughly."""
    rough = [c.line.roughly(c.mean, c.static_power * q) for c in classes.neurons]
    excess = float(classes.strengths[0] @ rough) / q - 1.0
    return excess if excess < FAR_BELOW else float(received(classes, np.array([q]))[0]) / q - 1.0


def received(classes: Classes, q: Array, derivative: int = 0) -> Array:
    """Return Σ_c G_fc ⟨f²⟩ of f = φ or φ' (0, 1) at rest."""
    return np.asarray(classes.strengths @ _squares(classes, q, derivative))


def _squares(classes: Classes, q: Array, derivative: int) -> Array:
    """Return ⟨f²⟩ of each class, f = φ or φ' (0, 1), at rest."""
    each = [c.line.equal_time(derivative, c.mean, c.static_power * float(q[c.population])) for c in classes.neurons]
    return np.array(each)


def _rest(classes: Classes, q: Array) -> Rest:
    loop = largest_response(classes.at_peaks, classes.response(_squares(classes, q, 1)))
    return Rest(q, tuple(classes.static_squares(q).tolist()), loop)
