"""A number that several networks give, N → ∞, against the theory's and wrong theories', in standard errors."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mftheory.errors import Quiescent
from mftheory.figures.verdicts import verdict
from mftheory.results import attractors
from mftheory.results.attractors import named_networks
from mftheory.results.extrapolate import Linear, intercept

Values = Mapping[int, ArrayLike]
"""Size n → one value a network, at least two of them."""


def limit(values: Values, power: float = 1.0) -> Linear:
    """Extrapolate averages over networks by a line in n^-power (`mftheory.results.extrapolate.intercept`).

    Examples
    --------
    >>> from mftheory.figures.against import limit
    >>> intercept = limit({100: [3.1, 3.3], 400: [3.0, 3.1]}, power=0.5)
    >>> round(intercept.value, 12), intercept.error > 0
    (2.9, True)
    """
    return intercept({n: np.asarray(values[n], dtype=np.float64) for n in sorted(values)}, power)


def compared(
    label: Mapping[str, Any],
    theory: float,
    values: Values,
    wrong: Mapping[str, float],
    power: float = 1.0,
    size_error: float = 0.0,
    independent: bool = True,
) -> dict[str, Any]:
    """Extrapolate a number of several networks to n → ∞; compare it with the theory and with wrong theories.

    Parameters
    ----------
    label : mapping
        Names and values of what is compared.
    theory : float
    values : mapping of int to array
        Of each size, one value a network.
    wrong : mapping of str to float
        Values of wrong theories: the comparison's power.
    power : float
        The leading term of finite size is in n^-power.
    size_error : float
        Error that the next term may leave, in units of the value.
    independent : bool
        False if the same networks gave another comparison.

    Returns
    -------
    dict
        As `mftheory.figures.verdicts.verdict` makes it; beside it ``sizes`` (count, mean, spread) and ``size_term``.

    Examples
    --------
    >>> from mftheory.figures.against import compared
    >>> row = compared({"what": "PR"}, 1.0, {100: [0.9, 1.2]}, {"off by half": 1.5})
    >>> round(row["found"], 12), row["effect"], row["wrong"]["off by half"] < row["z"]
    (1.05, 0.5, True)
    """
    line = limit(values, power)
    return verdict(
        label,
        theory,
        line.value,
        {"networks": line.error, "size": size_error},
        wrong,
        line.degrees_of_freedom,
        independent,
        sizes=spread_by_size(values),
        size_term=f"n^-{power:.3g}" if len(values) > 1 else None,
    )


def spread_by_size(values: Values) -> dict[str, dict[str, float]]:
    """Return the number of networks of each size, their mean and their standard deviation, JSON-ready."""
    return {
        str(n): {"networks": len(each), "mean": float(np.mean(each)), "sd": float(np.std(each, ddof=1))}
        for n, each in ((n, np.asarray(v, dtype=np.float64)) for n, v in values.items())
    }


def seed(figure: str, *place: int) -> int:
    """Return the seed of one network of a figure, from its place alone (its size and its number, say).

    Examples
    --------
    >>> from mftheory.figures.against import seed
    >>> seed("duality", 500, 0) == seed("duality", 500, 0), seed("duality", 500, 0) == seed("duality", 1000, 0)
    (True, False)
    """
    return int(np.random.SeedSequence([zlib.crc32(figure.encode()), *place]).generate_state(1)[0])


def fluctuating(
    networks: Mapping[int, Sequence[dict[str, Any]]],
) -> tuple[dict[int, list[dict[str, Any]]], list[tuple[int, int]]]:
    """Tell the networks that fluctuate from those at rest, by the rule of `mftheory.compare`.

    Raises
    ------
    Quiescent
        If that leaves no size.

    Examples
    --------
    >>> from mftheory.figures.against import fluctuating
    >>> chaotic = [{"seed": k, "status": "equilibrated"} for k in range(2)]
    >>> fluctuating({60: [*chaotic, {"seed": 7, "status": "at rest: at one fixed point"}]})[1]
    [(60, 7)]
    """
    moving, resting = attractors.fluctuating(networks)
    if not moving:
        raise Quiescent(f"fewer than two networks of any size fluctuate; at rest are {named_networks(resting)}")
    return moving, resting
