"""The parts that all integrators share: their base, the noise of a step, the check of its outcome."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Couplings
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.normals import NormalNumbers


class Stepper:
    """An integrator, which advances a batch of states in time; subclasses say how one step is made.

    Parameters
    ----------
    couplings : Couplings
        J, at the precision of the state.
    activation : callable
        ``activation(x, out)`` writes φ(x).
    x : array of shape (n, trajectories)
        Initial states; advanced in place.
    bias : float or array of shape (n, 1)
        Constant input.
    """

    def __init__(
        self, couplings: Couplings, activation: Activation, x: NDArray[Any], bias: float | NDArray[np.float64] = 0.0
    ) -> None:
        self.x = x
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(x)
        self._bias = np.asarray(bias, x.dtype) if np.any(bias) else None

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        for _ in range(steps):
            self._step()
        check_finite(self.x)

    def state(self) -> NDArray[Any]:
        """Return what the future depends on, if the past inputs are forgotten; trajectories are its last axis."""
        return self.x

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse δI = impulse δ(t) to the input of every neuron, shape (n, trajectories); start anew."""
        raise NotImplementedError

    def _step(self) -> None:
        raise NotImplementedError

    def _input(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return J φ(x) + b, a new array."""
        self._activation(x, self._phi)
        total = self._couplings @ self._phi
        if self._bias is not None:
            total += self._bias
        return total


class PastInputs:
    """The three newest inputs J φ, from which an Adams scheme extrapolates the next one."""

    def __init__(self) -> None:
        self._newest_first: list[NDArray[Any]] = []

    def remember(self, newest: NDArray[Any]) -> tuple[int, tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """Add the newest input; return (how many are known, the newest, middle and oldest one).

        An unknown input is replaced by the newest, to be weighted by 0. The first two steps know fewer inputs; their
        lower order only perturbs the initial state.
        """
        self._newest_first = [newest, *self._newest_first[:2]]
        known = len(self._newest_first)
        first, second, third = self._newest_first + self._newest_first[:1] * (3 - known)
        return known, (first, second, third)

    def forget(self) -> None:
        """Forget all inputs: after a jump of the state its past inputs extrapolate nothing."""
        self._newest_first = []


def lagrange(s: NDArray[np.float64], dt: float, order: int) -> list[NDArray[np.float64]]:
    """Return the Lagrange polynomials of the nodes 0, -dt, …, -(order - 1) dt, at times s."""
    polynomials = []
    for k in range(order):
        factors = [(s + m * dt) / ((m - k) * dt) for m in range(order) if m != k]
        polynomials.append(np.prod(factors, axis=0) if factors else np.ones_like(s))
    return polynomials


def runge_kutta(velocity: Callable[[NDArray[Any]], NDArray[Any]], z: NDArray[Any], h: Any) -> None:
    """Make one step of the classical scheme of fourth order, in place."""
    k1 = velocity(z)
    k2 = velocity(z + h / 2 * k1)
    k3 = velocity(z + h / 2 * k2)
    k4 = velocity(z + h * k3)
    z += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


class Noise:
    """Independent normal numbers of a given scale, at the precision of the state.

    Parameters
    ----------
    scale : float or array of shape (rows, 1)
        Standard deviation of the numbers.
    like : array of shape (..., trajectories)
        An array of the shape and precision of the numbers.
    seeds : sequence of SeedSequence, optional
        One for each trajectory: its noise is the same whatever runs beside it.
    """

    def __init__(
        self,
        scale: float | NDArray[np.float64],
        like: NDArray[Any],
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        self.scale = np.asarray(scale, like.dtype)
        self.present = bool(np.any(self.scale > 0))
        self._source = NormalNumbers(seeds or np.random.SeedSequence(0).spawn(like.shape[-1]))
        self._numbers = np.empty_like(like) if self.present else like
        self._draws = 0

    def draw(self) -> NDArray[Any]:
        """Draw new numbers, in an array that the next call overwrites; without noise, return one to be ignored."""
        if not self.present:
            return self._numbers
        self._source.fill(self._numbers, self._draws)
        self._draws += 1
        self._numbers *= self.scale
        return self._numbers


def consecutive(sizes: Sequence[int]) -> list[slice]:
    """Return the places of consecutive parts of these sizes."""
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]


UNBOUNDED = "the simulated state grows beyond all bounds: lower the coupling strength, or let φ saturate"
"""Message of the error where activity runs away because φ does not saturate."""


class Overflowed(NotConverged):
    """A simulated state that is no longer finite."""


def check_finite(x: NDArray[Any]) -> None:
    """Raise Overflowed if a state is no longer finite."""
    if not np.isfinite(np.sum(x, dtype=np.float64)):
        raise Overflowed("the simulated state is no longer finite: reduce dt, or check the couplings")
