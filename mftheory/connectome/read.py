"""Read a wiring diagram from a file. Whatever is wrong with the file is said in one line."""

import csv
import os
import zipfile
import zlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome.wiring import Connectome
from mftheory.errors import InvalidFile, InvalidNetwork

#: Column names that are recognised, in lower case and without `_`, spaces and dots; the first is the canonical one.
COLUMNS = {
    "pre": ("pre", "source", "from", "presynaptic", "preid", "prerootid", "bodyidpre", "sender"),
    "post": ("post", "target", "to", "postsynaptic", "postid", "postrootid", "bodyidpost", "receiver"),
    "weight": ("weight", "weights", "w", "syncount", "synapses", "synapsecount", "nsyn", "count"),
}

_SAMPLES = {"fly-optic-lobe": "fly_optic_lobe_extent5.npz"}
_MOST_NEURONS = 2**31 - 1  # the range of the sparse matrix's indices


def sample_data(name: str = "fly-optic-lobe") -> Path:
    """Path of a sample wiring that is installed with the package.

    Parameters
    ----------
    name : {"fly-optic-lobe"}
        See ``mftheory/data/README.md`` for source and licence.

    Raises
    ------
    InvalidNetwork
        If there is no such sample.

    Examples
    --------
    >>> from mftheory.connectome import read, sample_data
    >>> read(sample_data("fly-optic-lobe")).n
    5759
    """
    if name not in _SAMPLES:
        raise InvalidNetwork("name", name, f"must be one of {', '.join(sorted(_SAMPLES))}")
    return Path(str(resources.files("mftheory").joinpath("data", _SAMPLES[name])))


def read(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
) -> Connectome:
    """Read a signed, weighted wiring diagram.

    Parameters
    ----------
    path : path
        ``.npz`` with arrays ``pre``, ``post`` (neuron numbers from 0), ``weight`` (signed) and ``n``; or an edge
        list with a header, ``.csv`` or ``.tsv``, with columns for the presynaptic neuron, the postsynaptic neuron
        and the signed weight. Usual column names are recognised (`COLUMNS`).
    columns : mapping, optional
        Names of the columns of an edge list, ``{"pre": ..., "post": ..., "weight": ...}``, where they are unusual.
    where : mapping, optional
        Keep only the rows of an edge list whose columns have these values, ``{"kind": "chemical"}`` say.

    Returns
    -------
    Connectome
        ``matrix[post, pre]``; parallel edges summed, isolated neurons kept and counted.

    Raises
    ------
    InvalidFile
        If the file is missing, unreadable, of another format, or holds a value that is not valid; the message
        says which and where.

    Notes
    -----
    Nothing in the file is executed: pickled objects are refused.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> wiring = connectome.read(connectome.sample_data())
    >>> wiring.n, wiring.edges, wiring.isolated, round(wiring.fraction_inhibitory, 2)
    (5759, 155089, 22, 0.35)
    """
    file = Path(path)
    try:
        if not file.exists():
            raise InvalidFile("path", str(file), "no such file")
        if not file.is_file():
            raise InvalidFile("path", str(file), "must be a file, not a directory")
        if file.stat().st_size == 0:
            raise InvalidFile("path", str(file), "the file is empty")
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise InvalidFile("path", str(file), f"cannot be opened: {_reason(error)}") from None
    suffix = file.suffix.lower()
    if suffix == ".npz":
        return _read_npz(file)
    if suffix in (".csv", ".tsv"):
        return _read_edge_list(file, "," if suffix == ".csv" else "\t", columns or {}, where or {})
    raise InvalidFile("path", str(file), "must end in .npz, .csv or .tsv")


def _read_npz(file: Path) -> Connectome:
    needed = ("pre", "post", "weight", "n")
    try:
        if not zipfile.is_zipfile(file):  # np.load would take a lone .npy or a pickle for one
            raise InvalidFile("path", str(file), "is not an .npz archive")
        with np.load(file, allow_pickle=False) as archive:
            missing = [key for key in needed if key not in archive.files]
            if missing:
                raise InvalidFile("path", str(file), f"has no array {missing[0]!r}; needs pre, post, weight and n")
            arrays = {key: np.asarray(archive[key]) for key in needed}
    except InvalidFile:
        raise
    # A damaged archive can fail in any of these ways, depending on where it is damaged.
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, RuntimeError, MemoryError) as error:
        raise InvalidFile("path", str(file), f"is not a readable .npz archive: {_reason(error)}") from None
    except (zipfile.BadZipFile, zlib.error) as error:
        raise InvalidFile("path", str(file), f"is not a readable .npz archive: {_reason(error)}") from None

    if arrays["n"].ndim != 0:
        raise InvalidFile("n", arrays["n"], "must be a single whole number")
    n = int(_whole("n", arrays["n"].reshape(1))[0])
    if not 1 <= n <= _MOST_NEURONS:
        raise InvalidFile("n", n, f"must be from 1 to {_MOST_NEURONS}")
    weight = arrays["weight"]
    if weight.dtype.kind not in "iuf":
        raise InvalidFile("weight", str(weight.dtype), "must be an array of real numbers")
    return _wiring(file, _whole("pre", arrays["pre"]), _whole("post", arrays["post"]), weight, n, None)


