"""The input of a neuron: the spectrum Q of its cavity field, the kernel R of its self-feedback ([H16], [48, 49]).

Neuron i sends G_i φ_i. It receives a Gaussian η of spectrum Q, and R G_i φ_i, its own past fed back by the others. The
expressions for Q and R are those that the engine derives for the ensemble. Q is proportional to ⟨G² C⟩ over neurons.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import CondensedModes
from mftheory.network import Network, RandomMode
from mftheory.theory.condensation import named, refuse_condensed
from mftheory.theory.self_feedback.received_field import ReceivedField
from mftheory.theory.self_feedback.representative_gains import GainGroups
from mftheory.theory.self_feedback.representative_modes import RepresentativeModes

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
    """Return the spectrum Q of a neuron's Gaussian input and the kernel R of its self-feedback.

    Parameters
    ----------
    network : Network
        Its D, ρ, G or g, σ are averaged over: arrays exactly as they stand, named laws in their limit.
    omega : array of shape (k,)
        Frequencies, radians per time constant.
    C, S : array of shape (k,), or (k, n) where neurons differ
        C^φ and S^φ; S is the response to the field, with the self-coupling in effect.
    gains : array of shape (n,)
        G of the neurons that (k, n) arrays belong to.

    Raises
    ------
    CondensedModes
        Where 1 - Dρ s has lost its stability, with the mode; or where the network as a whole has, with the frequency.

    Examples
    --------
    >>> import numpy as np, mftheory as mf
    >>> from mftheory.theory.one_network.cavity_field import cavity_field
    >>> net = mf.Network(mf.PartiallySymmetric(1.0, -0.5))
    >>> cavity_field(net, np.zeros(1), np.array([2.0]), np.array([0.6 + 0j]), np.ones(10))
    CavityField(Q=array([2.]), R=array([-0.3+0.j]))
    """
    mean_response = _neuron_mean(network, S, gains, 1)
    if isinstance(network.connectivity, RandomMode):
        _, d, rho = network.connectivity.mode_law()
        refuse_condensed(d, rho, omega, mean_response)
    per_power, R = _per_unit_power(network, S, gains)
    loop_gain = per_power * _neuron_mean(network, np.abs(S) ** 2, gains, 2)
    if np.any(loop_gain >= 1):
        k = int(np.argmax(loop_gain))
        mode = ""
        if isinstance(network.connectivity, RandomMode):
            weight, d, rho = network.connectivity.mode_law()
            worst = int(np.argmax(weight * d**2 / np.abs(1.0 - d * rho * mean_response[k]) ** 2))
            mode = f" (most of it from modes with {named(d[worst], rho[worst])})"
        raise CondensedModes(
            f"S at omega = {omega[k]:g}: the linear network of this response is unstable: "
            f"⟨G²|S|²⟩ Q/⟨G²C⟩ = {loop_gain[k]:.4g} must be below 1{mode}"
        )
    return CavityField(per_power * _neuron_mean(network, C, gains, 2), R)


def _per_unit_power(network: Network, S: Complex, gains: Array) -> tuple[Array, Complex]:
    """Return Q/⟨G²C⟩, the input spectrum per power sent, and R, each of shape (k,), as derived for the ensemble."""
    if not network.traits.self_feedback:
        k = S.shape[0]
        return np.full(k, network.connectivity.g_eff**2), np.zeros(k, dtype=np.complex128)
    if network.gains is None:  # neurons are told apart by their gains alone
        S = S if S.ndim == 1 else S.mean(axis=1)
        weights, G = np.ones(1), np.ones(1)
    elif S.ndim == 1:
        weights, G = network.gain_law()
    else:
        weights, G = np.full(gains.size, 1.0 / gains.size), gains
    field = ReceivedField.of(network, GainGroups(weights, G), RepresentativeModes.exactly(network.connectivity))
    responses = np.broadcast_to(S, (G.size, S.size)) if S.ndim == 1 else S.T
    Q, K = field(np.ones(responses.shape), responses)
    strongest = int(np.argmax(G))  # the self-feedback of a neuron is R G_i
    return Q / float(weights @ G**2), K[strongest] / G[strongest]


def _neuron_mean(network: Network, values: NDArray, gains: Array, power: int) -> NDArray:
    """Return ⟨G^p f⟩ at each frequency: over the law of G where all neurons share f, else over the n given neurons."""
    if values.ndim == 1:
        weight, law = network.gain_law()
        return np.asarray(values * float(weight @ law**power))
    return np.asarray(values @ gains**power / gains.size)
