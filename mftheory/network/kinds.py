"""The neurons of a network told apart by everything but their gain: few kinds, each with its share of the neurons."""

import math
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import per_neuron
from mftheory.network.distribution import Law
from mftheory.network.dynamics import Dynamics, Leaky
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.neuron_numbers import arrays_of, numbers_of
from mftheory.network.nonlinearity import Nonlinearity

if TYPE_CHECKING:
    from mftheory.network.network import Network

Array = NDArray[np.float64]

MAX_KINDS = 500
"""Largest number of kinds: a theory solves for each of them, and for each pair of frequencies."""


@dataclass(frozen=True)
class Kind:
    """Neurons that are alike, except that their gains may differ.

    Attributes
    ----------
    share : float
        Their fraction of all neurons, above 0.
    nonlinearity : Nonlinearity
        φ.
    dynamics : Leaky, Rational or EulerMap
        The filter, with one time constant.
    noise, bias : float
        σ and b.
    gain_moments : tuple of 5 floats
        ⟨Gⁿ⟩ over these neurons for n = 0 to 4; all 1 without gains.
    """

    share: float
    nonlinearity: Nonlinearity
    dynamics: Dynamics = field(default_factory=Leaky)
    noise: float = 0.0
    bias: float = 0.0
    gain_moments: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)


def kinds_of(network: "Network") -> tuple[Kind, ...]:
    """Return the kinds of neurons of a network; the shares sum to 1.

    Arrays are taken exactly as given, equal neurons as one kind; a law by the few values of a quadrature rule
    (`law_rule`) with which smooth averages are good to 1e-8; several laws are independent of each other.

    Raises
    ------
    InvalidNetwork
        If there are more than 500 kinds.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.IID(2.0), gains=[1.0, 2.0, 3.0], bias=[0.0, 0.5, 0.5])
    >>> [(kind.share, kind.bias, kind.gain_moments[:3]) for kind in net.kinds]
    [(0.3333333333333333, 0.0, (1.0, 1.0, 1.0)), (0.6666666666666666, 0.5, (1.0, 2.5, 6.5))]
    """
    numbers = numbers_of(network)
    laws = {name: per_neuron.points(name, law) for name, law in numbers.items() if isinstance(law, Law)}
    arrays = arrays_of(network)
    gains = arrays.pop("gains", None)
    table = np.stack(list(arrays.values()), axis=1) if arrays else np.zeros((1, 1))
    rows, kind_of = np.unique(table, axis=0, return_inverse=True)
    kind_of = kind_of.reshape(-1)  # of shape (n, 1) in one version of NumPy
    _refuse_too_many({"arrays": len(rows), **{name: values.size for name, (_, values) in laws.items()}})
    of_all = tuple(1.0 if network.gains is None else network.gains.moment(order) for order in range(5))
    kinds = []
    for k, row in enumerate(rows.tolist()):
        here = kind_of == k
        row_of = dict(zip(arrays, row, strict=False))
        phi = _nonlinearity(network.nonlinearity, row_of)
        moments = of_all if gains is None or not arrays else _moments(gains[here])
        for combination in product(*(zip(*law, strict=True) for law in laws.values())):
            weight, drawn = float(np.mean(here)), {}
            for name, (share, value) in zip(laws, combination, strict=True):
                weight, drawn[name] = weight * float(share), float(value)
            own = {name: drawn.get(name, row_of.get(name, number)) for name, number in numbers.items()}
            tau = own.pop("tau")
            dynamics = Leaky(tau=tau) if isinstance(network.dynamics, Leaky) else network.dynamics
            kinds.append(Kind(weight, phi, dynamics, gain_moments=moments, **own))
    return tuple(kinds)


def _refuse_too_many(counts: dict[str, int]) -> None:
    total = math.prod(counts.values())
    if total > MAX_KINDS:
        listed = ", ".join(f"{name}: {count}" for name, count in counts.items() if count > 1)
        allowed = f"must be at most {MAX_KINDS} ({listed}): round the arrays to fewer values, as np.round(..., 1) does"
        raise InvalidNetwork("kinds of neurons", total, allowed)


def _moments(gains: Array) -> tuple[float, ...]:
    return tuple(float(np.mean(gains**order)) for order in range(5))


def _nonlinearity(phi: Nonlinearity | Heterogeneous, row: dict[str, float]) -> Nonlinearity:
    if not isinstance(phi, Heterogeneous):
        return phi
    if phi.size == 1:
        return phi.neuron(0)
    return phi.with_numbers({name: row[f"parameters[{name!r}]"] for name in phi.parameters})
