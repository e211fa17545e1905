"""The commands together, and what becomes of errors."""

import os
import sys
import warnings
from typing import Annotated, Any

import typer

import mftheory
from mftheory.cli import figures, formulas, networks, wiring
from mftheory.cli.examples import EXAMPLES, START, epilog
from mftheory.cli.refusals import said_of
from mftheory.errors import MFTheoryError

DEFECT, REFUSED, STOPPED = 1, 2, 130
TRACEBACK = "MFTHEORY_TRACEBACK"
"""Set in the environment: a defect shows where it is."""

app = typer.Typer(
    help="Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself.",
    epilog=epilog(START),
    no_args_is_help=False,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in (*formulas.COMMANDS, *networks.COMMANDS, figures.figure, wiring.connectome):
    app.command(epilog=epilog(EXAMPLES[command.__name__]))(command)


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
    """Entry point: bad input is one line on stderr and exit code 2, never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    with warnings.catch_warnings():
        warnings.showwarning = _warn
        _run(arguments or ["--help"])


def _run(arguments: list[str]) -> None:
    try:
        code = app(arguments, prog_name="mftheory", standalone_mode=False)
    except MFTheoryError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(said_of(error))
    except KeyboardInterrupt:
        _fail("stopped", STOPPED)
    except BrokenPipeError:  # whoever read the output has seen enough, such as `| head`
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        file = "" if error.filename is None else f"{error.filename}: "
        _fail(f"{file}{error.strerror or error}")
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


def _warn(message: Warning | str, *where: Any, **more: Any) -> None:
    """One line, without the place in the source."""
    del where, more
    print("mftheory: " + " ".join(str(message).split()), file=sys.stderr)


def _fail(message: str, code: int = REFUSED) -> None:
    print("mftheory: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(code)
