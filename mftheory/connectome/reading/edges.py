"""From the columns of a table, of any format, to edges between numbered neurons: every name and weight is checked."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import poisson

from mftheory.connectome.reading.roles import NEURONS, Request
from mftheory.errors import InvalidFile

# A spreadsheet writes 720575940628857210 as 7.20576E+17, and so do floats: many neurons under one name.
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+")
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
_DIGITS = 15  # that a spreadsheet keeps; the others become zeros
_TEXTS = ("object", "str", "string", "large_string", "null")
# A name of 18 digits ends in three zeros by chance in one of 1000. More such names than chance would give in one file
# of a million, or no others where these have three zeros together, are a spreadsheet's.
_BY_CHANCE, _ZEROS = 1e-6, 3


@dataclass
class Table:
    """A table of any format."""

    header: Sequence[str]
    frames: Iterable[pd.DataFrame]  # its rows, in parts, with columns 0, 1, ...; the index is the number of the row
    place: Callable[[str, int], str]  # of a role and a row, where they stand in the file: "weight on line 12"
    neurons: Sequence[str] = ()  # names of all neurons in order, where not only the edges name them
    hint: str = ""  # what may be wrong if a column is missing


@dataclass
class Edges:
    """Edges, and what there is to say of them.

    The frame has ``pre`` and ``post`` (or ``neuron``), numbers of neurons; ``weight``, finite; and where the file has
    them ``sign``, ``transmitter``, ``kind``, categories. Its index is the number of the row in the file.
    """

    frame: pd.DataFrame
    neurons: list[str]  # their names
    place: Callable[[str, int], str]
    ordered: bool = False  # the order of the neurons is the file's
    unused: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def first(self, role: str, rows: NDArray[np.bool_]) -> str:
        """Where the first of some rows stands, in words."""
        return self.place(role, int(self.frame.index[int(np.argmax(rows))]))

    def present(self, role: str) -> list[str]:
        """The values of a column of categories that occur."""
        return list(self.frame[role].cat.remove_unused_categories().cat.categories)

    def map(self, role: str, meaning: Callable[[str], int]) -> NDArray[np.int64]:
        """A number for each row, by its value in a column of categories."""
        column = self.frame[role].cat
        return np.array([meaning(value) for value in column.categories], dtype=np.int64)[column.codes]


def edges_of(file: Path, table: Table, request: Request) -> Edges:
    """The columns of a table that play a role; a name or a weight that is not valid is refused with its place."""
    position = request.positions(file, table.header, table.hint)
    conditions = request.conditions(file, table.header)
    known: dict[str, dict[str, int]] = {role: {} for role in position if role != "weight"}
    neurons = {name: k for k, name in enumerate(table.neurons)}
    known |= dict.fromkeys(known.keys() & set(NEURONS), neurons)
    parts = []
    for frame in table.frames:
        for k, value in conditions:
            codes, distinct = _distinct(frame[k], table)
            frame = frame[np.array([*(text(v) == value for v in distinct), value == ""])[codes]]
        part = {
            role: _numbers(frame[k], table) if role == "weight" else _codes(frame[k], role, known[role], table)
            for role, k in position.items()
        }
        parts.append(pd.DataFrame(part, index=frame.index))
    frame = pd.concat(parts) if len(parts) > 1 else parts[0]
    if "weight" in request.needed and "weight" not in position:
        frame["weight"] = 1.0
    for role in known.keys() - set(NEURONS):
        frame[role] = pd.Categorical.from_codes(frame[role], categories=list(known[role]))
    unused = request.unused(table.header, position.values())
    edges = Edges(frame, list(neurons), table.place, bool(table.neurons), unused)
    check_names(edges)
    return edges


def sorted_names(names: Sequence[str]) -> list[str]:
    """By number where all names are numbers, otherwise alphabetically: independent of the order of the edges."""
    if all(name.isascii() and name.isdigit() for name in names):
        return sorted(names, key=lambda name: (len(name.lstrip("0")), name.lstrip("0"), name))
    return sorted(names)


def _distinct(column: "pd.Series[Any]", table: Table) -> tuple[NDArray[np.int64], list[Any]]:
    """Numbers of the column's distinct values, and these: numbers or texts; -1 where a value is missing."""
    dtype, shown = _type(column)
    if not (dtype.kind in "iufb" or shown in _TEXTS):
        raise InvalidFile(f"column {table.header[column.name]!r}", shown, "must hold texts or whole numbers, one a row")
    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    return codes, list(distinct)


