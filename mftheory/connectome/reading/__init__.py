"""Reading wiring diagrams: one module a format, and one each for signs and kinds of edges."""

from mftheory.connectome.reading.columns import COLUMNS
from mftheory.connectome.reading.read import FORMATS, read
from mftheory.connectome.reading.samples import SAMPLES, sample_data
from mftheory.connectome.reading.signs import TRANSMITTERS

__all__ = ["COLUMNS", "FORMATS", "SAMPLES", "TRANSMITTERS", "read", "sample_data"]
