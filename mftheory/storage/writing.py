"""The one writer of files: a file is there as a whole or not at all, and what was there before stays until it is.

The content goes to a temporary file in the same folder, from there to the disk, and takes its place in one move.
Whatever fails on the way (a full disk, a quota, a killed process) leaves the old file as it was.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from mftheory.errors import InvalidFile
from mftheory.storage.places import path_of, refused, target_of


def write(path: str | os.PathLike[str], content: bytes | memoryview | str, argument: str = "path") -> Path:
    """Write a whole file in one move.

    A file that was there keeps its mode, a new one has that of the process (its umask). Through a symbolic link the
    file that it points to is replaced and the link stays. Other names of the same file (hard links) keep the old
    content.

    Parameters
    ----------
    path : path
        The file; its folder must exist.
    content : bytes, memoryview or str
        All of it; texts are written as UTF-8, line ends as they are.
    argument : str
        What the caller calls the path, for the message.

    Returns
    -------
    Path
        The path that was given, a home folder's sign ~ replaced by its path.

    Raises
    ------
    InvalidFile
        If it cannot be written; what was there is as it was.

    Examples
    --------
    >>> import tempfile
    >>> from mftheory.storage import write
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write(f"{folder}/a.txt", "whole").read_text())
    whole
    """
    target, mode = target_of(path, argument)
    data = content.encode() if isinstance(content, str) else content
    try:
        _replace(target, data, mode)
    except OSError as error:
        raise refused(path, error, argument) from None
    return path_of(path, argument)


def make_folder(path: str | os.PathLike[str], argument: str = "path") -> Path:
    """Make a folder, and those it is in, where they are not there yet.

    Raises
    ------
    InvalidFile
        If it cannot be made, or something else bears its name.
    """
    folder = path_of(path, argument)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise InvalidFile(argument, str(path), "must be a folder, and is a file") from None
    except (OSError, ValueError) as error:
        raise refused(path, error, argument) from None
    return folder


def sync_folder(folder: Path) -> None:
    """Write a new or renamed file's name to the disk, where the system can."""
    if os.name != "posix":
        return
    with suppress(OSError):  # a folder that may be written to but not read, a file system without this
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clear_remains(path: Path) -> None:
    """Delete the temporary files that killed processes left of a file; nobody may be writing it meanwhile."""
    for remains in path.parent.glob(_temporary_name(path, "*")):
        remains.unlink(missing_ok=True)


def _replace(target: Path, data: bytes | memoryview, mode: int | None) -> None:
    """Write a temporary file, and move it to the place of the target."""
    temporary = target.with_name(_temporary_name(target, os.urandom(4).hex()))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Nobody but its owner may open a file that was closed to others, not even before it has its mode.
    handle = os.open(temporary, flags, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if mode is not None and os.name == "posix":
                _set_owner_and_mode(file.fileno(), target, mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:  # Ctrl-C too
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _set_owner_and_mode(handle: int, target: Path, mode: int) -> None:
    """Give a file the owner of the target, as far as this process may, and the mode."""
    old, new = target.stat(), os.fstat(handle)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with suppress(OSError):
            os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, mode & 0o777)


def _temporary_name(target: Path, mark: str) -> str:
    """Return the name of a temporary file, of fixed length, since the target's may be as long as names can be."""
    return f".{hashlib.blake2b(os.fsencode(target.name), digest_size=6).hexdigest()}.{mark}.part"
