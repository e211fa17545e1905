"""Ensembles declared as a user would."""

import sympy as sp

from mftheory.action import (
    Coupling,
    Covariance,
    GaussianEnsemble,
    GaussianMatrix,
    Parameter,
    Population,
)
from mftheory.action.ensembles import leaky_neurons, mode_latents

g = sp.Symbol("g", positive=True)


def random_mode_on_background() -> GaussianEnsemble:
    """A random-mode network plus an independent i.i.d. background of variance g²/N."""
    x, z = leaky_neurons(), mode_latents()
    (D,) = z.parameters
    left, right = GaussianMatrix("l", x, z), GaussianMatrix("r", x, z)
    J = GaussianMatrix("J", x, x)
    return GaussianEnsemble(
        "random-mode-on-background",
        (x, z),
        (
            Coupling(left, x.response, z.state),
            Coupling(right, x.activity, D * z.response),
            Coupling(J, x.response, x.activity),
        ),
        (Covariance(left, left, 1), Covariance(right, right, 1), Covariance(J, J, g**2)),
    )


def with_overlaps() -> GaussianEnsemble:
    """Random modes whose l_a and r_a covary by ρ_a/N, without letters for its moments."""
    x = leaky_neurons()
    D, rho = Parameter("D", "r"), Parameter("rho", "rho")
    z = Population("latents", "z", size=sp.Symbol("alpha", positive=True), parameters=(D, rho), index="a")
    left, right = GaussianMatrix("l", x, z), GaussianMatrix("r", x, z)
    return GaussianEnsemble(
        "overlaps",
        (x, z),
        (Coupling(left, x.response, z.state), Coupling(right, x.activity, D * z.response)),
        (Covariance(left, left, 1), Covariance(right, right, 1), Covariance(left, right, rho.symbol)),
    )
