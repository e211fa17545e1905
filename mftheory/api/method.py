"""`mftheory.method`: the method by which a network is solved, and why it is not another."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.methods import Register
from mftheory.network import Network
from mftheory.network.traits import Traits
from mftheory.wording import one_of

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble

REGISTERS = {
    "derive": ("mftheory.derivations.declarations", "DERIVE"),
    "solve": ("mftheory.theory.register", "SOLVE"),
    "states": ("mftheory.theory.register", "STATES"),
    "lyapunov_exponent": ("mftheory.theory.register", "LYAPUNOV"),
    "linear_equivalent": ("mftheory.theory.one_network.one_network_register", "LINEAR_EQUIVALENT"),
    "predict_covariance": ("mftheory.theory.one_network.predict_covariance", "PREDICT_COVARIANCE"),
    "simulate": ("mftheory.simulation.network_simulation", "SIMULATE"),
}
"""Module and name of each verb's register, imported when it is asked for."""


@dataclass(frozen=True)
class Choice:
    """The method that is taken for a network, or why there is none.

    Attributes
    ----------
    verb : str
    name : str or None
        Name of the method; None if no method fits.
    returns : str
        Description of what it returns.
    sampled : bool
        True if a part of the solution is sampled, so that numbers have standard errors.
    needs : mapping of str to str
        By name of the other methods: what it needs and the network lacks; "" if it would fit as well and comes later.
    refusal : str
        Text of the verb's error where no method fits.
    """

    verb: str
    name: str | None
    returns: str
    sampled: bool
    needs: Mapping[str, str]
    refusal: str = ""

    def __bool__(self) -> bool:
        return self.name is not None

    def __repr__(self) -> str:
        if self.name is None:
            return f"no method: {self.refusal}"
        others = [f"{name!r} needs {reason}" if reason else f"then {name!r}" for name, reason in self.needs.items()]
        return "; ".join([f"{self.verb} by {self.name!r} ({self.returns})", *others])


@checked_call
def method(network: Network | GaussianEnsemble, verb: str = "solve") -> Choice:
    """Say by which method a network is solved, and what the other methods would need.

    Parameters
    ----------
    network : Network or GaussianEnsemble
    verb : str
        "solve" by default; "derive", "lyapunov_exponent", "linear_equivalent" (of one J, from the theory's order
        parameters), "predict_covariance" (of one J, from its own) or "simulate".

    Returns
    -------
    Choice
        True where there is a method. Only solving a network shows if it has a fluctuating state at all.

    Raises
    ------
    InvalidNetwork
        If it is no network or ensemble, or the verb is none of these.

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.method(mf.Network(mf.PartiallySymmetric(3.0, 0.3))).name
    'self-feedback'
    >>> bool(mf.method(mf.Network(mf.PartiallySymmetric(3.0, 0.3), dynamics=mf.EulerMap(0.1))))
    False
    """
    register, traits = register_of(verb), _traits(network)
    fits = [each for each in register.methods if each.needs(traits) is None]
    needs = {each.name: each.needs(traits) or "" for each in register.methods if each not in fits[:1]}
    if not fits:
        return Choice(verb, None, "", False, needs, register.refusal(traits))
    return Choice(verb, fits[0].name, fits[0].returns, fits[0].sampled, needs)


def register_of(verb: str) -> Register:
    """Return the methods of a verb."""
    module, name = REGISTERS[one_of("verb", verb, REGISTERS, quoted=True)]
    register: Register = getattr(importlib.import_module(module), name)
    return register


def _traits(network: Network | GaussianEnsemble) -> Traits:
    if isinstance(network, Network):
        return network.traits
    from mftheory.action import GaussianEnsemble
    from mftheory.api.ensemble_problem import traits_of

    if not isinstance(network, GaussianEnsemble):
        raise InvalidNetwork("network", network, "must be a Network or a GaussianEnsemble")
    return traits_of(network)
