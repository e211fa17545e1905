"""Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself."""

# The verbs share their names with the packages that do the work. Importing a package binds its name here once, at its
# first import; so the packages (which load nothing by themselves) come first and the verbs after them.
import mftheory.compare
import mftheory.derive
import mftheory.simulate
import mftheory.solve  # noqa: F401
from mftheory.api import derive
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
    "derive",
]
