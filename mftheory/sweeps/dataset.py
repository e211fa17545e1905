"""The results of a sweep as one labelled data set, also while it is not complete."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.comparison.statistics import Point
from mftheory.comparison.statistics import compare as compare_records
from mftheory.errors import Quiescent
from mftheory.results.attractors import left_out
from mftheory.results.comparison import Comparison
from mftheory.sweeps.tasks import Plan, Unit
from mftheory.wording import one_of

if TYPE_CHECKING:
    import xarray

Record = Mapping[str, Any]

# Variable of the data set, by observable and dimensionless: its name in a unit's record, and what it is.
_THEORY = {
    "dimension": ("dimension", "dimension of activity per neuron PR"),
    "dimension_error": ("dimension_error", "numerical or sampling error of the dimension"),
    "C": ("C", "C(0), variance over neurons and time"),
    "C_error": ("C_error", "error of C(0)"),
}
_COMPARED = {
    "theory": ("dimension", "theory's dimension of activity per neuron PR"),
    "theory_error": ("dimension_error", "error of the theory's dimension"),
    "theory_C": ("C", "theory's C(0)"),
    "alternative": ("alternative", "dimension of the simpler theory that must be told from the theory"),
    "share": ("share", "neurons that have the observable, as a multiple of N"),
}
_NETWORK = {
    "dimension": ("dimension", "dimension of activity per neuron PR of one network"),
    "dimension_error": ("dimension_error", "standard error of the dimension, of this network"),
    "C": ("two_point", "C(0), variance over neurons and time"),
    "C_error": ("two_point_error", "standard error of C(0), of this network"),
    "Psi": ("four_point", "Ψ(0, 0), N times the mean square of the covariances"),
    "Psi_error": ("four_point_error", "standard error of Ψ(0, 0), of this network"),
}
# The others: what they are (and their unit, where they are not dimensionless).
_RUN = {
    "duration": ("measured time of each trajectory", "time constant"),
    "burn_in": ("time discarded before", "time constant"),
    "drift": ("change between the halves of the run, in standard errors", "1"),
    "at_rest": ("trajectories that came to rest at a fixed point", "1"),
    "periodic": ("trajectories on a cycle", "1"),
}
_VERDICT = {
    "extrapolated": "simulated dimension, extrapolated in 1/N",
    "extrapolated_error": "its standard error, the spread between networks included",
    "z": "its deviation from the theory in standard errors, two-sided",
}
_FUNCTIONS = {
    "C_tau": "C(τ)",
    "timescale": "Ψ(τ, 0)/Ψ(0, 0), weighted autocovariance of the principal components",
}


def dataset(plan: Plan, results: Mapping[str, Record], provenance: Mapping[str, Any]) -> "xarray.Dataset":
    """Return all results so far on the axes of the sweep; NaN and an empty status where there is none yet.

    Parameters
    ----------
    plan : Plan
    results : mapping
        Records of units by their keys.
    provenance : mapping
        Description of how the numbers were made.

    Returns
    -------
    xarray.Dataset
        Dimensions are the parameters, then "observable", and of networks "n" and "network"; functions have "tau" last.
    """
    import xarray

    table = _Table(plan)
    if plan.what != "simulate":
        _theories(table, plan, results)
    if plan.what != "solve":
        _networks(table, plan, results)
    if plan.what == "compare":
        _verdicts(table, plan, results)
    coordinates: dict[str, Any] = {
        name: (name, np.array(values), {"long_name": name}) for name, values in plan.grid.over.items()
    }
    coordinates["observable"] = ("observable", list(plan.observables), {"long_name": "what is measured"})
    if plan.tau:
        coordinates["tau"] = ("tau", list(plan.tau), {"units": "time constant", "long_name": "time lag τ"})
    if plan.what != "solve":
        coordinates["n"] = ("n", table.sizes, {"units": "1", "long_name": "neurons N"})
        coordinates["network"] = ("network", np.arange(table.replicates), {"long_name": "which of the networks"})
    finished = sum(unit.key in results for unit in plan.units)
    shown = {name: value for name, value in plan.description.items() if name != "points"}
    attributes = {
        "title": f"sweep, {plan.what}",
        "what": plan.what,
        "units_finished": finished,
        "units_planned": len(plan.units),
        "sweep": json.dumps(shown, ensure_ascii=False),
        "provenance": json.dumps(dict(provenance), ensure_ascii=False),
    }
    return xarray.Dataset(table.variables, coordinates, attributes)


def comparison(table: "xarray.Dataset", observable: str | None = None) -> Comparison:
    """Return the comparison that a data set of a sweep with ``what="compare"`` holds, with its table and picture.

    Parameters
    ----------
    table : xarray.Dataset
    observable : str, optional
        One of its observables; by default the first.

    Returns
    -------
    Comparison
        The comparison at all points at which the theory and every network have a number.

    Raises
    ------
    InvalidNetwork
        If the data set is of another kind of sweep, or not a single point of it is complete.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.sweeps.dataset import comparison
    >>> runs = {"n": [60, 120], "seeds": 2, "trajectories": 16, "duration": 20.0, "jobs": 1}
    >>> data = mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [3.0]}, "compare", **runs)
    >>> result = comparison(data)  # mf.compare(data) is the same
    >>> result.points[0].label, result.z_scores[0] == float(data["z"].item())
    ({'g': 3.0}, True)
    """
    from mftheory.errors import InvalidNetwork

    if table.attrs.get("what") != "compare" or "z" not in table:
        raise InvalidNetwork("network", table.attrs.get("title", ""), "must be a data set of mf.sweep(what='compare')")
    known = [str(name) for name in table["observable"].values]
    if observable is None:
        observable = known[0]
    one_of("observable", observable, known, quoted=True)
    chosen = table.sel(observable=observable)
    names = [str(d) for d in chosen["z"].dims]
    points = []
    for index in np.ndindex(chosen["z"].shape):
        at = chosen.isel(dict(zip(names, index, strict=True)))
        if not np.isfinite(float(at["z"])):
            continue
        label = {name: at[name].item() for name in names}
        points.append(_point(label, {k: float(at[k]) for k in _COMPARED}, list(_records_of(at))))
    if not points:
        raise InvalidNetwork("network", table.attrs["title"], "has no point at which theory and networks are complete")
    return compare_records(points, observable)


class _Table:
    """Arrays on the axes of the sweep, filled entry by entry."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sizes = sorted({unit.n for unit in plan.simulations if unit.n is not None})
        self.replicates = 1 + max((unit.replicate or 0 for unit in plan.simulations), default=0)
        self.variables: dict[str, Any] = {}
        self._over = plan.grid.names

    def point(self, k: int) -> tuple[int, ...]:
        """Return the position of a point on the axes of the parameters."""
        return tuple(int(i) for i in np.unravel_index(k, self.plan.grid.shape))

    def place(self, unit: Unit) -> tuple[int, ...]:
        """Return the position of a network on the axes "n" and "network"."""
        assert unit.n is not None
        assert unit.replicate is not None
        return self.sizes.index(unit.n), unit.replicate

    def new(
        self, name: str, axes: Sequence[str], meaning: str, units: str = "1", fill: Any = np.nan, kind: Any = float
    ) -> NDArray[Any]:
        """Add a variable over the parameters and these axes; return its array, to be filled."""
        lengths = {
            "observable": len(self.plan.observables),
            "n": len(self.sizes),
            "network": self.replicates,
            "tau": len(self.plan.tau),
        }
        array = np.full((*self.plan.grid.shape, *(lengths[axis] for axis in axes)), fill, dtype=kind)
        attributes = {"long_name": meaning, **({"units": units} if units else {})}
        self.variables[name] = ((*self._over, *axes), array, attributes)
        return array


