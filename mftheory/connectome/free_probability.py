"""The law of the singular values of a random-mode network, forwards (theory §2, [sv-law]).

For J = L D Rᵀ with independent Gaussian L and R of variance 1/N, the squared singular values are those of a product of
D² with two free Marchenko–Pastur factors, whose S-transform is 1/(1 + αz) each: S_λ(z) = S_{D²}(z) / (1 + αz)². In
terms of ψ(u), counted **per neuron**, so that α drops out,

    ψ_λ(u) = (1/N) Σ_i λ_i u / (1 - λ_i u),        ψ_D(v) = (1/N) Σ_a D_a² v / (1 - D_a² v),

this says ψ_λ(u) = w exactly if ψ_D((1 + w)² u) = w, at every complex u off the positive half-line. D ≡ 1 gives
[sv-law], the first two orders in u give [sv-pr].
"""

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

_MAX_ATOMS = 256  # a law of D is represented by at most so many values: an error of 1/512 in the distribution
_COMPARISON_ANGLE = 0.05  # spectra are compared at a resolution of 0.05 in ln λ, 2.5% in σ
_CONTINUATION_STEPS = 60  # continuation steps in the angle; Newton needs at most 4 iterations at each


def psi(squares: Real, u: Complex, per: int) -> Complex:
    """Return ψ(u) = (1/per) Σ λu / (1 - λu) at each u."""
    return np.array([np.sum(squares * x / (1 - squares * x)) for x in u], dtype=np.complex128) / per


def solve_psi(squares: Real, weights: Real, radius: Real, angle: float) -> Complex:
    """Solve for ψ_λ(u) of a random-mode network at u = radius e^{i angle}.

    Parameters
    ----------
    squares, weights : arrays of shape (k,)
        Values of D² and the number of modes per neuron that have them (they sum to at most α).
    radius : array of shape (r,)
        |u|.
    angle : float
        Argument of u, in (0, π].

    Notes
    -----
    On the negative axis w - ψ_D((1 + w)² u) increases with w, so bisection on (-1, 0) finds the only root; from there
    Newton's method follows it to the angle asked for.
    """
    low, high = np.full(radius.shape, -1.0), np.zeros(radius.shape)
    for _ in range(60):
        w = 0.5 * (low + high)
        value, _slope = _psi_and_slope(squares, weights, -radius * (1 + w) ** 2)
        above = w > value.real
        high, low = np.where(above, w, high), np.where(above, low, w)
    root = w.astype(np.complex128)
    for theta in np.linspace(np.pi, angle, _CONTINUATION_STEPS)[1:]:
        u = radius * np.exp(1j * theta)
        for _ in range(4):
            value, slope = _psi_and_slope(squares, weights, u * (1 + root) ** 2)
            root -= (root - value) / (1 - slope * 2 * u * (1 + root))
    return root


def kolmogorov_distance(sigma: Real, strengths: Real) -> float:
    """Return the largest difference between the distributions of measured and random-mode singular values.

    Parameters
    ----------
    sigma : array of shape (n,)
        Measured singular values, one a neuron.
    strengths : array of shape (m,)
        Component strengths D_a of the network of n neurons.

    Returns
    -------
    float
        Between 0 and 1. The network's distribution is the limit n → ∞; both are smoothed over 2.5% in σ, and singular
        values of zero count.
    """
    n = sigma.size
    positive = np.square(sigma[sigma > 0])
    d = np.square(np.sort(strengths[strengths > 0]))
    chunks = np.array_split(d, min(_MAX_ATOMS, d.size))
    atoms = np.array([chunk.mean() for chunk in chunks])
    weights = np.array([chunk.size for chunk in chunks]) / n
    # 1/|u| well beyond both spectra, so that the tails of the smoothing are inside.
    y = np.linspace(np.log(positive.min()) - 3, np.log(max(positive.max(), 16 * atoms.max())) + 3, 500)
    u = np.exp(-y + 1j * _COMPARISON_ANGLE)
    # Im ψ at u = e^{-y + iθ} is the distribution of ln λ convolved with a kernel of width θ and area π - θ.
    measured = psi(positive, u, per=n).imag
    predicted = solve_psi(atoms, weights, np.exp(-y), _COMPARISON_ANGLE).imag
    difference = np.cumsum((measured - predicted)[::-1])[::-1] * (y[1] - y[0]) / (np.pi - _COMPARISON_ANGLE)
    return float(np.max(np.abs(difference)))  # integrated from the top: what is missing at the bottom is zeros


def _psi_and_slope(squares: Real, weights: Real, v: Real | Complex) -> tuple[Complex, Complex]:
    inverse = 1 / (1 - squares * v[:, None])
    terms = weights * squares * inverse
    return v * terms.sum(axis=1), (terms * inverse).sum(axis=1)