def _codes(column: "pd.Series[Any]", role: str, known: dict[str, int], table: Table) -> NDArray[np.int32]:
    """Numbers of a column's texts; `known` has those of the rows above, and gets new ones."""
    codes, distinct = _distinct(column, table)
    dtype = _type(column)[0]
    # From here on a float can be a rounded whole number.
    exact = 2.0 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else 2.0**53
    distinct += [None] * bool((codes == -1).any())  # where -1 points to
    texts = list(map(text, distinct))
    for k, value in enumerate(distinct) if role in NEURONS else ():
        rounded = isinstance(value, float | np.floating) and not (
            float(value).is_integer() and abs(float(value)) < exact
        )
        if rounded or not texts[k]:
            rows = codes == (k if value is not None else -1)
            allowed = f"is a rounded number (as {dtype} names are exact below {exact:.0f}): write it as text"
            place = table.place(role, int(column.index[int(np.argmax(rows))]))
            raise InvalidFile(place, *((value, "must name a neuron") if not texts[k] else (float(value), allowed)))
    return np.array([known.setdefault(name, len(known)) for name in texts], dtype=np.int32)[codes]


def _type(column: "pd.Series[Any]") -> tuple[np.dtype[Any], str]:
    """The type in NumPy's terms, and its name, which may be one of Arrow's."""
    dtype = getattr(column.dtype, "numpy_dtype", column.dtype)
    shown = str(getattr(column.dtype, "pyarrow_dtype", dtype))
    return dtype if isinstance(dtype, np.dtype) else np.dtype(object), shown


def text(value: Any) -> str:
    """A name as it is written, digit by digit: ids have more digits than a float."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _numbers(column: "pd.Series[Any]", table: Table) -> NDArray[np.float64]:
    """Finite numbers, or texts that are such."""
    if column.dtype == object:
        codes, distinct = pd.factorize(column, use_na_sentinel=True)
        numbers = np.array([*map(number, distinct), np.nan])[codes]
    elif _type(column)[0].kind in "iufb":
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        raise InvalidFile(f"column {table.header[column.name]!r}", _type(column)[1], "must hold numbers, one a row")
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        k = int(np.argmax(wrong))
        value = column.iloc[k]
        value = None if value is pd.NA else value.item() if isinstance(value, np.generic) else value
        raise InvalidFile(table.place("weight", int(column.index[k])), value, "must be a finite number")
    return numbers


def number(value: Any) -> float:
    # float() takes 1_000 for a thousand, as in Python's source; in a data file it is a mistake.
    try:
        return float("nan" if isinstance(value, str) and "_" in value else value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def check_names(edges: Edges) -> None:
    """Refuse names that a spreadsheet or a float rounded; 1.0 is the neuron 1."""
    names = edges.neurons
    decimal = [name for name in names if _DECIMAL.fullmatch(name)]
    # So whole numbers are written where a value is missing. Where one is not whole they are names of another kind.
    whole = {name for name in decimal if not name.partition(".")[2].strip("0")} if not edges.ordered else set()
    whole = whole if len(whole) == len(decimal) else set()
    for role in edges.frame.columns.intersection(NEURONS):
        codes = edges.frame[role].to_numpy()
        present = [(int(k), names[k]) for k in np.flatnonzero(np.bincount(codes, minlength=len(names)))]
        for k, name in present:
            if _ROUNDED.fullmatch(name) or (name in whole and abs(float(name)) >= 2**53):
                allowed = "is a rounded number; a neuron's name must be whole: write it as text"
                raise InvalidFile(edges.first(role, codes == k), name, allowed)
        long = [(k, name) for k, name in present if len(name) > _DIGITS and name.isascii() and name.isdigit()]
        cut = [(k, name) for k, name in long if not name[_DIGITS:].strip("0")]
        zeros = sum(len(name) - _DIGITS for _, name in cut)
        expected = sum(10.0 ** (_DIGITS - len(name)) for _, name in long)
        if cut and ((len(cut) == len(long) and zeros >= _ZEROS) or poisson.sf(len(cut) - 1, expected) < _BY_CHANCE):
            so = f"so {len(cut)} of {len(long)} long names end"
            allowed = f"a spreadsheet rounded this name to {_DIGITS} digits ({so}); export the table again, with this"
            raise InvalidFile(edges.first(role, codes == cut[0][0]), cut[0][1], f"{allowed} column as text")
    if whole:
        codes, distinct = pd.factorize(np.array([n.partition(".")[0] if n in whole else n for n in names], object))
        edges.neurons = list(distinct)
        for role in edges.frame.columns.intersection(NEURONS):
            edges.frame[role] = codes[edges.frame[role]]
