"""Nonlinearities by their names in the field, as the formulas that they are."""

from typing import Any

from mftheory import checks
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.network.nonlinearity import Nonlinearity


@checked_call
def ReLU() -> Nonlinearity:
    """Return the rectifier φ(x) = max(x, 0).

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.ReLU()
    Nonlinearity(expression='maximum(x, 0)')
    """
    return Nonlinearity("maximum(x, 0)")


@checked_call
def Softplus() -> Nonlinearity:
    """Return φ(x) = ln(1 + eˣ), without overflow at any x.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory as mf
    >>> mf.Softplus()(np.array([-800.0, 0.0, 800.0])).round(3).tolist()
    [0.0, 0.693, 800.0]
    """
    return Nonlinearity("softplus(x)")


@checked_call
def Sigmoid() -> Nonlinearity:
    """Return the logistic function φ(x) = 1/(1 + e⁻ˣ), without overflow at any x.

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.Sigmoid().slope_at_zero
    0.25
    """
    return Nonlinearity("sigmoid(x)")


@checked_call
def ThresholdPower(exponent: Any) -> Nonlinearity:
    """Return φ(x) = max(x, 0)^p.

    Parameters
    ----------
    exponent : float
        p >= 1: below 1 the slope at the threshold is infinite. The theory takes whole numbers and fractions from 3.5
        up; it refuses those below, whose φ'' or φ''' is infinite at the threshold. All are simulated.

    Raises
    ------
    InvalidNetwork
        If p is anything else.

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.ThresholdPower(2)
    Nonlinearity(expression='maximum(x, 0) ** 2')
    """
    power = checks.positive("exponent", exponent)
    if power < 1:
        raise InvalidNetwork("exponent", exponent, "must be at least 1 (below, the slope at the threshold is infinite)")
    return Nonlinearity(f"maximum(x, 0) ** {int(power) if power == int(power) else power!r}")
