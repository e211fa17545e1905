"""Ensembles of several populations drawn at random, each with the program that makes it, ready to be pasted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from random_networks import ERF, TANH, Chance, FromHypothesis, Neuron, neuron, number, values
from theory import coupled

import mftheory as mf
from mftheory.action import GaussianEnsemble
from mftheory.results import Theory

declared: Callable[[str, bool], GaussianEnsemble] = cache(coupled.blocks)
"""One object for each declaration, so that it is derived once."""


@dataclass(frozen=True, repr=False)
class Populations:
    """Numbers for `theory.coupled.blocks`; its repr, which hypothesis prints on failure, is the whole program.

    Attributes
    ----------
    names : str
        A letter for each population.
    modes : bool
        Whether the first one has modes as well.
    parameters : mapping
        Of all that is left open.
    nonlinearities : mapping of str to str
        φ of each activity, as an expression.
    """

    names: str
    modes: bool
    parameters: Mapping[str, Any]
    nonlinearities: Mapping[str, str]

    @property
    def ensemble(self) -> GaussianEnsemble:
        """The declaration."""
        return declared(self.names, self.modes)

    @property
    def phi(self) -> dict[str, mf.Nonlinearity]:
        """φ of each activity."""
        return {name: eval(source, {"mf": mf}) for name, source in self.nonlinearities.items()}

    def solve(self) -> Theory:
        """Its theory."""
        return mf.solve(self.ensemble, parameters=dict(self.parameters), nonlinearity=self.phi)

    def with_parameters(self, **parameters: Any) -> "Populations":
        """The same with other numbers."""
        return replace(self, parameters={**self.parameters, **parameters})

    def strengths(self) -> np.ndarray:
        """G_pq φ_q'(0)²: x = 0 is unstable if the largest eigenvalue is above 1, shape (P, P)."""
        given = self.parameters
        found = np.array([[given[f"w{p}{q}"] * given[f"f{q}"] for q in self.names] for p in self.names])
        if self.modes:
            found[0, 0] += given["alpha"] * np.mean(np.square(given["D"])) * given[f"f{self.names[0]}"]
        return found * np.square([self.phi[f"phi{q}"].slope_at_zero for q in self.names])

    @property
    def source(self) -> str:
        """A program that gives the ensemble and solves it."""
        numbers = ", ".join(f"{name!r}: {value}" for name, value in self.parameters.items())
        phis = ", ".join(f"{name!r}: {source}" for name, source in self.nonlinearities.items())
        return (
            f"{Path(coupled.__file__).read_text(encoding='utf-8')}\n\nimport mftheory as mf\n\n"
            f"net = blocks({self.names!r}, modes={self.modes})\n"
            f"theory = mf.solve(net, parameters={{{numbers}}}, nonlinearity={{{phis}}})\n"
        )

    def __repr__(self) -> str:
        return self.source

    def __str__(self) -> str:
        """In one line, without the declaration of `blocks`."""
        return self.source.splitlines()[-2] + "; " + self.source.splitlines()[-1]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # hypothesis prints by this
        printer.text(self.source)


def describe(
    chance: Chance,
    names: str = "AB",
    *,
    modes: bool | None = None,
    noise: bool | None = None,
    formulas: bool = False,
    whole: bool = False,
    least: float = 0.02,
    most: float = 20.0,
) -> Populations:
    """Populations that all drive each other.

    Parameters
    ----------
    chance : Chance
    names : str
    modes : bool, optional
        Whether the first has modes as well.
    noise : bool, optional
        Whether some have noise, or all of them.
    formulas : bool
        Any smooth φ, instead of those that are solved fast.
    whole : bool
        Whether sizes add up to 1, a network of N neurons.
    least, most : float
        √ of the largest eigenvalue of G_pq φ_q'(0)² is from 1 + `least` to `most`.
    """
    with_modes = chance.one_of([False, True]) if modes is None else modes
    with_noise = chance.one_of([False, True]) if noise is None else noise

    def phi() -> Neuron:
        if formulas:
            return neuron(chance, kinks=False)
        a, b = number(chance, 0.2, 5.0), number(chance, 0.2, 5.0)
        fast = [ERF, TANH, Neuron("mf.Nonlinearity('sin(x)')"), Neuron(f"mf.Nonlinearity('{a}*tanh({b}*x)')", a * b)]
        found: Neuron = chance.one_of(fast)
        return found

    given: dict[str, Any] = {f"f{p}": number(chance, 0.1, 2.0) for p in names}
    if whole:
        total = sum(given.values())
        given = {name: round(size / total, 4) for name, size in given.items()}
    given |= {f"w{p}{q}": number(chance, 0.02, 5.0) for p in names for q in names}
    given |= {f"noise{p}": chance.one_of([0.0, number(chance, 0.01, 3.0)]) if with_noise else 0.0 for p in names}
    given |= {"alpha": number(chance, 0.05, 5.0), "D": values(chance)} if with_modes else {}
    nonlinearities = {f"phi{p}": phi().source for p in names}
    drawn = Populations(names, with_modes, given, nonlinearities)
    above = 1.0 + number(chance, least, most - 1.0)
    scale = above / float(np.sqrt(np.abs(np.linalg.eigvals(drawn.strengths())).max()))
    stronger = {f"w{p}{q}": float(f"{given[f'w{p}{q}'] * scale**2:.10g}") for p in names for q in names}
    if with_modes:
        stronger["D"] = [float(f"{d * scale:.10g}") for d in given["D"]]
    return drawn.with_parameters(**stronger)


@st.composite
def populations(draw: Callable[[Any], Any], names: str = "AB", **limits: Any) -> Populations:
    """`describe`, by hypothesis."""
    return describe(FromHypothesis(draw), names, **limits)
