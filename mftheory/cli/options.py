"""Options that several commands share, and the networks they describe."""

from typing import Annotated

import numpy as np
import typer

import mftheory as mf
from mftheory.cli import completion
from mftheory.errors import InvalidNetwork, MFTheoryError
from mftheory.wording import one_of

NONLINEARITIES: dict[str, mf.Nonlinearity] = {"erf": mf.Erf(), "tanh": mf.Tanh()}

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
        help="erf, tanh, or a formula such as 'x/sqrt(1+x**2)'.",
        autocompletion=completion.among(completion.NONLINEARITIES),
    ),
]
Noise = Annotated[float, typer.Option("--noise", help="Intensity σ of independent white noise; needed below --g 1.")]
Dynamics = Annotated[
    str,
    typer.Option(
        "--dynamics",
        help="leaky; euler:STEP, a map; or rational:N/D, coefficients of H(ω) = N(iω)/D(iω) from the constant term up, "
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


def couplings_of(g: float, effective_rank: float | None, overlap_amplitude: float, symmetry: float) -> Couplings:
    if effective_rank is not None:
        if symmetry != 0:
            raise InvalidNetwork("symmetry", symmetry, "is for couplings without modes: leave out --effective-rank")
        return mf.RandomMode.exponential(g, effective_rank, overlap_amplitude)
    if overlap_amplitude != 0:
        raise InvalidNetwork("overlap_amplitude", overlap_amplitude, "is for modes: give --effective-rank")
    return mf.IID(g) if symmetry == 0 else mf.PartiallySymmetric(g, symmetry)


def given_of(overlap_amplitude: float, symmetry: float, gains_pr: float | None) -> dict[str, float]:
    """What not every network has, where it was given."""
    given = {"overlap_amplitude": overlap_amplitude, "symmetry": symmetry, "gains_pr": gains_pr or 0.0}
    return {name: value for name, value in given.items() if value != 0}


def observables_of(asked: list[str] | None, gains_pr: float | None) -> list[str]:
    """Return the observables that were asked for, else all that the network has."""
    known = list(completion.OBSERVABLES)[: 2 if gains_pr is None else None]
    return [one_of("observable", name, known, quoted=True) for name in dict.fromkeys(asked or known)]


def gains_of(gains_pr: float | None) -> mf.Gains | None:
    try:
        return None if gains_pr is None else mf.Gains.exponential(gains_pr)
    except InvalidNetwork as error:
        raise InvalidNetwork("gains_pr", error.value, error.allowed) from None


def nonlinearity_of(nonlinearity: str) -> mf.Nonlinearity:
    """By name, or a formula."""
    if nonlinearity.isidentifier() and nonlinearity != "x":  # or "a formula in x" is all that it would be told
        return NONLINEARITIES[one_of("nonlinearity", nonlinearity, NONLINEARITIES, "must be {} or a formula in x")]
    return mf.Nonlinearity(nonlinearity)


def number(text: str) -> float:
    """A number as it is written everywhere; 3_0 is one in Python's source only.

    Raises
    ------
    ValueError
    """
    if "_" in text:
        raise ValueError
    return float(text)


def pairs(name: str, texts: list[str] | None) -> dict[str, str]:
    """Of NAME=VALUE, one an option."""
    found: dict[str, str] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise InvalidNetwork(name, text, "must be NAME=VALUE")
        if key in found:
            raise InvalidNetwork(name, text, f"{key} is given twice; the first was {key}={found[key]}")
        found[key] = value
    return found


def network_of(
    g: float,
    effective_rank: float | None,
    overlap_amplitude: float,
    symmetry: float,
    gains_pr: float | None,
    nonlinearity: str,
    noise: float,
    dynamics: str,
) -> mf.Network:
    couplings = couplings_of(g, effective_rank, overlap_amplitude, symmetry)
    return mf.Network(couplings, nonlinearity_of(nonlinearity), gains_of(gains_pr), dynamics_of(dynamics), noise)


MOST = 1_000_000
"""Values of one parameter: as many as a sweep has points at most."""


def numbers(name: str, texts: list[str]) -> list[float]:
    """Numbers, one an option, or FROM:TO:COUNT for several at equal distances."""
    found: list[float] = []
    for text in texts:
        first, *rest = text.split(":")
        try:
            if not rest:
                found.append(number(first))
            else:
                last, count = rest
                ends = number(first), number(last)
                if not (number(count) == int(count) and np.isfinite(ends).all()):
                    raise ValueError
                if int(count) > MOST:
                    raise InvalidNetwork(name, text, f"must be at most {MOST:,} numbers")
                found += np.linspace(*ends, int(count)).tolist()
        except ValueError as error:
            if isinstance(error, InvalidNetwork):
                raise
            raise InvalidNetwork(name, text, "must be a number, or FROM:TO:COUNT of finite numbers") from None
    return found


def dynamics_of(text: str) -> mf.Leaky | mf.Rational | mf.EulerMap:
    """Named, with its numbers after a colon."""
    name, _, numbers = text.partition(":")
    try:
        if name == "leaky" and not numbers:
            return mf.Leaky()
        if name == "euler":
            return mf.EulerMap(number(numbers))
        if name == "rational":
            numerator, denominator = (tuple(number(c) for c in part.split(",")) for part in numbers.split("/"))
            return mf.Rational(numerator, denominator)
    except ValueError as error:
        if isinstance(error, MFTheoryError):  # the numbers are numbers, but no filter
            raise
    raise InvalidNetwork("dynamics", text, "must be leaky, euler:STEP or rational:N/D, such as rational:1/1,0.8,1")
