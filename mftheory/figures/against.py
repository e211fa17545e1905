"""A number of several networks against the theory's, N → ∞ and in standard errors; and against wrong theories."""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mftheory.figures.verdicts import summary, summary_text, table, verdict
from mftheory.results.provenance import provenance

Values = Mapping[int, ArrayLike]
"""Size n → one value a network, at least two of them."""


@dataclass(frozen=True)
class Limit:
    """What a line in n^-power gives at n → ∞: value, standard error and the degrees of freedom of that error."""

    value: float
    error: float
    degrees_of_freedom: float


def limit(values: Values, power: float = 1.0) -> Limit:
    """Averages over networks, extrapolated by a line in n^-power; the average itself if there is one size.

    Sizes are weighted by networks × n, fixed beforehand, as the variance between networks falls about as 1/n. The error
    is the spread between networks of each size (Welch), its degrees of freedom by Satterthwaite's formula.

    Examples
    --------
    >>> from mftheory.figures.against import limit
    >>> found = limit({100: [3.1, 3.3], 400: [3.0, 3.1]}, power=0.5)
    >>> round(found.value, 12), found.error > 0
    (2.9, True)
    """
    sizes = sorted(values)
    each = [np.asarray(values[n], dtype=np.float64) for n in sizes]
    count = np.array([v.size for v in each])
    weight = count * np.array(sizes, dtype=np.float64)
    coefficients = np.ones(1)
    if len(sizes) > 1:
        design = np.column_stack([np.ones(len(sizes)), np.array(sizes, dtype=np.float64) ** -power])
        coefficients = np.linalg.solve(design.T @ (weight[:, None] * design), design.T * weight)[0]
    parts = coefficients**2 * np.array([v.var(ddof=1) for v in each]) / count
    variance = float(parts.sum())
    freedom = variance**2 / float(np.sum(parts**2 / (count - 1))) if variance > 0 else float(count.sum() - len(sizes))
    return Limit(float(coefficients @ [v.mean() for v in each]), variance**0.5, freedom)


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


def conclude(
    name: str, title: str, record: dict[str, Any], protocol: Any, say: Callable[[str], None], output: Path, *notes: str
) -> None:
    """Complete a record by the summary of its comparisons and its provenance; say and write table and JSON.

    Parameters
    ----------
    name, title : str
        Of the figure.
    record : dict
        With its ``comparisons``; ``figure``, ``summary`` and ``provenance`` are added.
    protocol : dataclass
    say : callable
    output : Path
        Folder, made if need be.
    *notes : str
        Lines below the table.
    """
    record |= {"figure": name, "summary": summary(record["comparisons"]), "provenance": provenance(**asdict(protocol))}
    doubtful = [one for each in record.get("networks", {}).values() for one in each if one["status"] != "equilibrated"]
    if doubtful:
        notes += (f"{len(doubtful)} of the networks are in doubt, see their status",)
    text = "\n".join([title, table(record["comparisons"]), *notes, summary_text(record["summary"])])
    say(text)
    write(name, output, record, text)


def write(name: str, output: Path, record: Mapping[str, Any], text: str) -> None:
    """NAME.json and NAME.txt."""
    output.mkdir(parents=True, exist_ok=True)
    (output / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    (output / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
