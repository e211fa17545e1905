"""The result of a sweep as one labelled data set, also while it is not complete."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.compare.compare import Point
from mftheory.compare.compare import compare as compare_records
from mftheory.errors import Quiescent
from mftheory.results.attractors import left_out
from mftheory.results.comparison import ComparedPoint, Comparison
from mftheory.sweeps.plan import Plan, Unit
from mftheory.wording import one_of

if TYPE_CHECKING:
    import xarray

Record = Mapping[str, Any]

# Name in the data set: name in the record, what it is, unit.
_THEORY = {
    "dimension": ("dimension of activity per neuron PR", "1"),
    "dimension_error": ("numerical or sampling error of the dimension", "1"),
    "C": ("C(0), variance over neurons and time", "1"),
    "C_error": ("error of C(0)", "1"),
}
_COMPARED = {
    "theory": ("theory's dimension of activity per neuron PR", "1"),
    "theory_error": ("error of the theory's dimension", "1"),
    "theory_C": ("theory's C(0)", "1"),
    "alternative": ("dimension of the simpler theory that must be told from the theory", "1"),
    "share": ("neurons that have the observable, as a multiple of N", "1"),
}
_THEORY_OF_COMPARED = {
    "theory": "dimension",
    "theory_error": "dimension_error",
    "theory_C": "C",
    "alternative": "alternative",
    "share": "share",
}
_NETWORK = {
    "dimension": ("dimension of activity per neuron PR of one network", "1"),
    "dimension_error": ("standard error of the dimension, of this network", "1"),
    "C": ("C(0), variance over neurons and time", "1"),
    "C_error": ("standard error of C(0), of this network", "1"),
    "Psi": ("Ψ(0, 0), N times the mean square of the covariances", "1"),
    "Psi_error": ("standard error of Ψ(0, 0), of this network", "1"),
}
_IN_RECORD = {"C": "two_point", "C_error": "two_point_error", "Psi": "four_point", "Psi_error": "four_point_error"}
_RUN = {
    "duration": ("measured time of each trajectory", "time constant"),
    "burn_in": ("time discarded before", "time constant"),
    "drift": ("change between the halves of the run, in standard errors", "1"),
    "at_rest": ("trajectories that came to rest at a fixed point", "1"),
    "periodic": ("trajectories on a cycle", "1"),
}
_VERDICT = {
    "extrapolated": ("simulated dimension, extrapolated in 1/N", "1"),
    "extrapolated_error": ("its standard error, the spread between networks included", "1"),
    "z": ("its deviation from the theory in standard errors, two-sided", "1"),
}
_FUNCTIONS = {
    "C_tau": ("C(τ)", "1"),
    "timescale": ("Ψ(τ, 0)/Ψ(0, 0), weighted autocovariance of the principal components", "1"),
}


def dataset(plan: Plan, results: Mapping[str, Record], provenance: Mapping[str, Any]) -> "xarray.Dataset":
    """All results so far on the axes of the sweep; NaN and an empty status where there is none yet.

    Parameters
    ----------
    plan : Plan
    results : mapping
        Records of units by their keys.
    provenance : mapping
        How the numbers were made.

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
    """The comparison that a data set of a sweep with ``what="compare"`` holds, with its table and picture.

    Parameters
    ----------
    table : xarray.Dataset
    observable : str, optional
        One of those in it; by default the first.

    Returns
    -------
    Comparison
        Of all points at which the theory and every network have a number.

    Raises
    ------
    InvalidNetwork
        If the data set is none of a comparison, or not a single point of it is complete.

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
        """Position of a point on the axes of the parameters."""
        return tuple(int(i) for i in np.unravel_index(k, self.plan.grid.shape))

    def place(self, unit: Unit) -> tuple[int, ...]:
        """Position of a network on the axes "n" and "network"."""
        assert unit.n is not None
        assert unit.replicate is not None
        return self.sizes.index(unit.n), unit.replicate

    def new(
        self, name: str, axes: Sequence[str], meaning: str, units: str = "", fill: Any = np.nan, kind: Any = float
    ) -> NDArray[Any]:
        """One more variable, over the parameters and these axes."""
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
    compared = plan.what == "compare"
    prefix = "theory_" if compared else ""
    names = _COMPARED if compared else _THEORY
    arrays = {name: table.new(name, ["observable"], *about) for name, about in names.items()}
    functions = _functions(table, plan, prefix, ["observable", "tau"])
    gain = table.new("gain", [], "⟨φ'⟩, the mean slope of the nonlinearity", "1")
    status = table.new(f"{prefix}status", [], "of the theory: converged, or why not", fill="", kind=object)
    for unit in plan.theories:
        record, at = results.get(unit.key), table.point(unit.point)
        if record is None:
            continue
        status[at] = record["status"]
        if "observables" not in record:
            continue
        gain[at] = np.nan if record["gain"] is None else record["gain"]
        for a, observable in enumerate(plan.observables):
            found = record["observables"][observable]
            for name, array in arrays.items():
                value = found.get(_THEORY_OF_COMPARED[name] if compared else name)
                array[(*at, a)] = np.nan if value is None else value
            for name, array in functions.items():
                array[(*at, a)] = found[name.removeprefix(prefix)]


def _networks(table: _Table, plan: Plan, results: Mapping[str, Record]) -> None:
    each = ["n", "network"]
    arrays = {name: table.new(name, ["observable", *each], *about) for name, about in _NETWORK.items()}
    functions = _functions(table, plan, "", ["observable", *each, "tau"])
    run = {name: table.new(name, each, *about) for name, about in _RUN.items()}
    seed = table.new("seed", each, "seed of the network; -1: there is none", fill=-1, kind=np.int64)
    status = table.new("status", each, "of the run: equilibrated, or what is wrong", fill="", kind=object)
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
            found = record["observables"][observable]
            for name, array in arrays.items():
                array[(*at, a, *place)] = found[_IN_RECORD.get(name, name)]
            for name, array in functions.items():
                array[(*at, a, *place)] = found[name]


def _functions(table: _Table, plan: Plan, prefix: str, axes: list[str]) -> dict[str, NDArray[Any]]:
    """C(τ) and the timescale, each with its error, where lags are asked for."""
    if not plan.tau:
        return {}
    made = {}
    for name, (meaning, units) in _FUNCTIONS.items():
        made[prefix + name] = table.new(prefix + name, axes, meaning, units)
        made[f"{prefix}{name}_error"] = table.new(f"{prefix}{name}_error", axes, f"error of {meaning}", units)
    return made


def _verdicts(table: _Table, plan: Plan, results: Mapping[str, Record]) -> None:
    arrays = {name: table.new(name, ["observable"], *about) for name, about in _VERDICT.items()}
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
            numbers = {name: of_theory.get(key) for name, key in _THEORY_OF_COMPARED.items()}
            # Leaving out what failed, or is too noisy to be above 0, would favour the others: then there is no verdict.
            if len(networks) < len(units) or any(r["dimension"] <= 0 for r in networks if "dimension" in r):
                continue
            try:
                found = _compared(_point(labels[unit.point], numbers, networks), observable)
            except Quiescent:  # nearly all of them
                continue
            at = (*table.point(unit.point), a)
            arrays["extrapolated"][at] = found.extrapolated.value
            arrays["extrapolated_error"][at] = found.extrapolated.error
            arrays["z"][at] = found.z


def _resting(unit: Unit, record: Record) -> dict[str, Any]:
    """A network whose activity died out, as a comparison leaves it out."""
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


def _compared(point: Point, observable: str) -> ComparedPoint:
    return compare_records([point], observable).points[0]


def _records_of(at: "xarray.Dataset") -> Iterator[dict[str, Any]]:
    """The networks of one point, as they were recorded."""
    read: Callable[[str], NDArray[Any]] = lambda name: at[name].transpose("n", "network").values  # noqa: E731
    arrays = {_IN_RECORD.get(name, name): read(name) for name in _NETWORK}
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
