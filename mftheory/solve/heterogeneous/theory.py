"""Theories of networks whose neurons differ in ways that stay."""

from collections.abc import Callable

from mftheory.errors import Unsupported
from mftheory.network import Heterogeneous, Leaky, Network, Nonlinearity
from mftheory.network.network import as_modes
from mftheory.results.theory import Theory
from mftheory.solve.heterogeneous.four_point import QuenchedFourPoint
from mftheory.solve.heterogeneous.static import static_two_point
from mftheory.solve.heterogeneous.two_point import QuenchedTwoPoint, heterogeneous_two_point
from mftheory.solve.settings import Settings


def solve_heterogeneous(network: Network, settings: Settings | None = None) -> Theory:
    """The theory of a network of `Heterogeneous` neurons; "phi" is a neuron's own output Φ_θ(x).

    Raises
    ------
    Unsupported
        With noise, other dynamics than leaky units, or a Φ_θ that is not odd.
    """
    neurons = network.nonlinearity
    assert isinstance(neurons, Heterogeneous)
    return _assembled(network, lambda s: heterogeneous_two_point(network.g_eff, neurons, s), settings)


def solve_static(network: Network, settings: Settings | None = None) -> Theory:
    """The theory of a network of alike neurons whose φ is not odd; covariances are about each neuron's mean.

    Raises
    ------
    Unsupported
        With noise, other dynamics than leaky units, or gains.
    Quiescent, NotConverged
        As `mftheory.solve.heterogeneous.static.static_two_point`.
    """
    phi = network.nonlinearity
    assert isinstance(phi, Nonlinearity)
    if network.gains is not None:
        raise Unsupported(
            f"gains = {network.gains!r}: with φ = {phi.expression} not odd, solved for equal neurons only"
        )
    return _assembled(network, lambda s: static_two_point(network.g_eff, phi, s), settings)


def _assembled(network: Network, solution: Callable[[Settings], QuenchedTwoPoint], settings: Settings | None) -> Theory:
    settings = Settings() if settings is None else settings
    if not isinstance(network.dynamics, Leaky) or network.noise > 0:
        raise Unsupported(
            f"dynamics = {network.dynamics!r}, noise = {network.noise:g}: where neurons differ, or φ is not odd, leaky "
            f"units without noise are solved (use simulate)"
        )

    def four_point(settings: Settings) -> QuenchedFourPoint:
        return QuenchedFourPoint(as_modes(network.connectivity), solution(settings), settings)

    def growth() -> tuple[float, float]:
        raise Unsupported("lyapunov_exponent: not solved where neurons differ")

    coarse = four_point(settings)
    return Theory(
        network=network,
        two_point=coarse.two_point,
        four_point=coarse,
        refined=lambda: four_point(settings.refined()),
        growth=growth,
    )
