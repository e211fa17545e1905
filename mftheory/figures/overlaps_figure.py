"""Dimension of activity against the amplitude of mode overlaps, networks on top (the setting of [CMvML25] Fig. 7)."""

import csv
import io
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import plots, storage
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.maximum import Maximum, maximum
from mftheory.figures.simulated_networks import of_point, sizes
from mftheory.progress import tracked

Place = tuple[float, float, float]
"""g_eff, effective rank, overlap amplitude γ."""

MAXIMUM_WITHIN = 0.25
"""Distance in γ from the highest value within which a polynomial of few terms follows the curve."""


@dataclass(frozen=True)
class OverlapsProtocol:
    """Points that are solved and simulated; every seed follows from the point, by a rule fixed beforehand."""

    g_eff: tuple[float, ...] = (3.0, 6.0, 10.0)
    effective_rank: tuple[float, ...] = (0.3, 0.8, 1.0)
    # γ; an odd number of them, as at γ = 0 the theory is known to twelve digits.
    amplitude: tuple[float, ...] = tuple(np.linspace(-0.65, 0.65, 13).round(12).tolist())
    target: float = 0.01
    # Around the highest point of each curve, to find where the maximum is; there sampling is cheap.
    refinement: tuple[float, ...] = (-0.15, -0.1, -0.05, 0.05, 0.1, 0.15)
    refined_target: float = 0.003
    simulated_rank: tuple[float, ...] = (0.8,)
    simulated_amplitude: tuple[float, ...] = (-0.65, -0.3, 0.0, 0.3, 0.65)
    networks: dict[int, int] = field(default_factory=lambda: {500: 16, 1000: 12, 2000: 8})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 80.0, "dt": 0.1})


TRIAL = OverlapsProtocol(
    g_eff=(3.0, 10.0),
    effective_rank=(0.8,),
    amplitude=(-0.35, -0.2, -0.1, 0.0, 0.2),
    target=0.05,
    refinement=(-0.05, 0.05),
    refined_target=0.05,
    simulated_amplitude=(-0.2,),
    networks={100: 3, 200: 3},
    simulation={"trajectories": 16, "duration": 30.0},
)
"""Protocol to try the job out in seconds: too small to conclude anything from."""

PRESETS: Mapping[str, OverlapsProtocol] = {
    "trial": TRIAL,
    "quick": OverlapsProtocol(
        g_eff=(3.0, 10.0),
        effective_rank=(0.8,),
        amplitude=(-0.6, -0.4, -0.2, -0.1, 0.0, 0.2, 0.4, 0.6),
        target=0.02,
        refinement=(-0.1, -0.05, 0.05),
        refined_target=0.01,
        simulated_amplitude=(-0.6, -0.2, 0.0, 0.4),
        networks={250: 16, 500: 12, 1000: 8},
    ),
    "full": OverlapsProtocol(),
}


def compute(protocol: OverlapsProtocol, work: FigureWork) -> Outcome:
    """Solve, simulate, compare, find the maxima; write ``overlaps.csv``.

    Every point is written to ``points/`` as soon as it is done, and read from there if the job is run again. (Not one
    store of a sweep, as in other figures: the theory of each point samples with random numbers of its own.)
    """
    curves = solved(protocol, work)
    points = simulated(protocol, work)
    record = {
        "curves": curves,
        "claims": claims(curves),
        "simulated": points,
        "comparisons": [of_point(point, "no overlaps") for point in points],
    }
    work.say("\n".join(report(record)))
    storage.write(work.folder / "overlaps.csv", csv_of(curves), "output")
    return Outcome(record)


def network(g_eff: float, effective_rank: float, amplitude: float) -> mf.Network:
    """Return an erf network with exponential strengths and overlaps of the sigmoidal law with ⟨Dρ⟩ = 0 (theory §2)."""
    return mf.Network(mf.RandomMode.exponential(g_eff, effective_rank, overlap_amplitude=amplitude))


def solved(protocol: OverlapsProtocol, work: FigureWork) -> list[dict[str, Any]]:
    """Return PR^φ against γ for each (g_eff, effective rank), with errors, and where each curve has its maximum.

    The maximum is that of a polynomial through ln PR^φ over `MAXIMUM_WITHIN` of the highest of the first points, to
    which points with a smaller error are added there.
    """
    places = list(itertools.product(protocol.g_eff, protocol.effective_rank, protocol.amplitude))
    curves: dict[tuple[float, float], dict[float, dict[str, Any]]] = {}
    for place in tracked(places, "solve", "point", work.progress):
        curves.setdefault(place[:2], {})[place[2]] = _point(place, protocol.target, work)
    highest = {curve: max(points, key=lambda x: points[x]["dimension"]) for curve, points in curves.items()}
    around: list[Place] = [
        (*curve, round(top + offset, 12))
        for curve, top in highest.items()
        for offset in protocol.refinement
        if min(protocol.amplitude) < top + offset < max(protocol.amplitude)
    ]
    around = [place for place in around if place[2] not in curves[place[:2]]]
    for place in tracked(around, "refine", "point", work.progress):
        curves[place[:2]][place[2]] = _point(place, protocol.refined_target, work)
    rows = []
    for curve, points in curves.items():
        amplitude = np.array(sorted(points))
        values = {name: [points[x][name] for x in amplitude] for name in points[highest[curve]]}
        near = np.abs(amplitude - highest[curve]) < MAXIMUM_WITHIN
        top = maximum(amplitude[near], *(np.array(values[name])[near] for name in ("dimension", "error")))
        rows.append(
            {
                "g_eff": curve[0],
                "effective_rank": curve[1],
                "amplitude": amplitude.tolist(),
                **values,
                "maximum": None if top is None else asdict(top),
            }
        )
    return rows


