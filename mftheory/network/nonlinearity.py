"""Single-neuron nonlinearities φ, as plain data with the functions a simulator needs."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork

FloatArray = NDArray[np.floating[Any]]


@runtime_checkable
class Nonlinearity(Protocol):
    """What every nonlinearity offers: its name, its parity, its unit-gain slope and its values."""

    @property
    def name(self) -> str: ...

    @property
    def odd(self) -> bool: ...

    @property
    def slope_at_zero(self) -> float: ...

    def __call__(self, x: FloatArray) -> FloatArray: ...

    def derivative(self, x: FloatArray) -> FloatArray: ...


@dataclass(frozen=True)
class Erf:
    """φ(x) = erf(√π x / 2): odd, φ'(0) = 1, saturating at ±1.

    Its Gaussian averages have closed forms, which is why the field (and this package) takes it as default.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf
    >>> float(Erf().derivative(np.array(0.0)))
    1.0
    """

    name: ClassVar[str] = "erf"
    odd: ClassVar[bool] = True
    slope_at_zero: ClassVar[float] = 1.0

    def __call__(self, x: FloatArray) -> FloatArray:
        from scipy.special import erf  # imported on use: `import mftheory` loads NumPy at most

        return np.asarray(erf(0.5 * math.sqrt(math.pi) * np.asarray(x)))

    def derivative(self, x: FloatArray) -> FloatArray:
        """φ'(x) = exp(-π x²/4)."""
        return np.asarray(np.exp(-0.25 * math.pi * np.square(x)))


@dataclass(frozen=True)
class Tanh:
    """φ(x) = tanh(x): odd, φ'(0) = 1, saturating at ±1.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Tanh
    >>> float(Tanh()(np.array(0.0)))
    0.0
    """

    name: ClassVar[str] = "tanh"
    odd: ClassVar[bool] = True
    slope_at_zero: ClassVar[float] = 1.0

    def __call__(self, x: FloatArray) -> FloatArray:
        return np.asarray(np.tanh(x))

    def derivative(self, x: FloatArray) -> FloatArray:
        """φ'(x) = 1/cosh²(x)."""
        # 1 - tanh² loses all digits in the tails; this form underflows to 0 instead.
        e = np.exp(-2.0 * np.abs(x))
        return np.asarray(4.0 * e / np.square(1.0 + e))


def checked(value: Any) -> Nonlinearity:
    """The nonlinearity itself, or InvalidNetwork naming what is allowed."""
    if isinstance(value, type) or not isinstance(value, Erf | Tanh):
        raise InvalidNetwork("nonlinearity", value, "must be Erf() or Tanh()")
    return value
