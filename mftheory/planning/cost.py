"""What a simulation costs: seconds on this machine, from two short timings, and bytes.

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
from mftheory.simulate.accumulate import block_length
from mftheory.simulate.clock import clock
from mftheory.simulate.nonlinearities import activation

BYTES = 4
"""Of a coupling or a state: the simulator works in float32."""

PROBE = 512  # neurons of the timings: a product runs near its full speed, and takes under a millisecond
_TRAJECTORIES = 64
_PATIENCE = 0.05  # seconds of each timing, after one call to warm up
_UPDATE_PASSES = 5.0  # the update of a state, as so many tanh: 0.8 to 1.2 ns against 0.17 ns, from n = 250 to 1000
_CALL = 1e-5  # seconds a step costs in Python, whatever its size
_FILL = 4.0  # a product with B columns runs at B/(B + 4) of the full speed: 100, 113, 120 GFLOP/s at 16, 32, 64
_LONGER = 1.1  # burn-in is doubled in one run of ten, where a drift seems to be seen


@dataclass(frozen=True)
class Machine:
    """What this machine does in a second, in one thread.

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
    """Timed once a process, in about 0.1 seconds; the best of many repetitions, so that other programs matter less."""
    from joblib import cpu_count
    from threadpoolctl import threadpool_limits

    stream = np.random.default_rng(0)
    left = stream.standard_normal((PROBE, PROBE), dtype=np.float32)
    right = stream.standard_normal((PROBE, _TRAJECTORIES), dtype=np.float32)
    out = np.empty_like(right)
    with threadpool_limits(1):
        product = shortest(lambda: left @ right)
    element = shortest(lambda: np.tanh(right, out=out))
    return Machine(2.0 * PROBE**2 * _TRAJECTORIES / product, element / right.size, int(cpu_count()))


def shortest(action: Callable[[], Any], patience: float = _PATIENCE) -> float:
    """Seconds that one call takes, the shortest of those that fit into `patience`; the first call does not count."""
    action()
    found, end = math.inf, time.perf_counter() + patience
    while time.perf_counter() < end:
        start = time.perf_counter()
        action()
        found = min(found, time.perf_counter() - start)
    return found


@dataclass(frozen=True)
class Workload:
    """What one network of an ensemble asks of a machine, at any size, if one observable is estimated without lags.

    Parameters
    ----------
    rank : float, optional
        Columns of the two factors as a fraction of n, if J is factored; None if it is a matrix.
    draw, activation : float
        Seconds that J of `PROBE` neurons takes to be drawn, and φ of one state.
    dt, sampling_interval, burn_in : float
        Step, time between samples, time discarded at least.
    machine : Machine
        Where it runs.
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
        """Of one network in one thread: draw, burn in, measure."""
        states = n * trajectories
        narrow = (1.0 + _FILL / trajectories) / (1.0 + _FILL / _TRAJECTORIES)
        product = narrow * 2.0 * n * states * (1.0 if self.rank is None else 2.0 * self.rank) / self.machine.flops
        step = product + states * (self.activation + _UPDATE_PASSES * self.machine.element) + _CALL
        # Each block of samples is multiplied by itself, but for the half that is symmetric.
        block = self.block(n, trajectories, duration)
        sample = states * (trajectories * block / self.machine.flops + self.activation)
        length = _LONGER * self.burn_in + duration
        return self.draw * (n / PROBE) ** 2 + length * (step / self.dt + sample / self.sampling_interval)

    def block(self, n: int, trajectories: int, duration: float) -> int:
        """Samples of a trajectory that are paired with each other."""
        times = max(2, round(duration / self.sampling_interval))
        longest = max(8, int(self.max_memory / (6 * BYTES * n * trajectories)))
        return block_length(n, trajectories, 0, times, longest)

    def couplings(self, n: int) -> int:
        """Bytes of J: 4 n² as a matrix, 8 nm as two factors of m columns."""
        return round(BYTES * n * n * (1.0 if self.rank is None else 2.0 * self.rank))

    def memory(self, n: int, trajectories: int, duration: float) -> int:
        """Bytes of one run at its largest: J as it is drawn, in float64, beside its copy; or J, states, and a block."""
        states = BYTES * n * trajectories
        block = 6 * states * self.block(n, trajectories, duration)
        return max(3 * self.couplings(n), self.couplings(n) + 6 * states + block)

    @property
    def kind(self) -> str:
        """How J is kept."""
        return "dense" if self.rank is None else f"factored, {self.rank:.3g} n columns"


def workload(network: Network, max_memory: float = 4e9, machine: Machine | None = None) -> Workload:
    """Of a network: how its J is kept and what φ costs, tried on a small one; times as the simulator chooses them."""
    start = time.perf_counter()
    drawn = network.draw(PROBE, 0)
    draw = time.perf_counter() - start
    phi = activation(drawn.groups[0].nonlinearity, np.float32)
    states = np.random.default_rng(0).standard_normal((PROBE, _TRAJECTORIES), dtype=np.float32)
    out = np.empty_like(states)
    couplings = drawn.couplings
    times = clock(network, None, None, None, None, None, None)
    return Workload(
        rank=couplings.right.shape[1] / PROBE if isinstance(couplings, Factored) else None,
        draw=draw,
        activation=shortest(lambda: phi(states, out)) / states.size,
        dt=times.dt,
        sampling_interval=times.interval,
        burn_in=times.shortest * times.interval,
        machine=machine or this_machine(),
        max_memory=max_memory,
    )
