"""Paths of files that can be read or written; any other is refused in one line, before any work is done."""

import errno
import os
import stat
from pathlib import Path

from mftheory.errors import InvalidFile


def check_source(path: str | os.PathLike[str], argument: str = "path") -> Path:
    """Refuse a path that is no file that can be read, without opening it: a pipe would be waited for.

    Raises
    ------
    InvalidFile
        With the reason.
    """
    source = path_of(path, argument)
    try:
        mode = _mode(Path(os.path.realpath(source)))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InvalidFile(argument, str(source), f"cannot be read ({reason})") from None
    if mode is None:
        raise InvalidFile(argument, str(source), "must be a file that exists")
    if not stat.S_ISREG(mode):
        raise InvalidFile(argument, str(source), f"must be a file, and is {_kind(mode)}")
    if not _may(source, os.R_OK):
        raise InvalidFile(argument, str(source), "cannot be read: its owner has closed it to you")
    return source


def check_target(path: str | os.PathLike[str], argument: str = "path") -> Path:
    """Refuse, before any work is done, a file that could not be written after it.

    Returns
    -------
    Path
        The path that was given, a home folder's sign ~ replaced by its path.

    Raises
    ------
    InvalidFile
        If it is in no folder or in one that cannot be written to, or if it is there already and is read-only or
        something else than a file: a folder, a pipe, a device.
    """
    target_of(path, argument)
    return path_of(path, argument)


def path_of(path: str | os.PathLike[str], argument: str) -> Path:
    """Return a path, a home folder's sign ~ at its start replaced as a shell does it.

    Raises
    ------
    InvalidFile
        If it is no path.
    """
    try:
        given = Path(path)
    except TypeError:
        raise InvalidFile(argument, path, "must be the path of a file") from None
    try:
        return given.expanduser()
    except RuntimeError:  # nobody of that name: a file's name
        return given


def refused(path: str | os.PathLike[str], error: OSError | ValueError, argument: str = "path") -> InvalidFile:
    """Return the error of a file that the system refuses to write, in one line."""
    number = error.errno if isinstance(error, OSError) else None
    what = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk is full for you"}.get(number or 0)
    if number == errno.EFBIG:
        what = "is larger than this process or this disk lets a file be; ulimit -f shows the former"
    reason = (error.strerror if isinstance(error, OSError) else None) or error
    return InvalidFile(argument, os.fspath(path), f"{what or 'cannot be written'} ({reason})")


def target_of(path: str | os.PathLike[str], argument: str) -> tuple[Path, int | None]:
    """Return the path that the content of a file goes to, links followed, and the mode of the file there, if any.

    Raises
    ------
    InvalidFile
        As `check_target`.
    """
    given = path_of(path, argument)
    if os.fspath(path).endswith(os.sep):  # which pathlib drops
        raise InvalidFile(argument, path, "must be a file, and its name ends as that of a folder")
    try:
        target = Path(os.path.realpath(given))
        folder = target.parent if os.path.islink(given) else given.parent  # as the user calls it
        around, mode = _mode(target.parent), _mode(target)
    except (OSError, ValueError) as error:  # a name that is too long, a locked folder; a null byte
        raise refused(path, error, argument) from None
    if around is None or not stat.S_ISDIR(around):
        why = f"there is no {folder}" if around is None else f"{folder} is {_kind(around)}"
        raise InvalidFile(argument, str(path), f"must be in a folder that exists; {why}")
    if mode is not None and not stat.S_ISREG(mode):
        raise InvalidFile(argument, str(path), f"must be a file, and is {_kind(mode)}")
    # Root may write to any file; one that nobody may write to was made so on purpose.
    if mode is not None and not (mode & 0o222 and _may(target, os.W_OK)):
        raise InvalidFile(argument, str(path), "is read-only: choose another file, or make it writable")
    if not _may(target.parent, os.W_OK | os.X_OK):
        raise InvalidFile(argument, str(path), f"cannot be written: {folder} cannot be written to")
    return target, mode


_KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFLNK: "a link to itself",  # all others have been followed
}


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "a device")


def _mode(path: Path) -> int | None:
    """Return the mode of the file there, if any."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _may(path: Path, how: int) -> bool:
    """Return whether this process may use a path so, as the user that it acts for."""
    return os.access(path, how, effective_ids=os.access in os.supports_effective_ids)
