"""The self-consistent equations C^x = K * (g² n(C^x)) + σ² K of one filter, common to continuous and discrete time.

K = |H|²/(1 - g² a |H|²) is the filter dressed by a linear part a C^x of C^φ, n = C^φ - a C^x what is left.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.newton import newton_krylov
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.continuation import ROUNDING_RESIDUAL, Covariance, NoiseContinuation
from mftheory.theory.stationary.filtered.filters import Power
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance, activity_covariance
from mftheory.theory.stationary.gaussian.averages import Averages

Array = NDArray[np.float64]
S = TypeVar("S", bound=Covariance)
R = TypeVar("R")
P = TypeVar("P", bound=Power)

VARIANCE_STEP = 1e-6
"""Step of the derivative by C^x(0), relative."""


class FilterEquations(NoiseContinuation[S, R], Generic[P, S, R]):
    """The self-consistent equations of one network.

    Parameters
    ----------
    g : float
        Effective coupling strength.
    power : PowerTransfer or MapPower
        |H|².
    gaussian : Averages
        Averages of φ, odd.
    settings : Settings
    """

    def __init__(self, g: float, power: P, gaussian: Averages, settings: Settings) -> None:
        subject = f"g_eff = {g:g}: the two-point functions"
        super().__init__(subject, 1.0 / power.largest()[1], settings)
        self.g = g
        self.power = power
        self.gaussian = gaussian

    def solve(self, noise: float, dead: float = 0.0) -> R:
        """Solve at a noise intensity; a C^x(0) below `dead`, while the noise is lowered, is that of x = 0."""
        # |φ| <= 1 makes g the scale of what a neuron receives; noise of that strength is easy.
        return self.lower_noise(noise, self.g, dead)

    def newton_iterations(
        self,
        c: Array,
        convolve: Callable[[Array], Array],
        driven: Array,
        nodes: slice,
        loop: float,
        dressing: float,
        tolerance: float,
    ) -> Array:
        """Solve C^x = g² K * n(C^x) + driven by Newton's method, its linear equations by GMRES.

        Parameters
        ----------
        c : array of shape (k,)
            The start; c[0] is the variance.
        convolve : callable
            n at the nodes → K * n at all k lags.
        driven : array of shape (k,)
        nodes : slice
            The lags among the k where n is known.
        loop, dressing : float
            g²⟨φ'⟩² and the g² a of K.
        tolerance : float

        Returns
        -------
        array of shape (k,)
        """
        strength = self.g**2
        a = dressing / strength

        def nonlinear(c: Array, activity: ActivityCovariance) -> Array:
            return np.asarray(activity.nonlinear(c[nodes]) + (activity.gain**2 - a) * c[nodes])

        def residual(c: Array) -> tuple[Array, float]:
            r = c - strength * convolve(nonlinear(c, self.activity(float(c[0])))) - driven
            return r, float(np.max(np.abs(r)) / c[0])

        def jacobian(c: Array) -> Callable[[Array], Array]:
            activity = self.activity(float(c[0]))
            slope = activity.nonlinear_slope(c[nodes]) + activity.gain**2 - a
            # How C^φ at fixed C^x(τ) depends on C^x(0), by a difference: Newton's method needs it roughly.
            step = VARIANCE_STEP * float(c[0])
            stepped = ActivityCovariance(self.gaussian, float(c[0]) + step, self.order)
            by_variance = (nonlinear(c, stepped) - nonlinear(c, activity)) / step
            return lambda v: v - strength * convolve(slope * v[nodes] + by_variance * v[0])

        return newton_krylov(
            c,
            residual,
            jacobian,
            tolerance,
            max(tolerance, ROUNDING_RESIDUAL / (1.0 - loop / self.critical)),
            self.residuals,
            lambda c, change: min(1.0, 0.5 * float(c[0]) / max(abs(float(change[0])), 1e-300)),
        )

    def activity(self, variance: float) -> ActivityCovariance:
        """Return C^φ of C^x at that variance."""
        return activity_covariance(self.gaussian, variance, self.order)

    def loop(self, variance: float) -> float:
        """Return g² ⟨φ'⟩²."""
        return self.g**2 * self.gaussian.gain(variance) ** 2
