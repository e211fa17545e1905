"""Order parameters of one given J, whatever ensemble it is from (ours; theory §6; equations: `closure`)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from mftheory.errors import NotConverged, Quiescent
from mftheory.network import Nonlinearity
from mftheory.solve.fixed_point import fixed_point
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import Averages, averages
from mftheory.solve.one_matrix.closure import Closure, to_lags
from mftheory.solve.one_matrix.resolving import resolving
from mftheory.solve.panels import Panels, graded_edges
from mftheory.solve.quiescent import NOT_LOOKED_FOR
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ORDER = 8  # Gauss–Legendre nodes a panel, of frequencies and of lags
END = 50.0  # highest frequency, in units of the fastest rate, 1 + g_eff
FIRST, GROWTH = 0.1, 1.6  # the first panel of lags, in units of the fastest time, and how they grow
WINDOW = 12.0  # lags reach this many of the slowest decay times
TURN = 6.0  # radians that a panel of lags may hold of a mode that rings
SLOWEST, RINGING = 0.005, 0.5  # rates: resolved in any case; above which modes do not ring on
START = 0.3  # rate at which the first guess decays
CLOSEST = 0.9995  # Re λ of Γ J, beyond which the linear network counts as unstable
UNSTABLE = 50.0  # instead of a logarithm of infinity
LOWEST = -60.0  # ln of a variance
ACTIVITY_ORDER = 16  # nodes a panel of C^φ(C^x): 1e-9, far below what N neurons are known to
NEAR = 1e-3  # of ln C^x(0): from where Newton's method takes over
STEPS, ROUGHLY = 200, 1e-4  # of the shape of C^x(ω) until then
NEWTON, NUDGE, TOLERANCE = 30, 1e-5, 1e-7
SMALLEST = 1e-6  # share of a step
CORRECTIONS, DEPTH, CORRECTED = 40, 8, 1e-6  # of the gain, by neurons with self-feedback


class Basis(Protocol):
    """A J, as functions of W = (1 - s J)⁻¹."""

    @property
    def n(self) -> int: ...

    @property
    def values(self) -> Complex:
        """Eigenvalues, all or those of largest real part, of J or of a matrix next to it."""
        ...

    @property
    def own(self) -> Complex:
        """Those of J itself."""
        ...

    def powers(self, s: Complex) -> tuple[Array, Array]:
        """‖W‖²/N and ‖W - 1‖²/N at each s."""
        ...


@dataclass(frozen=True, eq=False)
class OrderParameters:
    """Of the mean neuron of one J, and what its linear-equivalent network needs.

    Attributes
    ----------
    gain, variance : float
        Γ = ⟨φ'⟩ and C^x(0).
    mesh : Panels
        Frequencies that resolve W.
    x : array of shape (k,)
        C^x(ω) at its nodes.
    correction : array of shape (k,)
        δ(ω), complex.
    independent, white : arrays of shape (k,)
        n(ω), and |S̃|²σ² of what the white noise makes.
    edge : float
        Largest real part of the eigenvalues of (Γ + δ) J: below 1, and close to it where a mode is about to condense.
    self_feedback : float
        ∫2|Re tr W/N - 1|n/∫C^φ: how much of φ is due to a neuron's own noise, come back by way of the others. x is
        Gaussian only where it is small.
    """

    gain: float
    variance: float
    mesh: Panels
    x: Array
    correction: Complex
    independent: Array
    white: Array
    edge: float
    self_feedback: float

    @property
    def omega(self) -> Array:
        """Frequencies, shape (k,)."""
        return self.mesh.nodes.ravel()

    @property
    def response(self) -> Complex:
        """S̃ = (Γ + δ)/(1 + iω)."""
        return np.asarray((self.gain + self.correction) / (1.0 + 1j * self.omega))

    def lagged(self, tau: Array) -> Array:
        """C^x(τ) of the mean neuron."""
        return to_lags(self.mesh, tau) @ self.x

    @property
    def weights(self) -> Array:
        """Of ∫ dω/2π over both signs of ω; the last one takes the tail beyond, which falls as 1/ω²."""
        weights = self.mesh.weights.ravel() / np.pi
        weights[-1] += self.omega[-1] ** 2 / self.mesh.edges[-1] / np.pi
        return weights


def order_parameters(basis: Basis, nonlinearity: Nonlinearity, noise: float, g_eff: float) -> OrderParameters:
    """Solve for the gain and the spectra at which J and its neurons agree.

    Parameters
    ----------
    basis : Basis
        J, gains in it.
    nonlinearity : Nonlinearity
        φ, odd.
    noise : float
        σ.
    g_eff : float
        Root of the mean sum of squares of a row: sets the scale of what is fast.

    Raises
    ------
    Quiescent
        Without noise, if no eigenvalue of φ'(0) J has a real part above 1.
    NotConverged
        With the residuals.
    """
    edge = float(basis.values.real.max())
    at_rest = nonlinearity.slope_at_zero * float(basis.own.real.max())
    if noise == 0 and at_rest <= 1:
        raise Quiescent(
            f"couplings: x = 0 is stable: the largest real part of the eigenvalues of φ'(0) J is {at_rest:.4g}, at "
            f"most 1; {NOT_LOOKED_FOR}, or give noise or a larger g_eff"
        )
    gaussian, fastest = averages(nonlinearity, Settings().average_step), 1.0 + g_eff

    @cache
    def excess(log_variance: float) -> float:
        """ln of the variance that the network makes over the one assumed; very large where it would be unstable."""
        variance = float(np.exp(log_variance))
        if gaussian.gain(variance) * edge >= CLOSEST:
            return UNSTABLE
        problem = _Problem.at(basis, gaussian, variance, noise, fastest)
        return float(np.log(problem.closure.variance(problem.made(problem.shape())) / variance))

    low = high = np.log(noise**2 / 2 + 0.5 * g_eff**2)
    while excess(low) < 0 and low > LOWEST:
        low -= 1.0
    while excess(high) > 0 and high < -LOWEST:
        high += 1.0
    if excess(low) < 0 or excess(high) > 0:
        raise NotConverged("the order parameters of this J: no variance of x is consistent with what the network makes")
    low, high = _bracket(excess, low, high)
    return _polished(basis, gaussian, noise, fastest, float(np.exp(low)), float(np.exp(high)), edge)


def _bracket(excess: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Both sides of the change of sign, NEAR apart: beyond an instability there may be a jump."""
    found = brentq(excess, low, high, xtol=NEAR / 2)
    below, above = found - NEAR, found + NEAR
    while excess(below) >= UNSTABLE:
        below = 0.5 * (below + above)
    return below, above


