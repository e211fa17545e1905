"""Singular values of random-mode couplings with equal strengths: density, edges, participation ratio (Fig. 8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from numpy.typing import NDArray

import mftheory as mf
from mftheory import connectome, plots
from mftheory.figures.against import compared, seed
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.progress import tracked

Array = NDArray[np.float64]

QUARTER_CIRCLE = 8 / (3 * np.pi)
"""Ratio ⟨σ⟩/⟨σ²⟩^½ of i.i.d. couplings, whose singular values follow the quarter circle."""
SOFT_EDGE_POWER = 2 / 3
"""Power of 1/N of the leading term of finite size at an edge: extreme singular values differ by N^-2/3 from
an edge where the density starts as a root (Tracy and Widom)."""


@dataclass(frozen=True)
class SingularValuesProtocol:
    """Modes per neuron, and how many couplings of each size are drawn."""

    alpha: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    networks: dict[int, int] = field(default_factory=lambda: {1000: 16, 2000: 12, 4000: 8})
    bins: int = 50


PRESETS: Mapping[str, SingularValuesProtocol] = {
    "trial": SingularValuesProtocol(alpha=(0.5, 2.0), networks={40: 3, 80: 3}, bins=10),
    "quick": SingularValuesProtocol(networks={250: 16, 500: 12, 1000: 8}, bins=30),
    "full": SingularValuesProtocol(),
}


def compute(protocol: SingularValuesProtocol, work: FigureWork) -> Outcome:
    """Draw couplings, decompose them, compare with the law."""
    largest = max(protocol.networks)
    spectra: list[dict[str, Any]] = []
    comparisons: list[dict[str, Any]] = []
    for k, alpha in enumerate(tracked(protocol.alpha, work.name, "value of α", work.progress)):
        sigma = {
            n: [singular_values(alpha, n, seed(work.name, k, n, j)) for j in range(count)]
            for n, count in protocol.networks.items()
        }
        comparisons += against_theory(alpha, sigma)
        counts, edges = np.histogram(np.concatenate(sigma[largest]), bins=protocol.bins, density=True)
        spectra.append(
            {
                "alpha": alpha,
                "histogram": {"density": counts.tolist(), "edges": edges.tolist()},
                "largest": [float(values[0]) for values in sigma[largest]],
                "smallest": [float(values[-1]) for values in sigma[largest]],
                "edges": sigma_edges(alpha),
            }
        )
    record: dict[str, Any] = {
        "claim": "the singular values of J live between the edges [sv-edge], and PR_S = αPR_D / (1 + 2 αPR_D)",
        "spectra": spectra,
        "comparisons": comparisons,
        "seeds": f"mftheory.figures.against.seed({work.name!r}, number of alpha, N, number of the network)",
    }
    return Outcome(record, f"Singular values of J, D = 1; histograms are of N = {largest}")


def singular_values(alpha: float, n: int, seed: int) -> Array:
    """Return the min(n, αn) singular values, largest first, of couplings drawn with D = 1."""
    couplings = mf.RandomMode(np.ones(1), alpha=alpha).sample(n, seed)
    values = connectome.singular_values(couplings.dense(), method="svd")
    return values[: min(n, round(alpha * n))]  # the others are zero for want of modes


def squared_edges(alpha: float) -> tuple[float, float]:
    """Return the edges of the squared singular values of αN modes with D = 1, N → ∞ [sv-edge].

    Examples
    --------
    >>> from mftheory.figures.singular_values_figure import squared_edges
    >>> squared_edges(1.0)[0], squared_edges(1.0)[1] == 27 / 4
    (0.0, True)
    """
    middle, half = 1 + 5 * alpha / 2 - alpha**2 / 8, (1 + alpha / 8) ** 1.5 * np.sqrt(8 * alpha)
    return max(0.0, float(middle - half)), float(middle + half)


def sigma_edges(alpha: float) -> tuple[float, float]:
    """Return the edges of the singular values themselves [sv-edge]."""
    low, high = squared_edges(alpha)
    return low**0.5, high**0.5


def density(sigma: Array, alpha: float) -> Array:
    """Return the density of the singular values that are not zero for want of modes, N → ∞ [sv-law].

    The moment-generating function M(z) = zG(z) - 1 of the αN values of λ = σ² solves zM = (1 + M)(1 + αM)²: a cubic,
    whose complex pair of roots inside the support is M(λ ± i0), and Im G = -π times the density.

    Parameters
    ----------
    sigma : array of shape (k,)
        Singular values at which the density is wanted.
    alpha : float
        Modes per neuron.

    Returns
    -------
    array of shape (k,)
        Integrates to 1; zero outside the edges.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.figures.singular_values_figure import density, sigma_edges
    >>> low, high = sigma_edges(0.5)
    >>> sigma = np.linspace(low, high, 2001)
    >>> float(np.trapezoid(density(sigma, 0.5), sigma).round(4))
    1.0
    """
    density_of_modes = np.zeros(sigma.size)
    low, high = squared_edges(alpha)
    for k, z in enumerate(np.square(sigma)):
        if low < z < high:
            roots = np.roots([alpha**2, alpha**2 + 2 * alpha, 1 + 2 * alpha - z, 1.0])
            density_of_modes[k] = 2 * np.abs(roots.imag).max() / (np.pi * np.sqrt(z))
    return density_of_modes * max(1.0, alpha)  # of more than N modes, N values are not zero


def mean_over_rms(alpha: float) -> float:
    """Return ⟨σ⟩/⟨σ²⟩^½ over the singular values that are not zero for want of modes, N → ∞ [sv-law].

    Examples
    --------
    >>> from mftheory.figures.singular_values_figure import QUARTER_CIRCLE, mean_over_rms
    >>> round(mean_over_rms(1.0), 4), bool(abs(mean_over_rms(1000.0) - QUARTER_CIRCLE) < 1e-3)
    (0.75, True)
    """
    low, high = sigma_edges(alpha)
    # Nodes of Chebyshev's polynomials: the density starts and ends as a root, or diverges as σ → 0 slower than 1/σ.
    angle = (np.arange(4000) + 0.5) * np.pi / 4000
    sigma = (low + high) / 2 + (high - low) / 2 * np.cos(angle)
    weight = density(sigma, alpha) * np.sin(angle)
    return float(weight @ sigma / weight.sum() / np.sqrt(weight @ sigma**2 / weight.sum()))


def against_theory(alpha: float, sigma: Mapping[int, list[Array]]) -> list[dict[str, Any]]:
    """Compare PR_S with [sv-pr], the shape of the density with [sv-law], the edges with [sv-edge]."""
    low, high = sigma_edges(alpha)
    padded = {n: [np.pad(s, (0, n - s.size)) for s in each] for n, each in sigma.items()}
    wide = min(1.0, alpha)
    comparisons = [
        compared(
            {"alpha": alpha, "of": "PR_S"},
            alpha / (1 + 2 * alpha),
            {n: [connectome.participation_ratio(s) for s in each] for n, each in padded.items()},
            {"i.i.d. couplings": 0.5, "strengths alone": wide},
        ),
        compared(
            {"alpha": alpha, "of": "mean/rms of σ"},
            mean_over_rms(alpha),
            {n: [s.mean() / np.sqrt(np.mean(s**2)) for s in each] for n, each in sigma.items()},
            {"quarter circle": QUARTER_CIRCLE, "orthogonal modes": 1.0},
            independent=False,  # from PR_S of the same couplings; the edges become so as N grows
        ),
        compared(
            {"alpha": alpha, "of": "largest σ"},
            high,
            {n: [s[0] for s in each] for n, each in sigma.items()},
            # One Gaussian factor orthogonalised leaves Marchenko and Pastur's edge.
            {"one factor orthogonal": 1 + alpha**0.5},
            SOFT_EDGE_POWER,
        ),
    ]
    if alpha < 1:
        values = {n: [s[-1] for s in each] for n, each in sigma.items()}
        wrong = {"one factor orthogonal": 1 - alpha**0.5}
        comparisons.append(compared({"alpha": alpha, "of": "smallest σ"}, low, values, wrong, SOFT_EDGE_POWER))
    return comparisons


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw one panel for each α: histogram, density, edges."""
    fig, axes = plots.figure(len(record["spectra"]), width=2.9, height=3.2)
    for ax, spectrum in zip(axes, record["spectra"], strict=True):
        alpha = spectrum["alpha"]
        ax.stairs(
            spectrum["histogram"]["density"], spectrum["histogram"]["edges"], fill=True,
            color=plots.COLOURS[5], alpha=0.6, label="drawn",
        )  # fmt: skip
        low, high = spectrum["edges"]
        sigma = np.linspace(max(low, 0.01 * high), high, 800)
        ax.plot(sigma, density(sigma, alpha), color=plots.COLOURS[0], label="law")
        for k, edge in enumerate((low, high)):
            label = "edges" if k == 0 else None
            ax.axvline(edge, color=plots.COLOURS[1], ls="--", lw=1, label=label)
        highest = max(spectrum["histogram"]["density"])
        ax.set(xlabel=r"singular value $\sigma$", title=rf"$\alpha$ = {alpha:g}", ylim=(0, 1.25 * highest))
    axes[0].set_ylabel("density")
    axes[0].legend(fontsize=8)
    return fig


FIGURE = Figure("singular_values", PRESETS, compute, draw)
