"""The work of one process of a comparison or a sweep: one theory, or one network, to plain numbers."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.api.neighbour import simpler_dimension
from mftheory.api.solving import solve
from mftheory.arguments import names_of, refuse_unknown
from mftheory.errors import InvalidNetwork, Quiescent
from mftheory.network import Network
from mftheory.network.connectivity import check_couplings

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.network.sampled import Samplable

_SOLVED_ENSEMBLES: "dict[str, GaussianEnsemble]" = {}


def solved(
    network: "Samplable",
    observables: tuple[str, ...],
    tau: tuple[float, ...],
    alternative: bool,
    sampling: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the numbers of one theory, ready for JSON."""
    if isinstance(network, Network):
        given: Network | GaussianEnsemble = network
        theory = solve(network, **{"jobs": 1, **sampling})
    else:
        from mftheory.action.sampled_ensemble import SamplableEnsemble
        from mftheory.network.digest import digest

        assert isinstance(network, SamplableEnsemble)
        # Each task brings its own copy; a derivation made for one serves all that are equal.
        given = _SOLVED_ENSEMBLES.setdefault(digest(network.ensemble), network.ensemble)
        theory = solve(given, parameters=network.parameters, nonlinearity=network.nonlinearity)
    numbers: dict[str, Any] = {}
    for a in observables:
        numbers[a] = {
            "dimension": float(theory.dimension(a)),
            "dimension_error": float(theory.dimension_error(a)),
            "C": float(theory.C(a, 0.0)),
            "C_error": float(theory.C_error(a, 0.0)),
            "share": float(theory.sizes.get(a, 1.0)),
        }
        if alternative:
            numbers[a]["alternative"] = simpler_dimension(given, a)
        if tau:
            numbers[a] |= {
                "C_tau": theory.C(a, tau).tolist(),
                "C_tau_error": theory.C_error(a, tau).tolist(),
                "timescale": theory.timescale(a, tau).tolist(),
                "timescale_error": [math.nan] * len(tau),  # not estimated
            }
    gain = float(theory.gain) if np.ndim(theory.gain) == 0 else None
    return {"status": theory.status_and_notes, "gain": gain, "observables": numbers}


def simulated(
    network: "Samplable",
    n: int,
    seed: int,
    observables: tuple[str, ...],
    tau: tuple[float, ...],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the numbers of one network, ready for JSON."""
    from mftheory.simulation.network_simulation import simulate

    # Longer lags cost time and are asked for by nobody.
    run = simulate(network, n, seed, **{"max_lag": max(tau, default=0.0), **settings}, observables=observables)
    numbers: dict[str, Any] = {}
    for a in observables:
        numbers[a] = run.record(a) | {"two_point_error": run.C(a).error, "four_point_error": run.Psi(a).error}
        for name, function in (("C_tau", run.C), ("timescale", run.timescale)) if tau else ():
            estimates = [function(a, t) for t in tau]
            numbers[a] |= {name: [e.value for e in estimates], f"{name}_error": [e.error for e in estimates]}
    about = {name: float(getattr(run, name)) for name in ("duration", "burn_in", "drift")}
    about |= {name: float(numbers[observables[0]][name]) for name in ("at_rest", "periodic")}
    return {"status": run.status, **about, "observables": numbers}


def simulated_or_died_out(
    network: "Samplable",
    n: int,
    seed: int,
    observables: tuple[str, ...],
    tau: tuple[float, ...],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what `simulated` does, or its status alone where activity died out: that of other networks may not."""
    try:
        return simulated(network, n, seed, observables, tau, settings)
    except Quiescent as error:
        status = f"Quiescent: {error}"
        return {"status": status, "observables": {a: {"n": n, "seed": seed, "status": status} for a in observables}}


def checked_sizes(n: int | Sequence[int]) -> list[int]:
    """Return one or several sizes as a list, or refuse them."""
    sizes = [n] if not isinstance(n, Iterable) else list(n)
    if not sizes or len(set(sizes)) < len(sizes) or not all(isinstance(size, Integral) and size >= 2 for size in sizes):
        raise InvalidNetwork("n", n, "must be a whole number of at least 2, or several different ones")
    return [int(size) for size in sizes]


def check_memory(networks: "Iterable[Samplable]", sizes: Iterable[int]) -> None:
    """Refuse sizes of which not even one network's couplings fit into memory, before anything is begun.

    Raises
    ------
    InvalidNetwork
    """
    largest = max(sizes)
    for connectivity in {network.connectivity for network in networks if isinstance(network, Network)}:
        check_couplings(connectivity, largest)


def check_settings(verb: Callable[..., Any], simulation: Mapping[str, Any]) -> None:
    """Refuse settings that `simulate` does not take, or that a comparison or a sweep sets itself."""
    from mftheory.simulation.network_simulation import simulate as simulate_network

    excluded = {"network", "n", "seed", "observables", "progress"}
    excluded |= {"covariance", "components", "response", "keep_states"}  # nothing of these would be kept
    refuse_unknown(verb, simulation, [name for name in names_of(simulate_network) if name not in excluded])
