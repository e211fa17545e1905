"""Networks of a figure that are simulated one by one, each once; what was measured is kept."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import mftheory as mf
from mftheory.figures.against import fluctuating, seed
from mftheory.figures.frame import FigureWork
from mftheory.progress import tracked


@dataclass(frozen=True)
class MeasuredNetworks:
    """Measurements of the networks of a figure.

    Attributes
    ----------
    by_size : dict of int to list of dict
        Measurements of the networks of each size that fluctuate.
    record : dict
        The entries of the figure's JSON: ``shown`` (what is drawn of one network, with its ``n``), ``networks``,
        ``resting`` (size and seed of those that do not fluctuate) and ``seeds``.
    """

    by_size: dict[int, list[dict[str, Any]]]
    record: dict[str, Any]


def each_network(
    work: FigureWork,
    protocol: Any,
    measure: Callable[[int, int, bool], dict[str, Any]],
    shown: tuple[int, int],
    **settings: Any,
) -> MeasuredNetworks:
    """Measure every network of a protocol once: results are kept in ``points/``.

    Parameters
    ----------
    work : FigureWork
    protocol : dataclass
        With ``networks``, their number by size.
    measure : callable
        (n, seed, True for the network that is drawn) → its measurements, JSON-ready; of the one that is drawn,
        ``"shown"`` among them.
    shown : tuple
        Size and number of the network that is drawn; measured as well, if it is none of the protocol's.
    **settings
        Anything else that results depend on.
    """
    places = [(n, k) for n, count in protocol.networks.items() for k in range(count)]
    measured: dict[tuple[int, int], dict[str, Any]] = {}
    for n, k in tracked(list(dict.fromkeys([*places, shown])), work.name, "network", work.progress):
        network_seed = seed(work.name, n, k)
        made_with = {**asdict(protocol), "networks": [n, network_seed], **settings, "version": mf.__version__}
        compute = partial(measure, n, network_seed, (n, k) == shown)
        measured[n, k] = work.records.get(f"{n}-{k}", made_with, compute)
    every = {n: [measured[n, k] for k in range(count)] for n, count in protocol.networks.items()}
    by_size, resting = fluctuating(every)
    return MeasuredNetworks(
        by_size,
        {
            "shown": measured[shown]["shown"] | {"n": shown[0]},
            "networks": {str(n): [without_drawn(one) for one in networks] for n, networks in by_size.items()},
            "resting": resting,
            "seeds": f"mftheory.figures.against.seed({work.name!r}, N, number of the network)",
        },
    )


def without_drawn(network: Mapping[str, Any]) -> dict[str, Any]:
    """Return the measurements of a network, without what is drawn of it."""
    return {name: value for name, value in network.items() if name != "shown"}
