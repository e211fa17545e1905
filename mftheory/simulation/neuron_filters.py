"""One step of the states of a group of neurons, given their inputs: leaky units, and any rational filter.

The neurons of a group are consecutive rows of x, and their states consecutive rows z of the states of all: one row a
leaky unit, of which x is the state itself, m rows a filter of order m (all first states, then all second ones, …). The
linear part of every neuron is exact, and so is the noise that a step gathers in it, whatever the step.
"""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network import Leaky, Rational
from mftheory.network.sampled import NeuronGroup, Numbers
from mftheory.simulation.state_space import StateSpace
from mftheory.simulation.stepping import lagrange

BLOCK_ELEMENTS = 512
"""Number of elements updated at a time: a few states of as many stay in the first-level cache."""

Array = NDArray[Any]
Inputs = tuple[Array, Array, Array]
"""The newest, the middle and the oldest of the inputs that are extrapolated."""


class NeuronFilter(Protocol):
    """The interface of a group's linear part.

    Attributes
    ----------
    order : int
        Number m of states of a neuron.
    output_is_state : bool
        True if x is the only state.
    noise : float or array of shape (m size, 1)
        Standard deviation of the numbers that `extrapolate` receives; 0 without noise.
    """

    order: int
    output_is_state: bool
    noise: float | Array

    def at_rest(self, drive: Array) -> Array:
        """Return the states, (m size, trajectories), under a constant input."""

    def extrapolate(self, z: Array, x: Array, inputs: Inputs, known: int, numbers: Array) -> None:
        """Make one step in place, the input extrapolated from the `known` newest ones, and add the noise."""

    def push(self, z: Array, impulse: Array) -> None:
        """Add an impulse to the input."""

    def velocity(self, z: Array, drive: Array, out: Array) -> None:
        """Write the derivative of z under this input."""

    def read(self, z: Array, x: Array) -> None:
        """Write the output of the filters."""


def neuron_filter(group: NeuronGroup, dt: float, dtype: Any) -> NeuronFilter:
    """Return the linear part of a group in continuous time."""
    if isinstance(group.dynamics, Rational):
        return FilteredNeurons(StateSpace.of(group.dynamics), group.noise, dt, dtype)
    assert isinstance(group.dynamics, Leaky)
    return LeakyNeurons(group.tau, group.noise, dt, dtype)


def column(values: Sequence[Numbers], sizes: Sequence[int]) -> float | NDArray[np.float64]:
    """Return the numbers of groups of these sizes one below the other, shape (n, 1); one number if all are the same."""
    each = [np.broadcast_to(np.asarray(v, np.float64).reshape(-1), (n,)) for v, n in zip(values, sizes, strict=True)]
    joined = np.concatenate(each)
    return float(joined[0]) if np.all(joined == joined[0]) else joined[:, np.newaxis]


class LeakyNeurons:
    """Leaky units (1 + τ_i ∂_t) x_i = input, the leak exactly.

    Parameters
    ----------
    tau, noise : float or array of shape (size,)
    dt : float
    dtype : dtype
        Precision of the states.
    """

    order = 1
    output_is_state = True

    def __init__(self, tau: Numbers, noise: Numbers, dt: float, dtype: Any) -> None:
        taus = np.unique(tau)
        if taus.size == 1:
            tau = float(taus[0])
        self._alike = taus.size == 1
        # The white noise of a step adds to x a number of variance (σ/τ)² ∫_0^dt e^{-2s/τ} ds.
        gathered = np.array([math.sqrt(-0.5 * math.expm1(-2.0 * dt / t) / t) for t in taus])
        weights = [np.array([adams_weights(dt / t, order) for t in taus]) for order in (1, 2, 3)]
        leak = np.array([-math.expm1(-dt / t) for t in taus])
        place = np.searchsorted(taus, tau)  # of each neuron's among the different ones
        noise = noise * gathered[place]
        self.noise: float | Array = noise if np.ndim(noise) == 0 else np.asarray(noise)[:, np.newaxis]
        self._noisy = bool(np.any(self.noise))
        self._rate = np.asarray(1.0 / np.asarray(tau), dtype)[..., np.newaxis]
        self._decay = np.asarray([math.exp(-dt / t) for t in taus], dtype)[0]
        self._leak = np.asarray(leak[place], dtype)
        padded = [np.pad(w, ((0, 0), (0, 3 - w.shape[1]))).astype(dtype) for w in weights]
        self._weights = [tuple(w[0]) if self._alike else w[place] for w in padded]

    def at_rest(self, drive: Array) -> Array:
        """Return x under a constant input, the input itself."""
        return drive

    def extrapolate(self, z: Array, x: Array, inputs: Inputs, known: int, numbers: Array) -> None:
        """Make one step, the input extrapolated."""
        weights = self._weights[known - 1]
        if self._alike:
            newest, middle, oldest = inputs
            _leaky_update(
                z.reshape(-1), newest.reshape(-1), middle.reshape(-1), oldest.reshape(-1), self._decay, *weights
            )
        else:
            _unequal_leaky_update(z, *inputs, self._leak, weights)
        if self._noisy:
            z += numbers
        if x is not z:
            self.read(z, x)

    def push(self, z: Array, impulse: Array) -> None:
        """Add an impulse to the input: 1/τ of it to x."""
        z += self._rate * impulse

    def velocity(self, z: Array, drive: Array, out: Array) -> None:
        """Write (input - x)/τ."""
        np.subtract(drive, z, out=out)
        out *= self._rate

    def read(self, z: Array, x: Array) -> None:
        """Copy z to x."""
        np.copyto(x, z)


