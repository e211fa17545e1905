"""Fourier transforms of functions given as Legendre coefficients on panels: exact at every frequency."""

import numpy as np
from numpy.typing import NDArray

from mftheory.solve.panels import Panels, PiecewisePolynomial

Array = NDArray[np.float64]


def spherical_bessel(orders: int, z: Array) -> Array:
    """Spherical Bessel functions j_0 … j_{orders-1} of z >= 0 by their three-term recurrence.

    Upwards it is stable for z > n only; below, the ratios j_n/j_{n-1} are followed downwards from where they
    vanish. (scipy's `spherical_jn` is as exact, and twenty times slower on an array of orders.)

    Returns
    -------
    array of shape (orders, *z.shape)
    """
    result = np.empty((orders, *z.shape))
    up = z > orders
    for part, ascend in ((up, True), (~up, False)):
        x = z[part]
        safe = np.where(x == 0, 1.0, x)
        j = np.empty((orders, x.size))
        j[0] = np.where(x == 0, 1.0, np.sin(x) / safe)
        first = np.where(np.abs(x) < 1e-3, x / 3.0, (j[0] - np.cos(x)) / safe)
        if ascend:
            if orders > 1:
                j[1] = first
            for n in range(1, orders - 1):
                j[n + 1] = (2 * n + 1) / x * j[n] - j[n - 1]
        else:
            ratio = np.zeros_like(x)
            ratios = np.empty_like(j)
            for n in range(orders + 30, 0, -1):
                ratio = x / ((2 * n + 1) - x * ratio)
                if n < orders:
                    ratios[n] = ratio
            # Where j_0 is near one of its zeros its ratio to j_1 is lost: start from j_1 there.
            from_first = np.abs(j[0]) < np.abs(first)
            for n in range(1, orders):
                j[n] = j[n - 1] * ratios[n]
                if n == 1:
                    j[n] = np.where(from_first, first, j[n])
        result[:, part] = j
    return result


def cosine_transform(function: PiecewisePolynomial, decay: float, end_value: float, omega: Array) -> Array:
    """2 ∫_0^∞ cos(ωτ) f(τ) dτ for f given on panels, continued as end_value e^{-decay (τ - T)} beyond them.

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
    middle = 0.5 * (edges[1:] + edges[:-1])
    coefficients = function.coefficients * half[:, None]  # (p, n)
    orders = coefficients.shape[1]
    bessel = spherical_bessel(orders, np.multiply.outer(omega, half))  # (n, w, p)
    sign = np.array([1.0, 1.0, -1.0, -1.0])[np.arange(orders) % 4]  # of Re iⁿ, then of Im iⁿ
    signed = (coefficients * sign).T  # (n, p)
    even = np.einsum("nwp,np->wp", bessel[::2], signed[::2])
    odd = np.einsum("nwp,np->wp", bessel[1::2], signed[1::2])
    phase = np.multiply.outer(omega, middle)
    panels = 4.0 * np.sum(np.cos(phase) * even - np.sin(phase) * odd, axis=1)
    end = omega * edges[-1]
    tail = 2.0 * end_value * (decay * np.cos(end) - omega * np.sin(end)) / (decay**2 + omega**2)
    return np.asarray(panels + tail)


def oscillatory_weights(mesh: Panels, lags: Array) -> NDArray[np.complex128]:
    """Weights W of Filon's rule, ∫ f(ω) e^{iωτ} dω = Σ_k W[τ, k] f(ω_k), exact for f polynomial on each panel.

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
