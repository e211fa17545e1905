"""Ensembles declared as a user would."""

from dataclasses import replace

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
from mftheory.action.built_in import heterogeneous, leaky_neurons, mode_latents

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


def modes(name: str, z: Population, *between: tuple[str, str, sp.Expr]) -> GaussianEnsemble:
    """Random modes with the given latents, whose first parameter is D; and covariances of l and r besides."""
    x = leaky_neurons()
    matrices = {side: GaussianMatrix(side, x, z) for side in "lr"}
    return GaussianEnsemble(
        name,
        (x, z),
        (
            Coupling(matrices["l"], x.response, z.state),
            Coupling(matrices["r"], x.activity, z.parameters[0] * z.response),
        ),
        (
            *(Covariance(m, m, 1) for m in matrices.values()),
            *(Covariance(matrices[first], matrices[second], value) for first, second, value in between),
        ),
    )


def with_overlaps() -> GaussianEnsemble:
    """Random modes whose l_a and r_a covary by ρ_a/N, without letters for its moments."""
    D, rho = Parameter("D", "r"), Parameter("rho", "rho")
    z = Population("latents", "z", size=sp.Symbol("alpha", positive=True), parameters=(D, rho), index="a")
    return modes("overlaps", z, ("l", "r", rho.symbol))


def self_coupled_latents(overlaps: bool = True) -> GaussianEnsemble:
    """Random modes, with overlaps or not, whose latents drive each other: z_a = D_a (Σ_j r_aj φ_j + Σ_b B_ab z_b)."""
    D, rho = Parameter("D", "r"), Parameter("rho", "rho")
    z = Population("latents", "z", size=sp.Symbol("alpha", positive=True), parameters=(D, rho), index="a")
    alone = modes("self-coupled latents", z, *([("l", "r", rho.symbol)] if overlaps else []))
    B = GaussianMatrix("B", z, z)
    return replace(
        alone,
        couplings=(*alone.couplings, Coupling(B, D * z.response, z.state)),
        covariances=(*alone.covariances, Covariance(B, B, sp.Symbol("b", positive=True) ** 2)),
    )


def latents_in_a_circle() -> GaussianEnsemble:
    """Neurons that reach each other through y and z, which drive each other; y is slow, and has noise."""
    x = leaky_neurons()
    y = Population("ys", "y", size=sp.Symbol("beta", positive=True), inverse_transfer=1 + 2 * sp.I * omega, noise=g**2)
    z = mode_latents()
    (D,) = z.parameters
    r, A, B, C = (
        GaussianMatrix(name, rows, columns)
        for name, rows, columns in (("r", y, x), ("A", y, z), ("B", z, y), ("C", x, z))
    )
    return GaussianEnsemble(
        "latents in a circle",
        (x, y, z),
        (
            Coupling(r, y.response, x.activity),
            Coupling(A, y.response, D * z.state),
            Coupling(B, D * z.response, y.state),
            Coupling(C, x.response, z.state),
        ),
        (*(Covariance(m, m, 1) for m in (r, C)), *(Covariance(m, m, sp.Rational(1, 2)) for m in (A, B))),
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


def noisy() -> GaussianEnsemble:
    """Reciprocal couplings and independent noise of a given spectrum."""
    x = replace(leaky_neurons(), noise=sp.Symbol("noise", positive=True))
    J = GaussianMatrix("J", x, x)
    sigma = sp.Symbol("sigma", real=True)
    covariances = (Covariance(J, J, g**2), Covariance(J, J, sigma, transposed=True))
    return GaussianEnsemble("noisy", (x,), (Coupling(J, x.response, x.activity),), covariances)


def unequal_neurons() -> GaussianEnsemble:
    """Noise, time constant and gain of each neuron; the gain goes with the noise, the readout with neither."""
    s, tau, G, w = Parameter("s", "s"), Parameter("tau", "tau"), Parameter("G", "q"), Parameter("w", "w", True)
    x = Population(
        "neurons",
        "x",
        "phi",
        inverse_transfer=1 + sp.I * omega * tau.symbol,
        parameters=(s, tau, G, w),
        noise=s.symbol**2 / (1 + omega**2),
    )
    J = GaussianMatrix("J", x, x)
    return GaussianEnsemble(
        "unequal-neurons",
        (x,),
        (Coupling(J, x.response, G * x.activity),),
        (Covariance(J, J, g**2),),
        observables={"phi": x.activity, "x": x.state, "readout": w * x.activity},
    )


def noise_of_each_neuron() -> GaussianEnsemble:
    """σ_i differs, drawn independently of all else; nothing else does."""
    s = Parameter("s", "s", independent=True)
    x = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega, parameters=(s,), noise=s.symbol**2)
    J = GaussianMatrix("J", x, x)
    return GaussianEnsemble("noise", (x,), (Coupling(J, x.response, x.activity),), (Covariance(J, J, g**2),))


def unequal_latents() -> GaussianEnsemble:
    """Random modes with overlaps; latents have time constants and noise of their own, and D independent of these."""
    D, rho, tau = Parameter("D", "r", independent=True), Parameter("rho", "rho"), Parameter("tau", "tau")
    z = Population(
        "latents",
        "z",
        size=sp.Symbol("alpha", positive=True),
        inverse_transfer=1 + sp.I * omega * tau.symbol,
        parameters=(D, rho, tau),
        noise=tau.symbol**2,
        index="a",
    )
    return modes("unequal-latents", z, ("l", "r", rho.symbol))


def slow_latents() -> GaussianEnsemble:
    """Modes without overlaps whose latents have time constants of their own."""
    D, tau = Parameter("D", "r"), Parameter("tau", "tau")
    size = sp.Symbol("alpha", positive=True)
    transfer = 1 + sp.I * omega * tau.symbol
    z = Population("latents", "z", size=size, inverse_transfer=transfer, parameters=(D, tau), index="a")
    return modes("slow-latents", z)


def reciprocal_and_different() -> GaussianEnsemble:
    """Reciprocal couplings between neurons whose nonlinearity differs, so that all of a neuron's functions do."""
    x = heterogeneous().population("neurons")
    J = GaussianMatrix("J", x, x)
    covariances = (Covariance(J, J, g**2), Covariance(J, J, sp.Symbol("sigma", real=True), transposed=True))
    return GaussianEnsemble("reciprocal", (x,), (Coupling(J, x.response, x.activity),), covariances)


def weighted_inputs() -> GaussianEnsemble:
    """Independent of each other, the weights with which a neuron receives and with which it sends."""
    a, b = Parameter("a", "a", independent=True), Parameter("b", "b", independent=True)
    x = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega, parameters=(a, b))
    J = GaussianMatrix("J", x, x)
    covariances = (Covariance(J, J, g**2), Covariance(J, J, sp.Symbol("sigma", real=True), transposed=True))
    return GaussianEnsemble("weighted", (x,), (Coupling(J, a * x.response, b * x.activity),), covariances)
