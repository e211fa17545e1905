"""Checks of calls: for an argument that a function does not take, one line that says what it takes.

Arrays with masked entries are refused here too, wherever they are given: NumPy would drop the mask. A call that fits
costs little more than one more function call: signatures are read only after Python has refused one.
"""

import functools
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

from mftheory.errors import InvalidCall, InvalidNetwork
from mftheory.wording import counted, did_you_mean, meant

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


def checked_call(function: Callable[P, R]) -> Callable[P, R]:
    """Return the same function, which raises `InvalidCall` for arguments that it does not take.

    Examples
    --------
    >>> from mftheory.arguments import checked_call
    >>> @checked_call
    ... def area(width: float, height: float = 1.0) -> float:
    ...     return width * height
    >>> area(2.0, hieght=3.0)
    Traceback (most recent call last):
    ...
    mftheory.errors.InvalidCall: area: no argument 'hieght' (did you mean height?); it takes width, height
    """
    return _checked(function, method=False)


def checked_calls(owner: C) -> C:
    """Check calls of a class's constructor and public methods; it goes above ``@dataclass``, which makes it."""
    for name, member in list(vars(owner).items()):
        if name.startswith("_") and name not in ("__init__", "__call__"):
            continue
        if isinstance(member, FunctionType):
            setattr(owner, name, _checked(member, method=True))
        elif isinstance(member, classmethod):
            setattr(owner, name, classmethod(_checked(member.__func__, method=True)))
        elif isinstance(member, staticmethod):
            setattr(owner, name, staticmethod(_checked(member.__func__, method=False)))
    return owner


def refuse_unknown(function: Callable[..., Any], given: Mapping[str, Any], passed_on: Iterable[str]) -> None:
    """Refuse settings that neither a function takes nor the one that it passes them on to.

    Parameters
    ----------
    function : callable
        Function whose ``**settings`` are `given`.
    given : mapping
    passed_on : iterable of str
        The names of settings that exist.

    Raises
    ------
    InvalidCall
    """
    known = tuple(dict.fromkeys((*names_of(function), *passed_on)))
    for name in given:
        if name not in known:
            raise InvalidCall(_unknown(function.__qualname__, name, known, given))


def refuse_missing(function: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """Refuse arguments that are None, of a function that may go without them for some kinds of input only.

    Raises
    ------
    InvalidCall
    """
    from inspect import Parameter, signature

    if missing := [name for name, value in given.items() if value is None]:
        more = [p.name for p in signature(function).parameters.values() if p.kind is Parameter.VAR_KEYWORD]
        raise InvalidCall(_missing(function.__qualname__, missing, names_of(function), more))


def refuse_masked(given: Mapping[str, Any]) -> None:
    """Refuse arrays of which entries are masked, as values or in a dict, list or tuple of them.

    Raises
    ------
    InvalidNetwork
        Naming the argument.
    """
    for name, value in given.items():
        if count := _masked(value):
            allowed = f"must have no masked entries (here {count}): leave them out, or fill them, as x.filled(0.0) does"
            raise InvalidNetwork(name, value, allowed)


def _refuse_masked(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if "numpy.ma" not in sys.modules:  # nobody has made one
        return
    if any(map(_masked, args)) or any(map(_masked, kwargs.values())):
        from inspect import signature

        try:
            by_name = signature(function).bind(*args, **kwargs).arguments
        except TypeError:  # they do not fit, which is said elsewhere
            return
        refuse_masked({**by_name, **kwargs})


def _masked(value: Any) -> int:
    """Return the number of masked entries of an array, or of the arrays in a dict, list or tuple."""
    module = sys.modules.get("numpy.ma")
    if module is None:
        return 0
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,)
    return sum(int(each.mask.sum()) for each in inside if isinstance(each, module.MaskedArray))


def _checked(function: Callable[P, R], method: bool) -> Callable[P, R]:
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        _refuse_masked(function, args, kwargs)
        try:
            return function(*args, **kwargs)
        except TypeError:
            fault = _fault(function, args, kwargs, method)
            if fault is None:  # the arguments fit: the error is another
                raise
        raise InvalidCall(fault)

    return call


def _fault(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], method: bool) -> str | None:
    """Return what is wrong with the arguments; None if they fit, so that an error has another cause."""
    from inspect import Parameter, signature

    known = signature(function)
    try:
        known.bind(*args, **kwargs)
    except TypeError:
        pass
    else:
        return None
    where = function.__qualname__
    if where.endswith((".__init__", ".__call__")):
        where = type(args[0]).__name__ if args else where.rpartition(".")[0]
    parameters = list(known.parameters.values())[int(method) :]
    args = args[int(method) :]
    named = [p.name for p in parameters if p.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)]
    by_place = [p.name for p in parameters if p.kind is Parameter.POSITIONAL_OR_KEYWORD]
    more = [p.name for p in parameters if p.kind is Parameter.VAR_KEYWORD]
    various = [p.name for p in parameters if p.kind is Parameter.VAR_POSITIONAL]
    given = {*by_place[: len(args)], *kwargs}
    for name in kwargs:
        if name not in named and not more:
            return _unknown(where, name, [*various, *named], given)
    if len(args) > len(by_place) and not various:
        most = f"at most {counted(len(by_place), 'argument')}" if by_place else "no argument"
        return f"{where}: {most} by position, not {len(args)}; {_takes(named, more)}"
    for name in by_place[: len(args)]:
        if name in kwargs:
            return f"{where}: argument {name!r} is given twice; {_takes(named, more)}"
    missing = [p.name for p in parameters if p.name in named and p.default is Parameter.empty and p.name not in given]
    return _missing(where, missing, named, more)


def _missing(where: str, missing: Sequence[str], names: Iterable[str], more: Iterable[str] = ()) -> str:
    lacks = f"argument {missing[0]!r} is" if len(missing) == 1 else f"arguments {', '.join(map(repr, missing))} are"
    return f"{where}: {lacks} missing; {_takes(names, more)}"


def _unknown(where: str, name: str, names: Sequence[str], given: Iterable[str]) -> str:
    hint = did_you_mean(meant(name, [one for one in names if one not in set(given)]))
    return f"{where}: no argument {name!r}{hint}; {_takes(names)}"


def _takes(names: Iterable[str], more: Iterable[str] = ()) -> str:
    listed = ", ".join((*names, *(f"and {name}" for name in more)))
    return f"it takes {listed}" if listed else "it takes none"


@functools.cache
def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments of a function, without those that it passes on."""
    from inspect import Parameter, signature

    various = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return tuple(p.name for p in signature(function).parameters.values() if p.kind not in various)
