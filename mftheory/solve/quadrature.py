"""The double integral over frequencies, on wedges that follow the critical ridge.

Close to onset Ψ(ω1, ω2) has a ridge along ω1 = -ω2 of width δ and length √δ, on which a product grid in (ω1, ω2)
fails (THEORY.md §7). Far from onset it has mass along the axes instead. Both are at fixed places on wedges
|ω1| > |ω2| with the coordinates b = |ω2| and s = |ω1| - |ω2|: the ridge is s = 0, the axes are b = 0, and panels
graded geometrically from δ up resolve every scale from δ to the highest frequency. The symmetries
Ψ(ω1, ω2) = Ψ(ω2, ω1) = Ψ(-ω1, -ω2)* leave two such wedges, ω2 > 0 and ω2 < 0. The distance from the ridge is a
coordinate, so the integrand is given ω1 + ω2 as well, without the cancellation of adding the two.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.solve.panels import Panels, graded_edges
from mftheory.solve.transform import oscillatory_weights

Array = NDArray[np.float64]
Integrand = Callable[[Array, Array, Array], NDArray[np.complex128]]  # of ω1, ω2 and ω1 + ω2

CHUNK = 500  # lags transformed at once: some 30 MB of temporaries

# Allocated and freed, untouched: glibc's malloc then keeps freed blocks of up to this size. Else it hands the grids'
# memory back to the system after every integral, and page faults take a third of the time.
np.empty(1 << 20)


@dataclass(frozen=True, eq=False)
class Wedges:
    """The product rule on the wedges: one mesh for b and for s alike."""

    mesh: Panels

    @classmethod
    def graded(cls, first: float, end: float, growth: float, order: int) -> "Wedges":
        """Panels from `first` to `end`, edges in geometric progression."""
        return cls(Panels.on(graded_edges(min(first, end), growth, end, end), order))

    @property
    def nodes(self) -> Array:
        """Nodes in b and in s, one-dimensional."""
        return self.mesh.nodes.ravel()

    def values(self, integrand: Integrand) -> NDArray[np.complex128]:
        """The integrand at all nodes (b, s), of shape (2, n, n): ω2 = b, then ω2 = -b."""
        b, s = self.nodes[:, None], self.nodes
        return integrand(b + s, np.stack([b, -b]), np.stack([2.0 * b + s, np.broadcast_to(s, (s.size, s.size))]))

    def integral(self, integrand: Integrand) -> Array:
        """∬ dω1 dω2/(2π)² of the integrand over the plane: four times the real part over the two wedges.

        An array of integrands, in front of the axes of the nodes, gives an array of integrals.
        """
        weights = self.mesh.weights.ravel()
        return np.asarray(self.values(integrand).real.sum(axis=-3) @ weights @ weights / np.pi**2)

    def transform(self, integrand: Integrand, tau1: Array, tau2: Array) -> Array:
        """∬ dω1 dω2/(2π)² e^{i(ω1τ1 + ω2τ2)} of the integrand, for one-dimensional arrays of lags.

        By Filon's rule in b and in s, so that long lags need no finer mesh.
        """
        values = self.values(integrand)
        result = np.empty(tau1.size)
        for start in range(0, tau1.size, CHUNK):
            part = slice(start, start + CHUNK)
            result[part] = self._transform(values, tau1[part], tau2[part])
        return result

    def _transform(self, values: NDArray[np.complex128], tau1: Array, tau2: Array) -> Array:
        # ω1τ1 + ω2τ2 = s τ1 + b (τ1 ± τ2); the image of a wedge under ω1 ↔ ω2 is itself with the lags exchanged.
        first, other = np.concatenate([tau1, tau2]), np.concatenate([tau2, tau1])
        lags, index = np.unique(first, return_inverse=True)
        inner = values @ oscillatory_weights(self.mesh, lags).T  # (2, n, lags)
        total = np.zeros(first.size)
        for sign, row in zip((1.0, -1.0), inner, strict=True):
            outer = oscillatory_weights(self.mesh, first + sign * other)
            total += np.einsum("kb,bk->k", outer, row[:, index]).real
        return np.asarray((total[: tau1.size] + total[tau1.size :]) / (2.0 * np.pi**2))
