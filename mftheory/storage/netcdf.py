"""One result, one netCDF file: written in one move, checked against its own content when it is read, never run.

Complex variables become real ones with a last axis "part" (real, imaginary), so that any netCDF program can read them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.errors import InvalidFile
from mftheory.results.provenance import version_of
from mftheory.storage import contents
from mftheory.storage.places import check_source, check_target
from mftheory.storage.writing import write as write_file

if TYPE_CHECKING:
    import xarray

FORMAT = 2
"""Number of the format of files, raised when older versions could not read them."""

PART = "part"
"""The axis of real and imaginary parts."""

SWEEP = "sweep"
"""The kind of the store of a sweep, which is no result that `save` writes: its data set is read as it is."""

_VERSION = version_of("mftheory") or "of unknown version"
_MARK, _KIND, _HASH = "mftheory_format", "mftheory_result", "content_hash"


def write(path: str | os.PathLike[str], kind: str, data: xarray.Dataset) -> Path:
    """Write a data set; what was in the file before stays there until the new one is whole.

    Parameters
    ----------
    path : path
        The file, by custom ``*.nc``; its folder must exist.
    kind : str
        The kind of the data set, for `read`.
    data : xarray.Dataset
        Numbers (complex too), truth values and texts.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidFile
        If it cannot be written.

    Examples
    --------
    >>> import tempfile, xarray
    >>> from mftheory.storage.netcdf import read, write
    >>> data = xarray.Dataset({"S": ("omega", [1.0 + 2.0j, 3.0])})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kind, same = read(write(f"{folder}/s.nc", "an example", data))
    >>> kind, same["S"].values
    ('an example', array([1.+2.j, 3.+0.j]))
    """
    target = check_target(path)
    try:
        content = packed(kind, data)
    except MemoryError:
        raise InvalidFile("path", str(target), "cannot be made: there is too little memory") from None
    return write_file(target, content)


def packed(kind: str, data: xarray.Dataset) -> memoryview:
    """Return the content of the file of a data set, with its hash; in memory, as HDF5 does not survive a full disk."""
    real = _without_complex(data)
    real.attrs |= {_MARK: FORMAT, _KIND: kind, "mftheory_version": _VERSION}
    real.attrs[_HASH] = content_hash(real)
    return real.to_netcdf(engine="h5netcdf", encoding={str(name): {"_FillValue": None} for name in real})


def attributes(path: str | os.PathLike[str]) -> Mapping[str, Any] | None:
    """Return the attributes of a netCDF file, or None where it is no whole one."""
    try:
        return _opened(check_source(path)).attrs
    except InvalidFile:
        return None


def read(path: str | os.PathLike[str]) -> tuple[str, xarray.Dataset]:
    """Return the kind and the data set that `write` was given; data sets of sweeps have the kind "sweep".

    Raises
    ------
    InvalidFile
        If there is no such file, it is damaged or was changed, no result of mftheory, or one of a newer format; also
        if it takes values from other files, or claims to be much larger than it is.

    Warns
    -----
    UserWarning
        If it is the store of a sweep without a hash, as earlier versions wrote them.
    """
    source = check_source(path)
    data = _opened(source)
    if _MARK not in data.attrs:
        if is_sweep(data.attrs):
            message = f"{source}: a sweep's file of an older version, without a content hash: it cannot be checked"
            warnings.warn(message, stacklevel=5)
            return SWEEP, data
        raise InvalidFile("path", str(source), "must be a result that mftheory saved; this netCDF file is none")
    written, by = data.attrs[_MARK], data.attrs.get("mftheory_version", "of unknown version")
    if not isinstance(written, int | np.integer):
        raise InvalidFile("path", str(source), "must be a result that mftheory saved; its format is no number")
    if written != FORMAT:
        step = "update mftheory" if written > FORMAT else "read it with that version, or compute it again"
        allowed = f"was written by mftheory {by} in format {written}, and this is {_VERSION}, format {FORMAT}: {step}"
        raise InvalidFile("path", str(source), allowed)
    if data.attrs.pop(_HASH, None) != content_hash(data):
        raise InvalidFile("path", str(source), "is damaged, or was changed since mftheory wrote it (content hash)")
    kind = str(data.attrs.pop(_KIND, "result"))
    del data.attrs[_MARK]
    return kind, _with_complex(data)


def is_sweep(attributes: Mapping[str, Any]) -> bool:
    """Return whether these are the attributes of a sweep's data set."""
    whole = [isinstance(attributes.get(name), int | np.integer) for name in ("units_finished", "units_planned")]
    texts = [isinstance(attributes.get(name), str) for name in ("sweep", "provenance")]
    what = attributes.get("what")
    return all(whole + texts) and isinstance(what, str) and attributes.get("title") == f"sweep, {what}"


def _opened(source: Path) -> xarray.Dataset:
    """Return the data set of a whole netCDF file, loaded; refuse anything else."""
    import xarray

    try:
        contents.check(source)
        # Times are in time constants, never dates. Loaded as a whole, so that the file can be closed.
        how: dict[str, Any] = {"decode_times": False, "decode_timedelta": False, "phony_dims": "sort"}
        with xarray.open_dataset(source, engine="h5netcdf", **how) as file:
            return file.load()
    except Exception as error:  # h5py, h5netcdf and xarray raise a dozen kinds on malformed files
        reason = re.sub(r"\s+", " ", str(error))[:80]
        raise InvalidFile("path", str(source), f"must be a whole netCDF-4 file ({reason})") from None


def content_hash(data: xarray.Dataset) -> str:
    """Return a hash of every attribute and every value, whatever the order of variables."""
    hashed = hashlib.blake2b(digest_size=16)

    def feed(*parts: Any) -> None:
        hashed.update(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode())

    def listed(attributes: Any) -> dict[str, Any]:
        # A list of one comes back as the one.
        return {str(k): np.atleast_1d(v).tolist() for k, v in attributes.items() if k != _HASH}

    feed(listed(data.attrs))
    for name in sorted(map(str, data.variables)):
        variable = data.variables[name]
        feed(name, variable.dims, variable.shape, listed(variable.attrs))
        values = variable.values
        if values.dtype.kind in "biuf":
            canonical = values.astype(values.dtype.newbyteorder("<"), order="C")
            feed(canonical.dtype.str)
            hashed.update(canonical.tobytes())
        else:
            feed([str(value) for value in values.ravel()])
    return hashed.hexdigest()


def _without_complex(data: xarray.Dataset) -> xarray.Dataset:
    changed = data.copy()
    for name, variable in data.variables.items():
        if variable.dtype.kind == "c":
            parts = np.stack([variable.values.real, variable.values.imag], axis=-1)
            changed[name] = ((*variable.dims, PART), parts, {**variable.attrs, "complex": "parts: real, imaginary"})
    return changed


def _with_complex(data: xarray.Dataset) -> xarray.Dataset:
    changed = data.copy()
    for name, variable in data.variables.items():
        if PART in variable.dims and "complex" in variable.attrs:
            # Not real + 1j imaginary, which would lose the sign of a zero and make NaN of infinities.
            values = np.ascontiguousarray(variable.values)
            attributes = {k: v for k, v in variable.attrs.items() if k != "complex"}
            changed[name] = (variable.dims[:-1], values.view(np.dtype(f"c{2 * values.itemsize}"))[..., 0], attributes)
    return changed
