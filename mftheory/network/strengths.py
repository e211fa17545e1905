"""Laws of the component strengths D of a random-mode network, or of gains G: named laws in their limit, and arrays.

A law answers three questions: its moments r_n = ⟨Dⁿ⟩ (the theory's), its values at m modes (a sample's), and, if it is
a named one, D(u) at nodes for averages of any function of it.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.errors import InvalidNetwork

NODES_PER_PANEL = 64
"""Gauss–Legendre nodes a panel. At 64, averages of e^{-20u} and of a sigmoid of slope 16 are exact to 1e-14."""


class StrengthLaw(Protocol):
    """A law of component strengths, unscaled."""

    def moment(self, order: int) -> float: ...

    def values(self, m: int) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Exponential:
    """D(u) = exp(-β u), u uniform on [0, 1]: PR_D = tanh(β)/β."""

    beta: float

    def moment(self, order: int) -> float:
        """Return ⟨Dⁿ⟩ = (1 - e^{-nβ}) / (nβ)."""
        rate = order * self.beta
        return 1.0 if rate == 0 else -math.expm1(-rate) / rate

    def values(self, m: int) -> NDArray[np.float64]:
        """Evaluate the law at the midpoints (a - ½)/m."""
        return np.exp(-self.beta * (np.arange(m) + 0.5) / m)

    def at(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return D at positions u."""
        return np.asarray(np.exp(-self.beta * u))

    def nodes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, u) with ⟨f⟩ = Σ w f(u), accurate to rounding for smooth f."""
        # D falls by e^{-20} on a panel; after two of them it is zero to rounding.
        panel = 20.0 / max(self.beta, 20.0)
        return gauss_legendre(sorted({0.0, panel, min(2.0 * panel, 1.0), 1.0}))

    @classmethod
    def with_participation_ratio(cls, pr: float) -> "Exponential":
        """Return the exponential law whose PR_D is `pr` in (0, 1]."""
        return cls(_beta_of_participation_ratio(pr))


@dataclass(frozen=True)
class Step:
    """D = 1 for a fraction of the modes, 0 for the rest: PR_D is that fraction."""

    fraction: float

    def moment(self, order: int) -> float:
        """Return ⟨Dⁿ⟩ = the fraction, for every n >= 1."""
        return self.fraction

    def values(self, m: int) -> NDArray[np.float64]:
        """Return ones, then zeros; at least one mode has strength 1."""
        return (np.arange(m) < max(1, round(self.fraction * m))).astype(np.float64)

    def at(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return D at positions u."""
        return np.asarray(u < self.fraction, dtype=np.float64)

    def nodes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, u) with ⟨f⟩ = Σ w f(u), accurate to rounding for f smooth on either side of the step."""
        return gauss_legendre(sorted({0.0, self.fraction, 1.0}))


@dataclass(frozen=True, eq=False)
class Measured:
    """A measured spectrum: the law of the theory as it stands, resampled by quantiles at other sizes."""

    strengths: NDArray[np.float64]

    def moment(self, order: int) -> float:
        """Return ⟨Dⁿ⟩ over the array as given."""
        return float(np.mean(self.strengths**order))

    def values(self, m: int) -> NDArray[np.float64]:
        """Return the array itself if it has m entries, otherwise quantiles of its law with ⟨D²⟩ and ⟨D⁴⟩ kept.

        Bare quantiles would lose (or double) the few large strengths that carry much of ⟨D⁴⟩, and with them the
        effective rank; so the largest of the sample is chosen to keep it.
        """
        return self.resampled(m)[1]

    def resampled(
        self, m: int, then: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return (entries, D): D as `values`, and the entry of the array that each came from, -1 for added zeros.

        Parameters
        ----------
        m : int
            Number of values.
        then : array, optional
            Orders entries of equal strength, so that quantiles are quantiles of the pairs.
        """
        if m == self.strengths.size:
            return np.arange(m), self.strengths.copy()
        # Equal weights and no interpolation between atoms: the law is that of the array as it stands.
        order = np.lexsort((np.zeros(self.strengths.size) if then is None else then, self.strengths))[::-1]
        pr = self.moment(2) ** 2 / self.moment(4)
        plain = self.strengths[order[_quantiles(m, order.size)]]
        active = max(int(np.count_nonzero(plain)), min(m, math.ceil(pr * m)))  # rounding may put PR above 1
        positive = order[: int(np.count_nonzero(self.strengths))]
        entries = np.full(m, -1, dtype=np.intp)
        entries[:active] = positive[_quantiles(active, positive.size)]
        d = np.zeros(m)
        d[:active] = with_participation_ratio(self.strengths[entries[:active]], min(1.0, pr * m / active))
        return entries, d * math.sqrt(self.moment(2) / float(np.mean(d**2)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Measured) and np.array_equal(self.strengths, other.strengths)

    def __hash__(self) -> int:
        return hash(self.strengths.tobytes())

    def __repr__(self) -> str:
        d = self.strengths
        return f"Measured({d.tolist()})" if d.size <= 6 else f"Measured({d.size} from {d.min():.4g} to {d.max():.4g})"


def with_participation_ratio(d: NDArray[np.float64], pr: float) -> NDArray[np.float64]:
    """Choose the largest of descending strengths d > 0 so that ⟨D²⟩²/⟨D⁴⟩ = pr, or bend all where it cannot."""
    # (s2 + y)² = ρ (s4 + y²) for y = d[0]², ρ = m pr; the larger root is the one on the outliers' side.
    s2, s4, rho = float(np.sum(d[1:] ** 2)), float(np.sum(d[1:] ** 4)), d.size * pr
    if rho <= 1:  # a single mode is the closest
        return np.append(d[0], np.zeros(d.size - 1))
    discriminant = s2**2 - (rho - 1) * (rho * s4 - s2**2)
    if discriminant >= 0:
        y = (s2 + math.sqrt(discriminant)) / (rho - 1)
        if y >= d[1] ** 2:
            return np.append(math.sqrt(y), d[1:])
    return bent_to_participation_ratio(d, pr)


def bent_to_participation_ratio(d: NDArray[np.float64], pr: float) -> NDArray[np.float64]:
    """Return Dᵇ with the b that gives ⟨D²⟩²/⟨D⁴⟩ = pr; b is near 1 if little is to be mended."""
    from scipy.optimize import brentq

    log_d = np.log(d / d[0])

    def excess(log_b: float) -> float:
        square = np.exp(2 * math.exp(log_b) * log_d)
        return float(np.mean(square) ** 2 / np.mean(square**2)) - pr

    low, high = -20.0, 10.0
    if excess(low) <= 0:  # every mode is needed in full
        return np.ones_like(d)
    # Strengths equal to rounding cannot be spread: they stay equal.
    bend: float = high if excess(high) >= 0 else brentq(excess, low, high, xtol=1e-14)
    return np.asarray(np.exp(math.exp(bend) * log_d))


def checked(value: object, argument: str = "strengths") -> StrengthLaw:
    """Return a named law as it is, an array as a measured law."""
    if isinstance(value, Exponential | Step | Measured):
        return value
    if isinstance(value, str):
        named = {"strengths": "RandomMode.exponential or RandomMode.step", "gains": "Gains.exponential"}
        raise InvalidNetwork(argument, value, f"must be an array, or use {named[argument]}")
    return Measured(checks.nonnegative_array(argument, value))  # type: ignore[arg-type]


def gauss_legendre(edges: list[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights and nodes on consecutive panels, `NODES_PER_PANEL` a panel."""
    node, weight = _rule()
    weights = [0.5 * (b - a) * weight for a, b in pairwise(edges)]
    nodes = [0.5 * (a + b) + 0.5 * (b - a) * node for a, b in pairwise(edges)]
    return np.concatenate(weights), np.concatenate(nodes)


@lru_cache(maxsize=1)
def _rule() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.polynomial.legendre.leggauss(NODES_PER_PANEL)


def _quantiles(m: int, size: int) -> NDArray[np.intp]:
    """Return the positions of m midpoint quantiles among `size` ordered entries."""
    return ((np.arange(m) + 0.5) / m * size).astype(np.intp)


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
