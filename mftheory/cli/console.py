"""The terminal: characters that it can show, output that is closed, broken or full, and signals to end the process."""

import codecs
import os
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

ASCII = {
    **{"−": "-", "–": "-", "‑": "-", "·": "*", "⋅": "*", "×": "x", "±": "+-", "√": "sqrt", "½": "1/2", "°": " degrees"},
    **{"≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∝": "~", "≡": "==", "≫": ">>", "≪": "<<", "⟨": "<", "⟩": ">"},
    **{"→": "->", "←": "<-", "↔": "<->", "↦": "->", "∞": "inf", "∂": "d", "∈": "in", "∫": "int", "∬": "int int"},
    **{"…": "...", "ϱ": "rho", "ϕ": "phi", "†": "^H", "‖": "||", "∘": "o", "§": "section ", "│": "|", "─": "-"},
    **{"⌠": "/", "⌡": "/"},
}
"""Characters that the package writes, beside Greek letters, and their substitutes on a console without them."""


def prepare() -> None:
    """Let both streams replace the characters that their encoding lacks; see to it that both are there.

    Raises
    ------
    OSError
        If standard output is closed: a result would be lost, and the next file that is opened would take its place.
    """
    if sys.stderr is None:  # or what is meant for it would be printed to standard output
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # for the rest of this process
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # Under the name "ascii" typer takes an encoding for a mistake and writes UTF-8 instead.
            encoding = _READABLE if codecs.lookup(stream.encoding).name == "ascii" else None
            reconfigure(encoding=encoding, errors=_READABLE)
    if sys.stdout is None:
        raise OSError("standard output is closed; > /dev/null if no result is wanted")


def abandon() -> None:
    """Drop what could not be written to standard output: Python would try again at its end, and complain."""
    with suppress(OSError, AttributeError):  # a stream without a descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def ended_in_order(code: int) -> Iterator[None]:
    """Let SIGTERM, which `timeout` and batch systems send, end this process as Ctrl-C does: its workers with it."""
    if threading.current_thread() is not threading.main_thread():  # only that one may
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(code))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def notes_when_stopped() -> Iterator[None]:
    """Print the notes on the exception of a stopped command, such as what is kept; the parser would drop them."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as stopped:
        for note in getattr(stopped, "__notes__", ()):
            complain(note)
        raise


def stop_listening() -> None:
    """Ignore Ctrl-C on the way out, which takes a second while workers end."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def complain(message: str) -> None:
    """Print one line on standard error, if there is somebody to read it."""
    with suppress(OSError):
        print("mftheory: " + " ".join(message.split()), file=sys.stderr, flush=True)


def readable(character: str) -> str:
    """Return a character in ASCII, as somebody types it who does not have it.

    Examples
    --------
    >>> from mftheory.cli.console import readable
    >>> " ".join(map(readable, "φΨ₂²é√ϱ漢"))
    'phi Psi _2 ^2 e sqrt rho \\\\u6f22'
    """
    if character in ASCII or unicodedata.combining(character):
        return ASCII.get(character, "")
    kind, _, plain = unicodedata.decomposition(character).partition(" ")
    if kind in ("<super>", "<sub>"):
        return ("^" if kind == "<super>" else "_") + readable(chr(int(plain, 16)))
    name = unicodedata.name(character, "").split()
    if name[:1] == ["GREEK"] and name[2:3] == ["LETTER"]:
        letter = name[3].replace("LAMDA", "LAMBDA")
        return letter.lower() if name[1] == "SMALL" else letter.capitalize()
    bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return character if character.isascii() else bare or character.encode("ascii", "backslashreplace").decode()


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(readable, error.object[error.start : error.end])), error.end


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    del errors
    return text.encode("ascii", _READABLE), len(text)


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, input: str, final: bool = False) -> bytes:
        return _encode(input)[0]


_READABLE = "mftheory-readable"
"""The name of the error handler, and of an encoding in ASCII that uses it."""

_CODEC = codecs.CodecInfo(_encode, codecs.ascii_decode, incrementalencoder=_Encoder, name=_READABLE)
codecs.register_error(_READABLE, _replace)
codecs.register(lambda name: _CODEC if name.replace("_", "-") == _READABLE else None)
