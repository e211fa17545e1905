"""Self-consistent covariances by Newton's method, with the noise lowered to its value.

Newton's method needs a start. With strong noise any will do; each solution is the start of the next, at less noise.
At zero noise this is the fluctuating state where x = 0 is unstable, since any noise at all drives the network out of
it; where it is stable it is the one that strong noise leads to, if not x = 0 itself.

What differs (`filtered.filtered_self_consistent`, `filtered.discrete_time`, `populations.populations_self_consistent`)
are the equations and the mesh on which they are solved.
"""

import math
from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import NotConverged
from mftheory.numerics.newton import MAX_ITERATIONS, Diverged
from mftheory.numerics.panels import Panels
from mftheory.theory.settings import Settings

Array = NDArray[np.float64]

ROUGH_TOLERANCE = 1e-6
"""Residual relative to C^x(0) that is good enough while the noise is being lowered."""
NEWTON_TOLERANCE = 2e-14
"""Residual relative to C^x(0) at the end."""
ROUNDING_RESIDUAL = 1e-14
"""Residuals that stall below this, over the distance from criticality, are rounding errors."""
MAX_NOISE_LEVELS = 200
FOLD_NOISE_RATIO = 0.995
"""Ratio of successive noises from which a state that cannot be followed is taken to have ended in a fold."""
STRONGEST_NOISE = 100.0
"""Noise beyond which no start is sought, in units of the neurons' input."""
ROUGH_ORDER = 12
"""Nodes on each panel while the noise is being lowered."""
ROUGH_WINDOW = 16.0
"""Decay times of C^x that a rough mesh covers."""
UNRESOLVED = 1e-13
"""Size of the last Legendre coefficients of a panel, relative to the function, above which the panel is halved."""
MAX_PANELS = 5000


class AtRest(Exception):
    """Error: lowering the noise led to x = 0, or the state followed ended on the way, in a fold."""


class Covariance(Protocol):
    """C^x, as the start of the next solution; its variance is an array where there are several populations."""

    @property
    def variance(self) -> Any: ...


S = TypeVar("S", bound=Covariance)
R = TypeVar("R")


class NoiseContinuation(ABC, Generic[S, R]):
    """The self-consistent equations of one network, solved at strong noise first and then step by step at less.

    S is the type of a covariance found to a few digits, R that of the solution.

    Parameters
    ----------
    subject : str
        The subject of NotConverged's message: "... did not converge".
    critical : float
        Value of `loop` at which fluctuations would grow.
    settings : Settings
    """

    def __init__(self, subject: str, critical: float, settings: Settings) -> None:
        self.subject = subject
        self.critical = critical
        self.settings = settings
        self.residuals: list[float] = []
        self.order = ROUGH_ORDER

    def lower_noise(self, target: float, scale: float, dead: ArrayLike) -> R:
        """Solve at strong noise, and at less and less until the target.

        Parameters
        ----------
        target : float
            Intensity σ of the noise at which the solution is sought.
        scale : float
            Intensity of the noise that is as strong as what neurons receive.
        dead : array_like
            Where positive, a C^x(0) below it, while the noise is lowered, is that of x = 0.

        Raises
        ------
        AtRest
            If a state that may be at rest has died.
        NotConverged
            With the residuals of all of Newton's steps.
        """
        may_rest = bool(np.any(np.asarray(dead) > 0))
        level = max(target, scale)
        state = self.first(level)
        reached: float | None = None
        factor, jump = 0.5, 1e-3
        for _ in range(MAX_NOISE_LEVELS):
            try:
                solution, loop = self.rough(level, state)
            except Diverged:
                if reached is None:
                    level *= 2.0
                    if level > STRONGEST_NOISE * max(target, scale):
                        raise self.failure("no start was found; does φ saturate?") from None
                    state = self.first(level)
                    continue
                if level == target:
                    jump *= 0.1
                factor = math.sqrt(factor)
                if may_rest and factor > FOLD_NOISE_RATIO:
                    raise AtRest from None
            else:
                if level == target:
                    return self.finish(target, solution, loop)
                state, reached, factor = solution, level, max(0.25, factor**1.5)
                if np.any(state.variance < dead):
                    raise AtRest
            level = reached * factor
            if level <= target or reached**2 * self.unit_noise < jump * float(np.min(state.variance)):
                level = target
        raise self.failure("the noise could not be lowered to its value")

    def rough(self, level: float, state: S) -> tuple[S, float]:
        """Solve to a few digits at one noise, on a mesh that fits the solution; return it and its `loop`."""
        # The loop sets the mesh. A first start's may be beyond criticality; a solution's is not.
        loop = self.loop(state.variance)
        if loop >= self.critical:
            loop = 0.9 * self.critical
        for _ in range(MAX_ITERATIONS):
            state = self.newton(level, loop, self.rough_mesh(loop, state), state, ROUGH_TOLERANCE)
            refined = self.loop(state.variance)
            if refined >= self.critical:  # perhaps only since the mesh was too short
                refined = 0.5 * (loop + self.critical)
            elif 0.4 <= (self.critical - refined) / (self.critical - loop) <= 2.5:
                return state, refined
            loop = refined
        raise Diverged

    def finish(self, noise: float, state: S, loop: float) -> R:
        """Refine a solution of a few digits to rounding."""
        self.order = self.settings.time_order
        try:
            return self.exact(noise, state, loop)
        except Diverged:
            raise self.failure("the solution found to a few digits could not be refined") from None

    @property
    @abstractmethod
    def unit_noise(self) -> float:
        """C^x(0) of a neuron that receives white noise of unit intensity and nothing else."""

    @abstractmethod
    def loop(self, variance: Any) -> float:
        """Return the strength with which the linear response goes round the loop, g² ⟨φ'⟩² for one population."""

    @abstractmethod
    def first(self, level: float) -> S:
        """Return a start at strong noise."""

    @abstractmethod
    def rough_mesh(self, loop: float, state: S) -> Any:
        """Return the mesh on which the equations are solved to a few digits."""

    @abstractmethod
    def newton(self, noise: float, loop: float, mesh: Any, start: S, tolerance: float) -> S:
        """Solve on a mesh by Newton's method; raise Diverged if that fails."""

    @abstractmethod
    def exact(self, noise: float, state: S, loop: float) -> R:
        """Return the solution to rounding."""

    def halved(self, edges: Array, coarse: NDArray[np.bool_]) -> Array:
        """Return panels with the coarse ones halved; raise NotConverged if there are too many."""
        halves = 0.5 * (edges[:-1] + edges[1:])[coarse]
        # At τ = 0 noise and a kink of φ leave powers of √τ: many scales, reached in few rounds.
        closer = edges[1] * 0.25 ** np.arange(1.0, 4.0) if coarse[0] else []
        edges = np.unique(np.concatenate([edges, halves, closer]))
        if edges.size > MAX_PANELS:
            raise self.failure("the time axis was not resolved")
        return edges

    def failure(self, reason: str) -> NotConverged:
        """Return the error that gives the reason."""
        return NotConverged(f"{self.subject} did not converge: {reason}", self.residuals)


def unresolved(mesh: Panels, values: Array) -> NDArray[np.bool_]:
    """Return which panels have last Legendre coefficients that have not fallen to rounding."""
    coefficients = np.abs(mesh.polynomial(values).coefficients)
    return np.asarray(coefficients[:, -2:].max(axis=1) > UNRESOLVED * np.abs(values).max())
