"""Single-neuron dynamics: the linear filter H that turns a neuron's input into its preactivation x.

`T[x](t) = Σ_j J_ij φ_j(t) + σ ξ_i(t)` with `H = 1/T`; the default is the leaky unit, T = 1 + ∂_t, H(ω) = 1/(1 + iω)
(theory §0), or of another time constant τ, which may differ between neurons. Everything the theory needs of a filter is
H(ω); the simulator needs its state-space form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import per_neuron
from mftheory.network.per_neuron import PerNeuron
from mftheory.recorded_fields import ADDED_LATER

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


class Dynamics(Protocol):
    """The interface of a single neuron's dynamics."""

    @property
    def discrete(self) -> bool: ...

    @property
    def time_constant(self) -> float: ...

    @property
    def relaxation_time(self) -> float: ...

    def transfer(self, omega: ArrayLike) -> Complex: ...


@checked_calls
@dataclass(frozen=True, repr=False)
class Leaky:
    """The leaky unit (1 + τ ∂_t) x = input: H(ω) = 1/(1 + iωτ).

    Parameters
    ----------
    tau : float, array or distribution
        τ, from 1e-9 to 1e9, in the units in which times are given; by default 1, so that these are time constants. An
        array has one entry a neuron, a frozen distribution of `scipy.stats` is a law of them: see `Network`.

    Raises
    ------
    InvalidNetwork
        If a time constant is not above 0, or a law has values that are not.

    Examples
    --------
    >>> import mftheory as mf
    >>> complex(mf.Leaky().transfer(1.0))
    (0.5-0.5j)
    >>> complex(mf.Leaky(tau=0.5).transfer(2.0))
    (0.5-0.5j)
    >>> mf.Leaky(), mf.Leaky(tau=[1.0, 2.0])
    (Leaky(), Leaky(tau=[1.0, 2.0]))
    """

    tau: PerNeuron = field(default=1.0, metadata=ADDED_LATER)

    discrete: ClassVar[bool] = False
    numerator: ClassVar[tuple[float, ...]] = (1.0,)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tau", per_neuron.checked("tau", self.tau))

    def transfer(self, omega: ArrayLike) -> Complex:
        """Evaluate H(ω) = ∫ dτ e^{-iωτ} h(τ) of a unit with one time constant, of the shape of ω."""
        return np.asarray(1.0 / (1.0 + 1j * (self._one * np.asarray(omega, dtype=np.float64))))

    @property
    def denominator(self) -> tuple[float, ...]:
        """Coefficients of 1/H(ω) in powers of iω, of a unit with one time constant."""
        return (1.0, self._one)

    @property
    def poles(self) -> Complex:
        """Zeros of the denominator as a polynomial in ∂_t: the rate of the free decay, of one time constant."""
        return np.array([-1.0 / self._one + 0j])

    @property
    def time_constant(self) -> float:
        """The time constant, the largest one of an array; of a law, of the values that stand for it in averages."""
        return float(per_neuron.points("tau", self.tau)[1].max())

    @property
    def relaxation_time(self) -> float:
        """The time in which the slowest free neuron forgets, its time constant."""
        return self.time_constant

    @property
    def _one(self) -> float:
        if not isinstance(self.tau, float):
            raise InvalidNetwork(
                "tau", self.tau, "must be one number for this: Network.kinds have one time constant each"
            )
        return self.tau

    def __repr__(self) -> str:
        return "Leaky()" if self.tau == 1.0 else f"Leaky(tau={self.tau!r})"


MAX_RATE = 1e9
"""Largest rate, and inverse of the smallest, at which a filter forgets."""
MAX_COEFFICIENT = 1e60
"""Largest coefficient, and inverse of the smallest that is not 0: products of several still are numbers."""
MAX_COEFFICIENTS = 50
"""Largest number of coefficients of a polynomial: the zeros of a longer one could not be told apart."""


