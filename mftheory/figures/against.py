"""A number of several networks against the theory's, N → ∞ and in standard errors; and against wrong theories."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import mftheory as mf
from mftheory import storage
from mftheory.errors import Quiescent
from mftheory.figures.records import Records
from mftheory.figures.verdicts import summary, summary_text, table, verdict
from mftheory.progress import tracked
from mftheory.results import attractors
from mftheory.results.attractors import in_doubt, named_networks
from mftheory.results.extrapolate import Linear, intercept
from mftheory.results.provenance import provenance

Values = Mapping[int, ArrayLike]
"""Size n → one value a network, at least two of them."""


def limit(values: Values, power: float = 1.0) -> Linear:
    """Averages over networks, extrapolated by a line in n^-power (`mftheory.results.extrapolate.intercept`).

    Examples
    --------
    >>> from mftheory.figures.against import limit
    >>> found = limit({100: [3.1, 3.3], 400: [3.0, 3.1]}, power=0.5)
    >>> round(found.value, 12), found.error > 0
    (2.9, True)
    """
    return intercept({n: np.asarray(values[n], dtype=np.float64) for n in sorted(values)}, power)


def compared(
    label: Mapping[str, Any],
    theory: float,
    values: Values,
    wrong: Mapping[str, float],
    power: float = 1.0,
    size_error: float = 0.0,
    independent: bool = True,
) -> dict[str, Any]:
    """The verdict on what several networks give, n → ∞.

    Parameters
    ----------
    label : mapping
        What is compared.
    theory : float
    values : mapping of int to array
        Of each size, one value a network.
    wrong : mapping of str to float
        What wrong theories say: the comparison's power.
    power : float
        The leading term of finite size is in n^-power.
    size_error : float
        What the next term may leave, in units of the value.
    independent : bool
        False if the same networks gave another comparison.

    Returns
    -------
    dict
        As `mftheory.figures.verdicts.verdict` makes it; beside it ``sizes`` (count, mean, spread) and ``size_term``.

    Examples
    --------
    >>> from mftheory.figures.against import compared
    >>> found = compared({"what": "PR"}, 1.0, {100: [0.9, 1.2]}, {"off by half": 1.5})
    >>> round(found["found"], 12), found["effect"], found["wrong"]["off by half"] < found["z"]
    (1.05, 0.5, True)
    """
    found = limit(values, power)
    arrays = {n: np.asarray(v, dtype=np.float64) for n, v in values.items()}
    sizes = {
        str(n): {"networks": v.size, "mean": float(v.mean()), "sd": float(v.std(ddof=1))} for n, v in arrays.items()
    }
    return verdict(
        label,
        theory,
        found.value,
        {"networks": found.error, "size": size_error},
        wrong,
        found.degrees_of_freedom,
        independent,
        sizes=sizes,
        size_term=f"n^-{power:.3g}" if len(sizes) > 1 else None,
    )


def seed(figure: str, *place: int) -> int:
    """The seed of one network of a figure, from its place alone (its size and its number, say).

    Examples
    --------
    >>> from mftheory.figures.against import seed
    >>> seed("duality", 500, 0) == seed("duality", 500, 0), seed("duality", 500, 0) == seed("duality", 1000, 0)
    (True, False)
    """
    return int(np.random.SeedSequence([zlib.crc32(figure.encode()), *place]).generate_state(1)[0])


Network = tuple[int, int]
"""The size of one network of a figure, and its number among those of its size."""


def fluctuating(
    found: Mapping[int, Sequence[dict[str, Any]]],
) -> tuple[dict[int, list[dict[str, Any]]], list[tuple[int, int]]]:
    """Tell the networks that fluctuate from those at rest, by the rule of `mftheory.compare`.

    Raises
    ------
    Quiescent
        If that leaves no size.

    Examples
    --------
    >>> from mftheory.figures.against import fluctuating
    >>> ran = [{"seed": k, "status": "equilibrated"} for k in range(2)]
    >>> fluctuating({60: [*ran, {"seed": 7, "status": "at rest: at one fixed point"}]})[1]
    [(60, 7)]
    """
    moving, resting = attractors.fluctuating(found)
    if not moving:
        raise Quiescent(f"fewer than two networks of any size fluctuate; at rest are {named_networks(resting)}")
    return moving, resting


def each_network(
    name: str,
    output: Path,
    protocol: Any,
    measure: Callable[[int, int, bool], dict[str, Any]],
    shown: Network,
    progress: bool,
    **settings: Any,
) -> tuple[dict[int, list[dict[str, Any]]], list[tuple[int, int]], dict[str, Any]]:
    """Measure every network of a protocol once: results are kept in ``points/``.

    Parameters
    ----------
    name : str
        Of the figure.
    output : Path
        Its folder.
    protocol : dataclass
        With ``networks``, their number by size.
    measure : callable
        (n, seed, whether this one is drawn) → what a network gave, JSON-ready; of the one that is drawn, ``"shown"``.
    shown : tuple
        Which one is drawn; measured as well, if it is none of the protocol's.
    progress : bool
        Show a progress bar.
    **settings
        What else results depend on.

    Returns
    -------
    found : dict of int to list of dict
        What the networks of each size gave that fluctuate.
    resting : list of tuple
        Size and seed of those that do not.
    shown : dict
        What is drawn, with its ``"n"``.
    """
    records = Records(output / "points")
    places = [(n, k) for n, count in protocol.networks.items() for k in range(count)]
    at: dict[Network, dict[str, Any]] = {}
    for n, k in tracked(list(dict.fromkeys([*places, shown])), name, "network", progress):
        own = seed(name, n, k)
        made_with = {**asdict(protocol), "networks": [n, own], **settings, "version": mf.__version__}
        at[n, k] = records.get(f"{n}-{k}", made_with, partial(measure, n, own, (n, k) == shown))
    found, resting = fluctuating({n: [at[n, k] for k in range(count)] for n, count in protocol.networks.items()})
    return found, resting, at[shown]["shown"] | {"n": shown[0]}


def to_keep(found: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """What networks gave, without what is drawn of one of them."""
    return {str(n): [{k: v for k, v in one.items() if k != "shown"} for one in each] for n, each in found.items()}


def conclude(
    name: str, title: str, record: dict[str, Any], protocol: Any, say: Callable[[str], None], output: Path, *notes: str
) -> None:
    """Complete a record by the summary of its comparisons and its provenance; say and write table and JSON.

    Parameters
    ----------
    name, title : str
        Of the figure.
    record : dict
        With its ``comparisons``, and the ``resting`` networks if they were looked for; ``figure``, ``summary`` and
        ``provenance`` are added.
    protocol : dataclass
    say : callable
    output : Path
        Folder, made if need be.
    *notes : str
        Lines below the table.
    """
    record |= {"figure": name, "summary": summary(record["comparisons"]), "provenance": provenance(**asdict(protocol))}
    if record.get("resting"):
        notes += (f"at rest and left out: {named_networks(record['resting'])}",)
    doubtful = [one for each in record.get("networks", {}).values() for one in each if in_doubt(one["status"])]
    if doubtful:
        notes += (f"{len(doubtful)} of the networks are in doubt, see their status",)
    text = "\n".join([title, table(record["comparisons"]), *notes, summary_text(record["summary"])])
    say(text)
    write(name, output, record, text)


def write(name: str, output: Path, record: Mapping[str, Any], text: str) -> None:
    """NAME.json and NAME.txt."""
    storage.make_folder(output, "output")
    storage.write(output / f"{name}.json", json.dumps(record, indent=1) + "\n", "output")
    storage.write(output / f"{name}.txt", text + "\n", "output")
