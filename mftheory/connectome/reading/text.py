"""Edge lists as text: comma, tab or otherwise separated, packed by gzip or not."""

import csv
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pandas as pd

from mftheory.connectome.reading.edges import Table
from mftheory.connectome.reading.files import readable, reason, suffix
from mftheory.connectome.reading.roles import header_hint, tidy
from mftheory.errors import InvalidFile, InvalidNetwork

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}

_BLOCK_CHARACTERS = 2**25  # characters read in one go: a few hundred thousand rows
_MAX_LINE_CHARACTERS = 2**20  # characters; a file without line ends must not be read as one line
# The first line of a file of Excel's, which names the delimiter.
_EXCEL_FIRST_LINE = re.compile(r'\A\s*"?sep=(.)"?[^\S\n]*(?=\n)', re.IGNORECASE)


def read_text(file: Path, delimiter: str | None = None) -> Table:
    """Read a text table in UTF-8, with a header.

    The delimiter is by default a tab in ``.tsv``, a comma in ``.csv`` unless its header has more tabs, and in ``.txt``
    the one that is most frequent in the header.
    """
    if delimiter is not None and not (isinstance(delimiter, str) and len(delimiter) == 1):
        raise InvalidNetwork("delimiter", delimiter, "must be one character")
    blocks = _blocks(file)
    first = next(blocks, None)
    if first is None:
        raise InvalidFile("path", str(file), "the file is empty")
    if (excel := _EXCEL_FIRST_LINE.match(first[1])) and delimiter is None:
        delimiter = excel[1]
    first = 0, _EXCEL_FIRST_LINE.sub("", first[1], 1) if excel else first[1]
    if (line := next(filter(str.strip, first[1].split("\n")), None)) is None:
        raise InvalidFile("path", str(file), "has no lines that are not blank")
    likely = max(DELIMITERS, key=line.count)
    usual = {".csv": ("\t",), ".tsv": ()}.get(suffix(file).removesuffix(".gz"), tuple(DELIMITERS))
    default = "\t" if suffix(file).startswith(".tsv") else ","
    sep = delimiter or (likely if likely in usual and line.count(likely) > line.count(default) else default)
    header = next(_rows(file, iter([first]), sep), [])
    top = itertools.islice(filter(str.strip, io.StringIO(first[1])), 9)
    hint = header_hint([row.strip().replace('"', "").split(sep) for row in top])
    if line.count(likely) > line.count(sep):
        hint = f"; they seem separated by {DELIMITERS[likely]}: delimiter={likely!r} reads them"
    elif len(header) == 1 and len(line.split()) > 2 and not hint:
        hint = "; they seem separated by blanks: delimiter=' ' reads them"
    return Table(
        [*map(tidy, header)],
        _frames(file, itertools.chain([first], blocks), sep, header),
        lambda role, k: f"{role} on line {_find(file, sep, k)[0]}",
        hint=hint,
        titled=True,
    )


def _frames(file: Path, blocks: Iterator[tuple[int, str]], sep: str, header: list[str]) -> Iterator[pd.DataFrame]:
    """Yield the fields of the rows below the header, as texts."""
    done, width = 0, len(header)
    for before, text in blocks:
        if '"' in text:  # pandas takes quotes leniently
            rows = list(_rows(file, iter([(before, text)]), sep))
            wrong = next((k for k, row in enumerate(rows) if len(row) != width), None)
        else:
            lines = list(filter(None, text.split("\n")))
            wrong = next((k for k, line in enumerate(lines) if line.count(sep) != width - 1), None)
        if wrong is not None:
            blanks = "; each of several blanks is a delimiter" if sep == " " else ""
            raise _wrong(file, sep, done + wrong, f"must have {width} columns, as the header{blanks}")
        if '"' in text:
            frame = pd.DataFrame(rows, columns=range(width), dtype=object)
        elif not lines:
            continue
        else:
            with readable(file, "text table"):
                frame = pd.read_csv(
                    io.StringIO(text), sep=sep, header=None, names=range(width), index_col=False, dtype=object,
                    na_filter=False, quoting=csv.QUOTE_NONE, skipinitialspace=sep != " ",
                )  # fmt: skip
            if len(frame) != len(lines):
                raise InvalidFile("path", str(file), "is not a readable text table: its lines are not its rows")
        frame.index = pd.RangeIndex(done, done + len(frame))
        repeated = frame.index[(frame == header).all(axis=1)]
        if len(repeated) > (done == 0):
            raise _wrong(file, sep, int(repeated[int(done == 0)]), "repeats the header")
        yield frame[1:] if done == 0 else frame
        done += len(frame)
    if done == 0:
        yield pd.DataFrame(columns=range(width), dtype=object)


