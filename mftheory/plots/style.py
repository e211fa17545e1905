"""One style for every picture."""

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import ArtistInspector
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cbook import normalize_kwargs
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mftheory.arguments import names_of
from mftheory.errors import InvalidCall, InvalidFile, InvalidNetwork
from mftheory.storage import check_target, path_of, write
from mftheory.wording import did_you_mean, meant

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
    """Make a figure of some panels side by side, in the package's style, drawn without a display."""
    return _panels(1, columns, (width * columns, height))


def _panels(rows: int, columns: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """Make a figure of that size in inches, and return it with its panels, row by row."""
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(fig)
        return fig, list(fig.subplots(rows, columns, squeeze=False).ravel())


class Artists(list[Any]):
    """Artists that a function drew. If it made their figure itself, a notebook shows that.

    On axes of your own nothing is shown twice: the figure is yours to show.

    Parameters
    ----------
    artists : iterable of Matplotlib artists
    axes : sequence of Axes
        The axes that they were drawn on.
    made : bool
        True if the axes' figure was made for them.

    Attributes
    ----------
    axes : list of Axes
    figure : Figure

    Examples
    --------
    >>> from mftheory.plots import Artists, figure
    >>> fig, (ax,) = figure()
    >>> artists = Artists(ax.plot([0, 1]), [ax], made=True)
    >>> len(artists), artists.figure is fig, artists._repr_png_()[1:4]
    (1, True, b'PNG')
    """

    def __init__(self, artists: Iterable[Any], axes: Sequence[Axes], made: bool = False) -> None:
        super().__init__(artists)
        self.axes = list(axes)
        self._made = made

    @property
    def figure(self) -> Any:
        """The figure of the first axes."""
        return self.axes[0].get_figure()

    def _repr_png_(self) -> bytes | None:
        if not self._made:
            return None
        picture = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(picture, dpi=100)
        return picture.getvalue()


def save(drawn: Figure | Artists, path: str | os.PathLike[str]) -> Path:
    """Write a figure, or the figure of what was drawn.

    Raises
    ------
    InvalidFile
        If its name ends in no format of a picture, its folder is not there, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from mftheory import plots
    >>> fig, (ax,) = plots.figure()
    >>> artists = plots.Artists(ax.plot([0, 1]), [ax])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     plots.save(artists, f"{folder}/line.png").name
    'line.png'
    """
    target, kind = _target(path, "path")
    picture = io.BytesIO()
    with mpl.rc_context(STYLE):
        (drawn if isinstance(drawn, Figure) else drawn.figure).savefig(picture, dpi=160, format=kind)
    return write(target, picture.getvalue())


def check_picture(path: str | os.PathLike[str], argument: str = "path") -> None:
    """Refuse, before any work is done, a picture that could not be written after it.

    Raises
    ------
    InvalidFile
        As `save`.
    """
    _target(path, argument)


def _target(path: str | os.PathLike[str], argument: str) -> tuple[Path, str]:
    """Return the path of a file that can be written, and the format that its name says."""
    known, kind = FigureCanvasAgg.get_supported_filetypes(), path_of(path, argument).suffix[1:].lower()
    if kind not in known:
        raise InvalidFile(argument, str(path), f"must end in one of .{', .'.join(sorted(known))}")
    return check_target(path, argument), kind


def axes_or_new(ax: Axes | None) -> tuple[Axes, bool]:
    """Return the axes given, or those of a new figure, and whether it is new.

    Raises
    ------
    InvalidNetwork
        If it is no axes.
    """
    if ax is None:
        return figure()[1][0], True
    if not _flat(ax):
        raise InvalidNetwork("ax", ax, "must be a Matplotlib axes of two dimensions, or left out")
    return ax, False


def panels_or_new(axes: Any, rows: int, columns: int, size: tuple[float, float]) -> tuple[list[Axes], bool]:
    """Return the axes given, in any arrangement, or those of a new figure, row by row, and whether it is new.

    Raises
    ------
    InvalidNetwork
        If they are not as many axes as there are panels.
    """
    if axes is None:
        return _panels(rows, columns, size)[1], True
    given = list(np.ravel(np.asarray(axes, dtype=object)))
    if len(given) != rows * columns or not all(map(_flat, given)):
        raise InvalidNetwork("axes", f"{len(given)} of them", f"must be {rows * columns} Matplotlib axes, or left out")
    return given, False


def _flat(ax: Any) -> bool:
    """Return whether this is an axes, and not one of three dimensions."""
    return isinstance(ax, Axes) and not hasattr(ax, "get_zlim")


def pen(function: Callable[..., Any], line: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """Return a curve's properties: the defaults, and over them the caller's, by Matplotlib's names or short names.

    The caller's label comes before the default one, if the curve has one: a picture has several curves.

    Raises
    ------
    InvalidCall
        If `line` holds what is neither an argument of `function` nor a property of a line.
    InvalidNetwork
        If a property has a value that Matplotlib does not take.
    """
    try:
        given = normalize_kwargs(dict(line), Line2D)
    except TypeError as error:  # one property by two names
        raise InvalidCall(f"{function.__name__}: {error}") from None
    for name in given:
        if name not in PROPERTIES:
            hint = did_you_mean(meant(name, [*names_of(function), *PROPERTIES]))
            takes = ", ".join(names_of(function)[1:])
            raise InvalidCall(
                f"{function.__name__}: no argument or line property {name!r}{hint}; it takes {takes} and properties of "
                f"lines, such as color, linewidth and label"
            )
        try:
            Line2D([], [], **{name: given[name]})
        except Exception as error:  # each setter has its own
            raise InvalidNetwork(name, given[name], f"is no such property of a line ({error})") from None
    properties = normalize_kwargs(defaults, Line2D)
    if "label" in given and properties.get("label"):
        given["label"] = f"{given['label']}: {properties['label']}"
    return {**properties, **given}


PROPERTIES = tuple(ArtistInspector(Line2D).get_setters())
"""Names of the properties of a line, such as color and linewidth."""


def legend(ax: Axes, **options: Any) -> None:
    """Draw the legend of every picture, on whatever axes: small, without a frame."""
    ax.legend(**{"fontsize": 8, "title_fontsize": 8, "frameon": False, **options})


def legend_above(ax: Axes, **options: Any) -> None:
    """Draw the legend above all that is drawn, error bars included, if half of the axes is enough for it."""
    legend(ax, **{"loc": "upper right", **options})
    box_of_legend = ax.get_legend()
    assert box_of_legend is not None
    ax.figure.figure.draw_without_rendering()  # sizes are known only then
    box, whole = box_of_legend.get_window_extent(), ax.get_window_extent()
    share = (box.height + 0.02 * whole.height) / whole.height
    low, high = ax.get_ylim()
    if 0 < share < 0.5 and ax.get_yscale() == "linear":
        ax.set_ylim(low, low + (high - low) / (1 - share))


def cycle(n: int) -> list[str]:
    """Return n colours, from the start again after the last."""
    return [COLOURS[k % len(COLOURS)] for k in range(n)]