def _point(place: Place, target: float, work: FigureWork) -> dict[str, Any]:
    # Every point has its own random numbers: their errors are independent, as the fit of the maximum assumes.
    settings = {**_label(*place), "target": target, "seed": _seed(*place), "version": mf.__version__}
    return work.records.get(_name("solved", *place), settings, partial(_solve, place, target, work.jobs))


def _solve(place: Place, target: float, jobs: int) -> dict[str, Any]:
    start = time.perf_counter(), time.process_time()
    # Without overlaps x is Gaussian, and nothing is sampled.
    sampling: dict[str, Any] = {"target": target, "seed": _seed(*place), "jobs": jobs} if place[2] != 0 else {}
    theory = mf.solve(network(*place), **sampling)
    return {
        "dimension": theory.dimension("phi"),
        "error": theory.dimension_error("phi"),
        "error_sources": theory.error_sources("phi"),
        "C_phi": float(theory.C("phi", 0.0)),
        "C_phi_error": float(theory.C_error("phi", 0.0)),
        "status": theory.status,
        "seconds": round(time.perf_counter() - start[0], 2),
        "processor_seconds": round(time.process_time() - start[1], 2),
    }


def simulated(protocol: OverlapsProtocol, work: FigureWork) -> list[dict[str, Any]]:
    """Return networks at some points, against theory of their own random numbers, as `mftheory.compare` gives them."""
    places = itertools.product(protocol.g_eff, protocol.simulated_rank, protocol.simulated_amplitude)
    results = []
    for place in tracked(list(places), "simulate", "network", work.progress):
        dimension = _point(place, protocol.target, work)["dimension"]
        networks = {n: protocol.networks[n] for n in sizes(list(protocol.networks), dimension)}
        # Disorder is independent between points: shared, it would correlate their deviations.
        seeds = {n: [_seed(*place, n, k) for k in range(count)] for n, count in networks.items()}
        settings = {
            **_label(*place),
            "networks": {str(n): count for n, count in networks.items()},
            "simulation": protocol.simulation,
            "version": mf.__version__,
        }
        compare = partial(_compare, place, seeds, work, protocol.simulation)
        results.append(work.records.get(_name("simulated", *place), settings, compare))
    return results


def _compare(
    place: Place, seeds: Mapping[int, Sequence[int]], work: FigureWork, simulation: Mapping[str, Any]
) -> dict[str, Any]:
    comparison = mf.compare(
        network(*place),
        n=list(seeds),
        seeds=seeds,
        labels=[_label(*place)],
        jobs=work.jobs,
        scheduler=work.scheduler,
        **simulation,
    )
    point: dict[str, Any] = comparison.to_dict()["points"][0]
    return {**point, "table": comparison.table()}


