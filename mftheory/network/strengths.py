"""Laws of the component strengths D of a random-mode network: named laws in their limit, and measured arrays.

A law answers three questions: its even moments r_n = ⟨Dⁿ⟩ (the theory's), its values at m modes (a sample's),
and PR_D = r2²/r4.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import _check


class StrengthLaw(Protocol):
    """A law of component strengths, unscaled."""

    def moment(self, order: int) -> float: ...

    def values(self, m: int) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Exponential:
    """D(u) = exp(-β u), u uniform on [0, 1]: PR_D = tanh(β)/β."""

    beta: float

    def moment(self, order: int) -> float:
        """⟨Dⁿ⟩ = (1 - e^{-nβ}) / (nβ)."""
        rate = order * self.beta
        return 1.0 if rate == 0 else -math.expm1(-rate) / rate

    def values(self, m: int) -> NDArray[np.float64]:
        """The law at the midpoints (a - ½)/m."""
        return np.exp(-self.beta * (np.arange(m) + 0.5) / m)

    @classmethod
    def with_participation_ratio(cls, pr: float) -> "Exponential":
        """The exponential law whose PR_D is `pr` in (0, 1]."""
        return cls(_beta_of_participation_ratio(pr))


@dataclass(frozen=True)
class Step:
    """D = 1 for a fraction of the modes, 0 for the rest: PR_D is that fraction."""

    fraction: float

    def moment(self, order: int) -> float:
        """⟨Dⁿ⟩ = the fraction, for every n >= 1."""
        return self.fraction

    def values(self, m: int) -> NDArray[np.float64]:
        """Ones, then zeros; at least one mode is kept."""
        return (np.arange(m) < max(1, round(self.fraction * m))).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Measured:
    """A measured spectrum: the law of the theory as it stands, resampled by quantiles at other sizes."""

    strengths: NDArray[np.float64]

    def moment(self, order: int) -> float:
        """⟨Dⁿ⟩ over the array as given."""
        return float(np.mean(self.strengths**order))

    def values(self, m: int) -> NDArray[np.float64]:
        """The array itself if it has m entries, otherwise quantiles of its law with ⟨D²⟩ and ⟨D⁴⟩ kept.

        Bare quantiles would lose (or double) the few large strengths that carry much of ⟨D⁴⟩, and with them the
        effective rank; so the largest of the sample is chosen to keep it.
        """
        if m == self.strengths.size:
            return self.strengths.copy()
        # Equal weights and no interpolation between atoms: the law is that of the array as it stands.
        descending = self._descending
        pr = self.moment(2) ** 2 / self.moment(4)
        resampled = descending[((np.arange(m) + 0.5) / m * descending.size).astype(int)]
        used = max(int(np.count_nonzero(resampled)), math.ceil(pr * m))
        positive = descending[descending > 0]
        d = np.zeros(m)
        d[:used] = positive[((np.arange(used) + 0.5) / used * positive.size).astype(int)]
        d[:used] = with_participation_ratio(d[:used], min(1.0, pr * m / used))
        return d * math.sqrt(self.moment(2) / float(np.mean(d**2)))

    @cached_property
    def _descending(self) -> NDArray[np.float64]:
        return np.sort(self.strengths)[::-1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Measured) and np.array_equal(self.strengths, other.strengths)

    def __hash__(self) -> int:
        return hash(self.strengths.tobytes())


def with_participation_ratio(d: NDArray[np.float64], pr: float) -> NDArray[np.float64]:
    """Descending strengths d > 0 with the largest chosen to give ⟨D²⟩²/⟨D⁴⟩ = pr, or all bent where it cannot."""
    # (s2 + y)² = ρ (s4 + y²) for y = d[0]², ρ = m pr; the larger root is the one on the outliers' side.
    s2, s4, rho = float(np.sum(d[1:] ** 2)), float(np.sum(d[1:] ** 4)), d.size * pr
    discriminant = s2**2 - (rho - 1) * (rho * s4 - s2**2)
    if d.size > 1 and rho > 1 and discriminant >= 0:
        y = (s2 + math.sqrt(discriminant)) / (rho - 1)
        if y >= d[1] ** 2:
            return np.append(math.sqrt(y), d[1:])
    return bent_to_participation_ratio(d, pr)


def bent_to_participation_ratio(d: NDArray[np.float64], pr: float) -> NDArray[np.float64]:
    """Dᵇ with the b that gives the participation ratio ⟨D²⟩²/⟨D⁴⟩ = pr; b is near 1 if little is to be mended."""
    from scipy.optimize import brentq

    log_d = np.log(d / d[0])

    def excess(log_b: float) -> float:
        square = np.exp(2 * math.exp(log_b) * log_d)
        return float(np.mean(square) ** 2 / np.mean(square**2)) - pr

    low, high = -20.0, 10.0
    if excess(low) <= 0:  # every mode is needed in full
        return np.ones_like(d)
    bend: float = brentq(excess, low, high, xtol=1e-14)
    return np.asarray(np.exp(math.exp(bend) * log_d))


def checked(value: object) -> StrengthLaw:
    """A named law as it is, an array as a measured law."""
    if isinstance(value, Exponential | Step | Measured):
        return value
    if isinstance(value, str):
        raise InvalidNetwork("strengths", value, "must be an array, or use RandomMode.exponential or RandomMode.step")
    return Measured(_check.strengths_array("strengths", value))  # type: ignore[arg-type]


def _beta_of_participation_ratio(pr: float) -> float:
    """Solve tanh(β)/β = pr for β >= 0 by Newton's method, started on the side from which it is monotone."""
    if pr >= 1:
        return 0.0
    # tanh(β)/β = pr is the fixed point β = tanh(β)/pr, which contracts from above since tanh is concave.
    beta = 1.0 / pr
    for _ in range(200):
        slope = 1.0 - math.tanh(beta) ** 2 - pr
        step = (math.tanh(beta) - pr * beta) / slope
        beta -= step
        if abs(step) <= 1e-15 * beta:
            break
    return beta
