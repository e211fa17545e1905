"""Populations of leaky neurons whose inputs are Gaussian, as numbers, and which of them fluctuate."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork, Quiescent
from mftheory.network import Nonlinearity
from mftheory.theory.stationary.quiescent import FOLLOWED

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Neurons:
    """One population: T[x] = η, ⟨ηη⟩ = Σ_q G_pq C^φ_q(ω) + σ², T = 1 + ∂_t.

    Attributes
    ----------
    name, state, activity : str
        Names of the population, of x and of φ(x).
    size : float
        Number of neurons as a multiple of N.
    nonlinearity : Nonlinearity
        φ.
    noise : float
        σ², the intensity of the white noise of each neuron.
    """

    name: str
    state: str
    activity: str
    size: float
    nonlinearity: Nonlinearity
    noise: float = 0.0


@dataclass(frozen=True, eq=False)
class CoupledPopulations:
    """Populations and the strengths of their inputs.

    Parameters
    ----------
    neurons : tuple of Neurons
    strengths : array of shape (P, P)
        G_pq, what the activity of population q gives to the input spectrum of population p; finite, not negative.

    Raises
    ------
    InvalidNetwork
        If a strength, a noise or a size is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf, Tanh
    >>> from mftheory.theory.stationary.populations.driven_populations import CoupledPopulations, Neurons
    >>> e, i = Neurons("E", "x", "phi", 0.8, Erf()), Neurons("I", "y", "chi", 0.2, Tanh())
    >>> network = CoupledPopulations((e, i), np.array([[2.0, 1.0], [3.0, 0.5]]))
    >>> round(network.stability, 4)
    3.1375
    """

    neurons: tuple[Neurons, ...]
    strengths: Array

    def __post_init__(self) -> None:
        for p in self.neurons:
            if not (np.isfinite(p.size) and p.size > 0):
                raise InvalidNetwork("size", p.size, f"of population {p.name!r}: must be above 0")
            if not (np.isfinite(p.noise) and p.noise >= 0):
                raise InvalidNetwork("noise", p.noise, f"of population {p.name!r}: must not be negative")
        for p, row in zip(self.neurons, self.strengths.tolist(), strict=True):
            for q, strength in zip(self.neurons, row, strict=True):
                if not (np.isfinite(strength) and strength >= 0):
                    allowed = f"a variance of what {p.name!r} receives from {q.name!r}: must not be negative"
                    raise InvalidNetwork("covariances", strength, allowed)

    @cached_property
    def noise(self) -> Array:
        """σ² of each population."""
        return np.array([p.noise for p in self.neurons])

    @cached_property
    def linear(self) -> Array:
        """G_pq φ_q'(0)²: how fluctuations around x = 0 are passed on."""
        slopes = np.array([p.nonlinearity.slope_at_zero for p in self.neurons])
        return np.asarray(self.strengths * np.square(slopes))

    @property
    def stability(self) -> float:
        """The largest eigenvalue of G_pq φ_q'(0)²; without noise x = 0 is stable up to 1."""
        return spectral_radius(self.linear)

    @cached_property
    def at_rest(self) -> NDArray[np.bool_]:
        """Populations for which x = 0 is stable: nothing that fluctuates reaches them."""
        return ~self._fluctuating()

    @property
    def known_at_rest(self) -> bool:
        """True if the populations at rest have no other state: |φ(x)| <= |φ'(0) x| for all of them."""
        resting = zip(self.neurons, self.at_rest, strict=True)
        return all(p.nonlinearity.within_tangent for p, rests in resting if rests)

    def quiescent(self) -> Quiescent:
        """Return the error that says which populations are at rest."""
        resting = ", ".join(repr(p.name) for p, rests in zip(self.neurons, self.at_rest, strict=True) if rests)
        looked = "" if self.known_at_rest else f", and {FOLLOWED}"
        if not self.at_rest.all():
            return Quiescent(
                f"population {resting}: x = 0 is stable{looked}, and no population that fluctuates drives it"
            )
        needed = "a fluctuating state needs one above 1" if self.known_at_rest else "give stronger couplings"
        return Quiescent(
            f"x = 0 is stable: the largest eigenvalue of [G_pq φ_q'(0)²] is {self.stability:g}{looked}; {needed}, or "
            f"noise"
        )

    def _fluctuating(self) -> NDArray[np.bool_]:
        """Return the populations with noise, those that are unstable together, and all that these drive."""
        count = len(self.neurons)
        reaches = np.linalg.matrix_power(np.eye(count) + (self.strengths > 0), count) > 0  # [p, q]: from q to p
        together = reaches & reaches.T
        unstable = [spectral_radius(self.linear[np.ix_(group, group)]) > 1.0 for group in together]
        sources = (self.noise > 0) | np.array(unstable)
        return np.asarray((reaches & sources).any(axis=1))


def spectral_radius(matrix: Array) -> float:
    """Return the largest eigenvalue of a matrix without negative entries, which is real."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def perron_vector(matrix: Array) -> Array:
    """Return the eigenvector of the largest eigenvalue, of length 1 and without negative entries.

    It is positive if every population reaches every other.
    """
    values, vectors = np.linalg.eig(matrix)
    vector = vectors[:, np.argmax(values.real)].real
    return np.asarray(vector * np.sign(vector.sum()))
