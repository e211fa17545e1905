"""Gaussian averages of neurons that differ, averaged over the neurons: of Φ_θ odd for every θ.

The potential of the two-point function and its curvature are sums over neurons, so they are the averages' excess and
curvature, averaged; the gain that belongs to them is the root of the mean squared gain. Neurons a F(b x) of the same F
and b, and neurons that are alike, are one kind: only ⟨a⟩, ⟨a²⟩ and ⟨a⁴⟩ of a kind enter (PR_G of gains comes from
here).
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import Unsupported
from mftheory.network import Heterogeneous, Nonlinearity
from mftheory.theory.stationary.gaussian.averages import Averages, ScaledAverages, averages

Array = NDArray[np.float64]

_PROBES = np.array([1e-3, 0.1, 0.3, 1.0, 3.0, 10.0, 40.0])


@dataclass
class NeuronKind:
    """Neurons a F(x) of one F: averages of F, and Σ w aⁿ over them.

    Attributes
    ----------
    unit : Averages
        Averages of F.
    first, second, fourth : float
        Σ w a, Σ w a², Σ w a⁴.
    """

    unit: Averages
    first: float = 0.0
    second: float = 0.0
    fourth: float = 0.0

    def add(self, weight: float, a: float) -> None:
        """Add one more neuron, of amplitude a."""
        self.first += weight * a
        self.second += weight * a**2
        self.fourth += weight * a**4


@dataclass(frozen=True)
class MixedAverages:
    """Averages over the neurons of a list, as of one nonlinearity (`Averages`).

    Attributes
    ----------
    kinds : tuple of NeuronKind
        Silent neurons, Φ = 0, belong to none.
    width : float
        The shortest width of the kinds.
    """

    kinds: tuple[NeuronKind, ...]
    width: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", min((kind.unit.width for kind in self.kinds), default=1.0))

    @classmethod
    def of(cls, neurons: Heterogeneous, step: float) -> "MixedAverages":
        """Return the averages of a list of neurons; `step` is that of `averages`.

        Raises
        ------
        Unsupported
            If some Φ_θ is not odd, jumps, or is not piecewise smooth.
        """
        kinds: dict[object, NeuronKind] = {}
        for weight, phi in zip(*neurons.distinct, strict=True):
            if not np.any(phi(np.concatenate([_PROBES, -_PROBES]))):
                continue
            if not phi.odd:
                raise Unsupported(
                    f"nonlinearity = {phi.expression!r}: not odd; neurons that differ are solved for odd Φ_θ only"
                )
            # J has no preferred sign, so neurons that send -Φ have the same law; only ⟨Φ'⟩ and C^{xΦ} change sign.
            sign = -1.0 if phi.slope_at_zero < 0 else 1.0
            unit = averages(phi if sign > 0 else Nonlinearity(f"-({phi.expression})"), step)
            key: object = phi
            if isinstance(unit, ScaledAverages):
                key, sign = (type(unit.unit), unit.b), sign * unit.a
                unit = replace(unit, a=1.0)
            kinds.setdefault(key, NeuronKind(unit)).add(float(weight), sign)
        return cls(tuple(kinds.values()))

    def gain(self, c0: float) -> float:
        """Return √⟨⟨Φ'⟩²⟩_θ."""
        return math.sqrt(sum(kind.second * kind.unit.gain(c0) ** 2 for kind in self.kinds))

    def mean_gain(self, c0: float) -> float:
        """Return ⟨⟨Φ'⟩⟩_θ."""
        return sum(kind.first * kind.unit.gain(c0) for kind in self.kinds)

    def excess(self, g: float, c0: float) -> float:
        """Return 2g² ⟨⟨Ψ²⟩ - ⟨Ψ⟩²⟩_θ/c0² - 1, Ψ' = Φ_θ."""
        total = math.fsum(kind.second * (kind.unit.excess(g, c0) + 1.0) for kind in self.kinds)
        return total - 1.0

    def curvature(self, c0: float, theta: Array) -> Array:
        """Return ⟨⟨Φ''(x) Φ''(y)⟩⟩_θ at covariance c0 sech θ, elementwise."""
        total = np.zeros(np.shape(theta))
        for kind in self.kinds:
            total += kind.second * kind.unit.curvature(c0, theta)
        return total
