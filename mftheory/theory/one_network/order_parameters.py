"""Order parameters of one given J, whatever ensemble it is from (ours; theory §6; equations: `almost_gaussian`)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from mftheory.errors import NotConverged, Quiescent
from mftheory.network import Nonlinearity
from mftheory.numerics.anderson import fixed_point
from mftheory.numerics.panels import Panels, graded_edges
from mftheory.theory.one_network.almost_gaussian import AlmostGaussianSpectra, to_lags
from mftheory.theory.one_network.frequency_meshes import resolving
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import Averages, averages
from mftheory.theory.stationary.quiescent import NOT_LOOKED_FOR

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NODES_PER_PANEL = 8  # Gauss–Legendre nodes, of frequencies and of lags
HIGHEST_FREQUENCY = 50.0  # in units of the fastest rate, 1 + g_eff
FIRST_LAG_PANEL, PANEL_RATIO = (
    0.1,
    1.6,
)  # length of the first of the lags, in fastest times; ratio of each to the last
WINDOW = 12.0  # longest lag, in slowest decay times
MAX_PHASE_PER_PANEL = 6.0  # rad of an oscillating mode on a panel of lags
SLOWEST_RATE, OSCILLATING_RATE = (
    0.005,
    0.5,
)  # slowest decay resolved in any case; fastest of oscillating modes
START_RATE = 0.3  # decay rate of the first guess
LARGEST_EDGE = 0.9995  # largest Re λ of Γ J of a linear network that counts as stable
LOG_OF_UNSTABLE = 50.0  # stands for the logarithm of an infinite variance
LOWEST_LOG_VARIANCE = -60.0  # ln C^x(0)
ACTIVITY_ORDER = 16  # nodes a panel of C^φ(C^x): 1e-9, far below what N neurons are known to
BRACKET = 1e-3  # half-width in ln C^x(0) of the bracket from which Newton's method starts
SHAPE_ITERATIONS, SHAPE_TOLERANCE = 200, 1e-4  # at most; relative change of the shape of C^x(ω) at which they end
NEWTON_STEPS, RELATIVE_NUDGE, TOLERANCE = 30, 1e-5, 1e-7  # at most; of C^x(0), for differences; relative residual
SMALLEST_STEP = 1e-6  # smallest part of a Newton step
CORRECTION_ITERATIONS, ACCELERATION_DEPTH, CORRECTION_TOLERANCE = 40, 8, 1e-6  # of δ(ω), by self-feedback


class Basis(Protocol):
    """Moments of the resolvent W = (1 - s J)⁻¹ of a coupling matrix, from its eigenvectors or Krylov spaces."""

    @property
    def n(self) -> int: ...

    @property
    def eigenvalues(self) -> Complex:
        """Eigenvalues, all or those of largest real part, of J or of a matrix next to it."""
        ...

    @property
    def original_eigenvalues(self) -> Complex:
        """Eigenvalues of J itself, all or those of largest real part."""
        ...

    def powers(self, s: Complex) -> tuple[Array, Array]:
        """Return Σ_ij |W_ij|²/N, W = (1 - sJ)⁻¹, and the same of W - 1, at each s, each of shape (k,)."""
        ...


@dataclass(frozen=True, eq=False)
class OrderParameters:
    """The order parameters of the mean neuron of one J, and the spectra of its linear-equivalent network.

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
        n(ω), and |S̃|²σ², the spectrum from the white noise.
    edge : float
        Largest real part of the eigenvalues of (Γ + δ) J: below 1, and close to it where a mode is about to condense.
    self_feedback : float
        ∫2|Re tr W/N - 1|n/∫C^φ: how much of φ is due to a neuron's own noise, fed back by the others. x is Gaussian
        only where it is small.
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
        """Return C^x(τ) of the mean neuron, of the shape of tau."""
        return to_lags(self.mesh, tau) @ self.x

    @property
    def weights(self) -> Array:
        """Weights of ∫ dω/2π over both signs of ω; the last one includes what is beyond, which falls as 1/ω²."""
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
    edge = float(basis.eigenvalues.real.max())
    at_rest = nonlinearity.slope_at_zero * float(basis.original_eigenvalues.real.max())
    if noise == 0 and at_rest <= 1:
        raise Quiescent(
            f"couplings: x = 0 is stable: the largest real part of the eigenvalues of φ'(0) J is {at_rest:.4g}, at "
            f"most 1; {NOT_LOOKED_FOR}, or give noise or a larger g_eff"
        )
    gaussian, fastest = averages(nonlinearity, Settings().average_step), 1.0 + g_eff

    @cache
    def excess(log_variance: float) -> float:
        """Return ln of the variance that the network produces over the one assumed; very large where it is unstable."""
        variance = float(np.exp(log_variance))
        if gaussian.gain(variance) * edge >= LARGEST_EDGE:
            return LOG_OF_UNSTABLE
        problem = _Problem.at(basis, gaussian, variance, noise, fastest)
        return float(np.log(problem.spectra.variance(problem.produced(problem.shape())) / variance))

    low = high = np.log(noise**2 / 2 + 0.5 * g_eff**2)
    while excess(low) < 0 and low > LOWEST_LOG_VARIANCE:
        low -= 1.0
    while excess(high) > 0 and high < -LOWEST_LOG_VARIANCE:
        high += 1.0
    if excess(low) < 0 or excess(high) > 0:
        raise NotConverged("the order parameters of this J: no variance of x is consistent with what the network makes")
    low, high = _bracket(excess, low, high)
    return _refined_solution(basis, gaussian, noise, fastest, float(np.exp(low)), float(np.exp(high)), edge)


