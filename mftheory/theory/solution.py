"""A solution, the two-point functions that a method returns, and the four-point functions that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mftheory.results.status import CONVERGED, Status
from mftheory.theory.four_point import FourPoint
from mftheory.theory.problem import Problem
from mftheory.theory.settings import Settings

SAMPLED_ORDER, SAMPLED_GROWTH = 8, 2.5
"""Nodes on each panel and ratio of panels of a sampled theory's quadrature: 1e-5, well below what sampling leaves."""


@dataclass(frozen=True, eq=False)
class Solution:
    """The two-point functions that a method returns, and how they were found.

    Attributes
    ----------
    two_point : four_point.TwoPointSolution
    status : Status
    cross_covariances : tuple of str
        Names of the cross-covariances of a state and its activity, C^{xφ}.
    response_fields : tuple of str
        Names of the fields whose response functions S are known.
    replicas : tuple
        The two-point functions without one part of the samples each, where the solution is sampled.
    errors : callable, optional
        How much a function of the two-point functions changes with each source of error, where it is sampled.
    """

    two_point: Any
    status: Status = CONVERGED
    cross_covariances: tuple[str, ...] = ("xphi",)
    response_fields: tuple[str, ...] = ("phi", "x")
    replicas: tuple[Any, ...] = ()
    errors: Callable[[Callable[[Any], float]], dict[str, float]] | None = None


@dataclass(frozen=True, eq=False)
class SampledFourPoint(FourPoint):
    """Four-point functions at a sampled solution, with their errors."""

    solution: Solution

    sampled = True

    def dimension_error(self, observable: str, refined: FourPoint) -> float:
        """Return the standard error of sampling, and in quadrature with it the numerical errors."""
        return float(sum(error**2 for error in self.error_sources(observable).values()) ** 0.5)

    def error_sources(self, observable: str) -> dict[str, float]:
        """Return each part of the dimension's error; see `accuracy.Variants`."""
        if observable not in self._sources:
            assert self.solution.errors is not None
            self._sources[observable] = self.solution.errors(
                lambda two_point: replace(self, two_point=two_point).dimension(observable)
            )
        return self._sources[observable]

    @cached_property
    def _sources(self) -> dict[str, dict[str, float]]:
        return {}


def at_sampled(problem: Problem, two_point: Any) -> FourPoint:
    """Return the four-point functions of a problem at one sampled solution, without errors."""
    return FourPoint(problem.kernel_of, problem.parameters, two_point, SAMPLED_GROWTH, SAMPLED_ORDER)


def four_point(problem: Problem, solution: Solution, settings: Settings) -> FourPoint:
    """Return the four-point functions of a problem at a solution."""
    given = problem.kernel_of, problem.parameters, solution.two_point
    if solution.errors is not None:
        return SampledFourPoint(*given, SAMPLED_GROWTH, SAMPLED_ORDER, solution)
    return FourPoint.at(*given, settings)
