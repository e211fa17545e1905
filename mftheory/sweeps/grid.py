"""The parameters of a sweep: names and values, and every combination of them."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from mftheory.errors import InvalidNetwork, MFTheoryError
from mftheory.network.sampled import Samplable

Value = float | int | str
"""Of a parameter: what a file can hold as a coordinate."""

RESERVED = ("n", "network", "observable", "tau")
"""Axes that sweeps have beside those of their parameters."""


MOST = 1_000_000
"""Points: more would take longer to list than any of them to solve, and are a slip of the hand."""


@dataclass(frozen=True)
class Grid:
    """All combinations of the values of some parameters, the last one running fastest.

    Attributes
    ----------
    over : mapping of str to tuple
        The values of each parameter.

    Examples
    --------
    >>> from mftheory.sweeps.grid import Grid
    >>> grid = Grid.of({"g": [2.0, 3.0], "phi": ["erf", "tanh"]})
    >>> grid.shape, list(grid.points())[1]
    ((2, 2), {'g': 2.0, 'phi': 'tanh'})
    """

    over: Mapping[str, tuple[Value, ...]]

    @classmethod
    def of(cls, over: Any) -> "Grid":
        """Checked.

        Raises
        ------
        InvalidNetwork
            If there is no parameter, a name is none or taken, values are not different finite numbers or texts, or
            there are more than a million combinations.
        """
        if not isinstance(over, Mapping) or not over:
            raise InvalidNetwork("over", over, "must be a dict of parameters and their values, at least one")
        grid = cls({_name(name): _values(f"over[{name!r}]", values) for name, values in over.items()})
        if math.prod(grid.shape) > MOST:
            raise InvalidNetwork("over", grid.shape, f"makes {math.prod(grid.shape):,} points; at most {MOST:,} go")
        return grid

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters, in order."""
        return tuple(self.over)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each."""
        return tuple(len(values) for values in self.over.values())

    def points(self) -> list[dict[str, Value]]:
        """Each combination, by name."""
        return [dict(zip(self.over, values, strict=True)) for values in itertools.product(*self.over.values())]

    def networks(self, family: Callable[..., Any]) -> list[Samplable]:
        """What the family makes of each point.

        Raises
        ------
        InvalidNetwork
            If the family takes other parameters, refuses a point, or makes something that is no network.
        """
        if not callable(family):
            raise InvalidNetwork("family", family, "must be a function from the parameters in over to a Network")
        made = []
        for point in self.points():
            where = ", ".join(f"{name} = {value!r}" for name, value in point.items())
            try:
                network = family(**point)
            except InvalidNetwork as error:
                raise InvalidNetwork(error.argument, error.value, f"{error.allowed} (at {where})") from error
            except (MFTheoryError, MemoryError):
                raise
            except Exception as error:  # whatever a user's function does
                kind = "" if isinstance(error, TypeError) else f"{type(error).__name__}: "
                raise InvalidNetwork("family", family, f"fails at {where}: {kind}{error}") from error
            if isinstance(network, type) or not isinstance(network, Samplable):
                allowed = f"must return a Network, not {type(network).__name__} (at {where})"
                raise InvalidNetwork("family", family, allowed)
            made.append(network)
        return made


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier() or name in RESERVED:
        raise InvalidNetwork("over", name, f"names must be identifiers other than {', '.join(RESERVED)}")
    return name


def _values(argument: str, values: Any) -> tuple[Value, ...]:
    allowed = "must be different finite numbers, or different texts, at least one"
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray | range) or len(values) == 0:
        raise InvalidNetwork(argument, values, allowed)
    if len(values) > MOST:
        raise InvalidNetwork(argument, values, f"must be at most {MOST:,} values")
    plain: list[Value] = []
    for value in values:
        if isinstance(value, str):
            plain.append(str(value))
        elif isinstance(value, Real) and not isinstance(value, bool | np.bool_) and math.isfinite(value):
            plain.append(int(value) if isinstance(value, Integral) else float(value))
        else:
            raise InvalidNetwork(argument, value, allowed)
    if len({isinstance(value, str) for value in plain}) > 1 or len(set(plain)) < len(plain):
        raise InvalidNetwork(argument, values, allowed)
    return tuple(plain)
