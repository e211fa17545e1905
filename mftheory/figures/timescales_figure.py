"""The timescale of the leading principal components, against effective rank (Fig. 4(b))."""

import itertools
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import compared
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.simulated_networks import sizes
from mftheory.results.attractors import in_doubt, left_out

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class TimescalesProtocol:
    """Parameters and networks that are solved and simulated."""

    g_eff: tuple[float, ...] = (3.0, 10.0, 20.0)
    effective_rank: tuple[float, ...] = (0.3, 1.0, 10.0)
    longest: int = 20
    networks: dict[int, int] = field(default_factory=lambda: {1250: 16, 2500: 12, 5000: 10})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 64, "duration": 200.0})


PRESETS: Mapping[str, TimescalesProtocol] = {
    "trial": TimescalesProtocol(
        g_eff=(10.0,),
        effective_rank=(1.0, 10.0),
        longest=6,
        networks={60: 3, 120: 3},
        simulation={"trajectories": 16, "duration": 30.0},
    ),
    "quick": TimescalesProtocol(networks={250: 12, 500: 8, 1000: 5}, simulation={"trajectories": 32, "duration": 60.0}),
    "full": TimescalesProtocol(),
}


def compute(protocol: TimescalesProtocol, work: FigureWork) -> Outcome:
    """Simulate networks, which stream into a store, and compare their timescales with the theory's."""
    with warnings.catch_warnings():
        # Networks in doubt are counted below.
        warnings.simplefilter("ignore", UserWarning)
        data = mf.sweep(
            _network,
            over={"g_eff": protocol.g_eff, "effective_rank": protocol.effective_rank},
            what="simulate",
            store=work.folder / f"{work.name}.nc",
            tau=[float(t) for t in range(protocol.longest + 1)],
            n=list(protocol.networks),
            seeds=protocol.networks,
            sampling_interval=1.0,
            **work.sweep_options,
            **protocol.simulation,
        )
    points = itertools.product(protocol.g_eff, protocol.effective_rank)
    curves = [_curve(data, g, rank, protocol) for g, rank in points]
    comparisons = [curve.pop("comparison") for curve in curves]
    record: dict[str, Any] = {
        "claim": "leading components keep their activity longer than neurons do, nearly as long at any effective rank",
        "curves": curves,
        "comparisons": comparisons,
        "resting": sorted(one for row in comparisons for one in row["resting"]),
        "seeds": "those of mftheory.sweep with seed=0",
    }
    return Outcome(record, "Ψ^φ(τ, 0)/Ψ^φ(0, 0) at the lag where the theory is nearest to 1/2")


def _network(g_eff: float, effective_rank: float) -> mf.Network:
    return mf.Network(mf.RandomMode.exponential(g_eff, effective_rank))


def _curve(data: "xarray.Dataset", g_eff: float, effective_rank: float, protocol: TimescalesProtocol) -> dict[str, Any]:
    """Return the theory on a fine grid, networks of the largest size at whole lags, the comparison at one lag."""
    import xarray

    theory, iid = mf.solve(_network(g_eff, effective_rank)), mf.solve(mf.Network(mf.IID(g_eff)))
    lags = np.arange(protocol.longest + 1.0)
    tau = np.linspace(0.0, protocol.longest, 201)
    expected = theory.timescale("phi", lags)
    # One lag, chosen by the theory alone: different lags of the same networks say nearly the same.
    half = float(lags[np.argmin(np.abs(expected - 0.5))])
    timescale = data["timescale"].sel(observable="phi", g_eff=g_eff, effective_rank=effective_rank)
    usable = sizes(list(protocol.networks), theory.dimension("phi"))
    status = data["status"].sel(g_eff=g_eff, effective_rank=effective_rank)
    at_rest, doubtful = (xarray.apply_ufunc(np.vectorize(of, [bool]), status) for of in (left_out, in_doubt))
    simulated = timescale.sel(tau=half).notnull()
    seeds = data["seed"].sel(g_eff=g_eff, effective_rank=effective_rank).where(at_rest & simulated, -1)
    values = {n: timescale.sel(n=n).where(~at_rest.sel(n=n)).dropna("network", how="all") for n in usable}
    single = theory.C("phi", half) / theory.C("phi", 0.0)
    largest = values[max(values)]
    return {
        "g_eff": g_eff,
        "effective_rank": effective_rank,
        "theory": {"tau": tau.tolist(), "timescale": theory.timescale("phi", tau).tolist()},
        "neurons": {"tau": tau.tolist(), "C": (theory.C("phi", tau) / theory.C("phi", 0.0)).tolist()},
        "networks": {
            "n": max(values),
            "tau": lags.tolist(),
            "timescale": largest.mean("network").values.tolist(),
            "error": (largest.std("network", ddof=1) / np.sqrt(largest.sizes["network"])).values.tolist(),
        },
        "in_doubt": sum(int((doubtful & simulated).sel(n=n).sum()) for n in values),
        "number_of_dimensions": {str(n): theory.number_of_dimensions(n) for n in values},
        "comparison": compared(
            {"g_eff": g_eff, "effective_rank": effective_rank, "tau": half},
            float(theory.timescale("phi", half)),
            {n: v.sel(tau=half).values for n, v in values.items()},
            {"κ dropped": float(iid.timescale("phi", half)), "weights λ for λ²": float(single)},
        )
        | {"resting": [(n, int(seed)) for n in values for seed in seeds.sel(n=n).values if seed >= 0]},
    }


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw one panel for each g_eff: theory as lines, networks as dots with standard errors."""
    strengths = list(dict.fromkeys(curve["g_eff"] for curve in record["curves"]))
    ranks = list(dict.fromkeys(curve["effective_rank"] for curve in record["curves"]))
    fig, axes = plots.figure(len(strengths), width=4.2, height=3.8)
    for ax, g in zip(axes, strengths, strict=True):
        curves = [curve for curve in record["curves"] if curve["g_eff"] == g]
        for curve in curves:
            k = ranks.index(curve["effective_rank"])
            label = rf"$\alpha\,\mathrm{{PR}}_D$ = {curve['effective_rank']:g}"
            ax.plot(*curve["theory"].values(), color=plots.COLOURS[k], label=label)
            networks = curve["networks"]
            ax.errorbar(
                np.array(networks["tau"]) + 0.12 * (k - 1), networks["timescale"], networks["error"],
                fmt="osD"[k % 3], ms=3, color=plots.COLOURS[k],
            )  # fmt: skip
        ax.plot(*curves[0]["neurons"].values(), ":", color="0.4", label=r"$C^\phi(\tau)/C^\phi(0)$, neurons")
        ax.set(title=rf"$g_\mathrm{{eff}}$ = {g:g}", xlabel=r"lag $\tau$ (time constants)", ylim=(-0.05, 1.05))
    axes[0].set_ylabel(r"$\Psi^\phi(\tau,0)\,/\,\Psi^\phi(0,0)$")
    n = record["curves"][0]["networks"]["n"]
    axes[0].legend(title=f"line: theory\ndots: networks, N = {n}, ±1 SE", fontsize=8, title_fontsize=8)
    return fig


FIGURE = Figure("timescales", PRESETS, compute, draw, scheduled=True)
