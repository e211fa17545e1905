"""The verbs, thin: each says what it needs and hands over."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.derive.derivation import Derivation
    from mftheory.network import Network


def derive(network: "Network | GaussianEnsemble") -> "Derivation":
    """Derive the theory of a network, or of an ensemble of your own, from its action.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        What to derive; only the ensemble matters, not the numbers in it.

    Returns
    -------
    Derivation
        Every step as SymPy objects: action, saddle point, Hessian, four-point functions.

    Raises
    ------
    InvalidNetwork
        If it is neither.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=0.5))
    >>> print(mf.derive(net).four_point("phi").label)
    psi-rmm
    """
    from mftheory.derive.derivation import derive as derive_

    return derive_(network)
