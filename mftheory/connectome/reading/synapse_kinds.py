"""Which edges are chemical synapses and which are gap junctions."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftheory.connectome.reading.edges import Edges
from mftheory.connectome.reading.roles import SIGNS, SignSource, plain
from mftheory.errors import InvalidFile

CHEMICAL, GAP_JUNCTION, RECEIVED, MUSCLE = range(4)

KINDS = {
    **dict.fromkeys(("chemical", "chem", "chemicalsynapse", "chemicalsynapses", "synapse"), CHEMICAL),
    **dict.fromkeys(("send", "sendpoly"), CHEMICAL),
    **dict.fromkeys(("gap", "gapjunction", "gapjunctions", "gj", "ej", "electric", "electrical"), GAP_JUNCTION),
    **dict.fromkeys(("electricaljunction", "electricalsynapse", "electricsynapse", "elec"), GAP_JUNCTION),
    **dict.fromkeys(("electricaljunctions", "electricalsynapses", "electricsynapses"), GAP_JUNCTION),
    **dict.fromkeys(("receive", "receivepoly"), RECEIVED),
    **dict.fromkeys(("nmj", "neuromuscular", "neuromuscularjunction"), MUSCLE),
}
"""Kinds by usual names (lower case, without separators)."""

# Letters, as in the tables of C. elegans: taken for kinds only where all of a column's values are.
_KIND_LETTERS = {"c": CHEMICAL, "s": CHEMICAL, "sp": CHEMICAL, "cs": CHEMICAL, "e": GAP_JUNCTION}
_KIND_LETTERS |= {"r": RECEIVED, "rp": RECEIVED}
_SIGN_WORDS = {word for word in SIGNS if word.isalpha()}
_REASONS_LEFT_OUT = {
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
    if not given and not _are_kinds(values, edges):
        edges.frame["gap"] = False
        if (name := edges.columns.get("kind")) is not None:
            edges.unused += (name,)
            shown = ", ".join(repr(value[:30]) for value in values[:4] if value)
            what = f"column {name!r} was not used: its values ({shown}) are neither kinds of synapses nor signs"
            edges.notes += [what] if shown and not _are_signs(values) else []
        return
    by_word = any(plain(value) in KINDS for value in values)
    known = KINDS | (_KIND_LETTERS if not by_word or _all_known([*filter(None, values)]) else {})
    unknown = [value for value in values if plain(value) not in known]
    wrong = [value for value in unknown if value or given]
    if wrong and not any(known.get(plain(value)) == GAP_JUNCTION for value in values):
        place = edges.first("kind", edges.frame.kind.to_numpy() == wrong[0])
        way_out = "" if given else "; columns={'kind': None} ignores the column"
        raise InvalidFile(place, wrong[0], f"must be chemical or gap junction (or a usual word for these){way_out}")
    kind = edges.map("kind", lambda value: known.get(plain(value), CHEMICAL))
    if np.any(kind == RECEIVED) and not np.any(kind == CHEMICAL):
        what = "no edge is listed by the neuron that sends it"
        raise InvalidFile(edges.first("kind", kind == RECEIVED), "received", what)
    edges.frame["gap"] = gap = kind == GAP_JUNCTION
    if gap_junctions and (negative := gap & (edges.frame.weight.to_numpy() < 0)).any():
        weight = float(edges.frame.weight[negative].iloc[0])
        raise InvalidFile(edges.first("weight", negative), weight, "must not be negative: it is a gap junction's")
    keep = (kind == CHEMICAL) | (gap & gap_junctions)
    for k, reason in _REASONS_LEFT_OUT.items():
        if number := int(np.sum((kind == k) & ~keep)):
            edges.left_out[reason] = number
    edges.frame = edges.frame[keep]
    if unknown:
        named = ", ".join(repr(value) for value in unknown[:4])
        edges.notes.append(f"edges of kind {named} were taken for chemical synapses")
    if gap_junctions and gap.any():
        _both_ways(edges)


def kind_or_sign(edges: Edges, signs: SignSource | None) -> None:
    """Take a column called "type" for signs if it holds these instead of kinds; it may hold neither."""
    values = edges.present("kind") if "kind" in edges.frame else []
    lower = {value.lower() for value in values if value}
    if lower == {"e"} and signs != "weight":
        allowed = "may mean excitatory or electrical; columns={'sign': NAME} or {'kind': NAME} tells"
        rows = edges.frame.kind.to_numpy() != ""
        raise InvalidFile(edges.first("type", rows), next(filter(None, values)), allowed)
    if _are_signs(values) and "sign" not in edges.frame and signs in (None, "column"):
        edges.frame["sign"], edges.columns["sign"] = edges.frame["kind"], edges.columns.pop("kind")


def _are_signs(values: list[str]) -> bool:
    """Return whether values are signs: all are, or some by a word or as both of a pair; the others are then refused."""
    words = {value.lower() for value in values}
    both = any({*pair} <= words for pair in (("e", "i"), ("+", "-"), ("1", "-1"), ("1.0", "-1.0")))
    return bool(words) and (words <= SIGNS.keys() or both or any(len(value) > 2 for value in words & _SIGN_WORDS))


def _are_kinds(values: list[str], edges: Edges) -> bool:
    """Return whether a column called kind or type tells synapses from gap junctions, and not something else.

    One that is called kind does if it does not hold signs; another if one of its values does so by a word, or all do.
    """
    words = {plain(value) for value in values if value}
    if not words or _are_signs(values) or words == {"e"}:
        return False
    named = plain(edges.columns.get("kind", "")) == "kind"
    return named or bool(words & KINDS.keys()) or _all_known([*words]) or words == {"c", "g"}


def _all_known(values: list[str]) -> bool:
    return all(plain(value) in KINDS or plain(value) in _KIND_LETTERS for value in values)


def _both_ways(edges: Edges) -> None:
    """Add the other direction to gap junctions that are listed in one only: they couple both neurons."""
    gaps = edges.frame[edges.frame.gap & (edges.frame.pre != edges.frame.post)]
    n = len(edges.neurons)
    pair: NDArray[np.int64] = gaps.pre.to_numpy(np.int64) * n + gaps.post.to_numpy(np.int64)
    total = gaps.weight.groupby(pair).sum()
    reverse = total.reindex(total.index % n * n + total.index // n).to_numpy()
    once = np.isnan(reverse)
    mirrored = gaps[np.isin(pair, total.index[once])].rename(columns={"pre": "post", "post": "pre"})
    edges.frame = pd.concat([edges.frame, mirrored])
    twice, differ = int(np.sum(reverse == total)) // 2, int(np.sum(~once & (reverse != total))) // 2
    for count, text in (
        (int(once.sum()), "are listed in one direction only, and were read in both"),
        (twice, "are listed in both directions with the same weight, and were read once in each"),
        (differ, "have different weights in their two directions, and were read so"),
    ):
        edges.notes += [f"{count} gap junctions {text}"] if count else []
