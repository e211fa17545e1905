"""Dimension of activity against effective rank, from 0.1 to 1 and beyond ([CMvML25] Fig. 4(a))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import plots
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.simulated_networks import Case, compared, draw_networks, outcome, rows_with, simulated, testable


@dataclass(frozen=True)
class EffectiveRankProtocol:
    """Points and networks that are simulated; published: ten networks a point, N = 5000, exponential strengths."""

    g_eff: tuple[float, ...] = (3.0, 6.0, 10.0)
    effective_rank: tuple[float, ...] = tuple(np.linspace(0.1, 1.0, 10).round(12).tolist())
    inset_g_eff: float = 6.0
    inset_rank: tuple[float, ...] = tuple(np.linspace(1.0, 10.0, 10).tolist())
    networks: dict[int, int] = field(default_factory=lambda: {1250: 20, 2500: 12, 5000: 10})
    # Networks differ by more than each one's estimate errs, so many networks, briefly each.
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 100.0})


PRESETS: Mapping[str, EffectiveRankProtocol] = {
    "quick": EffectiveRankProtocol(
        effective_rank=(0.1, 0.3, 0.6, 1.0),
        inset_rank=(2.0, 5.0, 10.0),
        networks={250: 16, 500: 12, 1000: 8},
        simulation={"trajectories": 16, "duration": 80.0},
    ),
    "medium": EffectiveRankProtocol(
        effective_rank=(0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0),
        inset_rank=(2.0, 4.0, 7.0, 10.0),
        networks={500: 32, 1000: 24, 2000: 16},
    ),
    "full": EffectiveRankProtocol(),
}


def compute(protocol: EffectiveRankProtocol, work: FigureWork) -> Outcome:
    """Solve, simulate, compare; networks stream into ``effective_rank_N*.nc``."""
    grid = [(g, rank) for g in protocol.g_eff for rank in protocol.effective_rank]
    inset = [(protocol.inset_g_eff, rank) for rank in protocol.inset_rank]
    points = list(dict.fromkeys(grid + inset))
    tested = [point for point in points if testable(mf.dimension(*point), protocol.networks)]
    cases = [case(*point) for point in tested]
    data = simulated(cases, protocol, work)
    rank = np.linspace(0.02, 1.0, 50)
    inset_rank = np.linspace(0.02, max((1.0, *protocol.inset_rank)), 100)
    record = {
        "claim": "PR^φ of random modes grows with the effective rank and with g_eff; at small effective rank it "
        "is far below that of i.i.d. couplings, which it approaches slowly beyond 1",
        "theory": {
            "g_eff": list(protocol.g_eff),
            "effective_rank": rank.tolist(),
            "dimension": mf.dimension(np.array(protocol.g_eff)[:, None], effective_rank=rank[None]).tolist(),
            "iid": mf.dimension(np.array(protocol.g_eff)).tolist(),
        },
        "inset": {
            "g_eff": protocol.inset_g_eff,
            "effective_rank": inset_rank.tolist(),
            "dimension": mf.dimension(protocol.inset_g_eff, effective_rank=inset_rank).tolist(),
            "iid": mf.dimension(protocol.inset_g_eff),
        },
        "comparisons": compared(data, cases, "phi"),
        "not_simulated": [{"g_eff": g, "effective_rank": rank} for g, rank in points if (g, rank) not in tested],
    }
    return outcome(record, "Dimension PR^φ against effective rank, exponential strengths", protocol)


def case(g_eff: float, effective_rank: float) -> Case:
    """Return a network with exponential strengths, and wrong theories of it.

    Wrong are: κ = 0; the participation ratio of the singular values for that of the strengths,
    PR_S = αPR_D / (1 + 2 αPR_D) [sv-pr, 13].
    """
    of_singular_values = effective_rank / (1.0 + 2.0 * effective_rank)
    wrong = {
        "no kappa": float(mf.dimension(g_eff)),
        "PR of singular values": float(mf.dimension(g_eff, effective_rank=of_singular_values)),
    }
    network = mf.Network(mf.RandomMode.exponential(g_eff, effective_rank))
    return Case({"g_eff": g_eff, "effective_rank": effective_rank}, network, {"phi": wrong})


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw the theory, i.i.d. couplings dotted, and networks on top; the inset up to the largest effective rank."""
    fig, (ax,) = plots.figure(1, width=6.4, height=4.8)
    theory = record["theory"]
    for k, (colour, g) in enumerate(zip(plots.COLOURS, theory["g_eff"], strict=False)):
        ax.plot(theory["effective_rank"], theory["dimension"][k], color=colour, label=rf"$g_\mathrm{{eff}}$ = {g:g}")
        rows = [r for r in rows_with(record["comparisons"], g_eff=g) if r["label"]["effective_rank"] <= 1]
        draw_networks(ax, rows, "effective_rank", colour, 0.008 * (k - 1))
    highest = max(max(curve) for curve in theory["dimension"])
    ax.set(
        xlabel=r"effective rank $\alpha\,\mathrm{PR}_D$", ylabel=r"dimension of activity $\mathrm{PR}^\phi$",
        xlim=(0, 1.04), ylim=(0, 1.9 * highest),
    )  # fmt: skip
    ax.legend(
        title="line: theory\ndots: largest networks\ncircle: networks, N → ∞, ±1 SE",
        loc="upper left",
        fontsize=8,
        title_fontsize=8,
    )
    inset = record["inset"]
    small = ax.inset_axes((0.55, 0.64, 0.43, 0.34))
    colour = plots.COLOURS[theory["g_eff"].index(inset["g_eff"]) if inset["g_eff"] in theory["g_eff"] else 3]
    small.plot(inset["effective_rank"], inset["dimension"], color=colour)
    small.axhline(inset["iid"], ls=":", color="0.4")
    small.text(0.3, inset["iid"], "i.i.d.", fontsize=7, va="bottom", color="0.4")
    draw_networks(small, rows_with(record["comparisons"], g_eff=inset["g_eff"]), "effective_rank", colour)
    small.set(ylim=(0, 1.25 * inset["iid"]), xlim=(0, 1.03 * max(inset["effective_rank"])))
    small.set_xlabel(r"$\alpha\,\mathrm{PR}_D$", fontsize=8)
    small.set_ylabel(rf"$\mathrm{{PR}}^\phi$, $g_\mathrm{{eff}}$ = {inset['g_eff']:g}", fontsize=8)
    small.tick_params(labelsize=7)
    return fig


FIGURE = Figure("effective_rank", PRESETS, compute, draw, scheduled=True)
