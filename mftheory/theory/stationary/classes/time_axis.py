"""The lags at which covariances are known: panels of continuous time, or whole steps."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.numerics.panels import Panels
from mftheory.numerics.transform import cosine_transform
from mftheory.theory.stationary.classes.linear_response import MatrixConvolution, Modes

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Function = Callable[[Array], Array]

UNRESOLVED = 1e-13
"""Size of the last Legendre coefficients of a panel, relative to the function, above which the panel is halved."""
MAX_PANELS, MAX_LAGS = 5000, 400_000
FREQUENCIES_AT_ONCE = 1000


class TimeAxis(ABC):
    """Lags τ from 0 up, at which functions are given as arrays of shape (..., lags)."""

    @property
    @abstractmethod
    def lags(self) -> Array:
        """All lags, 0 first."""

    @property
    def end(self) -> float:
        """The longest lag, from which functions go on as exponentials."""
        return float(self.lags[-1])

    @abstractmethod
    def convolution(self, modes: Modes) -> "Convolve":
        """Return f ↦ K * f, f even and over at the end."""

    @abstractmethod
    def interpolant(self, values: Array) -> Function:
        """Return a function of lags up to the end."""

    @abstractmethod
    def transform(self, values: Array) -> Function:
        """Return the Fourier transform of an even function, over at the end, of frequencies in one dimension."""

    @abstractmethod
    def finer(self, functions: list[tuple[Array, float]]) -> "TimeAxis | None":
        """Return an axis that resolves functions better, each with its size; None if this one does resolve them."""

    @property
    @abstractmethod
    def weights(self) -> Array:
        """Weights of a mean over lags, at all lags."""


class Convolve(ABC):
    """f ↦ K * f at all lags, and its continuation."""

    @abstractmethod
    def __call__(self, values: Array) -> Array:
        """Return K * f, both of shape (signals, lags)."""

    @abstractmethod
    def tail(self, values: Array) -> Complex:
        """Return the amplitudes, of shape (signals, modes), at the end of the exponentials beyond it."""


@dataclass(frozen=True, eq=False)
class PanelAxis(TimeAxis):
    """Panels of continuous time."""

    mesh: Panels

    @cached_property
    def lags(self) -> Array:
        """All lags, 0 first."""
        return np.append(0.0, self.mesh.nodes.ravel())

    @property
    def end(self) -> float:
        """The end of the last panel."""
        return float(self.mesh.edges[-1])

    def convolution(self, modes: Modes) -> Convolve:
        """Return f ↦ K * f."""
        return _OnPanels(MatrixConvolution(self.mesh, modes))

    def interpolant(self, values: Array) -> Function:
        """Return the piecewise polynomial."""
        return self.mesh.polynomial(values[1:].reshape(self.mesh.nodes.shape))

    def transform(self, values: Array) -> Function:
        """Return the Fourier transform of the piecewise polynomial."""
        function = self.mesh.polynomial(values[1:].reshape(self.mesh.nodes.shape))
        return lambda omega: cosine_transform(function, 1.0, 0.0, omega)

    def finer(self, functions: list[tuple[Array, float]]) -> "PanelAxis | None":
        """Return the panels with those halved that do not resolve a function; None if there are none.

        Raises
        ------
        ValueError
            If there are too many.
        """
        coarse = np.zeros(len(self.mesh.nodes), dtype=np.bool_)
        for values, size in functions:
            coefficients = self.mesh.polynomial(values[1:].reshape(self.mesh.nodes.shape)).coefficients
            coarse |= np.abs(coefficients)[:, -2:].max(axis=1) > UNRESOLVED * size
        if not coarse.any():
            return None
        edges = self.mesh.edges
        halves = 0.5 * (edges[:-1] + edges[1:])[coarse]
        # At τ = 0 noise and a kink of φ leave powers of √τ: many scales, reached in few rounds.
        closer = edges[1] * 0.25 ** np.arange(1.0, 4.0) if coarse[0] else []
        edges = np.unique(np.concatenate([edges, halves, closer]))
        if edges.size > MAX_PANELS:
            raise ValueError("the time axis was not resolved")
        return PanelAxis(Panels.on(edges, self.mesh.rule.nodes.size))

    @property
    def weights(self) -> Array:
        """Weights of an integral over lags."""
        return np.append(0.0, self.mesh.weights.ravel())


@dataclass(frozen=True, eq=False)
class LagAxis(TimeAxis):
    """Whole steps 0, 1, … of discrete time."""

    count: int

    @classmethod
    def covering(cls, modes: Modes, window: float) -> "LagAxis":
        """Return so many steps that the slowest mode decays by e^{-window}.

        Raises
        ------
        ValueError
            If these are too many.
        """
        count = 4 + math.ceil(window / modes.slowest.real)
        if count > MAX_LAGS:
            raise ValueError(f"{count} lags would be needed")
        return cls(count)

    @cached_property
    def lags(self) -> Array:
        """All lags."""
        return np.arange(self.count, dtype=np.float64)

    def convolution(self, modes: Modes) -> Convolve:
        """Return f ↦ Σ_j K(k - j) f(j)."""
        return _OnLags(self.count, modes)

    def interpolant(self, values: Array) -> Function:
        """Return the function, of whole lags."""
        return _AtWholeLags(values)

    def transform(self, values: Array) -> Function:
        """Return f_0 + 2 Σ f_k cos kω."""

        def total(omega: Array) -> Array:
            result = np.full(omega.shape, values[0])
            for start in range(1, self.count, FREQUENCIES_AT_ONCE):
                k = np.arange(start, min(start + FREQUENCIES_AT_ONCE, self.count))
                result += 2.0 * np.cos(np.multiply.outer(omega, k)) @ values[k]
            return result

        return total

    def finer(self, functions: list[tuple[Array, float]]) -> None:
        """Return None: there is nothing between two steps."""

    @property
    def weights(self) -> Array:
        """Weights of a sum over lags."""
        return np.append(1.0, np.full(self.count - 1, 2.0))


@dataclass(frozen=True, eq=False)
class _AtWholeLags:
    values: Array

    def __call__(self, tau: Array) -> Array:
        return np.asarray(self.values[np.asarray(tau, dtype=np.intp)])


@dataclass(frozen=True, eq=False)
class _OnPanels(Convolve):
    exact: MatrixConvolution

    def __call__(self, values: Array) -> Array:
        return self.exact(values[:, 1:])

    def tail(self, values: Array) -> Complex:
        return self.exact.tail(values[:, 1:])


@dataclass(frozen=True, eq=False)
class _OnLags(Convolve):
    count: int
    modes: Modes

    def __call__(self, values: Array) -> Array:
        each = _recursion(self.modes.left @ values, np.exp(-self.modes.rates))
        return np.asarray((self.modes.right @ each).real)

    def tail(self, values: Array) -> Complex:
        each = _recursion(self.modes.left @ values, np.exp(-self.modes.rates))
        return np.asarray(self.modes.right * each[:, -1])


@njit(cache=True, error_model="numpy")
def _recursion(values, ratios):  # type: ignore[no-untyped-def]
    """Return Σ_j ratio^|k-j| f_|j| at the lags k of f, an even sequence, for each row."""
    rows, size = values.shape
    result = np.empty_like(values)
    for m in range(rows):
        ahead = 0j
        for k in range(size - 1, -1, -1):  # Σ_{j >= k}
            ahead = values[m, k] + ratios[m] * ahead
            result[m, k] = ahead
        behind = ahead - values[m, 0]  # Σ_{j < k}, at k = 0 by symmetry
        for k in range(size):
            if k > 0:
                behind = ratios[m] * (behind + values[m, k - 1])
            result[m, k] += behind
    return result