@checked_calls
@dataclass(frozen=True)
class Rational:
    """A filter with a rational transfer function, H(ω) = n(iω)/d(iω): d(∂_t) x = n(∂_t) input.

    Time is in whatever unit the coefficients are in.

    Parameters
    ----------
    numerator, denominator : sequences of float
        Coefficients of n and d, from the constant term up: ``denominator[k]`` belongs to (iω)^k. Trailing zeros are
        dropped. The filter must be strictly proper (n of lower degree than d) and stable (all zeros of d have a
        negative real part).

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a coefficient is not finite, or not 0 and beyond 1e-60 to 1e60 in size; if a zero of d
        is beyond 1e-9 to 1e9 in size; if the filter is not proper or not stable.

    Examples
    --------
    An alpha-function synapse, and a resonance at ω = 2:

    >>> import mftheory as mf
    >>> mf.Rational(numerator=[1.0], denominator=[1.0, 2.0, 1.0]).poles.real.round(6)
    array([-1., -1.])
    >>> resonance = mf.Rational(numerator=[4.0], denominator=[4.0, 0.4, 1.0])
    >>> round(abs(complex(resonance.transfer(2.0))), 12)
    5.0
    """

    numerator: tuple[float, ...]
    denominator: tuple[float, ...]

    discrete: ClassVar[bool] = False

    def __post_init__(self) -> None:
        numerator = _coefficients("numerator", self.numerator)
        denominator = _coefficients("denominator", self.denominator)
        object.__setattr__(self, "numerator", numerator)
        object.__setattr__(self, "denominator", denominator)
        if len(numerator) >= len(denominator):
            raise InvalidNetwork("numerator", self.numerator, "must be of lower degree than the denominator")
        # Routh-Hurwitz would not need the roots; with them the message can name the offender.
        size = np.abs(self.poles)
        if not np.all((size >= 1 / MAX_RATE) & (size <= MAX_RATE)):
            extremes = f"{size.min():.3g} to {size.max():.3g}"
            allowed = f"must have zeros from {1 / MAX_RATE:g} to {MAX_RATE:g} in size, not {extremes}"
            raise InvalidNetwork("denominator", denominator, allowed)
        worst = max(self.poles, key=lambda pole: float(pole.real))
        if not worst.real < 0:
            raise InvalidNetwork("denominator", denominator, f"must be stable; it has a zero at {worst:.3g}")

    def transfer(self, omega: ArrayLike) -> Complex:
        """Evaluate H(ω) = ∫ dτ e^{-iωτ} h(τ), of the shape of ω."""
        z = 1j * np.asarray(omega, dtype=np.float64)
        polyval = np.polynomial.polynomial.polyval
        return np.asarray(polyval(z, self.numerator) / polyval(z, self.denominator))

    @property
    def poles(self) -> Complex:
        """Zeros of the denominator as a polynomial in ∂_t: the rates of the filter's free decay."""
        return np.asarray(np.polynomial.polynomial.polyroots(self.denominator), dtype=np.complex128)

    @property
    def time_constant(self) -> float:
        """The time in which a free neuron changes: 1/|p| of the slowest pole p."""
        return 1.0 / float(np.abs(self.poles).min())

    @property
    def relaxation_time(self) -> float:
        """The time in which a free neuron forgets: 1/|Re p| at its largest."""
        return 1.0 / float(-self.poles.real.max())


@checked_calls
@dataclass(frozen=True)
class EulerMap:
    """Discrete time, x(n+1) = (1-δ) x(n) + δ input(n): H(ω) = δ/(e^{iω} - 1 + δ), ω in [-π, π].

    Time counts steps. As δ → 0 this is Euler's scheme for the leaky unit with a step of δ time constants.

    Parameters
    ----------
    delta : float
        δ, above 0 and below 2, where the filter is stable. δ = 1 keeps no memory: x(n+1) = input(n).

    Raises
    ------
    InvalidNetwork
        If delta is not a number above 0 and below 2.

    Examples
    --------
    >>> import mftheory as mf
    >>> complex(mf.EulerMap(0.5).transfer(0.0))
    (1+0j)
    """

    delta: float

    discrete: ClassVar[bool] = True

    def __post_init__(self) -> None:
        delta = checks.positive("delta", self.delta)
        if not delta < 2:
            raise InvalidNetwork("delta", self.delta, "must be a number above 0 and below 2")
        if not delta >= 1 / MAX_RATE:
            raise InvalidNetwork("delta", self.delta, f"must be at least {1 / MAX_RATE:g}")
        object.__setattr__(self, "delta", delta)

    def transfer(self, omega: ArrayLike) -> Complex:
        """Evaluate H(ω) = Σ_n e^{-iωn} h(n), of the shape of ω."""
        # e^{iω} - 1 by expm1, so that small ω and δ keep their digits.
        return np.asarray(self.delta / (np.expm1(1j * np.asarray(omega, dtype=np.float64)) + self.delta))

    @property
    def time_constant(self) -> float:
        """The time constant 1/δ of the leaky unit in steps, at least one."""
        return max(1.0, 1.0 / self.delta)

    @property
    def relaxation_time(self) -> float:
        """The time in which a free neuron forgets, in steps."""
        return max(1.0, 1.0 / min(self.delta, 2.0 - self.delta))


def checked(value: Any) -> Dynamics:
    """Return the dynamics itself; raise InvalidNetwork, naming what is allowed, for anything else."""
    if isinstance(value, type) or not isinstance(value, Leaky | Rational | EulerMap):
        raise InvalidNetwork("dynamics", value, "must be Leaky(), Rational(numerator, denominator) or EulerMap(delta)")
    return value


def _coefficients(argument: str, values: Any) -> tuple[float, ...]:
    allowed = "must be finite real coefficients, the constant term first, not all 0"
    array = np.atleast_1d(checks.real_array(argument, values, allowed.removeprefix("must be ")))
    if array.ndim != 1 or not np.all(np.isfinite(array)) or not np.any(array):
        raise InvalidNetwork(argument, values, allowed)
    if array.size > MAX_COEFFICIENTS:
        raise InvalidNetwork(argument, values, f"must be at most {MAX_COEFFICIENTS} coefficients")
    size = np.abs(array[array != 0])
    if size.min() < 1 / MAX_COEFFICIENT or size.max() > MAX_COEFFICIENT:
        allowed = f"must be coefficients from {1 / MAX_COEFFICIENT:g} to {MAX_COEFFICIENT:g} in size, or 0"
        raise InvalidNetwork(argument, values, allowed)
    return tuple(float(c) for c in np.trim_zeros(array, "b"))
