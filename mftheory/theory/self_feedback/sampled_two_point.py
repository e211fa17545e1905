"""The two-point functions of neurons with self-feedback, at any τ and ω."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from mftheory.kernels import TwoTime
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.self_feedback.periodic_axis import PeriodicAxis
from mftheory.theory.self_feedback.self_consistency import SelfConsistency, SelfConsistentState
from mftheory.theory.stationary.weighted_observables import Observable

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NEGLIGIBLE_POWER = 1e-7  # part of C^φ(0) beyond the highest frequency
PADDING_PERIODS = 4  # length of the axis padded with zeros
SMALLEST_DELTA = 1e-5  # distance from criticality that quadrature resolves


@dataclass(frozen=True, eq=False)
class SelfFeedbackTwoPoint:
    """The solution at one state: x is not Gaussian, and C^{xφ} is complex.

    Attributes
    ----------
    g_eff : float
    closure : SelfConsistency
    state : SelfConsistentState
    slope : array of shape (c,)
        ⟨φ'⟩ of each kind of neuron.
    """

    g_eff: float
    closure: SelfConsistency
    state: SelfConsistentState
    slope: Array

    def __getstate__(self) -> dict[str, Any]:
        # Without the splines, which are made again when they are asked for: hundreds of megabytes.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def gain(self) -> float:
        """⟨φ'⟩, over neurons."""
        return float(self.closure.field.neurons.mean(self.slope))

    @property
    def variance(self) -> float:
        """C^x(0), over neurons."""
        return float(self.covariance("x", 0.0))

    @cached_property
    def delta(self) -> float:
        """Distance from criticality at ω = 0."""
        state = self.state
        return max(1.0 - float(self.closure.field.loop_gain(state.C, state.S, state.Q)[0]), SMALLEST_DELTA)

    @cached_property
    def decay(self) -> float:
        """Decay rate of C^φ(τ): that of an exponential with the same time to a thousandth."""
        covariance = np.abs(self._covariances["phi"])
        late = np.flatnonzero(covariance > 1e-3 * covariance[0])[-1]
        return float(np.log(1e3) / max(self.closure.grid.tau[late], self.closure.grid.step))

    @cached_property
    def highest_frequency(self) -> float:
        """The ω beyond which C^φ has negligible power."""
        grid = self.closure.grid
        power = np.cumsum(grid.weights * self._spectra["phi"].real)
        return float(grid.omega[min(np.searchsorted(power, (1.0 - NEGLIGIBLE_POWER) * power[-1]), grid.omega.size - 1)])

    def covariance(self, observable: str, tau: ArrayLike) -> Array:
        """Return C^a(τ), or C^{xφ}(τ) = ⟨x(t) φ(t+τ)⟩ ("xphi"), which is not even in τ; 0 beyond half a period."""
        lag = np.asarray(tau, dtype=np.float64)
        within = np.abs(lag) <= self.closure.grid.tau[-1]
        if observable == "xphi":
            values = self._lagged_xphi(np.where(within, lag, 0.0))
        else:
            values = self._lagged[observable](np.where(within, np.abs(lag), 0.0))
        return np.asarray(np.where(within, values, 0.0))

    def each_covariance(self, observable: str, tau: ArrayLike) -> Array:
        """Return C^a(τ) of each kind of neuron, "phi" or "x", shape (c, ...)."""
        lag = np.abs(np.asarray(tau, dtype=np.float64))
        within = lag <= self.closure.grid.tau[-1]
        values = np.moveaxis(self._each_lagged[observable](np.where(within, lag, 0.0)), -1, 0)
        return np.asarray(np.where(within, values, 0.0))

    def spectrum(self, observable: str, omega: ArrayLike) -> NDArray[Any]:
        """Return C^a(ω), real and even; or C^{xφ}(ω), complex."""
        values = self.closure.field.neurons.mean(self.each(observable, omega))
        return values if observable == "xphi" else np.asarray(np.maximum(values.real, 0.0))

    def response(self, observable: str, omega: ArrayLike) -> Complex:
        """Return S^x(ω) or S^φ(ω), the mean over neurons."""
        return np.asarray(self.closure.field.neurons.mean(self.each_response(observable, omega)))

    def each(self, observable: str, omega: ArrayLike) -> Complex:
        """Return C^a(ω) or C^{xφ}(ω) of each kind of neuron, shape (c, ...)."""
        return self._even(self._each_spectrum[observable], omega)

    def each_response(self, observable: str, omega: ArrayLike) -> Complex:
        """Return S^a(ω) of each kind of neuron, shape (c, ...); beyond the grid it falls as 1/ω."""
        end = self.closure.grid.omega[-1]
        reached = np.clip(np.asarray(omega, dtype=np.float64), -end, end)
        beyond = np.maximum(np.abs(omega) / end, 1.0)
        return np.asarray(self._even(self._each_response[observable], reached) / beyond)

    def pair_covariance(self, observable: str, tau1: Array, tau2: Array) -> Array:
        """Return ⟨C_i(τ1) C_i(τ2)⟩ over neurons, at lags of one shape."""
        single = "x" if observable == "x" else "phi"
        product = self.each_covariance(single, tau1) * self.each_covariance(single, tau2)
        return self.weighted(observable, product)

    def weighted(self, observable: str, product: NDArray[Any]) -> NDArray[Any]:
        """Return ⟨w⁴ f⟩ over neurons for an observable w φ, from values of shape (c, ...) for each kind of neuron."""
        neurons = self.closure.field.neurons
        if observable == "Phi":
            weights = neurons.gains**4
        elif observable == "readout":  # independent of the neuron's own gain
            weights = np.full(neurons.gains.shape, float(neurons.mean(neurons.gains**4)))
        else:
            weights = np.ones(neurons.gains.shape)
        return neurons.mean(weights.reshape(-1, *(1,) * (product.ndim - 1)) * product)

    def observable(self, name: str) -> Observable:
        """Return an observable by its name; weights are taken with the functions of each kind of neuron."""
        return Observable(name)

    def pair(self, omega1: Array, omega2: Array, total: Array) -> "SelfFeedbackPair":
        """Return the spectra at pairs of frequencies."""
        return SelfFeedbackPair(self, omega1, omega2)

    critical_strength = None
    """None, since 1 - s is known no better than the sampled spectra."""

    rounding = 0.0
    """Relative rounding error of a dimension, far below that of sampling."""

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature:
        """Return the rule for double integrals over frequencies."""
        return TriangleQuadrature.graded(self.delta, self.highest_frequency, growth, order)

    def _even(self, spline: Any, omega: ArrayLike) -> Complex:
        """Return f(ω) with f(-ω) = f(ω)*, shape (c, ...), 0 beyond the grid."""
        omega = np.asarray(omega, dtype=np.float64)
        within = np.abs(omega) <= self.closure.grid.omega[-1]
        values = np.moveaxis(spline(np.where(within, np.abs(omega), 0.0)), -1, 0)
        return np.asarray(np.where(within, np.where(omega < 0, values.conj(), values), 0.0))

    @cached_property
    def _values(self) -> dict[str, Complex]:
        """Two-time functions of each kind of neuron on the grid, shape (c, k)."""
        state, H = self.state, self.closure.transfer
        gains = self.closure.field.neurons.gains[:, None]
        mean_square = float(self.closure.field.neurons.mean(gains[:, 0] ** 2))
        self_coupling = H * state.K
        # x = y + H K φ, with E[φ y*] = S/H Y.
        return {
            "phi": state.C.astype(np.complex128),
            "Phi": (gains**2 * state.C).astype(np.complex128),
            "readout": (mean_square * state.C).astype(np.complex128),
            "x": (state.Y + np.abs(self_coupling) ** 2 * state.C + 2.0 * (state.K * state.S).real * state.Y).astype(
                np.complex128
            ),
            "xphi": state.S / H * state.Y + self_coupling.conj() * state.C,
            "S_phi": state.S,
            "S_x": H * state.amplification,
        }

    @cached_property
    def _each_spectrum(self) -> dict[str, Any]:
        grid = self.closure.grid
        padded_axis = PeriodicAxis(PADDING_PERIODS * grid.period, PADDING_PERIODS * grid.size)
        half = grid.size // 2
        # The rest is tapered, for a jump would oscillate at all frequencies.
        fading = np.cos(0.5 * np.pi * np.clip(np.linspace(-4.0, 1.0, half), 0.0, 1.0)) ** 2
        splines = {}
        for name in ("phi", "Phi", "readout", "x", "xphi"):
            lagged = grid.to_time(self._values[name])
            # Covariances have decayed at half a period: followed by zeros, they give the spectrum between frequencies.
            padded = np.zeros((len(lagged), padded_axis.size))
            padded[:, :half], padded[:, -half:] = lagged[:, :half] * fading, (lagged[:, -half:] * fading[::-1])
            splines[name] = CubicSpline(padded_axis.omega, padded_axis.to_frequency(padded).T)
        return splines

    @cached_property
    def _each_response(self) -> dict[str, Any]:
        omega = self.closure.grid.omega
        return {name: CubicSpline(omega, self._values[f"S_{name}"].T) for name in ("phi", "x")}

    @cached_property
    def _spectra(self) -> dict[str, Complex]:
        mean = self.closure.field.neurons.mean
        return {name: np.asarray(mean(values)) for name, values in self._values.items()}

    @cached_property
    def _covariances(self) -> dict[str, Array]:
        grid = self.closure.grid
        return {
            name: grid.to_time(self._spectra[name].real)[: grid.tau.size] for name in ("phi", "Phi", "readout", "x")
        }

    @cached_property
    def _lagged(self) -> dict[str, Any]:
        return {name: CubicSpline(self.closure.grid.tau, values) for name, values in self._covariances.items()}

    @cached_property
    def _each_lagged(self) -> dict[str, Any]:
        grid = self.closure.grid
        lagged = {name: grid.to_time(self._values[name].real)[:, : grid.tau.size] for name in ("phi", "x")}
        return {name: CubicSpline(grid.tau, values.T) for name, values in lagged.items()}

    @cached_property
    def _lagged_xphi(self) -> Any:
        grid = self.closure.grid
        values = grid.to_time(self._spectra["xphi"])
        # ∫ dω/2π e^{iωτ} C(ω) over one period, moved so that τ runs from minus half of it to half of it.
        half = grid.size // 2
        return CubicSpline(grid.step * np.arange(-half, half + 1), np.concatenate([values[half:], values[: half + 1]]))


