"""Which edges are chemical synapses and which are gap junctions."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome.reading.columns import Coded, Columns, plain
from mftheory.connectome.reading.signs import SIGNS
from mftheory.errors import InvalidFile

CHEMICAL, GAP_JUNCTION, RECEIVED, MUSCLE = range(4)

KINDS = {
    **dict.fromkeys(("chemical", "chem", "chemicalsynapse", "synapse", "send", "sendpoly"), CHEMICAL),
    **dict.fromkeys(("gap", "gapjunction", "gapjunctions", "gj", "ej", "electric", "electrical"), GAP_JUNCTION),
    **dict.fromkeys(("electricaljunction", "electricalsynapse", "electricsynapse"), GAP_JUNCTION),
    **dict.fromkeys(("receive", "receivepoly"), RECEIVED),
    **dict.fromkeys(("nmj", "neuromuscular", "neuromuscularjunction"), MUSCLE),
}
"""Kinds by usual names (lower case, without separators)."""

# Letters, as in the tables of C. elegans: taken for kinds only where all of a column's values are.
_LETTERS = {"c": CHEMICAL, "s": CHEMICAL, "sp": CHEMICAL, "cs": CHEMICAL, "e": GAP_JUNCTION}
_LETTERS |= {"r": RECEIVED, "rp": RECEIVED}
_LEFT_OUT = {
    RECEIVED: "listed a second time, by the receiving neuron",
    MUSCLE: "to a muscle",
}


@dataclass(frozen=True)
class Kinds:
    """What the kinds say.

    Attributes
    ----------
    keep : boolean array of shape (edges,)
        False for edges to leave out.
    gap_junction : boolean array of shape (edges,)
    left_out : dict
        Number of edges left out, by reason.
    notes : tuple of str
        Sentences the user should read.
    """

    keep: NDArray[np.bool_]
    gap_junction: NDArray[np.bool_]
    left_out: dict[str, int]
    notes: tuple[str, ...]


def edge_kinds(edges: Columns, gap_junctions: bool, given: bool) -> Kinds:
    """Sort the edges by kind; gap junctions are kept only if asked for.

    Parameters
    ----------
    edges : Columns
        With a ``kind`` or without.
    gap_junctions : bool
        Keep them.
    given : bool
        Whether the user named the column, so that its values must be kinds.

    Raises
    ------
    InvalidFile
        If the kind of an edge cannot be told.
    """
    size = edges.text["pre"].codes.size
    column = edges.text.get("kind")
    if column is None or (not given and not is_kind(column)):
        return Kinds(np.ones(size, dtype=bool), np.zeros(size, dtype=bool), {}, ())
    known = KINDS | (_LETTERS if _all_known(column) else {})
    unknown = [value for value in column.present if plain(value) not in known]
    if unknown and not any(known.get(plain(value)) == GAP_JUNCTION for value in column.present):
        place = f"kind on {edges.locate(column.first(unknown[0]))}"
        raise InvalidFile(place, unknown[0], "must be chemical or gap junction (or a usual word for these)")
    kind = column.map(lambda value: known.get(plain(value), CHEMICAL))
    received = kind == RECEIVED
    if received.any() and not np.any(kind == CHEMICAL):
        place = f"kind on {edges.locate(int(np.argmax(received)))}"
        raise InvalidFile(place, "received", "no edge is listed by the neuron that sends it")
    gap = kind == GAP_JUNCTION
    keep = (kind == CHEMICAL) | (gap & gap_junctions)
    left_out = {reason: int(np.sum(kind == k)) for k, reason in _LEFT_OUT.items() if np.any(kind == k)}
    if gap.any() and not gap_junctions:
        left_out = {"gap junctions": int(gap.sum()), **left_out}
    notes = []
    if unknown:
        named = ", ".join(repr(value) for value in unknown[:4])
        notes.append(f"edges of kind {named} were taken for chemical synapses")
    if gap_junctions:
        one_way = _one_way(edges, gap)
        if one_way:
            notes.append(f"{one_way} gap junctions are listed in one direction only, and were read so")
    return Kinds(keep, gap, left_out, tuple(notes))


def is_kind(column: Coded) -> bool:
    """Whether a column called kind or type tells synapses from gap junctions, and not something else."""
    values = {plain(value) for value in column.present}
    if values <= {"e"} or values <= SIGNS.keys():
        return False
    return _all_known(column) or any(KINDS.get(value) == GAP_JUNCTION for value in values)


def _all_known(column: Coded) -> bool:
    return all(plain(value) in KINDS or plain(value) in _LETTERS for value in column.present)


def _one_way(edges: Columns, gap: NDArray[np.bool_]) -> int:
    """Number of gap junctions without the opposite one."""
    pre, post = edges.text["pre"].codes[gap].tolist(), edges.text["post"].codes[gap].tolist()
    pairs = Counter(zip(pre, post, strict=True))
    return sum(1 for a, b in pairs if (b, a) not in pairs)
