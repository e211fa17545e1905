"""Two-point functions of non-odd φ: a static part C^x(∞) stays, and every neuron keeps a static field.

Couplings have mean zero, so ⟨x⟩ over neurons is 0. But the mean activities m_j of the neurons do not vanish, and send
each neuron a static field h_i = Σ_j J_ij m_j, Gaussian over neurons with variance c∞ = C^x(∞). Around it x fluctuates
with variance y0 = C^x(0) - c∞. C^φ(c) = ⟨φ(x) φ(y)⟩ at covariance c and variance c0 = c∞ + y0 gives the potential
V(c) = -c²/2 + g² ∫ C^φ dc of the particle `∂_τ² C^x = -V'(C^x)`, which comes to rest at its maximum c∞:

    V'(c∞) = 0:            c∞ = g² C^φ(c∞),
    V(c0) = V(c∞):         2 ∫_0^1 (1 - ρ) (g² ⟨φ'φ'⟩(c∞ + ρ y0) - 1) dρ = 0.

In y = C^x - c∞ everything is as for odd φ [two-point, 36]: C^φ(c∞ + y) - C^φ(c∞) has the slope ⟨⟨φ'⟩_h²⟩_h at y = 0
(⟨·⟩_h over the fluctuations of a neuron with field h) and the curvature ⟨φ''φ''⟩ > 0, so that nothing cancels and
δ = 1 - g² ⟨⟨φ'⟩_h²⟩_h > 0 is an integral of the curvature.

All c0 that fulfil them are found by `static_states`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity
from mftheory.numerics.panels import Panels
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.heterogeneous.classes_two_point import QuenchedTwoPoint, clock, principal_components
from mftheory.theory.stationary.heterogeneous.line import LineAverages
from mftheory.theory.stationary.heterogeneous.static_states import quiescent, states, u_mesh
from mftheory.theory.stationary.two_point import trajectory

Array = NDArray[np.float64]


class _Curvature:
    """⟨φ''φ''⟩ at C^x = c∞ + y0 sech θ, interpolated in u."""

    def __init__(self, averages: LineAverages, static: float, y0: float, mesh: Panels) -> None:
        self.width = averages.width
        values = np.array(
            [averages.mean_square(2, static + (1 - u * u) * y0, u * u * y0) for u in mesh.nodes.ravel()]
        ).reshape(mesh.nodes.shape)
        self._times_u = mesh.polynomial(values * mesh.nodes)  # kinks leave 1/u

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return the curvature, elementwise; c0 is y0 here."""
        u = np.sqrt(2.0 / np.cosh(theta)) * np.sinh(0.5 * theta)
        return np.asarray(self._times_u(u) / u)


@dataclass(frozen=True, eq=False, kw_only=True)
class StaticTwoPoint(QuenchedTwoPoint):
    """Two-point functions with a static part; `covariance` and the like are of the fluctuations.

    Attributes
    ----------
    static_variance : float
        C^x(∞).
    static_activity : float
        C^φ(∞), the mean square over neurons of their mean activity.
    mean : float
        ⟨φ⟩ over neurons and time.
    averages : LineAverages
    """

    static_variance: float
    static_activity: float
    mean: float
    averages: LineAverages

    def neuron_means(self, z: Array) -> Array:
        """Return the mean activity of neurons whose static field is z standard deviations."""
        fields = np.sqrt(self.static_variance) * np.asarray(z, dtype=np.float64)
        line = self.averages.line(self.static_variance + self.variance)
        values = line.smoothed(0, fields.ravel(), self.variance)
        return np.asarray(values.reshape(fields.shape))


def static_two_point(g: float, nonlinearity: Nonlinearity, settings: Settings) -> StaticTwoPoint:
    """Solve for the two-point functions of the fluctuating state, φ not odd.

    Parameters
    ----------
    g : float
        Effective coupling strength, finite and positive.
    nonlinearity : Nonlinearity
    settings : Settings

    Raises
    ------
    Unsupported
        If φ jumps or is not piecewise smooth.
    Quiescent, NotConverged
        For the reasons of `static_states.states`; NotConverged also for those of `two_point`.

    Examples
    --------
    >>> from mftheory import Nonlinearity
    >>> from mftheory.theory.stationary.heterogeneous.static import static_two_point
    >>> from mftheory.theory.settings import Settings
    >>> solution = static_two_point(3.0, Nonlinearity("tanh(x + 0.5)"), Settings())
    >>> print(f"{solution.static_variance:.8f} {solution.variance:.8f} {solution.mean:.8f}")
    1.56788677 4.13022149 0.15556680
    """
    averages = LineAverages(nonlinearity, settings.average_step)
    solutions = states(g, nonlinearity, averages, settings.time_order // 2)
    if not solutions.fluctuating:
        raise quiescent(g, solutions)
    static, y0 = solutions.fluctuating[0]
    mean_square_gain = averages.mean_square(1, static, y0)
    # ⟨φ''φ''⟩ does not vanish with y as it does for odd φ: followed down to e^{-2 window}.
    settings = replace(settings, time_window=min(2.0 * settings.time_window, 200.0))
    mesh = u_mesh(y0, averages.width, settings.time_order * 2 // 3)
    curvature = _Curvature(averages, static, y0, mesh)
    fluctuations = trajectory(g, y0, math.sqrt(mean_square_gain), curvature, settings)

    # Neurons by their field h ~ N(0, c∞), on panels that resolve φ smoothed by the fluctuations.
    line = averages.line(static + y0)
    fields = Panels.on(line.edges(y0, math.sqrt(static)), line.panels.rule.nodes.size)
    h = fields.nodes.ravel()
    weights = fields.weights.ravel() * np.exp(-0.5 * h * h / static) / math.sqrt(2.0 * math.pi * static)
    gains = line.smoothed(1, h, y0)
    slopes = np.stack(
        [
            averages.mean_squares(1, h, (1 - u * u) * y0, static + (1 - u * u) * y0, u * u * y0)
            for u in mesh.nodes.ravel()
        ],
        axis=1,
    ).reshape(h.size, *mesh.nodes.shape)
    axis = clock(fluctuations, settings)
    theta = fluctuations.theta(axis.nodes)
    u = np.sqrt(2.0 / np.cosh(theta)) * np.sinh(0.5 * theta)
    ratios = np.empty((h.size, *axis.nodes.shape))
    for k, gain in enumerate(gains):
        # (1/y) ∫_0^y (⟨φ'φ'⟩_h - ⟨φ'⟩_h²) dy at y = y0 (1 - u²)
        beyond = mesh.to_right((slopes[k] - gain**2) * 2.0 * mesh.nodes) / (1.0 - np.square(mesh.nodes))
        ratios[k] = gain**2 + mesh.polynomial(beyond)(u)
    return StaticTwoPoint.about(
        fluctuations,
        gain=averages.mean_slope(static + y0),
        rounding=1e-15 / fluctuations.delta,
        notes=solutions.notes,
        components=principal_components(fluctuations, weights, ratios, gains**2, settings),
        static_variance=static,
        static_activity=averages.mean_square(0, static, y0),
        mean=averages.mean(static + y0),
        averages=averages,
    )
