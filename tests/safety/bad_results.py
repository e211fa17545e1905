"""Files of results that cannot be used, each bad in one way: made, as what is in them is not for a table."""

import pickle
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import xarray

from mftheory.results import Comparison, Estimate
from mftheory.results.comparison import ComparedPoint, SizeAverage
from mftheory.storage import netcdf as files


class Touch:
    """Unpickled, it would write a file."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("written by pickle"),)


def _good() -> bytes:
    sizes = (SizeAverage(50, 2, Estimate(0.1, 0.01), 0.02),)
    result = Comparison((ComparedPoint({"g": 2.0}, 0.1, Estimate(0.08, 0.01), -0.3, 2.5, sizes),))
    with tempfile.TemporaryDirectory() as folder:
        return result.save(Path(folder) / "good.nc").read_bytes()


def _changed(**attributes: Any) -> bytes:
    """Attributes as another version would have written them, their hash right."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "good.nc"
        path.write_bytes(_good())
        kind, data = files.read(path)
        data.attrs |= {"mftheory_format": files.FORMAT, "mftheory_result": kind, **attributes}
        if "content_hash" not in attributes:
            data.attrs["content_hash"] = files.content_hash(data)
        return bytes(data.to_netcdf(engine="h5netcdf", encoding={str(n): {"_FillValue": None} for n in data}))


def _with(add: Callable[[h5py.File], object]) -> bytes:
    """A result with something more in it, which mftheory does not write."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "good.nc"
        path.write_bytes(_good())
        with h5py.File(path, "r+") as file:
            add(file)
        return path.read_bytes()


MADE: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "cut.nc": ("the first half of a result", lambda: (good := _good())[: len(good) // 2]),
    "foreign.nc": (
        "netCDF of something else",
        lambda: bytes(xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(engine="h5netcdf")),
    ),
    "pickle.nc": ("a pickled object that would write a file", lambda: pickle.dumps(Touch())),
    "next.nc": ("a result of mftheory 9.9", lambda: _changed(mftheory_format=3, mftheory_version="9.9")),
    "first.nc": ("a result of mftheory 0.0.1", lambda: _changed(mftheory_format=0, mftheory_version="0.0.1")),
    "changed.nc": ("a result, one number of it changed since", lambda: _changed(content_hash="0" * 32)),
    "elsewhere.nc": (
        "a result with an array whose values are in another file (HDF5's external storage)",
        lambda: _with(lambda file: file.create_dataset("a", (5,), "u1", external=[("good.csv", 0, 5)])),
    ),
    "linked.nc": (
        "a result with a link into another file",
        lambda: _with(lambda file: file.__setitem__("a", h5py.ExternalLink("foreign.nc", "a"))),
    ),
    "inflated.nc": (
        "a result with 10¹² numbers, none of them written",
        lambda: _with(lambda file: file.create_dataset("a", (10**12,), "f8")),
    ),
    "swept.nc": ("a comparison that says it is a sweep", lambda: _changed(mftheory_result="sweep")),
    "oracle.nc": ("a result of another kind than there are", lambda: _changed(mftheory_result="Oracle")),
}
"""What each is, in words, and its content, by name."""


@cache
def content(name: str) -> bytes:
    """Made once."""
    return MADE[name][1]()
