"""A second table, which names each neuron's transmitter."""

import os
from collections.abc import Mapping

import pandas as pd

from mftheory.connectome.reading.edges import Edges
from mftheory.connectome.reading.files import TABLES, existing, suffix
from mftheory.connectome.reading.formats import load
from mftheory.connectome.reading.roles import Request
from mftheory.errors import InvalidFile

NOT_LISTED = "not listed"


def with_transmitters(edges: Edges, path: str | os.PathLike[str], given: Mapping[str, str | None]) -> None:
    """Give each edge the transmitter of its presynaptic neuron, by a table that must not give a neuron two."""
    file = existing(path, "neurons")
    if suffix(file) not in TABLES:
        raise InvalidFile("neurons", str(file), f"must end in {', '.join(TABLES)}")
    try:
        table = load(file, Request(("neuron", "transmitter"), (), given, {}))
    except InvalidFile as error:  # say which of the two files
        place = "neurons" if error.argument == "path" else f"{error.argument} of {file.name}"
        raise InvalidFile(place, error.value, error.allowed) from None
    distinct = table.frame.drop_duplicates(["neuron", "transmitter"])
    known = dict(zip((table.neurons[k] for k in distinct.neuron), distinct.transmitter, strict=True))
    second = distinct[distinct.neuron.duplicated()]
    if len(second):
        neuron, value = table.neurons[second.neuron.iloc[0]], second.transmitter.iloc[0]
        above = distinct.transmitter[distinct.neuron == second.neuron.iloc[0]].iloc[0]
        place = f"{table.place('transmitter', int(second.index[0]))} of {file.name}"
        raise InvalidFile(place, value, f"{neuron!r} has {above!r} further up: one transmitter a neuron")
    pre = [edges.neurons[k] for k in edges.frame.pre.unique()]
    if not known.keys() & set(pre):
        example = f"{pre[0]!r} is one of theirs, {next(iter(known), '')!r} one of its own"
        raise InvalidFile("neurons", str(file), f"names none of the neurons with outputs: {example}")
    values = pd.Categorical([known.get(name, NOT_LISTED) for name in edges.neurons])
    edges.frame["transmitter"] = values[edges.frame.pre]
