"""Covariances of one given network, predicted by its linear equivalent and simulated, entry by entry (ours).

Of sampled couplings, and of real wiring diagrams, whose matrix belongs to no ensemble.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mftheory as mf
from mftheory import connectome, plots
from mftheory.figures.against import compared, conclude, fluctuating, seed
from mftheory.figures.records import Records
from mftheory.progress import tracked
from mftheory.results.predicted import Agreement

Say = Callable[[str], None]
Array = NDArray[np.float64]
NAME = "one_network"
FILES = tuple(f"{NAME}.{kind}" for kind in ("png", "json", "txt"))
DRAWN = 4000
"""Pairs of neurons in a scatter plot."""
AMONG = 150
"""Neurons compared with each other where the whole matrix is not predicted."""

ENSEMBLES: Mapping[str, Callable[[], mf.Network]] = {
    "i.i.d., g = 3": lambda: mf.Network(mf.IID(3.0)),
    "i.i.d., g = 1.2, noise 0.5": lambda: mf.Network(mf.IID(1.2), noise=0.5),
    "random modes, g_eff = 3, rank 0.5": lambda: mf.Network(mf.RandomMode.exponential(3.0, 0.5)),
    "random modes, g_eff = 1.2, rank 0.5, noise 0.5": lambda: mf.Network(
        mf.RandomMode.exponential(1.2, 0.5), noise=0.5
    ),
}
SAMPLES = {"C. elegans": "celegans", "fly optic lobe": "fly-optic-lobe"}


@dataclass(frozen=True)
class Protocol:
    """How many networks of which size, and which wirings at which g_eff and noise."""

    networks: dict[int, int] = field(default_factory=lambda: {500: 12, 1000: 10, 2000: 8})
    wirings: tuple[tuple[str, float, float], ...] = (
        ("C. elegans", 0.35, 0.5),
        ("C. elegans", 0.5, 0.5),
        ("C. elegans", 0.7, 0.5),
        ("fly optic lobe", 0.35, 0.5),
        ("fly optic lobe", 0.45, 0.5),
        ("fly optic lobe", 3.0, 0.0),
    )
    trajectories: int = 32
    samples_per_neuron: float = 12.0


PRESETS: Mapping[str, Protocol] = {
    "trial": Protocol(networks={60: 2, 120: 2}, wirings=(("C. elegans", 0.35, 0.5),), samples_per_neuron=4.0),
    "quick": Protocol(networks={250: 8, 500: 6, 1000: 4}, samples_per_neuron=6.0),
    "full": Protocol(),
}


def run(output: Path, protocol: Protocol | None = None, say: Say = print, progress: bool = False) -> dict[str, Any]:
    """Predict, simulate, compare; write picture, JSON and table. Each network is simulated once: kept in ``points/``.

    Parameters and what is returned as of `mftheory.figures.effective_rank.run`.
    """
    protocol = PRESETS["full"] if protocol is None else protocol
    records = Records(output / "points")
    largest = max(protocol.networks)
    jobs: list[tuple[str, int, int]] = [
        (name, n, k) for name in ENSEMBLES for n, count in protocol.networks.items() for k in range(count)
    ]
    found: dict[str, dict[int, list[dict[str, Any]]]] = {name: {n: [] for n in protocol.networks} for name in ENSEMBLES}
    settings = {"trajectories": protocol.trajectories, "samples_per_neuron": protocol.samples_per_neuron}
    for name, n, k in tracked(jobs, NAME, "network", progress):
        own = seed(NAME, list(ENSEMBLES).index(name), n, k)
        made_with = {"network": name, "n": n, "seed": own, **settings, "version": mf.__version__}
        compute = partial(measured, name, n, own, protocol)
        found[name][n].append(records.get(f"{list(ENSEMBLES).index(name)}-{n}-{k}", made_with, compute))
    wirings = []
    for k, (name, g, noise) in enumerate(tracked(list(protocol.wirings), f"{NAME}, wirings", "wiring", progress)):
        made_with = {"wiring": name, "g_eff": g, "noise": noise, **settings, "version": mf.__version__}
        one = records.get(f"wiring-{k}", made_with, partial(of_wiring, name, g, noise, protocol))
        wirings.append({"wiring": name, "g_eff": g, "noise": noise} | one)
    record: dict[str, Any] = {
        "claim": "the linear-equivalent network of one given J has that network's covariances (theory §6; ours)",
        "ensembles": {
            name: {str(n): [without(one) for one in each] for n, each in by.items()} for name, by in found.items()
        },
        "wirings": [without(one) for one in wirings],
        "comparisons": [comparison(name, ENSEMBLES[name](), by) for name, by in found.items()],
        "seeds": f"mftheory.figures.against.seed({NAME!r}, number of the ensemble, N, number of the network)",
    }
    title = "Dimension predicted for each J over that simulated, extrapolated in 1/N"
    conclude(NAME, title, record, protocol, say, output, *lines(found, wirings))
    draw({name: by[largest][0] for name, by in found.items()}, wirings, found, output)
    return record


def measured(name: str, n: int, seed: int, protocol: Protocol) -> dict[str, Any]:
    """One network: predicted, and simulated twice with independent initial conditions and noise."""
    net = ENSEMBLES[name]()
    given = mf.Network(mf.Given(net.connectivity.sample(n, seed).dense()), net.nonlinearity, noise=net.noise)
    return of_given(given, n, seed, protocol)


def of_wiring(name: str, g_eff: float, noise: float, protocol: Protocol) -> dict[str, Any]:
    """A sample wiring, normalised, at a coupling scale."""
    matrix = connectome.normalise(mf.Connectome.read(connectome.sample_data(SAMPLES[name]))).matrix
    n = matrix.shape[0]
    rms = float(np.sqrt(np.sum(matrix.data**2) / n))
    return of_given(mf.Network(mf.Given(matrix * (g_eff / rms)), noise=noise), n, 0, protocol)


def of_given(net: mf.Network, n: int, seed: int, protocol: Protocol) -> dict[str, Any]:
    """Agreement of predicted and simulated covariances of φ; dimensions; some pairs to draw."""
    prediction = mf.predict_covariance(net)
    among = None if prediction.exact else np.sort(np.random.default_rng(seed).choice(n, AMONG, replace=False))
    duration = max(60.0, protocol.samples_per_neuron * n / protocol.trajectories)
    runs = [
        mf.simulate(net, n, seed + k, trajectories=protocol.trajectories, duration=duration, covariance="phi")
        for k in range(2)
    ]
    parts = [r.covariance("phi") if among is None else r.covariance("phi")[np.ix_(among, among)] for r in runs]
    covariance = prediction.covariance("phi", among)
    agreement = Agreement.between(covariance, *parts)
    above = np.triu_indices(len(covariance), 1)
    chosen = np.random.default_rng(seed).choice(above[0].size, min(DRAWN, above[0].size), replace=False)
    mean = np.mean(parts, axis=0)
    return {
        "n": n,
        "seed": seed,
        "status": next((r.status for r in runs if r.status != "equilibrated"), "equilibrated"),
        "edge": prediction.edge,
        "agreement": asdict(agreement),
        "predicted": {a: prediction.dimension(a).value for a in ("phi", "x")},
        "simulated": {a: float(np.mean([r.dimension(a).value for r in runs])) for a in ("phi", "x")},
        "error": {a: float(np.linalg.norm([r.dimension(a).error for r in runs])) / 2 for a in ("phi", "x")},
        "shown": {
            "scale": float(np.trace(mean)) / len(mean),
            "predicted": covariance[above][chosen].round(6).tolist(),
            "simulated": mean[above][chosen].round(6).tolist(),
        },
    }


def without(one: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a network: all but what is drawn."""
    return {k: v for k, v in one.items() if k != "shown"}


