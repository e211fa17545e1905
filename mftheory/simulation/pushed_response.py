"""The response function S^a(τ) = (1/N) Σ_i δa_i(t)/δI_i(t - τ), by small pushes of all neurons at once.

All neurons are pushed together, each up or down at random: ζ_i = ±1. In the sum of ζ_i δa_i the effect of a push on
other neurons averages out, and that of each on itself remains: unbiased, with an error of order 1/√N a push. Each
trajectory runs beside its pushed copy, in double precision, so that the push can be small enough for its square not to
matter (10⁻⁶ of a unit, of which double precision keeps 10 digits). Chaos lets the two part like e^{λτ}, and the error
with them: long lags cost precision.
"""

from collections.abc import Callable, Sequence

import numpy as np

from mftheory.results.response import Response
from mftheory.simulation.observables import Observable, activation, observables
from mftheory.simulation.run import Run
from mftheory.simulation.steppers import stepper
from mftheory.simulation.stepping import Stepper
from mftheory.simulation.streams import NOISE_OF_PUSHED, PUSHES, trajectory_seeds

PUSH_SIZE = 1e-6
"""Impulse ∫ δI dt of a push."""

MIN_PUSHES = 4
"""Minimum number of pushes of each trajectory."""

FORGETTING_TIME = 10.0
"""Time in which filters forget that they started from rest under their last output, in relaxation times."""


def respond(run: Run, names: Sequence[str]) -> Response:
    """Measure the response of a run's network, from the states that it has come to, in double precision."""
    double, drawn, clock = np.dtype(np.float64), run.drawn, run.clock
    noise = trajectory_seeds(run.seed, NOISE_OF_PUSHED, run.trajectories)
    paired = stepper(
        run.integrator,
        drawn.couplings.astype(double),
        activation(drawn.groups, double),
        np.ascontiguousarray(np.concatenate([run.stepper.x, run.stepper.x], axis=1).astype(double)),
        clock.dt,
        drawn.groups,
        [*noise, *noise],
    )
    pushes = max(MIN_PUSHES, round(clock.times * clock.stride / (4 * clock.response)))
    forget = round(FORGETTING_TIME * drawn.relaxation_time / clock.dt)
    work = 4  # of a step, in steps of the run: twice the states, at twice the size
    run.progress.total += work * (forget + pushes * clock.response)
    paired.advance(forget)
    run.progress.update(work * forget)
    return measure_response(
        paired,
        observables(drawn.groups, drawn.observables, names, double),
        run.seed,
        clock.dt,
        clock.response,
        pushes,
        drawn.discrete,
        lambda steps: run.progress.update(work * steps),
    )


def measure_response(
    paired: Stepper,
    measured: Sequence[Observable],
    seed: int,
    step: float,
    lags: int,
    pushes: int,
    discrete: bool,
    advanced: Callable[[int], object],
) -> Response:
    """Measure S(τ): push one of two copies that receive the same noise, and average their difference.

    Parameters
    ----------
    paired : Stepper
        2 B trajectories in float64, of which B + b has the noise of b.
    measured : sequence of Observable
        Observables of states in float64.
    seed : int
        Seed of the network.
    step : float
        Time of a step.
    lags : int
        Longest lag, in steps.
    pushes : int
        Number of pushes of each trajectory.
    discrete : bool
        True for a map, in which an input shows at the next step.
    advanced : callable
        It is told how many steps were made.
    """
    n, both = paired.x.shape
    half = both // 2
    streams = [np.random.default_rng(s) for s in trajectory_seeds(seed, PUSHES, half)]
    sums = {o.name: np.zeros((lags + 1, half)) for o in measured}
    for _ in range(pushes):
        paired.state()[..., half:] = paired.state()[..., :half]
        signs = np.stack([stream.integers(0, 2, n) * 2.0 - 1.0 for stream in streams], axis=1)
        for lag in range(lags + 1):
            if lag > 0:
                paired.advance(1)
                advanced(1)
            if lag == int(discrete):
                paired.push(PUSH_SIZE * np.concatenate([np.zeros_like(signs), signs], axis=1))
            for o in measured:
                a = o.of(paired.x.T)
                sums[o.name][lag] += np.mean((a[half:] - a[:half]) * signs.T[:, o.place], axis=1)
    return Response(step, discrete, pushes, {name: S / (PUSH_SIZE * pushes) for name, S in sums.items()})
