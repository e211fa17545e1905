"""Ranked covariance eigenvalues of networks with few modes: no cutoff at their number, N PR_D (Fig. 10(b)).

The couplings have N PR_D modes (a step spectrum), so x lives in as many dimensions exactly. φ does not: beside its
linear response to x each neuron has activity of its own, ξ, of variance C^φ(0) - ⟨φ'⟩² C^x(0), and the covariance
∫ dω/2π n(ω) (1 - S̃J)⁻¹ (1 - S̃J)⁻† of the linear-equivalent network has eigenvalues at all ranks (theory §6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from numpy.typing import NDArray

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import compared
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.measured_networks import each_network
from mftheory.figures.simulated_networks import size_error

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CovarianceSpectrumProtocol:
    """Networks: that of size `shown` is drawn, those of `networks` are compared with their linear equivalents."""

    g_eff: float = 10.0
    effective_rank: float = 0.3
    shown: int = 6500
    networks: dict[int, int] = field(default_factory=lambda: {1000: 8, 2000: 6, 4000: 3})
    trajectories: int = 64
    duration: float = 1000.0
    # Diagonalising J takes some 5 s at N = 1000 and grows as N³; memory is 80 N² bytes.
    largest_equivalent: int = 6500


PRESETS: Mapping[str, CovarianceSpectrumProtocol] = {
    "trial": CovarianceSpectrumProtocol(
        shown=160, networks={80: 3, 120: 3}, trajectories=16, duration=60.0, largest_equivalent=120
    ),
    "quick": CovarianceSpectrumProtocol(shown=1000, networks={350: 6, 600: 4, 1000: 3}, duration=200.0),
    "full": CovarianceSpectrumProtocol(),
}


def compute(protocol: CovarianceSpectrumProtocol, work: FigureWork) -> Outcome:
    """Simulate networks, predict the spectra of the same J, compare."""
    net = mf.Network(mf.RandomMode.step(protocol.g_eff, protocol.effective_rank))
    theory = mf.solve(net)
    measured = each_network(work, protocol, partial(_measure, net, protocol), (protocol.shown, 0))
    variance = float(theory.C("phi", 0.0))
    record = {
        "claim": "the ranked covariance eigenvalues of φ have no cutoff at the number of modes, N PR_D",
        "g_eff": protocol.g_eff,
        "effective_rank": protocol.effective_rank,
        "theory": {
            "C": variance,
            "dimension": theory.dimension("phi"),
            "own_variance": variance - float(theory.gain) ** 2 * float(theory.C("x", 0.0)),
        },
        **measured.record,
        "comparisons": against_equivalent(theory.dimension("phi"), measured.by_size),
    }
    title = (
        f"Step spectrum, g_eff = {protocol.g_eff:g}, PR_D = {protocol.effective_rank:g}: covariance of φ against the "
        "linear equivalent of the same J"
    )
    return Outcome(record, title, (_table_of_shares(measured.by_size),))


def share_beyond(eigenvalues: Array, rank: int) -> float:
    """Return the share of the variance beyond a rank.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.figures.covariance_spectrum_figure import share_beyond
    >>> share_beyond(np.array([2.0, 1.0, 1.0]), 1)
    0.5
    """
    return float(eigenvalues[rank:].sum() / eigenvalues.sum())


def _measure(net: mf.Network, protocol: CovarianceSpectrumProtocol, n: int, seed: int, shown: bool) -> dict[str, Any]:
    simulation = mf.simulate(
        net, n, seed, trajectories=protocol.trajectories, duration=protocol.duration, sampling_interval=1.0,
        max_lag=0.0, covariance=True, components=n,
    )  # fmt: skip
    modes = max(1, round(protocol.effective_rank * n))
    principal = simulation.components["phi"]
    phi, x = simulation.eigenvalues("phi"), simulation.eigenvalues("x")
    other_times = np.array([principal.variance(k).value for k in range(n)])
    # Noise of the measured directions raises the leading eigenvalues, and lowers the variance along the same directions
    # at other times by as much, to leading order.
    shares = share_beyond(phi, modes), share_beyond(other_times, modes)
    measurements: dict[str, Any] = {
        "seed": seed,
        "status": simulation.status,
        "modes": modes,
        "share_beyond": float(np.mean(shares)),
        "share_beyond_same_times": shares[0],
        "share_beyond_other_times": shares[1],
        "share_beyond_x": share_beyond(x, modes),
        "dimension": simulation.dimension("phi").value,
    }
    spectra = {"phi": phi, "x": np.maximum(x, 0.0)}
    if n <= protocol.largest_equivalent:
        equivalent = mf.linear_equivalent(net, n, seed, resolve=True)
        spectra |= {f"equivalent_{a}": equivalent.eigenvalues(a) for a in ("phi", "x")}
        predicted = spectra["equivalent_phi"]
        measurements["equivalent_share_beyond"] = share_beyond(predicted, modes)
        measurements["equivalent_dimension"] = float(predicted.sum() ** 2 / (n * np.sum(predicted**2)))
    return measurements | ({"shown": {a: [float(f"{v:.6g}") for v in s] for a, s in spectra.items()}} if shown else {})


def against_equivalent(dimension: float, networks: Mapping[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Compare the simulated with the predicted, by ratios: most of what differs between networks cancels."""

    def ratio(name: str) -> dict[int, list[float]]:
        return {
            n: [one[name] / one[f"equivalent_{name}"] for one in each]
            for n, each in networks.items()
            if "equivalent_dimension" in each[0]
        }

    # Between pairs of φ beyond their linear response there are terms in 1/(N PR)², which a line in 1/N leaves.
    error = size_error({n: len(each) for n, each in ratio("dimension").items()}, dimension)
    return [
        compared(
            {"ratio to the linear equivalent": "variance beyond rank N PR_D"},
            1.0,
            ratio("share_beyond"),
            {"cutoff at N PR_D": 0.0},
            size_error=error,
        ),
        compared(
            {"ratio to the linear equivalent": "dimension"}, 1.0, ratio("dimension"), {}, size_error=error,
            independent=False,
        ),
    ]  # fmt: skip


