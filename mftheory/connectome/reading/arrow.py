"""Edge lists in Parquet and Feather (Arrow), by pyarrow."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome.reading.columns import Coded, Columns, Encoder, Request, encoders
from mftheory.connectome.reading.files import must_fit, readable, suffix
from mftheory.errors import InvalidFile


def read_arrow(file: Path, request: Request) -> Columns:
    """The columns of a Parquet or Feather table; only those that play a role are read.

    Raises
    ------
    InvalidFile
        If pyarrow is not installed, or with the number of the row (from 1) that is wrong.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise InvalidFile("path", str(file), "needs pyarrow: pip install 'mftheory[files]'") from None
    what = "Parquet file" if suffix(file) == ".parquet" else "Feather file"
    with readable(file, what):
        header, read = _opened(file)
    position = request.positions(file, header)
    conditions = request.conditions(file, header)
    names = {header[k] for k in (*position.values(), *(k for k, _ in conditions))}
    with readable(file, what):
        table = read(sorted(names))
        table.validate(full=True)  # an offset that points outside would be followed

    keep = np.ones(table.num_rows, dtype=bool)
    for k, value in conditions:
        coded = _coded(table[header[k]], header[k], "where", Encoder())
        keep &= coded.map(lambda text, value=value: int(text.strip() == value)) == 1  # type: ignore[misc]
    rows = np.flatnonzero(keep)
    kept = table.filter(pa.array(keep)) if conditions else table
    encoder = encoders(position)
    text, weight = {}, None
    for role, k in position.items():
        column = kept[header[k]]
        if role == "weight":
            weight = _numbers(column, header[k], rows)
        else:
            text[role] = _coded(column, header[k], role, encoder[role], rows)
    if "post" in text:  # encoded after pre, with names of its own
        text = {role: Coded(coded.codes, encoder[role].values) for role, coded in text.items()}
    return Columns(text, weight, lambda k: f"row {rows[k] + 1}", request.unused(header, position.values()))


def _opened(file: Path) -> tuple[list[str], Any]:
    """Names of the columns, and a function that reads some of them."""
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


def _coded(column: Any, name: str, role: str, encoder: Encoder, rows: NDArray[np.int64] | None = None) -> Coded:
    """A column as text. Whole numbers become their digits, exactly: ids have more digits than a float."""
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    floating = pa.types.is_floating(kind)
    if not (
        floating
        or any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))
        or any(test(kind) for test in (pa.types.is_integer, pa.types.is_boolean, pa.types.is_null))
    ):
        raise InvalidFile(f"column {name!r}", str(column.type), "must hold texts or whole numbers, one a row")
    neuron = role in ("pre", "post", "neuron")
    parts = [np.zeros(0, dtype=np.int64)]
    done = 0
    for chunk in column.chunks:
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.cast(_plain(kind)).dictionary_encode()
        values = [*encoded.dictionary.to_pylist(), None]
        indices = encoded.indices.fill_null(len(values) - 1).cast(pa.int64()).to_numpy(zero_copy_only=False)
        present = np.unique(indices)
        for k in present:
            value = values[k]
            empty = value is None or value == "" or (floating and value != value)
            rounded = floating and not empty and not (value.is_integer() and abs(value) <= 2**53)
            if neuron and (empty or rounded):
                row = done + int(np.argmax(indices == k))
                allowed = "must name a neuron" if empty else "is a rounded number; a neuron's name must be whole"
                raise InvalidFile(f"{name} in row {(row if rows is None else rows[row]) + 1}", value, allowed)
            values[k] = "" if empty else _text(value)
        code = np.zeros(len(values), dtype=np.int64)
        code[present] = encoder([values[k] for k in present])
        parts.append(code[indices])
        done += len(chunk)
    return Coded(np.concatenate(parts), encoder.values)


def _plain(kind: Any) -> Any:
    """A type that can be encoded as distinct values."""
    import pyarrow as pa

    return pa.string() if pa.types.is_null(kind) or pa.types.is_string_view(kind) else kind


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _numbers(column: Any, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    import pyarrow as pa

    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise InvalidFile(f"column {name!r}", str(kind), "must hold numbers, one a row")
    numbers = column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)  # nulls become NaN
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        k = int(np.argmax(wrong))
        value = column[k].as_py()
        raise InvalidFile(f"{name} in row {rows[k] + 1}", value, "must be a finite number")
    return numbers
