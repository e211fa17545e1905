"""A comparison in a file: points, averages of each size, and networks, as three tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.results.estimate import Estimate
from mftheory.results.stored.files import to_text

if TYPE_CHECKING:
    import xarray

    from mftheory.results.comparison import Comparison

_POINT = {
    "theory": "theory's dimension of activity per neuron",
    "theory_error": "its standard error",
    "z": "deviation from the theory in standard errors, two-sided",
    "degrees_of_freedom": "of the standard error",
    "alternative": "a rival prediction",
    "alternative_z": "deviation from it in standard errors",
    "without_smallest_z": "change without the smallest size, in standard errors",
    "size": "neurons that have the observable, as a multiple of N",
}
_ESTIMATES = {
    "extrapolated": "simulated dimension, extrapolated in 1/N",
    "without_smallest": "the same without the smallest size",
}
_LONG_NAMES = {
    "n": "neurons N of the network",
    "seed": "seed of the network",
    "two_point": "C(0), mean over neurons",
    "two_point_error": "standard error of C(0)",
    "four_point": "Ψ(0, 0), N times a mean square of covariances",
    "four_point_error": "standard error of Ψ(0, 0)",
    "dimension": "dimension of activity per neuron",
    "dimension_error": "standard error of the dimension",
    "status": "equilibrated, or what is wrong",
    "json": "what the network gave, as JSON",
}
_OPTIONAL = ("alternative", "alternative_z", "without_smallest_z", "without_smallest")


def to_dataset(result: Comparison) -> xarray.Dataset:
    """Dimensions are "point"; "average", one a point and size; and "network"."""
    import xarray

    points = result.points
    variables: dict[str, Any] = {}
    for name, meaning in _POINT.items():
        values = [np.nan if (value := getattr(p, name)) is None else float(value) for p in points]
        variables[name] = ("point", values, {"units": "1", "long_name": meaning})
    for name, meaning in _ESTIMATES.items():
        found = [getattr(p, name) or Estimate(np.nan, np.nan) for p in points]
        variables[name] = ("point", [float(e.value) for e in found], {"units": "1", "long_name": meaning})
        about = {"units": "1", "long_name": f"standard error: {meaning}"}
        variables[f"{name}_error"] = ("point", [float(e.error) for e in found], about)
    averages = [(k, size) for k, p in enumerate(points) for size in p.sizes]
    columns: dict[str, tuple[str, Any]] = {
        "point": ("which point", [k for k, _ in averages]),
        "n": ("neurons N", [s.n for _, s in averages]),
        "networks": ("number of networks", [s.networks for _, s in averages]),
        "dimension": ("mean dimension", [float(s.dimension.value) for _, s in averages]),
        "dimension_error": ("its standard error", [float(s.dimension.error) for _, s in averages]),
        "spread": ("standard deviation between networks", [float(s.spread) for _, s in averages]),
    }
    for name, (meaning, values) in columns.items():
        variables[f"average_{name}"] = ("average", np.array(values), {"units": "1", "long_name": meaning})
    records = [(k, record) for k, p in enumerate(points) for record in p.records]
    of_point = np.array([k for k, _ in records], int)
    variables["network_point"] = ("network", of_point, {"units": "1", "long_name": "which point"})
    variables |= _columns("network", "record_", [record for _, record in records])
    variables |= _columns("point", "label_", [p.label for p in points])
    return xarray.Dataset(variables, attrs={"observable": result.observable})


def from_dataset(data: xarray.Dataset, networks: tuple[Any, ...], origin: Mapping[str, Any]) -> Comparison:
    """The comparison that `to_dataset` was given."""
    from mftheory.results.comparison import ComparedPoint, Comparison, SizeAverage

    labels = _rows(data, "point", "label_")
    records = _rows(data, "network", "record_")
    points = []
    for k, label in enumerate(labels):
        numbers: dict[str, Any] = {name: float(data[name][k]) for name in _POINT}
        for name in _ESTIMATES:
            numbers[name] = Estimate(float(data[name][k]), float(data[f"{name}_error"][k]))
        for name in _OPTIONAL:
            value = numbers[name].value if isinstance(numbers[name], Estimate) else numbers[name]
            numbers[name] = None if np.isnan(value) else numbers[name]
        table = data.isel(average=data["average_point"].values == k)
        sizes = tuple(
            SizeAverage(int(n), int(m), Estimate(float(value), float(error)), float(spread))
            for n, m, value, error, spread in zip(
                *(table[f"average_{c}"].values for c in ("n", "networks", "dimension", "dimension_error", "spread")),
                strict=True,
            )
        )
        own = tuple(r for r, of in zip(records, data["network_point"].values, strict=True) if of == k)
        points.append(ComparedPoint(label=label, sizes=sizes, records=own, **numbers))
    return Comparison(
        tuple(points),
        str(data.attrs["observable"]),
        networks,
        origin.get("formulas", {}),
        origin.get("settings", {}),
        origin,
    )


def _columns(dim: str, start: str, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One variable a key: numbers or texts if every row has one, else JSON; empty where a row has no such key."""
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    if not all(name.isidentifier() for name in names):  # such as "a/b", which would be a group of the file
        whole = {"encoding": "json", "names": 1, "long_name": _LONG_NAMES["json"]}
        return {f"{start}json": (dim, _texts(to_text(row) for row in rows), whole)}
    found = {}
    about: dict[str, Any]
    for name in names:
        values = [row[name] for row in rows if name in row]
        complete = len(values) == len(rows)
        about = {}
        if complete and all(
            isinstance(v, Integral) and not isinstance(v, bool) and abs(int(v)) < 2**63 for v in values
        ):
            column = np.array(values, dtype=np.int64)
        elif complete and all(isinstance(v, Real) and not isinstance(v, bool) for v in values):
            column = np.array(values, dtype=np.float64)
        elif complete and all(isinstance(v, str) for v in values):
            column = _texts(values)
        else:
            column, about = _texts(to_text(row[name]) if name in row else "" for row in rows), {"encoding": "json"}
        if column.dtype.kind in "if":
            about["units"] = "1"
        found[f"{start}{name}"] = (dim, column, {"long_name": _LONG_NAMES.get(name, name), **about})
    return found


def _rows(data: xarray.Dataset, dim: str, start: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in range(data.sizes.get(dim, 0))]
    for name in data.data_vars:
        if not str(name).startswith(start) or data[name].dims != (dim,):
            continue
        variable = data[name]
        encoded = variable.attrs.get("encoding") == "json"
        for row, value in zip(rows, variable.values.tolist(), strict=True):
            if encoded and "names" in variable.attrs:
                row |= json.loads(value)
            elif not encoded:
                row[str(name)[len(start) :]] = value
            elif value:
                row[str(name)[len(start) :]] = json.loads(value)
    return rows


def _texts(values: Iterable[str]) -> NDArray[Any]:
    return np.array(list(values), dtype=object)


__all__ = ["from_dataset", "to_dataset"]
