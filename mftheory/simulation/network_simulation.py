"""The simulation of one sampled network: many trajectories, and the estimates made from them."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from mftheory import checks
from mftheory.errors import InvalidNetwork
from mftheory.methods import Method, Register
from mftheory.network.outlier import outlying_eigenvalue
from mftheory.network.sampled import Samplable
from mftheory.progress import Progress
from mftheory.results.simulation import Simulation
from mftheory.results.status import EQUILIBRATED, Status
from mftheory.simulation.accumulate import block_length
from mftheory.simulation.clock import DEFAULT_LAGS, clock
from mftheory.simulation.covariance import check_fits
from mftheory.simulation.measurement import measure, reach
from mftheory.simulation.observables import Observable, have_means
from mftheory.simulation.observables import observables as chosen
from mftheory.simulation.projections import follow
from mftheory.simulation.pushed_response import respond
from mftheory.simulation.run import Run
from mftheory.simulation.steppers import STEPPERS
from mftheory.wording import one_of


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
    observables: Sequence[str] | None = None,
    max_lag: float | None = None,
    covariance: bool | str | Sequence[str] = False,
    components: int = 0,
    response: float | None = None,
    keep_states: bool = False,
    dtype: Any = np.float32,
    integrator: str = "adams",
    max_memory: float = 4e9,
    progress: bool = False,
) -> Simulation:
    """Simulate one network drawn from the ensemble: independent trajectories of the same J.

    States are not stored: moments are summed over blocks of time as the run goes on, so that memory does not grow with
    its length (unless `keep_states`).

    Parameters
    ----------
    network : Network, or an ensemble with numbers
        What to simulate.
    n : int
        Neurons, at least 2; of an ensemble, its N.
    seed : int
        Seed of J (the one that ``network.connectivity.sample(n, seed)`` draws) and, by independent streams, of the
        initial conditions and the noise of every trajectory and of the readout gains. At least 0.
    target : float, optional
        Stop when the relative standard error of the φ dimension (the first observable's) is this small; at most 16
        times `duration`.
    trajectories : int
        Independent initial conditions, integrated together, at least 4: the matrix products are efficient from 32 on.
    duration : float, optional
        Measured time of each trajectory; by default 100 time constants of the slowest neuron (of the slowest pole; 1/δ
        steps of a map).
    dt : float, optional
        Step. By default it biases the dimension by less than 10⁻³ (`mftheory.simulation.integrate`): with independent
        couplings or modes, erf or tanh, neurons alike, no noise and no bias, 1/5 up to g_eff = 3, 1/8 at 6, 1/10 at
        10; 0.1 else, both in units of the shortest time constant (that of the fastest pole, if it is below 1). To see
        its error, halve it: the bias falls tenfold. A map's is 1.
    burn_in : float, optional
        Time discarded first. By default it is found out: 40 relaxation times, doubled (up to four times) while C(0) or
        Ψ(0,0) of the second half differ from those of the quarter before it, or some trajectories are at rest or
        periodic and others not yet; and if the measured run shows either all the same, it is discarded as well.
    sampling_interval : float, optional
        Time between samples, a multiple of dt; by default about one time constant of the slowest neuron.
    observables : sequence of str, optional
        What to estimate; everything by default.
    max_lag : float, optional
        Longest lag of C and Ψ, a multiple of the sampling interval; by default ten of them. Ψ is estimated at every
        two lags up to it, which costs little: for 20 of them a fifth of the integration at N = 1000.
    covariance : bool, str or sequence of str
        Observables whose covariance matrix is kept, (n, n); True for all of them.
    components : int
        Principal components of each of them that are followed for another `duration`, after the covariance is known.
    response : float, optional
        Longest lag of the response S(τ), rounded up to whole steps: measured after the rest, with small pushes, in
        double precision. It costs about as much again as the rest.
    keep_states : bool
        Keep the sampled x as well: memory then grows with the run.
    dtype : float32 or float64
        Precision of the state and of the products; sums over times are in float64 either way.
    integrator : {"adams", "rk4"}
        Exponential Adams–Bashforth of third order (one product a step), or Runge–Kutta (four).
    max_memory : float
        Bytes that may be taken beside the couplings: a block of states, covariance matrices, states kept.
    progress : bool
        Show a progress bar; in a log, a line now and then.

    Returns
    -------
    Simulation
        Its `.status` is "equilibrated" if the run was stationary and irregular; else it says what trajectories do (at
        rest, periodic, on several attractors; `.attractors` tells for each) or that the run drifts, and a warning is
        given as well. Errors then include a drift and what a transient may still change; at rest they are infinite.
        Rest is that of at least half of the trajectories. Observables are "phi" and
        "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w a random permutation of the G); of an ensemble
        those that it declares, each averaged over the neurons of its population.

    Raises
    ------
    InvalidNetwork
        Naming the argument that is out of range, or what does not fit into `max_memory`.
    NotConverged
        If the state overflows.
    Quiescent
        If the activity dies out.

    Notes
    -----
    Assumes a stationary state that forgets its initial condition (theory §0, §8). Where trajectories end on different
    attractors, as in most networks of few neurons, everything is an average over initial conditions. A chaotic
    transient that outlasts the run in every one of its trajectories is not told from chaos. If φ is not odd,
    covariances are about each neuron's mean, without bias (`mftheory.results.moments`), which takes at least five
    trajectories. Results repeat bit for bit on one machine with the same arguments and BLAS threads.

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
    n = checks.integer("n", n, at_least=2)
    seed = checks.integer("seed", seed, at_least=0)
    trajectories = checks.integer("trajectories", trajectories, at_least=4)
    components = checks.integer("components", components, at_least=0)
    if target is not None:
        target = checks.positive("target", target)
    max_memory = checks.positive("max_memory", max_memory)
    precision = _precision(dtype)
    one_of("integrator", integrator, STEPPERS)
    # Before anything as large is drawn: with the default lags, or the shortest possible.
    lags = DEFAULT_LAGS if (duration, sampling_interval, max_lag) == (None, None, None) else 0
    _block(n, trajectories, lags, lags + 2, precision, max_memory)

    drawn = network.draw(n, seed)
    times = clock(network, drawn, dt, sampling_interval, duration, burn_in, max_lag, response)
    if 8.0 * times.response * trajectories > max_memory:
        need = 8e-9 * times.response * trajectories
        raise InvalidNetwork("response", response, f"needs {need:.3g} GB, above max_memory = {max_memory / 1e9:.3g} GB")
    if components > drawn.couplings.n:
        raise InvalidNetwork("components", components, f"must be at most the number of neurons, {drawn.couplings.n}")
    if have_means(drawn.groups):
        checks.integer("trajectories", trajectories, at_least=5)  # that many to subtract means without bias
    measured = chosen(drawn.groups, drawn.observables, observables, precision)
    matrices = _matrices(measured, covariance, components)
    check_fits(matrices, precision.itemsize, max_memory)
    if keep_states:
        _check_kept(drawn.couplings.n * trajectories * precision.itemsize * times.times, max_memory)
    block = _block(drawn.couplings.n, trajectories, times.lags, times.times, precision, max_memory)

    with Progress(times.expected_steps, f"simulate n={n}", "step", enabled=progress) as bar:
        run = Run(drawn, seed, trajectories, times, block, precision, integrator, bar)
        discarded, reference, measurement = measure(run, measured, matrices, keep_states)
        status = measurement.status
        if target is not None and status == EQUILIBRATED:
            status = reach(target, measurement, run)
        if measurement.attractors.at_rest and (value := outlying_eigenvalue(drawn.couplings)) is not None:
            status = Status(f"{status}; the couplings have an outlying eigenvalue {value:.3g}: one mode has condensed")
        covariances = measurement.covariances()
        components_of = {
            o.name: follow(run, o, covariances[o.name], components, reference.get(o.name))
            for o in matrices
            if components > 0
        }
        pushed = respond(run, [o.name for o in measured]) if times.response else None
    if status != EQUILIBRATED:
        warnings.warn(status, stacklevel=4)  # the caller of `mftheory.simulate`, a checked call
    return Simulation(
        network=network,
        n=n,
        seed=seed,
        trajectories=trajectories,
        dt=times.dt,
        duration=measurement.times * times.interval,
        burn_in=discarded * times.dt,
        sampling_interval=times.interval,
        dtype=precision.name,
        integrator="map" if drawn.discrete else integrator,
        status=status,
        drift=measurement.drift,
        error_factor=measurement.error_factor,
        attractors=measurement.attractors,
        moments={a.observable.name: a.moments() for a in measurement.accumulators},
        observables=tuple(o.name for o in measured),
        covariances=covariances,
        components=components_of,
        response=pushed,
        states=measurement.states,
    )


def _matrices(
    measured: tuple[Observable, ...], covariance: bool | str | Sequence[str], components: int
) -> tuple[Observable, ...]:
    """Return the observables whose covariance matrix is kept."""
    if covariance is True:
        return measured
    if covariance is False:
        return measured[:1] if components > 0 else ()
    wanted = [covariance] if isinstance(covariance, str) else list(covariance)
    known = {o.name: o for o in measured}
    for name in wanted:
        one_of("covariance", name, known, "must be True, False or some of {}", quoted=True)
    return tuple(o for o in measured if o.name in wanted)


def _precision(dtype: Any) -> Any:
    try:
        precision = np.dtype(dtype)
    except TypeError:
        raise InvalidNetwork("dtype", dtype, "must be float32 or float64") from None
    if precision not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise InvalidNetwork("dtype", dtype, "must be float32 or float64")
    return precision


def _check_kept(size: int, max_memory: float) -> None:
    """Refuse to keep states of more bytes than `max_memory`."""
    if size > max_memory:
        allowed = f"the states need {size / 1e9:.2g} GB: shorten duration, lengthen sampling_interval"
        raise InvalidNetwork("max_memory", max_memory, allowed)


def _block(n: int, trajectories: int, lags: int, times: int, precision: Any, max_memory: float) -> int:
    """Return the number of samples in a block; refuse it if `max_memory` does not hold it."""
    # At most two blocks of states, of an observable, and of a product of it exist at the same time.
    per_time = 6 * n * trajectories * precision.itemsize
    longest = int(max_memory / per_time)
    length = block_length(n, trajectories, lags, times, longest)
    if length > longest:
        raise InvalidNetwork(
            "max_memory",
            max_memory,
            f"a block of states needs {per_time * length / 1e9:.2g} GB: take fewer trajectories or a shorter max_lag",
        )
    return length


SIMULATE = Register("simulate")
"""How networks are simulated: all of them in one way."""

SIMULATE.add(Method("integration in batches", "estimates with standard errors", (), simulate))
