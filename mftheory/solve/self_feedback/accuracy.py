"""Where the error of a sampled solution comes from, each part measured."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mftheory.results.jackknife import jackknife_error
from mftheory.solve.self_feedback.closure import Closure, State
from mftheory.solve.self_feedback.corrections import Corrections
from mftheory.solve.self_feedback.estimate import added
from mftheory.solve.self_feedback.grid import onto
from mftheory.solve.self_feedback.solution import SelfFeedbackTwoPoint
from mftheory.solve.self_feedback.solver import CHUNK, Solved, Solver
from mftheory.solve.self_feedback.trajectories import gaussian_input

Complex = NDArray[np.complex128]

FEWER = 4  # functions in the fits, to see what the last ones do
CHUNKS = 2  # of trajectories for differences under common random numbers


@dataclass(frozen=True, eq=False)
class Variants:
    """A solution once more, with one thing changed that should not matter, by the thing's name.

    "iteration": the corrections were sampled at a state a little off the final one; here they are moved to the final
    one, by what changes between the two with the same random numbers. "step", "period": half the step, and twice the
    period. "smoothing": fewer functions for the corrections (an upper bound of what more would do, sampling noise
    included).
    """

    solved: Solved
    changed: dict[str, SelfFeedbackTwoPoint]

    @classmethod
    def of(cls, solver: Solver, solved: Solved) -> "Variants":
        """Four solutions, each found from the first."""
        closure, state = solved.two_point.closure, solved.two_point.state
        finer, longer = solver.closure(closure.grid.finer()), solver.closure(closure.grid.longer())

        def again(other: Closure, corrections: Corrections) -> SelfFeedbackTwoPoint:
            C, S = onto(state.C, closure.grid, other.grid), onto(state.S, closure.grid, other.grid)
            return solver.two_point(other, other.solve(C, S, corrections), corrections)

        changed = {
            "iteration": again(closure, _moved(solved.corrections, *_at_both_states(solver, solved))),
            "step": again(finer, _moved(solved.corrections, *_at_both_steps(solver, solved, finer))),
            "period": again(longer, solved.corrections),
            "smoothing": again(closure, solver.fit(closure, solved.total, FEWER)),
        }
        return cls(solved, changed)

    def errors(self, value: Callable[[SelfFeedbackTwoPoint], float]) -> dict[str, float]:
        """How much a function of the two-point functions changes with each; and its standard error of "samples"."""
        at = value(self.solved.two_point)
        samples = float(jackknife_error(np.array([value(replica) for replica in self.solved.replicas])))
        return {"samples": samples, **{name: abs(value(other) - at) for name, other in self.changed.items()}}


def _moved(corrections: Corrections, before: Corrections, after: Corrections) -> Corrections:
    return replace(
        corrections,
        response=corrections.response + after.response - before.response,
        power=corrections.power + after.power - before.power,
        slope=corrections.slope + after.slope - before.slope,
    )


def _at_both_states(solver: Solver, solved: Solved) -> tuple[Corrections, Corrections]:
    """Corrections sampled at the last state but one and at the last, with the same random numbers."""
    closure, key = solved.two_point.closure, (2,)
    before, after = (
        solver.fit(closure, added(solver.sample(closure, state, CHUNKS, key)))
        for state in (solved.sampled_at, solved.two_point.state)
    )
    return before, after


def _at_both_steps(solver: Solver, solved: Solved, finer: Closure) -> tuple[Corrections, Corrections]:
    """Corrections from the same inputs, with the step as it is and half of it."""
    closure, state = solved.two_point.closure, solved.two_point.state
    C, S = onto(state.C, closure.grid, finer.grid), onto(state.S, closure.grid, finer.grid)
    fine_state = finer.solve(C, S, solved.corrections)
    before, after = [], []
    rng = np.random.default_rng(np.random.SeedSequence(solver.sampling.seed, spawn_key=(3,)))
    shared = closure.grid.omega.size - 1
    for kind in range(len(state.S)):
        y = gaussian_input(finer.grid, fine_state.Y, CHUNKS * CHUNK, rng)
        # The same input, less the frequencies that the coarser grid does not have.
        coarse = np.zeros((len(y), shared + 1), dtype=np.complex128)
        coarse[:, :shared] = y[:, :shared] * np.sqrt(_ratio(state, fine_state, shared))
        before.append(solver.sums(closure, state, kind, coarse))
        after.append(solver.sums(finer, fine_state, kind, y).first(shared + 1))
    return solver.fit(closure, before), solver.fit(closure, after)


def _ratio(state: State, fine: State, count: int) -> NDArray[np.float64]:
    return np.asarray(state.Y[:count] / np.where(fine.Y[:count] > 0, fine.Y[:count], 1.0))


@dataclass(frozen=True, eq=False)
class Errors:
    """The errors of what follows from a sampled solution; its variants are solved for when first asked for."""

    solver: Solver
    solved: Solved

    def __call__(self, value: Callable[[SelfFeedbackTwoPoint], float]) -> dict[str, float]:
        """Each part of the error of a function of the two-point functions, by its source."""
        return self._variants.errors(value)

    @cached_property
    def _variants(self) -> Variants:
        with threadpool_limits(1):
            return Variants.of(self.solver, self.solved)
