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
from numpy.typing import NDArray

from mftheory.network.dynamics import Dynamics, EulerMap, Leaky
from mftheory.theory.stationary.classes.linear_response import frequencies_of_peaks
from mftheory.theory.stationary.filters import NO_MEMORY, PowerTransfer, power_of
from mftheory.theory.stationary.gaussian.correlated_activity import Line

Array = NDArray[np.float64]


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
        """The mean of x, for H(0) > 0."""
        return self.bias * self.static_power**0.5


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
        powers = [s.power for s in self.signals]
        return np.array([[float(p(omega)) for p in powers] for omega in frequencies_of_peaks(powers)])

    @property
    def discrete(self) -> bool:
        """True in discrete time."""
        return self.neurons[0].power.discrete

    @cached_property
    def static(self) -> bool:
        """True if the neurons keep means, so that the fields have static parts."""
        return any(not c.line.odd or c.bias != 0 for c in self.neurons)

    @cached_property
    def noise(self) -> Array:
        """σ² of each signal."""
        return np.array([s.noise for s in self.signals])

    @staticmethod
    def _key(c: NeuronClass) -> tuple[object, ...]:
        power = c.power
        return c.population, c.noise, tuple(power.numerator), tuple(power.denominator)
