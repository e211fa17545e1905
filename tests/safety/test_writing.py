"""The one writer of files: nobody else writes, what was there stays until the new is whole, no pipe is replaced."""

import ast
import errno
import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib.figure
import pytest

import mftheory as mf
from mftheory import plots, storage
from mftheory.figures.frame import write_report
from mftheory.figures.records_on_disk import Records
from mftheory.results import Comparison, Estimate
from mftheory.results.comparison import ComparedPoint, SizeAverage

PACKAGE = Path(mf.__file__).parent
POSIX = pytest.mark.skipif(os.name != "posix", reason="modes, pipes and links are POSIX")

# Nobody else writes: what the source may call, and where.

WRITING = {"write_text", "write_bytes", "savefig", "imsave", "tofile", "savez", "savez_compressed", "savetxt", "to_csv",
           "to_json", "to_pickle", "to_parquet", "to_feather", "to_hdf", "to_zarr", "to_excel", "to_html", "touch",
           "mkdir", "makedirs", "symlink_to", "hardlink_to", "mkfifo", "truncate", "ftruncate", "mkstemp", "mkdtemp",
           "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "FileHandler", "memmap", "open_memmap",
           "write_graphml", "save_npz", "copyfile", "copy2", "copytree", "move"}  # fmt: skip
"""Methods and functions that write a file, make a folder or a link, whatever they are called on."""
OF_MODULES = {"np.save", "numpy.save", "json.dump", "pickle.dump", "os.open", "os.rename", "os.replace", "os.link",
              "os.symlink", "shutil.copy"}  # fmt: skip
ALLOWED = {
    "storage/writing.py": "is the writer",
    "sweeps/journal.py": "appends lines with checksums and never replaces",
    "kernels/cache.py": "makes the folder of compiled kernels, closed to others, or one of this process",
    "plots/style.py: savefig": "draws into memory",
    "cli/console.py: open": "opens the null device in place of a stream that is closed",
    "derivations/naming.py: rename": "renames symbols",
}


def found_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        whole = ast.unparse(node.func)
        if name in WRITING or whole in OF_MODULES:
            yield name
        elif name == "to_netcdf" and (node.args or any(k.arg == "path" for k in node.keywords)):
            yield name  # without a path it makes bytes
        elif name == "open" and whole != "os.open":
            texts = [a.value for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
            if any(isinstance(t, str) and set("wax+") & set(t) and set(t) <= set("rwaxbt+U") for t in texts):
                yield name
        elif name == "File" and "h5" in whole and not any(ast.unparse(a) == "'r'" for a in node.args):
            yield name
        elif name in ("replace", "rename") and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            yield name if not node.keywords and "dataclass" not in whole else ""


def test_nobody_else_writes_files() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE).as_posix()
        for what in found_in(ast.parse(path.read_text(encoding="utf-8"))):
            if what and where not in ALLOWED and f"{where}: {what}" not in ALLOWED:
                wrong.append(f"{where}: {what}")
    assert not wrong


@pytest.mark.parametrize(
    "code",
    ["open(p, 'w')", "p.open('ab')", "open(p, mode='x')", "gzip.open(p, 'wt')", "p.write_text(t)", "fig.savefig(p)",
     "np.save(p, a)", "json.dump(r, f)", "data.to_netcdf(p)", "data.to_netcdf(path=p)", "part.replace(p)",
     "os.replace(a, b)", "h5py.File(p, 'w')", "h5py.File(p)", "frame.to_csv(p)", "p.touch()", "p.mkdir()"],
)  # fmt: skip
def test_the_search_finds_what_it_should(code: str) -> None:
    assert any(found_in(ast.parse(code)))


# What is written, by everything that writes.


def _result(path: Path) -> None:
    sizes = (SizeAverage(50, 2, Estimate(0.1, 0.01), 0.02),)
    Comparison((ComparedPoint({"g": 2.0}, 0.1, Estimate(0.08, 0.01), -0.3, 2.5, sizes),)).save(path)


def _picture(path: Path) -> None:
    plots.save(plots.figure()[0], path)


