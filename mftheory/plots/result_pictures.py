"""Pictures of results."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from mftheory import checks
from mftheory.lookup import PICTURES
from mftheory.plots.style import COLOURS, Artists, axes_or_new, cycle, legend, legend_above, pen
from mftheory.plots.wiring_pictures import prediction
from mftheory.results import Comparison, Estimate, Prediction, Recording, Simulation, Theory

if TYPE_CHECKING:
    import xarray

SYMBOLS = {
    **{"g_eff": r"$g_\mathrm{eff}$", "g": "$g$", "effective_rank": "effective rank", "PR_G": r"$\mathrm{PR}_G$"},
    **{"overlap_amplitude": "overlap amplitude", "noise": r"noise $\sigma$"},
    **{"phi": r"$\phi$", "x": "$x$", "Phi": r"$\Phi$"},
}
"""Symbols of parameters and observables, as they are written."""

# Curves that coincide are both seen: through the gaps of the upper one, and around its smaller marker.
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D")


def theory(result: Theory, ax: Axes | None = None, longest: float | None = None, **line: Any) -> Artists:
    """Draw C^φ(τ)/C^φ(0), and the timescale of the leading principal components Ψ^φ(τ, 0)/Ψ^φ(0, 0).

    For an ensemble without a "phi", those of the first of its observables.
    """
    ax, made = axes_or_new(ax)
    # Ψ(τ, 0) decays about as fast as C(τ); six decay times show both.
    tau = result.lags(6.0 / result.two_point.decay if longest is None else checks.positive("longest", longest), 201)
    name = "phi" if "phi" in result.observables else result.observables[0]
    a = r"\phi" if name == "phi" else rf"\mathrm{{{name}}}"
    C = result.C(name, tau)
    correlation = rf"$C^{{{a}}}(\tau)/C^{{{a}}}(0)$"
    artists = ax.plot(tau, C / C[0], **pen(theory, line, color=COLOURS[0], label=correlation))
    timescale = rf"$\Psi^{{{a}}}(\tau,0)/\Psi^{{{a}}}(0,0)$"
    dashed = pen(theory, line, color=COLOURS[1], ls="--", label=timescale)
    artists += ax.plot(tau, result.timescale(name, tau), **dashed)
    ax.set(xlabel=r"lag $\tau$ (time constants)", ylabel="normalised", ylim=(min(0.0, *ax.get_ylim()), 1.05))
    legend(ax)
    return Artists(artists, [ax], made)


def simulation(result: Simulation, ax: Axes | None = None, observable: str = "phi", **line: Any) -> Artists:
    """Draw C^a(τ)/C^a(0) and Ψ^a(τ, 0)/Ψ^a(0, 0) of one network, bars of one standard error."""
    ax, made = axes_or_new(ax)
    tau = np.arange(round(result.max_lag / result.sampling_interval) + 1) * result.sampling_interval
    C = [result.C(observable, t) for t in tau]
    artists = _measured(ax, tau, C, [result.timescale(observable, t) for t in tau], observable, simulation, line)
    ax.set(xlabel=r"lag $\tau$ (time constants)")
    ax.set_title(f"N = {result.n}, {result.trajectories} trajectories of {result.duration:g}", fontsize=10)
    return Artists(artists, [ax], made)


def recording(result: Recording, ax: Axes | None = None, **line: Any) -> Artists:
    """Draw C(τ)/C(0) and Ψ(τ, 0)/Ψ(0, 0) of recorded activity, bars of one standard error."""
    ax, made = axes_or_new(ax)
    tau = np.arange(round(result.max_lag / result.interval) + 1) * result.interval
    artists = _measured(ax, tau, [result.C(t) for t in tau], [result.timescale(t) for t in tau], "", recording, line)
    ax.set(xlabel=r"lag $\tau$ (as the interval: your unit)")
    duration = result.times * result.interval
    ax.set_title(f"{result.neurons} neurons, {result.stretches} stretches of {duration:g}", fontsize=10)
    return Artists(artists, [ax], made)


def _measured(
    ax: Axes,
    tau: NDArray[Any],
    C: Sequence[Estimate],
    psi: Sequence[Estimate],
    observable: str,
    function: Callable[..., Artists],
    line: Mapping[str, Any],
) -> list[Any]:
    """Draw both, normalised by their values at lag 0, with error bars."""
    a = {"phi": r"^{\phi}", "": ""}.get(observable, rf"^{{\mathrm{{{observable}}}}}")
    curves = (
        (C, C[0].value, "o", COLOURS[0], rf"$C{a}(\tau)/C{a}(0)$"),
        (psi, 1.0, "s", COLOURS[1], rf"$\Psi{a}(\tau,0)/\Psi{a}(0,0)$"),
    )
    artists: list[Any] = [
        ax.errorbar(
            tau,
            [e.value / at_zero for e in estimates],
            [e.error / at_zero for e in estimates],
            **pen(function, line, marker=marker, ls="none", ms=4, color=colour, label=label),
        )
        for estimates, at_zero, marker, colour, label in curves
    ]
    ax.set(ylabel="normalised", ylim=(min(0.0, *ax.get_ylim()), 1.05))
    legend(ax)
    return artists


def comparison(result: Comparison, ax: Axes | None = None, **line: Any) -> Artists:
    """Draw the dimension against 1/N for each point: networks' averages, the fit's limit, and the theory at 1/N = 0."""
    ax, made = axes_or_new(ax)
    artists: list[Any] = []
    labels = _labels([point.label for point in result.points])
    for colour, point, label in zip(cycle(len(result.points)), result.points, labels, strict=True):
        inverse = [1 / size.n for size in point.sizes]
        values = [size.dimension.value for size in point.sizes]
        errors = [size.dimension.error for size in point.sizes]
        dotted = {"ls": "none", "color": colour}
        dots = pen(comparison, line, marker="o", ms=4, label=label, **dotted)
        artists.append(ax.errorbar(inverse, values, errors, **dots))
        others = {name: value for name, value in line.items() if name not in ("label", "marker")}  # told by their form
        square = pen(comparison, others, marker="s", ms=5, mfc="white", **dotted)
        limit = point.extrapolated
        artists.append(ax.errorbar([0], [limit.value], [limit.error], **square))
        artists += ax.plot([0], [point.theory], **pen(comparison, others, marker="_", ms=18, mew=2, **dotted))
    ax.xaxis.set_major_locator(MaxNLocator(5))  # 0.0005 and its like are wide
    ax.set(xlabel="1/N", ylabel=f"dimension PR of {_symbol(result.observable)}", ylim=(0, None))
    legend_above(ax, title="bar at 0: theory; square: extrapolated")
    return Artists(artists, [ax], made)


def sweep(data: "xarray.Dataset", ax: Axes | None = None, observable: str | None = None, **line: Any) -> Artists:
    """Draw the dimension against the first parameter of a sweep, a curve for each combination of the others.

    Each has its colour, dash and marker. Lines are theory, dots the mean over networks: extrapolated in 1/N for a
    comparison, else that of the largest size with its standard error.
    """
    ax, made = axes_or_new(ax)
    names = [str(name) for name in data["observable"].values]
    chosen = data.sel(observable=names[0] if observable is None else observable)
    what = data.attrs["what"]
    parameters = data["theory" if what == "compare" else "dimension"].dims
    first, *others = (str(name) for name in parameters if name not in ("observable", "n", "network"))
    curves = list(itertools.product(*(chosen[name].values for name in others)))
    artists: list[Any] = []
    labels = _labels([dict(zip(others, values, strict=True)) for values in curves])
    for k, (colour, values) in enumerate(zip(cycle(len(curves)), curves, strict=True)):
        curve = chosen.sel(dict(zip(others, values, strict=True)))
        labelled: Any = {"color": colour, "label": labels[k] or None}
        drawn_line = pen(sweep, line, ls=DASHES[k % len(DASHES)], **labelled)
        dots = pen(sweep, line, marker=MARKERS[k % len(MARKERS)], ls="none", ms=6 if k == 0 else 4, **labelled)
        x = curve[first].values
        if what != "simulate":
            name = "theory" if what == "compare" else "dimension"
            artists.append(ax.errorbar(x, curve[name], curve[f"{name}_error"], **drawn_line))
            dots["label"] = None
        if what == "compare":
            artists.append(ax.errorbar(x, curve["extrapolated"], curve["extrapolated_error"], **dots))
        elif what == "simulate":
            largest = curve["dimension"].isel(n=-1)
            count = largest.count("network")
            error = largest.std("network", ddof=1) / np.sqrt(count) if largest.sizes["network"] > 1 else None
            artists.append(ax.errorbar(x, largest.mean("network"), error, **dots))
    ax.set(xlabel=_symbol(first), ylabel=f"dimension PR of {_symbol(chosen['observable'].item())}", ylim=(0, None))
    if others or "label" in line:
        legend_above(ax)
    return Artists(artists, [ax], made)


def _labels(points: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return parameters and their values, in three digits if that tells the points apart."""
    for digits in (3, 6):
        labels = [_label(point.items(), digits) for point in points]
        if len(set(labels)) == len(labels):
            break
    return labels


def _label(pairs: Iterable[tuple[str, Any]], digits: int) -> str:
    parts = (
        f"{_symbol(name)} = {value:{'' if isinstance(value, Integral) else f'.{digits}g'}}"
        if isinstance(value, Real)
        else _plain(str(value))
        for name, value in pairs
    )
    return ", ".join(parts)


def _symbol(name: str) -> str:
    """Return a name as it is written; one that is not the package's stands as it is."""
    return SYMBOLS.get(name) or _plain(name)


def _plain(text: str) -> str:
    """Return a text in which a dollar sign of the user's starts no formula."""
    return text.replace("$", r"\$")


PICTURES.add(Theory, theory)
PICTURES.add(Simulation, simulation)
PICTURES.add(Recording, recording)
PICTURES.add(Comparison, comparison)
PICTURES.add(Prediction, prediction)
