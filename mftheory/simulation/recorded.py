"""The simulator's estimators, applied to activity that was recorded elsewhere, of a part of the neurons."""

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.results.moments import Replicates
from mftheory.results.recording import Recording
from mftheory.simulation.accumulate import Accumulator, block_length
from mftheory.simulation.observables import Observable
from mftheory.simulation.stationarity import complaints

Array = NDArray[np.float64]

MIN_STRETCHES = 5
"""Minimum number of stretches: four different ones for the means' part of Ψ, and one to leave out."""

DEFAULT_STRETCHES = 20
"""Default number of stretches that one long recording is cut into."""

AUTOCORRELATION_AFTER_GAP = 0.1
"""Ratio C(τ)/C(0) at which the default gap between such stretches ends."""

MAX_BLOCK_SAMPLES = 4096
"""Maximum number of samples in a block of times."""

MAX_ACTIVITY = 1e60
"""Largest activity that is accepted: products of four must not overflow."""


def measure_recording(
    activity: ArrayLike, interval: float, max_lag: float, stretches: int | None, gap: float | None
) -> Recording:
    """Measure recorded activity; see `mftheory.measure`."""
    values = _checked(activity)
    if not (np.isfinite(interval) and interval > 0):
        raise InvalidNetwork("interval", interval, "must be a positive time")
    left_out = 0
    if values.ndim == 2:
        values, left_out = _cut(values, float(interval), DEFAULT_STRETCHES if stretches is None else stretches, gap)
    else:
        for name, value in (("stretches", stretches), ("gap", gap)):
            if value is not None:
                raise InvalidNetwork(name, value, "is for (times, neurons) only: here the first axis holds stretches")
    count, times, neurons = values.shape
    if count < MIN_STRETCHES:
        allowed = f"must hold at least {MIN_STRETCHES} stretches: errors are between them"
        raise InvalidNetwork("activity.shape", values.shape, allowed)
    if neurons < 2:
        raise InvalidNetwork("activity.shape", values.shape, "must hold at least 2 neurons")
    longest = (times - 2) * interval
    lags = round(max_lag / interval) if 0 <= max_lag <= longest else -1
    if lags < 0:
        raise InvalidNetwork("max_lag", max_lag, f"must be between 0 and {longest:g}, less than a stretch")
    if neurons > count * times:
        message = f"{neurons} neurons, {count} stretches of {times} times: are times and neurons exchanged?"
        warnings.warn(message, stacklevel=4)
    mean = values.mean(axis=(0, 1))
    still = int(np.count_nonzero(np.all(values == values[0, 0], axis=(0, 1))))
    if 0 < still < neurons:
        message = f"{still} of {neurons} neurons do not vary at all; they count, as the circuit's silent neurons"
        warnings.warn(message, stacklevel=4)
    if still == neurons:
        raise InvalidNetwork("activity", float(mean[0]), "must vary in time; every neuron's is constant")
    doubts = complaints(values)
    for doubt in doubts:
        warnings.warn(doubt, stacklevel=4)
    accumulator = Accumulator(Observable("activity", neurons, True, slice(0, neurons), None, None), lags, mean)
    block = block_length(neurons, count, lags, times, MAX_BLOCK_SAMPLES)
    start = 0
    while start < times:
        # A remainder that is too short for the lags goes with the last block.
        stop = start + block if start + block + lags + 2 <= times else times
        accumulator.add(values[:, start:stop])
        start = stop
    about = values - mean
    squares = squared_variances(np.mean(about**2, axis=1), about.mean(axis=1))
    gap_left = left_out * interval
    return Recording(neurons, count, times, float(interval), gap_left, accumulator.moments(), squares, doubts)