def _theories(table: _Table, plan: Plan, results: Mapping[str, Record]) -> None:
    prefix = "theory_" if plan.what == "compare" else ""
    names = _COMPARED if plan.what == "compare" else _THEORY
    arrays = {key: table.new(name, ["observable"], meaning) for name, (key, meaning) in names.items()}
    functions = _functions(table, plan, prefix, ["observable", "tau"])
    gain = table.new("gain", [], "⟨φ'⟩, the mean slope of the nonlinearity")
    status = table.new(f"{prefix}status", [], "of the theory: converged, or why not", "", fill="", kind=object)
    for unit in plan.theories:
        record, at = results.get(unit.key), table.point(unit.point)
        if record is None:
            continue
        status[at] = record["status"]
        if "observables" not in record:
            continue
        gain[at] = np.nan if record["gain"] is None else record["gain"]
        for a, observable in enumerate(plan.observables):
            numbers = record["observables"][observable]
            for key, array in arrays.items():
                value = numbers.get(key)
                array[(*at, a)] = np.nan if value is None else value
            for key, array in functions.items():
                array[(*at, a)] = numbers[key]


def _networks(table: _Table, plan: Plan, results: Mapping[str, Record]) -> None:
    each = ["n", "network"]
    arrays = {key: table.new(name, ["observable", *each], meaning) for name, (key, meaning) in _NETWORK.items()}
    functions = _functions(table, plan, "", ["observable", *each, "tau"])
    run = {name: table.new(name, each, *about) for name, about in _RUN.items()}
    seed = table.new("seed", each, "seed of the network; -1: there is none", "", fill=-1, kind=np.int64)
    status = table.new("status", each, "of the run: equilibrated, or what is wrong", "", fill="", kind=object)
    for unit in plan.simulations:
        at, place = table.point(unit.point), table.place(unit)
        seed[(*at, *place)] = unit.seed
        record = results.get(unit.key)
        if record is None:
            continue
        status[(*at, *place)] = record["status"]
        if "observables" not in record:
            continue
        for name, array in run.items():
            array[(*at, *place)] = record.get(name, np.nan)  # older stores hold fewer
        for a, observable in enumerate(plan.observables):
            numbers = record["observables"][observable]
            for key, array in (arrays | functions).items():
                array[(*at, a, *place)] = numbers[key]


