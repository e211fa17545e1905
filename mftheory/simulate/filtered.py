"""Integrators of networks whose neurons are any rational filter, on the filter's state space."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network import Couplings
from mftheory.simulate.nonlinearities import Activation
from mftheory.simulate.state_space import StateSpace
from mftheory.simulate.stepping import Input, Noise, PastInputs, check_finite, runge_kutta

BLOCK = 512
"""Elements updated at a time: a few states of as many stay in the first-level cache."""


class FilteredAdams:
    """As ExponentialAdams, for any rational filter: its state space exactly, J φ extrapolated by a parabola.

    Parameters
    ----------
    couplings, activation, x, dt, noise, seeds
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
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        self._input = Input(couplings, activation, x)
        self._states = _at_rest(system, x)
        self.x = np.empty_like(x)
        self._entry, self._output = system.B.astype(x.dtype), system.C.astype(x.dtype)
        self._flow = system.flow(dt).astype(x.dtype)
        self._weights = [
            np.pad(system.weights(dt, order), ((0, 3 - order), (0, 0))).astype(x.dtype) for order in (1, 2, 3)
        ]
        self._root = (noise * system.noise_root(dt)).astype(x.dtype)
        self._noise = Noise(1.0 if noise > 0 else 0.0, self._states, seeds)
        self.past = PastInputs()
        self._read()

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        size, noisy = self._states.shape[0], bool(self._noise.scale > 0)
        for _ in range(steps):
            known, inputs = self.past.remember(self._input(self.x))
            numbers = self._noise.draw() if noisy else self._states  # without noise, not looked at
            _filter_update(
                self._states.reshape(size, -1),
                self.x.reshape(-1),
                *inputs,
                numbers.reshape(size, -1),
                noisy,
                self._flow,
                self._weights[known - 1],
                self._root,
                self._output,
            )
        check_finite(self.x)

    def state(self) -> NDArray[Any]:
        """z of every neuron, shape (m, n, trajectories)."""
        return self._states

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron, and start anew."""
        self._states += self._entry[:, None, None] * impulse
        self._read()
        self.past.forget()

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
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        self._input = Input(couplings, activation, x)
        self._states = _at_rest(system, x)
        self._dt = x.dtype.type(dt)
        self._A, self._B, self._C = (part.astype(x.dtype) for part in (system.A, system.B, system.C))
        self._noise = Noise(noise * math.sqrt(0.5 * dt), x, seeds)
        self.x = np.tensordot(self._C, self._states, axes=1)

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        for _ in range(steps):
            self._kick()
            runge_kutta(self._velocity, self._states, self._dt)
            self._kick()
        self._read()
        check_finite(self.x)

    def state(self) -> NDArray[Any]:
        """z of every neuron, shape (m, n, trajectories)."""
        return self._states

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron."""
        self._states += self._B[:, None, None] * impulse
        self._read()

    def _read(self) -> None:
        np.copyto(self.x, np.tensordot(self._C, self._states, axes=1))

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
    x: NDArray[Any],
    newest: NDArray[Any],
    middle: NDArray[Any],
    oldest: NDArray[Any],
    numbers: NDArray[Any],
    noisy: bool,
    flow: NDArray[Any],
    weights: NDArray[Any],
    root: NDArray[Any],
    output: NDArray[Any],
) -> None:
    """z ← flow z + Σ_k weights_k inputs_k + root numbers, x = output · z, in blocks that stay in the cache."""
    states, size = z.shape
    new = np.empty((states, BLOCK), z.dtype)
    for start in range(0, size, BLOCK):
        block = slice(start, min(start + BLOCK, size))
        read = x[block]
        for a in range(states):
            total = new[a, : read.size]
            total[:] = 0
            _add(total, weights[0, a], newest[block])
            _add(total, weights[1, a], middle[block])
            _add(total, weights[2, a], oldest[block])
            for b in range(states):
                _add(total, flow[a, b], z[b, block])
                if noisy:
                    _add(total, root[a, b], numbers[b, block])
        read[:] = 0
        for a in range(states):
            z[a, block] = new[a, : read.size]
            _add(read, output[a], new[a, : read.size])


@njit(cache=True, error_model="numpy")
def _add(total: NDArray[Any], factor: float, term: NDArray[Any]) -> None:
    for i in range(total.size):  # a loop of its own, which the compiler vectorises
        total[i] += factor * term[i]
