"""From a network whose neurons hear themselves to its theory in numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from mftheory.errors import Unsupported
from mftheory.kernels import Kernel, committed
from mftheory.network import Leaky, Network
from mftheory.results.theory import OBSERVABLES, OBSERVABLES_WITH_GAINS, Theory
from mftheory.solve.self_feedback.accuracy import Variants
from mftheory.solve.self_feedback.four_point import SelfFeedbackFourPoint
from mftheory.solve.self_feedback.sampling import Sampling
from mftheory.solve.self_feedback.solution import SelfFeedbackTwoPoint
from mftheory.solve.self_feedback.solver import Solved, Solver
from mftheory.solve.settings import Settings


@dataclass(frozen=True, eq=False)
class SampledFourPoint:
    """Four-point functions at a sampled solution, with their errors."""

    solver: Solver
    solved: Solved

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> NDArray:
        """Ψ^a(τ1, τ2), of the broadcast shape of the lags."""
        return self._main.psi(observable, tau1, tau2)

    def dimension(self, observable: str) -> float:
        """PR^a, per neuron."""
        return self._main.dimension(observable)

    def dimension_error(self, observable: str, refined: object) -> float:
        """Standard error of sampling, and in quadrature with it the numerical errors."""
        return float(sum(error**2 for error in self.error_sources(observable).values()) ** 0.5)

    @property
    def kernel_of(self) -> Callable[[str], Kernel]:
        """The kernel of an observable: a stored result names its formula by it."""
        return self._main.kernel_of

    sampled = True

    def error_sources(self, observable: str) -> dict[str, float]:
        """Each part of the dimension's error; see `accuracy.Variants`."""
        if observable not in self._sources:
            self._sources[observable] = self._variants.errors(
                lambda two: four_point_of(self.solver.network, two).dimension(observable)
            )
        return self._sources[observable]

    @cached_property
    def _variants(self) -> Variants:
        with threadpool_limits(1):
            return Variants.of(self.solver, self.solved)

    @cached_property
    def _main(self) -> SelfFeedbackFourPoint:
        return four_point_of(self.solver.network, self.solved.two_point)

    @cached_property
    def _sources(self) -> dict[str, dict[str, float]]:
        return {}


def four_point_of(network: Network, two_point: SelfFeedbackTwoPoint) -> SelfFeedbackFourPoint:
    """Ψ of a network at given two-point functions."""
    return SelfFeedbackFourPoint(partial(committed, network.ensemble), network.parameters, two_point)


def solve_self_feedback(network: Network, settings: Settings | None = None, sampling: Sampling | None = None) -> Theory:
    """The theory of a network with partial symmetry or overlaps [H16, 48, 49; psi-sym, psi-overlap].

    Raises
    ------
    Quiescent, CondensedModes, NotConverged
        As `mftheory.solve`.
    Unsupported
        If neurons are not leaky, or φ is not odd.
    """
    if not isinstance(network.dynamics, Leaky):
        raise Unsupported(f"dynamics = {network.dynamics!r}: where neurons hear themselves, only Leaky() is solved")
    solver = Solver(network, Settings() if settings is None else settings, sampling or Sampling())
    solved = solver.solve(lambda two: four_point_of(network, two).dimension("phi"))
    four_point = SampledFourPoint(solver, solved)
    return Theory(
        network=network,
        two_point=solved.two_point,
        four_point=four_point,
        refined=lambda: four_point,
        status=solved.status,
        observables=OBSERVABLES if network.gains is None else OBSERVABLES_WITH_GAINS,
        replicas=tuple(solved.replicas),
    )
