"""The commands together, and what becomes of errors."""

import sys

import typer

from mftheory.cli import figures, formulas, networks, wiring
from mftheory.errors import MFTheoryError

app = typer.Typer(
    help="Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in (*formulas.COMMANDS, *networks.COMMANDS, figures.figure, wiring.connectome):
    app.command()(command)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: bad input is one line on stderr and exit code 2, never a traceback."""
    try:
        code = app(arguments, prog_name="mftheory", standalone_mode=False)
    except MFTheoryError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(error.format_message())
    except typer.Abort:
        _fail("stopped", 130)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int = 2) -> None:
    print("mftheory: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(code)
