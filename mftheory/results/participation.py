"""The dimension of activity from a covariance matrix."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def participation_ratio(covariance: NDArray[Any]) -> float:
    """Return (tr C)²/(N tr C²), per neuron (theory §1), between 1/N and 1.

    Parameters
    ----------
    covariance : array of shape (N, N)
        Symmetric.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.results.participation import participation_ratio
    >>> participation_ratio(np.diag([1.0, 1.0, 0.0, 0.0]))
    0.5
    """
    return float(np.trace(covariance) ** 2 / (len(covariance) * np.sum(covariance**2)))
