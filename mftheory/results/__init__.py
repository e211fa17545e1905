"""What comes back: theory, simulation, comparison, each value with its error."""

from mftheory.results.comparison import Comparison
from mftheory.results.components import PrincipalComponents
from mftheory.results.estimate import Estimate
from mftheory.results.linear_equivalent import LinearEquivalent
from mftheory.results.predicted import PredictedCovariance
from mftheory.results.prediction import Prediction
from mftheory.results.recording import Recording
from mftheory.results.response import Response
from mftheory.results.simulation import Simulation
from mftheory.results.stored_network import StoredNetwork
from mftheory.results.theory import Theory

__all__ = [
    "Comparison",
    "Estimate",
    "LinearEquivalent",
    "PredictedCovariance",
    "Prediction",
    "PrincipalComponents",
    "Recording",
    "Response",
    "Simulation",
    "StoredNetwork",
    "Theory",
]


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})  # not what is imported here
