"""`mftheory.predict_covariance`: what the theory says of one given J, whatever ensemble it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.methods import ALIKE, EQUAL, LEAKY, NO_BIAS, ODD, Method, Register
from mftheory.network import Given, Network, Nonlinearity, memory
from mftheory.network.couplings import Couplings
from mftheory.results.diagnosis import Diagnosis
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife_error
from mftheory.results.participation import participation_ratio
from mftheory.results.predicted_covariance import CovarianceSource, PredictedCovariance
from mftheory.theory.one_network.diagnosing import diagnosis, heavy_rows, kurtosis, outlying, row_powers, share, spread
from mftheory.theory.one_network.equal_times import Eigenbasis
from mftheory.theory.one_network.gaussian_pairs import activity_covariance
from mftheory.theory.one_network.krylov import (
    LEADING_EIGENVECTORS,
    RANDOM_VECTORS,
    Krylov,
    KrylovBasis,
    bilinear,
    krylov_bytes,
    krylov_spaces,
    products,
)
from mftheory.theory.one_network.order_parameters import OrderParameters, order_parameters
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages

Array = NDArray[np.float64]

LARGEST_DECOMPOSED = 1500
"""Largest number of neurons whose J is diagonalised (10 s); above it random vectors stand for sums over neurons."""
SAMPLED_NEURONS = 40
"""Number of neurons of a larger J whose covariances of φ are compared with those of the linear network."""
HEAVIEST_NEURONS = 20
"""Number of neurons with the heaviest rows, whose variances are looked at as well."""


@checked_call
def predict_covariance(
    network: Network, n: int | None = None, seed: int | None = None, *, progress: bool = False
) -> PredictedCovariance:
    """Predict the equal-time covariances of one given network, by a linear network with the same J.

    Parameters
    ----------
    network : Network
        With ``mf.Given(J)``: that J. With an ensemble: the network of n neurons drawn with this seed.
    n, seed : int
        For an ensemble only.
    progress : bool
        Show a progress bar (above 1,500 neurons).

    Returns
    -------
    PredictedCovariance
        ``.covariance(observable, among=...)``, ``.dimension(observable)`` with the standard error of the theory,
        ``.eigenvalues(observable)``, and ``.agreement(measured)`` with measured covariances. `.trusted` says whether J
        is one that the theory is for, ``.warnings`` what stands against it.

    Raises
    ------
    InvalidNetwork
        If n or seed is missing, or given with one J; or if there is too little memory.
    Quiescent
        Without noise, if J has no eigenvalue with real part above 1/φ'(0).
    NotConverged
        If no order parameters are found.
    Unsupported
        For a φ that is not odd, neurons that differ, other dynamics than leaky.

    Notes
    -----
    [theory §6; ours: `mftheory.theory.one_network.almost_gaussian`] Assumes x Gaussian and stationary, all neurons with
    the gain ⟨φ'⟩ of the mean one, and N·PR ≫ 1. Gain and spectra are solved for this J: nothing is taken from a limit
    or an ensemble, so reciprocal couplings, motifs and outlying eigenvalues are in. What does not hold is looked for in
    the prediction itself (``mftheory.results.diagnosis``): fewer than 20 dimensions; a mode that has most of Σ λ²,
    about to condense; neurons so unequal (heavy rows, heavy tails) that one gain is not enough; neurons with
    self-feedback by way of reciprocal couplings, which is in to first order. Then `.trusted` is False and the numbers
    are right in shape more than in size. Otherwise the dimension was within two of its standard errors in every network
    simulated for it (validation/one_network_error).
    Covariances of φ are those of the linear network, and beyond what is linear in those of x the Gaussian averages that
    these ask for, neuron by neuron. Above 1,500 neurons nothing of size n × n is made: Krylov spaces of some 100 start
    vectors; what is not linear is then seen on 40 neurons, which the error of the dimension of φ contains.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory as mf
    >>> J = np.random.default_rng(0).standard_normal((200, 200)) * 0.8 / 200**0.5
    >>> net = mf.Network(mf.Given(J), noise=0.5)
    >>> found = mf.predict_covariance(net)
    >>> run = mf.simulate(net, n=200, seed=0, trajectories=32, duration=400, covariance="phi")
    >>> bool(found.agreement(run.covariance("phi")).correlation > 0.9), found.trusted
    (True, True)
    """
    if not isinstance(network, Network):
        raise InvalidNetwork("network", network, "must be a Network(...); of one J, Network(Given(J))")
    given = isinstance(network.connectivity, Given)
    if isinstance(network.connectivity, Given):
        for name, value in (("n", n), ("seed", seed)):
            if value is not None:
                raise InvalidNetwork(name, value, "must be left out where J is given")
        n = network.connectivity.n
    n, drawn = checks.integer("n", n, at_least=2), 0 if given else checks.integer("seed", seed, at_least=0)
    method = PREDICT_COVARIANCE.choose(network.traits)
    if n > LARGEST_DECOMPOSED:
        memory.check(
            "n", n, krylov_bytes(n, 2 * LEADING_EIGENVECTORS + RANDOM_VECTORS + SAMPLED_NEURONS), "Krylov spaces of J"
        )
    J: Couplings = network.draw(n, drawn).couplings
    prediction: PredictedCovariance = method.run(J, network, progress)
    return replace(prediction, network=network, seed=None if given else drawn)


@dataclass(frozen=True, eq=False)
class MeanNeuron:
    """Functions of the mean neuron of one J.

    Attributes
    ----------
    order_parameters : OrderParameters
    nonlinearity : Nonlinearity
    """

    order_parameters: OrderParameters
    nonlinearity: Nonlinearity

    def lagged(self, observable: str, tau: Array) -> Array:
        """Return C^a(τ), of the shape of tau."""
        x = self.order_parameters.lagged(tau)
        if observable == "x":
            return x
        gaussian, variance = averages(self.nonlinearity, Settings().average_step), self.order_parameters.variance
        return ActivityCovariance(gaussian, variance)(np.clip(x, -variance, variance))

    def both(self, phi: Array, x: Array) -> dict[str, Array]:
        """Return C^x and C^φ from those of the linear network, each of shape (p, p).

        Its ⟨φ_i φ_j⟩ contains ⟨ξ_i x_j⟩ ~ J_ji, as large as ⟨x_i x_j⟩: to this order x_i and x_j are not jointly
        Gaussian. The terms that it lacks, of higher order in ρ_ij or because variances differ, are those of Gaussian
        neurons.
        """
        linear = self.order_parameters.gain**2 * x
        linear[np.diag_indices(len(x))] += self.order_parameters.weights @ self.order_parameters.independent
        return {"x": x, "phi": phi + activity_covariance(x, self.nonlinearity) - linear}


@dataclass(frozen=True, eq=False)
class AllCovariances(MeanNeuron):
    """Covariances of all neurons of a J that was decomposed.

    Attributes
    ----------
    covariances : mapping of str to array of shape (n, n)
    """

    covariances: Mapping[str, Array]

    def among(self, neurons: NDArray[np.int64] | None) -> Mapping[str, Array]:
        """Return covariances of neurons with each other, or of all."""
        if neurons is None:
            return self.covariances
        return {a: c[np.ix_(neurons, neurons)] for a, c in self.covariances.items()}


@dataclass(frozen=True, eq=False)
class CovariancesOnRequest(MeanNeuron):
    """Covariances of a few neurons of a large J, from Krylov spaces that are made when they are asked for.

    Attributes
    ----------
    J : Couplings
    progress : bool
        Show a bar over the neurons.
    known : list of pairs
        Neurons asked for before, as an array, with their covariances.
    """

    J: Couplings
    progress: bool
    known: list[tuple[NDArray[np.int64], Mapping[str, Array]]] = field(default_factory=list)

    def among(self, neurons: NDArray[np.int64]) -> Mapping[str, Array]:
        """Return covariances of neurons with each other."""
        for others, covariances in self.known:
            if np.array_equal(neurons, others):
                return covariances
        return self.with_linear(neurons)[1]

    def with_linear(self, neurons: NDArray[np.int64]) -> tuple[Array, Mapping[str, Array]]:
        """Return C^φ of the linear network among some neurons, and their covariances."""
        memory.check("len(among)", neurons.size, krylov_bytes(self.J.n, neurons.size), "Krylov spaces of J")
        starts = np.zeros((self.J.n, neurons.size))
        starts[neurons, np.arange(neurons.size)] = 1.0
        _, transposed, _ = products(self.J)
        phi, x = self.forms(krylov_spaces(transposed, starts, progress=self.progress))
        return phi, self.both(phi, x)

    def forms(self, spaces: list[Krylov]) -> tuple[Array, Array]:
        """Return b† C b' of φ and x of the linear network for the start vectors of Krylov spaces."""
        solution = self.order_parameters
        independent, white = solution.weights * solution.independent, solution.weights * solution.white
        inverse_gain_squared = 1.0 / np.abs(solution.gain + solution.correction) ** 2
        return bilinear(spaces, solution.response, independent, white, inverse_gain_squared)


