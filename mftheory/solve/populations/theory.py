"""From populations to their theory in numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mftheory.errors import Unsupported
from mftheory.results.theory import Theory
from mftheory.solve.populations.four_point import KernelOf, PopulationsFourPoint
from mftheory.solve.populations.network import CoupledPopulations, Observable
from mftheory.solve.populations.two_point import populations_two_point
from mftheory.solve.settings import Settings


def assemble_populations(
    network: Any,
    populations: CoupledPopulations,
    observables: Mapping[str, Observable],
    kernel_of: KernelOf,
    settings: Settings | None = None,
) -> Theory:
    """The theory of populations with Gaussian inputs, given the kernels of its four-point functions.

    Parameters
    ----------
    network : GaussianEnsemble
        What the theory is of, for the record.
    populations : CoupledPopulations
    observables : mapping of str to Observable
    kernel_of : callable
        See `PopulationsFourPoint`.
    settings : Settings, optional

    Raises
    ------
    As `populations_two_point`.
    """
    settings = Settings() if settings is None else settings

    def four_point(settings: Settings) -> PopulationsFourPoint:
        two_point = replace(populations_two_point(populations, settings), observables=observables)
        return PopulationsFourPoint(kernel_of, observables, two_point, settings)

    coarse = four_point(settings)
    two_point = coarse.two_point
    return Theory(
        network=network,
        two_point=two_point,
        four_point=coarse,
        refined=lambda: four_point(settings.refined()),
        observables=tuple(observables),
        growth=_not_solved,
        crossed=two_point.crossed,
        responding=(*two_point.activities, *two_point.states),
        sizes={name: populations.neurons[a.population].size for name, a in observables.items()},
    )


def _not_solved() -> tuple[float, float]:
    raise Unsupported("lyapunov_exponent: not solved for ensembles of populations")
