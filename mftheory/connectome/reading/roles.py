"""Which column of a table plays which role: no library is needed to say so."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mftheory.errors import InvalidFile, InvalidNetwork

COLUMNS: dict[str, tuple[str, ...]] = {
    "pre": (
        *("pre", "presynaptic", "preid", "preneuron", "precell", "prerootid", "preptrootid", "rootidpre"),
        *("bodyidpre", "prebodyid", "bodypre", "prebody", "presynapticid", "presynapticneuron", "presynapticcell"),
        *("presynapticrootid", "source", "sourceid", "src", "from", "sender", "origin", "neuron1"),
    ),
    "post": (
        *("post", "postsynaptic", "postid", "postneuron", "postcell", "postrootid", "postptrootid", "rootidpost"),
        *("bodyidpost", "postbodyid", "bodypost", "postbody", "postsynapticid", "postsynapticneuron"),
        *("postsynapticcell", "postsynapticrootid", "target", "targetid", "tgt", "to", "receiver", "destination"),
        "neuron2",
    ),
    "weight": (
        *("weight", "weights", "w", "syncount", "synapses", "synapsecount", "nsyn", "nsyns", "nsynapses", "numsyn"),
        *("numsynapses", "numberofsynapses", "numberofconnections", "connectivity", "count", "nbr", "n"),
    ),
    "sign": ("sign", "polarity", "excitatory"),
    "transmitter": (
        *("transmitter", "neurotransmitter", "neurotransmitters", "nt", "nttype", "nttypepredicted", "topnt"),
        *("predictednt", "predictedneurotransmitter", "consensusnt", "ntprediction"),
    ),
    "kind": ("kind", "type", "synapsetype", "edgetype", "connectiontype"),
    "neuron": (
        *("neuron", "neuronid", "neuronname", "cell", "cellid", "cellname", "rootid", "ptrootid", "bodyid", "body"),
        *("name", "label", "id"),
    ),
}
"""Names that are recognised for each role, in lower case and without ``_``, ``-``, spaces and dots."""

SignSource = Literal["weight", "column", "transmitter"]

SIGNS = {
    **dict.fromkeys(("+", "+1", "1", "+1.0", "1.0", "e", "ex", "exc", "excitatory", "pos", "positive"), 1),
    **dict.fromkeys(("-", "-1", "-1.0", "−", "−1", "i", "in", "inh", "inhibitory", "neg", "negative"), -1),
}
"""Signs by usual names, in lower case."""

NEURONS = ("pre", "post", "neuron")
"""Roles of columns that name neurons."""

# Roles that may be given as None: no such column. Without weights each row counts as 1.
_OPTIONAL_ROLES = ("weight", "sign", "transmitter", "kind")
_SEPARATORS = str.maketrans("", "", " _-.")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, characters of no width, marks of direction
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def plain(text: str) -> str:
    """Return the text in lower case, without separators."""
    return text.lower().translate(_SEPARATORS)


def tidy(text: str) -> str:
    """Return a text as it is seen: without blanks around it or characters of no width, and é always one character."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


@dataclass(frozen=True)
class Request:
    """The columns and rows that are asked of a table."""

    needed: tuple[str, ...]  # roles
    optional: tuple[str, ...]
    given: Mapping[str, str | None]  # names of columns by role, by the user; None says there is no such column
    where: Mapping[str, Any]  # rows to keep: name of a column to its value, or to several

    def positions(self, file: Path, header: Sequence[str], hint: str = "") -> dict[str, int]:
        """Return the position of the column of each role, without optional roles that have none."""
        index: dict[str, int] = {}
        for role in (*self.needed, *self.optional):
            if role in self.given and self.given[role] is None:
                continue
            position = _position(file, header, role, self.given.get(role), role in self.needed, hint)
            other = next((above for above, k in index.items() if k == position), None)
            fixed = {*self.needed, *self.given}
            if other is not None and role in fixed and other in fixed:
                argument, played = (role, other) if role in self.given else (other, role)
                raise InvalidNetwork(f"columns[{argument!r}]", header[index[other]], f"is the column of {played!r} too")
            if other is not None and role in fixed:
                del index[other]  # the user says which of the two it is
            if position is not None and (other is None or role in fixed):
                index[role] = position
        return index

    def conditions(self, file: Path, header: Sequence[str]) -> list[tuple[int, set[str]]]:
        """Return, for each column named in `where`, its position and the values to keep."""
        conditions = []
        for name, value in self.where.items():
            values = value if isinstance(value, list | tuple | set | frozenset) else [value]
            conditions.append((_position(file, header, name, name, True, ""), {tidy(str(one)) for one in values}))
        return [(position, values) for position, values in conditions if position is not None]

    def unused(self, header: Sequence[str], used: Iterable[int]) -> tuple[str, ...]:
        """Return the names of the columns that neither play a role nor are in `where`."""
        played = set(used)
        return tuple(name for k, name in enumerate(header) if k not in played and name and name not in self.where)


