"""A simulation in a file: its labelled estimates, and the moments of every trajectory that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.results.components import PrincipalComponents
from mftheory.results.moments import Moments
from mftheory.results.response import Response

if TYPE_CHECKING:
    import xarray

    from mftheory.results.simulation import Simulation

_MOMENTS = {
    "two": (("lag", "trajectory"), "⟨C_bb(t, t + lag)⟩ of each trajectory"),
    "pairs": (("lag", "other_lag", "trajectory"), "N ⟨C_bc(t, t') C_bc(t + lag1, t' + lag2)⟩ of each trajectory"),
    "means": (("trajectory",), "⟨a⟩ over neurons and time"),
    "mean_products": (("trajectory", "other_trajectory"), "(1/N) Σ_i μ_i^b μ_i^c"),
    "about_reference": (("trajectory", "other_trajectory"), "the same about the constant that was subtracted"),
    "triples": (("lag", "all_and_without_each"), "N ⟨u^b_c(t) u^b_d(t + lag)⟩, and without each trajectory"),
}
_COMPONENTS = {
    "vectors": (("neuron", "component"), "unit vectors of the principal components"),
    "eigenvalues": (("component",), "of the measured covariance"),
    "autocovariances": (("component_lag", "component", "trajectory"), "⟨p_k(t) p_k(t + lag)⟩ of each trajectory"),
    "means": (("component", "trajectory"), "⟨p_k⟩ of each trajectory"),
    "traces": (("component", "time"), "p_k(t) of the first trajectory"),
}
_FIELDS = {
    **dict.fromkeys(("n", "seed", "trajectories"), int),
    **dict.fromkeys(("dt", "duration", "burn_in", "sampling_interval", "drift"), float),
    **dict.fromkeys(("dtype", "integrator", "status"), str),
}


def to_dataset(run: Simulation) -> xarray.Dataset:
    """`Simulation.to_xarray`, and everything that it is made of."""
    variables: dict[str, Any] = {}
    for a, moments in run.moments.items():
        for name, (dims, meaning) in _MOMENTS.items():
            values = getattr(moments, name)
            if values is not None:
                variables[f"moments_{a}_{name}"] = _variable([f"{d}_{a}" for d in dims], values, meaning)
        variables[f"moments_{a}_size"] = _variable([], moments.size, "neurons that have the observable")
    for a, found in run.components.items():
        for name, (dims, meaning) in _COMPONENTS.items():
            variables[f"components_{a}_{name}"] = _variable(
                [f"of_{d}_{a}" for d in dims], getattr(found, name), meaning
            )
        variables[f"components_{a}_interval"] = _variable([], found.interval, "time between lags", "time constant")
        variables[f"components_{a}_centred"] = _variable([], int(found.centred), "1: activity has means")
    if run.response is not None:
        for a, values in run.response.by_observable.items():
            meaning = "response to own input, of each trajectory"
            variables[f"response_{a}"] = _variable([f"response_lag_{a}", f"response_trajectory_{a}"], values, meaning)
        variables["response_step"] = _variable([], run.response.step, "time between lags", "time constant")
        variables["response_discrete"] = _variable([], int(run.response.discrete), "1: time is discrete")
        variables["response_kicks"] = _variable([], run.response.kicks, "pushes of each trajectory")
    if run.states is not None:
        variables["states"] = _variable(["state_trajectory", "state_time", "state_neuron"], run.states, "sampled x")
    data = run.to_xarray().assign(variables)
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
    moments = {}
    for a in measured:
        keys = {name: f"moments_{a}_{name}" for name in _MOMENTS}
        parts = {name: data[key].values for name, key in keys.items() if key in data}
        moments[a] = Moments(size=int(data[f"moments_{a}_size"]), **parts)
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
    return Simulation(
        network=network,
        **{name: kind(data.attrs[name]) for name, kind in _FIELDS.items()},
        moments=moments,
        observables=observables,
        covariances={a: data[f"covariance_{a}"].values for a in measured if f"covariance_{a}" in data},
        components=components,
        response=response,
        states=data["states"].values if "states" in data else None,
        origin=origin,
    )


def _names(data: xarray.Dataset, start: str, end: str) -> list[str]:
    found = [str(name) for name in data.data_vars]
    return [name[len(start) : -len(end)] for name in found if name.startswith(start) and name.endswith(end)]


def _variable(dims: list[str], values: Any, meaning: str, units: str = "1") -> tuple[list[str], Any, dict[str, str]]:
    return dims, np.asarray(values), {"units": units, "long_name": meaning}


__all__ = ["from_dataset", "to_dataset"]
