"""Refusals of a command line that cannot be used, in one line: what was given and what is allowed."""

import ast
import inspect
import re
import shlex
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import typer

from mftheory.cli.examples import EXAMPLES
from mftheory.errors import InvalidNetwork, MFTheoryError
from mftheory.wording import did_you_mean, meant

ALLOWED = {"float": "must be a number", "int": "must be a whole number"}

PLURALS = {"columns": "column", "transmitters": "transmitter"}
"""Dicts among the arguments of functions, and the options that are given once for each of their entries."""

_VALUE = r"'[^']*'|\w+"
_ENTRY = rf"\{{'(\w+)': ({_VALUE})\}}"


def said_by(error: MFTheoryError, command: Callable[..., Any] | None) -> str:
    """Return an error of the package as one line, its hints as options of the command."""
    if command is None or not isinstance(error, InvalidNetwork):
        return str(error)
    return str(InvalidNetwork(error.argument, error.value, in_shell(error.allowed, command)))


def in_shell(text: str, command: Callable[..., Any]) -> str:
    """Return a hint such as ``columns={'weight': NAME}`` or ``transpose=False`` as somebody types it in a shell.

    Only what the command has as an option is changed.

    Examples
    --------
    >>> from mftheory.cli.refusals import in_shell
    >>> from mftheory.cli.wiring_command import connectome
    >>> in_shell("columns={'sign': NAME} or {'kind': NAME} tells; transpose=False reads", connectome)
    '--column sign=NAME or --column kind=NAME tells; --no-transpose reads'
    >>> in_shell("delimiter=';' reads them; columns={'weight': None} counts; dtype=int", connectome)
    "--delimiter ';' reads them; --column weight= counts; dtype=int"
    """
    options = set(inspect.signature(command).parameters)
    latest = ""

    def spelled(hint: re.Match[str]) -> str:
        nonlocal latest
        mapping, key, entry, name, value = hint.groups()
        name = mapping or name or latest
        latest = PLURALS.get(name, name)
        if latest not in options:
            return hint[0]
        option = f"--{latest.replace('_', '-')}"
        if key:
            return f"{option} {_quoted(f'{key}={_plain_value(entry)}')}"
        if value in ("True", "False"):
            return option if value == "True" else option.replace("--", "--no-", 1)
        return f"{option} {_quoted(_plain_value(value))}"

    return re.sub(rf"(?:\b(\w+)=)?{_ENTRY}|\b(\w+)=({_VALUE})", spelled, text)


def _plain_value(text: str) -> str:
    value = ast.literal_eval(text) if text.startswith("'") else text
    return "" if value == "None" else str(value)


def _quoted(text: str) -> str:
    return "'\\t'" if text == "\t" else shlex.quote(text)


def refuse_digit_groups(command: Callable[..., Any], arguments: Sequence[str]) -> None:
    """Refuse 3_0 for a number: it would be read as 30, as in Python's source.

    Raises
    ------
    InvalidNetwork
    """
    if not any(re.search(r"\d_\d", text) for text in arguments):
        return
    from typing import get_type_hints

    kinds = {f"--{name.replace('_', '-')}": str(kind) for name, kind in get_type_hints(command).items()}
    words = [part for text in arguments for part in (text.split("=", 1) if text.startswith("--") else [text])]
    for option, value in pairwise(words):
        kind = re.search(r"\b(float|int)\b", kinds.get(option, ""))
        if kind and re.search(r"\d_\d", value):
            raise InvalidNetwork(option, value, ALLOWED[kind[1]])


def said_of(error: typer.TyperException) -> str:
    """Return an error in the usage of a command as one line.

    Parameters
    ----------
    error : typer.TyperException
        As the parser raises it: an option that is missing, unknown or of the wrong type.
    """
    message = error.format_message()
    if isinstance(error, typer.BadParameter):
        return _wrong_value(error) or _with_example(error, message)
    option = getattr(error, "option_name", None)
    if option is not None and getattr(error, "ctx", None) is not None:  # without a context it lacks its value
        return _unknown_option(error, str(option)) or error.message
    if message.startswith("No such command"):
        name = message.split("'")[1]
        hint = did_you_mean(meant(name, [*EXAMPLES, "--help"]))
        return f"No such command: {name!r}{hint}; commands: {', '.join(EXAMPLES)}"
    return _with_example(error, message)


def _unknown_option(error: Any, option: str) -> str | None:
    """Return a line on an option that the command does not have, and the one that is likely to be meant."""
    known = {name: opt for parameter in error.ctx.command.params for opt in parameter.opts for name in [_plain(opt)]}
    likely = [known[name] for name in meant(_plain(option), known)]
    return f"No such option: {option}{did_you_mean(likely)}" if likely else None


def _plain(option: str) -> str:
    return option.lstrip("-").replace("-", "_")


def _wrong_value(error: typer.BadParameter) -> str | None:
    """Return a line on a value of the wrong type: pydantic, which the parser asks, knows which it was and why."""
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
