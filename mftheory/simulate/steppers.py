"""Which integrator a network's dynamics take; discrete time is iterated as it is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Couplings, Dynamics, EulerMap, Leaky, Rational
from mftheory.simulate.filtered import FilteredAdams, FilteredRungeKutta
from mftheory.simulate.integrate import ExponentialAdams, RungeKutta
from mftheory.simulate.nonlinearities import Activation
from mftheory.simulate.state_space import StateSpace
from mftheory.simulate.stepping import Input, Noise, Stepper, check_finite


class MapStepper:
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
        self.x = x
        self._input = Input(couplings, activation, x)
        self._delta = x.dtype.type(delta)
        self._noise = Noise(delta * noise, x, seeds)

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        for _ in range(steps):
            drive = self._input(self.x)
            drive -= self.x
            drive *= self._delta
            self.x += drive
            self._noise.kick(self.x)
        check_finite(self.x)

    def state(self) -> NDArray[Any]:
        """x."""
        return self.x

    def push(self, impulse: NDArray[Any]) -> None:
        """Add δI to the input of the step just made."""
        self.x += self._delta * impulse


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
    """The stepper for a network's dynamics; a map is iterated as it is, whatever the integrator."""
    if isinstance(dynamics, EulerMap):
        return MapStepper(couplings, activation, x, dynamics.delta, noise, seeds)
    if isinstance(dynamics, Rational):
        return FILTERED[integrator](couplings, activation, x, dt, StateSpace.of(dynamics), noise, seeds)
    assert isinstance(dynamics, Leaky)
    return STEPPERS[integrator](couplings, activation, x, dt, noise, seeds)
