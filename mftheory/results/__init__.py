"""What comes back: theory, simulation, comparison, each value with its error."""

import importlib
from typing import TYPE_CHECKING, Any

from mftheory.results.comparison import Comparison
from mftheory.results.estimate import Estimate
from mftheory.results.simulation import Simulation
from mftheory.results.theory import Theory

if TYPE_CHECKING:
    from mftheory.results.components import PrincipalComponents
    from mftheory.results.linear_equivalent import LinearEquivalent
    from mftheory.results.predicted import PredictedCovariance
    from mftheory.results.prediction import Prediction
    from mftheory.results.recording import Recording
    from mftheory.results.response import Response
    from mftheory.results.stored.networks import StoredNetwork

# Of rarer verbs: loaded when asked for.
_LAZY = {
    "LinearEquivalent": "linear_equivalent",
    "PredictedCovariance": "predicted",
    "Prediction": "prediction",
    "PrincipalComponents": "components",
    "Recording": "recording",
    "Response": "response",
    "StoredNetwork": "stored.networks",
}

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


if not TYPE_CHECKING:  # to a type checker nothing is there but what is imported above

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            value = getattr(importlib.import_module(f"mftheory.results.{_LAZY[name]}"), name)
            globals()[name] = value
            return value
        raise AttributeError(f"module 'mftheory.results' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})  # not what is imported here
