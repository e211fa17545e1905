"""Four-point functions of neurons that hear themselves: committed kernels on sampled two-point functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.kernels import Kernel
from mftheory.solve.double_integral import DoubleIntegral
from mftheory.solve.quadrature import Wedges
from mftheory.solve.self_feedback.solution import SelfFeedbackTwoPoint

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ORDER = 8  # Gauss–Legendre nodes a panel: quadrature to 1e-5, well below what sampling leaves
GROWTH = 2.5


@dataclass(frozen=True, eq=False)
class SelfFeedbackFourPoint(DoubleIntegral):
    """Ψ^a at one two-point solution.

    Attributes
    ----------
    kernel_of : callable
        The kernel of an observable.
    parameters : mapping
        The network's numbers, by the names that kernels use.
    two_point : SelfFeedbackTwoPoint
    order : int
        Nodes on a panel of the double integral.
    """

    kernel_of: Callable[[str], Kernel]
    parameters: Mapping[str, float]
    two_point: SelfFeedbackTwoPoint
    order: int = ORDER

    def connected(self, observable: str, omega1: Array, omega2: Array, total: Array) -> Complex:
        """Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast."""
        kernel = self.kernel_of(observable)
        field = self.two_point.closure.field
        dimensions = max(omega1.ndim, omega2.ndim)  # alike, as an axis of neurons is put in front
        omega1, omega2 = (w.reshape((1,) * (dimensions - w.ndim) + w.shape) for w in (omega1, omega2))
        each: dict[str, Complex] = {}

        def spectra(name: str) -> Complex:
            if name not in each:
                kind, of, which = name.split("_")
                omega = omega1 if which == "1" else omega2
                each[name] = (self.two_point.each if kind == "C" else self.two_point.each_response)(of, omega)
            return each[name]

        moments = field.moments(spectra)
        values = {}
        for name in kernel.arguments:
            if name in moments:
                values[name] = moments[name]
            elif name in self.parameters:
                values[name] = self.parameters[name]
            else:
                value = field.neurons.mean(spectra(name))
                values[name] = value.real if name.startswith(("C_phi", "C_x_")) else value
        single = "x" if observable == "x" else "phi"
        own = spectra(f"C_{single}_1").real * spectra(f"C_{single}_2").real
        return np.asarray(kernel(**values) - field.neurons.mean(self._weights(observable, own.ndim) * own))

    def variance(self, observable: str) -> float:
        """C^a(0)."""
        return float(self.two_point.covariance(observable, 0.0))

    def wedges(self, nodes: int) -> Wedges:
        """The rule for the double integral."""
        return self.two_point.wedges(GROWTH, nodes * self.order)

    def own(self, observable: str, tau1: Array, tau2: Array) -> Array:
        """The part of neurons with themselves, at lags of one shape."""
        single = "x" if observable == "x" else "phi"
        first, second = (self.two_point.each_covariance(single, tau) for tau in (tau1, tau2))
        own = first * second
        return np.asarray(self.two_point.closure.field.neurons.mean(self._weights(observable, own.ndim) * own))

    def _weights(self, observable: str, ndim: int) -> Array:
        """w⁴ of an observable w φ, for each kind of neuron."""
        gains = self.two_point.closure.field.neurons.gains
        if observable == "Phi":
            weights = gains**4
        elif observable == "readout":  # independent of the neuron's own gain
            weights = np.full(gains.shape, float(self.two_point.closure.field.neurons.mean(gains**4)))
        else:
            weights = np.ones(gains.shape)
        return np.asarray(weights.reshape(-1, *(1,) * (ndim - 1)))
