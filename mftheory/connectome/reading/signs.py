"""The sign of each edge: its weight's, that of a column, or by the transmitter of the presynaptic neuron."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftheory.connectome.reading.edges import Edges
from mftheory.connectome.reading.roles import SIGNS, SignSource, plain
from mftheory.errors import InvalidFile, InvalidNetwork

TRANSMITTERS = {"acetylcholine": 1, "gaba": -1, "glutamate": -1}
"""Signs of transmitters, as usual for the fly; edges with any other are left out."""

ABBREVIATIONS = {
    **dict.fromkeys(("ach", "achol", "cholinergic"), "acetylcholine"),
    "gabaergic": "gaba",
    **dict.fromkeys(("glut", "glu", "glutamatergic"), "glutamate"),
    **dict.fromkeys(("da", "dop", "dopaminergic"), "dopamine"),
    **dict.fromkeys(("ser", "5ht", "serotonergic"), "serotonin"),
    **dict.fromkeys(("oct", "oa", "octopaminergic"), "octopamine"),
    **dict.fromkeys(("tyr", "ta"), "tyramine"),
    **dict.fromkeys(("his", "hist", "ha"), "histamine"),
    **dict.fromkeys(("gly",), "glycine"),
    **dict.fromkeys(("", "unknown", "unclear", "none", "na", "nan", "undefined"), "unknown"),
    "notlisted": "not listed",
}


def give_signs(edges: Edges, signs: SignSource | None, transmitters: Mapping[str, int] | None) -> str:
    """Give the weights their signs, and leave out edges whose transmitter has none.

    Where a neuron's transmitters have both signs, all its edges get that of the greater total weight: a neuron has one
    transmitter, and predictions of it err. Signs of a column may differ between the edges of a neuron, but not
    between parallel ones.

    By default signs are from the sign column if there is one, else from transmitters, else from the weights;
    `transmitters` replaces `TRANSMITTERS`. Gap junctions stay positive. Returned is where the signs are from, in
    words. A negative weight whose sign stands elsewhere is refused, and so is a sign that cannot be read.
    """
    roles = {"column": "sign", "transmitter": "transmitter"}
    chosen: str = signs or next((source for source, role in roles.items() if role in edges.frame), "weight")
    if chosen == "weight":
        return "the weights"
    role = roles[chosen]
    if role not in edges.frame:
        raise InvalidNetwork("signs", signs, f"the file has no {role} column; columns={{{role!r}: NAME}} names it")
    negative = edges.frame.weight.to_numpy() < 0
    if negative.any():
        k = int(np.argmax(negative))
        what = "its sign column" if chosen == "column" else "its transmitter"
        allowed = f"is negative, but the sign is from {what} ({edges.frame[role].iloc[k]!r})"
        way_out = "" if signs else "; signs='weight' ignores that"
        raise InvalidFile(edges.first("weight", negative), float(edges.frame.weight.iloc[k]), allowed + way_out)
    gap = edges.frame.gap.to_numpy()
    pre = edges.frame.pre.to_numpy(np.int64)
    if chosen == "column":
        unknown = [value for value in edges.present("sign") if value.lower() not in SIGNS]
        if unknown:
            place = edges.first("sign", edges.frame.sign.to_numpy() == unknown[0])
            raise InvalidFile(place, unknown[0], "must be 1 or -1, + or -, E or I, or such a word")
        sign, source = edges.map("sign", lambda value: SIGNS.get(value.lower(), 0)), "a sign column"
        if "transmitter" in edges.frame:
            other = edges.map("transmitter", lambda value: TRANSMITTERS.get(canonical(value), 0))
            if differ := int(np.sum((sign * other < 0) & ~gap)):
                what = (
                    f"{differ} edges have another sign in the sign column, which was taken, than by their transmitter"
                )
                edges.notes.append(f"{what} ({_shown(TRANSMITTERS)})")
        group = pd.factorize(pre * len(edges.neurons) + edges.frame.post.to_numpy(np.int64))[0]
    else:
        table: dict[str, int] = {}
        for name, given in (transmitters or TRANSMITTERS).items():
            if table.setdefault(canonical(name), int(given)) != given:
                raise InvalidNetwork(f"transmitters[{name!r}]", given, f"{canonical(name)!r} has the other sign too")
        sign = edges.map("transmitter", lambda value: table.get(canonical(value), 0))
        source = f"transmitters ({_shown(table)})"
        group = pre
    sign = np.where(gap, 1, sign)
    if np.any(sign == 0):
        numbers: dict[str, int] = {}
        column = edges.frame[role].cat
        for value, number in zip(column.categories, np.bincount(column.codes[sign == 0]), strict=False):
            reason = f"transmitter {canonical(value)}"
            numbers[reason] = numbers.get(reason, 0) + int(number)
        edges.left_out |= {why: k for why, k in sorted(numbers.items(), key=lambda item: -item[1]) if k}
    decided = _one_sign(edges, np.where(gap, 0, sign), group, chosen)
    sign = np.where(gap, 1, decided)
    edges.frame = edges.frame.assign(weight=edges.frame.weight * sign)[sign != 0]
    return source


def _shown(table: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {'+' if sign > 0 else '−'}" for name, sign in table.items() if sign)


def _one_sign(edges: Edges, sign: NDArray[np.int64], group: NDArray[np.int64], source: str) -> NDArray[np.int64]:
    """Return the sign of greater total weight in each group of edges; 0 where both have the same."""
    weight = edges.frame.weight.to_numpy()
    plus, minus = (np.bincount(group, weight * (sign == k)) for k in (1, -1))
    both = (plus > 0) & (minus > 0)
    if not both.any():
        return sign
    k = int(np.argmax(both[group]))
    row = edges.frame.iloc[k]
    names = [edges.neurons[row.pre]] if source == "transmitter" else [edges.neurons[row.pre], edges.neurons[row.post]]
    what = "neurons have transmitters" if source == "transmitter" else "pairs of neurons have parallel edges"
    example = f"{' to '.join(names)!r}: +{plus[group[k]]:g}, −{minus[group[k]]:g}"
    taken = "that of the greater total weight was taken, edges left out where there is none"
    edges.notes.append(f"{int(both.sum())} {what} of both signs ({example}): {taken}")
    decided = np.where(both[group] & (sign != 0), (np.where(plus > minus, 1, 0) - (plus < minus))[group], sign).astype(
        np.int64
    )
    if ties := int(np.sum((decided == 0) & (sign != 0))):
        edges.left_out["with both signs in equal parts"] = ties
    return decided


def canonical(transmitter: str) -> str:
    """Return one name for each transmitter."""
    name = plain(transmitter)
    return ABBREVIATIONS.get(name, name)
