"""The register of methods: what each needs of a network, and which one solves it.

A method takes a `Problem`, `Settings` and `Sampling` and returns a `Solution` (its two-point functions); `assembly`
makes the theory of it. Methods stand in order of preference. What they need is looked up from `Traits`.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from mftheory.methods import (
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
from mftheory.network import Nonlinearity
from mftheory.theory.problem import Problem
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.solution import Solution, at_sampled


def _closed_form(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve the energy form of the two-point functions by quadrature [two-point, 36; J9]."""
    from mftheory.theory.stationary.two_point import two_point

    solution = two_point(problem.g_eff, problem.nonlinearity, settings)
    return Solution(replace(solution, observables=problem.observables))


def _filtered(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for the two-point functions at any filter and noise by Newton's method [two-point, 36]."""
    from mftheory.theory.stationary.filtered.filtered_two_point import filtered_two_point

    solution = filtered_two_point(problem.g_eff, problem.nonlinearity, problem.dynamics, problem.noise, settings)
    return Solution(replace(solution, observables=problem.observables))


def _static_input(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for fluctuations about the mean that each neuron's static input gives it [psi-het]."""
    from mftheory.theory.stationary.heterogeneous.static import static_two_point

    return Solution(static_two_point(problem.g_eff, problem.nonlinearity, settings))


def _classes(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for the two-point functions of each class of neurons [J9, J12, J16]."""
    from mftheory.theory.stationary.heterogeneous.classes_two_point import heterogeneous_two_point

    return Solution(heterogeneous_two_point(problem.g_eff, problem.nonlinearity, settings))


def _populations(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve for the two-point functions of populations that drive each other."""
    from mftheory.theory.stationary.populations.populations_two_point import populations_two_point

    assert problem.populations is not None
    solution = replace(populations_two_point(problem.populations, settings), observables=problem.observables)
    response_fields = (*solution.activities, *solution.states)
    return Solution(solution, cross_covariances=solution.cross_covariances, response_fields=response_fields)


def _self_feedback(problem: Problem, settings: Settings, sampling: Sampling) -> Solution:
    """Solve with the part sampled by which x is not Gaussian [H16, 48, 49; psi-sym, psi-overlap]."""
    from mftheory.theory.self_feedback.accuracy import SampledErrors
    from mftheory.theory.self_feedback.solver import Solver

    solver = Solver(problem.network, settings, sampling)
    solution = solver.solve(partial(_dimension, problem))
    errors = SampledErrors(solver, solution)
    return Solution(solution.two_point, solution.status, replicas=tuple(solution.replicas), errors=errors)


def _replicas(two_point: Any, nonlinearity: Nonlinearity, settings: Settings) -> float:
    from mftheory.theory.lyapunov import lyapunov_exponent

    return lyapunov_exponent(two_point, nonlinearity, settings)


def _dimension(problem: Problem, two_point: Any) -> float:
    return at_sampled(problem, two_point).dimension("phi")


SOLVE = Register("solve", instead="use simulate")
"""Methods of two-point functions."""
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

DIMENSION = Register("dimension", instead="use solve")
for _method in SOLVE.methods[:2]:
    DIMENSION.add(_method)
