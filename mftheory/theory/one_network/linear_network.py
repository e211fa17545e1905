"""The linear network with the same J and the same covariances (theory §6; [C26], [SH25], [HS22]).

Single neurons obey x_i = H (η_i + R G_i φ_i + σ ζ_i): η is the cavity field, what neuron i would receive if it were
silent, and ζ its white noise. To leading order in 1/N its activity follows the field linearly, up to what is
independent between neurons,

    φ_i = S_i η_i + ν_i,   ⟨ν_i η_i*⟩ = 0,   |ν_i|² = C_i - |S_i|² Q,

because C^{φη} = S Q for a Gaussian field. All it receives from others is h_i = Σ_j J_ij G_j φ_j = η_i + R G_i φ_i, so

    φ = S̃ J G φ + ξ,   S̃_i = S_i/(1 + R G_i S_i),   |ξ_i|² = n_i = (C_i - |S_i|² Q)/|1 + R G_i S_i|²,
    ⟨φ φ†⟩ = W diag(n) W†,   W = (1 - S̃ J G)⁻¹.

The other observables follow without approximation: G φ and w φ are products, and x = H (J G φ + σ ζ) with
⟨ζ φ†⟩ = σ F†, F = W S̃, gives ⟨x x†⟩ = |H|² (J G ⟨φ φ†⟩ G Jᵀ + σ² (1 + J G F + F† G Jᵀ)).
Q and R: `mftheory.theory.one_network.cavity_field`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory import checks
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.network import Given, Leaky, Network, memory
from mftheory.network.couplings import Couplings, Dense
from mftheory.progress import tracked
from mftheory.results import Theory
from mftheory.results.diagnosis import Diagnosis
from mftheory.results.linear_equivalent import LinearEquivalent
from mftheory.theory.one_network.cavity_field import CavityField
from mftheory.theory.one_network.equal_times import BYTES_PER_COUPLING, Eigenbasis, OneNetwork, leaky_response
from mftheory.theory.one_network.linear_propagator import covariance, propagator
from mftheory.theory.one_network.one_network_register import EQUAL_TIMES, FIELD, LINEAR_EQUIVALENT, OF_ONE_J, RESOLVE

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ROUNDING = 1e-12
"""Relative rounding error of n = C - |S|²Q, which may be negative by it where |S|²Q is nearly all of C."""


@checked_call
def linear_equivalent(
    network: Network | ArrayLike,
    n: int | None = None,
    seed: int | None = None,
    omega: ArrayLike = 0.0,
    *,
    C: ArrayLike | None = None,
    S: ArrayLike | None = None,
    Q: ArrayLike | None = None,
    R: ArrayLike | None = None,
    couplings: ArrayLike | None = None,
    resolve: bool = False,
    progress: bool = False,
) -> LinearEquivalent:
    """Cross spectra C_ij(ω) of one J, predicted by the linear network that has the same ones at large N.

    Parameters
    ----------
    network : Network or array of shape (n, n)
        The ensemble; or a J of no known ensemble, for which C and S must be given: ``Network(Given(J))``, or the array
        (with gains in it).
    n, seed : int
        Which J of an ensemble: ``network.connectivity.sample(n, seed)``, with the gains of n neurons.
    omega : array_like of shape (k,)
        Frequencies, radians per time constant. Include 0 if modes may condense: it is looked at only where asked.
    C, S : array_like, optional
        C^φ(ω), real and above or equal 0, and S^φ(ω), complex, the response of φ to the neuron's field: numbers, of
        shape (k,), or of shape (k, n) where neurons differ. By default those of `mftheory.solve`.
    Q, R : array_like, optional
        Spectrum of the cavity field and kernel of the self-coupling, numbers or of shape (k,). By default those of the
        ensemble's saddle point at C and S; for a J of no known ensemble Q = (1/N) Σ_ij J_ij² C_j and R = 0, as for
        independent couplings.
    couplings : array_like of shape (n, n), optional
        A J, without gains, to use instead of a sampled one, with the network's order parameters and gains of n neurons.
    resolve : bool
        Find the order parameters of this J itself instead of the limit's, where `mftheory.solve` has a theory, without
        noise: chaotic networks adapt to the eigenvalues they have (`mftheory.theory.one_network.equal_times`; ours). It
        takes J to have no reciprocal correlations beyond chance.
    progress : bool
        Show a progress bar.

    Returns
    -------
    LinearEquivalent
        ``.cross_spectra(observable)``, ``.Psi(observable)``, ``.spectrum(observable)``, ``.mismatch``; where C and S
        come from the theory also ``.covariance(observable)``, ``.eigenvalues(observable)``, ``.dimension(observable)``
        with ``.dimension_error(observable)``; ``.trusted`` and ``.warnings`` say whether the theory is for this J.

    Raises
    ------
    InvalidNetwork
        Naming the argument; C and S of a J of no known ensemble, if they are missing; n, if there is too little memory.
    Unsupported
        If C and S are missing and the theory has none (one given J; partial symmetry or overlaps with gains; neurons
        that differ; a φ that is not odd); with `resolve`, also with noise, for neurons that are not leaky, or with
        self-feedback.
    NotConverged
        With `resolve`, if no order parameters are found.
    Quiescent
        If the theory is asked for and the network has no fluctuating state.
    CondensedModes
        If a mode, the ensemble, or this J is linearly unstable at the given order parameters.

    Notes
    -----
    [theory §6] Assumes a stationary fluctuating state, odd φ, N·PR ≫ 1. One decomposition and inverse a frequency,
    of an n × n matrix, or m × m where J has m < n/2 modes: about 0.3 s at n = 1000 on one core. Memory 16 (k + 3) n²
    bytes, with noise 16 (2k + 3) n². `resolve`, and what is asked of equal times, diagonalise J once: some 5 s at
    n = 1000, 80 n² bytes. Readout weights are those of ``mftheory.simulate`` with the same n and seed; without a seed
    there are none.

    The limit's order parameters may not fit a J of a few hundred or thousand neurons, whose largest eigenvalues S
    brings close to 1: ``.mismatch`` tells, and ``.warnings`` name it. At g = 3 the predicted dimensions of single
    networks of 1000 neurons were off by 20% (rms) with them and by 6% with `resolve`; ``.dimension_error`` is for each.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.PartiallySymmetric(1.0, symmetry=0.5))
    >>> found = mf.linear_equivalent(net, n=300, seed=0, omega=[0.0, 0.4], C=[1.0, 0.8], S=[0.5, 0.4 - 0.2j])
    >>> predicted = mf.formula("psi-sym").evaluate(net, C=(1.0, 0.8), S=(0.5, 0.4 - 0.2j)).real
    >>> bool(abs(found.Psi()[0, 1] / predicted - 1) < 0.03)
    True
    >>> found = mf.linear_equivalent(mf.Network(mf.IID(3.0)), n=200, seed=1, resolve=True)
    >>> bool(abs(found.mismatch[0]) < 1e-6), found.covariance("x").shape
    (True, (200, 200))
    """
    frequencies = _frequencies(omega)
    ensemble = network if isinstance(network, Network) else None
    if ensemble is not None:
        OF_ONE_J.choose(ensemble.traits)
    noise = 0.0 if ensemble is None else ensemble.noise
    size = _size(network, n, couplings)
    matrices = (2 if noise > 0 else 1) * frequencies.size  # of n × n complex numbers
    bytes_per_coupling = max(16.0 * (matrices + 3), BYTES_PER_COUPLING if resolve else 0.0)
    memory.check("n", size, bytes_per_coupling * size**2, "covariances of all neurons")
    J, weights = _couplings(network, n, seed, couplings)
    gains = np.ones(J.n) if ensemble is None else ensemble.neuron_gains(J.n)
    theory = _theory(ensemble, C, S)
    if resolve and (theory is None or Q is not None or R is not None):
        raise InvalidNetwork("resolve", resolve, "finds C, S, Q and R for this J: leave them out")

    at_equal_times = None
    if ensemble is not None and theory is not None:
        at_equal_times = EqualTimePrediction(J, ensemble, theory, resolve)
    if resolve and at_equal_times is not None:
        spectra, response, field = _resolved(at_equal_times.one_network, frequencies)
    else:
        spectra, response = _order_parameters(theory, frequencies, C, S, J.n)
        field = _field(ensemble, frequencies, spectra, response, gains, J, Q, R)

    feedback = 1.0 + field.R[:, None] * gains * _columns(response)
    independent = _independent(spectra, response, field.Q, frequencies) / np.abs(feedback) ** 2
    linear = _columns(response) / feedback
    phi = np.empty((frequencies.size, J.n, J.n), dtype=np.complex128)
    responses = np.empty_like(phi) if noise > 0 else None
    for k in tracked(range(frequencies.size), f"linear equivalent n={J.n}", "frequency", progress):
        W = propagator(J, linear[k], float(frequencies[k]))
        if responses is not None:
            responses[k] = W * linear[k]
        phi[k] = covariance(W, independent[k])
    return LinearEquivalent(
        omega=frequencies,
        C=spectra,
        S=response,
        Q=field.Q,
        R=field.R,
        phi=phi,
        weights=weights,
        couplings=J,
        transfer=(Leaky() if ensemble is None else ensemble.dynamics).transfer(frequencies),
        noise=noise,
        responses=responses,
        at_equal_times=at_equal_times,
        network=ensemble,
        seed=seed,
    )


@dataclass(frozen=True, eq=False)
class EqualTimePrediction:
    """Covariances of one J at equal times; J is diagonalised, and its order parameters solved for, when first asked.

    Attributes
    ----------
    J : Couplings
        With gains.
    network : Network
    theory : Theory
        Of the network.
    resolve : bool
        Whether J has order parameters of its own, not those of the theory.
    """

    J: Couplings
    network: Network
    theory: Theory
    resolve: bool

    @cached_property
    def one_network(self) -> OneNetwork:
        """Order parameters of this J at all frequencies."""
        register = RESOLVE if self.resolve else EQUAL_TIMES
        method = register.choose(self.network.traits)
        solution: OneNetwork = method.run(self.network, self.theory, Eigenbasis(self.J.dense()))
        return solution

    def covariance(self, observable: str) -> Array:
        """Return C_ij(τ = 0) of "phi" or "x", shape (n, n); raise as `OneNetwork.equal_time`."""
        return self.one_network.equal_time(observable)

    def diagnosis(self, covariances: Mapping[str, Array]) -> Diagnosis:
        """Return what these covariances of "phi" and "x" say of the assumptions."""
        return self.one_network.diagnosis(covariances, self.J, self.network)


ONE_J = "must be a Network(...), or J as a square array of finite numbers"


def _size(network: Network | ArrayLike, n: int | None, couplings: ArrayLike | None) -> int:
    """Return the number of neurons, before anything is drawn or copied."""
    if not isinstance(network, Network):
        return _length(network)
    if couplings is not None:
        return _length(couplings)
    if isinstance(network.connectivity, Given):
        return network.connectivity.n
    return checks.integer("n", n, at_least=2)


def _length(J: Any) -> int:
    """Return the number of rows; 0 of what is no array, which `_square` refuses."""
    shape = getattr(J, "shape", None)
    try:
        return int(shape[0]) if shape else len(J)
    except TypeError:
        return 0


def _couplings(
    network: Network | ArrayLike, n: int | None, seed: int | None, couplings: ArrayLike | None
) -> tuple[Couplings, dict[str, Array]]:
    """Return J, gains in it, and the weights of the observables w φ."""
    if not isinstance(network, Network):
        if couplings is not None:
            raise InvalidNetwork("couplings", couplings, "is for a Network; a J given first is the one used")
        J: Couplings = Dense(_square("network", network, ONE_J))
    elif couplings is not None:
        J = Dense(_square("couplings", couplings, "must be a square array of finite numbers"))
    elif isinstance(network.connectivity, Given):
        J = network.connectivity.J
        if n not in (None, J.n):
            raise InvalidNetwork("n", n, f"must be {J.n}, the size of the given J, or left out")
        if seed is not None:  # of the readout's weights
            drawn = network.draw(J.n, checks.integer("seed", seed, at_least=0))
            return drawn.couplings, {name: w for name, w in drawn.groups[0].activities.items() if w is not None}
    else:
        n, seed = checks.integer("n", n, at_least=2), checks.integer("seed", seed, at_least=0)
        drawn = network.draw(n, seed)
        return drawn.couplings, {name: w for name, w in drawn.groups[0].activities.items() if w is not None}
    for argument, value, allowed in (("n", n, (None, J.n)), ("seed", seed, (None,))):
        if value not in allowed:
            raise InvalidNetwork(argument, value, "must be left out where J is given")
    if isinstance(network, Network) and network.gains is not None:
        gains = network.neuron_gains(J.n)
        return J.with_gains(gains), {"Phi": gains}
    return J, {}


def _theory(network: Network | None, C: Any, S: Any) -> Theory | None:
    """Return the network's theory where C and S are left out, None where they are given."""
    if C is not None and S is not None:
        return None
    if C is not None or S is not None:
        raise InvalidNetwork("S" if S is None else "C", None, "C and S must be given together")
    if network is None:
        raise InvalidNetwork("C", None, "C and S must be given: a J of no known ensemble has no theory")
    theory: Theory = LINEAR_EQUIVALENT.choose(network.traits).run(network)
    return theory


