"""The double integral over frequencies for any rational filter: panels that keep their distance from every pole.

Of Ψ(ω1, ω2) all singularities are known: in either frequency those of the spectra and of H, and, at a given ω1, the
zeros of 1 - s(ω1, ω2) in ω2, roots of a polynomial. Panels no longer than the nearest of them allows make the
Gauss–Legendre rule converge alike everywhere: along the ridge ω1 = -ω2, on the axes, at a resonance, and out to the
highest frequency, where panels grow geometrically and algebraic tails cost little.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational
from mftheory.numerics.panels import rule
from mftheory.numerics.transform import spherical_bessel

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Integrand = Callable[[Array, Array, Array], Complex]  # of ω1, ω2 and ω1 + ω2

MAX_PANELS = 2000
NODES_AT_ONCE = 64
"""Outer nodes whose inner integrals are done at once: some 20 MB of temporaries."""
HARMONICS = (3, 5, 7, 9, 11)
"""Harmonics of a resonance that count; a spectrum's peak at the next is below 1e-12."""


def edges_by_poles(end: Array, singular: Complex, growth: float) -> Array:
    """Return the edges of panels from 0 to `end`, each as long as the nearest singularity allows.

    A Gauss–Legendre rule with n nodes converges as ρ^-2n, ρ the sum of the half axes of the largest ellipse about the
    panel's ends, in units of half its length, in which the integrand is analytic. All panels get the same ρ: that of a
    singularity behind panels whose edges are in geometric progression with ratio `growth`.

    Parameters
    ----------
    end : array of shape (r,)
        The ends of r meshes, all >= 0.
    singular : array of shape (r, k)
        The singularities in the complex plane.
    growth : float
        Above 1.

    Returns
    -------
    array of shape (r, p + 1)
        Meshes that need fewer panels than others have empty ones at the end.
    """
    # (ρ + 1/ρ)/2: a panel [0, h] is well off a singularity z if |z| + |z-h| >= axis h
    axis = 1.0 + 2.0 / (growth - 1.0)
    here = np.zeros(end.shape)
    edges = [here]
    for _ in range(MAX_PANELS):
        if np.all(here >= end):
            break
        ahead = singular - here[:, None]
        longest = np.min(2.0 * (axis * np.abs(ahead) - ahead.real), axis=1) / (axis**2 - 1.0)
        here = np.minimum(here + np.maximum(longest, 1e-12 * end), end)
        edges.append(here)
    edges[-1] = end
    return np.stack(edges, axis=1)


@dataclass(frozen=True, eq=False)
class _Meshes:
    """Panels on r lines at once: r different meshes of p panels."""

    half: Array  # (r, p)
    middle: Array
    order: int

    @classmethod
    def on(cls, edges: Array, order: int) -> "_Meshes":
        return cls(0.5 * np.diff(edges, axis=1), 0.5 * (edges[:, 1:] + edges[:, :-1]), order)

    @property
    def nodes(self) -> Array:
        """Nodes of the rule, of shape (r, p n)."""
        nodes = self.middle[:, :, None] + self.half[:, :, None] * rule(self.order).nodes
        return np.asarray(nodes.reshape(self.half.shape[0], -1))

    def weights(self, lag: float = 0.0) -> Complex:
        """Return the weights of ∫ f(ω) e^{iω lag} dω by Filon's rule, as `oscillatory_weights`, of shape (r, p n)."""
        r = rule(self.order)
        if lag == 0:
            weights = (self.half[:, :, None] * r.weights).astype(np.complex128)
        else:
            bessel = spherical_bessel(self.order, np.abs(lag) * self.half)  # (n, r, p)
            power = (1j if lag > 0 else -1j) ** np.arange(self.order)
            phase = 2.0 * self.half * np.exp(1j * lag * self.middle)
            weights = np.einsum("nrp,nk->rpk", bessel * power[:, None, None], r.to_coefficients) * phase[:, :, None]
        return np.asarray(weights.reshape(self.half.shape[0], -1))


@dataclass(frozen=True, eq=False)
class _Rows:
    """An inner mesh for each node of the outer one, and the frequencies at its nodes."""

    mesh: _Meshes
    omega1: Array  # both of shape (outer nodes, inner nodes), or (outer nodes, 1)
    omega2: Array
    total: Array  # ω1 + ω2

    def values(self, integrand: Integrand) -> Complex:
        return integrand(self.omega1, self.omega2, self.total)


