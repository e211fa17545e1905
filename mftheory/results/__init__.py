"""What comes back: theory, simulation, comparison, each value with its error."""

from mftheory.results.comparison import Comparison
from mftheory.results.estimate import Estimate
from mftheory.results.simulation import Simulation
from mftheory.results.theory import Theory

__all__ = ["Comparison", "Estimate", "Simulation", "Theory"]
