"""Integrators of networks whose neurons are any rational filter, on the filter's state space."""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mftheory.network import Couplings
from mftheory.simulate.nonlinearities import Activation
from mftheory.simulate.state_space import StateSpace
from mftheory.simulate.stepping import Input, Noise, PastInputs, check_finite, runge_kutta


class FilteredAdams:
    """As ExponentialAdams, for any rational filter: its state space exactly, J φ extrapolated by a parabola.

    Parameters
    ----------
    couplings, activation, x, dt, noise, stream
        As for ExponentialAdams; x is what the filter is at rest with at the start.
    system : StateSpace
    """

    order = 3

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        system: StateSpace,
        noise: float = 0.0,
        stream: np.random.Generator | None = None,
    ) -> None:
        self._input = Input(couplings, activation, x)
        self._states = _at_rest(system, x)
        self.x = np.empty_like(x)
        self._output = system.C.astype(x.dtype)
        self._flow = system.flow(dt).astype(x.dtype)
        self._weights = [
            np.pad(system.weights(dt, order), ((0, 3 - order), (0, 0))).astype(x.dtype) for order in (1, 2, 3)
        ]
        self._root = (noise * system.noise_root(dt)).astype(x.dtype)
        self._noise = Noise(1.0 if noise > 0 else 0.0, self._states, stream)
        self.past = PastInputs()
        self._read()

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        size = self._states.shape[0]
        for _ in range(steps):
            known, inputs = self.past.remember(self._input(self.x))
            _filter_update(self._states.reshape(size, -1), *inputs, self._flow, self._weights[known - 1])
            if self._noise.scale > 0:
                self._states += np.tensordot(self._root, self._noise.draw(), axes=1)
            self._read()
        check_finite(self.x)

    def _read(self) -> None:
        np.copyto(self.x, np.tensordot(self._output, self._states, axes=1))


class FilteredRungeKutta:
    """The classical Runge–Kutta scheme on a filter's state space; the check of FilteredAdams. Parameters as there."""

    order = 4

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        system: StateSpace,
        noise: float = 0.0,
        stream: np.random.Generator | None = None,
    ) -> None:
        self._input = Input(couplings, activation, x)
        self._states = _at_rest(system, x)
        self._dt = x.dtype.type(dt)
        self._A, self._B, self._C = (part.astype(x.dtype) for part in (system.A, system.B, system.C))
        self._noise = Noise(noise * math.sqrt(0.5 * dt), x, stream)
        self.x = np.tensordot(self._C, self._states, axes=1)

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        for _ in range(steps):
            self._kick()
            runge_kutta(self._velocity, self._states, self._dt)
            self._kick()
        np.copyto(self.x, np.tensordot(self._C, self._states, axes=1))
        check_finite(self.x)

    def _kick(self) -> None:
        if self._noise.scale > 0:
            self._states += self._B[:, None, None] * self._noise.draw()

    def _velocity(self, z: NDArray[Any]) -> NDArray[Any]:
        drive = self._input(np.ascontiguousarray(np.tensordot(self._C, z, axes=1)))
        return np.asarray(np.tensordot(self._A, z, axes=1) + self._B[:, None, None] * drive)


def _at_rest(system: StateSpace, drive: NDArray[Any]) -> NDArray[Any]:
    """States of shape (m, n, trajectories), each filter at rest under its constant drive."""
    return np.ascontiguousarray(system.at_rest().astype(drive.dtype)[:, None, None] * drive)


@njit(cache=True, error_model="numpy")
def _filter_update(
    z: NDArray[Any],
    newest: NDArray[Any],
    middle: NDArray[Any],
    oldest: NDArray[Any],
    flow: NDArray[Any],
    weights: NDArray[Any],
) -> None:
    states, size = z.shape
    before = np.empty(states, z.dtype)
    for i in range(size):
        for a in range(states):
            before[a] = z[a, i]
        for a in range(states):
            total = weights[0, a] * newest[i] + weights[1, a] * middle[i] + weights[2, a] * oldest[i]
            for b in range(states):
                total += flow[a, b] * before[b]
            z[a, i] = total