def claims(curves: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each effective rank, whether the maxima are at negative γ and move towards 0 as g_eff grows.

    Positions, and their changes from one g_eff to the next and to the last, are given in standard errors.
    """
    rows = []
    for rank in dict.fromkeys(curve["effective_rank"] for curve in curves):
        tops = [
            (curve["g_eff"], Maximum(**curve["maximum"]))
            for curve in curves
            if curve["effective_rank"] == rank and curve["maximum"] is not None
        ]
        rows.append(
            {
                "effective_rank": rank,
                "g_eff": [g for g, _ in tops],
                "position": [top.position for _, top in tops],
                "position_error": [top.error for _, top in tops],
                "position_z": [top.position / top.error for _, top in tops],
                "shift_z": [_shift(a, b) for (_, a), (_, b) in itertools.pairwise(tops)],
                "whole_shift_z": _shift(tops[0][1], tops[-1][1]) if len(tops) > 1 else None,
            }
        )
    return rows


def _shift(first: Maximum, then: Maximum) -> float:
    return (then.position - first.position) / float(np.hypot(first.error, then.error))


def report(record: Mapping[str, Any]) -> Iterator[str]:
    """Say where the maxima are, what is claimed of them, and what networks gave."""
    yield "Maximum over γ of PR^φ, exponential strengths, sigmoidal overlaps:"
    for curve in record["curves"]:
        where = f"g_eff = {curve['g_eff']:g}, effective rank {curve['effective_rank']:g}"
        top = curve["maximum"]
        maximum = (
            "not between the ends"
            if top is None
            else f"PR = {top['height']:.4f} at γ = {top['position']:+.3f} ± {top['error']:.3f} "
            f"(degree {top['degree']}, χ² probability {top['probability']:.2f})"
        )
        worst = max(e / d for e, d in zip(curve["error"], curve["dimension"], strict=True))
        yield f"  {where}: {maximum}; theory's relative error at most {worst:.1%}"
    for claim in record["claims"]:
        shifts = ", ".join(f"{z:+.1f}" for z in claim["shift_z"])
        positions = ", ".join(f"{z:+.1f}" for z in claim["position_z"])
        whole = f", {claim['whole_shift_z']:+.1f} in all" if len(claim["shift_z"]) > 1 else ""
        yield (
            f"  effective rank {claim['effective_rank']:g}: positions {positions} standard errors from 0; "
            f"change by {shifts} from one g_eff to the next{whole}"
        )
    points = [point["table"].splitlines() for point in record["simulated"]]
    if points:
        yield "\nNetworks, extrapolated in 1/N; z(alt.): from the same modes without overlaps:"
        yield "\n".join([points[0][0], *(lines[1] for lines in points)])


def csv_of(curves: Sequence[Mapping[str, Any]]) -> str:
    """Return the curves and their maxima as CSV, a line for each point."""
    columns = ("dimension", "error", "C_phi", "C_phi_error", "processor_seconds")
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("g_eff", "effective_rank", "overlap_amplitude", *columns, "maximum", "maximum_error"))
    for curve in curves:
        top = curve["maximum"] or {"position": "", "error": ""}
        for k, amplitude in enumerate(curve["amplitude"]):
            values = [curve[name][k] for name in columns]
            table.writerow((curve["g_eff"], curve["effective_rank"], amplitude, *values, top["position"], top["error"]))
    return text.getvalue()


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw one panel for each effective rank: theory with bands, maxima with error bars, networks at 1/N = 0."""
    ranks = list(dict.fromkeys(curve["effective_rank"] for curve in record["curves"]))
    strengths = list(dict.fromkeys(curve["g_eff"] for curve in record["curves"]))
    fig, axes = plots.figure(len(ranks), width=4.2, height=4.0)
    for ax, rank in zip(axes, ranks, strict=True):
        for curve in record["curves"]:
            if curve["effective_rank"] == rank:
                _draw_curve(ax, curve, plots.COLOURS[strengths.index(curve["g_eff"])])
        for point in record["simulated"]:
            label = point["label"]
            if label["effective_rank"] == rank:
                # Side by side, so that error bars of one γ are told apart.
                shift = 0.008 * (strengths.index(label["g_eff"]) - (len(strengths) - 1) / 2)
                _draw_networks(ax, point, shift, plots.COLOURS[strengths.index(label["g_eff"])])
        ax.set(title=rf"$\alpha\,\mathrm{{PR}}_D$ = {rank:g}", xlabel=r"overlap amplitude $\gamma$", ylim=(0, None))
    axes[0].set_ylabel(r"dimension of activity $\mathrm{PR}^\phi$")
    axes[0].legend(title="line: theory\ntriangle: its maximum\ncircle: networks, N → ∞", fontsize=8, title_fontsize=8)
    return fig


def _draw_curve(ax: Axes, curve: Mapping[str, Any], colour: str) -> None:
    x, y, error = (np.array(curve[name]) for name in ("amplitude", "dimension", "error"))
    ax.plot(x, y, ".-", ms=3, color=colour, label=rf"$g_\mathrm{{eff}}$ = {curve['g_eff']:g}")
    ax.fill_between(x, y - error, y + error, color=colour, alpha=0.3, lw=0)
    top = curve["maximum"]
    if top is not None:
        ax.errorbar([top["position"]], [1.04 * top["height"]], xerr=[top["error"]], fmt="v", ms=5, color=colour)


def _draw_networks(ax: Axes, point: Mapping[str, Any], shift: float, colour: str) -> None:
    limit = point["extrapolated"]
    x = point["label"]["overlap_amplitude"] + shift
    ax.errorbar([x], [limit["value"]], [limit["error"]], fmt="o", ms=5, capsize=2, mfc="white", color=colour)


def _label(g_eff: float, effective_rank: float, amplitude: float) -> dict[str, float]:
    return {"g_eff": g_eff, "effective_rank": effective_rank, "overlap_amplitude": amplitude}


def _name(what: str, g_eff: float, effective_rank: float, amplitude: float) -> str:
    return f"{what} g {g_eff:g} rank {effective_rank:g} gamma {amplitude:g}"


def _seed(*point: float) -> int:
    """Return a seed from what distinguishes a point, the same whatever else a protocol holds."""
    key = [round(1e6 * (number + 10.0)) for number in point]
    return int(np.random.SeedSequence(0, spawn_key=key).generate_state(1)[0])


FIGURE = Figure("overlaps", PRESETS, compute, draw, ("overlaps.csv",), scheduled=True)
