"""Results to files and back."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.errors import InvalidFile, InvalidNetwork
from mftheory.results.provenance import provenance
from mftheory.results.stored import comparison, files, simulation, theory
from mftheory.results.stored.networks import StoredNetwork, described, fingerprint, rebuilt

if TYPE_CHECKING:
    import xarray

LONGEST = 1000
"""Characters of a description: that of an ensemble of one's own would be pages of declarations."""


def save(result: Any, path: str | os.PathLike[str]) -> Path:
    """Write a Theory, a Simulation or a Comparison; see their method `save`."""
    from mftheory.results import Comparison, Simulation, Theory

    if isinstance(result, Theory):
        kind, data, formulas = "Theory", theory.to_dataset(result), theory.formulas_of(result)
    elif isinstance(result, Simulation):
        kind, data, formulas = "Simulation", simulation.to_dataset(result), {}
    elif isinstance(result, Comparison):
        kind, data, formulas = "Comparison", comparison.to_dataset(result), {}
    else:
        raise InvalidNetwork("result", result, "must be a Theory, a Simulation or a Comparison")
    # What was read from a file keeps where it came from.
    origin = dict(result.origin) if result.origin is not None else {**provenance(), "formulas": formulas}
    settings = {name: data.attrs[name] for name in data.attrs}
    origin.setdefault("settings", {})
    origin["settings"] = origin["settings"] or settings
    if not isinstance(result, Comparison):
        data = _with_network(data, result.network)
    data.attrs["provenance"] = files.to_text(origin)
    data.attrs["title"] = repr(result)
    return files.write(path, kind, data)


def load(path: str | os.PathLike[str], known: Mapping[str, Callable[..., Any]]) -> Any:
    """Read what `save` wrote, networks built by the constructors in `known`; of a sweep's store its data set.

    Raises
    ------
    InvalidFile
        If it is none of these, or damaged.
    """
    kind, data = files.read(path)
    if kind == "sweep":
        return data
    try:
        origin = json.loads(data.attrs["provenance"])
        _tell_version(path, origin)
        if kind == "Comparison":
            return comparison.from_dataset(data, origin)
        from_dataset = {"Theory": theory.from_dataset, "Simulation": simulation.from_dataset}[kind]
        return from_dataset(data, _network(path, data, known), origin)
    except InvalidFile:
        raise
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise InvalidFile("path", str(path), f"is no {kind} as mftheory saves it ({error})") from error


def _with_network(data: xarray.Dataset, network: Any) -> xarray.Dataset:
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
    for name, values in arrays.items():
        dims = [f"{name}_{k}" for k in range(np.ndim(values))]
        data[name] = (dims, values, {"long_name": "an array in the description of the network"})
    data.attrs |= {
        "network": about[0],
        "network_ensemble": about[1],
        "network_g_eff": about[2],
        "network_content": files.to_text(tree),
        "network_arrays": len(arrays),
        "network_fingerprint": fingerprint(tree, arrays),
    }
    return data


def _network(path: Any, data: xarray.Dataset, known: Mapping[str, Callable[..., Any]]) -> Any:
    tree = json.loads(data.attrs["network_content"])
    arrays = {f"network_{k}": data[f"network_{k}"].values for k in range(int(data.attrs["network_arrays"]))}
    expected = data.attrs["network_fingerprint"]
    if fingerprint(tree, arrays) != expected:
        raise InvalidFile("path", str(path), "describes another network than its fingerprint says")
    try:
        network = rebuilt(tree, arrays, known)
    except (LookupError, TypeError, ValueError):  # an ensemble or a law of the user's own, or of another version
        network = None
    # Only what comes out the same is the network: a constructor of another version may make something else of it.
    if network is not None and fingerprint(*described(network)) == expected:
        return network
    about = data.attrs
    return StoredNetwork(
        str(about["network"]),
        str(about["network_ensemble"]),
        float(about["network_g_eff"]),
        {"tree": tree, "arrays": arrays},
    )


def _tell_version(path: Any, origin: Mapping[str, Any]) -> None:
    written, here = origin["versions"]["mftheory"], provenance()["versions"]["mftheory"]
    if written != here:
        message = f"{path}: made with mftheory {written}, read with {here}; its numbers are as they were"
        warnings.warn(message, stacklevel=5)
