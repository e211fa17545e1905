"""Component strengths from singular values: the free-probability law, inverted for the whole spectrum."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from mftheory.connectome import free_probability, spectrum
from mftheory.errors import InvalidNetwork, NotConverged
from mftheory.network.strengths import bent_to_participation_ratio

Real = NDArray[np.float64]

_GRID_POINTS = 200  # values of D² on a logarithmic grid
_RADII = 60  # |u|, the inverses of quantiles of the measured λ
_ANGLES = (0.3, 1.0, np.pi)  # towards 0 the resolution in λ rises and so does the noise of a finite spectrum
_MOMENT_WEIGHT = 100.0  # weight of ⟨D²⟩ and ⟨D⁴⟩ in the fit, far above the rest: they alone enter the theory
_RESOLUTION_LIMIT = 1.0  # a mode is resolved if d ln D / d ln σ - 1, what its neighbours add, is below this
_NEIGHBOUR_WIDTH = 0.05  # relative width in λ over which its neighbours are smoothed
_SMOOTHNESS_WEIGHT = (
    0.2  # of the second difference of the density; makes the law of D continuous (10% in D), not spikes
)


@dataclass(frozen=True, eq=False)
class ComponentStrengths:
    """Component strengths of a random-mode network, D_a, fitted to a measured spectrum.

    Attributes
    ----------
    values : array of shape (m,)
        D_a ≥ 0 in units of the singular values, largest first, for a network of `n` neurons.
    n : int
        Number of neurons.
    effective_rank : float
        α PR_D, equal to the inverse of [sv-pr] at the measured PR_S.
    distance : float
        Kolmogorov distance between the measured singular values and the limit law of the network (both smoothed over
        2.5%). Of order 1/n if the spectrum is one of a random-mode network; if not, what no strengths can mend.
    resolved : int
        Number of leading strengths that belong each to the singular value of the same rank: those that stand out from
        the bulk. The others are quantiles of a law.
    """

    values: Real
    n: int
    effective_rank: float
    distance: float
    resolved: int = 0

    @property
    def alpha(self) -> float:
        """Modes per neuron, m/n."""
        return self.values.size / self.n


def component_strengths(singular_values: ArrayLike, alpha: float | None = None) -> ComponentStrengths:
    """Fit the strengths whose random-mode network has the measured singular values, as nearly as there is one.

    Parameters
    ----------
    singular_values : array of shape (n,)
        All singular values of J, zeros included, in any units.
    alpha : float, optional
        Modes per neuron. By default as many as the spectrum asks for, at least 1; modes in excess get strength 0
        (they change nothing). A value below what the spectrum asks for makes `distance` larger.

    Returns
    -------
    ComponentStrengths
        With α⟨D²⟩ = ⟨σ²⟩ and α PR_D from [sv-pr] to rounding; the rest of the law by least squares.

    Raises
    ------
    InvalidNetwork
        If the singular values are not finite, negative or all zero, or alpha is below the effective rank (at most one
        mode's worth of rank a mode).
    Unsupported
        If their PR_S is 1/2 or more: no random-mode network has such a spectrum.
    NotConverged
        If the least-squares problem is not solved.

    Notes
    -----
    Assumes independent Gaussian modes and n ≫ 1 ([CMvML25], Eq. 12–14 and App. C). Exact relation: with
    w = ψ_λ(u) measured, ψ_D((1 + w)² u) = w (`free_probability`), which is linear in the law of D². It is imposed on a
    contour around the positive half-line by non-negative least squares with a smoothness penalty, and ⟨D²⟩, ⟨D⁴⟩ with
    a large weight; D → c Dᵇ with b ≈ 1 then makes these two exact. Features of the law of D narrower than about 10%
    are smoothed; its small values are resolved least.

    A singular value that stands out from the others is one mode, seen through them: by the same relation
    D = σ/(1 + w(1/σ²)), w without the mode itself. Such modes are taken singly (`resolved`), as far down from the
    largest as neighbours do not blur them: d ln D/d ln σ < 2.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.connectome import component_strengths, singular_values
    >>> rng = np.random.default_rng(0)
    >>> n, m = 400, 200  # half of the modes, all of strength 1
    >>> j = rng.standard_normal((n, m)) @ rng.standard_normal((m, n)) / n
    >>> fit = component_strengths(singular_values(j))
    >>> print(f"{fit.effective_rank:.1f} {np.median(fit.values[:m]):.1f} {fit.alpha:.0f}")
    0.5 1.0 1
    """
    sigma = _checked(singular_values)
    n = sigma.size
    rank = spectrum.effective_rank(spectrum.participation_ratio(sigma))
    if alpha is not None and not (math.isfinite(alpha) and round(alpha * n) >= rank * n):
        raise InvalidNetwork("alpha", alpha, f"must be at least the effective rank of the spectrum, {rank:.6g}")
    mean = float(np.mean(sigma**2))
    lam = np.square(sigma) / mean
    total = None if alpha is None else round(alpha * n)
    fourth = n * (float(np.mean(lam**2)) - 2)  # Σ D⁴ where Σ D² = n: [sv-pr]
    single = _resolved(lam, fourth)
    left2, left4 = n - float(np.sum(single)), fourth - float(np.sum(single**2))
    if total is not None and total - single.size < left2**2 / left4:  # too few modes for what the others must carry
        single, left2, left4 = single[:0], float(n), fourth
    squares, density = _law_of_squares(lam, single, None if total is None else (total - single.size) / n)

    # Modes of strength above 0, never fewer than the effective rank needs.
    modes = max(round(float(density.sum()) * n), math.ceil(left2**2 / left4))
    total = max(n, modes + single.size) if total is None else total
    modes = min(modes, total - single.size)
    d = bent_to_participation_ratio(_quantiles(squares, density, modes), left2**2 / left4 / modes)
    d *= math.sqrt(left2 / np.sum(d**2))
    values = math.sqrt(mean) * np.concatenate([np.sqrt(single), d, np.zeros(total - modes - single.size)])
    values = np.sort(values)[::-1].copy()
    return ComponentStrengths(values, n, rank, free_probability.kolmogorov_distance(sigma, values), single.size)


def plain_strengths(singular_values: ArrayLike) -> ComponentStrengths:
    """Return the plain identification D_a = σ_a, α = 1, for comparison: right only for small effective rank.

    At small rank the modes are nearly orthogonal and each is a singular vector pair. At any other the effective rank
    comes out as PR_S rather than PR_S/(1 - 2 PR_S): too small.

    Examples
    --------
    >>> from mftheory.connectome import plain_strengths
    >>> plain_strengths([2.0, 2.0, 0.0, 0.0]).effective_rank
    0.5
    """
    sigma = _checked(singular_values)
    return ComponentStrengths(
        sigma,
        sigma.size,
        spectrum.participation_ratio(sigma),
        free_probability.kolmogorov_distance(sigma, sigma),
    )


def _checked(singular_values: ArrayLike) -> Real:
    sigma = np.asarray(singular_values, dtype=np.float64)
    if sigma.ndim != 1 or sigma.size < 2 or not np.all(np.isfinite(sigma)) or np.any(sigma < 0) or not sigma.any():
        raise InvalidNetwork(
            "singular_values", singular_values, "must be at least 2 finite numbers >= 0, not all 0, in one dimension"
        )
    return np.sort(sigma)[::-1].copy()


def _resolved(lam: Real, fourth: float) -> Real:
    """Return D² of the leading modes that stand out, for squared singular values of mean 1, largest first."""
    n = lam.size
    squares: list[float] = []
    for a in range(n // 10):
        # On the positive axis, blurred: a smoothed density of neighbours instead of their single poles.
        terms = np.delete(lam, a) * np.exp(1j * _NEIGHBOUR_WIDTH) / lam[a]
        w = float(np.sum(terms / (1 - terms)).real) / n
        slope = float(np.sum(np.abs(terms / (1 - terms) ** 2))) / n
        if w < 0 or not 2 * slope / (1 + w) < _RESOLUTION_LIMIT:
            break
        squares.append(lam[a] / (1 + w) ** 2)
    single = np.minimum.accumulate(np.array(squares))
    return single[np.cumsum(single**2) <= 0.9 * fourth]  # the others carry a share of ⟨D⁴⟩ too


def levels_of(lam: Real) -> Real:
    """Return the values of λ at which a law is compared with the measured λ > 0 (largest first)."""
    # Where the spectrum is: quantiles, by number and by share of Σσ⁴, so that both the bulk and the modes that carry
    # the couplings count (the lowest 2% would only fit the noise near 0). And beyond the largest.
    part = (np.arange(_RADII // 2) + 0.5) / (_RADII // 2)
    share = np.cumsum(np.square(lam)) / np.sum(np.square(lam))
    carrying = lam[np.minimum(np.searchsorted(share, part), lam.size - 1)]
    return np.concatenate([np.quantile(lam, 0.02 + 0.98 * part), carrying, np.geomspace(lam[0], 1.5 * lam[0], 10)])


def _law_of_squares(lam: Real, single: Real, alpha: float | None) -> tuple[Real, Real]:
    """Return values of D² and modes per neuron at each, for squared singular values of mean 1, beside known modes."""
    positive = lam[lam > 0]
    levels = levels_of(positive)
    u = np.concatenate([np.exp(1j * angle) / levels for angle in _ANGLES])
    w = free_probability.psi(positive, u, per=lam.size)
    v = (1 + w) ** 2 * u

    # Below 1/|v| the kernel is linear in D²: such modes cannot be told apart, nor from no mode at all.
    largest = min(positive[single.size], single[-1]) if single.size else positive[0]
    squares = np.geomspace(1 / np.abs(v).max(), largest, _GRID_POINTS)
    kernel = squares * v[:, None] / (1 - squares * v[:, None]) / math.sqrt(u.size)
    target = (w - free_probability.psi(single, v, per=lam.size)) / math.sqrt(u.size)
    fourth = np.mean(lam**2) - 2  # α⟨D⁴⟩ where α⟨D²⟩ = 1: [sv-pr]
    left2, left4 = 1 - np.sum(single) / lam.size, fourth - np.sum(single**2) / lam.size
    rows = [
        kernel.real,
        kernel.imag,
        _MOMENT_WEIGHT * squares[None],
        _MOMENT_WEIGHT * squares[None] ** 2 / fourth,
        _SMOOTHNESS_WEIGHT * np.diff(np.eye(_GRID_POINTS), 2, axis=0),
    ]
    right = [target.real, target.imag, _MOMENT_WEIGHT * np.array([left2, left4 / fourth]), np.zeros(_GRID_POINTS - 2)]
    if alpha is not None:  # strengths of zero make up the number of modes asked for
        rows = [np.hstack([block, np.zeros((len(block), 1))]) for block in rows]
        rows.append(np.full((1, _GRID_POINTS + 1), _MOMENT_WEIGHT))
        right.append(np.array([_MOMENT_WEIGHT * alpha]))
    try:
        density, _ = nnls(np.vstack(rows), np.concatenate(right), maxiter=50 * _GRID_POINTS)
    except RuntimeError:
        raise NotConverged("the law of the strengths: non-negative least squares ran out of iterations") from None
    return squares, density[:_GRID_POINTS]


def _quantiles(squares: Real, density: Real, count: int) -> Real:
    """Return D at the midpoints of `count` equal parts of the law, largest first; cells are flat in ln D."""
    half = 0.5 * math.log(squares[1] / squares[0])
    edges = np.append(np.log(squares) - half, math.log(squares[-1]) + half)
    cumulative = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    return np.exp(0.5 * np.interp((np.arange(count)[::-1] + 0.5) / count, cumulative, edges))
