"""All states of a network that can be found: those that fluctuate, and fixed points.

Leaky neurons without noise, of one population: C^x(0) is looked for everywhere by energies (`variance`,
`leaky_states`). Else the network is looked at through others that differ from it by the strength of their couplings,
along the curve of their states (`continuation`): states on other curves are missed.
"""

from dataclasses import dataclass
from itertools import pairwise

from mftheory.errors import NotConverged, Quiescent
from mftheory.numerics.newton import Diverged
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.continuation import AtRest, Continuation
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations
from mftheory.theory.stationary.classes.field_equations import Covariances, SelfConsistency, Solution
from mftheory.theory.stationary.classes.leaky_states import leaky_states
from mftheory.theory.stationary.classes.neuron_classes import Classes
from mftheory.theory.stationary.classes.populations_two_point import are_leaky
from mftheory.theory.stationary.classes.rest import Rest, fixed_points
from mftheory.theory.stationary.gaussian.averages import averages
from mftheory.theory.stationary.quiescent import interval
from mftheory.theory.stationary.variance import variances

WEAKEST = 0.02
"""Strength of the couplings below which, with noise, it grows with the size."""


@dataclass(frozen=True, eq=False)
class Fluctuating:
    """A state that fluctuates.

    Attributes
    ----------
    covariances : Covariances
    variances, static_squares : tuple of float
        C^x(0) of each population, and the mean square over its neurons of what x is on average.
    """

    covariances: Covariances
    variances: tuple[float, ...]
    static_squares: tuple[float, ...]

    @classmethod
    def of(cls, classes: Classes, found: Covariances) -> "Fluctuating":
        """Return the state of these covariances."""
        variances = classes.of_populations(found.variance[classes.signal_of])
        return cls(found, tuple(variances.tolist()), tuple(classes.static_squares(found.static).tolist()))


@dataclass(frozen=True)
class AllStates:
    """The states that were found.

    Attributes
    ----------
    fluctuating : tuple of Fluctuating
        That of the largest variance first.
    resting : tuple of Rest
        Fixed points, from small to large variance; none with noise.
    searched : str
        What was looked at, and how.
    complete : bool
        True where it is proved that there are no others that fluctuate.
    """

    fluctuating: tuple[Fluctuating, ...]
    resting: tuple[Rest, ...]
    searched: str
    complete: bool


def all_states(network: CoupledPopulations, settings: Settings) -> AllStates:
    """Return all states that can be found.

    Raises
    ------
    NotConverged
        If activity that is large enough grows without bound, or a state was seen and not reached.
    Unsupported
        If a φ jumps, or is not piecewise smooth.
    """
    classes = network.classes(settings.average_step)
    equations = SelfConsistency(classes, settings, "the states")
    if are_leaky(network):
        found, searched = _by_energies(network, equations)
    else:
        found, searched = _along_the_curve(network, equations)
    resting = () if network.noisy.any() else tuple(fixed_points(classes))
    fluctuating = tuple(Fluctuating.of(classes, solution.covariances) for solution in found)
    return AllStates(fluctuating, resting, searched, _is_complete(network, len(found)))


def _by_energies(network: CoupledPopulations, equations: SelfConsistency) -> tuple[list[Solution], str]:
    """Return the states of leaky neurons, their variances found by energies."""
    classes, settings = equations.classes, equations.settings
    kinds = network.neurons[0].kinds
    if network.static or len(kinds) > 1:
        states = leaky_states(classes)
        pairs, searched = states.fluctuating, interval(states.searched)
    else:
        try:
            each = variances(
                network.g_eff, kinds[0].nonlinearity, averages(kinds[0].nonlinearity, settings.average_step)
            )
        except Quiescent:
            each = ()
        pairs, searched = tuple((0.0, c0) for c0 in each), "any C^x(0) up to where φ is bounded"
    return [equations.at_variances(*pair) for pair in pairs], f"by energies at {searched}"


def _along_the_curve(network: CoupledPopulations, equations: SelfConsistency) -> tuple[list[Solution], str]:
    """Return the states on the curve of all strengths that strong noise leads to."""
    continuation, points, end = Continuation(equations), [], "to rest"
    if equations.classes.grows_without_bound and network.noisy.any():
        searched = "from no couplings to theirs: larger activity may grow without bound"
        return [continuation.from_weak_couplings()], searched
    try:
        for point in continuation.curve(continuation.large()):
            points.append(point)
            if network.noisy.any() and point.strength < WEAKEST:
                end = "to the noise alone"
                break
    except AtRest:
        return [], "from strong noise to none: it leads to rest"
    except NotConverged:
        if not points:
            raise
        end = "to where it could not be followed"
    found = []
    for one, other in pairwise(continuation.close_to_one(points)):
        if (one.strength - 1.0) * (other.strength - 1.0) <= 0.0:
            try:
                found.append(continuation.met(one, other))
            except Diverged:
                raise equations.failure("a state was seen, and not reached") from None
    found.sort(key=lambda s: -float(s.covariances.variance[0] + s.covariances.static.sum()))
    ends = (float(point.state.variance[0]) for point in (points[0], points[-1]))
    return found, "along the curve of coupling strengths, C^x(0) from {:.3g} to {:.2g}, ".format(*ends) + end


def _is_complete(network: CoupledPopulations, fluctuating: int) -> bool:
    """Return True where no other state can fluctuate.

    With |φ(x)| <= |φ'(0) x| none does beside a stable x = 0, whatever the filters and the populations (`quiescent`); of
    leaky neurons alike whose φ' falls with |x|, one does where x = 0 is unstable (`variance`).
    """
    if network.static or network.noisy.any():
        return False
    kinds = [kind for p in network.neurons for kind in p.kinds]
    if not fluctuating:
        return bool(network.at_rest.all()) and all(kind.nonlinearity.within_tangent for kind in kinds)
    return are_leaky(network) and len(kinds) == 1 and kinds[0].nonlinearity.steepest_at_zero
