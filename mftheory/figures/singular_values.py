"""Singular values of random-mode couplings with equal strengths: density, edges, participation ratio (Fig. 8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mftheory as mf
from mftheory import connectome, plots
from mftheory.figures.against import compared, conclude, seed
from mftheory.progress import tracked

Say = Callable[[str], None]
Array = NDArray[np.float64]
NAME = "singular_values"
FILES = tuple(f"{NAME}.{kind}" for kind in ("png", "json", "txt"))

QUARTER_CIRCLE = 8 / (3 * np.pi)
"""⟨σ⟩/⟨σ²⟩^½ of i.i.d. couplings, whose singular values follow the quarter circle."""
SOFT_EDGE = 2 / 3
"""Extreme singular values differ from an edge where the density starts as a root by N^-2/3 (Tracy and Widom)."""


@dataclass(frozen=True)
class Protocol:
    """Which modes, and how many couplings of each size."""

    alpha: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    networks: dict[int, int] = field(default_factory=lambda: {1000: 16, 2000: 12, 4000: 8})
    bins: int = 50


PRESETS: Mapping[str, Protocol] = {
    "trial": Protocol(alpha=(0.5, 2.0), networks={40: 3, 80: 3}, bins=10),
    "quick": Protocol(networks={250: 16, 500: 12, 1000: 8}, bins=30),
    "full": Protocol(),
}


def run(output: Path, protocol: Protocol | None = None, say: Say = print, progress: bool = False) -> dict[str, Any]:
    """Draw couplings, decompose them, compare with the law; write picture, JSON and table.

    Parameters and what is returned as of `mftheory.figures.effective_rank.run`.
    """
    protocol = PRESETS["full"] if protocol is None else protocol
    largest = max(protocol.networks)
    spectra: list[dict[str, Any]] = []
    comparisons: list[dict[str, Any]] = []
    for k, alpha in enumerate(tracked(protocol.alpha, NAME, "value of α", progress)):
        found = {n: [drawn(alpha, n, seed(NAME, k, n, j)) for j in range(m)] for n, m in protocol.networks.items()}
        comparisons += against_theory(alpha, found)
        sigma = np.concatenate(found[largest])
        counts, edges = np.histogram(sigma, bins=protocol.bins, density=True)
        spectra.append(
            {
                "alpha": alpha,
                "histogram": {"density": counts.tolist(), "edges": edges.tolist()},
                "largest": [float(values[0]) for values in found[largest]],
                "smallest": [float(values[-1]) for values in found[largest]],
                "edges": sigma_edges(alpha),
            }
        )
    record: dict[str, Any] = {
        "claim": "the singular values of J live between the edges [sv-edge], and PR_S = αPR_D / (1 + 2 αPR_D)",
        "spectra": spectra,
        "comparisons": comparisons,
        "seeds": f"mftheory.figures.against.seed({NAME!r}, number of alpha, N, number of the network)",
    }
    title = f"Singular values of J, D = 1; histograms are of N = {largest}"
    conclude(NAME, title, record, protocol, say, output)
    draw(record, output)
    return record


def drawn(alpha: float, n: int, seed: int) -> Array:
    """The min(n, αn) singular values, largest first, of couplings drawn with D = 1."""
    couplings = mf.RandomMode(np.ones(1), alpha=alpha).sample(n, seed)
    values = connectome.singular_values(couplings.dense(), method="svd")
    return values[: min(n, round(alpha * n))]  # the others are zero for want of modes


def squared_edges(alpha: float) -> tuple[float, float]:
    """Where the squared singular values of αN modes with D = 1 begin and end, N → ∞ [sv-edge].

    Examples
    --------
    >>> from mftheory.figures.singular_values import squared_edges
    >>> squared_edges(1.0)[0], squared_edges(1.0)[1] == 27 / 4
    (0.0, True)
    """
    middle, half = 1 + 5 * alpha / 2 - alpha**2 / 8, (1 + alpha / 8) ** 1.5 * np.sqrt(8 * alpha)
    return max(0.0, float(middle - half)), float(middle + half)


def sigma_edges(alpha: float) -> tuple[float, float]:
    """The same of the singular values."""
    low, high = squared_edges(alpha)
    return low**0.5, high**0.5


def density(sigma: Array, alpha: float) -> Array:
    """Density of the singular values that are not zero for want of modes, N → ∞ [sv-law].

    The moment-generating function M(z) = zG(z) - 1 of the αN values of λ = σ² solves zM = (1 + M)(1 + αM)²: a cubic,
    whose complex pair of roots inside the support is M(λ ± i0), and Im G = -π times the density.

    Parameters
    ----------
    sigma : array of shape (k,)
        Where.
    alpha : float
        Modes per neuron.

    Returns
    -------
    array of shape (k,)
        Integrates to 1; zero outside the edges.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.figures.singular_values import density, sigma_edges
    >>> low, high = sigma_edges(0.5)
    >>> sigma = np.linspace(low, high, 2001)
    >>> float(np.trapezoid(density(sigma, 0.5), sigma).round(4))
    1.0
    """
    found = np.zeros(sigma.size)
    low, high = squared_edges(alpha)
    for k, z in enumerate(np.square(sigma)):
        if low < z < high:
            roots = np.roots([alpha**2, alpha**2 + 2 * alpha, 1 + 2 * alpha - z, 1.0])
            found[k] = 2 * np.abs(roots.imag).max() / (np.pi * np.sqrt(z))
    return found * max(1.0, alpha)  # of more than N modes, N values are not zero


def mean_over_rms(alpha: float) -> float:
    """⟨σ⟩/⟨σ²⟩^½ over the singular values that are not zero for want of modes, N → ∞ [sv-law].

    Examples
    --------
    >>> from mftheory.figures.singular_values import QUARTER_CIRCLE, mean_over_rms
    >>> round(mean_over_rms(1.0), 4), bool(abs(mean_over_rms(1000.0) - QUARTER_CIRCLE) < 1e-3)
    (0.75, True)
    """
    low, high = sigma_edges(alpha)
    # Nodes of Chebyshev's polynomials: the density starts and ends as a root, or diverges as σ → 0 slower than 1/σ.
    angle = (np.arange(4000) + 0.5) * np.pi / 4000
    sigma = (low + high) / 2 + (high - low) / 2 * np.cos(angle)
    weight = density(sigma, alpha) * np.sin(angle)
    return float(weight @ sigma / weight.sum() / np.sqrt(weight @ sigma**2 / weight.sum()))


def against_theory(alpha: float, found: Mapping[int, list[Array]]) -> list[dict[str, Any]]:
    """PR_S against [sv-pr], the shape of the density against [sv-law], the edges against [sv-edge]."""
    low, high = sigma_edges(alpha)
    padded = {n: [np.pad(s, (0, n - s.size)) for s in each] for n, each in found.items()}
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
            {n: [s.mean() / np.sqrt(np.mean(s**2)) for s in each] for n, each in found.items()},
            {"quarter circle": QUARTER_CIRCLE, "orthogonal modes": 1.0},
            independent=False,  # of PR_S of the same couplings; the edges are, as N grows
        ),
        compared(
            {"alpha": alpha, "of": "largest σ"},
            high,
            {n: [s[0] for s in each] for n, each in found.items()},
            # One Gaussian factor orthogonalised leaves Marchenko and Pastur's edge.
            {"one factor orthogonal": 1 + alpha**0.5},
            SOFT_EDGE,
        ),
    ]
    if alpha < 1:
        values = {n: [s[-1] for s in each] for n, each in found.items()}
        wrong = {"one factor orthogonal": 1 - alpha**0.5}
        comparisons.append(compared({"alpha": alpha, "of": "smallest σ"}, low, values, wrong, SOFT_EDGE))
    return comparisons


def draw(record: Mapping[str, Any], output: Path) -> None:
    """One panel for each α: histogram, density, edges."""
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
        ax.set(xlabel=r"singular value $\sigma$", title=rf"$\alpha$ = {alpha:g}", ylim=(0, 1.25 * _height(spectrum)))
    axes[0].set_ylabel("density")
    axes[0].legend(fontsize=8)
    plots.save(fig, output / f"{NAME}.png")


def _height(spectrum: Mapping[str, Any]) -> float:
    return float(max(spectrum["histogram"]["density"]))
