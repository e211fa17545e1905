"""What every integrator is made of: the protocol, the noise of a step, the check of its outcome."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Couplings
from mftheory.simulate.nonlinearities import Activation
from mftheory.simulate.normals import NormalNumbers


class Stepper(Protocol):
    """Advances a batch of states in time."""

    x: NDArray[Any]

    def advance(self, steps: int) -> None: ...

    def state(self) -> NDArray[Any]:
        """What the future depends on, if the past inputs are forgotten; trajectories are its last axis."""

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse δI = impulse δ(t) to the input of every neuron, shape (n, trajectories); start anew."""


class Input:
    """J φ(x) of a batch of states.

    Parameters
    ----------
    couplings : Couplings
        J, at the precision of the state.
    activation : callable
        ``activation(x, out)`` writes φ(x).
    like : array of shape (n, trajectories)
        Of the shape and precision of x.
    """

    def __init__(self, couplings: Couplings, activation: Activation, like: NDArray[Any]) -> None:
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(like)

    def __call__(self, x: NDArray[Any]) -> NDArray[Any]:
        """J φ(x), a new array."""
        self._activation(x, self._phi)
        return self._couplings @ self._phi


class PastInputs:
    """The three newest J φ, of which an Adams scheme extrapolates the next."""

    def __init__(self) -> None:
        self._newest_first: list[NDArray[Any]] = []

    def remember(self, newest: NDArray[Any]) -> tuple[int, tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """(how many are known, the newest, middle and oldest, flat); an unknown one is the newest, to be weighted by 0.

        The first two steps know fewer; their lower order only perturbs the initial state.
        """
        self._newest_first = [newest, *self._newest_first[:2]]
        known = len(self._newest_first)
        first, second, third = self._newest_first + self._newest_first[:1] * (3 - known)
        return known, (first.reshape(-1), second.reshape(-1), third.reshape(-1))

    def forget(self) -> None:
        """Start anew: after a jump of the state its past inputs extrapolate nothing."""
        self._newest_first = []


def runge_kutta(velocity: Callable[[NDArray[Any]], NDArray[Any]], z: NDArray[Any], h: Any) -> None:
    """One step of the classical scheme of fourth order, in place."""
    k1 = velocity(z)
    k2 = velocity(z + h / 2 * k1)
    k3 = velocity(z + h / 2 * k2)
    k4 = velocity(z + h * k3)
    z += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


class Noise:
    """Independent normal numbers of a given scale, at the precision of the state.

    Parameters
    ----------
    scale : float
        Their standard deviation.
    like : array of shape (..., trajectories)
        Of the shape and precision of the numbers.
    seeds : sequence of SeedSequence, optional
        One for each trajectory: a trajectory hears the same whatever runs beside it.
    """

    def __init__(self, scale: float, like: NDArray[Any], seeds: Sequence[np.random.SeedSequence] | None = None) -> None:
        self.scale = like.dtype.type(scale)
        self._source = NormalNumbers(seeds or np.random.SeedSequence(0).spawn(like.shape[-1]))
        self._numbers = np.empty_like(like) if scale > 0 else like
        self._draws = 0

    def draw(self) -> NDArray[Any]:
        """New numbers, in an array that the next call overwrites."""
        self._source.fill(self._numbers, self._draws)
        self._draws += 1
        self._numbers *= self.scale
        return self._numbers

    def kick(self, x: NDArray[Any]) -> None:
        """Add new numbers to x; without noise, nothing."""
        if self.scale > 0:
            x += self.draw()


class Overflowed(NotConverged):
    """The simulated state is no longer finite."""


def check_finite(x: NDArray[Any]) -> None:
    """Stop a run whose state overflowed."""
    if not np.isfinite(np.sum(x, dtype=np.float64)):
        raise Overflowed("the simulated state is no longer finite: reduce dt, or check the couplings")
