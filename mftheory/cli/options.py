"""Options that several commands share, and the networks they describe."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

import numpy as np
import typer

import mftheory as mf
from mftheory.cli import completion, curve_files
from mftheory.errors import InvalidNetwork, MFTheoryError
from mftheory.wording import one_of

G = Annotated[float, typer.Option("--g", help="Effective coupling strength g_eff, above 1 without noise.")]
Rank = Annotated[
    float | None, typer.Option("--effective-rank", help="Effective rank α PR_D of random modes; else i.i.d.")
]
Overlap = Annotated[
    float,
    typer.Option("--overlap-amplitude", help="γ of the overlaps of --effective-rank's modes: ±γ, sigmoidal, ⟨Dρ⟩ = 0."),
]
Symmetry = Annotated[
    float, typer.Option("--symmetry", help="ϱ, the correlation of reciprocal couplings; without --effective-rank.")
]
GainsPR = Annotated[
    float | None,
    typer.Option("--gains-pr", help="PR_G of single-neuron gains, ⟨G²⟩ = 1, above 0 and at most 1; else no gains."),
]
Phi = Annotated[
    str,
    typer.Option(
        "--nonlinearity",
        help="erf, tanh, relu, softplus, sigmoid, a formula such as 'x/sqrt(1+x**2)', or a file of two columns, x and "
        "rate.",
        autocompletion=completion.among(completion.NONLINEARITIES),
    ),
]
Bias = Annotated[float, typer.Option("--bias", help="Constant input b of every neuron.")]
Noise = Annotated[float, typer.Option("--noise", help="Intensity σ of independent white noise; needed below --g 1.")]
Dynamics = Annotated[
    str,
    typer.Option(
        "--dynamics",
        help="leaky, or leaky:TAU of another time constant than 1; euler:STEP, a map; or rational:N/D, coefficients of "
        "H(ω) = N(iω)/D(iω) from the constant term up, "
        "such as rational:1/1,0.8,1.",
        autocompletion=completion.among(completion.DYNAMICS),
    ),
]
Target = Annotated[
    float | None,
    typer.Option(
        "--target", help="Relative standard error of the dimension, with --overlap-amplitude or --symmetry: 0.01."
    ),
]
Observable = Annotated[
    str,
    typer.Option(
        "--observable",
        help="phi or x; with --gains-pr also Phi (G φ) or readout.",
        autocompletion=completion.among(completion.OBSERVABLES),
    ),
]
Observables = Annotated[
    list[str] | None,
    typer.Option(
        "--observable",
        help="phi or x, with --gains-pr also Phi (G φ) or readout; give several for several.",
        autocompletion=completion.among(completion.OBSERVABLES),
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Progress = Annotated[bool, typer.Option("--progress", help="Show progress bars.")]

Couplings = mf.IID | mf.PartiallySymmetric | mf.RandomMode


@dataclass(frozen=True)
class NetworkOptions:
    """Options that describe a network; `with_network_options` gives them to a command."""

    g: G
    effective_rank: Rank = None
    overlap_amplitude: Overlap = 0.0
    symmetry: Symmetry = 0.0
    gains_pr: GainsPR = None
    nonlinearity: Phi = "erf"
    noise: Noise = 0.0
    dynamics: Dynamics = "leaky"
    bias: Bias = 0.0

    def network(self) -> mf.Network:
        """Return the network.

        Raises
        ------
        InvalidNetwork
            Naming the option.
        """
        couplings = couplings_of(self.g, self.effective_rank, self.overlap_amplitude, self.symmetry)
        phi, gains, dynamics = nonlinearity_of(self.nonlinearity), gains_of(self.gains_pr), dynamics_of(self.dynamics)
        return mf.Network(couplings, phi, gains, dynamics, self.noise, self.bias)

    def record(self) -> dict[str, Any]:
        """Return the parameters, JSON-ready; those that not every network has, only where they were given."""
        optional = {name: getattr(self, name) for name in ("overlap_amplitude", "symmetry", "gains_pr", "bias")}
        return {
            "g_eff": self.g,
            "effective_rank": self.effective_rank,
            **{name: value for name, value in optional.items() if value},
            "noise": self.noise,
            "dynamics": self.dynamics,
        }


def with_network_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `NetworkOptions`, of which it takes one as its argument `network`.

    In the command's help --g, which must be given, is the first; the others stand where `network` stands.
    """
    g, *others = signature(NetworkOptions).parameters.values()

    @wraps(command)
    def with_options(**options: Any) -> None:
        network = NetworkOptions(**{option.name: options.pop(option.name) for option in (g, *others)})
        command(network=network, **options)

    parameters = [g]
    for parameter in signature(command).parameters.values():
        parameters += others if parameter.name == "network" else [parameter]
    keywords = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in parameters]
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in keywords}
    with_options.__signature__ = Signature(keywords)  # type: ignore[attr-defined]  # where `inspect` looks for it
    return with_options


