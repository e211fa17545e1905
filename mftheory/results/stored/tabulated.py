"""Functions of a stored theory: exact where they were stored, interpolated between, refused beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """A function on nodes x >= 0, by a cubic spline between them.

    Attributes
    ----------
    argument : str
        Name of x, for errors.
    x : array of shape (k,)
        Ascending, from 0.
    values : array of shape (k,)
        Real or complex.
    errors : array of shape (k,)
        Of the values.
    between : array of shape (k - 1,)
        |spline - function| in the middle of each interval, measured when the curve was stored.
    whole : bool
        Time is discrete: x must be a node.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.results.stored.tabulated import Curve
    >>> x = np.linspace(0.0, 1.0, 11)
    >>> exp = Curve.of("tau", x, np.exp, lambda x: 0 * x)
    >>> bool(exp(0.3) == np.exp(x[3])), bool(abs(exp(0.55) - np.exp(0.55)) <= exp.error(0.55) < 1e-5)
    (True, True)
    """

    argument: str
    x: Array
    values: NDArray[Any]
    errors: Array
    between: Array
    whole: bool = False

    @classmethod
    def of(cls, argument: str, x: Array, function: Any, error: Any, whole: bool = False) -> Curve:
        """Of a function and its error at nodes x."""
        values, errors = np.asarray(function(x)), np.asarray(error(x), dtype=np.float64)
        between = np.zeros(x.size - 1)
        if not whole:
            middle = 0.5 * (x[1:] + x[:-1])
            between = np.abs(cls(argument, x, values, errors, between)(middle) - function(middle))
        return cls(argument, x, values, errors, between, whole)

    def __call__(self, at: ArrayLike) -> NDArray[Any]:
        """Values, of the shape of `at`."""
        points, nearest = self._located(at)
        found = self.values[nearest]
        if self.whole or np.array_equal(self.x[nearest], points):
            return np.asarray(found)
        return np.where(self.x[nearest] == points, found, self._spline(points))

    def error(self, at: ArrayLike) -> Array:
        """Error of the values; between nodes that of the spline is added."""
        points, nearest = self._located(at)
        if self.whole:
            return np.asarray(self.errors[nearest])
        interval = np.clip(np.searchsorted(self.x, points, side="right") - 1, 0, self.between.size - 1)
        # The middle is about where the spline is worst: twice its error there is not exceeded (seen: 1.01 times).
        between = np.where(self.x[nearest] == points, 0.0, 2.0 * self.between[interval])
        return np.asarray(np.interp(points, self.x, self.errors) + between)

    def _located(self, at: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """The points, and the node that each is nearest to."""
        points = np.asarray(at, dtype=np.float64)
        nearest = np.searchsorted(0.5 * (self.x[1:] + self.x[:-1]), points)
        refuse_outside(self.argument, points, self.x[-1])
        if self.whole and not np.array_equal(self.x[nearest], points):
            wrong = float(points[self.x[nearest] != points].ravel()[0])
            raise InvalidNetwork(self.argument, wrong, "must be whole numbers of steps in discrete time")
        return points, nearest

    @cached_property
    def _spline(self) -> Any:
        from scipy.interpolate import CubicSpline  # imported on use: results are read without scipy

        return CubicSpline(self.x, self.values)


@dataclass(frozen=True, eq=False)
class Surface:
    """Ψ(τ1, τ2) for τ1 >= |τ2|, as a stored grid gives it; the rest follows from its symmetries.

    Ψ(τ1, τ2) = Ψ(τ2, τ1) = Ψ(-τ1, -τ2), as C_ij(-τ) = C_ji(τ).

    Attributes
    ----------
    x : array of shape (k,)
        Lags, ascending, from 0.
    values : array of shape (k, 2, k)
        Ψ(x_i, x_j) and Ψ(x_i, -x_j).
    axis : Curve
        Ψ(τ, 0), on lags of its own.
    whole : bool
    """

    x: Array
    values: Array
    axis: Curve
    whole: bool = False

    def __call__(self, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Values, of the broadcast shape."""
        first, second = np.broadcast_arrays(np.asarray(tau1, np.float64), np.asarray(tau2, np.float64))
        on_axis = (first == 0) | (second == 0)
        if on_axis.all():
            return np.asarray(self.axis(np.abs(first + second)))
        large = np.where(np.abs(first) >= np.abs(second), first, second)
        small = np.where(np.abs(first) >= np.abs(second), second, first)
        u, v = np.abs(large), np.where(large < 0, -small, small)
        refuse_outside("tau1, tau2", u[~on_axis], self.x[-1])
        found = np.empty(u.shape)
        for sign in (0, 1):
            chosen = ~on_axis & ((v < 0) == bool(sign))
            found[chosen] = self._at(sign, u[chosen], np.abs(v[chosen]))
        found[on_axis] = self.axis(u[on_axis])
        return found

    def _at(self, sign: int, u: Array, v: Array) -> Array:
        i, j = (np.searchsorted(0.5 * (self.x[1:] + self.x[:-1]), w) for w in (u, v))
        nodes = self.values[i, sign, j]
        exact = (self.x[i] == u) & (self.x[j] == v)
        if exact.all():
            return np.asarray(nodes)
        if self.whole:
            raise InvalidNetwork("tau1, tau2", float(u[~exact][0]), "must be whole numbers of steps in discrete time")
        return np.where(exact, nodes, self._splines[sign](u, v, grid=False))

    @cached_property
    def _splines(self) -> list[Any]:
        from scipy.interpolate import RectBivariateSpline

        return [RectBivariateSpline(self.x, self.x, self.values[:, sign], s=0) for sign in (0, 1)]


