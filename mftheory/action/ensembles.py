"""The built-in ensembles, as populations, operators and Gaussian matrices, and nothing else (THEORY.md §2)."""

from collections.abc import Callable

import sympy as sp

from mftheory.action.disorder import Coupling, Covariance, GaussianEnsemble, GaussianMatrix
from mftheory.action.fields import Parameter, Population, omega
from mftheory.errors import InvalidNetwork
from mftheory.network import Network


def leaky_neurons() -> Population:
    """Leaky units (1 + ∂_t) x = input with activity φ(x)."""
    return Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega, index="i", latex={"phi": r"\phi"})


def mode_latents() -> Population:
    """One latent z_a = D_a Σ_i r_ia φ_i for each of the αN modes."""
    alpha = sp.Symbol("alpha", positive=True)
    return Population("latents", "z", size=alpha, parameters=(Parameter("D", "r"),), index="a")


def iid() -> GaussianEnsemble:
    """Independent couplings of variance g²/N."""
    x = leaky_neurons()
    J = GaussianMatrix("J", rows=x, columns=x)
    g = sp.Symbol("g", positive=True)
    return GaussianEnsemble(
        "iid",
        populations=(x,),
        couplings=(Coupling(J, x.response, x.activity),),
        covariances=(Covariance(J, J, g**2),),
        labels={"phi": "psi-iid", "x": "psi-x-iid"},
        meanings={"g": "coupling strength, ⟨J_ij²⟩ = g²/N"},
        citation="[CAL23]",
    )


def random_mode() -> GaussianEnsemble:
    """J = Σ_a D_a l_a r_aᵀ with independent l, r of variance 1/N."""
    x, z = leaky_neurons(), mode_latents()
    (D,) = z.parameters
    left = GaussianMatrix("l", rows=x, columns=z)
    right = GaussianMatrix("r", rows=x, columns=z)
    alpha, r2, r4 = z.size, sp.Symbol("r_2", positive=True), sp.Symbol("r_4", positive=True)
    return GaussianEnsemble(
        "random-mode",
        populations=(x, z),
        couplings=(Coupling(left, x.response, z.state), Coupling(right, x.activity, D * z.response)),
        covariances=(Covariance(left, left, 1), Covariance(right, right, 1)),
        definitions={
            sp.Symbol("g_eff", positive=True): sp.sqrt(alpha * r2),
            sp.Symbol("kappa", nonnegative=True): r4 / (alpha * r2**2),
        },
        labels={"phi": "psi-rmm", "x": "psi-x-rmm"},
        meanings={
            "g_eff": "effective coupling strength √(α⟨D²⟩)",
            "kappa": "inverse effective rank 1/(α PR_D) = ⟨D⁴⟩/(α⟨D²⟩²)",
        },
        citation="[CMvML25]",
    )


BUILT_IN: dict[str, Callable[[], GaussianEnsemble]] = {"iid": iid, "random-mode": random_mode}


def of(network: Network) -> GaussianEnsemble:
    """The declaration of a network's ensemble."""
    if not isinstance(network, Network):
        raise InvalidNetwork("network", network, "must be a Network or a GaussianEnsemble")
    return BUILT_IN[network.ensemble]()