@dataclass(frozen=True, eq=False)
class PoleQuadrature:
    """The rule for double integrals, in place of `mftheory.numerics.triangle_quadrature.TriangleQuadrature`.

    An outer mesh, and for each of its nodes b inner meshes that start on the ridge: on triangles |ω1| > |ω2|,
    ω1 = b + s and ω2 = ±b, as there; and on lines, ω1 = b, all of ω2, which give Ψ(τ, 0) at any number of lags from one
    inner integral.
    """

    outer: _Meshes  # one mesh
    singular: Callable[[Array], Complex]  # of the other frequency, given one: shape (len, k)
    end: float
    growth: float

    @classmethod
    def of(
        cls, dynamics: Dynamics, strength: float, rates: Complex, end: float, growth: float, order: int
    ) -> "PoleQuadrature":
        """Return the rule for Ψ of a network.

        Parameters
        ----------
        dynamics : Rational, Leaky or EulerMap
        strength : float
            (g_eff ⟨φ'⟩)².
        rates : array
            Decay rates q of C^x(τ).
        end : float
            The highest frequency.
        growth : float
            Ratio of successive panel edges where they are in geometric progression.
        order : int
            Nodes on each panel.
        """
        loop = _map_loop(dynamics) if isinstance(dynamics, EulerMap) else _rational_loop(dynamics)
        return cls.around(loop, strength, rates, end, growth, order)

    @classmethod
    def around(
        cls, loop: "Loop", strength: float, rates: Complex, end: float, growth: float, order: int
    ) -> "PoleQuadrature":
        """Return the rule for Ψ with the singularities of a loop."""
        fixed = loop.closed(np.concatenate([poles_of_spectra(rates), loop.poles]))
        corners = [loop.partners(fixed, strength).ravel(), loop.diagonal(strength)]
        at_outer = loop.closed(np.concatenate([fixed, *corners]))
        outer = _Meshes.on(edges_by_poles(np.array([end]), at_outer[None], growth), order)

        def singular(omega: Array) -> Complex:
            moving = loop.partners(omega.astype(np.complex128), strength)  # where 1 - s = 0
            points = [np.broadcast_to(fixed, (omega.size, fixed.size)), moving, moving.conj()]
            if loop.periodic:
                points += [moving + 2 * np.pi, moving - 2 * np.pi, moving.conj() + 2 * np.pi, moving.conj() - 2 * np.pi]
            return np.concatenate(points, axis=1)

        return cls(outer, singular, end, growth)

    def integral(self, integrand: Integrand) -> float:
        """Return ∬ dω1 dω2/(2π)² of the integrand over the plane: four times the real part over the two triangles."""
        weights = self.outer.weights()[0]
        total = sum(
            float((weights[part] @ np.sum(rows.values(integrand) * rows.mesh.weights(), axis=1)).real)
            for part in self._parts()
            for rows in self._triangles(part)
        )
        return total / np.pi**2

    def transform(self, integrand: Integrand, tau1: Array, tau2: Array) -> Array:
        """Return ∬ dω1 dω2/(2π)² e^{i(ω1τ1 + ω2τ2)} of the integrand, for one-dimensional arrays of lags.

        By Filon's rule, so that long lags need no finer mesh. Lags (τ, 0) cost next to nothing, others an inner
        transform for each distinct value.
        """
        result = np.empty(tau1.size)
        single = (tau1 == 0) | (tau2 == 0)
        if single.any():
            result[single] = self._on_lines(integrand, (tau1 + tau2)[single])
        if not single.all():
            result[~single] = self._on_triangles(integrand, tau1[~single], tau2[~single])
        return result

    def _on_lines(self, integrand: Integrand, lags: Array) -> Array:
        # Twice the real part over ω1 > 0. Ψ(τ, 0) = Ψ(0, τ).
        inner = np.concatenate(
            [
                sum(np.sum(rows.values(integrand) * rows.mesh.weights(), axis=1) for rows in self._lines(part))
                for part in self._parts()
            ]
        )
        return np.array([(self.outer.weights(lag)[0] @ inner).real for lag in lags]) / (2.0 * np.pi**2)

    def _on_triangles(self, integrand: Integrand, tau1: Array, tau2: Array) -> Array:
        # ω1τ1 + ω2τ2 = s τ1 + b (τ1 ± τ2); the image of a triangle under ω1 ↔ ω2 is itself with the lags exchanged.
        first, other = np.concatenate([tau1, tau2]), np.concatenate([tau2, tau1])
        total = np.zeros(first.size)
        for part in self._parts():
            for sign, rows in zip((1.0, -1.0), self._triangles(part), strict=True):
                values = rows.values(integrand)
                for lag in np.unique(first):
                    inner = np.sum(values * rows.mesh.weights(lag), axis=1)
                    for k in np.flatnonzero(first == lag):
                        total[k] += (self.outer.weights(lag + sign * other[k])[0, part] @ inner).real
        return np.asarray((total[: tau1.size] + total[tau1.size :]) / (2.0 * np.pi**2))

    def _parts(self) -> list[slice]:
        """Return the outer nodes in parts, to bound the memory."""
        return [slice(start, start + NODES_AT_ONCE) for start in range(0, self.outer.nodes.shape[1], NODES_AT_ONCE)]

    def _triangles(self, part: slice) -> tuple[_Rows, _Rows]:
        """Return the rows ω1 = b + s, with ω2 = b and with ω2 = -b."""
        b = self.outer.nodes[0, part]
        rows = []
        for omega2 in (b, -b):
            mesh = self._inner(self.end - b, self.singular(omega2) - b[:, None])
            omega1 = b[:, None] + mesh.nodes
            rows.append(_Rows(mesh, omega1, omega2[:, None], mesh.nodes + (b + omega2)[:, None]))
        return rows[0], rows[1]

    def _lines(self, part: slice) -> tuple[_Rows, _Rows]:
        """Return the rows ω1 = b, with ω2 above and below -b."""
        b = self.outer.nodes[0, part]
        offset = self.singular(b) + b[:, None]
        rows = []
        for sign in (1.0, -1.0):
            mesh = self._inner(self.end + sign * b, sign * offset)
            total = sign * mesh.nodes
            rows.append(_Rows(mesh, b[:, None], total - b[:, None], total))
        return rows[0], rows[1]

    def _inner(self, end: Array, singular: Complex) -> _Meshes:
        return _Meshes.on(edges_by_poles(end, singular, self.growth), self.outer.order)


