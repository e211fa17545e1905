"""Two-point functions of populations of neurons, one or several, with any filters, noise and φ."""

import contextlib
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from mftheory.errors import NotConverged, Quiescent
from mftheory.network import Leaky
from mftheory.numerics.newton import Diverged
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.class_spectra import ClassSpectra
from mftheory.theory.stationary.classes.class_two_point import ClassTwoPoint, PopulationNames
from mftheory.theory.stationary.classes.continuation import AtRest, Continuation
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations
from mftheory.theory.stationary.classes.field_equations import SAME, Covariances, SelfConsistency, Solution
from mftheory.theory.stationary.classes.leaky_states import States, leaky_states
from mftheory.theory.stationary.classes.neuron_classes import Classes
from mftheory.theory.stationary.classes.rest import Rest, fixed_points
from mftheory.theory.stationary.filters import power_of
from mftheory.theory.stationary.onset.onset_solution import LARGEST_EXCESS
from mftheory.theory.stationary.onset.onset_two_point import OnsetTwoPoint, onset_two_point
from mftheory.theory.stationary.quiescent import FOLLOWED, GROWS, beside, interval
from mftheory.theory.stationary.variance import smallest_variance


def populations_two_point(
    network: CoupledPopulations, settings: Settings, start: Covariances | None = None
) -> ClassTwoPoint | OnsetTwoPoint:
    """Solve for the two-point functions of the fluctuating state, of the one near a start if that is given.

    Raises
    ------
    Quiescent
        If a fixed point is stable for some population, and lowering the noise from strong to none leads to no other
        state.
    NotConverged
        With the residuals, if the solution was not found, not resolved, or a power spectrum came out negative.
    Unsupported
        If a φ jumps, or is not piecewise smooth.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf
    >>> from mftheory.network.kinds import Kind
    >>> from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
    >>> from mftheory.theory.stationary.classes.populations_two_point import populations_two_point
    >>> from mftheory.theory.settings import Settings
    >>> halves = tuple(Neurons(name, f"x{name}", f"phi{name}", 0.5, (Kind(1.0, Erf()),)) for name in "AB")
    >>> network = CoupledPopulations(halves, np.array([[4.5, 4.5], [4.5, 4.5]]))  # i.i.d., g = 3
    >>> solution = populations_two_point(network, Settings())
    >>> [f"{variance:.10f}" for variance in solution.variance]
    ['5.6374319609', '5.6374319609']
    """
    if start is None:
        if network.at_rest.any() and network.known_at_rest:
            raise _quiescent(network)
        if (near := _close_to_onset(network, settings)) is not None:
            return near
    classes, states = network.classes(settings.average_step), None
    if start is not None:
        solution = SelfConsistency(classes, settings, _subject(network)).near(start)
    else:
        states = leaky_states(classes) if network.static and are_leaky(network) else None
        solution = general_solution(network, classes, settings, states)
    names = tuple(PopulationNames(p.state, p.activity, p.sent, p.size) for p in network.neurons)
    beside = partial(_beside, network, classes, settings, float(solution.covariances.variance[0]), states)
    two_point = ClassTwoPoint(ClassSpectra.of(classes, solution, settings), names, beside=beside)
    two_point.refuse_negative()
    return two_point


def general_solution(
    network: CoupledPopulations, classes: Classes, settings: Settings, states: States | None = None
) -> Solution:
    """Return the state that strong noise leads to, or where all states are known the largest.

    Raises Quiescent and NotConverged as `populations_two_point`.
    """
    equations = SelfConsistency(classes, settings, _subject(network))
    if states is not None:
        return _largest_of_all(network, equations, states)
    try:
        return Continuation(equations, _dead(network, classes)).state()
    except AtRest:
        resting = fixed_points(classes) if network.static else []
        raise _quiescent(network, followed=True, resting=resting) from None


def are_leaky(network: CoupledPopulations) -> bool:
    """Return True for one population of leaky neurons of time constant 1 without noise: all states are looked for."""
    kinds = network.neurons[0].kinds
    return len(network.neurons) == 1 and not network.noisy.any() and all(kind.dynamics == Leaky() for kind in kinds)


def _largest_of_all(network: CoupledPopulations, equations: SelfConsistency, states: States) -> Solution:
    """Return the fluctuating state of the largest variance, of leaky neurons with means."""
    if not states.fluctuating:
        raise _at_rest(network, states)
    static, y0 = states.fluctuating[0]
    try:
        return equations.at_variances(static, y0)
    except NotConverged as error:
        with contextlib.suppress(NotConverged, AtRest):
            solution = Continuation(equations).state()
            if abs(float(solution.covariances.variance[0]) / y0 - 1.0) < SAME:
                return solution
        raise error


def _at_rest(network: CoupledPopulations, found: States) -> Quiescent:
    g, at = network.g_eff, interval(found.searched)
    looked = f"no fluctuating state was found at {at}; one may exist at another g_eff"
    if not found.resting or found.resting[0][0] == 0:
        return Quiescent(f"g_eff = {g:g}: x = 0 is stable, and {looked}")
    c0, slope = found.resting[0]
    return Quiescent(
        f"g_eff = {g:g}: activity comes to rest at a fixed point, stable as g_eff²⟨φ'²⟩ = {slope:.4g} < 1, with the "
        f"variance {c0:.4g} of x over neurons; {looked}"
    )