def couplings_of(g: float, effective_rank: float | None, overlap_amplitude: float, symmetry: float) -> Couplings:
    """Return the couplings; refuse options that are for others.

    Raises
    ------
    InvalidNetwork
    """
    if effective_rank is not None:
        if symmetry != 0:
            raise InvalidNetwork("symmetry", symmetry, "is for couplings without modes: leave out --effective-rank")
        return mf.RandomMode.exponential(g, effective_rank, overlap_amplitude)
    if overlap_amplitude != 0:
        raise InvalidNetwork("overlap_amplitude", overlap_amplitude, "is for modes: give --effective-rank")
    return mf.IID(g) if symmetry == 0 else mf.PartiallySymmetric(g, symmetry)


def observables_of(asked: list[str] | None, gains_pr: float | None) -> list[str]:
    """Return the observables that were asked for, else all that the network has."""
    known = list(completion.OBSERVABLES)[: 2 if gains_pr is None else None]
    return [one_of("observable", name, known, quoted=True) for name in dict.fromkeys(asked or known)]


def gains_of(gains_pr: float | None) -> mf.Gains | None:
    """Return gains of this participation ratio, if it was given.

    Raises
    ------
    InvalidNetwork
    """
    try:
        return None if gains_pr is None else mf.Gains.exponential(gains_pr)
    except InvalidNetwork as error:
        raise InvalidNetwork("gains_pr", error.value, error.allowed) from None


def nonlinearity_of(nonlinearity: str) -> mf.Nonlinearity:
    """Return the nonlinearity of this name, of a formula in x, or of the table in a file.

    Raises
    ------
    InvalidNetwork
    """
    if nonlinearity.endswith(curve_files.SUFFIXES):
        return curve_files.read(nonlinearity)
    named = {"erf": mf.Erf, "tanh": mf.Tanh, "relu": mf.ReLU, "softplus": mf.Softplus, "sigmoid": mf.Sigmoid}
    if nonlinearity.isidentifier() and nonlinearity != "x":  # a misspelt name is no formula
        allowed = "must be {}, a formula in x or a file of a table, such as fi.csv"
        return named[one_of("nonlinearity", nonlinearity, named, allowed)]()
    return mf.Nonlinearity(nonlinearity)


def number(text: str) -> float:
    """Return a number as it is written everywhere; 3_0 is one in Python's source only.

    Raises
    ------
    ValueError
    """
    if "_" in text:
        raise ValueError
    return float(text)


def pairs(name: str, texts: list[str] | None) -> dict[str, str]:
    """Return the texts NAME=VALUE, one for each option, as a mapping.

    Raises
    ------
    InvalidNetwork
        If one has another form, or a name is given twice.
    """
    values: dict[str, str] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise InvalidNetwork(name, text, "must be NAME=VALUE")
        if key in values:
            raise InvalidNetwork(name, text, f"{key} is given twice; the first was {key}={values[key]}")
        values[key] = value
    return values


MAX_VALUES = 1_000_000
"""Maximum number of values of one parameter: as many as a sweep has points at most."""


def numbers(name: str, texts: list[str]) -> list[float]:
    """Return numbers, one for each option, or FROM:TO:COUNT for several at equal distances.

    Raises
    ------
    InvalidNetwork
    """
    values: list[float] = []
    for text in texts:
        first, *rest = text.split(":")
        try:
            if not rest:
                values.append(number(first))
            else:
                last, count = rest
                ends = number(first), number(last)
                if not (number(count) == int(count) and np.isfinite(ends).all()):
                    raise ValueError
                if int(count) > MAX_VALUES:
                    raise InvalidNetwork(name, text, f"must be at most {MAX_VALUES:,} numbers")
                values += np.linspace(*ends, int(count)).tolist()
        except ValueError as error:
            if isinstance(error, InvalidNetwork):
                raise
            raise InvalidNetwork(name, text, "must be a number, or FROM:TO:COUNT of finite numbers") from None
    return values


def dynamics_of(text: str) -> mf.Leaky | mf.Rational | mf.EulerMap:
    """Return the dynamics of this name, with its numbers after a colon.

    Raises
    ------
    InvalidNetwork
    """
    name, _, numbers = text.partition(":")
    try:
        if name == "leaky" and not numbers:
            return mf.Leaky()
        if name == "leaky":
            return mf.Leaky(tau=number(numbers))
        if name == "euler":
            return mf.EulerMap(number(numbers))
        if name == "rational":
            numerator, denominator = (tuple(number(c) for c in part.split(",")) for part in numbers.split("/"))
            return mf.Rational(numerator, denominator)
    except ValueError as error:
        if isinstance(error, MFTheoryError):  # the numbers are numbers, but no filter
            raise
    raise InvalidNetwork(
        "dynamics", text, "must be leaky, leaky:TAU, euler:STEP or rational:N/D, such as rational:1/1,0.8,1"
    )
