"""Two-point functions of networks whose single-site input makes x Gaussian ([two-point, 36]; theory §7).

`∂_τ² C^x = C^x - g² C^φ` is a particle in a potential; the decaying solution has the energy of its unstable
maximum, C = 0. With C^x = C^x(0) sech θ the first-order energy form reads dθ/dτ = √h(θ), where h is smooth,
positive and even, h(0) = g² C^φ(0)/C^x(0) - 1, h(∞) = δ = 1 - g²⟨φ'⟩², and constant as g → 1⁺. So τ(θ) is a plain
integral, the root at τ = 0 needs no series start, and nothing is unstable.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.compiling import vectorize
from mftheory.errors import NotConverged
from mftheory.network import Nonlinearity
from mftheory.numerics.panels import Panels, PiecewisePolynomial, graded_edges
from mftheory.numerics.transform import cosine_transform
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.frequency_pairs import GaussianTwoPoint
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.averages import Averages, averages
from mftheory.theory.stationary.quiescent import Shape, beside
from mftheory.theory.stationary.variance import variances
from mftheory.theory.stationary.weighted_observables import Observable

Array = NDArray[np.float64]

MAX_ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class TwoPoint(GaussianTwoPoint):
    """The two-point functions at one g_eff, at any τ and ω. Times in units of the neuron's time constant.

    Attributes
    ----------
    g_eff : float
    variance : float
        C^x(0).
    activity_variance : float
        C^φ(0).
    gain : float
        ⟨φ'⟩.
    mean_square_gain : float
        ⟨φ'⟩², where neurons differ its mean over them.
    delta : float
        δ = 1 - g_eff²⟨φ'⟩², the distance from criticality, to full relative precision.
    theta : PiecewisePolynomial
        θ(τ), C^x = C^x(0) sech θ.
    ratio : PiecewisePolynomial
        C^φ/C^x as a function of τ.
    density : PiecewisePolynomial
        C^φ(ω) as a function of asinh(ω/√δ), up to the frequency beyond which it is rounding error.
    observables : mapping of str to Observable
        With gains C^Φ = ⟨G²⟩ C^φ for Φ = G φ, and for a readout with independent gains of that law [J9].
    notes : tuple of str
        States that exist beside this one.
    rounding : float
        Rounding that a dimension inherits, relative: none, where δ and 1 - s keep their digits.
    """

    g_eff: float
    variance: float
    activity_variance: float
    gain: float
    mean_square_gain: float
    delta: float
    theta: PiecewisePolynomial
    ratio: PiecewisePolynomial
    density: PiecewisePolynomial
    observables: Mapping[str, Observable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rounding: float = 0.0

    @property
    def decay(self) -> float:
        """√δ, the rate of the final exponential decay of C^x(τ)."""
        return math.sqrt(self.delta)

    @cached_property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are below rounding error."""
        return self.decay * math.sinh(self.density.edges[-1])

    def field_covariance(self, name: str, tau: Array) -> Array:
        """Return C^x(τ), C^φ(τ) or C^{xφ}(τ) = ⟨φ'⟩ C^x(τ) ("xphi"); even in τ, of the shape of τ."""
        if tau.ndim == 0 and tau == 0:  # in every dimension: known without evaluating panels
            variances = {"x": self.variance, "phi": self.activity_variance, "xphi": self.gain * self.variance}
            return np.asarray(variances[name])
        tau = np.abs(tau)
        end = self.theta.edges[-1]
        inside = np.minimum(tau, end)
        c = self.variance / np.cosh(self.theta(inside)) * np.exp(-self.decay * (tau - inside))
        if name == "x":
            return np.asarray(c)
        if name == "xphi":
            return np.asarray(self.gain * c)
        return np.asarray(c * np.where(tau > end, self.mean_square_gain, self.ratio(inside)))

    def field_spectrum(self, name: str, omega: Array) -> Array:
        """Return C^x(ω), C^φ(ω) or C^{xφ}(ω): real, even, never negative, 0 beyond `highest_frequency`."""
        omega = np.abs(omega)
        v = np.arcsinh(omega / self.decay)
        inside = v <= self.density.edges[-1]
        phi = np.asarray(np.where(inside, np.maximum(self.density(np.where(inside, v, 0.0)), 0.0), 0.0))
        return phi if name == "phi" else np.asarray(phi * self.transfer(name, omega))

    def transfer(self, name: str, omega: Array) -> Array:
        """Return C^x(ω)/C^φ(ω) = g_eff²/(1+ω²), or C^{xφ}(ω)/C^φ(ω)."""
        power = self.g_eff**2 / (1.0 + np.square(omega))
        return np.asarray(power if name == "x" else self.gain * power)

    def response(self, observable: str, omega: ArrayLike) -> NDArray[np.complex128]:
        """Return S^x(ω) = 1/(1+iω), S^φ(ω) = ⟨φ'⟩/(1+iω)."""
        return np.asarray(_leaky_response(self.gain if observable == "phi" else 1.0, omega))

    def one_minus_s(self, omega1: Array, omega2: Array, total: Array) -> NDArray[np.complex128]:
        """Return 1 - s(ω1, ω2), s = g_eff² S^φ(ω1) S^φ(ω2), to full precision near its zero; `total` is ω1 + ω2.

        See `leaky_one_minus_s`.
        """
        return leaky_one_minus_s(self.delta, omega1, omega2, total)

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature:
        """Return the rule for double integrals over frequencies."""
        return TriangleQuadrature.graded(self.delta, self.highest_frequency, growth, order)


