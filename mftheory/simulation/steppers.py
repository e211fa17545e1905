"""The choice of the integrator for a network's dynamics; a map in discrete time is iterated as it is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Couplings, Dynamics, EulerMap, Leaky, Rational
from mftheory.simulation.filter_steppers import FilteredAdams, FilteredRungeKutta
from mftheory.simulation.integrate import ExponentialAdams, RungeKutta
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.state_space import StateSpace
from mftheory.simulation.stepping import Noise, Stepper


class MapStepper(Stepper):
    """The map x(n+1) = (1-δ) x(n) + δ (J φ(x(n)) + σ ξ(n)) itself. Parameters as for ExponentialAdams, δ for dt."""

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        delta: float,
        noise: float = 0.0,
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        super().__init__(couplings, activation, x)
        self._delta = x.dtype.type(delta)
        self._noise = Noise(delta * noise, x, seeds)

    def push(self, impulse: NDArray[Any]) -> None:
        """Add δI to the input of the step just made."""
        self.x += self._delta * impulse

    def _step(self) -> None:
        drive = self._input(self.x)
        drive -= self.x
        drive *= self._delta
        self.x += drive
        self._noise.kick(self.x)


STEPPERS: dict[str, type[ExponentialAdams] | type[RungeKutta]] = {
    "adams": ExponentialAdams,
    "rk4": RungeKutta,
}


FILTERED: dict[str, type[FilteredAdams] | type[FilteredRungeKutta]] = {
    "adams": FilteredAdams,
    "rk4": FilteredRungeKutta,
}


def stepper(
    integrator: str,
    couplings: Couplings,
    activation: Activation,
    x: NDArray[Any],
    dt: float,
    dynamics: Dynamics,
    noise: float,
    seeds: Sequence[np.random.SeedSequence],
) -> Stepper:
    """Return the stepper for a network's dynamics; a map is iterated as it is, whatever the integrator."""
    if isinstance(dynamics, EulerMap):
        return MapStepper(couplings, activation, x, dynamics.delta, noise, seeds)
    if isinstance(dynamics, Rational):
        return FILTERED[integrator](couplings, activation, x, dt, StateSpace.of(dynamics), noise, seeds)
    assert isinstance(dynamics, Leaky)
    return STEPPERS[integrator](couplings, activation, x, dt, noise, seeds)