def _resolved(network: OneNetwork, omega: Array) -> tuple[Array, Complex, CavityField]:
    """Return C^φ, S^φ and the Q that goes with n(ω), of one J, each of shape (k,)."""
    spectra, response = network.activity(omega), leaky_response(network.gain, omega)
    total, _ = network.basis.powers(response)
    Q = spectra * (1.0 - 1.0 / total) / np.abs(response) ** 2
    return spectra, response, CavityField(Q, np.zeros_like(response))


def _order_parameters(
    theory: Theory | None, omega: Array, C: ArrayLike | None, S: ArrayLike | None, n: int
) -> tuple[Array, Complex]:
    """Return C^φ and S^φ, each of shape (k,) or (k, n): as given, or from the theory."""
    if theory is not None:
        return theory.spectrum("phi", omega), theory.S(omega)
    spectra = _at_frequencies("C", C, omega, n)
    if np.any(spectra.imag != 0) or np.any(spectra.real < 0):
        raise InvalidNetwork("C", C, "must be real and not negative: a power spectrum")
    return spectra.real, _at_frequencies("S", S, omega, n)


def _field(
    network: Network | None,
    omega: Array,
    C: Array,
    S: Complex,
    gains: Array,
    J: Couplings,
    Q: ArrayLike | None,
    R: ArrayLike | None,
) -> CavityField:
    """Return Q and R as given, otherwise of the ensemble's saddle point, or as if couplings were independent."""
    none = np.zeros(omega.size, dtype=np.complex128)
    if network is None:
        power = np.mean(J.dense() ** 2, axis=0)
        field = CavityField(np.broadcast_to(_columns(C), (omega.size, J.n)) @ power, none)
    elif Q is not None and R is not None and FIELD.methods[0].needs(network.traits):
        field = CavityField(none.real, none)  # nothing is derived, and both are given
    else:
        field = FIELD.choose(network.traits).run(network, omega, C, S, gains)
    spectrum = field.Q if Q is None else _at_frequencies("Q", Q, omega)
    if np.any(np.imag(spectrum) != 0) or np.any(np.real(spectrum) < 0):
        raise InvalidNetwork("Q", Q, "must be real and not negative: a power spectrum")
    return CavityField(np.real(spectrum), field.R if R is None else _at_frequencies("R", R, omega))


