"""Averages over networks, extrapolated to N → ∞ by a line in 1/N, with their errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.results.jackknife import normal_deviate

Values = Mapping[int, NDArray[np.float64]]
"""Size n → one value per network, at least two of them."""

CURVATURE = 4.0
"""Size of the coefficient c of the mean dimension over networks, theory × (1 + b/x + c/x²), x = N·PR: -4 ± 2 on
average over those with which `mftheory.plan` was calibrated, not seen in any one. So: an error, not a correction."""


@dataclass(frozen=True)
class Linear:
    """A linear combination of size averages: value, standard error, and the degrees of freedom of that error."""

    value: float
    error: float
    degrees_of_freedom: float

    def z(self, reference: float = 0.0, reference_error: float = 0.0) -> float:
        """Return the deviation from a reference: the normal deviate as improbable as Student's ratio.

        The reference's standard error, itself known well, adds in quadrature (Satterthwaite's degrees of freedom).
        """
        deviation = self.value - reference
        error = float(np.hypot(self.error, reference_error))
        if error == 0:
            return 0.0 if deviation == 0 else float(np.copysign(np.inf, deviation))
        # Of the variance only the networks' share is uncertain; at a few per cent of it Student's law is the normal.
        share = max(self.error / error, 0.01)
        return normal_deviate(deviation / error, self.degrees_of_freedom / share**4)


def intercept(values: Values, power: float = 1.0) -> Linear:
    """Return a of the line a + b/n^power through the size averages; the average itself if there is one size.

    Sizes are weighted by (networks × n): the variance between networks falls about as 1/n. Weights chosen in advance
    cost a little precision if that is off, whereas weights from the variances of a few networks would bias both value
    and error. The error is that of this linear combination with each size's own variance (Welch), its degrees of
    freedom by Satterthwaite's formula.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.results.extrapolate import intercept
    >>> line = {n: 3 + 100 / n + np.array([-0.1, 0.1]) for n in (250, 500, 1000)}
    >>> round(intercept(line).value, 12)
    3.0
    """
    return _combine(values, _coefficients_of(values, power))


def change_without_smallest(values: Values) -> tuple[Linear, Linear]:
    """Return the intercept without the smallest size, and its difference from the one with it."""
    smallest = min(values)
    larger = {n: v for n, v in values.items() if n != smallest}
    shorter = {smallest: 0.0, **_coefficients_of(larger)}
    full = _coefficients_of(values)
    difference = {n: shorter[n] - full[n] for n in values}
    return _combine(larger, _coefficients_of(larger)), _combine(values, difference)


def coefficients(networks: Mapping[int, int], power: float = 1.0) -> dict[int, float]:
    """Return the coefficient of each size average in `intercept`, from the number of networks of each size."""
    sizes = sorted(networks)
    if len(sizes) == 1:
        return {sizes[0]: 1.0}
    weight = np.array([networks[n] * n for n in sizes], dtype=np.float64)
    design = np.column_stack([np.ones(len(sizes)), 1.0 / np.array(sizes, dtype=np.float64) ** power])
    normal = design.T @ (weight[:, None] * design)
    rows = np.linalg.solve(normal, design.T * weight)
    return dict(zip(sizes, rows[0].tolist(), strict=True))


def _coefficients_of(values: Values, power: float = 1.0) -> dict[int, float]:
    return coefficients({n: v.size for n, v in values.items()}, power)


def _combine(values: Values, coefficients: Mapping[int, float]) -> Linear:
    """Return a linear combination of size averages, with its error."""
    value = sum(coefficients[n] * float(v.mean()) for n, v in values.items())
    parts = np.array([coefficients[n] ** 2 * float(v.var(ddof=1)) / v.size for n, v in values.items()])
    freedom = np.array([v.size - 1 for v in values.values()], dtype=np.float64)
    variance = float(parts.sum())
    total = variance**2 / float(np.sum(parts**2 / freedom)) if variance > 0 else float(freedom.sum())
    return Linear(value, float(np.sqrt(variance)), total)


def sizes_of(pairs: Sequence[tuple[int, float]]) -> dict[int, NDArray[np.float64]]:
    """Return (n, value) pairs gathered by n, smallest first."""
    sizes = sorted({n for n, _ in pairs})
    return {n: np.array([value for size, value in pairs if size == n]) for n in sizes}
