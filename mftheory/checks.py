"""Validation of a user's numbers: each failure is one line that names the argument."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork

SMALLEST, LARGEST = 1e-60, 1e60
"""Range of values whose moments up to the fourth are taken."""


def real(argument: str, value: Any, allowed: str) -> float:
    """A real number, NaN included: the caller says what is allowed of it."""
    try:
        array = np.asarray(value)  # nested lists of different lengths are a ValueError
        if array.ndim != 0 or array.dtype.kind not in "iufO":  # no bool, no complex number, no text
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
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


def strength(argument: str, value: Any) -> float:
    """A number above zero of which fourth powers are numbers."""
    number = positive(argument, value)
    if not SMALLEST <= number <= LARGEST:
        raise InvalidNetwork(argument, value, f"must be from {SMALLEST:g} to {LARGEST:g}")
    return number


def integer(argument: str, value: Any, at_least: int) -> int:
    """A whole number of at least `at_least`."""
    allowed = f"must be a whole number of at least {at_least}"
    number = real(argument, value, f"a whole number of at least {at_least}")
    if not math.isfinite(number) or number != int(number) or number < at_least:
        raise InvalidNetwork(argument, value, allowed)
    return int(value)  # not by way of float, which has 53 bits


def real_array(argument: str, values: Any, allowed: str) -> NDArray[np.float64]:
    """A copy of any shape, NaN included, of real numbers: not of texts that read as numbers, nor of complex ones."""
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":
            raise TypeError
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise InvalidNetwork(argument, values, f"must be {allowed}") from None


def nonnegative_array(argument: str, values: ArrayLike) -> NDArray[np.float64]:
    """A non-empty one-dimensional array of finite numbers, none negative, not all zero."""
    wanted = "a non-empty one-dimensional array of finite numbers >= 0, not all 0"
    allowed = f"must be {wanted}"
    array = real_array(argument, values, wanted)
    if array.ndim != 1 or array.size == 0:
        raise InvalidNetwork(argument, values, allowed)
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InvalidNetwork(f"{argument}[{first}]", float(array[first]), "must be a finite number >= 0")
    if not array.any():
        raise InvalidNetwork(argument, values, allowed)
    if not SMALLEST <= array.max() <= LARGEST:
        raise InvalidNetwork(f"max({argument})", float(array.max()), f"must be from {SMALLEST:g} to {LARGEST:g}")
    array.setflags(write=False)
    return array
