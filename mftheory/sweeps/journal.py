"""The journal of what a sweep has finished: appended to, never rewritten, each line with its checksum."""

import json
import os
import time
import zlib
from pathlib import Path
from typing import Any

from mftheory.errors import InvalidFile
from mftheory.storage import check_target, refused, sync_folder

SYNC_INTERVAL = 1.0
"""Time between syncs, in s: lines survive the process at once; a power cut loses this much at most."""


class Journal:
    """An append-only file of JSON records, ``checksum record`` a line.

    A last line without its end, as a kill or a full disk leave it, is cut off. A line whose checksum is wrong counts as
    absent.

    Parameters
    ----------
    path : Path
        The file, which is made with the first record.

    Attributes
    ----------
    records : list of dict
        Records that the file held when it was opened.
    damaged : int
        Number of lines that were unreadable, the cut one not counted.

    Raises
    ------
    InvalidFile
        If it is no file, or cannot be read and written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from mftheory.sweeps.journal import Journal
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "g.nc.journal"
    ...     with Journal(path) as journal:
    ...         journal.append({"key": "a", "result": 1.5})
    ...     with path.open("ab") as file:
    ...         _ = file.write(b"3f2a ")  # the process was killed here
    ...     Journal(path).records
    [{'key': 'a', 'result': 1.5}]
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._synced_at = 0.0
        self.records: list[dict[str, Any]] = []
        self.damaged = 0
        content = _content(path)
        *lines, _cut = content.split(b"\n")
        for line in lines:
            record = _read(line)
            if record is None:
                self.damaged += 1
            else:
                self.records.append(record)
        self._whole = self._synced = sum(len(line) + 1 for line in lines)  # bytes of whole lines

    def append(self, record: dict[str, Any]) -> None:
        """Append one line.

        Raises
        ------
        InvalidFile
            If it cannot be written; the file then ends with its last whole line.
        """
        data = _line(record)
        try:
            if self._file is None:
                self._open()
            assert self._file is not None
            written = 0
            while written < len(data):  # a full disk takes a part of a line, and refuses the rest
                written += os.write(self._file, data[written:])
            self._whole += len(data)
        except OSError as error:
            self._cut_back(self._whole)
            raise refused(self.path, error, "store") from error
        if time.monotonic() >= self._synced_at + SYNC_INTERVAL:
            self.sync()

    def sync(self) -> None:
        """Wait until the lines are on the disk."""
        if self._file is None:
            return
        try:
            os.fsync(self._file)
        except OSError as error:  # some file systems find out only now that there is no room
            self._cut_back(self._synced)
            raise refused(self.path, error, "store") from error
        self._synced = self._whole
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Sync and close."""
        try:
            self.sync()
        finally:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.ftruncate(self._file, self._whole)
        sync_folder(self.path.parent)

    def _cut_back(self, length: int) -> None:
        """Drop the bytes beyond a length; if even that fails, the next reader drops them."""
        self._whole = self._synced = length
        if self._file is not None:
            try:
                os.ftruncate(self._file, length)
                os.fsync(self._file)
            except OSError:
                pass


def _content(path: Path) -> bytes:
    check_target(path, "store")  # a pipe would be waited for
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InvalidFile("store", str(path), f"cannot be read ({error.strerror})") from None


def _line(record: dict[str, Any]) -> bytes:
    text = json.dumps(record, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _read(line: bytes) -> dict[str, Any] | None:
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
