"""Methods that answer a question about a network: each says what it needs, and the register chooses.

A verb ("solve", "derive", ...) has its methods in order of preference. `Register.choose` compares a network's traits
with what each of them needs and takes the first that fits; if none does, it says what the nearest ones miss. A new
method is one `Register.add`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mftheory.errors import Unsupported
from mftheory.network.traits import Traits


@dataclass(frozen=True)
class Requirement:
    """A condition that a method sets on a network.

    Attributes
    ----------
    holds : callable
        The condition, as a function of the traits.
    text : str
        The words of an error for what is needed.
    alone : bool
        True if an error says nothing else where all methods need it.
    """

    holds: Callable[[Traits], bool]
    text: str
    alone: bool = False


ENSEMBLE = Requirement(
    lambda t: not t.given,
    "an ensemble, and this network has one given J: see mf.predict_covariance(network), or mf.linear_equivalent(a "
    "network of an ensemble, couplings=J)",
    alone=True,
)
ONE_POPULATION = Requirement(lambda t: t.populations is None, "one population of N neurons, observed by x and φ")
NO_FEEDBACK = Requirement(lambda t: not t.self_feedback, "couplings without self-feedback")
FEEDBACK = Requirement(lambda t: t.self_feedback, "couplings with self-feedback")
ODD = Requirement(lambda t: t.odd, "a φ that is odd")
ODD_WHERE_GAINS = Requirement(lambda t: t.odd or not t.gains, "a φ that is odd where there are gains")
ALIKE = Requirement(lambda t: not t.differing, "neurons with one φ")
STATIC_OR_DIFFERING = Requirement(lambda t: t.differing or not t.odd, "neurons that differ, or a φ that is not odd")
NO_GAINS = Requirement(lambda t: not t.gains, "neurons without gains")
NO_GAINS_WITH_FEEDBACK = Requirement(
    lambda t: not (t.gains and t.self_feedback), "neurons without gains where couplings have self-feedback"
)
LEAKY = Requirement(lambda t: t.dynamics == "leaky", "leaky neurons (τ=1)")
NO_NOISE = Requirement(lambda t: not t.noise, "neurons without noise")
EQUAL = Requirement(lambda t: not t.unequal, "neurons of one noise and time constant")
NO_BIAS = Requirement(lambda t: not t.bias, "neurons without bias")
SUMS = Requirement(lambda t: t.sums, "input spectra that are sums of the activities' spectra")


@dataclass(frozen=True)
class Method:
    """One way of answering a verb.

    Attributes
    ----------
    name : str
    returns : str
        The result, in a line.
    requirements : tuple of Requirement
    run : callable
        The function that computes it; it imports what it needs when it is called.
    sampled : bool
        True if the result has sampling errors.
    """

    name: str
    returns: str
    requirements: tuple[Requirement, ...]
    run: Callable[..., Any]
    sampled: bool = False

    def missing(self, traits: Traits) -> tuple[Requirement, ...]:
        """Return what the method needs and the network lacks."""
        return tuple(r for r in self.requirements if not r.holds(traits))

    def needs(self, traits: Traits) -> str | None:
        """Return None if the method fits, or what it needs and the network lacks, in one line."""
        missing = self.missing(traits)
        return " and ".join(r.text for r in missing) if missing else None


@dataclass
class Register:
    """The methods of one verb, in order of preference.

    Attributes
    ----------
    verb : str
    methods : list of Method
    instead : str
        Advice of the error where there is no method.
    """

    verb: str
    methods: list[Method] = field(default_factory=list)
    instead: str = ""

    def add(self, method: Method) -> Method:
        """Add a method, the last in order of preference.

        Raises
        ------
        ValueError
            If there is a method of that name.
        """
        if any(method.name == other.name for other in self.methods):
            raise ValueError(f"{self.verb} has a method {method.name!r}")
        self.methods.append(method)
        return method

    def named(self, name: str) -> Method:
        """Return the method of a name."""
        return next(method for method in self.methods if method.name == name)

    def choose(self, traits: Traits) -> Method:
        """Return the first method that fits a network.

        Raises
        ------
        Unsupported
            If none does, with what those that come nearest need.
        """
        for method in self.methods:
            if method.needs(traits) is None:
                return method
        raise Unsupported(self.refusal(traits))

    def refusal(self, traits: Traits) -> str:
        """Return why no method fits, in one line: what the network has, and what the methods that come nearest need."""
        network = f"a network with {traits.words()}" + (f" (population {traits.of!r})" if traits.of else "")
        missing = {method.name: method.missing(traits) for method in self.methods}
        instead = f"; {self.instead}" if self.instead else ""
        common = [r for r in next(iter(missing.values())) if r.alone and all(r in each for each in missing.values())]
        if common:
            return f"{self.verb} needs {common[0].text}{instead}"
        fewest = min(map(len, missing.values()))
        needs = {
            " and ".join(r.text for r in lacking): name for name, lacking in missing.items() if len(lacking) == fewest
        }
        nearest = "; ".join(f"{name!r} needs {text}" for text, name in needs.items())
        return f"{self.verb} has no method for {network}: {nearest}{instead}"