class SelfFeedbackPair:
    """Spectra at pairs of frequencies, of each kind of neuron, and their means, which the engine's expressions take."""

    def __init__(self, two_point: SelfFeedbackTwoPoint, omega1: Array, omega2: Array) -> None:
        self._two_point = two_point
        self._field = two_point.closure.field
        dimensions = max(omega1.ndim, omega2.ndim)  # alike, as an axis of neurons is put in front
        self._omega = [w.reshape((1,) * (dimensions - w.ndim) + w.shape) for w in (omega1, omega2)]
        self._known: dict[TwoTime, Complex] = {}
        self._moments: dict[str, Any] | None = None

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """Return a two-time function at one of the two frequencies, the mean over neurons."""
        value = self._field.neurons.mean(self._each(of))
        return value.real if of.kind == "C" and of.field in ("phi", "x") else value

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """Return a mean over neurons or modes, by the engine's expression."""
        if self._moments is None:
            self._moments = self._field.moments(self._each)
        return np.asarray(self._moments[name])

    def one_minus_s(self) -> Complex:
        """Raise: it is not known better than from the spectra; see `critical_strength`."""
        raise NotImplementedError

    def pair_spectrum(self, observable: str) -> Array:
        """Return ⟨C_i(ω1) C_i(ω2)⟩ over neurons."""
        single = "x" if observable == "x" else "phi"
        first, second = (self._each(TwoTime("C", single, k)).real for k in (1, 2))
        return self._two_point.weighted(observable, first * second)

    def _each(self, of: TwoTime) -> Complex:
        """Return a two-time function of each kind of neuron, shape (c, ...)."""
        if of not in self._known:
            function = self._two_point.each if of.kind == "C" else self._two_point.each_response
            self._known[of] = function(of.field, self._omega[of.frequency - 1])
        return self._known[of]
