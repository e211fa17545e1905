"""Nonlinearities given as data: a measured curve, or a Python function made into a table."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import tabulating
from mftheory.network.nonlinearity import Float64Array, FloatArray, Nonlinearity
from mftheory.network.spline import Spline, chebyshev_points, cubic, pieces

CONTINUATIONS = ("constant", "linear")

ODD_TO = 1e-14
"""Deviation from φ(-x) = -φ(x), relative to the largest |x| and |φ|, that is rounding (np.linspace has it)."""


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Tabulated(Nonlinearity):
    """φ(x) given as a table: a measured f–I curve, or any function by `Tabulated.of`.

    Between the points it is a cubic spline, monotone wherever the table is (``mftheory.network.spline``): its error
    falls as the fourth power of the distance of points. Beyond the table it stays constant, unless told otherwise.
    Tables that `Tabulated.of` makes of a smooth function are more precise.

    Parameters
    ----------
    x : array of shape (n,)
        Inputs, finite, strictly ascending; at least four.
    rate : array of shape (n,)
        φ at these inputs, finite, not all equal.
    beyond : {"constant", "linear"}, or a pair of them
        How φ goes on below and above the table: as its first and last rate, or straight on with the slope there.
        Where a slope ends in a constant, φ has a kink.
    error : float, optional
        Interpolation error, where it is known; by default it is estimated.
    degree : int, optional
        Of the tables that `Tabulated.of` makes: polynomials of this degree through groups of Chebyshev points.

    Attributes
    ----------
    error : float
        Largest error of φ, inside the table. Of `Tabulated.of` it was measured between the points, and beyond them
        where the range was found; of data it is the largest difference to the interpolant of every other point, at the
        points left out, which for a smooth curve is about 16 times the error; NaN for fewer than seven points. It is no
        part of the comparison of two tables.

    Raises
    ------
    InvalidNetwork
        If the table is anything else.

    Notes
    -----
    The table is what is stored, compared and hashed. It is odd if the table is, to rounding: x and -x are points, of
    opposite rates. Theory, simulation and comparison are those of the interpolant. What a spline leaves of a curve's
    noise is part of φ: smooth a noisy curve first.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory as mf
    >>> current = np.linspace(0.0, 4.0, 15)
    >>> phi = mf.Tabulated(current, current**2 / (1 + current**2))  # Naka–Rushton
    >>> phi
    Tabulated(15 points from 0 to 4, constant beyond; error 0.02)
    >>> phi(np.array([-1.0, 0.0, 1.0, 9.0])).round(3)
    array([0.   , 0.   , 0.5  , 0.941])
    >>> mf.Network(mf.IID(2.0), np.tanh).nonlinearity
    Tabulated(289 points from -16 to 16, constant beyond; error 3.4e-14)
    """

    _instead = "tables are not added or multiplied: multiply their rates, Tabulated(x, 2 * rate)"

    expression: str = field(init=False, default="")  # it has none
    x: NDArray[np.float64]
    rate: NDArray[np.float64]
    beyond: Any = "constant"
    error: float = field(default=None, compare=False)  # type: ignore[assignment]
    degree: int | None = None

    def __post_init__(self) -> None:
        x, rate = _array("x", self.x), _array("rate", self.rate)
        if x.size != rate.size:
            raise InvalidNetwork("rate", self.rate, f"must have as many entries as x, {x.size} (here {rate.size})")
        if not np.all(np.diff(x) > 0):
            first = int(np.argmin(np.diff(x) > 0))
            allowed = f"must be above x[{first}] = {x[first]:g}: sort the table"
            raise InvalidNetwork(f"x[{first + 1}]", float(x[first + 1]), allowed)
        if not np.any(rate != rate[0]):
            raise InvalidNetwork("rate", self.rate, "must not be the same at all inputs")
        size = max(np.abs(x).max(), np.abs(rate).max(), 1.0 / np.diff(x).min(), 1.0 / np.abs(rate).max())
        if not size <= checks.LARGEST:
            raise InvalidNetwork("x, rate", float(size), f"must be of sizes and distances up to {checks.LARGEST:g}")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "rate", rate)
        object.__setattr__(self, "beyond", _beyond(self.beyond))
        object.__setattr__(self, "degree", _degree(self.degree, x))
        error = self._halving_error() if self.error is None else checks.real("error", self.error, "a number >= 0")
        if error < 0:
            raise InvalidNetwork("error", self.error, "must be a number >= 0")
        object.__setattr__(self, "error", error)

    @classmethod
    def of(
        cls,
        function: Callable[..., Any],
        low: float | None = None,
        high: float | None = None,
        points: int | None = None,
        tolerance: float = tabulating.TOLERANCE,
        beyond: Any = None,
    ) -> "Tabulated":
        """Make a table of a Python function.

        Parameters
        ----------
        function : callable
            Takes an array of numbers (or, slower, one number) and returns as many finite numbers.
        low, high : float, optional
            The range; by default where the function has become constant or linear on either side.
        points : int, optional
            Number of points, at equal distances, joined as those of a measured curve; by default as many as the
            tolerance needs, closer where φ bends.
        tolerance : float
            Largest interpolation error, relative to the largest |φ| of the table.
        beyond : {"constant", "linear"}, or a pair of them, optional
            As of `Tabulated`; by default what the function does, where the range is found, else constant.

        Raises
        ------
        InvalidNetwork
            If it is no such function, no range is found, or it is not smooth.

        Examples
        --------
        >>> import numpy as np
        >>> import mftheory as mf
        >>> mf.Tabulated.of(np.arctan, -20, 20, points=401)
        Tabulated(401 points from -20 to 20, constant beyond; error 1.3e-06)
        >>> mf.Tabulated.of(lambda x: np.logaddexp(0, x)).beyond
        ('constant', 'linear')
        """
        if not callable(function):
            raise InvalidNetwork("function", function, tabulating.FORM)
        f = tabulating.elementwise(function)
        tolerance = checks.positive("tolerance", tolerance)
        if (low is None) != (high is None):
            raise InvalidNetwork("low, high", (low, high), "must be given both, or none of them")
        if low is None or high is None:
            least, most, linear = tabulating.settled_range(function, f)
        else:
            least, most = (
                checks.real(name, value, "a finite number") for name, value in (("low", low), ("high", high))
            )
            if not (math.isfinite(least) and math.isfinite(most) and least < most):
                raise InvalidNetwork("low, high", (least, most), "must be finite numbers, low < high")
            linear = (False, False)
        if beyond is None:
            beyond = tuple(CONTINUATIONS[side] for side in linear)
        if points is None:
            x, rate, error = tabulating.resolved(function, f, least, most, tolerance)
            degree = tabulating.DEGREE
        else:
            x, rate, error = tabulating.uniform(function, f, least, most, checks.integer("points", points, at_least=4))
            degree = None
        if low is None:
            error = max(error, tabulating.error_beyond(function, f, cls(x, rate, beyond, error, degree), least, most))
        return cls(x, rate, beyond, error, degree)

    @property
    def name(self) -> str:
        """The name of φ in print."""
        return f"table of {self.x.size} points"

    @cached_property
    def odd(self) -> bool:
        """True if the table is odd, to rounding, and goes on alike on both sides."""
        x, rate = self.x, self.rate
        shift = ODD_TO * np.abs(x).max()
        rounding = ODD_TO * np.abs(rate).max() + shift * np.abs(np.diff(rate) / np.diff(x)).max()
        alike = isinstance(self.beyond, str)
        return bool(alike and np.all(np.abs(x + x[::-1]) <= shift) and np.all(np.abs(rate + rate[::-1]) <= rounding))

    @property
    def slope_at_zero(self) -> float:
        """φ'(0); with a kink there, from the right."""
        return float(self.derivative(np.array(0.0)))

    @cached_property
    def bound(self) -> float:
        """The largest |φ|; infinite if φ goes on with a slope beyond the table."""
        if np.any(self.spline.coefficients[[0, -1], 1]):
            return math.inf
        return float(np.abs(self(self._trial_points())).max())

    @cached_property
    def spline(self) -> Spline:
        """The pieces of φ."""
        below, above = (self.beyond, self.beyond) if isinstance(self.beyond, str) else self.beyond
        linear = below == "linear", above == "linear"
        if self.degree is None:
            return cubic(self.x, self.rate, linear, self.odd)
        return pieces(self.x, self.rate, self.degree, linear, self.odd)

    def __call__(self, x: FloatArray) -> FloatArray:
        """Evaluate φ(x), of the shape and precision of x."""
        x = np.asarray(x)
        return np.asarray(self.spline.derivatives(x)[0], dtype=x.dtype if x.dtype.kind == "f" else np.float64)

    def derivatives(self, x: FloatArray) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Evaluate φ, φ' and φ'' at x, each of the shape of x; at a kink from the right, without δ-functions."""
        return self.spline.derivatives(x)

    def _trial_points(self) -> Float64Array:
        """Return points x, both signs of each, that show the shape of every piece."""
        inside = self.x[:-1, None] + np.diff(self.x)[:, None] * np.arange(8) / 8
        one_side = np.abs(np.concatenate([inside.ravel(), self.x[-1:], [0.0, 2.0 * self.x[0], 2.0 * self.x[-1]]]))
        one_side = np.unique(one_side)
        return np.concatenate([-one_side[::-1], one_side])

    def _halving_error(self) -> float:
        if self.x.size < 7 or self.degree is not None:
            return math.nan
        every_other = np.arange(self.x.size) % 2 == 0
        half = cubic(self.x[every_other], self.rate[every_other])
        inside = self.x <= half.knots[-1]
        return float(np.abs(half.derivatives(self.x[inside])[0] - self.rate[inside]).max())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tabulated) and all(
            np.array_equal(a, b) for a, b in zip(self._content, other._content, strict=True)
        )

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.x.tobytes(), self.rate.tobytes(), self.beyond, self.degree))

    @property
    def _content(self) -> tuple[Any, ...]:
        return self.x, self.rate, self.beyond, self.degree

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.x, self.rate, self.beyond, self.error, self.degree)

    def __repr__(self) -> str:
        beyond = f"{self.beyond} beyond" if isinstance(self.beyond, str) else "{} below, {} above".format(*self.beyond)
        known = f"error {self.error:.2g}" if math.isfinite(self.error) else "error unknown"
        return f"Tabulated({self.x.size} points from {self.x[0]:g} to {self.x[-1]:g}, {beyond}; {known})"


