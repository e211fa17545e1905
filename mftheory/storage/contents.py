"""The declared content of an HDF5 file, checked before a value is read: nothing of other files, nothing huge.

A dataset may lie in another file (external storage, a virtual dataset), a name may stand for something elsewhere
(links), and a small file may claim, compress or repeat what would fill the memory. Nothing of that is written by
mftheory, so none of it is read.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LARGEST_RATIO = 10
"""Largest number of bytes in memory for each byte of the file; 0.07 to 1.1 seen, since nothing is compressed."""

LARGEST_BLOCK = 2**27
"""Bytes of texts that are read at once while they are counted: 134 MB, of which HDF5, h5py and Python hold one each.
Lists of texts in attributes, read as a whole, are names: 400 of them may stand beside a text of 0.3 MB."""

_HEAP, _COLLECTION, _OBJECT = b"GCOL", struct.Struct("<4sB3xQ"), struct.Struct("<HHIQ")


def check(source: Path) -> None:
    """Refuse a file that `mftheory` does not write.

    Raises
    ------
    ValueError
        With the reason, in words.
    Exception
        Any that h5py raises on malformed files.
    """
    import h5py

    size = source.stat().st_size
    with h5py.File(source, "r") as file:
        if file.id.get_create_plist().get_sizes() != (8, 8):
            raise ValueError("its addresses have not 8 bytes")
        datasets = [_dataset(file.id, name) for name in file.id]
        owners = (file.id, *datasets)
        attributes = [h5py.h5a.open(owner, index=k) for owner in owners for k in range(h5py.h5a.get_num_attrs(owner))]
        claimed = sum(_count(each.shape) * _size_of_type(each) for each in (*datasets, *attributes))
        _refuse_expansion(size, claimed)
        longest = _longest_text(source)
        for each in (*attributes, *datasets):
            for bytes_of_texts in _texts(each, longest):
                claimed += bytes_of_texts
                _refuse_expansion(size, claimed)


def _refuse_expansion(size: int, claimed: int) -> None:
    if claimed > LARGEST_RATIO * size:
        raise ValueError(f"{size} bytes that claim to be {claimed}")


def _dataset(file: Any, name: bytes) -> Any:
    """Open a dataset, without looking for its values."""
    from h5py import h5d, h5l, h5o

    kind = file.links.get_info(name).type
    if kind != h5l.TYPE_HARD:
        raise ValueError(f"{_shown(name)} is a link to {'another file' if kind == h5l.TYPE_EXTERNAL else 'a name'}")
    if h5o.get_info(file, name).type != h5o.TYPE_DATASET:
        raise ValueError(f"{_shown(name)} is no array")
    dataset = h5d.open(file, name)
    properties = dataset.get_create_plist()
    if properties.get_external_count() or properties.get_layout() not in (h5d.COMPACT, h5d.CONTIGUOUS, h5d.CHUNKED):
        raise ValueError(f"the values of {_shown(name)} are in another file")
    return dataset


def _size_of_type(each: Any) -> int:
    """Return the bytes of one value, for a text those of the pointer to it.

    Raises
    ------
    ValueError
        If it is neither a number nor a text nor, among attributes, a reference from an array to its axes.
    """
    from h5py import h5a, h5t

    kind = each.get_type()
    known = {h5t.INTEGER, h5t.FLOAT, h5t.STRING, h5t.ENUM}
    if isinstance(each, h5a.AttrID) and kind.get_class() == h5t.VLEN:
        inner = {kind.get_super().get_class()} - {h5t.REFERENCE}
    elif isinstance(each, h5a.AttrID) and kind.get_class() == h5t.COMPOUND:
        inner = {kind.get_member_class(k) for k in range(kind.get_nmembers())} - {h5t.REFERENCE, h5t.INTEGER}
    else:
        inner = {kind.get_class()} - known
    if inner:
        raise ValueError("it has values that are neither numbers nor texts")
    return int(kind.get_size())


def _texts(each: Any, longest: int) -> Iterator[int]:
    """Yield the bytes of values of variable length, part by part."""
    import numpy as np
    from h5py import Dataset, h5a, h5t

    kind = each.get_type()
    if not (kind.get_class() == h5t.VLEN or (kind.get_class() == h5t.STRING and kind.is_variable_str())):
        return
    most = max(1, LARGEST_BLOCK // max(longest, 1))
    if isinstance(each, h5a.AttrID):  # which is read as a whole or not at all
        if _count(each.shape) > most:
            raise ValueError(f"{_count(each.shape)} texts of up to {longest} bytes in {_shown(each.name)}")
        if each.shape is not None:
            values = np.empty(each.shape, dtype=each.dtype)
            each.read(values)
            yield sum(map(_length, values.ravel()))
        return
    dataset = Dataset(each)
    for part in _parts(each.shape, most):
        yield sum(map(_length, np.ravel(np.asarray(dataset[part], dtype=object))))


def _parts(shape: tuple[int, ...], most: int) -> Iterator[tuple[Any, ...]]:
    """Yield indices that cover an array by parts of at most that many values."""
    row = math.prod(shape[1:])
    if math.prod(shape) <= most:
        yield ()
    elif row >= most:
        for k in range(shape[0]):
            yield from ((k, *rest) for rest in _parts(shape[1:], most))
    else:
        rows = most // row
        yield from ((slice(k, k + rows),) for k in range(0, shape[0], rows))


def _longest_text(source: Path) -> int:
    """Return the bytes of the longest object in the heaps of values of variable length: none of them is longer."""
    longest = 0
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = content.find(_HEAP)
        while place >= 0 and place + _COLLECTION.size <= len(content):
            end = min(place + _COLLECTION.unpack_from(content, place)[2], len(content))
            at = place + _COLLECTION.size
            while at + _OBJECT.size <= end:
                index, _, _, length = _OBJECT.unpack_from(content, at)
                if index > 0:
                    longest = max(longest, min(length, len(content)))
                # What is free counts its own header; all others are padded to 8 bytes.
                at += max(length, _OBJECT.size) if index == 0 else _OBJECT.size + -(-length // 8) * 8
            place = content.find(_HEAP, place + 1)
    return longest


def _count(shape: tuple[int, ...] | None) -> int:
    return 0 if shape is None else math.prod(shape)  # an empty text has no shape


def _length(value: Any) -> int:
    return int(value.nbytes) if hasattr(value, "nbytes") else len(value)


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "replace")
