"""Random networks that share a wiring's spectrum, as ensembles of ours."""

from mftheory.connectome.decompose import Decomposition, decompose
from mftheory.connectome.mode_overlaps import ModeOverlaps
from mftheory.connectome.strength_inversion import ComponentStrengths
from mftheory.connectome.wiring import Connectome
from mftheory.network import IID, RandomMode


def random_mode_surrogate(strengths: ComponentStrengths, g_eff: float) -> RandomMode:
    """Return the random-mode network with these strengths, at a chosen coupling scale.

    Parameters
    ----------
    strengths : ComponentStrengths
        From `component_strengths` (or `plain_strengths`, for comparison).
    g_eff : float
        √(α⟨D²⟩), dimensionless. A wiring diagram does not fix it: synapse counts have no unit of coupling.

    Raises
    ------
    InvalidNetwork
        If g_eff is not a finite number above 0.

    Examples
    --------
    >>> from mftheory.connectome import plain_strengths, random_mode_surrogate
    >>> random_mode_surrogate(plain_strengths([1.0, 1.0, 0.0, 0.0]), g_eff=3.0).g_eff
    3.0
    """
    return RandomMode(strengths.values, alpha=strengths.alpha, g_eff=g_eff)


def iid_surrogate(g_eff: float) -> IID:
    """Return independent couplings of the same variance: the only surrogate where PR_S ≥ 1/2.

    Examples
    --------
    >>> from mftheory.connectome import iid_surrogate
    >>> iid_surrogate(3.0)
    IID(g=3.0)
    """
    return IID(g_eff)


def overlapping_surrogate(found: Decomposition | ModeOverlaps, g_eff: float) -> RandomMode:
    """Return the random-mode network with the measured singular values and overlaps of left and right modes.

    Parameters
    ----------
    found : Decomposition or ModeOverlaps
        What `decompose` made of a wiring; or the overlaps of its modes, `Decomposition.mode_overlaps`, if at hand.
    g_eff : float
        The coupling scale √(α⟨D²⟩), dimensionless, a choice.

    Returns
    -------
    RandomMode
        With ``overlaps``: sampled at the size of the wiring it has, up to fluctuations, the singular values, the
        diagonal overlaps as a function of the singular value, and the trace of the wiring scaled to g_eff; and as a
        consequence the real eigenvalues outside the bulk, D_a ρ_a for modes that stand out. Complex outliers need
        correlations between modes, which it has not.

    Raises
    ------
    InvalidNetwork
        If g_eff is not a finite number above 0.
    Unsupported
        If PR_S ≥ 1/2: use `iid_surrogate`.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory.connectome as connectome
    >>> from mftheory import RandomMode
    >>> modes = RandomMode(RandomMode.exponential(1.0, 0.3).mode_strengths(200), overlaps=np.full(200, 0.4))
    >>> couplings = modes.sample(200, seed=0).dense()
    >>> post, pre = np.divmod(np.arange(200 * 200), 200)
    >>> w = connectome.Connectome.from_edges(pre, post, couplings.ravel(), n=200)
    >>> again = connectome.overlapping_surrogate(connectome.decompose(w, normalised=False), g_eff=1.0)
    >>> bool(abs(np.mean(again.overlaps.values[:50]) - 0.4) < 0.1)
    True
    """
    modes = found.mode_overlaps if isinstance(found, Decomposition) else found
    return RandomMode(modes.strengths, alpha=modes.alpha, overlaps=modes.overlaps, g_eff=g_eff)


def surrogate(wiring: Connectome | Decomposition, g_eff: float, alpha: float | None = None) -> RandomMode:
    """Return the random-mode network with the singular values of a normalised wiring diagram.

    Parameters
    ----------
    wiring : Connectome or Decomposition
        A wiring diagram; or what `decompose` made of it, which is the part that takes time (`alpha` is fixed then).
    g_eff : float
        The coupling scale √(α⟨D²⟩), dimensionless, a choice.
    alpha : float, optional
        Modes per neuron, see `component_strengths`.

    Returns
    -------
    RandomMode
        ``sample(n, seed)`` at another n takes the quantiles of its strengths.

    Raises
    ------
    InvalidNetwork
        If the wiring has no recurrent part, or g_eff is not a finite number above 0.
    Unsupported
        If PR_S ≥ 1/2: use `iid_surrogate`.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory.connectome as connectome
    >>> from mftheory import RandomMode
    >>> couplings = RandomMode.step(g_eff=1.0, effective_rank=0.3).sample(100, seed=0).dense()
    >>> post, pre = np.divmod(np.arange(100 * 100), 100)
    >>> w = connectome.Connectome.from_edges(pre, post, couplings.ravel(), n=100)
    >>> modes = connectome.surrogate(w, g_eff=3.0)
    >>> modes.g_eff, modes.sample(50, seed=0).n
    (3.0, 50)
    """
    if isinstance(wiring, Connectome):
        wiring = decompose(wiring, alpha=alpha)
    return random_mode_surrogate(wiring.require_strengths(), g_eff)