def check_options(columns: object, where: object, transmitters: object, **switches: object) -> None:
    """Raise InvalidNetwork unless the options are of the right types, and `columns` names roles that exist."""
    for argument, given in (("columns", columns), ("where", where), ("transmitters", transmitters)):
        if not isinstance(given, Mapping | None) or not all(isinstance(key, str) for key in given or ()):
            raise InvalidNetwork(argument, given, "must be a mapping whose keys are texts, {NAME: VALUE}")
    for argument, value in switches.items():
        if not isinstance(value, bool | np.bool_ | None):
            raise InvalidNetwork(argument, value, "must be True or False")


def check_keys(given: Mapping[str, object]) -> None:
    """Raise InvalidNetwork if `columns` names a role that does not exist."""
    unknown = sorted(str(role) for role in given if role not in COLUMNS)
    if unknown:
        raise InvalidNetwork("columns", unknown[0], f"its keys must be among {', '.join(COLUMNS)}")
    for role, name in given.items():
        if not isinstance(name, str) and not (name is None and role in _OPTIONAL_ROLES):
            raise InvalidNetwork(f"columns[{role!r}]", name, "must be the name of a column")


def check_transmitters(transmitters: Mapping[str, int] | None) -> None:
    """Raise InvalidNetwork unless each sign is 1, -1 or 0."""
    for name, sign in (transmitters or {}).items():
        if isinstance(sign, bool) or not isinstance(sign, Real) or sign not in (-1, 0, 1):
            raise InvalidNetwork(f"transmitters[{name!r}]", sign, "must be 1, -1, or 0 to leave the edges out")
    if transmitters is not None and not any(transmitters.values()):
        raise InvalidNetwork("transmitters", dict(transmitters), "must give some transmitter a sign")


def header_hint(rows: Sequence[Sequence[str]]) -> str:
    """Say what may be wrong with the first rows of a table in which no column of neurons was found."""
    for k, row in enumerate(rows, start=1):
        names = {plain(name.lstrip("#")) for name in row}
        if names & {*COLUMNS["pre"]} and names & {*COLUMNS["post"]}:
            return f"; its header seems to be row {k}: delete what stands before it" if k > 1 or "#" in row[0] else ""
    header, below = [*map(tidy, rows[0])], {tidy(row[0]) for row in rows[1:] if row}
    if len(below & {*header[1:]} - {""}) > 1 and not NUMBER.fullmatch(header[0]):
        return "; it seems to be a matrix, which is read from .xlsx, .npy and .npz only"
    if any(map(NUMBER.fullmatch, header)):
        return (
            "; its first row has numbers: an edge list needs a header; a matrix needs .npy, .npz, or .xlsx with names"
        )
    return ""


def _position(file: Path, header: Sequence[str], role: str, given: str | None, needed: bool, hint: str) -> int | None:
    if given is not None:
        places = [k for k, name in enumerate(header) if name == given]
    else:
        places = [k for k, name in enumerate(header) if plain(name) in COLUMNS[role]]
    if not places and (needed or given is not None):
        shown = ", ".join(header[:8])[:80]
        way_out = "" if given is not None else f"; columns={{{role!r}: NAME}} names it"
        way_out += ", columns={'weight': None} counts each row as one synapse" if way_out and role == "weight" else ""
        way_out = hint or way_out
        raise InvalidFile("path", str(file), f"has no {given or role!r} column; its columns are: {shown!r}{way_out}")
    if len(places) > 1:
        names = ", ".join(repr(header[k]) for k in places[:4])
        way_out = "" if given is not None else f"; columns={{{role!r}: NAME}} chooses"
        raise InvalidFile("path", str(file), f"has {len(places)} {given or role!r} columns: {names}{way_out}")
    return places[0] if places else None
