"""Couplings as a sum of random modes: the component strengths, and the overlaps of each mode's two patterns."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import memory, overlaps, strengths
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.couplings import Couplings, Dense, Factored
from mftheory.network.strengths import StrengthLaw


@checked_calls
@dataclass(frozen=True)
class RandomMode(NoArithmetic):
    """J = Σ_a D_a l_a r_aᵀ with l_ia, r_ia ~ N(0, 1/N), a = 1 … M = αN (theory §2; [CMvML25]).

    The patterns of different modes are independent; l_ia and r_ia of one mode covary by ρ_a/N if overlaps are given.

    Parameters
    ----------
    strengths : array of shape (M,) or a named law
        Component strengths D_a >= 0. An array is the law of the theory as it stands; at another size it is
        resampled by quantiles.
    alpha : float
        Modes per neuron, M = round(αN), above 0.
    overlaps : array of shape (M,), optional
        ρ_a from -1 to 1, one for each strength, so that l_aᵀ r_a → ρ_a. At another size the pairs (D_a, ρ_a) are
        resampled by quantiles, in order of D and then ρ: ⟨D²⟩ and ⟨D⁴⟩ are kept; averages with ρ are kept as closely
        as ρ depends on D alone, and otherwise up to sampling, O(M^-½). For a law of overlaps see `exponential`.
    g_eff : float, optional
        If given, the strengths are rescaled so that √(α⟨D²⟩) equals it.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a strength is negative or not finite, none is given, alpha or g_eff is not
        a finite number above 0, or the overlaps are not as many numbers from -1 to 1.

    Notes
    -----
    With overlaps neurons have self-feedback, so that x is not Gaussian, and `mftheory.solve` samples a part of the
    solution. Positive overlaps of strong modes may put activity on single modes (condensed): `mftheory.solve` refuses
    that, `mftheory.simulate` does not.

    Examples
    --------
    >>> from mftheory import RandomMode
    >>> modes = RandomMode.exponential(g_eff=3.0, effective_rank=0.5)
    >>> round(modes.effective_rank, 12), round(modes.g_eff, 12)
    (0.5, 3.0)
    >>> RandomMode([1.0, 1.0, 0.0, 0.0], g_eff=2.0).effective_rank
    0.5
    >>> weight, D, rho = RandomMode.exponential(6.0, 0.8, overlap_amplitude=0.3).mode_law()
    >>> abs(float(weight @ (D * rho))) < 1e-12  # no self-couplings of order 1
    True
    """

    strengths: Any
    alpha: float = 1.0
    overlaps: Any = None
    g_eff: float = None  # type: ignore[assignment]
    _scale: float = field(init=False, repr=False, compare=False, default=1.0)

    def __post_init__(self) -> None:
        law = strengths.checked(self.strengths)
        if self.overlaps is not None:
            object.__setattr__(self, "overlaps", overlaps.checked(self.overlaps, law))
        alpha = checks.positive("alpha", self.alpha)
        unscaled = math.sqrt(alpha * law.moment(2))
        g_eff = unscaled if self.g_eff is None else checks.strength("g_eff", self.g_eff)
        object.__setattr__(self, "strengths", law)
        object.__setattr__(self, "alpha", alpha)
        object.__setattr__(self, "g_eff", g_eff)
        object.__setattr__(self, "_scale", g_eff / unscaled)

    @classmethod
    def exponential(cls, g_eff: float, effective_rank: float, overlap_amplitude: float = 0.0) -> "RandomMode":
        """Make modes with strengths D_a ∝ exp(-β a/M), of the given g_eff and effective rank α PR_D.

        Below 1 the effective rank is reached with α = 1; from 1 on with PR_D = 1 and α = effective_rank. An overlap
        amplitude γ, from -1 to 1 and not 0, gives overlaps ρ_a = γ (1 - 2/(1 + exp(-16 (a/M - u_flip)))) with the
        u_flip for which ⟨Dρ⟩ = 0.
        """
        rank = checks.positive("effective_rank", effective_rank)
        law = strengths.Exponential.with_participation_ratio(min(rank, 1.0))
        gamma = overlaps.amplitude("overlap_amplitude", overlap_amplitude)
        sigmoid = overlaps.Sigmoid.balanced(law, gamma) if gamma != 0 else None
        return cls(law, alpha=max(rank, 1.0), overlaps=sigmoid, g_eff=checks.strength("g_eff", g_eff))

    @classmethod
    def step(cls, g_eff: float, effective_rank: float) -> "RandomMode":
        """Make modes of equal strengths on a fraction of the modes, of the given g_eff and effective rank α PR_D."""
        rank = checks.positive("effective_rank", effective_rank)
        return cls(strengths.Step(min(rank, 1.0)), alpha=max(rank, 1.0), g_eff=checks.strength("g_eff", g_eff))

    @property
    def ensemble(self) -> str:
        """Name of the ensemble, the key of its derivation and of its kernels."""
        return "random-mode" if self.overlaps is None else "random-mode-overlaps"

    @property
    def self_feedback(self) -> bool:
        """True with overlaps: a neuron's past then comes back to it through the others."""
        return self.overlaps is not None

    def moment(self, order: int) -> float:
        """Return r_n = ⟨Dⁿ⟩ of the scaled strengths."""
        return self._law.moment(order) * self._scale**order

    @property
    def effective_rank(self) -> float:
        """α PR_D = α ⟨D²⟩²/⟨D⁴⟩, the dimensionless number of modes per neuron that carry the couplings."""
        return self.alpha * self._law.moment(2) ** 2 / self._law.moment(4)

    @property
    def parameters(self) -> dict[str, float]:
        """Numbers that the theory of this ensemble depends on, by the names its formulas use."""
        return {"g_eff": self.g_eff, "kappa": 1.0 / self.effective_rank}

    def mode_law(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, D, ρ), with ⟨f(D, ρ)⟩ = Σ w f(D, ρ) in the theory; ρ is zero without overlaps.

        Arrays are represented exactly, named laws by Gauss–Legendre nodes, to rounding for smooth f.
        """
        weight, d, rho = overlaps.law(self._law, self.overlaps)
        return weight, d * self._scale, rho

    def mode_strengths(self, n: int) -> NDArray[np.float64]:
        """Return D_a of a sample of n neurons, shape (round(αn),)."""
        return self._modes(n)[0]

    def mode_overlaps(self, n: int) -> NDArray[np.float64]:
        """Return ρ_a of a sample of n neurons, in the order of `mode_strengths`; zero without overlaps."""
        return self._modes(n)[1]

    def sample(self, n: int, seed: int) -> Couplings:
        """Draw one J of n neurons: factored when that multiplies faster, dense otherwise.

        Modes of zero strength are not drawn.
        """
        seed = checks.integer("seed", seed, at_least=0)
        self.check_fits(n)
        d, rho = self._modes(n)
        d, rho = d[d > 0], rho[d > 0]
        rng = np.random.default_rng(seed)
        left = rng.standard_normal((n, d.size))
        right = rng.standard_normal((n, d.size))
        if self.overlaps is not None:
            right = rho * left + np.sqrt((1.0 - rho) * (1.0 + rho)) * right
        factored = Factored(left * (d / math.sqrt(n)), right / math.sqrt(n))
        return factored if 2 * d.size < n else Dense(factored.dense())

    def check_fits(self, n: int) -> None:
        """Refuse a sample of n neurons that does not fit into memory.

        Raises
        ------
        InvalidNetwork
        """
        n = checks.integer("n", n, at_least=2)
        memory.check("n", n, 32.0 * (self.alpha * n), "the strengths of the modes")
        if round(self.alpha * n) < 1:
            return
        m = int(np.count_nonzero(self._modes(n)[0]))
        # Two patterns a mode, drawn and scaled; then perhaps the matrix.
        need = 8.0 * n * (4 * m if 2 * m < n else max(4 * m, 2 * m + n))
        memory.check("n", n, need, "drawing the couplings")

    def _modes(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        n = checks.integer("n", n, at_least=2)
        m = round(self.alpha * n)
        if m < 1:
            raise InvalidNetwork("n", n, f"gives no mode at alpha = {self.alpha}: needs n >= 1/alpha")
        d, rho = overlaps.sampled(self._law, self.overlaps, m)
        return d * self._scale, rho

    @property
    def _law(self) -> StrengthLaw:
        law: StrengthLaw = self.strengths
        return law
