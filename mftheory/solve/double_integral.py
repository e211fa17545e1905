"""From Ψ^a(ω1, ω2) to Ψ^a(τ1, τ2) and dimensions: what every four-point function does in the same way."""

from abc import ABC, abstractmethod
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import NotConverged
from mftheory.solve.filtered.pole_quadrature import PoleQuadrature
from mftheory.solve.quadrature import Wedges

Array = NDArray[np.float64]


class DoubleIntegral(ABC):
    """Ψ^a as an integral over both frequencies.

    The part of neurons with themselves, ⟨C^a_i(ω1) C^a_i(ω2)⟩, is integrated exactly, as ⟨C^a_i(τ1) C^a_i(τ2)⟩; what is
    left falls off faster with frequency.
    """

    @abstractmethod
    def connected(self, observable: str, omega1: Array, omega2: Array, total: Array) -> NDArray[np.complex128]:
        """Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast; `total` is ω1 + ω2, to all its digits."""

    @abstractmethod
    def own(self, observable: str, tau1: Array, tau2: Array) -> Array:
        """The part of neurons with themselves, at lags of one shape."""

    @abstractmethod
    def variance(self, observable: str) -> float:
        """C^a(0)."""

    @abstractmethod
    def wedges(self, nodes: int) -> Wedges | PoleQuadrature:
        """The rule for the double integral, with `nodes` times the nodes that Gauss's needs."""

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Ψ^a(τ1, τ2), of the broadcast shape of the lags."""
        lag1, lag2 = np.broadcast_arrays(np.asarray(tau1, float), np.asarray(tau2, float))
        # Filon's rule integrates the interpolant of degree n - 1, Gauss's one of degree 2n - 1: twice the nodes.
        connected = self.wedges(2).transform(partial(self.connected, observable), lag1.ravel(), lag2.ravel())
        return np.asarray(self.own(observable, lag1, lag2) + connected.reshape(lag1.shape))

    def psi_at_zero(self, observable: str) -> float:
        """Ψ^a(0, 0) = (1/N) Σ_ij C^a_ij(0)²."""
        connected = float(self.wedges(1).integral(partial(self.connected, observable)))
        value = float(self.own(observable, np.zeros(()), np.zeros(()))) + connected
        refuse_negative(observable, value)
        return value

    def dimension(self, observable: str) -> float:
        """PR^a = C^a(0)²/Ψ^a(0, 0), per neuron."""
        return self.variance(observable) ** 2 / self.psi_at_zero(observable)


def refuse_negative(observable: str, psi: float) -> None:
    """Raise NotConverged if Ψ(0, 0), a sum of squares, is not above 0."""
    if not psi > 0:
        raise NotConverged(f"Psi(0, 0) of {observable!r} came out as {psi:g}; refine the quadrature settings")


def change_under_refinement(value: float, finer: float, rounding: float) -> float:
    """Error of a number measured by the same one at finer settings, rounding (relative) included.

    Errors fall exponentially with the settings, so the change under refinement is the coarser one's error.
    """
    return 2.0 * abs(value - finer) + rounding * value
