"""Read a wiring diagram of any usual format. Whatever is wrong with the file is said in one line."""

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from mftheory.connectome.reading.files import existing, suffix
from mftheory.connectome.reading.roles import Request, SignSource, check_keys, check_options, check_transmitters
from mftheory.errors import InvalidFile, InvalidNetwork

if TYPE_CHECKING:
    from mftheory.connectome.reading.edges import Edges


def read_edges(
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
) -> "Edges":
    """Read the edges of a wiring diagram from a file; for the options and errors see `mftheory.Connectome.read`.

    Returns
    -------
    Edges
        The frame has ``pre``, ``post`` and signed ``weight`` of every edge that is kept; parallel edges are not summed.
    """
    check_options(columns, where, transmitters, gap_junctions=gap_junctions, transpose=transpose)
    given = dict(columns or {})
    check_keys(given)
    if signs not in (None, "weight", "column", "transmitter"):
        raise InvalidNetwork("signs", signs, "must be 'weight', 'column' or 'transmitter'")
    check_transmitters(transmitters)
    for argument, value in (("neurons", neurons), ("transmitters", transmitters)):
        if value is not None:
            if signs not in (None, "transmitter"):
                raise InvalidNetwork("signs", signs, f"must be 'transmitter' where `{argument}` is given")
            signs = "transmitter"

    file = existing(path)  # before the libraries, which are slow to load
    from mftheory.connectome.reading.edges import sorted_names
    from mftheory.connectome.reading.formats import load
    from mftheory.connectome.reading.signs import give_signs
    from mftheory.connectome.reading.synapse_kinds import kind_or_sign, sort_kinds
    from mftheory.connectome.reading.transmitters import with_transmitters

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
    if len(edges.frame):
        edges.sign_source = give_signs(edges, signs, transmitters)
    if edges.frame.empty:
        shown = ", ".join(f"{number} {reason}" for reason, number in edges.left_out.items())
        way_out = "; signs='weight' ignores transmitters" if signs is None and "transmitter" in shown else ""
        raise InvalidFile("path", str(file), f"has no edges besides {shown}{way_out}")

    names = edges.neurons if edges.ordered else sorted_names(edges.neurons)
    number = {name: k for k, name in enumerate(names)}
    order = np.array([number[name] for name in edges.neurons], dtype=np.int64)
    edges.neurons = names
    edges.frame = edges.frame.assign(pre=order[edges.frame.pre], post=order[edges.frame.post])
    return edges
