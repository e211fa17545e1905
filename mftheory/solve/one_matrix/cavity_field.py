"""What a neuron hears: the spectrum Q of its cavity field and the kernel R by which it hears itself ([H16], [48, 49]).

Neuron i sends G_i φ_i. It receives a Gaussian η of spectrum Q, and R G_i φ_i, its own past as the others return it. The
expressions for Q and R are those that the engine derives for the ensemble. Q is proportional to ⟨G² C⟩ over neurons.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import CondensedModes
from mftheory.kernels import committed_site_means
from mftheory.network import Network, RandomMode
from mftheory.solve.ensembles import SELF_FEEDBACK

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class CavityField:
    """The field of every neuron of an ensemble, at k frequencies.

    Attributes
    ----------
    Q : array of shape (k,)
        Spectrum of the field, real.
    R : array of shape (k,)
        Kernel of the self-coupling, complex; a constant part is instantaneous (⟨J_ii⟩ ≠ 0).
    """

    Q: Array
    R: Complex


def cavity_field(network: Network, omega: Array, C: Array, S: Complex, gains: Array) -> CavityField:
    """Q and R of a network's ensemble, at given order parameters.

    Parameters
    ----------
    network : Network
        Whose D, ρ, G or g, σ are averaged over: arrays exactly as they stand, named laws in their limit.
    omega : array of shape (k,)
        Frequencies, radians per time constant.
    C, S : array of shape (k,), or (k, n) where neurons differ
        C^φ and S^φ; S is the response to the field, with the self-coupling in effect.
    gains : array of shape (n,)
        G of the neurons that (k, n) arrays belong to.

    Raises
    ------
    CondensedModes
        Naming the mode, where 1 - Dρ s has lost its stability, or the frequency where the network as a whole has.

    Examples
    --------
    >>> import numpy as np, mftheory as mf
    >>> from mftheory.solve.one_matrix.cavity_field import cavity_field
    >>> net = mf.Network(mf.PartiallySymmetric(1.0, -0.5))
    >>> cavity_field(net, np.zeros(1), np.array([2.0]), np.array([0.6 + 0j]), np.ones(10))
    CavityField(Q=array([2.]), R=array([-0.3+0.j]))
    """
    returned = _neuron_mean(network, S, gains, 1)
    if isinstance(network.connectivity, RandomMode):
        _, d, rho = network.connectivity.mode_law()
        refuse_condensed(d, rho, omega, returned)
    unit, R = _per_unit_power(network, S, gains)
    loop = unit * _neuron_mean(network, np.abs(S) ** 2, gains, 2)
    if np.any(loop >= 1):
        k = int(np.argmax(loop))
        mode = ""
        if isinstance(network.connectivity, RandomMode):
            weight, d, rho = network.connectivity.mode_law()
            worst = int(np.argmax(weight * d**2 / np.abs(1.0 - d * rho * returned[k]) ** 2))
            mode = f" (most of it from modes with {_named(d[worst], rho[worst])})"
        raise CondensedModes(
            f"S at omega = {omega[k]:g}: the linear network of this response is unstable: "
            f"⟨G²|S|²⟩ Q/⟨G²C⟩ = {loop[k]:.4g} must be below 1{mode}"
        )
    return CavityField(unit * _neuron_mean(network, C, gains, 2), R)


def _per_unit_power(network: Network, S: Complex, gains: Array) -> tuple[Array, Complex]:
    """Q/⟨G²C⟩ and R, by the expressions that the engine derives for the ensemble."""
    if network.ensemble not in SELF_FEEDBACK:
        k = S.shape[0]
        return np.full(k, network.connectivity.g_eff**2), np.zeros(k, dtype=np.complex128)
    means = committed_site_means(network.ensemble)
    weights, G = np.full(gains.size, 1.0 / gains.size), gains
    if network.gains is not None and S.ndim == 1:
        weights, G = network.gain_law()
        S = np.broadcast_to(S[:, None], (S.size, G.size))
    known: dict[str, Any] = {"alpha": getattr(network.connectivity, "alpha", None), **network.connectivity.parameters}
    sites: dict[str, Any] = {"G": G}
    share = np.empty(0)
    if isinstance(network.connectivity, RandomMode):
        share, sites["D"], sites["rho"] = network.connectivity.mode_law()
    C = np.ones(S.shape)
    Q, R = means.field(
        C,
        S,
        **{name: known[name] for name in means.parameters},
        **{name: sites[name] for name in means.sites},
        over_modes=lambda values: values @ share,
        over_neurons=lambda values: values @ weights,
    )
    if "G" not in means.sites:
        return np.asarray(Q), np.asarray(R, dtype=np.complex128)
    strongest = int(np.argmax(G))  # a neuron hears itself through R G_i
    return np.asarray(Q) / float(weights @ G**2), np.asarray(R[:, strongest] / G[strongest])


def refuse_condensed(d: Array, rho: Array, omega: Array, returned: Complex) -> None:
    """Raise CondensedModes where a latent z = η^z + Dρ s∘z is unstable, by Nyquist's criterion on what is known of s.

    The curve Dρ s(ω), s(-ω) = s(ω)*, s(∞) = 0, must not go around 1. It is known at the given frequencies and taken
    straight between them; so for s(τ) >= 0, where |s(ω)| <= s(0), ω = 0 alone decides.

    Parameters
    ----------
    d, rho : arrays of shape (M,)
    omega : array of shape (k,)
    returned : array of shape (k,)
        s(ω), the mean response that a mode hears.
    """
    order = np.argsort(np.abs(omega))[::-1]
    upper = np.where(omega < 0, np.conj(returned), returned)[order]
    curve = np.concatenate([[0.0], np.conj(upper), upper[::-1], [0.0]])
    strength = d * rho
    distance = 1.0 - np.multiply.outer(strength, curve)
    # On the segment through 1 the winding is not defined: that is condensation as well.
    real = np.abs(returned.imag) <= 1e-12 * np.abs(returned)
    largest = float(np.max(returned.real[real], initial=0.0))
    smallest = float(np.min(returned.real[real], initial=0.0))
    unstable = np.maximum(strength * largest, strength * smallest) >= 1
    touched = np.any(distance == 0, axis=1)
    distance[touched] = 1.0
    winding = np.sum(np.angle(distance[:, 1:] / distance[:, :-1]), axis=1) / (2 * np.pi)
    unstable |= touched | (np.round(winding) != 0)
    if np.any(unstable):
        worst = int(np.argmax(np.where(unstable, np.abs(strength), 0.0)))
        k = int(np.argmax((strength[worst] * returned).real))
        reached = (strength[worst] * returned[k]).real
        raise CondensedModes(
            f"mode with {_named(d[worst], rho[worst])}: activity condenses on it, "
            f"1 - Dρ S^φ has lost its stability (Dρ S^φ = {reached:.4g} at omega = {omega[k]:g})"
        )


def _named(d: float, rho: float) -> str:
    return f"D = {d:.4g}, overlap = {rho:.4g}"


def _neuron_mean(network: Network, values: NDArray, gains: Array, power: int) -> NDArray:
    """⟨G^p f⟩ at each frequency: over the network's law where all neurons share f, over the n given ones otherwise."""
    if values.ndim == 1:
        weight, law = network.gain_law()
        return np.asarray(values * float(weight @ law**power))
    return np.asarray(values @ gains**power / gains.size)
