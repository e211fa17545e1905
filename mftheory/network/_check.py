"""Validation of a user's numbers: each failure is one line that names the argument."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork


def real(argument: str, value: Any, allowed: str) -> float:
    """A real number, NaN included: the caller says what is allowed of it."""
    if isinstance(value, str | bytes | bool | complex) or np.ndim(value) != 0:
        raise InvalidNetwork(argument, value, f"must be {allowed}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, value, f"must be {allowed}") from None


def positive(argument: str, value: Any) -> float:
    """A finite number above zero."""
    number = real(argument, value, "a finite number above 0")
    if not (math.isfinite(number) and number > 0):
        raise InvalidNetwork(argument, value, "must be a finite number above 0")
    return number


def nonnegative(argument: str, value: Any) -> float:
    """A finite number, zero or above."""
    number = real(argument, value, "a finite number >= 0")
    if not (math.isfinite(number) and number >= 0):
        raise InvalidNetwork(argument, value, "must be a finite number >= 0")
    return number


def integer(argument: str, value: Any, at_least: int) -> int:
    """A whole number of at least `at_least`."""
    allowed = f"must be a whole number of at least {at_least}"
    number = real(argument, value, f"a whole number of at least {at_least}")
    if not math.isfinite(number) or number != int(number) or number < at_least:
        raise InvalidNetwork(argument, value, allowed)
    return int(number)


def nonnegative_array(argument: str, values: ArrayLike) -> NDArray[np.float64]:
    """A non-empty one-dimensional array of finite numbers, none negative, not all zero."""
    allowed = "must be a non-empty one-dimensional array of finite numbers >= 0, not all 0"
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, values, allowed) from None
    if array.ndim != 1 or array.size == 0:
        raise InvalidNetwork(argument, values, allowed)
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InvalidNetwork(f"{argument}[{first}]", float(array[first]), "must be a finite number >= 0")
    if not array.any():
        raise InvalidNetwork(argument, values, allowed)
    array.setflags(write=False)
    return array
