"""The main job: dimension of activity against effective rank, derived, computed, simulated, and on real wiring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import connectome, plots
from mftheory.figures.frame import Figure, FigureWork, Outcome, Say
from mftheory.figures.simulated_networks import of_point
from mftheory.results import Comparison
from mftheory.results.theory import dimensions

SAMPLED_NEURONS = 1000
"""Size of the networks whose singular values are drawn beside the wiring's."""


@dataclass(frozen=True)
class DimensionProtocol:
    """Points, and networks for each size, that are simulated; seeds were fixed before anything was looked at."""

    g_eff: tuple[float, ...] = (3.0, 6.0, 10.0)
    effective_rank: tuple[float, ...] = (0.5, 1.0)
    # Sizes at which each point has N·PR >= 10: below that a 1/N² term shows (N = 250 at g_eff = 3, with 200 networks).
    networks: dict[int, int] = field(default_factory=lambda: {500: 24, 1000: 16, 2000: 10})
    wiring_g_eff: tuple[float, ...] = (3.0, 6.0)
    wiring_networks: dict[int, int] = field(default_factory=lambda: {500: 16, 1000: 10, 2000: 6})
    # Networks differ by more than each one's estimate errs, so many networks, briefly each.
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 80.0})


TRIAL = DimensionProtocol(
    g_eff=(3.0, 10.0),
    effective_rank=(0.5, 1.0),
    networks={100: 3, 150: 3, 200: 3},
    wiring_g_eff=(6.0,),
    wiring_networks={100: 3, 150: 3, 200: 3},
    simulation={"trajectories": 16, "duration": 30.0},
)
"""Protocol to try the job out in seconds: too small to conclude anything from."""

PRESETS: Mapping[str, DimensionProtocol] = {
    "trial": TRIAL,
    "quick": DimensionProtocol(
        networks={250: 16, 500: 12, 1000: 8}, wiring_g_eff=(6.0,), wiring_networks={250: 16, 500: 12, 1000: 8}
    ),
    "full": DimensionProtocol(),
}


def compute(protocol: DimensionProtocol, work: FigureWork) -> Outcome:
    """Derive, compute, simulate, compare; write ``wiring.png``.

    Networks stream into ``dimension_N*.nc`` and ``wiring_N*.nc``; what is there is not simulated again.
    """
    record: dict[str, Any] = {"formula": derived(work.say)}
    record |= against_rank(protocol, work)
    record["wiring"] = on_wiring(protocol, work)
    points = [*record["comparison"]["points"], *record["wiring"]["comparison"]["points"]]
    record["comparisons"] = [of_point(point, "no kappa") for point in points]
    fig, (left, right) = plots.figure(2)
    plots.singular_values(record["wiring"], left)
    plots.dimension_of_wiring(record["wiring"], right)
    plots.save(fig, work.folder / "wiring.png")
    return Outcome(record)


def derived(say: Say) -> dict[str, str]:
    """Derive the random-mode formula from the action and print it."""
    formula = mf.derive(mf.Network(mf.RandomMode.step(g_eff=3.0, effective_rank=0.5))).four_point("phi")
    kernel = formula.kernel()
    say(f"Derived from the action: Ψ^φ(ω1, ω2) [{formula.label}], where F_12 = F(ω1) F(ω2)\n\n{formula.pretty()}\n")
    return {
        "label": formula.label,
        "expression": str(formula.expr),
        "latex": formula.latex(),
        "content_hash": kernel.content_hash,
    }


def simulated(
    family: Callable[..., mf.Network],
    over: Mapping[str, Sequence[float]],
    networks: Mapping[int, int],
    simulation: Mapping[str, Any],
    work: FigureWork,
    store: Path,
) -> Comparison:
    """Return the comparison of a grid of networks, streaming into a store; with the seeds of `mftheory.compare`."""
    seeds = dict(networks)
    return mf.compare(
        mf.sweep(family, over, "compare", store, n=list(networks), seeds=seeds, **work.sweep_options, **simulation)
    )


