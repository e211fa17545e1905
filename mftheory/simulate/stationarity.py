"""Is a recording stationary? Trends along it, and time courses that its stretches share, would pass for covariance."""

import numpy as np
from numpy.typing import NDArray

from mftheory.results.jackknife import jackknife, normal_deviate
from mftheory.results.moments import mean_of_pairs

Array = NDArray[np.float64]

CHANCE = 1e-4
"""Probability of each of the three tests to find something in stationary activity. Seen: 2 of 2000 recordings."""

THRESHOLD = 3.7
"""The normal deviate of that probability, on one side."""

SLOWEST = 2
"""Cosines over the stretches that count as a trend: half a period and one period in the whole recording."""

NEGLIGIBLE = 0.01
"""Share of the variance that is no trend and no shared course, however significant: it moves PR by next to nothing."""


def complaints(values: Array) -> tuple[str, ...]:
    """What is not stationary in activity of shape (stretches, times, neurons), in words; empty if nothing is seen."""
    means = values.mean(axis=1)
    about = values - means[:, np.newaxis]
    each = np.mean(about**2, axis=(1, 2))
    variance = float(each.mean()) + float(np.mean(np.var(means, axis=0)))
    found = []
    share = trend(means) / variance
    if share > NEGLIGIBLE:
        found.append(f"{share:.0%} of the variance is a trend of the means from stretch to stretch: subtract it")
    share = shared_course(about) / variance
    if share > NEGLIGIBLE:
        found.append(f"{share:.0%} of the variance is a time course that all stretches share: subtract it")
    change = np.sqrt(trend(each[:, np.newaxis])) / variance
    if change > NEGLIGIBLE:
        found.append(f"the variance changes along the recording, by {change:.0%} (one standard deviation)")
    return tuple(found)


def trend(series: Array) -> float:
    """Mean square over columns of what varies slowly in a series of shape (times, columns); 0 if that may be chance.

    Of a series of independent, equally distributed Gaussian rows all cosines over it have powers of the same law, of
    which the slowest are compared with the others (Fisher's F). Each power is a sum over as many independent directions
    as the others' participation ratio says, which few of them make too small: that is on the safe side.
    """
    from scipy import fft, special

    if len(series) < SLOWEST + 4:
        return 0.0
    cosines = fft.dct(series, axis=0, norm="ortho")[1:]
    powers = np.sum(cosines**2, axis=1)
    slow, fast = powers[:SLOWEST], powers[SLOWEST:]
    gram = cosines[SLOWEST:] @ cosines[SLOWEST:].T
    directions = fast.sum() ** 2 / max(float(np.sum(gram**2)), np.finfo(float).tiny)
    ratio = slow.mean() / max(fast.mean(), np.finfo(float).tiny)
    if special.fdtrc(SLOWEST * directions, fast.size * directions, ratio) > CHANCE:
        return 0.0
    return float((slow.sum() - SLOWEST * fast.mean()) / series.size)


def shared_course(about: Array) -> float:
    """Mean square of what all stretches have in common at each time, from products of different ones; 0 if by chance.

    Parameters
    ----------
    about : array of shape (stretches, times, neurons)
        About each stretch's means.
    """
    count = len(about)
    together = about.sum(axis=0)
    partners = np.array([np.mean(one * (together - one)) for one in about]) / (count - 1)
    found = jackknife(*mean_of_pairs(partners))
    if found.error == 0 or normal_deviate(found.z(0.0), count - 1) < THRESHOLD:
        return 0.0
    return found.value
