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
from mftheory.results.jackknife import jackknife_error
from mftheory.solve.fixed_point import fixed_point
from mftheory.solve.quiescent import NOT_LOOKED_FOR
from mftheory.solve.self_feedback.closure import Closure, State
from mftheory.solve.self_feedback.corrections import Corrections
from mftheory.solve.self_feedback.estimate import Sums, added, fitted
from mftheory.solve.self_feedback.field import Field
from mftheory.solve.self_feedback.grid import Grid, onto
from mftheory.solve.self_feedback.reference import GaussianReference
from mftheory.solve.self_feedback.sampling import Sampling
from mftheory.solve.self_feedback.solution import SelfFeedbackTwoPoint
from mftheory.solve.self_feedback.trajectories import gaussian_input, trajectories
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import two_point

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

CHUNK = 16  # trajectories of each kind of neuron that are sampled at once: they fit the processor's cache
GROUPS = 20  # of chunks, for the jackknife
MOST_FAILURES = 3  # rounds
SMALLEST_PART = 0.1  # of the way to new corrections
BURN_IN = (2, 4, 4, 10)  # chunks of the rounds that only bring the state close to the solution
REPLICA_TOLERANCE = 1e-6  # well below their spread
MOST_GROWTH = 4.0  # of all chunks, from one round to the next
RATE = 1.0  # of the functions that corrections are made of, in units of the neurons' rate
FIRST_GRID = Grid(102.4, 1024)
LONGEST, FINEST = 6_000.0, 0.01
LEFT = 1e-5  # of C^φ(0) at half a period, and in the spectrum at the highest frequency
WEAKEST_START = 1.3  # at least this g φ'(0) for the state that the solution starts from
DEAD = 1e-8  # C^x(0) of a state that has fallen to zero, in units of φ's own


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution and its jackknife replicas.

    Attributes
    ----------
    two_point : SelfFeedbackTwoPoint
    replicas : list of SelfFeedbackTwoPoint
        Each without one group of trajectories.
    corrections : Corrections
    total : list of Sums
        What the corrections are from, of each kind of neuron.
    sampled_at : State
        Where the last of them were sampled.
    count : int
        Trajectories of each kind of neuron.
    status : str
    """

    two_point: SelfFeedbackTwoPoint
    replicas: list[SelfFeedbackTwoPoint]
    corrections: Corrections
    total: list[Sums]
    sampled_at: State
    count: int
    status: str = "converged"


class Solver:
    """The solution of one network, step by step.

    Parameters
    ----------
    network : Network
    settings : Settings
    sampling : Sampling
    """

    def __init__(self, network: Network, settings: Settings, sampling: Sampling) -> None:
        self.network = network
        self.sampling = sampling
        self.field = Field.of(network)
        self.reference = GaussianReference.of(network.nonlinearity, settings)
        self.settings = settings
        kinds = len(self.field.neurons.gains)
        self.none = Corrections.none(kinds, sampling.causal_functions, sampling.even_functions, RATE)

    def closure(self, grid: Grid) -> Closure:
        """The equations on a grid."""
        transfer = np.asarray(1.0 / (1.0 + 1j * grid.omega), dtype=np.complex128)
        return Closure(grid, transfer, self._white(grid), self.field, self.reference)

    def _white(self, grid: Grid) -> Array:
        # ⟨x x⟩ of white noise through 1/(1+iω) is σ²/2 e^{-|τ|}: this is its spectrum when sampled in steps.
        h = grid.step
        return self.network.noise**2 * 0.5 * h * np.sinh(h) / (np.cosh(h) - np.cos(grid.omega * h))

    # ----- the Gaussian start

    def start(self) -> tuple[Closure, State]:
        """The state with x taken as Gaussian, on a grid that resolves it.

        Raises
        ------
        Quiescent
            If x = 0 is stable.
        NotConverged
            If there is no stationary fluctuating state, or none was found.
        """
        self.refuse_quiescent(self.closure(self._given_grid(FIRST_GRID)))
        failure: NotConverged | None = None
        # Close to onset all is slow, and a period that cuts it off has no solution.
        for times in (1, 4, 16) if self.sampling.period is None else (1,):
            grid = self._given_grid(Grid(times * FIRST_GRID.period, times * FIRST_GRID.size))
            closure = self.closure(grid)
            try:
                return self.resolved(closure, self._gaussian(closure), self.none)
            except NotConverged as found:
                failure = found
        assert failure is not None
        raise failure

    def refuse_quiescent(self, closure: Closure) -> None:
        """Raise Quiescent if, without noise, small fluctuations die out: the loop gain of S around x = 0 is below 1."""
        if self.network.noise > 0:
            return
        slope, transfer = self.network.nonlinearity.slope_at_zero, closure.transfer
        kinds = len(self.field.neurons.gains)
        power = np.ones((kinds, transfer.size))

        def image(packed: Array) -> Array:
            S = packed.view(np.complex128).reshape(kinds, -1)
            loop = slope * transfer * self.field(power, S)[1]
            return (slope * transfer / (1.0 - loop)).ravel().view(np.float64)

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
        loop = float(np.max(self.field.loop(power, S, self.field(power, S)[0])))
        if loop < 1.0:
            raise Quiescent(
                f"{self.network.connectivity!r}: x = 0 is stable; a fluctuating state that grows out of it needs "
                f"stronger couplings (the loop gain of small fluctuations is {loop:.4g}, it must exceed 1) or noise; "
                f"{NOT_LOOKED_FOR}"
            )

    def _gaussian(self, closure: Closure) -> State:
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
                    state = at.solve(*((C, S) if state is None else (state.C, state.S)), self.none)
                assert state is not None
                return self._alive(closure.state(state.C, state.S))
            except NotConverged as found:
                failure = found
        assert failure is not None
        raise failure

    def _alive(self, state: State) -> State:
        if float(self.field.neurons.mean(state.variance)) < DEAD:
            raise NotConverged(
                f"{self.network.connectivity!r}: the iteration fell to the quiescent state, which is unstable"
            )
        return state

    # ----- grids

    def resolved(self, closure: Closure, state: State, corrections: Corrections) -> tuple[Closure, State]:
        """The solution on a grid as long and as fine as it needs, starting from one on another grid.

        Raises
        ------
        NotConverged
            If the covariance does not decay.
        """
        while True:
            grid = closure.grid
            better = self._better(grid, state)
            if better is None:
                return closure, state
            closure, old = self.closure(better), grid
            state = self._alive(closure.solve(onto(state.C, old, better), onto(state.S, old, better), corrections))

    def _better(self, grid: Grid, state: State) -> Grid | None:
        C = self.field.neurons.mean(state.C)
        covariance = grid.to_time(C)
        late = np.max(np.abs(covariance[int(0.45 * grid.size) : grid.size // 2 + 1])) / covariance[0]
        if late > LEFT and self.sampling.period is None:
            if 2.0 * grid.period > LONGEST:
                why = f"C^φ(τ) is still {late:.2g} of C^φ(0) at τ = {0.45 * grid.period:.3g}"
                self.field.refuse_nearly_condensed(state.S, why)
                raise NotConverged(f"{self.network.connectivity!r}: no stationary fluctuating state: {why}")
            return grid.longer()
        high = float(C[-1]) * grid.omega[-1] / np.pi / covariance[0]
        allowed = LEFT if self.network.noise == 0 else math.inf
        wanted = high > allowed or (self.network.noise > 0 and grid.step > 0.06)
        if wanted and self.sampling.step is None and grid.step > FINEST:
            return grid.finer()
        return None

    def _given_grid(self, grid: Grid) -> Grid:
        period = grid.period if self.sampling.period is None else self.sampling.period
        step = grid.step if self.sampling.step is None else self.sampling.step
        return Grid(period, 2 * max(8, round(0.5 * period / step)))

    # ----- sampling

    def sample(
        self,
        closure: Closure,
        state: State,
        chunks: int,
        key: tuple[int, ...],
        done: Callable[[int], None] = lambda count: None,
    ) -> list[list[Sums]]:
        """Sums of each chunk, of each kind of neuron; chunk i of a round has its own random numbers."""

        def one(index: int) -> list[Sums]:
            rng = np.random.default_rng(np.random.SeedSequence(self.sampling.seed, spawn_key=(*key, index)))
            found = []
            for kind in range(len(state.S)):
                y = gaussian_input(closure.grid, state.Y, CHUNK, rng)
                found.append(self.sums(closure, state, kind, y))
            done(CHUNK)
            return found

        return self._in_threads(one, range(chunks))

    def sums(self, closure: Closure, state: State, kind: int, y: Complex) -> Sums:
        """Of trajectories of one kind of neuron with given inputs."""
        phi = self.network.nonlinearity
        heard = closure.transfer * state.K[kind]
        sample = trajectories(closure.grid, phi, y, heard, state.amplification[kind], float(state.gain[kind]))
        return Sums.of(closure, state, kind, phi, sample)

    def fit(self, closure: Closure, sums: Sequence[Sums], fewer: int = 0) -> Corrections:
        """Corrections from sums of each kind of neuron."""
        s = self.sampling
        return fitted(closure, sums, s.causal_functions - fewer, s.even_functions - fewer, RATE)

    def two_point(self, closure: Closure, state: State, corrections: Corrections) -> SelfFeedbackTwoPoint:
        """The solution at a state."""
        return SelfFeedbackTwoPoint(self.network.g_eff, closure, state, state.gain + corrections.slope)

    # ----- rounds

    def solve(self, dimension: Callable[[SelfFeedbackTwoPoint], float]) -> Solved:
        """Sample until the dimension, as a function of the two-point functions, is known to the target."""
        # Linear algebra in one thread: its own threads wait for one another and for ours.
        with threadpool_limits(1):
            return self._solve(dimension)

    def _solve(self, dimension: Callable[[SelfFeedbackTwoPoint], float]) -> Solved:
        closure, state = self.start()
        with _Progress(self.sampling.progress) as bar:
            corrections = self.none
            for number, chunks in enumerate(BURN_IN):
                sums = self.sample(closure, state, chunks, (0, number), bar.advance)
                new = self.fit(closure, added(sums))
                corrections, state = self._part_way(closure, state, corrections, new)
                self.field.refuse_condensed(closure.grid.omega, state.S)
            closure, state = self.resolved(closure, state, corrections)
            groups: list[list[Sums]] = []
            total, number = 0, 0
            chunks = GROUPS
            while True:
                groups = _merged(groups, self.sample(closure, state, chunks, (1, number), bar.advance))
                total, number = total + chunks, number + 1
                corrections = self.fit(closure, added(groups))
                try:
                    new_state = self._alive(closure.solve(state.C, state.S, corrections))
                    solved = self._solved(closure, state, new_state, corrections, groups, total * CHUNK)
                except NotConverged:
                    # Noise may have moved the equations to where they have no solution.
                    if number > MOST_FAILURES:
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
                    return replace(solved, status=f"relative error {error:.2g}, target missed: raise max_trajectories")
                # A little more than the error asks for, as it is uncertain itself.
                wanted = total * 1.1 * (error / self.sampling.target) ** 2
                most = min(MOST_GROWTH * total, self.sampling.max_trajectories / CHUNK)
                chunks = max(GROUPS, math.ceil(min(wanted, most)) - total)

    def _part_way(
        self, closure: Closure, state: State, old: Corrections, new: Corrections
    ) -> tuple[Corrections, State]:
        """As far from the old corrections to the new ones as there is a solution: these were sampled elsewhere."""
        part = 1.0
        while True:
            corrections = old.towards(new, part)
            try:
                return corrections, self._alive(closure.solve(state.C, state.S, corrections))
            except NotConverged:
                if part < SMALLEST_PART:
                    raise
                part *= 0.5

    def _solved(
        self, closure: Closure, at: State, state: State, corrections: Corrections, groups: list[list[Sums]], count: int
    ) -> Solved:
        total = added(groups)

        def without(group: list[Sums]) -> SelfFeedbackTwoPoint:
            left = self.fit(closure, [t.plus(g, -1.0) for t, g in zip(total, group, strict=True)])
            return self.two_point(closure, closure.solve(state.C, state.S, left, REPLICA_TOLERANCE), left)

        replicas = self._in_threads(without, groups)
        return Solved(self.two_point(closure, state, corrections), replicas, corrections, total, at, count)

    def _in_threads(self, function: Callable[[Any], Any], arguments: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(_threads(self.sampling.jobs)) as pool:
            return list(pool.map(function, arguments))


def _merged(groups: list[list[Sums]], chunks: list[list[Sums]]) -> list[list[Sums]]:
    """Chunks dealt out to the groups."""
    groups = list(groups)
    for index, chunk in enumerate(chunks):
        if len(groups) < GROUPS:
            groups.append(chunk)
        else:
            g = index % GROUPS
            groups[g] = [a.plus(b) for a, b in zip(groups[g], chunk, strict=True)]
    return groups


def _threads(jobs: int) -> int:
    from joblib import cpu_count

    return int(cpu_count()) if jobs == -1 else jobs


class _Progress:
    """A bar of trajectories, whose end is where the target will be reached."""

    def __init__(self, shown: bool) -> None:
        self.shown = shown

    def __enter__(self) -> "_Progress":
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
