"""Networks simulated at a list of points, by a sweep that can be stopped and resumed, and judged against theory."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import mftheory as mf
from mftheory.figures.against import conclude, fluctuating, limit
from mftheory.figures.verdicts import verdict
from mftheory.results.attractors import in_doubt, left_out, named_networks
from mftheory.results.extrapolate import CURVATURE, Linear, coefficients
from mftheory.results.theory import FEWEST_DIMENSIONS
from mftheory.storage import make_folder

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class Case:
    """A network to be simulated, and what wrong theories say of it.

    Attributes
    ----------
    label : mapping
        Its parameters.
    network : Network
    wrong : mapping
        Observable → name of the wrong theory → the dimension that it predicts.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.figures.networks import Case
    >>> Case({"g_eff": 3.0, "effective_rank": 0.5}, mf.Network(mf.RandomMode.exponential(3.0, 0.5))).name
    'g_eff = 3, effective_rank = 0.5'
    """

    label: Mapping[str, float]
    network: mf.Network
    wrong: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The parameters in words."""
        return ", ".join(f"{name} = {value:g}" for name, value in self.label.items())


def testable(dimension: float, networks: Mapping[int, int]) -> bool:
    """Whether the largest networks have the N·PR >= 10 that the theory needs; a rule, whatever they turn out to do.

    Examples
    --------
    >>> from mftheory.figures.networks import testable
    >>> testable(0.012, {500: 8, 1000: 8}), testable(0.008, {500: 8, 1000: 8})
    (True, False)
    """
    return max(networks) * dimension >= FEWEST_DIMENSIONS


def sizes(candidates: Sequence[int], dimension: float) -> list[int]:
    """Sizes with enough dimensions for a line in 1/N, N·PR >= 10; two of them at least, to extrapolate from.

    Examples
    --------
    >>> from mftheory.figures.networks import sizes
    >>> sizes([500, 1000, 2000], 0.03), sizes([500, 1000, 2000], 0.004)
    ([500, 1000, 2000], [1000, 2000])
    """
    rising = sorted(candidates)
    return [n for n in rising if n * dimension >= FEWEST_DIMENSIONS or n in rising[-2:]]


def size_error(networks: Mapping[int, int], dimension: float) -> float:
    """Relative error that a term in 1/N² leaves in the limit of a line in 1/N (`CURVATURE`).

    Examples
    --------
    >>> from mftheory.figures.networks import size_error
    >>> round(size_error({500: 12, 1000: 6}, 0.03), 4)  # 4 (2/30² - 1/15²): a line through two points
    0.0089
    """
    return abs(sum(c * CURVATURE / (n * dimension) ** 2 for n, c in coefficients(networks).items()))


def store(output: Path, name: str, protocol: Any) -> Path:
    """Where a figure's networks stream into, one file for each preset: named by their largest size.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mftheory.figures.networks import store
    >>> from mftheory.figures.registry import protocol
    >>> store(Path("gains"), "gains", protocol("gains", "quick")).name
    'gains_N1000.nc'
    """
    return output / f"{name}_N{max(protocol.networks)}.nc"


def simulated(
    cases: Sequence[Case],
    networks: Mapping[int, int],
    store: Path | None,
    observables: Sequence[str] = ("phi",),
    *,
    jobs: int = -1,
    scheduler: str | None = None,
    progress: bool = False,
    **settings: Any,
) -> "xarray.Dataset":
    """Theory and networks of every case, streaming into `store`; the same call continues what was stopped.

    Each network's seed follows from its parameters, its size and its place among its equals, by the rule of
    `mftheory.sweep`: nothing is chosen.

    Parameters
    ----------
    cases : sequence of Case
    networks : mapping of int to int
        How many of each size.
    store : Path, optional
        The sweep's netCDF file.
    observables : sequence of str
    jobs, scheduler, progress, **settings
        Of `mftheory.sweep`.

    Returns
    -------
    xarray.Dataset
        With the cases' names on the axis "point".
    """
    by_name = {case.name: case.network for case in cases}
    if store is not None:
        make_folder(store.parent, "store")
    with warnings.catch_warnings():
        # Each status is in the result, and those in doubt are counted there.
        warnings.simplefilter("ignore", UserWarning)
        return mf.sweep(
            lambda point: by_name[point],
            {"point": list(by_name)},
            "compare",
            store,
            observables=list(observables),
            n=list(networks),
            seeds=dict(networks),
            jobs=jobs,
            scheduler=scheduler,
            progress=progress,
            **settings,
        )


