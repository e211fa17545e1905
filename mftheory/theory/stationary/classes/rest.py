"""Stable fixed points of networks without noise: what is left where nothing fluctuates.

At a fixed point every neuron keeps its x, Gaussian over the neurons of a class, of the mean H(0) b and the variance
H(0)² q_f. It is q = Σ_c G_fc ⟨φ²⟩, and stable where the linear response Σ_c G_fc ⟨φ'²⟩ |H|² stays below 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.scan import sign_changes, variance_grid, zero
from mftheory.theory.stationary.classes.linear_response import largest_response
from mftheory.theory.stationary.classes.neuron_classes import Classes, NeuronClass

Array = NDArray[np.float64]

MAX_ITERATIONS, TOLERANCE = 1000, 1e-12
EXTENT, ROUGH_NODES, FAR_BELOW = 9.0, 4001, -0.05
"""Rough averages, good to 0.01: where they are that far below what a fixed point needs, others are not taken."""


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
        """That of the first population."""
        return self.variances[0]


def fixed_points(classes: Classes, largest: Array) -> list[Rest]:
    """Return the fixed points found, those of the smallest variance first.

    With one field all of them are looked for, on a grid of q; with several those that iteration leads to, from rest and
    from `largest`.

    Parameters
    ----------
    classes : Classes
    largest : array of shape (fields,)
        q_f above those of interest.
    """
    found: list[Array] = []
    if largest.size == 1:

        def imbalance(q: float) -> float:
            rough = float((classes.strengths @ [_roughly(c, c.static_power * q) for c in classes.neurons])[0]) / q - 1.0
            return rough if rough < FAR_BELOW else float(_received(classes, np.array([q]))[0]) / q - 1.0

        bound = float((classes.strengths @ [c.line.phi.bound**2 for c in classes.neurons])[0])
        high = min(4.0 * float(largest[0]), 1.0001 * bound)
        low = 1e-12 * high
        if _received(classes, np.zeros(1))[0] == 0:
            found.append(np.zeros(1))
        for bracket in sign_changes(imbalance, list(variance_grid(low, high))):
            found.append(np.array([zero(imbalance, bracket, "a fixed point")]))
    else:
        for q in (np.zeros(largest.size), largest):
            for _ in range(MAX_ITERATIONS):
                before, q = q, _received(classes, q)
                if np.all(np.abs(q - before) <= TOLERANCE * (q + largest)):
                    if not any(np.allclose(q, other, rtol=1e-6, atol=1e-9 * float(largest.max())) for other in found):
                        found.append(q)
                    break
    return [_rest(classes, q) for q in found]


def _roughly(c: NeuronClass, q: float) -> float:
    """Return ⟨φ²⟩ of a neuron at rest, from φ alone at a few thousand points."""
    z = np.linspace(-EXTENT, EXTENT, ROUGH_NODES)
    weights = np.exp(-0.5 * z * z)
    return float(weights @ np.square(c.line.phi(c.mean + q**0.5 * z)) / weights.sum())


def _received(classes: Classes, q: Array) -> Array:
    """Return Σ_c G_fc ⟨φ²⟩ at rest."""
    sent = [c.line.equal_time(0, c.mean, c.static_power * float(q[c.population])) for c in classes.neurons]
    return np.asarray(classes.strengths @ sent)


def _rest(classes: Classes, q: Array) -> Rest:
    slopes = np.array([c.line.equal_time(1, c.mean, c.static_power * float(q[c.population])) for c in classes.neurons])
    matrix = np.zeros((len(classes.signals),) * 2)
    np.add.at(matrix.T, classes.signal_of, (classes.onto_signals * slopes).T)
    variances = np.zeros(q.size)
    for c in classes.neurons:
        variances[c.population] += c.share * (c.mean**2 + c.static_power * float(q[c.population]))
    return Rest(q, tuple(variances.tolist()), largest_response(classes.at_peaks, matrix))
