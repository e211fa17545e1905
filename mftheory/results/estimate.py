"""A number with its standard error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import floor, inf, isfinite, log10, nan
from typing import Any

from mftheory.arguments import checked_calls
from mftheory.results.schema import stored


@checked_calls
@dataclass(frozen=True)
class Estimate:
    """A value and its standard error, in the same units.

    Examples
    --------
    >>> from mftheory.results import Estimate
    >>> print(Estimate(0.02801, 0.00042))
    0.0280 ± 0.0004
    >>> Estimate(1.0, 0.1).z(1.25)
    -2.5
    """

    value: float = field(metadata=stored(name=""))
    error: float = field(metadata=stored("standard error: {}"))

    def __float__(self) -> float:
        return self.value

    def z(self, reference: float) -> float:
        """Return the deviation from an exact reference in standard errors; NaN or infinite if the error is 0."""
        if self.error == 0:
            return inf if self.value > reference else -inf if self.value < reference else nan
        return (self.value - reference) / self.error

    def _repr_html_(self) -> str:
        return str(self)  # digits and ±: nothing to be escaped

    def __str__(self) -> str:
        if not 0 <= self.error < inf:
            return f"{self.value:.4g} ± {self.error:.1g}"
        digits = max(0, -floor(log10(self.error))) if self.error > 0 else inf
        leading = floor(log10(abs(self.value))) if self.value and isfinite(self.value) else 0
        if digits + leading >= LARGEST_NUMBER_OF_DIGITS:
            return f"{self.value:.{LARGEST_NUMBER_OF_DIGITS}g} ± {self.error:.1g}"
        return f"{self.value:.{digits}f} ± {self.error:.{digits}f}"


LARGEST_NUMBER_OF_DIGITS = 10
"""Digits of a value whose error is below the last of them."""


class Sampled(float):
    """A number that prints with its standard error, which is computed when it is printed.

    Examples
    --------
    >>> from mftheory.results.estimate import Sampled
    >>> value = Sampled(0.0447758894, lambda: 0.00044)
    >>> value, 2 * value
    (0.0448 ± 0.0004, 0.0895517788)
    """

    error: Callable[[], float]

    def __new__(cls, value: float, error: Callable[[], float]) -> "Sampled":
        number = super().__new__(cls, value)
        number.error = error
        return number

    def __repr__(self) -> str:
        return str(Estimate(float(self), self.error()))

    __str__ = __repr__

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


def with_errors(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a record as text, each number with its error where the record has one, in one entry.

    Examples
    --------
    >>> from mftheory.results.estimate import with_errors
    >>> with_errors({"n": 100, "C_phi": 0.8197960, "C_error_phi": 0.0016861, "gain": 0.2, "status": "converged"})
    {'n': '100', 'C_phi': '0.820 ± 0.002', 'gain': '0.2', 'status': 'converged'}
    """
    errors = {name.replace("_error", ""): value for name, value in record.items() if "_error" in name}
    texts = {}
    for name, value in record.items():
        if name in errors and isinstance(value, float):
            texts[name] = str(Estimate(value, errors[name]))
        elif "_error" not in name:
            texts[name] = f"{float(value):.10g}" if isinstance(value, float) else str(value)
    return texts
