"""The record of one comparison of theory and networks, and the summary of many."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mftheory.errors import InvalidFile
from mftheory.results.aligned import aligned
from mftheory.results.comparison import POWER, STANDARD_ERRORS
from mftheory.results.jackknife import normal_deviate
from mftheory.wording import counted

SAME_PREDICTION = 1e-3
"""Relative distance below which a wrong theory predicts the same here, and is not listed."""


def verdict(
    label: Mapping[str, Any],
    theory: float,
    measured: float,
    errors: Mapping[str, float],
    wrong: Mapping[str, float] | None = None,
    degrees_of_freedom: float = math.inf,
    independent: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """Return one comparison, in standard errors, with its power against wrong theories.

    Parameters
    ----------
    label : mapping
        Parameters, and the observable that is compared.
    theory, measured : float
        Prediction, and the measured value in the limit that the prediction is for.
    errors : mapping of str to float
        Standard errors by their source, independent of each other: "networks" (the spread between them) and such as
        "size" (what the extrapolation in 1/N leaves) and "theory".
    wrong : mapping of str to float
        Predictions of wrong theories; the one that the figure is about first.
    degrees_of_freedom : float
        Degrees of freedom of errors["networks"].
    independent : bool
        False if the same networks gave another comparison: its z is then correlated with that one.
    **more
        Further entries.

    Returns
    -------
    dict
        ``label``, ``theory``, ``found``, ``error`` (in all), ``errors``, ``z``, ``effect`` (distance to the first
        wrong theory), ``informative`` (the error is at most a fifth of it), ``wrong`` (their z) and ``wrong_theories``.

    Examples
    --------
    >>> from mftheory.figures.verdicts import verdict
    >>> row = verdict({"g": 3.0}, 0.05, 0.053, {"networks": 0.003, "size": 0.004}, {"no kappa": 0.1})
    >>> round(row["error"], 6), round(row["z"], 6), round(row["wrong"]["no kappa"], 6), row["informative"]
    (0.005, 0.6, -9.4, True)
    """
    error = math.hypot(*errors.values())

    def z(reference: float) -> float:
        if error == 0:
            return 0.0 if measured == reference else math.copysign(math.inf, measured - reference)
        # Only the networks' share of the variance is uncertain (Satterthwaite); at a few per cent it is known well.
        share = max(errors.get("networks", 0.0) / error, 0.01)
        return float(normal_deviate((measured - reference) / error, degrees_of_freedom / share**4))

    distinct = {
        name: float(value) for name, value in (wrong or {}).items() if abs(value / theory - 1.0) > SAME_PREDICTION
    }
    effect = next((abs(value - theory) for value in distinct.values()), None)
    return {
        "label": dict(label),
        "theory": float(theory),
        "found": float(measured),
        "error": error,
        "errors": {name: float(value) for name, value in errors.items()},
        "z": z(theory),
        "effect": effect,
        "informative": None if effect is None else error <= POWER * effect,
        "wrong": {name: z(value) for name, value in distinct.items()},
        "wrong_theories": distinct,
        "degrees_of_freedom": min(float(degrees_of_freedom), 1e9),  # JSON knows no infinity
        "independent": independent,
        **more,
    }


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return comparisons as aligned text, one line each, the z of wrong theories last. A label may be one text."""
    rows = [{**row, "label": {"what": row["label"]} if isinstance(row["label"], str) else row["label"]} for row in rows]
    if not rows:
        return "(nothing compared)"
    names = list(dict.fromkeys(name for row in rows for name in row["label"]))
    wrong = list(dict.fromkeys(name for row in rows for name in row["wrong"]))
    header = [*names, "theory", "networks", "z", "SE/effect", *(f"z({name})" for name in wrong), "remark"]
    cells = [header]
    for row in rows:
        remarks = [] if abs(row["z"]) <= STANDARD_ERRORS else ["DISAGREES"]
        remarks += ["uninformative"] if row.get("informative") is False else []
        cells.append(
            [
                *(_short(row["label"].get(name, "")) for name in names),
                f"{row['theory']:.4f}",
                f"{row['found']:.4f} ± {row['error']:.4f}",
                f"{row['z']:+.2f}",
                f"{row['error'] / row['effect']:.2f}" if row["effect"] else "",
                *(f"{row['wrong'][name]:+.1f}" if name in row["wrong"] else "" for name in wrong),
                ", ".join(remarks),
            ]
        )
    return aligned(cells)


