"""Random numbers of a network: its own seed for every purpose and every trajectory, whatever their number."""

import numpy as np

INITIAL_STATES, NOISE, PUSHES, NOISE_OF_PUSHED = 1, 3, 4, 5
"""Spawn keys of the network's seed. Its couplings have none, 2 is the readout gains'."""


def trajectory_seeds(seed: int, key: int, trajectories: int) -> list[np.random.SeedSequence]:
    """One for each trajectory: b's does not depend on how many others there are.

    Examples
    --------
    >>> from mftheory.simulate.streams import NOISE, trajectory_seeds
    >>> trajectory_seeds(7, NOISE, 3)[1].spawn_key == trajectory_seeds(7, NOISE, 9)[1].spawn_key
    True
    """
    return [np.random.SeedSequence(seed, spawn_key=(key, b)) for b in range(trajectories)]
