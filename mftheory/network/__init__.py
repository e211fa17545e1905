"""The description of a network: connectivity, gains, nonlinearity, dynamics. Plain validated data, no theory.

In: the user's numbers, arrays, formulas. Out: `Network`, which draws samples (`sampled.SampledNetwork`) and knows its
`traits`. Next: `network`, then `connectivity` and `random_mode`; the stages after it are `mftheory.action` (formulas),
`mftheory.theory` (numbers) and `mftheory.simulation`.
"""

from mftheory.network.connectivity import IID, PartiallySymmetric
from mftheory.network.couplings import Couplings, Dense, Factored, Sparse
from mftheory.network.curve import Tabulated
from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational
from mftheory.network.gains import Gains
from mftheory.network.given import Given
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.kinds import Kind
from mftheory.network.named import ReLU, Sigmoid, Softplus, ThresholdPower
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
    "Kind",
    "Leaky",
    "Network",
    "Nonlinearity",
    "PartiallySymmetric",
    "RandomMode",
    "Rational",
    "ReLU",
    "Sigmoid",
    "Softplus",
    "Sparse",
    "Tabulated",
    "Tanh",
    "ThresholdPower",
]
