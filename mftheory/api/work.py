"""What a worker of a comparison or a sweep does: one theory, or one network, to plain numbers."""

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
    """The numbers of one theory, JSON-ready: what a worker returns."""
    if isinstance(network, Network):
        given: Network | GaussianEnsemble = network
        theory = solve(network, **{"jobs": 1, **sampling})
    else:
        from mftheory.action.sampling import SamplableEnsemble
        from mftheory.network.digest import digest

        assert isinstance(network, SamplableEnsemble)
        # Each task brings a copy of its own; what was derived for one serves all that are equal.
        given = _SOLVED_ENSEMBLES.setdefault(digest(network.ensemble), network.ensemble)
        theory = solve(given, parameters=network.parameters, nonlinearity=network.nonlinearity)
    found: dict[str, Any] = {}
    for a in observables:
        found[a] = {
            "dimension": float(theory.dimension(a)),
            "dimension_error": float(theory.dimension_error(a)),
            "C": float(theory.C(a, 0.0)),
            "C_error": float(theory.C_error(a, 0.0)),
            "share": float(theory.sizes.get(a, 1.0)),
        }
        if alternative:
            found[a]["alternative"] = simpler_dimension(given, a)
        if tau:
            found[a] |= {
                "C_tau": theory.C(a, tau).tolist(),
                "C_tau_error": theory.C_error(a, tau).tolist(),
                "timescale": theory.timescale(a, tau).tolist(),
                "timescale_error": [math.nan] * len(tau),  # not estimated
            }
    gain = float(theory.gain) if np.ndim(theory.gain) == 0 else None
    return {"status": theory.status_and_notes, "gain": gain, "observables": found}


def simulated(
    network: "Samplable",
    n: int,
    seed: int,
    observables: tuple[str, ...],
    tau: tuple[float, ...],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """The numbers of one network, JSON-ready: what a worker returns."""
    from mftheory.simulate.simulate import simulate

    # Longer lags cost time and are asked for by nobody.
    run = simulate(network, n, seed, **{"max_lag": max(tau, default=0.0), **settings}, observables=observables)
    found: dict[str, Any] = {}
    for a in observables:
        errors = {"two_point_error": run.C(a).error, "four_point_error": run.Psi(a).error}
        found[a] = run.record(a) | errors
        if tau:
            for name, estimates in (
                ("C_tau", [run.C(a, t) for t in tau]),
                ("timescale", [run.timescale(a, t) for t in tau]),
            ):
                found[a] |= {name: [e.value for e in estimates], f"{name}_error": [e.error for e in estimates]}
    about = {name: float(getattr(run, name)) for name in ("duration", "burn_in", "drift")}
    about |= {name: float(found[observables[0]][name]) for name in ("at_rest", "periodic")}
    return {"status": run.status, **about, "observables": found}


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
    """Settings of `simulate` by name; those that a comparison or a sweep has of its own are not among them."""
    from mftheory.simulate.simulate import simulate as simulate_network

    own = {"network", "n", "seed", "observables", "progress"}
    own |= {"covariance", "components", "response", "keep_states"}  # of what they add nothing would be kept
    refuse_unknown(verb, simulation, [name for name in names_of(simulate_network) if name not in own])
