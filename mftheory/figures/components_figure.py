"""Principal components of i.i.d. networks: traces, autocorrelations, and their weighted averages (Fig. 9(a-d)).

With p_k the activity along the kth eigenvector of the covariance, λ_k = ⟨p_k²⟩ and its autocorrelation ρ_k(τ),
Σ_k λ_k ρ_k(τ) / Σ_k λ_k = C^φ(τ)/C^φ(0) and Σ_k λ_k² ρ_k(τ) / Σ_k λ_k² = Ψ^φ(τ, 0)/Ψ^φ(0, 0).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import compared
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.measured_networks import each_network
from mftheory.results.theory import Theory

TRACES = (1, 3, 10, 30, 100)
"""Ranks of the components whose activity is drawn."""
DRAWN_COMPONENTS = 200
"""Number of components whose autocorrelations are drawn."""


@dataclass(frozen=True)
class ComponentsProtocol:
    """Networks that are simulated; the first of the largest is drawn. All N components are followed."""

    g: float = 6.0
    networks: dict[int, int] = field(default_factory=lambda: {1000: 12, 2000: 8, 4000: 5})
    trajectories: int = 64
    duration: float = 500.0
    longest: int = 12


PRESETS: Mapping[str, ComponentsProtocol] = {
    "trial": ComponentsProtocol(networks={60: 3, 120: 3}, trajectories=16, duration=30.0, longest=6),
    "quick": ComponentsProtocol(networks={250: 8, 500: 5, 1000: 3}, duration=100.0),
    "full": ComponentsProtocol(),
}


def compute(protocol: ComponentsProtocol, work: FigureWork) -> Outcome:
    """Simulate networks, follow their components, compare averages with the theory."""
    net = mf.Network(mf.IID(protocol.g))
    theory = mf.solve(net)
    measured = each_network(work, protocol, partial(_measure, net, protocol), (max(protocol.networks), 0))
    tau = np.linspace(0.0, protocol.longest, 121)
    record = {
        "claim": "principal components' autocorrelations average to C^φ(τ) with weights λ, to Ψ^φ(τ, 0) with λ²",
        "g": protocol.g,
        "theory": {
            "tau": tau.tolist(),
            "neurons": (theory.C("phi", tau) / theory.C("phi", 0.0)).tolist(),
            "components": theory.timescale("phi", tau).tolist(),
        },
        **measured.record,
        "comparisons": against_theory(theory, protocol.longest, measured.by_size),
    }
    return Outcome(record, f"i.i.d. couplings, g = {protocol.g:g}; averages over all N principal components")


def _measure(net: mf.Network, protocol: ComponentsProtocol, n: int, seed: int, shown: bool) -> dict[str, Any]:
    simulation = mf.simulate(
        net, n, seed, trajectories=protocol.trajectories, duration=protocol.duration, observables=["phi"],
        sampling_interval=1.0, max_lag=float(protocol.longest), covariance="phi", components=n,
    )  # fmt: skip
    principal = simulation.components["phi"]
    measurements: dict[str, Any] = {
        "seed": seed,
        "status": simulation.status,
        "weighted": [principal.weighted(power).tolist() for power in (1, 2)],
        # From all pairs of trajectories, without any component.
        "direct": [simulation.timescale("phi", float(t)).value for t in range(protocol.longest + 1)],
    }
    if shown:
        measurements["shown"] = {
            "variances": [principal.variance(k).value for k in range(n)],
            "traces": {str(k): principal.traces[k - 1].round(4).tolist() for k in TRACES if k <= n},
            "autocorrelations": principal.autocorrelations()[:, :DRAWN_COMPONENTS].T.round(4).tolist(),
            "weighted": measurements["weighted"],
        }
    return measurements


def against_theory(theory: Theory, longest: int, networks: Mapping[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Compare both averages, and Ψ(τ, 0)/Ψ(0, 0), at the lag where the theory's average with λ² is nearest to ½."""
    lags = np.arange(longest + 1.0)
    half = int(np.argmin(np.abs(theory.timescale("phi", lags) - 0.5)))
    neurons = float(theory.C("phi", half) / theory.C("phi", 0.0))
    squared = float(theory.timescale("phi", half))
    rows = (
        ("λ", neurons, lambda one: one["weighted"][0][half], {"weights λ²": squared}),
        ("λ²", squared, lambda one: one["weighted"][1][half], {"weights λ": neurons}),
        ("Ψ directly", squared, lambda one: one["direct"][half], {"weights λ": neurons}),
    )
    return [
        compared(
            {"weights": name, "tau": half},
            expected,
            {n: [of(one) for one in each] for n, each in networks.items()},
            wrong,
            independent=name == "λ²",
        )
        for name, expected, of, wrong in rows
    ]


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw traces; autocorrelations, coloured by rank; averages with weights λ and λ² against the theory."""
    fig, (traces, each, ax) = plots.figure(3, width=4.4, height=3.8)
    shown, theory = record["shown"], record["theory"]
    scale = np.sqrt(shown["variances"][0])
    for k, values in enumerate(shown["traces"].values()):
        trace = np.array(values[:80])
        traces.plot(trace / scale - 4 * k, color=plots.COLOURS[k], lw=1)
    traces.set(
        xlabel="time (time constants)", ylabel="principal component, by rank",
        yticks=[-4 * k for k in range(len(shown["traces"]))], yticklabels=list(shown["traces"]),
        title=f"i.i.d. couplings, g = {record['g']:g}, N = {shown['n']}",
    )  # fmt: skip
    image = each.imshow(
        np.array(shown["autocorrelations"]), aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1, origin="lower",
        extent=(-0.5, len(shown["weighted"][0]) - 0.5, 0.5, len(shown["autocorrelations"]) + 0.5),
    )  # fmt: skip
    each.set(xlabel=r"lag $\tau$ (time constants)", ylabel="principal component, by rank")
    fig.colorbar(image, ax=each, label=r"autocorrelation $\rho_k(\tau)$")
    labels = (
        ("neurons", "o", r"$C^\phi(\tau)/C^\phi(0)$", r"weights $\lambda_k$"),
        ("components", "s", r"$\Psi^\phi(\tau,0)/\Psi^\phi(0,0)$", r"weights $\lambda_k^2$"),
    )
    for colour, (name, marker, line, dots), index in zip(plots.COLOURS, labels, (0, 1), strict=False):
        ax.plot(theory["tau"], theory[name], color=colour, label=f"theory, {line}")
        networks = [one["weighted"][index] for one in record["networks"][str(shown["n"])]]
        mean, error = np.mean(networks, axis=0), np.std(networks, axis=0, ddof=1) / np.sqrt(len(networks))
        label = rf"{len(networks)} networks, {dots}"
        ax.errorbar(np.arange(mean.size), mean, error, fmt=marker, ms=4, color=colour, label=label)
    ax.set(xlabel=r"lag $\tau$ (time constants)", ylabel="autocorrelation of components, averaged", ylim=(-0.05, 1.05))
    ax.legend(fontsize=8)
    return fig


FIGURE = Figure("components", PRESETS, compute, draw)
