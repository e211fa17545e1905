"""`mftheory.states`: all states of a network that can be found."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.arguments import checked_call
from mftheory.network import Network, Nonlinearity

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.results.found_states import States
    from mftheory.theory.settings import Settings


@checked_call
def states(
    network: Network | GaussianEnsemble,
    settings: Settings | None = None,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
) -> States:
    """Find the states that a network has beside each other: those that fluctuate, and fixed points.

    Parameters
    ----------
    network, settings, parameters, nonlinearity
        As for `solve`.

    Returns
    -------
    States
        A sequence of `State`, each with ``variance``, ``static_variance``, ``fluctuating``, ``stable`` and, if it
        fluctuates, ``theory``. ``searched`` says what was looked at, and ``complete`` whether it is proved that no
        other state fluctuates. `solve` describes the first one.

    Raises
    ------
    NotConverged
        If activity that is large enough grows without bound, or a state was seen and not reached.
    Unsupported
        If neurons have self-feedback.

    Notes
    -----
    Leaky neurons of one population without noise: C^x(0) is looked at everywhere, on a grid that no state of 150 random
    φ escaped (theory II §12). Else states are followed along the curve that strong noise leads to, as the couplings are
    made stronger and weaker; there may be others. Fixed points are stable where g²⟨φ'²⟩ max|H|² < 1; the stability of
    fluctuating states is not computed.

    Examples
    --------
    >>> import mftheory as mf
    >>> found = mf.states(mf.Network(mf.IID(0.9), mf.Nonlinearity("tanh(x + 2*x**3)")))
    >>> [(round(s.variance, 3), s.stable) for s in found][:3]
    [(0.242, None), (0.027, None), (0.0, True)]
    >>> found[1].theory
    Theory(iid, g_eff = 0.9: C_x(0) = 0.0267993, gain = 1.11, converged; x = 0 is stable as well: which state a \
network is in depends on its start)
    """
    from mftheory.api.solving import problem_given
    from mftheory.results.found_states import State, States
    from mftheory.theory.assembly import Assembly
    from mftheory.theory.register import STATES
    from mftheory.theory.settings import Sampling, Settings

    problem = problem_given(network, parameters, nonlinearity)
    settings = Settings.of(settings)
    method = STATES.choose(problem.traits)
    found = method.run(problem, settings)
    several = len(problem.populations.neurons) > 1

    def of_populations(values: Any) -> Any:
        return np.asarray(values) if several else float(values[0])

    listed = []
    for state in found.fluctuating:
        assembly = Assembly(problem, "classes of neurons", settings, Sampling(), state.covariances)
        variance, static = of_populations(state.variances), of_populations(state.static_squares)
        listed.append(State(variance, static, True, None, partial(Assembly.theory, assembly)))
    for rest in found.resting:
        static = of_populations(rest.variances)
        listed.append(State(of_populations(np.zeros(len(rest.variances))), static, False, rest.loop < 1))
    return States(tuple(listed), found.searched, found.complete)
