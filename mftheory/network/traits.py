"""Traits of a network, computed once; the register of methods compares them with what each method needs."""

from dataclasses import dataclass
from typing import Literal

Time = Literal["leaky", "filter", "map"]

_WORDS = {
    "given": "one given J",
    "self_feedback": "self-feedback",
    "not_odd": "φ that is not odd",
    "differing": "neurons that differ",
    "gains": "gains",
    "noise": "noise",
    "unequal": "noise, time constants or gains neuron by neuron",
    "bias": "bias",
}


@dataclass(frozen=True)
class Traits:
    """The traits of a network that decide which method applies.

    Attributes
    ----------
    given : bool
        Whether J is one matrix, not drawn from an ensemble.
    self_feedback : bool
        Whether a neuron's past comes back to it through the others, so that x is not Gaussian.
    odd : bool
        Whether φ(-x) = -φ(x) and there is no bias, so that no neuron keeps a mean activity.
    differing : bool
        Whether neurons differ by more than their gain.
    gains : bool
        Whether neurons have gains.
    noise : bool
        Whether neurons receive white noise.
    dynamics : {"leaky", "filter", "map"}
        What a neuron does with its input; leaky neurons have the time constant 1, another one is a filter.
    unequal : bool
        Whether noise or time constants differ between neurons, or gains are given with other numbers of each neuron.
    bias : bool
        Whether neurons receive a constant input.
    populations : int or None
        Populations of an ensemble of one's own; None of a network, which has one.
    sums : bool
        Whether the spectrum of each input is a sum of the activities' spectra and white noise.
    of : str
        Name of the population that an exception comes from, for messages.
    """

    given: bool = False
    self_feedback: bool = False
    odd: bool = True
    differing: bool = False
    gains: bool = False
    noise: bool = False
    dynamics: Time = "leaky"
    unequal: bool = False
    bias: bool = False
    populations: int | None = None
    sums: bool = True
    of: str = ""

    @property
    def all_differs(self) -> bool:
        """True if the x of neurons differ in law, or neurons that differ have gains beside."""
        return self.unequal or (self.gains and (self.differing or not self.odd))

    def words(self) -> str:
        """Return the traits by which a network is more than independent couplings of leaky neurons, in words.

        Examples
        --------
        >>> from mftheory.network.traits import Traits
        >>> Traits(self_feedback=True, dynamics="filter").words()
        'self-feedback, a filter'
        """
        values = {**vars(self), "not_odd": not (self.odd or self.bias)}
        listed = [words for name, words in _WORDS.items() if values[name]]
        listed += {"leaky": [], "filter": ["a filter"], "map": ["discrete time"]}[self.dynamics]
        if not self.sums:
            listed.append("inputs that are filtered on their way, or that are no activities")
        if self.populations not in (None, 1):
            listed.append(f"{self.populations} populations")
        return ", ".join(listed) or "leaky neurons alike"
