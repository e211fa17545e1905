"""Records (mappings with any keys) as the columns of a table."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray


def columns_of(start: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[NDArray[Any], dict[str, Any]]]:
    """Return one column a key, and its attributes: numbers or texts if every row has one, else JSON.

    Keys that cannot be names, such as "a/b", which would be a group of the file, make a single column of whole records.
    """
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    if not all(name.isidentifier() for name in names):
        about = {"encoding": "json", "names": 1, "long_name": "the record, as JSON"}
        return {f"{start}json": (texts(to_text(row) for row in rows), about)}
    return {f"{start}{name}": _column(name, rows) for name in names}


def rows_of(data: xarray.Dataset, dim: str, start: str) -> list[dict[str, Any]]:
    """Return the records that `columns_of` was given."""
    rows: list[dict[str, Any]] = [{} for _ in range(data.sizes.get(dim, 0))]
    for name in map(str, data.data_vars):
        variable = data[name]
        if not name.startswith(start) or variable.dims != (dim,):
            continue
        encoded = variable.attrs.get("encoding") == "json"
        for row, value in zip(rows, variable.values.tolist(), strict=True):
            if encoded and "names" in variable.attrs:
                row |= json.loads(value)
            elif not encoded:
                row[name[len(start) :]] = value
            elif value:
                row[name[len(start) :]] = json.loads(value)
    return rows


def to_text(plain: Any) -> str:
    """Return plain data as JSON, dataclasses by their fields."""
    return json.dumps(plain, ensure_ascii=False, default=_plain)


def texts(values: Iterable[str]) -> NDArray[Any]:
    """Return an array of texts; one of none has a type too."""
    listed = list(values)
    return np.array(listed, dtype=object if listed else str)


def _column(name: str, rows: Sequence[Mapping[str, Any]]) -> tuple[NDArray[Any], dict[str, Any]]:
    values = [row[name] for row in rows if name in row]
    complete = len(values) == len(rows) and not any(isinstance(value, bool) for value in values)
    about = {"long_name": name.replace("_", " ")}
    if complete and all(isinstance(value, Integral) and abs(int(value)) < 2**63 for value in values):
        return np.array(values, dtype=np.int64), {**about, "units": "1"}
    if complete and all(isinstance(value, Real) for value in values):
        return np.array(values, dtype=np.float64), {**about, "units": "1"}
    if complete and all(isinstance(value, str) for value in values):
        return texts(values), about
    return texts(to_text(row[name]) if name in row else "" for row in rows), {**about, "encoding": "json"}


def _plain(value: Any) -> Any:
    """Return arrays and dataclasses as plain data; raise TypeError for anything else."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} is not plain")