def _bracket(excess: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Return points on both sides of the change of sign: beyond an instability there may be a jump."""
    root = brentq(excess, low, high, xtol=BRACKET / 2)
    below, above = root - BRACKET, root + BRACKET
    while excess(below) >= LOG_OF_UNSTABLE:
        below = 0.5 * (below + above)
    return below, above


@dataclass(frozen=True, eq=False)
class _Problem:
    """The problem at an assumed variance, hence gain: W is given, the shape of C^x(ω) follows from a few iterations.

    Attributes
    ----------
    activity : ActivityCovariance
        φ at this variance.
    spectra : AlmostGaussianSpectra
    gain : array of shape (k,)
        Γ + δ(ω).
    total, less_one : arrays of shape (k,)
        ‖W‖²/N and ‖W - 1‖²/N.
    white : array of shape (k,)
        |S̃|²σ².
    """

    activity: ActivityCovariance
    spectra: AlmostGaussianSpectra
    gain: Complex
    total: Array
    less_one: Array
    white: Array

    @classmethod
    def at(
        cls,
        basis: Basis,
        gaussian: Averages,
        variance: float,
        noise: float,
        fastest: float,
        spectra: AlmostGaussianSpectra | None = None,
        correction: Complex | float = 0.0,
    ) -> "_Problem":
        """Return the problem at a variance; with meshes that resolve W unless `spectra` has others."""
        activity = ActivityCovariance(gaussian, variance, ACTIVITY_ORDER)
        if spectra is None:
            spectra = AlmostGaussianSpectra(*meshes_of(activity.gain * basis.eigenvalues, fastest))
        omega = spectra.mesh.nodes.ravel()
        gain = np.asarray(activity.gain + correction + np.zeros(omega.size, dtype=np.complex128))
        response = gain / (1.0 + 1j * omega)
        return cls(activity, spectra, gain, *basis.powers(response), np.abs(response) ** 2 * noise**2)

    @property
    def feedback(self) -> Array:
        """Re (w - 1), from ‖W‖² - ‖W - 1‖² = 2 Re tr W - N, shape (k,)."""
        return np.asarray(0.5 * (self.total - self.less_one - 1.0))

    @property
    def per_residual(self) -> Array:
        """C^x per unit of n, shape (k,)."""
        return np.asarray(self.less_one / np.abs(self.gain) ** 2)

    def produced(self, x: Array) -> Array:
        """Return the C^x(ω) that the linear network makes of neurons with this C^x(ω): the same at a solution."""
        external = self.total * self.white / np.abs(self.gain) ** 2
        return np.asarray(self.per_residual * self.spectra.residual(x, self.activity) + external)

    def shape(self) -> Array:
        """Return the C^x(ω) of the assumed variance that the network reproduces up to a factor, at least nearly."""
        omega, variance = self.spectra.mesh.nodes.ravel(), self.activity.variance

        def normalised(x: Array) -> Array:
            return x * (variance / self.spectra.variance(x))

        x = normalised(1.0 / (START_RATE**2 + omega**2))
        for _ in range(SHAPE_ITERATIONS):
            new = normalised(self.produced(x))
            change = float(np.max(np.abs(new - x)) / np.max(new))
            x = new
            if change < SHAPE_TOLERANCE:
                break
        return x


def _refined_solution(
    basis: Basis, gaussian: Averages, noise: float, fastest: float, low: float, high: float, edge: float
) -> OrderParameters:
    """Return the solution for all unknowns, first with uncorrected gains, from a variance between `low` and `high`."""
    first = _Problem.at(basis, gaussian, low, noise, fastest)
    spectra = first.spectra
    other = _Problem.at(basis, gaussian, high, noise, fastest, spectra)
    sides = [problem.produced(problem.shape()) for problem in (first, other)]
    above, below = (spectra.variance(side) for side in sides)
    variance = float(np.sqrt(low * high))
    share = float(np.clip((variance - below) / (above - below), 0.0, 1.0)) if above > below else 0.5
    x, gain = share * sides[0] + (1.0 - share) * sides[1], gaussian.gain(variance)

    def problem(variance: float, correction: Complex) -> _Problem:
        return _Problem.at(basis, gaussian, variance, noise, fastest, spectra, correction)

    def image(parts: Array) -> Array:
        nonlocal x, variance, gain  # a start for the next one
        correction = _complex(parts)
        # Activity changes such that the distance to an instability hardly does.
        slow_correction = float(correction[0].real)
        start_variance = _variance_of(gaussian, gain - slow_correction, variance)
        start = x * (start_variance / variance)
        x, current = _newton(
            lambda v: problem(v, correction), lambda v: gaussian.gain(v) + slow_correction, start, start_variance, edge
        )
        variance = current.activity.variance
        gain = float(current.gain[0].real)
        nearby = ActivityCovariance(gaussian, variance * (1.0 + 100 * RELATIVE_NUDGE), ACTIVITY_ORDER)
        new = spectra.correction(x, current.feedback / current.activity.gain, current.activity, nearby)
        halfway = 0.5 * (correction + new)
        return np.concatenate([halfway.real, halfway.imag, [1.0]])

    start = np.zeros(2 * x.size + 1)
    start[-1] = 1.0  # to which the tolerance is relative
    failure = "the order parameters of this J did not converge: the self-feedback is too strong"
    parts = fixed_point(
        image, start, CORRECTION_TOLERANCE, failure, depth=ACCELERATION_DEPTH, iterations=CORRECTION_ITERATIONS
    )
    return _solution(problem(variance, _complex(parts)), x, basis.original_eigenvalues)


def _variance_of(gaussian: Averages, gain: float, near: float) -> float:
    """Return the variance at which ⟨φ'⟩ is this, within a factor of 10 of one that is near."""

    def excess(log_variance: float) -> float:
        return gaussian.gain(float(np.exp(log_variance))) - gain

    low, high = np.log(near) - np.log(10.0), np.log(near) + np.log(10.0)
    if excess(low) <= 0 or excess(high) >= 0:
        return near
    return float(np.exp(brentq(excess, low, high, xtol=1e-6)))


def _complex(parts: Array) -> Complex:
    """Return complex numbers from their real parts followed by their imaginary parts."""
    k = parts.size // 2
    return np.asarray(parts[:k] + 1j * parts[k : 2 * k])


def _newton(
    problem: Callable[[float], _Problem], gain: Callable[[float], float], x: Array, variance: float, edge: float
) -> tuple[Array, _Problem]:
    """Return C^x(ω) by Newton's method for it and its variance, and the problem; `gain` is that of slow activity."""
    history = []
    for _ in range(NEWTON_STEPS):
        current = problem(variance)
        spectra, produced = current.spectra, current.produced(x)
        residual = np.append(produced - x, spectra.variance(x) - variance)
        history.append(float(max(np.max(np.abs(residual[:-1])) / np.max(x), abs(residual[-1]) / variance)))
        if history[-1] < TOLERANCE:
            return x, current
        nearby = problem(variance * (1.0 + RELATIVE_NUDGE))
        k = x.size
        jacobian = np.zeros((k + 1, k + 1))
        jacobian[:k, :k] = current.per_residual[:, None] * spectra.slope(x, current.activity) - np.eye(k)
        jacobian[:k, k] = (nearby.produced(x) - produced) / (RELATIVE_NUDGE * variance)
        jacobian[k, :k], jacobian[k, k] = spectra.to_variance, -1.0
        step = np.linalg.solve(jacobian, -residual)
        # No step to where the linear network is unstable, or far beyond.
        size = min(1.0, 0.2 * variance / abs(step[-1])) if step[-1] != 0 else 1.0
        while size > SMALLEST_STEP and gain((variance + size * step[-1]) * (1.0 + RELATIVE_NUDGE)) * edge >= 1.0:
            size *= 0.5
        x, variance = np.maximum(x + size * step[:-1], 0.0), variance + size * float(step[-1])
    raise NotConverged("the order parameters of this J did not converge", history)


def _solution(current: _Problem, x: Array, eigenvalues: Complex) -> OrderParameters:
    """Return the order parameters of a problem solved by x; `eigenvalues` are those of J itself."""
    activity, mesh = current.activity, current.spectra.mesh
    independent, weights, omega = current.spectra.residual(x, activity), mesh.weights.ravel(), mesh.nodes.ravel()
    power = weights @ (activity.gain**2 * x + independent)
    rotation = np.minimum(activity.gain * np.abs(eigenvalues.imag), omega[-1])
    gains = np.interp(rotation, omega, current.gain.real) + 1j * np.interp(rotation, omega, current.gain.imag)
    return OrderParameters(
        gain=activity.gain,
        variance=activity.variance,
        mesh=mesh,
        x=x,
        correction=current.gain - activity.gain,
        independent=independent,
        white=current.white,
        edge=float(np.max((gains * (eigenvalues.real + 1j * np.abs(eigenvalues.imag))).real)),
        self_feedback=float(weights @ (2.0 * np.abs(current.feedback) * independent) / power),
    )


def meshes_of(poles: Complex, fastest: float) -> tuple[Panels, Panels]:
    """Return panels of frequencies and of lags for a network with these eigenvalues of Γ J."""
    damping = 1.0 - poles.real
    longest = WINDOW / max(float(damping.min()), SLOWEST_RATE)
    fastest_rotation = float(np.max(np.abs(poles.imag[damping < OSCILLATING_RATE]), initial=0.0))
    panel = min(longest, MAX_PHASE_PER_PANEL / fastest_rotation) if fastest_rotation > 0 else longest
    lags = graded_edges(FIRST_LAG_PANEL / fastest, PANEL_RATIO, panel, longest)
    frequencies = resolving(np.append(poles, 0.0), HIGHEST_FREQUENCY * fastest)
    return Panels.on(frequencies, NODES_PER_PANEL), Panels.on(lags, NODES_PER_PANEL)
