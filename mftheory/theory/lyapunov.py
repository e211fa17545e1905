"""The largest Lyapunov exponent, from the growth of a small difference between two replicas [SCS88].

Two copies x¹, x² of one network, started close together, have a cross-covariance C¹²(t, t') = ⟨x¹(t) x²(t')⟩ that obeys
the equation of C^x itself, (1+∂_t)(1+∂_t') C¹² = g² C^φ(C¹²), since both have the same couplings (and the same noise).
Its deviation from C^x(t - t') grows linearly at first, by Price's theorem as

    (1+∂_t)(1+∂_t') k = g² C^{φ'}(t - t') k,     C^{φ'}(τ) = ⟨φ'(x(t)) φ'(x(t+τ))⟩.

With k = e^{λ(t+t')} f(t - t') this is a Schrödinger equation, -f'' + W f = E f with W(τ) = 1 - g² C^{φ'}(τ) and
E = 1 - (1+λ)²: the largest λ belongs to the ground state, λ = -1 + √(1 - E₀). Without noise ∂_τ C^x solves it with
E = 0; it changes sign once, so E₀ < 0 and λ > 0: a fluctuating state without noise is chaotic. Near onset
W = δ (1 - 6 sech² √δτ), so E₀ = -3δ and λ → (3/2) δ → (g-1)²/2.

The ground state is positive and even, and y = -f'/f solves y' = y² - W + E, y(0) = 0. Newton's method for y,

    y ← (1/f²(τ)) ∫_τ^∞ f² (W + y² - E),   E ← ∫ f² (W + y²) / ∫ f²,   f = exp(-∫ y),

is a Rayleigh quotient at every step: E falls monotonically, quadratically in the end, on panels that resolve W.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.network import Nonlinearity
from mftheory.numerics.panels import Panels, PiecewisePolynomial, graded_edges
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.averages import averages

Array = NDArray[np.float64]

MAX_ITERATIONS = 60


def lyapunov_exponent(two_point: Any, nonlinearity: Nonlinearity, settings: Settings) -> float:
    """Return the largest Lyapunov exponent of leaky neurons with Gaussian input g_eff² C^φ(ω), and white noise or none.

    Random modes and gains enter through g_eff alone: both replicas' inputs are Gaussian with cross-covariance
    α⟨D²⟩⟨G²⟩ C^φ₁₂ = g_eff² C^φ₁₂, since J acts on the difference of two activities by the same sums over independent
    modes as on an activity, and a gain multiplies a neuron's φ in both replicas alike and leaves x as it is. Where a
    neuron's past feeds back on it (overlaps, partial symmetry) this equation does not hold.

    Parameters
    ----------
    two_point : two-point functions of one population
    nonlinearity : Nonlinearity
        φ, odd.
    settings : Settings

    Returns
    -------
    float
        λ, in inverse units of the neuron's time constant.

    Raises
    ------
    NotConverged
        With the history of changes in E.

    Examples
    --------
    >>> from mftheory import Erf
    >>> from mftheory.theory.lyapunov import lyapunov_exponent
    >>> from mftheory.theory.settings import Settings
    >>> from mftheory.theory.stationary.two_point import two_point
    >>> solution = two_point(3.0, Erf(), Settings())
    >>> round(lyapunov_exponent(solution, Erf(), Settings()), 8)
    0.25448099
    """
    energy = ground_state_energy(two_point, nonlinearity, settings)
    return -energy / (1.0 + math.sqrt(1.0 - energy))


def ground_state_energy(two_point: Any, nonlinearity: Nonlinearity, settings: Settings) -> float:
    """Return E₀ of -∂² + W."""
    depth_of_theta = _depth(two_point, nonlinearity, settings)
    mesh = _mesh(two_point, depth_of_theta, settings)
    ratio = two_point.covariance("x", mesh.nodes) / two_point.variance
    theta = np.arccosh(np.maximum(1.0 / np.maximum(ratio, 1e-300), 1.0))
    end = depth_of_theta.edges[-1]
    depth = np.where(theta < end, depth_of_theta(np.minimum(theta, end)), 0.0)
    return _ground_state(mesh, two_point.delta, depth)


def _depth(two_point: Any, nonlinearity: Nonlinearity, settings: Settings) -> PiecewisePolynomial:
    """Return W(∞) - W = g² (C^{φ'} - ⟨φ'⟩²) as a function of θ, C^x = C^x(0) sech θ: an integral of ⟨φ''φ''⟩ >= 0."""
    c0 = two_point.variance
    gaussian = averages(nonlinearity, settings.average_step)
    first = settings.time_panel * min(1.0, gaussian.width / math.sqrt(c0))
    mesh = Panels.on(graded_edges(first, 2.0, settings.time_panel, settings.time_window), settings.time_order)
    theta = mesh.nodes
    slope = gaussian.curvature(c0, theta) * np.tanh(theta) / np.cosh(theta)
    return mesh.polynomial(two_point.g_eff**2 * c0 * mesh.to_right(slope))


def _mesh(two_point: Any, depth: PiecewisePolynomial, settings: Settings) -> Panels:
    """Return panels in τ as short as W's first change and as the ground state's decay, up to where W is constant."""
    decay = math.sqrt(two_point.delta)
    longest = settings.time_panel / max(decay, math.sqrt(float(depth(0.0))))
    trial = longest * 2.0 ** -np.arange(0.0, 40.0)
    theta = np.arccosh(np.maximum(two_point.variance / two_point.covariance("x", trial), 1.0))
    first = float(trial[np.argmax(theta < depth.edges[1])])
    return Panels.on(graded_edges(first, 2.0, longest, settings.time_window / decay), settings.time_order)


def _ground_state(mesh: Panels, delta: float, depth: Array) -> float:
    """Return E₀ by Newton's method for y = -f'/f; beyond the mesh W = δ and y is constant."""
    end = math.sqrt(delta)
    y = end * np.tanh(end * mesh.nodes)
    energy, history = math.inf, []
    for _ in range(MAX_ITERATIONS):
        # ∫ y from each node to its panel's end: f² relative to its value there is its exponential, twice.
        exponent = mesh.half * (y @ mesh.rule.to_right.T)
        rise = np.exp(2.0 * exponent)
        loss = np.exp(-2.0 * np.sum(y * mesh.weights, axis=1))
        tail = 0.5 / end
        ones, at_zero_ones = _carried(mesh, rise, loss, np.ones_like(y), tail)
        work, at_zero_work = _carried(mesh, rise, loss, delta - depth + y * y, (delta + end * end) * tail)
        last, energy = energy, at_zero_work / at_zero_ones
        y = work - energy * ones
        end = 0.5 * (end + (delta - energy) / end)
        history.append(abs(energy - last))
        # Quadratic until rounding takes over, which a very shallow well magnifies.
        scale = max(delta, abs(energy))
        if history[-1] <= 1e-15 * scale or (history[-1] <= 1e-9 * scale and history[-1] >= history[-2]):
            return energy
    raise NotConverged("the largest Lyapunov exponent: the ground state did not converge", history)


def _carried(mesh: Panels, rise: Array, loss: Array, values: Array, tail: float) -> tuple[Array, float]:
    """Return (1/f²(τ)) ∫_τ^∞ f² values, at the nodes and at 0, from panel to panel: f² itself would underflow."""
    weighted = rise * values
    whole = np.sum(weighted * mesh.weights, axis=1)
    after = np.empty(whole.size)
    carried = tail
    for p in range(whole.size - 1, -1, -1):
        after[p] = carried
        carried = loss[p] * (whole[p] + carried)
    inside = mesh.half * (weighted @ mesh.rule.to_right.T)
    return (inside + after[:, None]) / rise, float(carried)
