"""The numbers of single neurons: arrays that belong together entry by entry, and what a sample of n neurons has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.distribution import Law
from mftheory.network.dynamics import Dynamics, Leaky
from mftheory.network.given import Given
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.nonlinearity import Nonlinearity
from mftheory.network.per_neuron import NeuronValues, PerNeuron

if TYPE_CHECKING:
    from mftheory.network.network import Network

Array = NDArray[np.float64]

ORDER_KEY = 4
"""Spawn key of the order of laws, after those of initial conditions, readout (`Network.draw`) and self-coupling."""


def numbers_of(network: "Network") -> dict[str, PerNeuron]:
    """Return noise, bias and time constant of a network, by the names of the arguments."""
    tau = network.dynamics.tau if isinstance(network.dynamics, Leaky) else 1.0
    return {"bias": network.bias, "noise": network.noise, "tau": tau}


def arrays_of(network: "Network") -> dict[str, Array]:
    """Return the arrays of one entry a neuron: entry i of each is the same neuron.

    They come in the order by which neurons are sorted: parameters of Φ_θ by their names, then bias, gains, noise, tau.
    """
    arrays: dict[str, Array] = {}
    phi = network.nonlinearity
    if isinstance(phi, Heterogeneous) and phi.size > 1:
        arrays |= {f"parameters[{name!r}]": phi.parameters[name] for name in sorted(phi.parameters)}
    given: dict[str, Any] = dict(numbers_of(network))
    given["gains"] = None if network.gains is None else network.gains.array
    for name in sorted(given):
        value = given[name].values if isinstance(given[name], NeuronValues) else given[name]
        if isinstance(value, np.ndarray):
            arrays[name] = value
    return arrays


def refuse_unequal_lengths(network: "Network") -> None:
    """Refuse arrays of one entry a neuron that are not equally long.

    Raises
    ------
    InvalidNetwork
        Naming each with its length, or one that does not fit a given J.
    """
    lengths = {name: array.size for name, array in arrays_of(network).items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {size}" for name, size in lengths.items())
        raise InvalidNetwork("lengths", listed, "must be equal: entry i of every array is neuron i")
    if isinstance(network.connectivity, Given):  # whose neurons are not exchangeable
        for name in lengths.keys() & numbers_of(network):
            if lengths[name] != network.connectivity.n:
                allowed = f"must be {network.connectivity.n}, one entry for each neuron of the given J"
                raise InvalidNetwork(f"length of {name}", lengths[name], allowed)


@dataclass(frozen=True, eq=False)
class NeuronNumbers:
    """The numbers of n neurons of a sample: one of all neurons, or arrays of shape (n,).

    Attributes
    ----------
    nonlinearity : Nonlinearity or Heterogeneous
    dynamics : Dynamics
    gains, noise, bias : float or array of shape (n,)
    """

    nonlinearity: Nonlinearity | Heterogeneous
    dynamics: Dynamics
    gains: float | Array
    noise: float | Array
    bias: float | Array


def sampled_numbers(network: "Network", n: int, seed: int) -> NeuronNumbers:
    """Return the numbers of n neurons.

    Arrays of n entries are taken as they stand; others joint, neurons evenly spaced in the list sorted by all numbers
    in the order of `arrays_of`. An array of gains alone is resampled so that its moments stay. A law takes its values
    at the midpoints (i - ½)/n: one of gains that is all in which neurons differ largest first, others in a random
    order, of each its own, so that laws are independent.
    """
    arrays = arrays_of(network)
    gains = network.gains
    differing = {name for name, value in numbers_of(network).items() if not isinstance(value, float)}
    alone = not differing and not (set(arrays) - {"gains"}) and not isinstance(network.nonlinearity, Heterogeneous)
    neurons = _evenly_spaced(arrays, n)

    def shuffled(name: str, values: Array) -> Array:
        key = (ORDER_KEY, *name.encode())
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key)).permutation(values)

    def of(name: str, value: PerNeuron) -> float | Array:
        if isinstance(value, NeuronValues):
            return value.values[neurons]
        return shuffled(name, value.values(n)) if isinstance(value, Law) else value

    if gains is None:
        of_gains: float | Array = 1.0
    elif gains.array is not None and set(arrays) - {"gains"}:
        of_gains = gains.array[neurons]
    else:
        of_gains = gains.values(n) if alone else shuffled("gains", gains.values(n))
    numbers = {name: of(name, value) for name, value in numbers_of(network).items()}
    tau, phi = numbers.pop("tau"), network.nonlinearity
    dynamics = network.dynamics if isinstance(tau, float) else Leaky(tau=NeuronValues(tau))
    return NeuronNumbers(_of_neurons(phi, neurons, n), dynamics, of_gains, **numbers)


def _evenly_spaced(arrays: dict[str, Array], n: int) -> NDArray[np.intp]:
    """Return the entries that n neurons have: all as they stand if there are n, else evenly spaced when sorted."""
    size = next(iter(arrays.values())).size if arrays else n
    if size == n:
        return np.arange(n)
    order = np.lexsort(list(arrays.values())[::-1])
    return np.asarray(order[((np.arange(n) + 0.5) / n * size).astype(np.intp)])


def _of_neurons(phi: Any, neurons: NDArray[np.intp], n: int) -> Nonlinearity | Heterogeneous:
    if not isinstance(phi, Heterogeneous) or (phi.size == n and np.array_equal(neurons, np.arange(n))):
        return phi
    chosen = neurons if phi.size > 1 else np.zeros(n, dtype=np.intp)
    return Heterogeneous(phi.nonlinearity, {name: values[chosen] for name, values in phi.parameters.items()})
