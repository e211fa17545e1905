"""Gains: neuron i sends G_i φ(x_i)."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import overlaps, per_neuron, strengths
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.distribution import Law, distribution_of, is_distribution
from mftheory.network.strengths import Exponential, Measured, Step, StrengthLaw


@checked_calls
@dataclass(frozen=True)
class Gains(NoArithmetic):
    """A law of single-neuron gains G_i >= 0, independent of the couplings (theory §2; [CMvML25]).

    Parameters
    ----------
    gains : array, number, named law or frozen distribution of `scipy.stats`
        An array is the law of the theory as it stands, with whatever ⟨G²⟩ it has; at another size it is resampled by
        quantiles. A number is the gain of all neurons. A distribution must have values >= 0 and a finite ⟨G⁴⟩.
    mean_square : float, optional
        If given, the gains are rescaled so that ⟨G²⟩ equals it.

    Raises
    ------
    InvalidNetwork
        If a gain is negative or not finite, none is given or all are 0, or mean_square is not above 0.

    Examples
    --------
    >>> import mftheory as mf
    >>> gains = mf.Gains.exponential(pr=0.5)
    >>> round(gains.participation_ratio, 12), round(gains.moment(2), 12)
    (0.5, 1.0)
    >>> mf.Gains([0.0, 2.0]).moment(2)
    2.0
    """

    _instead = "gains are not added or multiplied: give their array, Gains(values)"

    gains: Any
    mean_square: float = None  # type: ignore[assignment]
    _scale: float = field(init=False, repr=False, compare=False, default=1.0)

    def __post_init__(self) -> None:
        law = _law(self.gains)
        unscaled = law.moment(2)
        mean_square = unscaled if self.mean_square is None else checks.positive("mean_square", self.mean_square)
        object.__setattr__(self, "gains", law)
        object.__setattr__(self, "mean_square", mean_square)
        object.__setattr__(self, "_scale", math.sqrt(mean_square / unscaled))

    @classmethod
    def exponential(cls, pr: float) -> "Gains":
        """Make the law G_i ∝ exp(-β_G i/N) with ⟨G²⟩ = 1 and PR_G = tanh(β_G)/β_G = `pr`, above 0 and at most 1."""
        number = checks.positive("pr", pr)
        if number > 1:
            raise InvalidNetwork("pr", pr, "must be a number above 0 and at most 1")
        return cls(strengths.Exponential.with_participation_ratio(number), mean_square=1.0)

    def moment(self, order: int) -> float:
        """Return q_n = ⟨Gⁿ⟩."""
        return self._law.moment(order) * self._scale**order

    @property
    def participation_ratio(self) -> float:
        """PR_G = ⟨G²⟩²/⟨G⁴⟩."""
        return self._law.moment(2) ** 2 / self._law.moment(4)

    def values(self, n: int) -> NDArray[np.float64]:
        """Return G_i of n neurons: laws at the midpoints (i - ½)/n, largest first, arrays of another size by quantiles.

        An array of n entries is returned in its own order.
        """
        values = self._law.values(n) * self._scale
        return values[::-1] if isinstance(self._law, Law) else values

    def law(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, G) with ⟨f(G)⟩ = Σ w f(G): exact for arrays, Gauss–Legendre nodes for named laws."""
        if isinstance(self._law, Law):
            weights, gains = self._law.nodes()
            return weights, gains * self._scale
        weights, gains, _ = overlaps.law(self._law, None)
        return weights, gains * self._scale

    @property
    def array(self) -> NDArray[np.float64] | None:
        """One gain a neuron, as they were given; None of a law, or where all neurons have one."""
        law = self._law
        return law.strengths * self._scale if isinstance(law, Measured) and law.strengths.size > 1 else None

    @property
    def _law(self) -> StrengthLaw:
        law: StrengthLaw = self.gains
        return law


def checked(value: Any) -> Gains | None:
    """Return gains or None as they are, anything else as its own law."""
    return value if value is None or isinstance(value, Gains) else Gains(value)


def _law(value: Any) -> StrengthLaw:
    """Return the law of gains that was given; a number is an array of one."""
    if is_distribution(value):
        return per_neuron.RANGES["gains"].check_law("gains", distribution_of("gains", value), order=4)
    if not isinstance(value, Exponential | Step | Measured | str) and per_neuron.is_single(value):
        value = [checks.strength("gains", value)]
    return strengths.checked(value, "gains")