def _functions(table: _Table, plan: Plan, prefix: str, axes: list[str]) -> dict[str, NDArray[Any]]:
    """Add C(τ) and the timescale, each with its error, where lags are asked for; return their arrays by record key."""
    if not plan.tau:
        return {}
    arrays = {}
    for key, meaning in _FUNCTIONS.items():
        arrays[key] = table.new(f"{prefix}{key}", axes, meaning)
        arrays[f"{key}_error"] = table.new(f"{prefix}{key}_error", axes, f"error of {meaning}")
    return arrays


def _verdicts(table: _Table, plan: Plan, results: Mapping[str, Record]) -> None:
    arrays = {name: table.new(name, ["observable"], meaning) for name, meaning in _VERDICT.items()}
    by_point: dict[int, list[Unit]] = {}
    for unit in sorted(plan.simulations, key=lambda u: (u.n or 0, u.replicate or 0)):
        by_point.setdefault(unit.point, []).append(unit)
    labels = plan.grid.points()
    for unit in plan.theories:
        theory, units = results.get(unit.key), by_point[unit.point]
        if theory is None or "observables" not in theory or any(u.key not in results for u in units):
            continue
        for a, observable in enumerate(plan.observables):
            records = [results[u.key] for u in units]
            networks = [
                r["observables"][observable] if "observables" in r else _resting(u, r)
                for u, r in zip(units, records, strict=True)
                if "observables" in r or left_out(r["status"])
            ]
            of_theory = theory["observables"][observable]
            numbers = {name: of_theory.get(key) for name, (key, _) in _COMPARED.items()}
            # Leaving out what failed, or is too noisy to be above 0, would favour the others: then there is no verdict.
            if len(networks) < len(units) or any(r["dimension"] <= 0 for r in networks if "dimension" in r):
                continue
            try:
                compared = compare_records([_point(labels[unit.point], numbers, networks)], observable).points[0]
            except Quiescent:  # nearly all networks are at rest
                continue
            at = (*table.point(unit.point), a)
            arrays["extrapolated"][at] = compared.extrapolated.value
            arrays["extrapolated_error"][at] = compared.extrapolated.error
            arrays["z"][at] = compared.z


def _resting(unit: Unit, record: Record) -> dict[str, Any]:
    """Return the record of a network whose activity died out, by which a comparison leaves it out."""
    return {"n": unit.n, "seed": unit.seed, "status": record["status"]}


def _point(label: Mapping[str, Any], numbers: Mapping[str, Any], networks: Sequence[Record]) -> Point:
    alternative = numbers["alternative"]
    return Point(
        theory=numbers["theory"],
        records=networks,
        alternative=None if alternative is None or np.isnan(alternative) else alternative,
        label=label,
        size=numbers["share"],
        theory_error=numbers["theory_error"],
    )


def _records_of(at: "xarray.Dataset") -> Iterator[dict[str, Any]]:
    """Yield the records of the networks of one point."""

    def read(name: str) -> NDArray[Any]:
        return np.asarray(at[name].transpose("n", "network").values)

    arrays = {key: read(name) for name, (key, _) in _NETWORK.items()}
    seed, status = read("seed"), read("status")
    counts = {name: read(name) for name in ("at_rest", "periodic") if name in at}  # older data sets have none
    for i, n in enumerate(at["n"].values):
        for k in range(seed.shape[1]):
            if not np.isfinite(arrays["dimension"][i, k]):
                if left_out(str(status[i, k])):
                    yield {"n": int(n), "seed": int(seed[i, k]), "status": str(status[i, k])}
            else:
                numbers = {name: float(array[i, k]) for name, array in arrays.items()}
                whole = {name: int(array[i, k]) for name, array in counts.items() if np.isfinite(array[i, k])}
                yield {"n": int(n), "seed": int(seed[i, k]), **numbers, "status": str(status[i, k]), **whole}
