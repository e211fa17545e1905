"""Functions looked up by the type of a thing: a result knows neither its files nor its pictures.

A package adds a function for a type; the type's methods ask for it here. A new type of result is one class, and one
`add` for each of these.
"""

import importlib
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

F = TypeVar("F")


class Lookup(Generic[F]):
    """Entries by type, inherited by derived types.

    Parameters
    ----------
    home : str
        The module that adds the package's own entries, imported when one is first asked for.

    Examples
    --------
    >>> from mftheory.lookup import Lookup
    >>> names = Lookup("mftheory.errors")
    >>> names.add(int, "a whole number")
    >>> names.of(True), names.of(1.5)
    ('a whole number', None)
    """

    def __init__(self, home: str) -> None:
        self._home = home
        self._entries: dict[type, F] = {}

    def add(self, kind: type, entry: F) -> None:
        """Add the entry of a type, or replace it."""
        self._entries[kind] = entry

    def remove(self, kind: type) -> None:
        """Remove the entry of a type."""
        del self._entries[kind]

    def of(self, thing: Any) -> F | None:
        """Return the entry of a thing's type, or of the nearest type that it is derived from; None without one."""
        importlib.import_module(self._home)
        return next((self._entries[kind] for kind in type(thing).__mro__ if kind in self._entries), None)

    def __iter__(self) -> Iterator[F]:
        importlib.import_module(self._home)
        return iter(list(self._entries.values()))


FILES: Lookup[Any] = Lookup("mftheory.storage.result_kinds")
"""How results are written and read: `mftheory.storage.result_kinds.ResultKind`."""

PICTURES: Lookup[Any] = Lookup("mftheory.plots.result_pictures")
"""Functions that draw a result on axes."""

TABLES: Lookup[Any] = Lookup("mftheory.tables")
"""Functions that show a result in a notebook, as HTML."""

KERNELS: Lookup[Any] = Lookup("mftheory.kernels.compile_formula")
"""Functions that compile a formula."""

CITATIONS: Lookup[Any] = Lookup("mftheory.api.citing")
"""Functions that return the keys of the papers behind a thing."""
