"""The run of one network: its states, block by block."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Couplings
from mftheory.network.sampled import SampledNetwork
from mftheory.progress import Progress
from mftheory.simulation.accumulate import stretches
from mftheory.simulation.clock import Clock
from mftheory.simulation.neuron_filters import column
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.observables import activation, have_means
from mftheory.simulation.orbits import Orbits
from mftheory.simulation.steppers import stepper
from mftheory.simulation.stepping import UNBOUNDED, Overflowed, Stepper
from mftheory.simulation.streams import INITIAL_STATES, NOISE, trajectory_seeds

SATURATED_FIELD = 20.0
"""Field x beyond which a φ that saturates is flat: between this and its double it changes by little."""

MAX_SATURATED_SLOPE = 0.01
"""Slope of φ between the two up to which it counts as saturated: tanh has 0, log(1 + exp(x)) has 1."""


class Run:
    """Trajectories of one J, from x = J G φ(g_eff ξ) + b, ξ standard normal: the scale and directions that J favours.

    Parameters
    ----------
    drawn : SampledNetwork
    seed : int
        Seed of the network.
    trajectories : int
    clock : Clock
    block : int
        Number of samples in a block.
    precision : dtype
    integrator : {"adams", "rk4"}
    progress : Progress
        It is told of every step.
    """

    def __init__(
        self,
        drawn: SampledNetwork,
        seed: int,
        trajectories: int,
        clock: Clock,
        block: int,
        precision: Any,
        integrator: str,
        progress: Progress,
    ) -> None:
        self.phi = phi = activation(drawn.groups, precision)
        couplings = drawn.couplings.astype(precision)
        x = _initial_states(couplings, drawn, phi, seed, trajectories, precision)
        noise = trajectory_seeds(seed, NOISE, trajectories)
        self.stepper: Stepper = stepper(integrator, couplings, phi, x, clock.dt, drawn.groups, noise)
        self.drawn = drawn
        self.seed = seed
        self.integrator = integrator
        self.clock = clock
        self.block = block
        self.has_means = have_means(drawn.groups)
        self.orbits = Orbits(x.shape[0], not self.has_means, drawn.noisy)
        self.progress = progress

    @property
    def trajectories(self) -> int:
        """Return the number of trajectories."""
        return int(self.stepper.x.shape[1])

    def advance(self, steps: int) -> None:
        """Advance all trajectories, without sampling them."""
        with np.errstate(over="ignore", invalid="ignore"):  # the stepper looks for itself
            try:
                self.stepper.advance(steps)
            except Overflowed:
                if not self._grows_without_bound():
                    raise
                raise NotConverged(UNBOUNDED) from None
        self.progress.update(steps)

    def _grows_without_bound(self) -> bool:
        """Say if φ still grows in proportion to x, or faster, where a φ that saturates is flat."""
        x, values = self.stepper.x, []
        for multiple in (-2.0, -1.0, 1.0, 2.0):
            activity = np.empty_like(x)
            self.phi(np.full_like(x, multiple * SATURATED_FIELD), activity)
            values.append(activity.astype(np.float64))
        slopes = np.abs([values[1] - values[0], values[3] - values[2]]) / SATURATED_FIELD
        return not bool(np.max(slopes) <= MAX_SATURATED_SLOPE)  # or it has overflowed

    def blocks(self, samples: int) -> Iterator[NDArray[Any]]:
        """Yield the states at the next sampling times, (trajectories, times, n), in blocks none of which is short."""
        for part in stretches(samples, max(1, samples // self.block)):
            yield self._states(part.stop - part.start)

    def _states(self, samples: int) -> NDArray[Any]:
        n, trajectories = self.stepper.x.shape
        states = np.empty((trajectories, samples, n), self.stepper.x.dtype)
        for t in range(samples):
            self.advance(self.clock.stride)
            states[:, t] = self.stepper.x.T
        self.orbits.add(states)
        return states


def _initial_states(
    couplings: Couplings, drawn: SampledNetwork, phi: Activation, seed: int, trajectories: int, precision: Any
) -> NDArray[Any]:
    seeds = trajectory_seeds(seed, INITIAL_STATES, trajectories)
    start = np.stack([drawn.scale * np.random.default_rng(s).standard_normal(couplings.n) for s in seeds], axis=1)
    start = start.astype(precision)
    activity = np.empty_like(start)
    phi(start, activity)
    x = np.ascontiguousarray(couplings @ activity)
    if drawn.biased:
        x += column([group.bias for group in drawn.groups], [group.size for group in drawn.groups])
    return x
