"""The states of a network beside each other: what `mftheory.states` returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from mftheory.errors import InvalidNetwork
from mftheory.results.html import result_table

if TYPE_CHECKING:
    import pandas

    from mftheory.results.theory import Theory


@dataclass(frozen=True, repr=False)
class State:
    """One state of a network.

    Attributes
    ----------
    variance : float, or array of one entry a population
        C^x(0), of what fluctuates; 0 at a fixed point.
    static_variance : float, or array of one entry a population
        Mean square over neurons of the mean of x.
    fluctuating : bool
        False for a fixed point.
    stable : bool or None
        Whether small perturbations decay; None if that was not computed.
    """

    variance: Any
    static_variance: Any
    fluctuating: bool
    stable: bool | None
    _theory: Callable[[], Theory] | None = field(default=None, compare=False)

    @property
    def theory(self) -> Theory:
        """The theory of this state, if it fluctuates.

        Raises
        ------
        InvalidNetwork
            At a fixed point, about which nothing fluctuates.
        """
        if self._theory is None:
            raise InvalidNetwork("state", self, "must fluctuate to have a theory")
        return self._theory()

    def __repr__(self) -> str:
        kind = "fluctuating" if self.fluctuating else "fixed point"
        stable = {True: ", stable", False: ", unstable", None: ""}[self.stable]
        return f"State({kind}{stable}: variance = {self.variance:.6g}, static_variance = {self.static_variance:.6g})"


@dataclass(frozen=True, repr=False)
class States(Sequence[State]):
    """The states that were found, the fluctuating ones of the largest variance first, then fixed points.

    Attributes
    ----------
    found : tuple of State
    searched : str
        What was looked at, and how.
    complete : bool
        True where it is proved that no other state fluctuates.
    """

    found: tuple[State, ...]
    searched: str
    complete: bool

    @overload
    def __getitem__(self, index: int) -> State: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[State, ...]: ...
    def __getitem__(self, index: int | slice) -> State | tuple[State, ...]:
        return self.found[index]

    def __len__(self) -> int:
        return len(self.found)

    def to_frame(self) -> pandas.DataFrame:
        """Return a table with one row a state."""
        import pandas

        names = ("fluctuating", "variance", "static_variance", "stable")
        return pandas.DataFrame([{name: getattr(state, name) for name in names} for state in self.found], columns=names)

    def __repr__(self) -> str:
        others = "no others fluctuate" if self.complete else "others may exist"
        return "\n".join([f"States({len(self)} found {self.searched}; {others})", *(f"  {s!r}" for s in self.found)])

    def _repr_html_(self) -> str:
        rows = [[str(value) for value in row] for row in self.to_frame().itertuples(index=False)]
        return result_table(repr(self).split("\n")[0], ["fluctuating", "variance", "static_variance", "stable"], rows)
