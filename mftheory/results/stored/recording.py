"""A measured recording in a file: its labelled estimates, and the moments of every stretch that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mftheory.results.stored.moments import moments_of, variable, variables

if TYPE_CHECKING:
    import xarray

    from mftheory.results.recording import Recording

_ACTIVITY = "activity"
_FIELDS = {**dict.fromkeys(("neurons", "stretches", "times"), int), **dict.fromkeys(("interval", "gap"), float)}


def to_dataset(seen: Recording) -> xarray.Dataset:
    """`Recording.to_xarray`, and everything that it is made of."""
    value, without = seen.squares
    squares = {
        "squares": variable([], value, "mean over neurons of squared variances"),
        "squares_without": variable(["without_stretch"], without, "the same without each stretch"),
    }
    data = seen.to_xarray().assign(variables(_ACTIVITY, seen.moments) | squares)
    return data.assign_attrs(warnings="\n".join(seen.warnings))


def from_dataset(data: xarray.Dataset, network: Any, origin: Mapping[str, Any]) -> Recording:
    """The recording that `to_dataset` was given: every estimate by the same arithmetic."""
    from mftheory.results.recording import Recording

    return Recording(
        **{name: kind(data.attrs[name]) for name, kind in _FIELDS.items()},
        moments=moments_of(data, _ACTIVITY),
        squares=(float(data["squares"]), data["squares_without"].values),
        warnings=tuple(str(data.attrs["warnings"]).splitlines()),
        origin=origin,
    )


__all__ = ["from_dataset", "to_dataset"]
