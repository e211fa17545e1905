"""The schema of results in files: each field states, where it is declared, its name there, axes, units and meaning.

    omega: Array = field(metadata=stored("angular frequency ω", "rad / time constant", "omega"))

`to_dataset` and `from_dataset`, in modules of their names, do the rest for every type, by the fields' types:

    number, text           an attribute; a variable if it has a meaning of its own, or is in something else
    array, tuple           a variable along `dims`; a tuple without dims is an attribute
    dataclass              its fields, by names that begin with its own
    mapping                likewise its entries; with `keys`, one variable along an axis of that name
    tuple of dataclasses   a table: one variable a column, along the one axis of `dims`
    optional               left out; in a table NaN (a text: empty), of a dataclass NaN and 0
    as_json                text

A field without `stored` is not in the data set: a network, a function, where a result came from.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

Rows = tuple[tuple[str, int], ...]
"""The axes of the tables that a value is in, with their lengths."""


@dataclass(frozen=True)
class Label:
    """The name, axes, units and meaning of a field in a data set: see `stored`."""

    long_name: str = ""
    units: str = ""
    dims: tuple[str, ...] = ()
    name: str | None = None
    keys: tuple[str, ...] = ()
    known_keys: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    as_json: bool = False

    def within(self, parent: Label, path: str) -> Label:
        """Return this label, completed by name, units and axes of the field that contains it."""
        dims = tuple(f"{path}_{dim}" if path else dim for dim in self.dims)
        long_name = (self.long_name or "{}").replace("{}", parent.long_name) or path
        return replace(self, long_name=long_name, units=self.units or parent.units, dims=dims or parent.dims)


def stored(long_name: str = "", units: str = "", dims: str = "", keys: str = "", **more: Any) -> dict[str, Label]:
    """Return the metadata of a field that is kept in files.

    Parameters
    ----------
    long_name : str
        What it means. "{}" stands for the meaning of what contains it, "{key}" for the key in a mapping.
    units : str
        By default those of what contains it, or "1".
    dims : str
        Names of its axes, those that it has, with spaces; by default the axes of what contains it.
    keys : str
        Names of the axes along which mappings of numbers are.
    **more
        `name`, in files, by default the field's; an empty one adds nothing to that of what contains it. `known_keys`,
        the first keys. `parts`, names of the members of a tuple of different things. `choices`, texts that are kept as
        numbers. `as_json`, for what is kept as a text.

    Examples
    --------
    >>> from dataclasses import dataclass, field
    >>> from mftheory.results.from_dataset import from_dataset
    >>> from mftheory.results.schema import stored
    >>> from mftheory.results.to_dataset import to_dataset
    >>> @dataclass
    ... class Rates:
    ...     counts: dict[str, float] = field(metadata=stored("spikes", "1", keys="neuron"))
    ...     interval: float = field(metadata=stored("time between them", "s"))
    ...     status: str = field(metadata=stored())
    >>> data = to_dataset(Rates({"a": 3.0, "b": 5.0}, 0.1, "done"))
    >>> data["counts"].sel(neuron="b").item(), data["interval"].attrs["units"], from_dataset(Rates, data)
    (5.0, 's', Rates(counts={'a': 3.0, 'b': 5.0}, interval=0.1, status='done'))
    """
    return {"stored": Label(long_name, units, tuple(dims.split()), keys=tuple(keys.split()), **more)}


class Item(NamedTuple):
    """A field that is stored."""

    field: dataclasses.Field[Any]
    hint: Any
    optional: bool
    label: Label

    @property
    def name(self) -> str:
        """Its name in a data set, within what contains it."""
        return self.field.name if self.label.name is None else self.label.name


@cache
def items(kind: type) -> tuple[Item, ...]:
    """Return the stored fields of a dataclass."""
    hints = get_type_hints(kind)
    stored_fields = []
    for one in dataclasses.fields(kind):
        if "stored" in one.metadata:
            hint = hints[one.name]
            choices = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
            given = [choice for choice in choices if choice is not type(None)]
            stored_fields.append(Item(one, given[0], len(given) < len(choices), one.metadata["stored"]))
    return tuple(stored_fields)


def is_a(hint: Any, kind: type) -> bool:
    """Return whether an annotation is of a type that derives from `kind`, whatever it contains."""
    kind_of_hint = get_origin(hint) or hint
    return isinstance(kind_of_hint, type) and issubclass(kind_of_hint, kind)


def is_table(hint: Any) -> bool:
    """Return whether an annotation is a sequence of dataclasses or mappings, of any length."""
    inner = get_args(hint)
    return is_a(hint, Sequence) and bool(inner) and (dataclasses.is_dataclass(inner[0]) or is_a(inner[0], Mapping))


def joined(path: str, name: str) -> str:
    """Return the name of something within something else."""
    return f"{path}_{name}" if path and name else path or name


def slug(key: str) -> str:
    """Return a key as a part of a name: "a/b" would be a group of the file."""
    return re.sub(r"\W+", "_", key)
