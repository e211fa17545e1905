"""The results of the verbs: theory, simulation, comparison, predictions, recording; each value with its error.

In: the functions and moments that `theory` and `simulation` hand over. Out: one class a result, which knows its fields,
their axes and units (`schema`), and neither files nor pictures: those are looked up by its type (`mftheory.lookup`).
Begin with `result`, the base class; then `theory` and `simulation`. Next: `mftheory.storage`, `mftheory.plots`.
"""

from mftheory.results.comparison import Comparison
from mftheory.results.components import PrincipalComponents
from mftheory.results.estimate import Estimate
from mftheory.results.linear_equivalent import LinearEquivalent
from mftheory.results.predicted_covariance import PredictedCovariance
from mftheory.results.recording import Recording
from mftheory.results.response import Response
from mftheory.results.simulation import Simulation
from mftheory.results.stored_network import StoredNetwork
from mftheory.results.theory import Theory
from mftheory.results.wiring_prediction import Prediction

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
