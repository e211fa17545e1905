"""Results that would be read from other files, wait for a pipe, or fill the memory: refused before that is begun."""

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray
from safety.bad_results import _good

import mftheory as mf
from mftheory.storage import contents

SECRET = np.arange(1000.0)


def _external(file: h5py.File, other: Path) -> None:
    file.create_dataset("stolen", SECRET.shape, "f8", external=[(str(other), 0, SECRET.nbytes)])


def _virtual(file: h5py.File, other: Path, most: int | None = 1000) -> None:
    layout = h5py.VirtualLayout((1000,), "f8", maxshape=(most,))
    source = h5py.VirtualSource(str(other), "a", (1000,), maxshape=(most,))
    layout[: most or h5py.h5s.UNLIMITED] = source[: most or h5py.h5s.UNLIMITED]
    file.create_virtual_dataset("stolen", layout)


def _group(file: h5py.File, other: Path) -> None:
    del other
    file.create_group("inner")["a"] = 1.0


def _itself(file: h5py.File, other: Path) -> None:
    del other
    file["inner"] = file["/"]


def _named_type(file: h5py.File, other: Path) -> None:
    del other
    file["kind"] = np.dtype("f8")


def _structures(file: h5py.File, other: Path) -> None:
    del other
    file["pairs"] = np.zeros(3, dtype=[("a", "f8"), ("b", "f8")])


def _ragged(file: h5py.File, other: Path) -> None:
    del other
    file.create_dataset("ragged", (3,), dtype=h5py.vlen_dtype("f8"))


def _compressed(file: h5py.File, other: Path) -> None:
    del other
    made = file.create_dataset("tau", (300_000_000,), "f8", chunks=(10_000_000,), compression="gzip", fillvalue=0.0)
    made.make_scale("tau")  # a coordinate, which is read when the file is opened


def _declared(file: h5py.File, other: Path) -> None:
    del other
    file.create_dataset("x", (10**12,), "f8", chunks=(10**6,))


def _never_written(file: h5py.File, other: Path) -> None:
    del other
    file.create_dataset("x", (10**6, 10**6), "f8")


def _long_names(file: h5py.File, other: Path) -> None:
    """Fixed-length texts of a gigabyte each, none of them written."""
    del other
    file.create_dataset("names", (3,), dtype="S1000000000")


HOSTILE: dict[str, tuple[Callable[[h5py.File, Path], object], str]] = {
    "external storage": (_external, "the values of stolen are in another file"),
    "virtual dataset": (_virtual, "the values of stolen are in another file"),
    "virtual dataset without end": (lambda f, o: _virtual(f, o, None), "the values of stolen are in another file"),
    "external link": (lambda f, o: f.__setitem__("a", h5py.ExternalLink(str(o), "a")), "a is a link to another file"),
    "soft link": (lambda f, o: f.__setitem__("a", h5py.SoftLink("/theory")), "a is a link to a name"),
    "soft link to nothing": (lambda f, o: f.__setitem__("a", h5py.SoftLink("/none")), "a is a link to a name"),
    "group": (_group, "inner is no array"),
    "group in itself": (_itself, "inner is no array"),
    "named type": (_named_type, "kind is no array"),
    "structures": (_structures, "neither numbers nor texts"),
    "ragged arrays": (_ragged, "neither numbers nor texts"),
    "compressed coordinate": (_compressed, "that claim to be 240000"),
    "declared size": (_declared, "that claim to be 800000"),
    "never written": (_never_written, "that claim to be 800000"),
    "long texts": (_long_names, "that claim to be 300000"),
}


def spoilt(path: Path, how: Callable[[h5py.File, Path], object], other: Path) -> Path:
    path.write_bytes(_good())
    with h5py.File(path, "r+") as file:
        how(file, other)
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Somebody's file: numbers as they are, which external storage shows, and as HDF5 for links."""
    path = tmp_path / "others.h5"
    with h5py.File(path, "w") as file:
        file["a"] = SECRET
    return path


@pytest.mark.parametrize("case", HOSTILE)
def test_refused_before_a_value_is_read(case: str, tmp_path: Path, other: Path, monkeypatch) -> None:
    """Nothing is asked of xarray, which would open what it finds and read coordinates at once."""
    path = spoilt(tmp_path / "hostile.nc", HOSTILE[case][0], other)
    monkeypatch.setattr(xarray, "open_dataset", lambda *_, **__: pytest.fail("was opened"))
    monkeypatch.setattr(h5py.Dataset, "__getitem__", lambda *_: pytest.fail("was read"))
    with pytest.raises(mf.InvalidFile, match=HOSTILE[case][1]) as caught:
        mf.load(path)
    assert "\n" not in str(caught.value)