def compared(
    data: "xarray.Dataset", cases: Sequence[Case], observable: str, independent: bool = True
) -> list[dict[str, Any]]:
    """The verdict on each case: its networks' dimensions, extrapolated in 1/N, against the theory.

    Parameters
    ----------
    data : xarray.Dataset
        From `simulated`.
    cases : sequence of Case
    observable : str
    independent : bool
        False if another observable of the same networks is compared as well.

    Returns
    -------
    list of dict
        As `mftheory.figures.verdicts.verdict` makes them; errors are those of the networks, of the size term and of the
        theory. Beside them ``sizes`` (count, mean and its error of each) and ``networks`` (seed and dimension of each).
    """
    found = []
    for case in cases:
        at = data.sel(point=case.name, observable=observable)
        theory = float(at["theory"])
        networks, resting = fluctuating({n: _of_size(at, n) for n in sizes(at["n"].values.tolist(), theory)})
        values = {n: [network["dimension"] for network in those] for n, those in networks.items()}
        found.append(
            verdict(
                {**case.label, "observable": observable},
                theory,
                (line := limit(values)).value,
                _errors(line, values, theory, float(at["theory_error"]), theory),
                case.wrong.get(observable),
                line.degrees_of_freedom,
                independent,
                **_kept(networks, resting, values, theory),
            )
        )
    return found


def compared_ratios(
    data: "xarray.Dataset", cases: Sequence[Case], observable: str, to: str, independent: bool = False
) -> list[dict[str, Any]]:
    """As `compared`, of the ratio of two observables' dimensions, network by network: most of their spread cancels."""
    found = []
    for case in cases:
        of, by = (data.sel(point=case.name, observable=name) for name in (observable, to))
        dimension = float(by["theory"])
        theory = float(of["theory"]) / dimension
        networks, resting = fluctuating({n: _of_size(of, n, by) for n in sizes(of["n"].values.tolist(), dimension)})
        values = {n: [network["dimension"] for network in those] for n, those in networks.items()}
        line = limit(values)
        name = f"{observable}/{to}"
        found.append(
            verdict(
                {**case.label, "observable": name},
                theory,
                line.value,
                _errors(line, values, theory, 0.0, dimension),
                case.wrong.get(name),
                line.degrees_of_freedom,
                independent,
                **_kept(networks, resting, values, dimension),
            )
        )
    return found


def of_point(point: Mapping[str, Any], wrong: str) -> dict[str, Any]:
    """The verdict on a point of a `Comparison` (``to_dict()["points"]``), whose alternative is that wrong theory.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.figures.networks import of_point
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0))
    >>> made = mf.compare(net, n=[60, 120], seeds=4, trajectories=16, duration=20.0)
    >>> row = of_point(made.to_dict()["points"][0], "no kappa")
    >>> abs(row["z"]) < abs(made.z_scores[0]), list(row["wrong"])  # with the error of the size term
    (True, ['no kappa'])
    """
    theory = point["theory"]
    counted = {size["n"]: size["networks"] for size in point["sizes"]}
    errors = {
        "networks": point["extrapolated"]["error"],
        "size": theory * size_error(counted, theory * point["size"]),
        "theory": point["theory_error"],
    }
    return verdict(
        point["label"],
        theory,
        point["extrapolated"]["value"],
        errors,
        {} if point["alternative"] is None else {wrong: point["alternative"]},
        point["degrees_of_freedom"],
        number_of_dimensions=point["number_of_dimensions"],
    )