@dataclass(frozen=True, eq=False)
class TabulatedTwoPoint:
    """Two-point functions as they were stored.

    Attributes
    ----------
    g_eff : float
    gain, variance : float or array
    decay, highest_frequency : float
    covariances, spectra, responses : mapping of str to pair of Curve
        At positive and at negative arguments.
    mean, static_variance, static_activity : float
    means : Curve or None
        ⟨φ_i⟩ of neurons, by z + the largest |z| stored.
    notes : tuple of str
        States that exist beside this one.
    stored : xarray.Dataset
        What all of this was read from.
    """

    g_eff: float
    gain: Any
    variance: Any
    decay: float
    highest_frequency: float
    covariances: Mapping[str, tuple[Curve, Curve]]
    spectra: Mapping[str, tuple[Curve, Curve]]
    responses: Mapping[str, tuple[Curve, Curve]]
    mean: float = 0.0
    static_variance: float = 0.0
    static_activity: float = 0.0
    means: Curve | None = None
    notes: tuple[str, ...] = ()
    stored: Any = field(default=None, repr=False)

    def covariance(self, observable: str, tau: ArrayLike) -> Array:
        """C^a(τ)."""
        return _signed(self.covariances[observable], tau, "__call__")

    def spectrum(self, observable: str, omega: ArrayLike) -> Array:
        """C^a(ω)."""
        return _signed(self.spectra[observable], omega, "__call__")

    def response(self, observable: str, omega: ArrayLike) -> NDArray[np.complex128]:
        """S^a(ω)."""
        return _signed(self.responses[observable], omega, "__call__")

    def covariance_error(self, observable: str, tau: ArrayLike) -> Array:
        """Error of C^a(τ), that of interpolation included."""
        return _signed(self.covariances[observable], tau, "error")

    def response_error(self, observable: str, omega: ArrayLike) -> Array:
        """Error of |S^a(ω)|, that of interpolation included."""
        return _signed(self.responses[observable], omega, "error")

    def neuron_means(self, z: ArrayLike) -> Array:
        """⟨φ_i⟩ of neurons whose static input is z standard deviations."""
        fields = np.asarray(z, dtype=np.float64)
        if self.means is None:
            return np.zeros_like(fields)
        half = 0.5 * self.means.x[-1]
        refuse_outside("z", fields, half)
        return np.asarray(self.means(fields + half))


@dataclass(frozen=True, eq=False)
class TabulatedFourPoint:
    """Four-point functions as they were stored.

    Attributes
    ----------
    surfaces : mapping of str to Surface
    dimensions : mapping of str to pair of float
        Dimension and its error.
    sources : mapping of str to mapping of str to float
        What the error is made of.
    two_point : TabulatedTwoPoint
    formulas : mapping of str to mapping
        Label and content hash of each observable's formula.
    """

    surfaces: Mapping[str, Surface]
    dimensions: Mapping[str, tuple[float, float]]
    sources: Mapping[str, Mapping[str, float]]
    two_point: TabulatedTwoPoint = field(repr=False)
    formulas: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def formula_of(self, observable: str) -> Mapping[str, str]:
        """Label and content hash of the formula, as the file names them."""
        return self.formulas.get(observable, {})

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Ψ^a(τ1, τ2)."""
        return self.surfaces[observable](tau1, tau2)

    def dimension(self, observable: str) -> float:
        """PR^a."""
        return self.dimensions[observable][0]

    def dimension_error(self, observable: str, refined: Any) -> float:
        """Its error."""
        return self.dimensions[observable][1]

    @property
    def sampled(self) -> bool:
        """Whether errors are standard errors: others have the one source, "numerical"."""
        return not all("numerical" in sources for sources in self.sources.values())

    def error_sources(self, observable: str) -> Mapping[str, float]:
        """What the error is made of."""
        return self.sources[observable]


def refuse_outside(argument: str, points: Array, longest: float) -> None:
    """InvalidNetwork beyond what was stored."""
    beyond = np.abs(points) > longest
    if beyond.any():
        wrong = float(points[beyond].ravel()[0])
        allowed = f"must be between -{longest:.6g} and {longest:.6g}: the file holds no more (solve the network again)"
        raise InvalidNetwork(argument, wrong, allowed)


def _signed(sides: tuple[Curve, Curve], at: ArrayLike, method: str) -> NDArray[Any]:
    """A method of the curve at positive arguments, of the other at negative ones."""
    points = np.asarray(at, dtype=np.float64)
    size = np.abs(points)
    above = getattr(sides[0], method)(size)
    if not (points < 0).any():
        return np.asarray(above)
    return np.where(points < 0, getattr(sides[1], method)(size), above)
