"""The errors a user can meet.

Every message is one line, names the argument and its value, and says what is allowed.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any


class MFTheoryError(Exception):
    """Base of every error that mftheory raises on purpose.

    In IPython and Jupyter its traceback ends at the user's line that led to it: the message says the rest.
    ``%xmode Verbose`` and ``%tb`` show the whole traceback, ``%debug`` walks through it.
    """

    def _render_traceback_(self) -> list[str]:
        from IPython import get_ipython  # which asks for this, so it is there

        shown = get_ipython().InteractiveTB
        frames, shortened = list(_frames(self.__traceback__)), None
        if shown.mode != "Verbose":
            chain = self.__cause__, self.__suppress_context__
            first = next((k for k, at in enumerate(frames) if _module(at).startswith("mftheory")), len(frames))
            for k, at in reversed(list(enumerate(frames))):
                if k < first or _module(at) == "__main__":  # a user's function that the package called
                    shortened = TracebackType(shortened, at.tb_frame, at.tb_lasti, at.tb_lineno)
            self.__cause__ = None  # inside the package; this sets __suppress_context__ too
            try:
                return list(shown.structured_traceback(type(self), self, shortened))
            finally:
                self.__cause__, self.__suppress_context__ = chain
        return list(shown.structured_traceback(type(self), self, self.__traceback__))


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _module(at: TracebackType) -> str:
    return str(at.tb_frame.f_globals.get("__name__", ""))


class InvalidNetwork(MFTheoryError, ValueError):
    """A network, or a question asked of it, is not described correctly.

    Parameters
    ----------
    argument : str
        Name of the offending argument.
    value : object
        What was given.
    allowed : str
        What would have been accepted, in words.
    """

    def __init__(self, argument: str, value: object, allowed: str) -> None:
        super().__init__(f"{argument} = {_shown(value)}: {allowed}")
        self.argument = argument
        self.value = value
        self.allowed = allowed

    def __reduce__(self) -> tuple[Any, ...]:
        # By default pickle would build it from its message alone: it could not come back from a worker process.
        return type(self), (self.argument, self.value, self.allowed)


def _shown(value: object) -> str:
    """Return a value as one short line, whatever it is."""
    if isinstance(value, str | bytes) and len(value) > 2 * _SHOWN_LENGTH:
        value = value[:_SHOWN_LENGTH] + value[-_SHOWN_LENGTH:]  # type: ignore[operator]  # or it would be copied in full
    elif isinstance(value, list | tuple) and len(value) > _SHOWN_LENGTH:
        value = [*value[:_SHOWN_LENGTH], *value[-_SHOWN_LENGTH:]]
    try:
        shown = repr(value)
    except Exception:  # nested too deep, an integer of too many digits, or not written with care
        shown = f"<{type(value).__name__}>"
    if len(shown) > 60:
        shown = shown[:20] + "..." + shown[-37:]  # the end of a path is the name of the file
    return " ".join(shown.split())


_SHOWN_LENGTH = 60
"""Number of characters or entries at either end of a long value that may be shown."""


class InvalidFile(InvalidNetwork):
    """A file that was to describe a network is missing, unreadable or malformed."""


class InvalidCall(MFTheoryError, TypeError):
    """A call with an argument that the function does not take, or without one that it needs.

    The message names the argument and all that it takes, and the one that was meant where that can be guessed.
    """


class Quiescent(MFTheoryError):
    """Rest is stable (x = 0, or a fixed point), and no fluctuating state is known beside it.

    The message says whether there is none, where it was looked for, or that it was not looked for.
    """


class CondensedModes(MFTheoryError):
    """Activity condenses on single modes, which the theory does not cover."""


class NotConverged(MFTheoryError):
    """An iteration stopped before its residual was small enough.

    Parameters
    ----------
    message : str
        What did not converge and what to change.
    residuals : sequence of float
        Residual after each iteration, oldest first.
    """

    def __init__(self, message: str, residuals: Sequence[float] = ()) -> None:
        super().__init__(message)
        self.residuals = tuple(float(r) for r in residuals)


class Unsupported(MFTheoryError):
    """The question is well posed, but mftheory has no solution for it."""