def leaky_one_minus_s(delta: float, omega1: Array, omega2: Array, total: Array) -> NDArray[np.complex128]:
    """Return (δ + i(ω1+ω2) - ω1ω2) / ((1+iω1)(1+iω2)): 1 - s of leaky units, where nothing cancels at ω1ω2 < 0."""
    return np.asarray(_leaky_one_minus_s(delta, omega1, omega2, total))


# Compiled, one pass each: they are evaluated at every node of a double integral.
@vectorize(["complex128(float64, float64)"], cache=True)
def _leaky_response(numerator: float, omega: float) -> complex:
    scale = numerator / (1.0 + omega * omega)
    return complex(scale, -scale * omega)


@vectorize(["complex128(float64, float64, float64, float64)"], cache=True)
def _leaky_one_minus_s(delta: float, omega1: float, omega2: float, total: float) -> complex:
    product = omega1 * omega2
    scale = 1.0 / ((1.0 + omega1 * omega1) * (1.0 + omega2 * omega2))
    return complex(delta - product, total) * complex((1.0 - product) * scale, -total * scale)


class Curvature(Protocol):
    """The part of `Averages` on which the shape of C^x(τ) depends."""

    @property
    def width(self) -> float: ...

    def curvature(self, c0: float, theta: Array) -> Array: ...


def two_point(g_eff: float, nonlinearity: Nonlinearity, settings: Settings) -> TwoPoint:
    """Solve for the two-point functions of the fluctuating state; of several, that of the largest C^x(0).

    Parameters
    ----------
    g_eff : float
        Effective coupling strength, finite and positive.
    nonlinearity : Nonlinearity
        φ, odd.
    settings : Settings

    Raises
    ------
    Unsupported
        If φ is not odd, falls at 0, jumps, or is not piecewise smooth.
    Quiescent
        If x = 0 is stable, g_eff φ'(0) <= 1, and there is no fluctuating state beside it.
    NotConverged
        If the variance or the time axis was not found, or a power spectrum came out negative.

    Examples
    --------
    >>> from mftheory import Erf
    >>> from mftheory.theory.settings import Settings
    >>> from mftheory.theory.stationary.two_point import two_point
    >>> solution = two_point(3.0, Erf(), Settings())
    >>> print(f"{solution.variance:.10f} {solution.activity_variance:.10f} {3 * solution.gain:.10f}")
    5.6374319609 0.7107297981 0.9556244846
    """
    gaussian = averages(nonlinearity, settings.average_step)  # refuses what is no nonlinearity
    return from_averages(g_eff, nonlinearity, gaussian, settings)


def from_averages(g_eff: float, phi: Shape, gaussian: Averages, settings: Settings) -> TwoPoint:
    """Solve as `two_point` does, for a nonlinearity, or neurons that differ, whose Gaussian averages are given."""
    solutions = variances(g_eff, phi, gaussian)
    at_rest = ["x = 0"] if g_eff * phi.slope_at_zero <= 1.0 else []
    state = trajectory(g_eff, solutions[0], gaussian.gain(solutions[0]), gaussian, settings)
    return replace(state, notes=beside([f"{c0:.4g}" for c0 in solutions[1:]], at_rest))


