"""Which column of a table is what, and the columns as arrays."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidFile, InvalidNetwork

COLUMNS: dict[str, tuple[str, ...]] = {
    "pre": (
        *("pre", "presynaptic", "preid", "preneuron", "precell", "prerootid", "preptrootid", "rootidpre"),
        *("bodyidpre", "prebodyid", "presynapticid", "presynapticneuron", "presynapticcell", "presynapticrootid"),
        *("source", "sourceid", "src", "from", "sender", "origin", "neuron1"),
    ),
    "post": (
        *("post", "postsynaptic", "postid", "postneuron", "postcell", "postrootid", "postptrootid", "rootidpost"),
        *("bodyidpost", "postbodyid", "postsynapticid", "postsynapticneuron", "postsynapticcell"),
        *("postsynapticrootid", "target", "targetid", "tgt", "to", "receiver", "destination", "neuron2"),
    ),
    "weight": (
        *("weight", "weights", "w", "syncount", "synapses", "synapsecount", "nsyn", "nsyns", "nsynapses", "numsyn"),
        *("numsynapses", "numberofsynapses", "numberofconnections", "connectivity", "count", "nbr"),
    ),
    "sign": ("sign", "polarity", "excitatory"),
    "transmitter": (
        *("transmitter", "neurotransmitter", "neurotransmitters", "nt", "nttype", "nttypepredicted", "topnt"),
        *("predictednt", "predictedneurotransmitter", "consensusnt", "ntprediction"),
    ),
    "kind": ("kind", "type", "synapsetype", "edgetype", "connectiontype"),
    "neuron": (
        *("neuron", "neuronid", "neuronname", "cell", "cellid", "cellname", "rootid", "ptrootid", "bodyid"),
        *("name", "label", "id"),
    ),
}
"""Names that are recognised for each role, in lower case and without ``_``, ``-``, spaces and dots."""


def plain(text: str) -> str:
    """Lower case, without separators."""
    return text.lower().translate(_SEPARATORS)


# Roles that may be given as None: no such column. Without weights each row counts as 1.
_MAY_LACK = ("weight", "sign", "transmitter", "kind")
_SEPARATORS = str.maketrans("", "", " _-.")


@dataclass(frozen=True)
class Request:
    """What is asked of a table.

    Attributes
    ----------
    needed, optional : tuple of str
        Roles (keys of `COLUMNS`).
    given : mapping
        Names of columns by role, where the user gave them; None says there is no such column.
    where : mapping
        Rows to keep: name of a column to its value.
    """

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    given: Mapping[str, str | None]
    where: Mapping[str, str]

    def positions(self, file: Path, header: Sequence[str], hint: str = "") -> dict[str, int]:
        """Position of the column that plays each role; roles without a column are left out.

        Raises
        ------
        InvalidFile
            If a needed or given column is missing, or a role fits several columns.
        """
        found = {}
        for role in (*self.needed, *self.optional):
            if role in self.given and self.given[role] is None:
                continue
            position = _position(file, header, role, self.given.get(role), role in self.needed, hint)
            if position is not None:
                found[role] = position
        return found

    def of_attributes(self) -> "Request":
        """The same without the two ends, for edges of a graph."""
        ends = ("pre", "post")
        return Request(
            tuple(role for role in self.needed if role not in ends),
            self.optional,
            {role: name for role, name in self.given.items() if role not in (*ends, "neuron")},
            self.where,
        )

    def conditions(self, file: Path, header: Sequence[str]) -> list[tuple[int, str]]:
        """Positions and values of the columns of `where`."""
        conditions = []
        for name, value in self.where.items():
            position = _position(file, header, name, name, True, "")
            assert position is not None
            conditions.append((position, str(value)))
        return conditions

    def unused(self, header: Sequence[str], used: Iterable[int]) -> tuple[str, ...]:
        """Names of the columns that neither play a role nor are in `where`."""
        played = set(used)
        return tuple(name for k, name in enumerate(header) if k not in played and name and name not in self.where)


@dataclass(frozen=True)
class Coded:
    """A column of text.

    Attributes
    ----------
    codes : integer array of shape (rows,)
        Position of each row's value in `values`.
    values : tuple of str
        The distinct values, in order of appearance (of this column and others encoded together with it).
    """

    codes: NDArray[np.int64]
    values: tuple[str, ...]

    def keep(self, rows: NDArray[np.bool_]) -> "Coded":
        """Some of the rows."""
        return Coded(self.codes[rows], self.values)

    def first(self, value: str) -> int:
        """The first row with a value that occurs."""
        return int(np.argmax(self.codes == self.values.index(value)))

    @property
    def present(self) -> tuple[str, ...]:
        """The values that occur in some row."""
        counts = np.bincount(self.codes, minlength=len(self.values))
        return tuple(value for value, count in zip(self.values, counts, strict=True) if count)

    def map(self, meaning: Callable[[str], int]) -> NDArray[np.int64]:
        """A number for each row, by its value."""
        return np.array([meaning(value) for value in self.values], dtype=np.int64)[self.codes]


class Encoder:
    """Numbers distinct texts in order of appearance."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._number: defaultdict[str, int] = defaultdict(itertools.count().__next__)
        for value in values:
            self._number[value]

    def __call__(self, values: Collection[str]) -> NDArray[np.int64]:
        return np.fromiter(map(self._number.__getitem__, values), np.int64, len(values))

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self._number)


