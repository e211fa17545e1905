"""The path integral of a declared network: fields, Gaussian matrices, the disorder average, the factorised action.

In: a `GaussianEnsemble`, the user's or one of `built_in`. Out: `Action`, `AveragedExponent`, `FactorisedAction`: SymPy
objects; and sampled networks (`sampled_ensemble`) where numbers are given. Next: `fields` and `disorder` declare,
`msrdj` and `average` carry out; then `mftheory.derivations`.
"""

from mftheory.action.average import AveragedExponent, Bilinear, Interaction, disorder_average
from mftheory.action.disorder import Coupling, Covariance, GaussianEnsemble, GaussianMatrix
from mftheory.action.fields import Field, Operator, Parameter, Population, omega
from mftheory.action.msrdj import Action, FactorisedAction, OrderParameter, factorise, msrdj

__all__ = [
    "Action",
    "AveragedExponent",
    "Bilinear",
    "Coupling",
    "Covariance",
    "FactorisedAction",
    "Field",
    "GaussianEnsemble",
    "GaussianMatrix",
    "Interaction",
    "Operator",
    "OrderParameter",
    "Parameter",
    "Population",
    "disorder_average",
    "factorise",
    "msrdj",
    "omega",
]
