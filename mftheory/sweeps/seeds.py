"""Seeds of the networks of a sweep or a comparison, made from a network's content, not from its place among others."""

from collections.abc import Mapping, Sequence

import numpy as np

from mftheory.errors import InvalidNetwork
from mftheory.network.digest import words

Seeds = int | Sequence[int] | Mapping[int, int | Sequence[int]]
"""Networks of each size: their number, their seeds, or either of these for each size."""

MAX_NETWORKS = 100_000
"""Maximum number of networks of one size."""


def network_seed(root: int, fingerprint: str, n: int, replicate: int, common_disorder: bool = False) -> int:
    """Return the seed of one network of n neurons.

    Parameters
    ----------
    root : int
        Seed of the whole sweep.
    fingerprint : str
        Digest of the network's parameters (`mftheory.network.digest`).
    n, replicate : int
        Number of neurons; number of the network among those of that size, from 0.
    common_disorder : bool
        Leave the parameters out: every point draws from the same random numbers, so that curves over a parameter are
        smooth, and their points' deviations correlated.

    Returns
    -------
    int
        A number from 0 to 2⁵³ - 1, so that it survives as a float of 64 bits.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.network.digest import digest
    >>> from mftheory.sweeps.seeds import network_seed
    >>> weak, strong = (digest(mf.Network(mf.IID(g))) for g in (2.0, 3.0))
    >>> network_seed(0, weak, 500, 0) == network_seed(0, strong, 500, 0)
    False
    >>> network_seed(0, weak, 500, 0, common_disorder=True) == network_seed(0, strong, 500, 0, common_disorder=True)
    True
    """
    content = () if common_disorder else words(fingerprint)
    state = np.random.SeedSequence(root, spawn_key=(*content, n, replicate)).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(11))


def network_seeds(
    seeds: Seeds, n: int, fingerprint: str, root: int = 0, common_disorder: bool = False, at_least: int = 2
) -> list[int]:
    """Return the seeds of all networks of one size at one point: as given, else by `network_seed`.

    Raises
    ------
    InvalidNetwork
        If there are fewer than `at_least` different ones.
    """
    given = seeds
    if isinstance(given, Mapping):
        if n not in given:
            raise InvalidNetwork("seeds", dict(given), f"must have an entry for n = {n}")
        given = given[n]
    if isinstance(given, int | np.integer) and not isinstance(given, bool):
        if given > MAX_NETWORKS:
            raise InvalidNetwork("seeds", seeds, f"must be at most {MAX_NETWORKS:,} networks a size")
        listed = [network_seed(root, fingerprint, n, k, common_disorder) for k in range(given)]
    elif isinstance(given, Sequence | np.ndarray) and not isinstance(given, str):
        listed = list(given)
        if not all(isinstance(s, int | np.integer) and not isinstance(s, bool) and s >= 0 for s in listed):
            raise InvalidNetwork("seeds", seeds, "must be whole numbers of at least 0")
        listed = [int(s) for s in listed]
    else:
        raise InvalidNetwork("seeds", seeds, "must be a number of networks, their seeds, or either for each size")
    if len(set(listed)) < max(at_least, len(listed)):
        networks = "network" if at_least == 1 else "networks"
        raise InvalidNetwork("seeds", seeds, f"must give at least {at_least} {networks} a size, all different")
    return listed
