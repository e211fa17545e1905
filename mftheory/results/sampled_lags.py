"""Lags of activity that was sampled at regular times."""

import math

from mftheory.errors import InvalidNetwork


def lag_of(argument: str, tau: float, unit: float, longest: float) -> int:
    """Return τ as a number of samples that are `unit` apart.

    Raises
    ------
    InvalidNetwork
        If it is no multiple of `unit` between 0 and `longest`.

    Examples
    --------
    >>> from mftheory.results.sampled_lags import lag_of
    >>> lag_of("tau", 1.5, unit=0.5, longest=4.0)
    3
    """
    allowed = f"must be a multiple of {unit:g} between 0 and {longest:g}, the longest lag"
    try:
        lag = float(tau) / unit
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, tau, allowed) from None
    if not (math.isfinite(lag) and abs(lag - round(lag)) < 1e-6 and 0 <= round(lag) <= round(longest / unit)):
        raise InvalidNetwork(argument, tau, allowed)
    return round(lag)
