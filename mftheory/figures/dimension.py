"""The main job: dimension of activity against effective rank, derived, computed, simulated, and on real wiring."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf
from mftheory import connectome, plots
from mftheory.figures.networks import of_point, store
from mftheory.results import Comparison
from mftheory.results.provenance import provenance
from mftheory.results.theory import dimensions
from mftheory.storage import make_folder, write

Say = Callable[[str], None]
FILES = ("dimension.png", "wiring.png", "dimension.json", "dimension.txt")


@dataclass(frozen=True)
class Protocol:
    """What is simulated: networks for each size, seeds fixed before anything was looked at."""

    g_eff: tuple[float, ...] = (3.0, 6.0, 10.0)
    effective_rank: tuple[float, ...] = (0.5, 1.0)
    # Sizes at which each point has N·PR >= 10: below that a 1/N² term shows (N = 250 at g_eff = 3, with 200 networks).
    networks: dict[int, int] = field(default_factory=lambda: {500: 24, 1000: 16, 2000: 10})
    wiring_g_eff: tuple[float, ...] = (3.0, 6.0)
    wiring_networks: dict[int, int] = field(default_factory=lambda: {500: 16, 1000: 10, 2000: 6})
    # Networks differ by more than each one's estimate errs, so many networks, briefly each.
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 80.0})


QUICK = Protocol(
    g_eff=(3.0, 10.0),
    effective_rank=(0.5, 1.0),
    networks={100: 3, 150: 3, 200: 3},
    wiring_g_eff=(6.0,),
    wiring_networks={100: 3, 150: 3, 200: 3},
    simulation={"trajectories": 16, "duration": 30.0},
)
"""For trying the job out in seconds: too small to conclude anything from."""

PRESETS: Mapping[str, Protocol] = {
    "trial": QUICK,
    "quick": Protocol(
        networks={250: 16, 500: 12, 1000: 8}, wiring_g_eff=(6.0,), wiring_networks={250: 16, 500: 12, 1000: 8}
    ),
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
    """Derive, compute, simulate, compare; write ``dimension.png``, ``wiring.png``, ``dimension.json`` and the report.

    Networks stream into ``dimension_N*.nc`` and ``wiring_N*.nc``; what is there is not simulated again.

    Parameters
    ----------
    output : Path
        Folder to write to, made if need be.
    protocol : Protocol, optional
        What to simulate.
    say : callable
        Where the report goes, line by line.
    progress : bool
        Show progress bars.
    jobs, scheduler
        Processes here, or a Dask scheduler's address, as for `mftheory.sweep`.

    Returns
    -------
    dict
        Every number written, JSON-ready.
    """
    protocol = Protocol() if protocol is None else protocol
    make_folder(output, "output")
    work: dict[str, Any] = {"jobs": jobs, "scheduler": scheduler, "progress": progress}
    lines: list[str] = []

    def report(line: str) -> None:
        lines.append(line)
        say(line)

    record: dict[str, Any] = {"formula": derived(report)}
    record |= against_rank(protocol, report, store(output, "dimension", protocol), work)
    record["wiring"] = on_wiring(protocol, report, output / f"wiring_N{max(protocol.wiring_networks)}.nc", work)
    points = [*record["comparison"]["points"], *record["wiring"]["comparison"]["points"]]
    record["comparisons"] = [of_point(point, "no kappa") for point in points]
    record["provenance"] = provenance(**asdict(protocol))
    draw(record, output)
    write(output / "dimension.txt", "\n".join(lines) + "\n", "output")
    return record


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
    protocol: Protocol,
    path: Path,
    work: Mapping[str, Any],
) -> Comparison:
    """The comparison of a grid of networks, streaming into a store; with the seeds of `mftheory.compare`."""
    return mf.compare(
        mf.sweep(family, over, "compare", path, n=list(networks), seeds=dict(networks), **work, **protocol.simulation)
    )


def against_rank(protocol: Protocol, say: Say, path: Path, work: Mapping[str, Any]) -> dict[str, Any]:
    """PR^φ against effective rank (the setting of [CMvML25] Fig. 4(a)): theory on a grid, networks at some points."""
    rank = np.linspace(0.02, max(1.0, *protocol.effective_rank), 50)
    dimension = mf.dimension(g_eff=np.array(protocol.g_eff)[:, None], effective_rank=rank[None])
    comparison = simulated(
        lambda g_eff, effective_rank: mf.Network(mf.RandomMode.exponential(g_eff, effective_rank)),
        {"g_eff": protocol.g_eff, "effective_rank": protocol.effective_rank},
        protocol.networks,
        protocol,
        path,
        work,
    )
    say("Dimension PR of φ against effective rank, exponential strengths:\n" + comparison.table() + "\n")
    return {
        "theory": {
            "g_eff": list(protocol.g_eff),
            "effective_rank": rank.tolist(),
            "dimension": dimension.tolist(),
        },
        "comparison": comparison.to_dict(),
    }


def on_wiring(protocol: Protocol, say: Say, path: Path, work: Mapping[str, Any]) -> dict[str, Any]:
    """The same on real input: the fly optic lobe's singular values turned into component strengths."""
    wiring = connectome.read(connectome.sample_data())
    found = connectome.decompose(wiring)
    report = found.report()
    say(
        f"Fly optic lobe ({found.normalised.n} connected neurons, {wiring.edges} edges, "
        f"{wiring.fraction_inhibitory:.0%} inhibitory): PR_S = {found.pr_raw:.3f} raw, "
        f"{found.pr_singular_values:.3f} normalised ({found.normalised.scaled_last} scaled last, residual "
        f"{found.normalised.residual:.2g}); effective rank {found.effective_rank:.3f}"
    )
    networks = {g: mf.Network(connectome.surrogate(found, g_eff=g)) for g in protocol.wiring_g_eff}
    comparison = simulated(
        lambda g_eff: networks[g_eff], {"g_eff": protocol.wiring_g_eff}, protocol.wiring_networks, protocol, path, work
    )
    say("\nNetworks drawn with its strengths:\n" + comparison.table())
    strengths = networks[protocol.wiring_g_eff[0]].connectivity
    grid = np.linspace(1.5, max(10.0, *protocol.wiring_g_eff), 18)
    curve = mf.dimension(g_eff=grid, effective_rank=found.effective_rank)
    trust = trust_at(found.normalised.n, list(networks.values()))
    for line in trust.values():
        say(line)
    n = 1000
    draws = {"surrogate": strengths, "iid": mf.IID(1.0)}
    return {
        "report": report,
        "comparison": comparison.to_dict(),
        "theory": {
            "g_eff": grid.tolist(),
            "dimension": curve.tolist(),
            "iid": mf.dimension(g_eff=grid).tolist(),
        },
        "trust": trust,
        "singular_values": {
            "measured": found.singular_values.tolist(),
            **{
                name: np.linalg.svd(law.sample(n, seed=0).dense(), compute_uv=False).tolist()
                for name, law in draws.items()
            },
        },
    }


def trust_at(n: int, networks: Sequence[mf.Network]) -> dict[str, str]:
    """Whether N·PR is large enough, at the wiring's own size, for the theory to be trusted."""
    said = {}
    for net in networks:
        theory = mf.solve(net)
        ok, reason = theory.trusted(n)
        count = theory.number_of_dimensions(n)
        verdict = "large enough for the theory to be trusted" if ok else f"too few: {reason}"
        predicted = f"{dimensions(count)} dimensions predicted at N = {n}"
        said[f"{net.g_eff:g}"] = f"g_eff = {net.g_eff:g}: {predicted}: {verdict}"
    return said


def draw(record: dict[str, Any], output: Path) -> None:
    """Write the two pictures and the JSON."""
    fig, (ax,) = plots.figure(1, width=6.0, height=4.5)
    plots.dimension_against_rank(record, ax)
    plots.save(fig, output / "dimension.png")
    fig, (left, right) = plots.figure(2)
    plots.singular_values(record["wiring"], left)
    plots.dimension_of_wiring(record["wiring"], right)
    plots.save(fig, output / "wiring.png")
    write(output / "dimension.json", json.dumps(record, indent=1), "output")
