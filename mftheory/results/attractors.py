"""The attractors that the trajectories of a run end on: fixed points, cycles, or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mftheory.arguments import checked_calls
from mftheory.results.schema import stored
from mftheory.results.status import Status
from mftheory.wording import counted

R = TypeVar("R", bound=Mapping[str, Any])

AT_REST, PERIODIC, IRREGULAR = KINDS = ("at rest", "periodic", "irregular")
"""The kinds of trajectories: at a fixed point; returning to where they were (a cycle or a torus); neither (chaos)."""

NOWHERE = -1
"""The place of a trajectory that is irregular."""


@checked_calls
@dataclass(frozen=True)
class Attractors:
    """The kind and the place of each trajectory's end, told from its variance and its returns in time.

    Attributes
    ----------
    kinds : tuple of str
        "at rest", "periodic" or "irregular", one a trajectory.
    places : tuple of int
        Number of the fixed point or cycle that the trajectory is on: equal ones are on the same, up to the sign where φ
        is odd; -1 for one that is irregular.

    Examples
    --------
    >>> from mftheory.results.attractors import Attractors
    >>> found = Attractors(("at rest", "at rest", "periodic", "irregular"), (0, 1, 2, -1))
    >>> found.count("at rest"), found.different("at rest"), found.settled
    (2, 2, False)
    >>> print(found)
    2 of 4 trajectories at rest (at 2 fixed points), 1 periodic (on one cycle), 1 irregular
    """

    kinds: tuple[str, ...] = field(
        metadata=stored("what each trajectory does", dims="trajectory", name="kind", choices=KINDS)
    )
    places: tuple[int, ...] = field(
        metadata=stored("which fixed point or cycle it is on; -1: none", dims="trajectory", name="place")
    )

    def count(self, kind: str) -> int:
        """Return the number of trajectories of this kind."""
        return self.kinds.count(kind)

    def different(self, kind: str) -> int:
        """Return the number of different fixed points or cycles that trajectories of this kind are on."""
        return len({p for k, p in zip(self.kinds, self.places, strict=True) if k == kind and p != NOWHERE})

    @property
    def at_rest(self) -> bool:
        """True if at least half of the trajectories are at fixed points: averages then say nothing of fluctuations."""
        return 2 * self.count(AT_REST) >= len(self.kinds)

    @property
    def settled(self) -> bool:
        """True if all trajectories are irregular, or none: else the rest may yet come to the same end (a transient)."""
        return self.count(IRREGULAR) in (0, len(self.kinds))

    def __str__(self) -> str:
        nouns = {AT_REST: ("at", "fixed point"), PERIODIC: ("on", "cycle")}
        parts: list[str] = []
        for kind in KINDS:
            if not (count := self.count(kind)):
                continue
            where = ""
            if kind in nouns:
                preposition, noun = nouns[kind]
                different = self.different(kind)
                where = f" ({preposition} {f'one {noun}' if different == 1 else counted(different, noun)})"
            of = "" if parts else f" of {len(self.kinds)} trajectories"
            parts.append(f"{count}{of} {kind}{where}")
        return ", ".join(parts)


def left_out(status: str) -> bool:
    """Return whether a network of this status says nothing of fluctuations; see `Status.left_out`."""
    return Status(status).left_out


def in_doubt(status: str) -> bool:
    """Return whether a network of this status is in averages although something is wrong; see `Status.in_doubt`."""
    return Status(status).in_doubt


def fluctuating(
    records: Mapping[int, Sequence[R]],
) -> tuple[dict[int, list[R]], list[tuple[int, int]]]:
    """Split networks into those that fluctuate, by size, and those at rest, named by size and seed.

    A size of which fewer than two fluctuate has no spread between networks, and is left out.

    Examples
    --------
    >>> from mftheory.results.attractors import fluctuating
    >>> ran = [{"seed": k, "status": "equilibrated"} for k in range(2)]
    >>> moving, resting = fluctuating({60: [*ran, {"seed": 7, "status": "at rest: at one fixed point"}], 80: ran[:1]})
    >>> list(moving), len(moving[60]), resting
    ([60], 2, [(60, 7)])
    """
    resting = {n: [one for one in each if left_out(str(one.get("status", "")))] for n, each in records.items()}
    moving = {n: [one for one in each if not left_out(str(one.get("status", "")))] for n, each in records.items()}
    return (
        {n: each for n, each in moving.items() if len(each) >= 2},
        [(n, int(one.get("seed", -1))) for n, each in resting.items() for one in each],
    )


def named_networks(which: Sequence[tuple[int, int]], most: int = 6) -> str:
    """Return the first few networks by size and seed, in one line.

    Examples
    --------
    >>> from mftheory.results.attractors import named_networks
    >>> named_networks([(80, 0), (80, 1), (60, 7)])
    'n = 80: seeds 0, 1; n = 60: seed 7'
    """
    by_size: dict[int, list[int]] = {}
    for n, seed in which[:most]:
        by_size.setdefault(n, []).append(seed)
    parts = [
        f"n = {n}: seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}" for n, seeds in by_size.items()
    ]
    return "; ".join(parts) + (f" and {len(which) - most} more" if len(which) > most else "")


__all__ = [
    *("AT_REST", "IRREGULAR", "KINDS", "NOWHERE", "PERIODIC"),
    *("Attractors", "fluctuating", "in_doubt", "left_out", "named_networks"),
]
