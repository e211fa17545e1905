"""The parts of the error of a sampled solution, each measured."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mftheory.results.jackknife import jackknife_error
from mftheory.theory.self_feedback.corrections import Corrections
from mftheory.theory.self_feedback.periodic_axis import onto
from mftheory.theory.self_feedback.sampled_corrections import added
from mftheory.theory.self_feedback.sampled_two_point import SelfFeedbackTwoPoint
from mftheory.theory.self_feedback.self_consistency import SelfConsistency, SelfConsistentState
from mftheory.theory.self_feedback.solver import CHUNK, SampledSolution, Solver
from mftheory.theory.self_feedback.trajectories import gaussian_input

Complex = NDArray[np.complex128]

FUNCTIONS_LEFT_OUT = 4  # functions fewer in the fits, which shows the effect of the last ones
CHUNKS_OF_DIFFERENCES = 2  # chunks of trajectories for differences under common random numbers


@dataclass(frozen=True, eq=False)
class Variants:
    """A solution repeated with one thing changed that should not matter, by the thing's name.

    "iteration": the corrections were sampled at a state a little off the final one; here they are moved to the final
    one, by what changes between the two with the same random numbers. "step", "period": half the step, and twice the
    period. "smoothing": fewer functions for the corrections (an upper bound of what more would do, sampling noise
    included).
    """

    solved: SampledSolution
    changed: dict[str, SelfFeedbackTwoPoint]

    @classmethod
    def of(cls, solver: Solver, solved: SampledSolution) -> "Variants":
        """Return four solutions, each found from the first."""
        closure, state = solved.two_point.closure, solved.two_point.state
        finer, longer = solver.closure(closure.grid.finer()), solver.closure(closure.grid.longer())

        def solved_again(other: SelfConsistency, corrections: Corrections) -> SelfFeedbackTwoPoint:
            C, S = onto(state.C, closure.grid, other.grid), onto(state.S, closure.grid, other.grid)
            return solver.two_point(other, other.solve(C, S, corrections), corrections)

        changed = {
            "iteration": solved_again(closure, _moved(solved.corrections, *_at_both_states(solver, solved))),
            "step": solved_again(finer, _moved(solved.corrections, *_at_both_steps(solver, solved, finer))),
            "period": solved_again(longer, solved.corrections),
            "smoothing": solved_again(closure, solver.fit(closure, solved.total, FUNCTIONS_LEFT_OUT)),
        }
        return cls(solved, changed)

    def errors(self, value: Callable[[SelfFeedbackTwoPoint], float]) -> dict[str, float]:
        """Return the change of a function of the two-point functions with each, and its standard error, "samples"."""
        at = value(self.solved.two_point)
        samples = float(jackknife_error(np.array([value(replica) for replica in self.solved.replicas])))
        return {"samples": samples, **{name: abs(value(other) - at) for name, other in self.changed.items()}}


def _moved(corrections: Corrections, before: Corrections, after: Corrections) -> Corrections:
    """Return corrections with the difference of two others added."""
    return replace(
        corrections,
        response=corrections.response + after.response - before.response,
        power=corrections.power + after.power - before.power,
        slope=corrections.slope + after.slope - before.slope,
    )


def _at_both_states(solver: Solver, solved: SampledSolution) -> tuple[Corrections, Corrections]:
    """Return corrections sampled at the last state but one and at the last, with the same random numbers."""
    closure, key = solved.two_point.closure, (2,)
    before, after = (
        solver.fit(closure, added(solver.sample(closure, state, CHUNKS_OF_DIFFERENCES, key)))
        for state in (solved.sampled_at, solved.two_point.state)
    )
    return before, after


def _at_both_steps(solver: Solver, solved: SampledSolution, finer: SelfConsistency) -> tuple[Corrections, Corrections]:
    """Return corrections from the same inputs, with the step as it is and half of it."""
    closure, state = solved.two_point.closure, solved.two_point.state
    C, S = onto(state.C, closure.grid, finer.grid), onto(state.S, closure.grid, finer.grid)
    fine_state = finer.solve(C, S, solved.corrections)
    before, after = [], []
    rng = np.random.default_rng(np.random.SeedSequence(solver.sampling.seed, spawn_key=(3,)))
    shared = closure.grid.omega.size - 1
    for kind in range(len(state.S)):
        y = gaussian_input(finer.grid, fine_state.Y, CHUNKS_OF_DIFFERENCES * CHUNK, rng)
        # The same input, less the frequencies that the coarser grid does not have.
        coarse = np.zeros((len(y), shared + 1), dtype=np.complex128)
        coarse[:, :shared] = y[:, :shared] * np.sqrt(_ratio(state, fine_state, shared))
        before.append(solver.sums(closure, state, kind, coarse))
        after.append(solver.sums(finer, fine_state, kind, y).at_lowest_frequencies(shared + 1))
    return solver.fit(closure, before), solver.fit(closure, after)


def _ratio(state: SelfConsistentState, fine: SelfConsistentState, count: int) -> NDArray[np.float64]:
    return np.asarray(state.Y[:count] / np.where(fine.Y[:count] > 0, fine.Y[:count], 1.0))


@dataclass(frozen=True, eq=False)
class SampledErrors:
    """The errors of what follows from a sampled solution; its variants are solved for when first asked for."""

    solver: Solver
    solved: SampledSolution

    def __call__(self, value: Callable[[SelfFeedbackTwoPoint], float]) -> dict[str, float]:
        """Return each part of the error of a function of the two-point functions, by its source."""
        return self._variants.errors(value)

    @cached_property
    def _variants(self) -> Variants:
        with threadpool_limits(1):
            return Variants.of(self.solver, self.solved)
