"""Bad input of every kind: the error's type, its one line, exit code 2, and nothing written."""

import re
import shlex
from pathlib import Path

import pytest
from safety.bad_input_cases import ANYTHING, ROWS, Row
from safety.bad_input_files import write
from safety.bad_input_names import NAMES
from safety.bad_input_page import PAGE, page

import mftheory as mf
from mftheory import cli

CALLS = [row for rows in ROWS.values() for row in rows if not row.given.startswith("mftheory ")]
COMMANDS = [row for rows in ROWS.values() for row in rows if row.given.startswith("mftheory ")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the table's files."""
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def is_said(message: str, found: str) -> bool:
    return re.fullmatch(re.escape(message).replace(ANYTHING, ".*"), found) is not None


@pytest.mark.parametrize("row", CALLS, ids=lambda row: row.given[:60].encode("ascii", "replace").decode())
def test_a_bad_call_raises_one_line_and_writes_nothing(row: Row, folder: Path) -> None:
    before = content(folder)
    with pytest.raises(mf.MFTheoryError) as caught:
        eval(row.given, dict(NAMES))
    assert type(caught.value).__name__ == row.error
    assert is_said(row.message, str(caught.value)), str(caught.value)
    assert content(folder) == before


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.given[:60])
def test_a_bad_command_is_one_line_on_stderr_and_writes_nothing(row: Row, folder: Path, capsys) -> None:
    before = content(folder)
    with pytest.raises(SystemExit) as stopped:
        cli.main(shlex.split(row.given)[1:])
    out, err = capsys.readouterr()
    assert row.error == "exit code 2"
    assert stopped.value.code == 2
    assert out == ""
    assert err.startswith("mftheory: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert is_said(row.message, err.removeprefix("mftheory: ").rstrip("\n")), err
    assert content(folder) == before


def test_the_page_shows_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/safety/bad_input_page.py"
    assert len(CALLS) >= 60
    assert len(COMMANDS) >= 30
    assert all("\n" not in row.message for row in [*CALLS, *COMMANDS])


def test_any_value_is_shown_in_a_short_line_and_at_once() -> None:
    """Nested lists, huge numbers and texts, objects that cannot be shown: repr would recurse, copy or raise."""
    nested: list[object] = []
    for _ in range(10**5):
        nested = [nested]

    class Unshowable:
        def __repr__(self) -> str:
            raise RuntimeError

    for value in (nested, 10**10_000, "x" * 10**7, [0] * 10**7, Unshowable(), "a\nb\u2028c", b"\0" * 10**7):
        with pytest.raises(mf.InvalidNetwork) as caught:
            mf.IID(value)  # type: ignore[arg-type]
        assert len(str(caught.value).splitlines()) == 1
        assert len(str(caught.value)) < 120


@pytest.mark.parametrize("seed", [2**53 + 1, 2**64 + 1])
def test_large_seeds_are_not_rounded(seed: int) -> None:
    """A float has 53 bits: neighbouring seeds must give different couplings."""
    here, below = mf.IID(2.0).sample(4, seed).dense(), mf.IID(2.0).sample(4, seed - 1).dense()
    assert not (here == below).any()


def test_no_command_at_all_is_a_question_for_help(capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([])
    out, err = capsys.readouterr()
    assert (stopped.value.code, err) == (0, "")
    assert out.startswith("Usage: mftheory")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "figures/a.json"), "figures/a.json: No space left on device"),
        (PermissionError(13, "Permission denied", "a.png"), "a.png: Permission denied"),
        (MemoryError(), "this needs more memory than there is"),
    ],
)
def test_what_the_machine_refuses_is_one_line_too(error, said: str, capsys, monkeypatch) -> None:
    """A disk that fills up or a memory that ends while a command works."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(mf, "solve", fail)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["solve", "--g", "3"])
    out, err = capsys.readouterr()
    assert (stopped.value.code, out, err) == (2, "", f"mftheory: {said}\n")
