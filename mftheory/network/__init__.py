"""What a network is: connectivity ensembles and nonlinearities. Plain validated data; no theory."""

from mftheory.network.connectivity import IID, Couplings, Dense, Factored, RandomMode
from mftheory.network.network import Network
from mftheory.network.nonlinearity import Erf, Nonlinearity, Tanh

__all__ = ["IID", "Couplings", "Dense", "Erf", "Factored", "Network", "Nonlinearity", "RandomMode", "Tanh"]
