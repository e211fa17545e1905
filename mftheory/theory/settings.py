"""The numerical settings of the Gaussian single-site theory, all of them, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork


@checked_calls
@dataclass(frozen=True)
class Settings:
    """The fineness of the theory's numerics. The defaults give about twelve digits.

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
    >>> from mftheory.theory.settings import Settings
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
            _whole_number(name, getattr(self, name), 2, 64)
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
        """Return settings as they are, or the default for None; raise InvalidNetwork for anything else."""
        if given is None:
            return cls()
        if not isinstance(given, cls):
            allowed = (
                "must be a mftheory.theory.settings.Settings, or left out; a theory takes no n, being that of N → ∞"
            )
            raise InvalidNetwork("settings", given, allowed)
        return given

    def refined(self) -> "Settings":
        """Return every setting made finer at once: two more nodes on panels shorter by a fifth, a longer window."""
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


@dataclass(frozen=True)
class Sampling:
    """Precision and seed of a solution that is sampled: where neurons have self-feedback.

    Parameters
    ----------
    target : float
        Relative standard error of the dimension of φ at which sampling ends. It is that of the samples; the other parts
        of the error are usually smaller, see `Theory.error_sources`.
    seed : int
        Seed of the random inputs. Results repeat on one machine for equal arguments, however many threads there are.
    jobs : int
        Threads; -1 for as many as there are cores.
    progress : bool
        Show a progress bar.
    max_trajectories : int
        Where sampling ends in any case; the theory's `status` then says that the target was missed.
    causal_functions, even_functions : int
        Numbers of functions that are fitted to the sampled response and power; see `corrections`.
    period, step : float, optional
        Period and step of the time axis, in units of the neurons' time constant; found by refinement if not given.

    Raises
    ------
    InvalidNetwork
        Naming the setting, if it is out of range.

    Examples
    --------
    >>> from mftheory.theory.settings import Sampling
    >>> Sampling(target=0.002).target
    0.002
    """

    target: float = 0.01
    seed: int = 0
    jobs: int = -1
    progress: bool = False
    max_trajectories: int = 200_000
    causal_functions: int = 24
    even_functions: int = 16
    period: float | None = None
    step: float | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Sampling":
        """Return settings from keyword arguments; raise InvalidNetwork for one that does not exist."""
        known = [f.name for f in fields(cls)]
        for name, value in given.items():
            if name not in known:
                raise InvalidNetwork(name, value, f"is no argument of solve; those of sampling are {', '.join(known)}")
        return cls(**given)

    def __post_init__(self) -> None:
        _number("target", self.target, 1e-5, 1.0)
        for name, low, high in (
            ("seed", 0, 2**63),
            ("max_trajectories", 320, 10**9),
            ("causal_functions", 4, 64),
            ("even_functions", 2, 64),
        ):
            _whole_number(name, getattr(self, name), low, high)
        if isinstance(self.jobs, bool) or not isinstance(self.jobs, int) or not (self.jobs == -1 or self.jobs >= 1):
            raise InvalidNetwork("jobs", self.jobs, "must be a number of threads, or -1 for all cores")
        if self.period is not None:
            _number("period", self.period, 10.0, 1e5)
        if self.step is not None:
            _number("step", self.step, 1e-3, 1.0)


def _whole_number(name: str, value: object, low: int, high: int) -> None:
    """Refuse what is no whole number between two others."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidNetwork(name, value, f"must be a whole number from {low} to {high}")


def _number(name: str, value: object, low: float, high: float) -> None:
    """Refuse what is no number between two others."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InvalidNetwork(name, value, f"must be a number from {low} to {high}")
