"""The assumptions behind predicted covariances, tested on these covariances (`mftheory.results.diagnosis`)."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity
from mftheory.network.couplings import Couplings, Factored, Sparse
from mftheory.results.diagnosis import HEAVY_ROW_RATIO, Diagnosis
from mftheory.results.participation import participation_ratio

Array = NDArray[np.float64]

RELATIVE_OUTLIER_GAP = 0.1  # smallest distance of an outlying eigenvalue to the next real part, over itself
SAMPLED_ROWS = 200  # rows looked at of a J of few modes
LARGEST_Z, Z_STEP = 9.0, 0.01  # end and step of the average of φ⁴, in standard deviations
GAIN_NODES = 64  # variances at which the gain is evaluated; between them it is linear in ln v, to 1e-3


def diagnosis(
    covariances: Mapping[str, Array],
    J: Couplings,
    values: NDArray[np.complex128],
    nonlinearity: Nonlinearity,
    gain: Callable[[float], float],
    variance: float,
    noise: float,
) -> Diagnosis:
    """Return the diagnosis of covariances of all neurons.

    Parameters
    ----------
    covariances : mapping of str to array of shape (n, n)
        Covariances of "phi" and "x".
    J : Couplings
    values : array
        Eigenvalues of J, at least those of largest real part.
    nonlinearity, gain : Nonlinearity, callable
        φ, and ⟨φ'⟩ at a variance of x.
    variance : float
        C^x(0) of the mean neuron.
    noise : float
        σ.
    """
    phi, x = covariances["phi"], covariances["x"]
    powers, concentration = row_powers(J)
    return Diagnosis(
        number=len(phi) * participation_ratio(phi),
        spread=spread(np.diagonal(x), np.sum(x**2, axis=1), gain, variance),
        power_spread=spread(np.diagonal(x), np.diagonal(x), gain, variance),
        shares={name: share(c, float(np.sum(c**2))) for name, c in covariances.items()},
        kurtosis=kurtosis(concentration, nonlinearity, variance, noise),
        edge=gain(variance) * float(values.real.max()),
        outlier=outlying(values),
        heavy=heavy_rows(powers),
        mismatch=float(np.trace(x)) / len(x) / variance - 1.0,
    )


def row_powers(J: Couplings) -> tuple[Array, float]:
    """Return Σ_j J_ij², shape (n,), and the mean of Σ_j J_ij⁴/(Σ_j J_ij²)², one over a number of inputs."""
    if isinstance(J, Factored):
        powers = np.asarray(np.sum((J.left @ (J.right.T @ J.right)) * J.left, axis=1))
        sample = J.left[:: max(1, J.n // SAMPLED_ROWS)] @ J.right.T
        squares, fourths = np.sum(sample**2, axis=1), np.sum(sample**4, axis=1)
    elif isinstance(J, Sparse):
        squared = J.matrix.multiply(J.matrix)
        powers = squares = np.asarray(squared.sum(axis=1)).ravel()
        fourths = np.asarray(squared.multiply(squared).sum(axis=1)).ravel()
    else:
        squared = J.dense() ** 2
        powers = squares = np.asarray(np.sum(squared, axis=1))
        fourths = np.sum(squared**2, axis=1)
    with_inputs = squares > 0
    return powers, float(np.mean(fourths[with_inputs] / squares[with_inputs] ** 2)) if np.any(with_inputs) else 0.0


def kurtosis(concentration: float, nonlinearity: Nonlinearity, variance: float, noise: float) -> float:
    """Return -⟨x⁴⟩_c/⟨x²⟩² from few inputs: that of φ of Gaussian x, diluted by their number and by white noise."""
    z = np.arange(Z_STEP / 2, LARGEST_Z, Z_STEP)
    weight = np.exp(-0.5 * z**2)
    phi = nonlinearity(np.sqrt(variance) * z)
    square = float(weight @ phi**2)
    if square == 0:
        return 0.0
    of_activity = 3.0 - float(weight @ phi**4) * float(np.sum(weight)) / square**2
    from_others = max(0.0, 1.0 - 0.5 * noise**2 / variance)
    return abs(of_activity) * concentration * from_others**2


def spread(variances: Array, weights: Array, gain: Callable[[float], float], variance: float) -> float:
    """Return √(Σ w_i (Γ(v_i)/Γ - 1)²/Σ w_i) over neurons."""
    low, high = max(float(np.min(variances)), 1e-12 * variance), max(float(np.max(variances)), 1e-9 * variance)
    logs = np.linspace(np.log(min(low, high)), np.log(high) + 1e-9, GAIN_NODES)
    curve = np.array([gain(float(v)) for v in np.exp(logs)])
    gains = np.interp(np.log(np.maximum(variances, low)), logs, curve)
    total = max(float(np.sum(weights)), np.finfo(float).tiny)
    return float(np.sqrt(weights @ (gains / gain(variance) - 1.0) ** 2 / total))


def share(covariance: Array, squares: float) -> float:
    """Return λ_max²/Σ λ², at most 1."""
    if squares <= 0:
        return 0.0
    return float(min(1.0, np.linalg.eigvalsh(covariance)[-1] ** 2 / squares))


def outlying(values: NDArray[np.complex128]) -> bool:
    """Return whether the eigenvalue of largest real part is real, and the next is not near."""
    order = np.argsort(-values.real)
    first = values[order[0]]
    if order.size < 2 or first.real <= 0 or abs(first.imag) > 1e-9 * abs(first):
        return False
    return bool(first.real - values[order[1]].real > RELATIVE_OUTLIER_GAP * first.real)


def heavy_rows(powers: Array) -> tuple[int, ...]:
    """Return the neurons whose Σ_j J_ij² is far above the median one's, largest first."""
    limit = HEAVY_ROW_RATIO**2 * float(np.median(powers[powers > 0])) if np.any(powers > 0) else np.inf
    order = np.argsort(-powers)
    return tuple(int(k) for k in order[: np.count_nonzero(powers > limit)])
