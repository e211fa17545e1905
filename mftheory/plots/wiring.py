"""A wiring diagram and what the theory makes of it, in eight panels."""

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mftheory.plots.style import COLOURS, STYLE

if TYPE_CHECKING:
    from mftheory.results.prediction import Prediction

CLOUDS = ("wiring", "random modes", "modes with overlaps", "i.i.d.")


def prediction(result: "Prediction") -> Figure:
    """Matrix, singular values, overlaps and their diagonal; eigenvalues of three levels; dimension of every level."""
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(18, 9), layout="constrained")
        FigureCanvasAgg(fig)
        axes = fig.subplots(2, 4)
        pictures, report = result.pictures, result.report
        _signed(axes[0, 0], pictures["matrix"], f"normalised couplings, N = {report['n']}", 0.98)
        axes[0, 0].set(xlabel="presynaptic neuron", ylabel="postsynaptic neuron", xticks=[], yticks=[])
        _singular_values(axes[0, 1], pictures["singular_values"], report)
        _signed(axes[0, 2], pictures["overlaps"], r"overlaps $O_{ab} = u_a\cdot v_b$", 0.995)
        axes[0, 2].set(xlabel="right singular vector b", ylabel="left singular vector a")
        _diagonal(axes[0, 3], report)
        clouds = [name for name in CLOUDS if f"eigenvalues {name}" in pictures][:3]
        reach = 1.05 * max(1.0, *(float(np.abs(pictures[f"eigenvalues {name}"]).max()) for name in clouds))
        for ax, name in zip(axes[1, :3], clouds, strict=False):
            _cloud(ax, pictures[f"eigenvalues {name}"], "the wiring itself" if name == "wiring" else name, reach)
        for ax in axes[1, len(clouds) : 3]:
            ax.set_visible(False)
        _dimensions(axes[1, 3], result)
        fig.suptitle(f"{report['source'] or 'wiring'}: {report['neurons']} neurons, {report['edges']} edges")
    return fig


def _signed(ax: Axes, matrix: Any, title: str, level: float) -> None:
    """Red positive, blue negative; the scale leaves out the few largest entries."""
    sizes = np.abs(matrix[matrix != 0])
    top = float(np.quantile(sizes, level)) if sizes.size else 1.0
    image = ax.imshow(matrix, cmap="RdBu_r", vmin=-top, vmax=top, interpolation="nearest", aspect="auto")
    ax.figure.colorbar(image, ax=ax, shrink=0.8)
    ax.set_title(title, fontsize=10)
    for spine in ax.spines.values():
        spine.set_visible(True)


def _singular_values(ax: Axes, values: Any, report: Any) -> None:
    u = (np.arange(values.size) + 0.5) / values.size
    ax.plot(u, values, color=COLOURS[0], label=f"wiring: PR$_S$ = {report['pr_singular_values']:.3f}")
    # Quarter circle of independent couplings: 1 - F(σ) of density √(4 - σ²)/π.
    sigma = np.linspace(0.0, 2.0, 400)
    above = 1.0 - (sigma * np.sqrt(4.0 - sigma**2) / 2.0 + 2.0 * np.arcsin(sigma / 2.0)) / np.pi
    ax.plot(above, sigma, "--", color=COLOURS[1], label=f"i.i.d.: {report['pr_singular_values_iid']:.3f}")
    if report["tail"] != "exact":
        ax.axvline(report["exact"] / values.size, color="0.6", lw=1, ls=":", label="right of here: estimated")
    ax.set(xlabel="rank / N", ylabel="singular value / r.m.s.", xlim=(0, 1), ylim=(0, None))
    ax.legend(fontsize=9)


def _diagonal(ax: Axes, report: Any) -> None:
    overlaps = np.array(report["overlaps"])
    ax.plot(np.arange(1, overlaps.size + 1), overlaps, "o", ms=3, color=COLOURS[0])
    ax.axhspan(
        -3 * report["overlap_level"], 3 * report["overlap_level"], color="0.85", label=r"chance, $\pm 3/\sqrt{N}$"
    )
    ax.set(xlabel="mode a", ylabel="$O_{aa}$", ylim=(min(-0.1, 1.1 * overlaps.min()), max(0.1, 1.1 * overlaps.max())))
    ax.legend(fontsize=9)


def _cloud(ax: Axes, values: Any, title: str, reach: float) -> None:
    ax.plot(values.real, values.imag, ".", ms=2.5, color=COLOURS[0], rasterized=True)
    turn = np.linspace(0.0, 2.0 * np.pi, 200)
    ax.plot(np.cos(turn), np.sin(turn), color=COLOURS[1], lw=1, label="bulk of independent modes")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.set(xlabel=r"Re $\lambda\,/\,g_\mathrm{eff}$", ylabel=r"Im $\lambda\,/\,g_\mathrm{eff}$")
    ax.set_title(f"eigenvalues: {title}, {values.size} shown", fontsize=10)
    ax.legend(fontsize=8, loc="upper left")


def _dimensions(ax: Axes, result: "Prediction") -> None:
    """Open symbols: predicted; filled: simulated, one standard error."""
    names = [level.name for level in result.levels]
    for shift, observable, colour, label in ((-0.1, "phi", COLOURS[0], r"$\phi$"), (0.1, "x", COLOURS[1], "$x$")):
        for k, level in enumerate(result.levels):
            for found, face, marker in ((level.predicted, "white", "s"), (level.simulated, colour, "o")):
                if observable in found and np.isfinite(found[observable].value):
                    one = found[observable]
                    ax.errorbar(
                        [k + shift], [one.value], [one.error], fmt=marker, ms=6, mfc=face, color=colour, capsize=3
                    )
        ax.plot([], [], "s", mfc="white", color=colour, label=f"{label} predicted")
        ax.plot([], [], "o", color=colour, label=f"{label} simulated")
    low, high = ax.get_ylim()
    ax.set_xticks(range(len(names)), [name.replace(" ", "\n") for name in names], fontsize=9)
    ax.set(ylabel="dimension of activity PR", yscale="log", xlim=(-0.5, len(names) - 0.5))
    ax.set_ylim(min(0.5 * max(low, 1e-5), 0.1), 1.2 if high > 0.1 else 2 * high)
    ax.set_title(
        rf"$g_\mathrm{{eff}}$ = {result.g_eff:g}" + (f", noise {result.noise:g}" if result.noise else ""), fontsize=10
    )
    ax.legend(fontsize=8, loc="lower left")
