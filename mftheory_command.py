"""The command `mftheory`, outside the package: importing that takes a second, in which Ctrl-C ends in one line too."""

import os
import signal
from typing import NoReturn

STOPPED = 130
"""Exit code: the sum of 128 and the number of SIGINT, as for a command that is stopped later."""


def main() -> None:
    """Import the command line, then run it."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not behind nohup
    if interruptible:
        signal.signal(signal.SIGINT, _stopped)
    from mftheory.cli import main as run

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _stopped(*_: object) -> NoReturn:
    """Leave at once: an exception would be met by extension modules, which print it and raise another."""
    os.write(2, b"mftheory: stopped\n")
    os._exit(STOPPED)
