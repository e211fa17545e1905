"""What cannot be used of a command line, in one line: what was given and what is allowed."""

from typing import Any

import typer

from mftheory.cli.examples import EXAMPLES
from mftheory.errors import InvalidNetwork
from mftheory.wording import did_you_mean, meant

ALLOWED = {"float": "must be a number", "int": "must be a whole number"}


def said_of(error: typer.TyperException) -> str:
    """One line of an error in the usage of a command.

    Parameters
    ----------
    error : typer.TyperException
        As the parser raises it: an option that is missing, unknown or of the wrong type.
    """
    message = error.format_message()
    if isinstance(error, typer.BadParameter):
        return _of_value(error) or _of_what_is_missing(error, message)
    if (option := getattr(error, "option_name", None)) is not None:
        return _of_unknown(error, str(option)) or error.message
    if message.startswith("No such command"):
        name = message.split("'")[1]
        return f"No such command: {name!r}{did_you_mean(meant(name, EXAMPLES))}; commands: {', '.join(EXAMPLES)}"
    return message


def _of_unknown(error: Any, option: str) -> str | None:
    """An option that the command does not have, and the one that is likely to be meant."""
    known = {name: opt for parameter in error.ctx.command.params for opt in parameter.opts for name in [_plain(opt)]}
    likely = [known[name] for name in meant(_plain(option), known)]
    return f"No such option: {option}{did_you_mean(likely)}" if likely else None


def _plain(option: str) -> str:
    return option.lstrip("-").replace("-", "_")


def _of_value(error: typer.BadParameter) -> str | None:
    """A value of the wrong type: pydantic, which the parser asks, knows which it was and why."""
    details = getattr(error.__cause__, "errors", None)
    if details is None or error.param is None:
        return None
    first = details()[0]
    allowed = ALLOWED.get(str(first["type"]).split("_", maxsplit=1)[0])
    return None if allowed is None else str(InvalidNetwork(error.param.opts[0], first["input"], allowed))


def _of_what_is_missing(error: typer.BadParameter, message: str) -> str:
    context: Any = error.ctx
    examples = EXAMPLES.get(context.info_name, ()) if context is not None else ()
    return f"{message.rstrip('.')}; such as: {examples[0]}" if examples else message
