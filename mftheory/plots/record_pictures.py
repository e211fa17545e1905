"""Pictures of the records that the figure "dimension" writes down."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from mftheory.plots.style import COLOURS, Artists, axes_or_new, cycle, legend


def dimension_against_rank(record: Mapping[str, Any], ax: Axes | None = None) -> Artists:
    """Draw theory lines, one dot a network, means extrapolated in 1/N with error bars (the shape of Fig. 4(a))."""
    ax, made = axes_or_new(ax)
    theory = record["theory"]
    rank = np.array(theory["effective_rank"])
    curves = len(theory["g_eff"])
    artists: list[Any] = []
    dodge = np.linspace(-0.012, 0.012, curves)  # keeps the dots of one curve off those of another
    for colour, g, values, shift in zip(cycle(curves), theory["g_eff"], theory["dimension"], dodge, strict=True):
        artists += ax.plot(rank, values, color=colour, label=rf"$g_\mathrm{{eff}}$ = {g:g}")
        for point in record["comparison"]["points"]:
            if point["label"]["g_eff"] == g:
                artists += _compared(ax, point, point["label"]["effective_rank"], colour, shift)
    ax.set(
        xlabel=r"effective rank $\alpha\,\mathrm{PR}_D$", ylabel=r"dimension of activity $\mathrm{PR}^\phi$",
        xlim=(0, None), ylim=(0, None),
    )  # fmt: skip
    legend(ax, title="line: theory\ndots: networks\ncircle: N → ∞", loc="upper left")
    return Artists(artists, [ax], made)


def singular_values(record: Mapping[str, Any], ax: Axes | None = None) -> Artists:
    """Draw ranked singular values: the normalised wiring, a network drawn with its strengths, and an i.i.d. matrix."""
    ax, made = axes_or_new(ax)
    curves = (
        ("measured", "fly optic lobe, normalised", "-"),
        ("surrogate", "random-mode network drawn", "--"),
        ("iid", "i.i.d. couplings", ":"),
    )
    artists: list[Any] = []
    for colour, (name, label, line) in zip(COLOURS, curves, strict=False):
        values = np.array(record["singular_values"][name])
        x = (np.arange(values.size) + 0.5) / values.size
        artists += ax.plot(x, values / np.sqrt(np.mean(values**2)), line, color=colour, label=label)
    ax.set(xlabel="rank / N", ylabel="singular value / r.m.s.", yscale="log", ylim=(1e-2, None), xlim=(0, 1))
    legend(ax)
    return Artists(artists, [ax], made)


def dimension_of_wiring(record: Mapping[str, Any], ax: Axes | None = None) -> Artists:
    """Draw the predicted and simulated dimension of networks with the wiring's spectrum, against g_eff."""
    ax, made = axes_or_new(ax)
    theory = record["theory"]
    g = theory["g_eff"]
    artists: list[Any] = ax.plot(g, theory["dimension"], color=COLOURS[0], label="theory, fly strengths")
    artists += ax.plot(g, theory["iid"], ":", color=COLOURS[2], label="theory, i.i.d. couplings")
    for point in record["comparison"]["points"]:
        artists += _compared(ax, point, point["label"]["g_eff"], COLOURS[1])
    ax.set(xlabel=r"$g_\mathrm{eff}$", ylabel=r"dimension of activity $\mathrm{PR}^\phi$", ylim=(0, None))
    legend(ax)
    return Artists(artists, [ax], made)


def _compared(ax: Axes, point: Mapping[str, Any], x: float, colour: str, shift: float = 0.0) -> list[Any]:
    """Draw one dot for each of the largest networks, and the mean extrapolated in 1/N with its error."""
    largest = max(r["n"] for r in point["records"])
    dots = [r["dimension"] for r in point["records"] if r["n"] == largest]
    artists: list[Any] = ax.plot([x + shift] * len(dots), dots, ".", color=colour, alpha=0.4, ms=5)
    limit = point["extrapolated"]
    circle = ax.errorbar([x], [limit["value"]], [limit["error"]], fmt="o", ms=5, capsize=3, mfc="white", color=colour)
    return [*artists, circle]
