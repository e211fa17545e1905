"""The status of a result: one of a few states, and a message in words. As a text it is both of them.

Where nothing is wrong, a theory is `CONVERGED` and a simulated network `EQUILIBRATED`. Files, tables and records hold
the text; `Status(text)` tells the state again.
"""

from enum import StrEnum


class ResultState(StrEnum):
    """The state of a theory or of a simulated network; its value is how the text of the status begins."""

    CONVERGED = "converged"
    """A theory that is solved to its tolerance, if it is sampled to its target."""

    TARGET_MISSED = "relative error"
    """A sampled theory whose error was still above its target at the largest number of trajectories."""

    EQUILIBRATED = "equilibrated"
    """A network whose trajectories are irregular and stationary, as the theory assumes."""

    TARGET_NOT_REACHED = "equilibrated; target"
    """The same, but the error was still above the target that was asked for."""

    NOT_EQUILIBRATED = "not equilibrated"
    """A network whose two halves of the run differ by more than chance."""

    AT_REST = "at rest"
    """A network of which at least half of the trajectories are at fixed points. It is left out of averages."""

    PERIODIC = "periodic"
    """A network whose trajectories are all on one cycle, up to the sign where φ is odd."""

    SEVERAL_ATTRACTORS = "several attractors"
    """A network whose trajectories end on several fixed points or cycles: averages are over initial conditions."""

    TRANSIENT = "several attractors, or a transient that lasts"
    """A network of which some trajectories are irregular and others not, or not yet."""

    KEPT_APART = "several attractors, or too short a run"
    """A network whose irregular trajectories each keep to a part of the states for as long as the run is."""

    QUIESCENT = "Quiescent"
    """A network whose activity died out. It has no result and is left out of averages."""

    NOT_SIMULATED = "not simulated"
    """A network of a comparison that was not simulated because its theory has no solution."""

    OTHER = ""
    """Any other text: an error's name and message, where there is no result; empty, where there is none yet."""


_LEFT_OUT = {ResultState.AT_REST, ResultState.QUIESCENT}
_BEFORE_A_NUMBER = {ResultState.TARGET_MISSED, ResultState.TARGET_NOT_REACHED}


class Status(str):
    """A state and a message, as one text, to which it is equal.

    Examples
    --------
    >>> from mftheory.results.status import ResultState, Status
    >>> status = Status("at rest: 8 of 8 trajectories at rest")
    >>> status.state, status.message, status == "at rest: 8 of 8 trajectories at rest"
    (<ResultState.AT_REST: 'at rest'>, '8 of 8 trajectories at rest', True)
    >>> Status.of(ResultState.PERIODIC, "on one cycle")
    'periodic: on one cycle'
    """

    __slots__ = ()

    @classmethod
    def of(cls, state: ResultState, message: str = "") -> "Status":
        """Return the status of this state with a message."""
        between = " " if state in _BEFORE_A_NUMBER else ": "
        return cls(f"{state}{between}{message}" if message else state)

    @property
    def state(self) -> ResultState:
        """The state: that of the longest beginning."""
        return max((state for state in ResultState if self.startswith(state)), key=len)

    @property
    def message(self) -> str:
        """The text without the state; empty if nothing is to be said."""
        return self.removeprefix(self.state).lstrip(":; ")

    @property
    def left_out(self) -> bool:
        """True if the network says nothing of fluctuations, since it came to rest or its activity died out."""
        return self.state in _LEFT_OUT

    @property
    def in_doubt(self) -> bool:
        """True if the network is kept in averages although something is wrong with it."""
        return self != ResultState.EQUILIBRATED and not self.left_out


CONVERGED, EQUILIBRATED = Status.of(ResultState.CONVERGED), Status.of(ResultState.EQUILIBRATED)
