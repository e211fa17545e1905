"""The largest Lyapunov exponent of classes of neurons, from the growth of a small difference between two replicas.

As in ``mftheory.theory.lyapunov``: two copies with the same couplings, noise and static fields have a cross-covariance
that obeys the equations of C^x. A deviation k_s = e^{λ(t+t')} f_s(t - t') from it fulfils, by Price's theorem,

    f_s = P_s * Σ_c G_sc C^{φ'}_c f_s(c),    P_s(ω) = |H_s(ω - iλ)|²,    C^{φ'}_c(τ) = a_c + N_c'(C^x(τ)).

With the constants a_c in the response, f = K * Σ_c G_c N_c' f, K = (1/P - M)⁻¹: N' >= 0, and K is positive while the
response stays below 1, so that the largest eigenvalue of the right side is real. It falls with λ; at the exponent it
is 1. Where nothing is nonlinear, it is the λ at which the response is 1.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.theory.stationary.classes.field_equations import Solution
from mftheory.theory.stationary.classes.linear_response import Modes, at_peaks, kept_apart, largest_response
from mftheory.theory.stationary.classes.neuron_classes import Classes
from mftheory.theory.stationary.filters import PowerTransfer, power_of

Array = NDArray[np.float64]

TOLERANCE = 1e-13
"""Change of the exponent, relative to the fastest rate, at which it has converged."""
EXPANSIONS = 60
"""Doublings of the range in which the exponent is looked for."""


def class_lyapunov(classes: Classes, solution: Solution) -> float:
    """Return λ, in inverse units of time, or of steps in discrete time.

    Raises
    ------
    NotConverged
        If no λ was found.
    """
    from scipy.optimize import brentq
    from scipy.sparse.linalg import LinearOperator, eigs

    covariances, signals = solution.covariances, classes.signals
    each = zip(solution.activities, classes.signal_of, strict=True)
    beyond = np.array([a.nonlinear_slope(covariances.values[s]) for a, s in each])
    size = covariances.values.shape
    start = np.abs(covariances.values).ravel()

    def powers_at(growth: float) -> tuple[PowerTransfer, ...]:
        return tuple(power_of(s.dynamics, growth) for s in signals)

    def response(growth: float) -> float:
        return largest_response(at_peaks(powers_at(growth)), solution.matrix) - 1.0

    def excess(growth: float) -> float:
        nonlocal start
        powers = powers_at(growth)
        apart, _ = kept_apart(powers, solution.matrix, at_peaks(powers))
        convolve = covariances.axis.convolution(Modes.of(powers, solution.matrix + apart))

        def product(f: Array) -> Array:
            given = beyond * f.reshape(size)[classes.signal_of]
            return np.asarray(convolve(classes.onto_signals @ given - apart @ f.reshape(size))).ravel()

        operator = LinearOperator((start.size,) * 2, matvec=product, dtype=np.float64)
        value, vector = eigs(operator, k=1, which="LR", v0=start, tol=1e-14)
        start = vector[:, 0].real
        return float(value[0].real) - 1.0

    slowest = min(s.rates[0] for s in signals)
    scale = max(s.rates[1] for s in signals)
    linear = _root(response, -slowest, scale, brentq)
    loops = largest_response(classes.at_peaks, classes.response(np.ones(len(classes.neurons)))) > 0
    if not loops or not np.any(beyond > 1e-12 * np.abs(np.diag(solution.matrix)).max()):
        return linear
    return _root(excess, linear, scale, brentq)


def _root(function: Callable[[float], float], low: float, scale: float, solver: Callable[..., float]) -> float:
    """Return the zero of a function that falls from +∞ just above `low`."""
    step = 1e-3 * scale
    for _ in range(EXPANSIONS):
        if function(low + step) < 0:
            break
        step *= 2.0
    else:
        raise NotConverged("the largest Lyapunov exponent was not bracketed")
    below = 0.5 * step
    while below > TOLERANCE * scale:
        if function(low + below) > 0:
            return float(solver(function, low + below, low + step, xtol=TOLERANCE * scale))
        step, below = below, 0.5 * below
    return low  # to rounding
