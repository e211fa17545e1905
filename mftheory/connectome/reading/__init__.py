"""Reading wiring diagrams: every format becomes a table or a matrix, and one set of checks makes edges of it."""

from mftheory.connectome.reading.files import FORMATS
from mftheory.connectome.reading.read import read_edges
from mftheory.connectome.reading.roles import COLUMNS
from mftheory.connectome.reading.samples import SAMPLES, sample_data

__all__ = ["COLUMNS", "FORMATS", "SAMPLES", "read_edges", "sample_data"]
