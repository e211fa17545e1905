"""Errors of the dimension from sampled networks: laws measured, not derived (validation/benchmarks/spread.py).

All errors are relative, standard deviations; x = N·PR is the predicted number of dimensions of φ.
"""

import math

import numpy as np

from mftheory.results.theory import Theory

SPREAD_COEFFICIENT = 1.03
"""Spread between networks times √x, fitted to 40 spreads at x from 4 to 108 (i.i.d. couplings, modes, gains, tanh; g
from 2 to 12): χ² is 44, the scatter 14%, most of it the few networks. Good for a factor 1.3, with noise above onset,
overlaps and positive symmetry too. At symmetry -0.4 it was 1.2 to 1.5 times as much; at x > 100, and below onset driven
by noise, less."""

ESTIMATE_COEFFICIENT = 0.82
"""Squared error of the estimate from one state of one trajectory, at x ≪ `SATURATING_DIMENSIONS`. Fitted to 66 errors,
from 16 trajectories of 20 to 64 of 100: scatter 10%, at most a factor 1.3; 1.4 at symmetry -0.4."""

SATURATING_DIMENSIONS = 180.0
"""Number of dimensions beyond which the estimate of one network improves with its size."""

SIZE_COEFFICIENT = 1.7
"""Coefficient of 1/x in the mean over networks: 1.1 for i.i.d. couplings; with modes 1.6 to 3.4, growing with g and κ.
Good for a factor 2."""


def spread(x: float) -> float:
    """Return the standard deviation of the dimension between networks, for any observable."""
    return SPREAD_COEFFICIENT / math.sqrt(x)


def estimate_error(x: float, correlation_time: float, trajectories: int, duration: float, block: float) -> float:
    """Return the standard error of one network's dimension, estimated from pairs of times within blocks.

    The first term, measured, is what each trajectory contributes by itself: at duration T it has seen T/τ + 1/2
    independent states. The second, from pairs of trajectories, is the variance of the mean square of a Gaussian field
    over a block, 2 ∬ (Ψ(τ1, τ2)/Ψ(0, 0))² dτ1 dτ2 / block², where B (B - 1)/2 pairs are averaged.
    """
    single = (
        ESTIMATE_COEFFICIENT / (1.0 + x / SATURATING_DIMENSIONS) / trajectories / (duration / correlation_time + 0.5)
    )
    pairs = trajectories * (trajectories - 1) / 4.0
    pair = correlation_time**2 / ((correlation_time + block) * (correlation_time + duration)) / pairs
    return math.sqrt(single + pair)


def mean(x: float) -> float:
    """Return the mean over networks, as a multiple of the limit N → ∞."""
    return 1.0 + SIZE_COEFFICIENT / x


def correlation_time(theory: Theory, observable: str) -> float:
    """Return ∫ dτ (Ψ(τ, 0)/Ψ(0, 0))² over both signs of τ, in the unit of time of the dynamics."""
    lags = theory.lags(20.0 / theory.two_point.decay, 401)
    squared = theory.timescale(observable, lags) ** 2
    if theory.network.dynamics.discrete:
        return float(2.0 * squared.sum() - squared[0])
    return float(2.0 * np.trapezoid(squared, lags))
