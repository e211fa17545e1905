"""Neurons with self-feedback: sampled networks agree with the theory, and not with wrong ones.

Networks differ by more than estimates do, so errors come from their spread, extrapolated in 1/N; the theory's own
standard error counts. Seeds are fixed: 0, 1, … at every size. Sizes have N·PR of about 10 or more where dimensions are
compared.
"""

from dataclasses import dataclass, field
from functools import cache

import pytest

import mftheory as mf
from mftheory.comparison.statistics import Point, compare
from mftheory.results import Theory
from mftheory.results.comparison import STANDARD_ERRORS
from mftheory.results.extrapolate import Linear, intercept, sizes_of
from mftheory.theory.problem import Problem
from mftheory.theory.self_feedback.received_field import ReceivedField
from mftheory.theory.self_feedback.solver import Solver
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.solution import at_sampled

pytestmark = pytest.mark.statistical


@dataclass(frozen=True)
class Case:
    """A network, how many of which sizes are simulated, and how precisely the theory is solved."""

    network: mf.Network
    sizes: tuple[tuple[int, int], ...]
    target: float
    observable: str = "phi"
    simulation: tuple[tuple[str, float], ...] = field(default=(("trajectories", 16), ("duration", 60.0)))


def symmetric(nonlinearity: mf.Nonlinearity, symmetry: float) -> mf.Network:
    return mf.Network(mf.PartiallySymmetric(3.0, symmetry), nonlinearity)


def overlapping(amplitude: float, gains: mf.Gains | None = None) -> mf.Network:
    return mf.Network(mf.RandomMode.exponential(6.0, 0.8, overlap_amplitude=amplitude), gains=gains)


SMALL, LARGE = ((250, 16), (500, 12)), ((500, 24), (1000, 16), (2000, 8))
FEW_DIMENSIONS = ((1000, 20), (2000, 12))  # symmetry -0.5 has N·PR = 2 at N = 250
BRIEF = {
    "symmetry 0.5, erf": Case(symmetric(mf.Erf(), 0.5), SMALL, 0.03),
    "symmetry -0.3, erf": Case(symmetric(mf.Erf(), -0.3), SMALL, 0.03),
    "symmetry 0.3, tanh": Case(symmetric(mf.Tanh(), 0.3), SMALL, 0.03),
    "symmetry -0.5, tanh": Case(symmetric(mf.Tanh(), -0.5), ((500, 12), (1000, 6)), 0.03),
    "overlaps 0.4": Case(overlapping(0.4), ((400, 12), (800, 8)), 0.02),
    "overlaps -0.4": Case(overlapping(-0.4), ((400, 12), (800, 8)), 0.02),
    "overlaps 0.3, gains": Case(overlapping(0.3, mf.Gains.exponential(pr=0.5)), ((500, 8), (1000, 6)), 0.05),
}
QUICK = ("symmetry 0.5, erf", "symmetry -0.3, erf", "overlaps 0.4", "overlaps 0.3, gains")
"""Both ensembles, both signs and gains; the others take as long again."""
THOROUGH = {
    **{
        f"symmetry {symmetry}, {name}": Case(
            symmetric(phi, symmetry), FEW_DIMENSIONS if symmetry == -0.5 else LARGE, 0.01
        )
        for symmetry in (-0.5, -0.3, 0.3, 0.5)
        for name, phi in (("erf", mf.Erf()), ("tanh", mf.Tanh()))
    },
    **{f"overlaps {amplitude}": Case(overlapping(amplitude), LARGE, 0.005) for amplitude in (-0.4, 0.4)},
    "overlaps 0.3, gains": Case(overlapping(0.3, mf.Gains.exponential(pr=0.5)), LARGE, 0.01),
}
ALL = {**{f"thorough: {name}": case for name, case in THOROUGH.items()}, **BRIEF}


@cache
def theory_of(name: str) -> Theory:
    return mf.solve(ALL[name].network, target=ALL[name].target, seed=1)


@cache
def records_of(name: str) -> list[dict]:
    case = ALL[name]
    return [
        mf.simulate(case.network, n, seed, **dict(case.simulation)).record("phi")
        for n, networks in case.sizes
        for seed in range(networks)
    ]


def each(names) -> list:
    return [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in names]


def variance_of(name: str) -> Linear:
    """C^φ(0) of the networks at N → ∞."""
    return intercept(sizes_of([(record["n"], record["two_point"]) for record in records_of(name)]))


def dimension_z(name: str, dimension: float, error: float) -> float:
    return compare([Point(dimension, records_of(name), theory_error=error)]).z_scores[0]


def variance_z(name: str, variance: float, error: float) -> float:
    return variance_of(name).z(variance, error)


def check(name: str) -> None:
    """C^φ(0) of networks and, where they have enough dimensions, their dimension, within 3 combined standard errors."""
    theory = theory_of(name)
    variance, error = float(theory.C("phi", 0.0)), float(theory.C_error("phi", 0.0))
    z = variance_z(name, variance, error)
    assert abs(z) <= STANDARD_ERRORS, (variance_of(name), variance, error, z)
    if enough_dimensions(name):
        z = dimension_z(name, theory.dimension("phi"), theory.dimension_error("phi"))
        assert abs(z) <= STANDARD_ERRORS, (theory.dimension("phi"), theory.dimension_error("phi"), z)


def enough_dimensions(name: str) -> bool:
    # 8.8 and 9.0 at N = 250 with symmetry -0.3 and 0.5 of erf; 4 at N = 500 with symmetry -0.5 of tanh.
    return theory_of(name).number_of_dimensions(ALL[name].sizes[0][0]) > 8


@pytest.mark.parametrize("name", each(BRIEF))
def test_networks_agree(name) -> None:
    check(name)


@pytest.mark.long
@pytest.mark.parametrize("name", THOROUGH)
def test_many_networks_agree(name) -> None:
    check(f"thorough: {name}")


def wrong(name: str, two_point) -> tuple[float, float]:
    """z of C^φ(0) and of the dimension for a wrong solution, known without error."""
    dimension = at_sampled(Problem.of(ALL[name].network), two_point).dimension("phi")
    return variance_z(name, float(two_point.covariance("phi", 0.0)), 0.0), dimension_z(name, dimension, 0.0)


def gaussian(name: str):
    """The solution with x taken as Gaussian: where the solver starts from."""
    solver = Solver(ALL[name].network, Settings(), Sampling())
    return solver.two_point(*solver.start(), solver.no_corrections)


WITHOUT_GAINS = [name for name in BRIEF if "gains" not in name]


@pytest.mark.parametrize("name", each(WITHOUT_GAINS))
def test_gaussian_neurons_are_told_from_these(name) -> None:
    """The comparison has power: without what sampling adds to it, the solution fails.

    Seen: z of C^φ(0) from 3.3 (symmetry -0.5) to 8.8 (symmetry 0.5); of the single point with gains, 2.5.
    """
    variance, dimension = wrong(name, gaussian(name))
    assert max(abs(variance), abs(dimension) if enough_dimensions(name) else 0.0) > STANDARD_ERRORS


@pytest.mark.parametrize("name", each(BRIEF))
def test_the_sign_of_the_feedback_is_told(name, monkeypatch) -> None:
    """Seen: z of C^φ(0) from 4.4 (gains) to 12."""
    right = ReceivedField.__call__

    def reversed_feedback(self, C, S):
        Q, K = right(self, C, S)
        return Q, -K

    monkeypatch.setattr(ReceivedField, "__call__", reversed_feedback)
    variance, _ = wrong(name, gaussian(name))
    assert abs(variance) > STANDARD_ERRORS
