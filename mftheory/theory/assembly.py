"""From a problem to its `Theory`, by the method that the register chooses."""

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from mftheory.methods import Method
from mftheory.results.theory import Theory
from mftheory.theory.four_point import ROUNDING, FourPoint
from mftheory.theory.problem import Problem
from mftheory.theory.register import LYAPUNOV, SOLVE
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.solution import Solution, four_point


def theory_of(problem: Problem, settings: Settings, sampling: Sampling) -> Theory:
    """Solve a problem by the method that fits.

    Raises
    ------
    Unsupported
        If no method solves it, with what the nearest ones need.
    Quiescent, CondensedModes, NotConverged
        For the reasons of the method.
    """
    return Assembly(problem, SOLVE.choose(problem.traits).name, settings, sampling).theory()


@dataclass(frozen=True, eq=False)
class Assembly:
    """One problem, solved by one method at some settings, and again at finer ones when an error is asked for.

    `start` is a state near the one that is asked for, if that is not the method's choice.
    """

    problem: Problem
    method_name: str
    settings: Settings
    sampling: Sampling
    start: Any = None

    def theory(self) -> Theory:
        """Solve, and return the theory that follows."""
        problem, solution = self.problem, self.solution
        return Theory(
            network=problem.network,
            two_point=solution.two_point,
            four_point=self.four_point,
            refined=self.refined,
            status=solution.status,
            observables=tuple(problem.observables),
            lyapunov=self.lyapunov_exponent,
            crossed=solution.cross_covariances,
            responding=solution.response_fields,
            sizes={name: o.size for name, o in problem.observables.items() if problem.traits.populations is not None},
            replicas=solution.replicas,
            method=self.method_name,
            settings={**asdict(self.settings), **(asdict(self.sampling) if self.method.sampled else {})},
        )

    @property
    def method(self) -> Method:
        """The method, stored by its name so that a theory goes from one process to another."""
        return SOLVE.named(self.method_name)

    @cached_property
    def solution(self) -> Solution:
        """The solution that the method returns, with the observables of the problem."""
        start = () if self.start is None else (self.start,)
        solution: Solution = self.method.run(self.problem, self.settings, self.sampling, *start)
        return solution

    @cached_property
    def four_point(self) -> FourPoint:
        """The four-point functions at the solution."""
        return four_point(self.problem, self.solution, self.settings)

    def refined(self) -> FourPoint:
        """Return the four-point functions with finer settings; sampled ones as they are: they know their errors."""
        if self.method.sampled:
            return self.four_point
        start = getattr(self.solution.two_point, "start", None) if self.start is None else self.start
        return replace(self, settings=self.settings.refined(), start=start).four_point

    def lyapunov_exponent(self) -> tuple[float, float]:
        """Return the largest Lyapunov exponent and its numerical error.

        Raises
        ------
        Unsupported
            If it is not solved for this network.
        """
        exponent, finer = LYAPUNOV.choose(self.problem.traits).run, self.settings.refined()
        value, refined = (
            exponent(self.problem, point.two_point, settings)
            for point, settings in ((self.four_point, self.settings), (self.refined(), finer))
        )
        return value, 2.0 * abs(value - refined) + ROUNDING * abs(value)
