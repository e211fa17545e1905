"""From a wiring diagram to a random-mode network: read, normalise, decompose, surrogate (theory §9).

In: a file (`reading`) or edges. Out: `Connectome`, `Decomposition`, a surrogate `mftheory.Network` for the theory and
the simulator. Next: `wiring`, then `normalise`, `decompose` and `surrogates`.
"""

from mftheory.connectome.decompose import Decomposition, decompose
from mftheory.connectome.eigenvalues import Eigenvalues, eigenvalues
from mftheory.connectome.mean import MeanCoupling
from mftheory.connectome.mode_overlaps import ModeOverlaps, mode_overlaps
from mftheory.connectome.modes import Modes
from mftheory.connectome.normalise import Normalised, normalise, unscaled
from mftheory.connectome.overlap_significance import OverlapSignificance, significance
from mftheory.connectome.reading import SAMPLES, sample_data
from mftheory.connectome.spectrum import (
    effective_rank,
    participation_ratio,
    participation_ratio_iid,
    singular_values,
)
from mftheory.connectome.strength_inversion import ComponentStrengths, component_strengths, plain_strengths
from mftheory.connectome.surrogates import iid_surrogate, overlapping_surrogate, random_mode_surrogate, surrogate
from mftheory.connectome.wiring import Connectome

read = Connectome.read

__all__ = [
    "SAMPLES",
    "ComponentStrengths",
    "Connectome",
    "Decomposition",
    "Eigenvalues",
    "MeanCoupling",
    "ModeOverlaps",
    "Modes",
    "Normalised",
    "OverlapSignificance",
    "component_strengths",
    "decompose",
    "effective_rank",
    "eigenvalues",
    "iid_surrogate",
    "mode_overlaps",
    "normalise",
    "overlapping_surrogate",
    "participation_ratio",
    "participation_ratio_iid",
    "plain_strengths",
    "random_mode_surrogate",
    "read",
    "sample_data",
    "significance",
    "singular_values",
    "surrogate",
    "unscaled",
]
