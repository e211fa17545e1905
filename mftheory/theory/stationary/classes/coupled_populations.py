"""Populations of neurons whose inputs are Gaussian, as numbers, and which of them fluctuate."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.kinds import Kind
from mftheory.theory.stationary.classes.linear_response import frequencies_of_peaks
from mftheory.theory.stationary.classes.neuron_classes import Classes, NeuronClass
from mftheory.theory.stationary.filters import power_of
from mftheory.theory.stationary.gaussian.correlated_activity import lines_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Neurons:
    """One population: T[x] = η + b, ⟨ηη⟩ = Σ_q G_pq C^Φ_q(ω) + σ², T, b and σ those of each kind of neurons.

    Attributes
    ----------
    name, state, activity : str
        Names of the population, of x and of φ(x).
    size : float
        Number of neurons as a multiple of N.
    kinds : tuple of Kind
        The kinds of its neurons.
    sent : str
        Name of Φ = G φ(x), what neurons with gains send.
    """

    name: str
    state: str
    activity: str
    size: float
    kinds: tuple[Kind, ...]
    sent: str = ""


@dataclass(frozen=True, eq=False)
class CoupledPopulations:
    """Populations and the strengths of their inputs.

    Parameters
    ----------
    neurons : tuple of Neurons
    strengths : array of shape (P, P)
        G_pq, what the activity Φ of population q gives to the input spectrum of population p; finite, not negative.

    Raises
    ------
    InvalidNetwork
        If a strength, a noise or a size is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf, Tanh
    >>> from mftheory.network.kinds import Kind
    >>> from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
    >>> e = Neurons("E", "x", "phi", 0.8, (Kind(1.0, Erf()),))
    >>> i = Neurons("I", "y", "chi", 0.2, (Kind(1.0, Tanh()),))
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
            for kind in p.kinds:
                if not (np.isfinite(kind.noise) and kind.noise >= 0):
                    raise InvalidNetwork("noise", kind.noise, f"of population {p.name!r}: must not be negative")
        for p, row in zip(self.neurons, self.strengths.tolist(), strict=True):
            for q, strength in zip(self.neurons, row, strict=True):
                if not (np.isfinite(strength) and strength >= 0):
                    allowed = f"a variance of what {p.name!r} receives from {q.name!r}: must not be negative"
                    raise InvalidNetwork("covariances", strength, allowed)

    def classes(self, step: float) -> Classes:
        """Return the classes of neurons, their φ resolved by a step (`Line`)."""
        kinds = [(k, kind) for k, p in enumerate(self.neurons) for kind in p.kinds]
        lines = lines_of([kind.nonlinearity for _, kind in kinds], step)
        neurons = tuple(
            NeuronClass(p, line, kind.dynamics, kind.share, kind.noise**2, kind.bias, kind.gain_moments)
            for (p, kind), line in zip(kinds, lines, strict=True)
        )
        given = np.array([c.share * c.gain_moments[2] for c in neurons])
        return Classes(neurons, self.strengths[:, [c.population for c in neurons]] * given)

    @property
    def g_eff(self) -> float:
        """√ of the largest eigenvalue of what populations give each other, ⟨G²⟩ included."""
        means = [sum(kind.share * kind.gain_moments[2] for kind in p.kinds) for p in self.neurons]
        return spectral_radius(self.strengths * means) ** 0.5

    @property
    def static(self) -> bool:
        """True if neurons keep means."""
        kinds = [kind for p in self.neurons for kind in p.kinds]
        return any(not k.nonlinearity.odd or k.bias * k.dynamics.transfer(0.0) != 0 for k in kinds)

    @property
    def discrete(self) -> bool:
        """True in discrete time."""
        return self.neurons[0].kinds[0].dynamics.discrete

    @cached_property
    def noisy(self) -> NDArray[np.bool_]:
        """Populations of which some neurons receive noise."""
        return np.array([any(kind.noise > 0 for kind in p.kinds) for p in self.neurons])

    @cached_property
    def peak(self) -> float:
        """The frequency at which fluctuations around x = 0 are passed on best."""
        omega = frequencies_of_peaks([power_of(kind.dynamics) for p in self.neurons for kind in p.kinds])
        return float(omega[np.argmax([spectral_radius(self.linear(at)) for at in omega])])

    def linear(self, omega: float) -> Array:
        """Return how fluctuations around x = 0 are passed on: G_pq times the mean of G² φ'(0)² |H(ω)|² over q."""
        passed = [
            sum(
                kind.share
                * kind.gain_moments[2]
                * kind.nonlinearity.slope_at_zero**2
                * float(power_of(kind.dynamics)(omega))
                for kind in p.kinds
            )
            for p in self.neurons
        ]
        return np.asarray(self.strengths * passed)

    @property
    def stability(self) -> float:
        """The largest eigenvalue, over frequencies, of `linear`; without noise x = 0 is stable up to 1."""
        return spectral_radius(self.linear(self.peak))

    @cached_property
    def at_rest(self) -> NDArray[np.bool_]:
        """Populations for which x = 0 is stable: nothing that fluctuates reaches them. None with means."""
        if self.static:
            return np.zeros(len(self.neurons), dtype=np.bool_)
        linear, count = self.linear(self.peak), len(self.neurons)
        reaches = np.linalg.matrix_power(np.eye(count) + (self.strengths > 0), count) > 0  # [p, q]: from q to p
        together = reaches & reaches.T
        unstable = [spectral_radius(linear[np.ix_(group, group)]) > 1.0 for group in together]
        return np.asarray(~(reaches & (self.noisy | np.array(unstable))).any(axis=1))

    @property
    def known_at_rest(self) -> bool:
        """True if the populations at rest have no other state: |φ(x)| <= |φ'(0) x| for all of them."""
        resting = zip(self.neurons, self.at_rest, strict=True)
        return all(kind.nonlinearity.within_tangent for p, rests in resting if rests for kind in p.kinds)


def spectral_radius(matrix: Array) -> float:
    """Return the largest eigenvalue of a matrix without negative entries, which is real."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())