def _independent(C: Array, S: Complex, Q: Array, omega: Array) -> Array:
    """Return C - |S|²Q, of shape (k, 1) or (k, n), not negative."""
    explained = np.abs(_columns(S)) ** 2 * Q[:, None]
    noise = _columns(C) - explained
    wrong = noise < -ROUNDING * explained
    if np.any(wrong):
        k = int(np.argmax(wrong.any(axis=1)))
        c, e = (float(np.broadcast_to(v, wrong.shape)[k][wrong[k]][0]) for v in (_columns(C), explained))
        raise InvalidNetwork(
            "C", c, f"must be at least |S|²Q = {e:.6g} at omega = {omega[k]:g}: a response explains it"
        )
    return np.asarray(np.maximum(noise, 0.0))


def _columns(values: NDArray[Any]) -> NDArray[Any]:
    """Return an array of shape (k,) as (k, 1), one of shape (k, n) as it is."""
    return values[:, None] if values.ndim == 1 else values


def _frequencies(omega: ArrayLike) -> Array:
    """Return frequencies as an array of shape (k,), or refuse them."""
    allowed = "must be finite real numbers, one or a one-dimensional array of them"
    try:
        array = np.atleast_1d(np.asarray(omega, dtype=np.float64))
    except (TypeError, ValueError):
        raise InvalidNetwork("omega", omega, allowed) from None
    if array.ndim != 1 or array.size == 0 or not np.all(np.isfinite(array)):
        raise InvalidNetwork("omega", omega, allowed)
    return array


def _at_frequencies(argument: str, values: Any, omega: Array, n: int | None = None) -> Complex:
    """Return values at each frequency, of shape (k,) or (k, n), or refuse them."""
    k = omega.size
    shapes = [(k,)] if n is None else [(k,), (k, n)]
    allowed = f"must be finite numbers: one, or of shape {' or '.join(map(str, shapes))}"
    try:
        array = np.asarray(values, dtype=np.complex128)
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, values, allowed) from None
    if array.ndim == 0:
        array = np.full(k, array)
    if array.shape not in shapes or not np.all(np.isfinite(array)):
        raise InvalidNetwork(argument, values, allowed)
    return array


def _square(argument: str, values: Any, allowed: str) -> Array:
    """Return a square matrix, or refuse what is none."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, values, allowed) from None
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.shape[0] < 2 or not np.all(np.isfinite(array)):
        raise InvalidNetwork(argument, values, allowed)
    return array
