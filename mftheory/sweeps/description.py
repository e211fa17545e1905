"""The description of a sweep that is stored with it: to continue the sweep, and to tell it from another."""

from collections.abc import Mapping
from typing import Any

from mftheory.network.digest import digest

FORMAT = 1
"""Version of the journal's lines."""

EXTENDABLE = ("over", "n", "seeds", "points")
"""Parts of a description that may grow when a sweep is extended."""


def describe(**parts: Any) -> dict[str, Any]:
    """Return the parts as they are read back from a file: numbers, texts, lists and dicts; digests of anything else."""
    plain: dict[str, Any] = _plain({"format": FORMAT, **parts})
    return plain


def differences(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Return in words why a sweep does not continue or extend the one that is stored; empty if it does.

    More values of a parameter, sizes or networks extend a sweep; their place among the others does not matter.

    Examples
    --------
    >>> from mftheory.sweeps.description import differences
    >>> stored = {"what": "solve", "over": {"g": [2.0, 3.0]}, "points": {}}
    >>> differences(stored, {"what": "solve", "over": {"g": [2.0, 2.5, 3.0]}, "points": {}})
    ''
    >>> differences(stored, {"what": "solve", "over": {"g": [2.0]}, "points": {}})
    'over.g: 3.0 is missing'
    """
    lines: list[str] = []
    for name in (*stored, *(name for name in wanted if name not in stored)):
        if name not in EXTENDABLE:
            lines += _unequal(name, stored.get(name), wanted.get(name))
    old, new = stored.get("over", {}), wanted.get("over", {})
    if list(old) != list(new):
        lines.append(f"over: {', '.join(new)} instead of {', '.join(old)}")
    else:
        lines += [line for name in old for line in _missing(f"over.{name}", old[name], new[name])]
    lines += _missing("n", stored.get("n", []), wanted.get("n", []))
    lines += _fewer(stored.get("seeds", {}), wanted.get("seeds", {}))
    if not lines:
        theirs, ours = stored.get("points", {}), wanted.get("points", {})
        other = [point for point, fingerprint in theirs.items() if ours.get(point, fingerprint) != fingerprint]
        if other:
            lines.append(f"family: another network at {other[0]}")
    return "; ".join(lines[:3]) + ("; …" if len(lines) > 3 else "")


def _unequal(name: str, stored: Any, wanted: Any) -> list[str]:
    if isinstance(stored, Mapping) and isinstance(wanted, Mapping):
        names = (*stored, *(key for key in wanted if key not in stored))
        return [line for key in names for line in _unequal(f"{name}.{key}", stored.get(key), wanted.get(key))]
    return [] if stored == wanted else [f"{name} = {_short(wanted)} instead of {_short(stored)}"]


def _missing(name: str, stored: Any, wanted: Any) -> list[str]:
    return [f"{name}: {_short(value)} is missing" for value in stored if value not in wanted]


def _fewer(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Compare seeds by size: a number of networks may grow, and seeds may be added to a list."""
    lines = []
    for n, old in stored.items():
        new = wanted.get(n)
        if new is None:  # the size is missing, which is said already
            continue
        if isinstance(old, int) and isinstance(new, int):
            extended = new >= old
        else:
            extended = isinstance(old, list) and isinstance(new, list) and set(old) <= set(new)
        if not extended:
            lines.append(f"seeds at n = {n}: {_short(new)} instead of {_short(old)}")
    return lines


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return f"content {digest(value)}"
