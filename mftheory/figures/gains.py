"""Dimension against the spread of single-neuron gains, and of what is sent and read out ([CMvML25] Fig. 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf
from mftheory import plots
from mftheory.errors import Quiescent
from mftheory.figures import networks
from mftheory.figures.networks import Case

Say = Callable[[str], None]
NAME = "gains"
FILES = (f"{NAME}.png", f"{NAME}.json", f"{NAME}.txt")

RATIOS = ("Phi", "readout")
"""Observables whose dimension is divided by that of φ."""


@dataclass(frozen=True)
class Protocol:
    """What is simulated; published: ten networks a point, N = 5000, exponential strengths and gains."""

    g_eff: tuple[float, ...] = (3.0, 6.0, 10.0)
    effective_rank: tuple[float, ...] = (10.0, 1.0, 0.1)
    gains_pr: tuple[float, ...] = tuple(np.linspace(0.1, 1.0, 10).round(12).tolist())
    ratios_g_eff: float = 10.0
    networks: dict[int, int] = field(default_factory=lambda: {1250: 20, 2500: 12, 5000: 10})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 100.0})


PRESETS: Mapping[str, Protocol] = {
    "quick": Protocol(
        gains_pr=(0.2, 0.4, 0.7),
        networks={250: 24, 500: 20, 1000: 12},
        simulation={"trajectories": 16, "duration": 80.0},
    ),
    "medium": Protocol(gains_pr=(0.1, 0.2, 0.35, 0.5, 0.7, 1.0), networks={500: 24, 1000: 16, 2000: 10}),
    "full": Protocol(),
}


def run(
    output: Path,
    protocol: Protocol | None = None,
    say: Say = print,
    progress: bool = False,
    jobs: int = -1,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Solve, simulate, compare; write picture, table and JSON; resumes from ``gains_N*.nc``.

    Parameters and what is returned as of `mftheory.figures.effective_rank.run`.
    """
    protocol = PRESETS["full"] if protocol is None else protocol
    places = [(g, rank, pr) for rank in protocol.effective_rank for g in protocol.g_eff for pr in protocol.gains_pr]
    tested = [at for at in places if networks.testable(mf.dimension(at[0], at[1], gains_pr=at[2]), protocol.networks)]
    cases = [case(*at) for at in tested]
    options: dict[str, Any] = {"jobs": jobs, "scheduler": scheduler, "progress": progress}
    data = networks.simulated(
        cases,
        protocol.networks,
        networks.store(output, NAME, protocol),
        ("phi", *RATIOS),
        **options,
        **protocol.simulation,
    )
    of_ratios = [one for one in cases if one.label["g_eff"] == protocol.ratios_g_eff]
    rows = networks.compared(data, cases, "phi")
    for observable in RATIOS:
        rows += networks.compared_ratios(data, of_ratios, observable, "phi")
    pr = np.linspace(0.1, 1.0, 46)
    record: dict[str, Any] = {
        "claim": "PR^φ falls as gains become unequal; PR of Gφ is between 0.7 and 1 times, and of a readout with gains "
        "between 0.88 and 1 times that of φ, at αPR_D = 10, g_eff = 10 and PR_G from 0.1 to 1",
        "theory": {
            "g_eff": list(protocol.g_eff),
            "effective_rank": list(protocol.effective_rank),
            "gains_pr": pr.tolist(),
            "dimension": [
                [mf.dimension(g, effective_rank=rank, gains_pr=pr).tolist() for g in protocol.g_eff]
                for rank in protocol.effective_rank
            ],
            "ratios_g_eff": protocol.ratios_g_eff,
            "ratios": {
                a: [ratio(a, protocol.ratios_g_eff, rank, pr).tolist() for rank in protocol.effective_rank]
                for a in RATIOS
            },
        },
        "comparisons": rows,
        "not_simulated": [
            {"g_eff": g, "effective_rank": rank, "PR_G": at} for g, rank, at in places if (g, rank, at) not in tested
        ],
    }
    title = "Dimension PR^φ, and ratios to it, against PR_G: exponential strengths and gains, mean gain 1"
    networks.report(NAME, title, record, protocol, say, output)
    draw(record, output / f"{NAME}.png")
    return record


