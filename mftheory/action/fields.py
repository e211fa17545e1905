"""Populations of identical sites and the fields that live on them.

A population is a set of sites (neurons, or the latents of a mode ensemble) that differ at most by a few per-site
parameters. Each site carries a state (preactivation x, or latent z), possibly an activity φ that is a nonlinear
function of the state, and the response field conjugate to the state's equation of motion.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

import sympy as sp
from sympy.core.function import AppliedUndef

from mftheory.action import forgetting
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network.arithmetic import OF_OPERATORS, OF_PARTS, NoArithmetic

omega = sp.Symbol("omega", real=True)
"""Angular frequency, in inverse units of the neurons' time constant."""


@checked_calls
@dataclass(frozen=True)
class Parameter:
    """A quantity drawn independently for each site of a population, such as a component strength D.

    Parameters
    ----------
    name : str
        Its symbol.
    moments : str
        Letter of its moments: ``Parameter("D", "r")`` has ⟨D²⟩ = r_2. No two parameters have the same letter, unless
        one has the other's law.
    independent : bool
        Whether it is drawn independently of everything else at the site, a nonlinearity that differs included, so that
        its moments factor out.
    law_of : str
        Name of another parameter with the same law, and so the same letter: each site draws its own value of both.
    """

    name: str
    moments: str
    independent: bool = False
    law_of: str = ""

    @property
    def symbol(self) -> sp.Symbol:
        """The parameter at one site, real."""
        return sp.Symbol(self.name, real=True)


@dataclass(frozen=True)
class Field:
    """One variable of every site of a population."""

    name: str
    kind: Literal["state", "activity", "response"]
    population: str
    latex: str

    @property
    def is_response(self) -> bool:
        """True if this is the response field of the population."""
        return self.kind == "response"


def expression(argument: str, value: Any) -> sp.Expr:
    """Return a number or a SymPy expression as an expression; refuse a text, which SymPy would run as code."""
    try:
        converted = sp.sympify(value, strict=True)
    except sp.SympifyError:
        raise InvalidNetwork(argument, value, "must be a number or a SymPy expression") from None
    if not isinstance(converted, sp.Expr) or converted.is_Matrix or converted.atoms(AppliedUndef):
        raise InvalidNetwork(argument, value, "must be a number or a SymPy expression of known functions")
    # Floating-point numbers round, and equal formulas would differ: 1.44 is 36/25.
    return converted.xreplace({x: sp.Rational(repr(float(x))) for x in converted.atoms(sp.Float) if x.is_finite})


def finite(argument: str, value: Any) -> sp.Expr:
    """Return the expression; refuse infinities and NaN."""
    converted = expression(argument, value)
    if converted.has(sp.nan, sp.oo, sp.zoo):
        raise InvalidNetwork(argument, value, "must be finite")
    return converted


@dataclass(frozen=True)
class Operator(NoArithmetic):
    """A field times a per-site weight: what a Gaussian matrix multiplies, such as φ_i or D_a ẑ_a."""

    field: Field
    weight: sp.Expr = sp.S.One

    _instead = OF_OPERATORS

    def __rmul__(self, factor: Any) -> "Operator":  # type: ignore[override]  # it is what the others refuse
        if isinstance(factor, NoArithmetic):  # another operator, or a population
            self._refuse()
        symbol = factor.symbol if isinstance(factor, Parameter) else finite("factor", factor)
        return Operator(self.field, self.weight * symbol)

    __mul__ = __rmul__  # type: ignore[assignment]