def checked(value: Any) -> Nonlinearity:
    """Return the nonlinearity itself, or of a function its table; raise InvalidNetwork for anything else."""
    if isinstance(value, Nonlinearity):
        return value
    if callable(value):
        return Tabulated.of(value)
    raise InvalidNetwork(
        "nonlinearity",
        value,
        "must be Erf(), Tanh(), Nonlinearity('a formula in x'), Tabulated(x, rate) or a function of an array",
    )


def _array(name: str, values: Any) -> NDArray[np.float64]:
    allowed = "a one-dimensional array of at least four finite numbers"
    array = checks.real_array(name, values, allowed) + 0.0  # -0.0 is 0.0
    if array.ndim != 1 or array.size < 4:
        raise InvalidNetwork(name, values, f"must be {allowed}")
    wrong = ~np.isfinite(array)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InvalidNetwork(f"{name}[{first}]", float(array[first]), "must be a finite number")
    array.setflags(write=False)
    return array


def _beyond(value: Any) -> Any:
    """Return how φ goes on: one word if it does so alike on both sides."""
    pair = (value, value) if isinstance(value, str) else value
    if not isinstance(pair, tuple | list) or len(pair) != 2 or any(way not in CONTINUATIONS for way in pair):
        raise InvalidNetwork("beyond", value, "must be 'constant' or 'linear', or a pair of them, below and above")
    return pair[0] if pair[0] == pair[1] else tuple(pair)


def _degree(value: Any, x: NDArray[np.float64]) -> int | None:
    if value is None:
        return None
    degree = checks.integer("degree", value, at_least=1)
    edges = x[::degree]
    if (x.size - 1) % degree or degree > 40:
        raise InvalidNetwork("degree", value, f"must be at most 40 and divide the number of intervals, {x.size - 1}")
    expected = np.concatenate([chebyshev_points(a, b, degree)[:-1] for a, b in pairwise(edges.tolist())])
    if not np.all(np.abs(x[:-1] - expected) <= 1e-9 * np.repeat(np.diff(edges), degree)):
        raise InvalidNetwork("degree", value, "is for points that are Chebyshev points, as Tabulated.of makes them")
    return degree
