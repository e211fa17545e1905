"""Seeds of a network's random numbers: one for every purpose and every trajectory, whatever their number."""

import numpy as np

INITIAL_STATES, NOISE, PUSHES, NOISE_OF_PUSHED = 1, 3, 4, 5
"""Spawn keys of the network's seed. The couplings have none, the readout gains have 2."""


def trajectory_seeds(seed: int, key: int, trajectories: int) -> list[np.random.SeedSequence]:
    """Return a seed for each trajectory, which does not depend on how many others there are.

    Examples
    --------
    >>> from mftheory.simulation.streams import NOISE, trajectory_seeds
    >>> trajectory_seeds(7, NOISE, 3)[1].spawn_key == trajectory_seeds(7, NOISE, 9)[1].spawn_key
    True
    """
    return [np.random.SeedSequence(seed, spawn_key=(key, b)) for b in range(trajectories)]
