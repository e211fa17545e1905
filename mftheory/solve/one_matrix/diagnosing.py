"""What predicted covariances say of the assumptions that they were made with (`mftheory.results.diagnosis`)."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity
from mftheory.network.couplings import Couplings, Factored, Sparse
from mftheory.results.diagnosis import HEAVY, Diagnosis
from mftheory.results.participation import participation_ratio

Array = NDArray[np.float64]

APART = 0.1  # of an outlying eigenvalue: its distance to the next real part, over itself
ROWS = 200  # of a J of few modes that are looked at
REACH, STEP = 9.0, 0.01  # of the average of φ⁴, in units of the standard deviation
CURVE = 64  # variances at which the gain is evaluated; linear in ln v between them, to 1e-3


def diagnosis(
    covariances: Mapping[str, Array],
    J: Couplings,
    values: NDArray[np.complex128],
    nonlinearity: Nonlinearity,
    gain: Callable[[float], float],
    at: float,
    noise: float,
) -> Diagnosis:
    """Of covariances of all neurons.

    Parameters
    ----------
    covariances : mapping of str to array of shape (n, n)
        Of "phi" and "x".
    J : Couplings
    values : array
        Eigenvalues of J, at least those of largest real part.
    nonlinearity, gain : Nonlinearity, callable
        φ, and ⟨φ'⟩ at a variance of x.
    at : float
        The variance of the mean neuron.
    noise : float
        σ.
    """
    phi, x = covariances["phi"], covariances["x"]
    powers, concentration = rows(J)
    return Diagnosis(
        number=len(phi) * participation_ratio(phi),
        spread=spread(np.diagonal(x), np.sum(x**2, axis=1), gain, at),
        power_spread=spread(np.diagonal(x), np.diagonal(x), gain, at),
        shares={name: share(c, float(np.sum(c**2))) for name, c in covariances.items()},
        kurtosis=kurtosis(concentration, nonlinearity, at, noise),
        edge=gain(at) * float(values.real.max()),
        outlier=outlying(values),
        heavy=heavy_rows(powers),
        mismatch=float(np.trace(x)) / len(x) / at - 1.0,
    )


def rows(J: Couplings) -> tuple[Array, float]:
    """Σ_j J_ij² of every neuron; and the mean of Σ_j J_ij⁴/(Σ_j J_ij²)², one over the number of inputs that count."""
    if isinstance(J, Factored):
        powers = np.asarray(np.sum((J.left @ (J.right.T @ J.right)) * J.left, axis=1))
        some = J.left[:: max(1, J.n // ROWS)] @ J.right.T
        squares, fourths = np.sum(some**2, axis=1), np.sum(some**4, axis=1)
    elif isinstance(J, Sparse):
        squared = J.matrix.multiply(J.matrix)
        powers = squares = np.asarray(squared.sum(axis=1)).ravel()
        fourths = np.asarray(squared.multiply(squared).sum(axis=1)).ravel()
    else:
        squared = J.dense() ** 2
        powers = squares = np.asarray(np.sum(squared, axis=1))
        fourths = np.sum(squared**2, axis=1)
    hearing = squares > 0
    return powers, float(np.mean(fourths[hearing] / squares[hearing] ** 2)) if np.any(hearing) else 0.0


def kurtosis(concentration: float, nonlinearity: Nonlinearity, variance: float, noise: float) -> float:
    """-⟨x⁴⟩_c/⟨x²⟩² that few inputs make: that of φ of Gaussian x, diluted by their number and by the white noise."""
    z = np.arange(STEP / 2, REACH, STEP)
    weight = np.exp(-0.5 * z**2)
    phi = nonlinearity(np.sqrt(variance) * z)
    square = float(weight @ phi**2)
    if square == 0:
        return 0.0
    own = 3.0 - float(weight @ phi**4) * float(np.sum(weight)) / square**2
    from_others = max(0.0, 1.0 - 0.5 * noise**2 / variance)
    return abs(own) * concentration * from_others**2


def spread(variances: Array, weights: Array, gain: Callable[[float], float], at: float) -> float:
    """√(Σ w_i (Γ(v_i)/Γ - 1)²/Σ w_i) over neurons."""
    low, high = max(float(np.min(variances)), 1e-12 * at), max(float(np.max(variances)), 1e-9 * at)
    logs = np.linspace(np.log(min(low, high)), np.log(high) + 1e-9, CURVE)
    curve = np.array([gain(float(v)) for v in np.exp(logs)])
    own = np.interp(np.log(np.maximum(variances, low)), logs, curve)
    return float(np.sqrt(weights @ (own / gain(at) - 1.0) ** 2 / max(float(np.sum(weights)), np.finfo(float).tiny)))


def share(covariance: Array, squares: float) -> float:
    """λ_max²/Σ λ², at most 1."""
    if squares <= 0:
        return 0.0
    return float(min(1.0, np.linalg.eigvalsh(covariance)[-1] ** 2 / squares))


def outlying(values: NDArray[np.complex128]) -> bool:
    """Whether the eigenvalue of largest real part is real, and the next is not near."""
    order = np.argsort(-values.real)
    first = values[order[0]]
    if order.size < 2 or first.real <= 0 or abs(first.imag) > 1e-9 * abs(first):
        return False
    return bool(first.real - values[order[1]].real > APART * first.real)


def heavy_rows(powers: Array) -> tuple[int, ...]:
    """Neurons whose Σ_j J_ij² is far above the median one's, largest first."""
    limit = HEAVY**2 * float(np.median(powers[powers > 0])) if np.any(powers > 0) else np.inf
    order = np.argsort(-powers)
    return tuple(int(k) for k in order[: np.count_nonzero(powers > limit)])