def report(
    name: str, title: str, record: dict[str, Any], protocol: Any, say: Callable[[str], None], output: Path
) -> dict[str, Any]:
    """As `conclude`, of networks simulated by a sweep: their number, and which points were left out."""
    title += f"\nNetworks of each size, extrapolated in 1/N: {protocol.networks}; {protocol.simulation}"
    missing = record.get("not_simulated")
    notes = [f"Not simulated, as N·PR < 10 at the largest size: {missing}"] if missing else []
    resting = sorted({tuple(one) for row in record["comparisons"] for one in row.get("resting", ())})
    if resting:
        notes.append(f"at rest and left out: {named_networks(resting)}")
    conclude(name, title, record, protocol, say, output, *notes)
    return record


def rows_at(rows: Sequence[Mapping[str, Any]], **label: Any) -> Iterator[Mapping[str, Any]]:
    """Those comparisons whose label has these values."""
    return (row for row in rows if all(row["label"].get(name) == value for name, value in label.items()))


def draw(
    ax: Any, rows: Sequence[Mapping[str, Any]], x: str, colour: str, shift: float = 0.0, marker: str = "o"
) -> None:
    """The largest networks as dots; the limit N → ∞ with its standard error. `shift` sets curves apart."""
    for row in rows:
        at = row["label"][x] + shift
        largest = max(network["n"] for network in row["networks"])
        dots = [network["dimension"] for network in row["networks"] if network["n"] == largest]
        ax.plot([at] * len(dots), dots, ".", color=colour, alpha=0.3, ms=4, mew=0)
        ax.errorbar(
            [at], [row["found"]], [row["error"]], fmt=marker, ms=5, capsize=2, mfc="white", color=colour, zorder=3
        )


def _of_size(at: "xarray.Dataset", n: int, divided_by: "xarray.Dataset | None" = None) -> list[dict[str, Any]]:
    """The networks of one size that there are: seed, dimension (or ratio; of one at rest it is none), status."""
    here = at.sel(n=n)
    dimension = here["dimension"].values
    if divided_by is not None:
        dimension = dimension / divided_by.sel(n=n)["dimension"].values
    there = here["seed"].values >= 0
    moving = there & ~np.array([left_out(str(status)) for status in here["status"].values])
    if not np.all(np.isfinite(dimension[moving])):
        name = f"{at['point'].item()}, N = {n}"
        raise mf.MFTheoryError(f"{name}: a network has no result ({set(here['status'].values[there].tolist())})")
    return [
        {"n": n, "seed": int(seed), "dimension": float(f"{value:.7g}"), "status": str(status)}
        for seed, value, status in zip(
            here["seed"].values[there], dimension[there], here["status"].values[there], strict=True
        )
    ]


def _errors(
    line: Linear, values: Mapping[int, Sequence[float]], theory: float, theory_error: float, dimension: float
) -> dict[str, float]:
    counted = {n: len(those) for n, those in values.items()}
    return {"networks": line.error, "size": theory * size_error(counted, dimension), "theory": theory_error}


def _kept(
    networks: Mapping[int, Sequence[Mapping[str, Any]]],
    resting: Sequence[tuple[int, int]],
    values: Mapping[int, Sequence[float]],
    dimension: float,
) -> dict[str, Any]:
    every = [network for those in networks.values() for network in those]
    return {
        "sizes": {
            str(n): {"networks": len(v), "mean": float(np.mean(v)), "sd": float(np.std(v, ddof=1))}
            for n, v in values.items()
        },
        "number_of_dimensions": min(networks) * dimension,
        "in_doubt": sum(in_doubt(network["status"]) for network in every),
        "resting": resting,
        "networks": [{k: v for k, v in network.items() if k != "status"} for network in every],
    }
