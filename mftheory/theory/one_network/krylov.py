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
from mftheory.theory.one_network.defective import perturbed

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

LEADING_EIGENVECTORS = 10  # those of largest Re λ, whose space is taken exactly
ARPACK_VECTORS = 8  # Arnoldi vectors per eigenvector: with 2, the default, one of 10 often fails to converge
RANDOM_VECTORS = 40  # vectors of random signs for the space beside them
ARNOLDI_STEPS = 140  # dimension of each Krylov space
LARGEST_BLOCK = 2**26  # complex64 numbers in memory at a time: half a gigabyte
INVARIANT_TOLERANCE = 1e-10  # relative length of a new Arnoldi vector below which the space is invariant


@dataclass(frozen=True, eq=False)
class Krylov:
    """The Krylov space of one start vector: Jᵀ V = V H + ….

    Attributes
    ----------
    start : array of shape (n,), float32
        b.
    vectors : array of shape (m, n), float32
    eigenvalues, left, right : arrays of shape (m,), (m, m), (m,)
        H = Y Λ Y⁻¹; `left` is Y, `right` is ‖b‖ Y⁻¹ e₁.
    gram : array of shape (m, m)
        Y† Y.
    """

    start: NDArray[np.float32]
    vectors: NDArray[np.float32]
    eigenvalues: Complex
    left: Complex
    right: Complex
    gram: Complex

    @classmethod
    def of(cls, transposed: Any, start: Array, steps: int) -> "Krylov":
        """Make a space by Arnoldi's iteration, orthogonalised twice."""
        n, length = start.size, float(np.linalg.norm(start))
        V = np.empty((min(steps, n) + 1, n))
        H = np.zeros((len(V), len(V) - 1))
        V[0] = start / length
        m = len(V) - 1
        for j in range(m):
            vector = transposed @ V[j]
            for _ in range(2):
                h = V[: j + 1] @ vector
                vector -= h @ V[: j + 1]
                H[: j + 1, j] += h
            H[j + 1, j] = np.linalg.norm(vector)
            if H[j + 1, j] <= INVARIANT_TOLERANCE * np.linalg.norm(H[: j + 1, j]):
                m = j + 1
                break
            V[j + 1] = vector / H[j + 1, j]
        values, left = (part.astype(np.complex128) for part in np.linalg.eig(perturbed(H[:m, :m], seed=m)))
        right = np.asarray(length * np.linalg.solve(left, np.eye(m)[0]), dtype=np.complex128)
        return cls(start.astype(np.float32), V[:m].astype(np.float32), values, left, right, left.conj().T @ left)

    def coefficients(self, s: Complex) -> Complex:
        """Return the coefficients of W† b in Y's basis, shape (k, m)."""
        return np.asarray(self.right / (1.0 - np.multiply.outer(s.conj(), self.eigenvalues)))

    def applied(self, s: Complex) -> NDArray[np.complex64]:
        """Return W† b, W = (1 - sJ)⁻¹, of the first vector b at each s; shape (k, n)."""
        c = self.coefficients(s) @ self.left.T
        parts = np.vstack([c.real, c.imag]).astype(np.float32) @ self.vectors
        return np.asarray(parts[: s.size] + 1j * parts[s.size :])


class KrylovBasis:
    """Traces of functions of W = (1 - s J)⁻¹ for a sparse J, all neurons alike.

    Parameters
    ----------
    J : Couplings
        Dense, sparse or in factors.
    seed : int
        Seed of the random vectors.
    progress : bool
        Show a bar over start vectors.

    Attributes
    ----------
    eigenvalues, original_eigenvalues : complex array
        Eigenvalues of largest real part (both the same: J is not changed).
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
        leading: int = LEADING_EIGENVECTORS,
        probes: int = RANDOM_VECTORS,
        steps: int = ARNOLDI_STEPS,
        progress: bool = False,
    ) -> None:
        self.n, self.steps, self._progress = J.n, steps, progress
        forwards, self._transposed, self.squares = products(J)
        rng = np.random.default_rng(seed)
        # The start makes the leading eigenvalues the same in each process.
        self.eigenvalues, vectors = _rightmost(forwards, leading, rng.standard_normal(self.n))
        self.original_eigenvalues = self.eigenvalues
        self.exact = np.linalg.qr(np.hstack([vectors.real, vectors.imag]))[0]
        signs = rng.choice([-1.0, 1.0], size=(self.n, probes))
        self.random = signs - self.exact @ (self.exact.T @ signs)
        self.counts = np.append(np.ones(self.exact.shape[1]), np.full(probes, 1.0 / probes))

    @cached_property
    def spaces(self) -> list[Krylov]:
        """Krylov spaces of the exact and of the random vectors."""
        starts = np.hstack([self.exact, self.random])
        return krylov_spaces(self._transposed, starts, self.steps, self._progress)

    def powers(self, s: Complex) -> tuple[Array, Array]:
        """Return ‖W‖²/N and ‖W - 1‖²/N at each s, each of shape (k,)."""
        total, less_one = np.zeros(s.size), np.zeros(s.size)
        for count, space in zip(self.counts, self.spaces, strict=True):
            c = space.coefficients(s)
            total += count * _form(c, space.gram)
            less_one += count * _form(c - space.right, space.gram)
        return total / self.n, less_one / self.n

    def dimension(self, forms: Array, added: tuple[float, float] = (0.0, 0.0)) -> Estimate:
        """Return (tr C)²/(N tr C²) from b† C b' of the exact and the random vectors, `added` added to tr C and tr C².

        Its error is found by leaving out one random vector at a time.

        Products of two different random vectors' forms are unbiased for tr C² on the space they stand for.
        """
        exact, p = self.exact.shape[1], self.random.shape[1]

        def ratio(random: NDArray[np.int64]) -> float:
            trace = np.trace(forms[:exact, :exact]) + np.trace(forms[np.ix_(random, random)]) / random.size
            return float((trace + added[0]) ** 2 / (self.n * (self.squared(forms, random) + added[1])))

        every = np.arange(exact, exact + p)
        left_out = np.array([ratio(np.delete(every, k)) for k in range(p)])
        return Estimate(ratio(every), float(jackknife_error(left_out)))

    def squared(self, forms: Array, random: NDArray[np.int64] | None = None) -> float:
        """Return tr C² from b† C b' of the exact and the random vectors, or of some of these."""
        exact = self.exact.shape[1]
        random = np.arange(exact, len(forms)) if random is None else random
        inside, across, beyond = forms[:exact, :exact], forms[:exact, random], forms[np.ix_(random, random)]
        pairs = np.sum(beyond**2) - np.sum(np.diagonal(beyond) ** 2)
        return float(
            np.sum(inside**2) + 2.0 * np.sum(across**2) / random.size + pairs / (random.size * (random.size - 1))
        )


