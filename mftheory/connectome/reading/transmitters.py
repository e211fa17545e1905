"""A second table, which names each neuron's transmitter."""

import os
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mftheory.connectome.reading.columns import Coded, Columns, Request
from mftheory.connectome.reading.files import existing, suffix
from mftheory.connectome.reading.tables import TABLES, read_table
from mftheory.errors import InvalidFile

NOT_LISTED = "not listed"


def with_transmitters(edges: Columns, path: str | os.PathLike[str], given: Mapping[str, str | None]) -> Columns:
    """The edges with the transmitter of their presynaptic neuron, by a table of neurons.

    Parameters
    ----------
    edges : Columns
    path : path
        A table with a column for the neuron's name and one for its transmitter; other columns do not matter.
    given : mapping
        Names of these columns, by the roles ``neuron`` and ``transmitter``, where they are unusual.

    Raises
    ------
    InvalidFile
        If a neuron has two transmitters, or none of the wiring's neurons is in the table.
    """
    file = existing(path, "neurons")
    if suffix(file) not in TABLES:
        raise InvalidFile("neurons", str(file), f"must end in {', '.join(TABLES)}")
    try:
        neurons = read_table(file, Request(("neuron", "transmitter"), (), given, {}), None)
    except InvalidFile as error:  # say which of the two files
        place = "neurons" if error.argument == "path" else f"{error.argument} of {file.name}"
        raise InvalidFile(place, error.value, error.allowed) from None
    name, transmitter = neurons.text["neuron"], neurons.text["transmitter"]
    known: dict[str, str] = {}
    for row, (n, t) in enumerate(zip(name.codes.tolist(), transmitter.codes.tolist(), strict=True)):
        if known.setdefault(name.values[n], transmitter.values[t]) != transmitter.values[t]:
            allowed = f"{name.values[n]!r} has {known[name.values[n]]!r} further up: one transmitter a neuron"
            raise InvalidFile(f"transmitter on {neurons.locate(row)} of {file.name}", transmitter.values[t], allowed)
    pre = edges.text["pre"]
    if not known.keys() & set(pre.present):
        example = f"{pre.present[0]!r} is one of theirs, {next(iter(known), '')!r} one of its own"
        raise InvalidFile("neurons", str(file), f"names none of the neurons with outputs: {example}")
    values = list(dict.fromkeys([*known.values(), NOT_LISTED]))
    number = {value: k for k, value in enumerate(values)}
    codes = np.array([number[known.get(neuron, NOT_LISTED)] for neuron in pre.values], dtype=np.int64)[pre.codes]
    return replace(edges, text={**edges.text, "transmitter": Coded(codes, tuple(values))})
