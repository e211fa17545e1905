"""A number with its standard error."""

from dataclasses import dataclass
from math import floor, inf, log10, nan

from mftheory.arguments import checked_calls


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

    value: float
    error: float

    def __float__(self) -> float:
        return self.value

    def z(self, reference: float) -> float:
        """Deviation from a reference value known without error, in standard errors; NaN or infinite without one."""
        if self.error == 0:
            return inf if self.value > reference else -inf if self.value < reference else nan
        return (self.value - reference) / self.error

    def _repr_html_(self) -> str:
        return str(self)  # digits and ±: nothing to be escaped

    def __str__(self) -> str:
        if not 0 < self.error < float("inf"):
            return f"{self.value:.4g} ± {self.error:.1g}"
        digits = max(0, -floor(log10(self.error)))
        return f"{self.value:.{digits}f} ± {self.error:.{digits}f}"
