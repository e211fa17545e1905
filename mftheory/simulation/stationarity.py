"""Is a recording stationary? Trends along it, and time courses that its stretches share, would pass for covariance."""

import numpy as np
from numpy.typing import NDArray

from mftheory.results.jackknife import jackknife, normal_deviate
from mftheory.results.moments import mean_of_pairs

Array = NDArray[np.float64]

FALSE_ALARM_PROBABILITY = 1e-4
"""Probability of each of the three tests to find something in stationary activity. Seen: 2 of 2000 recordings."""

FALSE_ALARM_DEVIATE = 3.7
"""Normal deviate of that probability, one-sided."""

SLOW_COSINES = 2
"""Number of cosines over the stretches that count as a trend: half a period and one period in the recording."""

NEGLIGIBLE_SHARE = 0.01
"""Share of the variance that counts as no trend and no shared course, however significant: it hardly moves PR."""


def complaints(values: Array) -> tuple[str, ...]:
    """Return in words what is not stationary in activity of shape (stretches, times, neurons); empty if nothing is."""
    means = values.mean(axis=1)
    about = values - means[:, np.newaxis]
    each = np.mean(about**2, axis=(1, 2))
    variance = float(each.mean()) + float(np.mean(np.var(means, axis=0)))
    lines = []
    share = trend(means) / variance
    if share > NEGLIGIBLE_SHARE:
        lines.append(f"{share:.0%} of the variance is a trend of the means from stretch to stretch: subtract it")
    share = shared_course(about) / variance
    if share > NEGLIGIBLE_SHARE:
        lines.append(f"{share:.0%} of the variance is a time course that all stretches share: subtract it")
    change = np.sqrt(trend(each[:, np.newaxis])) / variance
    if change > NEGLIGIBLE_SHARE:
        lines.append(f"the variance changes along the recording, by {change:.0%} (one standard deviation)")
    return tuple(lines)


def trend(series: Array) -> float:
    """Return the mean square of the slow part of a series of shape (times, columns); 0 if it may be chance.

    If the rows of a series are independent, equally distributed Gaussians, all cosines over it have powers of the same
    law; the slowest are compared with the others (Fisher's F). Each power is a sum over as many independent directions
    as the others' participation ratio says, which few of them make too small: that is on the safe side.
    """
    from scipy import fft, special

    if len(series) < SLOW_COSINES + 4:
        return 0.0
    cosines = fft.dct(series, axis=0, norm="ortho")[1:]
    powers = np.sum(cosines**2, axis=1)
    slow, fast = powers[:SLOW_COSINES], powers[SLOW_COSINES:]
    gram = cosines[SLOW_COSINES:] @ cosines[SLOW_COSINES:].T
    directions = fast.sum() ** 2 / max(float(np.sum(gram**2)), np.finfo(float).tiny)
    ratio = slow.mean() / max(fast.mean(), np.finfo(float).tiny)
    if special.fdtrc(SLOW_COSINES * directions, fast.size * directions, ratio) > FALSE_ALARM_PROBABILITY:
        return 0.0
    return float((slow.sum() - SLOW_COSINES * fast.mean()) / series.size)


def shared_course(about: Array) -> float:
    """Return the mean square of the time course that all stretches share, from products of different ones.

    It is 0 if it may be chance.

    Parameters
    ----------
    about : array of shape (stretches, times, neurons)
        Activity about each stretch's means.
    """
    count = len(about)
    together = about.sum(axis=0)
    partners = np.array([np.mean(one * (together - one)) for one in about]) / (count - 1)
    shared = jackknife(*mean_of_pairs(partners))
    if shared.error == 0 or normal_deviate(shared.z(0.0), count - 1) < FALSE_ALARM_DEVIATE:
        return 0.0
    return shared.value
