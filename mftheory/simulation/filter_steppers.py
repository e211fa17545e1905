"""Integrators of networks whose neurons are rational filters, on the filter's state space."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network import Couplings
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.state_space import StateSpace
from mftheory.simulation.stepping import Noise, PastInputs, Stepper, runge_kutta

BLOCK_ELEMENTS = 512
"""Number of elements updated at a time: a few states of as many stay in the first-level cache."""


class FilteredStepper(Stepper):
    """An integrator on a filter's state space; x is the filters' output, and at the start each is at rest with it.

    Parameters
    ----------
    couplings, activation, x
        As for Stepper.
    system : StateSpace
    """

    def __init__(self, couplings: Couplings, activation: Activation, x: NDArray[Any], system: StateSpace) -> None:
        super().__init__(couplings, activation, np.empty_like(x))
        self._states = np.ascontiguousarray(system.at_rest().astype(x.dtype)[:, None, None] * x)
        self._B, self._C = system.B.astype(x.dtype), system.C.astype(x.dtype)
        self._read()

    def state(self) -> NDArray[Any]:
        """Return z of every neuron, shape (m, n, trajectories)."""
        return self._states

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron."""
        self._states += self._B[:, None, None] * impulse
        self._read()

    def _read(self) -> None:
        np.copyto(self.x, np.tensordot(self._C, self._states, axes=1))


class FilteredAdams(FilteredStepper):
    """Exponential Adams–Bashforth for any rational filter: its state space exactly, J φ extrapolated by a parabola.

    Parameters
    ----------
    couplings, activation, x, dt, noise, seeds
        As for ExponentialAdams.
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
        super().__init__(couplings, activation, x, system)
        self._flow = system.flow(dt).astype(x.dtype)
        self._weights = [
            np.pad(system.weights(dt, order), ((0, 3 - order), (0, 0))).astype(x.dtype) for order in (1, 2, 3)
        ]
        self._root = (noise * system.noise_root(dt)).astype(x.dtype)
        self._noise = Noise(1.0 if noise > 0 else 0.0, self._states, seeds)
        self.past = PastInputs()

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron, and forget past inputs."""
        super().push(impulse)
        self.past.forget()

    def _step(self) -> None:
        size, noisy = self._states.shape[0], bool(self._noise.scale > 0)
        known, inputs = self.past.remember(self._input(self.x))
        numbers = self._noise.draw() if noisy else self._states  # without noise, they are not used
        _filter_update(
            self._states.reshape(size, -1),
            self.x.reshape(-1),
            *inputs,
            numbers.reshape(size, -1),
            noisy,
            self._flow,
            self._weights[known - 1],
            self._root,
            self._C,
        )


class FilteredRungeKutta(FilteredStepper):
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
        super().__init__(couplings, activation, x, system)
        self._dt = x.dtype.type(dt)
        self._A = system.A.astype(x.dtype)
        self._noise = Noise(noise * math.sqrt(0.5 * dt), x, seeds)

    def _step(self) -> None:
        self._kick()
        runge_kutta(self._velocity, self._states, self._dt)
        self._kick()
        self._read()

    def _kick(self) -> None:
        if self._noise.scale > 0:
            self._states += self._B[:, None, None] * self._noise.draw()

    def _velocity(self, z: NDArray[Any]) -> NDArray[Any]:
        drive = self._input(np.ascontiguousarray(np.tensordot(self._C, z, axes=1)))
        return np.asarray(np.tensordot(self._A, z, axes=1) + self._B[:, None, None] * drive)


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
    """Set z ← flow z + Σ_k weights_k inputs_k + root numbers and x = output · z, in blocks that stay in the cache."""
    states, size = z.shape
    new = np.empty((states, BLOCK_ELEMENTS), z.dtype)
    for start in range(0, size, BLOCK_ELEMENTS):
        block = slice(start, min(start + BLOCK_ELEMENTS, size))
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
    for i in range(total.size):  # in a separate loop, which the compiler vectorises
        total[i] += factor * term[i]
