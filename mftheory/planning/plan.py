"""What a plan says: runs that measure the dimension, or tell the theory from its neighbour, and what they cost."""

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
        Neurons; how many networks.
    dimensions : float
        Predicted N·PR of the observable.
    trusted : bool
        Whether that is enough for the theory (10).
    spread : float
        Between networks.
    estimate : float
        Of the estimate of one network, in the planned duration.
    size_term : float
        By how much the mean at this size exceeds the limit.
    seconds : float
        One network, in one thread.
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
        What they are for.
    target, error : float
        The wanted and the predicted relative standard error of the dimension: extrapolated to N → ∞ from several sizes,
        or the mean at the one size.
    curvature : float
        What a 1/N² term, invisible in the fit, may add at most.
    sizes : tuple of PlannedSize
        From small to large.
    trajectories : int
        Of each network.
    duration : float
        Of each trajectory, in units of the neurons' time constant.
    jobs : int
        Processes side by side: the cores, or as many as `max_memory` allows.
    seconds : float
        Wall time on this machine.
    memory : int
        Bytes, all processes together.
    fits : bool
        Whether that is within `max_memory`.
    observable : str
    sampling : float or None
        Where the theory is sampled too (overlaps, symmetry): to which relative error, so that its own does not count.
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
        """What to pass on: ``mf.compare(net, **runs.arguments)``."""
        arguments = {
            "n": [size.n for size in self.sizes],
            "seeds": {size.n: size.networks for size in self.sizes},
            "observable": self.observable,
            "trajectories": self.trajectories,
            "duration": self.duration,
            "jobs": self.jobs,
        }
        return arguments if self.sampling is None else {**arguments, "sampling": {"target": self.sampling}}

    @property
    def reached(self) -> bool:
        """The predicted error is at most the target."""
        return self.error <= self.target

    def table(self) -> str:
        """As aligned text, one line a size."""
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
    """What to simulate, made by `mf.plan` before anything runs.

    Attributes
    ----------
    label : mapping
        The network's parameters, by name.
    observable : str
        Whose dimension.
    theory : float
        Its prediction.
    alternative : float or None
        The prediction of the simpler neighbour that a comparison should exclude.
    smallest : int
        Neurons that have enough dimensions for the theory (10).
    correlation_time : float
        Of the squares of the leading components; sets how long a simulation takes.
    couplings : str
        How J is kept.
    measure : Runs
        To measure the dimension.
    distinguish : Runs or None
        To tell the theory from `alternative`: a standard error of a fifth of the distance.
    remarks : tuple of str
        What to know before running it.
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
        """What to pass on: ``mf.compare(net, **plan.arguments)`` measures the dimension to the target."""
        return self.measure.arguments

    def table(self) -> str:
        """The plan as text."""
        label = ", ".join(f"{name} = {value:.4g}" for name, value in self.label.items())
        parts = [
            f"{label}: dimension of {self.observable} {self.theory:.4g}, {FEWEST_DIMENSIONS:g} dimensions at "
            f"n = {self.smallest}, correlation time {self.correlation_time:.3g}, J {self.couplings}",
            self.measure.table(),
        ]
        if self.distinguish is not None:
            parts.append(self.distinguish.table())
        if self.remarks:
            parts.append("\n".join(f"- {remark}" for remark in self.remarks))
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Every number, JSON-ready; ``arguments`` those of both sets of runs."""
        plain = asdict(self)
        for name, runs in (("measure", self.measure), ("distinguish", self.distinguish)):
            if runs is not None:
                plain[name] |= {"reached": runs.reached, "arguments": runs.arguments}
        return plain

    def __repr__(self) -> str:
        runs = self.measure
        sizes = ", ".join(f"{size.n}: {size.networks}" for size in runs.sizes)
        return (
            f"Plan({self.observable} to {runs.error:.2g}: networks {{{sizes}}}, {runs.trajectories} trajectories of "
            f"{runs.duration:g}; {time_of(runs.seconds)}, {size_of(runs.memory)})"
        )


def time_of(seconds: float) -> str:
    """Seconds, in the unit that reads well."""
    for unit, length in (("s", 1.0), ("min", 60.0), ("h", 3600.0), ("days", 86400.0)):
        if seconds < 120.0 * length or unit == "days":
            break
    return f"{_short(seconds / length)} {unit}"


def size_of(count: float) -> str:
    """Bytes, in the unit that reads well."""
    for unit, length in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < 1000.0 * length or unit == "GB":
            break
    return f"{_short(count / length)} {unit}"


def _short(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"
