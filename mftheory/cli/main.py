"""The commands together, and what becomes of errors."""

import sys

import typer

from mftheory.cli import figures, formulas, networks, wiring
from mftheory.errors import MFTheoryError

app = typer.Typer(
    help="Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself.",
    no_args_is_help=False,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in (*formulas.COMMANDS, *networks.COMMANDS, figures.figure, wiring.connectome):
    app.command()(command)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: bad input is one line on stderr and exit code 2, never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(arguments or ["--help"], prog_name="mftheory", standalone_mode=False)
    except MFTheoryError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(error.format_message())
    except typer.Abort:
        _fail("stopped", 130)
    except BrokenPipeError:  # whoever read the output has seen enough, such as `| head`
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        file = "" if error.filename is None else f"{error.filename}: "
        _fail(f"{file}{error.strerror or error}")
    except MemoryError:
        _fail("this needs more memory than there is")
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int = 2) -> None:
    print("mftheory: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(code)
