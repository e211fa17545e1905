"""A result as a labelled data set, by the schema of its fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from mftheory.results.columns import columns_of, texts, to_text
from mftheory.results.labelled import SYMBOLS
from mftheory.results.schema import Label, Rows, is_a, is_table, items, joined, slug

if TYPE_CHECKING:
    import xarray

INTEGER_LIMIT = 2**63
"""Integers of this size and larger are kept as text in attributes."""


def to_dataset(result: Any) -> xarray.Dataset:
    """Return everything of a result that is stored, labelled."""
    import xarray

    axes: dict[str, list[str]] = {}
    for _ in range(2):  # the first time to know all keys
        writer = _Writer(axes)
        writer.fields(type(result), Label(), "", [result], (), {})
    return xarray.Dataset(writer.variables, attrs=writer.attributes)


class _Writer:
    """Variables and attributes of one result.

    Values come in lists, one a row of the tables that they are in: None where there is none.
    """

    def __init__(self, axes: dict[str, list[str]]) -> None:
        self.variables: dict[str, Any] = {}
        self.attributes: dict[str, Any] = {}
        self.axes = axes

    def fields(self, kind: Any, label: Label, path: str, owners: list[Any], rows: Rows, tags: dict[str, str]) -> None:
        for item in items(kind):
            values = [None if owner is None else getattr(owner, item.field.name) for owner in owners]
            # In a table NaN stands for none: then numbers are floats.
            hint = float if rows and item.optional and item.hint in (bool, int) else item.hint
            self.add(hint, item.label.within(label, path), joined(path, item.name), values, rows, tags)

    def add(self, hint: Any, label: Label, name: str, values: list[Any], rows: Rows, tags: dict[str, str]) -> None:
        kind, inner = get_origin(hint) or hint, get_args(hint)
        if not rows and values[0] is None:
            return
        if label.as_json:
            self.put(str, label, name, [None if value is None else to_text(value) for value in values], rows, tags)
        elif dataclasses.is_dataclass(kind):
            self.fields(kind, label, name, values, rows, tags)
        elif label.parts:
            for k, part in enumerate(label.parts):
                whole = replace(label, parts=())
                self.add(inner[k], whole, joined(name, part), [None if v is None else v[k] for v in values], rows, tags)
        elif is_a(kind, Mapping) and label.keys:
            axis, *rest = label.keys
            keys = self.axes.setdefault(axis, list(label.known_keys))
            keys += dict.fromkeys(key for value in values for key in value or () if key not in keys)
            cells = [None if value is None else value.get(key) for value in values for key in keys]
            along = (*rows, (axis, len(keys)))
            self.add(inner[1], replace(label, keys=tuple(rest)), name, cells, along, tags)
            present = [cell is not None for cell in cells]
            # Among floats NaN says that there is none, unless one is NaN itself.
            plain = inner[1] is float and not any(np.isnan(cell) for cell in cells if cell is not None)
            if not plain and (dataclasses.is_dataclass(inner[1]) or inner[1] is float or not all(present)):
                known = replace(label, long_name=f"1 where there is a number: {label.long_name}")
                self.put(int, known, f"{name}_known", present, along, tags)
            self.put(tuple, Label(f"what it is of: {label.long_name}", dims=(axis,)), axis, [keys], (), {})
        elif is_a(kind, Mapping) and rows:
            columns = columns_of(f"{name}_", [value or {} for value in values])
            self.variables |= {key: (rows[-1][0], column, about) for key, (column, about) in columns.items()}
        elif is_a(kind, Mapping):
            if len({slug(key) for key in values[0]}) < len(values[0]):
                raise ValueError(f"{name}: keys must differ in letters or digits: {', '.join(values[0])}")
            for key, value in values[0].items():
                self.add(inner[1], label, joined(name, slug(key)), [value], (), {**tags, name: key})
        elif is_table(hint):
            (dim,) = label.dims
            members = [member for value in values for member in value]
            if rows:
                owner = np.repeat(np.arange(len(values)), [len(value) for value in values])
                self.variables[f"{dim}_{rows[-1][0]}"] = (dim, owner, {"units": "1", "long_name": "row that it is of"})
            self.add(inner[0], replace(label, dims=()), name, members, ((dim, len(members)),), tags)
        else:
            self.put(hint, label, name, values, rows, tags)

    def put(self, hint: Any, label: Label, name: str, values: list[Any], rows: Rows, tags: dict[str, str]) -> None:
        """Add one variable, or one attribute."""
        kind = str if is_a(hint, str) else get_origin(hint) or hint
        key = next(reversed(tags.values()), "")
        long_name = (label.long_name or name).replace("{key}", SYMBOLS.get(key, key))
        if rows:
            array = _column(kind, values, name)
            array = array.reshape(*(length for _, length in rows), *array.shape[1:])
        elif not label.dims and not label.long_name and kind in (bool, int, float, str, tuple):
            self.attributes[name] = _attribute(values[0])
            return
        elif label.choices:
            array = np.array([label.choices.index(value) for value in values[0]], dtype=np.int64)
            long_name += f": {', '.join(f'{k} {choice}' for k, choice in enumerate(label.choices))}"
        else:
            array = _array(kind, values[0])
        dims = [*(dim for dim, _ in rows), *(dim.replace("{key}", key) for dim in label.dims)]
        dims += [f"{name}_{k}" for k in range(array.ndim - len(dims))]
        about = {} if array.dtype.kind in "OU" else {"units": label.units or "1"}
        self.variables[name] = (dims[: array.ndim], array, {**about, "long_name": long_name, **tags})


def _column(kind: Any, values: list[Any], name: str) -> NDArray[Any]:
    """Return an array of one value, or one array, a row."""
    if kind in (bool, int):
        return np.array([int(value or 0) for value in values], dtype=np.int64)
    if kind is float:
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    if kind is str:
        return texts("" if value is None else value for value in values)
    given = [np.asarray(value) for value in values if value is not None]
    if len({array.shape for array in given}) > 1:
        raise ValueError(f"{name}: arrays in a table must have one shape")
    missing = np.full(given[0].shape, np.nan) if given else np.nan
    return np.array([missing if value is None else value for value in values])


def _array(kind: Any, value: Any) -> NDArray[Any]:
    if kind is str:
        return np.array(value, dtype=object)
    array = texts(value) if is_a(kind, tuple) and all(isinstance(one, str) for one in value) else np.asarray(value)
    return array.astype(np.int64) if array.dtype.kind == "b" and kind is bool else array


def _attribute(value: Any) -> Any:
    if isinstance(value, tuple):  # names as a list, sentences line by line
        return list(value) if value and all(name.isidentifier() for name in value) else "\n".join(value)
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) < INTEGER_LIMIT):
        return int(value)
    return str(value) if isinstance(value, int | str) else value
