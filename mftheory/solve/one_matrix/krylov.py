"""Order parameters and covariances of a large sparse J without its eigenvectors or any n × n array (ours).

Sums over neurons are traces, ‖W‖² = tr W W†, and W† = (1 - s* Jᵀ)⁻¹ applied to a vector b lies, for every s at once, in
the Krylov space of Jᵀ and b: Arnoldi's V H Vᵀ ≈ Jᵀ gives W† b ≈ ‖b‖ V (1 - s* H)⁻¹ e₁. So a few hundred products with J
serve all frequencies and all gains that an iteration tries.

Traces are exact on the space of the leading eigenvectors of J, where a few modes next to an instability carry most of
‖W‖², and averages over random signs on the rest (as in Hutch++, Meyer et al. 2021).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import ArpackError, LinearOperator, eigs

from mftheory.errors import NotConverged
from mftheory.network.couplings import Couplings, Factored, Sparse
from mftheory.progress import tracked
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife_error
from mftheory.solve.one_matrix.shattered import shattered

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

LEADING = 10  # eigenvectors of largest real part whose space is taken exactly
WIDTH = 8  # of ARPACK's space, per eigenvector: with 2, its default, one of 10 often fails to converge
PROBES = 40  # random vectors for the rest
STEPS = 140  # of Arnoldi's iteration
SPREAD = 1e-10  # below, Arnoldi has found an invariant space


@dataclass(frozen=True, eq=False)
class Krylov:
    """V and H of one start vector: Jᵀ V = V H + ….

    Attributes
    ----------
    start : array of shape (n,), float32
        b.
    vectors : array of shape (m, n), float32
    values, left, right : arrays of shape (m,), (m, m), (m,)
        H = Y Λ Y⁻¹; `left` is Y, `right` is ‖b‖ Y⁻¹ e₁.
    gram : array of shape (m, m)
        Y† Y.
    """

    start: NDArray[np.float32]
    vectors: NDArray[np.float32]
    values: Complex
    left: Complex
    right: Complex
    gram: Complex

    @classmethod
    def of(cls, transposed: Any, start: Array, steps: int) -> "Krylov":
        """Arnoldi's iteration, orthogonalised twice."""
        n, length = start.size, float(np.linalg.norm(start))
        V = np.empty((min(steps, n) + 1, n))
        H = np.zeros((len(V), len(V) - 1))
        V[0] = start / length
        m = len(V) - 1
        for j in range(m):
            new = transposed @ V[j]
            for _ in range(2):
                h = V[: j + 1] @ new
                new -= h @ V[: j + 1]
                H[: j + 1, j] += h
            H[j + 1, j] = np.linalg.norm(new)
            if H[j + 1, j] <= SPREAD * np.linalg.norm(H[: j + 1, j]):
                m = j + 1
                break
            V[j + 1] = new / H[j + 1, j]
        values, left = (part.astype(np.complex128) for part in np.linalg.eig(shattered(H[:m, :m], seed=m)))
        right = np.asarray(length * np.linalg.solve(left, np.eye(m)[0]), dtype=np.complex128)
        return cls(start.astype(np.float32), V[:m].astype(np.float32), values, left, right, left.conj().T @ left)

    def coefficients(self, s: Complex) -> Complex:
        """Of W† b in Y's basis, shape (k, m)."""
        return np.asarray(self.right / (1.0 - np.multiply.outer(s.conj(), self.values)))

    def applied(self, s: Complex) -> NDArray[np.complex64]:
        """W† b at each s, shape (k, n)."""
        c = self.coefficients(s) @ self.left.T
        both = np.vstack([c.real, c.imag]).astype(np.float32) @ self.vectors
        return np.asarray(both[: s.size] + 1j * both[s.size :])


