"""The built-in ensembles, as populations, operators and Gaussian matrices, and nothing else (theory §2).

An ensemble of couplings and the neurons that it couples are declared apart and combined: every ensemble exists with
and without gains.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import sympy as sp

from mftheory.action.disorder import Coupling, Covariance, GaussianEnsemble, GaussianMatrix
from mftheory.action.fields import Operator, Parameter, Population, omega
from mftheory.network.network import HETEROGENEOUS, UNEQUAL

g, g_eff = sp.Symbol("g", positive=True), sp.Symbol("g_eff", positive=True)
alpha, kappa = sp.Symbol("alpha", positive=True), sp.Symbol("kappa", nonnegative=True)
r2, r4 = sp.Symbol("r_2", positive=True), sp.Symbol("r_4", positive=True)
q2, q4 = sp.Symbol("q_2", positive=True), sp.Symbol("q_4", positive=True)
PR_G = sp.Symbol("PR_G", positive=True)

MEANINGS = {
    "g": "coupling strength, ⟨J_ij²⟩ = g²/N",
    "sigma": "⟨J_ij J_ji⟩ = σ/N",
    "alpha": "modes per neuron",
    "g_eff": "effective coupling strength √(α⟨D²⟩)",
    "kappa": "inverse effective rank 1/(α PR_D) = ⟨D⁴⟩/(α⟨D²⟩²)",
    "q_2": "mean squared gain ⟨G²⟩",
    "PR_G": "participation ratio of the gains ⟨G²⟩²/⟨G⁴⟩",
}


def leaky_neurons(gains: bool = False) -> Population:
    """Declare leaky units (1 + ∂_t) x = input, with activity φ(x); with gains also G and an independent readout w."""
    parameters = (Parameter("G", "q"), Parameter("w", "q", independent=True, law_of="G")) if gains else ()
    return Population(
        "neurons", "x", "phi", inverse_transfer=1 + sp.I * omega, parameters=parameters, latex={"phi": r"\phi"}
    )


def mode_latents(overlaps: bool = False) -> Population:
    """Declare one latent z_a = D_a Σ_i r_ia φ_i for each of the αN modes; with overlaps, each has a ρ_a."""
    parameters = (Parameter("D", "r"), Parameter("rho", "rho")) if overlaps else (Parameter("D", "r"),)
    return Population("latents", "z", size=alpha, parameters=parameters, index="a")


def drive(x: Population) -> Operator:
    """Return the output that a neuron sends to others: φ(x), or G φ(x)."""
    return x.parameters[0] * x.activity if x.parameters else x.activity


def iid(x: Population) -> GaussianEnsemble:
    """Declare independent couplings of variance g²/N: [two-point], [F15], [psi-iid], [psi-x-iid]."""
    J = GaussianMatrix("J", rows=x, columns=x)
    return _ensemble(
        "iid",
        (x,),
        (Coupling(J, x.response, drive(x)),),
        (Covariance(J, J, g**2),),
        definitions={g_eff: g * sp.sqrt(q2)} if x.parameters else {},
        labels={"phi": "psi-iid", "x": "psi-x-iid"},
        citation="[CAL23]",
    )


def partially_symmetric(x: Population) -> GaussianEnsemble:
    """Declare couplings of variance g²/N with ⟨J_ij J_ji⟩ = σ/N: [H16], [H18], [psi-sym]."""
    J = GaussianMatrix("J", rows=x, columns=x)
    sigma = sp.Symbol("sigma", real=True)
    return _ensemble(
        "partially-symmetric",
        (x,),
        (Coupling(J, x.response, drive(x)),),
        (Covariance(J, J, g**2), Covariance(J, J, sigma, transposed=True)),
        labels={"phi": "psi-sym"},
        citation="[CMvML25]",
    )


def random_mode(x: Population) -> GaussianEnsemble:
    """Declare J = Σ_a D_a l_a r_aᵀ, l and r independent of variance 1/N: [two-point], [I20], [psi-rmm], [psi-x-rmm]."""
    z = mode_latents()
    (D,) = z.parameters
    left, right = GaussianMatrix("l", rows=x, columns=z), GaussianMatrix("r", rows=x, columns=z)
    gains = {g_eff: sp.sqrt(alpha * r2 * q2)} if x.parameters else {g_eff: sp.sqrt(alpha * r2)}
    return _ensemble(
        "random-mode",
        (x, z),
        (Coupling(left, x.response, z.state), Coupling(right, drive(x), D * z.response)),
        (Covariance(left, left, 1), Covariance(right, right, 1)),
        definitions={**gains, kappa: r4 / (alpha * r2**2)},
        labels={"phi": "psi-rmm", "x": "psi-x-rmm"},
        citation="[CMvML25]",
    )


def random_mode_overlaps(x: Population) -> GaussianEnsemble:
    """Declare random modes of which l_ia and r_ia covary by ρ_a/N: [48, 49], [K29], [psi-overlap]."""
    z = mode_latents(overlaps=True)
    D, rho = (p.symbol for p in z.parameters)
    left, right = GaussianMatrix("l", rows=x, columns=z), GaussianMatrix("r", rows=x, columns=z)
    return _ensemble(
        "random-mode-overlaps",
        (x, z),
        (Coupling(left, x.response, z.state), Coupling(right, drive(x), D * z.response)),
        (Covariance(left, left, 1), Covariance(right, right, 1), Covariance(left, right, rho)),
        moment_names={D**2: "U", D**4: "V", D**2 * rho**2: "W", D**3 * rho: "X"},
        labels={"phi": "psi-overlap"},
        citation="[CMvML25]",
    )


def heterogeneous() -> GaussianEnsemble:
    """Declare random modes between neurons whose nonlinearity Φ_θ differs; φ is a further activity, the same for all.

    [J9], [J11], [psi-het], [J16].
    """
    return _differing(HETEROGENEOUS, ("Phi",), labels={"Phi": "psi-het", "phi": "psi-het-phi"})


def unequal() -> GaussianEnsemble:
    """Declare random modes between neurons that differ in all they have: dynamics, noise, φ_θ, and what they send, Φ_θ.

    Where all of them agree in one of these, its means over neurons are products ([J9], [J11]; ours).
    """
    return _differing(UNEQUAL, ("x", "Phi", "phi"))


def _differing(name: str, differs: tuple[str, ...], **options: Any) -> GaussianEnsemble:
    x = Population(
        "neurons",
        "x",
        "Phi",
        inverse_transfer=1 + sp.I * omega,
        observed=("phi",),
        heterogeneous=differs,
        latex={"phi": r"\phi", "Phi": r"\Phi"},
    )
    declared = random_mode(x)
    return GaussianEnsemble(
        name,
        declared.populations,
        declared.couplings,
        declared.covariances,
        meanings=MEANINGS,
        citation="[CMvML25]",
        **options,
    )


COUPLINGS: dict[str, Callable[[Population], GaussianEnsemble]] = {
    "iid": iid,
    "partially-symmetric": partially_symmetric,
    "random-mode": random_mode,
    "random-mode-overlaps": random_mode_overlaps,
}
GAINS = "+gains"
G_EFF_WITH_GAINS = {"iid": "g√⟨G²⟩", "random-mode": "√(α⟨D²⟩⟨G²⟩)"}


def _declarations(gains: bool) -> dict[str, Callable[[], GaussianEnsemble]]:
    return {
        name + (GAINS if gains else ""): partial(lambda couple: couple(leaky_neurons(gains)), couple)
        for name, couple in COUPLINGS.items()
    }


BUILT_IN: dict[str, Callable[[], GaussianEnsemble]] = {**_declarations(gains=False), **_declarations(gains=True)}


def _ensemble(
    name: str,
    populations: tuple[Population, ...],
    couplings: tuple[Coupling, ...],
    covariances: tuple[Covariance, ...],
    labels: dict[str, str],
    citation: str,
    definitions: dict[sp.Symbol, sp.Expr] | None = None,
    moment_names: dict[sp.Expr, str] | None = None,
) -> GaussianEnsemble:
    """Make the ensemble; with gains, add their names and the observables G φ and w φ."""
    x = populations[0]
    observables = {"phi": x.activity, "x": x.state}
    definitions = definitions or {}
    meanings = MEANINGS
    if x.parameters:
        if name in G_EFF_WITH_GAINS:
            meanings = {**MEANINGS, "g_eff": f"effective coupling strength {G_EFF_WITH_GAINS[name]}"}
        gain, readout = x.parameters
        observables |= {"Phi": gain * x.activity, "readout": readout * x.activity}
        definitions = {**definitions, PR_G: q2**2 / q4, q2: q2}
        name += GAINS
        labels = {observable: f"{label}+gains" for observable, label in labels.items()}
    return GaussianEnsemble(
        name,
        populations,
        couplings,
        covariances,
        observables=observables,
        definitions=definitions,
        moment_names=moment_names or {},
        labels=labels,
        meanings=meanings,
        citation=citation,
    )
