"""The figures by name. A module is imported when its figure is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from mftheory.wording import one_of

if TYPE_CHECKING:
    from mftheory.figures.frame import Figure

FIGURES: Mapping[str, str] = {
    "dimension": "the main job: derived, computed, simulated, and on real wiring",
    "duality": "Fig. 3: covariances neuron by neuron and time by time",
    "effective_rank": "Fig. 4(a): dimension against effective rank",
    "timescales": "Fig. 4(b): timescales of the leading principal components",
    "gains": "Fig. 5: dimension against the spread of single-neuron gains, and of what is sent and read out",
    "overlaps": "Fig. 7: dimension against the amplitude of mode overlaps",
    "singular_values": "Fig. 8: singular values of the couplings",
    "components": "Fig. 9: principal components of one network",
    "low_rank": "Fig. 10(a): dimension at low effective rank, step spectrum",
    "covariance_spectrum": "Fig. 10(b): eigenvalues of the covariance of one network",
    "iid_symmetric": "[CAL23]: dimension against g, and against partial symmetry",
    "one_network": "covariances of one given network, sampled or real, entry by entry (ours)",
    "onset": "scaling laws near the onset of chaos, theory only",
}
"""Contents of each figure by its name; numbers are those of [CMvML25] where no other paper is named."""

PRESETS = ("trial", "quick", "medium", "full")
"""Names of presets, from seconds, which conclude nothing, by way of minutes on two cores to the published sizes.

No figure has all of them.
"""


def load(name: str) -> "Figure":
    """Import a figure.

    Raises
    ------
    InvalidNetwork
        If there is no figure of that name.

    Examples
    --------
    >>> from mftheory.figures.registry import load
    >>> sorted(load("onset").presets)
    ['full', 'quick']
    """
    one_of("figure", name, FIGURES, "must be all, summary or one of {}")
    return cast("Figure", import_module(f"mftheory.figures.{name}_figure").FIGURE)


def protocol(name: str, preset: str) -> Any:
    """Return a figure's protocol of that preset; the nearest smaller one if it has none of its own, else its smallest.

    Raises
    ------
    InvalidNetwork
        If there is no such figure or preset.

    Examples
    --------
    >>> from mftheory.figures.registry import load, protocol
    >>> protocol("onset", "medium") == load("onset").presets["quick"]
    True
    """
    known = load(name).presets
    one_of("preset", preset, PRESETS)
    available = [p for p in PRESETS if p in known]
    no_larger = [p for p in available if PRESETS.index(p) <= PRESETS.index(preset)]
    return known[no_larger[-1] if no_larger else available[0]]
