"""`mftheory.plan`: the sizes, networks and time that a comparison needs, before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mftheory import checks
from mftheory.api.neighbour import label_of, simpler_dimension
from mftheory.api.solving import solve
from mftheory.api.work import checked_sizes
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Network

if TYPE_CHECKING:
    from mftheory.planning.plan import Plan


@checked_call
def plan(
    network: Network,
    target: float = 0.01,
    n: int | Sequence[int] | None = None,
    seconds: float | None = None,
    max_memory: float = 4e9,
    observable: str = "phi",
) -> Plan:
    """Plan a comparison: the sizes, networks and simulated time that it needs, and what it costs on this machine.

    Nothing is simulated: the theory is solved, two short operations are timed (0.2 s), and measured laws say how much
    sampled networks differ from each other and from the limit (`mftheory.planning.precision`).

    Parameters
    ----------
    network : Network
        Network to be compared.
    target : float
        Wanted standard error of the dimension at N → ∞, as a fraction of it, above 0 and below 1.
    n : int or sequence of int, optional
        Sizes, if they are given already: then only networks and time are planned. One size is not extrapolated.
    seconds : float, optional
        Wall time allowed. If it is not enough for the target, the plan says the error that it is enough for.
    max_memory : float
        Bytes allowed, all processes together.
    observable : str
        Observable whose dimension is compared: "phi" or "x"; with gains also "Phi" or "readout".

    Returns
    -------
    Plan
        Print its `.table()`; run it by ``mf.compare(network, **plan.arguments)``. Its `.distinguish` are the runs that
        tell the theory from its simpler neighbour (overlaps, κ or symmetry removed) at five standard errors.

    Raises
    ------
    InvalidNetwork
        Naming the argument that is out of range.
    Quiescent
        If the network has no fluctuating state.
    Unsupported
        For a GaussianEnsemble, and where the theory has no solution.

    Notes
    -----
    Assumes what the theory does (theory §0), and that the laws, measured for independent couplings and modes (§8),
    hold: the predicted error is then within a factor 1.3 of the one that `compare` finds, the time within a factor 2.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0))
    >>> plan = mf.plan(net, target=0.1)
    >>> plan.smallest, plan.measure.error <= 0.1, sorted(plan.arguments)
    (358, True, ['duration', 'jobs', 'n', 'observable', 'seeds', 'trajectories'])
    """
    from mftheory.planning.make import make

    if not isinstance(network, Network):
        if isinstance(network, type) or not hasattr(network, "populations"):
            raise InvalidNetwork("network", network, "must be a Network")
        raise Unsupported("plan: the spread between networks was measured for networks, not for a GaussianEnsemble")
    target = checks.positive("target", target)
    if not 1e-6 <= target < 1:
        raise InvalidNetwork("target", target, "must be at least 1e-06 and below 1")
    sizes = None if n is None else checked_sizes(n)
    seconds = None if seconds is None else checks.positive("seconds", seconds)
    theory = solve(network)
    theory.dimension(observable)  # an unknown one is refused before more is solved
    return make(
        network,
        theory,
        simpler_dimension(network, observable),
        target=target,
        sizes=sizes,
        seconds=seconds,
        max_memory=checks.positive("max_memory", max_memory),
        observable=observable,
        label=label_of(network, None),
    )
