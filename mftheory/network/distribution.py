"""Distributions of `scipy.stats` as plain data: equal by value, hashable, written to files by name and parameters."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.strengths import gauss_legendre

Array = NDArray[np.float64]

EDGES = (0.0, *np.geomspace(1e-20, 0.1, 20).tolist(), 0.2, 0.35, 0.5)
"""Edges of panels in the probability of a tail, so that quantiles are smooth on each of them.

Moments of norm, gamma, beta and lognorm come out to 1e-14; where a density has a kink inside of a panel, to 1e-9.
"""
LEAST_PROBABILITY = 1e-18
"""Values of a discrete distribution that are less probable are left out; together they change no average."""
MAX_ATOMS = 1_000_000
"""Largest number of values of a discrete distribution."""

ALLOWED = "must be a number, an array of one a neuron, or a frozen distribution such as scipy.stats.norm(0, 0.3)"


@dataclass(frozen=True)
class Distribution:
    """A named distribution of `scipy.stats` with its numbers.

    Parameters
    ----------
    name : str
        Its name there.
    parameters : tuple of float
        Its shape parameters, then loc, and scale if it is continuous: as it is called by position.

    Raises
    ------
    InvalidNetwork
        If there is none of the name, or the parameters are out of its range.

    Examples
    --------
    >>> import scipy.stats
    >>> from mftheory.network.distribution import distribution_of
    >>> law = distribution_of("bias", scipy.stats.norm(scale=0.3))
    >>> law, law.moment(2), law.values(3).round(3)
    (norm(0, 0.3), 0.09, array([-0.29,  0.  ,  0.29]))
    """

    name: str
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(float(p) for p in self.parameters))
        try:
            middle = float(self.frozen.ppf(0.5))
        except (TypeError, ValueError):  # as scipy says it of too many parameters
            middle = np.nan
        if not np.isfinite(middle):
            raise InvalidNetwork("distribution", self, "must have parameters in the range that scipy.stats allows")

    @cached_property
    def frozen(self) -> Any:
        """The distribution as `scipy.stats` has it."""
        import scipy.stats  # on use: `import mftheory` loads NumPy at most

        generic = getattr(scipy.stats, self.name, None)
        if not isinstance(generic, scipy.stats.rv_continuous | scipy.stats.rv_discrete):
            raise InvalidNetwork("distribution", self.name, "must be the name of a distribution of scipy.stats")
        return generic(*self.parameters)

    @property
    def discrete(self) -> bool:
        """True if the values are discrete."""
        return hasattr(self.frozen.dist, "pmf")

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest value; infinite if there is none."""
        low, high = self.frozen.support()
        return float(low), float(high)

    def moment(self, order: int) -> float:
        """Return ⟨bⁿ⟩; infinite or NaN if it does not exist."""
        return 1.0 if order == 0 else float(self.frozen.moment(order))

    def values(self, m: int) -> Array:
        """Return the quantiles at the midpoints (i - ½)/m, ascending, shape (m,)."""
        return np.asarray(self.frozen.ppf((np.arange(m) + 0.5) / m), dtype=np.float64)

    def nodes(self) -> tuple[Array, Array]:
        """Return (w, b) with ⟨f⟩ = Σ w f(b): discrete values, or Gauss–Legendre nodes in the probability."""
        if self.discrete:
            return self._atoms()
        weight, tail = gauss_legendre(list(EDGES))
        values = np.concatenate([self.frozen.ppf(tail), self.frozen.isf(tail)[::-1]])
        return np.concatenate([weight, weight[::-1]]), np.asarray(values, dtype=np.float64)

    def _atoms(self) -> tuple[Array, Array]:
        low, high = self.support
        # Quantiles as far as 1 - p is a number, and as far again.
        near, middle, far = (float(q) for q in self.frozen.ppf([1e-15, 0.5, 1.0 - 1e-15]))
        low, high = max(low, 2.0 * near - middle), min(high, 2.0 * far - middle)
        if not high - low < MAX_ATOMS:
            raise InvalidNetwork("distribution", self, f"must have at most {MAX_ATOMS} values that are not improbable")
        values = low + np.arange(round(high - low) + 1.0)
        weights = np.asarray(self.frozen.pmf(values), dtype=np.float64)
        kept = weights > LEAST_PROBABILITY
        return weights[kept] / weights[kept].sum(), values[kept]

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{p:g}' for p in self.parameters)})"


