"""The self-consistent covariances of classes of neurons, by Newton's method from a start.

With a_c = F_c'(q), the linear response of class c, and M_sr = Σ_{c of r} G_sc a_c the equations of `neuron_classes` are

    C_s = K * (Σ_c G_sc N_c(C) + σ²),   q_f = Σ_c G_fc F_c(q),   K = (1/|H|² - M)⁻¹,

N_c what is nonlinear in C^φ. Close to onset, where K is large, N is small; and N decays at least twice as fast as C, so
that a mesh need cover N only. Starts are found by `continuation`, which may also give one condition more, with a factor
of the strength of all couplings as the unknown that fulfils it.
"""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.numerics.newton import MAX_ITERATIONS, Diverged, newton_krylov
from mftheory.numerics.panels import Panels, graded_edges
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.linear_response import Modes, kept_apart, largest_response
from mftheory.theory.stationary.classes.neuron_classes import Classes
from mftheory.theory.stationary.classes.time_axis import LagAxis, PanelAxis, TimeAxis
from mftheory.theory.stationary.gaussian.correlated_activity import Fluctuations

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ROUGH_ORDER, ROUGH_TIME_ORDER, ROUGH_WINDOW, ROUGH_TOLERANCE = 8, 12, 16.0, 1e-6
"""Nodes in u and in time, decay times and residual while the noise is lowered."""
SLOW = 0.02
"""Fastest rate, per step, of a map of which a rough solution is sought as if time were continuous."""
TOLERANCE = 2e-14
"""Residual relative to C(0) at the end."""
HASTES = (1.0, 1.5, 0.7, 2.5, 4.0, 0.4)
"""Decays of starts, relative to that of the linear response, tried one after the other."""
SAME = 1e-6
"""Relative difference of C^x(0), found in two ways, up to which a state is the same."""
LOST_DIGITS = 0.01
"""Rounding of K for each unit by which its terms exceed their sum, relative to what an axis resolves; seen 0.004."""
ROUNDING_RESIDUAL, STALLED = 5e-13, 10.0
"""Residuals that stall below the one, over the distance from criticality, are rounding errors; those that stall below
the other, in units of the tolerance, are good enough to go on from."""


@dataclass(frozen=True, eq=False)
class Covariances:
    """C_s(τ) of all signals on a time axis, continued by exponentials, and the static variances of the fields.

    Attributes
    ----------
    axis : TimeAxis
    values : array of shape (s, lags)
        C at the lags, the variance first.
    amplitudes, rates : arrays of shapes (s, m) and (m,)
        C_s(τ) = Re Σ_m amplitude e^{-rate (τ - T)} beyond the axis's end T.
    static : array of shape (fields,)
        q_f.
    strength : float
        Strength of the couplings, 1 for those of the network.
    """

    axis: TimeAxis
    values: Array
    amplitudes: Complex
    rates: Complex
    static: Array
    strength: float = 1.0

    @property
    def variance(self) -> Array:
        """C_s(0)."""
        return self.values[:, 0]

    def at(self, s: int, tau: Array) -> Array:
        """Return C_s(τ), of the shape of τ >= 0."""
        end = self.axis.end
        inside = self._interpolants[s](np.minimum(tau, end))
        beyond = np.exp(-np.multiply.outer(np.maximum(tau - end, 0.0), self.rates)) @ self.amplitudes[s]
        return np.asarray(np.where(tau <= end, inside, beyond.real))

    @cached_property
    def _interpolants(self) -> list[Callable[[Array], Array]]:
        return [self.axis.interpolant(row) for row in self.values]


@dataclass(frozen=True, eq=False)
class Solution:
    """Self-consistent covariances, and the activities of all classes.

    Attributes
    ----------
    covariances : Covariances
    activities : list of Fluctuations
        C^φ of C, of each class.
    matrix : array of shape (s, s)
        M.
    residuals : tuple of float
        Of all of Newton's steps.
    """

    covariances: Covariances
    activities: list[Fluctuations]
    matrix: Array
    residuals: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Linear:
    """The linear response that K holds: M of some a_c, and an addition that keeps poles apart.

    `loop` is its largest strength round the loop, critical at 1; `cancelling` how much larger than K its terms are.
    """

    matrix: Array
    slopes: Array
    added: Array
    loop: float
    cancelling: float

    def scaled(self, loop: float) -> "Linear":
        factor = loop / self.loop
        return Linear(self.matrix * factor, self.slopes * factor, self.added * factor, loop, self.cancelling)


