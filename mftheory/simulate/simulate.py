"""The verb: many trajectories of one sampled network, and what is estimated from them."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import Couplings, Dynamics, Leaky, Rational, _check
from mftheory.network.sampled import Samplable
from mftheory.results.simulation import Simulation
from mftheory.simulate import equilibration, groups
from mftheory.simulate.nonlinearities import Activation
from mftheory.simulate.steppers import STEPPERS, stepper
from mftheory.simulate.stepping import Stepper

_EXTENSIONS = 4  # windows added at most, for equilibrium or for the target


def simulate(
    network: Samplable,
    n: int,
    seed: int,
    *,
    target: float | None = None,
    trajectories: int = 64,
    duration: float | None = None,
    dt: float | None = None,
    burn_in: float | None = None,
    sampling_interval: float | None = None,
    dtype: Any = np.float32,
    integrator: str = "adams",
    max_memory: float = 4e9,
    progress: bool = False,
) -> Simulation:
    """Simulate one network drawn from the ensemble: independent trajectories of the same J.

    Parameters
    ----------
    network : Network, or an ensemble with numbers
        What to simulate.
    n : int
        Neurons, at least 2; of an ensemble, its N.
    seed : int
        Seed of J (the one that ``network.connectivity.sample(n, seed)`` draws) and, by independent streams, of the
        initial conditions, the noise and the readout gains. At least 0.
    target : float, optional
        Stop when the relative standard error of the φ dimension (the first observable's) is this small; at most 16
        times `duration`.
    trajectories : int
        Independent initial conditions, integrated together, at least 4: the matrix products are efficient from 32 on.
    duration : float, optional
        Measured time of each trajectory; by default 100 time constants (of the slowest pole; 1/δ steps of a map).
    dt : float, optional
        Step, by default 0.1 (0.1 over the fastest pole, if that is faster). With the default scheme 0.1 biases the
        dimension by less than 10⁻³ up to g_eff = 10. A map's is 1.
    burn_in : float, optional
        Time discarded first. By default 40 relaxation times, and if the run is still drifting, that run is discarded as
        well and a new one made, up to four times.
    sampling_interval : float, optional
        Time between stored states, a multiple of dt; by default about one time constant.
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
        "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w a random permutation of the G); of an ensemble
        those that it declares, each averaged over the neurons of its population.

    Raises
    ------
    InvalidNetwork
        Naming the argument that is out of range.
    NotConverged
        If the state overflows.

    Notes
    -----
    Assumes a stationary state that forgets its initial condition (THEORY.md §0, §8). If φ is not odd, covariances are
    about each neuron's mean, without bias (`mftheory.simulate.estimators`), which takes at least five trajectories.
    Results repeat bit for bit on one machine with the same arguments and BLAS threads.

    Examples
    --------
    >>> import mftheory as mf
    >>> run = mf.simulate(mf.Network(mf.IID(3.0)), n=100, seed=0, trajectories=16, duration=20)
    >>> run.status
    'equilibrated'
    >>> bool(0.01 < run.dimension("phi").value < 0.3)
    True
    """
    if isinstance(network, type) or not isinstance(network, Samplable):
        raise InvalidNetwork("network", network, "must be a Network(...) or an ensemble with numbers")
    n = _check.integer("n", n, at_least=2)
    seed = _check.integer("seed", seed, at_least=0)
    trajectories = _check.integer("trajectories", trajectories, at_least=4)
    if target is not None:
        target = _check.positive("target", target)
    precision = _precision(dtype)
    if integrator not in STEPPERS:
        raise InvalidNetwork("integrator", integrator, f"must be one of {', '.join(STEPPERS)}")
    dynamics: Dynamics = getattr(network, "dynamics", Leaky())  # an ensemble's neurons are leaky
    dt, stride, times, burn_in_steps = _clock(dynamics, dt, sampling_interval, duration, burn_in)
    _check_memory(trajectories * n * precision.itemsize, times, max_memory)  # before anything as large is drawn

    drawn = network.draw(n, seed)
    if groups.have_means(drawn.groups):
        _check.integer("trajectories", trajectories, at_least=5)  # that many to subtract means without bias
    bytes_per_time = trajectories * drawn.couplings.n * precision.itemsize  # an ensemble may have more than n neurons
    _check_memory(bytes_per_time, times, max_memory)

    phi = groups.activation(drawn.groups, precision)
    couplings = drawn.couplings.astype(precision)
    x = _initial_states(couplings, drawn.scale, phi, seed, trajectories, precision)
    # Spawn key 3: independent of the couplings, the initial conditions (key 1) and the readout gains (key 2).
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    steps = stepper(integrator, couplings, phi, x, dt, drawn.dynamics, drawn.noise, stream)
    recorder = _Recorder(steps, stride, progress)

    discarded = burn_in_steps
    recorder.discard(burn_in_steps)
    samples = groups.samples(recorder.record(times), drawn.groups)
    drift = groups.drift(samples)
    for _ in range(_EXTENSIONS if burn_in is None else 0):
        if drift <= equilibration.THRESHOLD:
            break
        discarded += times * stride
        samples = groups.samples(recorder.record(times), drawn.groups)
        drift = groups.drift(samples)

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
            integrator="map" if drawn.dynamics.discrete else integrator,
            status=status,
            drift=drift,
            max_memory=max_memory,
            samples=samples,
            observables=drawn.observables,
        )

    if (kept := groups.attractors(samples)) > equilibration.KEPT:
        status = (
            f"several attractors, or too short a run: {kept:.0%} of the variance of φ is in means that trajectories "
            f"keep to themselves"
        )
        warnings.warn(status, stacklevel=3)  # the caller of `mftheory.simulate`
        return result(status)
    if drift > equilibration.THRESHOLD:
        status = f"not equilibrated: the halves of the run differ by {drift:.1f} standard errors; lengthen burn_in"
        warnings.warn(status, stacklevel=3)  # the caller of `mftheory.simulate`
        return result(status)
    if target is not None:
        for _ in range(_EXTENSIONS):
            dimension = result("").dimension(drawn.observables[0])
            if dimension.error <= target * dimension.value:
                break
            # The squared error falls as 1/time; at most a doubling at once, since the first error is itself noisy.
            wanted = samples.times * (dimension.error / (target * dimension.value)) ** 2
            more = max(2, min(samples.times, round(1.1 * wanted) - samples.times))
            _check_memory(bytes_per_time, samples.times + more, max_memory)
            longer = np.concatenate([samples.states, recorder.record(more)], axis=1)
            samples = groups.samples(longer, drawn.groups)
        dimension = result("").dimension(drawn.observables[0])
        if dimension.error > target * dimension.value:
            status = f"equilibrated; target {target:g} not reached: {dimension.error / dimension.value:.2g}"
            warnings.warn(status, stacklevel=3)  # the caller of `mftheory.simulate`
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


def _initial_states(
    couplings: Couplings, scale: float, phi: Activation, seed: int, trajectories: int, precision: Any
) -> NDArray[Any]:
    """x = J G φ(g_eff ξ), ξ standard normal: the scale and directions that this J favours."""
    # Spawn key 1: independent of the stream that `sample` makes from the bare seed.
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    start = (scale * stream.standard_normal((couplings.n, trajectories))).astype(precision)
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


def _clock(
    dynamics: Dynamics, dt: float | None, interval: float | None, duration: float | None, burn_in: float | None
) -> tuple[float, int, int, int]:
    """(dt, steps between samples, samples, steps to discard), defaults filled in."""
    if dynamics.discrete:
        if dt is not None and dt != 1:
            raise InvalidNetwork("dt", dt, "must be 1 in discrete time, or not given")
        dt = 1.0
    elif dt is None:
        fastest = float(np.abs(dynamics.poles).max()) if isinstance(dynamics, Rational) else 1.0
        dt = 0.1 / max(1.0, fastest)
    dt = _check.positive("dt", dt)
    unit = dynamics.time_constant
    duration = 100.0 * unit if duration is None else _check.positive("duration", duration)
    stride = max(1, round(unit / dt)) if interval is None else _whole_ratio("sampling_interval", interval, "dt", dt)
    forgotten = equilibration.BURN_IN * dynamics.relaxation_time
    discarded = forgotten if burn_in is None else _check.positive("burn_in", burn_in)
    return dt, stride, max(2, round(duration / (stride * dt))), round(discarded / dt)


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
