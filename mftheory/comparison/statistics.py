"""Theory against simulation, as pure statistics on plain records."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mftheory import checks
from mftheory.errors import InvalidNetwork, Quiescent
from mftheory.results.attractors import fluctuating
from mftheory.results.comparison import ComparedPoint, Comparison, SizeAverage
from mftheory.results.estimate import Estimate
from mftheory.results.extrapolate import Linear, change_without_smallest, intercept, sizes_of
from mftheory.wording import among


@dataclass(frozen=True)
class Point:
    """One point of parameter space: the theory's prediction, and the records of simulated networks.

    Parameters
    ----------
    theory : float
        The theory's dimension, above 0.
    records : sequence of mappings
        One for each network, with at least ``"n"`` and ``"dimension"``; `Simulation.record` makes them. Records whose
        ``"status"`` says that the network is at rest are kept and left out of all averages, and need no dimension.
    alternative : float, optional
        A rival prediction that the comparison should be able to exclude, such as the theory without κ.
    label : mapping
        Parameters of the point, for tables.
    size : float
        Number of neurons that have the observable, as a multiple of N: the size of their population.
    theory_error : float
        Standard error of `theory`, where it was sampled; it counts in z, in quadrature.
    """

    theory: float
    records: Sequence[Mapping[str, Any]]
    alternative: float | None = None
    label: Mapping[str, Any] = field(default_factory=dict)
    size: float = 1.0
    theory_error: float = 0.0


def compare(points: Iterable[Point], observable: str = "phi") -> Comparison:
    """Compare theory and simulation in standard errors, extrapolated in 1/N.

    Parameters
    ----------
    points : iterable of Point
        Each with two networks or more at every size.
    observable : str
        Observable that the dimensions are of, for the record.

    Returns
    -------
    Comparison

    Raises
    ------
    InvalidNetwork
        If there is no point, a size has fewer than two networks, or a number is not finite and above 0.

    Notes
    -----
    At every size the networks' dimensions are averaged as they are (mean of ratios). The ratio of means, C(0)² over Ψ,
    and the average of ln(dimension) have the same limit, the theory's, since they differ by the variance between
    networks, which vanishes as N → ∞; but Ψ has a long upper tail (theory §8), so they are further from normal.
    Seen at N = 250 to 1000, g_eff 3 and 10, effective rank 0.3 and 1 (80 to 400 networks a size): skewness -0.9 to 0.2
    for the dimension, -2.3 to -0.7 for its logarithm, 1.8 to 8 for its inverse, and the mean dimension is a line in 1/N
    from N = 250 on within the errors (3%).

    dimension = a + b/N is fitted over the sizes; the error of a comes from the spread between networks, which contains
    the estimation error of each, and z allows for their small number (`mftheory.results.extrapolate`). Drawing networks
    again from those samples, a correct theory is beyond 3 standard errors one time in 200 to 600. Where the theory has
    an error of its own, it is added in quadrature.

    Examples
    --------
    >>> from mftheory.comparison.statistics import Point, compare
    >>> records = [
    ...     {"n": n, "dimension": 0.05 * (1 + 20 / n) * factor}
    ...     for n in (250, 500, 1000)
    ...     for factor in (0.94, 0.98, 1.02, 1.06)
    ... ]
    >>> result = compare([Point(0.05, records, alternative=0.1, label={"g_eff": 3.0})])
    >>> result.ok, result.informative
    (True, True)
    >>> print(result.table().splitlines()[0].split()[:3])
    ['g_eff', 'theory', 'simulated']
    """
    compared = tuple(_compare_point(point) for point in points)
    if not compared:
        raise InvalidNetwork("points", (), "must hold at least one point")
    return Comparison(compared, observable)


def _compare_point(point: Point) -> ComparedPoint:
    theory = checks.positive("theory", point.theory)
    theory_error = checks.nonnegative("theory_error", point.theory_error)
    alternative = None if point.alternative is None else checks.positive("alternative", point.alternative)
    counts = Counter(int(record["n"]) for record in point.records)
    if not counts or min(counts.values()) < 2:
        raise InvalidNetwork("records", dict(counts), "must hold at least two networks at every size")
    moving, resting = fluctuating({n: [r for r in point.records if int(r["n"]) == n] for n in counts})
    by_size = sizes_of([(n, checks.positive("dimension", r["dimension"])) for n, each in moving.items() for r in each])
    if not by_size:
        at_rest = among(len(resting), len(point.records), "network")
        raise Quiescent(
            f"{at_rest} at rest, and fewer than two of any size fluctuate: take more neurons or stronger couplings"
        )
    limit = intercept(by_size)
    shorter, change = change_without_smallest(by_size) if len(by_size) > 2 else (None, None)
    return ComparedPoint(
        label=dict(point.label),
        theory=theory,
        records=tuple(dict(record) for record in point.records),
        extrapolated=_estimate(limit),
        z=limit.z(theory, theory_error),
        degrees_of_freedom=limit.degrees_of_freedom,
        sizes=tuple(
            SizeAverage(n, values.size, _estimate(intercept({n: values})), float(np.std(values, ddof=1)))
            for n, values in by_size.items()
        ),
        alternative=alternative,
        alternative_z=None if alternative is None else limit.z(alternative),
        without_smallest=None if shorter is None else _estimate(shorter),
        without_smallest_z=None if change is None else change.z(),
        size=point.size,
        theory_error=theory_error,
    )


def _estimate(average: Linear) -> Estimate:
    return Estimate(average.value, average.error)
