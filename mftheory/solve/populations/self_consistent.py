"""C^x_p(τ) of several populations, by Newton's method, with the noise lowered to its value.

`C_p = |H|² (Σ_q G_pq C^φ_q + σ_p²)`, H = 1/(1 + iω), is the same as

    C = K * (G C^φ - M C + σ²),   K(ω) = (1 + ω² - M)⁻¹,

for any matrix M of spectral radius below 1 (`propagator`). With M_pq = G_pq ⟨φ_q'⟩² the source is what is nonlinear in
C: close to onset, where K is large, what it multiplies is small. For several nonlinearities there is no energy
integral as in `two_point`, but one in the approximation that all C_p have one shape, exact close to onset: a start.
Where it fails, and with noise, a start is found as in `filtered.continuation`: with strong noise any will do, and each
solution is the start of the next, at less noise.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.solve.filtered.continuation import (
    CONVERGED,
    FOLD,
    ROUGH,
    ROUGH_ORDER,
    ROUNDING,
    STAGES,
    STRONGEST,
    WINDOW,
    AtRest,
)
from mftheory.solve.filtered.self_consistent import MAX_PANELS, unresolved
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import averages
from mftheory.solve.newton import ITERATIONS, Diverged, newton_krylov
from mftheory.solve.panels import Panels, PiecewisePolynomial, graded_edges
from mftheory.solve.populations.network import CoupledPopulations, perron_vector, spectral_radius
from mftheory.solve.populations.propagator import Propagator
from mftheory.solve.settings import Settings
from mftheory.solve.variance import smallest_variance

Array = NDArray[np.float64]

UNIT_NOISE = 0.5  # C^x(0) of a leaky unit that hears white noise of unit intensity
SOURCE_WINDOW = 1.8  # in units of `time_window`: the source decays as C^x does, or up to three times as fast
SMALLEST, LARGEST = -60.0, 40.0  # logarithms of variances among which a start is sought
STEP = 1e-4  # of the derivative by C^x(0), relative


@dataclass(frozen=True, eq=False)
class Covariances:
    """C^x_p(τ) of P populations on panels, continued by an exponential.

    Attributes
    ----------
    mesh : Panels
    values : array of shape (P, p, n)
        C^x at the nodes.
    variances : array of shape (P,)
        C^x(0).
    rate : float
        C^x_p(τ) = C^x_p(T) e^{-rate (τ - T)} beyond the mesh's end T.
    """

    mesh: Panels
    values: Array
    variances: Array
    rate: float

    @cached_property
    def _polynomials(self) -> list[PiecewisePolynomial]:
        return [self.mesh.polynomial(values) for values in self.values]

    def of(self, p: int, tau: Array) -> Array:
        """C^x_p(τ), of the shape of τ >= 0."""
        end = self.mesh.edges[-1]
        return np.asarray(self._polynomials[p](np.minimum(tau, end)) * np.exp(-self.rate * np.maximum(tau - end, 0.0)))


@dataclass(frozen=True, eq=False)
class Solution:
    """Self-consistent covariances.

    Attributes
    ----------
    covariances : Covariances
    activities : list of ActivityCovariance
        C^φ of C^x, of each population.
    """

    covariances: Covariances
    activities: list[ActivityCovariance]


class SelfConsistency:
    """The self-consistent equations of coupled populations.

    Parameters
    ----------
    network : CoupledPopulations
        Fluctuating, of odd nonlinearities.
    settings : Settings
    """

    def __init__(self, network: CoupledPopulations, settings: Settings) -> None:
        self.network = network
        self.settings = settings
        self.gaussians = [averages(p.nonlinearity, settings.average_step) for p in network.neurons]
        self.order = ROUGH_ORDER
        self.residuals: list[float] = []
        self._known: tuple[tuple[float, ...], list[ActivityCovariance]] = ((), [])

    def solve(self) -> Solution:
        """The solution; of populations at rest in x = 0, the one that noise lowered from strong to none leads to.

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
        start = None if at_rest.any() else self._single_mode()
        if start is not None:
            try:
                return self._finish(self._rough(0.0, start))
            except (Diverged, NotConverged):
                self.order = ROUGH_ORDER
        # |φ| <= 1 makes this the scale of what a neuron receives; noise of that strength is easy.
        scale = math.sqrt(float(np.max(self.network.strengths.sum(axis=1) + self.network.noise)))
        level, reached = scale, math.inf
        state = self._first(level)
        factor, jump = 0.5, 1e-3
        for _ in range(STAGES):
            try:
                found = self._rough(level, state)
            except Diverged:
                if reached == math.inf:
                    level *= 2.0
                    if level > STRONGEST * scale:
                        raise self._failure("no start was found; does φ saturate?") from None
                    state = self._first(level)
                    continue
                if level == 0:
                    jump *= 0.1
                factor = math.sqrt(factor)
                if at_rest.any() and factor > FOLD:
                    raise AtRest from None
            else:
                if level == 0:
                    return self._finish(found)
                state, reached, factor = found, level, max(0.25, factor**1.5)
                if np.any(state.variances < dead):
                    raise AtRest
            level = reached * factor
            if reached**2 * UNIT_NOISE < jump * float(state.variances.min()):
                level = 0.0
        raise self._failure("the noise could not be lowered to its value")

    def _finish(self, state: Covariances) -> Solution:
        self.order = self.settings.time_order
        try:
            return self._exact(state)
        except Diverged:
            raise self._failure("the solution found to a few digits could not be refined") from None

    def _single_mode(self) -> Covariances | None:
        """A start without noise: C_p = ε r_p S(τ), r the unstable direction at x = 0. Exact close to onset.

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

        def imbalance(log_size: float) -> float:
            variances = math.exp(log_size) * right
            excess = [g.excess(1.0, float(v)) for g, v in zip(self.gaussians, variances, strict=True)]
            return float(weights @ (1.0 + np.array(excess))) - 1.0

        from scipy.optimize import brentq  # imported on use

        low = high = math.log(max(network.stability - 1.0, 1e-12))
        while imbalance(low) <= 0 and low > SMALLEST:
            low -= 1.0
        while imbalance(high) > 0 and high < LARGEST:
            high += 1.0
        if not imbalance(low) > 0 >= imbalance(high):
            return None
        variances = math.exp(brentq(imbalance, low, high, xtol=1e-12)) * right
        loop = self._loop(variances)
        if loop >= 1.0:
            return None
        mesh = Panels.on(self._edges(loop, variances, WINDOW, 3.0), self.order)
        rate = math.sqrt(1.0 - loop)
        return Covariances(mesh, np.multiply.outer(variances, 1.0 / np.cosh(rate * mesh.nodes)), variances, rate)

    def _first(self, level: float) -> Covariances:
        """A start at strong noise: the decay of a neuron on its own."""
        variances = UNIT_NOISE * (self.network.strengths.sum(axis=1) + self.network.noise + level**2)
        mesh = Panels.on(np.array([0.0, 1e-9]), 2)
        values = np.broadcast_to(variances[:, None, None], (variances.size, 1, 2)).copy()
        return Covariances(mesh, values, variances, 1.0)

    def _rough(self, level: float, state: Covariances) -> Covariances:
        """The solution to a few digits, on a mesh that fits it, with noise of intensity level² added everywhere."""
        # λ sets the mesh. A first start's may be beyond criticality; a solution's is not.
        loop = self._loop(state.variances)
        if loop >= 1.0:
            loop = 0.9
        for _ in range(ITERATIONS):
            mesh = Panels.on(self._edges(loop, state.variances, WINDOW, 3.0), self.order)
            state = self._newton(level, loop, mesh, state, ROUGH)
            found = self._loop(state.variances)
            if found >= 1.0:  # perhaps only since the mesh was too short
                found = 0.5 * (loop + 1.0)
            elif 0.4 <= (1.0 - found) / (1.0 - loop) <= 2.5:
                return state
            loop = found
        raise Diverged

    def _exact(self, state: Covariances) -> Solution:
        """The solution to rounding: panels halved until they resolve every C^x and what is nonlinear in it."""
        loop = self._loop(state.variances)
        edges = self._edges(loop, state.variances, SOURCE_WINDOW * self.settings.time_window, 2.0)
        for _ in range(ITERATIONS):
            mesh = Panels.on(edges, self.settings.time_order)
            state = self._newton(0.0, loop, mesh, state, CONVERGED)
            if self._loop(state.variances) >= 1.0:
                raise self._failure("the state found is unstable")
            activities = self._activities(state.variances)
            coarse = np.zeros(len(mesh.nodes), dtype=np.bool_)
            for activity, c in zip(activities, state.values, strict=True):
                coarse |= unresolved(mesh, c) | unresolved(mesh, activity.nonlinear(c))
            if not coarse.any():
                return Solution(state, activities)
            halves = 0.5 * (edges[:-1] + edges[1:])[coarse]
            # At τ = 0 noise and a kink of φ leave powers of √τ: many scales, reached in few rounds.
            closer = edges[1] * 0.25 ** np.arange(1.0, 4.0) if coarse[0] else []
            edges = np.unique(np.concatenate([edges, halves, closer]))
            if edges.size > MAX_PANELS:
                break
        raise self._failure("the time axis was not resolved")

    def _newton(self, level: float, loop: float, mesh: Panels, start: Covariances, tolerance: float) -> Covariances:
        """Newton's method on all C^x at τ = 0 and at the nodes, its linear equations solved by GMRES.

        The reference M of K has the spectral radius `loop`.
        """
        gains = self._gains(self._activities(start.variances))
        propagator = Propagator(mesh, gains * (loop / spectral_radius(gains)) if loop > 0 else gains, start.variances)
        nodes = mesh.nodes.ravel()
        noise = self.network.noise + level**2

        def residual(c: Array) -> tuple[Array, float]:
            activities = self._activities(c[:, 0])
            n = np.stack([a.nonlinear(row[1:]) for a, row in zip(activities, c, strict=True)])
            # N and the linear part apart: of the latter what decays most slowly cancels.
            source = self.network.strengths @ n + (self._gains(activities) - propagator.matrix) @ c[:, 1:]
            r = c - propagator(source, noise)
            return r, float(np.max(np.abs(r) / c[:, :1]))

        c = newton_krylov(
            np.stack([np.append(v, start.of(p, nodes)) for p, v in enumerate(start.variances)]),  # (P, 1 + nodes)
            residual,
            lambda c: self._jacobian(c, propagator),
            tolerance,
            max(tolerance, ROUNDING / (1.0 - loop)),
            self.residuals,
            lambda c, change: min(1.0, 0.5 / max(float(np.max(np.abs(change[:, 0]) / c[:, 0])), 1e-300)),
            unit=lambda c: c[:, :1],
        )
        return Covariances(mesh, c[:, 1:].reshape(-1, *mesh.nodes.shape), c[:, 0].copy(), math.sqrt(1.0 - loop))

    def _jacobian(self, c: Array, propagator: Propagator) -> Callable[[Array], Array]:
        """v ↦ the derivative of the residual at c along v."""
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
        """∂C^φ/∂C^x(0) at fixed C^x(τ) <= C^x(0), by differences: Newton's method needs it roughly."""
        step = STEP * activity.variance
        above, further = (
            ActivityCovariance(self.gaussians[p], activity.variance + k * step, self.order)(c) for k in (1, 2)
        )
        return np.asarray((4.0 * above - 3.0 * activity(c) - further) / (2.0 * step))

    def _gains(self, activities: list[ActivityCovariance]) -> Array:
        """G_pq ⟨φ_q'⟩²."""
        return np.asarray(self.network.strengths * np.square([a.gain for a in activities]))

    def _activities(self, variances: Array) -> list[ActivityCovariance]:
        """C^φ of C^x at those variances."""
        key = (self.order, *variances.tolist())
        if self._known[0] != key:
            pairs = zip(self.gaussians, variances, strict=True)
            self._known = key, [ActivityCovariance(g, float(v), self.order) for g, v in pairs]
        return self._known[1]

    def _loop(self, variances: Array) -> float:
        """λ, the largest eigenvalue of G_pq ⟨φ_q'⟩²."""
        gains = [g.gain(float(v)) for g, v in zip(self.gaussians, variances, strict=True)]
        return spectral_radius(self.network.strengths * np.square(gains))

    def _edges(self, loop: float, variances: Array, window: float, growth: float) -> Array:
        """Panels from the scale that the steepest φ leaves at τ = 0 to some decay times of C^x."""
        rate = math.sqrt(1.0 - loop)
        longest = 3.0 * self.settings.time_panel / rate
        widths = np.array([gaussian.width for gaussian in self.gaussians])
        first = min(0.5 / math.sqrt(1.0 + float(np.max(variances / np.square(widths)))), longest)
        return graded_edges(first, growth, longest, window / rate)

    def _failure(self, what: str) -> NotConverged:
        return NotConverged(f"the two-point functions of the populations did not converge: {what}", self.residuals)
