"""The store of a sweep's results: in memory, or in a netCDF file with its journal beside it.

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
from typing import TYPE_CHECKING, Any

from mftheory.errors import InvalidFile
from mftheory.storage import check_target, clear_remains, netcdf, refused, write
from mftheory.sweeps.description import differences
from mftheory.sweeps.journal import Journal

if TYPE_CHECKING:
    import xarray

FILE_INTERVAL = 20.0
"""Minimum time between two versions of the netCDF file, in s."""

MAX_SHARE_OF_TIME = 0.05
"""Maximum share of the time that goes into writing it."""

Record = dict[str, Any]


class Results:
    """Finished work by its key; here it is kept nowhere else."""

    def __init__(self) -> None:
        self.finished: dict[str, Record] = {}

    def add(self, key: str, record: Record, keep: bool = True) -> None:
        """Add a record."""
        self.finished[key] = record

    def show(self, make: "Callable[[], xarray.Dataset]", last: bool = False) -> None:
        """Write the results so far to the file, if there is one and it is due; here there is none."""

    def close(self) -> None:
        """Close nothing."""


class Store(Results):
    """Results on disk, of one sweep, written by one process at a time.

    Parameters
    ----------
    path : path
        The netCDF file.
    description : mapping
        Description of the sweep. A store of a sweep that this one does not continue or extend is refused.

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
        super().__init__()
        self.path = path
        self._description = dict(description)
        self._described = False
        self._journal_path = path.with_name(path.name + ".journal")
        check_target(self._journal_path, "store")  # its name is the longer one
        self._next = time.monotonic() + FILE_INTERVAL
        self._signed = False
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
        """Add a record; one that is not to be kept is left out of the journal, to be made again.

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
                raise self._with_count(error) from error
        super().add(key, record)

    def show(self, make: "Callable[[], xarray.Dataset]", last: bool = False) -> None:
        """Write the netCDF file anew, if that is due.

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
            raise self._with_count(error) from error
        self._next = time.monotonic() + max(FILE_INTERVAL, (time.monotonic() - now) / MAX_SHARE_OF_TIME)

    def close(self) -> None:
        """Close the journal, and let other processes write to the store."""
        try:
            self._journal.close()
        except InvalidFile as error:
            raise self._with_count(error) from error
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
        attributes = netcdf.attributes(self.path)
        if attributes is None:
            return
        try:
            same = netcdf.is_sweep(attributes) and not differences(json.loads(attributes["sweep"]), self._description)
        except (ValueError, AttributeError, TypeError):
            same = False
        if not same:
            title = str(attributes.get("title", "something else"))
            allowed = f"was replaced by another file ({title[:40]}): move that away, and the same command continues"
            raise InvalidFile("store", str(self.path), allowed)

    def _describe(self) -> None:
        """Note the process and the sweep, before the first result: a sweep that fails at once leaves nothing behind."""
        if not self._signed:
            self._signed = True
            self._journal.append({"writer": {"pid": os.getpid(), "host": platform.node(), "since": _now()}})
        if not self._described:
            self._journal.append({"sweep": self._description})
            self._described = True

    def _with_count(self, error: InvalidFile) -> InvalidFile:
        """Return an error that also says how many results are safe."""
        allowed = (
            f"{error.allowed}: what was finished ({len(self.finished)} results) is kept, and the same command continues"
        )
        return InvalidFile(error.argument, error.value, allowed)


def _writer(journal: Path) -> str:
    """Return who wrote last, for the message to a second process."""
    try:
        last = [r["writer"] for r in Journal(journal).records if "writer" in r][-1]
        return f"process {last['pid']} on {last['host']} since {last['since']}"
    except (InvalidFile, IndexError, KeyError, TypeError):
        return "another process"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
