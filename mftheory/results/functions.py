"""The functions of a theory, evaluated by a solver or from tables that were read."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.wording import one_of

Array = NDArray[np.float64]

OBSERVABLES = ("phi", "x")


class TwoPointFunctions(Protocol):
    """The two-point functions of a solution."""

    @property
    def g_eff(self) -> float: ...
    @property
    def gain(self) -> Any: ...
    @property
    def variance(self) -> Any: ...
    @property
    def decay(self) -> float: ...
    @property
    def highest_frequency(self) -> float: ...

    def covariance(self, observable: str, tau: ArrayLike) -> Array: ...
    def spectrum(self, observable: str, omega: ArrayLike) -> Array: ...
    def response(self, observable: str, omega: ArrayLike) -> NDArray[np.complex128]: ...


class FourPointFunctions(Protocol):
    """The four-point functions of a solution."""

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array: ...
    def dimension(self, observable: str) -> float: ...
    def dimension_error(self, observable: str, refined: Any) -> float: ...
    def formula_of(self, observable: str) -> Mapping[str, str]: ...


def checked_observable(observable: Any, allowed: tuple[str, ...] = OBSERVABLES) -> str:
    """Return the observable's name, or raise InvalidNetwork naming those that exist."""
    return one_of("observable", observable, allowed, quoted=True)


def real(argument: str, values: ArrayLike) -> Array:
    """Return an argument as an array of finite real numbers, or raise InvalidNetwork."""
    allowed = "must be finite real numbers"
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":  # no texts that read as numbers, no complex numbers
            raise TypeError
        array = array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise InvalidNetwork(argument, values, allowed) from None
    if not np.all(np.isfinite(array)):
        raise InvalidNetwork(argument, values, allowed)
    return array
