"""The numerical settings of the Gaussian single-site theory, all of them, in one place."""

from dataclasses import dataclass, replace
from typing import Any

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork


@checked_calls
@dataclass(frozen=True)
class Settings:
    """How finely the theory is evaluated. The defaults give about twelve digits.

    Every error falls exponentially with the corresponding setting, so a small change of the setting measures
    the error: that is what `Theory.dimension_error` does with `refined()`.

    Parameters
    ----------
    time_order : int
        Gauss–Legendre nodes on each panel of the time axis.
    time_panel : float
        Length of the longest time panel, in units of 1/√δ, the decay time of the covariance.
    time_window : float
        Length of the panels' range in the same units; beyond it the decay is exponential to rounding error.
    frequency_order : int
        Gauss–Legendre nodes on each panel of the frequency axis.
    frequency_panel : float
        Length of a frequency panel in asinh(ω/√δ).
    frequency_cutoff : float
        Spectra are followed until they fall below this fraction of their value at ω = 0.
    quadrature_order : int
        Gauss–Legendre nodes on each panel of the double integral over frequencies.
    quadrature_growth : float
        Ratio of successive panel edges of the double integral, above 1.
    average_step : float
        Largest step of the trapezoidal rule of Gaussian averages, in units of the nonlinearity's own width.

    Raises
    ------
    InvalidNetwork
        Naming the setting, if it is out of range.

    Examples
    --------
    >>> from mftheory.solve.settings import Settings
    >>> Settings().refined().time_order > Settings().time_order
    True
    """

    time_order: int = 24
    time_panel: float = 1.0
    time_window: float = 20.0
    frequency_order: int = 15
    frequency_panel: float = 0.75
    frequency_cutoff: float = 1e-15
    quadrature_order: int = 12
    quadrature_growth: float = 2.5
    average_step: float = 0.18

    def __post_init__(self) -> None:
        for name in ("time_order", "frequency_order", "quadrature_order"):
            order = getattr(self, name)
            if isinstance(order, bool) or not isinstance(order, int) or not 2 <= order <= 64:
                raise InvalidNetwork(name, order, "must be a whole number from 2 to 64")
        for name, low, high in (
            ("time_panel", 0.05, 20.0),
            ("time_window", 2.0, 200.0),
            ("frequency_panel", 0.05, 20.0),
            ("frequency_cutoff", 1e-17, 0.1),
            ("quadrature_growth", 1.05, 100.0),
            ("average_step", 0.01, 2.0),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidNetwork(name, value, f"must be a number from {low} to {high}")

    @classmethod
    def of(cls, given: Any) -> "Settings":
        """Settings as they are, or the default for None; InvalidNetwork for anything else."""
        if given is None:
            return cls()
        if not isinstance(given, cls):
            allowed = (
                "must be a mftheory.solve.settings.Settings, or left out; a theory takes no n, being that of N → ∞"
            )
            raise InvalidNetwork("settings", given, allowed)
        return given

    def refined(self) -> "Settings":
        """Every setting made finer at once: two more nodes on panels shorter by a fifth, a longer window."""
        return replace(
            self,
            time_order=self.time_order + 2,
            time_panel=0.8 * self.time_panel,
            time_window=1.1 * self.time_window,
            frequency_order=self.frequency_order + 2,
            frequency_panel=0.8 * self.frequency_panel,
            frequency_cutoff=0.5 * self.frequency_cutoff,
            quadrature_order=self.quadrature_order + 2,
            quadrature_growth=1 + 0.8 * (self.quadrature_growth - 1),
            average_step=0.8 * self.average_step,
        )
