"""Wirings as arrays: .npy, and .npz of NumPy or of scipy.sparse."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from mftheory.connectome.reading.edges import Edges, Table, check_names, edges_of, text
from mftheory.connectome.reading.files import MAX_NEURONS, must_fit, readable
from mftheory.connectome.reading.roles import Request
from mftheory.errors import InvalidFile, InvalidNetwork

# Usual names of a matrix in an archive, and those of the arrays that scipy.sparse writes.
_MATRIX_NAMES = ("j", "w", "matrix", "weights", "weight", "adjacency", "connectivity", "a", "arr_0")
_SCIPY_NAMES = {"format", "shape", "data", "indices", "indptr", "row", "col", "coords", "offsets", "_is_array"}
_BYTES_PER_EDGE = 100  # memory an edge takes at most, with copies


def read_npy(file: Path, request: Request, transpose: bool | None) -> Edges:
    """Read a dense matrix, ``J[post, pre]`` unless `transpose`; it is mapped, not loaded."""
    _for_matrix(file, request)
    with readable(file, ".npy array"):
        with file.open("rb") as stream:
            np.lib.format.read_magic(stream)  # np.load takes anything else for an archive or a pickle
        matrix = np.load(file, mmap_mode="r", allow_pickle=False)
    return _of_matrix(_sparse(file, matrix), None, transpose)


def read_npz(file: Path, request: Request, transpose: bool | None) -> Edges:
    """Read an archive of one of three kinds.

    ``pre``, ``post``, ``weight``, perhaps ``sign``, ``transmitter`` or ``kind``, one entry an edge: numbers from 0 if
    there is also ``n``, otherwise names; a matrix written by scipy.sparse.save_npz; or one dense matrix. A dense
    matrix may have ``labels`` (or ``names``) beside it.
    """
    if not zipfile.is_zipfile(file):
        raise InvalidFile("path", str(file), "is not an .npz archive")
    with readable(file, ".npz archive"):
        with zipfile.ZipFile(file) as archive:
            must_fit(file, sum(member.file_size for member in archive.infolist()))
        with np.load(file, allow_pickle=False) as opened:
            arrays = {name: opened[name] for name in opened.files}
        for name, array in arrays.items():
            if not isinstance(array, np.ndarray):
                raise InvalidFile("path", str(file), f"holds {name!r}, which is not an array")
    if {"pre", "post"} & arrays.keys() and "format" not in arrays:
        return _of_edges(file, arrays, request, transpose)
    _for_matrix(file, request)
    if {"format", "shape"} <= arrays.keys():
        return _of_archive(_scipy(file, arrays["shape"]), arrays, _SCIPY_NAMES, transpose)
    square = [name for name, array in arrays.items() if array.ndim == 2]
    if len(square) > 1:
        square = [name for name in square if name.lower() in _MATRIX_NAMES]
    if len(square) != 1:
        listed = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())[:80] or "nothing"
        allowed = "must hold pre, post and weight, or a matrix of scipy.sparse, or one matrix; it holds "
        raise InvalidFile("path", str(file), allowed + listed)
    return _of_archive(_sparse(file, arrays[square[0]]), arrays, {square[0]}, transpose)


def _of_archive(matrix: sp.coo_array, arrays: dict[str, NDArray[Any]], used: set[str], transpose: bool | None) -> Edges:
    """Return the edges of a matrix, with the names that stand beside it; note the arrays that are not used."""
    named = next((k for k in ("labels", "names") if k in arrays and arrays[k].shape == matrix.shape[:1]), "labels")
    edges = _of_matrix(matrix, _labels(named, arrays[named], matrix.shape[0]) if named in arrays else None, transpose)
    if unused := [name for name in arrays if name not in {*used, named}]:
        edges.unused = tuple(unused)
        edges.notes.append(f"arrays not used: {', '.join(map(repr, unused[:6]))[:200]}")
    return edges


def _for_matrix(file: Path, request: Request) -> None:
    for argument, value in (("columns", request.given), ("where", request.where)):
        if value:
            raise InvalidNetwork(argument, value, f"is for tables and graphs, not for the matrix {file.name}")


def _sparse(file: Path, matrix: NDArray[Any]) -> sp.coo_array:
    """Return the entries of a dense matrix that are not zero; it may be mapped, and larger than the memory."""
    _check_shape(matrix.shape)
    _check_dtype("matrix", matrix.dtype)
    must_fit(file, int(np.count_nonzero(matrix)) * _BYTES_PER_EDGE)
    ends = np.nonzero(matrix)
    return sp.coo_array((np.asarray(matrix[ends], dtype=np.float64), ends), shape=matrix.shape)


def _scipy(file: Path, shape: NDArray[Any]) -> sp.coo_array:
    """Read a matrix written by scipy.sparse.save_npz."""
    if shape.dtype.kind not in "iu":
        raise InvalidFile("shape", str(shape.dtype), "must be whole numbers")
    _check_shape(tuple(int(k) for k in shape.reshape(-1)))
    with readable(file, "sparse matrix"):
        matrix = sp.load_npz(file)
        if hasattr(matrix, "check_format"):
            matrix.check_format(full_check=True)  # an index that points outside would be followed
    _check_dtype("data", matrix.dtype)
    with readable(file, "sparse matrix"):
        coo = sp.coo_array(matrix)
        return sp.coo_array((coo.data.astype(np.float64), coo.coords), shape=coo.shape)


def _of_matrix(matrix: sp.coo_array, labels: list[str] | None, transpose: bool | None) -> Edges:
    n = int(matrix.shape[0])
    row, column = (np.asarray(k, dtype=np.int64) for k in matrix.coords)

    def place(_: str, k: int) -> str:
        return f"entry [{row[k]}, {column[k]}]"

    wrong = ~np.isfinite(matrix.data)
    if wrong.any():
        k = int(np.argmax(wrong))
        raise InvalidFile(place("", k), float(matrix.data[k]), "must be a finite number")
    names = labels or list(map(str, range(n)))
    post, pre = (column, row) if transpose else (row, column)
    frame = pd.DataFrame({"pre": pre, "post": post, "weight": matrix.data}, copy=False)
    edges = Edges(frame, names, place, ordered=True)
    check_names(edges)
    return edges


def _of_edges(file: Path, arrays: dict[str, NDArray[Any]], request: Request, transpose: bool | None) -> Edges:
    if transpose is not None:
        raise InvalidFile("transpose", transpose, "is for matrices; this file is an edge list")
    for name in ("pre", "post", "weight"):
        if name not in arrays and not (name == "weight" and name in request.given):
            raise InvalidFile("path", str(file), f"has no array {name!r}; an edge list has pre, post and weight")
    n = 0
    if (given := arrays.pop("n", None)) is not None:
        if given.ndim != 0:
            raise InvalidFile("n", given, "must be a single whole number")
        n = int(_whole("n", given.reshape(1), 1, MAX_NEURONS, f"must be from 1 to {MAX_NEURONS}")[0])
    header = list(arrays)
    used = {header[k]: role for role, k in request.positions(file, header).items()}
    size, columns = arrays["pre"].shape, {}
    for k, (name, array) in enumerate(arrays.items()):
        role = used.get(name)
        if role is None and name not in request.where:
            continue
        if role == "weight":
            _check_dtype("weight", array.dtype)
        if array.shape != size or len(size) != 1:
            raise InvalidFile(name, array.shape, f"must have one entry an edge, as pre {size}")
        if role in ("pre", "post"):
            allowed = f"must be from 0 to n - 1 = {n - 1}"
            array = _whole(name, array, 0, n - 1, allowed) if n else _names(name, array)
        columns[k] = _texts(name, array)
    names = tuple(map(str, range(n)))
    return edges_of(file, Table(header, [pd.DataFrame(columns, copy=False)], lambda r, k: f"{r}[{k}]", names), request)


def _whole(name: str, values: NDArray[Any], low: int, high: int, allowed: str) -> NDArray[np.int64]:
    """Return integers from low to high, given as integers or as floats that are exact; refuse others."""
    if values.dtype.kind not in "iuf":
        raise InvalidFile(name, str(values.dtype), "must be whole numbers")
    exact = 2.0 ** (np.finfo(values.dtype).nmant + 1) if values.dtype.kind == "f" else np.inf
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
        bad = (whole != values) | ~(np.abs(values) < exact)
    beyond = (whole < low) | (whole > high)
    if (bad | beyond).any():
        k = int(np.argmax(bad if bad.any() else beyond))
        at = f"{name}[{k}]" if name != "n" else name
        what = "must be a whole number" + (f" below {exact:.0f} (as {values.dtype})" if exact < np.inf else "")
        raise InvalidFile(at, values[k].item(), what if bad.any() else allowed)
    return whole


def _names(name: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind not in "iufUS":
        raise InvalidFile(name, str(values.dtype), "must be names or whole numbers, or numbers from 0 with `n`")
    return _texts(name, values)


def _texts(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return names as Python's texts; NumPy checks no code points, and what is no character cannot be printed."""
    if values.dtype.kind == "S":
        try:
            return np.array([value.decode() for value in values.ravel().tolist()], dtype=object).reshape(values.shape)
        except UnicodeDecodeError:
            raise InvalidFile(name, str(values.dtype), "holds what is not UTF-8 text") from None
    if values.dtype.kind == "U" and values.size and values.dtype.itemsize:
        points = np.ascontiguousarray(values).reshape(-1).view(values.dtype.byteorder.replace("|", "=") + "u4")
        if np.any(points > 0x10FFFF) or np.any((points >= 0xD800) & (points < 0xE000)):
            raise InvalidFile(name, str(values.dtype), "holds what is not text")
    return values.astype(object) if values.dtype.kind == "U" else values


def _labels(name: str, labels: NDArray[Any], n: int) -> list[str]:
    if labels.shape != (n,):
        raise InvalidFile(name, labels.shape, f"must have one entry a neuron, {n}")
    if labels.dtype.kind == "f":
        labels = _whole(name, labels, -(2**53), 2**53, "")
    names = [text(value) for value in _names(name, labels).tolist()]
    if "" in names:
        raise InvalidFile(f"{name}[{names.index('')}]", "", "must name a neuron")
    if len(set(names)) < n:
        raise InvalidFile(name, labels, "must differ between neurons")
    return names


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        raise InvalidFile("shape", shape, "a wiring is a square matrix, J[post, pre]")
    if shape[0] > MAX_NEURONS:
        raise InvalidFile("shape", shape, f"must have at most {MAX_NEURONS} neurons")


def _check_dtype(name: str, dtype: np.dtype[Any]) -> None:
    if dtype.kind not in "iufb":
        raise InvalidFile(name, str(dtype), "must be an array of real numbers")
