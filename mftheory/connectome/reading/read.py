"""Read a wiring diagram of any usual format. Whatever is wrong with the file is said in one line."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from mftheory.connectome.reading.arrays import read_npy, read_npz
from mftheory.connectome.reading.columns import COLUMNS, Columns, Request, check_keys, sorted_names
from mftheory.connectome.reading.files import existing, suffix
from mftheory.connectome.reading.graphml import read_graphml
from mftheory.connectome.reading.kinds import edge_kinds, is_kind
from mftheory.connectome.reading.signs import SIGNS, SignSource, check_transmitters, signed
from mftheory.connectome.reading.tables import TABLES, TEXT, read_table
from mftheory.connectome.reading.transmitters import with_transmitters
from mftheory.connectome.wiring import Connectome
from mftheory.errors import InvalidFile, InvalidNetwork

FORMATS = (*TABLES, ".npz", ".npy", ".graphml")
"""Suffixes of the formats that can be read."""


def read(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str | None] | None = None,
    where: Mapping[str, str] | None = None,
    signs: SignSource | None = None,
    transmitters: Mapping[str, int] | None = None,
    neurons: str | os.PathLike[str] | None = None,
    gap_junctions: bool = False,
    transpose: bool = False,
    delimiter: str | None = None,
) -> Connectome:
    """Read a weighted, directed wiring diagram.

    Parameters
    ----------
    path : path
        By its suffix:

        - ``.csv``, ``.tsv``, ``.txt`` (also with ``.gz``), ``.parquet``, ``.feather``: an edge list with a header.
          Columns for the presynaptic neuron, the postsynaptic neuron and the weight are recognised by usual names
          (`COLUMNS`), as are a sign, a transmitter and a kind (chemical or gap junction).
        - ``.npz``: arrays ``pre``, ``post``, ``weight`` (neurons as numbers from 0 if ``n``, their number, is
          there too, otherwise as names); or a matrix of `scipy.sparse.save_npz`; or a dense matrix.
        - ``.npy``: a dense matrix.
        - ``.graphml``: a directed graph, weights and the rest as attributes of its edges.

        Parquet, Feather and GraphML need ``pip install 'mftheory[files]'``.
    columns : mapping, optional
        Names of columns that are unusual, by role: ``pre``, ``post``, ``weight``, ``sign``, ``transmitter``,
        ``kind``; None for one of the last four says that it has none; ``{"weight": None}`` counts each row as
        one synapse. ``neuron`` (and ``transmitter``) name columns
        of the table `neurons`, or the attribute that names the nodes of a graph.
    where : mapping, optional
        Keep only edges whose columns have these values, ``{"neuropil": "ME_L"}`` say.
    signs : {"weight", "column", "transmitter"}, optional
        Where signs are from. By default from a sign column if there is one, otherwise from transmitters if they are
        given, otherwise from the weights.
    transmitters : mapping, optional
        Sign (1 or -1) of each transmitter; edges with others are left out, and counted. By default acetylcholine 1,
        GABA -1, glutamate -1. Usual abbreviations (ACH, GLUT ...) are understood.
    neurons : path, optional
        A table that names each neuron's transmitter; it decides the sign of the neuron's outputs.
    gap_junctions : bool
        Keep gap junctions, with positive weight. Otherwise edges of that kind are left out, and counted.
    transpose : bool
        A matrix is read as ``J[post, pre]``; with True as ``J[pre, post]``.
    delimiter : str, optional
        Of a text table, where it is not a comma in ``.csv`` or a tab in ``.tsv``.

    Returns
    -------
    Connectome
        ``matrix[post, pre]``; parallel edges summed, isolated neurons kept and counted. Neurons of an edge list are
        sorted by name; names are kept as they are written, digit by digit.

    Raises
    ------
    InvalidFile
        If the file is missing, unreadable, of another format, or holds a value that is not valid; the message
        says which and where.
    InvalidNetwork
        If an option is not valid, or not for this file.

    Notes
    -----
    Nothing in the file is executed, expanded or fetched: pickled objects and XML entities are refused.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> wiring = connectome.read(connectome.sample_data())
    >>> wiring.n, wiring.edges, wiring.isolated, round(wiring.fraction_inhibitory, 2)
    (5759, 155089, 22, 0.35)
    >>> connectome.read(connectome.sample_data("celegans")).left_out
    {'gap junctions': 1144}
    """
    given = dict(columns or {})
    check_keys(given, tuple(COLUMNS))
    if signs not in (None, "weight", "column", "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'weight', 'column' or 'transmitter'")
    check_transmitters(transmitters)
    if neurons is not None and signs not in (None, "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'transmitter' where `neurons` is given")
    if transmitters is not None and signs not in (None, "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'transmitter' where `transmitters` is given")
    if neurons is not None or transmitters is not None:
        signs = "transmitter"

    file = existing(path)
    if "neuron" in given and neurons is None and suffix(file) != ".graphml":
        raise InvalidNetwork("columns['neuron']", given["neuron"], "is for the table `neurons` and for graphs")
    listed = {"neuron", "transmitter"} if neurons is not None else set()
    roles = {None: ("sign", "transmitter"), "weight": (), "column": ("sign",), "transmitter": ("transmitter",)}[signs]
    request = Request(
        needed=("pre", "post", "weight"),
        optional=("kind", *(role for role in roles if role not in listed)),
        given={role: name for role, name in given.items() if role not in listed},
        where=dict(where or {}),
    )
    edges, names = _edges(file, request, transpose, delimiter)
    size = edges.text["pre"].codes.size
    if size == 0:
        raise InvalidFile("path", str(file), "has no edges" + (" that `where` keeps" if where else ""))
    if neurons is not None:
        edges = with_transmitters(edges, neurons, {role: name for role, name in given.items() if role in listed})
    if "kind" not in given:
        edges = _kind_or_sign(edges, signs)
    weight = np.ones(size) if edges.weight is None else edges.weight
    kinds = edge_kinds(edges, gap_junctions, "kind" in given)
    edges, weight, gap = edges.keep(kinds.keep), weight[kinds.keep], kinds.gap_junction[kinds.keep]
    if weight.size == 0:
        raise InvalidFile("path", str(file), f"has no edges besides {_listed(kinds.left_out)}")
    result = signed(edges, weight, gap, signs, transmitters)
    left_out = {**kinds.left_out, **result.left_out}
    edges, weight = edges.keep(result.keep), result.weight[result.keep]
    if weight.size == 0:
        raise InvalidFile("path", str(file), f"has no edges besides {_listed(left_out)}")

    pre, post = edges.text["pre"], edges.text["post"]
    order = np.arange(len(pre.values))
    if names is None:
        names = sorted_names(pre.values)
        number = {name: k for k, name in enumerate(names)}
        order = np.array([number[name] for name in pre.values])
    try:
        wiring = Connectome.from_edges(order[pre.codes], order[post.codes], weight, len(names), names, file.name)
    except InvalidNetwork as error:
        raise InvalidFile(error.argument, error.value, error.allowed) from None
    except MemoryError:
        raise InvalidFile("path", str(file), "is more than fits in this machine's memory") from None
    notes, unused = kinds.notes, edges.unused
    return replace(wiring, left_out=left_out, sign_source=result.source, notes=notes, unused_columns=unused)


def _edges(
    file: Path, request: Request, transpose: bool, delimiter: str | None
) -> tuple[Columns, tuple[str, ...] | None]:
    """The file's edges, and the names of all neurons in order (None where only the edges name them)."""
    kind = suffix(file)
    if kind not in FORMATS:
        raise InvalidFile("path", str(file), f"must end in {', '.join(FORMATS)}")
    if delimiter is not None and kind not in TEXT:
        raise InvalidNetwork("delimiter", delimiter, f"is for text tables, not for {kind}")
    if transpose and kind not in (".npz", ".npy"):
        raise InvalidNetwork("transpose", transpose, f"is for matrices, not for {kind}; name the columns instead")
    if kind in TABLES:
        return read_table(file, request, delimiter), None
    if kind == ".graphml":
        return read_graphml(file, request)
    for argument, value in (("columns", request.given), ("where", request.where)):
        if value:
            raise InvalidNetwork(argument, value, f"is for tables and graphs, not for {kind}")
    return read_npz(file, transpose) if kind == ".npz" else read_npy(file, transpose)


def _kind_or_sign(edges: Columns, signs: SignSource | None) -> Columns:
    """A column called "type" may hold signs instead of kinds, or neither."""
    column = edges.text.get("kind")
    if column is None:
        return edges
    text = {role: coded for role, coded in edges.text.items() if role != "kind"}
    values = {value.lower() for value in column.present}
    if is_kind(column):
        return edges
    if values == {"e"} and signs != "weight":
        allowed = "may mean excitatory or electrical; columns={'sign': NAME} or {'kind': NAME} tells"
        raise InvalidFile(f"type on {edges.locate(0)}", column.present[0], allowed)
    if values <= SIGNS.keys() and "sign" not in text and signs in (None, "column"):
        text["sign"] = column
    return replace(edges, text=text)


def _listed(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in left_out.items())
