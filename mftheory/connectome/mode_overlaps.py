"""Overlaps ρ_a of the random modes from the measured overlaps of singular vectors, which mix modes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from mftheory.connectome import overlap_law
from mftheory.connectome.strength_inversion import ComponentStrengths, levels_of
from mftheory.errors import InvalidNetwork

Real = NDArray[np.float64]

MAX_OVERLAP = 0.98
"""Upper bound of |ρ|: at 1 the two patterns of a mode would be one."""

_MAX_ATOMS = 128
_KNOTS = 18  # of ρ and of ln D as functions of the rank of a mode, densest at the strongest
_ANGLES = (0.3, 1.0, np.pi)  # of ζ⁻², as in `strengths`
_MOMENT_WEIGHT = 30.0  # weight of the moments, far above the rest
_SMOOTHNESS_WEIGHT = 0.005  # of the second differences between knots
_PRIOR_WEIGHT = 0.02  # keeps ln D near that of independent modes where the data do not ask for more
_PASSES = 3  # resolved modes and the others are found in turn


@dataclass(frozen=True, eq=False)
class ModeOverlaps:
    """Strengths and overlaps of a random-mode network with measured singular values and diagonal overlaps.

    Attributes
    ----------
    strengths : array of shape (m,)
        D_a in units of the singular values, largest first; refitted, as overlaps change the singular values too.
    overlaps : array of shape (m,)
        ρ_a, one for each strength, from -0.98 to 0.98.
    n : int
        Number of neurons.
    residual : float
        Root mean square of what the law of the modes misses of the measured (s p, t p) (`overlap_law`), dimensionless;
        s p is of order 1. About 1/n for a sampled random-mode network.
    clipped : int
        Number of modes at the largest |ρ| allowed.
    """

    strengths: Real
    overlaps: Real
    n: int
    residual: float
    clipped: int

    @property
    def alpha(self) -> float:
        """Modes per neuron, m/n."""
        return self.strengths.size / self.n

    @property
    def effective_rank(self) -> float:
        """The effective rank α PR_D. [sv-pr] holds for independent modes: overlaps change PR_S at the same rank."""
        squares = np.square(self.strengths)
        return float(squares.sum() ** 2 / (self.n * np.sum(squares**2)))


def mode_overlaps(
    singular_values: ArrayLike, diagonal: ArrayLike, strengths: ComponentStrengths, reciprocity: float | None = None
) -> ModeOverlaps:
    """Find the overlaps of the modes whose mixtures are the measured singular vectors.

    Parameters
    ----------
    singular_values : array of shape (n,)
        σ_a, largest first.
    diagonal : array of shape (n,)
        u_aᵀ v_a, in the same order.
    strengths : ComponentStrengths
        Of the same singular values, from `component_strengths`.
    reciprocity : float, optional
        Σ_ij J_ij J_ji/Σ_ij J_ij² of the couplings. Independent pairs of patterns have Σ (D_a ρ_a)² = tr J². Couplings
        whose overlaps come from elsewhere (several modes that share a pattern, localised ones) would be given large ρ
        with which they had nearly symmetric couplings: with this number ρ has the couplings' own symmetry, the overlaps
        of the leading, resolved modes, and of the others as much as it leaves.

    Returns
    -------
    ModeOverlaps
        With Σ D_a ρ_a = Σ σ_a u_aᵀv_a = tr J, and Σ D_a² = Σσ² - (tr J)²/n, to rounding (as far as |ρ| < 0.98 allows).

    Raises
    ------
    InvalidNetwork
        If the arrays do not fit each other.

    Notes
    -----
    Assumes the modes' law, n ≫ 1, and that ρ depends on D alone (paired by rank). Singular vectors mix modes of like
    strength: at small effective rank u_aᵀ v_a is ρ_a, at 0.5 the ten strongest of 1,000 modes with ρ = 0.5, the others
    with none, show overlaps of 0.09 only, and at 0.9 all with ρ = 0.4 show 0.7. `overlap_law` gives this relation in
    full; resolved modes are solved for singly, the others by least squares in ρ(D) and in D.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import RandomMode
    >>> from mftheory.connectome import component_strengths, mode_overlaps
    >>> modes = RandomMode(RandomMode.exponential(1.0, 0.3).mode_strengths(400), overlaps=np.full(400, 0.3))
    >>> u, sigma, vt = np.linalg.svd(modes.sample(400, seed=0).dense())
    >>> found = mode_overlaps(sigma, np.sum(u * vt.T, axis=0), component_strengths(sigma))
    >>> bool(abs(np.median(found.overlaps[:100]) - 0.3) < 0.06)
    True
    """
    sigma, o = np.asarray(singular_values, dtype=np.float64), np.asarray(diagonal, dtype=np.float64)
    if sigma.ndim != 1 or sigma.shape != o.shape or sigma.size != strengths.n:
        raise InvalidNetwork("diagonal", o.shape, f"must have one overlap a singular value, {sigma.shape}")
    if not np.all(np.abs(o) <= 1 + 1e-9):
        raise InvalidNetwork("diagonal", o, "must be numbers from -1 to 1")
    if reciprocity is not None and not -1 - 1e-9 <= reciprocity <= 1 + 1e-9:
        raise InvalidNetwork("reciprocity", reciprocity, "must be a number from -1 to 1")
    return _Fit(sigma, o, strengths, reciprocity).solve()


class _Fit:
    """A fit in units in which Σσ² = n. Modes 0 … single - 1 are resolved, the others are a law."""

    def __init__(self, sigma: Real, diagonal: Real, strengths: ComponentStrengths, reciprocity: float | None) -> None:
        self.unit = float(np.sqrt(np.mean(sigma**2)))
        self.n, self.given = sigma.size, strengths
        self.sigma, self.diagonal = sigma / self.unit, diagonal
        self.trace = float(np.mean(self.sigma * diagonal))
        self.single, self.reciprocity = strengths.resolved, reciprocity
        d = strengths.values[strengths.values > 0] / self.unit
        self.d, self.rho = d, np.zeros(d.size)
        m = d.size - self.single
        self.chunks = np.array_split(np.arange(m), min(_MAX_ATOMS, m))
        self.law = d[self.single :].copy()
        self.rank = (np.arange(m) + 0.5) / max(m, 1)
        self.knots = np.linspace(0.0, 1.0, _KNOTS) ** 3

        lam = np.square(self.sigma[self.sigma > 0])
        levels = levels_of(lam)
        self.zeta = np.concatenate([np.sqrt(levels) * np.exp(0.5j * (2 * np.pi - a)) for a in _ANGLES])
        self.p, self.q = overlap_law.transforms(self.sigma, self.diagonal, self.zeta)
        plus, minus = 1 / (self.p + self.q), 1 / (self.p - self.q)
        self.s, self.t = 0.5 * (plus + minus) + self.zeta, 0.5 * (plus - minus)

    def solve(self) -> ModeOverlaps:
        x = np.zeros(2 * _KNOTS)
        residual = 0.0
        for _ in range(_PASSES):
            self._resolve()
            if self.law.size:
                fit = least_squares(self._misfit, x, method="trf", max_nfev=40)
                x = fit.x
                self._apply(x)
                residual = float(np.sqrt(np.mean(fit.fun[: 4 * self.zeta.size] ** 2) * self.zeta.size))
            if not self.single:
                break
        self._balance()
        strengths, overlaps = np.zeros((2, self.given.values.size))
        strengths[: self.d.size], overlaps[: self.d.size] = self.d * self.unit, self.rho
        order = np.argsort(-strengths, kind="stable")
        clipped = int(np.count_nonzero(np.abs(overlaps) >= MAX_OVERLAP))
        return ModeOverlaps(strengths[order], overlaps[order], self.n, residual, clipped)

    def _apply(self, x: Real) -> None:
        bend, angle = x[:_KNOTS], x[_KNOTS:]
        self.d[self.single :] = self.law * np.exp(np.interp(self.rank, self.knots, bend))
        self.rho[self.single :] = MAX_OVERLAP * np.tanh(np.interp(self.rank, self.knots, angle))

    def _atoms(self) -> tuple[Real, Real, Real]:
        """Return (D, ρ, modes per neuron): the resolved modes and some values that stand for the law of the others."""
        k = self.single
        d = np.array([np.sqrt(np.mean(self.d[k + c] ** 2)) for c in self.chunks if c.size])
        rho = np.array([np.mean(self.rho[k + c]) for c in self.chunks if c.size])
        weight = np.array([c.size for c in self.chunks if c.size], dtype=np.float64)
        return (
            np.concatenate([self.d[:k], d]),
            np.concatenate([self.rho[:k], rho]),
            np.concatenate([np.ones(k), weight]) / self.n,
        )

    def _misfit(self, x: Real) -> Real:
        self._apply(x)
        d, rho, weight = self._atoms()
        s, t = overlap_law.self_energies(d, rho, weight, self.p, self.q)
        s, t = (s - self.s) * self.p, (t - self.t) * self.p
        bend, angle = x[:_KNOTS], x[_KNOTS:]
        moments = [weight @ (d * rho) - self.trace, weight @ d**2 + self.trace**2 - 1.0]
        if self.reciprocity is not None:
            k = self.single
            least = float(np.sum(weight[:k] * (d[:k] * rho[:k]) ** 2))
            # tr J²/n, the resolved modes' part in any case; (Σ D ρ)²/n is that of products of two modes.
            moments.append(weight @ (d * rho) ** 2 - max(self.reciprocity - self.trace**2, least))
        return np.concatenate(
            [
                np.concatenate([s.real, s.imag, t.real, t.imag]) / np.sqrt(s.size),
                _MOMENT_WEIGHT * np.array(moments),
                _SMOOTHNESS_WEIGHT * np.diff(bend, 2),
                _SMOOTHNESS_WEIGHT * np.diff(angle, 2),
                _PRIOR_WEIGHT * bend / np.sqrt(_KNOTS),
            ]
        )

    def _resolve(self) -> None:
        """Find D and ρ of each mode that stands out, at the present values of the others."""
        # In the response of the others other resolved modes do not count: one mode is no mean field.
        k = self.single
        d, rho, weight = (values[k:] for values in self._atoms())
        share = (self.n - k) / self.n
        for a in range(k):
            zeta = np.array([self.sigma[a] * np.exp(0.025j)])  # blurs neighbours, as in `strengths`
            p, q = overlap_law.transforms(self.sigma[k:], self.diagonal[k:], zeta)
            p_others, q_others = float(p[0].real) * share, float(q[0].real) * share
            overlap = overlap_law.single_mode(d, rho, weight, float(self.diagonal[a]), p_others, q_others)
            self.rho[a] = np.clip(overlap, -MAX_OVERLAP, MAX_OVERLAP)
            self.d[a] = 1 / (1 / self.given.values[a] * self.unit - self.rho[a] * q_others)

    def _balance(self) -> None:
        """Impose Σ D² and Σ D ρ exactly: by a factor, and by shifting ρ where it is not at its bounds."""
        self.d *= np.sqrt((1 - self.trace**2) * self.n / np.sum(self.d**2))
        k = self.single if self.single < self.d.size else 0
        for _ in range(50):
            missing = self.trace * self.n - float(self.d @ self.rho)
            free = np.abs(self.rho[k:]) < MAX_OVERLAP
            if abs(missing) <= 1e-13 * self.n or not free.any():
                break
            shift = missing / np.sum(self.d[k:][free])
            self.rho[k:][free] = np.clip(self.rho[k:][free] + shift, -MAX_OVERLAP, MAX_OVERLAP)