@dataclass(frozen=True)
class Pinned:
    """A condition that takes the place of the strength of the couplings, which is sought.

    Attributes
    ----------
    weights : triple of float
        The condition's coefficients of the size of the fluctuations, of that of the static fields, and of the strength.
    value : float
        What these sum to.
    strength : float
        A guess of the strength.
    """

    weights: tuple[float, float, float]
    value: float
    strength: float


class SelfConsistency:
    """The self-consistent equations of classes of neurons.

    Parameters
    ----------
    classes : Classes
    settings : Settings
    subject : str
        The subject of NotConverged's message: "... did not converge".
    """

    def __init__(self, classes: Classes, settings: Settings, subject: str) -> None:
        self.classes, self.settings, self.subject = classes, settings, subject
        self.residuals: list[float] = []
        self._powers = tuple(s.power for s in classes.signals)
        self._discrete = self._powers[0].discrete
        self._at_peaks = classes.at_peaks
        self._static_power = np.array([s.static_power for s in classes.signals])
        self._fields = np.array([s.population for s in classes.signals])
        self._known: dict[tuple[int, float, float, int], Fluctuations] = {}

    def size(self, variance: Array) -> float:
        """Return the size of fluctuations: C(0) in units of that at strong noise, the mean over signals."""
        return float(np.mean(variance / self._unit))

    def static_size(self, static: Array) -> float:
        """Return the size of static fields, in such units."""
        return float(np.mean(static) / np.mean(self._unit))

    def guess(self, fluctuating: Array, static: Array, haste: float = 1.0) -> Covariances:
        """Return a smooth start of given variances, that decays as it should, or faster by a factor."""
        linear = self.linear(self._activities(fluctuating, static, ROUGH_ORDER))
        linear = linear if linear.loop < 1.0 else linear.scaled(0.9)
        axis = self._axis(linear, fluctuating, ROUGH_WINDOW, 3.0, ROUGH_TIME_ORDER)
        rate = haste * Modes.of(self._powers, linear.matrix).slowest
        values = fluctuating[:, None] / np.square(np.cosh(0.5 * rate.real * axis.lags))
        rates = np.array([rate.real + 0j])
        return Covariances(axis, values, values[:, -1:].astype(np.complex128), rates, static)

    def at_variances(self, static: float, fluctuating: float) -> Solution:
        """Return the solution of one field with given C(∞) and variance of what fluctuates around it."""
        for haste in HASTES:
            start = self.guess(np.full(len(self.classes.signals), fluctuating), np.array([static]), haste)
            with contextlib.suppress(NotConverged):
                solution = self.near(start)
                if abs(float(solution.covariances.variance[0]) / fluctuating - 1.0) < SAME:
                    return solution
        raise self.failure(f"the state of C^x(0) = {static + fluctuating:.6g} was not reached")

    def near(self, start: Covariances) -> Solution:
        """Return the solution from a start near enough, such as that at a neighbouring point of a curve."""
        try:
            return self.exact(*self.rough(self.classes.noise, start))
        except Diverged:
            raise self.failure("the start was not near enough") from None

    def failure(self, reason: str) -> NotConverged:
        """Return the error that gives the reason."""
        return NotConverged(f"{self.subject} did not converge: {reason}", self.residuals)

    def _activities(self, variance: Array, static: Array, order: int) -> list[Fluctuations]:
        found = []
        for k, (c, s) in enumerate(zip(self.classes.neurons, self.classes.signal_of, strict=True)):
            q = float(self._static_power[s] * static[c.population]) if self.classes.static else 0.0
            key = k, q, float(variance[s]), order
            if key not in self._known:
                if len(self._known) > 8 * len(self.classes.neurons):
                    self._known.pop(next(iter(self._known)))
                self._known[key] = Fluctuations(c.line, c.mean, q, float(variance[s]), order)
            found.append(self._known[key])
        return found

    def linear(self, activities: list[Fluctuations], strength: float = 1.0) -> Linear:
        """Return the linear response, with poles kept apart."""
        slopes = np.array([strength * a.slope for a in activities])
        matrix = self.classes.response(slopes)
        added, cancelling = kept_apart(self._powers, matrix, self._at_peaks)
        return Linear(matrix + added, slopes, added, largest_response(self._at_peaks, matrix + added), cancelling)

    @cached_property
    def _unit(self) -> Array:
        return np.asarray(self.strong_noise * self.unit_noise)

    @cached_property
    def strong_noise(self) -> Array:
        """A noise of each signal that moves its neurons about as much as what they receive then; its own without."""
        received = self.classes.largest_fields[self._fields]
        strong = np.asarray(received * self._at_peaks.max(axis=0) / (2.0 * self.unit_noise))
        own = max(float(self.classes.noise.max()), np.finfo(float).tiny)
        return np.where(np.isfinite(strong), strong, own)

    @cached_property
    def unit_noise(self) -> Array:
        """C(0) of neurons that receive white noise of unit intensity and nothing else."""
        return np.asarray(np.diag(self._apart.at(np.zeros(1))[:, :, 0]))

    @cached_property
    def _apart(self) -> Modes:
        """The modes without couplings, with poles of filters kept apart."""
        none = np.zeros((len(self._powers),) * 2)
        return Modes.of(self._powers, kept_apart(self._powers, none, self._at_peaks)[0])

    def first(self, noise: Array) -> Covariances:
        """Return a start at strong noise: the shape of a network without couplings."""
        modes = self._apart
        amplitudes = modes.right * (modes.left @ (1.5 * noise))
        axis = LagAxis(3) if self._discrete else PanelAxis(Panels.on(np.array([0.0, 1e-9]), 2))
        static = np.zeros(len(self.classes.strengths))
        np.maximum.at(static, self._fields, 0.25 * noise)
        values = (amplitudes[:, None] * np.exp(-np.multiply.outer(axis.lags, modes.rates))).sum(axis=-1).real
        amplitudes = amplitudes * np.exp(-modes.rates * axis.end)
        return Covariances(axis, values, amplitudes, modes.rates, static)

    def rough(self, noise: Array, state: Covariances, pinned: Pinned | None = None) -> tuple[Covariances, Linear]:
        """Solve to a few digits at one noise, or one size, on a mesh that fits the solution."""
        strength = pinned.strength if pinned else 1.0
        linear = self.linear(self._activities(state.variance, state.static, ROUGH_ORDER), strength)
        if linear.loop >= 1.0:
            linear = linear.scaled(0.9)
        for _ in range(MAX_ITERATIONS):
            axis = self._axis(linear, state.variance, ROUGH_WINDOW, 3.0, ROUGH_TIME_ORDER)
            state = self._newton(noise, linear, axis, state, ROUGH_ORDER, ROUGH_TOLERANCE, pinned)
            refined = self.linear(self._activities(state.variance, state.static, ROUGH_ORDER), state.strength)
            if pinned:
                pinned = replace(pinned, strength=state.strength)
            if refined.loop >= 1.0:  # perhaps only since the mesh was too short
                refined = refined.scaled(0.5 * (linear.loop + 1.0))
            elif 0.4 <= (1.0 - refined.loop) / (1.0 - linear.loop) <= 2.5:
                return state, refined
            linear = refined
        raise Diverged

    def exact(self, state: Covariances, linear: Linear) -> Solution:
        """Refine a solution of a few digits to rounding, panels halved until they resolve it."""
        order = self.settings.time_order
        # What is nonlinear decays three times as fast as C of odd φ without mean, twice as fast else.
        # What keeps poles apart decays as C itself.
        longer = self.classes.static or linear.added.any()
        window = self.settings.time_window * (1.0 if longer else 2.0 / 3.0)
        axis = self._axis(linear, state.variance, window, 2.0, order)
        try:
            for _ in range(MAX_ITERATIONS):
                state = self._newton(self.classes.noise, linear, axis, state, order, TOLERANCE)
                activities = self._activities(state.variance, state.static, order)
                refined = self.linear(activities)
                if refined.loop >= 1.0:
                    raise self.failure("the state found is unstable")
                finer = axis.finer(self._functions(state, activities, refined))
                if finer is None and abs(refined.loop - linear.loop) <= 1e-9 * (1.0 - linear.loop):
                    return Solution(state, activities, refined.matrix - refined.added, tuple(self.residuals))
                linear, axis = refined, finer or axis
        except Diverged:
            raise self.failure("the solution found to a few digits could not be refined") from None
        except ValueError as error:
            raise self.failure(str(error)) from None
        raise self.failure("the time axis was not resolved")

    def _functions(
        self, state: Covariances, activities: list[Fluctuations], linear: Linear
    ) -> list[tuple[Array, float]]:
        """Return what an axis must resolve, each with its size: of activities that of the field they are a part of."""
        # Terms of K cancel where its poles almost coincide.
        digits = max(1.0, LOST_DIGITS * linear.cancelling)
        found = [(values, digits * float(values[0])) for values in state.values]
        each = list(zip(activities, self.classes.signal_of, strict=True))
        rows = [a.nonlinear(state.values[s]) for a, s in each]
        own = [
            max(float(np.abs(row).max()), a.slope * float(state.variance[s]))
            for row, (a, s) in zip(rows, each, strict=True)
        ]
        weights = self.classes.strengths.max(axis=0)
        largest = float(np.max(weights * own))
        for row, size, weight in zip(rows, own, weights, strict=True):
            found.append((row, max(size, largest / weight if weight > 0 else math.inf) * digits))
        return found

    def _axis(self, linear: Linear, variance: Array, window: float, growth: float, order: int) -> TimeAxis:
        """Return an axis from the fastest scale of K (shorter yet for a steep φ) to some decay times of its slowest."""
        modes = Modes.of(self._powers, linear.matrix)
        # Sums over many steps are integrals, to a few digits.
        if self._discrete and (order > ROUGH_TIME_ORDER or np.abs(modes.rates).max() > SLOW):
            return LagAxis.covering(modes, window)
        of_classes = zip(self.classes.neurons, self.classes.signal_of, strict=True)
        steepness = max(variance[s] / c.line.width**2 for c, s in of_classes)
        first = 0.5 / (np.abs(modes.rates).max() * math.sqrt(1.0 + steepness))
        longest = 3.0 * self.settings.time_panel / abs(modes.slowest)
        edges = graded_edges(float(min(first, longest)), growth, float(longest), window / modes.slowest.real)
        return PanelAxis(Panels.on(edges, order))

    def _newton(
        self,
        noise: Array,
        linear: Linear,
        axis: TimeAxis,
        start: Covariances,
        order: int,
        tolerance: float,
        pinned: Pinned | None = None,
    ) -> Covariances:
        """Solve on an axis; raise Diverged if that fails.

        With `pinned` the size is given, and a factor of the couplings' strength is one more unknown.
        """
        modes = Modes.of(self._powers, linear.matrix)
        convolve = axis.convolution(modes)
        signals, lags, fields = len(self._powers), axis.lags.size, len(self.classes.strengths)
        size = signals * lags
        driven = modes.driven(noise, axis.lags)
        signal_of, onto, strengths = self.classes.signal_of, self.classes.onto_signals, self.classes.strengths
        field_of = self._fields[signal_of]

        condition, value = (np.array(pinned.weights), pinned.value) if pinned else (np.array([0.0, 0.0, 1.0]), 1.0)

        def split(x: Array) -> tuple[Array, Array, float]:
            return x[:size].reshape(signals, lags), x[size : size + fields], float(x[-1])

        def joined(c: Array, q: Array, strength: float) -> Array:
            return np.concatenate([c.ravel(), q, [strength]])

        def sources(c: Array, activities: list[Fluctuations], strength: float) -> Array:
            each = zip(activities, signal_of, linear.slopes, strict=True)
            beyond = [strength * a.nonlinear(c[s]) + (strength * a.slope - slope) * c[s] for a, s, slope in each]
            return np.asarray(onto @ np.array(beyond) - linear.added @ c)

        def residual(x: Array) -> tuple[Array, float]:
            c, q, strength = split(x)
            if not (np.all(c[:, 0] > 0) and strength >= 0):
                return x, math.inf
            activities = self._activities(c[:, 0], np.maximum(q, 0.0), order)  # hardly any may overshoot
            of_c = c - convolve(sources(c, activities, strength)) - driven
            of_q = np.zeros(fields)
            if self.classes.static:
                of_q = q - strength * strengths @ [a.static_activity for a in activities]
            of_size = float(condition @ (self.size(c[:, 0]), self.static_size(q), strength)) - value
            largest = float(c[:, 0].max() + q.max())
            worst = float(np.max(np.abs(of_c) / c[:, :1])), float(np.abs(of_q).max()) / largest
            return joined(of_c, of_q, of_size), max(*worst, abs(of_size / (abs(value) + 1e-300)))

        def jacobian(x: Array) -> Callable[[Array], Array]:
            c, q, strength = split(x)
            activities = self._activities(c[:, 0], np.maximum(q, 0.0), order)
            y = c[signal_of]
            nonlinear = np.array([a.nonlinear(row) for a, row in zip(activities, y, strict=True)])
            beyond = np.array([a.nonlinear_slope(row) for a, row in zip(activities, y, strict=True)])
            by_variance = np.array([a.by_variance(row) for a, row in zip(activities, y, strict=True)])
            static = np.array([a.static_activity for a in activities])
            static_by_variance = np.array([a.static_by_variance for a in activities])
            slopes = np.array([a.slope for a in activities])
            changed = strength * beyond + (strength * slopes - linear.slopes)[:, None]
            whole = nonlinear + slopes[:, None] * y

            def product(v: Array) -> Array:
                dc, dq, ds = split(v)
                of_static = (self._static_power[signal_of] * dq[field_of]) if self.classes.static else np.zeros(len(y))
                of_variance = dc[signal_of, 0] + of_static
                d = changed * dc[signal_of] + strength * by_variance * of_variance[:, None] + ds * whole
                d += strength * beyond * of_static[:, None]
                of_size = float(condition @ (self.size(dc[:, 0]), self.static_size(dq), ds))
                of_q = dq
                if self.classes.static:
                    change = strength * (slopes * of_static + static_by_variance * of_variance) + ds * static
                    of_q = dq - strengths @ change
                return joined(dc - convolve(onto @ d - linear.added @ dc), of_q, of_size)

            return product

        def largest_step(x: Array, change: Array) -> float:
            (c, *_), (dc, *_) = split(x), split(change)
            return min(1.0, float(np.min(0.5 * c[:, 0] / np.maximum(np.abs(dc[:, 0]), 1e-300))))

        c = np.array([start.at(s, axis.lags) for s in range(signals)])
        c[:, 0] = start.variance
        static = start.static if self.classes.static else np.zeros(fields)
        of_fields = np.full(fields, c[:, 0].max() + static.max())
        unit = joined(np.repeat(c[:, :1], lags, axis=1), of_fields, 1.0)
        stalled = max(STALLED * tolerance, ROUNDING_RESIDUAL / (1.0 - linear.loop))
        x = newton_krylov(
            joined(c, static, pinned.strength if pinned else 1.0),
            residual,
            jacobian,
            tolerance,
            stalled,
            self.residuals,
            largest_step,
            lambda x: unit,
        )
        c, q, strength = split(x)
        q = np.maximum(q, 0.0)
        amplitudes = convolve.tail(sources(c, self._activities(c[:, 0], q, order), strength))
        amplitudes = amplitudes + modes.right * (modes.left @ noise) * np.exp(-modes.rates * axis.end)
        return Covariances(axis, c, amplitudes, modes.rates, q, strength)
