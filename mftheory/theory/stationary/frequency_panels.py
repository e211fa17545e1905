"""The spectrum n(ω) of what is nonlinear in C^φ, n = C^φ - ⟨φ'⟩² C^x, on panels of the frequency axis.

Poles near the real axis, of a resonance or close to onset, are in the rational factors that multiply n, so n itself is
smooth on panels that keep their distance from the sums of three of them.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged
from mftheory.numerics.panels import Panels, PiecewisePolynomial
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.pole_quadrature import edges_by_poles, poles_of_spectra

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

MAX_ROUNDS = 14
"""Rounds of halving panels."""
UNRESOLVED = 1e-13
"""Size of the last Legendre coefficients of a panel, relative to the function, above which the panel is halved."""
NOTHING = 1e-300
"""Spectrum of what is nonlinear where φ is linear."""
NEGATIVE = -1e-10
"""Value, relative to its peak, that a spectrum may have below 0 by rounding."""


def frequency_panels(
    transform: Callable[[Array], Array],
    rates: Complex,
    end: float | None,
    falloff: int,
    noise: float,
    settings: Settings,
    scale: float = 0.0,
) -> PiecewisePolynomial:
    """Return n(ω) on panels, halved until resolved.

    Parameters
    ----------
    transform : callable
        n at a one-dimensional array of ω >= 0.
    rates : array
        Decay rates q of C^x(τ).
    end : float, optional
        Highest frequency; by default where nothing more matters.
    falloff : int
        |H|² falls off as ω^-falloff.
    noise : float
        σ.
    settings : Settings
    scale : float
        Size of what n is a part of: it is resolved relative to that, if this is larger.

    Raises
    ------
    NotConverged
        If n is not resolved.
    """
    width = float(rates.real.min())
    # The slowest decays of n are sums of three of C^x's: the harmonics, and the first with thrice the width.
    poles = poles_of_spectra(rates)
    singular = np.append(poles.real + 1j * np.maximum(poles.imag, 3.0 * width), 1e9 + 0j)
    singular = np.concatenate([singular, -singular])
    if end is None:
        peaks = np.abs(singular.real[np.abs(singular.real) < 1e9])
        coarse = np.unique(np.concatenate([width * 2.0 ** np.arange(-1.0, 60.0), peaks[peaks > 0]]))
        values = np.maximum(np.abs(transform(coarse)), NOTHING)  # they are 0 for a linear φ
        # (Harmonics of a resonance are apart: in between there may be nothing.)
        significant = np.isin(coarse, peaks) & (values > settings.frequency_cutoff * values.max())
        highest = max(int(values.argmax()), int(np.flatnonzero(significant).max(initial=0)))
        # A tail C ~ ω^-k of C^φ leaves one of relative size C^(1 + 1/k) in the double integrals (see FourPoint).
        # Without noise spectra fall exponentially. Two in a row: single dips are rounding of an oscillating sum.
        low = (values / max(values.max(), scale)) ** (
            1.0 + 1.0 / falloff if noise > 0 else 1.0
        ) < settings.frequency_cutoff
        both = np.flatnonzero(low[:-1] & low[1:] & (np.arange(low.size - 1) > highest))
        end = float(coarse[both[0]] if both.size else coarse[-1]) if values.max() > NOTHING else float(coarse[0])
    edges = edges_by_poles(np.array([end]), singular[None], math.exp(settings.frequency_panel))[0]
    values_on: dict[tuple[float, float], Array] = {}  # by a panel's ends: panels that stay are not computed again
    for _ in range(MAX_ROUNDS):
        mesh = Panels.on(edges, settings.frequency_order)
        pairs = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        new = [p for p, pair in enumerate(pairs) if pair not in values_on]
        fresh = transform(mesh.nodes[new].ravel()).reshape(len(new), -1)
        values_on.update({pairs[p]: row for p, row in zip(new, fresh, strict=True)})
        spectrum = mesh.polynomial(np.stack([values_on[pair] for pair in pairs]))
        largest = max(np.abs(spectrum.coefficients[:, 0]).max(), scale)
        coarse_panels = np.abs(spectrum.coefficients[:, -2:]).max(axis=1) > UNRESOLVED * largest
        if not coarse_panels.any():
            return spectrum
        edges = np.sort(np.append(edges, 0.5 * (edges[:-1] + edges[1:])[coarse_panels]))
    raise NotConverged("the frequency axis of the two-point functions was not resolved")


def on_panels(source: PiecewisePolynomial, omega: Array, falloff: int | None) -> Array:
    """Return n(ω) at ω >= 0, beyond the panels falling off as ω^-falloff, or 0 if there is no falloff."""
    end = source.edges[-1]
    n = source(np.minimum(omega, end))
    if not np.any(omega > end):
        return n
    tail = 0.0 if falloff is None else (np.maximum(omega, end) / end) ** -float(falloff)
    return np.asarray(np.where(omega > end, n * tail, n))


def refuse_negative(spectra: Mapping[str, Array]) -> None:
    """Raise NotConverged if a power spectrum, by its name, is negative beyond rounding."""
    for name, values in spectra.items():
        largest = float(values.max())  # 0 of activity that has no share in what fluctuates
        worst = float(values.min()) / largest if largest > 0 else float(values.min())
        if not worst > NEGATIVE:
            raise NotConverged(f"a power spectrum came out negative ({worst:.1e} of its peak, of {name})")


def probe(edges: Array) -> Array:
    """Return the edges and the middles of panels: where a spectrum is looked at for its sign."""
    return np.concatenate([edges, 0.5 * (edges[1:] + edges[:-1])])