def _whole(name: str, values: NDArray[Any]) -> NDArray[np.int64]:
    """Integers, or floats that are whole numbers."""
    if values.dtype.kind not in "iuf":
        raise InvalidFile(name, str(values.dtype), "must be whole numbers")
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    wrong = whole != values
    if wrong.any():
        k = int(np.argmax(wrong.reshape(-1)))
        raise InvalidFile(f"{name}[{k}]", values.reshape(-1)[k].item(), "must be a whole number")
    return whole


def _read_edge_list(file: Path, delimiter: str, columns: Mapping[str, str], where: Mapping[str, str]) -> Connectome:
    unknown = set(columns) - set(COLUMNS)
    if unknown:
        raise InvalidNetwork("columns", min(unknown), "its keys must be pre, post and weight")
    pre: list[str] = []
    post: list[str] = []
    weight: list[float] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, delimiter=delimiter, strict=True)
            header = [name.strip() for name in next(rows, [])]
            a, b, c = (_column(file, header, role, columns.get(role)) for role in ("pre", "post", "weight"))
            kept = [(_column(file, header, name, name), value) for name, value in where.items()]
            for row in rows:
                if not row:
                    continue
                if len(row) != len(header):
                    raise InvalidFile(
                        f"line {rows.line_num}", delimiter.join(row), f"must have {len(header)} columns, as the header"
                    )
                if any(row[k].strip() != value for k, value in kept):
                    continue
                pre.append(row[a].strip())
                post.append(row[b].strip())
                weight.append(_number(row[c], rows.line_num))
                if not (pre[-1] and post[-1]):
                    raise InvalidFile(f"line {rows.line_num}", delimiter.join(row), "must name both neurons")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidFile("path", str(file), f"is not a readable text table: {_reason(error)}") from None
    if not weight:
        raise InvalidFile("path", str(file), "has no edges" + (" that `where` keeps" if where else ""))
    names = _sorted_names({*pre, *post})
    number = {name: k for k, name in enumerate(names)}
    return _wiring(
        file,
        np.array([number[name] for name in pre]),
        np.array([number[name] for name in post]),
        np.array(weight),
        len(names),
        names,
    )


def _column(file: Path, header: list[str], role: str, given: str | None) -> int:
    """Position of the column that plays a role, by the given name or one of the usual ones."""
    if given is not None:
        found = [k for k, name in enumerate(header) if name == given]
    else:
        plain = [name.lower().replace("_", "").replace(" ", "").replace(".", "") for name in header]
        found = [k for k, name in enumerate(plain) if name in COLUMNS[role]]
    shown = ", ".join(header[:8])[:80]
    if not found:
        raise InvalidFile("path", str(file), f"has no {given or role!r} column; its first line is: {shown!r}")
    if len(found) > 1:
        raise InvalidFile("path", str(file), f"has {len(found)} {given or role!r} columns: {shown!r}")
    return found[0]


def _number(text: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise InvalidFile(f"weight on line {line}", text, "must be a finite number")
    return value


def _sorted_names(names: set[str]) -> tuple[str, ...]:
    """By number where all names are numbers, otherwise alphabetically: independent of the order of the edges."""
    if all(name.isascii() and name.isdigit() for name in names):
        return tuple(sorted(names, key=lambda name: (len(name.lstrip("0")), name.lstrip("0"), name)))
    return tuple(sorted(names))


def _wiring(
    file: Path, pre: NDArray[Any], post: NDArray[Any], weight: NDArray[Any], n: int, names: tuple[str, ...] | None
) -> Connectome:
    if weight.size == 0:
        raise InvalidFile("path", str(file), "has no edges")
    try:
        return Connectome.from_edges(pre, post, weight, n, names, source=file.name)
    except InvalidFile:
        raise
    except InvalidNetwork as error:
        raise InvalidFile(error.argument, error.value, error.allowed) from None
    except MemoryError:
        raise InvalidFile("n", n, "is more than fits in this machine's memory") from None


def _reason(error: BaseException) -> str:
    """The first line of an error's message, cut to a readable length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 100 else text[:97] + "..."
