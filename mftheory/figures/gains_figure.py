"""Dimension against the spread of single-neuron gains, and of what is sent and read out ([CMvML25] Fig. 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from numpy.typing import NDArray

import mftheory as mf
from mftheory import plots
from mftheory.errors import Quiescent
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.simulated_networks import Case, compared, draw_networks, outcome, rows_with, simulated, testable

RATIOS = ("Phi", "readout")
"""Observables whose dimension is divided by that of φ."""


@dataclass(frozen=True)
class GainsProtocol:
    """Points and networks that are simulated; published: ten networks a point, N = 5000, exponential laws."""

    g_eff: tuple[float, ...] = (3.0, 6.0, 10.0)
    effective_rank: tuple[float, ...] = (10.0, 1.0, 0.1)
    gains_pr: tuple[float, ...] = tuple(np.linspace(0.1, 1.0, 10).round(12).tolist())
    ratios_g_eff: float = 10.0
    networks: dict[int, int] = field(default_factory=lambda: {1250: 20, 2500: 12, 5000: 10})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 100.0})


PRESETS: Mapping[str, GainsProtocol] = {
    "quick": GainsProtocol(
        gains_pr=(0.2, 0.4, 0.7),
        networks={250: 24, 500: 20, 1000: 12},
        simulation={"trajectories": 16, "duration": 80.0},
    ),
    "medium": GainsProtocol(gains_pr=(0.1, 0.2, 0.35, 0.5, 0.7, 1.0), networks={500: 24, 1000: 16, 2000: 10}),
    "full": GainsProtocol(),
}


def compute(protocol: GainsProtocol, work: FigureWork) -> Outcome:
    """Solve, simulate, compare; networks stream into ``gains_N*.nc``."""
    points = [(g, rank, pr) for rank in protocol.effective_rank for g in protocol.g_eff for pr in protocol.gains_pr]
    tested = [
        (g, rank, pr) for g, rank, pr in points if testable(mf.dimension(g, rank, gains_pr=pr), protocol.networks)
    ]
    cases = [case(*point) for point in tested]
    data = simulated(cases, protocol, work, ("phi", *RATIOS))
    cases_of_ratios = [one for one in cases if one.label["g_eff"] == protocol.ratios_g_eff]
    rows = compared(data, cases, "phi")
    for observable in RATIOS:
        rows += compared(data, cases_of_ratios, observable, independent=False, relative_to="phi")
    pr = np.linspace(0.1, 1.0, 46)
    record = {
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
            {"g_eff": g, "effective_rank": rank, "PR_G": pr} for g, rank, pr in points if (g, rank, pr) not in tested
        ],
    }
    title = "Dimension PR^φ, and ratios to it, against PR_G: exponential strengths and gains, mean gain 1"
    return outcome(record, title, protocol)


def ratio(observable: str, g_eff: float, effective_rank: float, gains_pr: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return PR of Gφ, or of a readout with independent gains of the same law, over that of φ, at every PR_G."""
    dimension, dimension_phi = (
        mf.dimension(g_eff, effective_rank, observable=a, gains_pr=gains_pr) for a in (observable, "phi")
    )
    return np.asarray(dimension / dimension_phi)


def case(g_eff: float, effective_rank: float, gains_pr: float) -> Case:
    """Return a network with gains of mean 1, so that g = √(α⟨D²⟩) is not g_eff = √(α⟨D²⟩⟨G²⟩), and wrong theories.

    Wrong are: the averages over neurons taken of each factor, which makes gains matter through g_eff alone (PR_G = 1);
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
    except Quiescent:  # the wrong theory says that nothing happens at all
        wrong["g for g_eff"] = 0.0
    network = mf.Network(
        mf.RandomMode.exponential(g, effective_rank), gains=replace(normalised, mean_square=mean_square)
    )
    same_as_phi = {"as of phi": 1.0}
    return Case(
        {"g_eff": g_eff, "effective_rank": effective_rank, "PR_G": gains_pr},
        network,
        {"phi": wrong, "Phi/phi": same_as_phi, "readout/phi": same_as_phi},
    )


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw one panel for each effective rank, and one for each of the ratios."""
    theory, rows = record["theory"], record["comparisons"]
    ranks = theory["effective_rank"]
    fig, axes = plots.figure(len(ranks) + len(RATIOS), width=3.3, height=3.8)
    for ax, rank, curves in zip(axes, ranks, theory["dimension"], strict=False):
        for k, (colour, g) in enumerate(zip(plots.COLOURS, theory["g_eff"], strict=False)):
            ax.plot(theory["gains_pr"], curves[k], color=colour, label=rf"$g_\mathrm{{eff}}$ = {g:g}")
            here = rows_with(rows, g_eff=g, effective_rank=rank, observable="phi")
            draw_networks(ax, here, "PR_G", colour, 0.012 * (k - 1))
        ax.set_title(rf"$\alpha\,\mathrm{{PR}}_D$ = {rank:g}", fontsize=10)
        ax.set_ylim(0, None)
    axes[0].set_ylabel(r"dimension of activity $\mathrm{PR}^\phi$")
    axes[0].legend(title="line: theory\ndots: largest networks\ncircle: N → ∞, ±1 SE", fontsize=8, title_fontsize=8)
    for ax, observable, a in zip(axes[len(ranks) :], RATIOS, (r"G\phi", r"\mathrm{readout}"), strict=True):
        for k, (colour, rank) in enumerate(zip(plots.COLOURS[3:], ranks, strict=False)):
            label = rf"$\alpha\,\mathrm{{PR}}_D$ = {rank:g}"
            ax.plot(theory["gains_pr"], theory["ratios"][observable][k], color=colour, label=label)
            here = rows_with(rows, effective_rank=rank, observable=f"{observable}/phi")
            draw_networks(ax, here, "PR_G", colour, 0.012 * (k - 1))
        ax.set_title(rf"$g_\mathrm{{eff}}$ = {theory['ratios_g_eff']:g}", fontsize=10)
        ax.set(ylabel=rf"$\mathrm{{PR}}^{{{a}}}/\mathrm{{PR}}^\phi$", ylim=(0.65, 1.05))
        ax.legend(fontsize=8, loc="lower right")
    for ax in axes:
        ax.set(xlabel=r"$\mathrm{PR}_G$ of the gains", xlim=(0, 1.04))
    return fig


FIGURE = Figure("gains", PRESETS, compute, draw, scheduled=True)
