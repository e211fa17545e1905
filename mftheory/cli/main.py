"""The commands together, and the handling of errors."""

import errno
import os
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import typer

import mftheory
from mftheory.cli import console, figure_commands, formula_commands, network_commands, wiring_command
from mftheory.cli.examples import EXAMPLES, START, epilog
from mftheory.cli.refusals import in_shell, refuse_digit_groups, said_by, said_of
from mftheory.errors import MFTheoryError

DEFECT, REFUSED, STOPPED, UNREAD, TERMINATED = 1, 2, 130, 141, 143
"""Exit codes; those above 128 are the sum of 128 and a signal's number.

UNREAD is that of a program that SIGPIPE ends, as `head` ends every other in a pipe: `set -o pipefail` tells it from
success, and whoever does not ask for it never sees it.
"""
TRACEBACK = "MFTHEORY_TRACEBACK"
"""The environment variable that makes a defect show where it is."""

OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""Numbers of errors that concern standard output where the error names no file."""

Command = Callable[..., Any] | None
"""Type of the function that is called, if the first word names one."""

app = typer.Typer(
    help="Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself.",
    epilog=epilog(START),
    no_args_is_help=False,
    add_completion=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)

COMMANDS = {
    f.__name__: f
    for f in (*formula_commands.COMMANDS, *network_commands.COMMANDS, figure_commands.figure, wiring_command.connectome)
}
for _name, _command in COMMANDS.items():
    app.command(epilog=epilog(EXAMPLES[_name]))(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mftheory {mftheory.__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


def main(arguments: list[str] | None = None) -> None:
    """Run a command line: bad input is one line on stderr and exit code 2, never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    command = COMMANDS.get(next(iter(arguments), ""))
    with warnings.catch_warnings(), console.ended_in_order(TERMINATED):
        warnings.showwarning = partial(_warn, command)
        _run(arguments or ["--help"], command)


def _run(arguments: list[str], command: Command) -> None:
    try:
        console.prepare()
        if command is not None:
            refuse_digit_groups(command, arguments)
        code = app(arguments, prog_name="mftheory", standalone_mode=False)
    except MFTheoryError as error:
        _fail(said_by(error, command))
    except typer.TyperException as error:
        _fail(said_of(error))
    except KeyboardInterrupt:
        _fail("stopped", STOPPED)
    except SystemExit as stopped:
        if isinstance(stopped.__context__, BrokenPipeError):  # typer has caught it; the reader has seen enough
            console.abandon()
            sys.exit(UNREAD)
        if stopped.code == TERMINATED:
            _fail("stopped", TERMINATED)
        raise
    except OSError as error:
        console.abandon()
        file = error.filename or ("standard output" if error.errno in OUTPUT_ERRORS else None)
        _fail(f"{'' if file is None else f'{file}: '}{error.strerror or error}")
    except MemoryError:
        _fail("this needs more memory than there is")
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        cause = error.__cause__ if isinstance(error, typer.Abort) else error  # typer makes one of any EOFError
        _fail(f"a defect of mftheory: {type(cause).__name__}: {cause} ({TRACEBACK}=1 shows where)", DEFECT)
    else:
        if code == STOPPED:  # typer has caught Ctrl-C
            _fail("stopped", STOPPED)
        sys.exit(code if isinstance(code, int) else 0)


def _warn(command: Command, message: Warning | str, *where: Any, **more: Any) -> None:
    """Print a warning as one line, without the place in the source."""
    del where, more
    console.complain(str(message) if command is None else in_shell(str(message), command))


def _fail(message: str, code: int = REFUSED) -> None:
    if code in (STOPPED, TERMINATED):
        console.stop_listening()
    console.complain(message)
    sys.exit(code)
