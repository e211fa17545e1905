"""Networks simulated at a list of points, by a sweep that can be stopped and resumed, and judged against theory."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

import mftheory as mf
from mftheory.figures.against import fluctuating, limit, spread_by_size
from mftheory.figures.frame import FigureWork, Outcome
from mftheory.figures.verdicts import verdict
from mftheory.results.attractors import in_doubt, left_out, named_networks
from mftheory.results.extrapolate import CURVATURE, coefficients
from mftheory.results.theory import FEWEST_DIMENSIONS

if TYPE_CHECKING:
    import xarray


OBSERVABLES = ("phi", "x")


@dataclass(frozen=True)
class Case:
    """A network to be simulated, and predictions of wrong theories.

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
    >>> from mftheory.figures.simulated_networks import Case
    >>> Case({"g_eff": 3.0, "effective_rank": 0.5}, mf.Network(mf.RandomMode.exponential(3.0, 0.5))).name
    'g_eff = 3, effective_rank = 0.5'
    """

    label: Mapping[str, float]
    network: mf.Network
    wrong: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The parameters and their values, as text."""
        return ", ".join(f"{name} = {value:g}" for name, value in self.label.items())


def testable(dimension: float, networks: Mapping[int, int]) -> bool:
    """Return whether the largest networks have the N·PR >= 10 that the theory needs: a rule made beforehand.

    Examples
    --------
    >>> from mftheory.figures.simulated_networks import testable
    >>> testable(0.012, {500: 8, 1000: 8}), testable(0.008, {500: 8, 1000: 8})
    (True, False)
    """
    return max(networks) * dimension >= FEWEST_DIMENSIONS


def sizes(candidates: Sequence[int], dimension: float) -> list[int]:
    """Return the sizes with enough dimensions for a line in 1/N, N·PR >= 10; two of them at least, to extrapolate from.

    Examples
    --------
    >>> from mftheory.figures.simulated_networks import sizes
    >>> sizes([500, 1000, 2000], 0.03), sizes([500, 1000, 2000], 0.004)
    ([500, 1000, 2000], [1000, 2000])
    """
    rising = sorted(candidates)
    return [n for n in rising if n * dimension >= FEWEST_DIMENSIONS or n in rising[-2:]]


def size_error(networks: Mapping[int, int], dimension: float) -> float:
    """Return the relative error that a term in 1/N² leaves in the limit of a line in 1/N (`CURVATURE`).

    Examples
    --------
    >>> from mftheory.figures.simulated_networks import size_error
    >>> round(size_error({500: 12, 1000: 6}, 0.03), 4)  # 4 (2/30² - 1/15²): a line through two points
    0.0089
    """
    return abs(sum(c * CURVATURE / (n * dimension) ** 2 for n, c in coefficients(networks).items()))


def simulated(
    cases: Sequence[Case], protocol: Any, work: FigureWork, observables: Sequence[str] = ("phi",), **settings: Any
) -> "xarray.Dataset":
    """Return theory and networks of every case, streaming into a store; the same call continues what was stopped.

    Each network's seed follows from its parameters, its size and its place among its equals, by the rule of
    `mftheory.sweep`: nothing is chosen.

    Parameters
    ----------
    cases : sequence of Case
    protocol : dataclass
        With ``networks``, their number by size, and ``simulation``, settings of `mftheory.simulate`.
    work : FigureWork
    observables : sequence of str
    **settings
        Further arguments of `mftheory.sweep`.

    Returns
    -------
    xarray.Dataset
        With the cases' names on the axis "point".
    """
    by_name = {case.name: case.network for case in cases}
    with warnings.catch_warnings():
        # Each status is in the result, and those in doubt are counted there.
        warnings.simplefilter("ignore", UserWarning)
        return mf.sweep(
            lambda point: by_name[point],
            {"point": list(by_name)},
            "compare",
            work.store(protocol.networks),
            observables=list(observables),
            n=list(protocol.networks),
            seeds=dict(protocol.networks),
            **settings,
            **work.sweep_options,
            **protocol.simulation,
        )


