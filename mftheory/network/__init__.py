"""What a network is: connectivity ensembles, gains and nonlinearities. Plain validated data; no theory."""

from mftheory.network.connectivity import IID, PartiallySymmetric
from mftheory.network.couplings import Couplings, Dense, Factored, Sparse
from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational
from mftheory.network.gains import Gains
from mftheory.network.given import Given
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.network import Network
from mftheory.network.nonlinearity import Erf, Nonlinearity, Tanh
from mftheory.network.random_mode import RandomMode

__all__ = [
    "IID",
    "Couplings",
    "Dense",
    "Dynamics",
    "Erf",
    "EulerMap",
    "Factored",
    "Gains",
    "Given",
    "Heterogeneous",
    "Leaky",
    "Network",
    "Nonlinearity",
    "PartiallySymmetric",
    "RandomMode",
    "Rational",
    "Sparse",
    "Tanh",
]
