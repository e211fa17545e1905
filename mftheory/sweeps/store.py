"""Where the results of a sweep live: in memory, or in a netCDF file with its journal beside it.

The journal (`PATH.journal`) is the truth that a sweep continues from: one line for each finished piece of work. The
netCDF file is made from it now and then and at the end, in one move, so that whoever opens it finds a whole one.
"""

import json
import os
import platform
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mftheory.errors import InvalidFile
from mftheory.storage import check_target, clear_remains, netcdf, refused, write
from mftheory.sweeps.description import differences
from mftheory.sweeps.journal import Journal

if TYPE_CHECKING:
    import xarray

EVERY = 20.0
"""Seconds between two netCDF files, at least."""

SHARE = 0.05
"""Of the time, at most, that goes into making them."""

Record = dict[str, Any]


class Results(Protocol):
    """Finished work by its key, and where more of it goes."""

    finished: dict[str, Record]

    def add(self, key: str, record: Record, keep: bool = True) -> None: ...

    def show(self, make: "Callable[[], xarray.Dataset]", last: bool = False) -> None: ...

    def close(self) -> None: ...


class Memory:
    """Results that are kept nowhere else."""

    def __init__(self) -> None:
        self.finished: dict[str, Record] = {}

    def add(self, key: str, record: Record, keep: bool = True) -> None:
        """One more."""
        self.finished[key] = record

    def show(self, make: "Callable[[], xarray.Dataset]", last: bool = False) -> None:
        """Nobody looks."""

    def close(self) -> None:
        """Nothing to close."""


class Store:
    """Results on disk, of one sweep, written by one process at a time.

    Parameters
    ----------
    path : path
        The netCDF file.
    description : mapping
        What the sweep is. A store of a sweep that this one does not continue or extend is refused.

    Raises
    ------
    InvalidFile
        If the folder is not there, the file is something else, another process writes to it, or it belongs to another
        sweep.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from mftheory.sweeps.store import Store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number in (1.5, 2.5):
    ...         store = Store(Path(folder) / "g.nc", {"what": "an example"})
    ...         before = dict(store.finished)
    ...         store.add("key", {"number": number})
    ...         store.close()
    >>> before
    {'key': {'number': 1.5}}
    """

    def __init__(self, path: str | os.PathLike[str], description: Mapping[str, Any]) -> None:
        from filelock import FileLock, Timeout

        path = Path(os.path.realpath(check_target(path, "store")))  # the journal lies beside what a link points to
        self.path = path
        self.finished: dict[str, Record] = {}
        self._description = dict(description)
        self._described = False
        self._journal_path = path.with_name(path.name + ".journal")
        check_target(self._journal_path, "store")  # its name is the longer one
        self._next = time.monotonic() + EVERY
        self._shown: int | None = None
        self._lock_path = path.with_name(path.name + ".lock")
        self._lock = FileLock(self._lock_path)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise InvalidFile("store", str(path), f"is being written by {_writer(self._journal_path)}") from None
        except OSError as error:
            raise refused(path, error, "store") from error
        try:
            self._open()
        except BaseException:
            if not self._journal_path.exists():
                self._lock_path.unlink(missing_ok=True)
            self._lock.release()
            raise

    def add(self, key: str, record: Record, keep: bool = True) -> None:
        """One more; a record that is not to be kept is left out of the journal, to be made again.

        Raises
        ------
        InvalidFile
            If it cannot be written, such as on a full disk.
        """
        if keep:
            try:
                self._describe()
                self._journal.append({"key": key, "result": record})
            except InvalidFile as error:
                raise self._kept(error) from error
        self.finished[key] = record

    def show(self, make: "Callable[[], xarray.Dataset]", last: bool = False) -> None:
        """Make the netCDF file anew, if that is due.

        Raises
        ------
        InvalidFile
            If it cannot be written; a file that was there before is still there.
        """
        now = time.monotonic()
        if (not last and now < self._next) or not self._journal_path.exists():
            return
        try:
            self._journal.sync()  # the file never knows more than the journal
            write(self.path, netcdf.packed(netcdf.SWEEP, make()), "store")
        except InvalidFile as error:
            raise self._kept(error) from error
        self._next = time.monotonic() + max(EVERY, (time.monotonic() - now) / SHARE)

    def close(self) -> None:
        """Leave it to others."""
        try:
            self._journal.close()
        except InvalidFile as error:
            raise self._kept(error) from error
        finally:
            if not self._journal_path.exists():  # nothing was written: leave nothing behind
                self._lock_path.unlink(missing_ok=True)
            self._lock.release()

    def _open(self) -> None:
        clear_remains(self.path)
        self._journal = Journal(self._journal_path)
        if self._journal.damaged:
            warnings.warn(
                f"{self._journal_path}: {self._journal.damaged} damaged lines left out; what they held is computed "
                f"again",
                stacklevel=2,
            )
        if self.path.exists() and not self._journal_path.exists():
            allowed = "is there already, and no journal of a sweep beside it: choose another file or move it away"
            raise InvalidFile("store", str(self.path), allowed)
        described = [r["sweep"] for r in self._journal.records if "sweep" in r]
        if described:
            different = differences(described[-1], self._description)
            if different:
                allowed = f"holds another sweep ({different}): repeat its command, or choose another file"
                raise InvalidFile("store", str(self.path), allowed)
            self._described = described[-1] == self._description
        self._refuse_what_took_its_place()
        self.finished = {r["key"]: r["result"] for r in self._journal.records if "key" in r and "result" in r}

    def _refuse_what_took_its_place(self) -> None:
        """Leave alone a whole netCDF file that is not of this sweep; a damaged one is made again from the journal."""
        found = netcdf.attributes(self.path)
        if found is None:
            return
        try:
            own = netcdf.is_sweep(found) and not differences(json.loads(found["sweep"]), self._description)
        except (ValueError, AttributeError, TypeError):
            own = False
        if not own:
            title = str(found.get("title", "something else"))
            allowed = f"was replaced by another file ({title[:40]}): move that away, and the same command continues"
            raise InvalidFile("store", str(self.path), allowed)

    def _describe(self) -> None:
        """Who writes, and what; before the first result, so that a sweep that fails at once leaves nothing behind."""
        if self._shown is None:
            self._shown = os.getpid()
            self._journal.append({"writer": {"pid": self._shown, "host": platform.node(), "since": _now()}})
        if not self._described:
            self._journal.append({"sweep": self._description})
            self._described = True

    def _kept(self, error: InvalidFile) -> InvalidFile:
        kept = len(self.finished)
        allowed = f"{error.allowed}: what was finished ({kept} results) is kept, and the same command continues"
        return InvalidFile(error.argument, error.value, allowed)


def _writer(journal: Path) -> str:
    """Who wrote last, for the message to the second one who wants to."""
    try:
        found = [r["writer"] for r in Journal(journal).records if "writer" in r]
        last = found[-1]
        return f"process {last['pid']} on {last['host']} since {last['since']}"
    except (InvalidFile, IndexError, KeyError, TypeError):
        return "another process"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