def compared(
    data: "xarray.Dataset",
    cases: Sequence[Case],
    observable: str,
    independent: bool = True,
    relative_to: str | None = None,
) -> list[dict[str, Any]]:
    """Return the verdict on each case: its networks' dimensions, extrapolated in 1/N, against the theory.

    Parameters
    ----------
    data : xarray.Dataset
        From `simulated`.
    cases : sequence of Case
    observable : str
    independent : bool
        False if another observable of the same networks is compared as well.
    relative_to : str, optional
        An observable by whose dimension that of `observable` is divided, network by network: most of their spread
        cancels. The theory's error is not counted; where only gains differ it has none worth counting.

    Returns
    -------
    list of dict
        As `mftheory.figures.verdicts.verdict` makes them; errors are those of the networks, of the size term and of the
        theory. Beside them ``sizes`` (count, mean and its error of each) and ``networks`` (seed and dimension of each).
    """
    rows = []
    for case in cases:
        at = data.sel(point=case.name, observable=observable)
        divisor = None if relative_to is None else data.sel(point=case.name, observable=relative_to)
        dimension = float((at if divisor is None else divisor)["theory"])
        theory = float(at["theory"]) / (1.0 if divisor is None else dimension)
        by_size = {n: _of_size(at, n, divisor) for n in sizes(at["n"].values.tolist(), dimension)}
        networks, resting = fluctuating(by_size)
        values = {n: [network["dimension"] for network in each] for n, each in networks.items()}
        line = limit(values)
        every = [network for each in networks.values() for network in each]
        name = observable if relative_to is None else f"{observable}/{relative_to}"
        rows.append(
            verdict(
                {**case.label, "observable": name},
                theory,
                line.value,
                {
                    "networks": line.error,
                    "size": theory * size_error({n: len(each) for n, each in values.items()}, dimension),
                    "theory": float(at["theory_error"]) if divisor is None else 0.0,
                },
                case.wrong.get(name),
                line.degrees_of_freedom,
                independent,
                sizes=spread_by_size(values),
                number_of_dimensions=min(networks) * dimension,
                in_doubt=sum(in_doubt(network["status"]) for network in every),
                resting=resting,
                networks=[{k: v for k, v in network.items() if k != "status"} for network in every],
            )
        )
    return rows


def compared_phi_and_x(data: "xarray.Dataset", cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return `compared` of both `OBSERVABLES`, of the same networks: only one set of z-scores is independent."""
    return [row for a in OBSERVABLES for row in compared(data, cases, a, independent=a == OBSERVABLES[0])]


def of_point(point: Mapping[str, Any], wrong: str) -> dict[str, Any]:
    """Return the verdict on a point of a `Comparison` (``to_dict()["points"]``) whose alternative is the wrong theory.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.figures.simulated_networks import of_point
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0))
    >>> comparison = mf.compare(net, n=[60, 120], seeds=4, trajectories=16, duration=20.0)
    >>> row = of_point(comparison.to_dict()["points"][0], "no kappa")
    >>> abs(row["z"]) < abs(comparison.z_scores[0]), list(row["wrong"])  # with the error of the size term
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


def outcome(record: dict[str, Any], title: str, protocol: Any, *aside: str) -> Outcome:
    """Return the outcome of networks simulated by a sweep: it says their number, and which points were left out."""
    title += f"\nNetworks of each size, extrapolated in 1/N: {protocol.networks}; {protocol.simulation}"
    missing = record["not_simulated"]
    notes = [f"Not simulated, as N·PR < 10 at the largest size: {missing}"] if missing else []
    resting = sorted({tuple(one) for row in record["comparisons"] for one in row["resting"]})
    if resting:
        notes.append(f"at rest and left out: {named_networks(resting)}")
    return Outcome(record, title, tuple(notes), aside)


def rows_with(rows: Sequence[Mapping[str, Any]], **label: Any) -> list[Mapping[str, Any]]:
    """Return the comparisons whose label has these values."""
    return [row for row in rows if all(row["label"].get(name) == value for name, value in label.items())]


def draw_networks(
    ax: Axes, rows: Sequence[Mapping[str, Any]], x: str, colour: str, shift: float = 0.0, marker: str = "o"
) -> None:
    """Draw the largest networks as dots, and the limit N → ∞ with its standard error; `shift` sets curves apart."""
    for row in rows:
        at = row["label"][x] + shift
        largest = max(network["n"] for network in row["networks"])
        dots = [network["dimension"] for network in row["networks"] if network["n"] == largest]
        ax.plot([at] * len(dots), dots, ".", color=colour, alpha=0.3, ms=4, mew=0)
        ax.errorbar(
            [at], [row["found"]], [row["error"]], fmt=marker, ms=5, capsize=2, mfc="white", color=colour, zorder=3
        )


def _of_size(at: "xarray.Dataset", n: int, divided_by: "xarray.Dataset | None" = None) -> list[dict[str, Any]]:
    """Return the networks of one size that there are: seed, dimension (or ratio; NaN of one at rest), status."""
    here = at.sel(n=n)
    dimension = here["dimension"].values
    if divided_by is not None:
        dimension = dimension / divided_by.sel(n=n)["dimension"].values
    exists = here["seed"].values >= 0
    moving = exists & ~np.array([left_out(str(status)) for status in here["status"].values])
    if not np.all(np.isfinite(dimension[moving])):
        name = f"{at['point'].item()}, N = {n}"
        raise mf.MFTheoryError(f"{name}: a network has no result ({set(here['status'].values[exists].tolist())})")
    return [
        {"n": n, "seed": int(seed), "dimension": float(f"{value:.7g}"), "status": str(status)}
        for seed, value, status in zip(
            here["seed"].values[exists], dimension[exists], here["status"].values[exists], strict=True
        )
    ]
