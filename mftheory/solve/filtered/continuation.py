"""Self-consistent covariances by Newton's method, with the noise lowered to its value.

Newton's method needs a start. With strong noise any will do; each solution is the start of the next, at less noise.
At zero noise this is the fluctuating state where x = 0 is unstable, since any noise at all drives the network out of
it; where it is stable it is the one that strong noise leads to, if not x = 0 itself.

What is common to continuous and to discrete time is here; see `self_consistent` for the equations.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import Averages
from mftheory.solve.newton import ITERATIONS, Diverged, newton_krylov
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]

ROUGH = 1e-6  # residual relative to C^x(0), while the noise is being lowered
CONVERGED = 2e-14  # and at the end
ROUNDING = 1e-14  # over the distance from criticality: residuals that stall below this are rounding errors
STAGES = 200
FOLD = 0.995  # factor of the noise beyond which a state that cannot be followed has ended
STRONGEST = 100.0  # noise to start from, in units of the neurons' input
ROUGH_ORDER = 12  # nodes a panel, while the noise is being lowered
WINDOW = 16.0  # decay times of C^x that a rough mesh covers


class AtRest(Exception):
    """Lowering the noise led to x = 0, or the state followed ended on the way, in a fold."""


class State(Protocol):
    """A covariance, as the start of the next."""

    @property
    def variance(self) -> float: ...


S = TypeVar("S", bound=State)


class Equations(ABC, Generic[S]):
    """The self-consistent equations of one network.

    Parameters
    ----------
    g : float
        Effective coupling strength.
    power : PowerTransfer or MapPower
        |H|².
    gaussian : Averages
        Of φ, odd.
    settings : Settings
    """

    def __init__(self, g: float, power: Any, gaussian: Averages, settings: Settings) -> None:
        self.g = g
        self.power = power
        self.gaussian = gaussian
        self.settings = settings
        self.critical = 1.0 / power.largest()[1]
        self.residuals: list[float] = []
        self.order = ROUGH_ORDER
        self._activity: ActivityCovariance | None = None

    def solve(self, noise: float, dead: float = 0.0) -> Any:
        """The solution at a noise intensity; a C^x(0) below `dead`, while the noise is lowered, is that of x = 0.

        Raises
        ------
        AtRest
            If there the state followed has died.
        NotConverged
            With the residuals of all of Newton's steps.
        """
        # |φ| <= 1 makes g the scale of what a neuron receives; noise of that strength is easy.
        level = max(noise, self.g)
        state = self.first(level)
        reached = None
        factor, jump = 0.5, 1e-3
        for _ in range(STAGES):
            try:
                found, loop = self._rough(level, state)
            except Diverged:
                if reached is None:
                    level *= 2.0
                    if level > STRONGEST * max(noise, self.g):
                        raise self.failure("no start was found; does φ saturate?") from None
                    state = self.first(level)
                    continue
                if level == noise:
                    jump *= 0.1
                factor = math.sqrt(factor)
                if dead > 0 and factor > FOLD:
                    raise AtRest from None
            else:
                if level == noise:
                    return self._finish(noise, found, loop)
                state, reached, factor = found, level, max(0.25, factor**1.5)
                if state.variance < dead:
                    raise AtRest
            level = reached * factor
            if level <= noise or reached**2 * self.unit_noise() < jump * state.variance:
                level = noise
        raise self.failure("the noise could not be lowered to its value")

    def _finish(self, noise: float, state: S, loop: float) -> Any:
        self.order = self.settings.time_order
        try:
            return self.exact(noise, state, loop)
        except Diverged:
            raise self.failure("the solution found to a few digits could not be refined") from None

    def _rough(self, noise: float, state: S) -> tuple[S, float]:
        """The solution to a few digits, on a mesh that fits it, and g²⟨φ'⟩²."""
        # The loop sets the mesh. A first start's may be beyond criticality; a solution's is not.
        loop = self.loop(state.variance)
        if loop >= self.critical:
            loop = 0.9 * self.critical
        for _ in range(ITERATIONS):
            state = self.newton(noise, loop, self.rough_mesh(loop, state.variance), state, ROUGH)
            found = self.loop(state.variance)
            if found >= self.critical:  # perhaps only since the mesh was too short
                found = 0.5 * (loop + self.critical)
            elif 0.4 <= (self.critical - found) / (self.critical - loop) <= 2.5:
                return state, found
            loop = found
        raise Diverged

    @abstractmethod
    def unit_noise(self) -> float:
        """C^x(0) of a neuron that hears white noise of unit intensity and nothing else."""

    @abstractmethod
    def first(self, noise: float) -> S:
        """A start at strong noise."""

    @abstractmethod
    def rough_mesh(self, loop: float, variance: float) -> Any:
        """Where the equations are solved to a few digits."""

    @abstractmethod
    def newton(self, noise: float, loop: float, mesh: Any, start: S, tolerance: float) -> S:
        """Newton's method on a mesh; raises Diverged."""

    @abstractmethod
    def exact(self, noise: float, state: S, loop: float) -> Any:
        """The solution to rounding."""

    def newton_iterations(
        self,
        c: Array,
        convolve: Callable[[Array], Array],
        driven: Array,
        nodes: slice,
        loop: float,
        used: float,
        tolerance: float,
    ) -> Array:
        """C^x with C^x = g² K * n(C^x) + driven, by Newton's method, its linear equations solved by GMRES.

        Parameters
        ----------
        c : array of shape (k,)
            The start; c[0] is the variance.
        convolve : callable
            n at the nodes → K * n at all k lags.
        driven : array of shape (k,)
        nodes : slice
            The lags among the k where n is known.
        loop, used : float
            g²⟨φ'⟩² and the g² a of K.
        tolerance : float
        """
        strength = self.g**2
        a = used / strength

        def nonlinear(c: Array, activity: ActivityCovariance) -> Array:
            return np.asarray(activity.nonlinear(c[nodes]) + (activity.gain**2 - a) * c[nodes])

        def residual(c: Array) -> tuple[Array, float]:
            r = c - strength * convolve(nonlinear(c, self.activity(float(c[0])))) - driven
            return r, float(np.max(np.abs(r)) / c[0])

        def jacobian(c: Array) -> Callable[[Array], Array]:
            activity = self.activity(float(c[0]))
            slope = activity.nonlinear_slope(c[nodes]) + activity.gain**2 - a
            # How C^φ at fixed C^x(τ) depends on C^x(0), by a difference: Newton's method needs it roughly.
            step = 1e-6 * float(c[0])
            stepped = ActivityCovariance(self.gaussian, float(c[0]) + step, self.order)
            by_variance = (nonlinear(c, stepped) - nonlinear(c, activity)) / step
            return lambda v: v - strength * convolve(slope * v[nodes] + by_variance * v[0])

        return newton_krylov(
            c,
            residual,
            jacobian,
            tolerance,
            max(tolerance, ROUNDING / (1.0 - loop / self.critical)),
            self.residuals,
            lambda c, change: min(1.0, 0.5 * float(c[0]) / max(abs(float(change[0])), 1e-300)),
        )

    def activity(self, variance: float) -> ActivityCovariance:
        """C^φ of C^x at that variance."""
        if self._activity is None or self._activity.variance != variance or self._activity.order != self.order:
            self._activity = ActivityCovariance(self.gaussian, variance, self.order)
        return self._activity

    def loop(self, variance: float) -> float:
        """g² ⟨φ'⟩²."""
        return self.g**2 * self.gaussian.gain(variance) ** 2

    def failure(self, what: str) -> NotConverged:
        """The error that says so."""
        return NotConverged(f"g_eff = {self.g:g}: the two-point functions did not converge: {what}", self.residuals)
