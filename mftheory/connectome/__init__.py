"""From a wiring diagram to a random-mode network: read, normalise, decompose, surrogate (THEORY.md §9)."""

from mftheory.connectome.decompose import Decomposition, decompose
from mftheory.connectome.normalise import Normalised, normalise
from mftheory.connectome.read import read, sample_data
from mftheory.connectome.spectrum import effective_rank, participation_ratio, singular_values
from mftheory.connectome.strengths import ComponentStrengths, component_strengths, plain_strengths
from mftheory.connectome.surrogates import iid_surrogate, random_mode_surrogate, surrogate
from mftheory.connectome.wiring import Connectome

__all__ = [
    "ComponentStrengths",
    "Connectome",
    "Decomposition",
    "Normalised",
    "component_strengths",
    "decompose",
    "effective_rank",
    "iid_surrogate",
    "normalise",
    "participation_ratio",
    "plain_strengths",
    "random_mode_surrogate",
    "read",
    "sample_data",
    "singular_values",
    "surrogate",
]
