"""`mftheory.predict_covariance`: what the theory says of one given J, whatever ensemble it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork
from mftheory.network import Given, Network, Nonlinearity, _check, memory
from mftheory.network.couplings import Couplings
from mftheory.register import ALIKE, LEAKY, ODD, Method, Register
from mftheory.results.diagnosis import Diagnosis
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife_error
from mftheory.results.participation import participation_ratio
from mftheory.results.predicted import PredictedCovariance
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import averages
from mftheory.solve.one_matrix.diagnosing import diagnosis, heavy_rows, kurtosis, outlying, rows, share, spread
from mftheory.solve.one_matrix.gaussian_pairs import activity_covariance
from mftheory.solve.one_matrix.given import OrderParameters, order_parameters
from mftheory.solve.one_matrix.krylov import LEADING, PROBES, KrylovBasis, krylov_bytes
from mftheory.solve.one_matrix.one_network import Eigenbasis
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]

DECOMPOSED = 1500
"""Up to so many neurons J is diagonalised (10 s at 1,500); above, random vectors stand for sums over neurons."""
SAMPLED = 40
"""Neurons whose covariances say, above, how far those of φ are from those of the linear network."""
HEAVIEST = 20
"""Neurons with the heaviest rows, whose variances are looked at as well."""
ONE: Array = np.ones((1, 1))


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
    [theory §6; ours: `mftheory.solve.one_matrix.closure`] Assumes x Gaussian and stationary, all neurons with the
    gain ⟨φ'⟩ of the mean one, and N·PR ≫ 1. Gain and spectra are solved for this J: nothing is taken from a limit or an
    ensemble, so reciprocal couplings, motifs and outlying eigenvalues are in. What does not hold is looked for in the
    prediction itself (``mftheory.results.diagnosis``): fewer than 20 dimensions; a mode that has most of Σ λ², about to
    condense; neurons so unequal (heavy rows, heavy tails) that one gain is not enough; neurons with self-feedback by
    way of reciprocal couplings, which is in to first order. Then `.trusted` is False and the numbers are right in
    shape more than in size. Otherwise the dimension was within two of its standard errors in every network simulated
    for it (validation/one_network_error).
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
    n, drawn = _check.integer("n", n, at_least=2), 0 if given else _check.integer("seed", seed, at_least=0)
    method = PREDICT_COVARIANCE.choose(network.traits)
    if n > DECOMPOSED:
        memory.check("n", n, krylov_bytes(n, 2 * LEADING + PROBES + SAMPLED), "Krylov spaces of J")
    J: Couplings = network.draw(n, drawn).couplings
    found: PredictedCovariance = method.run(J, network, progress)
    return replace(found, network=network, seed=None if given else drawn)


def _decomposed(J: Couplings, network: Network, progress: bool) -> PredictedCovariance:
    matrix = J.dense()
    basis = Eigenbasis(matrix, shatter=True)
    found = order_parameters(basis, network.nonlinearity, network.noise, _size(float(np.linalg.norm(matrix)), J.n))

    s, independent, white = found.response, found.weights * found.independent, found.weights * found.white
    H: NDArray[np.complex128] = np.asarray(1.0 / (1.0 + 1j * found.omega))
    x = basis.covariance(s, H[:, None] * basis.values, independent)
    if network.noise > 0:
        x += basis.covariance(s, H[:, None], found.weights * network.noise**2)
    phi = basis.covariance(s, ONE, independent + white)
    covariances = _both(phi, x, found, network.nonlinearity)
    dimensions = {name: Estimate(participation_ratio(c), 0.0) for name, c in covariances.items()}
    gaussian = averages(network.nonlinearity, Settings().average_step)
    seen = replace(
        diagnosis(covariances, J, basis.own, network.nonlinearity, gaussian.gain, found.variance, network.noise),
        edge=found.edge,
        self_feedback=found.self_feedback,
    )

    def among(some: NDArray[np.int64] | None) -> Mapping[str, Array]:
        return covariances if some is None else {a: c[np.ix_(some, some)] for a, c in covariances.items()}

    return _result(network, J.n, found, True, dimensions, seen, among, np.arange(J.n))


def _estimated(J: Couplings, network: Network, progress: bool) -> PredictedCovariance:
    basis = KrylovBasis(J, progress=progress)
    found = order_parameters(basis, network.nonlinearity, network.noise, _size(np.sqrt(basis.squares), J.n))
    independent, white = found.weights * found.independent, found.weights * found.white
    per = 1.0 / np.abs(found.gain + found.correction) ** 2

    def of_some(some: NDArray[np.int64]) -> tuple[Array, Mapping[str, Array]]:
        memory.check("len(among)", some.size, krylov_bytes(J.n, some.size), "Krylov spaces of J")
        starts = np.zeros((J.n, some.size))
        starts[some, np.arange(some.size)] = 1.0
        phi, x = basis.bilinear(basis.spaces_of(starts, progress), found.response, independent, white, per)
        return phi, _both(phi, x, found, network.nonlinearity)

    phi, x = basis.bilinear(basis.spaces, found.response, independent, white, per)
    sampled = np.sort(np.random.default_rng(0).choice(J.n, SAMPLED, replace=False))
    linear, whole = of_some(sampled)

    def among(some: NDArray[np.int64]) -> Mapping[str, Array]:
        return whole if np.array_equal(some, sampled) else of_some(some)[1]

    dimensions = {"phi": _dimension(basis, phi, linear, whole["phi"]), "x": basis.dimension(x)}
    powers, concentration = rows(J)
    heaviest = np.argsort(-powers)[:HEAVIEST]
    gaussian = averages(network.nonlinearity, Settings().average_step)
    leading = basis.exact.shape[1]
    known = {int(k): v for k, v in zip(sampled, np.diagonal(whole["x"]), strict=True)}
    known |= {int(k): v for k, v in zip(heaviest, np.diagonal(of_some(heaviest)[1]["x"]), strict=True)}
    variances, squares = _of_each(basis, x, sampled, known)
    seen = Diagnosis(
        number=J.n * dimensions["phi"].value,
        spread=spread(variances, squares, gaussian.gain, found.variance),
        power_spread=spread(variances, variances, gaussian.gain, found.variance),
        shares={a: share(c[:leading, :leading], basis.squared(c)) for a, c in (("phi", phi), ("x", x))},
        kurtosis=kurtosis(concentration, network.nonlinearity, found.variance, network.noise),
        edge=found.edge,
        outlier=outlying(basis.own),
        self_feedback=found.self_feedback,
        heavy=heavy_rows(powers),
    )
    return _result(network, J.n, found, False, dimensions, seen, among, sampled)


def _of_each(
    basis: KrylovBasis, x: Array, sampled: NDArray[np.int64], known: Mapping[int, float]
) -> tuple[Array, Array]:
    """C_ii and (C²)_ii of every neuron's x: of the leading modes, and what the others make, shared out.

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
    """Of φ, from the linear network's forms and, on some neurons, its covariances and those to take instead."""
    n = basis.n

    def more(some: NDArray[np.int64]) -> tuple[float, float]:
        a, b = (c[np.ix_(some, some)] for c in (linear, whole))
        p, squares = some.size, b**2 - a**2
        own = float(np.trace(squares))
        beside = (float(np.sum(squares)) - own) / (p * (p - 1))
        return n * float(np.trace(b - a)) / p, n * own / p + n * (n - 1) * beside

    every = np.arange(len(whole))
    value = basis.dimension(forms, more(every))
    left_out = np.array([basis.dimension(forms, more(np.delete(every, k))).value for k in every])
    return Estimate(value.value, float(np.hypot(value.error, jackknife_error(left_out))))


