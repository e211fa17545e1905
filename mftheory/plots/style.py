"""One style for every picture."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers, and in grey by lightness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STYLE: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "mathtext.fontset": "dejavusans",
}


def figure(columns: int = 1, width: float = 5.0, height: float = 4.0) -> tuple[Figure, Sequence[Axes]]:
    """A figure of some panels side by side, in the package's style, drawn without a display."""
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(width * columns, height), layout="constrained")
        FigureCanvasAgg(fig)
        return fig, list(np.atleast_1d(fig.subplots(1, columns)))


def save(fig: Figure, path: Path) -> Path:
    """Write a figure, its folder made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        fig.savefig(path, dpi=160)
    return path


class Artists(list[Any]):
    """What a function drew. Where it made the figure itself, a notebook shows that.

    On axes of your own nothing is shown twice: the figure is yours to show.

    Examples
    --------
    >>> from mftheory.plots import Artists, figure
    >>> fig, (ax,) = figure()
    >>> artists = Artists(ax.plot([0, 1]), fig)
    >>> len(artists), artists._repr_png_()[1:4]
    (1, b'PNG')
    """

    def __init__(self, artists: Iterable[Any], made: Figure | None = None) -> None:
        super().__init__(artists)
        self.figure = made

    def _repr_png_(self) -> bytes | None:
        if self.figure is None:
            return None
        picture = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(picture, dpi=100)
        return picture.getvalue()


def axes_or_new(ax: Axes | None) -> tuple[Axes, Figure | None]:
    """The axes given, or those of a new figure, and that figure."""
    if ax is not None:
        return ax, None
    fig, (own,) = figure()
    return own, fig


def cycle(n: int) -> list[str]:
    """n colours, from the start again after the last."""
    return [COLOURS[k % len(COLOURS)] for k in range(n)]
