"""Dimension at low effective rank, where it is proportional to it ([CMvML25] Fig. 10(a))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import plots
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.simulated_networks import (
    OBSERVABLES,
    Case,
    compared_phi_and_x,
    draw_networks,
    outcome,
    rows_with,
    simulated,
    testable,
)

TINY_RANK = 1e-9
"""Effective rank at which PR/rank is its limit, to nine digits."""


@dataclass(frozen=True)
class LowRankProtocol:
    """Points and networks that are simulated; published: N = 5000, a step spectrum."""

    g_eff: tuple[float, ...] = (3.0, 10.0)
    effective_rank: tuple[float, ...] = tuple(np.linspace(0.05, 0.5, 10).round(12).tolist())
    inset_g: tuple[float, ...] = tuple(np.geomspace(0.01, 99.0, 41).tolist())  # g_eff - 1
    networks: dict[int, int] = field(default_factory=lambda: {1250: 20, 2500: 12, 5000: 10})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 100.0})


PRESETS: Mapping[str, LowRankProtocol] = {
    "quick": LowRankProtocol(
        effective_rank=(0.1, 0.2, 0.3, 0.4, 0.5),
        inset_g=tuple(np.geomspace(0.01, 99.0, 21).tolist()),
        networks={500: 16, 1000: 12, 2000: 6},
        simulation={"trajectories": 16, "duration": 80.0},
    ),
    "medium": LowRankProtocol(
        g_eff=(3.0, 6.0, 10.0),
        effective_rank=(0.1, 0.2, 0.3, 0.4, 0.5),
        networks={1000: 24, 2000: 16, 4000: 8},
    ),
    "full": LowRankProtocol(g_eff=(3.0, 6.0, 10.0)),
}


def compute(protocol: LowRankProtocol, work: FigureWork) -> Outcome:
    """Solve, simulate, compare; networks stream into ``low_rank_N*.nc``."""
    points = [(g, rank) for g in protocol.g_eff for rank in protocol.effective_rank]
    lowest = {point: min(mf.dimension(*point, observable=a) for a in OBSERVABLES) for point in points}
    tested = [point for point in points if testable(lowest[point], protocol.networks)]
    cases = [case(*point) for point in tested]
    data = simulated(cases, protocol, work, OBSERVABLES)
    rank = np.linspace(0.01, 0.5, 50)
    g = np.array(protocol.g_eff)[:, None]
    strengths = 1.0 + np.array(protocol.inset_g)
    ratios = [coefficient(strength, "phi") / mf.dimension(strength) for strength in strengths]
    record = {
        "claim": "at low effective rank PR^a = K^a(g_eff) αPR_D; K^φ over PR^φ of i.i.d. couplings rises from 1 at "
        "onset to about 1.53 at large g",
        "theory": {
            "g_eff": list(protocol.g_eff),
            "effective_rank": rank.tolist(),
            "dimension": {a: mf.dimension(g, effective_rank=rank, observable=a).tolist() for a in OBSERVABLES},
            "K": {a: [coefficient(strength, a) for strength in protocol.g_eff] for a in OBSERVABLES},
        },
        "inset": {"g_eff": strengths.tolist(), "K_over_iid": ratios},
        "comparisons": compared_phi_and_x(data, cases),
        "not_simulated": [{"g_eff": g, "effective_rank": rank} for g, rank in points if (g, rank) not in tested],
    }
    aside = (
        f"K^φ/PR_iid from {ratios[0]:.4f} at g_eff = {strengths[0]:g} to {ratios[-1]:.4f} at g_eff = {strengths[-1]:g}"
    )
    return outcome(record, "Dimension PR^a at low effective rank, step spectrum", protocol, aside)


def coefficient(g_eff: float, observable: str) -> float:
    """Return K^a = lim PR^a/(αPR_D) as the effective rank goes to 0 (theory §4).

    Examples
    --------
    >>> from mftheory.figures.low_rank_figure import coefficient
    >>> round(coefficient(3.0, "phi"), 6)
    0.064105
    """
    return float(mf.dimension(g_eff, effective_rank=TINY_RANK, observable=observable)) / TINY_RANK


def case(g_eff: float, effective_rank: float) -> Case:
    """Return a network with equal strengths on a part of the modes, and wrong theories of it.

    Wrong are: κ = 0; the low-rank line beyond where it holds; the participation ratio of the singular values for that
    of the strengths [sv-pr, 13].
    """
    wrong = {
        a: {
            "no kappa": float(mf.dimension(g_eff, observable=a)),
            "line K αPR_D": coefficient(g_eff, a) * effective_rank,
            "PR of singular values": float(
                mf.dimension(g_eff, effective_rank=effective_rank / (1.0 + 2.0 * effective_rank), observable=a)
            ),
        }
        for a in OBSERVABLES
    }
    network = mf.Network(mf.RandomMode.step(g_eff, effective_rank))
    return Case({"g_eff": g_eff, "effective_rank": effective_rank}, network, wrong)


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw one panel for each observable, the lines K^a αPR_D dotted; the inset K^φ/PR_iid against g_eff."""
    theory = record["theory"]
    fig, axes = plots.figure(len(OBSERVABLES), width=5.0, height=4.4)
    for ax, a, symbol in zip(axes, OBSERVABLES, (r"\phi", "x"), strict=True):
        for k, (colour, g) in enumerate(zip(plots.COLOURS, theory["g_eff"], strict=False)):
            rank, curve = np.array(theory["effective_rank"]), theory["dimension"][a][k]
            ax.plot(rank, curve, color=colour, label=rf"$g_\mathrm{{eff}}$ = {g:g}")
            ax.plot(rank, theory["K"][a][k] * rank, ":", lw=1, color=colour)
            rows = rows_with(record["comparisons"], g_eff=g, observable=a)
            draw_networks(ax, rows, "effective_rank", colour, 0.004 * (k - 0.5))
        highest = max(max(curve) for curve in theory["dimension"][a])
        ax.set(
            xlabel=r"effective rank $\alpha\,\mathrm{PR}_D$", ylabel=rf"dimension of activity $\mathrm{{PR}}^{symbol}$",
            xlim=(0, 0.53), ylim=(0, 2.0 * highest),
        )  # fmt: skip
    title = (
        "line: theory\ndotted: " + r"$K^a\,\alpha\,\mathrm{PR}_D$" + "\ndots: largest networks\ncircle: N → ∞, ±1 SE"
    )
    axes[1].legend(title=title, fontsize=8, title_fontsize=8, loc="upper left")
    small = axes[0].inset_axes((0.2, 0.66, 0.42, 0.32))
    small.plot(record["inset"]["g_eff"], record["inset"]["K_over_iid"], color="0.2")
    small.set(xscale="log", ylim=(0.95, 1.6))
    small.set_xlabel(r"$g_\mathrm{eff}$", fontsize=8)
    small.set_ylabel(r"$K^\phi/\mathrm{PR}^\phi_\mathrm{i.i.d.}$", fontsize=8)
    small.tick_params(labelsize=7)
    return fig


FIGURE = Figure("low_rank", PRESETS, compute, draw, scheduled=True)
