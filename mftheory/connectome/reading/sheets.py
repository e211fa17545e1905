"""Spreadsheets (.xlsx), by openpyxl: edge lists, and matrices with the neurons' names along two sides."""

import itertools
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mftheory.connectome.reading.edges import Edges, Table, check_names, edges_of, number, text
from mftheory.connectome.reading.files import must_fit, needs, readable, refuse_doctype
from mftheory.connectome.reading.roles import COLUMNS, Request, header_hint, plain
from mftheory.errors import InvalidFile, InvalidNetwork

# Rows and columns in which names are looked for: published matrices have up to two of groups before them.
_SEARCHED_ROWS = 6
_MEMORY_PER_BYTE = 30  # bytes of memory for each of the file's, unpacked
_SUM_HEADING = re.compile("(grand|sub|row|column)?(sums?|totals?)|σ")  # as a row or column of sums is headed
_GAP_JUNCTION_WORDS = ("gapj", "electrical")  # in the name of a sheet


def read_sheet(file: Path, request: Request, sheet: str | None, transpose: bool | None) -> Edges:
    """Read an edge list with a header, or a matrix.

    Published matrices have presynaptic neurons in their rows, and are read so unless `transpose` is False; they may be
    oblong (muscles only receive), with groups of neurons before the names, and numbers or sums without a name.
    """
    with needs(file, "openpyxl"):
        from openpyxl.reader.excel import ExcelReader
    with readable(file, "spreadsheet"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions that openpyxl does not know
        with zipfile.ZipFile(file) as archive:
            must_fit(file, _MEMORY_PER_BYTE * sum(member.file_size for member in archive.infolist()))
            for member in archive.namelist():
                if member.endswith((".xml", ".rels")):
                    refuse_doctype(file, archive.read(member))
        books = []
        for values in (True, False):  # the values that were stored; and the formulas, which may have none
            reader = ExcelReader(file, read_only=True, data_only=values, keep_links=False)
            reader.read_chartsheet = lambda *_: None
            reader.read()
            books.append(reader.wb)
        names = [page.title for page in books[0].worksheets]
        if (sheet is None and len(names) > 1) or (sheet is not None and sheet not in names):
            shown = ", ".join(map(repr, names[:8]))[:200]
            raise InvalidFile("sheet", sheet, f"{file.name} has the sheets {shown}: sheet=NAME chooses")
        name = sheet or names[0]
        for book in books:
            book[name].reset_dimensions()  # which may be wrong
        rows = zip(*(book[name].iter_rows() for book in books), strict=True)
        cells = pd.DataFrame([[*map(_value, *both)] for both in rows], dtype=object)
        for book in books:
            book.close()
    cells = cells.where(cells != "", None).dropna(how="all")
    cells = cells.where(cells.notna(), None)
    if cells.empty:
        raise InvalidFile("path", str(file), f"has no cells in the sheet {name!r}")
    header = ["" if value is None else str(value).strip() for value in cells.iloc[0]]
    ends = (set(map(plain, header)) & {*COLUMNS["pre"], *COLUMNS["post"]}) or set(request.given.values()) & set(header)
    if "pre" in request.needed and not ends and (shape := _names_at(cells)) is not None:
        for argument, value in (("columns", request.given), ("where", request.where)):
            if value:
                raise InvalidNetwork(argument, value, f"is for tables and graphs, not for a matrix ({name})")
        edges = _matrix(cells, *shape, transpose, name)
    elif transpose is not None:
        raise InvalidNetwork("transpose", transpose, "is for matrices, not for an edge list; name the columns instead")
    else:
        body, hint = cells[1:].set_axis(range(len(header)), axis=1), ""
        if not ends:
            top = cells[: _SEARCHED_ROWS + 1].to_numpy()
            hint = header_hint([["" if v is None else str(v) for v in row] for row in top])
            if _names_at(cells.map(lambda v: plain(v) if isinstance(v, str) else v)):
                hint = "; the names of its rows and columns differ in case, blanks or signs"
        table = Table(header, [body], lambda r, k: f"{r} in row {k + 1}", hint=hint, titled=True)
        edges = edges_of(file, table, request)
    if "kind" not in edges.frame and any(word in plain(name) for word in _GAP_JUNCTION_WORDS):
        edges.frame["kind"] = pd.Categorical(["gap junction"] * len(edges.frame))
        edges.notes.append(f"the sheet {name!r} was taken for gap junctions")
    return edges


def _value(stored: Any, written: Any) -> Any:
    """Return a cell's value; of an error its text, and of a formula without a stored value the formula.

    A number of a spreadsheet is a float, also where its digits are shown: a large whole one is rounded.
    """
    value = written.value if stored.value is None and stored.data_type != "str" else stored.value  # "str": empty text
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return float(value) if isinstance(value, int) and abs(value) >= 2**53 else value


def _names_at(cells: pd.DataFrame) -> tuple[int, int] | None:
    """Find the row and the column that have most names in common, near the corner."""
    best, most = None, 1
    for i, j in itertools.product(*(range(min(_SEARCHED_ROWS, size)) for size in cells.shape)):
        row, column = (
            {text(v) for v in side if v is not None} for side in (cells.iloc[i, j + 1 :], cells.iloc[i + 1 :, j])
        )
        if len(row & column) > most and 2 * len(row & column) > min(len(row), len(column)):
            best, most = (i, j), len(row & column)
    return best


def _matrix(cells: pd.DataFrame, top: int, left: int, transpose: bool | None, sheet: str) -> Edges:
    block = cells.iloc[top:, left:]
    corner, whole = block.iat[0, 0], block.map(lambda v: 0 if v is None else v).to_numpy()
    if block.map(lambda v: v is None or isinstance(v, int | float)).all(axis=None) and (
        corner is not None or np.array_equal(whole, whole.T)
    ):
        what = "holds numbers only, which may be a matrix with names or without"
        raise InvalidFile("sheet", sheet, f"{what}: write the names as texts, or give the matrix as .npy")

    def named(names: "pd.Series[Any]", first: int, what: str) -> dict[str, int]:
        places: dict[str, int] = {}
        for k, value in enumerate(names):
            if k <= first or value is None:
                continue
            name = text(value)
            if name in places or not name or (isinstance(value, float) and abs(value) >= 2**53):
                allowed = f"names two {what}s" if name in places else "must name a neuron, whole, as text"
                raise InvalidFile(f"{what} {k + 1}", value, allowed)
            places[name] = k
        return places

    rows, columns = named(cells.iloc[:, left], top, "row"), named(cells.iloc[top], left, "column")
    body = cells.iloc[list(rows.values()), list(columns.values())]
    numbers = body.map(lambda v: 0.0 if v is None else number(v)).to_numpy(dtype=np.float64)

    def place(i: int, j: int) -> str:
        return f"row {body.index[i] + 1}, column {body.columns[j] + 1}"

    if not np.isfinite(numbers).all():
        i, j = (int(k) for k in np.argwhere(~np.isfinite(numbers))[0])
        raise InvalidFile(place(i, j), body.iat[i, j], "must be a finite number, or empty")
    rest = cells.shape[0] - top - 1 - len(rows) + cells.shape[1] - left - 1 - len(columns)
    sides = [*rows], [*columns]
    keep = [np.array([not _SUM_HEADING.fullmatch(plain(name)) for name in side]) for side in sides]
    inner = numbers[np.ix_(*keep)]
    for axis in (0, 1):
        for k in np.flatnonzero(~keep[axis]):
            # Sums are of the file's numbers, perhaps rounded.
            if not np.allclose(numbers.take(k, axis)[keep[1 - axis]], inner.sum(axis), rtol=1e-6, atol=0):
                at = f"row {body.index[k] + 1}" if axis == 0 else f"column {body.columns[k] + 1}"
                raise InvalidFile(at, sides[axis][k], "is headed as sums, and holds others: rename or delete it")
    ends = [[name for name, kept in zip(side, of, strict=True) if kept] for side, of in zip(sides, keep, strict=True)]
    body, left_out = body.iloc[keep[0], keep[1]], sum(int(np.sum(~of)) for of in keep)
    neurons = {name: k for k, name in enumerate(dict.fromkeys([*ends[0], *ends[1]]))}
    row, column = np.nonzero(inner)
    ids = [np.array([neurons[name] for name in side], dtype=np.int64) for side in ends]
    pre, post = (ids[0][row], ids[1][column]) if transpose is not False else (ids[1][column], ids[0][row])
    frame = pd.DataFrame({"pre": pre, "post": post, "weight": inner[row, column]})
    edges = Edges(frame, list(neurons), lambda _, k: place(row[k], column[k]), ordered=True)
    check_names(edges)
    if transpose is None:
        other = "transpose=False reads them the other way"
        edges.notes.append(f"rows of the matrix were read as presynaptic neurons; {other}")
    if left_out:
        edges.notes.append(f"{left_out} rows and columns of sums were left out")
    if rest:
        edges.notes.append(f"{rest} rows and columns of the matrix have no name, and were left out")
    return edges
