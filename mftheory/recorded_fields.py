"""Fields of descriptions that fingerprints and files have: those added later only where they say something."""

import dataclasses
from typing import Any

ADDED_LATER = {"added_later": True}
"""Metadata of a field of a dataclass that was added when results had been written: left out of digests and files where
it has its default, so that those of networks without it stay as they are."""


def recorded(content: Any) -> list[dataclasses.Field[Any]]:
    """Return the fields of a dataclass that its digest and its files have, in order.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.recorded_fields import recorded
    >>> [f.name for f in recorded(mf.Leaky())], [f.name for f in recorded(mf.Leaky(tau=2.0))]
    ([], ['tau'])
    """
    return [
        f
        for f in dataclasses.fields(content)
        if not (f.metadata.get("added_later") and _is(getattr(content, f.name), f.default))
    ]


def _is(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)
