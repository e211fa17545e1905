"""Solve for neurons with self-feedback: a closure solved exactly, given corrections that are sampled, in rounds."""

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mftheory.errors import CondensedModes, NotConverged, Quiescent
from mftheory.network import Erf, Network
from mftheory.numerics.anderson import fixed_point
from mftheory.results.jackknife import jackknife_error
from mftheory.results.status import CONVERGED, ResultState, Status
from mftheory.theory.self_feedback.corrections import Corrections
from mftheory.theory.self_feedback.periodic_axis import PeriodicAxis, onto
from mftheory.theory.self_feedback.received_field import ReceivedField
from mftheory.theory.self_feedback.reference import GaussianReference
from mftheory.theory.self_feedback.sampled_corrections import Sums, added, fitted
from mftheory.theory.self_feedback.sampled_two_point import SelfFeedbackTwoPoint
from mftheory.theory.self_feedback.self_consistency import SelfConsistency, SelfConsistentState
from mftheory.theory.self_feedback.trajectories import gaussian_input, trajectories
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.stationary.quiescent import NOT_LOOKED_FOR
from mftheory.theory.stationary.two_point import two_point

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

CHUNK = 16  # trajectories of each kind of neuron that are sampled at once: they fit the processor's cache
JACKKNIFE_GROUPS = 20  # groups of chunks, each left out once
FAILED_ROUNDS = 3  # rounds that may have no solution, since corrections are noisy
SMALLEST_STEP = 0.1  # smallest part of the way to new corrections
BURN_IN_CHUNKS = (2, 4, 4, 10)  # chunks of the rounds that bring the state close to the solution
REPLICA_TOLERANCE = 1e-6  # of √C and S of replicas, well below their spread
LARGEST_ROUND_RATIO = 4.0  # number of all chunks, from one round to the next
BASIS_RATE = 1.0  # rate of the basis functions, in units of the neurons' rate
FIRST_AXIS = PeriodicAxis(102.4, 1024)
LONGEST_PERIOD, FINEST_STEP = 6_000.0, 0.01  # time constants
RELATIVE_TAIL_TOLERANCE = 1e-5  # C^φ at half a period, and its power at the highest frequency, over C^φ(0)
WEAKEST_START = 1.3  # smallest g φ'(0) of the state that the solution starts from
QUIESCENT_VARIANCE = 1e-8  # C^x(0) of a state that has fallen to zero, in units of φ's own


@dataclass(frozen=True, eq=False)
class SampledSolution:
    """A solution and its jackknife replicas.

    Attributes
    ----------
    two_point : SelfFeedbackTwoPoint
    replicas : list of SelfFeedbackTwoPoint
        Each without one group of trajectories.
    corrections : Corrections
    total : list of Sums
        The sums that the corrections are fitted to, of each kind of neuron.
    sampled_at : SelfConsistentState
        The state at which the last of them were sampled.
    count : int
        Number of trajectories of each kind of neuron.
    status : Status
    """

    two_point: SelfFeedbackTwoPoint
    replicas: list[SelfFeedbackTwoPoint]
    corrections: Corrections
    total: list[Sums]
    sampled_at: SelfConsistentState
    count: int
    status: Status = CONVERGED