def _result(
    network: Network,
    n: int,
    found: OrderParameters,
    exact: bool,
    dimensions: Mapping[str, Estimate],
    seen: Diagnosis,
    among: Any,
    neurons: NDArray[np.int64],
) -> PredictedCovariance:
    def lagged(observable: str, tau: Array) -> Array:
        x = found.lagged(tau)
        if observable == "x":
            return x
        gaussian = averages(network.nonlinearity, Settings().average_step)
        return ActivityCovariance(gaussian, found.variance)(np.clip(x, -found.variance, found.variance))

    return PredictedCovariance(
        n,
        found.gain,
        found.variance,
        found.omega,
        found.x,
        exact,
        dimensions,
        seen,
        among,
        lagged,
        neurons,
    )


def _both(phi: Array, x: Array, found: OrderParameters, nonlinearity: Nonlinearity) -> dict[str, Array]:
    """C^x and C^φ from those of the linear network.

    Its ⟨φ_i φ_j⟩ contains ⟨ξ_i x_j⟩ ~ J_ji, as large as ⟨x_i x_j⟩: to this order x_i and x_j are not jointly Gaussian.
    What it has not, of higher order in ρ_ij or because variances differ, is that of Gaussian neurons.
    """
    linear = found.gain**2 * x
    linear[np.diag_indices(len(x))] += found.weights @ found.independent
    return {"x": x, "phi": phi + activity_covariance(x, nonlinearity) - linear}


def _size(norm: float, n: int) -> float:
    """√(Σ J²/n): g of independent couplings of this variance."""
    return float(norm) / n**0.5


def _predicted(J: Couplings, network: Network, progress: bool) -> PredictedCovariance:
    return (_decomposed if J.n <= DECOMPOSED else _estimated)(J, network, progress)


PREDICT_COVARIANCE = Register("predict_covariance", instead="use simulate")
PREDICT_COVARIANCE.add(Method("the order parameters of J", "covariances of one J", (ODD, ALIKE, LEAKY), _predicted))
