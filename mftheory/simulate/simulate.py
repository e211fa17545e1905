"""The verb: many trajectories of one sampled network, and what is estimated from them."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import Couplings, Network, _check
from mftheory.results.simulation import Simulation
from mftheory.simulate import equilibration
from mftheory.simulate.estimators import OBSERVABLES, Samples
from mftheory.simulate.integrate import STEPPERS, Stepper
from mftheory.simulate.nonlinearities import Activation, activation

_EXTENSIONS = 4  # windows added at most, for equilibrium or for the target


def simulate(
    network: Network,
    n: int,
    seed: int,
    *,
    target: float | None = None,
    trajectories: int = 64,
    duration: float = 100.0,
    dt: float = 0.1,
    burn_in: float | None = None,
    sampling_interval: float = 1.0,
    dtype: Any = np.float32,
    integrator: str = "adams",
    max_memory: float = 4e9,
    progress: bool = False,
) -> Simulation:
    """Simulate one network drawn from the ensemble: independent trajectories of the same J.

    Parameters
    ----------
    network : Network
        What to simulate.
    n : int
        Neurons, at least 2.
    seed : int
        Seed of J (the one that ``network.connectivity.sample(n, seed)`` draws) and, by independent streams, of the
        initial conditions and of the readout gains. At least 0.
    target : float, optional
        Stop when the relative standard error of the φ dimension is this small; at most 16 times `duration`.
    trajectories : int
        Independent initial conditions, integrated together, at least 4: the matrix products are efficient from 32 on.
    duration : float
        Measured time of each trajectory, in time constants.
    dt : float
        Step. With the default scheme 0.1 biases the dimension by less than 10⁻³ up to g_eff = 10.
    burn_in : float, optional
        Time discarded first. By default 40, and if the run is still drifting, that run is discarded as well and a new
        one made, up to four times.
    sampling_interval : float
        Time between stored states; a multiple of dt.
    dtype : float32 or float64
        Precision of the state and of the products; sums over times are in float64 either way.
    integrator : {"adams", "rk4"}
        Exponential Adams–Bashforth of third order (one product a step), or Runge–Kutta (four).
    max_memory : float
        Bytes that the stored states may take.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Simulation
        Its `.status` says whether the run was stationary; if not, a warning is given as well. Observables are "phi" and
        "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w a random permutation of the G).

    Raises
    ------
    InvalidNetwork
        Naming the argument that is out of range.
    NotConverged
        If the state overflows.

    Notes
    -----
    Assumes an odd φ (no mean to subtract) and a stationary state that forgets its initial condition (THEORY.md §0,
    §8). Results repeat bit for bit on one machine with the same arguments and BLAS threads.

    Examples
    --------
    >>> import mftheory as mf
    >>> run = mf.simulate(mf.Network(mf.IID(3.0)), n=100, seed=0, trajectories=16, duration=20)
    >>> run.status
    'equilibrated'
    >>> bool(0.01 < run.dimension("phi").value < 0.3)
    True
    """
    if not isinstance(network, Network):
        raise InvalidNetwork("network", network, "must be a Network(...)")
    n = _check.integer("n", n, at_least=2)
    seed = _check.integer("seed", seed, at_least=0)
    trajectories = _check.integer("trajectories", trajectories, at_least=4)
    dt = _check.positive("dt", dt)
    duration = _check.positive("duration", duration)
    if target is not None:
        target = _check.positive("target", target)
    precision = _precision(dtype)
    if integrator not in STEPPERS:
        raise InvalidNetwork("integrator", integrator, f"must be one of {', '.join(STEPPERS)}")
    stride = _whole_ratio("sampling_interval", sampling_interval, "dt", dt)
    times = max(2, round(duration / (stride * dt)))
    burn_in_steps = round((equilibration.BURN_IN if burn_in is None else _check.positive("burn_in", burn_in)) / dt)
    _check_memory(trajectories * n * precision.itemsize, times, max_memory)

    phi = activation(network.nonlinearity, precision)
    gains = None if network.gains is None else network.neuron_gains(n)
    couplings = network.connectivity.sample(n, seed)
    if gains is not None:
        couplings = couplings.with_gains(gains)  # J G φ costs no more than J φ
    couplings = couplings.astype(precision)
    x = _initial_states(network, couplings, phi, n, seed, trajectories, precision)
    stepper = STEPPERS[integrator](couplings, phi, x, dt)
    recorder = _Recorder(stepper, stride, progress)
    weights = {} if gains is None else {"Phi": gains, "readout": _readout_gains(gains, seed)}

    discarded = burn_in_steps
    recorder.discard(burn_in_steps)
    samples = Samples(recorder.record(times), phi, weights)
    drift = equilibration.drift(samples)
    for _ in range(_EXTENSIONS if burn_in is None else 0):
        if drift <= equilibration.THRESHOLD:
            break
        discarded += times * stride
        samples = Samples(recorder.record(times), phi, weights)
        drift = equilibration.drift(samples)

    def result(status: str) -> Simulation:
        return Simulation(
            network=network,
            n=n,
            seed=seed,
            trajectories=trajectories,
            dt=dt,
            duration=samples.times * stride * dt,
            burn_in=discarded * dt,
            sampling_interval=stride * dt,
            dtype=precision.name,
            integrator=integrator,
            status=status,
            drift=drift,
            max_memory=max_memory,
            samples=samples,
            observables=(*OBSERVABLES, *weights),
        )

    if drift > equilibration.THRESHOLD:
        status = f"not equilibrated: the halves of the run differ by {drift:.1f} standard errors; lengthen burn_in"
        warnings.warn(status, stacklevel=2)
        return result(status)
    if target is not None:
        for _ in range(_EXTENSIONS):
            dimension = result("").dimension()
            if dimension.error <= target * dimension.value:
                break
            # The squared error falls as 1/time; at most a doubling at once, since the first error is itself noisy.
            wanted = samples.times * (dimension.error / (target * dimension.value)) ** 2
            more = max(2, min(samples.times, round(1.1 * wanted) - samples.times))
            _check_memory(trajectories * n * precision.itemsize, samples.times + more, max_memory)
            samples = Samples(np.concatenate([samples.states, recorder.record(more)], axis=1), phi, weights)
        dimension = result("").dimension()
        if dimension.error > target * dimension.value:
            status = f"equilibrated; target {target:g} not reached: {dimension.error / dimension.value:.2g}"
            warnings.warn(status, stacklevel=2)
            return result(status)
    return result("equilibrated")


class _Recorder:
    """Advances a stepper and keeps its states."""

    def __init__(self, stepper: Stepper, stride: int, progress: bool) -> None:
        self._stepper = stepper
        self._stride = stride
        self._progress = progress

    def discard(self, steps: int) -> None:
        self._stepper.advance(steps)

    def record(self, times: int) -> NDArray[Any]:
        """States at the next `times` sampling times, shape (trajectories, times, n)."""
        n, trajectories = self._stepper.x.shape
        states = np.empty((trajectories, times, n), self._stepper.x.dtype)
        steps: Any = range(times)
        if self._progress:
            from tqdm import tqdm

            steps = tqdm(steps, desc=f"simulate n={n}", unit="τ", leave=False)
        for t in steps:
            self._stepper.advance(self._stride)
            states[:, t] = self._stepper.x.T
        return states


def _readout_gains(gains: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Gains of the same law, independent of the neurons' own: the same values in random order."""
    # Spawn key 2: independent of the couplings (no key) and of the initial conditions (key 1).
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,))).permutation(gains)


