"""The methods by which theories are solved, what each needs of a network, and which one is taken: the one place.

A method takes a `Problem`, `Settings` and `Sampling` and returns a `Solution` (its two-point functions); `assembly`
makes the theory of it. Methods stand in order of preference. What they need is looked up from `Traits`.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from mftheory.network import Nonlinearity
from mftheory.register import (
    ALIKE,
    DECLARED,
    DIFFERING,
    ENSEMBLE,
    FEEDBACK,
    LEAKY,
    NO_FEEDBACK,
    NO_GAINS,
    NO_NOISE,
    NOT_ODD,
    ODD,
    ONE_POPULATION,
    SUMS,
    Method,
    Register,
)
from mftheory.solve.problem import Problem
from mftheory.solve.self_feedback.sampling import Sampling
from mftheory.solve.settings import Settings
from mftheory.solve.solved import Solution, at_sampled


def _closed_form(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve the energy form of the two-point functions by quadrature [two-point, 36; J9]."""
    from mftheory.solve.two_point import two_point

    found = two_point(problem.g_eff, problem.nonlinearity, settings)
    return Solution(replace(found, observables=problem.observables))


def _filtered(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for the two-point functions at any filter and noise by Newton's method [two-point, 36]."""
    from mftheory.solve.filtered.solution import filtered_two_point

    found = filtered_two_point(problem.g_eff, problem.nonlinearity, problem.dynamics, problem.noise, settings)
    return Solution(replace(found, observables=problem.observables))


def _static_input(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for fluctuations about the mean that each neuron's static input gives it [psi-het]."""
    from mftheory.solve.heterogeneous.static import static_two_point

    return Solution(static_two_point(problem.g_eff, problem.nonlinearity, settings))


def _classes(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for the two-point functions of each class of neurons [J9, J12, J16]."""
    from mftheory.solve.heterogeneous.two_point import heterogeneous_two_point

    return Solution(heterogeneous_two_point(problem.g_eff, problem.nonlinearity, settings))


def _populations(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for the two-point functions of populations that drive each other."""
    from mftheory.solve.populations.two_point import populations_two_point

    assert problem.populations is not None
    found = replace(populations_two_point(problem.populations, settings), observables=problem.observables)
    return Solution(found, crossed=found.crossed, responding=(*found.activities, *found.states))


def _self_feedback(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve with the part sampled by which x is not Gaussian [H16, 48, 49; psi-sym, psi-overlap]."""
    from mftheory.solve.self_feedback.accuracy import Errors
    from mftheory.solve.self_feedback.solver import Solver

    solver = Solver(problem.network, settings, sampling)
    solved = solver.solve(partial(_dimension, problem))
    return Solution(solved.two_point, solved.status, replicas=tuple(solved.replicas), errors=Errors(solver, solved))


def _replicas(two_point: Any, nonlinearity: Nonlinearity, settings: Settings) -> float:
    from mftheory.solve.lyapunov import lyapunov_exponent

    return lyapunov_exponent(two_point, nonlinearity, settings)


def _dimension(problem: Problem, two_point: Any) -> float:
    return at_sampled(problem, two_point).dimension("phi")


SOLVE = Register("solve", instead="use simulate")
GAUSSIAN = (ENSEMBLE, NO_FEEDBACK, ODD, ALIKE)
for _method in (
    Method(
        "closed form", "two-point functions by quadrature", (*GAUSSIAN, ONE_POPULATION, LEAKY, NO_NOISE), _closed_form
    ),
    Method("filters and noise", "two-point functions by Newton's method", (*GAUSSIAN, ONE_POPULATION), _filtered),
    Method(
        "static input",
        "fluctuations about each neuron's mean",
        (ENSEMBLE, NO_FEEDBACK, NOT_ODD, ALIKE, ONE_POPULATION, NO_GAINS, LEAKY, NO_NOISE),
        _static_input,
    ),
    Method(
        "classes of neurons",
        "two-point functions of each class",
        (ENSEMBLE, NO_FEEDBACK, ODD, DIFFERING, ONE_POPULATION, LEAKY, NO_NOISE),
        _classes,
    ),
    Method(
        "self-feedback",
        "two-point functions, a part of them sampled",
        (ENSEMBLE, FEEDBACK, ODD, ALIKE, ONE_POPULATION, LEAKY),
        _self_feedback,
        sampled=True,
    ),
    Method("populations", "two-point functions of each population", (*GAUSSIAN, DECLARED, SUMS, LEAKY), _populations),
):
    SOLVE.add(_method)

LYAPUNOV = Register("lyapunov_exponent")
LYAPUNOV.add(Method("two replicas", "the largest exponent", (*GAUSSIAN, ONE_POPULATION, LEAKY), _replicas))