@dataclass(frozen=True, eq=False)
class _Problem:
    """At a variance assumed, hence a gain: W is given, and the shape of C^x(ω) follows from a few cheap iterations.

    Attributes
    ----------
    activity : ActivityCovariance
        φ at this variance.
    closure : Closure
    gain : array of shape (k,)
        Γ + δ(ω).
    total, others : arrays of shape (k,)
        ‖W‖²/N and ‖W - 1‖²/N.
    white : array of shape (k,)
        |S̃|²σ².
    """

    activity: ActivityCovariance
    closure: Closure
    gain: Complex
    total: Array
    others: Array
    white: Array

    @classmethod
    def at(
        cls,
        basis: Basis,
        gaussian: Averages,
        variance: float,
        noise: float,
        fastest: float,
        closure: Closure | None = None,
        correction: Complex | float = 0.0,
    ) -> "_Problem":
        activity = ActivityCovariance(gaussian, variance, ACTIVITY_ORDER)
        closure = Closure(*meshes(activity.gain * basis.values, fastest)) if closure is None else closure
        omega = closure.mesh.nodes.ravel()
        gain = np.asarray(activity.gain + correction + np.zeros(omega.size, dtype=np.complex128))
        response = gain / (1.0 + 1j * omega)
        return cls(activity, closure, gain, *basis.powers(response), np.abs(response) ** 2 * noise**2)

    @property
    def returned(self) -> Array:
        """Re (w - 1): ‖W‖² - ‖W - 1‖² = 2 Re tr W - N."""
        return np.asarray(0.5 * (self.total - self.others - 1.0))

    @property
    def back(self) -> Array:
        """What n makes of C^x."""
        return np.asarray(self.others / np.abs(self.gain) ** 2)

    def made(self, x: Array) -> Array:
        """C^x(ω) of the linear network, given C^x(ω) of its neurons."""
        external = self.total * self.white / np.abs(self.gain) ** 2
        return np.asarray(self.back * self.closure.residual(x, self.activity) + external)

    def shape(self) -> Array:
        """C^x(ω) of the assumed variance that the network reproduces up to a factor, nearly so where it has several."""
        omega, variance = self.closure.mesh.nodes.ravel(), self.activity.variance

        def scaled(x: Array) -> Array:
            return x * (variance / self.closure.variance(x))

        x = scaled(1.0 / (START**2 + omega**2))
        for _ in range(STEPS):
            new = scaled(self.made(x))
            change = float(np.max(np.abs(new - x)) / np.max(new))
            x = new
            if change < ROUGHLY:
                break
        return x


