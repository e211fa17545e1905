"""Which edges are chemical synapses and which are gap junctions."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftheory.connectome.reading.edges import Edges
from mftheory.connectome.reading.roles import SIGNS, SignSource, plain
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
    GAP_JUNCTION: "gap junctions",
    RECEIVED: "listed a second time, by the receiving neuron",
    MUSCLE: "to a muscle",
}


def sort_kinds(edges: Edges, gap_junctions: bool, given: bool) -> None:
    """Keep the chemical synapses, and the gap junctions if they are asked for: these in both directions.

    The frame gets the column ``gap``: whether an edge is a gap junction. If the user named (`given`) the column of
    kinds, its values must be kinds.
    """
    values = edges.present("kind") if "kind" in edges.frame else []
    if not given and not _are_kinds(values):
        edges.frame["gap"] = False
        return
    known = KINDS | (_LETTERS if _all_known(values) else {})
    unknown = [value for value in values if plain(value) not in known]
    if unknown and not any(known.get(plain(value)) == GAP_JUNCTION for value in values):
        place = edges.first("kind", edges.frame.kind.to_numpy() == unknown[0])
        raise InvalidFile(place, unknown[0], "must be chemical or gap junction (or a usual word for these)")
    kind = edges.map("kind", lambda value: known.get(plain(value), CHEMICAL))
    if np.any(kind == RECEIVED) and not np.any(kind == CHEMICAL):
        what = "no edge is listed by the neuron that sends it"
        raise InvalidFile(edges.first("kind", kind == RECEIVED), "received", what)
    edges.frame["gap"] = gap = kind == GAP_JUNCTION
    keep = (kind == CHEMICAL) | (gap & gap_junctions)
    for k, reason in _LEFT_OUT.items():
        if number := int(np.sum((kind == k) & ~keep)):
            edges.left_out[reason] = number
    edges.frame = edges.frame[keep]
    if unknown:
        named = ", ".join(repr(value) for value in unknown[:4])
        edges.notes.append(f"edges of kind {named} were taken for chemical synapses")
    if gap_junctions and gap.any():
        _both_ways(edges)


def kind_or_sign(edges: Edges, signs: SignSource | None) -> None:
    """A column called "type" may hold signs instead of kinds, or neither."""
    values = edges.present("kind") if "kind" in edges.frame else []
    if _are_kinds(values):
        return
    lower = {value.lower() for value in values}
    if lower == {"e"} and signs != "weight":
        allowed = "may mean excitatory or electrical; columns={'sign': NAME} or {'kind': NAME} tells"
        raise InvalidFile(edges.place("type", int(edges.frame.index[0])), values[0], allowed)
    if values and lower <= SIGNS.keys() and "sign" not in edges.frame and signs in (None, "column"):
        edges.frame["sign"] = edges.frame["kind"]


def _are_kinds(values: list[str]) -> bool:
    """Whether the values of a column called kind or type tell synapses from gap junctions, and not something else."""
    found = {plain(value) for value in values}
    if found <= {"e"} or found <= SIGNS.keys():
        return False
    return _all_known(values) or any(KINDS.get(value) == GAP_JUNCTION for value in found)


def _all_known(values: list[str]) -> bool:
    return all(plain(value) in KINDS or plain(value) in _LETTERS for value in values)


def _both_ways(edges: Edges) -> None:
    """A gap junction couples both neurons: one that is listed in one direction only gets the other, too."""
    gaps = edges.frame[edges.frame.gap & (edges.frame.pre != edges.frame.post)]
    n = len(edges.neurons)
    pair: NDArray[np.int64] = gaps.pre.to_numpy(np.int64) * n + gaps.post.to_numpy(np.int64)
    total = gaps.weight.groupby(pair).sum()
    back = total.reindex(total.index % n * n + total.index // n).to_numpy()
    once = np.isnan(back)
    mirrored = gaps[np.isin(pair, total.index[once])].rename(columns={"pre": "post", "post": "pre"})
    edges.frame = pd.concat([edges.frame, mirrored])
    twice, differ = int(np.sum(back == total)) // 2, int(np.sum(~once & (back != total))) // 2
    for count, text in (
        (int(once.sum()), "are listed in one direction only, and were read in both"),
        (twice, "are listed in both directions with the same weight, and were read once in each"),
        (differ, "have different weights in their two directions, and were read so"),
    ):
        edges.notes += [f"{count} gap junctions {text}"] if count else []
