"""Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself."""

from mftheory.errors import (
    CondensedModes,
    InvalidFile,
    InvalidNetwork,
    MFTheoryError,
    NotConverged,
    Quiescent,
    Unsupported,
)
from mftheory.network import IID, Erf, Network, RandomMode, Tanh

__version__ = "0.1.0"

__all__ = [
    "IID",
    "CondensedModes",
    "Erf",
    "InvalidFile",
    "InvalidNetwork",
    "MFTheoryError",
    "Network",
    "NotConverged",
    "Quiescent",
    "RandomMode",
    "Tanh",
    "Unsupported",
]
