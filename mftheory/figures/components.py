"""Principal components of i.i.d. networks: traces, autocorrelations, and their weighted averages (Fig. 9(a-d)).

With p_k the activity along the kth eigenvector of the covariance, λ_k = ⟨p_k²⟩ and its autocorrelation ρ_k(τ),
Σ_k λ_k ρ_k(τ) / Σ_k λ_k = C^φ(τ)/C^φ(0) and Σ_k λ_k² ρ_k(τ) / Σ_k λ_k² = Ψ^φ(τ, 0)/Ψ^φ(0, 0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import compared, conclude, each_network, to_keep
from mftheory.results.theory import Theory

Say = Callable[[str], None]
NAME = "components"
FILES = tuple(f"{NAME}.{kind}" for kind in ("png", "json", "txt"))

TRACES = (1, 3, 10, 30, 100)
"""Components whose activity is drawn, by rank."""
SHOWN = 200
"""Components whose autocorrelations are drawn."""


@dataclass(frozen=True)
class Protocol:
    """Which networks; the first of the largest is drawn. All N components are followed."""

    g: float = 6.0
    networks: dict[int, int] = field(default_factory=lambda: {1000: 12, 2000: 8, 4000: 5})
    trajectories: int = 64
    duration: float = 500.0
    longest: int = 12


PRESETS: Mapping[str, Protocol] = {
    "trial": Protocol(networks={60: 3, 120: 3}, trajectories=16, duration=30.0, longest=6),
    "quick": Protocol(networks={250: 8, 500: 5, 1000: 3}, duration=100.0),
    "full": Protocol(),
}


def run(output: Path, protocol: Protocol | None = None, say: Say = print, progress: bool = False) -> dict[str, Any]:
    """Simulate networks, follow their components, compare averages with the theory; write picture, JSON and table.

    Each network is simulated once: results are kept in ``points/``.

    Parameters and what is returned as of `mftheory.figures.effective_rank.run`.
    """
    protocol = PRESETS["full"] if protocol is None else protocol
    net = mf.Network(mf.IID(protocol.g))
    theory = mf.solve(net)
    measure = partial(_measured, net, protocol)
    found, resting, shown = each_network(NAME, output, protocol, measure, (max(protocol.networks), 0), progress)
    comparisons = against_theory(theory, protocol.longest, found)
    fine = np.linspace(0.0, protocol.longest, 121)
    record: dict[str, Any] = {
        "claim": "principal components' autocorrelations average to C^φ(τ) with weights λ, to Ψ^φ(τ, 0) with λ²",
        "g": protocol.g,
        "theory": {
            "tau": fine.tolist(),
            "neurons": (theory.C("phi", fine) / theory.C("phi", 0.0)).tolist(),
            "components": theory.timescale("phi", fine).tolist(),
        },
        "shown": shown,
        "networks": to_keep(found),
        "resting": resting,
        "comparisons": comparisons,
        "seeds": f"mftheory.figures.against.seed({NAME!r}, N, number of the network)",
    }
    title = f"i.i.d. couplings, g = {protocol.g:g}; averages over all N principal components"
    conclude(NAME, title, record, protocol, say, output)
    draw(record, output)
    return record


def _measured(net: mf.Network, protocol: Protocol, n: int, seed: int, shown: bool) -> dict[str, Any]:
    simulation = mf.simulate(
        net, n, seed, trajectories=protocol.trajectories, duration=protocol.duration, observables=["phi"],
        sampling_interval=1.0, max_lag=float(protocol.longest), covariance="phi", components=n,
    )  # fmt: skip
    principal = simulation.components["phi"]
    found: dict[str, Any] = {
        "seed": seed,
        "status": simulation.status,
        "weighted": [principal.weighted(power).tolist() for power in (1, 2)],
        # Without any component: of all pairs of trajectories.
        "direct": [simulation.timescale("phi", float(t)).value for t in range(protocol.longest + 1)],
    }
    if shown:
        found["shown"] = {
            "variances": [principal.variance(k).value for k in range(n)],
            "traces": {str(k): principal.traces[k - 1].round(4).tolist() for k in TRACES if k <= n},
            "autocorrelations": principal.autocorrelations()[:, :SHOWN].T.round(4).tolist(),
            "weighted": found["weighted"],
        }
    return found


def against_theory(theory: Theory, longest: int, found: Mapping[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Both averages, and Ψ(τ, 0)/Ψ(0, 0) itself, at the lag where the theory's average with λ² is nearest to ½."""
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
            {n: [of(one) for one in each] for n, each in found.items()},
            wrong,
            independent=name == "λ²",
        )
        for name, expected, of, wrong in rows
    ]


def draw(record: Mapping[str, Any], output: Path) -> None:
    """Traces; autocorrelations, coloured by rank; averages with weights λ and λ² against the theory."""
    fig, (traces, each, ax) = plots.figure(3, width=4.4, height=3.8)
    shown, theory = record["shown"], record["theory"]
    scale = np.sqrt(shown["variances"][0])
    for k, values in enumerate(shown["traces"].values()):
        trace = np.array(values[:80])
        traces.plot(trace / scale - 4 * k, color=plots.COLOURS[k], lw=1)
    traces.set(
        xlabel="time (time constants)", ylabel="component (its activity in units of the first's s.d.)",
        yticks=[-4 * k for k in range(len(shown["traces"]))], yticklabels=list(shown["traces"]),
        title=f"i.i.d. couplings, g = {record['g']:g}, N = {shown['n']}",
    )  # fmt: skip
    traces.set_ylabel("principal component, by rank")
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
    plots.save(fig, output / f"{NAME}.png")
