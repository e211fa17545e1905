"""Edge lists as text: comma, tab or otherwise separated, packed by gzip or not."""

import csv
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome.reading.columns import Coded, Columns, Request, encoders
from mftheory.connectome.reading.files import reason, suffix
from mftheory.errors import InvalidFile, InvalidNetwork

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}

_BATCH = 256  # rows; few enough to stay in the cache and to be gone before Python's cycle collector looks at them
_LONGEST_LINE = 2**20  # characters; a file without line ends must not be read as one line
# A spreadsheet writes 720575940628857210 as 7.20576E+17: many neurons under one name.
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+")


def read_text(file: Path, request: Request, delimiter: str | None = None) -> Columns:
    """The columns of a text table.

    Parameters
    ----------
    file : Path
        ``.csv``, ``.tsv`` or ``.txt``, with ``.gz`` after it if packed; UTF-8, with a header.
    request : Request
    delimiter : str, optional
        By default a comma in ``.csv``, a tab in ``.tsv``, and in ``.txt`` the one that is most frequent in the
        header.

    Raises
    ------
    InvalidFile
        With the number of the line that is wrong.
    """
    table = _TextTable(file, delimiter)
    position = request.positions(file, table.header, table.hint)
    conditions = request.conditions(file, table.header)
    encoder = encoders(position)
    codes: dict[str, list[NDArray[np.int64]]] = {role: [] for role in encoder}
    weights: list[NDArray[np.float64]] = []
    records: list[NDArray[np.int64]] = []
    for numbers, batch in table.batches():
        if conditions:
            hold = [all(row[k].strip() == value for k, value in conditions) for row in batch]
            numbers, batch = numbers[hold], list(itertools.compress(batch, hold))
        columns = list(zip(*batch, strict=True)) or [()] * len(table.header)
        for role, number in encoder.items():
            values = list(map(str.strip, columns[position[role]]))
            if role in ("pre", "post", "neuron") and "" in values:
                allowed = "must name the neuron" if role == "neuron" else "must name both neurons"
                raise table.wrong(int(numbers[values.index("")]), allowed)
            codes[role].append(number(values))
        if "weight" in position:
            texts = columns[position["weight"]]
            array = _finite(texts)
            if array is None:
                k = next(k for k, text in enumerate(texts) if _finite([text]) is None)
                raise table.wrong(int(numbers[k]), "must be a finite number", "weight", texts[k])
            weights.append(array)
        records.append(numbers)

    record = np.concatenate([np.zeros(0, dtype=np.int64), *records])
    text = {
        role: Coded(np.concatenate([np.zeros(0, dtype=np.int64), *codes[role]]), encoder[role].values)
        for role in encoder
    }
    for role in text.keys() & {"pre", "post", "neuron"}:
        for value in filter(_ROUNDED.fullmatch, text[role].present):
            k = int(record[text[role].first(value)])
            raise table.wrong(k, "is a rounded number; a neuron's name must be whole", role, value)
    weight = np.concatenate([np.zeros(0), *weights]) if "weight" in position else None
    unused = request.unused(table.header, position.values())
    return Columns(text, weight, lambda k: f"line {table.find(int(record[k]))[0]}", unused)


