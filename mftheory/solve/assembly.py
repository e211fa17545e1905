"""From a problem to its `Theory`, by the method that the register chooses."""

from dataclasses import asdict, dataclass, replace
from functools import cached_property

from mftheory.register import Method
from mftheory.results.theory import Theory
from mftheory.solve.four_point import ROUNDING, FourPoint
from mftheory.solve.problem import Problem
from mftheory.solve.register import LYAPUNOV, SOLVE
from mftheory.solve.self_feedback.sampling import Sampling
from mftheory.solve.settings import Settings
from mftheory.solve.solved import Solution, four_point


def theory_of(problem: Problem, settings: Settings, sampling: Sampling) -> Theory:
    """Solve a problem.

    Raises
    ------
    Unsupported
        If no method solves it, with what the nearest ones need.
    Quiescent, CondensedModes, NotConverged
        As the method.
    """
    return Assembly(problem, SOLVE.choose(problem.traits).name, settings, sampling).theory()


@dataclass(frozen=True, eq=False)
class Assembly:
    """One problem, solved by one method at some settings, and again at finer ones when an error is asked for."""

    problem: Problem
    by: str
    settings: Settings
    sampling: Sampling

    def theory(self) -> Theory:
        """Solve, and say what else follows."""
        problem, solution = self.problem, self.solution
        return Theory(
            network=problem.network,
            two_point=solution.two_point,
            four_point=self.four_point,
            refined=self.refined,
            status=solution.status,
            observables=tuple(problem.observables),
            growth=self.growth,
            crossed=solution.crossed,
            responding=solution.responding,
            sizes={name: o.size for name, o in problem.observables.items() if problem.populations is not None},
            replicas=solution.replicas,
            method=self.by,
            settings={**asdict(self.settings), **(asdict(self.sampling) if self.method.sampled else {})},
        )

    @property
    def method(self) -> Method:
        """The method; kept by its name, so that a theory goes from one process to another."""
        return SOLVE.named(self.by)

    @cached_property
    def solution(self) -> Solution:
        """What the method returns, with the observables of the problem."""
        found: Solution = self.method.run(self.problem, self.settings, self.sampling)
        return found

    @cached_property
    def four_point(self) -> FourPoint:
        """The four-point functions at the solution."""
        return four_point(self.problem, self.solution, self.settings)

    def refined(self) -> FourPoint:
        """The four-point functions with every setting finer; of a sampled theory the same, whose errors are its own."""
        if self.method.sampled:
            return self.four_point
        return replace(self, settings=self.settings.refined()).four_point

    def growth(self) -> tuple[float, float]:
        """The largest Lyapunov exponent and its numerical error.

        Raises
        ------
        Unsupported
            If it is not solved for this network.
        """
        exponent, finer = LYAPUNOV.choose(self.problem.traits).run, self.settings.refined()
        value, refined = (
            exponent(point.two_point, self.problem.nonlinearity, settings)
            for point, settings in ((self.four_point, self.settings), (self.refined(), finer))
        )
        return value, 2.0 * abs(value - refined) + ROUNDING * abs(value)
