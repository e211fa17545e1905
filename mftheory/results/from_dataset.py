"""A result from the labelled data set that it was written to, by the schema of its fields."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from mftheory.results.columns import rows_of
from mftheory.results.schema import Item, Label, Rows, is_a, is_table, items, joined, slug

if TYPE_CHECKING:
    import xarray

T = TypeVar("T")


ABSENT = object()
"""Stands for a field that is not in a data set."""


def from_dataset(kind: type[T], data: xarray.Dataset, **others: Any) -> T:
    """Return the result that `to_dataset` was given.

    Parameters
    ----------
    kind : type
        Its dataclass.
    data : xarray.Dataset
    **others
        Fields that are not stored; those that the dataclass lacks are left out.

    Raises
    ------
    LookupError
        If a field that is needed is not there.
    """
    names = {one.name for one in dataclasses.fields(kind) if one.init}  # type: ignore[arg-type]
    given = {name: value for name, value in others.items() if name in names}
    (result,) = _Reader(data, given).fields(kind, Label(), "", (), False)
    return result


class _Reader:
    """The fields of a result from a data set: for each a list of values, one a row of the tables that it is in."""

    def __init__(self, data: xarray.Dataset, others: Mapping[str, Any]) -> None:
        self.data, self.others = data, others

    def fields(self, kind: Any, label: Label, path: str, rows: Rows, optional: bool) -> list[Any]:
        stored = items(kind)
        columns = [
            self.field(item, label, path, rows, [joined(path, other.name) for other in stored]) for item in stored
        ]
        results: list[Any] = []
        for values in zip(*columns, strict=True):
            if path and all(value is ABSENT for value in values):
                results.append(ABSENT)
            elif optional and rows and all(_is_none(v) or (isinstance(v, int) and not v) for v in values):
                results.append(None)
            else:
                results.append(_made(kind, values, {} if path or rows else self.others))
        return results

    def field(self, item: Item, label: Label, path: str, rows: Rows, siblings: Sequence[str]) -> list[Any]:
        name, label = joined(path, item.name), item.label.within(label, path)
        if is_a(item.hint, Mapping) and not (rows or label.keys or label.as_json):
            inner = get_args(item.hint)[1]
            keys = self.keys(inner, name, tuple(each for each in siblings if len(each) > len(name)))
            entries = {key: self.get(inner, label, joined(name, slug(key)), ())[0] for key in keys}
            return [entries or ABSENT]
        values = self.get(item.hint, label, name, rows, item.optional)
        return [None if rows and item.optional and _is_none(value) else value for value in values]

    def get(self, hint: Any, label: Label, name: str, rows: Rows, optional: bool = False) -> list[Any]:
        inner = get_args(hint)
        if label.as_json:
            texts = self.leaf(str, label, name, rows)
            return [_from_plain(hint, json.loads(text)) if isinstance(text, str) else text for text in texts]
        if dataclasses.is_dataclass(hint):
            return self.fields(hint, label, name, rows, optional)
        if label.parts:
            whole = replace(label, parts=())
            parts = [self.get(inner[k], whole, joined(name, part), rows) for k, part in enumerate(label.parts)]
            return list(zip(*parts, strict=True))
        if label.keys:
            if optional and name not in self.data.variables:
                return [ABSENT] * _length(rows)
            return self.keyed(inner[1], label, name, rows)
        if is_a(hint, Mapping):
            return list(rows_of(self.data, rows[-1][0], f"{name}_"))
        if is_table(hint):
            (dim,) = label.dims
            along = ((dim, self.data.sizes.get(dim, 0)),)
            members = self.get(inner[0], replace(label, dims=()), name, along)
            owners = self.data[f"{dim}_{rows[-1][0]}"].values if rows else np.zeros(len(members))
            pairs = list(zip(members, owners, strict=True))
            return [tuple(member for member, owner in pairs if owner == k) for k in range(_length(rows))]
        return self.leaf(get_origin(hint) or hint, label, name, rows)

    def keyed(self, hint: Any, label: Label, name: str, rows: Rows) -> list[Any]:
        """Return mappings of numbers, from one variable along an axis of their keys."""
        axis, *rest = label.keys
        keys = [str(key) for key in self.data[axis].values]
        cells = self.get(hint, replace(label, keys=tuple(rest)), name, (*rows, (axis, len(keys))))
        known = [not _is_none(cell) for cell in cells]
        if f"{name}_known" in self.data:
            known = [bool(one) for one in self.data[f"{name}_known"].values.ravel()]
        starts = range(0, _length(rows) * len(keys), len(keys)) if keys else [0] * _length(rows)
        return [{key: cells[k + j] for j, key in enumerate(keys) if known[k + j]} for k in starts]

    def keys(self, hint: Any, name: str, siblings: tuple[str, ...]) -> list[str]:
        """Return the keys of a mapping: as its variables name them or, in older files, what follows its name."""
        variables = self.data.variables
        if tagged := dict.fromkeys(str(one.attrs[name]) for one in variables.values() if name in one.attrs):
            return list(tagged)
        is_one = dataclasses.is_dataclass(hint) and isinstance(hint, type)
        needed = [item.name for item in items(hint) if not item.optional] if is_one else [""]
        candidates = [n for n in map(str, variables) if n.startswith(f"{name}_") and not n.startswith(siblings)]
        end = needed[0] and f"_{needed[0]}"
        keys = [n[len(name) + 1 :].removesuffix(end) for n in candidates if n.endswith(end)]
        return [key for key in keys if all(joined(f"{name}_{key}", each) in variables for each in needed)]

    def leaf(self, kind: Any, label: Label, name: str, rows: Rows) -> list[Any]:
        stored_values = self.data[name].values if name in self.data.variables else self.data.attrs.get(name, ABSENT)
        if stored_values is ABSENT:
            return [ABSENT] * _length(rows)
        values = stored_values.reshape(_length(rows), *stored_values.shape[len(rows) :]) if rows else [stored_values]
        return [_value(kind, value, label) for value in values]


def _made(kind: Any, values: Sequence[Any], others: Mapping[str, Any]) -> Any:
    """Make a dataclass of its fields; one that is absent has its default, or else is None or empty."""
    given, later = dict(others), dict[str, Any]()
    for item, value in zip(items(kind), values, strict=True):
        field = item.field
        if value is not ABSENT:
            (given if field.init else later)[field.name] = value
        elif field.default is MISSING and field.default_factory is MISSING:
            if not (item.optional or is_a(item.hint, Mapping)):
                raise LookupError(f"there is no {item.name}")
            given[field.name] = None if item.optional else {}
    result = kind(**given)
    for name, value in later.items():
        object.__setattr__(result, name, value)
    return result


def _value(kind: Any, value: Any, label: Label) -> Any:
    """Return a value as its field's type."""
    if label.choices:
        return tuple(label.choices[k] for k in value.tolist())
    if kind in (bool, int, float, complex) or is_a(kind, str):
        return float("nan") if kind in (bool, int) and _is_none(value) else kind(value)
    if is_a(kind, tuple):
        return tuple(value.splitlines() if isinstance(value, str) else np.atleast_1d(value).tolist())
    array = np.asarray(value)
    return array.item() if kind is Any and array.ndim == 0 else array


def _is_none(value: Any) -> bool:
    """Return whether a value in a table stands for none."""
    if isinstance(value, float | complex):  # of NumPy too
        return math.isnan(value.real)
    return value is None or value is ABSENT or (isinstance(value, str) and not value)


def _from_plain(hint: Any, plain: Any) -> Any:
    """Return the value of plain data from JSON: dataclasses, and tuples among their fields, are made again."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{name: _from_plain(hints[name], value) for name, value in plain.items()})
    return tuple(plain) if is_a(hint, tuple) else plain


def _length(rows: Rows) -> int:
    return math.prod(length for _, length in rows)