def krylov_spaces(transposed: Any, starts: Array, steps: int = ARNOLDI_STEPS, progress: bool = False) -> list[Krylov]:
    """Return the Krylov spaces of Jᵀ and of start vectors, columns of an array of shape (n, p)."""
    vectors = tracked(list(starts.T), f"Krylov spaces, n={len(starts)}", "vector", progress)
    return [Krylov.of(transposed, b, steps) for b in vectors]


def bilinear(
    spaces: list[Krylov], s: Complex, independent: Array, white: Array, inverse_gain_squared: Array
) -> tuple[Array, Array]:
    """Return Σ_k of b† C(ω_k) b' for all pairs of start vectors, for φ and for x, two arrays of shape (p, p).

    C is W (n + w) W† for φ, and (W w W† + (W - 1) n (W - 1)†)/|Γ + δ|² for x.

    Parameters
    ----------
    spaces : list of length p
        Krylov spaces of the start vectors.
    s : array of shape (k,)
    independent, white, inverse_gain_squared : arrays of shape (k,)
        n and w at each frequency, the weights of an integral in them; 1/|Γ + δ|².
    """
    starts = np.array([space.start for space in spaces])
    phi, x = np.zeros((len(spaces), len(spaces))), np.zeros((len(spaces), len(spaces)))
    at_once = max(1, LARGEST_BLOCK // (starts.shape[1] * (2 * LEADING_EIGENVECTORS + RANDOM_VECTORS)))
    for first in range(0, s.size, at_once):
        block = slice(first, first + at_once)
        applied = np.array([space.applied(s[block]) for space in spaces])
        for k, y in enumerate(np.moveaxis(applied, 1, 0), start=first):
            power = _gram(y)
            phi += (independent[k] + white[k]) * power
            x += inverse_gain_squared[k] * (white[k] * power + independent[k] * _gram(y - starts))
    return phi, x


def krylov_bytes(n: int, vectors: int) -> float:
    """Return the bytes of the spaces of so many start vectors, and of one more in double precision while it is made."""
    return 4.0 * n * ARNOLDI_STEPS * vectors + 8.0 * n * ARNOLDI_STEPS


def _rightmost(forwards: Any, count: int, start: Array) -> tuple[Complex, Complex]:
    """Return the eigenvalues of largest real part, and their eigenvectors as columns."""
    if start.size <= count + 2:  # too small for Arnoldi's iteration
        values, vectors = np.linalg.eig(forwards @ np.eye(start.size))
        return values.astype(np.complex128), vectors.astype(np.complex128)
    try:
        width = min(start.size, ARPACK_VECTORS * count)
        solution: tuple[Complex, Complex] = eigs(forwards, k=count, which="LR", v0=start, ncv=width)
    except ArpackError as error:
        raise NotConverged(
            f"couplings: the {count} eigenvalues of largest real part were not found: this J is too far from one with "
            "orthogonal eigenvectors, such as a long feedforward chain"
        ) from error
    return solution


def products(J: Couplings) -> tuple[Any, Any, float]:
    """Return the products with J and with Jᵀ, and Σ_ij J_ij²."""
    if isinstance(J, Factored):
        squares = float(np.sum((J.left.T @ J.left) * (J.right.T @ J.right)))
        forwards = LinearOperator((J.n, J.n), lambda v: J.left @ (J.right.T @ v), dtype=np.float64)
        return forwards, LinearOperator((J.n, J.n), lambda v: J.right @ (J.left.T @ v), dtype=np.float64), squares
    if isinstance(J, Sparse):
        return J.matrix, J.matrix.T.tocsr(), float(np.sum(J.values**2))
    matrix = J.dense()
    return matrix, matrix.T, float(np.sum(matrix**2))


def _gram(y: Complex) -> Array:
    """Return Re y y†."""
    parts = np.hstack([y.real, y.imag])  # views of every second number are multiplied without BLAS by NumPy 2.0
    return np.asarray(parts @ parts.T, dtype=np.float64)


def _form(c: Complex, gram: Complex) -> Array:
    """Return c† gram c for each row c, the squared norms of vectors given by coefficients; shape (k,)."""
    return np.asarray(np.einsum("ki,ki->k", c.conj(), c @ gram.T).real)
