"""A few values that stand for a distribution in averages of smooth functions of it: Gauss's quadrature rules.

A rule of k nodes averages polynomials up to degree 2k - 1 exactly. Of a distribution with wide tails that is the wrong
class of functions (tanh(b) of a normal b: 6e-5 with 12 nodes, 3e-9 with 40), and rules for polynomials of
t = z/√(c² + z²), z in standard deviations, are better (7e-9 with 16 nodes, c = 4). Both are tried on functions of known
average, and the smallest that fits is taken.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.distribution import Law
from mftheory.network.gauss_rule import gauss_rule

Array = NDArray[np.float64]

ORDERS = (12, 16, 24, 32, 48, 64, 96)
"""Numbers of nodes that are tried."""
COMPRESSIONS = (None, 4.0, 1.0)
"""Standard deviations c beyond which tails are compressed; None for polynomials of the value itself."""
ACCURACY = 1e-8
"""Errors of averages of the functions tried, at which a rule is taken; seen in others: 1e-8, cos of a gamma 5e-8."""
WORST_ACCURACY = 1e-6
"""Errors that are allowed of the best rule, reached by tails as wide as those of Student's t with 7 degrees."""
FEW_ATOMS = 40
"""Number of discrete values up to which they are their own rule."""


@lru_cache(maxsize=256)
def rule(law: Law, argument: str) -> tuple[Array, Array]:
    """Return (w, b) with ⟨f⟩ = Σ w f(b) for smooth f, arrays of shape (k,); weights sum to 1.

    Parameters
    ----------
    law : Distribution or Atoms
    argument : str
        What differs between neurons: "bias" is averaged in functions of a width of 1, as φ is one, numbers above 0 in
        functions that vary on the scale of their mean.

    Raises
    ------
    InvalidNetwork
        If no rule of at most 96 values is accurate.

    Examples
    --------
    >>> import math, numpy as np, scipy.stats
    >>> from mftheory.network.distribution import distribution_of
    >>> from mftheory.network.law_rule import rule
    >>> weights, b = rule(distribution_of("bias", scipy.stats.norm(0, 0.3)), "bias")
    >>> b.size, round(float(weights @ np.cos(b)), 9), round(math.exp(-0.045), 9)
    (12, 0.955997482, 0.955997482)
    """
    weights, values = law.nodes()
    if law.discrete and values.size <= FEW_ATOMS:
        return weights, values
    probes = np.stack(list(_probes(weights, values, values, argument)))
    wanted, best, smallest = probes @ weights, None, np.inf
    for order in ORDERS:
        for compression in COMPRESSIONS:
            w, b = _gauss(weights, values, order, compression)
            found = np.stack(list(_probes(weights, values, b, argument))) @ w
            error = float(np.abs(found - wanted).max())
            if error <= ACCURACY:
                return w, b
            if error < smallest:
                best, smallest = (w, b), error
    if best is None or smallest > WORST_ACCURACY:
        allowed = f"has tails too wide for averages over {ORDERS[-1]} values (errors {smallest:.1g}): give an array"
        raise InvalidNetwork(argument, law, allowed)
    return best


def _probes(weights: Array, values: Array, at: Array, argument: str) -> Iterator[Array]:
    """Yield functions at some values, of which the averages must come out: mean, square, and smooth ones."""
    mean = float(weights @ values)
    spread = float(np.sqrt(weights @ (values - mean) ** 2))
    yield (at - mean) / spread
    yield ((at - mean) / spread) ** 2
    if argument == "bias":
        for quartile in np.interp([0.25, 0.5, 0.75], np.cumsum(weights), values):
            yield np.tanh(at - quartile)
    else:
        yield 1.0 / (1.0 + at / mean)
        yield 1.0 / (1.0 + (at / mean) ** 2)
    if argument == "tau":  # |H(ω)|² of frequencies that matter
        yield 1.0 / (1.0 + (3.0 * at / mean) ** 2)


def _gauss(weights: Array, values: Array, order: int, compression: float | None) -> tuple[Array, Array]:
    """Return the Gauss rule of a law, in a variable that compresses its tails, or in its own."""
    mean = float(weights @ values)
    spread = float(np.sqrt(weights @ (values - mean) ** 2))
    z = (values - mean) / spread
    t = z if compression is None else z / np.sqrt(compression**2 + z**2)
    shares, nodes = gauss_rule(weights / weights.sum(), t, order)
    if compression is not None:
        nodes = compression * nodes / np.sqrt(1.0 - nodes**2)
    return shares, mean + spread * nodes
