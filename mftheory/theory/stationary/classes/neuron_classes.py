"""Classes of neurons and the fields that they receive: the one stationary problem behind all Gaussian theories.

A class c of neurons receives the field of its population f, Gaussian, of static variance q_f and spectrum F_f(ω), noise
of its own, and a constant b; its filter H makes x of it, its φ the activity. Activities make the fields:

    C^x_c = |H_c|² (F_f + σ_c²),   q of x = H_c(0)² q_f,   mean of x = H_c(0) b_c,
    F_f = Σ_c G_fc C^φ_c,   q_f = Σ_c G_fc C^φ_c(∞).

Classes are populations, values of a parameter, or nodes of a law; G_fc holds their weights.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.network.dynamics import Dynamics, EulerMap, Leaky
from mftheory.numerics.newton import MAX_ITERATIONS
from mftheory.theory.stationary.classes.linear_response import at_peaks
from mftheory.theory.stationary.filters import NO_MEMORY, PowerTransfer, power_of
from mftheory.theory.stationary.gaussian.correlated_activity import Line

Array = NDArray[np.float64]

UNBOUNDED = 1e12
"""Variance of a field from which it is followed down to what the neurons make themselves."""
VANISHING = 1e-3
"""Share of the bound of a field that it has at such a variance, below which the activity of large x vanishes."""


@dataclass(frozen=True, eq=False)
class NeuronClass:
    """Neurons that are alike.

    Attributes
    ----------
    population : int
        Index of the population, and of the field that they receive.
    line : Line
        Averages of φ.
    dynamics : Leaky, Rational or EulerMap
        H.
    share : float
        Share of the neurons of its population, all of which receive the field.
    noise : float
        σ², the intensity of the white noise of each neuron.
    bias : float
        Constant input b.
    gain_moments : tuple of 5 floats
        ⟨Gⁿ⟩ of the gains with which they send their activity, n = 0 to 4.
    """

    population: int
    line: Line
    dynamics: Dynamics = field(default_factory=Leaky)
    share: float = 1.0
    noise: float = 0.0
    bias: float = 0.0
    gain_moments: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)

    @cached_property
    def power(self) -> PowerTransfer:
        """|H|²."""
        return power_of(self.dynamics)

    @property
    def rates(self) -> tuple[float, float]:
        """The slowest and the fastest rate of the filter's free decay."""
        if isinstance(self.dynamics, EulerMap):
            rate = -math.log(max(abs(1.0 - self.dynamics.delta), NO_MEMORY))
            return rate, rate
        decays = -self.dynamics.poles.real  # type: ignore[attr-defined]
        return float(decays.min()), float(decays.max())

    @cached_property
    def static_power(self) -> float:
        """H(0)²."""
        return float(self.power(0.0))

    @cached_property
    def mean(self) -> float:
        """The mean of x, H(0) b."""
        return self.bias * float(self.dynamics.transfer(0.0).real)


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of a network, and what their activities give to the fields.

    Attributes
    ----------
    neurons : tuple of NeuronClass
    strengths : array of shape (fields, classes)
        G_fc.
    """

    neurons: tuple[NeuronClass, ...]
    strengths: Array

    @cached_property
    def signals(self) -> tuple[NeuronClass, ...]:
        """One class for each C^x that differs: of a field, a filter and a noise."""
        return tuple({self._key(c): c for c in self.neurons}.values())

    @cached_property
    def signal_of(self) -> NDArray[np.intp]:
        """The index of each class's C^x among the signals."""
        keys = list({self._key(c): None for c in self.neurons})
        return np.array([keys.index(self._key(c)) for c in self.neurons])

    @cached_property
    def onto_signals(self) -> Array:
        """G of the field that each signal receives, of shape (signals, classes)."""
        return np.asarray(self.strengths[[s.population for s in self.signals]])

    @cached_property
    def at_peaks(self) -> Array:
        """|H|² of the signals at the frequencies among which their response together is largest, of shape (f, s)."""
        return at_peaks([s.power for s in self.signals])

    @cached_property
    def fields(self) -> NDArray[np.intp]:
        """The index of the field that each class receives."""
        return np.array([c.population for c in self.neurons])

    @property
    def bound(self) -> Array:
        """The largest value that each field can have, of shape (fields,); infinite if φ is unbounded."""
        return np.asarray(self.strengths @ [c.line.phi.bound**2 for c in self.neurons])

    @cached_property
    def largest_fields(self) -> Array:
        """About the variance of each field where activity is largest; infinite if it grows without bound."""
        unit = self.at_peaks.max(axis=0)[self.signal_of]

        def sent(received: Array) -> Array:
            variances = unit * received[self.fields]
            each = [c.line.roughly(c.mean, float(v)) for c, v in zip(self.neurons, variances, strict=True)]
            return np.asarray(np.nan_to_num(self.strengths @ each, nan=UNBOUNDED).clip(1e-12, UNBOUNDED))

        before = np.full(len(self.strengths), UNBOUNDED)
        received = sent(before)
        if np.any(vanishes := received < VANISHING * np.minimum(self.bound, UNBOUNDED)):
            return np.where(vanishes, self.bound, received)
        for _ in range(MAX_ITERATIONS):
            if np.all(np.abs(received - before) <= 0.1 * before):
                break
            before, received = received, sent(received)
        return np.where(received < UNBOUNDED, received, np.inf)

    @property
    def grows_without_bound(self) -> bool:
        """True if activity that is large enough grows."""
        return not bool(np.all(np.isfinite(self.largest_fields)))

    def response(self, slopes: Array) -> Array:
        """Return M_sr = Σ_{c of r} G_sc a_c of the linear response a_c of each class."""
        matrix = np.zeros((len(self.signals),) * 2)
        np.add.at(matrix.T, self.signal_of, (self.onto_signals * slopes).T)
        return matrix

    def of_populations(self, values: ArrayLike) -> Array:
        """Return means over the neurons of each population of numbers of each class."""
        means = np.zeros(len(self.strengths))
        np.add.at(means, self.fields, np.asarray(values) * [c.share for c in self.neurons])
        return means

    def static_squares(self, static: Array) -> Array:
        """Return the mean square over the neurons of each population of what x is on average, from q_f."""
        return self.of_populations([c.mean**2 + c.static_power * float(static[c.population]) for c in self.neurons])

    @property
    def discrete(self) -> bool:
        """True in discrete time."""
        return self.neurons[0].power.discrete

    @cached_property
    def static(self) -> bool:
        """True if the neurons keep means, so that the fields have static parts."""
        return any(not c.line.odd or c.mean != 0 for c in self.neurons)

    @cached_property
    def noise(self) -> Array:
        """σ² of each signal."""
        return np.array([s.noise for s in self.signals])

    @staticmethod
    def _key(c: NeuronClass) -> tuple[object, ...]:
        power = c.power
        return c.population, c.noise, tuple(power.numerator), tuple(power.denominator)
