"""Ensembles of couplings J that are not made of modes (theory §2), and what every ensemble offers."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import memory
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.couplings import Couplings, Dense
from mftheory.network.given import Given
from mftheory.network.overlaps import amplitude
from mftheory.network.random_mode import RandomMode


class Connectivity(Protocol):
    """The interface of an ensemble of couplings."""

    @property
    def ensemble(self) -> str: ...

    @property
    def self_feedback(self) -> bool:
        """True if a neuron's past comes back to it through the others."""
        ...

    @property
    def g_eff(self) -> float: ...

    @property
    def parameters(self) -> dict[str, float]: ...

    def sample(self, n: int, seed: int) -> Couplings: ...


@checked_calls
@dataclass(frozen=True)
class IID(NoArithmetic):
    """Independent Gaussian couplings, ⟨J_ij⟩ = 0, ⟨J_ij²⟩ = g²/N (theory §2; [SCS88]).

    Parameters
    ----------
    g : float
        Coupling strength, dimensionless, above 0. The fluctuating state needs g > 1 for φ'(0) = 1.

    Raises
    ------
    InvalidNetwork
        If g is not a finite number above 0.

    Examples
    --------
    >>> from mftheory import IID
    >>> IID(3.0).g_eff
    3.0
    >>> IID(3.0).sample(100, seed=0).dense().shape
    (100, 100)
    """

    g: float

    ensemble = "iid"
    self_feedback = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", checks.strength("g", self.g))

    @property
    def g_eff(self) -> float:
        """Effective coupling strength: g itself."""
        return self.g

    @property
    def parameters(self) -> dict[str, float]:
        """Numbers that the theory of this ensemble depends on, by the names its formulas use."""
        return {"g": self.g}

    def sample(self, n: int, seed: int) -> Dense:
        """Draw one J of n neurons, self-couplings included."""
        n = checks.integer("n", n, at_least=2)
        seed = checks.integer("seed", seed, at_least=0)
        check_couplings(self, n)
        return Dense(np.random.default_rng(seed).standard_normal((n, n)) * (self.g / math.sqrt(n)))


@checked_calls
@dataclass(frozen=True)
class PartiallySymmetric(NoArithmetic):
    """Gaussian couplings with correlated reciprocal pairs, ⟨J_ij²⟩ = g²/N and ⟨J_ij J_ji⟩ = ϱ g²/N.

    theory §2; [MBO18].

    Parameters
    ----------
    g : float
        Coupling strength, dimensionless, above 0.
    symmetry : float
        ϱ, from -1 (antisymmetric) to 1 (symmetric).

    Raises
    ------
    InvalidNetwork
        If g is not a finite number above 0, or symmetry not a number from -1 to 1.

    Notes
    -----
    Neurons have self-feedback through the others, so that x is not Gaussian, and `mftheory.solve` samples a part of
    the solution.

    Examples
    --------
    >>> from mftheory import PartiallySymmetric
    >>> PartiallySymmetric(2.0, symmetry=-0.5).parameters
    {'g': 2.0, 'sigma': -2.0}
    """

    g: float
    symmetry: float

    ensemble = "partially-symmetric"
    self_feedback = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", checks.strength("g", self.g))
        object.__setattr__(self, "symmetry", amplitude("symmetry", self.symmetry))

    @property
    def g_eff(self) -> float:
        """Effective coupling strength: g itself."""
        return self.g

    @property
    def parameters(self) -> dict[str, float]:
        """Numbers that the theory of this ensemble depends on, by the names its formulas use."""
        return {"g": self.g, "sigma": self.symmetry * self.g**2}

    def sample(self, n: int, seed: int) -> Dense:
        """Draw one J of n neurons, √(g²-|σ|) X + √(|σ|/2) (Y ± Yᵀ); at symmetry 0 the one that `IID` draws."""
        n = checks.integer("n", n, at_least=2)
        seed = checks.integer("seed", seed, at_least=0)
        check_couplings(self, n)
        rng = np.random.default_rng(seed)
        scale = self.g / math.sqrt(n)
        J = rng.standard_normal((n, n)) * (scale * math.sqrt(1.0 - abs(self.symmetry)))
        if self.symmetry != 0:
            Y = rng.standard_normal((n, n)) * (scale * math.sqrt(0.5 * abs(self.symmetry)))
            J += Y + math.copysign(1.0, self.symmetry) * Y.T
        return Dense(J)


def check_couplings(connectivity: Connectivity, n: int) -> None:
    """Refuse to draw couplings of n neurons that do not fit into memory.

    Raises
    ------
    InvalidNetwork
    """
    if isinstance(connectivity, RandomMode):
        connectivity.check_fits(n)
    elif not isinstance(connectivity, Given):
        # A matrix and its multiple; with symmetry another one, and their sum.
        arrays = 4 if isinstance(connectivity, PartiallySymmetric) and connectivity.symmetry != 0 else 2
        memory.check("n", n, 8.0 * arrays * n * n, "drawing the couplings")


KINDS = (IID, PartiallySymmetric, RandomMode, Given)
"""Every kind of couplings that a network can have."""


def checked(value: Any) -> Connectivity:
    """Return the ensemble itself; raise InvalidNetwork, naming what is allowed, for anything else."""
    if not isinstance(value, KINDS):
        allowed = "must be an ensemble, IID(...), PartiallySymmetric(...) or RandomMode(...), or one J, Given(J)"
        raise InvalidNetwork("connectivity", value, allowed)
    return value
