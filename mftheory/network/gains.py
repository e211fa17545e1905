"""Gains: neuron i sends G_i φ(x_i)."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import overlaps, strengths
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.strengths import StrengthLaw


@checked_calls
@dataclass(frozen=True)
class Gains(NoArithmetic):
    """A law of single-neuron gains G_i >= 0, independent of the couplings (theory §2; [CMvML25]).

    Parameters
    ----------
    gains : array or a named law
        An array is the law of the theory as it stands, with whatever ⟨G²⟩ it has; at another size it is resampled by
        quantiles.
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
        law = strengths.checked(self.gains, "gains")
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
        """Return G_i of n neurons: laws at the midpoints (i - ½)/n, arrays of another size by quantiles."""
        return self._law.values(n) * self._scale

    def law(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, G) with ⟨f(G)⟩ = Σ w f(G): exact for arrays, Gauss–Legendre nodes for named laws."""
        weights, gains, _ = overlaps.law(self._law, None)
        return weights, gains * self._scale

    @property
    def _law(self) -> StrengthLaw:
        law: StrengthLaw = self.gains
        return law


def checked(value: Any) -> Gains | None:
    """Return gains or None as they are, and an array as its own law."""
    return value if value is None or isinstance(value, Gains) else Gains(value)