def _report(path: Path) -> None:
    write_report(path.stem, path.parent, {"figure": "f" * 500}, "as text")


def _record(path: Path) -> None:
    Records(path.parent).get(path.stem, {"x": 1}, lambda: {"value": "v" * 500})


def _sweep(path: Path) -> None:
    mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [3.0]}, store=path, jobs=1)


WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "bytes": ("a.bin", lambda path: storage.write(path, b"new" * 1000)),
    "text": ("a.txt", lambda path: storage.write(path, "new" * 1000)),
    "result": ("a.nc", _result),
    "picture": ("a.png", _picture),
    "vector picture": ("a.svg", _picture),
    "report": ("a.json", _report),
    "record": ("a.json", _record),
    "sweep": ("a.nc", _sweep),
}
every_writer = pytest.mark.parametrize("writer", WRITERS)


def target_of(writer: str, folder: Path) -> tuple[Path, Callable[[Path], object]]:
    name, write = WRITERS[writer]
    target = folder / name
    if writer == "sweep":  # whose file is only replaced beside its journal
        write(target)
    else:
        target.write_bytes(b"old")
    return target, write


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and "journal" not in path.name}


@POSIX
@every_writer
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_keeps_its_mode(writer: str, mode: int, tmp_path: Path) -> None:
    target, write = target_of(writer, tmp_path)
    target.chmod(mode)
    write(target)
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert target.read_bytes() != b"old"


@POSIX
@every_writer
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_mode_of_the_process(writer: str, mask: int, tmp_path: Path) -> None:
    name, write = WRITERS[writer]
    before = os.umask(mask)
    try:
        write(tmp_path / name)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~mask


@POSIX
@every_writer
def test_through_a_link_its_target_is_replaced(writer: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, write = target_of(writer, tmp_path / "there")
    (tmp_path / target.name).symlink_to(Path("there") / target.name)
    before = target.stat().st_ino
    write(tmp_path / target.name)
    assert (tmp_path / target.name).is_symlink()
    assert target.stat().st_ino != before
    assert target.read_bytes() != b"old"
    assert not target.is_symlink()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _read_only(path: Path) -> None:
    path.write_bytes(b"old")
    path.chmod(0o444)


NO_TARGETS: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (_pipe, "must be a file, and is a named pipe"),
    "folder": (lambda path: path.mkdir(), "must be a file, and is a folder"),
    "device": (lambda path: path.symlink_to("/dev/null"), "must be a file, and is a device"),
    "read-only": (_read_only, "is read-only: choose another file, or make it writable"),
    "link to itself": (lambda path: path.symlink_to(path.name), "must be a file, and is a link to itself"),
    "link to nowhere": (lambda path: path.symlink_to("nowhere/x"), "must be in a folder that exists; there is no "),
    "link to a pipe": (lambda path: (_pipe(path.parent / "p"), path.symlink_to("p")), "is a named pipe"),
}


@POSIX
@every_writer
@pytest.mark.parametrize("kind", NO_TARGETS)
def test_what_is_no_file_to_be_replaced_is_refused(writer: str, kind: str, tmp_path: Path) -> None:
    make, said = NO_TARGETS[kind]
    name, write = WRITERS[writer]
    make(tmp_path / name)
    before = names(tmp_path), (tmp_path / name).lstat()
    with pytest.raises(mf.InvalidFile, match=said) as caught:
        write(tmp_path / name)
    assert "\n" not in str(caught.value)
    after = (tmp_path / name).lstat()
    assert (names(tmp_path), after.st_mode, after.st_ino) == (before[0], before[1].st_mode, before[1].st_ino)


