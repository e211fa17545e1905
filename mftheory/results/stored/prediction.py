"""A prediction for a wiring in a file: its levels as a table, its pictures as arrays, its report as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.results.estimate import Estimate
from mftheory.results.predicted import Agreement
from mftheory.results.prediction import OBSERVABLES
from mftheory.results.stored.files import to_text

if TYPE_CHECKING:
    import xarray

    from mftheory.results.prediction import Prediction

_TIMES = {
    "predicted_time": "lag at which the predicted C(τ) of φ has fallen to half; infinite if it does not",
    "simulated_time": "lag at which the simulated C(τ) of φ has fallen to half; infinite if it does not",
    "predicted_mode_time": "the same of the predicted Ψ(τ, 0)",
    "simulated_mode_time": "the same of the simulated Ψ(τ, 0)",
}
_ROUTES = {"predicted": "predicted dimension of activity per neuron", "simulated": "simulated dimension per neuron"}
_AGREEMENT = {
    "correlation": "between predicted and simulated covariances C_ij of φ",
    "explained": "variance of the simulated covariances explained by the predicted ones",
    "slope": "of predicted against simulated covariances",
    "trace": "sum of the predicted variances over that of the simulated ones",
    "ceiling": "correlation that a perfect prediction would have",
    "neurons": "neurons whose covariances were compared; 0 where none were",
}
_PICTURES = {
    "matrix": "normalised couplings, or signed root mean squares of their blocks",
    "singular_values": "singular values, relative to their root mean square",
    "overlaps": "overlaps of left with right singular vectors",
    "overlap_level": "size of an overlap by chance",
}


def to_dataset(result: Prediction) -> xarray.Dataset:
    """`Prediction.to_xarray`, and what is text."""
    data = to_xarray(result)
    data.attrs = {"g_eff": result.g_eff, "noise": result.noise}
    for name, value in (("report", result.report), ("settings", result.settings)):
        data[name] = _text(to_text(value), f"{name}, as JSON")
    data["summary"] = _text(result.summary, "sentences that conclude")
    data["description"] = _texts("level", [level.description for level in result.levels], "what the level shares")
    return data


def to_xarray(result: Prediction) -> xarray.Dataset:
    """Every number, labelled."""
    import xarray

    levels = result.levels
    more = (a for level in levels for a in (*level.predicted, *level.simulated))
    observables = list(dict.fromkeys((*OBSERVABLES, *more)))
    variables: dict[str, Any] = {}
    shape = (len(levels), len(observables))
    for route, meaning in _ROUTES.items():
        found = [getattr(level, route).get(a) for level in levels for a in observables]
        columns = {
            route: (meaning, [np.nan if one is None else float(one.value) for one in found]),
            f"{route}_error": (f"standard error: {meaning}", [np.nan if e is None else float(e.error) for e in found]),
            f"{route}_known": (f"1 where there is a number: {meaning}", [int(one is not None) for one in found]),
        }
        for name, (about, values) in columns.items():
            kind = int if name.endswith("_known") else float
            variables[name] = _numbers(("level", "observable"), np.array(values, kind).reshape(shape), about)
    for name, meaning in _TIMES.items():
        lags = [getattr(level, name) for level in levels]
        times = np.array([np.nan if lag is None else lag for lag in lags], float)
        variables[name] = _numbers(("level",), times, meaning, "time constant")
    for name, meaning in (("n", "neurons simulated"), ("networks", "networks simulated")):
        variables[name] = _numbers(("level",), np.array([getattr(level, name) for level in levels], int), meaning)
    for name, meaning in _AGREEMENT.items():
        missing = 0 if name == "neurons" else np.nan
        parts = [missing if level.agreement is None else getattr(level.agreement, name) for level in levels]
        variables[f"agreement_{name}"] = _numbers(("level",), np.array(parts), meaning)
    variables["remark"] = _texts("level", [level.remark for level in levels], "why there is no prediction, or a doubt")
    for key, picture in result.pictures.items():
        name = re.sub(r"\W+", "_", key)
        array = np.asarray(picture)
        eigenvalues = "eigenvalues over g_eff, complex, of " + key.removeprefix("eigenvalues ")
        dims = [f"{name}_{k}" for k in range(array.ndim)]
        shown = {"units": "1", "long_name": _PICTURES.get(key, eigenvalues), "picture": key}
        variables[f"picture_{name}"] = (dims, array, shown)
    coordinates = {
        "level": _texts("level", [level.name for level in levels], "level of description"),
        "observable": _texts("observable", observables, "what the dimension is of"),
    }
    attributes = {"title": repr(result), "summary": result.summary, "g_eff": result.g_eff, "noise": result.noise}
    return xarray.Dataset(variables, coordinates, attributes)


def from_dataset(data: xarray.Dataset, network: Any, origin: Mapping[str, Any]) -> Prediction:
    """The prediction that `to_dataset` was given."""
    from mftheory.results.prediction import Level, Prediction

    observables = [str(a) for a in data["observable"].values]
    levels = []
    for k in range(data.sizes["level"]):
        at = data.isel(level=k)
        numbers: dict[str, Any] = {
            route: {
                a: Estimate(float(at[route][j]), float(at[f"{route}_error"][j]))
                for j, a in enumerate(observables)
                if at[f"{route}_known"][j]
            }
            for route in _ROUTES
        }
        times: dict[str, Any] = {name: None if np.isnan(lag := float(at[name])) else lag for name in _TIMES}
        agreement = None
        if at["agreement_neurons"] > 0:
            parts: dict[str, Any] = {f.name: float(at[f"agreement_{f.name}"]) for f in fields(Agreement)}
            agreement = Agreement(**{**parts, "neurons": int(at["agreement_neurons"])})
        levels.append(
            Level(
                name=str(at["level"].values),
                description=str(at["description"].values),
                **numbers,
                **times,
                n=int(at["n"]),
                networks=int(at["networks"]),
                remark=str(at["remark"].values),
                agreement=agreement,
            )
        )
    shown = [name for name in data.data_vars if "picture" in data[name].attrs]
    return Prediction(
        report=json.loads(str(data["report"].values)),
        summary=str(data["summary"].values),
        g_eff=float(data.attrs["g_eff"]),
        noise=float(data.attrs["noise"]),
        levels=tuple(levels),
        pictures={str(data[name].attrs["picture"]): data[name].values for name in shown},
        settings=json.loads(str(data["settings"].values)),
        formulas=origin.get("formulas", {}),
        origin=origin,
    )


def _numbers(dims: tuple[str, ...], values: Any, long_name: str, units: str = "1") -> tuple[Any, ...]:
    return dims, values, {"units": units, "long_name": long_name}


def _texts(dim: str, values: list[str], long_name: str) -> tuple[Any, ...]:
    return dim, np.array(values, dtype=object if values else str), {"long_name": long_name}  # none has a type too


def _text(value: str, long_name: str) -> tuple[Any, ...]:
    return (), np.array(value, dtype=object), {"long_name": long_name}


__all__ = ["from_dataset", "to_dataset", "to_xarray"]
