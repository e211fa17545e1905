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
    Tanh,
)

if TYPE_CHECKING:
    from mftheory import connectome, plots, results
    from mftheory.action import GaussianEnsemble
    from mftheory.api import compare, plan, predict, simulate, solve, sweep
    from mftheory.api.citing import cite
    from mftheory.api.loading import load
    from mftheory.api.measuring import measure
    from mftheory.api.methods import method
    from mftheory.connectome import Connectome
    from mftheory.derive.catalogue import derivation, formula, labels
    from mftheory.derive.derivation import derive
    from mftheory.solve.dimension import dimension
    from mftheory.solve.one_matrix.linear_equivalent import linear_equivalent
    from mftheory.solve.one_matrix.predict import predict_covariance

__version__ = "0.1.0"

# The verbs share their names with the packages that do the work. Importing a package binds its name here, once, at its
# first import; so these packages, which load nothing by themselves, are imported now and their names given up again.
for _package in ("compare", "derive", "simulate", "solve"):
    importlib.import_module(f"mftheory.{_package}")
    del globals()[_package]

# Each verb loads what it needs when it is first asked for: `import mftheory` costs NumPy at most.
_LAZY = {
    "derive": "mftheory.derive.derivation",
    "derivation": "mftheory.derive.catalogue",
    "formula": "mftheory.derive.catalogue",
    "labels": "mftheory.derive.catalogue",
    "solve": "mftheory.api",
    "dimension": "mftheory.solve.dimension",
    "linear_equivalent": "mftheory.solve.one_matrix.linear_equivalent",
    "predict_covariance": "mftheory.solve.one_matrix.predict",
    "simulate": "mftheory.api",
    "compare": "mftheory.api",
    "plan": "mftheory.api",
    "predict": "mftheory.api",
    "sweep": "mftheory.api",
    "load": "mftheory.api.loading",
    "measure": "mftheory.api.measuring",
    "method": "mftheory.api.methods",
    "cite": "mftheory.api.citing",
    "GaussianEnsemble": "mftheory.action",
    "Connectome": "mftheory.connectome",
}

_PACKAGES = ("connectome", "plots", "results")
"""Public ones, loaded likewise."""

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
    "Tanh",
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
