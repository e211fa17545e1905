"""Times of a run, counted in steps and samples."""

import math
from dataclasses import dataclass

from mftheory import checks
from mftheory.errors import InvalidNetwork
from mftheory.network import Erf, Leaky, Network, Tanh
from mftheory.network.sampled import Samplable, SampledNetwork
from mftheory.simulation import equilibration
from mftheory.simulation.integrate import default_step

MAX_STEPS = 1e9
"""Maximum number of steps of a run: a hundred neurons take hours for as many."""

DEFAULT_LAGS = 10
"""Default longest lag, in samples."""


@dataclass(frozen=True)
class Clock:
    """The times of a run, with the defaults filled in.

    Attributes
    ----------
    dt : float
        Step.
    stride : int
        Steps between samples.
    times : int
        Samples to measure.
    burn_in : int or None
        Steps to discard; None if the run itself decides.
    shortest : int
        Samples to discard at least, where the run itself decides.
    lags : int
        Longest lag, in samples.
    response : int
        Longest lag of the response, in steps; 0 for none.
    """

    dt: float
    stride: int
    times: int
    burn_in: int | None
    shortest: int
    lags: int
    response: int

    @property
    def interval(self) -> float:
        """Return the time between samples."""
        return self.stride * self.dt

    @property
    def expected_steps(self) -> int:
        """Return the number of steps of a run that settles within the shortest burn-in."""
        return (self.shortest * self.stride if self.burn_in is None else self.burn_in) + self.times * self.stride


def clock(
    network: Samplable,
    drawn: SampledNetwork,
    dt: float | None,
    interval: float | None,
    duration: float | None,
    burn_in: float | None,
    max_lag: float | None,
    response: float | None,
) -> Clock:
    """Return the clock of a run from what was asked for: steps fit the fastest neurons, durations the slowest."""
    if drawn.discrete:
        if dt is not None and dt != 1:
            raise InvalidNetwork("dt", dt, "must be 1 in discrete time, or not given")
        dt = 1.0
    elif dt is None:
        dt = _step(network, drawn)
        if interval is not None:  # whole steps between samples
            dt = checks.positive("sampling_interval", interval) / math.ceil(interval / dt - 1e-9)
    dt = checks.positive("dt", dt)
    fastest = drawn.shortest_time
    if dt > fastest:  # stable all the same, and wrong
        raise InvalidNetwork("dt", dt, f"must be at most the shortest time constant, {fastest:g}")
    unit = drawn.time_constant
    duration = 100.0 * unit if duration is None else checks.positive("duration", duration)
    stride = max(1, round(unit / dt)) if interval is None else _whole_ratio("sampling_interval", interval, "dt", dt)
    if duration / dt > MAX_STEPS:
        raise InvalidNetwork("duration", duration, f"makes {duration / dt:.2g} steps; at most {MAX_STEPS:g} go")
    times = max(2, round(duration / (stride * dt)))
    relaxation = equilibration.MIN_BURN_IN * drawn.relaxation_time
    return Clock(
        dt=dt,
        stride=stride,
        times=times,
        burn_in=None if burn_in is None else round(checks.positive("burn_in", burn_in) / dt),
        shortest=max(8, round(relaxation / (stride * dt))),
        lags=_lags(max_lag, stride * dt, times),
        response=0 if response is None else math.ceil(checks.positive("response", response) / dt - 1e-9),
    )


def _step(network: Samplable, drawn: SampledNetwork) -> float:
    """Return a tenth of the fastest time constant, or the step that a bias of 6e-4 allows where that is known."""
    if isinstance(network, Network) and _has_known_bias(network, drawn):
        return default_step(network.g_eff) * drawn.shortest_time
    return 0.1 * drawn.shortest_time


def _has_known_bias(network: Network, drawn: SampledNetwork) -> bool:
    """Say if the bias of a step was measured.

    It was for erf and tanh, in ensembles without self-feedback, of leaky neurons alike without any input.
    """
    alike = drawn.shortest_time == drawn.time_constant and not (drawn.noisy or drawn.biased)
    if not alike or not all(isinstance(group.dynamics, Leaky) for group in drawn.groups):
        return False
    unmeasured = network.traits.given or network.traits.self_feedback
    return not unmeasured and isinstance(network.nonlinearity, Erf | Tanh)


def _lags(max_lag: float | None, interval: float, times: int) -> int:
    if max_lag is None:
        return min(DEFAULT_LAGS, times // 4)
    lag = checks.nonnegative("max_lag", max_lag) / interval
    if abs(lag - round(lag)) > 1e-6 * max(lag, 1.0) or round(lag) > times // 2:
        half = times // 2 * interval
        allowed = f"must be a multiple of the sampling interval {interval:g} up to half the duration, {half:g}"
        raise InvalidNetwork("max_lag", max_lag, allowed)
    return round(lag)


def _whole_ratio(argument: str, value: float, unit_name: str, unit: float) -> int:
    ratio = checks.positive(argument, value) / unit
    if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6 * ratio:
        raise InvalidNetwork(argument, value, f"must be a multiple of {unit_name} = {unit:g}")
    return round(ratio)
