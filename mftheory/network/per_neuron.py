"""Numbers that may differ between neurons: one number for all, an array of one a neuron, or a law."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.errors import InvalidNetwork
from mftheory.network import law_rule
from mftheory.network.distribution import ALLOWED, Atoms, Distribution, Law, distribution_of, is_distribution

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class NeuronValues:
    """An array of one number a neuron: immutable, equal by value, hashable. NumPy takes it as its array.

    Attributes
    ----------
    values : array of shape (size,)
    """

    values: Array

    def __post_init__(self) -> None:
        array = checks.real_array("values", self.values, "a one-dimensional array of finite numbers")
        if array.ndim != 1 or array.size == 0 or not np.all(np.isfinite(array)):
            raise InvalidNetwork("values", self.values, "must be a non-empty one-dimensional array of finite numbers")
        array += 0.0  # -0.0 is 0.0
        array.setflags(write=False)
        object.__setattr__(self, "values", array)

    @property
    def size(self) -> int:
        """Number of neurons."""
        return int(self.values.size)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype=dtype) if copy else np.asarray(self.values, dtype=dtype)

    def __len__(self) -> int:
        return self.size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NeuronValues) and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash(self.values.tobytes())

    def __repr__(self) -> str:
        v = self.values
        return str(v.tolist()) if v.size <= 6 else f"<{v.size} values from {v.min():.4g} to {v.max():.4g}>"


PerNeuron = float | NeuronValues | Distribution | Atoms
"""A number of every neuron, in the forms that a network keeps it in."""


@dataclass(frozen=True)
class Range:
    """The values that an argument may have.

    Attributes
    ----------
    allowed : str
        In words.
    least, most : float
        Range of the size of what is not 0.
    signed, zero : bool
        Whether negative numbers, and 0, are allowed.
    """

    allowed: str
    least: float = checks.SMALLEST
    most: float = checks.LARGEST
    signed: bool = False
    zero: bool = True

    def check(self, argument: str, number: float) -> float:
        """Return the number, in this range, as a float."""
        if not np.isfinite(number) or (number < 0 and not self.signed) or (number == 0 and not self.zero):
            raise InvalidNetwork(argument, number, f"must be {self.allowed}")
        if number != 0 and not self.least <= abs(number) <= self.most:
            raise InvalidNetwork(argument, number, f"must be {'0 or ' if self.signed else ''}{self._sizes()}")
        return float(number) + 0.0

    def check_law(self, argument: str, law: Law, order: int = 2) -> Law:
        """Return the law, which must have values in this range and a finite moment of that order."""
        low, _ = law.support
        if (low < 0 and not self.signed) or (low <= 0 and law.discrete and not (self.signed or self.zero)):
            raise InvalidNetwork(argument, law, f"must have values that are {self.allowed}")
        if not (np.isfinite(moment := law.moment(order)) and moment ** (1.0 / order) <= self.most):
            power = {2: "mean square", 4: "mean fourth power"}[order]
            raise InvalidNetwork(argument, law, f"must have a finite {power}")
        return law

    def _sizes(self) -> str:
        return f"from {self.least:g} to {self.most:g}" + (" in size" if self.signed else "")


RANGES = {
    "noise": Range("a finite number >= 0"),
    "bias": Range("a finite number", signed=True),
    "gains": Range("a finite number >= 0"),
    "tau": Range("a finite number above 0", least=1e-9, most=1e9, zero=False),  # as the rates of filters
}


def checked(argument: str, value: Any) -> PerNeuron:
    """Return what was given for an argument as plain data: a float, `NeuronValues`, or a law.

    An array of one entry is a number, and so is a law of one value.

    Raises
    ------
    InvalidNetwork
        Naming the argument, or its first entry that is not allowed.

    Examples
    --------
    >>> from mftheory.network.per_neuron import checked
    >>> checked("noise", 1), checked("bias", [0.5, -0.5]), checked("tau", [2.0])
    (1.0, [0.5, -0.5], 2.0)
    >>> checked("noise", [1.0, -1.0])
    Traceback (most recent call last):
    ...
    mftheory.errors.InvalidNetwork: noise[1] = -1.0: must be a finite number >= 0
    """
    limits = RANGES[argument]
    if is_distribution(value):
        law = limits.check_law(argument, distribution_of(argument, value))
        low, high = law.support
        return limits.check(argument, low) if low == high else law
    if isinstance(value, NeuronValues):
        value = value.values
    if is_single(value):
        return limits.check(argument, checks.real(argument, value, limits.allowed))
    wanted = ALLOWED.removeprefix("must be ")
    array = checks.real_array(argument, value, wanted)
    if array.ndim != 1 or array.size == 0:
        raise InvalidNetwork(argument, value, ALLOWED)
    for k, number in enumerate(array.tolist()):
        limits.check(f"{argument}[{k}]", number)
    return float(array[0]) + 0.0 if array.size == 1 else NeuronValues(array)


def is_single(value: Any) -> bool:
    """Say if a value is no list, tuple or array, so that it must be one number."""
    return not isinstance(value, list | tuple) and np.ndim(value) == 0


def alike(value: PerNeuron) -> PerNeuron:
    """Return an array of equal entries as their number, anything else as it is."""
    if isinstance(value, NeuronValues) and np.all(value.values == value.values[0]):
        return float(value.values[0])
    return value


def points(argument: str, value: PerNeuron) -> tuple[Array, Array]:
    """Return (w, values) with ⟨f⟩ = Σ w f: of an array its distinct entries, of a law those of its rule."""
    if isinstance(value, NeuronValues):
        distinct, counts = np.unique(value.values, return_counts=True)
        return counts / value.size, distinct
    if isinstance(value, Law):
        return law_rule.rule(value, argument)
    return np.ones(1), np.array([value])
