"""Functions in tables: exact where they were stored, interpolated between, refused beyond."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.results.schema import stored

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
        Errors of the values.
    spline_errors : array of shape (k - 1,)
        |spline - function| in the middle of each interval, measured when the curve was stored.
    discrete : bool
        True in discrete time: x must be a node.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.results.tabulated import Curve
    >>> x = np.linspace(0.0, 1.0, 11)
    >>> exp = Curve.of("tau", x, np.exp, lambda x: 0 * x)
    >>> bool(exp(0.3) == np.exp(x[3])), bool(abs(exp(0.55) - np.exp(0.55)) <= exp.error(0.55) < 1e-5)
    (True, True)
    """

    argument: str
    x: Array
    values: NDArray[Any]
    errors: Array
    spline_errors: Array
    discrete: bool = False

    @classmethod
    def of(cls, argument: str, x: Array, function: Any, error: Any, discrete: bool = False) -> Curve:
        """Return the curve of a function and its error at nodes x."""
        values, errors = np.asarray(function(x)), np.asarray(error(x), dtype=np.float64)
        spline_errors = np.zeros(x.size - 1)
        if not discrete:
            middle = 0.5 * (x[1:] + x[:-1])
            spline_errors = np.abs(cls(argument, x, values, errors, spline_errors)(middle) - function(middle))
        return cls(argument, x, values, errors, spline_errors, discrete)

    def __call__(self, at: ArrayLike) -> NDArray[Any]:
        """Return values, of the shape of `at`."""
        points, nearest = self._located(at)
        values = self.values[nearest]
        if self.discrete or np.array_equal(self.x[nearest], points):
            return np.asarray(values)
        return np.where(self.x[nearest] == points, values, self._spline(points))

    def error(self, at: ArrayLike) -> Array:
        """Return the error of the values, of the shape of `at`; between nodes that of the spline is added."""
        points, nearest = self._located(at)
        if self.discrete:
            return np.asarray(self.errors[nearest])
        interval = np.clip(np.searchsorted(self.x, points, side="right") - 1, 0, self.spline_errors.size - 1)
        # The middle is about where the spline is worst: twice its error there is not exceeded (seen: 1.01 times).
        spline_errors = np.where(self.x[nearest] == points, 0.0, 2.0 * self.spline_errors[interval])
        return np.asarray(np.interp(points, self.x, self.errors) + spline_errors)

    def _located(self, at: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Return the points, and the node that each is nearest to."""
        points = np.asarray(at, dtype=np.float64)
        nearest = np.searchsorted(0.5 * (self.x[1:] + self.x[:-1]), points)
        refuse_outside(self.argument, points, self.x[-1])
        if self.discrete and not np.array_equal(self.x[nearest], points):
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
        Ψ(τ, 0), on other lags.
    discrete : bool
        True in discrete time.
    """

    x: Array
    values: Array
    axis: Curve
    discrete: bool = False

    def __call__(self, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Return values, of the broadcast shape."""
        first, second = np.broadcast_arrays(np.asarray(tau1, np.float64), np.asarray(tau2, np.float64))
        on_axis = (first == 0) | (second == 0)
        if on_axis.all():
            return np.asarray(self.axis(np.abs(first + second)))
        large = np.where(np.abs(first) >= np.abs(second), first, second)
        small = np.where(np.abs(first) >= np.abs(second), second, first)
        u, v = np.abs(large), np.where(large < 0, -small, small)
        refuse_outside("tau1, tau2", u[~on_axis], self.x[-1])
        values = np.empty(u.shape)
        for sign in (0, 1):
            chosen = ~on_axis & ((v < 0) == bool(sign))
            values[chosen] = self._at(sign, u[chosen], np.abs(v[chosen]))
        values[on_axis] = self.axis(u[on_axis])
        return values

    def _at(self, sign: int, u: Array, v: Array) -> Array:
        """Return Ψ(u, ±v), the sign by its index."""
        i, j = (np.searchsorted(0.5 * (self.x[1:] + self.x[:-1]), w) for w in (u, v))
        nodes = self.values[i, sign, j]
        exact = (self.x[i] == u) & (self.x[j] == v)
        if exact.all():
            return np.asarray(nodes)
        if self.discrete:
            raise InvalidNetwork("tau1, tau2", float(u[~exact][0]), "must be whole numbers of steps in discrete time")
        return np.where(exact, nodes, self._splines[sign](u, v, grid=False))

    @cached_property
    def _splines(self) -> list[Any]:
        from scipy.interpolate import RectBivariateSpline

        return [RectBivariateSpline(self.x, self.x, self.values[:, sign], s=0) for sign in (0, 1)]


@dataclass(frozen=True, eq=False)
class StoredCurves:
    """Curves on the same nodes, as a file holds them.

    Attributes
    ----------
    values, errors : arrays of shape (..., k)
        Without errors they are exact.
    spline_errors : array of shape (..., k)
        Error of the spline from each node to the next; the last is 0.
    """

    values: NDArray[Any] = field(metadata=stored(name=""))
    spline_errors: Array = field(
        metadata=stored("error of a cubic spline through {}, from here to the next", name="between")
    )
    errors: Array | None = field(default=None, metadata=stored("error of {}", name="error"))

    @classmethod
    def of(cls, *curves: Curve) -> StoredCurves:
        """Return the lines of one curve, or of several as the rows."""
        columns = ((c.values, np.append(c.spline_errors, 0.0), c.errors) for c in curves)
        return cls(*(np.array(part if len(part) > 1 else part[0]) for part in zip(*columns, strict=True)))

    def curve(self, argument: str, x: Array, discrete: bool = False, row: Any = ()) -> Curve:
        """Return one of the curves."""
        errors = np.zeros(x.size) if self.errors is None else self.errors[row]
        return Curve(argument, x, self.values[row], errors, self.spline_errors[row][:-1], discrete)


def refuse_outside(argument: str, points: Array, longest: float) -> None:
    """Raise InvalidNetwork for a point beyond those that were stored."""
    beyond = np.abs(points) > longest
    if beyond.any():
        wrong = float(points[beyond].ravel()[0])
        allowed = f"must be between -{longest:.6g} and {longest:.6g}: the file holds no more (solve the network again)"
        raise InvalidNetwork(argument, wrong, allowed)
