"""Edge lists in Parquet and Feather (Arrow), by pyarrow."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mftheory.connectome.reading.edges import Table
from mftheory.connectome.reading.files import must_fit, needs, readable, suffix
from mftheory.connectome.reading.roles import Request


def read_arrow(file: Path, request: Request) -> Table:
    """Read a Parquet or Feather table; only columns that play a role are read."""
    with needs(file, "pyarrow"):
        import pyarrow as pa
    what = "Parquet file" if suffix(file) == ".parquet" else "Feather file"
    with readable(file, what):
        header, read = _opened(file)
    used = {*request.positions(file, header).values(), *(k for k, _ in request.conditions(file, header))}
    with readable(file, what):
        table = read(sorted({header[k] for k in used}))
        table.validate(full=True)  # an offset that points outside would be followed
        frame = pd.DataFrame({k: _column(pa, table[header[k]]) for k in used}, index=pd.RangeIndex(table.num_rows))
    return Table(header, [frame], lambda role, k: f"{role} in row {k + 1}")


def _opened(file: Path) -> tuple[list[str], Any]:
    """Return the names of the columns, and a function that reads some of them."""
    if suffix(file) == ".parquet":
        import pyarrow.parquet

        parquet = pyarrow.parquet.ParquetFile(file)
        groups = range(parquet.metadata.num_row_groups)
        must_fit(file, sum(parquet.metadata.row_group(k).total_byte_size for k in groups))
        return list(parquet.schema_arrow.names), lambda names: parquet.read(columns=names)
    import pyarrow as pa
    import pyarrow.feather

    with pa.ipc.open_file(file) as reader:
        names = list(reader.schema.names)
    return names, lambda names: pyarrow.feather.read_table(file, columns=names, memory_map=False)


def _column(pa: Any, column: Any) -> Any:
    """Return a column as NumPy's where nothing is missing, else as Arrow's: no number becomes a float for a null."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    kind = pa.string() if pa.types.is_string_view(kind) else pa.float64() if pa.types.is_decimal(kind) else kind
    column = column.cast(kind, safe=False) if kind != column.type else column
    if not column.null_count and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return np.asarray(column.to_numpy())
    return pd.arrays.ArrowExtensionArray(column)
