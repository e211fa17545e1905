"""From the columns of a table, of any format, to edges between numbered neurons: every name and weight is checked."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Number
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import pdtrc

from mftheory.connectome.reading.roles import NEURONS, NUMBER, Request, tidy
from mftheory.errors import InvalidFile

_INVALID_NAMES = {
    # A spreadsheet writes 720575940628857210 as 7.20576E+17, and so do floats: many neurons under one name.
    r"\d([.,]\d+)?[eE]\+\d+|\d[.,]\d+[eE]\d+": "is a rounded number; a neuron's name must be whole: write it as text",
    r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)": "is an error of a spreadsheet, and names no neuron",
    r"=[^\"].*": "is a formula of a spreadsheet without its value, and names no neuron; save the file there again",
}
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
_DIGITS, _BITS = 15, 53  # digits of a number that a spreadsheet keeps, bits that a float keeps; others become zeros
_TEXT_TYPES = ("object", "str", "string", "large_string", "null")
# A name of 18 digits ends in three zeros by chance in one of 1000. More such names than chance would give in one file
# of a million, or no others where these have three zeros together, are a spreadsheet's; so are a float's, which keeps
# of ids of 18 digits one in 64 or 128, but no others at that one chance in a million.
_CHANCE_LEVEL, _CHANCE_ZEROS = 1e-6, 3


@dataclass
class Table:
    """A table of any format."""

    header: Sequence[str]
    frames: Iterable[pd.DataFrame]  # its rows, in parts, with columns 0, 1, ...; the index is the number of the row
    place: Callable[[str, int], str]  # of a role and a row, where they stand in the file: "weight on line 12"
    neurons: Sequence[str] = ()  # names of all neurons in order, where not only the edges name them
    hint: str = ""  # what may be wrong if a column is missing
    titled: bool = False  # its header is the file's first row, which could be one of the edges
    notes: Sequence[str] = ()


@dataclass
class Edges:
    """The edges of a file, and notes on them.

    The frame has ``pre`` and ``post`` (or ``neuron``), numbers of neurons; ``weight``, finite; and where the file has
    them ``sign``, ``transmitter``, ``kind``, categories. Its index is the number of the row in the file.
    """

    frame: pd.DataFrame
    neurons: list[str]  # their names
    place: Callable[[str, int], str]
    ordered: bool = False  # the order of the neurons is the file's
    columns: dict[str, str] = field(default_factory=dict)  # name of the column that plays each role
    unused: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    sign_source: str = "the weights"

    def first(self, role: str, rows: NDArray[np.bool_]) -> str:
        """Return the place of the first of some rows, in words."""
        return self.place(role, int(self.frame.index[int(np.argmax(rows))]))

    def present(self, role: str) -> list[str]:
        """Return the values of a column of categories that occur."""
        return list(self.frame[role].cat.remove_unused_categories().cat.categories)

    def map(self, role: str, meaning: Callable[[str], int]) -> NDArray[np.int64]:
        """Return a number for each row, by its value in a column of categories."""
        column = self.frame[role].cat
        return np.array([meaning(value) for value in column.categories], dtype=np.int64)[column.codes]


def edges_of(file: Path, table: Table, request: Request) -> Edges:
    """Make edges of the columns of a table; refuse a name or a weight that is not valid, with its place."""
    position = request.positions(file, table.header, table.hint)
    conditions = request.conditions(file, table.header)
    columns = {role: table.header[k] for role, k in position.items()}
    if (
        table.titled
        and NUMBER.fullmatch(top := columns.get("weight", ""))
        and table.header != [*map(str, range(len(table.header)))]
    ):
        raise InvalidFile("path", str(file), f"has no header: its first row has the weight {top!r}; name the columns")
    known: dict[str, dict[str, int]] = {role: {} for role in position if role != "weight"}
    neurons = {name: k for k, name in enumerate(table.neurons)}
    known |= dict.fromkeys(known.keys() & set(NEURONS), neurons)
    parts = []
    for frame in table.frames:
        for k, values in conditions:
            codes, distinct = _distinct(frame[k], table)
            frame = frame[np.array([*(text(v) in values for v in distinct), "" in values])[codes]]
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
    edges = Edges(frame, list(neurons), table.place, bool(table.neurons), columns, unused, list(table.notes))
    check_names(edges)
    return edges


def sorted_names(names: Sequence[str]) -> list[str]:
    """Sort names by number where all are numbers, otherwise alphabetically: independent of the order of the edges."""
    if all(name.isascii() and name.isdigit() for name in names):
        return sorted(names, key=lambda name: (len(name.lstrip("0")), name.lstrip("0"), name))
    return sorted(names)


def _distinct(column: "pd.Series[Any]", table: Table) -> tuple[NDArray[np.int64], list[Any]]:
    """Return the number of each row's value (-1 where it is missing), and the distinct values: numbers or texts."""
    dtype, shown = _type(column)
    if not (dtype.kind in "iufb" or shown in _TEXT_TYPES):
        raise InvalidFile(f"column {table.header[column.name]!r}", shown, "must hold texts or whole numbers, one a row")
    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    return codes, list(distinct)


