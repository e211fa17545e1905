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

_GRID = 200  # values of D² on a logarithmic grid
_RADII = 60  # |u|, the inverses of quantiles of the measured λ
_ANGLES = (0.3, 1.0, np.pi)  # towards 0 the resolution in λ rises and so does the noise of a finite spectrum
_EXACT = 100.0  # weight of ⟨D²⟩ and ⟨D⁴⟩ in the fit, far above the rest: they alone enter the theory
_SMOOTHING = 0.2  # of the second difference of the density; makes the law of D continuous (10% in D), not spikes


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
    """

    values: Real
    n: int
    effective_rank: float
    distance: float

    @property
    def alpha(self) -> float:
        """Modes per neuron, m/n."""
        return self.values.size / self.n


def component_strengths(singular_values: ArrayLike, alpha: float | None = None) -> ComponentStrengths:
    """Strengths whose random-mode network has the measured singular values, as nearly as there is one.

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
    squares, density = _law_of_squares(np.square(sigma) / mean, alpha)

    # Modes of strength above 0, never fewer than the effective rank needs.
    modes = max(round(float(density.sum()) * n), math.ceil(rank * n))
    total = max(n, modes) if alpha is None else round(alpha * n)
    modes = min(modes, total)
    d = bent_to_participation_ratio(_quantiles(squares, density, modes), rank * n / modes)
    d *= math.sqrt(mean * n / np.sum(d**2))
    values = np.concatenate([d, np.zeros(total - modes)])
    return ComponentStrengths(values, n, rank, free_probability.kolmogorov_distance(sigma, values))


def plain_strengths(singular_values: ArrayLike) -> ComponentStrengths:
    """The plain identification D_a = σ_a, α = 1, for comparison: right only for small effective rank.

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


def _law_of_squares(lam: Real, alpha: float | None) -> tuple[Real, Real]:
    """Values of D² and modes per neuron at each, for squared singular values of mean 1."""
    positive = lam[lam > 0]
    # Test points where the spectrum is (quantiles; the lowest 2% would only fit the noise near 0), and at outliers.
    levels = np.quantile(positive, 0.02 + 0.98 * (np.arange(_RADII) + 0.5) / _RADII)
    levels = np.concatenate([levels, np.geomspace(levels[-1], 1.5 * positive[0], 10)])
    u = np.concatenate([np.exp(1j * angle) / levels for angle in _ANGLES])
    w = free_probability.psi(positive, u, per=lam.size)
    v = (1 + w) ** 2 * u

    # Below 1/|v| the kernel is linear in D²: such modes cannot be told apart, nor from no mode at all.
    squares = np.geomspace(1 / np.abs(v).max(), positive[0], _GRID)
    kernel = squares * v[:, None] / (1 - squares * v[:, None]) / math.sqrt(u.size)
    target = w / math.sqrt(u.size)
    fourth = np.mean(lam**2) - 2  # α⟨D⁴⟩ where α⟨D²⟩ = 1: [sv-pr]
    rows = [
        kernel.real,
        kernel.imag,
        _EXACT * squares[None],
        _EXACT * squares[None] ** 2 / fourth,
        _SMOOTHING * np.diff(np.eye(_GRID), 2, axis=0),
    ]
    right = [target.real, target.imag, np.full(2, _EXACT), np.zeros(_GRID - 2)]
    if alpha is not None:  # strengths of zero make up the number of modes asked for
        rows = [np.hstack([block, np.zeros((len(block), 1))]) for block in rows]
        rows.append(np.full((1, _GRID + 1), _EXACT))
        right.append(np.array([_EXACT * alpha]))
    try:
        density, _ = nnls(np.vstack(rows), np.concatenate(right), maxiter=50 * _GRID)
    except RuntimeError:
        raise NotConverged("the law of the strengths: non-negative least squares ran out of iterations") from None
    return squares, density[:_GRID]


def _quantiles(squares: Real, density: Real, count: int) -> Real:
    """D at the midpoints of `count` equal parts of the law, largest first; the density is flat in ln D in each cell."""
    half = 0.5 * math.log(squares[1] / squares[0])
    edges = np.append(np.log(squares) - half, math.log(squares[-1]) + half)
    cumulative = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    return np.exp(0.5 * np.interp((np.arange(count)[::-1] + 0.5) / count, cumulative, edges))