def against_rank(protocol: DimensionProtocol, work: FigureWork) -> dict[str, Any]:
    """Return PR^φ against effective rank (as [CMvML25] Fig. 4(a)): theory on a grid, networks at some points."""
    rank = np.linspace(0.02, max(1.0, *protocol.effective_rank), 50)
    dimension = mf.dimension(g_eff=np.array(protocol.g_eff)[:, None], effective_rank=rank[None])
    comparison = simulated(
        lambda g_eff, effective_rank: mf.Network(mf.RandomMode.exponential(g_eff, effective_rank)),
        {"g_eff": protocol.g_eff, "effective_rank": protocol.effective_rank},
        protocol.networks,
        protocol.simulation,
        work,
        work.store(protocol.networks),
    )
    work.say("Dimension PR of φ against effective rank, exponential strengths:\n" + comparison.table() + "\n")
    return {
        "theory": {
            "g_eff": list(protocol.g_eff),
            "effective_rank": rank.tolist(),
            "dimension": dimension.tolist(),
        },
        "comparison": comparison.to_dict(),
    }


def on_wiring(protocol: DimensionProtocol, work: FigureWork) -> dict[str, Any]:
    """Return the same on real input: the fly optic lobe's singular values turned into component strengths."""
    wiring = connectome.read(connectome.sample_data())
    parts = connectome.decompose(wiring)
    work.say(
        f"Fly optic lobe ({parts.normalised.n} connected neurons, {wiring.edges} edges, "
        f"{wiring.fraction_inhibitory:.0%} inhibitory): PR_S = {parts.pr_raw:.3f} raw, "
        f"{parts.pr_singular_values:.3f} normalised ({parts.normalised.scaled_last} scaled last, residual "
        f"{parts.normalised.residual:.2g}); effective rank {parts.effective_rank:.3f}"
    )
    networks = {g: mf.Network(connectome.surrogate(parts, g_eff=g)) for g in protocol.wiring_g_eff}
    comparison = simulated(
        lambda g_eff: networks[g_eff],
        {"g_eff": protocol.wiring_g_eff},
        protocol.wiring_networks,
        protocol.simulation,
        work,
        work.store(protocol.wiring_networks, "wiring"),
    )
    work.say("\nNetworks drawn with its strengths:\n" + comparison.table())
    trust = trust_at(parts.normalised.n, list(networks.values()))
    for line in trust.values():
        work.say(line)
    g_eff = np.linspace(1.5, max(10.0, *protocol.wiring_g_eff), 18)
    surrogate = networks[protocol.wiring_g_eff[0]].connectivity
    return {
        "report": parts.report(),
        "comparison": comparison.to_dict(),
        "theory": {
            "g_eff": g_eff.tolist(),
            "dimension": mf.dimension(g_eff=g_eff, effective_rank=parts.effective_rank).tolist(),
            "iid": mf.dimension(g_eff=g_eff).tolist(),
        },
        "trust": trust,
        "singular_values": {
            "measured": parts.singular_values.tolist(),
            **{
                name: np.linalg.svd(law.sample(SAMPLED_NEURONS, seed=0).dense(), compute_uv=False).tolist()
                for name, law in {"surrogate": surrogate, "iid": mf.IID(1.0)}.items()
            },
        },
    }


def trust_at(n: int, networks: Sequence[mf.Network]) -> dict[str, str]:
    """Return a line for each g_eff: is N·PR large enough, at the wiring's own size, for the theory to be trusted?"""
    lines = {}
    for net in networks:
        theory = mf.solve(net)
        ok, reason = theory.trusted(n)
        count = theory.number_of_dimensions(n)
        verdict = "large enough for the theory to be trusted" if ok else f"too few: {reason}"
        predicted = f"{dimensions(count)} dimensions predicted at N = {n}"
        lines[f"{net.g_eff:g}"] = f"g_eff = {net.g_eff:g}: {predicted}: {verdict}"
    return lines


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw the dimension against effective rank."""
    fig, (ax,) = plots.figure(1, width=6.0, height=4.5)
    plots.dimension_against_rank(record, ax)
    return fig


FIGURE = Figure("dimension", PRESETS, compute, draw, ("wiring.png",), scheduled=True)
