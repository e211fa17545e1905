"""Evaluation of φ on whole batches of states, at the precision of the state.

A library's erf would cost as much as the matrix product it accompanies (12 to 20 ns an element), so it is replaced by
rational minimax approximations that the compiler vectorises: 0.2 ns in single, 1 ns in double precision. Formulas are
evaluated by NumPy's vectorised functions in blocks that stay in the cache: nothing is compiled for them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network import Erf, Heterogeneous, Nonlinearity, Tabulated, Tanh
from mftheory.network.expression import evaluate, parse
from mftheory.network.spline import LARGEST, Spline
from mftheory.network.taylor import FUNCTIONS

BLOCK_ELEMENTS = 8192
"""Number of elements evaluated at a time: a few temporaries of this size fit into the second-level cache."""

CELLS_PER_KNOT = 16
"""Cells of the look-up in a table, for each of its points: few hold a point, so that the processor guesses right."""
MAX_CELLS = 1 << 16
"""Largest number of cells of the look-up in a table: half a megabyte."""

Activation = Callable[[NDArray[Any], NDArray[Any]], None]
"""Function that writes φ of the first array into the second."""

# erf(√π x/2) ≈ x P(x²)/Q(x²) on |x| <= 4.2, constant beyond, where 1 - erf is below 1.5e-7. Degrees (4, 5), fitted
# by Lawson's algorithm (least squares reweighted until the error equioscillates); largest error 1.3e-7 in exact
# arithmetic, 5e-7 in single precision. tests/simulation/test_nonlinearities.py checks it against scipy.
_LIMIT = np.float32(4.2)
_P = tuple(np.float32(c) for c in (9.99998949e-01, 2.01361350e-01, 3.48301509e-02, 3.21890765e-03, 9.31526127e-05))
_Q = tuple(np.float32(c) for c in (1.0, 4.63150089e-01, 9.44282281e-02, 1.08655475e-02, 7.23509503e-04, 4.96483515e-06))
_P0, _P1, _P2, _P3, _P4 = _P
_Q0, _Q1, _Q2, _Q3, _Q4, _Q5 = _Q

# The same in double precision on |x| <= 6.65, where 1 - erf is 8e-17. Degrees (11, 12), fitted in 60 digits: largest
# error 3.6e-16, and since all coefficients are positive nothing cancels. Seen: 1.4e-15, rounding included.
_LIMIT_DOUBLE = 6.65
_A0, _A1, _A2, _A3, _A4, _A5, _A6, _A7, _A8, _A9, _A10, _A11 = (
    0.99999999999999562849, 0.17856451953934642897, 0.039713267737647570652, 0.0038176866828384343294,
    0.0003508377078104623311, 0.000021179307316270450032, 1.0774766719700543588e-6, 4.1315390011289034019e-8,
    1.1929555341364310499e-9, 2.5569064173250485908e-11, 2.6729872365605742078e-13, 5.8369571955534216744e-16,
)  # fmt: skip
_B1, _B2, _B3, _B4, _B5, _B6, _B7, _B8, _B9, _B10, _B11, _B12 = (
    0.4403639073383907085, 0.093315241581612719487, 0.01261877323137789293, 0.0012163076629691187522,
    0.00008827384428457453114, 4.9563413470744796966e-6, 2.1699156996335909355e-7, 7.3210740332041997856e-9,
    1.8213059145779592435e-10, 3.0135581661661277216e-12, 1.6137577229402186132e-14, 9.5099687792223372094e-18,
)  # fmt: skip


def activation(nonlinearity: Nonlinearity | Heterogeneous, dtype: Any, axis: int = 0) -> Activation:
    """Return the function that fills an array with φ(x), the fastest for this nonlinearity and precision.

    Parameters
    ----------
    nonlinearity : Nonlinearity or Heterogeneous
        φ, or one for each neuron.
    dtype : float32 or float64
        Precision of the state. erf is approximated to 5e-7 in float32 and 1e-15 in float64, absolute; all else is as
        accurate as the precision allows.
    axis : {0, -1}
        Axis of the states along which neurons differ.

    Returns
    -------
    callable
        ``f(x, out)``, both C-contiguous and of the same shape.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf
    >>> from mftheory.simulation.nonlinearities import activation
    >>> x = np.linspace(-3, 3, 7, dtype=np.float32)
    >>> out = np.empty_like(x)
    >>> activation(Erf(), np.float32)(x, out)
    >>> bool(np.max(np.abs(out - Erf()(x))) < 1e-6)
    True
    """
    if isinstance(nonlinearity, Tanh):
        return _tanh
    if isinstance(nonlinearity, Erf):
        return _erf
    if isinstance(nonlinearity, Heterogeneous):
        numbers = {name: values.astype(dtype) for name, values in nonlinearity.parameters.items()}
        return FormulaOfEach(nonlinearity.nonlinearity, numbers, axis)
    if isinstance(nonlinearity, Tabulated):
        return Table.of(nonlinearity.spline)
    return Formula(nonlinearity.expression)


@dataclass(frozen=True)
class Formula:
    """A formula; called, it writes its values on the first array into the second."""

    expression: str

    def __call__(self, x: NDArray[Any], out: NDArray[Any]) -> None:
        tree = parse(self.expression)
        states, values = x.reshape(-1), out.reshape(-1)
        with np.errstate(all="ignore"):  # terms may overflow on the way to a finite value
            for start in range(0, states.size, BLOCK_ELEMENTS):
                block = slice(start, start + BLOCK_ELEMENTS)
                values[block] = evaluate(tree, states[block], _FAST)


@dataclass(frozen=True, eq=False)
class FormulaOfEach:
    """A formula whose parameters differ between neurons, which are along the first or the last axis of the states."""

    expression: str
    parameters: Mapping[str, NDArray[Any]]
    axis: int

    def __call__(self, x: NDArray[Any], out: NDArray[Any]) -> None:
        tree = parse(self.expression, frozenset(self.parameters))
        neurons = next(iter(self.parameters.values())).size
        along = self.axis == 0
        shape = (neurons, -1) if along else (-1, neurons)
        states, values = x.reshape(shape), out.reshape(shape)
        rows = max(1, BLOCK_ELEMENTS // states.shape[1])
        with np.errstate(all="ignore"):
            for start in range(0, states.shape[0], rows):
                block = slice(start, start + rows)
                numbers = {name: v[block, None] if along else v for name, v in self.parameters.items()}
                values[block] = evaluate(tree, states[block], _FAST, numbers)


@dataclass(frozen=True, eq=False)
class Table:
    """A spline; called, it writes its values on the first array into the second.

    Cells of equal length say between which pieces a number lies: of even tables mostly one.
    """

    spline: Spline
    first_pieces: NDArray[np.int64]  # of each cell
    cells_per_unit: float

    @classmethod
    def of(cls, spline: Spline) -> "Table":
        """Prepare the cells."""
        knots = spline.knots
        count = min(MAX_CELLS, CELLS_PER_KNOT * knots.size)
        cells_per_unit = count / float(knots[-1] - knots[0])
        edges = knots[0] + (np.arange(count + 1) - 1e-9) / cells_per_unit  # a rounding below: looking goes upwards
        pieces = np.maximum(1, np.searchsorted(knots, edges, side="right"))
        return cls(spline, pieces.astype(np.int64), cells_per_unit)

    def __call__(self, x: NDArray[Any], out: NDArray[Any]) -> None:
        s = self.spline
        _look_up(
            x.reshape(-1), out.reshape(-1), s.knots, s.origins, 1.0 / s.scales, s.coefficients, s.odd,
            self.first_pieces, self.cells_per_unit,
        )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _look_up(  # type: ignore[no-untyped-def]
    x, out, knots, origins, per_scale, coefficients, odd, first_pieces, cells_per_unit
):
    last, low, high, degree = knots.size, knots[0], knots[-1], coefficients.shape[1] - 1
    for i in range(x.size):
        v = abs(float(x[i])) if odd else float(x[i])
        if low <= v < high:
            piece = first_pieces[int((v - low) * cells_per_unit)]
            while v >= knots[piece]:
                piece += 1
        else:
            piece = 0 if v < low else last
        t = (v - origins[piece]) * per_scale[piece]
        if abs(t) > LARGEST:
            t = math.copysign(LARGEST, t)
        value = coefficients[piece, degree]
        for k in range(degree - 1, -1, -1):
            value = value * t + coefficients[piece, k]
        out[i] = math.copysign(1.0, x[i]) * value if odd else value


def _fast_erf(x: Any) -> Any:
    if getattr(x, "dtype", None) not in (np.float32, np.float64):
        return FUNCTIONS["erf"](x)
    out = np.empty_like(x)
    _erf(x * x.dtype.type(2.0 / math.sqrt(math.pi)), out)
    return out


_FAST = {**FUNCTIONS, "erf": _fast_erf}


def _tanh(x: NDArray[Any], out: NDArray[Any]) -> None:
    np.tanh(x, out=out)


def _erf(x: NDArray[Any], out: NDArray[Any]) -> None:
    rational = _erf_single if x.dtype == np.float32 else _erf_double
    rational(x.reshape(-1), out.reshape(-1))


@njit(cache=True, error_model="numpy")
def _erf_single(x: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    for i in range(x.size):
        v = min(max(x[i], -_LIMIT), _LIMIT)
        t = v * v
        numerator = _P0 + t * (_P1 + t * (_P2 + t * (_P3 + t * _P4)))
        denominator = _Q0 + t * (_Q1 + t * (_Q2 + t * (_Q3 + t * (_Q4 + t * _Q5))))
        out[i] = v * numerator / denominator


@njit(cache=True, error_model="numpy")
def _erf_double(x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(x.size):
        v = min(max(x[i], -_LIMIT_DOUBLE), _LIMIT_DOUBLE)
        t = v * v
        upper = _A6 + t * (_A7 + t * (_A8 + t * (_A9 + t * (_A10 + t * _A11))))
        numerator = _A0 + t * (_A1 + t * (_A2 + t * (_A3 + t * (_A4 + t * (_A5 + t * upper)))))
        lower = _B6 + t * (_B7 + t * (_B8 + t * (_B9 + t * (_B10 + t * (_B11 + t * _B12)))))
        denominator = 1.0 + t * (_B1 + t * (_B2 + t * (_B3 + t * (_B4 + t * (_B5 + t * lower)))))
        out[i] = v * numerator / denominator
