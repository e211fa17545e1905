"""Results to files and back: each kind by the schema of its fields, with its network and where it came from."""

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
from mftheory.lookup import FILES
from mftheory.results import (
    Comparison,
    Estimate,
    LinearEquivalent,
    PredictedCovariance,
    Prediction,
    Recording,
    Simulation,
    StoredNetwork,
    Theory,
)
from mftheory.results.columns import to_text
from mftheory.results.from_dataset import from_dataset
from mftheory.results.predicted_tables import PredictedTables
from mftheory.results.provenance import provenance
from mftheory.results.result import ALLOWED
from mftheory.results.theory_tables import TheoryTables
from mftheory.results.to_dataset import to_dataset
from mftheory.storage import netcdf
from mftheory.storage.descriptions import Arrays, described, fingerprint, rebuilt
from mftheory.storage.places import check_target

if TYPE_CHECKING:
    import xarray

Known = Mapping[str, Callable[..., Any]]

LONGEST_DESCRIPTION = 1000
"""Most characters of a description: that of an ensemble of one's own would be pages of declarations."""

DESCRIBED = ("couplings", "network", "networks")
"""Fields that are kept as descriptions, of which the package's constructors make them again."""


@dataclass(frozen=True)
class ResultKind:
    """How one kind of result is written and read: by the schema of its fields, or of tables in its place.

    Attributes
    ----------
    result : type
        The type of the result; its name is that of the kind.
    to_tables : callable, optional
        Makes of a result the dataclass, `tables`, that is kept in its place.
    tables : type, optional
    from_tables : callable, optional
        Makes the result again, of the tables and of fields by name: `network`, `origin`, `formulas`, `settings`.
    beside : bool
        True if the file has the numbers of `to_xarray` too, for other programs: they follow from the others.
    """

    result: type
    to_tables: Callable[[Any], Any] | None = None
    tables: type | None = None
    from_tables: Callable[..., Any] | None = None
    beside: bool = False

    def dataset(self, result: Any) -> xarray.Dataset:
        """Return everything that is kept of a result but its provenance."""
        data = to_dataset(result if self.to_tables is None else self.to_tables(result))
        if self.beside:
            data = result.to_xarray().assign(data.data_vars).drop_attrs(deep=False).assign_attrs(data.attrs)
        for name in DESCRIBED:
            value = getattr(result, name, None)
            if isinstance(value, tuple):
                data.attrs[name] = len(value)
                for k, network in enumerate(value):
                    data = _with_network(data, f"network_of_{k}", network)
            elif name == "network" and value is not None:
                data = _with_network(data, name, value)
            elif value is not None:
                data = _with_parts(data, name, *described(value))
        return data

    def save(self, result: Any, path: str | os.PathLike[str]) -> Path:
        """Write a result with its network and provenance to a netCDF file.

        Raises
        ------
        InvalidFile
            If it cannot be written.
        """
        check_target(path)  # before work
        data, origin = self.dataset(result), getattr(result, "origin", None)
        if origin is None:  # what was read from a file keeps where it came from
            plain = {name: value for name, value in data.attrs.items() if not name.startswith(DESCRIBED)}
            origin = provenance(**{**plain, **getattr(result, "settings", {})})
            origin["formulas"] = getattr(result, "formulas", {})
        data.attrs |= {"provenance": to_text(origin), "title": repr(result)}
        return netcdf.write(path, self.result.__name__, data)

    def made(self, data: xarray.Dataset, **others: Any) -> Any:
        """Return the result again, of a data set and of fields that it does not hold."""
        read: Any = from_dataset(self.tables or self.result, data, **others)
        return read if self.from_tables is None else self.from_tables(read, **others)


def content_hash(result: Any) -> str:
    """Return the hash of everything that a file holds of a result but its provenance.

    Raises
    ------
    InvalidNetwork
        If it is no result.
    """
    kind: ResultKind | None = FILES.of(result)
    if kind is None:
        raise InvalidNetwork("result", result, ALLOWED)
    return netcdf.content_hash(kind.dataset(result))


def load(path: str | os.PathLike[str], known: Known) -> Any:
    """Read a result that was saved, networks built by the constructors in `known`; of a sweep's store its data set.

    Raises
    ------
    InvalidFile
        If the file is none of these, or damaged.
    """
    name, data = netcdf.read(path)
    if name == netcdf.SWEEP:
        if not netcdf.is_sweep(data.attrs):
            raise InvalidFile("path", str(path), "is no sweep as mftheory saves it")
        return data
    try:
        kind = {kind.result.__name__: kind for kind in FILES}[name]
        origin = json.loads(data.attrs["provenance"])
        _tell_version(path, origin)
        others = {"origin": origin, "formulas": origin.get("formulas", {}), "settings": origin.get("settings", {})}
        if kind.result is Comparison:
            count = int(data.attrs.get("networks", 0))
            others["networks"] = tuple(_network(path, data, f"network_of_{k}", known) for k in range(count))
        others["network"] = _network(path, data, "network", known) if "network_content" in data.attrs else None
        if "couplings_content" in data.attrs:
            tree, arrays = _parts(path, data, "couplings")
            others["couplings"] = rebuilt(tree, arrays, known)
        return kind.made(data, **others)
    except InvalidFile:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise InvalidFile("path", str(path), f"is no {name} as mftheory saves it ({error})") from None


def _predicted(tables: PredictedTables, network: Any, origin: Any, **others: Any) -> PredictedCovariance:
    errors = tables.dimension_numerical_error
    return PredictedCovariance(
        **{name: getattr(tables, name) for name in ("n", "exact", "diagnosis", "omega", "x", "seed")},
        gain=tables.gain,
        variance=tables.variance,
        source=tables,
        dimensions={a: Estimate(value, errors[a]) for a, value in tables.dimension.items()},
        neurons=tables.neuron,
        network=network,
        origin=origin,
    )


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
        text = whole if len(whole) <= LONGEST_DESCRIPTION else f"{type(network).__name__} {ensemble!r}"
        about = (text, str(ensemble), float(getattr(network, "g_eff", np.nan)))
    data.attrs |= {name: about[0], f"{name}_ensemble": about[1], f"{name}_g_eff": about[2]}
    return _with_parts(data, name, tree, arrays)


def _with_parts(data: xarray.Dataset, name: str, tree: Any, arrays: Arrays) -> xarray.Dataset:
    """Return the data set with a description and its arrays, under this name."""
    for k in range(len(arrays)):
        values = arrays[f"network_{k}"]  # as `described` calls them
        dims = [f"{name}_{k}_{axis}" for axis in range(np.ndim(values))]
        data[f"{name}_{k}"] = (dims, values, {"units": "1", "long_name": "an array in the description of the network"})
    data.attrs |= {
        f"{name}_content": to_text(tree),
        f"{name}_arrays": len(arrays),
        f"{name}_fingerprint": fingerprint(tree, arrays),
    }
    return data


def _parts(path: Any, data: xarray.Dataset, name: str) -> tuple[Any, dict[str, Any]]:
    """Return a description and its arrays, by their name."""
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


for _kind in (
    ResultKind(Theory, TheoryTables.of, TheoryTables, TheoryTables.theory),
    ResultKind(Simulation, beside=True),
    ResultKind(Recording, beside=True),
    ResultKind(Comparison),
    ResultKind(Prediction),
    ResultKind(PredictedCovariance, lambda result: result.tables, PredictedTables, _predicted),
    ResultKind(LinearEquivalent),
):
    FILES.add(_kind.result, _kind)
