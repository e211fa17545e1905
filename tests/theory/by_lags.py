"""Two-point functions by another route: C^x at a few hundred lags, from the definitions, shared with no solver.

Nothing is split off: C^x = k * (Σ G C^φ) + σ² k, with k(τ) the transform of |H|², on Gauss–Legendre panels of τ or on
the lags of a map; each C^φ is a double integral, of Gauss–Legendre rules between kinks.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.interpolate
import scipy.optimize

LENGTH = 9.0
"""Standard deviations at which Gaussians end."""


@dataclass(frozen=True)
class Neurons:
    """Neurons that are alike: a share of all, φ with its kinks, numerator and denominator of H, noise and input.

    H is a ratio of polynomials in iω; with `step` it is δ/(e^{iω} - 1 + δ) instead.
    """

    share: float
    phi: Callable
    kinks: tuple[float, ...] = ()
    filter: tuple[Sequence[float], Sequence[float]] = ((1.0,), (1.0, 1.0))
    noise: float = 0.0
    bias: float = 0.0
    gain: float = 1.0
    step: float | None = None


def kernel(n: Neurons, tau: np.ndarray) -> np.ndarray:
    """The transform of |H|² at lags >= 0, by residues."""
    if n.step is not None:
        return n.step**2 * (1 - n.step) ** tau / (1 - (1 - n.step) ** 2)
    up, down = (np.polynomial.Polynomial(c) for c in n.filter)
    poles = down.roots()
    steep = down.deriv()(poles)
    each = up(poles) * up(-poles) / (steep * down(-poles))
    return np.real(each @ np.exp(np.multiply.outer(poles, tau)))


def pair(n: Neurons, mean: float, variance: float, covariance: np.ndarray) -> np.ndarray:
    """⟨φ(x) φ(y)⟩ at several covariances."""
    node, weight = np.polynomial.legendre.leggauss(16 if n.kinks else 32)

    def rule(middle: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ends = np.sort([np.broadcast_to(k, np.shape(middle)) for k in n.kinks], axis=0)
        low, high = middle - LENGTH * sigma, middle + LENGTH * sigma
        inside = [np.clip(e, low, high) for e in ends]
        cuts = [low, *inside, high]
        z, w = [], []
        for a, b in itertools.pairwise(cuts):
            for k in range(4):
                left, half = a + (b - a) * k / 4, (b - a) / 8
                z.append(np.multiply.outer(half, node + 1) + left[..., None])
                w.append(np.multiply.outer(half, weight))
        x, w = np.concatenate(z, axis=-1), np.concatenate(w, axis=-1)
        density = np.exp(-0.5 * ((x - middle[..., None]) / sigma[..., None]) ** 2) / sigma[..., None]
        return x, w * density / np.sqrt(2 * np.pi)

    x, w = rule(np.array(mean), np.array(np.sqrt(variance)))
    rho = np.clip(covariance / variance, -1.0, 1.0)
    middle = mean + np.multiply.outer(rho, x - mean)
    sigma = np.broadcast_to(np.sqrt(np.maximum(variance * (1 - rho**2), 1e-14 * variance))[:, None], middle.shape)
    y, v = rule(middle, sigma)
    return (n.phi(y) * v).sum(axis=-1) @ (w * n.phi(x))


@dataclass
class ByLags:
    """The equations of one network, g and its neurons; `solve` starts from C^x(τ) of each and the static variance."""

    g: float
    neurons: Sequence[Neurons]
    end: float

    def __post_init__(self) -> None:
        if self.neurons[0].step is not None:
            self.lags = np.arange(self.end + 1)
        else:
            edges = np.concatenate([[0.0], np.geomspace(0.02, self.end, 16)])
            node, _ = np.polynomial.legendre.leggauss(14)
            half = 0.5 * np.diff(edges)[:, None]
            self.lags = np.append(0.0, (edges[:-1, None] + half * (node + 1)).ravel())
            self.edges = edges
        self.matrices = [self._convolution(n) for n in self.neurons]
        self.driven = [n.noise**2 * kernel(n, self.lags) for n in self.neurons]

    def _convolution(self, n: Neurons) -> np.ndarray:
        """K with (K f)_i = ∫ k(|τ_i - s|) f(s) ds over all s, f even, from its values at the lags."""
        if n.step is not None:
            lag = self.lags
            matrix = kernel(n, np.abs(lag[:, None] - lag)) + kernel(n, lag[:, None] + lag)
            matrix[:, 0] /= 2
            return matrix
        matrix = np.zeros((self.lags.size,) * 2)
        unit, _ = np.polynomial.legendre.leggauss(14)
        fine, weight = np.polynomial.legendre.leggauss(40)
        to_fine = scipy.interpolate.BarycentricInterpolator(unit, np.eye(14))
        for p, (a, b) in enumerate(itertools.pairwise(self.edges)):
            columns = slice(1 + 14 * p, 15 + 14 * p)
            for i, tau in enumerate(self.lags):
                cuts = np.unique(np.clip([a, tau, b], a, b))
                for left, right in itertools.pairwise(cuts):
                    for part in range(4):
                        low, half = left + (right - left) * part / 4, (right - left) / 8
                        s = low + half * (fine + 1)
                        k = half * weight * (kernel(n, np.abs(tau - s)) + kernel(n, tau + s))
                        matrix[i, columns] += k @ to_fine(2 * (s - a) / (b - a) - 1)
        return matrix

    def activity(self, static: float, covariances: np.ndarray) -> list[np.ndarray]:
        """C^φ and its static part of each neuron, from the static variance of the field."""
        found = []
        for n, c in zip(self.neurons, covariances, strict=True):
            h = n.filter[0][0] / n.filter[1][0] if n.step is None else 1.0
            q = h * h * static
            both = pair(n, h * n.bias, q + c[0], np.append(q + c, q))
            found.append(both)
        return found

    def residual(self, packed: np.ndarray) -> np.ndarray:
        covariances, static = packed[:-1].reshape(len(self.neurons), -1), packed[-1]
        sent = self.g**2 * sum(
            n.share * n.gain**2 * f for n, f in zip(self.neurons, self.activity(static, covariances), strict=True)
        )
        new = [K @ (sent[:-1] - sent[-1])[-K.shape[1] :] + d for K, d in zip(self.matrices, self.driven, strict=True)]
        return np.append(np.ravel(new), sent[-1]) - packed

    def solve(self, start: np.ndarray, static: float) -> tuple[np.ndarray, float]:
        packed = scipy.optimize.newton_krylov(
            self.residual, np.append(start.ravel(), static), f_tol=1e-11, method="gmres", inner_maxiter=60
        )
        return packed[:-1].reshape(len(self.neurons), -1), float(packed[-1])