def _close_to_onset(network: CoupledPopulations, settings: Settings) -> OnsetTwoPoint | None:
    """Return the solution of neurons alike close to onset, where its own equations keep all digits."""
    if len(network.neurons) > 1 or len(network.neurons[0].kinds) > 1 or network.noisy.any() or network.static:
        return None
    (kind,) = network.neurons[0].kinds
    if network.neurons[0].sent:  # kernels ask for more than one function of a neuron
        return None
    if not 0 < network.stability**0.5 - 1.0 < LARGEST_EXCESS:
        return None
    with contextlib.suppress(Diverged):  # where the state is not small, or has no slow envelope
        return onset_two_point(network.g_eff, kind.nonlinearity, kind.dynamics, power_of(kind.dynamics), settings)
    return None


def _dead(network: CoupledPopulations, classes: Classes) -> Any:
    """Return C^x(0) of each signal below which, while the noise is lowered, it is at rest."""
    above = network.stability - 1.0
    resting = {k for k, rests in enumerate(network.at_rest) if rests}
    widths = [max(c.line.width for c in classes.neurons if c.population == k) for k in range(len(network.neurons))]
    return np.array(
        [smallest_variance(above, widths[s.population]) * (s.population in resting) for s in classes.signals]
    )


def _beside(
    network: CoupledPopulations, classes: Classes, settings: Settings, here: float, states: States | None
) -> tuple[str, ...]:
    """Return words for states beside that of C^x(0) = `here`: of leaky units with means all, else fixed points."""
    if network.noisy.any() and not network.at_rest.any():
        return _beside_noise(network, classes, settings, here)
    if not network.static:
        several = len(network.neurons) > 1
        rests = zip(network.neurons, network.at_rest, strict=True)
        return beside([], [f"x = 0 of population {p.name!r}" if several else "x = 0" for p, rest in rests if rest])
    if are_leaky(network):
        states = states or leaky_states(classes)
        apart = [(q, y) for q, y in states.fluctuating if abs(y / here - 1.0) > SAME]
        largest = apart == list(states.fluctuating[1:])
        others, stable = [f"{y:.4g} (and {q:.4g} static)" for q, y in apart], states.resting
    else:
        points = fixed_points(classes)
        largest, others = True, []
        stable = tuple((point.variance, point.loop) for point in points if point.loop < 1)
    return beside(
        others, [f"a fixed point with variance {c:.4g} of x" if c > 0 else "x = 0" for c, _ in stable], largest
    )


def _beside_noise(network: CoupledPopulations, classes: Classes, settings: Settings, here: float) -> tuple[str, ...]:
    """Return words for the state that weak couplings lead to, if it is another, with noise."""
    if classes.grows_without_bound:
        return (f"{GROWS}: this is the state that weak couplings lead to",)
    if all(kind.nonlinearity.within_tangent for p in network.neurons for kind in p.kinds):
        return ()
    equations = SelfConsistency(classes, settings, _subject(network))
    try:
        variance = float(Continuation(equations).from_weak_couplings().covariances.variance[0])
    except NotConverged:
        return ()
    return beside([f"{variance:.4g}"] if abs(variance / here - 1.0) > SAME else [], [])


def _subject(network: CoupledPopulations) -> str:
    if len(network.neurons) > 1:
        return "the two-point functions of the populations"
    return f"g_eff = {network.g_eff:g}: the two-point functions"


def _quiescent(network: CoupledPopulations, followed: bool = False, resting: Sequence[Rest] = ()) -> Quiescent:
    """Return the error; `followed` if a fluctuating state was looked for, where one may exist beside rest."""
    looked = f", and {FOLLOWED}" if followed else ""
    if network.static:
        stable = next((point for point in resting if point.loop <= 1), None)
        if stable and stable.variance == 0:
            return Quiescent(f"x = 0 is stable{looked}; give noise, or a larger g_eff")
        where = f", stable as its linear response is {stable.loop:.4g} < 1," if stable else ""
        spread = f" with the variance {stable.variance:.4g} of x over neurons" if stable else ""
        needed = "give noise, or a larger g_eff"
        return Quiescent(f"activity comes to rest at a fixed point{where}{spread}{looked}; {needed}")
    if len(network.neurons) > 1:
        names = ", ".join(repr(p.name) for p, rests in zip(network.neurons, network.at_rest, strict=True) if rests)
        if not network.at_rest.all():
            driven = "and no population that fluctuates drives it"
            return Quiescent(f"population {names}: x = 0 is stable{looked}, {driven}")
        needed = "give stronger couplings" if followed else "a fluctuating state needs one above 1"
        return Quiescent(
            f"x = 0 is stable: the largest eigenvalue of [G_pq φ_q'(0)² max|H|²] is {network.stability:g}{looked}; "
            f"{needed}, or noise"
        )
    g, where = network.g_eff, f"|H| is largest at ω = {network.peak:g}"
    critical = f"{g / network.stability**0.5:g}" if network.stability > 0 else "any g_eff"
    if followed:
        return Quiescent(
            f"g_eff = {g:g}: x = 0 is stable, up to {critical} ({where}){looked}; give noise, or a larger g_eff"
        )
    return Quiescent(
        f"g_eff = {g:g}: x = 0 is stable; a fluctuating state needs noise, or g_eff > {critical} ({where})"
    )
