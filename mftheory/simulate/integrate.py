"""Steppers for (1 + d/dt) x = J φ(x), gains absorbed in J, many trajectories at once: each product is of matrices.

Chosen by the error in the *statistics* for a given number of products, since chaos makes the error of a trajectory
meaningless. For i.i.d. couplings at N → ∞ the bias of a scheme that is linear between its activities is known exactly
(the two- and four-point theory with the scheme's own transfer function). Relative bias of the dimension, erf:

=====================================  ===========  ========  ========  ========
scheme                                 products/τ   g = 3     g = 6     g = 10
=====================================  ===========  ========  ========  ========
exponential Euler, dt 0.05             20           2.0e-2    2.0e-2    2.0e-2
exponential Adams 2, dt 0.1            10           3.2e-3    2.4e-3    1.5e-3
exponential Adams 3, dt 0.2            5            6e-4      3.6e-3    1.1e-2
exponential Adams 3, dt 0.1 (default)  10           6e-5      2.6e-4    6.4e-4
exponential Adams 4, dt 0.1            10           1e-5      9e-5      6e-5
exponential Adams 4, dt 0.2            5            1e-4      0.13      0.18
=====================================  ===========  ========  ========  ========

Order 3 is the highest that keeps working at twice the default step. Runge–Kutta needs four products a step; it is
kept as the independent check.

White noise is added exactly to the linear part (what a step of it contributes to a state is Gaussian of known
covariance), so that statistics are exact at J = 0 for any step. J φ is then a rough path, and extrapolating it costs an
error in the statistics of second order with a small coefficient. Of the covariance of a linear network with couplings
of g = 0.8, relative to its largest entry (an exact Lyapunov equation, tests/simulate/test_simulated_dynamics.py):
exponential Adams 3 at dt = 0.2, 0.1, 0.05: 7e-3, 1e-3, 2e-4. Runge–Kutta, with half a step's noise before and half
after each step: 9e-3, 2e-3, 6e-4.
"""

import math
from typing import Any, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Couplings, Dynamics, EulerMap, Leaky, Rational
from mftheory.simulate.nonlinearities import Activation
from mftheory.simulate.state_space import StateSpace


class Stepper(Protocol):
    """Advances a batch of states in time."""

    x: NDArray[Any]

    def advance(self, steps: int) -> None: ...


class ExponentialAdams:
    """Exponential Adams–Bashforth of third order: the leak exactly, J φ extrapolated by a parabola. One product a step.

    Parameters
    ----------
    couplings : Couplings
        J, at the precision of the state.
    activation : callable
        ``activation(x, out)`` writes φ(x).
    x : array of shape (n, trajectories)
        Initial states; advanced in place.
    dt : float
        Step, in units of the neurons' time constant.
    noise : float
        σ.
    stream : numpy Generator, optional
        Of the noise.
    """

    order = 3

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        noise: float = 0.0,
        stream: np.random.Generator | None = None,
    ) -> None:
        self.x = x
        # What white noise adds to x in a step has variance σ² ∫_0^dt e^{-2s} ds.
        self._noise = _Noise(noise * math.sqrt(-0.5 * math.expm1(-2.0 * dt)), x, stream)
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(x)
        real = x.dtype.type
        self._decay = real(math.exp(-dt))
        self._weights = [
            tuple(real(w) for w in np.pad(adams_weights(dt, order), (0, 3 - order))) for order in (1, 2, 3)
        ]
        self._inputs: list[NDArray[Any]] = []

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        for _ in range(steps):
            self._activation(self.x, self._phi)
            self._inputs = [self._couplings @ self._phi, *self._inputs[:2]]
            # The first two steps know fewer past inputs; their lower order only perturbs the initial state.
            known = len(self._inputs)
            newest, middle, oldest = self._inputs + self._inputs[:1] * (3 - known)
            _adams_update(
                self.x.reshape(-1),
                newest.reshape(-1),
                middle.reshape(-1),
                oldest.reshape(-1),
                self._decay,
                *self._weights[known - 1],
            )
            self._noise.kick(self.x)
        check_finite(self.x)