def _rows(file: Path, blocks: Iterator[tuple[int, str]], sep: str) -> Iterator[list[str]]:
    """Yield the fields of each line that is not empty, by Python's parser, which is strict."""
    for before, text in blocks:
        reader = csv.reader(io.StringIO(text), delimiter=sep, strict=True, skipinitialspace=sep != " ")
        try:
            yield from filter(None, reader)
        except csv.Error as error:
            what = f"is not a readable text table: {reason(error)} (line {before + reader.line_num})"
            raise InvalidFile("path", str(file), what) from None


def _find(file: Path, sep: str, record: int) -> tuple[int, list[str]]:
    """Find the line number, from 1, and the fields of a row, by reading again; the header is row 0."""
    texts = (text if before else _EXCEL_FIRST_LINE.sub("", text, 1) for before, text in _blocks(file))
    lines = (line for text in texts for line in io.StringIO(text))
    reader = csv.reader(lines, delimiter=sep, skipinitialspace=sep != " ")
    row = next(itertools.islice(filter(None, reader), record, None))
    return reader.line_num, row


def _wrong(file: Path, sep: str, record: int, allowed: str) -> InvalidFile:
    line, row = _find(file, sep, record)
    return InvalidFile(f"line {line}", sep.join(row), allowed)


def _blocks(file: Path) -> Iterator[tuple[int, str]]:
    """Yield whole lines, with line ends as ``\\n``, and the number of lines before them."""
    done = 0
    try:
        with io.TextIOWrapper(_open(file), encoding="utf-8-sig", errors="surrogateescape") as stream:
            while text := stream.read(_BLOCK_CHARACTERS):
                text += stream.readline(_MAX_LINE_CHARACTERS)
                more: list[str] = []
                odd = text.count('"') % 2  # a quoted field may have line ends, but not very many
                while odd and len(more) < _MAX_LINE_CHARACTERS and (line := stream.readline(_MAX_LINE_CHARACTERS)):
                    more.append(line)
                    odd ^= line.count('"') % 2
                text += "".join(more)
                _check_text(file, text, done)
                yield done, text
                done += text.count("\n")
    except (OSError, EOFError, zlib.error) as error:
        what = f"is not a readable text table: {reason(error)} (after line {done})"
        raise InvalidFile("path", str(file), what) from None


def _check_text(file: Path, text: str, done: int) -> None:
    def line(at: int) -> int:
        return done + text.count("\n", 0, at) + 1

    if not done and text.startswith(("\udcff\udcfe", "\udcfe\udcff")):
        raise InvalidFile("path", str(file), "is UTF-16 text; save it as UTF-8")
    if "\0" in text:
        at = f"line {line(text.index(chr(0)))}"
        raise InvalidFile("path", str(file), f"is not UTF-8 text (it has null bytes, {at}: binary, or UTF-16)")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InvalidFile("path", str(file), f"is not UTF-8 text (line {line(error.start)})") from None
    long = next((k for k, row in enumerate(text.split("\n"), start=1) if len(row) >= _MAX_LINE_CHARACTERS), None)
    if long is not None:
        what = f"line {done + long} is longer than {_MAX_LINE_CHARACTERS} characters: this is no text table"
        raise InvalidFile("path", str(file), what)


def _open(file: Path) -> IO[bytes]:
    return gzip.open(file, "rb") if suffix(file).endswith(".gz") else file.open("rb")  # type: ignore[return-value]