class KrylovBasis:
    """Traces of functions of W = (1 - s J)⁻¹ for a sparse J, all neurons alike.

    Parameters
    ----------
    J : Couplings
        Dense, sparse or in factors.
    seed : int
        Of the random vectors.
    progress : bool
        Show a bar over start vectors.

    Attributes
    ----------
    values, own : complex array
        Eigenvalues of largest real part.
    squares : float
        Σ_ij J_ij².
    exact, random : arrays of shape (n, l), (n, p)
        Orthonormal leading space, and random signs orthogonal to it: tr M = Σ_l e†Me + (1/p) Σ_p z†Mz.

    Raises
    ------
    NotConverged
        If the leading eigenvalues are not found: those of long feedforward chains.
    """

    def __init__(
        self,
        J: Couplings,
        seed: int = 0,
        leading: int = LEADING,
        probes: int = PROBES,
        steps: int = STEPS,
        progress: bool = False,
    ) -> None:
        self.n, self.steps, self._progress = J.n, steps, progress
        forwards, self._transposed, self.squares = _products(J)
        rng = np.random.default_rng(seed)
        # The start makes the leading eigenvalues the same in each process.
        self.values, vectors = _rightmost(forwards, leading, rng.standard_normal(self.n))
        self.own = self.values
        self.exact = np.linalg.qr(np.hstack([vectors.real, vectors.imag]))[0]
        signs = rng.choice([-1.0, 1.0], size=(self.n, probes))
        self.random = signs - self.exact @ (self.exact.T @ signs)
        self.counts = np.append(np.ones(self.exact.shape[1]), np.full(probes, 1.0 / probes))

    @cached_property
    def spaces(self) -> list[Krylov]:
        """Of the exact and of the random vectors."""
        return self.spaces_of(np.hstack([self.exact, self.random]), self._progress)

    def spaces_of(self, starts: Array, progress: bool = False) -> list[Krylov]:
        """Of start vectors, columns of an array of shape (n, p)."""
        vectors = tracked(list(starts.T), f"Krylov spaces, n={self.n}", "vector", progress)
        return [Krylov.of(self._transposed, b, self.steps) for b in vectors]

    def powers(self, s: Complex) -> tuple[Array, Array]:
        """‖W‖²/N and ‖W - 1‖²/N at each s."""
        total, others = np.zeros(s.size), np.zeros(s.size)
        for count, space in zip(self.counts, self.spaces, strict=True):
            c = space.coefficients(s)
            total += count * _form(c, space.gram)
            others += count * _form(c - space.right, space.gram)
        return total / self.n, others / self.n

    def bilinear(
        self, spaces: list[Krylov], s: Complex, independent: Array, white: Array, per: Array
    ) -> tuple[Array, Array]:
        """Σ_k of b† C(ω_k) b' for all pairs of start vectors.

        Of φ, W (n + w) W†; and of x, (W w W† + (W - 1) n (W - 1)†) p.

        Parameters
        ----------
        spaces : list of length p
            Of the start vectors.
        s : array of shape (k,)
        independent, white, per : arrays of shape (k,)
            n and w at each frequency, weights of an integral in them; p = 1/|Γ + δ|².

        Returns
        -------
        two arrays of shape (p, p)
        """
        starts = np.array([space.start for space in spaces])
        phi, x = np.zeros((len(spaces), len(spaces))), np.zeros((len(spaces), len(spaces)))
        for first in range(0, s.size, self._at_once):
            some = slice(first, first + self._at_once)
            applied = np.array([space.applied(s[some]) for space in spaces])
            for k, y in enumerate(np.moveaxis(applied, 1, 0), start=first):
                own = _gram(y)
                phi += (independent[k] + white[k]) * own
                x += per[k] * (white[k] * own + independent[k] * _gram(y - starts))
        return phi, x

    def dimension(self, forms: Array, more: tuple[float, float] = (0.0, 0.0)) -> Estimate:
        """(tr C)²/(N tr C²) from b† C b' of the exact and the random vectors; its error by leaving out one at a time.

        `more` is added to tr C and tr C².

        Products of two different random vectors' forms are unbiased for tr C² on the space they stand for.
        """
        exact, p = self.exact.shape[1], self.random.shape[1]

        def ratio(kept: NDArray[np.int64]) -> float:
            trace = np.trace(forms[:exact, :exact]) + np.trace(forms[np.ix_(kept, kept)]) / kept.size
            return float((trace + more[0]) ** 2 / (self.n * (self.squared(forms, kept) + more[1])))

        every = np.arange(exact, exact + p)
        left_out = np.array([ratio(np.delete(every, k)) for k in range(p)])
        return Estimate(ratio(every), float(jackknife_error(left_out)))

    def squared(self, forms: Array, kept: NDArray[np.int64] | None = None) -> float:
        """tr C² from b† C b' of the exact and the random vectors, or of some of these."""
        exact = self.exact.shape[1]
        kept = np.arange(exact, len(forms)) if kept is None else kept
        inside, across, beyond = forms[:exact, :exact], forms[:exact, kept], forms[np.ix_(kept, kept)]
        pairs = np.sum(beyond**2) - np.sum(np.diagonal(beyond) ** 2)
        return float(np.sum(inside**2) + 2.0 * np.sum(across**2) / kept.size + pairs / (kept.size * (kept.size - 1)))

    @property
    def _at_once(self) -> int:
        """Frequencies at a time: half a gigabyte."""
        return max(1, 2**26 // (self.n * self.counts.size))


def krylov_bytes(n: int, vectors: int) -> float:
    """Memory that the spaces of so many start vectors take, and one more in double precision while it is made."""
    return 4.0 * n * STEPS * vectors + 8.0 * n * STEPS


def _rightmost(forwards: Any, count: int, start: Array) -> tuple[Complex, Complex]:
    """Eigenvalues of largest real part, and their eigenvectors as columns."""
    if start.size <= count + 2:  # too small for Arnoldi's iteration
        values, vectors = np.linalg.eig(forwards @ np.eye(start.size))
        return values.astype(np.complex128), vectors.astype(np.complex128)
    try:
        width = min(start.size, WIDTH * count)
        found: tuple[Complex, Complex] = eigs(forwards, k=count, which="LR", v0=start, ncv=width)
    except ArpackError as error:
        raise NotConverged(
            f"couplings: the {count} eigenvalues of largest real part were not found: this J is too far from one with "
            "orthogonal eigenvectors, such as a long feedforward chain"
        ) from error
    return found


def _products(J: Couplings) -> tuple[Any, Any, float]:
    """v -> J v, v -> Jᵀ v, and Σ_ij J_ij²."""
    if isinstance(J, Factored):
        squares = float(np.sum((J.left.T @ J.left) * (J.right.T @ J.right)))
        forwards = LinearOperator((J.n, J.n), lambda v: J.left @ (J.right.T @ v), dtype=np.float64)
        return forwards, LinearOperator((J.n, J.n), lambda v: J.right @ (J.left.T @ v), dtype=np.float64), squares
    if isinstance(J, Sparse):
        return J.matrix, J.matrix.T.tocsr(), float(np.sum(J.values**2))
    matrix = J.dense()
    return matrix, matrix.T, float(np.sum(matrix**2))


def _gram(y: Complex) -> Array:
    """Re y y†."""
    both = np.hstack([y.real, y.imag])  # views of every second number are multiplied without BLAS by NumPy 2.0
    return np.asarray(both @ both.T, dtype=np.float64)


def _form(c: Complex, gram: Complex) -> Array:
    """c† gram c for each row."""
    return np.asarray(np.einsum("ki,ki->k", c.conj(), c @ gram.T).real)
