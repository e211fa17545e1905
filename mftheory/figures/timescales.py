"""How long the leading principal components keep their activity, against effective rank (Fig. 4(b))."""

import itertools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import compared, conclude
from mftheory.figures.networks import sizes
from mftheory.results.attractors import in_doubt, left_out
from mftheory.storage import make_folder

if TYPE_CHECKING:
    import xarray

Say = Callable[[str], None]
NAME = "timescales"
FILES = tuple(f"{NAME}.{kind}" for kind in ("png", "json", "txt"))


@dataclass(frozen=True)
class Protocol:
    """What is solved and simulated."""

    g_eff: tuple[float, ...] = (3.0, 10.0, 20.0)
    effective_rank: tuple[float, ...] = (0.3, 1.0, 10.0)
    longest: int = 20
    networks: dict[int, int] = field(default_factory=lambda: {1250: 16, 2500: 12, 5000: 10})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 64, "duration": 200.0})


PRESETS: Mapping[str, Protocol] = {
    "trial": Protocol(
        g_eff=(10.0,),
        effective_rank=(1.0, 10.0),
        longest=6,
        networks={60: 3, 120: 3},
        simulation={"trajectories": 16, "duration": 30.0},
    ),
    "quick": Protocol(networks={250: 12, 500: 8, 1000: 5}, simulation={"trajectories": 32, "duration": 60.0}),
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
    """Solve, simulate, compare; write picture, JSON and table. Networks stream into a store and are simulated once.

    Parameters
    ----------
    output : Path
        Folder to write to, made if need be.
    protocol : Protocol, optional
        What to simulate; by default that of the "full" preset.
    say : callable
        Where the report goes.
    progress : bool
        Show a progress bar.
    jobs, scheduler
        As in `mftheory.sweep`.

    Returns
    -------
    dict
        Every number written, JSON-ready.
    """
    protocol = PRESETS["full"] if protocol is None else protocol
    make_folder(output, "output")
    with warnings.catch_warnings():
        # Networks in doubt are counted below.
        warnings.simplefilter("ignore", UserWarning)
        data = mf.sweep(
            _network,
            over={"g_eff": protocol.g_eff, "effective_rank": protocol.effective_rank},
            what="simulate",
            store=output / f"{NAME}.nc",
            tau=[float(t) for t in range(protocol.longest + 1)],
            n=list(protocol.networks),
            seeds=protocol.networks,
            jobs=jobs,
            scheduler=scheduler,
            progress=progress,
            sampling_interval=1.0,
            **protocol.simulation,
        )
    points = list(itertools.product(protocol.g_eff, protocol.effective_rank))
    curves = [_curve(data, g, rank, protocol) for g, rank in points]
    comparisons = [curve.pop("comparison") for curve in curves]
    record: dict[str, Any] = {
        "claim": "leading components keep their activity longer than neurons do, nearly as long at any effective rank",
        "curves": curves,
        "comparisons": comparisons,
        "resting": sorted(one for row in comparisons for one in row["resting"]),
        "seeds": "those of mftheory.sweep with seed=0",
    }
    title = "Ψ^φ(τ, 0)/Ψ^φ(0, 0) at the lag where the theory is nearest to 1/2"
    conclude(NAME, title, record, protocol, say, output)
    draw(record, output)
    return record


def _network(g_eff: float, effective_rank: float) -> mf.Network:
    return mf.Network(mf.RandomMode.exponential(g_eff, effective_rank))


def _curve(data: "xarray.Dataset", g_eff: float, effective_rank: float, protocol: Protocol) -> dict[str, Any]:
    """Theory on a fine grid; networks of the largest size at whole lags; the comparison at one lag."""
    import xarray

    theory, iid = mf.solve(_network(g_eff, effective_rank)), mf.solve(mf.Network(mf.IID(g_eff)))
    lags = np.arange(protocol.longest + 1.0)
    fine = np.linspace(0.0, protocol.longest, 201)
    expected = theory.timescale("phi", lags)
    # One lag, chosen by the theory alone: different lags of the same networks say nearly the same.
    half = float(lags[np.argmin(np.abs(expected - 0.5))])
    here = data["timescale"].sel(observable="phi", g_eff=g_eff, effective_rank=effective_rank)
    usable = sizes(list(protocol.networks), theory.dimension("phi"))
    status = data["status"].sel(g_eff=g_eff, effective_rank=effective_rank)
    rest, doubt = (xarray.apply_ufunc(np.vectorize(of, [bool]), status) for of in (left_out, in_doubt))
    there = here.sel(tau=half).notnull()
    seeds = data["seed"].sel(g_eff=g_eff, effective_rank=effective_rank).where(rest & there, -1)
    values = {n: here.sel(n=n).where(~rest.sel(n=n)).dropna("network", how="all") for n in usable}
    single = theory.C("phi", half) / theory.C("phi", 0.0)
    largest = values[max(values)]
    return {
        "g_eff": g_eff,
        "effective_rank": effective_rank,
        "theory": {"tau": fine.tolist(), "timescale": theory.timescale("phi", fine).tolist()},
        "neurons": {"tau": fine.tolist(), "C": (theory.C("phi", fine) / theory.C("phi", 0.0)).tolist()},
        "networks": {
            "n": max(values),
            "tau": lags.tolist(),
            "timescale": largest.mean("network").values.tolist(),
            "error": (largest.std("network", ddof=1) / np.sqrt(largest.sizes["network"])).values.tolist(),
        },
        "in_doubt": sum(int((doubt & there).sel(n=n).sum()) for n in values),
        "number_of_dimensions": {str(n): theory.number_of_dimensions(n) for n in values},
        "comparison": compared(
            {"g_eff": g_eff, "effective_rank": effective_rank, "tau": half},
            float(theory.timescale("phi", half)),
            {n: v.sel(tau=half).values for n, v in values.items()},
            {"κ dropped": float(iid.timescale("phi", half)), "weights λ for λ²": float(single)},
        )
        | {"resting": [(n, int(seed)) for n in values for seed in seeds.sel(n=n).values if seed >= 0]},
    }


def draw(record: Mapping[str, Any], output: Path) -> None:
    """One panel for each g_eff: theory as lines, networks as dots with standard errors."""
    strengths = list(dict.fromkeys(curve["g_eff"] for curve in record["curves"]))
    ranks = list(dict.fromkeys(curve["effective_rank"] for curve in record["curves"]))
    fig, axes = plots.figure(len(strengths), width=4.2, height=3.8)
    for ax, g in zip(axes, strengths, strict=True):
        curves = [curve for curve in record["curves"] if curve["g_eff"] == g]
        for curve in curves:
            k = ranks.index(curve["effective_rank"])
            label = rf"$\alpha\,\mathrm{{PR}}_D$ = {curve['effective_rank']:g}"
            ax.plot(*curve["theory"].values(), color=plots.COLOURS[k], label=label)
            found = curve["networks"]
            ax.errorbar(
                np.array(found["tau"]) + 0.12 * (k - 1), found["timescale"], found["error"],
                fmt="osD"[k % 3], ms=3, color=plots.COLOURS[k],
            )  # fmt: skip
        ax.plot(*curves[0]["neurons"].values(), ":", color="0.4", label=r"$C^\phi(\tau)/C^\phi(0)$, neurons")
        ax.set(title=rf"$g_\mathrm{{eff}}$ = {g:g}", xlabel=r"lag $\tau$ (time constants)", ylim=(-0.05, 1.05))
    axes[0].set_ylabel(r"$\Psi^\phi(\tau,0)\,/\,\Psi^\phi(0,0)$")
    n = record["curves"][0]["networks"]["n"]
    axes[0].legend(title=f"line: theory\ndots: networks, N = {n}, ±1 SE", fontsize=8, title_fontsize=8)
    plots.save(fig, output / f"{NAME}.png")