class _TextTable:
    """Rows in batches; only where one is wrong is the file read again, to find the number of its line."""

    def __init__(self, file: Path, delimiter: str | None) -> None:
        if delimiter is not None and delimiter not in DELIMITERS and len(delimiter) != 1:
            raise InvalidNetwork("delimiter", delimiter, "must be one character")
        self.file = file
        _refuse_binary(file)
        with _open(file) as stream:
            first = next(self._lines(stream), "")
        likely = max(DELIMITERS, key=first.count)
        usual = {".csv": ",", ".tsv": "\t"}.get(suffix(file).removesuffix(".gz"), likely)
        self.delimiter = delimiter or usual
        with _open(file) as stream:
            self.top = next(self._rows(stream), [])
        self.header = [name.strip() for name in self.top]
        self.hint = ""
        if likely != self.delimiter and first.count(likely) > first.count(self.delimiter):
            self.hint = f"; they seem separated by {DELIMITERS[likely]}: delimiter={likely!r} reads them"

    def batches(self) -> Iterator[tuple[NDArray[np.int64], list[list[str]]]]:
        """Numbers of the rows, from 0, and their fields: as many as the header has, and not the header again."""
        width, seen = {len(self.header)}, 0
        with _open(self.file) as stream:
            rows = self._rows(stream)
            next(rows, None)
            while batch := list(itertools.islice(rows, _BATCH)):
                if not set(map(len, batch)) <= width:
                    k = next(k for k, row in enumerate(batch) if len(row) != len(self.header))
                    raise self.wrong(seen + k, f"must have {len(self.header)} columns, as the header")
                if self.top in batch:
                    raise self.wrong(seen + batch.index(self.top), "repeats the header")
                yield np.arange(seen, seen + len(batch)), batch
                seen += len(batch)

    def find(self, record: int) -> tuple[int, list[str]]:
        """Number of the line, from 1, and fields of a row."""
        with _open(self.file) as stream:
            reader = csv.reader(self._lines(stream), delimiter=self.delimiter, strict=True)
            rows = filter(None, reader)
            next(rows)
            row = next(itertools.islice(rows, record, None))
            return reader.line_num, row

    def wrong(self, record: int, allowed: str, column: str = "", text: str | None = None) -> InvalidFile:
        """The error that points at a row, or at one field of it."""
        line, row = self.find(record)
        place = f"{column} on line {line}" if column else f"line {line}"
        return InvalidFile(place, self.delimiter.join(row) if text is None else text, allowed)

    def _rows(self, stream: IO[str]) -> Iterator[list[str]]:
        """Fields of each line that is not empty."""
        reader = csv.reader(self._lines(stream), delimiter=self.delimiter, strict=True)
        try:
            yield from filter(None, reader)
        except csv.Error as error:
            what = f"is not a readable text table: {reason(error)} (line {reader.line_num})"
            raise InvalidFile("path", str(self.file), what) from None

    def _lines(self, stream: IO[str]) -> Iterator[str]:
        number = 0
        try:
            while line := stream.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    what = f"line {number} is longer than {_LONGEST_LINE} characters: this is no text table"
                    raise InvalidFile("path", str(self.file), what)
                yield line
        except UnicodeDecodeError:
            what = f"is not UTF-8 text (line {_undecodable(self.file)})"
            raise InvalidFile("path", str(self.file), what) from None
        except (OSError, EOFError, zlib.error) as error:
            what = f"is not a readable text table: {reason(error)} (after line {number})"
            raise InvalidFile("path", str(self.file), what) from None


def _open(file: Path) -> IO[str]:
    return io.TextIOWrapper(_open_bytes(file), encoding="utf-8-sig", newline="")


def _open_bytes(file: Path) -> IO[bytes]:
    return gzip.open(file, "rb") if suffix(file).endswith(".gz") else file.open("rb")  # type: ignore[return-value]


def _refuse_binary(file: Path) -> None:
    try:
        with _open_bytes(file) as stream:
            start = stream.read(4096)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidFile("path", str(file), f"is not a readable gzip file: {reason(error)}") from None
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidFile("path", str(file), "is UTF-16 text; save it as UTF-8")
    if b"\0" in start:
        raise InvalidFile("path", str(file), "is not UTF-8 text (it has null bytes: binary, or UTF-16)")
    if not start:
        raise InvalidFile("path", str(file), "the file is empty")


def _undecodable(file: Path) -> int:
    """Number of the first line that is not UTF-8."""
    with _open_bytes(file) as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _finite(texts: Sequence[str]) -> NDArray[np.float64] | None:
    """The numbers, or None if one is not finite or not a number."""
    try:
        numbers = np.array(list(map(float, texts)), dtype=np.float64)
    except ValueError:
        return None
    # float() takes 1_000 for a thousand, as in Python's source; in a data file it is a mistake.
    return None if "_" in "".join(texts) or not np.isfinite(numbers).all() else numbers
