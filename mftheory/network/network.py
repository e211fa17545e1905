"""A network: its couplings and its single neurons."""

from dataclasses import dataclass, field

from mftheory.network import connectivity as _connectivity
from mftheory.network import nonlinearity as _nonlinearity
from mftheory.network.connectivity import Connectivity
from mftheory.network.nonlinearity import Erf, Nonlinearity


@dataclass(frozen=True)
class Network:
    """A random recurrent network of leaky units, (1 + ∂_t) x_i = Σ_j J_ij φ(x_j).

    Time is in units of the neurons' time constant.

    Parameters
    ----------
    connectivity : IID or RandomMode
        The ensemble that J is drawn from.
    nonlinearity : Erf or Tanh
        φ; the default is erf(√π x/2).

    Raises
    ------
    InvalidNetwork
        If either is something else.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.IID(3.0))
    >>> net.g_eff, net.nonlinearity
    (3.0, Erf())
    """

    connectivity: Connectivity
    nonlinearity: Nonlinearity = field(default_factory=Erf)

    def __post_init__(self) -> None:
        _connectivity.checked(self.connectivity)
        _nonlinearity.checked(self.nonlinearity)

    @property
    def g_eff(self) -> float:
        """Effective coupling strength √(α r2) of the network."""
        return self.connectivity.g_eff

    @property
    def ensemble(self) -> str:
        """Name of the ensemble, the key of its derivation and of its kernels."""
        return self.connectivity.ensemble
