"""Neurons in groups with a nonlinearity each: φ of all of them, and the samples of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.network.sampled import NeuronGroup
from mftheory.simulate import equilibration, nonlinearities
from mftheory.simulate.estimators import Samples
from mftheory.simulate.nonlinearities import Activation


def activation(groups: Sequence[NeuronGroup], dtype: Any) -> Activation:
    """φ of states of shape (neurons, trajectories), group by group."""
    each = [nonlinearities.activation(group.nonlinearity, dtype) for group in groups]
    if len(each) == 1:
        return each[0]
    places = _places(groups)

    def by_group(x: NDArray[Any], out: NDArray[Any]) -> None:
        for phi, place in zip(each, places, strict=True):
            phi(x[place], out[place])

    return by_group


@dataclass(frozen=True, eq=False)
class GroupedSamples:
    """The samples of each group, asked by the name of an observable. All are averages over the neurons of its group."""

    states: NDArray[Any]  # (trajectories, times, all neurons)
    groups: tuple[Samples, ...]
    of: Mapping[str, Samples]

    @property
    def times(self) -> int:
        """Number of samples of each trajectory."""
        return int(self.states.shape[1])

    def two_point_replicates(self, observable: str, lag: int) -> tuple[float, NDArray[np.float64]]:
        """As `Samples.two_point_replicates`."""
        return self.of[observable].two_point_replicates(observable, lag)

    def four_point_replicates(self, observable: str, lag1: int, lag2: int) -> tuple[float, NDArray[np.float64]]:
        """As `Samples.four_point_replicates`."""
        return self.of[observable].four_point_replicates(observable, lag1, lag2)

    def time_means(self, observable: str) -> NDArray[np.float64]:
        """As `Samples.time_means`."""
        return self.of[observable].time_means(observable)

    def covariance(self, observable: str, max_bytes: float) -> NDArray[np.float64]:
        """As `Samples.covariance`, between the neurons of one group."""
        return self.of[observable].covariance(observable, max_bytes)


def samples(states: NDArray[Any], groups: Sequence[NeuronGroup]) -> Samples | GroupedSamples:
    """Samples of states of shape (trajectories, times, neurons); of one group, they are `Samples` themselves."""
    parts = []
    centred = have_means(groups)
    for group, place in zip(groups, _places(groups), strict=True):
        weights = {name: w for name, w in {**group.states, **group.activities}.items() if w is not None}
        phi = nonlinearities.activation(group.nonlinearity, states.dtype, axis=-1)
        parts.append(Samples(states[:, :, place], phi, weights, frozenset(group.states), centred))
    if len(parts) == 1:
        return parts[0]
    of = {name: part for group, part in zip(groups, parts, strict=True) for name in (*group.states, *group.activities)}
    return GroupedSamples(states, tuple(parts), of)


def have_means(groups: Sequence[NeuronGroup]) -> bool:
    """Whether activity has means that are to be subtracted: where any nonlinearity is not odd, they are sent to all."""
    return not all(group.nonlinearity.odd for group in groups)


def drift(sampled: Samples | GroupedSamples) -> float:
    """The largest `equilibration.drift` of all groups."""
    return max(map(equilibration.drift, _each(sampled)))


def attractors(sampled: Samples | GroupedSamples) -> float:
    """The largest `equilibration.attractors` of all groups."""
    return max(map(equilibration.attractors, _each(sampled)))


def _each(sampled: Samples | GroupedSamples) -> tuple[Samples, ...]:
    return sampled.groups if isinstance(sampled, GroupedSamples) else (sampled,)


def _places(groups: Sequence[NeuronGroup]) -> list[slice]:
    ends = np.cumsum([group.size for group in groups]).tolist()
    return [slice(end - group.size, end) for end, group in zip(ends, groups, strict=True)]


__all__ = ["GroupedSamples", "activation", "attractors", "drift", "have_means", "samples"]
