"""From a network to its theory in numbers."""

from dataclasses import replace

from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Network
from mftheory.results.theory import OBSERVABLES, OBSERVABLES_WITH_GAINS, Theory
from mftheory.solve.four_point import FourPoint
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import two_point

# Ensembles whose single-site input makes x Gaussian, with the two-point functions of an i.i.d. network of equal
# g_eff [two-point, 36; J9].
GAUSSIAN = ("iid", "random-mode", "iid+gains", "random-mode+gains")


def solve(network: Network, settings: Settings | None = None) -> Theory:
    """Solve the mean-field theory of a network.

    Parameters
    ----------
    network : Network
        Of independent couplings or independent modes without overlaps, with an odd nonlinearity; gains are allowed.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.

    Returns
    -------
    Theory
        Two- and four-point functions, dimensions and timescales in the limit N → ∞; with gains also of "Phi" and
        "readout".

    Raises
    ------
    Quiescent
        If g_eff φ'(0) <= 1.
    NotConverged
        If the two-point solution was not found.
    Unsupported
        If the ensemble's single-site process is not Gaussian: partial symmetry, or overlaps.

    Notes
    -----
    Assumes a stationary fluctuating state, odd φ, no condensed modes, N·PR ≫ 1 (THEORY.md §0). Time is in units of
    the neurons' time constant. Two-point functions [two-point, 36]; four-point functions from the derived kernels
    [psi-iid], [psi-x-iid], [psi-rmm], [psi-x-rmm], with gains [46a, 46b, J18].

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
            f"ensemble {network.ensemble!r}: each neuron's past feeds back on it, so x is not Gaussian; "
            f"not solved yet (use simulate)"
        )
    settings = Settings() if settings is None else settings
    return Theory(
        network=network,
        two_point=(coarse := _four_point(network, settings)).two_point,
        four_point=coarse,
        refined=lambda: _four_point(network, settings.refined()),
        observables=OBSERVABLES if network.gains is None else OBSERVABLES_WITH_GAINS,
    )


def _four_point(network: Network, settings: Settings) -> FourPoint:
    solution = two_point(network.g_eff, network.nonlinearity, settings)
    parameters = network.parameters
    if network.gains is not None:
        solution = replace(solution, mean_square_gain=parameters["q_2"])
    return FourPoint(network.ensemble, parameters, solution, settings)
