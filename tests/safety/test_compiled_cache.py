"""Numba's cache files, damaged in every way: the function is compiled again, and what is damaged replaced."""

import ast
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numba
import pytest

import mftheory
from mftheory import cli, compiling

PACKAGE = Path(mftheory.__file__).parent

SOURCE = """
from mftheory.compiling import njit, vectorize

@njit(cache=True, error_model="numpy")
def scalar(x):
    return {factor} * x

@vectorize(["float64(float64)"], cache=True)
def ufunc(x):
    return {factor} * x
"""


def imported(folder: Path, factor: float = 3.0) -> dict[str, object]:
    """The module as the next process would have it: compiled functions are taken from the folder or compiled."""
    path = folder / "kernels.py"
    if not path.exists():
        path.write_text(SOURCE.format(factor=factor), encoding="utf-8")
    module: dict[str, object] = {"__name__": "kernels_of_a_test"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module)
    return module


def used(module: dict[str, object]) -> tuple[int, int]:
    """How many functions were found in the cache and how many were compiled, after both gave the right number."""
    scalar, ufunc = module["scalar"], module["ufunc"]
    assert scalar(2.0) == 6.0  # type: ignore[operator]
    assert ufunc(2.0) == 6.0  # type: ignore[operator]
    found = sum(scalar.stats.cache_hits.values())  # type: ignore[attr-defined]
    compiled = sum(scalar.stats.cache_misses.values())  # type: ignore[attr-defined]
    return found, compiled


def files(folder: Path, kind: str = "nb[ci]") -> list[Path]:
    return sorted((folder / "__pycache__").glob(f"*.{kind}"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in files(folder)}


@pytest.fixture(autouse=True)
def beside_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numba.config, "CACHE_DIR", "")
        assert used(imported(folder)) == (0, 1)
    return folder


@pytest.fixture
def folder(compiled: Path, tmp_path: Path) -> Path:
    """To be spoilt."""
    shutil.copytree(compiled, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_next_process_finds_what_was_compiled(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in files(folder)}
    assert len(before) == 4
    assert used(imported(folder)) == (1, 0)
    assert {path: path.stat().st_mtime_ns for path in files(folder)} == before


def _flipped(content: bytes, share: float) -> bytes:
    place = int(share * (len(content) - 1))
    return content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "one byte": lambda content: content[:1],
    "half": lambda content: content[: len(content) // 2],
    "without its end": lambda content: content[:-1],
    "without its checksum": lambda content: content[: -compiling.CHECKSUM_BYTES],
    "longer": lambda content: content + b"\0",
    "text": lambda content: b"cos\nsystem\n(S'false'\ntR.",
    "zeros": lambda content: bytes(len(content)),
    **{f"a bit at {share}": lambda c, s=share: _flipped(c, s) for share in (0.0, 0.01, 0.3, 0.6, 0.9, 1.0)},  # type: ignore[misc]
}


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_replaced(damage: str, kind: str, folder: Path) -> None:
    for path in files(folder, kind):
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    damaged = contents(folder)
    assert used(imported(folder)) == (0, 1)
    after = contents(folder)
    assert all(after[name] != damaged[name] for name in after if name.endswith(kind))
    assert used(imported(folder)) == (1, 0)


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_what_is_no_file_is_neither_read_nor_in_the_way(kind: str, folder: Path) -> None:
    """A pipe would be waited for; in the place of a folder nothing can be written, which costs a compilation."""
    for k, path in enumerate(files(folder, kind)):
        path.unlink()
        if k == 0 and hasattr(os, "mkfifo"):
            os.mkfifo(path)
        else:
            path.mkdir()
    used(imported(folder))
    used(imported(folder))


def test_a_file_of_another_function_is_not_taken(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whole, with the checksum right for where it was made: of another source, and of the other function."""
    other = tmp_path_factory.mktemp("other")
    assert imported(other, 5.0)["scalar"](2.0) == 10.0  # type: ignore[operator]
    for path in files(folder):
        shutil.copy(other / "__pycache__" / path.name, path)
    assert used(imported(folder)) == (0, 1)
    scalar, ufunc = files(folder, "nbc")
    scalar.write_bytes(ufunc.read_bytes())
    assert used(imported(folder)) == (0, 1)


def test_two_processes_that_gave_their_files_one_name_do_not_take_each_others(folder: Path) -> None:
    """Their indices were written one over the other: the one that is left leads to code for other types."""
    import pickle

    module = imported(folder)
    cache = module["scalar"]._cache._cache_file  # type: ignore[attr-defined]
    assert module["scalar"](2) == 6.0  # type: ignore[operator]  # a second signature, int64
    (first, name), (second, _) = cache._load_index().items()
    data = pickle.loads((folder / "__pycache__" / name).read_bytes())
    assert data[0] == first
    cache._save_index({first: name, second: name})
    assert cache.load(second) is None
    assert imported(folder)["scalar"](2) == 6.0  # type: ignore[operator]


def test_a_full_disk_costs_a_compilation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert used(imported(tmp_path)) == (0, 1)
    assert files(tmp_path) == []
    monkeypatch.undo()
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    assert used(imported(tmp_path)) == (0, 1)
    assert used(imported(tmp_path)) == (1, 0)


def test_without_a_folder_it_says_so_and_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling.FunctionCache._impl_class, "_locator_classes", [])
    with pytest.warns(UserWarning, match="compiled code is not kept, so that each process compiles it again"):
        module = imported(tmp_path)
    assert module["scalar"](2.0) == 6.0  # type: ignore[operator]


def test_all_that_is_cached_is_checked() -> None:
    """No module takes numba's own decorators with cache=True; `kernels/runtime.py` has what is always inlined."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        numbas = any(isinstance(node, ast.ImportFrom) and node.module == "numba" for node in ast.walk(tree))
        numbas |= "import numba" in path.read_text(encoding="utf-8")
        if numbas and "cache=True" in ast.unparse(tree):
            found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= {"compiling.py"}


SOLVE = "import mftheory as mf; print(mf.solve(mf.Network(mf.IID(3.0))).dimension())"


@pytest.mark.parametrize(
    ("kind", "damage"),
    [("nbi", "empty"), *(pytest.param(*case, marks=pytest.mark.long) for case in [("nbc", "half"), ("nbc", "zeros")])],
)
def test_a_user_sees_nothing_of_it(kind: str, damage: str, tmp_path: Path) -> None:
    """As it was found: every file of that kind damaged, then a command and a call, each in a process of its own."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def said(*command: str) -> str:
        run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert (run.returncode, run.stderr) == (0, "")
        return run.stdout

    command = [str(Path(sys.executable).with_name("mftheory")), "solve", "--g", "3", "--json"]
    first = said(*command)
    for program in (command, [sys.executable, "-c", SOLVE]):
        spoilt = list(tmp_path.rglob(f"*.{kind}"))
        assert len(spoilt) > 3
        for path in spoilt:
            path.write_bytes(DAMAGE[damage](path.read_bytes()))
        after = said(*program)
        assert after == first if program is command else float(after) > 0


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (EOFError("Ran out of input"), 1, "a defect of mftheory: EOFError: Ran out of input"),
        (RuntimeError("stopped"), 1, "a defect of mftheory: RuntimeError: stopped"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_only_ctrl_c_is_stopped(error, code: int, line: str, capsys, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(mftheory, "solve", fail)
    monkeypatch.delenv("MFTHEORY_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as stopped, warnings.catch_warnings():
        cli.main(["solve", "--g", "3"])
    assert stopped.value.code == code
    assert capsys.readouterr().err.strip().startswith(f"mftheory: {line}")
