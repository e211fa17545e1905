"""The choice of the integrator for a network's dynamics; a map in discrete time is iterated as it is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Couplings, EulerMap
from mftheory.network.sampled import NeuronGroup
from mftheory.simulation.integrate import ExponentialAdams, RungeKutta
from mftheory.simulation.neuron_filters import column
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.stepping import Noise, Stepper


class MapStepper(Stepper):
    """The map x_i(n+1) = (1-δ_i) x_i(n) + δ_i (Σ_j J_ij φ(x_j(n)) + b_i + σ_i ξ_i(n)) itself.

    Parameters as for FilteredStepper, without a step.
    """

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        groups: Sequence[NeuronGroup],
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        sizes = [group.size for group in groups]
        maps = [group.dynamics for group in groups]
        super().__init__(couplings, activation, x, column([group.bias for group in groups], sizes))
        delta = column([m.delta for m in maps if isinstance(m, EulerMap)], sizes)
        self._delta = np.asarray(delta, x.dtype)
        self._noise = Noise(delta * column([group.noise for group in groups], sizes), x, seeds)

    def push(self, impulse: NDArray[Any]) -> None:
        """Add δI to the input of the step just made."""
        self.x += self._delta * impulse

    def _step(self) -> None:
        drive = self._input(self.x)
        drive -= self.x
        drive *= self._delta
        self.x += drive
        if self._noise.present:
            self.x += self._noise.draw()


STEPPERS: dict[str, type[ExponentialAdams] | type[RungeKutta]] = {
    "adams": ExponentialAdams,
    "rk4": RungeKutta,
}


def stepper(
    integrator: str,
    couplings: Couplings,
    activation: Activation,
    x: NDArray[Any],
    dt: float,
    groups: Sequence[NeuronGroup],
    seeds: Sequence[np.random.SeedSequence],
) -> Stepper:
    """Return the stepper for the groups of a network; a map is iterated as it is, whatever the integrator."""
    if groups[0].dynamics.discrete:
        return MapStepper(couplings, activation, x, groups, seeds)
    return STEPPERS[integrator](couplings, activation, x, dt, groups, seeds)
