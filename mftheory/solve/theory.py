"""From a network to its theory in numbers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.kernels import Kernel, committed
from mftheory.network import Dynamics, Heterogeneous, Leaky, Network, Nonlinearity
from mftheory.network.given import refuse_theory
from mftheory.network.network import HETEROGENEOUS
from mftheory.results.theory import OBSERVABLES, OBSERVABLES_WITH_GAINS, Theory
from mftheory.solve.ensembles import GAUSSIAN, SELF_FEEDBACK
from mftheory.solve.filtered.solution import FilteredTwoPoint, filtered_two_point
from mftheory.solve.four_point import ROUNDING, FourPoint
from mftheory.solve.lyapunov import lyapunov_exponent
from mftheory.solve.self_feedback.sampling import Sampling
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import TwoPoint, two_point


def solve(network: Network, settings: Settings | None = None, **sampling: Any) -> Theory:
    """As `mftheory.solve`, for a network."""
    if not isinstance(network, Network):
        raise InvalidNetwork("network", network, "must be a Network(...)")
    refuse_theory("solve", network.connectivity)
    if network.ensemble == HETEROGENEOUS:
        from mftheory.solve.heterogeneous.theory import solve_heterogeneous

        return solve_heterogeneous(network, settings)
    wanted = Sampling.of(sampling)  # checked also where nothing is sampled
    if network.ensemble in SELF_FEEDBACK:
        from mftheory.solve.self_feedback.theory import solve_self_feedback

        return solve_self_feedback(network, settings, wanted)
    if network.ensemble not in GAUSSIAN or isinstance(network.nonlinearity, Heterogeneous):
        raise Unsupported(
            f"ensemble {network.ensemble!r}: each neuron's past feeds back on it, so x is not Gaussian; "
            f"not solved yet (use simulate)"
        )
    if not network.nonlinearity.odd:
        from mftheory.solve.heterogeneous.theory import solve_static

        return solve_static(network, settings)
    return assemble(
        network,
        network.g_eff,
        network.nonlinearity,
        network.parameters,
        partial(committed, network.ensemble),
        OBSERVABLES if network.gains is None else OBSERVABLES_WITH_GAINS,
        settings,
        network.dynamics,
        network.noise,
    )


def assemble(
    network: Any,
    g_eff: float,
    nonlinearity: Nonlinearity,
    parameters: Mapping[str, float],
    kernel_of: Callable[[str], Kernel],
    observables: tuple[str, ...] = OBSERVABLES,
    settings: Settings | None = None,
    dynamics: Dynamics | None = None,
    noise: float = 0.0,
) -> Theory:
    """The theory of neurons with Gaussian input g_eff² C^φ(ω) + σ², given the kernels of its four-point functions."""
    settings = Settings.of(settings)
    dynamics = Leaky() if dynamics is None else dynamics

    def four_point(settings: Settings) -> FourPoint:
        solution: TwoPoint | FilteredTwoPoint
        if isinstance(dynamics, Leaky) and noise == 0:
            solution = two_point(g_eff, nonlinearity, settings)
        else:
            solution = filtered_two_point(g_eff, nonlinearity, dynamics, noise, settings)
        if observables == OBSERVABLES_WITH_GAINS:
            solution = replace(solution, mean_square_gain=parameters["q_2"])
        return FourPoint(kernel_of, parameters, solution, settings)

    coarse = four_point(settings)

    def growth() -> tuple[float, float]:
        finer = settings.refined()
        value = lyapunov_exponent(coarse.two_point, nonlinearity, settings)
        refined = lyapunov_exponent(four_point(finer).two_point, nonlinearity, finer)
        return value, 2.0 * abs(value - refined) + ROUNDING * abs(value)

    return Theory(
        network=network,
        two_point=coarse.two_point,
        four_point=coarse,
        refined=lambda: four_point(settings.refined()),
        observables=observables,
        growth=growth,
    )
