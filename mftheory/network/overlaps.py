"""Laws of the overlaps ρ_a between the two patterns of a mode, joint with laws of strengths (theory §2; [50])."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.errors import InvalidNetwork
from mftheory.network.strengths import Exponential, Measured, Step, StrengthLaw

STEEPNESS = 16.0
"""β_ρ of the sigmoidal law, as in the literature's figures."""


@dataclass(frozen=True)
class Sigmoid:
    """ρ(u) = γ (1 - 2/(1 + exp(-β_ρ (u - u_flip)))): γ for the strongest modes, -γ for the weakest.

    Attributes
    ----------
    amplitude : float
        γ, from -1 to 1.
    flip : float
        u_flip, where the sign changes, on the axis u in [0, 1] of the modes in order of their strength.
    steepness : float
        β_ρ.
    """

    amplitude: float
    flip: float
    steepness: float = STEEPNESS

    def at(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ρ at positions u."""
        # 1 - 2/(1 + e^{-z}) = -tanh(z/2), which cannot overflow.
        return np.asarray(-self.amplitude * np.tanh(0.5 * self.steepness * (u - self.flip)))

    @classmethod
    def balanced(cls, strengths: Exponential | Step, amplitude: float) -> "Sigmoid":
        """Choose u_flip so that ⟨Dρ⟩ = 0: no neuron then couples to itself by more than O(1/√N)."""
        from scipy.optimize import brentq

        weight, u = strengths.nodes()
        d = strengths.at(u)

        def mean(flip: float) -> float:
            return float(weight @ (d * cls(1.0, flip).at(u)))

        flip: float = brentq(mean, 0.0, 1.0, xtol=1e-15, rtol=1e-15)
        return cls(amplitude, flip)


@dataclass(frozen=True, eq=False)
class MeasuredOverlaps:
    """The overlaps that belong to a measured array of strengths, entry by entry."""

    values: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeasuredOverlaps) and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash(self.values.tobytes())

    def __repr__(self) -> str:
        r, name = self.values, type(self).__name__
        return f"{name}({r.tolist()})" if r.size <= 6 else f"{name}({r.size} from {r.min():.4g} to {r.max():.4g})"


OverlapLaw = Sigmoid | MeasuredOverlaps


def amplitude(argument: str, value: Any) -> float:
    """Check a correlation: a number from -1 to 1."""
    number = checks.real(argument, value, "a number from -1 to 1")
    if not abs(number) <= 1:  # also refuses NaN
        raise InvalidNetwork(argument, value, "must be a number from -1 to 1")
    return number


def checked(value: Any, strengths: StrengthLaw) -> OverlapLaw:
    """Return a named law as it is, an array as measured overlaps; either must fit the law of the strengths."""
    if isinstance(value, Sigmoid):
        if isinstance(strengths, Measured):
            raise InvalidNetwork("overlaps", value, "must be an array, as the strengths are one")
        amplitude("overlaps.amplitude", value.amplitude)
        return value
    if isinstance(value, MeasuredOverlaps):
        value = value.values
    if not isinstance(strengths, Measured):
        raise InvalidNetwork(
            "overlaps", value, "with strengths of a named law, use RandomMode.exponential(..., overlap_amplitude=...)"
        )
    size = strengths.strengths.size
    allowed = f"must be an array of {size} numbers from -1 to 1, one for each strength"
    array = checks.real_array("overlaps", value, allowed.removeprefix("must be "))
    if array.shape != (size,):
        raise InvalidNetwork("overlaps", value, allowed)
    wrong = ~(np.abs(array) <= 1)  # also refuses NaN
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InvalidNetwork(f"overlaps[{first}]", float(array[first]), "must be a number from -1 to 1")
    array.setflags(write=False)
    return MeasuredOverlaps(array)


def sampled(
    strengths: StrengthLaw, overlaps: OverlapLaw | None, m: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (D_a, ρ_a) of m modes, shapes (m,): laws at the midpoints (a - ½)/m, arrays by quantiles of the pairs."""
    if overlaps is None:
        return strengths.values(m), np.zeros(m)
    if isinstance(overlaps, Sigmoid):
        return strengths.values(m), overlaps.at((np.arange(m) + 0.5) / m)
    assert isinstance(strengths, Measured)
    entries, d = strengths.resampled(m, overlaps.values)
    return d, np.where(entries < 0, 0.0, overlaps.values[entries])


def law(
    strengths: StrengthLaw, overlaps: OverlapLaw | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (w, D, ρ) with ⟨f(D, ρ)⟩ = Σ w f: exact for arrays, Gauss–Legendre nodes in u for named laws."""
    if isinstance(strengths, Measured):
        d = strengths.strengths
        rho = overlaps.values if isinstance(overlaps, MeasuredOverlaps) else np.zeros(d.size)
        return np.full(d.size, 1.0 / d.size), d, rho
    assert isinstance(strengths, Exponential | Step)
    weight, u = strengths.nodes()
    rho = overlaps.at(u) if isinstance(overlaps, Sigmoid) else np.zeros(u.size)
    return weight, strengths.at(u), rho
