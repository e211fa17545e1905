"""Tables with named columns, text or Arrow."""

from pathlib import Path

from mftheory.connectome.reading.arrow import read_arrow
from mftheory.connectome.reading.columns import Columns, Request
from mftheory.connectome.reading.files import suffix
from mftheory.connectome.reading.text import read_text
from mftheory.errors import InvalidNetwork

TEXT = tuple(name + packed for name in (".csv", ".tsv", ".txt") for packed in ("", ".gz"))
TABLES = (*TEXT, ".parquet", ".feather")


def read_table(file: Path, request: Request, delimiter: str | None) -> Columns:
    """The columns of a table that play a role."""
    if suffix(file) in TEXT:
        return read_text(file, request, delimiter)
    if delimiter is not None:
        raise InvalidNetwork("delimiter", delimiter, f"is for text; {file.name} is not")
    return read_arrow(file, request)
