"""Dynamical mean-field theory of random recurrent networks: formulas, numbers, and the network itself."""

import importlib
import sys
from typing import TYPE_CHECKING, Any

from mftheory.errors import (
    CondensedModes,
    InvalidCall,
    InvalidFile,
    InvalidNetwork,
    MFTheoryError,
    NotConverged,
    Quiescent,
    Unsupported,
)
from mftheory.network import (
    IID,
    Erf,
    EulerMap,
    Gains,
    Given,
    Heterogeneous,
    Leaky,
    Network,
    Nonlinearity,
    PartiallySymmetric,
    RandomMode,
    Rational,
    ReLU,
    Sigmoid,
    Softplus,
    Tabulated,
    Tanh,
    ThresholdPower,
)

if TYPE_CHECKING:
    from mftheory import connectome, plots, results
    from mftheory.action import GaussianEnsemble
    from mftheory.api import compare, plan, predict, simulate, solve, sweep
    from mftheory.api.citing import cite
    from mftheory.api.listing_states import states
    from mftheory.api.loading import load
    from mftheory.api.measuring import measure
    from mftheory.api.method import method
    from mftheory.connectome import Connectome
    from mftheory.derivations.catalogue import derivation, formula, labels
    from mftheory.derivations.derivation import derive
    from mftheory.theory.dimension_grid import dimension
    from mftheory.theory.one_network.linear_network import linear_equivalent
    from mftheory.theory.one_network.predict_covariance import predict_covariance

__version__ = "0.1.0"

# Modules of the names that are loaded when they are first asked for: `import mftheory` costs NumPy at most.
_LAZY = {
    "derive": "mftheory.derivations.derivation",
    "derivation": "mftheory.derivations.catalogue",
    "formula": "mftheory.derivations.catalogue",
    "labels": "mftheory.derivations.catalogue",
    "solve": "mftheory.api",
    "dimension": "mftheory.theory.dimension_grid",
    "linear_equivalent": "mftheory.theory.one_network.linear_network",
    "predict_covariance": "mftheory.theory.one_network.predict_covariance",
    "simulate": "mftheory.api",
    "compare": "mftheory.api",
    "plan": "mftheory.api",
    "predict": "mftheory.api",
    "sweep": "mftheory.api",
    "load": "mftheory.api.loading",
    "measure": "mftheory.api.measuring",
    "method": "mftheory.api.method",
    "states": "mftheory.api.listing_states",
    "cite": "mftheory.api.citing",
    "GaussianEnsemble": "mftheory.action",
    "Connectome": "mftheory.connectome",
}

_PACKAGES = ("connectome", "plots", "results")
"""Public packages, loaded likewise."""

__all__ = [
    "IID",
    "CondensedModes",
    "Connectome",
    "Erf",
    "EulerMap",
    "Gains",
    "GaussianEnsemble",
    "Given",
    "Heterogeneous",
    "InvalidCall",
    "InvalidFile",
    "InvalidNetwork",
    "Leaky",
    "MFTheoryError",
    "Network",
    "Nonlinearity",
    "NotConverged",
    "PartiallySymmetric",
    "Quiescent",
    "RandomMode",
    "Rational",
    "ReLU",
    "Sigmoid",
    "Softplus",
    "Tabulated",
    "Tanh",
    "ThresholdPower",
    "Unsupported",
    "cite",
    "compare",
    "connectome",
    "derivation",
    "derive",
    "dimension",
    "formula",
    "labels",
    "linear_equivalent",
    "load",
    "measure",
    "method",
    "plan",
    "plots",
    "predict",
    "predict_covariance",
    "results",
    "simulate",
    "solve",
    "states",
    "sweep",
]


if not TYPE_CHECKING:  # to a type checker nothing is there but what is imported above

    def __getattr__(name: str) -> Any:
        if name in _PACKAGES:
            return importlib.import_module(f"mftheory.{name}")
        if name in _LAZY:
            value = getattr(importlib.import_module(_LAZY[name]), name)
            globals()[name] = value
            return value
        # With name and obj, Python suggests what was meant.
        raise AttributeError(f"module 'mftheory' has no attribute {name!r}", name=name, obj=sys.modules[__name__])


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})  # not what is imported here
