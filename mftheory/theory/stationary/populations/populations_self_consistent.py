"""C^x_p(τ) of several populations, by Newton's method, with the noise lowered to its value.

`C_p = |H|² (Σ_q G_pq C^φ_q + σ_p²)`, H = 1/(1 + iω), is the same as

    C = K * (G C^φ - M C + σ²),   K(ω) = (1 + ω² - M)⁻¹,

for any matrix M of spectral radius below 1 (`population_propagator`). With M_pq = G_pq ⟨φ_q'⟩² the source is what is
nonlinear in C: close to onset, where K is large, what it multiplies is small. For several nonlinearities there is no
energy integral as in `two_point`, but one in the approximation that all C_p have one shape, exact close to onset: a
start. Where it fails, and with noise, the noise is lowered from a strong one (`continuation`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.numerics.newton import MAX_ITERATIONS, Diverged, newton_krylov
from mftheory.numerics.panels import Panels, PiecewisePolynomial, graded_edges
from mftheory.numerics.scan import bracket_of_fall, zero
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.continuation import (
    NEWTON_TOLERANCE,
    ROUGH_ORDER,
    ROUGH_WINDOW,
    ROUNDING_RESIDUAL,
    NoiseContinuation,
    unresolved,
)
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance, activity_covariance
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.populations.driven_populations import CoupledPopulations, perron_vector, spectral_radius
from mftheory.theory.stationary.populations.population_propagator import Propagator
from mftheory.theory.stationary.variance import smallest_variance

Array = NDArray[np.float64]

UNIT_NOISE = 0.5
"""C^x(0) of a leaky unit that receives white noise of unit intensity."""
SOURCE_WINDOW = 1.8
"""Length of the window in units of `time_window`: the source decays as C^x does, or up to three times as fast."""
VARIANCE_STEP = 1e-4
"""Step of the derivative by C^x(0), relative."""


@dataclass(frozen=True, eq=False)
class PopulationCovariances:
    """C^x_p(τ) of P populations on panels, continued by an exponential.

    Attributes
    ----------
    mesh : Panels
    values : array of shape (P, p, n)
        C^x at the nodes.
    variance : array of shape (P,)
        C^x(0).
    rate : float
        C^x_p(τ) = C^x_p(T) e^{-rate (τ - T)} beyond the mesh's end T.
    """

    mesh: Panels
    values: Array
    variance: Array
    rate: float

    @cached_property
    def _polynomials(self) -> list[PiecewisePolynomial]:
        return [self.mesh.polynomial(values) for values in self.values]

    def at(self, p: int, tau: Array) -> Array:
        """Return C^x_p(τ), of the shape of τ >= 0."""
        end = self.mesh.edges[-1]
        return np.asarray(self._polynomials[p](np.minimum(tau, end)) * np.exp(-self.rate * np.maximum(tau - end, 0.0)))


@dataclass(frozen=True, eq=False)
class PopulationsSolution:
    """The self-consistent covariances of several populations.

    Attributes
    ----------
    covariances : PopulationCovariances
    activities : list of ActivityCovariance
        C^φ of C^x, of each population.
    """

    covariances: PopulationCovariances
    activities: list[ActivityCovariance]


class SelfConsistency(NoiseContinuation[PopulationCovariances, PopulationsSolution]):
    """The self-consistent equations of coupled populations.

    Parameters
    ----------
    network : CoupledPopulations
        Fluctuating, of odd nonlinearities.
    settings : Settings
    """

    def __init__(self, network: CoupledPopulations, settings: Settings) -> None:
        super().__init__("the two-point functions of the populations", 1.0, settings)
        self.network = network
        self.gaussians = [averages(p.nonlinearity, settings.average_step) for p in network.neurons]

    def solve(self) -> PopulationsSolution:
        """Return the solution; for populations at rest in x = 0, the one to which noise lowered to none leads.

        Raises
        ------
        AtRest
            If it leads to x = 0.
        NotConverged
            With the residuals of all of Newton's steps.
        """
        at_rest = self.network.at_rest
        above = self.network.stability - 1.0
        dead = np.array(
            [rests * smallest_variance(above, g.width) for rests, g in zip(at_rest, self.gaussians, strict=True)]
        )
        if not at_rest.any():
            try:
                if (start := self._single_mode()) is not None:
                    return self.finish(0.0, *self.rough(0.0, start))
            except (Diverged, NotConverged):
                self.order = ROUGH_ORDER
        # |φ| <= 1 makes this the scale of what a neuron receives; noise of that strength is easy.
        scale = math.sqrt(float(np.max(self.network.strengths.sum(axis=1) + self.network.noise)))
        return self.lower_noise(0.0, scale, dead)

    unit_noise = UNIT_NOISE

    def _single_mode(self) -> PopulationCovariances | None:
        """Return a start without noise: C_p = ε r_p S(τ), r the unstable direction at x = 0. Exact close to onset.

        Projected on that direction the equations are a particle in a potential, as in `two_point`; ε is the root of
        equal energies at S = 1 and at S = 0, where ∫C^φ dc = Var Φ.
        """
        network = self.network
        if network.noise.any():
            return None
        right, left = (perron_vector(matrix) for matrix in (network.linear, network.linear.T))
        if min(right.min(), left.min()) <= 0:
            return None
        weights = (left @ network.strengths) * right / (left @ right)

        def imbalance(size: float) -> float:
            variances = size * right
            excess = [g.excess(1.0, float(v)) for g, v in zip(self.gaussians, variances, strict=True)]
            return float(weights @ (1.0 + np.array(excess))) - 1.0

        bracket = bracket_of_fall(imbalance, max(network.stability - 1.0, 1e-12))
        if bracket is None:
            return None
        variances = zero(imbalance, bracket, "the start of the populations' two-point functions") * right
        loop = self.loop(variances)
        if loop >= 1.0:
            return None
        mesh = Panels.on(self._edges(loop, variances, ROUGH_WINDOW, 3.0), self.order)
        rate = math.sqrt(1.0 - loop)
        return PopulationCovariances(
            mesh, np.multiply.outer(variances, 1.0 / np.cosh(rate * mesh.nodes)), variances, rate
        )

    def first(self, level: float) -> PopulationCovariances:
        """Return a start at strong noise: the decay of a neuron on its own."""
        variances = UNIT_NOISE * (self.network.strengths.sum(axis=1) + self.network.noise + level**2)
        mesh = Panels.on(np.array([0.0, 1e-9]), 2)
        values = np.broadcast_to(variances[:, None, None], (variances.size, 1, 2)).copy()
        return PopulationCovariances(mesh, values, variances, 1.0)

    def rough_mesh(self, loop: float, state: PopulationCovariances) -> Panels:
        """Return panels of few nodes."""
        return Panels.on(self._edges(loop, state.variance, ROUGH_WINDOW, 3.0), self.order)

    def exact(self, noise: float, state: PopulationCovariances, loop: float) -> PopulationsSolution:
        """Return the solution to rounding: panels halved until they resolve every C^x and what is nonlinear in it."""
        edges = self._edges(loop, state.variance, SOURCE_WINDOW * self.settings.time_window, 2.0)
        for _ in range(MAX_ITERATIONS):
            mesh = Panels.on(edges, self.settings.time_order)
            state = self.newton(noise, loop, mesh, state, NEWTON_TOLERANCE)
            if self.loop(state.variance) >= 1.0:
                raise self.failure("the state found is unstable")
            activities = self._activities(state.variance)
            coarse = np.zeros(len(mesh.nodes), dtype=np.bool_)
            for activity, c in zip(activities, state.values, strict=True):
                coarse |= unresolved(mesh, c) | unresolved(mesh, activity.nonlinear(c))
            if not coarse.any():
                return PopulationsSolution(state, activities)
            edges = self.halved(edges, coarse)
        raise self.failure("the time axis was not resolved")

    def newton(
        self, noise: float, loop: float, mesh: Panels, start: PopulationCovariances, tolerance: float
    ) -> PopulationCovariances:
        """Solve for all C^x at τ = 0 and at the nodes, with noise of intensity noise² added everywhere.

        The reference M of K has the spectral radius `loop`.
        """
        gains = self._gains(self._activities(start.variance))
        propagator = Propagator(mesh, gains * (loop / spectral_radius(gains)) if loop > 0 else gains, start.variance)
        nodes = mesh.nodes.ravel()
        white = self.network.noise + noise**2

        def residual(c: Array) -> tuple[Array, float]:
            activities = self._activities(c[:, 0])
            n = np.stack([a.nonlinear(row[1:]) for a, row in zip(activities, c, strict=True)])
            # N and the linear part apart: of the latter what decays most slowly cancels.
            source = self.network.strengths @ n + (self._gains(activities) - propagator.matrix) @ c[:, 1:]
            r = c - propagator(source, white)
            return r, float(np.max(np.abs(r) / c[:, :1]))

        c = newton_krylov(
            np.stack([np.append(v, start.at(p, nodes)) for p, v in enumerate(start.variance)]),  # (P, 1 + nodes)
            residual,
            lambda c: self._jacobian(c, propagator),
            tolerance,
            max(tolerance, ROUNDING_RESIDUAL / (1.0 - loop)),
            self.residuals,
            lambda c, change: min(1.0, 0.5 / max(float(np.max(np.abs(change[:, 0]) / c[:, 0])), 1e-300)),
            unit=lambda c: c[:, :1],
        )
        return PopulationCovariances(
            mesh, c[:, 1:].reshape(-1, *mesh.nodes.shape), c[:, 0].copy(), math.sqrt(1.0 - loop)
        )

    def _jacobian(self, c: Array, propagator: Propagator) -> Callable[[Array], Array]:
        """Return v ↦ the derivative of the residual at c along v."""
        activities = self._activities(c[:, 0])
        slopes = np.stack([a.nonlinear_slope(row[1:]) for a, row in zip(activities, c, strict=True)])
        linear = self._gains(activities) - propagator.matrix
        by_variance = np.stack([self._by_variance(p, a, c[p, 1:]) for p, a in enumerate(activities)])

        def product(v: Array) -> Array:
            change = slopes * v[:, 1:] + by_variance * v[:, :1]
            source = self.network.strengths @ change + linear @ v[:, 1:]
            return np.asarray(v - propagator(source))

        return product

    def _by_variance(self, p: int, activity: ActivityCovariance, c: Array) -> Array:
        """Return ∂C^φ/∂C^x(0) at fixed C^x(τ) <= C^x(0), by differences: Newton's method needs it roughly."""
        step = VARIANCE_STEP * activity.variance
        above, further = (
            ActivityCovariance(self.gaussians[p], activity.variance + k * step, self.order)(c) for k in (1, 2)
        )
        return np.asarray((4.0 * above - 3.0 * activity(c) - further) / (2.0 * step))

    def _gains(self, activities: list[ActivityCovariance]) -> Array:
        """Return G_pq ⟨φ_q'⟩²."""
        return np.asarray(self.network.strengths * np.square([a.gain for a in activities]))

    def _activities(self, variances: Array) -> list[ActivityCovariance]:
        """Return C^φ of C^x at those variances."""
        pairs = zip(self.gaussians, variances.tolist(), strict=True)
        return [activity_covariance(gaussian, variance, self.order) for gaussian, variance in pairs]

    def loop(self, variance: Array) -> float:
        """Return λ, the largest eigenvalue of G_pq ⟨φ_q'⟩²."""
        gains = [g.gain(float(v)) for g, v in zip(self.gaussians, variance, strict=True)]
        return spectral_radius(self.network.strengths * np.square(gains))

    def _edges(self, loop: float, variances: Array, window: float, growth: float) -> Array:
        """Return panels from the scale that the steepest φ leaves at τ = 0 to some decay times of C^x."""
        rate = math.sqrt(1.0 - loop)
        longest = 3.0 * self.settings.time_panel / rate
        widths = np.array([gaussian.width for gaussian in self.gaussians])
        first = min(0.5 / math.sqrt(1.0 + float(np.max(variances / np.square(widths)))), longest)
        return graded_edges(first, growth, longest, window / rate)