@dataclass(frozen=True, eq=False)
class Loop:
    """The singularities of H and 1 - s, s(ω1, ω2) = strength H(ω1) H(ω2).

    Attributes
    ----------
    poles : array
        Poles of H in ω.
    partners : callable
        (ω1, strength) → the ω2 with s = 1, shape (len(ω1), m).
    diagonal : callable
        strength → the ω with s(ω, ω) = 1.
    periodic : bool
        True if they are periodic in ω, by 2π.
    """

    poles: Complex
    partners: Callable[[Complex, float], Complex]
    diagonal: Callable[[float], Complex]
    periodic: bool

    def closed(self, omega: Complex) -> Complex:
        """Return frequencies with conjugates, mirror images (and periods): integrands have all of their symmetries."""
        omega = omega[np.abs(omega) < 1e50]
        every = np.concatenate([omega, -omega, omega.conj(), -omega.conj()])
        if self.periodic:
            every = np.concatenate([every, every + 2 * np.pi, every - 2 * np.pi])
        return np.unique(every.round(12))


def poles_of_spectra(rates: Complex) -> Complex:
    """Return the singularities of spectra: i q, and those of the odd harmonics that φ makes of the slowest decay."""
    slowest = rates[np.argmin(rates.real)]
    harmonics = HARMONICS if slowest.imag != 0 else HARMONICS[:1]
    return np.asarray(1j * np.concatenate([rates, *([k * slowest, k * slowest.conj()] for k in harmonics)]))


def _rational_loop(dynamics: Any) -> Loop:
    assert isinstance(dynamics, Leaky | Rational)
    n, d = np.array(dynamics.numerator), np.array(dynamics.denominator)

    def partners(omega: Complex, strength: float) -> Complex:
        # d(z1) d(z2) - strength n(z1) n(z2) = 0 in z2, for every z1
        z = 1j * omega
        coefficients = np.multiply.outer(polynomial.polyval(z, d), d).astype(np.complex128)
        coefficients[:, : n.size] -= strength * np.multiply.outer(polynomial.polyval(z, n), n)
        lead = np.where(coefficients[:, -1:] == 0, 1e-300, coefficients[:, -1:])  # z1 a pole of H: z2 at infinity
        degree = d.size - 1
        companion = np.zeros((omega.size, degree, degree), dtype=np.complex128)
        companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
        companion[:, :, -1] = -coefficients[:, :-1] / lead
        finite = np.isfinite(companion).all(axis=(1, 2)) & (np.abs(companion).max(axis=(1, 2)) < 1e100)
        roots = np.full((omega.size, degree), 1e100 + 0j)
        roots[finite] = np.linalg.eigvals(companion[finite])
        return np.asarray(-1j * roots)

    def diagonal(strength: float) -> Complex:
        root = math.sqrt(strength)
        both = [polynomial.polyroots(polynomial.polysub(d, sign * root * n)) for sign in (1.0, -1.0)]
        return np.asarray(-1j * np.concatenate(both))

    return Loop(-1j * dynamics.poles, partners, diagonal, periodic=False)


def _map_loop(dynamics: EulerMap) -> Loop:
    delta, memory = dynamics.delta, 1.0 - dynamics.delta

    def frequency(multiplier: Complex) -> Complex:
        # -i ln; without memory the filter's own pole is at infinity
        return np.asarray(np.angle(multiplier) - 1j * np.log(np.maximum(np.abs(multiplier), 1e-300)))

    def partners(omega: Complex, strength: float) -> Complex:
        # (e^{iω1} - 1 + δ)(e^{iω2} - 1 + δ) = strength δ²
        with np.errstate(all="ignore"):  # poles of H have their partner at infinity
            multiplier = memory + strength * delta**2 / (np.exp(1j * omega) - memory)
            return frequency(multiplier.astype(np.complex128))[:, None]

    def diagonal(strength: float) -> Complex:
        root = math.sqrt(strength) * delta
        return frequency(np.array([memory + root, memory - root]).astype(np.complex128))

    pole: Complex = np.array([memory], dtype=np.complex128)
    return Loop(frequency(pole), partners, diagonal, periodic=True)