def summary(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Test whether z-scores are those of a correct theory: standard normal.

    Parameters
    ----------
    rows : iterable of mappings
        Comparisons, as `verdict` makes them.

    Returns
    -------
    dict
        For all: ``count``, ``beyond_3``, ``expected_beyond_3``. For independent ones: ``mean``, ``mean_z`` (in its
        standard errors), ``chi2``, ``chi2_p``, ``ks_p`` (Kolmogorov–Smirnov against the standard normal). ``wrong``:
        for each wrong theory the number of comparisons, of those with an error of at most a fifth of its distance and
        of those that exclude it at 3 standard errors, and the largest |z|.

    Examples
    --------
    >>> from mftheory.figures.verdicts import summary, verdict
    >>> result = summary(verdict({}, 1.0, 1.0 + x, {"networks": 1.0}) for x in (-1.5, -0.7, -0.2, 0.2, 0.7, 1.5))
    >>> result["count"], result["beyond_3"], round(result["chi2"], 2), result["ks_p"] > 0.5
    (6, 0, 5.56, True)
    """
    from scipy import stats

    rows = list(rows)
    z = np.array([row["z"] for row in rows if row.get("independent", True)], dtype=np.float64)
    exclusions: dict[str, list[tuple[float, bool]]] = {}
    for row in rows:
        for name, value in row.get("wrong", {}).items():
            effect = abs(row["wrong_theories"][name] - row["theory"])
            exclusions.setdefault(name, []).append((abs(value), row["error"] <= POWER * effect))
    chi2 = float(np.sum(z**2))
    return {
        "count": len(rows),
        "independent": int(z.size),
        "beyond_3": int(sum(abs(row["z"]) > STANDARD_ERRORS for row in rows)),
        "expected_beyond_3": float(2 * stats.norm.sf(STANDARD_ERRORS) * len(rows)),
        "mean": float(z.mean()) if z.size else None,
        "mean_z": float(z.mean() * np.sqrt(z.size)) if z.size else None,
        "chi2": chi2,
        "chi2_p": float(min(1.0, 2 * min(stats.chi2.sf(chi2, z.size), stats.chi2.cdf(chi2, z.size))))
        if z.size
        else None,
        "ks_p": float(stats.kstest(z, "norm").pvalue) if z.size else None,
        "wrong": {
            name: {
                "of": len(each),
                "informative": sum(informative for _, informative in each),
                "excluded": sum(z > STANDARD_ERRORS for z, _ in each),
                "largest": max(z for z, _ in each),
            }
            for name, each in exclusions.items()
        },
    }


def summary_text(result: Mapping[str, Any]) -> str:
    """Return a `summary` as a few lines of text."""
    if not result["count"]:
        return "nothing compared"
    by_chance = f"by chance {result['expected_beyond_3']:.1f}"
    lines = [f"{counted(result['count'], 'comparison')}: {result['beyond_3']} beyond 3 ({by_chance})"]
    if result["independent"]:
        lines.append(
            f"{result['independent']} independent ones: mean z {result['mean']:+.2f} ({result['mean_z']:+.1f} SE), "
            f"χ² = {result['chi2']:.1f} (p = {result['chi2_p']:.2f}, two-sided), "
            f"KS against the standard normal p = {result['ks_p']:.2f}"
        )
    for name, counts in result["wrong"].items():
        compared = counted(counts["of"], "comparison")
        lines.append(
            f"wrong theory {name!r}: {compared}, {counts['informative']} with an error of at most a fifth of its "
            f"distance; {counts['excluded']} exclude it at 3 SE, the best at {counts['largest']:.1f}"
        )
    return "\n".join(lines)


def of_folder(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the comparisons of every figure in a folder, or in folders of it, by the figure's name.

    Raises
    ------
    InvalidFile
        If there is no result of a figure.
    """
    by_figure = {}
    for path in sorted([*folder.glob("*.json"), *folder.glob("*/*.json")]):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        rows = record.get("comparisons") if isinstance(record, dict) else None
        if isinstance(rows, list) and all("z" in row for row in rows):
            by_figure[path.stem] = rows
    if not by_figure:
        raise InvalidFile("output", str(folder), "must hold results of figures, in it or in folders of it")
    return by_figure


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)
