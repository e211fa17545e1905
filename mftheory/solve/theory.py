"""From a network to its theory in numbers."""

from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Network
from mftheory.results.theory import Theory
from mftheory.solve.four_point import FourPoint
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import two_point

# Ensembles whose single-site input makes x Gaussian, with the two-point functions of an i.i.d. network of equal
# g_eff [two-point, 36].
GAUSSIAN = ("iid", "random-mode")


def solve(network: Network, settings: Settings | None = None) -> Theory:
    """Solve the mean-field theory of a network.

    Parameters
    ----------
    network : Network
        Of independent couplings or independent modes, with an odd nonlinearity.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.

    Returns
    -------
    Theory
        Two- and four-point functions, dimensions and timescales in the limit N → ∞.

    Raises
    ------
    Quiescent
        If g_eff φ'(0) <= 1.
    NotConverged
        If the two-point solution was not found.
    Unsupported
        If the ensemble's single-site process is not Gaussian.

    Notes
    -----
    Assumes a stationary fluctuating state, odd φ, no condensed modes, N·PR ≫ 1 (THEORY.md §0). Time is in units of
    the neurons' time constant. Two-point functions [two-point, 36]; four-point functions from the derived kernels
    [psi-iid], [psi-x-iid], [psi-rmm], [psi-x-rmm].

    Examples
    --------
    >>> import mftheory as mf
    >>> theory = mf.solve(mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0)))
    >>> round(theory.dimension("phi"), 10)
    0.0280088559
    """
    if not isinstance(network, Network):
        raise InvalidNetwork("network", network, "must be a Network(...)")
    if network.ensemble not in GAUSSIAN:
        raise Unsupported(
            f"ensemble {network.ensemble!r}: solve knows those with a Gaussian single-site process, "
            f"{' and '.join(GAUSSIAN)}"
        )
    settings = Settings() if settings is None else settings
    return Theory(
        network=network,
        two_point=(coarse := _four_point(network, settings)).two_point,
        four_point=coarse,
        refined=lambda: _four_point(network, settings.refined()),
    )


def _four_point(network: Network, settings: Settings) -> FourPoint:
    solution = two_point(network.g_eff, network.nonlinearity, settings)
    return FourPoint(network.ensemble, network.connectivity.parameters, solution, settings)
