"""The folder of compiled kernels: whole files, two processes at once, damaged or foreign content, no folder at all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mftheory.kernels import cache

ROOT = Path(__file__).parents[2]

TEXT = """
from mftheory.compiling import vectorize

NUMBER = {number}


@vectorize(["float64(float64)"], cache=True)
def kernel(x):
    return {number} * x
"""

SCRIPT = """
import sys
from mftheory.kernels import cache
text = sys.stdin.read()
module, path = cache.load("kernel_test", text)
print(module.NUMBER, module.kernel(1.0), path)
"""


def start(environment: dict[str, str], number: float = 2.0) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdin is not None
    process.stdin.write(TEXT.format(number=number))
    process.stdin.close()
    process.stdin = None
    return process


def finish(process: "subprocess.Popen[str]") -> tuple[float, float, Path]:
    """The module's number, the compiled function's, and where its source lies."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    number, value, path = out.split()
    return float(number), float(value), Path(path)


def load(folder: Path, number: float = 2.0) -> Path:
    """As the next process would: nothing that was loaded before is remembered."""
    sys.modules.pop("mftheory_kernel_test", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFTHEORY_CACHE", str(folder))
        module, path = cache.load("kernel_test", TEXT.format(number=number))
    assert module.NUMBER == module.kernel(1.0) == number
    return path


def compiled(path: Path) -> list[Path]:
    return sorted((path.parent / "__pycache__").glob(f"{path.stem}.*.nb*"))


def times(path: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in compiled(path)}


def test_compiled_once_and_found_by_the_next_process_even_where_it_was_moved(tmp_path: Path) -> None:
    number, value, path = finish(start({"MFTHEORY_CACHE": str(tmp_path / "here")}))
    assert number == value == 2.0
    before = times(path)
    assert len(before) == 2
    assert path.parent.stat().st_mode & 0o077 == 0
    assert finish(start({"MFTHEORY_CACHE": str(tmp_path / "here")})) == (2.0, 2.0, path)
    assert times(path) == before
    (tmp_path / "here").rename(tmp_path / "there")
    moved = load(tmp_path / "there")
    assert moved == tmp_path / "there" / "kernels" / path.name
    assert times(moved) == before
    assert not list(moved.parent.rglob("*.tmp*"))


@pytest.mark.parametrize("damage", ["truncated", "overwritten", "emptied", "another's"])
def test_compiled_code_that_was_changed_is_not_loaded(damage: str, tmp_path: Path) -> None:
    """Numba would unpickle it: what is not the file that was written is compiled again."""
    path = load(tmp_path)
    trace = tmp_path / "trace"
    evil = b"cos\nsystem\n(S'touch %s'\ntR." % str(trace).encode()  # run by unpickling
    foreign = {file.name: file.read_bytes() for file in compiled(load(tmp_path / "other", 3.0))}
    for file in compiled(path):
        content = file.read_bytes()
        file.write_bytes(
            {"truncated": content[: len(content) // 2], "overwritten": evil, "emptied": b""}.get(
                damage, foreign[file.name]
            )
        )
    load(tmp_path)
    assert not trace.exists()
    load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"NUMBER = 7\n", b"raise SystemExit('was run')\n", b"\0\xff"])
def test_a_source_that_was_changed_is_not_run(content: bytes, tmp_path: Path) -> None:
    path = load(tmp_path)
    path.write_bytes(content)
    assert load(tmp_path) == path
    assert path.read_text(encoding="utf-8") == TEXT.format(number=2.0)


def test_bytecode_beside_the_source_is_not_run(tmp_path: Path) -> None:
    """A .pyc of other code, stamped with the source's own time and size, is what an import would take."""
    import importlib._bootstrap_external as bootstrap
    import importlib.util

    path = load(tmp_path)
    stamp = path.stat()
    code = compile("raise SystemExit('was run')", str(path), "exec")
    target = Path(importlib.util.cache_from_source(str(path)))
    target.write_bytes(bootstrap._code_to_timestamp_pyc(code, int(stamp.st_mtime), stamp.st_size))  # type: ignore[attr-defined]
    load(tmp_path)


def test_processes_at_once_agree(tmp_path: Path) -> None:
    running = [start({"MFTHEORY_CACHE": str(tmp_path)}) for _ in range(3)]
    found = [finish(process) for process in running]
    assert {(number, value) for number, value, _ in found} == {(2.0, 2.0)}
    path = found[0][2]
    assert path.read_text(encoding="utf-8") == TEXT.format(number=2.0)
    assert not list(tmp_path.rglob("*.tmp*"))
    load(tmp_path)


@pytest.mark.parametrize(
    "environment",
    [
        {"MFTHEORY_CACHE": "/proc/mftheory"},
        {"MFTHEORY_CACHE": "{tmp}/file"},
        {"MFTHEORY_CACHE": "", "XDG_CACHE_HOME": "/proc/mftheory"},
        {"MFTHEORY_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/proc/nobody"},
        {"MFTHEORY_CACHE": "{tmp}/" + "long" * 100},
    ],
    ids=["read-only", "a file", "read-only XDG", "no home", "name too long"],
)
def test_without_a_folder_the_process_has_its_own(environment, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(tmp=tmp_path))
    found = cache.folder()
    assert found == Path(cache._own().name)
    assert not found.is_relative_to(tmp_path)
    assert found.stat().st_mode & 0o077 == 0


def test_a_process_without_a_home_leaves_nothing(tmp_path: Path) -> None:
    nowhere = {"MFTHEORY_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/proc/nobody", "TMPDIR": str(tmp_path)}
    number, value, path = finish(start(nowhere))
    assert (number, value) == (2.0, 2.0)
    assert path.is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_others_can_write_to_is_closed_first(tmp_path: Path) -> None:
    kernels = tmp_path / "kernels"
    kernels.mkdir()
    kernels.chmod(0o777)
    assert load(tmp_path).parent == kernels
    assert kernels.stat().st_mode & 0o022 == 0


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    kernels = tmp_path / "kernels"
    kernels.mkdir()
    os.chown(kernels, 12345, -1)
    assert load(tmp_path).parent != kernels
    assert not list(kernels.iterdir())


def test_a_folder_that_goes_away_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTHEORY_CACHE", str(tmp_path / "gone"))
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "gone" / "kernels")
    module, path = cache.load("kernel_gone", TEXT.format(number=5.0))
    assert module.kernel(1.0) == 5.0
    assert not path.is_relative_to(tmp_path)
    assert cache.load("kernel_gone", TEXT.format(number=5.0))[0] is module
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    assert cache.load("kernel_gone", TEXT.format(number=6.0))[0].kernel(1.0) == 6.0
    sys.modules.pop("mftheory_kernel_gone")
