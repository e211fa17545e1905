"""Pictures in one style, told apart by colour-blind readers; functions take an axes and return the artists."""

from mftheory.plots.records import dimension_against_rank, dimension_of_wiring, singular_values
from mftheory.plots.results import comparison, simulation, sweep, theory
from mftheory.plots.style import COLOURS, STYLE, Artists, figure, save
from mftheory.plots.wiring import prediction

__all__ = [
    "COLOURS",
    "STYLE",
    "Artists",
    "comparison",
    "dimension_against_rank",
    "dimension_of_wiring",
    "figure",
    "prediction",
    "save",
    "simulation",
    "singular_values",
    "sweep",
    "theory",
]