class Solver:
    """The solver for self-feedback: sample, fit the corrections, solve, until the dimension is known to the target.

    Parameters
    ----------
    network : Network
    settings : Settings
    sampling : Sampling
    """

    def __init__(self, network: Network, settings: Settings, sampling: Sampling) -> None:
        self.network = network
        self.sampling = sampling
        self.field = ReceivedField.of(network)
        self.reference = GaussianReference.of(network.nonlinearity, settings)
        self.settings = settings
        kinds = len(self.field.neurons.gains)
        self.no_corrections = Corrections.none(kinds, sampling.causal_functions, sampling.even_functions, BASIS_RATE)

    def closure(self, grid: PeriodicAxis) -> SelfConsistency:
        """Return the equations on a grid."""
        transfer = np.asarray(1.0 / (1.0 + 1j * grid.omega), dtype=np.complex128)
        return SelfConsistency(grid, transfer, self._white(grid), self.field, self.reference)

    def _white(self, grid: PeriodicAxis) -> Array:
        # ⟨x x⟩ of white noise through 1/(1+iω) is σ²/2 e^{-|τ|}: this is its spectrum when sampled in steps.
        h = grid.step
        return self.network.noise**2 * 0.5 * h * np.sinh(h) / (np.cosh(h) - np.cos(grid.omega * h))

    # ----- the Gaussian start

    def start(self) -> tuple[SelfConsistency, SelfConsistentState]:
        """Return the state with x taken as Gaussian, on a grid that resolves it.

        Raises
        ------
        Quiescent
            If x = 0 is stable.
        NotConverged
            If there is no stationary fluctuating state, or none was found.
        """
        self.refuse_quiescent(self.closure(self._given_grid(FIRST_AXIS)))
        failure: NotConverged | None = None
        # Close to onset all is slow, and a period that cuts it off has no solution.
        for times in (1, 4, 16) if self.sampling.period is None else (1,):
            grid = self._given_grid(PeriodicAxis(times * FIRST_AXIS.period, times * FIRST_AXIS.size))
            closure = self.closure(grid)
            try:
                return self.resolved(closure, self._gaussian(closure), self.no_corrections)
            except NotConverged as error:
                failure = error
        assert failure is not None
        raise failure

    def refuse_quiescent(self, closure: SelfConsistency) -> None:
        """Raise Quiescent if, without noise, small fluctuations die out: the loop gain of S around x = 0 is below 1."""
        if self.network.noise > 0:
            return
        slope, transfer = self.network.nonlinearity.slope_at_zero, closure.transfer
        kinds = len(self.field.neurons.gains)
        power = np.ones((kinds, transfer.size))

        def image(packed: Array) -> Array:
            S = packed.view(np.complex128).reshape(kinds, -1)
            loop_gain = slope * transfer * self.field(power, S)[1]
            return (slope * transfer / (1.0 - loop_gain)).ravel().view(np.float64)

        packed = np.tile(slope * transfer, kinds).view(np.float64)
        try:
            if slope > 0:
                with np.errstate(all="ignore"):  # of an iteration that does not converge
                    packed = fixed_point(image, packed, 1e-8, "no linear response")
        except NotConverged:
            return  # no stationary response: x = 0 is not stable
        S = packed.view(np.complex128).reshape(kinds, -1)
        try:
            self.field.refuse_condensed(closure.grid.omega, S)
        except CondensedModes:
            return  # activity grows on single modes
        loop_gain = float(np.max(self.field.loop_gain(power, S, self.field(power, S)[0])))
        if loop_gain < 1.0:
            raise Quiescent(
                f"{self.network.connectivity!r}: x = 0 is stable; a fluctuating state that grows out of it needs "
                f"stronger couplings (the loop gain of small fluctuations is {loop_gain:.4g}, it must exceed 1) or "
                f"noise; {NOT_LOOKED_FOR}"
            )

    def _gaussian(self, closure: SelfConsistency) -> SelfConsistentState:
        slope = self.network.nonlinearity.slope_at_zero
        if slope > 0:
            g = max(self.network.g_eff * slope, WEAKEST_START) / slope
            first = two_point(g, self.network.nonlinearity, self.settings)
        else:
            first = two_point(max(self.network.g_eff, WEAKEST_START), Erf(), self.settings)
        kinds = len(self.field.neurons.gains)
        C = np.tile(first.spectrum("phi", closure.grid.omega), (kinds, 1))
        S = np.tile(first.response("phi", closure.grid.omega), (kinds, 1))
        failure: NotConverged | None = None
        for steps in (1, 4, 16):
            state = None
            try:
                for factor in np.arange(1, steps + 1) / steps:
                    at = replace(closure, field=self.field.weaker(float(factor)))
                    state = at.solve(*((C, S) if state is None else (state.C, state.S)), self.no_corrections)
                assert state is not None
                return self._alive(closure.state(state.C, state.S))
            except NotConverged as error:
                failure = error
        assert failure is not None
        raise failure

    def _alive(self, state: SelfConsistentState) -> SelfConsistentState:
        if float(self.field.neurons.mean(state.variance)) < QUIESCENT_VARIANCE:
            raise NotConverged(
                f"{self.network.connectivity!r}: the iteration fell to the quiescent state, which is unstable"
            )
        return state

    # ----- grids

    def resolved(
        self, closure: SelfConsistency, state: SelfConsistentState, corrections: Corrections
    ) -> tuple[SelfConsistency, SelfConsistentState]:
        """Return the solution on a grid as long and as fine as it needs, starting from one on another grid.

        Raises
        ------
        NotConverged
            If the covariance does not decay.
        """
        while True:
            grid = closure.grid
            refined = self._refined_axis(grid, state)
            if refined is None:
                return closure, state
            closure, old = self.closure(refined), grid
            state = self._alive(closure.solve(onto(state.C, old, refined), onto(state.S, old, refined), corrections))

    def _refined_axis(self, grid: PeriodicAxis, state: SelfConsistentState) -> PeriodicAxis | None:
        C = self.field.neurons.mean(state.C)
        covariance = grid.to_time(C)
        tail = np.max(np.abs(covariance[int(0.45 * grid.size) : grid.size // 2 + 1])) / covariance[0]
        if tail > RELATIVE_TAIL_TOLERANCE and self.sampling.period is None:
            if 2.0 * grid.period > LONGEST_PERIOD:
                why = f"C^φ(τ) is still {tail:.2g} of C^φ(0) at τ = {0.45 * grid.period:.3g}"
                self.field.refuse_nearly_condensed(state.S, why)
                raise NotConverged(f"{self.network.connectivity!r}: no stationary fluctuating state: {why}")
            return grid.longer()
        last_power = float(C[-1]) * grid.omega[-1] / np.pi / covariance[0]
        tolerance = RELATIVE_TAIL_TOLERANCE if self.network.noise == 0 else math.inf
        needed = last_power > tolerance or (self.network.noise > 0 and grid.step > 0.06)
        if needed and self.sampling.step is None and grid.step > FINEST_STEP:
            return grid.finer()
        return None

    def _given_grid(self, grid: PeriodicAxis) -> PeriodicAxis:
        period = grid.period if self.sampling.period is None else self.sampling.period
        step = grid.step if self.sampling.step is None else self.sampling.step
        return PeriodicAxis(period, 2 * max(8, round(0.5 * period / step)))

    # ----- sampling

    def sample(
        self,
        closure: SelfConsistency,
        state: SelfConsistentState,
        chunks: int,
        key: tuple[int, ...],
        done: Callable[[int], None] = lambda count: None,
    ) -> list[list[Sums]]:
        """Return the sums of each chunk, of each kind of neuron; chunk i of a round has its own random numbers."""

        def one(index: int) -> list[Sums]:
            rng = np.random.default_rng(np.random.SeedSequence(self.sampling.seed, spawn_key=(*key, index)))
            by_kind = []
            for kind in range(len(state.S)):
                y = gaussian_input(closure.grid, state.Y, CHUNK, rng)
                by_kind.append(self.sums(closure, state, kind, y))
            done(CHUNK)
            return by_kind

        return self._in_threads(one, range(chunks))

    def sums(self, closure: SelfConsistency, state: SelfConsistentState, kind: int, y: Complex) -> Sums:
        """Return the sums over trajectories of one kind of neuron with given inputs."""
        phi = self.network.nonlinearity
        self_coupling = closure.transfer * state.K[kind]
        sample = trajectories(closure.grid, phi, y, self_coupling, state.amplification[kind], float(state.gain[kind]))
        return Sums.of(closure, state, kind, phi, sample)

    def fit(self, closure: SelfConsistency, sums: Sequence[Sums], fewer: int = 0) -> Corrections:
        """Return corrections from the sums of each kind of neuron."""
        s = self.sampling
        return fitted(closure, sums, s.causal_functions - fewer, s.even_functions - fewer, BASIS_RATE)

    def two_point(
        self, closure: SelfConsistency, state: SelfConsistentState, corrections: Corrections
    ) -> SelfFeedbackTwoPoint:
        """Return the solution at a state."""
        return SelfFeedbackTwoPoint(self.network.g_eff, closure, state, state.gain + corrections.slope)

    # ----- rounds

    def solve(self, dimension: Callable[[SelfFeedbackTwoPoint], float]) -> SampledSolution:
        """Sample until the dimension, as a function of the two-point functions, is known to the target."""
        # Linear algebra in one thread: its own threads wait for one another and for ours.
        with threadpool_limits(1):
            return self._solve(dimension)

    def _solve(self, dimension: Callable[[SelfFeedbackTwoPoint], float]) -> SampledSolution:
        closure, state = self.start()
        with _SamplingBar(self.sampling.progress) as bar:
            corrections = self.no_corrections
            for number, chunks in enumerate(BURN_IN_CHUNKS):
                sums = self.sample(closure, state, chunks, (0, number), bar.advance)
                new = self.fit(closure, added(sums))
                corrections, state = self._part_way(closure, state, corrections, new)
                self.field.refuse_condensed(closure.grid.omega, state.S)
            closure, state = self.resolved(closure, state, corrections)
            groups: list[list[Sums]] = []
            total, number = 0, 0
            chunks = JACKKNIFE_GROUPS
            while True:
                groups = _merged(groups, self.sample(closure, state, chunks, (1, number), bar.advance))
                total, number = total + chunks, number + 1
                corrections = self.fit(closure, added(groups))
                try:
                    new_state = self._alive(closure.solve(state.C, state.S, corrections))
                    solved = self._solved(closure, state, new_state, corrections, groups, total * CHUNK)
                except NotConverged:
                    # Noise may have moved the equations to where they have no solution.
                    if number > FAILED_ROUNDS:
                        raise
                    continue
                state = new_state
                self.field.refuse_condensed(closure.grid.omega, state.S)
                values = np.array(self._in_threads(dimension, solved.replicas))
                error = float(jackknife_error(values)) / float(values.mean())
                bar.aim(total * CHUNK, error, self.sampling.target)
                if error <= self.sampling.target:
                    return solved
                if total * CHUNK >= self.sampling.max_trajectories:
                    message = f"{error:.2g}, target missed: raise max_trajectories"
                    return replace(solved, status=Status.of(ResultState.TARGET_MISSED, message))
                # A little more than the error asks for, as it is uncertain itself.
                needed = total * 1.1 * (error / self.sampling.target) ** 2
                largest = min(LARGEST_ROUND_RATIO * total, self.sampling.max_trajectories / CHUNK)
                chunks = max(JACKKNIFE_GROUPS, math.ceil(min(needed, largest)) - total)

    def _part_way(
        self, closure: SelfConsistency, state: SelfConsistentState, old: Corrections, new: Corrections
    ) -> tuple[Corrections, SelfConsistentState]:
        """Go from the old corrections to the new ones as far as there is a solution: they were sampled elsewhere."""
        part = 1.0
        while True:
            corrections = old.towards(new, part)
            try:
                return corrections, self._alive(closure.solve(state.C, state.S, corrections))
            except NotConverged:
                if part < SMALLEST_STEP:
                    raise
                part *= 0.5

    def _solved(
        self,
        closure: SelfConsistency,
        at: SelfConsistentState,
        state: SelfConsistentState,
        corrections: Corrections,
        groups: list[list[Sums]],
        count: int,
    ) -> SampledSolution:
        total = added(groups)

        def without(group: list[Sums]) -> SelfFeedbackTwoPoint:
            remaining = self.fit(closure, [t.plus(g, -1.0) for t, g in zip(total, group, strict=True)])
            return self.two_point(closure, closure.solve(state.C, state.S, remaining, REPLICA_TOLERANCE), remaining)

        replicas = self._in_threads(without, groups)
        return SampledSolution(self.two_point(closure, state, corrections), replicas, corrections, total, at, count)

    def _in_threads(self, function: Callable[[Any], Any], arguments: Iterable[Any]) -> list[Any]:
        from joblib import cpu_count

        jobs = self.sampling.jobs
        with ThreadPoolExecutor(int(cpu_count()) if jobs == -1 else jobs) as pool:
            return list(pool.map(function, arguments))


def _merged(groups: list[list[Sums]], chunks: list[list[Sums]]) -> list[list[Sums]]:
    """Return the groups with chunks dealt out to them."""
    groups = list(groups)
    for index, chunk in enumerate(chunks):
        if len(groups) < JACKKNIFE_GROUPS:
            groups.append(chunk)
        else:
            g = index % JACKKNIFE_GROUPS
            groups[g] = [a.plus(b) for a, b in zip(groups[g], chunk, strict=True)]
    return groups


class _SamplingBar:
    """A progress bar of trajectories, whose end is where the target will be reached."""

    def __init__(self, shown: bool) -> None:
        self.shown = shown

    def __enter__(self) -> "_SamplingBar":
        from tqdm import tqdm

        self._bar = tqdm(desc="sample", unit="trajectory", disable=None if self.shown else True)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def advance(self, count: int) -> None:
        self._bar.update(count)

    def aim(self, count: int, error: float, target: float) -> None:
        self._bar.total = round(count * max(1.0, (error / target) ** 2))
        self._bar.set_postfix_str(f"relative error {error:.2g}, target {target:.2g}")