@POSIX
@every_writer
def test_a_name_that_is_too_long_is_one_line_and_the_longest_is_written(writer: str, tmp_path: Path) -> None:
    name, write = WRITERS[writer]
    suffix = Path(name).suffix
    longest = 255 - len(suffix) - (len(".journal") if writer == "sweep" else 0)
    write(tmp_path / ("x" * longest + suffix))
    assert (tmp_path / ("x" * longest + suffix)).stat().st_size > 10
    before = names(tmp_path)
    with pytest.raises(mf.InvalidFile, match="too long") as caught:
        write(tmp_path / ("y" * 256 + suffix))
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == before


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root can act for somebody else")
@every_writer
@pytest.mark.parametrize("mode", [0o000, 0o555])
def test_a_locked_folder_is_one_line(writer: str, mode: int, tmp_path: Path) -> None:
    name, write = WRITERS[writer]
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(mode)
    os.seteuid(65534)
    try:
        with pytest.raises(mf.InvalidFile, match=r"cannot be written|Permission denied") as caught:
            write(locked / name)
    finally:
        os.seteuid(0)
    assert "\n" not in str(caught.value)
    assert names(locked) == []


@every_writer
@pytest.mark.parametrize("fault", ["write", "fsync", "replace", "limit"])
def test_a_full_disk_leaves_the_old_file(writer: str, fault: str, tmp_path: Path, monkeypatch) -> None:
    """At any step: writing half of it, seeing it onto the disk, moving it; and with a real limit of 100 bytes."""
    target, write = target_of(writer, tmp_path)
    before = content(tmp_path)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fail(*_: object) -> None:
        raise full

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with monkeypatch.context() as patch:
        if fault == "write":
            real = os.fdopen

            class Full:
                def __init__(self, *arguments: object) -> None:
                    self.file = real(*arguments)

                def __enter__(self) -> "Full":
                    return self

                def __exit__(self, *_: object) -> None:
                    self.file.close()

                def fileno(self) -> int:
                    return self.file.fileno()

                def write(self, data: bytes) -> None:
                    self.file.write(data[: len(data) // 2])
                    self.file.flush()
                    raise full

            patch.setattr(os, "fdopen", Full)
        elif fault == "limit":
            if writer == "sweep":
                pytest.skip("its journal is longer; tests/sweeps/test_store.py has its limits")
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        else:
            patch.setattr(os, fault, fail)
        try:
            with pytest.raises(mf.InvalidFile, match=r"the disk is full|lets a file be") as caught:
                write(target)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(caught.value)
    assert content(tmp_path) == before
    write(target)
    assert target.read_bytes() != b"old"


def test_ctrl_c_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, write = target_of("bytes", tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write(target)
    assert content(tmp_path) == {"a.bin": b"old"}


def test_what_a_killed_process_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:

    from mftheory.storage.writing import _temporary_name

    target = tmp_path / "a.nc"
    for name in (_temporary_name(target, "0f3a"), _temporary_name(tmp_path / "b.nc", "0f3a"), ".a.nc.part"):
        (tmp_path / name).write_bytes(b"half")
    storage.clear_remains(target)
    assert names(tmp_path) == sorted([_temporary_name(tmp_path / "b.nc", "0f3a"), ".a.nc.part"])


@pytest.mark.parametrize("kind", sorted(matplotlib.figure.Figure().canvas.get_supported_filetypes()))
def test_every_format_of_a_picture_is_written(kind: str, tmp_path: Path) -> None:
    fig, (ax,) = plots.figure()
    ax.plot([0, 1])
    if kind == "pgf" and not shutil.which("xelatex"):
        pytest.skip("needs a program that is not here")
    assert plots.save(fig, tmp_path / f"a.{kind.upper()}").stat().st_size > 100
    assert names(tmp_path) == [f"a.{kind.upper()}"]


@pytest.mark.skipif(os.name != "posix", reason="a home folder is in HOME there")
def test_every_writer_and_reader_knows_the_home_folder(tmp_path: Path, monkeypatch) -> None:
    from mftheory import plots

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    theory = mf.solve(mf.Network(mf.IID(3.0)))
    assert theory.save("~/theory.nc") == tmp_path / "theory.nc"
    assert mf.load("~/theory.nc").dimension() == theory.dimension()
    assert plots.save(theory.plot(), "~/theory.png") == tmp_path / "theory.png"
    mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [3.0]}, store="~/sweep.nc", jobs=1)
    names = {"theory.nc", "theory.png", "sweep.nc", "sweep.nc.journal", "sweep.nc.lock"}
    assert {path.name for path in tmp_path.iterdir()} == names