@dataclass(frozen=True)
class Columns:
    """The columns of a table that play a role.

    Attributes
    ----------
    text : dict of Coded
        By role. ``pre`` and ``post`` share their values.
    weight : array of shape (rows,) or None
        Finite.
    locate : function
        Where row k stands in the file, in words: ``"line 12"``.
    unused : tuple of str
        Names of columns that play no role.
    """

    text: dict[str, Coded]
    weight: NDArray[np.float64] | None
    locate: Callable[[int], str]
    unused: tuple[str, ...] = ()

    def keep(self, rows: NDArray[np.bool_]) -> "Columns":
        """Some of the rows."""
        number = np.flatnonzero(rows)
        text = {role: coded.keep(rows) for role, coded in self.text.items()}
        weight = None if self.weight is None else self.weight[rows]
        return Columns(text, weight, lambda k: self.locate(int(number[k])), self.unused)


def encoders(roles: Iterable[str]) -> dict[str, Encoder]:
    """One for each column of text; ``pre`` and ``post`` share one."""
    found = {role: Encoder() for role in roles if role != "weight"}
    if "post" in found:
        found["post"] = found["pre"]
    return found


def check_keys(given: Mapping[str, object], allowed: Sequence[str]) -> None:
    """Raise InvalidNetwork if `columns` names a role that does not exist."""
    unknown = sorted(str(role) for role in given if role not in allowed)
    if unknown:
        raise InvalidNetwork("columns", unknown[0], f"its keys must be among {', '.join(allowed)}")
    for role, name in given.items():
        if (name is None and role in _MAY_LACK) or isinstance(name, str):
            continue
        raise InvalidNetwork(f"columns[{role!r}]", name, "must be the name of a column")


def sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    """By number where all names are numbers, otherwise alphabetically: independent of the order of the edges."""
    names = list(names)
    if all(name.isascii() and name.isdigit() for name in names):
        return tuple(sorted(names, key=lambda name: (len(name.lstrip("0")), name.lstrip("0"), name)))
    return tuple(sorted(names))


def _position(file: Path, header: Sequence[str], role: str, given: str | None, needed: bool, hint: str) -> int | None:
    if given is not None:
        found = [k for k, name in enumerate(header) if name == given]
    else:
        found = [k for k, name in enumerate(header) if plain(name) in COLUMNS[role]]
    shown = ", ".join(header[:8])[:80]
    if not found and (needed or given is not None):
        way_out = hint or ("" if given is not None else f"; columns={{{role!r}: NAME}} names it")
        raise InvalidFile("path", str(file), f"has no {given or role!r} column; its columns are: {shown!r}{way_out}")
    if len(found) > 1:
        names = ", ".join(repr(header[k]) for k in found[:4])
        way_out = "" if given is not None else f"; columns={{{role!r}: NAME}} chooses"
        raise InvalidFile("path", str(file), f"has {len(found)} {given or role!r} columns: {names}{way_out}")
    return found[0] if found else None
