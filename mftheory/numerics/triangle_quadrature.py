"""The double integral over frequencies, on frequency triangles along the critical ridge.

Close to onset Ψ(ω1, ω2) has a ridge along ω1 = -ω2 of width δ and length √δ, on which a product grid in (ω1, ω2)
fails (theory §7). Far from onset it has mass along the axes instead. Both are at fixed places on the triangles
|ω1| > |ω2| with the coordinates b = |ω2| and s = |ω1| - |ω2|: the ridge is s = 0, the axes are b = 0, and panels
graded geometrically resolve every scale up to the highest frequency. The symmetries
Ψ(ω1, ω2) = Ψ(ω2, ω1) = Ψ(-ω1, -ω2)* leave two such triangles, ω2 > 0 and ω2 < 0. The distance from the ridge is a
coordinate, so the integrand is given ω1 + ω2 as well, without the cancellation of adding the two.

Along the ridge, in b, nothing changes faster than √δ. Only where ω2 > 0 and both frequencies are below √δ does δ matter
in both coordinates, through ω1 + ω2 = 2b + s alone: close to onset, on that corner one polar coordinate is graded
instead of two, so that the number of nodes grows as |log δ|, not as its square.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.panels import Panels, graded_edges
from mftheory.numerics.transform import oscillatory_weights

Array = NDArray[np.float64]
Integrand = Callable[[Array, Array, Array], NDArray[np.complex128]]  # of ω1, ω2 and ω1 + ω2

POLAR_RATIO = 40.0
"""Ratio of the ridge's length to its width from which the corner is integrated by itself."""
LAGS_AT_ONCE = 500
"""Lags transformed at once: some 30 MB of temporaries."""

# Allocated and freed, untouched: glibc's malloc then keeps freed blocks of up to this size. Else it hands the grids'
# memory back to the system after every integral, and page faults take a third of the time.
np.empty(1 << 20)


@dataclass(frozen=True, eq=False)
class TriangleQuadrature:
    """The rule for double integrals: meshes for b and for s.

    Attributes
    ----------
    coarse : Panels
        Mesh of b; close to onset from √δ up, else from δ up.
    fine : Panels
        Mesh of s, from δ up; beyond √δ the same as `coarse`.
    corner : Panels, optional
        Close to onset, mesh of the larger of b and s, from δ up to √δ.
    """

    coarse: Panels
    fine: Panels
    corner: Panels | None

    @classmethod
    def graded(cls, delta: float, end: float, growth: float, order: int) -> "TriangleQuadrature":
        """Return panels up to `end`, edges in geometric progression.

        Parameters
        ----------
        delta : float
            Width of the ridge.
        end : float
            The highest frequency.
        growth : float
            Ratio of successive edges.
        order : int
            Nodes on each panel.
        """
        ridge = min(sqrt(delta), end)
        if ridge < POLAR_RATIO * delta:
            mesh = Panels.on(graded_edges(min(delta, end), growth, end, end), order)
            return cls(mesh, mesh, None)
        coarse = graded_edges(ridge, growth, end, end)
        ridge = float(coarse[1])
        fine = np.append(graded_edges(delta, growth, ridge, ridge), coarse[2:])
        corner = graded_edges(delta / 3.0, growth, ridge, ridge)
        return cls(Panels.on(coarse, order), Panels.on(fine, order), Panels.on(corner, order))

    def integral(self, integrand: Integrand) -> Array:
        """Return ∬ dω1 dω2/(2π)² of the integrand over the plane: four times the real part over the two triangles.

        An array of integrands, in front of the axes of the nodes, gives an array of integrals.
        """
        values = _on_triangles(integrand, self.coarse, self.fine).real
        inner = values @ self.fine.weights.ravel()
        corner: Array | float = 0.0
        if self.corner is not None:
            # The corner, b and s both on the first panel of `coarse`, is integrated by itself.
            order, first = self.coarse.nodes.shape[1], self.fine.nodes.size - self.coarse.nodes.size
            inner[..., 0, :order] = values[..., 0, :order, first + order :] @ self.fine.weights.ravel()[first + order :]
            corner = _on_corner(integrand, self.corner)
        return np.asarray((inner.sum(axis=-2) @ self.coarse.weights.ravel() + corner) / np.pi**2)

    def transform(self, integrand: Integrand, tau1: Array, tau2: Array) -> Array:
        """Return ∬ dω1 dω2/(2π)² e^{i(ω1τ1 + ω2τ2)} of the integrand, for one-dimensional arrays of lags.

        By Filon's rule in b and in s, so that long lags need no finer mesh; it has no polar coordinates.
        """
        values = _on_triangles(integrand, self.fine, self.fine)
        result = np.empty(tau1.size)
        for start in range(0, tau1.size, LAGS_AT_ONCE):
            part = slice(start, start + LAGS_AT_ONCE)
            result[part] = self._transform(values, tau1[part], tau2[part])
        return result

    def _transform(self, values: NDArray[np.complex128], tau1: Array, tau2: Array) -> Array:
        # ω1τ1 + ω2τ2 = s τ1 + b (τ1 ± τ2); the image of a triangle under ω1 ↔ ω2 is itself with the lags exchanged.
        first, other = np.concatenate([tau1, tau2]), np.concatenate([tau2, tau1])
        lags, index = np.unique(first, return_inverse=True)
        inner = values @ oscillatory_weights(self.fine, lags).T  # (2, n, lags)
        total = np.zeros(first.size)
        for sign, row in zip((1.0, -1.0), inner, strict=True):
            outer = oscillatory_weights(self.fine, first + sign * other)
            total += np.einsum("kb,bk->k", outer, row[:, index]).real
        return np.asarray((total[: tau1.size] + total[tau1.size :]) / (2.0 * np.pi**2))


def _on_triangles(integrand: Integrand, mesh_b: Panels, mesh_s: Panels) -> NDArray[np.complex128]:
    """Return the integrand at all nodes (b, s), of shape (…, 2, n_b, n_s): ω2 = b, then ω2 = -b."""
    b, s = mesh_b.nodes.ravel()[:, None], mesh_s.nodes.ravel()
    return integrand(b + s, np.stack([b, -b]), np.stack([2.0 * b + s, np.broadcast_to(s, (b.size, s.size))]))


def _on_corner(integrand: Integrand, mesh: Panels) -> Array:
    """Return ∫ over the square of b and s, ω2 = b, as two triangles, u the larger of b and s, x u the smaller."""
    u, x = mesh.nodes.ravel()[:, None], 0.5 * (1.0 + mesh.rule.nodes)
    larger, smaller = np.broadcast_to(u, (u.size, x.size)), u * x
    b, s = np.stack([larger, smaller]), np.stack([smaller, larger])
    values = integrand(larger + smaller, b, 2.0 * b + s).real.sum(axis=-3)
    return np.asarray(values @ (0.5 * mesh.rule.weights) @ (mesh.weights * mesh.nodes).ravel())