def trajectory(g_eff: float, c0: float, gain: float, gaussian: Curvature, settings: Settings) -> TwoPoint:
    """Return the two-point functions at the variance c0 of equal energy, from the gain and the curvature of C^φ(c)."""
    # The mesh in θ resolves the width 1/√C^x(0), in units of φ's own, that a steep φ leaves at τ = 0.
    first = settings.time_panel * min(1.0, gaussian.width / math.sqrt(c0))
    edges = graded_edges(first, 2.0, settings.time_panel, settings.time_window)
    mesh = Panels.on(edges, settings.time_order)
    ratio, h, delta = _shape(g_eff, c0, gain, gaussian, mesh)
    if not (delta > 0 and np.all(h > 0)):
        raise NotConverged(f"g_eff = {g_eff:g}: the potential of the two-point function has no barrier")

    speed = mesh.polynomial(np.sqrt(h))
    time = mesh.polynomial(mesh.from_left(1.0 / np.sqrt(h)))
    time_edges = np.concatenate([[0.0], np.cumsum(np.sum(mesh.weights / np.sqrt(h), axis=1))])
    clock = Panels.on(time_edges, settings.time_order)
    theta = _invert(time, speed, mesh, clock)
    c = c0 / np.cosh(theta)
    ratio_of_theta = mesh.polynomial(ratio)
    ratio_of_time = ratio_of_theta(theta)
    theta_of_time = clock.polynomial(theta)
    end = c0 / math.cosh(float(theta_of_time(time_edges[-1]))) * gain**2
    density = _density(clock.polynomial(ratio_of_time * c), math.sqrt(delta), end, settings)
    at_zero = float(ratio_of_theta(0.0)) * c0
    # The gain that belongs to δ exactly: near onset 1 - g²⟨φ'⟩² would keep few digits of an independent one.
    gain = math.sqrt(1.0 - delta) / g_eff
    ratio_polynomial = clock.polynomial(ratio_of_time)
    return TwoPoint(g_eff, c0, at_zero, gain, gain**2, delta, theta_of_time, ratio_polynomial, density)


def _shape(g: float, c0: float, gain: float, gaussian: Curvature, mesh: Panels) -> tuple[Array, Array, float]:
    """Return C^φ/C^x and h = (dθ/dτ)², C^x = c0 sech θ, at the nodes in θ, and δ = h(∞): all from ⟨φ''φ''⟩.

    With y = sech θ and equal potential energies, -2V/C² = g² (G(1) - G(y)), G(y) = ⟨φ'⟩² + c0 ∫_0^y A(t) (1-t/y)² dt,
    and h = g² (G(1) - G(y))/(1 - y²); every integrand is positive.
    """
    theta = mesh.nodes
    y = 1.0 / np.cosh(theta)
    below = 2.0 * y * np.square(np.sinh(0.5 * theta))  # 1 - y, exact at both ends
    curvature = gaussian.curvature(c0, theta)
    measure = curvature * y * np.tanh(theta)  # A(t) dt = -A sech θ tanh θ dθ
    m0 = mesh.to_right(measure)  # ∫_0^y A dt
    m1 = mesh.to_right(measure * y)
    m2 = mesh.to_right(measure * y * y)
    beyond = mesh.from_left(measure * below * below)  # ∫_y^1 A (1-t)² dt
    total = float(np.sum(measure * below * below * mesh.weights))
    difference = (2.0 * m1 - (1.0 + 1.0 / y) * m2) / y + beyond / below
    h = g * g * c0 * difference / (1.0 + y)
    ratio = gain**2 + c0 * (m0 - m1 / y)
    return ratio, h, g * g * c0 * total


def _invert(time: PiecewisePolynomial, speed: PiecewisePolynomial, mesh: Panels, clock: Panels) -> Array:
    """Return θ at the nodes of the time axis, by Newton's method; panels of θ and of τ correspond."""
    theta = mesh.nodes.copy()
    residuals = []
    for _ in range(MAX_ITERATIONS):
        lag = time(theta) - clock.nodes
        residuals.append(float(np.max(np.abs(lag / clock.nodes))))
        theta = np.clip(theta - lag * speed(theta), 0.0, mesh.edges[-1])
        if residuals[-1] < 1e-9:  # convergence is quadratic: the step just taken reached rounding error
            return theta
    raise NotConverged("the time axis of the two-point function did not converge", residuals)


def _density(function: PiecewisePolynomial, decay: float, end_value: float, settings: Settings) -> PiecewisePolynomial:
    """Return C^φ(ω) on panels in v = asinh(ω/√δ), in which its singularities stay π/2 away."""

    def transform(v: Array) -> Array:
        return cosine_transform(function, decay, end_value, decay * np.sinh(v))

    coarse = np.arange(0.0, 40.0, 0.25)
    last = coarse[-1]
    values = np.empty(0)
    for part in np.split(coarse, 5):  # mostly the first is enough
        values = np.append(values, transform(part))
        low = values < settings.frequency_cutoff * values[0]
        # The first of two in a row: single dips are rounding errors of an oscillating sum.
        both = np.flatnonzero(low[:-1] & low[1:])
        if both.size:
            last = coarse[both[0]]
            break
    panels = max(1, math.ceil(last / settings.frequency_panel))
    mesh = Panels.on(np.linspace(0.0, last, panels + 1), settings.frequency_order)
    density = transform(mesh.nodes.ravel()).reshape(mesh.nodes.shape)
    worst = float(density.min() / values[0])
    if worst < -1e-9:  # a smaller one is interpolation error, and read as 0
        raise NotConverged(f"a power spectrum came out negative ({worst:.1e} of its peak); refine time_order")
    return mesh.polynomial(density)
