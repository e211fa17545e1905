"""Fourier transforms of functions given as Legendre coefficients on panels: exact at every frequency."""

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.numerics.panels import Panels, PiecewisePolynomial

Array = NDArray[np.float64]

_SERIES_END = 1e-3
"""Argument below which three terms of the power series are exact."""
_TINY, _HUGE = 1e-150, 1e150


def spherical_bessel(orders: int, z: Array) -> Array:
    """Return the spherical Bessel functions j_0 … j_{orders-1} of z >= 0 by their three-term recurrence.

    Upwards it is stable for z > n only; below, it is followed downwards from where j_n vanishes, up to a factor that
    j_0 or j_1 sets. (scipy's `spherical_jn` is as exact, and far slower on an array of orders.)

    Returns
    -------
    array of shape (orders, *z.shape)
    """
    flat = np.ascontiguousarray(z, dtype=np.float64).ravel()
    values = _spherical_bessel(orders, flat, np.sin(flat), np.cos(flat))
    return np.asarray(np.moveaxis(values.reshape(*z.shape, orders), -1, 0))


@njit(cache=True, error_model="numpy")
def _spherical_bessel(orders: int, z: Array, sine: Array, cosine: Array) -> Array:
    result = np.empty((z.size, orders))
    for k in range(z.size):
        scale = _ratios(result[k], z[k], sine[k], cosine[k])
        for n in range(orders):
            result[k, n] *= scale
    return result


@njit(cache=True, error_model="numpy")
def _ratios(j: Array, x: float, sine: float, cosine: float) -> float:
    """Write j_0(x) … j_{n-1}(x) into j, up to a factor, and return it."""
    orders = j.size
    if x < _SERIES_END:  # j_n = xⁿ/(2n+1)!! (1 - x²/(2(2n+3)) + …)
        term = 1.0
        for n in range(orders):
            j[n] = term * (1.0 - x * x / (4 * n + 6) * (1.0 - x * x / (8 * n + 20)))
            term *= x / (2 * n + 3)
        return 1.0
    inverse = 1.0 / x
    zeroth = sine * inverse
    first = (zeroth - cosine) * inverse
    if x > orders:
        here, beyond = zeroth, first
        for n in range(orders):
            j[n] = here
            here, beyond = beyond, (2 * n + 3) * inverse * beyond - here
        return 1.0
    # The start is forgotten as (x/2n)² a step, fast where x is small.
    here, beyond = _TINY, 0.0
    for n in range(orders + 6 + int(24 * x / orders), 0, -1):
        here, beyond = (2 * n + 1) * inverse * here - beyond, here
        if n <= orders:
            j[n - 1] = here
        if abs(here) > _HUGE:
            here *= _TINY
            beyond *= _TINY
            for m in range(n - 1, orders):
                j[m] *= _TINY
    # j_0 and j_1 have no zero in common.
    return zeroth / here if abs(zeroth) >= abs(first) else first / beyond


def cosine_transform(function: PiecewisePolynomial, decay: float, end_value: float, omega: Array) -> Array:
    """Return 2 ∫_0^∞ cos(ωτ) f(τ) dτ for f given on panels, continued as end_value e^{-decay (τ - T)} beyond them.

    On a panel ∫_{-1}^{1} P_n(x) e^{izx} dx = 2 iⁿ j_n(z), so high frequencies need no finer mesh.

    Parameters
    ----------
    function : PiecewisePolynomial
        f on [0, T].
    decay, end_value : float
        Rate of the exponential tail and f(T).
    omega : array, one-dimensional, >= 0
    """
    edges = function.edges
    half = 0.5 * np.diff(edges)
    coefficients = function.coefficients * half[:, None]  # (p, n)
    sign = np.array([1.0, 1.0, -1.0, -1.0])[np.arange(coefficients.shape[1]) % 4]  # of Re iⁿ, then of Im iⁿ
    z = np.multiply.outer(omega, half)
    panels = _transformed(coefficients * sign, z, np.sin(z), np.cos(z))
    end = omega * edges[-1]
    tail = 2.0 * end_value * (decay * np.cos(end) - omega * np.sin(end)) / (decay**2 + omega**2)
    return np.asarray(4.0 * panels + tail)


@njit(cache=True, error_model="numpy")
def _transformed(coefficients: Array, z: Array, sine: Array, cosine: Array) -> Array:
    """Return Σ_p cos(ωm_p) Σ_{n even} c_pn j_n(z_p) - sin(ωm_p) Σ_{n odd} c_pn j_n(z_p), m_p middles; z is (w, p)."""
    frequencies, panels = z.shape
    orders = coefficients.shape[1]
    j = np.empty(orders)
    result = np.zeros(frequencies)
    for w in range(frequencies):
        edge = 1.0 + 0.0j  # e^{iω edge}, from panel to panel
        for p in range(panels):
            turn = complex(cosine[w, p], sine[w, p])
            middle = edge * turn
            edge = middle * turn
            scale = _ratios(j, z[w, p], sine[w, p], cosine[w, p])
            even = odd = 0.0
            for n in range(0, orders - 1, 2):
                even += coefficients[p, n] * j[n]
                odd += coefficients[p, n + 1] * j[n + 1]
            if orders % 2 == 1:
                even += coefficients[p, orders - 1] * j[orders - 1]
            result[w] += scale * (middle.real * even - middle.imag * odd)
    return result


def oscillatory_weights(mesh: Panels, lags: Array) -> NDArray[np.complex128]:
    """Return the weights W of Filon's rule, ∫ f(ω) e^{iωτ} dω = Σ_k W[τ, k] f(ω_k), exact for f polynomial on panels.

    The mesh need resolve f only, whatever the lag.

    Parameters
    ----------
    mesh : Panels
        With p panels of n nodes.
    lags : array of shape (t,)

    Returns
    -------
    array of shape (t, p n)
    """
    half = mesh.half[:, 0]
    middle = 0.5 * (mesh.edges[1:] + mesh.edges[:-1])
    orders = mesh.nodes.shape[1]
    bessel = spherical_bessel(orders, np.multiply.outer(np.abs(lags), half))  # (n, t, p)
    moments = bessel * (2.0 * 1j ** np.arange(orders))[:, None, None]
    moments = np.where(lags[:, None] < 0, moments.conj(), moments)
    scaled = half * np.exp(1j * np.multiply.outer(lags, middle))  # (t, p)
    weights = np.einsum("ntp,nk->tpk", moments * scaled, mesh.rule.to_coefficients, optimize=True)
    return np.asarray(weights.reshape(lags.size, -1))
