"""Covariances of one given network, predicted by its linear equivalent and simulated, entry by entry (ours).

The networks are sampled couplings, and real wiring diagrams, whose matrix belongs to no ensemble.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from numpy.typing import NDArray

import mftheory as mf
from mftheory import connectome, plots
from mftheory.figures.against import compared, fluctuating, seed
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.measured_networks import without_drawn
from mftheory.progress import tracked
from mftheory.results.extrapolate import CURVATURE
from mftheory.results.predicted_covariance import Agreement

Array = NDArray[np.float64]
DRAWN_PAIRS = 4000
"""Number of pairs of neurons in a scatter plot."""
COMPARED_NEURONS = 150
"""Number of neurons compared with each other where the whole matrix is not predicted."""

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
class OneNetworkProtocol:
    """Number of networks by size, and wirings with their g_eff and noise."""

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


PRESETS: Mapping[str, OneNetworkProtocol] = {
    "trial": OneNetworkProtocol(networks={60: 2, 120: 2}, wirings=(("C. elegans", 0.35, 0.5),), samples_per_neuron=4.0),
    "quick": OneNetworkProtocol(networks={250: 8, 500: 6, 1000: 4}, samples_per_neuron=6.0),
    "full": OneNetworkProtocol(),
}


def compute(protocol: OneNetworkProtocol, work: FigureWork) -> Outcome:
    """Predict, simulate, compare. Each network is simulated once: results are kept in ``points/``."""
    settings = {"trajectories": protocol.trajectories, "samples_per_neuron": protocol.samples_per_neuron}
    places = [(name, n, k) for name in ENSEMBLES for n, count in protocol.networks.items() for k in range(count)]
    networks: dict[str, dict[int, list[dict[str, Any]]]] = {
        name: {n: [] for n in protocol.networks} for name in ENSEMBLES
    }
    for name, n, k in tracked(places, work.name, "network", work.progress):
        number = list(ENSEMBLES).index(name)
        network_seed = seed(work.name, number, n, k)
        made_with = {"network": name, "n": n, "seed": network_seed, **settings, "version": mf.__version__}
        measure = partial(of_ensemble, name, n, network_seed, protocol)
        networks[name][n].append(work.records.get(f"{number}-{n}-{k}", made_with, measure))
    wirings = []
    for k, (name, g, noise) in enumerate(
        tracked(list(protocol.wirings), f"{work.name}, wirings", "wiring", work.progress)
    ):
        label = {"wiring": name, "g_eff": g, "noise": noise}
        measure = partial(of_wiring, name, g, noise, protocol)
        wirings.append(
            label | work.records.get(f"wiring-{k}", {**label, **settings, "version": mf.__version__}, measure)
        )
    record = {
        "claim": "the linear-equivalent network of one given J has that network's covariances (theory §6; ours)",
        "ensembles": {
            name: {str(n): [without_drawn(one) for one in each] for n, each in by_size.items()}
            for name, by_size in networks.items()
        },
        "wirings": [without_drawn(one) for one in wirings],
        "comparisons": [comparison(name, ENSEMBLES[name](), by_size) for name, by_size in networks.items()],
        "seeds": f"mftheory.figures.against.seed({work.name!r}, number of the ensemble, N, number of the network)",
    }
    largest = max(protocol.networks)
    shown = {name: by_size[largest][0] for name, by_size in networks.items()}
    return Outcome(
        record,
        "Dimension predicted for each J over that simulated, extrapolated in 1/N",
        tuple(table_of_entries(networks, wirings)),
        drawn={"shown": shown, "wirings": wirings},
    )


def of_ensemble(name: str, n: int, seed: int, protocol: OneNetworkProtocol) -> dict[str, Any]:
    """Return the agreement of one network of an ensemble with its prediction."""
    net = ENSEMBLES[name]()
    given = mf.Network(mf.Given(net.connectivity.sample(n, seed).dense()), net.nonlinearity, noise=net.noise)
    return of_given(given, n, seed, protocol)


def of_wiring(name: str, g_eff: float, noise: float, protocol: OneNetworkProtocol) -> dict[str, Any]:
    """Return the agreement of a sample wiring, normalised, at a coupling scale, with its prediction."""
    matrix = connectome.normalise(mf.Connectome.read(connectome.sample_data(SAMPLES[name]))).matrix
    n = matrix.shape[0]
    rms = float(np.sqrt(np.sum(matrix.data**2) / n))
    return of_given(mf.Network(mf.Given(matrix * (g_eff / rms)), noise=noise), n, 0, protocol)


def of_given(net: mf.Network, n: int, seed: int, protocol: OneNetworkProtocol) -> dict[str, Any]:
    """Return the agreement of predicted and simulated covariances of φ; dimensions; some pairs to draw.

    The network is simulated twice, with independent initial conditions and noise.
    """
    prediction = mf.predict_covariance(net)
    among = (
        None if prediction.exact else np.sort(np.random.default_rng(seed).choice(n, COMPARED_NEURONS, replace=False))
    )
    duration = max(60.0, protocol.samples_per_neuron * n / protocol.trajectories)
    runs = [
        mf.simulate(net, n, seed + k, trajectories=protocol.trajectories, duration=duration, covariance="phi")
        for k in range(2)
    ]
    parts = [r.covariance("phi") if among is None else r.covariance("phi")[np.ix_(among, among)] for r in runs]
    covariance = prediction.covariance("phi", among)
    agreement = Agreement.between(covariance, *parts)
    above = np.triu_indices(len(covariance), 1)
    chosen = np.random.default_rng(seed).choice(above[0].size, min(DRAWN_PAIRS, above[0].size), replace=False)
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


def comparison(name: str, net: mf.Network, networks: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """Compare the predicted with the simulated dimension of φ, network by network, N → ∞."""
    theory = mf.solve(net)
    moving, _ = fluctuating(networks)
    ratio = {n: [one["predicted"]["phi"] / one["simulated"]["phi"] for one in each] for n, each in moving.items()}
    number_of_dimensions = theory.dimension("phi") * max(networks)
    wrong = {"x in place of φ": theory.dimension("x") / theory.dimension("phi")}
    return compared({"of": name}, 1.0, ratio, wrong, size_error=CURVATURE / number_of_dimensions**2)


def table_of_entries(
    networks: Mapping[str, Mapping[int, list[dict[str, Any]]]], wirings: list[dict[str, Any]]
) -> list[str]:
    """Return lines that say how well entries are predicted."""
    lines = [
        "",
        "C_ij of φ, i ≠ j: correlation of predicted with simulated (a perfect prediction's), explained variance;",
        "dimension predicted / simulated, mean and r.m.s. deviation from 1 over networks; ⟨φ'⟩ max Re λ",
    ]
    for name, by_size in networks.items():
        for n, each in by_size.items():
            ratio = np.array([one["predicted"]["phi"] / one["simulated"]["phi"] for one in each])
            spread = np.sqrt(np.mean((ratio - 1) ** 2))
            lines.append(f"{name:48} N = {n:5}  {_entries(each)}  {ratio.mean():.3f}, {spread:.3f}  {_edge(each)}")
    for one in wirings:
        label = f"{one['wiring']}, g_eff = {one['g_eff']:g}" + (f", noise {one['noise']:g}" if one["noise"] else "")
        dimensions = f"{one['predicted']['phi']:.4g} / {one['simulated']['phi']:.4g} ± {one['error']['phi']:.1g}"
        lines.append(f"{label:48} N = {one['n']:5}  {_entries([one])}  {dimensions}  {_edge([one])}")
    return lines


def _entries(each: list[dict[str, Any]]) -> str:
    correlation, ceiling, explained = (
        np.mean([one["agreement"][name] for one in each]) for name in ("correlation", "ceiling", "explained")
    )
    return f"{correlation:.3f} ({ceiling:.3f})  {explained:.3f}"


def _edge(each: list[dict[str, Any]]) -> str:
    return f"{np.mean([one['edge'] for one in each]):.3f}"


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw predicted against simulated covariances of some networks, and predicted against simulated dimension of all.

    Beside the record: ``shown``, one network of each ensemble, and ``wirings``, with the pairs that are drawn.
    """
    shown, wirings = record["shown"], record["wirings"]
    last = {one["wiring"]: one for one in wirings if one["edge"] < 0.98}  # of each wiring before a mode condenses
    panels = {**dict(list(shown.items())[::2]), **last}
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
    for colour, (name, by_size) in zip(plots.COLOURS, record["ensembles"].items(), strict=False):
        for size, each in enumerate(by_size.values()):
            x = [one["simulated"]["phi"] for one in each]
            y = [one["predicted"]["phi"] for one in each]
            label = name if size == len(by_size) - 1 else None
            ax.plot(x, y, "o", ms=3 + 2 * size, color=colour, mfc="none", label=label)
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
    return fig


FIGURE = Figure("one_network", PRESETS, compute, draw)
