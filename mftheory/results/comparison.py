"""The result of a comparison: theory and simulation side by side, in standard errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from mftheory.arguments import checked_calls
from mftheory.results.aligned import aligned
from mftheory.results.attractors import in_doubt, left_out, named_networks
from mftheory.results.estimate import Estimate
from mftheory.results.result import DrawableResult
from mftheory.results.schema import stored
from mftheory.results.to_dataset import to_dataset
from mftheory.results.trust import FEWEST_DIMENSIONS, dimensions
from mftheory.wording import counted

if TYPE_CHECKING:
    import xarray

STANDARD_ERRORS = 3.0
"""Largest |z| of agreement: exceeded by chance by one point in 370."""

POWER = 0.2
"""Largest standard error of an informative comparison, as a fraction of the distance to the alternative."""


@dataclass(frozen=True)
class SizeAverage:
    """Average over the networks of one size.

    Attributes
    ----------
    n, networks : int
        Number of neurons; number of networks.
    dimension : Estimate
        Mean over networks, its error from their spread.
    spread : float
        Standard deviation of the dimension between networks, estimation noise included.
    """

    n: int = field(metadata=stored("neurons N"))
    networks: int = field(metadata=stored("number of networks"))
    dimension: Estimate = field(metadata=stored("mean dimension"))
    spread: float = field(metadata=stored("standard deviation between networks"))


@dataclass(frozen=True)
class ComparedPoint:
    """Theory against simulation at one point of parameter space.

    Attributes
    ----------
    label : mapping
        The point's parameters, by name.
    theory : float
        The theory's dimension.
    extrapolated : Estimate
        The simulated dimension at N → ∞ (at the one size, if only one was given).
    z : float
        Its deviation from theory in standard errors, as a normal variable: the few networks behind the error are
        allowed for.
    degrees_of_freedom : float
        Degrees of freedom of the standard error.
    sizes : tuple of SizeAverage
        From small to large.
    records : tuple of mappings
        The record of each network, as passed in, those that were left out included.
    alternative : float, optional
        A rival prediction (κ removed, say).
    alternative_z : float, optional
        The deviation from the rival, likewise.
    without_smallest : Estimate, optional
        The extrapolation repeated without the smallest size.
    without_smallest_z : float, optional
        The change by that, in standard errors: large if a 1/N² term is visible. Given three sizes or more.
    size : float
        Neurons that have the observable, as a multiple of N.
    theory_error : float
        Standard error of the theory's dimension: next to nothing, unless it was sampled. Counts in z.
    """

    label: Mapping[str, Any] = field(metadata=stored())
    theory: float = field(metadata=stored("theory's dimension of activity per neuron"))
    extrapolated: Estimate = field(metadata=stored("simulated dimension, extrapolated in 1/N"))
    z: float = field(metadata=stored("deviation from the theory in standard errors, two-sided"))
    degrees_of_freedom: float = field(metadata=stored("of the standard error"))
    sizes: tuple[SizeAverage, ...] = field(metadata=stored(dims="average", name="average"))
    records: tuple[Mapping[str, Any], ...] = field(default=(), metadata=stored(dims="network", name="record"))
    alternative: float | None = field(default=None, metadata=stored("a rival prediction"))
    alternative_z: float | None = field(default=None, metadata=stored("deviation from it in standard errors"))
    without_smallest: Estimate | None = field(
        default=None, metadata=stored("simulated dimension, extrapolated without the smallest size")
    )
    without_smallest_z: float | None = field(
        default=None, metadata=stored("change without the smallest size, in standard errors")
    )
    size: float = field(default=1.0, metadata=stored("neurons that have the observable, as a multiple of N"))
    theory_error: float = field(default=0.0, metadata=stored("standard error of the theory's dimension"))

    @property
    def ok(self) -> bool:
        """True if theory and simulation agree within 3 standard errors: no verdict unless the theory is `trusted`."""
        return abs(self.z) <= STANDARD_ERRORS

    @property
    def power(self) -> float | None:
        """Standard error, the theory's included, as a fraction of the distance to the alternative; small is good."""
        if self.alternative is None:
            return None
        distance = abs(self.alternative - self.theory)
        error = math.hypot(self.extrapolated.error, self.theory_error)
        return error / distance if distance > 0 else float("inf")

    @property
    def informative(self) -> bool | None:
        """True if the error is at most a fifth of the distance to the alternative. None without an alternative."""
        return None if self.power is None else self.power <= POWER

    @property
    def number_of_dimensions(self) -> float:
        """Predicted N·PR at the smallest size used: the theory assumes it is much larger than 1."""
        return self.sizes[0].n * self.size * self.theory

    @property
    def resting(self) -> tuple[tuple[int, int], ...]:
        """The networks that were at rest or died out, as (n, seed): in no average."""
        return tuple((int(r["n"]), int(r.get("seed", -1))) for r in self.records if left_out(str(r.get("status", ""))))

    @property
    def doubtful(self) -> tuple[tuple[int, int], ...]:
        """The networks that are in the averages although their status is not "equilibrated", as (n, seed)."""
        doubts = (r for r in self.records if in_doubt(str(r.get("status", "equilibrated"))))
        return tuple((int(r["n"]), int(r.get("seed", -1))) for r in doubts)

    @property
    def trusted(self) -> bool:
        """True if N·PR is at least `FEWEST_DIMENSIONS` at every size used."""
        return self.number_of_dimensions >= FEWEST_DIMENSIONS