class FilteredNeurons:
    """Neurons with the same rational filter, its state space exactly.

    Parameters
    ----------
    system : StateSpace
    noise : float or array of shape (size,)
    dt : float
    dtype : dtype
        Precision of the states.
    """

    output_is_state = False

    def __init__(self, system: StateSpace, noise: Numbers, dt: float, dtype: Any) -> None:
        self.order = system.A.shape[0]
        self._noisy = bool(np.any(np.asarray(noise) > 0))
        root = system.noise_root(dt)
        self.noise: float | Array = 1.0 if self._noisy else 0.0
        if np.ndim(noise) == 0:
            root = noise * root
        else:
            self.noise = np.tile(noise, self.order)[:, np.newaxis]
        self._root = root.astype(dtype)
        self._flow = system.flow(dt).astype(dtype)
        self._weights = [
            np.pad(system.weights(dt, order), ((0, 3 - order), (0, 0))).astype(dtype) for order in (1, 2, 3)
        ]
        self._at_rest = system.at_rest().astype(dtype)[:, None, None]
        self._A, self._B, self._C = (part.astype(dtype) for part in (system.A, system.B, system.C))

    def at_rest(self, drive: Array) -> Array:
        """Return the states under a constant input."""
        return np.ascontiguousarray(self._at_rest * drive).reshape(-1, drive.shape[1])

    def extrapolate(self, z: Array, x: Array, inputs: Inputs, known: int, numbers: Array) -> None:
        """Make one step, the input extrapolated."""
        _filter_update(
            z.reshape(self.order, -1),
            x.reshape(-1),
            *(u.reshape(-1) for u in inputs),
            numbers.reshape(self.order, -1),
            self._noisy,
            self._flow,
            self._weights[known - 1],
            self._root,
            self._C,
        )

    def push(self, z: Array, impulse: Array) -> None:
        """Add an impulse to the input: B times it to the states."""
        states = self._states(z)
        states += self._B[:, None, None] * impulse

    def velocity(self, z: Array, drive: Array, out: Array) -> None:
        """Write A z + B input."""
        self._states(out)[...] = np.tensordot(self._A, self._states(z), axes=1) + self._B[:, None, None] * drive

    def read(self, z: Array, x: Array) -> None:
        """Write C z."""
        np.copyto(x, np.tensordot(self._C, self._states(z), axes=1))

    def _states(self, z: Array) -> Array:
        return z.reshape(self.order, -1, z.shape[1])


def adams_weights(dt: float, order: int) -> NDArray[np.float64]:
    """Return the weights of the inputs at t, t - dt, … in x(t + dt) = e^{-dt} x(t) + Σ_k w_k input(t - k dt).

    They integrate e^{-(dt - s)} against the Lagrange polynomials of the past inputs, so an input that is a polynomial
    of degree below `order` is integrated exactly.

    Examples
    --------
    >>> import math
    >>> from mftheory.simulation.neuron_filters import adams_weights
    >>> math.isclose(adams_weights(0.1, 3).sum(), 1 - math.exp(-0.1), rel_tol=1e-14)
    True
    """
    node, weight = _NODES
    s = dt * (node + 1) / 2
    kernel = weight * dt / 2 * np.exp(-(dt - s))
    return np.array([float(kernel @ polynomial) for polynomial in lagrange(s, dt, order)])


_NODES = np.polynomial.legendre.leggauss(16)


@njit(cache=True, error_model="numpy")
def _leaky_update(
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


@njit(cache=True, error_model="numpy")
def _unequal_leaky_update(
    x: NDArray[Any],
    newest: NDArray[Any],
    middle: NDArray[Any],
    oldest: NDArray[Any],
    leak: NDArray[Any],
    weights: NDArray[Any],
) -> None:
    """Make the step with one leak 1 - e^{-dt/τ} for each row: of slow neurons, single precision keeps no 1 - leak."""
    for i in range(x.shape[0]):
        w0, w1, w2, loss = weights[i, 0], weights[i, 1], weights[i, 2], leak[i]
        for j in range(x.shape[1]):
            x[i, j] += w0 * newest[i, j] + w1 * middle[i, j] + w2 * oldest[i, j] - loss * x[i, j]


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
