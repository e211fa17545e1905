"""Single-neuron nonlinearities φ, as plain data with the functions that a simulator and a solver need."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import expression as _expression
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.taylor import Taylor

FloatArray = NDArray[np.floating[Any]]
Float64Array = NDArray[np.float64]

# Where a formula is tried out: both signs, eight decades, and zero.
_TRIAL_POINTS = np.sort(np.concatenate([[0.0], np.geomspace(1e-6, 60.0, 400), np.linspace(0.05, 40.0, 800)]))


@checked_calls
@dataclass(frozen=True)
class Nonlinearity(NoArithmetic):
    """φ(x) given by a formula. Equal if the formulas are, whatever their spacing; hashable; plain data.

    Parameters
    ----------
    expression : str or SymPy expression
        A formula in x, made of numbers, pi, e, + - * / **, parentheses and abs, asinh, atan, clip, cos, cosh, erf,
        erfc, exp, expm1, log, log1p, maximum, minimum, sech, sigmoid, sign, sin, sinh, softplus, sqrt, tanh. It is read
        by this whitelist and never run as Python. A SymPy expression in one symbol is turned into such text.

    Attributes
    ----------
    expression : str
        The formula as read, in one spelling.

    Raises
    ------
    InvalidNetwork
        If the text is anything else, or its values are not finite real numbers.

    Notes
    -----
    Derivatives are those of the formula, carried through its evaluation (no differences, no SymPy). Where
    neurons have self-feedback the theory asks for an odd φ; Erf() and Tanh() are faster than the same spelt out.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory as mf
    >>> phi = mf.Nonlinearity("x / sqrt(1+x**2)")
    >>> phi, phi.odd, phi.slope_at_zero
    (Nonlinearity(expression='x / sqrt(1 + x ** 2)'), True, 1.0)
    >>> phi(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.7071])
    >>> mf.Nonlinearity("open('f')")
    Traceback (most recent call last):
    ...
    mftheory.errors.InvalidNetwork: nonlinearity = "open('f')": must be a formula in x made of numbers, pi, e, \
+ - * / **, parentheses and the functions abs, asinh, atan, clip, cos, cosh, erf, erfc, exp, expm1, log, log1p, \
maximum, minimum, sech, sigmoid, sign, sin, sinh, softplus, sqrt, tanh
    """

    _instead = "functions are not added or multiplied: write one formula, Nonlinearity('tanh(x) + x/2')"

    expression: str

    def __post_init__(self) -> None:
        text = _expression.normalised(self.expression)
        object.__setattr__(self, "expression", text)
        x = np.concatenate([_TRIAL_POINTS, -_TRIAL_POINTS])
        values = self(x)
        wrong = np.flatnonzero(~np.isfinite(values))
        if wrong.size:
            where = x[wrong[np.argmin(np.abs(x[wrong]))]]
            raise InvalidNetwork(
                "nonlinearity", text, f"must be a finite real number for every x (not so at x = {where:.3g})"
            )

    @property
    def name(self) -> str:
        """The name of φ in print."""
        return self.expression

    @property
    def odd(self) -> bool:
        """True if φ(-x) = -φ(x), to rounding error, at every x tried."""
        return _is_odd(self)

    @property
    def slope_at_zero(self) -> float:
        """φ'(0); with a kink there, from the right."""
        # Not at 0 itself, where abs(x) has no derivative and sqrt(x**2) divides by 0.
        slope = float(self.derivative(np.array(1e-30)))
        return slope if abs(slope) > 1e-20 else 0.0

    @property
    def steepest_at_zero(self) -> bool:
        """True if φ' >= 0 never rises with |x|, at every x tried: an odd φ then has at most one fluctuating state.

        Without noise, leaky units: g²⟨φ'(x) φ'(y)⟩ falls with the variance at every correlation of x and y, since
        φ'(√c0 z) falls with c0 for every z; so does the difference of energies that must vanish.
        """
        return _shape(self).steepest_at_zero

    @property
    def within_tangent(self) -> bool:
        """True if |φ(x)| <= |φ'(0) x| at every x tried: then no odd φ fluctuates where x = 0 is stable.

        For Gaussian x, ⟨φ²⟩ < φ'(0)² ⟨x²⟩: what a neuron sends back is less than what it received, whatever its filter.
        """
        return _shape(self).within_tangent

    @property
    def bound(self) -> float:
        """The largest |φ(x)| at every x tried up to ±1e7; infinite where the formula overflows."""
        return _shape(self).bound

    def _trial_points(self) -> Float64Array:
        """Return points x, ascending, both signs of each and zero twice, at which the shape of φ is tried."""
        return np.concatenate([-_TRIAL_POINTS[::-1], _TRIAL_POINTS])

    def __call__(self, x: FloatArray) -> FloatArray:
        """Evaluate φ(x), of the shape and precision of x."""
        x = np.asarray(x)
        with np.errstate(all="ignore"):
            values = _expression.evaluate(_expression.parse(self.expression), x)
        return np.asarray(np.broadcast_to(values, x.shape))

    def derivative(self, x: FloatArray) -> FloatArray:
        """Evaluate φ'(x)."""
        return self.derivatives(x)[1]

    def derivatives(self, x: FloatArray) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Evaluate φ, φ' and φ'' at x, each of the shape of x; at a kink from one side, without δ-functions."""
        x = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            series = _expression.evaluate(_expression.parse(self.expression), Taylor(x, 1.0, 0.0))
        parts = (series.value, series.first, series.second)
        value, first, second = (np.array(np.broadcast_to(part, x.shape), dtype=np.float64) for part in parts)
        return value, first, second