@checked_calls
@dataclass(frozen=True)
class Comparison(DrawableResult):
    """Theory against simulation at several points; see `mftheory.comparison.statistics` for the statistics.

    Attributes
    ----------
    points : tuple of ComparedPoint
    observable : str
        The observable of the dimensions.
    networks : tuple
        The networks compared, one a point; empty for a sweep's data set.
    formulas : mapping of str to mapping
        The formulas that the theory's dimensions come from: content hashes by label.
    settings : mapping
        Settings of the comparison and its simulations.
    origin : mapping or None
        Where a comparison that was read from a file came from: versions, date, machine.
    """

    points: tuple[ComparedPoint, ...] = field(metadata=stored(dims="point", name=""))
    observable: str = field(default="phi", metadata=stored())
    networks: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    formulas: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    origin: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @property
    def z_scores(self) -> tuple[float, ...]:
        """Deviation of each point in standard errors, two-sided."""
        return tuple(point.z for point in self.points)

    @property
    def extrapolated(self) -> tuple[Estimate, ...]:
        """Simulated dimension of each point at N → ∞."""
        return tuple(point.extrapolated for point in self.points)

    @property
    def ok(self) -> bool:
        """True if every point agrees within 3 standard errors.

        This alone says little. `informative` says whether the networks could have excluded a wrong theory; `trusted`,
        whether they were large enough for the theory to apply. Where it is False, the theory may hold although
        `ok` is False, and need not although it is True: take larger networks.
        """
        return all(point.ok for point in self.points)

    @property
    def informative(self) -> bool | None:
        """True if every point that has an alternative could have told it from the theory; None if no point has one."""
        known = [point.informative for point in self.points if point.informative is not None]
        return all(known) if known else None

    @property
    def trusted(self) -> bool:
        """True if at every point and size the theory predicts `FEWEST_DIMENSIONS` or more, as it assumes."""
        return all(point.trusted for point in self.points)

    def table(self) -> str:
        """Return the comparison as aligned text, one line a point."""
        return aligned(self.rows())

    def to_xarray(self) -> xarray.Dataset:
        """Return all numbers as a labelled data set: of points, of averages over networks of a size, and of networks.

        Examples
        --------
        >>> import mftheory as mf
        >>> runs = {"trajectories": 8, "duration": 20.0, "jobs": 1}
        >>> data = mf.compare(mf.Network(mf.IID(3.0)), n=[80, 120], seeds=2, **runs).to_xarray()
        >>> dict(data.sizes)
        {'point': 1, 'average': 2, 'network': 4}
        """
        return to_dataset(self)

    def to_dict(self) -> dict[str, Any]:
        """Return every number, ready for JSON."""
        points = []
        for point in self.points:
            plain = asdict(point)
            plain["label"] = dict(point.label)
            for name in ("ok", "power", "informative", "number_of_dimensions", "trusted", "resting", "doubtful"):
                plain[name] = getattr(point, name)
            points.append(plain)
        return {
            "observable": self.observable,
            "ok": self.ok,
            "informative": self.informative,
            "trusted": self.trusted,
            "points": points,
        }

    def rows(self) -> list[list[str]]:
        """Return the rows of the table, its header first."""
        names = list(dict.fromkeys(name for point in self.points for name in point.label))
        rows = [[*names, "theory", "simulated", "z", "N·PR", "SE/effect", "z(alt.)", "networks", "remark"]]
        for point in self.points:
            remarks = []
            if not point.ok:
                remarks.append("DISAGREES")
            if point.informative is False:
                remarks.append("uninformative")
            if not point.trusted:
                remarks.append("few dimensions: theory in doubt")
            if len(point.sizes) == 1:
                remarks.append("one size, not extrapolated")
            if point.resting:
                remarks.append(f"{len(point.resting)} at rest, left out ({named_networks(point.resting, 3)})")
            if point.doubtful:
                remarks.append(f"{len(point.doubtful)} in doubt, see their status")
            rows.append(
                [
                    *(_short(point.label.get(name, "")) for name in names),
                    _with_error(point.theory, point.theory_error),
                    f"{point.extrapolated.value:.4f} ± {point.extrapolated.error:.4f}",
                    f"{point.z:+.2f}",
                    f"{point.number_of_dimensions:.0f}" if point.trusted else dimensions(point.number_of_dimensions),
                    "" if point.power is None else f"{point.power:.2f}",
                    "" if point.alternative_z is None else f"{point.alternative_z:+.1f}",
                    " ".join(f"{size.n}:{size.networks}" for size in point.sizes),
                    ", ".join(remarks),
                ]
            )
        return rows

    def __repr__(self) -> str:
        worst = max(self.z_scores, key=abs)
        number = counted(len(self.points), "point")
        doubtful = sum(not point.trusted for point in self.points)
        doubt = f"; theory in doubt at {doubtful}" if doubtful else ""
        resting = sum(len(point.resting) for point in self.points)
        rest = f"; {counted(resting, 'network')} at rest left out" if resting else ""
        return f"Comparison({number}, largest deviation {worst:+.1f} standard errors{doubt}{rest})"


def _with_error(value: float, error: float) -> str:
    """Return four digits, and the error where it shows in them."""
    return f"{value:.4f}" if error < 5e-5 else f"{value:.4f} ± {error:.4f}"


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)