def comparison(name: str, net: mf.Network, found: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """Predicted over simulated dimension of φ, network by network, N → ∞."""
    theory = mf.solve(net)
    moving, _ = fluctuating(found)
    ratio = {n: [one["predicted"]["phi"] / one["simulated"]["phi"] for one in each] for n, each in moving.items()}
    smallest = theory.dimension("phi") * max(found)
    wrong = {"x in place of φ": theory.dimension("x") / theory.dimension("phi")}
    return compared({"of": name}, 1.0, ratio, wrong, size_error=4.0 / smallest**2)


def lines(found: Mapping[str, Mapping[int, list[dict[str, Any]]]], wirings: list[dict[str, Any]]) -> list[str]:
    """A table of how well entries are predicted."""
    rows = [
        "",
        "C_ij of φ, i ≠ j: correlation of predicted with simulated (a perfect prediction's), explained variance;",
        "dimension predicted / simulated, mean and r.m.s. deviation from 1 over networks; ⟨φ'⟩ max Re λ",
    ]
    for name, by in found.items():
        for n, each in by.items():
            ratio = np.array([one["predicted"]["phi"] / one["simulated"]["phi"] for one in each])
            spread = np.sqrt(np.mean((ratio - 1) ** 2))
            rows.append(f"{name:48} N = {n:5}  {_entries(each)}  {ratio.mean():.3f}, {spread:.3f}  {_edge(each)}")
    for one in wirings:
        label = f"{one['wiring']}, g_eff = {one['g_eff']:g}" + (f", noise {one['noise']:g}" if one["noise"] else "")
        found_ = f"{one['predicted']['phi']:.4g} / {one['simulated']['phi']:.4g} ± {one['error']['phi']:.1g}"
        rows.append(f"{label:48} N = {one['n']:5}  {_entries([one])}  {found_}  {_edge([one])}")
    return rows


def _entries(each: list[dict[str, Any]]) -> str:
    correlation, ceiling, explained = (
        np.mean([one["agreement"][name] for one in each]) for name in ("correlation", "ceiling", "explained")
    )
    return f"{correlation:.3f} ({ceiling:.3f})  {explained:.3f}"


def _edge(each: list[dict[str, Any]]) -> str:
    return f"{np.mean([one['edge'] for one in each]):.3f}"


def draw(
    shown: Mapping[str, dict[str, Any]],
    wirings: list[dict[str, Any]],
    found: Mapping[str, Mapping[int, list[dict[str, Any]]]],
    output: Path,
) -> None:
    """Predicted against simulated covariances of some networks; predicted against simulated dimension of all."""
    kinds = {}  # the last of each wiring before a mode condenses
    for one in wirings:
        if one["edge"] < 0.98:
            kinds[one["wiring"]] = one
    panels = {**dict(list(shown.items())[::2]), **kinds}
    fig, axes = plots.figure(len(panels) + 1, width=3.6, height=3.6)
    for ax, (name, one) in zip(axes, panels.items(), strict=False):
        pairs = one["shown"]
        x, y = (np.array(pairs[kind]) / pairs["scale"] for kind in ("simulated", "predicted"))
        reach = 1.1 * float(np.quantile(np.abs(x), 0.999))
        ax.plot([-reach, reach], [-reach, reach], color="0.6", lw=1)
        ax.plot(x, y, ".", ms=2, color=plots.COLOURS[0], alpha=0.4, rasterized=True)
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
        ax.set(xlabel=r"$C_{ij}/C(0)$, simulated", ylabel=r"$C_{ij}/C(0)$, predicted")
        detail = f", g_eff = {one['g_eff']:g}, noise {one['noise']:g}" if "wiring" in one else ""
        ax.set_title(f"{name}{detail}\nN = {one['n']}, correlation {one['agreement']['correlation']:.3f}", fontsize=9)
    ax = axes[-1]
    for colour, (name, by) in zip(plots.COLOURS, found.items(), strict=False):
        for n, each in by.items():
            x = [one["simulated"]["phi"] for one in each]
            y = [one["predicted"]["phi"] for one in each]
            size = 3 + 2 * list(by).index(n)
            ax.plot(x, y, "o", ms=size, color=colour, mfc="none", label=name if n == max(by) else None)
    for one in wirings:
        marker = "^" if one["wiring"] == "C. elegans" else "s"
        ax.plot(one["simulated"]["phi"], one["predicted"]["phi"], marker, color="0.2", ms=6)
    for marker, name in (("^", "C. elegans"), ("s", "fly optic lobe")):
        if name in {one["wiring"] for one in wirings}:
            ax.plot([], [], marker, color="0.2", label=name)
    low, _ = ax.get_xlim()
    line = np.array([max(low, 3e-4), 1.0])
    ax.plot(line, line, color="0.6", lw=1)
    ax.set(xscale="log", yscale="log", xlabel="dimension PR, simulated", ylabel="dimension PR, predicted")
    ax.set_title("larger symbols: larger N", fontsize=9)
    ax.legend(fontsize=6)
    plots.save(fig, output / f"{NAME}.png")
