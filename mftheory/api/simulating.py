"""`mftheory.simulate`: the simulation of one network drawn from its ensemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from mftheory.api.solving import refuse_numbers
from mftheory.arguments import checked_call, names_of, refuse_missing, refuse_unknown
from mftheory.network import Erf, Given, Network, Nonlinearity

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.network.sampled import Samplable
    from mftheory.results import Simulation


class Settings(TypedDict, total=False):
    """Settings of a simulation, for type checkers; see `mftheory.simulation.network_simulation.simulate`."""

    target: float | None
    trajectories: int
    duration: float | None
    dt: float | None
    burn_in: float | None
    sampling_interval: float | None
    observables: Sequence[str] | None
    max_lag: float | None
    covariance: bool | str | Sequence[str]
    components: int
    response: float | None
    keep_states: bool
    dtype: Any
    integrator: str
    max_memory: float
    progress: bool


@checked_call
def simulate(
    network: Network | GaussianEnsemble,
    n: int | None = None,
    seed: int | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
    **settings: Unpack[Settings],
) -> Simulation:
    """Simulate one network drawn from the ensemble: independent trajectories of the same couplings.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        Network to simulate. Populations of an ensemble have filters, and are coupled directly or by linear ones.
    n : int
        Neurons, at least 2; of an ensemble, its N: a population has round(size·n) sites. One given J has its own.
    seed : int
        Seed of the couplings and, by independent streams, of the initial conditions and of independent parameters. It
        may be left out for one given J (0), not for what is drawn.
    parameters : dict, for an ensemble
        The numbers behind its symbols and the values of its per-site parameters, such as
        ``{"g": 2.0, "alpha": 0.5, "D": [0.5, 1.0]}``. Values are an array (resampled by quantiles to the number of
        sites), one number, a law (`Gains.exponential`), or a function of u in [0, 1], from an array to an array.
    nonlinearity : Nonlinearity, or one for each activity by name, for an ensemble
        Erf() by default.
    **settings
        Settings of the integration: ``target``, ``trajectories``, ``duration``, ``dt``, ``burn_in``,
        ``sampling_interval``, ``dtype``, ``integrator``, ``max_memory``, ``progress``; see
        `mftheory.simulation.network_simulation.simulate`.

    Returns
    -------
    Simulation
        Two- and four-point functions, dimensions and timescales with standard errors. Observables are "phi" and "x";
        with gains also "Phi" and "readout"; of an ensemble those that it declares, by default every state and activity
        of its neurons, each averaged over the neurons of its population. Its `.status` says whether the run was
        stationary and irregular, or at rest, periodic or on several attractors; if so, a warning is given as well.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if one is out of range, missing, or the covariances belong to no Gaussian.
    NotConverged
        If the state overflows.
    Unsupported
        If a population of the ensemble cannot be simulated.

    Notes
    -----
    Assumes a stationary state that forgets its initial condition (theory §0, §8). If φ is not odd, covariances are
    about each neuron's mean.
    Results repeat bit for bit on one machine with the same arguments and BLAS threads.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.action.built_in import BUILT_IN
    >>> mine = BUILT_IN["random-mode"]()  # or one of your own
    >>> numbers = {"alpha": 0.5, "D": [3.0, 6.0]}
    >>> run = mf.simulate(mine, n=200, seed=0, parameters=numbers, trajectories=16, duration=20.0)
    >>> run.observables, run.status
    (('phi', 'x'), 'equilibrated')
    """
    from mftheory.simulation.network_simulation import simulate as simulate_network

    refuse_unknown(simulate, settings, names_of(simulate_network))
    if isinstance(network, Network) and isinstance(network.connectivity, Given):
        n, seed = network.connectivity.n if n is None else n, 0 if seed is None else seed
    if n is None or seed is None:
        refuse_missing(simulate, {"n": n, "seed": seed})
        raise AssertionError(n, seed)
    return simulate_network(samplable(network, parameters, nonlinearity), n, seed, **settings)


def samplable(
    network: Network | GaussianEnsemble,
    parameters: Mapping[str, Any] | None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None,
) -> Samplable:
    """Return what can be simulated: a network as it is, an ensemble with its numbers."""
    if isinstance(network, Network):
        refuse_numbers(parameters, nonlinearity)
        return network
    from mftheory.action.sampled_ensemble import SamplableEnsemble

    return SamplableEnsemble(network, parameters or {}, Erf() if nonlinearity is None else nonlinearity)
