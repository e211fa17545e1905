"""Numbers: two-point solutions, four-point functions, dimensions and timescales, with their errors."""

from mftheory.solve.dimension import dimension, low_rank_coefficient
from mftheory.solve.settings import Settings
from mftheory.solve.theory import solve

__all__ = ["Settings", "dimension", "low_rank_coefficient", "solve"]
