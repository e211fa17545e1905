"""Read a wiring diagram of any usual format. Whatever is wrong with the file is said in one line."""

import os
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from mftheory.connectome.reading.files import existing, suffix
from mftheory.connectome.reading.roles import Request, SignSource, check_keys, check_options, check_transmitters
from mftheory.connectome.wiring import Connectome
from mftheory.errors import InvalidFile, InvalidNetwork


def read(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str | None] | None = None,
    where: Mapping[str, str | Collection[str]] | None = None,
    signs: SignSource | None = None,
    transmitters: Mapping[str, int] | None = None,
    neurons: str | os.PathLike[str] | None = None,
    gap_junctions: bool = False,
    transpose: bool | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Connectome:
    """Read a weighted, directed wiring diagram.

    Parameters
    ----------
    path : path
        By its suffix:

        - ``.csv``, ``.tsv``, ``.txt`` (also with ``.gz``), ``.parquet``, ``.feather``, ``.xlsx``, ``.json``: an edge
          list with a header (JSON: a list of objects, as of nemanode.org). Columns for the presynaptic neuron, the
          postsynaptic neuron and the weight are recognised by usual names (which the guide to connectomes lists), as
          are a sign, a transmitter and a kind (chemical or gap junction).
        - ``.xlsx``: also a matrix with the neurons' names along two sides, presynaptic neurons in its rows.
        - ``.npz``: arrays ``pre``, ``post``, ``weight`` (neurons as numbers from 0 if ``n``, their number, is
          there too, otherwise as names), perhaps ``sign``, ``transmitter`` or ``kind``; or a matrix of
          `scipy.sparse.save_npz`; or a dense matrix. A matrix may have ``labels`` (or ``names``) beside it.
        - ``.npy``: a dense matrix.
        - ``.graphml``: a directed graph, weights and the rest as attributes of its edges.

        Parquet, Feather, Excel and GraphML need ``pip install 'mftheory[files]'``.
    columns : mapping, optional
        Names of columns that are unusual, by role: ``pre``, ``post``, ``weight``, ``sign``, ``transmitter``,
        ``kind``; None for one of the last four says that it has none; ``{"weight": None}`` counts each row as
        one synapse. ``neuron`` (and ``transmitter``) name columns
        of the table `neurons`, or the attribute that names the nodes of a graph.
    where : mapping, optional
        Keep only edges whose columns have these values, ``{"neuropil": "ME_L"}`` say; of several, ``["ME_L", "ME_R"]``,
        either.
    signs : {"weight", "column", "transmitter"}, optional
        Where signs are from. By default from a sign column if there is one, otherwise from transmitters if they are
        given, otherwise from the weights.
    transmitters : mapping, optional
        Sign (1 or -1) of each transmitter; edges with others are left out, and counted. By default acetylcholine 1,
        GABA -1, glutamate -1. Usual abbreviations (ACH, GLUT ...) are understood. Where the rows of a neuron name
        transmitters of both signs, that of the greater total weight is taken, and `notes` says so.
    neurons : path, optional
        A table that names each neuron's transmitter; it decides the sign of the neuron's outputs.
    gap_junctions : bool
        Keep gap junctions, with positive weight, in both directions: one that is listed in one direction only is read
        in both, one that is listed in both with the same weight once in each. Otherwise edges of that kind are left
        out, and counted.
    transpose : bool, optional
        True: a matrix is ``J[pre, post]``; False: ``J[post, pre]``. By default the latter, but in a spreadsheet the
        former, as published ones are; `notes` says so.
    delimiter : str, optional
        Of a text table, where it is not a comma in ``.csv`` (or tabs) or a tab in ``.tsv``.
    sheet : str, optional
        Of a spreadsheet with several.

    Returns
    -------
    Connectome
        ``matrix[post, pre]``; parallel edges summed, isolated neurons kept and counted. Neurons of an edge list are
        sorted by name; names are kept as they are written, digit by digit, but 1.0 is the neuron 1.

    Raises
    ------
    InvalidFile
        If the file is missing, unreadable, of another format, or holds a value that is not valid; the message
        says which and where.
    InvalidNetwork
        If an option is not valid, or not for this file.

    Notes
    -----
    Nothing in the file is executed, expanded or fetched: pickled objects and XML entities are refused. So are ids that
    a spreadsheet or a float rounded: they would merge neurons.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> wiring = connectome.read(connectome.sample_data())
    >>> wiring.n, wiring.edges, wiring.isolated, round(wiring.fraction_inhibitory, 2)
    (5759, 155089, 22, 0.35)
    >>> connectome.read(connectome.sample_data("celegans")).left_out
    {'gap junctions': 1144}
    """
    check_options(columns, where, transmitters, gap_junctions=gap_junctions, transpose=transpose)
    given = dict(columns or {})
    check_keys(given)
    if signs not in (None, "weight", "column", "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'weight', 'column' or 'transmitter'")
    check_transmitters(transmitters)
    if neurons is not None and signs not in (None, "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'transmitter' where `neurons` is given")
    if transmitters is not None and signs not in (None, "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'transmitter' where `transmitters` is given")
    if neurons is not None or transmitters is not None:
        signs = "transmitter"

    file = existing(path)  # before the libraries, which are slow to load
    from mftheory.connectome.reading.edges import sorted_names
    from mftheory.connectome.reading.formats import load
    from mftheory.connectome.reading.kinds import kind_or_sign, sort_kinds
    from mftheory.connectome.reading.neurons import with_transmitters
    from mftheory.connectome.reading.signs import give_signs

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
    edges = load(file, request, transpose, delimiter, sheet)
    if edges.frame.empty:
        raise InvalidFile("path", str(file), "has no edges" + (" that `where` keeps" if where else ""))
    if neurons is not None:
        with_transmitters(edges, neurons, {role: name for role, name in given.items() if role in listed})
    if given.get("kind") is None:
        kind_or_sign(edges, signs)
    sort_kinds(edges, gap_junctions, given.get("kind") is not None)
    source = give_signs(edges, signs, transmitters) if len(edges.frame) else ""
    if edges.frame.empty:
        shown = ", ".join(f"{number} {reason}" for reason, number in edges.left_out.items())
        way_out = "; signs='weight' ignores transmitters" if signs is None and "transmitter" in shown else ""
        raise InvalidFile("path", str(file), f"has no edges besides {shown}{way_out}")

    names = edges.neurons if edges.ordered else sorted_names(edges.neurons)
    number = {name: k for k, name in enumerate(names)}
    order = np.array([number[name] for name in edges.neurons], dtype=np.int64)
    pre, post, weight = (edges.frame[role].to_numpy() for role in ("pre", "post", "weight"))
    try:
        wiring = Connectome.from_edges(order[pre], order[post], weight, len(names), tuple(names), file.name)
    except InvalidNetwork as error:
        raise InvalidFile(error.argument, error.value, error.allowed) from None
    except MemoryError:
        raise InvalidFile("path", str(file), "is more than fits in this machine's memory") from None
    notes = tuple(edges.notes)
    return replace(wiring, left_out=edges.left_out, sign_source=source, notes=notes, unused_columns=edges.unused)
