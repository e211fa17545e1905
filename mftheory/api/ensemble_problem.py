"""The problem that the methods of `solve` take, made from an ensemble of one's own and its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from mftheory.action import GaussianEnsemble, GaussianMatrix
from mftheory.action.population_filters import population_filter
from mftheory.action.sampled_ensemble import nonlinearities_of
from mftheory.action.values import Values
from mftheory.derivations.derivation import Derivation, derive
from mftheory.errors import Unsupported
from mftheory.formulas import Formula
from mftheory.kernels import Kernel
from mftheory.kernels.compile_formula import compiled
from mftheory.network import Leaky, Nonlinearity
from mftheory.network.kinds import Kind
from mftheory.network.traits import Time, Traits
from mftheory.theory.problem import Problem
from mftheory.theory.register import SOLVE
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
from mftheory.theory.stationary.weighted_observables import Observable

MAX_DERIVATIONS = 16
"""Maximum number of derivations that are kept for the next call."""


def problem_of(
    ensemble: GaussianEnsemble, parameters: Mapping[str, Any], nonlinearity: Nonlinearity | Mapping[str, Nonlinearity]
) -> Problem:
    """Return the populations of an ensemble in numbers; kernels are derived when they are first asked for.

    Raises
    ------
    InvalidNetwork
        Naming what is missing, or out of range.
    Unsupported
        If it declares nothing to observe of its neurons.
    """
    derived = Derived.of(ensemble)  # refuses what is no ensemble
    values = Values(ensemble, parameters)
    values.check(moments=True)
    inputs, traits = derived.derivation.saddle_point.inputs, traits_of(ensemble)
    plain = _is_one_population(ensemble)
    if traits.of:
        SOLVE.choose(traits)  # no method knows the numbers of such a population
    phi = nonlinearities_of(list(inputs.populations), nonlinearity)
    odd = all(each.odd for each in phi.values())
    names = {s.name for g in inputs.strengths for s in g.free_symbols}
    if plain:
        names |= {name for a in ("phi", "x") for name in _parameters(derived.formula(a))}
    numbers = Numbers(values, frozenset(names))
    for amplification in inputs.amplifications:
        _refuse_unstable([[numbers.of(g) for g in row] for row in amplification.tolist()])
    strengths = np.array([[numbers.of(g) for g in row] for row in inputs.strengths.tolist()])
    neurons = tuple(
        Neurons(
            p.name,
            p.state.field.name,
            p.activity_name,
            values.scalar(p.size),
            (Kind(1.0, phi[p.activity_name], population_filter(p, values, None), values.scalar(p.white_noise) ** 0.5),),
        )
        for p in inputs.populations
    )
    observables = _observables(derived.derivation, values, neurons)
    for name in _parameters(derived.formula(next(iter(observables)))):
        _ = numbers[name]  # one that is missing is missed at once
    coupled = CoupledPopulations(neurons, strengths)  # refuses what is out of range
    kinds = [kind for p in neurons for kind in p.kinds]
    dynamics: Time = "leaky" if all(kind.dynamics == Leaky() for kind in kinds) else "filter"
    traits = replace(traits, odd=odd, dynamics=dynamics, noise=bool(coupled.noisy.any()))
    kernel = derived.kernel if odd else derived.with_means.kernel
    return Problem(ensemble, traits, numbers, kernel, observables, coupled)


def _refuse_unstable(amplification: list[list[float]]) -> None:
    largest = float(np.abs(np.linalg.eigvals(amplification)).max())
    if largest >= 1:
        raise Unsupported(
            "linear populations drive each other too strongly: the matrix by which their variances make each other has "
            f"an eigenvalue {largest:.3g}, and must have none from 1 on"
        )


def traits_of(ensemble: GaussianEnsemble) -> Traits:
    """Return the traits that decide which method applies, as far as the declaration says; φ is taken to be odd.

    Raises
    ------
    InvalidNetwork
        If it is no ensemble.
    """
    inputs = Derived.of(ensemble).derivation.saddle_point.inputs
    exceptions = (*inputs.self_feedback, *inputs.differing, *inputs.not_sums)
    return Traits(
        self_feedback=bool(inputs.self_feedback),
        differing=bool(inputs.differing),
        dynamics="filter" if inputs.not_leaky else "leaky",
        noise=any(p.noise != 0 for p in inputs.populations),
        populations=None if _is_one_population(ensemble) and not exceptions else len(inputs.populations),
        sums=not inputs.not_sums,
        of=exceptions[0] if exceptions else "",
    )


def _observables(derivation: Derivation, values: Values, neurons: tuple[Neurons, ...]) -> dict[str, Observable]:
    """Return the observables that the ensemble declares, in numbers."""
    observables = {}
    for name, operator in derivation.ensemble.observables.items():
        for p, of in zip(derivation.saddle_point.inputs.populations, neurons, strict=True):
            if operator.field in (p.state.field, p.activity.field):
                second, fourth = (values.scalar(derivation.saddle_point.moment(operator.weight**n, p)) for n in (2, 4))
                observables[name] = Observable(operator.field.name, second, fourth, of.size)
    if not observables:
        raise Unsupported(f"ensemble {derivation.ensemble.name!r} declares nothing to observe of its neurons")
    return observables


def _parameters(formula: Formula) -> list[str]:
    return [name for name, info in formula.symbols.items() if info.kind == "parameter"]


class Numbers(Mapping[str, float]):
    """The numbers behind the parameters of formulas, by name.

    Parameters
    ----------
    values : Values
    needed : set of str
        Names that an error lists where one is missing.
    """

    def __init__(self, values: Values, needed: frozenset[str]) -> None:
        self._values, self._needed = values, needed
        self._known: dict[str, float] = {}

    def __getitem__(self, name: str) -> float:
        if name not in self._known:
            self._known[name] = self._values.number(name, sorted(self._needed))
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def of(self, expr: Any) -> float:
        """Return the number behind an expression."""
        return float(expr.subs({s: self[s.name] for s in expr.free_symbols}))


class Derived:
    """The derivation of an ensemble with its formulas and kernels, each made when first asked for and kept."""

    _known: ClassVar[dict[int, Derived]] = {}

    def __init__(self, ensemble: GaussianEnsemble) -> None:
        self.derivation = derive(ensemble)
        self._kernels: dict[str, Kernel] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Derived.of, (self.derivation.ensemble,)  # another process derives it again

    @classmethod
    def of(cls, ensemble: GaussianEnsemble) -> Derived:
        """Return the derivation of this very object, so that parameters can be varied without deriving again."""
        # By identity: an ensemble contains dicts. The derivation holds it, so its id is not given to another.
        derived = cls._known.pop(id(ensemble), None) or cls(ensemble)
        cls._known[id(ensemble)] = derived
        while len(cls._known) > MAX_DERIVATIONS:
            del cls._known[next(iter(cls._known))]
        return derived

    @cached_property
    def with_means(self) -> Derived:
        """The same, of neurons that differ by the static field that each of them keeps where φ is not odd."""
        return Derived(differing(self.derivation.ensemble))

    def formula(self, observable: str) -> Formula:
        """Return the formula for Ψ of an observable."""
        return self.derivation.four_point(observable)

    def kernel(self, observable: str) -> Kernel:
        """Return the formula of an observable, compiled.

        Raises
        ------
        Unsupported
            If it contains means of several parameters.
        """
        if observable not in self._kernels:
            formula = self.formula(observable)
            means = [i.definition for i in formula.symbols.values() if i.kind == "moment" and not i.two_time]
            if means:
                raise Unsupported(
                    f"Psi of {observable!r} contains {means[0]}: means of several parameters are not solved"
                )
            self._kernels[observable] = compiled(formula)
        return self._kernels[observable]


def differing(ensemble: GaussianEnsemble) -> GaussianEnsemble:
    """Return an ensemble whose activities differ from neuron to neuron, all else as it is."""
    populations = {
        p.name: p if p.linear else replace(p, heterogeneous=(p.activity_name,)) for p in ensemble.populations
    }

    def of(matrix: GaussianMatrix) -> GaussianMatrix:
        return replace(matrix, rows=populations[matrix.rows.name], columns=populations[matrix.columns.name])

    return replace(
        ensemble,
        populations=tuple(populations.values()),
        couplings=tuple(replace(c, matrix=of(c.matrix)) for c in ensemble.couplings),
        covariances=tuple(replace(c, first=of(c.first), second=of(c.second)) for c in ensemble.covariances),
    )


def _is_one_population(ensemble: GaussianEnsemble) -> bool:
    """Say if an ensemble is solved as a network is: N neurons, observed by "x" and "phi" and nothing else."""
    neurons = [p for p in ensemble.populations if not p.linear]
    fields = {name: (o.field.name, o.weight) for name, o in ensemble.observables.items()}
    return len(neurons) == 1 and neurons[0].size == 1 and fields == {"phi": ("phi", 1), "x": ("x", 1)}