def _table_of_shares(networks: Mapping[int, list[dict[str, Any]]]) -> str:
    lines = ["Share of variance beyond rank N PR_D, mean over networks (linear equivalent; x):"]
    for n, each in networks.items():
        phi, x = (np.mean([one[name] for one in each]) for name in ("share_beyond", "share_beyond_x"))
        predicted = [one["equivalent_share_beyond"] for one in each if "equivalent_share_beyond" in one]
        equivalent = f"{np.mean(predicted):.4f}" if predicted else "not computed"
        lines.append(f"  N = {n}: {phi:.4f} ({equivalent}; {x:.1g})")
    return "\n".join(lines)


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw ranked eigenvalues of φ and of x, simulated and predicted, with the number of modes."""
    fig, axes = plots.figure(2, width=4.8, height=3.9)
    shown = record["shown"]
    n, rank = shown["n"], record["effective_rank"]
    for ax, name, symbol in zip(axes, ("phi", "x"), (r"\phi", "x"), strict=True):
        u = (np.arange(n) + 0.5) / n
        for key, style, colour, label in (
            (name, "-", plots.COLOURS[0], f"simulated, N = {n}"),
            (f"equivalent_{name}", "--", plots.COLOURS[1], "linear equivalent of the same J"),
        ):
            if key in shown:
                values = np.array(shown[key])
                positive = values > 1e-6 * values[0]  # below, nothing is left of single precision
                ax.plot(u[positive], values[positive], style, color=colour, label=label)
        ax.axvline(rank, color="0.5", ls=":", label=r"$N\,\mathrm{PR}_D$, the number of modes")
        ax.set(yscale="log", xlabel="rank / N", ylabel=rf"eigenvalue of the covariance of ${symbol}$", xlim=(0, 1))
    axes[0].axhline(
        record["theory"]["own_variance"], color=plots.COLOURS[2], ls="-.", lw=1,
        label=r"$C^\phi(0)-\langle\phi'\rangle^2 C^x(0)$",
    )  # fmt: skip
    axes[0].set_title(rf"$g_\mathrm{{eff}}$ = {record['g_eff']:g}, $\alpha\,\mathrm{{PR}}_D$ = {rank:g}", fontsize=10)
    axes[0].legend(fontsize=8)
    return fig


FIGURE = Figure("covariance_spectrum", PRESETS, compute, draw)