@checked_calls
@dataclass(frozen=True, init=False, repr=False)
class _BuiltIn(Nonlinearity):
    """A nonlinearity without parameters, odd and of slope 1, whose formula is coded by hand."""

    formula: ClassVar[str]

    def __init__(self) -> None:
        object.__setattr__(self, "expression", self.formula)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def name(self) -> str:
        """The class's name, in small letters."""
        return type(self).__name__.lower()

    @property
    def odd(self) -> bool:
        """True"""
        return True

    @property
    def slope_at_zero(self) -> float:
        """1"""
        return 1.0

    @property
    def steepest_at_zero(self) -> bool:
        """True"""
        return True

    @property
    def within_tangent(self) -> bool:
        """True"""
        return True

    @property
    def bound(self) -> float:
        """1"""
        return 1.0


@checked_calls
@dataclass(frozen=True, init=False, repr=False)
class Erf(_BuiltIn):
    """φ(x) = erf(√π x / 2): odd, φ'(0) = 1, saturating at ±1.

    Its Gaussian averages have closed forms, which is why the field (and this package) takes it as default.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf
    >>> float(Erf().derivative(np.array(0.0)))
    1.0
    """

    formula = "erf(sqrt(pi) * x / 2)"

    def __call__(self, x: FloatArray) -> FloatArray:
        """Evaluate φ(x)."""
        from scipy.special import erf  # imported on use: `import mftheory` loads NumPy at most

        return np.asarray(erf(0.5 * math.sqrt(math.pi) * np.asarray(x)))

    def derivative(self, x: FloatArray) -> FloatArray:
        """Evaluate φ'(x) = exp(-π x²/4)."""
        return np.asarray(np.exp(-0.25 * math.pi * np.square(x)))


@checked_calls
@dataclass(frozen=True, init=False, repr=False)
class Tanh(_BuiltIn):
    """φ(x) = tanh(x): odd, φ'(0) = 1, saturating at ±1.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Tanh
    >>> float(Tanh()(np.array(0.0)))
    0.0
    """

    formula = "tanh(x)"

    def __call__(self, x: FloatArray) -> FloatArray:
        """Evaluate φ(x)."""
        return np.asarray(np.tanh(x))

    def derivative(self, x: FloatArray) -> FloatArray:
        """Evaluate φ'(x) = 1/cosh²(x)."""
        # 1 - tanh² loses all digits in the tails; this form underflows to 0 instead.
        e = np.exp(-2.0 * np.abs(x))
        return np.asarray(4.0 * e / np.square(1.0 + e))


@lru_cache(maxsize=256)
def _is_odd(phi: Nonlinearity) -> bool:
    values, mirrored = phi(_TRIAL_POINTS), phi(-_TRIAL_POINTS)
    # Formulas whose terms cancel round at the size of the terms: that of φ up to there, and at least up to x = 1.
    size = np.maximum.accumulate(np.maximum(np.abs(values), np.abs(mirrored)))
    size = np.maximum(size, size[np.searchsorted(_TRIAL_POINTS, 1.0)])
    return bool(np.all(np.abs(values + mirrored) <= 2e-15 * size))


class _Shape(NamedTuple):
    """Properties of the shape of φ, as `Nonlinearity` gives them."""

    steepest_at_zero: bool
    within_tangent: bool
    bound: float


@lru_cache(maxsize=256)
def _shape(phi: Nonlinearity) -> _Shape:
    x = phi._trial_points()
    slope, tangent = phi.derivative(x), abs(phi.slope_at_zero)
    # A slope that a formula's cancellations spoil, by 1e-10 where (e^x - e^-x)/… is evaluated at 1e-6, still falls.
    rounding = 1e-9 * tangent
    with np.errstate(all="ignore"):
        outwards = np.diff(np.stack([slope[x >= 0], slope[x <= 0][::-1]]), axis=1)
        steepest = bool(np.all(slope >= -rounding) and np.all(outwards <= rounding))
        within = bool(np.all(np.abs(phi(x)) <= (tangent + rounding) * np.abs(x)))
        far = np.abs(phi(np.concatenate([x, *(side * np.geomspace(1e-6, 1e7, 2000) for side in (-1.0, 1.0))])))
    return _Shape(steepest, within, float(far.max()) if np.all(np.isfinite(far)) else math.inf)
