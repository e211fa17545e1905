"""Results in netCDF files, with what they are of and where they came from, and back."""

from mftheory.results.stored.networks import StoredNetwork
from mftheory.results.stored.save import load, save

__all__ = ["StoredNetwork", "load", "save"]
