"""Ensembles of independently coupled populations, with everything left open."""

from dataclasses import replace

import numpy as np
import sympy as sp

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.action.built_in import mode_latents
from mftheory.network.kinds import Kind
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.class_spectra import ClassSpectra
from mftheory.theory.stationary.classes.class_two_point import ClassTwoPoint, PopulationNames
from mftheory.theory.stationary.classes.continuation import Continuation
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
from mftheory.theory.stationary.classes.field_equations import SelfConsistency
from mftheory.theory.stationary.classes.populations_two_point import populations_two_point

LEAKY = 1 + sp.I * omega


def blocks(names: str, modes: bool = False) -> GaussianEnsemble:
    """Populations of sizes f_p with noise_p, N⟨J_ij²⟩ = w_pq from q to p; with `modes`, modes within the first."""

    def number(name: str) -> sp.Symbol:
        return sp.Symbol(name, nonnegative=True)

    populations = [
        Population(
            p,
            f"x{p}",
            f"phi{p}",
            size=sp.Symbol(f"f{p}", positive=True),
            inverse_transfer=LEAKY,
            noise=number(f"noise{p}"),
        )
        for p in names
    ]
    matrices = [GaussianMatrix(f"J{p.name}{q.name}", p, q) for p in populations for q in populations]
    couplings = [Coupling(m, m.rows.response, m.columns.activity) for m in matrices]
    covariances = [Covariance(m, m, number(f"w{m.rows.name}{m.columns.name}")) for m in matrices]
    if modes:
        first, z = populations[0], mode_latents()
        (D,) = z.parameters
        left, right = GaussianMatrix("l", first, z), GaussianMatrix("r", first, z)
        couplings += [Coupling(left, first.response, z.state), Coupling(right, first.activity, D * z.response)]
        covariances += [Covariance(left, left, 1), Covariance(right, right, 1)]
        populations.append(z)
    return GaussianEnsemble("blocks", tuple(populations), tuple(couplings), tuple(covariances))


def numbers(names: str, sizes, variances, noise=None) -> dict[str, float]:
    """Parameters of `blocks`."""
    given = {f"f{p}": size for p, size in zip(names, sizes, strict=True)}
    given |= {f"w{p}{q}": variances[i][j] for i, p in enumerate(names) for j, q in enumerate(names)}
    return given | {f"noise{p}": (noise[i] if noise is not None else 0.0) for i, p in enumerate(names)}


def part(of_whole: float, variance: float, size: float) -> float:
    """PR^a of a random part of an i.i.d. network's neurons: pairs are fewer, neurons with themselves are not."""
    whole = variance**2 / of_whole
    return variance**2 / (variance**2 + size * (whole - variance**2))


def alike(g, phi, dynamics=None, noise=0.0) -> CoupledPopulations:
    """One population of neurons alike with i.i.d. couplings."""
    neurons = Neurons("neurons", "x", "phi", 1.0, (Kind(1.0, phi, dynamics or mf.Leaky(), noise),))
    return CoupledPopulations((neurons,), np.array([[g * g]]))


def solved(g, phi, dynamics=None, noise=0.0, settings=None):
    """Two-point functions of one population of neurons alike."""
    return populations_two_point(alike(g, phi, dynamics, noise), settings or Settings())


def solved_in_general(g, phi, dynamics=None, noise=0.0, settings=None) -> ClassTwoPoint:
    """The same by the general equations, also close to onset."""
    settings = settings or Settings()
    classes = alike(g, phi, dynamics, noise).classes(settings.average_step)
    solution = Continuation(SelfConsistency(classes, settings, "it")).state()
    return ClassTwoPoint(ClassSpectra.of(classes, solution, settings), (PopulationNames(),))


def mean_square_gain(two_point: ClassTwoPoint) -> float:
    """⟨⟨φ'⟩²⟩ over neurons, ⟨φ'⟩ over time."""
    ones = two_point.response_factors("phi", np.zeros(()))
    gains = replace(ones, of_signal=np.ones(ones.of_signal.shape))
    return float(two_point.over_neurons("phi", [gains, gains]))
