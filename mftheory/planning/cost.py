"""The cost of a simulation: seconds on this machine, from two short timings, and bytes.

A step is one product of J with the activities of all trajectories, φ of each state, and the update. The estimators
multiply blocks of samples by each other, usually about one more such product per sampling time.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mftheory.network import Network
from mftheory.network.couplings import Factored
from mftheory.simulation.accumulate import block_length
from mftheory.simulation.clock import clock
from mftheory.simulation.nonlinearities import activation

BYTES_PER_NUMBER = 4
"""Bytes of a coupling or a state: the simulator works in float32."""

PROBE_SIZE = 512  # neurons of the timings: a product runs near its full speed, and takes under a millisecond
_PROBE_TRAJECTORIES = 64
_TIMING_SECONDS = 0.05  # seconds of each timing, after one call to warm up
_UPDATE_PASSES = 5.0  # the update of a state, as so many tanh: 0.8 to 1.2 ns against 0.17 ns, from n = 250 to 1000
_STEP_OVERHEAD = 1e-5  # seconds a step costs in Python, whatever its size
# A product with B columns runs at B/(B + 4) of the full speed: 100, 113, 120 GFLOP/s at 16, 32, 64.
_HALF_SPEED_COLUMNS = 4.0
_BURN_IN_FACTOR = 1.1  # burn-in is doubled in one run of ten, where a drift seems to be seen


@dataclass(frozen=True)
class Machine:
    """The speed of this machine, in one thread.

    Attributes
    ----------
    flops : float
        Floating-point operations a second of a float32 matrix product.
    element : float
        Seconds that a cheap vectorised function of one number takes.
    cores : int
        Processes that can run side by side.
    """

    flops: float
    element: float
    cores: int


@cache
def this_machine() -> Machine:
    """Time this machine, once a process, in about 0.1 seconds.

    The best of many repetitions counts, so that other programs matter less.
    """
    from joblib import cpu_count
    from threadpoolctl import threadpool_limits

    stream = np.random.default_rng(0)
    left = stream.standard_normal((PROBE_SIZE, PROBE_SIZE), dtype=np.float32)
    right = stream.standard_normal((PROBE_SIZE, _PROBE_TRAJECTORIES), dtype=np.float32)
    out = np.empty_like(right)
    with threadpool_limits(1):
        product = shortest(lambda: left @ right)
    element = shortest(lambda: np.tanh(right, out=out))
    return Machine(2.0 * PROBE_SIZE**2 * _PROBE_TRAJECTORIES / product, element / right.size, int(cpu_count()))


def shortest(action: Callable[[], Any]) -> float:
    """Return the seconds of the shortest call among those of `_TIMING_SECONDS`; the first call does not count."""
    action()
    seconds, end = math.inf, time.perf_counter() + _TIMING_SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        action()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds


@dataclass(frozen=True)
class Workload:
    """The work that one network of an ensemble is, at any size, if one observable is estimated without lags.

    Parameters
    ----------
    rank : float, optional
        Columns of the two factors as a fraction of n, if J is factored; None if it is a matrix.
    draw, activation : float
        Seconds that J of `PROBE_SIZE` neurons takes to be drawn, and φ of one state.
    dt, sampling_interval, burn_in : float
        Step, time between samples, time discarded at least.
    machine : Machine
        The machine where it runs.
    max_memory : float
        Bytes that a block of samples may take.
    """

    rank: float | None
    draw: float
    activation: float
    dt: float
    sampling_interval: float
    burn_in: float
    machine: Machine
    max_memory: float

    def seconds(self, n: int, trajectories: int, duration: float) -> float:
        """Return the seconds of one network in one thread: to draw, to burn in, to measure."""
        states = n * trajectories
        slowdown = (1.0 + _HALF_SPEED_COLUMNS / trajectories) / (1.0 + _HALF_SPEED_COLUMNS / _PROBE_TRAJECTORIES)
        product = slowdown * 2.0 * n * states * (1.0 if self.rank is None else 2.0 * self.rank) / self.machine.flops
        step = product + states * (self.activation + _UPDATE_PASSES * self.machine.element) + _STEP_OVERHEAD
        # Each block of samples is multiplied by itself, but for the half that is symmetric.
        block = self.block(n, trajectories, duration)
        sample = states * (trajectories * block / self.machine.flops + self.activation)
        length = _BURN_IN_FACTOR * self.burn_in + duration
        return self.draw * (n / PROBE_SIZE) ** 2 + length * (step / self.dt + sample / self.sampling_interval)

    def block(self, n: int, trajectories: int, duration: float) -> int:
        """Return the number of samples of a trajectory that are paired with each other."""
        times = max(2, round(duration / self.sampling_interval))
        longest = max(8, int(self.max_memory / (6 * BYTES_PER_NUMBER * n * trajectories)))
        return block_length(n, trajectories, 0, times, longest)

    def couplings(self, n: int) -> int:
        """Return the bytes of J: 4 n² as a matrix, 8 nm as two factors of m columns."""
        return round(BYTES_PER_NUMBER * n * n * (1.0 if self.rank is None else 2.0 * self.rank))

    def memory(self, n: int, trajectories: int, duration: float) -> int:
        """Return the bytes of a run at its largest: J as drawn, in float64, beside its copy; or J, states, a block."""
        states = BYTES_PER_NUMBER * n * trajectories
        block = 6 * states * self.block(n, trajectories, duration)
        return max(3 * self.couplings(n), self.couplings(n) + 6 * states + block)

    @property
    def kind(self) -> str:
        """Form in which J is kept."""
        return "dense" if self.rank is None else f"factored, {self.rank:.3g} n columns"


def workload(network: Network, max_memory: float = 4e9) -> Workload:
    """Return the work of a network: how its J is kept and the cost of φ are tried on a small one.

    The times are those that the simulator chooses.
    """
    start = time.perf_counter()
    drawn = network.draw(PROBE_SIZE, 0)
    draw = time.perf_counter() - start
    phi = activation(drawn.groups[0].nonlinearity, np.float32)
    states = np.random.default_rng(0).standard_normal((PROBE_SIZE, _PROBE_TRAJECTORIES), dtype=np.float32)
    out = np.empty_like(states)
    couplings = drawn.couplings
    times = clock(network, drawn, None, None, None, None, None, None)
    return Workload(
        rank=couplings.right.shape[1] / PROBE_SIZE if isinstance(couplings, Factored) else None,
        draw=draw,
        activation=shortest(lambda: phi(states, out)) / states.size,
        dt=times.dt,
        sampling_interval=times.interval,
        burn_in=times.shortest * times.interval,
        machine=this_machine(),
        max_memory=max_memory,
    )
