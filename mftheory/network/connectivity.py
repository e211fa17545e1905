"""Ensembles of couplings J: what they are (THEORY.md §2), their parameters, and samples of them."""

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import _check, strengths
from mftheory.network.strengths import StrengthLaw


class Couplings(Protocol):
    """One sampled J, as an object that multiplies."""

    @property
    def n(self) -> int: ...

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]: ...

    def dense(self) -> NDArray[np.float64]: ...

    def astype(self, dtype: Any) -> "Couplings": ...


@dataclass(frozen=True, eq=False)
class Dense:
    """J as an n × n matrix."""

    matrix: NDArray[Any]

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.matrix.shape[0])

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.matrix @ activity)

    def dense(self) -> NDArray[np.float64]:
        """J itself, shape (n, n)."""
        return self.matrix

    def astype(self, dtype: Any) -> "Dense":
        """The same couplings at another precision."""
        return Dense(self.matrix.astype(dtype))


@dataclass(frozen=True, eq=False)
class Factored:
    """J = L Rᵀ with the strengths absorbed in L: two thin products, cheaper than J when 2m < n."""

    left: NDArray[Any]  # (n, m)
    right: NDArray[Any]  # (n, m)

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.left.shape[0])

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.left @ (self.right.T @ activity))

    def dense(self) -> NDArray[np.float64]:
        """J itself, shape (n, n)."""
        return np.asarray(self.left @ self.right.T)

    def astype(self, dtype: Any) -> "Factored":
        """The same couplings at another precision."""
        return Factored(self.left.astype(dtype), self.right.astype(dtype))


class Connectivity(Protocol):
    """What every ensemble of couplings offers."""

    @property
    def ensemble(self) -> str: ...

    @property
    def g_eff(self) -> float: ...

    @property
    def parameters(self) -> dict[str, float]: ...

    def sample(self, n: int, seed: int) -> Couplings: ...


@dataclass(frozen=True)
class IID:
    """Independent Gaussian couplings, ⟨J_ij⟩ = 0, ⟨J_ij²⟩ = g²/N (THEORY.md §2; [SCS88]).

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", _check.positive("g", self.g))

    @property
    def g_eff(self) -> float:
        """Effective coupling strength: g itself."""
        return self.g

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers that the theory of this ensemble depends on, by the names its formulas use."""
        return {"g": self.g}

    def sample(self, n: int, seed: int) -> Dense:
        """One J of n neurons, self-couplings included."""
        n = _check.integer("n", n, at_least=2)
        seed = _check.integer("seed", seed, at_least=0)
        return Dense(np.random.default_rng(seed).standard_normal((n, n)) * (self.g / math.sqrt(n)))


@dataclass(frozen=True)
class RandomMode:
    """J = Σ_a D_a l_a r_aᵀ with l_ia, r_ia ~ N(0, 1/N) independent, a = 1 … M = αN (THEORY.md §2; [CMvML25]).

    Parameters
    ----------
    strengths : array of shape (M,) or a named law
        Component strengths D_a >= 0. An array is the law of the theory as it stands; at another size it is
        resampled by quantiles.
    alpha : float
        Modes per neuron, M = round(αN), above 0.
    g_eff : float, optional
        If given, the strengths are rescaled so that √(α⟨D²⟩) equals it.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a strength is negative or not finite, none is given, or alpha or g_eff is not
        a finite number above 0.

    Examples
    --------
    >>> from mftheory import RandomMode
    >>> modes = RandomMode.exponential(g_eff=3.0, effective_rank=0.5)
    >>> round(modes.effective_rank, 12), round(modes.g_eff, 12)
    (0.5, 3.0)
    >>> RandomMode([1.0, 1.0, 0.0, 0.0], g_eff=2.0).effective_rank
    0.5
    """

    strengths: Any
    alpha: float = 1.0
    g_eff: float = None  # type: ignore[assignment]
    _scale: float = field(init=False, repr=False, compare=False, default=1.0)

    ensemble = "random-mode"

    def __post_init__(self) -> None:
        law = strengths.checked(self.strengths)
        alpha = _check.positive("alpha", self.alpha)
        unscaled = math.sqrt(alpha * law.moment(2))
        g_eff = unscaled if self.g_eff is None else _check.positive("g_eff", self.g_eff)
        object.__setattr__(self, "strengths", law)
        object.__setattr__(self, "alpha", alpha)
        object.__setattr__(self, "g_eff", g_eff)
        object.__setattr__(self, "_scale", g_eff / unscaled)

    @classmethod
    def exponential(cls, g_eff: float, effective_rank: float) -> "RandomMode":
        """Strengths D_a ∝ exp(-β a/M) of the given g_eff and effective rank α PR_D.

        Below 1 the effective rank is reached with α = 1; from 1 on with PR_D = 1 and α = effective_rank.
        """
        rank = _check.positive("effective_rank", effective_rank)
        law = strengths.Exponential.with_participation_ratio(min(rank, 1.0))
        return cls(law, alpha=max(rank, 1.0), g_eff=g_eff)

    @classmethod
    def step(cls, g_eff: float, effective_rank: float) -> "RandomMode":
        """Equal strengths on a fraction of the modes, of the given g_eff and effective rank α PR_D."""
        rank = _check.positive("effective_rank", effective_rank)
        return cls(strengths.Step(min(rank, 1.0)), alpha=max(rank, 1.0), g_eff=g_eff)

    def moment(self, order: int) -> float:
        """r_n = ⟨Dⁿ⟩ of the scaled strengths."""
        return self._law.moment(order) * self._scale**order

    @property
    def effective_rank(self) -> float:
        """α PR_D = α ⟨D²⟩²/⟨D⁴⟩, the dimensionless number of modes per neuron that carry the couplings."""
        return self.alpha * self._law.moment(2) ** 2 / self._law.moment(4)

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers that the theory of this ensemble depends on, by the names its formulas use."""
        return {"g_eff": self.g_eff, "kappa": 1.0 / self.effective_rank}

    def mode_strengths(self, n: int) -> NDArray[np.float64]:
        """D_a of a sample of n neurons, shape (round(αn),)."""
        n = _check.integer("n", n, at_least=2)
        m = round(self.alpha * n)
        if m < 1:
            raise InvalidNetwork("n", n, f"gives no mode at alpha = {self.alpha}: needs n >= 1/alpha")
        return self._law.values(m) * self._scale

    def sample(self, n: int, seed: int) -> Couplings:
        """One J of n neurons: factored when that multiplies faster, dense otherwise.

        Modes of zero strength are not drawn.
        """
        seed = _check.integer("seed", seed, at_least=0)
        d = self.mode_strengths(n)
        d = d[d > 0]
        rng = np.random.default_rng(seed)
        left = rng.standard_normal((n, d.size)) * (d / math.sqrt(n))
        right = rng.standard_normal((n, d.size)) / math.sqrt(n)
        factored = Factored(left, right)
        return factored if 2 * d.size < n else Dense(factored.dense())

    @property
    def _law(self) -> StrengthLaw:
        law: StrengthLaw = self.strengths
        return law


def checked(value: Any) -> Connectivity:
    """The ensemble itself, or InvalidNetwork naming what is allowed."""
    if isinstance(value, type) or not isinstance(value, IID | RandomMode):
        raise InvalidNetwork("connectivity", value, "must be an ensemble: IID(...) or RandomMode(...)")
    return value


__all__ = ["IID", "Connectivity", "Couplings", "Dense", "Factored", "RandomMode", "checked"]
