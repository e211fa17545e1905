"""Functions for every format: opening a file that may be anything, and saying in one line why it cannot be read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.parsers import expat

from mftheory.errors import InvalidFile, MFTheoryError
from mftheory.storage import check_source

TEXT = tuple(name + packed for name in (".csv", ".tsv", ".txt") for packed in ("", ".gz"))
TABLES = (*TEXT, ".parquet", ".feather", ".xlsx", ".json")
FORMATS = (*TABLES, ".npz", ".npy", ".graphml")
"""Suffixes of the formats that can be read."""

MAX_NEURONS = 20_000_000
"""Largest number of neurons accepted: no wiring diagram has more; names and row pointers of so many take 2 GB."""


def existing(path: str | os.PathLike[str], argument: str = "path") -> Path:
    """Return the path of a file with something in it; refuse others."""
    file = check_source(path, argument)
    if file.stat().st_size == 0:
        raise InvalidFile(argument, str(file), "the file is empty")
    return file


def suffix(file: Path) -> str:
    """Return the suffix in lower case; that of the packed file where it ends in ``.gz``."""
    name = file.name.lower()
    return Path(name.removesuffix(".gz")).suffix + (".gz" if name.endswith(".gz") else "")


@contextmanager
def readable(file: Path, what: str) -> Iterator[None]:
    """Guard calls of other libraries on a file's content: whatever they raise, the file is not readable.

    A damaged file can make a reader fail in any way (NumPy's alone: ValueError, SyntaxError, EOFError, KeyError,
    OverflowError, zlib.error, tokenize.TokenError ...), so no list of exceptions would be complete. Only calls of
    libraries belong inside.
    """
    try:
        yield
    except MFTheoryError:
        raise
    except MemoryError:
        raise InvalidFile("path", str(file), "is more than fits in this machine's memory") from None
    except Exception as error:
        raise InvalidFile("path", str(file), f"is not a readable {what}: {reason(error)}") from None


@contextmanager
def needs(file: Path, library: str) -> Iterator[None]:
    """Guard the import of a library that not everybody has."""
    try:
        yield
    except ImportError:
        raise InvalidFile("path", str(file), f"needs {library}: pip install 'mftheory[files]'") from None


def must_fit(file: Path, size: int) -> None:
    """Refuse what would take more bytes than half the machine's memory.

    The system hands out more memory than there is and ends the process later: this must be asked for beforehand.
    """
    memory = _memory()
    if memory is not None and size > memory / 2:
        needed, there = f"{size / 2**30:.3g} GB", f"{memory / 2**30:.3g} GB"
        raise InvalidFile("path", str(file), f"needs {needed}; this machine has {there} of memory, half may be used")


def _memory() -> int | None:
    """Return the machine's bytes of memory; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def refuse_doctype(file: Path, content: bytes) -> None:
    """Refuse XML that declares a document type: its entities could be expanded without end, or fetched."""

    class Begun(Exception):
        """A signal that the first element was met: there can be no declaration further down."""

    def declared(*_: Any) -> None:
        line = parser.CurrentLineNumber
        raise InvalidFile("path", str(file), f"declares a document type (line {line}); entities are refused")

    def begun(*_: Any) -> None:
        raise Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = begun
    with suppress(Begun):
        parser.Parse(content, True)


def reason(error: BaseException) -> str:
    """Return the first line of an error's message, cut to a readable length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 100 else text[:97] + "..."
