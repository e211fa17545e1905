"""The register of methods: what each needs of a network, and which one solves it.

A method takes a `Problem`, `Settings` and `Sampling` and returns a `Solution` (its two-point functions); `assembly`
makes the theory of it. Methods stand in order of preference. What they need is looked up from `Traits`.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from mftheory.methods import (
    ALIKE,
    ENSEMBLE,
    EQUAL,
    FEEDBACK,
    LEAKY,
    NO_BIAS,
    NO_FEEDBACK,
    NO_NOISE,
    ODD,
    ODD_WHERE_GAINS,
    ONE_POPULATION,
    SUMS,
    Method,
    Register,
)
from mftheory.theory.problem import Problem
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.solution import Solution, at_sampled


def _closed_form(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve the energy form of the two-point functions by quadrature [two-point, 36; J9]."""
    from mftheory.theory.stationary.two_point import two_point

    solution = two_point(problem.g_eff, problem.nonlinearity, settings)
    return Solution(replace(solution, observables=problem.observables))


def _classes(problem: Problem, settings: Settings, sampling: Sampling, start: Any = None) -> Solution:
    """Solve for the two-point functions of each class of neurons by Newton's method [two-point, 36; J9, J12, J16]."""
    from mftheory.theory.stationary.classes.populations_two_point import populations_two_point

    solution = replace(populations_two_point(problem.populations, settings, start), observables=problem.observables)
    populations = problem.populations.neurons
    return Solution(
        solution,
        cross_covariances=tuple(p.state + p.activity for p in populations),
        response_fields=(*(p.activity for p in populations), *(p.state for p in populations)),
    )


def _all_states(problem: Problem, settings: Settings) -> Any:
    from mftheory.theory.stationary.classes.all_states import all_states

    return all_states(problem.populations, settings)


def _self_feedback(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve with the part sampled by which x is not Gaussian [H16, 48, 49; psi-sym, psi-overlap]."""
    from mftheory.theory.self_feedback.accuracy import SampledErrors
    from mftheory.theory.self_feedback.solver import Solver

    solver = Solver(problem.network, settings, sampling)
    solution = solver.solve(partial(_dimension, problem))
    errors = SampledErrors(solver, solution)
    return Solution(solution.two_point, solution.status, replicas=tuple(solution.replicas), errors=errors)


def _replicas(problem: Problem, two_point: Any, settings: Settings) -> float:
    from mftheory.theory.lyapunov import lyapunov_exponent

    return lyapunov_exponent(two_point, problem.nonlinearity, settings)


def _replicas_of_classes(problem: Problem, two_point: Any, settings: Settings) -> float:
    from mftheory.theory.stationary.classes.class_lyapunov import class_lyapunov
    from mftheory.theory.stationary.classes.class_two_point import ClassTwoPoint
    from mftheory.theory.stationary.classes.populations_two_point import general_solution

    if isinstance(two_point, ClassTwoPoint):
        return class_lyapunov(two_point.spectra.classes, two_point.spectra.solution)
    classes = problem.populations.classes(settings.average_step)  # close to onset
    return class_lyapunov(classes, general_solution(problem.populations, classes, settings))


def _dimension(problem: Problem, two_point: Any) -> float:
    return at_sampled(problem, two_point).dimension("phi")


SOLVE = Register("solve", instead="use simulate")
"""Methods of two-point functions."""
PLAIN = (EQUAL, NO_BIAS)
GAUSSIAN = (ENSEMBLE, NO_FEEDBACK, ODD, ALIKE, *PLAIN)
for _method in (
    Method(
        "closed form", "two-point functions by quadrature", (*GAUSSIAN, ONE_POPULATION, LEAKY, NO_NOISE), _closed_form
    ),
    Method("classes of neurons", "two-point functions of each class", (ENSEMBLE, NO_FEEDBACK, SUMS), _classes),
    Method(
        "self-feedback",
        "two-point functions, a part of them sampled",
        (ENSEMBLE, FEEDBACK, ODD, ALIKE, *PLAIN, ONE_POPULATION, LEAKY),
        _self_feedback,
        sampled=True,
    ),
):
    SOLVE.add(_method)

LYAPUNOV = Register("lyapunov_exponent")
LYAPUNOV.add(Method("two replicas", "the largest exponent", (*GAUSSIAN, ONE_POPULATION, LEAKY, NO_NOISE), _replicas))
LYAPUNOV.add(
    Method("two replicas of classes", "the largest exponent", (ENSEMBLE, NO_FEEDBACK, SUMS), _replicas_of_classes)
)

STATES = Register("states")
STATES.add(Method("all states", "the states that were found", (ENSEMBLE, NO_FEEDBACK, SUMS), _all_states))

DIMENSION = Register("dimension", instead="use solve")
DIMENSION.add(SOLVE.named("closed form"))
DIMENSION.add(replace(SOLVE.named("classes of neurons"), requirements=(ENSEMBLE, NO_FEEDBACK, SUMS, ODD_WHERE_GAINS)))
