"""Sampled periodic solutions of one neuron's own equation, x = y + (H K)∘φ(x), y Gaussian of spectrum Y.

Solved as a whole in time by repeated substitution, from the Gaussian process x_G that responds as x does. A causal
equation converges so on any finite stretch of time; near x_G it takes ten to thirty substitutions. There is no memory
to carry, no time step whose error adds up, and K may be anything, an instantaneous part included: on the grid's
frequencies H K is exact. On a periodic axis the solution forgets its start as in an infinite past.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Nonlinearity
from mftheory.theory.self_feedback.periodic_axis import PeriodicAxis

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

RELATIVE_TOLERANCE = 1e-5  # of x, relative to its standard deviation, at the worst time of the worst trajectory
MAX_SUBSTITUTIONS = 300  # ten to thirty are needed


@dataclass(frozen=True, eq=False)
class Trajectories:
    """n trajectories and their Gaussian companions, with Fourier coefficients of unit power per unit of spectrum.

    Attributes
    ----------
    y : array of shape (n, k)
        Fourier coefficients of the input, filtered by the neuron: x without feedback of its own past.
    x, gaussian : arrays of shape (n, size)
        x and x_G in time.
    """

    y: Complex
    x: Array
    gaussian: Array


def gaussian_input(grid: PeriodicAxis, spectrum: Array, count: int, rng: np.random.Generator) -> Complex:
    """Return the Fourier coefficients ∫ dt e^{-iωt} y(t) of periodic Gaussian processes, shape (count, k)."""
    k = grid.omega.size
    normal = rng.standard_normal((2, count, k)) / np.sqrt(2.0)
    coefficients = normal[0] + 1j * normal[1]
    # At ω = 0 and at the highest frequency they are real, with all of the power.
    coefficients[:, [0, -1]] = np.sqrt(2.0) * normal[0][:, [0, -1]]
    return np.asarray(coefficients * np.sqrt(grid.period * spectrum))


def trajectories(
    grid: PeriodicAxis,
    nonlinearity: Nonlinearity,
    y: Complex,
    feedback: Complex,
    amplification: Complex,
    gain: float,
) -> Trajectories:
    """Solve for x, given its input.

    Parameters
    ----------
    grid : PeriodicAxis
    nonlinearity : Nonlinearity
    y : array of shape (n, k)
        As of `gaussian_input`.
    feedback : array of shape (k,)
        H K.
    amplification : array of shape (k,)
        B, with x_G = B∘y.
    gain : float
        About ⟨φ'⟩: the part of φ that is linear in x, substituted at once.

    Raises
    ------
    NotConverged
        With the residuals.
    """
    start = grid.to_time(amplification * y)
    resolvent = 1.0 / (1.0 - gain * feedback)
    closed_loop = resolvent * feedback
    driven = resolvent * y
    accuracy = RELATIVE_TOLERANCE * float(np.std(start))
    x = start.copy()
    unfinished = np.arange(len(x))
    history: list[float] = []
    for _ in range(MAX_SUBSTITUTIONS):
        old = x[unfinished]
        new = grid.to_time(driven[unfinished] + closed_loop * grid.to_frequency(nonlinearity(old) - gain * old))
        x[unfinished] = new
        residual = np.max(np.abs(new - old), axis=1)
        history.append(float(residual.max() / np.std(start)))
        unfinished = unfinished[residual > accuracy]
        if not unfinished.size:
            return Trajectories(y, x, start)
        if not np.isfinite(history[-1]):
            break
    raise NotConverged("the neuron's own equation did not converge", history)