def _decomposed(J: Couplings, network: Network, progress: bool) -> PredictedCovariance:
    matrix = J.dense()
    basis = Eigenbasis(matrix, perturb=True)
    g_eff = float(np.linalg.norm(matrix)) / J.n**0.5  # of independent couplings of this variance
    solution = order_parameters(basis, network.nonlinearity, network.noise, g_eff)
    mean_neuron = MeanNeuron(solution, network.nonlinearity)

    s, independent, white = (
        solution.response,
        solution.weights * solution.independent,
        solution.weights * solution.white,
    )
    H: NDArray[np.complex128] = np.asarray(1.0 / (1.0 + 1j * solution.omega))
    x = basis.covariance(s, H[:, None] * basis.eigenvalues, independent)
    if network.noise > 0:
        x += basis.covariance(s, H[:, None], solution.weights * network.noise**2)
    phi = basis.covariance(s, np.ones((1, 1)), independent + white)
    covariances = mean_neuron.both(phi, x)
    dimensions = {name: Estimate(participation_ratio(c), 0.0) for name, c in covariances.items()}
    gaussian, eigenvalues = averages(network.nonlinearity, Settings().average_step), basis.original_eigenvalues
    seen = replace(
        diagnosis(covariances, J, eigenvalues, network.nonlinearity, gaussian.gain, solution.variance, network.noise),
        edge=solution.edge,
        self_feedback=solution.self_feedback,
    )
    source = AllCovariances(solution, network.nonlinearity, covariances)
    return _result(J.n, solution, True, dimensions, seen, source, np.arange(J.n))