def test_what_is_spoilt_was_good(tmp_path: Path, other: Path) -> None:
    assert len(mf.load(spoilt(tmp_path / "good.nc", lambda *_: None, other)).points) == 1


@pytest.mark.parametrize("case", ["external storage", "virtual dataset", "external link"])
def test_the_other_file_would_have_been_read(case: str, tmp_path: Path, other: Path) -> None:
    """That the cases above are what they are called."""
    path = spoilt(tmp_path / "hostile.nc", HOSTILE[case][0], other)
    with h5py.File(path) as file:
        found = file["a" if "link" in case else "stolen"][:]
    raw = np.frombuffer(other.read_bytes(), "f8", 1000)
    assert np.array_equal(found, raw if case == "external storage" else SECRET, equal_nan=True)


LOAD = """
import sys, mftheory as mf
for path in sys.argv[1:]:
    try:
        mf.load(path)
    except mf.InvalidFile as error:
        print(str(error))
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    """Neither one that is loaded nor one that a file points to, nor a link to one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link.nc").symlink_to(pipe)
    cases = ["external storage", "virtual dataset", "virtual dataset without end", "external link"]
    files = [spoilt(tmp_path / f"{k}.nc", HOSTILE[case][0], pipe) for k, case in enumerate(cases)]
    command = [sys.executable, "-c", LOAD, str(pipe), str(tmp_path / "link.nc"), "/dev/zero", *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    said = run.stdout.splitlines()
    assert len(said) == 3 + len(files)
    assert said[0].endswith("must be a file, and is a named pipe")
    assert said[1].endswith("must be a file, and is a named pipe")
    assert said[2].endswith("must be a file, and is a device")


LONG, MANY = 100_003, 3000


def repeated(path: Path, where: str) -> Path:
    """One text of 0.1 MB to which 3,000 entries lead, each of which would come to memory as a text of its own."""
    texts = np.array(["x" * LONG, "y" * LONG] + [""] * (MANY - 2), dtype=object)
    path.write_bytes(_good())
    with h5py.File(path, "r+", libver="latest") as file:  # of attributes older files hold 64 kB
        kind = h5py.string_dtype()
        if where == "array":
            file.create_dataset("status", data=texts, dtype=kind)
        else:
            file.attrs.create("status", texts, dtype=kind)
    content = bytearray(path.read_bytes())
    place = content.find(struct.pack("<I", LONG))  # how long, in which heap, which of it
    while content[place + 16 : place + 20] != struct.pack("<I", LONG):
        place = content.find(struct.pack("<I", LONG), place + 1)
        assert place > 0
    content[place : place + 16 * MANY] = bytes(content[place : place + 16]) * MANY
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("where", ["array", "attribute"])
def test_one_text_repeated_does_not_fill_the_memory(where: str, tmp_path: Path) -> None:
    path = repeated(tmp_path / "repeated.nc", where)
    with h5py.File(path) as file:
        assert len((file if where == "array" else file.attrs)["status"][MANY - 1]) == LONG
    assert contents._longest_text(path) == LONG
    with pytest.raises(mf.InvalidFile, match=r"claim to be|texts of up to 100003 bytes"):
        mf.load(path)


@pytest.mark.parametrize("shape", [(), (5,), (0, 3), (4, 3, 2), (2, 7), (1, 1, 9)])
@pytest.mark.parametrize("most", [1, 2, 4, 6, 1000])
def test_parts_cover_an_array_once(shape: tuple[int, ...], most: int) -> None:
    seen = np.zeros(shape, int)
    for part in contents._parts(shape, most):
        assert np.size(seen[part]) <= max(most, 1)
        seen[part] += 1
    assert np.all(seen == 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the largest memory is read as on Linux")
def test_refusing_takes_little_memory(tmp_path: Path, other: Path) -> None:
    """Seen 270 MB, of which 110 MB are the packages; the first file alone took 2.4 GB when it was refused later."""
    files = [spoilt(tmp_path / "a.nc", _compressed, other), repeated(tmp_path / "b.nc", "array")]
    assert all(file.stat().st_size < 400_000 for file in files)
    code = LOAD + "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    command = [sys.executable, "-c", code, *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    *said, largest = run.stdout.split("\n")[:3]
    assert all("claim to be" in line for line in said)
    assert int(largest.split()[1]) < 600_000  # kB
