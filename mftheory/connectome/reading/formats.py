"""One way in for every format: a file becomes edges."""

from pathlib import Path

from mftheory.connectome.reading.arrays import read_npy, read_npz
from mftheory.connectome.reading.arrow import read_arrow
from mftheory.connectome.reading.edges import Edges, edges_of
from mftheory.connectome.reading.files import FORMATS, TEXT, suffix
from mftheory.connectome.reading.graphml import read_graphml
from mftheory.connectome.reading.json_records import read_json
from mftheory.connectome.reading.roles import Request
from mftheory.connectome.reading.sheets import read_sheet
from mftheory.connectome.reading.text import read_text
from mftheory.errors import InvalidFile, InvalidNetwork


def load(
    file: Path,
    request: Request,
    transpose: bool | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Edges:
    """Load the edges of a file, or the neurons of a table of neurons."""
    kind = suffix(file)
    if kind not in FORMATS:
        raise InvalidFile("path", str(file), f"must end in {', '.join(FORMATS)}")
    if delimiter is not None and kind not in TEXT:
        raise InvalidNetwork("delimiter", delimiter, f"is for text tables, not for {kind}")
    if sheet is not None and kind != ".xlsx":
        raise InvalidNetwork("sheet", sheet, f"is for spreadsheets, not for {kind}")
    if transpose is not None and kind not in (".npz", ".npy", ".xlsx"):
        raise InvalidNetwork("transpose", transpose, f"is for matrices, not for {kind}; name the columns instead")
    match kind:
        case ".npy":
            return read_npy(file, request, transpose)
        case ".npz":
            return read_npz(file, request, transpose)
        case ".xlsx":
            return read_sheet(file, request, sheet, transpose)
        case ".json":
            return edges_of(file, *read_json(file, request))
        case ".graphml":
            return read_graphml(file, request)
        case ".parquet" | ".feather":
            return edges_of(file, read_arrow(file, request), request)
    return edges_of(file, read_text(file, delimiter), request)
