"""A short fingerprint of a network's content: the same in every process and version of Python."""

import dataclasses
import hashlib
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from mftheory.errors import InvalidNetwork
from mftheory.recorded_fields import recorded

DIGEST_BYTES = 16
"""Length of a digest in bytes: two contents in 10¹⁸ would have to be tried before two digests agree by chance."""


def digest(content: Any) -> str:
    """Return a fingerprint of plain data: numbers, text, arrays, containers, dataclasses, SymPy expressions.

    Parameters
    ----------
    content : object
        Such as a `Network`. Equal numbers are equal whatever their type; arrays count by shape and every byte (as
        float64, or complex128); of dataclasses the name and the compared fields; of SymPy expressions all symbols with
        their assumptions; of functions of u in [0, 1] their values at 512 midpoints.

    Returns
    -------
    str
        32 hexadecimal digits.

    Raises
    ------
    InvalidNetwork
        If the content is of another kind, such as a file.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.network.digest import digest
    >>> digest(mf.Network(mf.IID(3)))
    'ceab865b1ee3de510ab2f1b12bbfafc9'
    >>> digest(mf.Network(mf.IID(3.0))) == digest(mf.Network(mf.IID(3)))
    True
    >>> digest(mf.Network(mf.IID(3.0))) == digest(mf.Network(mf.IID(3.0), mf.Tanh()))
    False
    """
    hashed = hashlib.blake2b(digest_size=DIGEST_BYTES)
    _feed(hashed.update, content)
    return hashed.hexdigest()


def words(fingerprint: str) -> tuple[int, ...]:
    """Return a digest as numbers of 32 bits, as `numpy.random.SeedSequence` takes them in a spawn key.

    Examples
    --------
    >>> from mftheory.network.digest import words
    >>> words("0000000100000002")
    (1, 2)
    """
    return tuple(int(fingerprint[k : k + 8], 16) for k in range(0, len(fingerprint), 8))


Feed = Callable[[bytes], None]


def _feed(feed: Feed, content: Any) -> None:
    """Feed a value to the hash, each part after its kind and length, so that no two contents give the same bytes."""
    if content is None or isinstance(content, bool | np.bool_):
        _part(feed, "constant", str(content).encode())
    elif isinstance(content, str):
        _part(feed, "text", content.encode())
    elif isinstance(content, bytes):
        _part(feed, "bytes", content)
    elif isinstance(content, Real):
        _part(feed, "number", _number(content))
    elif isinstance(content, complex):
        _sequence(feed, "complex", [content.real, content.imag])
    elif isinstance(content, np.ndarray):
        _array(feed, content)
    elif isinstance(content, np.dtype) or (isinstance(content, type) and issubclass(content, np.generic)):
        _part(feed, "text", np.dtype(content).name.encode())  # np.float32 and "float32" are the same setting
    elif dataclasses.is_dataclass(content) and not isinstance(content, type):
        fields = {f.name: getattr(content, f.name) for f in recorded(content) if f.compare and f.name[0] != "_"}
        _part(feed, "class", type(content).__name__.encode())
        _mapping(feed, fields)
    elif isinstance(content, Mapping):
        _mapping(feed, content)
    elif isinstance(content, list | tuple):
        _sequence(feed, "sequence", content)
    elif isinstance(content, set | frozenset):
        _sequence(feed, "set", sorted(digest(item) for item in content))
    elif (sympy := sys.modules.get("sympy")) is not None and isinstance(content, sympy.Basic):
        _part(feed, "expression", sympy.srepr(content).encode())
    elif callable(content) and not isinstance(content, type):
        _array(feed, _values(content))
    else:
        raise InvalidNetwork("network", content, "must consist of numbers, text, arrays, expressions and containers")


def _part(feed: Feed, kind: str, data: bytes) -> None:
    feed(f"{kind}:{len(data)}:".encode())
    feed(data)


def _sequence(feed: Feed, kind: str, items: Iterable[Any]) -> None:
    items = list(items)
    feed(f"{kind}:{len(items)}:".encode())
    for item in items:
        _feed(feed, item)


def _mapping(feed: Feed, mapping: Mapping[Any, Any]) -> None:
    # Keys may be expressions: in order of their digests, which is any fixed order.
    ordered = sorted(mapping.items(), key=lambda item: digest(item[0]))
    feed(f"mapping:{len(ordered)}:".encode())
    for key, value in ordered:
        _feed(feed, key)
        _feed(feed, value)


def _array(feed: Feed, array: np.ndarray[Any, Any]) -> None:
    if array.dtype.kind not in "biufc":
        raise InvalidNetwork("network", array, "must consist of arrays of numbers")
    plain = np.ascontiguousarray(array, dtype="<c16" if array.dtype.kind == "c" else "<f8") + 0.0  # -0.0 is 0.0
    _sequence(feed, "array", array.shape)
    _part(feed, "values", plain.tobytes())


def _number(value: Real) -> bytes:
    """Return a number's exact text: 3, 3.0 and np.float32(3) alike, other fractions by all their binary digits."""
    number = float(value)
    if not math.isfinite(number):
        return repr(number).encode()
    whole = int(value)  # type: ignore[call-overload]
    return str(whole).encode() if whole == value else number.hex().encode()


def _values(function: Callable[[Any], Any]) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(function((np.arange(512) + 0.5) / 512), dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidNetwork("network", function, "must be a function of u, from an array to an array") from None
