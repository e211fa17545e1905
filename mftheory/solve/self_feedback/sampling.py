"""How long to sample, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mftheory.errors import InvalidNetwork


@dataclass(frozen=True)
class Sampling:
    """Precision and seed of a solution that is sampled: where neurons have self-feedback.

    Parameters
    ----------
    target : float
        Relative standard error of the dimension of φ at which sampling ends. It is that of the samples; the other parts
        of the error are usually smaller, see `Theory.error_sources`.
    seed : int
        Of the random inputs. Results repeat on one machine for equal arguments, however many threads there are.
    jobs : int
        Threads; -1 for as many as there are cores.
    progress : bool
        Show a progress bar.
    max_trajectories : int
        Where sampling ends in any case; the theory's `status` then says that the target was missed.
    causal_functions, even_functions : int
        Of the fits to the sampled response and power; see `corrections`.
    period, step : float, optional
        Of the time axis, in units of the neurons' time constant; found by refinement if not given.

    Raises
    ------
    InvalidNetwork
        Naming the setting, if it is out of range.

    Examples
    --------
    >>> from mftheory.solve.self_feedback.sampling import Sampling
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
        """From keyword arguments; raises InvalidNetwork for one that does not exist."""
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
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise InvalidNetwork(name, value, f"must be a whole number from {low} to {high}")
        if isinstance(self.jobs, bool) or not isinstance(self.jobs, int) or not (self.jobs == -1 or self.jobs >= 1):
            raise InvalidNetwork("jobs", self.jobs, "must be a number of threads, or -1 for all cores")
        if self.period is not None:
            _number("period", self.period, 10.0, 1e5)
        if self.step is not None:
            _number("step", self.step, 1e-3, 1.0)


def _number(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InvalidNetwork(name, value, f"must be a number from {low} to {high}")
