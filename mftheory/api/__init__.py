"""The verbs that need more than one package: numbers of an ensemble of your own, theory against the network itself."""

from mftheory.api.comparing import compare
from mftheory.api.planning import plan
from mftheory.api.predicting import predict
from mftheory.api.simulating import simulate
from mftheory.api.solving import solve
from mftheory.api.sweeping import sweep

__all__ = ["compare", "plan", "predict", "simulate", "solve", "sweep"]
