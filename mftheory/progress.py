"""Progress of a long run, and the time that it will take: a bar on a terminal, a line now and then in a log."""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, TextIO, TypeVar

from mftheory.wording import counted, plural

T = TypeVar("T")

FIRST_LINE_AFTER = 5.0
"""Time until the first line of a log, in s."""

TIME_BETWEEN_LINES = 30.0
"""Time between the other lines, in s."""


class Progress:
    """The progress of work whose amount is known in advance.

    On a terminal a tqdm bar; elsewhere a plain line after 5 s, then every 30 s, and a last one, each with the
    percentage, the rate and the time to go. Nothing is printed by runs that end before the first line.

    Parameters
    ----------
    total : float
        Amount of work, in any unit: steps, or a cost where the parts differ in size. The time to go is judged by it.
    description : str
        Name of the work.
    unit : str
        Unit that is counted, in the singular.
    parts : int, optional
        How many parts the work has, if `total` is not their number; each `update` finishes one.
    done, parts_done : float, int
        Amount and parts that an interrupted run finished before. They do not count for the rate.
    enabled : bool
        False prints nothing.
    file : text stream, optional
        File to print to; sys.stderr by default.

    Examples
    --------
    >>> import io
    >>> from mftheory.progress import Progress
    >>> log = io.StringIO()
    >>> with Progress(4, "simulate", "network", file=log, first=0.0) as progress:
    ...     for _ in range(4):
    ...         progress.update()
    >>> log.getvalue().splitlines()[-1].split(",")[0]
    'simulate: 100%'
    """

    def __init__(
        self,
        total: float,
        description: str,
        unit: str = "step",
        *,
        parts: int | None = None,
        done: float = 0.0,
        parts_done: int = 0,
        enabled: bool = True,
        file: TextIO | None = None,
        first: float = FIRST_LINE_AFTER,
        between: float = TIME_BETWEEN_LINES,
    ) -> None:
        self._total = total
        self._description, self._unit = description, unit
        self._parts = parts
        self._done = self._done_before = float(done)
        self._finished = self._finished_before = parts_done
        self._file = sys.stderr if file is None else file
        self._between = between
        self._started = time.monotonic()
        self._next = self._started + first
        self._printed = False
        self._bar: Any = None
        self._log = enabled
        if enabled and self._file.isatty():
            from tqdm import tqdm

            # Bars are of one process: the lock between processes is a semaphore, left behind by one that is ended.
            in_one_process = type("tqdm", (tqdm,), {"_lock": threading.RLock()})
            self._log = False
            count = "{postfix} " if parts is not None else "{n:.0f}/{total:.0f} " + plural(unit) + " "
            layout = "{desc}: {percentage:3.0f}%|{bar}| " + count + "[{elapsed}<{remaining}]"
            # Without smoothing the time to go is judged by the mean rate, as in a log, not by that of the last parts.
            self._bar = in_one_process(
                **{"total": total, "initial": done, "desc": description, "bar_format": layout},
                **{"leave": False, "smoothing": 0, "file": self._file},
            )
            self._show_parts()
            self._bar.refresh()

    @property
    def total(self) -> float:
        """Return the amount of work; it may be corrected on the way."""
        return self._total

    @total.setter
    def total(self, amount: float) -> None:
        self._total = amount
        if self._bar is not None:
            self._bar.total = amount

    def update(self, amount: float = 1.0) -> None:
        """Count one part as done, of this amount of work."""
        self._done += amount
        self._finished += 1
        if self._bar is not None:
            self._show_parts()
            self._bar.update(amount)
        elif self._log and (now := time.monotonic()) >= self._next:
            self._line(now)
            self._next = now + self._between

    def close(self) -> None:
        """Print the last line, or end the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        elif self._log and self._printed:
            self._line(time.monotonic())
        self._log = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _show_parts(self) -> None:
        if self._parts is not None:
            self._bar.set_postfix_str(self._count(), refresh=False)

    def _count(self) -> str:
        if self._parts is None:
            return f"{self._done:.0f}/{counted(round(self._total), self._unit)}"
        return f"{self._finished}/{counted(self._parts, self._unit)}"

    def _line(self, now: float) -> None:
        """Print a line such as `simulate: 40%, 12/30 networks, 3.1 networks/min, 5 min 48 s to go`."""
        self._printed = True
        elapsed = max(now - self._started, 1e-9)
        share = self._done / self._total if self._total > 0 else 1.0
        done = self._done - self._done_before
        finished = done if self._parts is None else self._finished - self._finished_before
        left = f"{duration((self._total - self._done) * elapsed / done)} to go" if done > 0 else "time to go unknown"
        if share >= 1:
            left = f"done in {duration(elapsed)}"
        line = f"{self._description}: {share:.0%}, {self._count()}, {_rate(finished / elapsed, self._unit)}, {left}"
        print(line, file=self._file, flush=True)


def tracked(items: Sequence[T], description: str, unit: str = "part", enabled: bool = True) -> Iterator[T]:
    """Yield the items one after the other, and show the progress of their consumer.

    Examples
    --------
    >>> from mftheory.progress import tracked
    >>> list(tracked(["a", "b"], "letters", enabled=False))
    ['a', 'b']
    """
    with Progress(len(items), description, unit, enabled=enabled) as progress:
        for item in items:
            yield item
            progress.update()


def duration(seconds: float) -> str:
    """Return a duration in words, with two units at most.

    Examples
    --------
    >>> from mftheory.progress import duration
    >>> [duration(s) for s in (0.4, 75, 4000, 200000)]
    ['0 s', '1 min 15 s', '1 h 6 min', '2 d 7 h']
    """
    left = round(seconds)
    if left < 60:
        return f"{left} s"
    for unit, size, smaller, part in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if left >= size:
            return f"{left // size} {unit} {left % size // part} {smaller}"
    raise AssertionError(left)


def _rate(per_second: float, unit: str) -> str:
    periods = {"s": 1, "min": 60, "h": 3600}
    period = next((p for p, seconds in periods.items() if per_second * seconds >= 1), "h")
    return f"{per_second * periods[period]:.3g} {plural(unit)}/{period}"