@dataclass(frozen=True)
class Atoms:
    """A law of finitely many values, such as `scipy.stats.rv_discrete(values=(values, probabilities))`.

    Parameters
    ----------
    points, probabilities : sequences of float
        Equally long; probabilities above 0 that sum to 1.
    """

    points: tuple[float, ...]
    probabilities: tuple[float, ...]

    discrete = True

    def __post_init__(self) -> None:
        points, weights = np.asarray(self.points, dtype=np.float64), np.asarray(self.probabilities, dtype=np.float64)
        possible = points.ndim == 1 and points.size > 0 and points.shape == weights.shape
        if not (possible and np.all(np.isfinite(points)) and np.all(weights >= 0) and abs(weights.sum() - 1) < 1e-9):
            raise InvalidNetwork("distribution", self, "must have finite values, and probabilities that sum to 1")
        order = [k for k in np.argsort(points, kind="stable") if weights[k] > 0]
        object.__setattr__(self, "points", tuple(points[order].tolist()))
        object.__setattr__(self, "probabilities", tuple((weights[order] / weights.sum()).tolist()))

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return self.points[0], self.points[-1]

    def moment(self, order: int) -> float:
        """Return ⟨bⁿ⟩."""
        return float(np.asarray(self.probabilities) @ np.asarray(self.points) ** order)

    def values(self, m: int) -> Array:
        """Return the quantiles at the midpoints (i - ½)/m, ascending, shape (m,)."""
        below = np.cumsum(self.probabilities)[:-1]
        return np.asarray(self.points)[np.searchsorted(below, (np.arange(m) + 0.5) / m)]

    def nodes(self) -> tuple[Array, Array]:
        """Return (w, b) with ⟨f⟩ = Σ w f(b)."""
        return np.asarray(self.probabilities), np.asarray(self.points)

    def __repr__(self) -> str:
        return f"discrete({len(self.points)} values from {self.points[0]:.4g} to {self.points[-1]:.4g})"


Law = Distribution | Atoms


def is_distribution(value: Any) -> bool:
    """Say if a value is a distribution of `scipy.stats`, frozen or not, or one of ours."""
    return isinstance(value, Law) or (hasattr(value, "ppf") and hasattr(value, "rvs"))


def distribution_of(argument: str, value: Any) -> Law:
    """Return a frozen distribution of `scipy.stats` as plain data.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if it is not frozen, has arrays as parameters, or is a class of one's own.
    """
    if isinstance(value, Law):
        return value
    import scipy.stats

    generic, arguments = getattr(value, "dist", value), (getattr(value, "args", ()), getattr(value, "kwds", {}))
    try:
        shapes, loc, scale = generic._parse_args(*arguments[0], **arguments[1])
        parameters = tuple(float(p) for p in (*shapes, loc, scale))
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, value, ALLOWED) from None
    if isinstance(generic, scipy.stats.rv_discrete):
        table = vars(generic)
        if "xk" in table:  # of values=(…), which is whole without being frozen
            return Atoms(tuple(np.add(table["xk"], parameters[0]).tolist()), tuple(np.asarray(table["pk"]).tolist()))
        parameters = parameters[:-1]
    name = str(generic.name)
    if value is generic or type(getattr(scipy.stats, name, None)) is not type(generic):
        raise InvalidNetwork(argument, value, ALLOWED)
    try:
        return Distribution(name, parameters)
    except InvalidNetwork as error:
        raise InvalidNetwork(argument, error.value, error.allowed) from None
