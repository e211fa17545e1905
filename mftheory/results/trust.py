"""The number of dimensions that the theory needs, which is an expansion in its inverse."""

from typing import NamedTuple

FEWEST_DIMENSIONS = 10.0
"""Fewest predicted dimensions of a trusted theory, an expansion in 1/(N·PR). At 13 predicted dimensions sampled
networks were seen to average 20% above the limit with a spread of 33%, at 26 dimensions 15% and 21%, at 52 spread 10%
(theory §8; g_eff = 6, effective rank 0.3)."""


def dimensions(number: float) -> str:
    """Return a predicted number of dimensions in few digits; one that is too small is not rounded up to enough.

    Examples
    --------
    >>> from mftheory.results.trust import dimensions
    >>> dimensions(49.74), dimensions(1234.5), dimensions(4.97), dimensions(9.98)
    ('49.7', '1234', '5', '9.98')
    """
    if number >= FEWEST_DIMENSIONS:
        return f"{number:.3g}" if number < 1000 else f"{number:.0f}"
    shown = (f"{number:.{digits}g}" for digits in range(2, 18))
    return next((text for text in shown if float(text) < FEWEST_DIMENSIONS), repr(number))


class Trust(NamedTuple):
    """A verdict on a prediction at one size, with its reason; true or false by itself."""

    ok: bool
    reason: str

    def __bool__(self) -> bool:
        return self.ok
