"""Commands that are stopped: one line, the exit code of the signal, and neither a worker nor a warning is left."""

import os
import signal
import subprocess
import sys
import time

import pytest

psutil = pytest.importorskip("psutil")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")

LASTING = ("sweep", "--g", "3:6:4", "--what", "simulate", "--n", "400", "--duration", "2000", "--jobs", "2")


def started(*arguments: str) -> "subprocess.Popen[str]":
    """A command in a session of its own, as a terminal starts it: Ctrl-C is heard."""
    return subprocess.Popen(
        [sys.executable, "-m", "mftheory.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # pytest may run where it is not
    )


def workers(process: "subprocess.Popen[str]") -> list[int]:
    """The numbers of loky's worker processes."""
    try:
        below = psutil.Process(process.pid).children(recursive=True)
        return [one.pid for one in below if any("LokyProcess" in word for word in one.cmdline())]
    except psutil.Error:
        return []


@pytest.mark.parametrize(
    ("delay", "to_all", "sent", "code"),
    [
        pytest.param(0.0, True, [signal.SIGINT], 130, id="as-workers-start"),
        pytest.param(1.5, True, [signal.SIGINT, signal.SIGINT], 130, id="twice"),
        pytest.param(0.5, False, [signal.SIGTERM], 143, id="timeout"),
        pytest.param(0.2, True, [signal.SIGINT], 130, id="workers-import", marks=pytest.mark.long),
        pytest.param(4.0, True, [signal.SIGINT], 130, id="workers-work", marks=pytest.mark.long),
        pytest.param(0.0, False, [signal.SIGTERM], 143, id="timeout-at-once", marks=pytest.mark.long),
    ],
)
def test_a_stopped_command_says_so_in_one_line_and_leaves_nothing(delay, to_all, sent, code) -> None:
    """A terminal sends Ctrl-C to the whole group; `timeout` and batch systems send SIGTERM to the command."""
    process = started(*LASTING)
    deadline = time.monotonic() + 120.0
    while not (there := workers(process)) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(delay)
    there = workers(process)
    for number in sent:
        (os.killpg if to_all else os.kill)(process.pid, number)
        time.sleep(0.1)
    out, err = process.communicate(timeout=60)
    assert there
    assert (process.returncode, out, err) == (code, "", "mftheory: stopped\n")
    assert not [pid for pid in there if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


STARTING = """
import os, signal, sys
class Interrupting:  # Ctrl-C in the middle of an import
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.{handler})
sys.argv = ["mftheory", "--version"]
from mftheory_command import main
main()
"""


@pytest.mark.parametrize("module", ["mftheory", "numpy._core.multiarray", "numpy.linalg", "typer", "mftheory.cli.main"])
def test_stopped_while_it_starts(module: str) -> None:
    """A second of imports, before the command line could answer."""
    code = STARTING.format(module=module, handler="default_int_handler")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "mftheory: stopped\n")


def test_what_nohup_started_is_not_stopped() -> None:
    code = STARTING.format(module="typer", handler="SIG_IGN")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_bar_of_one_process_has_no_lock_between_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be a named semaphore, which a process that is ended leaves behind on some systems."""
    import io

    from mftheory.progress import Progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def refuse(*_: object) -> None:
        raise AssertionError("a lock between processes")

    monkeypatch.setattr("multiprocessing.RLock", refuse)
    with Progress(2, "simulate", "network", file=Terminal()) as bar:
        bar.update()
        assert bar._bar.total == 2


def test_main_leaves_the_signals_of_its_caller_alone() -> None:
    from mftheory import cli

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert signal.getsignal(signal.SIGTERM) is before
