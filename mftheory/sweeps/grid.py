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
"""Value of a parameter: what a file can hold as a coordinate."""

RESERVED_NAMES = ("n", "network", "observable", "tau")
"""Names of axes that sweeps have beside those of their parameters."""

MAX_POINTS = 1_000_000
"""Maximum number of points: more would take longer to list than one to solve, and are a slip of the hand."""


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
        """Check names and values, and return their grid.

        Raises
        ------
        InvalidNetwork
            If there is no parameter, a name is no identifier or is taken, values are not different finite numbers or
            texts, or there are more than a million combinations.
        """
        if not isinstance(over, Mapping) or not over:
            raise InvalidNetwork("over", over, "must be a dict of parameters and their values, at least one")
        grid = cls({_name(name): _values(f"over[{name!r}]", values) for name, values in over.items()})
        if math.prod(grid.shape) > MAX_POINTS:
            raise InvalidNetwork(
                "over", grid.shape, f"makes {math.prod(grid.shape):,} points; at most {MAX_POINTS:,} go"
            )
        return grid

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters, in order."""
        return tuple(self.over)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the number of values of each parameter."""
        return tuple(len(values) for values in self.over.values())

    def points(self) -> list[dict[str, Value]]:
        """Return each combination of values, by the names of the parameters."""
        return [dict(zip(self.over, values, strict=True)) for values in itertools.product(*self.over.values())]

    def networks(self, family: Callable[..., Any]) -> list[Samplable]:
        """Return the networks that the family makes of the points.

        Raises
        ------
        InvalidNetwork
            If the family takes other parameters, refuses a point, or makes something that is no network.
        """
        if not callable(family):
            raise InvalidNetwork("family", family, "must be a function from the parameters in over to a Network")
        networks = []
        for point in self.points():
            where = point_name(point)
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
            networks.append(network)
        return networks


def point_name(point: Mapping[str, Value]) -> str:
    """Return a point in words, such as ``g = 3.0, effective_rank = 0.5``."""
    return ", ".join(f"{name} = {value!r}" for name, value in point.items())


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier() or name in RESERVED_NAMES:
        raise InvalidNetwork("over", name, f"names must be identifiers other than {', '.join(RESERVED_NAMES)}")
    return name


def _values(argument: str, values: Any) -> tuple[Value, ...]:
    allowed = "must be different finite numbers, or different texts, at least one"
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray | range) or len(values) == 0:
        raise InvalidNetwork(argument, values, allowed)
    if len(values) > MAX_POINTS:
        raise InvalidNetwork(argument, values, f"must be at most {MAX_POINTS:,} values")
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