def _codes(column: "pd.Series[Any]", role: str, known: dict[str, int], table: Table) -> NDArray[np.int32]:
    """Return a number for each text of a column; `known` has those of the rows above, and gets new ones."""
    dtype = _type(column)[0]
    mixed = dtype.kind == "b" or (column.dtype == object and pd.api.types.infer_dtype(column) != "string")
    if role in NEURONS and mixed:
        # Dates and booleans, before True becomes one with 1.
        odd = [isinstance(v, bool | np.bool_) or not isinstance(v, str | Number | None) for v in column]
        if any(odd):
            at = odd.index(True)
            place = table.place(role, int(column.index[at]))
            raise InvalidFile(place, str(column.iloc[at]), "must name a neuron, as text or a whole number")
    codes, distinct = _distinct(column, table)
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
            kind = dtype if dtype.kind == "f" else "float64"
            allowed = f"is a rounded number (as {kind} names are exact below {exact:.0f}): write it as text"
            place = table.place(role, int(column.index[int(np.argmax(rows))]))
            raise InvalidFile(place, *((value, "must name a neuron") if not texts[k] else (float(value), allowed)))
    return np.array([known.setdefault(name, len(known)) for name in texts], dtype=np.int32)[codes]


def _type(column: "pd.Series[Any]") -> tuple[np.dtype[Any], str]:
    """Return the type in NumPy's terms, and its name, which may be one of Arrow's."""
    dtype = getattr(column.dtype, "numpy_dtype", column.dtype)
    shown = str(getattr(column.dtype, "pyarrow_dtype", dtype))
    return dtype if isinstance(dtype, np.dtype) else np.dtype(object), shown


def text(value: Any) -> str:
    """Return a name as it is written, digit by digit: ids have more digits than a float."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _numbers(column: "pd.Series[Any]", table: Table) -> NDArray[np.float64]:
    """Return a column of numbers, or of texts that read as numbers; refuse those that are not finite."""
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
        comma = ", with a point before its decimals, not a comma" if isinstance(value, str) and "," in value else ""
        raise InvalidFile(table.place("weight", int(column.index[k])), value, "must be a finite number" + comma)
    return numbers


def number(value: Any) -> float:
    # float() takes 1_000 for a thousand, as in Python's source; in a data file it is a mistake.
    try:
        return float("nan" if isinstance(value, str) and "_" in value else value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def check_names(edges: Edges) -> None:
    """Refuse names that are none, or that a spreadsheet or a float rounded; 1.0 is the neuron 1."""
    names = edges.neurons
    decimal = [name for name in names if _DECIMAL.fullmatch(name)]
    # So whole numbers are written where a value is missing. Where one is not whole they are names of another kind.
    whole = {name for name in decimal if not name.partition(".")[2].strip("0")} if not edges.ordered else set()
    whole = whole if len(whole) == len(decimal) else set()
    codes = {role: edges.frame[role].to_numpy() for role in edges.frame.columns.intersection(NEURONS)}

    def refuse(k: int, allowed: str) -> None:
        places = (edges.first(role, rows) for role, of in codes.items() if (rows := of == k).any())
        raise InvalidFile(next(places, f"name of neuron {k + 1}"), names[k], allowed)

    for pattern, allowed in _INVALID_NAMES.items():
        if wrong := [k for k, name in enumerate(names) if re.fullmatch(pattern, name)]:
            refuse(wrong[0], allowed)
    if wrong := [k for k, name in enumerate(names) if name in whole and abs(float(name)) >= 2**_BITS]:
        refuse(wrong[0], "is a rounded number; a neuron's name must be whole: write it as text")
    for of in codes.values():
        present = np.flatnonzero(np.bincount(of, minlength=len(names))).tolist()
        long = {k: names[k] for k in present if len(names[k]) > _DIGITS and names[k].isascii() and names[k].isdigit()}
        for what, cut, chances, least in _roundings(long):
            together = len(cut) == len(chances) and np.prod(list(chances.values())) <= least
            if cut and (together or pdtrc(len(cut) - 1, sum(chances.values())) < _CHANCE_LEVEL):
                so = f"so {len(cut)} of {len(chances)} long names end"
                refuse(cut[0], f"{what} ({so}); export the table again, with this column as text")
    if 0 < (comments := sum(name.startswith("#") for name in names)) < len(names):
        example = next(name for name in names if name.startswith("#"))
        edges.notes.append(
            f"{comments} names begin with # ({example[:30]!r}): their lines were read as edges, not comments"
        )
    if whole:
        distinct = pd.factorize(np.array([n.partition(".")[0] if n in whole else n for n in names], object))
        edges.neurons = list(distinct[1])
        for role in codes:
            edges.frame[role] = distinct[0][edges.frame[role]]


def _roundings(long: dict[int, str]) -> Iterator[tuple[str, list[int], dict[int, float], float]]:
    """Yield a way to round long names, names that look so, each one's chance to, and the most that all may have."""
    chances = {k: 10.0 ** (_DIGITS - len(name)) for k, name in long.items()}
    cut = [k for k, name in long.items() if not name[_DIGITS:].strip("0")]
    yield f"a spreadsheet rounded this name to {_DIGITS} digits", cut, chances, 10.0**-_CHANCE_ZEROS * (1 + 1e-9)
    # One in 2^k of them is a float; and one is what JavaScript writes for that, its shortest digits and zeros.
    whole = {k: int(name) for k, name in long.items() if len(name) < 300}  # so many digits are within a float's range
    chances = {k: 2.0 ** (_BITS + 1 - n.bit_length()) for k, n in whole.items() if n.bit_length() > _BITS + 1}
    cut = [k for k in chances if whole[k] in (int(float(whole[k])), int(Decimal(repr(float(whole[k])))))]
    yield f"a float rounded this name to {_BITS} bits", cut, chances, _CHANCE_LEVEL
