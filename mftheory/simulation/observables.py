"""Observables of a state: x_i, φ_i and their multiples, of one group of neurons each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.sampled import NeuronGroup
from mftheory.simulation import nonlinearities
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.stepping import consecutive
from mftheory.wording import one_of


def activation(groups: Sequence[NeuronGroup], dtype: Any) -> Activation:
    """Return the function that writes φ of states of shape (neurons, trajectories), group by group."""
    each = [nonlinearities.activation(group.nonlinearity, dtype) for group in groups]
    if len(each) == 1:
        return each[0]
    places = consecutive([group.size for group in groups])

    def by_group(x: NDArray[Any], out: NDArray[Any]) -> None:
        for phi, place in zip(each, places, strict=True):
            phi(x[place], out[place])

    return by_group


def have_means(groups: Sequence[NeuronGroup]) -> bool:
    """Say if activity has means: with one φ that is not odd, or one constant input, all neurons have them."""
    return not all(group.nonlinearity.odd and not np.any(group.bias) for group in groups)


@dataclass(frozen=True, eq=False)
class Observable:
    """An observable w_i x_i or w_i φ(x_i) of the neurons of one group.

    Attributes
    ----------
    name : str
    size : int
        Number of its neurons.
    first : bool
        True for the first activity of its group, which stands for the group where one is enough.
    place : slice
        Place of its neurons in a state.
    """

    name: str
    size: int
    first: bool
    place: slice
    _weights: NDArray[np.float64] | None = field(repr=False)
    _phi: Activation | None = field(repr=False)

    @property
    def weights(self) -> NDArray[np.float64]:
        """Return the weights w, shape (size,)."""
        return np.ones(self.size) if self._weights is None else self._weights

    def of(self, states: NDArray[Any], reference: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return its values in states of shape (..., all neurons), less a reference, as a new array (..., size).

        It has the precision of the states.
        """
        if self._phi is None:
            a = np.array(states[..., self.place], order="C")  # a copy, always
        else:
            x = np.ascontiguousarray(states[..., self.place])
            a = np.empty_like(x)
            self._phi(x, a)
        if self._weights is not None:
            a *= self._weights.astype(a.dtype)
        if reference is not None:
            a -= reference.astype(a.dtype)
        return a


def observables(
    groups: Sequence[NeuronGroup], known: Sequence[str], wanted: Sequence[str] | None, dtype: Any
) -> tuple[Observable, ...]:
    """Return the observables that are wanted, in the order of `known`; all of them by default."""
    if wanted is not None:
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        for name in wanted:
            one_of("observables", name, known, "must be some of {}", quoted=True)
        if not wanted:
            raise InvalidNetwork("observables", wanted, f"must be some of {', '.join(map(repr, known))}")
    by_name = {}
    for group, place in zip(groups, consecutive([group.size for group in groups]), strict=True):
        phi = nonlinearities.activation(group.nonlinearity, dtype, axis=-1)
        for name, weights in group.states.items():
            by_name[name] = Observable(name, group.size, False, place, weights, None)
        for k, (name, weights) in enumerate(group.activities.items()):
            by_name[name] = Observable(name, group.size, k == 0, place, weights, phi)
    return tuple(by_name[name] for name in known if wanted is None or name in wanted)
