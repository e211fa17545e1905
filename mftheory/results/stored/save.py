"""Results to files and back."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.errors import InvalidFile, InvalidNetwork
from mftheory.results.provenance import provenance
from mftheory.results.stored import (
    comparison,
    files,
    linear_equivalent,
    predicted,
    prediction,
    recording,
    simulation,
    theory,
)
from mftheory.results.stored.networks import Arrays, StoredNetwork, described, fingerprint, rebuilt
from mftheory.storage import check_target

if TYPE_CHECKING:
    import xarray

Known = Mapping[str, Callable[..., Any]]

LONGEST = 1000
"""Characters of a description: that of an ensemble of one's own would be pages of declarations."""

ALLOWED = "must be a result of solve, simulate, compare, measure, predict, predict_covariance or linear_equivalent"


@dataclass(frozen=True)
class _Kind:
    """How one kind of result is written, and read with what it is of."""

    to_dataset: Callable[[Any], xarray.Dataset]
    from_dataset: Callable[[Any, Any, Mapping[str, Any]], Any]


_KINDS: Mapping[str, _Kind] = {
    "Theory": _Kind(theory.to_dataset, theory.from_dataset),
    "Simulation": _Kind(simulation.to_dataset, simulation.from_dataset),
    "Comparison": _Kind(comparison.to_dataset, comparison.from_dataset),
    "Prediction": _Kind(prediction.to_dataset, prediction.from_dataset),
    "PredictedCovariance": _Kind(predicted.to_dataset, predicted.from_dataset),
    "Recording": _Kind(recording.to_dataset, recording.from_dataset),
    "LinearEquivalent": _Kind(linear_equivalent.to_dataset, linear_equivalent.from_dataset),
}


def save(result: Any, path: str | os.PathLike[str]) -> Path:
    """Write a result; see its method `save`.

    Raises
    ------
    InvalidFile
        If it cannot be written.
    InvalidNetwork
        If it is no result.
    """
    kind = type(result).__name__
    if kind not in _KINDS or not type(result).__module__.startswith("mftheory.results."):
        raise InvalidNetwork("result", result, ALLOWED)
    check_target(path)  # before work
    data = _KINDS[kind].to_dataset(result)
    origin = result.origin
    if origin is None:  # what was read from a file keeps where it came from
        settings = {**data.attrs, **getattr(result, "settings", {})}
        origin = {**provenance(**settings), "formulas": getattr(result, "formulas", {})}
    several = getattr(result, "networks", None)
    if several is not None:
        data.attrs["networks"] = len(several)
        for k, network in enumerate(several):
            data = _with_network(data, f"network_of_{k}", network)
    elif getattr(result, "network", None) is not None:
        data = _with_network(data, "network", result.network)
    if kind == "LinearEquivalent":
        data = _with_parts(data, "couplings", *described(result.couplings))
    data.attrs["provenance"] = files.to_text(origin)
    data.attrs["title"] = repr(result)
    return files.write(path, kind, data)


def load(path: str | os.PathLike[str], known: Known) -> Any:
    """Read what `save` wrote, networks built by the constructors in `known`; of a sweep's store its data set.

    Raises
    ------
    InvalidFile
        If it is none of these, or damaged.
    """
    kind, data = files.read(path)
    if kind == files.SWEEP:
        if not files.is_sweep(data.attrs):
            raise InvalidFile("path", str(path), "is no sweep as mftheory saves it")
        return data
    try:
        origin = json.loads(data.attrs["provenance"])
        _tell_version(path, origin)
        if kind == "Comparison":
            count = int(data.attrs.get("networks", 0))
            network: Any = tuple(_network(path, data, f"network_of_{k}", known) for k in range(count))
        else:
            network = _network(path, data, "network", known) if "network_content" in data.attrs else None
        if kind == "LinearEquivalent":
            tree, arrays = _parts(path, data, "couplings")
            network = network, rebuilt(tree, arrays, known)
        return _KINDS[kind].from_dataset(data, network, origin)
    except InvalidFile:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise InvalidFile("path", str(path), f"is no {kind} as mftheory saves it ({error})") from None


def _with_network(data: xarray.Dataset, name: str, network: Any) -> xarray.Dataset:
    if isinstance(network, StoredNetwork):
        tree, arrays = dict(network.content["tree"]), dict(network.content["arrays"])
        about = (network.description, network.ensemble, network.g_eff)
    else:
        tree, arrays = described(network)
        # Of an ensemble of one's own what is compared is its name; `SamplableEnsemble` holds one with its numbers.
        inner = getattr(network, "ensemble", getattr(network, "name", "network"))
        ensemble = inner if isinstance(inner, str) else getattr(inner, "name", "network")
        whole = repr(network)
        text = whole if len(whole) <= LONGEST else f"{type(network).__name__} {ensemble!r}"
        about = (text, str(ensemble), float(getattr(network, "g_eff", np.nan)))
    data.attrs |= {name: about[0], f"{name}_ensemble": about[1], f"{name}_g_eff": about[2]}
    return _with_parts(data, name, tree, arrays)


def _with_parts(data: xarray.Dataset, name: str, tree: Any, arrays: Arrays) -> xarray.Dataset:
    """A description and its arrays, under a name of their own."""
    for k in range(len(arrays)):
        values = arrays[f"network_{k}"]  # as `described` calls them
        dims = [f"{name}_{k}_{axis}" for axis in range(np.ndim(values))]
        data[f"{name}_{k}"] = (dims, values, {"units": "1", "long_name": "an array in the description of the network"})
    data.attrs |= {
        f"{name}_content": files.to_text(tree),
        f"{name}_arrays": len(arrays),
        f"{name}_fingerprint": fingerprint(tree, arrays),
    }
    return data


def _parts(path: Any, data: xarray.Dataset, name: str) -> tuple[Any, dict[str, Any]]:
    """What `_with_parts` was given."""
    tree = json.loads(data.attrs[f"{name}_content"])
    arrays = {f"network_{k}": data[f"{name}_{k}"].values for k in range(int(data.attrs[f"{name}_arrays"]))}
    if fingerprint(tree, arrays) != data.attrs[f"{name}_fingerprint"]:
        raise InvalidFile("path", str(path), "describes another network than its fingerprint says")
    return tree, arrays


def _network(path: Any, data: xarray.Dataset, name: str, known: Known) -> Any:
    tree, arrays = _parts(path, data, name)
    try:
        network = rebuilt(tree, arrays, known)
    except (LookupError, TypeError, ValueError):  # an ensemble or a law of the user's own, or of another version
        network = None
    # Only what comes out the same is the network: a constructor of another version may make something else of it.
    if network is not None and fingerprint(*described(network)) == data.attrs[f"{name}_fingerprint"]:
        return network
    about = data.attrs
    return StoredNetwork(
        str(about[name]),
        str(about[f"{name}_ensemble"]),
        float(about[f"{name}_g_eff"]),
        {"tree": tree, "arrays": arrays},
    )


def _tell_version(path: Any, origin: Mapping[str, Any]) -> None:
    written, here = origin["versions"]["mftheory"], provenance()["versions"]["mftheory"]
    if written != here:
        message = f"{path}: made with mftheory {written}, read with {here}; its numbers are as they were"
        warnings.warn(message, stacklevel=5)
