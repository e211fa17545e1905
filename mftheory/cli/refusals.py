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
        return _of_value(error) or _with_example(error, message)
    option = getattr(error, "option_name", None)
    if option is not None and getattr(error, "ctx", None) is not None:  # without a context it lacks its value
        return _of_unknown(error, str(option)) or error.message
    if message.startswith("No such command"):
        name = message.split("'")[1]
        hint = did_you_mean(meant(name, [*EXAMPLES, "--help"]))
        return f"No such command: {name!r}{hint}; commands: {', '.join(EXAMPLES)}"
    return _with_example(error, message)


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


def _with_example(error: Any, message: str) -> str:
    context = getattr(error, "ctx", None)
    examples = EXAMPLES.get(context.info_name, ()) if context is not None else ()
    return f"{message.rstrip('.')}; such as: {examples[0]}" if examples else message
