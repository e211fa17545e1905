"""Neurons that differ from one another: one formula Φ_θ(x), with other numbers θ for every neuron."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import expression as _expression
from mftheory.network.nonlinearity import Nonlinearity


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Heterogeneous:
    """Φ_θ(x), a formula with named parameters θ that differ between neurons, independent of the couplings.

    theory §2; [CMvML25].

    Parameters
    ----------
    nonlinearity : str or SymPy expression
        A formula as of `Nonlinearity`, in x and in the parameters.
    parameters : dict of str to array
        Values of every parameter, one entry a neuron, all arrays equally long; a single number is the same for all
        neurons. The theory averages over the neurons exactly as given.

    Attributes
    ----------
    nonlinearity : str
        The formula as read, in one spelling.
    parameters : dict of str to array of shape (size,)

    Raises
    ------
    InvalidNetwork
        If the formula is anything else, a parameter is missing, unused, or not an array of finite numbers, or Φ_θ is
        not a finite number everywhere for one of the neurons.

    Notes
    -----
    A network of another size takes neurons evenly spaced in the list sorted by the parameters (the first name sorted
    by first, then the second, …): quantiles of one parameter, and of several their joint tuples, never mixed.

    Examples
    --------
    >>> import mftheory as mf
    >>> phi = mf.Heterogeneous("a * tanh(b*x)", {"a": [1.0, 1.0, 0.5], "b": [1.0, 2.0, 4.0]})
    >>> phi.size, phi.odd, phi.neuron(1)
    (3, True, Nonlinearity(expression='1.0 * tanh(2.0 * x)'))
    >>> phi.sample(6).parameters["a"]
    array([0.5, 0.5, 1. , 1. , 1. , 1. ])
    >>> mf.Network(mf.IID(3.0), phi).ensemble
    'heterogeneous'
    """

    nonlinearity: str
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        arrays = _arrays(self.parameters)
        object.__setattr__(self, "parameters", arrays)
        names = frozenset(arrays)
        text = _expression.normalised(self.nonlinearity, names)
        object.__setattr__(self, "nonlinearity", text)
        used = _expression.names_of(_expression.parse(text, names))
        for name in sorted(names - used):
            raise InvalidNetwork("parameters", name, f"must occur in the formula {text!r}")
        for phi in self.distinct[1]:  # a Nonlinearity checks itself
            assert phi.expression

    @property
    def size(self) -> int:
        """Number of neurons in the list."""
        return int(next(iter(self.parameters.values())).size)

    @property
    def name(self) -> str:
        """The name of Φ in print."""
        return self.nonlinearity

    def neuron(self, k: int) -> Nonlinearity:
        """Return Φ_θ of neuron k of the list."""
        return self.with_numbers({name: values[k] for name, values in self.parameters.items()})

    @cached_property
    def distinct(self) -> tuple[NDArray[np.float64], tuple[Nonlinearity, ...]]:
        """Pairs (w, Φ_θ) of the neurons that differ, ⟨f⟩_θ = Σ w f: w is the fraction of the list that is alike."""
        names = list(self.parameters)
        tuples, counts = np.unique(np.stack([self.parameters[n] for n in names], axis=1), axis=0, return_counts=True)
        return counts / self.size, tuple(self.with_numbers(dict(zip(names, row, strict=True))) for row in tuples)

    @property
    def odd(self) -> bool:
        """True if every neuron's Φ_θ is odd."""
        return all(phi.odd for phi in self.distinct[1])

    @property
    def slope_at_zero(self) -> float:
        """The root mean square slope √⟨Φ_θ'(0)²⟩: the fluctuating state needs g times it above 1."""
        weights, functions = self.distinct
        return math.sqrt(float(weights @ np.square([phi.slope_at_zero for phi in functions])))

    @property
    def steepest_at_zero(self) -> bool:
        """True if every neuron's Φ_θ, or its negative, is steepest at zero; see `Nonlinearity.steepest_at_zero`."""
        return all(
            (phi if phi.slope_at_zero >= 0 else Nonlinearity(f"-({phi.expression})")).steepest_at_zero
            for phi in self.distinct[1]
        )

    @property
    def within_tangent(self) -> bool:
        """True if every neuron's Φ_θ is within its tangent at zero; see `Nonlinearity.within_tangent`."""
        return all(phi.within_tangent for phi in self.distinct[1])

    @property
    def bound(self) -> float:
        """The root mean square √⟨sup Φ_θ²⟩ of the neurons' bounds (`Nonlinearity.bound`)."""
        weights, functions = self.distinct
        return math.sqrt(float(weights @ np.square([phi.bound for phi in functions])))

    def sample(self, n: int) -> "Heterogeneous":
        """Return the list for n neurons: as it stands if it has n, else evenly spaced through the sorted list."""
        if n == self.size:
            return self
        order = np.lexsort([self.parameters[name] for name in sorted(self.parameters, reverse=True)])
        neurons = order[((np.arange(n) + 0.5) / n * self.size).astype(np.intp)]
        return Heterogeneous(self.nonlinearity, {name: values[neurons] for name, values in self.parameters.items()})

    def with_numbers(self, values: Mapping[str, float]) -> Nonlinearity:
        """Return Φ_θ for parameters θ by their names."""
        return Nonlinearity(_expression.with_numbers(self.nonlinearity, values))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Heterogeneous)
            and self.nonlinearity == other.nonlinearity
            and all(np.array_equal(v, other.parameters[n]) for n, v in self.parameters.items())
        )

    def __hash__(self) -> int:
        arrays = tuple((name, values.tobytes()) for name, values in sorted(self.parameters.items()))
        return hash((self.nonlinearity, arrays))

    def __repr__(self) -> str:
        return f"Heterogeneous({self.nonlinearity!r}, {sorted(self.parameters)} of {self.size} neurons)"


def _arrays(parameters: Any) -> dict[str, NDArray[np.float64]]:
    """Return every parameter as an array, all equally long."""
    if not isinstance(parameters, Mapping) or not parameters:
        raise InvalidNetwork("parameters", parameters, "must be a dict of names and arrays, at least one")
    functions = {*_expression.FUNCTIONS, *_expression.ARGUMENT_COUNTS, *_expression.SYNONYMS}
    reserved = {"x", *_expression.CONSTANTS, *functions}
    arrays: dict[str, NDArray[np.float64]] = {}
    for name, values in parameters.items():
        if not isinstance(name, str) or not name.isidentifier() or name in reserved:
            raise InvalidNetwork("parameters", name, "names must be identifiers other than x, pi, e and functions")
        allowed = "must be a finite number or a non-empty one-dimensional array of finite numbers"
        array = checks.real_array(f"parameters[{name!r}]", values, allowed.removeprefix("must be "))
        if array.ndim > 1 or array.size == 0 or not np.all(np.isfinite(array)):
            raise InvalidNetwork(f"parameters[{name!r}]", values, allowed)
        arrays[name] = array + 0.0  # -0.0 is 0.0
    lengths = {a.size for a in arrays.values() if a.ndim == 1}
    if len(lengths) > 1:
        sizes = ", ".join(f"{name}: {a.size}" for name, a in arrays.items())
        raise InvalidNetwork("parameters", sizes, "must be arrays of one length, one entry a neuron")
    (length,) = lengths or {1}
    for name, array in arrays.items():
        arrays[name] = np.broadcast_to(array, (length,)).copy()
        arrays[name].setflags(write=False)
    return arrays