def ratio(observable: str, g_eff: float, effective_rank: float, gains_pr: Any) -> Any:
    """PR of Gφ, or of a readout with independent gains of the same law, over that of φ."""
    of, by = (mf.dimension(g_eff, effective_rank, observable=a, gains_pr=gains_pr) for a in (observable, "phi"))
    return of / by


def case(g_eff: float, effective_rank: float, gains_pr: float) -> Case:
    """Gains of mean 1, so that g = √(α⟨D²⟩) is not g_eff = √(α⟨D²⟩⟨G²⟩).

    Wrong: the averages over neurons taken of each factor, which makes gains matter through g_eff alone (PR_G = 1);
    κ = 0; g for g_eff. For the ratios: that they are 1.
    """
    normalised = mf.Gains.exponential(gains_pr)  # ⟨G²⟩ = 1
    mean_square = 1.0 / normalised.moment(1) ** 2
    g = g_eff / mean_square**0.5
    wrong = {
        "factors averaged separately": float(mf.dimension(g_eff, effective_rank)),
        "no kappa": float(mf.dimension(g_eff, gains_pr=gains_pr)),
    }
    try:
        wrong["g for g_eff"] = float(mf.dimension(g, effective_rank, gains_pr=gains_pr))
    except Quiescent:  # says that nothing happens at all
        wrong["g for g_eff"] = 0.0
    network = mf.Network(
        mf.RandomMode.exponential(g, effective_rank), gains=replace(normalised, mean_square=mean_square)
    )
    alike = {"as of phi": 1.0}
    return Case(
        {"g_eff": g_eff, "effective_rank": effective_rank, "PR_G": gains_pr},
        network,
        {"phi": wrong, "Phi/phi": alike, "readout/phi": alike},
    )


def draw(record: Mapping[str, Any], path: Path) -> None:
    """One panel for each effective rank, and one for each of the ratios."""
    theory, rows = record["theory"], record["comparisons"]
    ranks = theory["effective_rank"]
    fig, axes = plots.figure(len(ranks) + len(RATIOS), width=3.3, height=3.8)
    for ax, rank, curves in zip(axes, ranks, theory["dimension"], strict=False):
        for k, (colour, g) in enumerate(zip(plots.COLOURS, theory["g_eff"], strict=False)):
            ax.plot(theory["gains_pr"], curves[k], color=colour, label=rf"$g_\mathrm{{eff}}$ = {g:g}")
            here = list(networks.rows_at(rows, g_eff=g, effective_rank=rank, observable="phi"))
            networks.draw(ax, here, "PR_G", colour, 0.012 * (k - 1))
        ax.set_title(rf"$\alpha\,\mathrm{{PR}}_D$ = {rank:g}", fontsize=10)
        ax.set_ylim(0, None)
    axes[0].set_ylabel(r"dimension of activity $\mathrm{PR}^\phi$")
    axes[0].legend(title="line: theory\ndots: largest networks\ncircle: N → ∞, ±1 SE", fontsize=8, title_fontsize=8)
    for ax, observable, a in zip(axes[len(ranks) :], RATIOS, (r"G\phi", r"\mathrm{readout}"), strict=True):
        for k, (colour, rank) in enumerate(zip(plots.COLOURS[3:], ranks, strict=False)):
            label = rf"$\alpha\,\mathrm{{PR}}_D$ = {rank:g}"
            ax.plot(theory["gains_pr"], theory["ratios"][observable][k], color=colour, label=label)
            here = list(networks.rows_at(rows, effective_rank=rank, observable=f"{observable}/phi"))
            networks.draw(ax, here, "PR_G", colour, 0.012 * (k - 1))
        ax.set_title(rf"$g_\mathrm{{eff}}$ = {theory['ratios_g_eff']:g}", fontsize=10)
        ax.set(ylabel=rf"$\mathrm{{PR}}^{{{a}}}/\mathrm{{PR}}^\phi$", ylim=(0.65, 1.05))
        ax.legend(fontsize=8, loc="lower right")
    for ax in axes:
        ax.set(xlabel=r"$\mathrm{PR}_G$ of the gains", xlim=(0, 1.04))
    plots.save(fig, path)
