"""Pictures in one style, whose colours colour-blind readers tell apart.

One convention: a function takes what it draws and then, optionally, the Matplotlib axes to draw on: `ax` where it is
one panel, `axes` where it is several. It returns `Artists`, a list of what it drew, which knows its `.axes` and
`.figure`. Without axes it makes a figure in the package's style, which a notebook shows; yours keep your style.

What comes in is a result; `result_pictures` and `wiring_pictures` draw those of the package, `record_pictures` what a
published figure writes down, in the style of `style`.
"""

from mftheory.plots.record_pictures import dimension_against_rank, dimension_of_wiring, singular_values
from mftheory.plots.result_pictures import comparison, recording, simulation, sweep, theory
from mftheory.plots.style import COLOURS, STYLE, Artists, figure, save
from mftheory.plots.wiring_pictures import levels, prediction

__all__ = [
    "COLOURS",
    "STYLE",
    "Artists",
    "comparison",
    "dimension_against_rank",
    "dimension_of_wiring",
    "figure",
    "levels",
    "prediction",
    "recording",
    "save",
    "simulation",
    "singular_values",
    "sweep",
    "theory",
]
