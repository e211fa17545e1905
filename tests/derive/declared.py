"""Ensembles declared as a user would."""

import sympy as sp

from mftheory.action import (
    Coupling,
    Covariance,
    GaussianEnsemble,
    GaussianMatrix,
    Parameter,
    Population,
    omega,
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


def two_populations() -> GaussianEnsemble:
    """E: a random-mode block onto itself; I: i.i.d.; between them i.i.d. blocks. Each with its own nonlinearity."""
    e = Population("E", "x", "phi", inverse_transfer=1 + sp.I * omega)
    i = Population("I", "y", "chi", size=sp.Symbol("beta", positive=True), inverse_transfer=1 + sp.I * omega)
    z = mode_latents()
    (D,) = z.parameters
    left, right = GaussianMatrix("l", e, z), GaussianMatrix("r", e, z)
    ei, ie, ii = GaussianMatrix("X", e, i), GaussianMatrix("Y", i, e), GaussianMatrix("Z", i, i)
    return GaussianEnsemble(
        "two-populations",
        (e, i, z),
        (
            Coupling(left, e.response, z.state),
            Coupling(right, e.activity, D * z.response),
            Coupling(ei, e.response, i.activity),
            Coupling(ie, i.response, e.activity),
            Coupling(ii, i.response, i.activity),
        ),
        (
            Covariance(left, left, 1),
            Covariance(right, right, 1),
            Covariance(ei, ei, sp.Symbol("g_EI", positive=True) ** 2),
            Covariance(ie, ie, sp.Symbol("g_IE", positive=True) ** 2),
            Covariance(ii, ii, sp.Symbol("g_II", positive=True) ** 2),
        ),
    )


def correlated_blocks() -> GaussianEnsemble:
    """Modes in pairs: l of one covaries with r of the other by ρ_12/N and ρ_21/N; of opposite signs, J rotates."""
    x = leaky_neurons()
    names = (("D1", "d"), ("D2", "e"), ("rho12", "a"), ("rho21", "b"))
    D1, D2, rho12, rho21 = (Parameter(name, moments) for name, moments in names)
    size = sp.Symbol("alpha", positive=True) / 2
    blocks = Population("blocks", ("z1", "z2"), size=size, parameters=(D1, D2, rho12, rho21), index="b")
    l1, l2, r1, r2 = (GaussianMatrix(name, x, blocks) for name in ("l1", "l2", "r1", "r2"))
    (z1, z2), (z1_hat, z2_hat) = blocks.states, blocks.responses
    return GaussianEnsemble(
        "correlated-blocks",
        (x, blocks),
        (
            Coupling(l1, x.response, z1),
            Coupling(l2, x.response, z2),
            Coupling(r1, x.activity, D1 * z1_hat),
            Coupling(r2, x.activity, D2 * z2_hat),
        ),
        (
            *(Covariance(m, m, 1) for m in (l1, l2, r1, r2)),
            Covariance(l1, r2, rho12.symbol),
            Covariance(l2, r1, rho21.symbol),
        ),
    )
