"""What comes back: theory, simulation, comparison, each value with its error."""

from mftheory.results.estimate import Estimate

__all__ = ["Estimate"]