def _estimated(J: Couplings, network: Network, progress: bool) -> PredictedCovariance:
    basis = KrylovBasis(J, progress=progress)
    g_eff = float(np.sqrt(basis.squares)) / J.n**0.5
    solution = order_parameters(basis, network.nonlinearity, network.noise, g_eff)
    source = CovariancesOnRequest(solution, network.nonlinearity, J, progress)

    phi, x = source.forms(basis.spaces)
    sample = np.sort(np.random.default_rng(0).choice(J.n, SAMPLED_NEURONS, replace=False))
    linear, covariances = source.with_linear(sample)
    source.known.append((sample, covariances))

    dimensions = {"phi": _dimension(basis, phi, linear, covariances["phi"]), "x": basis.dimension(x)}
    powers, concentration = row_powers(J)
    heaviest = np.argsort(-powers)[:HEAVIEST_NEURONS]
    gaussian = averages(network.nonlinearity, Settings().average_step)
    leading = basis.exact.shape[1]
    known = {int(k): v for k, v in zip(sample, np.diagonal(covariances["x"]), strict=True)}
    known |= {int(k): v for k, v in zip(heaviest, np.diagonal(source.with_linear(heaviest)[1]["x"]), strict=True)}
    variances, squares = _neuron_variances(basis, x, sample, known)
    seen = Diagnosis(
        number=J.n * dimensions["phi"].value,
        spread=spread(variances, squares, gaussian.gain, solution.variance),
        power_spread=spread(variances, variances, gaussian.gain, solution.variance),
        shares={a: share(c[:leading, :leading], basis.squared(c)) for a, c in (("phi", phi), ("x", x))},
        kurtosis=kurtosis(concentration, network.nonlinearity, solution.variance, network.noise),
        edge=solution.edge,
        outlier=outlying(basis.original_eigenvalues),
        self_feedback=solution.self_feedback,
        heavy=heavy_rows(powers),
    )
    return _result(J.n, solution, False, dimensions, seen, source, sample)