def _initial_states(
    network: Network, couplings: Couplings, phi: Activation, n: int, seed: int, trajectories: int, precision: Any
) -> NDArray[Any]:
    """x = J G φ(g_eff ξ), ξ standard normal: the scale and directions that this J favours."""
    # Spawn key 1: independent of the stream that `sample` makes from the bare seed.
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    start = (network.g_eff * stream.standard_normal((n, trajectories))).astype(precision)
    activity = np.empty_like(start)
    phi(start, activity)
    return np.ascontiguousarray(couplings @ activity)


def _precision(dtype: Any) -> Any:
    try:
        precision = np.dtype(dtype)
    except TypeError:
        raise InvalidNetwork("dtype", dtype, "must be float32 or float64") from None
    if precision not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise InvalidNetwork("dtype", dtype, "must be float32 or float64")
    return precision


def _whole_ratio(argument: str, value: Any, unit_name: str, unit: float) -> int:
    ratio = _check.positive(argument, value) / unit
    if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6 * ratio:
        raise InvalidNetwork(argument, value, f"must be a multiple of {unit_name} = {unit:g}")
    return round(ratio)


def _check_memory(bytes_per_time: int, times: int, max_memory: float) -> None:
    need = bytes_per_time * times
    if need > max_memory:
        raise InvalidNetwork(
            "max_memory",
            max_memory,
            f"the states need {need / 1e9:.2g} GB: shorten duration, lengthen sampling_interval, or allow more",
        )