def squared_variances(squares: Array, means: Array) -> Replicates:
    """Return (1/n) Σ_i C_ii² from ⟨a_i²⟩ and ⟨a_i⟩ of B stretches, shape (B, n), and without each stretch in turn.

    C_ii = s - m² with s = ⟨a²⟩, m = ⟨a⟩; its square without bias is ⟨s^b s^c⟩ - 2⟨s^b m^c m^d⟩ + ⟨m^b m^c m^d m^e⟩, all
    indices different.
    Sums over such indices are polynomials in power sums, from which a stretch is taken out by subtraction.
    """
    s, m = squares, means
    powers = [s, s * s, m, m**2, m**3, m**4, s * m, s * m**2]
    sums = [power.sum(axis=0) for power in powers]

    def value(count: int, sums: list[Array]) -> Array:
        S, SS, M, M2, M3, M4, SM, SM2 = sums
        pairs = (S**2 - SS) / (count * (count - 1))
        triples = (S * (M**2 - M2) - 2 * (SM * M - SM2)) / (count * (count - 1) * (count - 2))
        quadruples = M**4 - 6 * M**2 * M2 + 3 * M2**2 + 8 * M * M3 - 6 * M4
        quadruples /= count * (count - 1) * (count - 2) * (count - 3)
        return np.asarray(np.mean(pairs - 2 * triples + quadruples, axis=-1))

    without = [total - power for total, power in zip(sums, powers, strict=True)]
    return float(value(s.shape[0], sums)), value(s.shape[0] - 1, without)


def _checked(activity: ArrayLike) -> Array:
    """Return activity as finite numbers of shape (stretches, times, neurons) or (times, neurons), or refuse it."""
    try:
        values = np.asarray(activity, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidNetwork("activity", activity, "must be an array of numbers") from None
    if values.ndim not in (2, 3):
        shapes = "(stretches, times, neurons), or (times, neurons) to be cut"
        raise InvalidNetwork("activity.shape", values.shape, f"must be {shapes}")
    if values.shape[-2] < 2:
        raise InvalidNetwork("activity.shape", values.shape, "must have at least 2 samples in a stretch")
    bad = ~(np.abs(values) <= MAX_ACTIVITY)
    if bad.any():
        place = tuple(int(k[0]) for k in np.nonzero(bad))
        good = bad.size - bad.sum()
        allowed = f"must be finite, at most {MAX_ACTIVITY:g}, as are {good} of {bad.size}: leave gaps out"
        raise InvalidNetwork(f"activity{list(place)}", float(values[place]), allowed)
    return values


def _cut(values: Array, interval: float, stretches: int, gap: float | None) -> tuple[Array, int]:
    """Cut one recording, (times, neurons), into equal stretches; return them and the samples left out between them."""
    times = values.shape[0]
    if isinstance(stretches, bool) or not isinstance(stretches, int | np.integer) or stretches < MIN_STRETCHES:
        raise InvalidNetwork("stretches", stretches, f"must be a whole number, at least {MIN_STRETCHES}")
    if gap is None:
        between = _correlation_samples(values)
    elif np.isfinite(gap) and gap >= 0:
        between = round(gap / interval)
    else:
        raise InvalidNetwork("gap", gap, "must be a time, not negative")
    length = (times - (stretches - 1) * between) // stretches
    if length < max(2, between):
        shortest = stretches * max(2, between) + (stretches - 1) * between
        wanted = f"{stretches} stretches with gaps of {between}"
        allowed = f"must hold at least {shortest} times for {wanted}: ask for fewer, or set gap"
        raise InvalidNetwork("activity.shape", values.shape, allowed)
    starts = [k * (length + between) for k in range(stretches)]
    return np.stack([values[start : start + length] for start in starts]), between


def _correlation_samples(values: Array) -> int:
    """Return the samples until C(τ) falls below `AUTOCORRELATION_AFTER_GAP` C(0).

    A straight line is subtracted first: with a trend, of which the user is warned, C(τ) would never fall.
    """
    from scipy import fft

    line = np.linspace(-1.0, 1.0, len(values))
    about = values - values.mean(axis=0)
    about -= np.outer(line, line @ about / (line @ line))
    size = fft.next_fast_len(2 * len(about), real=True)
    power = np.zeros(size // 2 + 1)
    for column in about.T:  # one at a time: recordings are large
        power += np.abs(fft.rfft(column, size)) ** 2
    # Sums over a lag have fewer terms the longer it is.
    autocovariance = fft.irfft(power, size)[: len(about) - 1] / np.arange(len(about), 1, -1)
    below = np.flatnonzero(autocovariance < AUTOCORRELATION_AFTER_GAP * autocovariance[0])
    return int(below[0]) if below.size else len(about)
