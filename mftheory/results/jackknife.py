"""Delete-one jackknife: a statistic's standard error, and its leading bias removed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.results.estimate import Estimate


def jackknife(full: float, deleted: NDArray[np.float64]) -> Estimate:
    """Return the bias-corrected value and standard error from the replicates with one unit left out.

    Parameters
    ----------
    full : float
        The statistic of all m units.
    deleted : array of shape (m,)
        The statistic without unit 1, …, m; the units are independent and alike.

    Returns
    -------
    Estimate
        m·full - (m-1)·mean(deleted): the bias of order 1/m is gone, one of order 1/m² remains. A statistic linear in
        the units is returned as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.results.jackknife import jackknife
    >>> units = np.array([1.0, 2.0, 4.0, 5.0])
    >>> estimate = jackknife(units.mean(), (units.sum() - units) / 3)
    >>> round(estimate.value, 12), bool(np.isclose(estimate.error, units.std(ddof=1) / 2))
    (3.0, True)
    """
    m = deleted.size
    mean = float(deleted.mean())
    return Estimate(m * float(full) - (m - 1) * mean, float(jackknife_error(deleted)))


def jackknife_error(deleted: NDArray[Any]) -> NDArray[np.float64]:
    """Return the standard error of a statistic of any shape from replicates (m, ...) without one unit each."""
    m = deleted.shape[0]
    return np.asarray(np.sqrt((m - 1) / m * np.sum(np.abs(deleted - deleted.mean(axis=0)) ** 2, axis=0)))


def normal_deviate(t: float, degrees_of_freedom: float) -> float:
    """Return the normal deviate of the same tail probability as t of Student's law.

    A deviation in units of a standard error that is itself estimated from few samples has fat tails: taken as it is,
    a rule "beyond 3" would fail by chance far more often than one time in 370.

    Examples
    --------
    >>> from mftheory.results.jackknife import normal_deviate
    >>> round(normal_deviate(3.0, 1e9), 6), round(normal_deviate(-3.0, 5), 2)
    (3.0, -2.17)
    """
    from scipy import special  # imported on use: results are read without scipy

    tail = special.stdtr(degrees_of_freedom, -abs(t))
    return float(np.copysign(special.ndtri(tail), t)) if tail > 0 else float(np.copysign(np.inf, t))


def leave_one_out_mean(units: NDArray[Any]) -> NDArray[Any]:
    """Return the means of (m,) values, real or complex, without each of them in turn, shape (m,)."""
    return (units.sum() - units) / (units.size - 1)


def leave_one_out_pair_mean(pairs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the mean over the off-diagonal of a symmetric (m, m) array, and the same without each unit in turn."""
    m = pairs.shape[0]
    off_diagonal = pairs - np.diag(np.diag(pairs))
    rows = off_diagonal.sum(axis=1)
    total = rows.sum()
    return float(total / (m * (m - 1))), (total - 2 * rows) / ((m - 1) * (m - 2))
