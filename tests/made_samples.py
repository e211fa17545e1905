"""Samples whose true moments are known, as the estimators get them: for the tests of estimators."""

import numpy as np

from mftheory import Erf, Leaky, Network
from mftheory.network import IID
from mftheory.network.sampled import NeuronGroup
from mftheory.results.simulation import Simulation
from mftheory.results.status import EQUILIBRATED
from mftheory.simulation.accumulate import Accumulator
from mftheory.simulation.covariance import SecondMoments
from mftheory.simulation.observables import observables

MEMORY = 0.7  # autoregression coefficient: covariance at lag k is MEMORY**k Σ


def autoregressive(rng, trajectories, times, n):
    """Stationary Gaussian states, shape (trajectories, times, n), with spectrum λ_i = 1/(1 + i) of Σ, diagonal."""
    scale = np.sqrt(1 / (1 + np.arange(n)))
    states = np.empty((trajectories, times, n))
    states[:, 0] = rng.standard_normal((trajectories, n))
    for t in range(1, times):
        kick = np.sqrt(1 - MEMORY**2) * rng.standard_normal((trajectories, n))
        states[:, t] = MEMORY * states[:, t - 1] + kick
    return states * scale


def measured(states, phi=None, names=("phi", "x"), lags=0, reference=None, block=None):
    """Accumulators of blocks of states; a reference, one number a neuron, is subtracted from every observable."""
    group = NeuronGroup(states.shape[2], phi or Erf(), states={"x": None}, activities={"phi": None})
    chosen = observables((group,), ("phi", "x"), names, states.dtype)
    made = [Accumulator(o, lags, reference) for o in chosen]
    for start in range(0, states.shape[1], block or states.shape[1]):
        for accumulator in made:
            accumulator.add(states[:, start : start + (block or states.shape[1])])
    return made


def neurons(size, dynamics=None, noise=0.0, bias=0.0):
    """A group of neurons without observables, for the steppers."""
    return (NeuronGroup(size, Erf(), {}, {}, dynamics or Leaky(), noise, bias),)


def simulation(states, covariance=False, **how):
    """The Simulation that these states, a time constant apart, would give."""
    made = measured(states, **how)
    matrices = {}
    for accumulator in made if covariance else ():
        second = SecondMoments(accumulator.observable, how.get("reference"))
        second.add(states)
        matrices[accumulator.observable.name] = second.covariance(accumulator)
    return Simulation(
        network=Network(IID(2.0)),
        n=states.shape[2],
        seed=0,
        trajectories=states.shape[0],
        dt=0.1,
        duration=float(states.shape[1]),
        burn_in=0.0,
        sampling_interval=1.0,
        dtype=states.dtype.name,
        integrator="adams",
        status=EQUILIBRATED,
        drift=0.0,
        moments={a.observable.name: a.moments() for a in made},
        observables=tuple(a.observable.name for a in made),
        covariances=matrices,
    )