@checked_calls
@dataclass(frozen=True)
class Population(NoArithmetic):
    """A population of sites with the equation of motion T[state] = input.

    Parameters
    ----------
    name : str
        Unique in an ensemble, such as "neurons".
    state_name : str or tuple of str
        The state, x or z. Linear sites may have several, each with an equation of motion and a response field of its
        own: a block of modes whose vectors covary is one site with the states ``("z1", "z2")``.
    activity_name : str
        The activity; without one the unit is linear.
    size : SymPy expression
        Number of sites as a multiple of N.
    inverse_transfer : SymPy expression in `omega`
        T(ω), with ∂_t → iω: 1 + iω for a leaky unit, 1 for an instantaneous one.
    parameters : tuple of Parameter
        What differs from site to site.
    noise : SymPy expression
        Power spectrum of independent noise added to each site's input: real, even in `omega`, not negative, finite.
    observed : tuple of str
        Further activities of the same state that couple to nothing, such as a normalised one.
    heterogeneous : tuple of str
        Activities whose nonlinearity differs from site to site: their two-time functions do, too. The state, where the
        dynamics or the noise do: then all of them differ.
    index : str
        Letter of the site index in print.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a name is no identifier, or the noise is no power spectrum.
    Unsupported
        If the noise has lines (static or sinusoidal input), or the dynamics do not forget: times far apart decouple in
        everything that is derived.
    """

    name: str
    state_name: str | tuple[str, ...]
    activity_name: str = ""
    size: sp.Expr = sp.S.One
    inverse_transfer: sp.Expr = sp.S.One
    parameters: tuple[Parameter, ...] = ()
    noise: sp.Expr = sp.S.Zero
    observed: tuple[str, ...] = ()
    heterogeneous: tuple[str, ...] = ()
    index: str = "i"
    latex: dict[str, str] = field(default_factory=dict, compare=False)

    _instead = OF_PARTS

    def __post_init__(self) -> None:
        for name in ("observed", "heterogeneous", "parameters"):
            if not isinstance(getattr(self, name), tuple):
                raise InvalidNetwork(name, getattr(self, name), "must be a tuple, such as (first,)")
        states = self.state_name if isinstance(self.state_name, tuple | list) else (self.state_name,)
        activities = (self.activity_name or "phi", *self.observed)
        if not all(isinstance(n, str) and n.isidentifier() for n in (self.name, *states, *activities)):
            names = (self.name, self.state_name, self.activity_name, *self.observed)
            raise InvalidNetwork("population", names, "names must be identifiers")
        if len(self.state_names) != 1 and not (self.state_names and self.linear):
            raise InvalidNetwork("state_name", self.state_name, "must be one name; only linear sites may have several")
        for name in self.heterogeneous:
            if self.linear or name not in (*self.state_names, self.activity_name, *self.observed):
                raise InvalidNetwork("heterogeneous", name, f"must be the state or an activity of {self.name}")
        for name, read in (("size", finite), ("inverse_transfer", expression), ("noise", expression)):
            object.__setattr__(self, name, read(name, getattr(self, name)))
        if self.size.is_positive is False:
            raise InvalidNetwork(f"population {self.name!r}: size", str(self.size), "must be above 0")
        forgetting.check(self.name, self.inverse_transfer, self.noise, omega)

    @property
    def linear(self) -> bool:
        """True if the site has no nonlinearity."""
        return not self.activity_name

    @property
    def white_noise(self) -> sp.Expr:
        """Intensity σ² of noise that is white, ⟨ξξ⟩ = δ; only such noise can be solved and simulated.

        Raises
        ------
        Unsupported
            If the noise's spectrum depends on the frequency.
        """
        if self.noise.has(omega):
            raise Unsupported(f"population {self.name!r}: noise {self.noise} is not white; formulas take any spectrum")
        return self.noise

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states, mostly one."""
        return (self.state_name,) if isinstance(self.state_name, str) else tuple(self.state_name)

    @property
    def states(self) -> tuple[Operator, ...]:
        """Every state of a site."""
        return tuple(Operator(self._field(name, "state")) for name in self.state_names)

    @property
    def responses(self) -> tuple[Operator, ...]:
        """The response field of each state's equation of motion, x̂ or ẑ."""
        return tuple(Operator(self._field(f"{name}_hat", "response", name)) for name in self.state_names)

    @property
    def state(self) -> Operator:
        """The state, x or z, of a population that has one."""
        return self._only(self.states, "states")

    @property
    def activity(self) -> Operator:
        """The activity φ(x); the state itself for a linear unit."""
        return self.state if self.linear else Operator(self._field(self.activity_name, "activity"))

    @property
    def response(self) -> Operator:
        """The response field x̂ or ẑ of a population that has one state."""
        return self._only(self.responses, "responses")

    @property
    def fields(self) -> tuple[Field, ...]:
        """States, activities, responses."""
        activity = () if self.linear else (self.activity.field,)
        observed = tuple(self._field(name, "activity") for name in self.observed)
        return (*(u.field for u in self.states), *activity, *observed, *(u.field for u in self.responses))

    def _only(self, operators: tuple[Operator, ...], what: str) -> Operator:
        if len(operators) != 1:
            raise InvalidNetwork("population", self.name, f"has several states: choose one of its {what}")
        return operators[0]

    def _field(self, name: str, kind: Literal["state", "activity", "response"], state: str = "") -> Field:
        default = rf"\hat {self._latex(state)}" if kind == "response" else self._latex(name)
        return Field(name, kind, self.name, default)

    def _latex(self, name: str) -> str:
        return self.latex.get(name) or _default_latex(name)


def _default_latex(name: str) -> str:
    """Typeset a name as SymPy does, but by case: xI, the x of a population I, is not the letter ξ, and phiE is φE."""
    if match := re.fullmatch(r"phi([A-Za-z]+)", name):
        return rf"\phi {match[1]}"
    known = sp.latex(sp.Symbol(name))
    is_greek = known.startswith("\\") and known[1:].isalpha()
    return name if is_greek and known[1:] != name else known