def _polished(
    basis: Basis, gaussian: Averages, noise: float, fastest: float, low: float, high: float, edge: float
) -> OrderParameters:
    """All at once, from between the two sides of the change of sign; then again with the gain corrected."""
    first = _Problem.at(basis, gaussian, low, noise, fastest)
    closure = first.closure
    other = _Problem.at(basis, gaussian, high, noise, fastest, closure)
    sides = [problem.made(problem.shape()) for problem in (first, other)]
    above, below = (closure.variance(side) for side in sides)
    variance = float(np.sqrt(low * high))
    share = float(np.clip((variance - below) / (above - below), 0.0, 1.0)) if above > below else 0.5
    x, gain = share * sides[0] + (1.0 - share) * sides[1], gaussian.gain(variance)

    def problem(variance: float, correction: Complex) -> _Problem:
        return _Problem.at(basis, gaussian, variance, noise, fastest, closure, correction)

    def image(parts: Array) -> Array:
        nonlocal x, variance, gain  # a start for the next one
        correction = _complex(parts)
        # Activity changes such that the distance to an instability hardly does.
        slow = float(correction[0].real)
        moved = _variance_of(gaussian, gain - slow, variance)
        start = x * (moved / variance)
        x, here = _newton(lambda v: problem(v, correction), lambda v: gaussian.gain(v) + slow, start, moved, edge)
        variance = here.activity.variance
        gain = float(here.gain[0].real)
        nudged = ActivityCovariance(gaussian, variance * (1.0 + 100 * NUDGE), ACTIVITY_ORDER)
        new = closure.correction(x, here.returned / here.activity.gain, here.activity, nudged)
        halfway = 0.5 * (correction + new)
        return np.concatenate([halfway.real, halfway.imag, [1.0]])

    start = np.zeros(2 * x.size + 1)
    start[-1] = 1.0  # to which the tolerance is relative
    failure = "the order parameters of this J did not converge: the self-feedback is too strong"
    correction = _complex(fixed_point(image, start, CORRECTED, failure, depth=DEPTH, iterations=CORRECTIONS))
    return _found(problem(variance, correction), x, basis.own)


def _variance_of(gaussian: Averages, gain: float, near: float) -> float:
    """The variance at which ⟨φ'⟩ is this, within a factor of 10 from one that is near."""

    def excess(log_variance: float) -> float:
        return gaussian.gain(float(np.exp(log_variance))) - gain

    low, high = np.log(near) - np.log(10.0), np.log(near) + np.log(10.0)
    if excess(low) <= 0 or excess(high) >= 0:
        return near
    return float(np.exp(brentq(excess, low, high, xtol=1e-6)))


def _complex(parts: Array) -> Complex:
    k = parts.size // 2
    return np.asarray(parts[:k] + 1j * parts[k : 2 * k])


def _newton(
    problem: Callable[[float], _Problem], gain: Callable[[float], float], x: Array, variance: float, edge: float
) -> tuple[Array, _Problem]:
    """Newton's method for C^x(ω) and its variance, with the problem there; `gain` is that of slow activity."""
    history = []
    for _ in range(NEWTON):
        here = problem(variance)
        closure, made = here.closure, here.made(x)
        residual = np.append(made - x, closure.variance(x) - variance)
        history.append(float(max(np.max(np.abs(residual[:-1])) / np.max(x), abs(residual[-1]) / variance)))
        if history[-1] < TOLERANCE:
            return x, here
        nudged = problem(variance * (1.0 + NUDGE))
        k = x.size
        jacobian = np.zeros((k + 1, k + 1))
        jacobian[:k, :k] = here.back[:, None] * closure.slope(x, here.activity) - np.eye(k)
        jacobian[:k, k] = (nudged.made(x) - made) / (NUDGE * variance)
        jacobian[k, :k], jacobian[k, k] = closure.to_variance, -1.0
        step = np.linalg.solve(jacobian, -residual)
        # No step to where the linear network is unstable, or far beyond.
        size = min(1.0, 0.2 * variance / abs(step[-1])) if step[-1] != 0 else 1.0
        while size > SMALLEST and gain((variance + size * step[-1]) * (1.0 + NUDGE)) * edge >= 1.0:
            size *= 0.5
        x, variance = np.maximum(x + size * step[:-1], 0.0), variance + size * float(step[-1])
    raise NotConverged("the order parameters of this J did not converge", history)


def _found(here: _Problem, x: Array, values: Complex) -> OrderParameters:
    activity, mesh = here.activity, here.closure.mesh
    independent, weights, omega = here.closure.residual(x, activity), mesh.weights.ravel(), mesh.nodes.ravel()
    feedback = weights @ (2.0 * np.abs(here.returned) * independent) / (weights @ (activity.gain**2 * x + independent))
    ringing = np.minimum(activity.gain * np.abs(values.imag), omega[-1])
    own = np.interp(ringing, omega, here.gain.real) + 1j * np.interp(ringing, omega, here.gain.imag)
    return OrderParameters(
        gain=activity.gain,
        variance=activity.variance,
        mesh=mesh,
        x=x,
        correction=here.gain - activity.gain,
        independent=independent,
        white=here.white,
        edge=float(np.max((own * (values.real + 1j * np.abs(values.imag))).real)),
        self_feedback=float(feedback),
    )


def meshes(poles: Complex, fastest: float) -> tuple[Panels, Panels]:
    """Of frequencies and of lags, for a network with these eigenvalues of Γ J."""
    damping = 1.0 - poles.real
    longest = WINDOW / max(float(damping.min()), SLOWEST)
    turning = float(np.max(np.abs(poles.imag[damping < RINGING]), initial=0.0))
    panel = min(longest, TURN / turning) if turning > 0 else longest
    lags = graded_edges(FIRST / fastest, GROWTH, panel, longest)
    return Panels.on(resolving(np.append(poles, 0.0), END * fastest), ORDER), Panels.on(lags, ORDER)