def _neuron_variances(
    basis: KrylovBasis, x: Array, sampled: NDArray[np.int64], known: Mapping[int, float]
) -> tuple[Array, Array]:
    """Return C_ii and (C²)_ii of every neuron's x: from the leading modes, and from the others, shared out.

    Parameters
    ----------
    basis : KrylovBasis
    x : array of shape (p, p)
        b† C b' of the exact and the random vectors.
    sampled : integer array
        Neurons drawn at random, all of them among those known.
    known : mapping of int to float
        C_ii of some neurons.
    """
    leading = x[: basis.exact.shape[1], : basis.exact.shape[1]]
    of_modes = np.einsum("il,lm,im->i", basis.exact, leading, basis.exact)
    rest = float(np.mean([known[int(k)] - of_modes[k] for k in sampled]))
    variances = of_modes + max(rest, 0.0)
    variances[list(known)] = list(known.values())
    squared = np.einsum("il,lm,im->i", basis.exact, leading @ leading, basis.exact)
    squared += max(basis.squared(x) - float(np.sum(squared)), 0.0) * variances / np.sum(variances)
    return variances, np.maximum(squared, variances**2)


def _dimension(basis: KrylovBasis, forms: Array, linear: Array, whole: Array) -> Estimate:
    """Return the dimension of φ from the linear network's forms and, for a sample, both kinds of covariances."""
    n = basis.n

    def beyond_linear(sample: NDArray[np.int64]) -> tuple[float, float]:
        """Return the parts of tr C and tr C² that the linear network lacks."""
        a, b = (c[np.ix_(sample, sample)] for c in (linear, whole))
        p, squares = sample.size, b**2 - a**2
        diagonal = float(np.trace(squares))
        beside = (float(np.sum(squares)) - diagonal) / (p * (p - 1))
        return n * float(np.trace(b - a)) / p, n * diagonal / p + n * (n - 1) * beside

    every = np.arange(len(whole))
    value = basis.dimension(forms, beyond_linear(every))
    left_out = np.array([basis.dimension(forms, beyond_linear(np.delete(every, k))).value for k in every])
    return Estimate(value.value, float(np.hypot(value.error, jackknife_error(left_out))))


def _result(
    n: int,
    solution: OrderParameters,
    exact: bool,
    dimensions: Mapping[str, Estimate],
    seen: Diagnosis,
    source: CovarianceSource,
    neurons: NDArray[np.int64],
) -> PredictedCovariance:
    return PredictedCovariance(
        n, solution.gain, solution.variance, solution.omega, solution.x, exact, dimensions, seen, source, neurons
    )


def _predicted(J: Couplings, network: Network, progress: bool) -> PredictedCovariance:
    return (_decomposed if J.n <= LARGEST_DECOMPOSED else _estimated)(J, network, progress)


PREDICT_COVARIANCE = Register("predict_covariance", instead="use simulate")
PREDICT_COVARIANCE.add(
    Method("the order parameters of J", "covariances of one J", (ODD, ALIKE, EQUAL, NO_BIAS, LEAKY), _predicted)
)
