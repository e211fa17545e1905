"""The console as it is: encodings without Greek, output that is closed, full or no longer read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mftheory.cli import console

COMMAND = [sys.executable, "-m", "mftheory.cli"]
REFUSED = ("solve", "--g", "1")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells of their own are POSIX")


def shell(redirected: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A command in a shell, redirected as a user does it."""
    words = " ".join([*COMMAND, *arguments])
    env = {**os.environ, **environment}
    return subprocess.run(["bash", "-c", f"{words} {redirected}"], capture_output=True, env=env, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "iso8859-7", "utf-8"])
@pytest.mark.parametrize(
    "arguments",
    [("formulas", "psi-rmm"), ("derive", "--help"), ("formulas", "psi-overlap", "--python"), ("solve", "--g", "²")],
    ids=["formula", "help", "source", "refusal"],
)
def test_any_encoding_shows_all_there_is_in_characters_that_it_has(arguments, encoding: str) -> None:
    found = shell("", *arguments, PYTHONIOENCODING=encoding)
    said = (found.stdout + found.stderr).decode(encoding)
    assert found.returncode == (2 if "--g" in arguments else 0), said
    assert "UnicodeEncodeError" not in said
    wanted = {"formulas": ("Ψ(ω1, ω2)", "Psi(omega1, omega2)"), "derive": ("⟨G²⟩ = 1", "<G²> = 1", "<G^2> = 1")}
    if "--python" not in arguments and arguments[0] in wanted:
        assert any(text in said for text in wanted[arguments[0]])


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_the_locale_of_a_batch_job(locale: str) -> None:
    found = shell("", "formulas", "psi-rmm", LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (found.returncode, found.stderr) == (0, b"")
    assert b"Psi(omega1, omega2) of phi" in found.stdout
    assert found.stdout.isascii()


def test_every_character_that_the_package_writes_is_readable_in_ascii() -> None:
    """In messages, help, reports: no escape but of a user's own characters."""
    package = Path(console.__file__).parents[1]
    written = {c for file in package.rglob("*.py") for c in file.read_text(encoding="utf-8") if not c.isascii()}
    assert len(written) > 50
    assert {c for c in written if console.readable(c).startswith("\\")} == {"漢"}  # of an example
    assert [console.readable(c) for c in "λΨ½⟨"] == ["lambda", "Psi", "1/2", "<"]
    assert "".join(map(console.readable, "±ω₁²漢\ud800")) == r"+-omega_1^2\u6f22\ud800"


def test_a_reader_that_has_seen_enough_ends_the_command_as_it_ends_others() -> None:
    """128 + SIGPIPE, and nothing is said: `derive --steps` writes more than a pipe that is closed takes."""
    found = shell("| head -1; echo ${PIPESTATUS[@]}", "formulas", "psi-overlap", "--derive")
    assert found.stdout.splitlines()[-1] == b"141 0"
    assert found.stderr == b""


@pytest.mark.parametrize("arguments", [("formulas",), ("--help",), ("solve", "--g", "3", "--json")], ids=lambda a: a[0])
@pytest.mark.parametrize(
    ("redirected", "said"),
    [
        (">&-", b"standard output is closed; > /dev/null if no result is wanted"),
        (">/dev/full", b"standard output: No space left on device"),
        ("1</dev/null", b"standard output: Bad file descriptor"),
    ],
    ids=["closed", "full", "read-only"],
)
def test_a_result_that_nobody_gets_is_an_error(arguments, redirected: str, said: bytes) -> None:
    if "full" in redirected and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    found = shell(redirected, *arguments)
    assert (found.returncode, found.stdout, found.stderr) == (2, b"", b"mftheory: " + said + b"\n")


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/null", "2>/dev/full"])
def test_the_exit_code_tells_where_standard_error_cannot(redirected: str) -> None:
    found = shell(redirected, *REFUSED)
    assert (found.returncode, found.stdout, found.stderr) == (2, b"", b"")
