"""A simulation in a file: its labelled estimates, and the moments of every trajectory that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mftheory.results.attractors import KINDS, Attractors
from mftheory.results.components import PrincipalComponents
from mftheory.results.response import Response
from mftheory.results.stored.moments import moments_of, variable, variables

if TYPE_CHECKING:
    import xarray

    from mftheory.results.simulation import Simulation

_COMPONENTS = {
    "vectors": (("neuron", "component"), "unit vectors of the principal components"),
    "eigenvalues": (("component",), "of the measured covariance"),
    "autocovariances": (("component_lag", "component", "trajectory"), "⟨p_k(t) p_k(t + lag)⟩ of each trajectory"),
    "means": (("component", "trajectory"), "⟨p_k⟩ of each trajectory"),
    "traces": (("component", "time"), "p_k(t) of the first trajectory"),
}
_FIELDS = {
    **dict.fromkeys(("n", "seed", "trajectories"), int),
    **dict.fromkeys(("dt", "duration", "burn_in", "sampling_interval", "drift", "error_factor"), float),
    **dict.fromkeys(("dtype", "integrator", "status"), str),
}


def to_dataset(run: Simulation) -> xarray.Dataset:
    """`Simulation.to_xarray`, and everything that it is made of."""
    made: dict[str, Any] = {}
    for a, moments in run.moments.items():
        made |= variables(a, moments)
    for a, found in run.components.items():
        for name, (dims, meaning) in _COMPONENTS.items():
            made[f"components_{a}_{name}"] = variable([f"of_{d}_{a}" for d in dims], getattr(found, name), meaning)
        made[f"components_{a}_interval"] = variable([], found.interval, "time between lags", "time constant")
        made[f"components_{a}_centred"] = variable([], int(found.centred), "1: activity has means")
    if run.response is not None:
        for a, values in run.response.by_observable.items():
            meaning = "response to own input, of each trajectory"
            made[f"response_{a}"] = variable([f"response_lag_{a}", f"response_trajectory_{a}"], values, meaning)
        made["response_step"] = variable([], run.response.step, "time between lags", "time constant")
        made["response_discrete"] = variable([], int(run.response.discrete), "1: time is discrete")
        made["response_kicks"] = variable([], run.response.kicks, "pushes of each trajectory")
    if run.attractors is not None:
        kinds = [KINDS.index(kind) for kind in run.attractors.kinds]
        about = ", ".join(f"{k}: {kind}" for k, kind in enumerate(KINDS))
        made["attractor_kind"] = variable(["attractor_trajectory"], kinds, f"what each trajectory does: {about}")
        meaning = "which fixed point or cycle it is on; -1: none"
        made["attractor_place"] = variable(["attractor_trajectory"], run.attractors.places, meaning)
    if run.states is not None:
        made["states"] = variable(["state_trajectory", "state_time", "state_neuron"], run.states, "sampled x")
    data = run.to_xarray().assign(made)
    data.attrs = {name: getattr(run, name) for name in _FIELDS} | {"observables": list(run.observables)}
    if run.seed >= 2**63:  # more than an attribute holds
        data.attrs["seed"] = str(run.seed)
    return data


def from_dataset(data: xarray.Dataset, network: Any, origin: Mapping[str, Any]) -> Simulation:
    """The simulation that `to_dataset` was given: every estimate by the same arithmetic."""
    from mftheory.results.simulation import Simulation

    observables = data.attrs["observables"]
    observables = (observables,) if isinstance(observables, str) else tuple(str(a) for a in observables)
    measured = _names(data, "moments_", "_two")
    moments = {a: moments_of(data, a) for a in measured}
    components = {
        a: PrincipalComponents(
            **{name: data[f"components_{a}_{name}"].values for name in _COMPONENTS},
            interval=float(data[f"components_{a}_interval"]),
            centred=bool(data[f"components_{a}_centred"]),
        )
        for a in _names(data, "components_", "_vectors")
    }
    response = None
    if "response_step" in data:
        kept = [a for a in measured if f"response_{a}" in data]
        response = Response(
            step=float(data["response_step"]),
            discrete=bool(data["response_discrete"]),
            kicks=int(data["response_kicks"]),
            by_observable={a: data[f"response_{a}"].values for a in kept},
        )
    attractors = None
    if "attractor_kind" in data:
        kinds = tuple(KINDS[k] for k in data["attractor_kind"].values.tolist())
        attractors = Attractors(kinds, tuple(data["attractor_place"].values.tolist()))
    return Simulation(
        network=network,
        **{name: kind(data.attrs[name]) for name, kind in _FIELDS.items()},
        moments=moments,
        observables=observables,
        attractors=attractors,
        covariances={a: data[f"covariance_{a}"].values for a in measured if f"covariance_{a}" in data},
        components=components,
        response=response,
        states=data["states"].values if "states" in data else None,
        origin=origin,
    )


def _names(data: xarray.Dataset, start: str, end: str) -> list[str]:
    found = [str(name) for name in data.data_vars]
    return [name[len(start) : -len(end)] for name in found if name.startswith(start) and name.endswith(end)]


__all__ = ["from_dataset", "to_dataset"]