class RungeKutta:
    """The classical Runge–Kutta scheme of fourth order, four products a step. Parameters as for ExponentialAdams."""

    order = 4

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        noise: float = 0.0,
        stream: np.random.Generator | None = None,
    ) -> None:
        self.x = x
        self._noise = _Noise(noise * math.sqrt(0.5 * dt), x, stream)  # half a step's, before and after each step
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(x)
        self._dt = x.dtype.type(dt)

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        x, h = self.x, self._dt
        for _ in range(steps):
            self._noise.kick(x)
            k1 = self._velocity(x)
            k2 = self._velocity(x + h / 2 * k1)
            k3 = self._velocity(x + h / 2 * k2)
            k4 = self._velocity(x + h * k3)
            x += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            self._noise.kick(x)
        check_finite(x)

    def _velocity(self, x: NDArray[Any]) -> NDArray[Any]:
        self._activation(x, self._phi)
        velocity = self._couplings @ self._phi
        velocity -= x
        return velocity


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
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(x)
        self._states = _at_rest(system, x)
        self.x = np.empty_like(x)
        self._output = system.C.astype(x.dtype)
        self._flow = system.flow(dt).astype(x.dtype)
        self._weights = [
            np.pad(system.weights(dt, order), ((0, 3 - order), (0, 0))).astype(x.dtype) for order in (1, 2, 3)
        ]
        self._root = (noise * system.noise_root(dt)).astype(x.dtype)
        self._noise = _Noise(1.0 if noise > 0 else 0.0, self._states, stream)
        self._inputs: list[NDArray[Any]] = []
        self._read()

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        size = self._states.shape[0]
        for _ in range(steps):
            self._activation(self.x, self._phi)
            self._inputs = [self._couplings @ self._phi, *self._inputs[:2]]
            known = len(self._inputs)
            newest, middle, oldest = self._inputs + self._inputs[:1] * (3 - known)
            _filter_update(
                self._states.reshape(size, -1),
                newest.reshape(-1),
                middle.reshape(-1),
                oldest.reshape(-1),
                self._flow,
                self._weights[known - 1],
            )
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
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(x)
        self._states = _at_rest(system, x)
        self._dt = x.dtype.type(dt)
        self._A, self._B, self._C = (part.astype(x.dtype) for part in (system.A, system.B, system.C))
        self._noise = _Noise(noise * math.sqrt(0.5 * dt), x, stream)
        self.x = np.tensordot(self._C, self._states, axes=1)

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        z, h = self._states, self._dt
        for _ in range(steps):
            self._kick()
            k1 = self._velocity(z)
            k2 = self._velocity(z + h / 2 * k1)
            k3 = self._velocity(z + h / 2 * k2)
            k4 = self._velocity(z + h * k3)
            z += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            self._kick()
        np.copyto(self.x, np.tensordot(self._C, z, axes=1))
        check_finite(self.x)

    def _kick(self) -> None:
        if self._noise.scale > 0:
            self._states += self._B[:, None, None] * self._noise.draw()

    def _velocity(self, z: NDArray[Any]) -> NDArray[Any]:
        self._activation(np.ascontiguousarray(np.tensordot(self._C, z, axes=1)), self._phi)
        drive = self._couplings @ self._phi
        return np.asarray(np.tensordot(self._A, z, axes=1) + self._B[:, None, None] * drive)


class MapStepper:
    """The map x(n+1) = (1-δ) x(n) + δ (J φ(x(n)) + σ ξ(n)) itself. Parameters as for ExponentialAdams, δ for dt."""

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        delta: float,
        noise: float = 0.0,
        stream: np.random.Generator | None = None,
    ) -> None:
        self.x = x
        self._couplings = couplings
        self._activation = activation
        self._phi = np.empty_like(x)
        self._delta = x.dtype.type(delta)
        self._noise = _Noise(delta * noise, x, stream)

    def advance(self, steps: int) -> None:
        """Advance every trajectory by `steps` steps."""
        for _ in range(steps):
            self._activation(self.x, self._phi)
            drive = self._couplings @ self._phi
            drive -= self.x
            drive *= self._delta
            self.x += drive
            self._noise.kick(self.x)
        check_finite(self.x)


class _Noise:
    """Independent normal numbers of a given scale, at the precision of the state."""

    def __init__(self, scale: float, like: NDArray[Any], stream: np.random.Generator | None) -> None:
        self.scale = like.dtype.type(scale)
        self._stream = np.random.default_rng(0) if stream is None else stream
        self._numbers = np.empty_like(like) if scale > 0 else like

    def draw(self) -> NDArray[Any]:
        """New numbers, in an array that the next call overwrites."""
        self._stream.standard_normal(out=self._numbers, dtype=self._numbers.dtype)
        self._numbers *= self.scale
        return self._numbers

    def kick(self, x: NDArray[Any]) -> None:
        """Add new numbers to x; without noise, nothing."""
        if self.scale > 0:
            x += self.draw()


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
    stream: np.random.Generator,
) -> Stepper:
    """The stepper for a network's dynamics; a map is iterated as it is, whatever the integrator."""
    if isinstance(dynamics, EulerMap):
        return MapStepper(couplings, activation, x, dynamics.delta, noise, stream)
    if isinstance(dynamics, Rational):
        return FILTERED[integrator](couplings, activation, x, dt, StateSpace.of(dynamics), noise, stream)
    assert isinstance(dynamics, Leaky)
    return STEPPERS[integrator](couplings, activation, x, dt, noise, stream)


def adams_weights(dt: float, order: int) -> NDArray[np.float64]:
    """Weights of the inputs at t, t - dt, … in x(t + dt) = e^{-dt} x(t) + Σ_k w_k input(t - k dt).

    They integrate e^{-(dt - s)} against the Lagrange polynomials of the past inputs, so an input that is a polynomial
    of degree below `order` is integrated exactly.

    Examples
    --------
    >>> import math
    >>> from mftheory.simulate.integrate import adams_weights
    >>> math.isclose(adams_weights(0.1, 3).sum(), 1 - math.exp(-0.1), rel_tol=1e-14)
    True
    """
    node, weight = np.polynomial.legendre.leggauss(16)
    s = dt * (node + 1) / 2
    kernel = weight * dt / 2 * np.exp(-(dt - s))
    weights = []
    for k in range(order):
        others = [m for m in range(order) if m != k]
        lagrange = np.prod([(s + m * dt) / ((m - k) * dt) for m in others], axis=0) if others else np.ones_like(s)
        weights.append(float(kernel @ lagrange))
    return np.array(weights)


def check_finite(x: NDArray[Any]) -> None:
    """Stop a run whose state overflowed."""
    if not np.isfinite(np.sum(x, dtype=np.float64)):
        raise NotConverged("the simulated state is no longer finite: reduce dt, or check the couplings")


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


@njit(cache=True, error_model="numpy")
def _adams_update(
    x: NDArray[Any],
    newest: NDArray[Any],
    middle: NDArray[Any],
    oldest: NDArray[Any],
    decay: float,
    w0: float,
    w1: float,
    w2: float,
) -> None:
    for i in range(x.size):
        x[i] = decay * x[i] + w0 * newest[i] + w1 * middle[i] + w2 * oldest[i]
