"""A plan: runs that measure the dimension, or tell the theory from its neighbour, and their costs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mftheory.arguments import checked_calls
from mftheory.results.theory import FEWEST_DIMENSIONS, dimensions
from mftheory.wording import counted


@dataclass(frozen=True)
class PlannedSize:
    """One size of a plan. All errors are relative standard deviations.

    Attributes
    ----------
    n, networks : int
        Number of neurons, and of networks.
    dimensions : float
        Predicted N·PR of the observable.
    trusted : bool
        True if that is enough for the theory (10).
    spread : float
        Spread between networks.
    estimate : float
        Error of the estimate of one network, in the planned duration.
    size_term : float
        Excess of the mean at this size over the limit.
    seconds : float
        Time of one network, in one thread.
    memory : int
        Bytes of one network at its largest.
    covariance : int
        Bytes of the full covariance in float64, which the dimension, C and Ψ do not need.
    alone_duration, alone_seconds : float
        Duration of 64 trajectories, and time, that one network takes whose own dimension is wanted to the target:
        ``mf.simulate(net, n, seed, target=...)``.
    """

    n: int
    networks: int
    dimensions: float
    trusted: bool
    spread: float
    estimate: float
    size_term: float
    seconds: float
    memory: int
    covariance: int
    alone_duration: float
    alone_seconds: float


@dataclass(frozen=True)
class Runs:
    """Simulations for one purpose.

    Attributes
    ----------
    purpose : str
        Their purpose in words.
    target, error : float
        The wanted and the predicted relative standard error of the dimension: extrapolated to N → ∞ from several sizes,
        or the mean at the one size.
    curvature : float
        Error that a 1/N² term, invisible in the fit, may add at most.
    sizes : tuple of PlannedSize
        From small to large.
    trajectories : int
        Number of trajectories of each network.
    duration : float
        Length of each trajectory, in units of the neurons' time constant.
    jobs : int
        Processes side by side: the cores, or as many as `max_memory` allows.
    seconds : float
        Wall time on this machine.
    memory : int
        Bytes, all processes together.
    fits : bool
        True if that is within `max_memory`.
    observable : str
    sampling : float or None
        Relative error, where the theory is sampled (overlaps, symmetry), to which it is to be known so as not to count.
    """

    purpose: str
    target: float
    error: float
    curvature: float
    sizes: tuple[PlannedSize, ...]
    trajectories: int
    duration: float
    jobs: int
    seconds: float
    memory: int
    fits: bool
    observable: str
    sampling: float | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments to pass on: ``mf.compare(net, **runs.arguments)``."""
        arguments: dict[str, Any] = {
            "n": [size.n for size in self.sizes],
            "seeds": {size.n: size.networks for size in self.sizes},
            "observable": self.observable,
            "trajectories": self.trajectories,
            "duration": self.duration,
            "jobs": self.jobs,
        }
        if self.sampling is not None:
            arguments["sampling"] = {"target": self.sampling}
        return arguments

    @property
    def reached(self) -> bool:
        """True if the predicted error is at most the target."""
        return self.error <= self.target

    def table(self) -> str:
        """Return the runs as aligned text, one line a size."""
        rows = [["n", "networks", "N·PR", "spread", "estimate", "1/N term", "seconds each", "memory", "one to target"]]
        for size in self.sizes:
            rows.append(
                [
                    str(size.n),
                    str(size.networks),
                    dimensions(size.dimensions) + ("" if size.trusted else " (few)"),
                    f"{size.spread:.1%}",
                    f"{size.estimate:.1%}",
                    f"{size.size_term:+.0%}",
                    f"{size.seconds:.2g}",
                    size_of(size.memory),
                    time_of(size.alone_seconds),
                ]
            )
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(
            [
                f"{self.purpose}, to {self.target:.2g} (relative standard error):",
                *lines,
                f"{self.trajectories} trajectories of {self.duration:g}: error {self.error:.2g}, "
                f"{time_of(self.seconds)} in {counted(self.jobs, 'process')}, "
                f"{size_of(self.memory)} of memory",
            ]
        )


@checked_calls
@dataclass(frozen=True)
class Plan:
    """A plan of simulations, made by `mf.plan` before anything runs.

    Attributes
    ----------
    label : mapping
        The network's parameters, by name.
    observable : str
        The observable whose dimension is to be measured.
    theory : float
        Prediction of the theory.
    alternative : float or None
        The prediction of the simpler neighbour that a comparison should exclude.
    smallest : int
        Number of neurons that have enough dimensions for the theory (10).
    correlation_time : float
        Correlation time of the squares of the leading components; it sets how long a simulation takes.
    couplings : str
        Form in which J is kept.
    measure : Runs
        Runs to measure the dimension.
    distinguish : Runs or None
        Runs to tell the theory from `alternative`: a standard error of a fifth of the distance.
    remarks : tuple of str
        Remarks to be read before the runs are started, most serious first.
    """

    label: Mapping[str, Any]
    observable: str
    theory: float
    alternative: float | None
    smallest: int
    correlation_time: float
    couplings: str
    measure: Runs
    distinguish: Runs | None
    remarks: tuple[str, ...]

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Arguments to pass on: ``mf.compare(net, **plan.arguments)`` measures the dimension to the target."""
        return self.measure.arguments

    def table(self) -> str:
        """Return the plan as text."""
        label = ", ".join(f"{name} = {value:.4g}" for name, value in self.label.items())
        parts = [
            f"{label}: dimension of {self.observable} {self.theory:.4g}, {FEWEST_DIMENSIONS:g} dimensions at "
            f"n = {self.smallest}, correlation time {self.correlation_time:.3g}, J {self.couplings}",
            self.measure.table(),
        ]
        parts += [] if self.distinguish is None else [self.distinguish.table()]
        parts += ["\n".join(f"- {remark}" for remark in self.remarks)] if self.remarks else []
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return every number, JSON-ready, with the ``arguments`` of both sets of runs."""
        numbers = asdict(self)
        for name, runs in (("measure", self.measure), ("distinguish", self.distinguish)):
            if runs is not None:
                numbers[name] |= {"reached": runs.reached, "arguments": runs.arguments}
        return numbers

    def __repr__(self) -> str:
        runs = self.measure
        sizes = ", ".join(f"{size.n}: {size.networks}" for size in runs.sizes)
        return (
            f"Plan({self.observable} to {runs.error:.2g}: networks {{{sizes}}}, {runs.trajectories} trajectories of "
            f"{runs.duration:g}; {time_of(runs.seconds)}, {size_of(runs.memory)})"
        )


def time_of(seconds: float) -> str:
    """Return a time in the unit that reads well."""
    return _in_unit(seconds, {"s": 1.0, "min": 60.0, "h": 3600.0, "days": 86400.0}, 120.0)


def size_of(count: float) -> str:
    """Return a number of bytes in the unit that reads well."""
    return _in_unit(count, {"kB": 1e3, "MB": 1e6, "GB": 1e9}, 1000.0)


def _in_unit(value: float, units: Mapping[str, float], limit: float) -> str:
    """Return a value in the first unit in which it is below a limit, else in the last."""
    unit = next((unit for unit, length in units.items() if value < limit * length), [*units][-1])
    number = value / units[unit]
    return f"{number:.2g} {unit}" if number < 100 else f"{number:.0f} {unit}"
