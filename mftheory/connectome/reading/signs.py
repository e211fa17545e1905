"""The sign of each edge: its weight's, that of a column, or by the transmitter of the presynaptic neuron."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome.reading.columns import Coded, Columns, plain
from mftheory.errors import InvalidFile, InvalidNetwork

SignSource = Literal["weight", "column", "transmitter"]

SIGNS = {
    **dict.fromkeys(("+", "+1", "1", "+1.0", "1.0", "e", "ex", "exc", "excitatory", "pos", "positive"), 1),
    **dict.fromkeys(("-", "-1", "-1.0", "−", "−1", "i", "in", "inh", "inhibitory", "neg", "negative"), -1),
}
"""Signs by usual names, in lower case."""

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


@dataclass(frozen=True)
class Signed:
    """Weights with their signs.

    Attributes
    ----------
    weight : array of shape (edges,)
    keep : boolean array of shape (edges,)
        False for edges whose transmitter has no sign.
    source : str
        One sentence: where the signs are from.
    left_out : dict
        Number of edges left out, by transmitter.
    """

    weight: NDArray[np.float64]
    keep: NDArray[np.bool_]
    source: str
    left_out: dict[str, int]


def signed(
    edges: Columns,
    weight: NDArray[np.float64],
    always_positive: NDArray[np.bool_],
    signs: SignSource | None,
    transmitters: Mapping[str, int] | None,
) -> Signed:
    """Decide the signs.

    Parameters
    ----------
    edges : Columns
        Perhaps with ``sign`` or ``transmitter``.
    weight : array of shape (edges,)
    always_positive : boolean array of shape (edges,)
        Edges that have no transmitter: gap junctions.
    signs : {"weight", "column", "transmitter"}, optional
        By default the column if there is one, else the transmitter if there is one, else the weight.
    transmitters : mapping, optional
        Signs by transmitter, instead of `TRANSMITTERS`.

    Raises
    ------
    InvalidFile
        If a weight is negative although its sign stands elsewhere, or a sign cannot be read.
    InvalidNetwork
        If what is asked for is not in the file.
    """
    columns = {"column": edges.text.get("sign"), "transmitter": edges.text.get("transmitter")}
    found = [source for source, column in columns.items() if column is not None]
    chosen = signs or (found[0] if found else "weight")
    if chosen == "weight":
        return Signed(weight, np.ones(weight.size, dtype=bool), "the weights", {})
    column = columns[chosen]
    if column is None:
        what = "sign" if chosen == "column" else "transmitter"
        raise InvalidNetwork("signs", signs, f"the file has no {what} column; columns={{{what!r}: NAME}} names it")
    negative = weight < 0
    if negative.any():
        k = int(np.argmax(negative))
        what = "its sign column" if chosen == "column" else "its transmitter"
        allowed = f"is negative, but the sign is from {what} ({column.values[column.codes[k]]!r})"
        way_out = "" if signs else "; signs='weight' ignores that"
        raise InvalidFile(f"weight on {edges.locate(k)}", float(weight[k]), allowed + way_out)
    if chosen == "column":
        sign = _of_column(edges, column)
        source = "a sign column"
    else:
        sign, source = _of_transmitters(column, transmitters)
    sign[always_positive] = 1
    left_out: dict[str, int] = {}
    for value in column.present if np.any(sign == 0) else ():
        number = int(np.sum((column.codes == column.values.index(value)) & (sign == 0)))
        if number:
            reason = f"transmitter {canonical(value)}"
            left_out[reason] = left_out.get(reason, 0) + number
    return Signed(weight * sign, sign != 0, source, dict(sorted(left_out.items(), key=lambda item: -item[1])))


def canonical(transmitter: str) -> str:
    """One name for each transmitter."""
    name = plain(transmitter)
    return ABBREVIATIONS.get(name, name)


def check_transmitters(transmitters: Mapping[str, int] | None) -> None:
    """Raise InvalidNetwork unless each sign is 1, -1 or 0."""
    for name, sign in (transmitters or {}).items():
        if isinstance(sign, bool) or sign not in (-1, 0, 1):
            raise InvalidNetwork(f"transmitters[{name!r}]", sign, "must be 1, -1, or 0 to leave the edges out")
    if transmitters is not None and not any(transmitters.values()):
        raise InvalidNetwork("transmitters", dict(transmitters), "must give some transmitter a sign")


def _of_column(edges: Columns, column: Coded) -> NDArray[np.int64]:
    for value in column.present:
        if value.lower() not in SIGNS:
            place = f"sign on {edges.locate(column.first(value))}"
            raise InvalidFile(place, value, "must be 1 or -1, + or -, E or I, or such a word")
    return column.map(lambda value: SIGNS.get(value.lower(), 0))


def _of_transmitters(column: Coded, transmitters: Mapping[str, int] | None) -> tuple[NDArray[np.int64], str]:
    table = {canonical(name): int(sign) for name, sign in (transmitters or TRANSMITTERS).items()}
    shown = ", ".join(f"{name} {'+' if sign > 0 else '−'}" for name, sign in table.items() if sign)
    return column.map(lambda value: table.get(canonical(value), 0)), f"transmitters ({shown})"
