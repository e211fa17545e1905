"""The picture of a wiring diagram and its theory, in eight panels."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from mftheory.plots.style import COLOURS, Artists, axes_or_new, legend, panels_or_new, pen
from mftheory.results.wiring_prediction import Prediction

Array = NDArray[np.float64]
CLOUDS = ("wiring", "random modes", "modes with overlaps", "i.i.d.")
"""Levels whose eigenvalues are drawn, the first three that there are."""


def prediction(result: Prediction, axes: Any = None, **line: Any) -> Artists:
    """Draw matrix, singular values, overlaps and their diagonal; eigenvalues of three levels; dimension of every level.

    Properties of lines hold for the curves and points of this wiring. Eigenvalues of fewer levels leave axes that are
    not visible. `axes` are eight, in any arrangement.
    """
    panels, made = panels_or_new(axes, 2, 4, (18.0, 9.0))
    matrix, singular_values, overlaps, diagonal, *eigenvalues, dimensions = panels
    pictures, report = result.pictures, result.report
    artists = _signed(matrix, pictures["matrix"], f"normalised couplings, N = {report['n']}", 0.98)
    matrix.set(xlabel="presynaptic neuron", ylabel="postsynaptic neuron", xticks=[], yticks=[])
    artists += _singular_values(singular_values, pictures["singular_values"], report, line)
    artists += _signed(overlaps, pictures["overlaps"], r"overlaps $O_{ab} = u_a\cdot v_b$", 0.995)
    overlaps.set(xlabel="right singular vector b", ylabel="left singular vector a")
    artists += _diagonal(diagonal, report, line)
    clouds = [name for name in CLOUDS if f"eigenvalues {name}" in pictures][:3]
    reach = 1.05 * max(1.0, *(float(np.abs(pictures[f"eigenvalues {name}"]).max()) for name in clouds))
    for ax, name in zip(eigenvalues, clouds, strict=False):
        title = "the wiring itself" if name == "wiring" else name
        artists += _cloud(ax, pictures[f"eigenvalues {name}"], title, reach, line)
    for ax in eigenvalues[len(clouds) :]:
        ax.set_visible(False)
    artists += levels(result, dimensions, **line)
    if made:
        title = f"{report['source'] or 'wiring'}: {report['neurons']} neurons, {report['edges']} edges"
        dimensions.get_figure().suptitle(title.replace("$", r"\$"))  # type: ignore[union-attr]  # a file's name
    return Artists(artists, panels, made)


def levels(result: Prediction, ax: Axes | None = None, **line: Any) -> Artists:
    """Draw the dimension of φ and of x at every level: predicted as open squares, simulated as dots with error bars."""
    ax, made = axes_or_new(ax)
    artists: list[Any] = []
    names = [level.name for level in result.levels]
    unlabelled = {name: value for name, value in line.items() if name != "label"}
    for shift, observable, colour, label in ((-0.1, "phi", COLOURS[0], r"$\phi$"), (0.1, "x", COLOURS[1], "$x$")):
        for k, level in enumerate(result.levels):
            for dimensions, face, marker in ((level.predicted, "white", "s"), (level.simulated, colour, "o")):
                one = dimensions.get(observable)
                if one is not None and np.isfinite(one.value):
                    style = pen(levels, unlabelled, marker=marker, ls="none", ms=6, mfc=face, color=colour)
                    artists.append(ax.errorbar([k + shift], [one.value], [one.error], capsize=3, **style))
        for kind, form in (("predicted", {"marker": "s", "mfc": "white"}), ("simulated", {"marker": "o"})):
            ax.plot([], [], **pen(levels, line, ls="none", color=colour, label=f"{label} {kind}", **form))
    shown = [
        one.value
        for level in result.levels
        for dimensions in (level.predicted, level.simulated)
        for one in dimensions.values()
        if np.isfinite(one.value) and one.value > 0
    ]
    ax.set_xticks(range(len(names)), [name.replace(" ", "\n") for name in names], fontsize=9)
    ax.set(ylabel="dimension of activity PR", yscale="log", xlim=(-0.5, len(names) - 0.5))
    # Down to the lowest value; an error bar that reaches below it, to 0 perhaps, is cut.
    low, high = (0.5 * min(shown), 2 * max(shown)) if shown else (0.1, 1.2)
    ax.set_ylim(min(low, 0.1), 1.2 if high > 0.2 else high)
    noise = f", noise {result.noise:g}" if result.noise else ""
    ax.set_title(rf"$g_\mathrm{{eff}}$ = {result.g_eff:g}{noise}", fontsize=10)
    legend(ax)
    return Artists(artists, [ax], made)


def _signed(ax: Axes, matrix: Array, title: str, level: float) -> list[Any]:
    """Draw a matrix, positive in red and negative in blue; the scale leaves out the few largest entries."""
    sizes = np.abs(matrix[matrix != 0])
    top = float(np.quantile(sizes, level)) if sizes.size else 1.0
    image = ax.imshow(matrix, cmap="RdBu_r", vmin=-top, vmax=top, interpolation="nearest", aspect="auto")
    ax.figure.colorbar(image, ax=ax, shrink=0.8)
    ax.set_title(title, fontsize=10)
    for spine in ax.spines.values():
        spine.set_visible(True)
    return [image]


def _singular_values(ax: Axes, values: Array, report: Mapping[str, Any], line: Mapping[str, Any]) -> list[Any]:
    u = (np.arange(values.size) + 0.5) / values.size
    label = f"wiring: PR$_S$ = {report['pr_singular_values']:.3f}"
    artists: list[Any] = ax.plot(u, values, **pen(prediction, line, color=COLOURS[0], label=label))
    # Quarter circle of independent couplings: 1 - F(σ) of density √(4 - σ²)/π.
    sigma = np.linspace(0.0, 2.0, 400)
    above = 1.0 - (sigma * np.sqrt(4.0 - sigma**2) / 2.0 + 2.0 * np.arcsin(sigma / 2.0)) / np.pi
    artists += ax.plot(above, sigma, "--", color=COLOURS[1], label=f"i.i.d.: {report['pr_singular_values_iid']:.3f}")
    if report["tail"] != "exact":
        x = report["exact"] / values.size
        artists.append(ax.axvline(x, color="0.6", lw=1, ls=":", label="right of here: estimated"))
    ax.set(xlabel="rank / N", ylabel="singular value / r.m.s.", xlim=(0, 1), ylim=(0, None))
    legend(ax)
    return artists


def _diagonal(ax: Axes, report: Mapping[str, Any], line: Mapping[str, Any]) -> list[Any]:
    overlaps = np.array(report["overlaps"])
    points = pen(prediction, line, marker="o", ls="none", ms=3, color=COLOURS[0])
    artists: list[Any] = ax.plot(np.arange(1, overlaps.size + 1), overlaps, **points)
    level = 3 * report["overlap_level"]
    artists.append(ax.axhspan(-level, level, color="0.85", label=r"chance, $\pm 3/\sqrt{N}$"))
    ax.set(xlabel="mode a", ylabel="$O_{aa}$", ylim=(min(-0.1, 1.1 * overlaps.min()), max(0.1, 1.1 * overlaps.max())))
    legend(ax)
    return artists


def _cloud(ax: Axes, values: NDArray[np.complex128], title: str, reach: float, line: Mapping[str, Any]) -> list[Any]:
    points = pen(prediction, line, marker=".", ls="none", ms=2.5, color=COLOURS[0], rasterized=True)
    artists: list[Any] = ax.plot(values.real, values.imag, **points)
    turn = np.linspace(0.0, 2.0 * np.pi, 200)
    artists += ax.plot(np.cos(turn), np.sin(turn), color=COLOURS[1], lw=1, label="bulk of independent modes")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.set(xlabel=r"Re $\lambda\,/\,g_\mathrm{eff}$", ylabel=r"Im $\lambda\,/\,g_\mathrm{eff}$")
    ax.set_title(f"eigenvalues: {title}, {values.size} shown", fontsize=10)
    legend(ax, loc="upper left")
    return artists
