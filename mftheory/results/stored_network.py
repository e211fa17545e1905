"""The network of a result that was read, where it cannot be built again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False, repr=False)
class StoredNetwork:
    """The network of a stored result, where it cannot be built again: an ensemble or a law of one's own.

    Attributes
    ----------
    description : str
        The network's `repr` when the result was saved.
    ensemble : str
        Name of its ensemble.
    g_eff : float
        Effective coupling strength; NaN if it had none.
    content : mapping
        Its fields, as far as they are plain data.
    """

    description: str
    ensemble: str
    g_eff: float
    content: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"StoredNetwork({self.description})"
